"""The models of a cox analysis: which rows and terms, and what was fitted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hcc2l import design
from hcc2l.analyses.rows import Outcome, from_landmark, refuse_no_rows, survival_outcome
from hcc2l.cohort import Cohort
from hcc2l.design import Floats, Ints, Mask
from hcc2l.design.model import ModelMatrix, ModelTerm, group_term, model_matrix, model_term
from hcc2l.errors import AnalysisError
from hcc2l.specs import CoxSpec
from hcc2l.stats import cox as estimator
from hcc2l.stats.concordance import Concordance, concordance


@dataclass(frozen=True)
class CoxData:
    """The outcome and the other columns of every model; shape (n,) over all rows of the cohort.

    `rows` are those with everything but the covariates; `within` are the terms of subgroups.
    """

    spec: CoxSpec
    outcome: Outcome
    time: Floats
    event: Mask
    strata: Ints | None
    cluster: Ints | None
    weights: Floats | None
    rows: Mask
    labels: dict[str, str]
    within: dict[str, ModelTerm]


@dataclass(frozen=True)
class Model:
    """One fitted model."""

    name: str
    kind: str
    subgroup: str | None
    terms: tuple[ModelTerm, ...]
    rows: Mask
    matrix: ModelMatrix
    fit: estimator.CoxFit
    concordance: Concordance


def prepare(cohort: Cohort, spec: CoxSpec) -> tuple[CoxData, dict[str, ModelTerm]]:
    """Resolve outcome, strata, weights and every term; rows without the first three leave."""
    outcome = survival_outcome(cohort, spec)
    account, endpoint = outcome.account, outcome.endpoint
    time = endpoint.time
    if spec.landmark is not None:
        time = from_landmark(account, time, endpoint.event, spec.landmark, endpoint.unit or "")
    strata, strata_label = _codes(cohort, spec, spec.strata, "--strata", outcome)
    cluster = _cluster(cohort, spec, outcome)
    weights = design.weights(cohort, spec.weights, account.keep) if spec.weights else None
    if weights is not None:
        account.drop(np.isnan(weights), f"{spec.weights} missing")
    refuse_no_rows(account)
    event = endpoint.event == 1
    if not event[account.keep].any():
        raise AnalysisError(
            f"None of the {account.analysed} patients has the event: all are censored.",
            where=endpoint.described,
            hint="Check which value means the event: --event COL=VALUE.",
        )
    own = [*endpoint.columns]
    texts = [*spec.covariates, *([spec.subgroups] if spec.subgroups else [])]
    terms = {t: model_term(cohort, t, spec, "-x", account.keep, own) for t in texts}
    groups = {t: group_term(cohort, t, spec, "--within", account.keep) for t in spec.within}
    labels = {t: term.label for t, term in {**groups, **terms}.items()}
    if spec.strata:
        labels[spec.strata] = strata_label
    data = CoxData(
        spec, outcome, time, event, strata, cluster, weights, account.keep.copy(), labels, groups
    )
    return data, terms


def _codes(
    cohort: Cohort, spec: CoxSpec, text: str | None, option: str, outcome: Outcome
) -> tuple[Ints | None, str]:
    if text is None:
        return None, ""
    groups = design.factor(cohort, text, spec, option, outcome.account.keep)
    outcome.account.drop(groups.codes < 0, f"{groups.column} missing")
    return groups.codes, groups.label


def _cluster(cohort: Cohort, spec: CoxSpec, outcome: Outcome) -> Ints | None:
    """Clusters are names, however many: patients, pairs, centres."""
    if spec.cluster is None:
        return None
    column = cohort.column(spec.cluster)
    outcome.account.drop(column.missing, f"{spec.cluster} missing")
    texts = [column.text(i) for i in range(cohort.rows)]
    return np.unique(texts, return_inverse=True)[1].astype(np.int64)


def complete(data: CoxData, terms: Sequence[ModelTerm]) -> Mask:
    """The rows that have every one of the terms."""
    rows = data.rows.copy()
    for term in terms:
        rows &= ~term.missing
    return rows


def fit_model(
    data: CoxData,
    terms: Sequence[ModelTerm],
    rows: Mask,
    name: str,
    kind: str,
    subgroup: str | None = None,
    matrix: ModelMatrix | None = None,
) -> Model:
    """Fit the model of some terms on some rows.

    Raises
    ------
    AnalysisError
        No row, no event, a covariate with one level, or more parameters than events.
    """
    spec = data.spec
    matrix = matrix or model_matrix(terms, rows)
    _refuse_unfit(data, terms, rows, matrix, name)
    strata = None if data.strata is None else np.unique(data.strata[rows], return_inverse=True)[1]
    cluster = None
    if data.cluster is not None:
        cluster = np.unique(data.cluster[rows], return_inverse=True)[1]
    weights = None if data.weights is None else data.weights[rows]
    fit = estimator.cox(
        data.time[rows], data.event[rows], matrix.x,
        ties="breslow" if spec.ties == "breslow" else "efron",
        strata=strata, weights=weights, cluster=cluster, robust=True if spec.robust else None,
    )  # fmt: skip
    rank = concordance(
        data.time[rows], data.event[rows], fit.linear_predictor, strata=strata, weights=weights,
        cluster=cluster,
    )  # fmt: skip
    return Model(name, kind, subgroup, tuple(terms), rows, matrix, fit, rank)


def _refuse_unfit(
    data: CoxData, terms: Sequence[ModelTerm], rows: Mask, matrix: ModelMatrix, name: str
) -> None:
    where = f"model {name!r}"
    if not rows.any():
        texts = ", ".join(term.text for term in terms)
        raise AnalysisError(
            f"No patient has a value of every covariate ({texts}).",
            where=where,
            hint="Leave out the covariate that is missing most; hcc2l shows n for each alone.",
        )
    events = int(data.event[rows].sum())
    if events == 0:
        raise AnalysisError(f"None of the {int(rows.sum())} patients has the event.", where=where)
    for term in terms:
        if term.factor is not None and np.unique(term.factor.codes[rows]).size < 2:
            raise AnalysisError(
                f"{term.text} has one level only among the patients of this model.",
                where=where,
                hint="Leave it out.",
            )
    if matrix.x.shape[1] > events:
        raise AnalysisError(
            f"{matrix.x.shape[1]} parameters cannot be estimated from {events} events.",
            where=where,
            hint="Use fewer covariates: about one for every ten events.",
        )


def wald_test(model: Model, text: str) -> tuple[float, int, float]:
    """Overall Wald test of a term: chi-square, df, p; with the robust variance if there is one."""
    from scipy.special import chdtrc

    use = np.array([c.term == text for c in model.matrix.columns]) & ~model.fit.dropped
    fit = model.fit
    variance = fit.variance if fit.robust_variance is None else fit.robust_variance
    df = int(use.sum())
    if df == 0:
        return float("nan"), 0, float("nan")
    coef = fit.coef[use]
    statistic = float(coef @ np.linalg.solve(variance[np.ix_(use, use)], coef))
    return statistic, df, float(chdtrc(df, statistic))


def likelihood_ratio(data: CoxData, model: Model, text: str) -> tuple[float, int, float]:
    """Likelihood-ratio test of a term: the model against the one without it, on the same rows."""
    from scipy.special import chdtrc

    rest = [term for term in model.terms if term.text != text]
    smaller = fit_model(data, rest, model.rows, model.name, model.kind).fit if rest else None
    loglik = smaller.loglik if smaller else model.fit.loglik_null
    df = model.fit.df - (smaller.df if smaller else 0)
    statistic = 2.0 * (model.fit.loglik - loglik)
    return statistic, df, float(chdtrc(df, statistic)) if df else float("nan")
