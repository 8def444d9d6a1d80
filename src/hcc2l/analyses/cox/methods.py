"""The footer of a Cox analysis and its paragraph for a manuscript."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING

from hcc2l import references
from hcc2l.analyses.computed import opening_sentences, score_references
from hcc2l.analyses.cox.data import CoxData
from hcc2l.analyses.cox.labels import PH_SCALES, comparison
from hcc2l.analyses.cox.results import CoxResults
from hcc2l.analyses.entry import entry_sentence
from hcc2l.analyses.outcome import computed_sentences, excludes_by_landmark
from hcc2l.analyses.regression.methods import (
    FIRTH,
    bootstrap_sentences,
    interaction_sentences,
    model_sentences,
    spline_sentences,
)
from hcc2l.cohort import Cohort
from hcc2l.numerals import confidence, confidence_level, plain
from hcc2l.report import Table
from hcc2l.wording import in_sentence, listed

if TYPE_CHECKING:
    from hcc2l.analyses.regression.splines import SplineCurve

_TIES = {"efron": references.EFRON_1977, "breslow": references.BRESLOW_1974}


def conventions(data: CoxData, results: CoxResults) -> list[str]:
    """The parts of the footer's second line: endpoint, model, ties, variance."""
    spec, endpoint = data.spec, data.outcome.endpoint
    unit = f", {endpoint.unit}" if endpoint.unit else ""
    parts = [
        f"{endpoint.label} ({endpoint.described}){unit}",
        f"Cox model{', Firth penalised likelihood' if spec.firth else ''}, "
        f"{spec.ties.capitalize()} ties, {confidence(spec.conf_level)} "
        f"({'profile' if spec.firth else 'Wald'})",
    ]
    if spec.entry is not None:
        parts.append(f"entry {spec.entry}")
    if spec.strata:
        parts.append(f"stratified by {data.labels[spec.strata]}")
    if spec.weights:
        parts.append(f"weights {spec.weights}")
    if spec.cluster:
        parts.append(f"robust variance, clustered on {spec.cluster}")
    elif spec.robust:
        parts.append("robust variance")
    if spec.frailty:
        parts.append(f"gamma frailty of {spec.frailty}")
    if spec.competing:
        parts.append(f"competing event {spec.competing}")
    if results.pooled is not None:
        parts.append(f"{results.pooled.imputed.sets} imputed data sets, Rubin's rules")
    if data.changes is not None:
        parts += data.changes.described
    return parts


def cox_methods(
    data: CoxData,
    results: CoxResults,
    cohort: Cohort,
    curves: Sequence[SplineCurve] = (),
    tables: Sequence[Table] = (),
) -> tuple[str, tuple[str, ...]]:
    """The methods paragraph, written from what was run, and its references."""
    spec, endpoint = data.spec, data.outcome.endpoint
    sentences = [*opening_sentences(cohort), *computed_sentences(endpoint, cohort)]
    cited = [references.COX_1972, _TIES[spec.ties]]
    limits = "profile-likelihood" if spec.firth else "Wald"
    penalty = f" and {FIRTH}" if spec.firth else ""
    sentences.append(
        f"Hazard ratios for {in_sentence(endpoint.label)} with "
        f"{confidence_level(spec.conf_level)} {limits} confidence intervals were estimated by Cox "
        f"regression with {spec.ties.capitalize()}'s method for ties{penalty}."
    )
    sentences += _variance_sentences(data, results, cited)
    if data.changes is not None:
        from hcc2l.analyses.cox.change_words import change_sentences

        sentences += change_sentences(data, data.changes, results.fitted, cited)
    sentences += _landmark_sentences(data, cited)
    imputing, sources = _imputation(results, cohort)
    sentences += imputing
    cited += sources
    sentences += model_sentences(spec, results.fitted, cohort)
    of_splines, more = spline_sentences(data, curves, cohort)
    sentences += of_splines
    cited += more
    sentences += _subgroup_sentences(data, results)
    sentences += interaction_sentences(spec, results.fitted, bool(results.interactions))
    sentences += _period_sentences(data, tables)
    if spec.performance:
        sentences.append(_performance_measures(data))
        cited += [references.HARRELL_1996, *([references.UNO_2011] if data.weights is None else [])]
    sentences += bootstrap_sentences(spec)
    if spec.adjusted_curves is not None:
        sentences.append(
            "Adjusted survival curves were obtained by direct adjustment: survival was predicted "
            "from the multivariable model for every patient at each level of "
            f"{in_sentence(data.labels[spec.adjusted_curves])} and averaged."
        )
        cited.append(references.GAIL_BYAR_1986)
    if data.causes is not None and results.fitted.final is not None:
        more, publications = _competing_sentences(data)
        sentences += more
        cited += publications
    if any(row["p"] is not None for row in results.ph_tests):
        sentences.append(
            "The proportional-hazards assumption was assessed by score tests of time-dependent "
            f"coefficients ({PH_SCALES[spec.ph_transform]})."
        )
        cited.append(references.GRAMBSCH_THERNEAU_1994)
    sentences.append(f"Analyses were performed with hcc2l {version('hcc2l')}.")
    return " ".join(sentences), (*score_references(cohort), *cited)


def _variance_sentences(data: CoxData, results: CoxResults, cited: list[str]) -> list[str]:
    """Risk sets, penalty, strata, weights, variance and frailty of the models."""
    spec, sentences = data.spec, list[str]()
    if data.delayed is not None:
        sentences.append(entry_sentence(data.delayed))
        cited.append(references.ANDERSEN_GILL_1982)
    if spec.firth:
        sentences.append("The p-values are those of penalised likelihood-ratio tests.")
        cited.append(references.HEINZE_SCHEMPER_2001)
    if spec.strata:
        sentences.append(f"The models were stratified by {in_sentence(data.labels[spec.strata])}.")
    if spec.weights:
        sentences.append(f"Patients were weighted by {in_sentence(data.labels[spec.weights])}.")
    if any(m.robust_std_err is not None for m in results.models):
        within = f", clustered on {in_sentence(data.labels[spec.cluster])}" if spec.cluster else ""
        sentences.append(f"Robust standard errors (sandwich estimator{within}) were used.")
        cited.append(references.LIN_WEI_1989)
    if spec.frailty:
        sentences.append(
            "Differences between centres were modelled as a gamma frailty shared by the patients "
            f"with the same {in_sentence(data.labels[spec.frailty])}; its variance was estimated "
            "by maximising the likelihood with the frailty integrated out, and tested by the "
            "likelihood ratio, with p from an equal mixture of a point mass at 0 and a χ² "
            "distribution with 1 degree of freedom."
        )
        cited.append(references.THERNEAU_2003)
    return sentences


def _landmark_sentences(data: CoxData, cited: list[str]) -> list[str]:
    """From when survival time was measured, if not from time 0."""
    if data.spec.since is None:
        return []
    cited.append(references.ANDERSON_1983)
    unit = f" {data.outcome.endpoint.unit}" if data.outcome.endpoint.unit else ""
    early = excludes_by_landmark(data.outcome.account)
    return [
        f"Survival time was measured from a landmark at {plain(data.spec.since)}{unit}"
        + ("; patients with an event or censored by then were excluded." if early else ".")
    ]


def _imputation(results: CoxResults, cohort: Cohort) -> tuple[list[str], list[str]]:
    """How values were imputed and models pooled, and what that cites."""
    if results.imputed is None:
        return [], []
    from hcc2l.analyses.imputed import pooling_sentences

    return pooling_sentences(results.imputed, cohort)


def _competing_sentences(data: CoxData) -> tuple[list[str], list[str]]:
    """The sentences on competing events, and their references."""
    assert data.causes is not None
    spec, (event, competing) = data.spec, data.causes.names
    within = ""
    if spec.censoring_group:
        within = f" (estimated within groups of {in_sentence(data.labels[spec.censoring_group])})"
    variance = (
        "standard errors that allow for the estimation of the distribution of censoring"
        if data.weights is None and data.cluster is None
        else "robust standard errors that take the distribution of censoring, estimated without "
        "weights, as known"
    )
    sentences = [
        f"With {competing} as a competing event of {event}, cause-specific hazard ratios (the "
        "other event censored) and subdistribution hazard ratios (Fine and Gray's model) were "
        "estimated for each event with the covariates of the multivariable model. Fine "
        "and Gray's model was "
        f"fitted with Breslow's method for ties and {variance}{within}."
    ]
    cited = [references.FINE_GRAY_1999, references.LAU_2009]
    if spec.adjusted_incidence is None:
        return sentences, cited
    drawn = "patients" if data.cluster is None else "clusters"
    limits = (
        f", with confidence limits on the log-log scale from {spec.samples} bootstrap samples of "
        f"{drawn} (seed {spec.seed})"
        if spec.samples > 1
        else ""
    )
    sentences.append(
        "Adjusted cumulative incidences were obtained by g-computation: the incidence of each "
        "event was predicted from the cause-specific models for every patient at each level of "
        f"{in_sentence(data.labels[spec.adjusted_incidence])} and averaged{limits}."
    )
    return sentences, [*cited, references.BENICHOU_GAIL_1990]


def _subgroup_sentences(data: CoxData, results: CoxResults) -> list[str]:
    if not results.subgroups:
        return []
    names = [in_sentence(data.labels[text]) for text in data.spec.within]
    return [f"The hazard ratio ({comparison(data, results)}) was estimated separately in "
            f"subgroups defined by {listed(names)}."]  # fmt: skip


def _period_sentences(data: CoxData, tables: Sequence[Table]) -> list[str]:
    """Hazard ratios by period, where the options ask for them."""
    if data.spec.interaction_with_time is None:
        return []
    from hcc2l.analyses.cox.time_interaction import time_interaction_sentences

    return time_interaction_sentences(data, tables)


def _performance_measures(data: CoxData) -> str:
    others = ", Uno's C, the integrated Brier score" if data.weights is None else ""
    return (
        f"The performance of the multivariable model was measured by Harrell's C{others}"
        " and the calibration slope."
    )
