"""How a psmatch analysis was done: the footer, and the paragraph for a manuscript."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

import numpy as np

from hcc2l.analyses.psmatch_balance import LARGE_DIFFERENCE, Summary, tests_used
from hcc2l.analyses.psmatch_data import MatchData
from hcc2l.cohort import Cohort
from hcc2l.design.model import ModelTerm

_REFERENCES = {
    "score": "Rosenbaum PR, Rubin DB. The central role of the propensity score in observational "
    "studies for causal effects. Biometrika 1983;70:41-55.",
    "matching": "Austin PC. An introduction to propensity score methods for reducing the effects "
    "of confounding in observational studies. Multivariate Behav Res 2011;46:399-424.",
    "optimal": "Rosenbaum PR. Optimal matching for observational studies. "
    "J Am Stat Assoc 1989;84:1024-1032.",
    "smd": "Austin PC. Balance diagnostics for comparing the distribution of baseline covariates "
    "between treatment groups in propensity-score matched samples. Stat Med 2009;28:3083-3107.",
    "boosted": "McCaffrey DF, Ridgeway G, Morral AR. Propensity score estimation with boosted "
    "regression for evaluating causal effects. Psychol Methods 2004;9:403-425.",
    "cluster": "Austin PC. The use of propensity score methods with survival or time-to-event "
    "outcomes. Stat Med 2014;33:1242-1258.",
    "iptw": "Robins JM, Hernán MA, Brumback B. Marginal structural models and causal inference in "
    "epidemiology. Epidemiology 2000;11:550-560.",
    "overlap": "Li F, Morgan KL, Zaslavsky AM. Balancing covariates via propensity score "
    "weighting. J Am Stat Assoc 2018;113:390-400.",
    "e-value": "VanderWeele TJ, Ding P. Sensitivity analysis in observational research: "
    "introducing the E-value. Ann Intern Med 2017;167:268-274.",
}


def conventions(data: MatchData) -> list[str]:
    """The footer's second line."""
    spec = data.spec
    score = "logistic regression" if spec.propensity == "logistic" else "boosted trees"
    parts = [f"Propensity by {score}", _how(data), f"{spec.conf_level * 100:g}% CI"]
    if spec.weighting != "none":
        parts.append(_weights_words(data))
    if spec.order == "random" or spec.propensity == "boosted":
        parts.append(f"seed {spec.seed}")
    return parts


def _how(data: MatchData) -> str:
    spec = data.spec
    on = "logit of the propensity" if spec.distance == "logit" else "propensity"
    text = f"1:{spec.controls_each} {spec.method} matching on the {on}"
    text += " with replacement" if spec.reuses else ""
    if spec.caliper is not None:
        unit = " SD" if spec.caliper_scale == "sd" else ""
        text += f", caliper {spec.caliper:g}{unit}"
    if spec.method == "nearest" and not spec.reuses:
        text += f", {spec.order} first" if spec.order in ("largest", "smallest") else (
            f", {'random' if spec.order == 'random' else 'file'} order"
        )  # fmt: skip
    return text + (f", exact on {', '.join(spec.exact)}" if spec.exact else "")


def _weights_words(data: MatchData) -> str:
    spec = data.spec
    if spec.weighting == "overlap":
        text = "overlap weights"
    elif data.estimand == "att":
        text = "weights for the effect on the treated"
    else:
        text = f"{'stabilised ' if spec.stabilised else ''}inverse-probability weights"
    return text + (f", truncated at {spec.truncate:g}" if spec.truncate is not None else "")


def methods(
    data: MatchData, cohort: Cohort, found: Sequence[Summary]
) -> tuple[str, tuple[str, ...]]:
    """The methods paragraph, written from what was run, and its references."""
    spec, t = data.spec, data.treatment
    cited = ["score", "matching", "smd"]
    said = ["The data are synthetic."] if cohort.source.synthetic else []
    labels = ", ".join(_plain(cohort, term) for term in data.terms)
    kind = "logistic regression"
    if spec.propensity == "boosted":
        kind = ("boosted regression trees, stopped where the weighted covariates were most alike "
                "(scikit-learn)")  # fmt: skip
        cited.append("boosted")
    said.append(
        f"The propensity for {t.treated} rather than {t.control} was estimated by {kind} from "
        f"{labels}, in patients with complete data."
    )
    said.append(f"{_matching_sentence(data)} {_lost_sentence(data)}")
    cited += ["optimal"] if spec.method == "optimal" else []
    sd = "the treated" if spec.smd == "att" else "both groups, pooled,"
    said.append(
        f"Balance was judged by standardised mean differences (standard deviation of {sd} before "
        f"matching), {LARGE_DIFFERENCE:g} or less being taken as balanced"
        f"; p-values are from {_tests_words(found)}."
    )
    if data.outcomes:
        said.append(_outcome_sentence(data))
        cited += ["cluster", "e-value"]
    if spec.weighting != "none":
        said.append(
            f"As a second analysis all patients were weighted by {_weights_words(data)}, with "
            "robust variances."
        )
        cited.append("overlap" if spec.weighting == "overlap" else "iptw")
    said.append(f"Analyses were done with hcc2l {version('hcc2l')}.")
    return " ".join(said), tuple(_REFERENCES[name] for name in dict.fromkeys(cited))


def _tests_words(found: Sequence[Summary]) -> str:
    before, after = tests_used(found)
    text = f"tests of independent groups before matching ({before})"
    return text + (f" and of matched data after it ({after})" if after else "")


def _plain(cohort: Cohort, term: ModelTerm) -> str:
    """The term's label, without the unit of a number, with the cut-points of one that is cut."""
    label = cohort.label(term.column)
    if term.factor is None:
        return label
    levels = term.factor.levels
    if not any(sign in levels[0] for sign in "<≥≤>"):
        return term.label
    unit = term.label.removeprefix(label).lstrip(",")
    if len(levels) == 2:
        return f"{label} {levels[1]}{unit}"
    return f"{label} ({', '.join(levels)}{unit})"


_ORDER_WORDS = {
    "largest": "in descending order of the score of the treated",
    "smallest": "in ascending order of the score of the treated",
    "data": "the treated in the order of the file",
    "random": "the treated in random order",
}


def _matching_sentence(data: MatchData) -> str:
    spec, t = data.spec, data.treatment
    on = "the logit of the propensity score" if spec.distance == "logit" else "the propensity score"
    text = f"Patients with {t.treated} were matched to patients with {t.control} "
    text += f"1:{spec.controls_each} "
    text += f"{'with' if spec.reuses else 'without'} replacement on {on} by "
    text += "optimal matching" if spec.method == "optimal" else "nearest-neighbour matching"
    if spec.method == "nearest" and not spec.reuses:
        text += f" ({_ORDER_WORDS[spec.order]}"
        text += f", seed {spec.seed})" if spec.order == "random" else ")"
    if spec.caliper is not None:
        text += f", within a caliper of {spec.caliper:g}"
        text += " standard deviations" if spec.caliper_scale == "sd" else ""
    if spec.exact:
        text += f", and exactly on {', '.join(spec.exact)}"
    return text + "."


def _lost_sentence(data: MatchData) -> str:
    n = int(data.treated.sum())
    matched = int(np.unique(data.matches.treated).size)
    controls = int(np.unique(data.matches.control).size)
    return (
        f"Of {n} and {int((~data.treated).sum())} patients, {matched} and {controls} were matched."
    )


def _outcome_sentence(data: MatchData) -> str:
    pair = "pair" if data.spec.controls_each == 1 else "matched set"
    errors = f"standard errors clustered on the {pair}" if data.paired else "robust standard errors"
    text = (
        "Survival was described by the Kaplan–Meier method and compared by the log-rank test; "
        f"hazard ratios are from Cox regression, after matching with {errors}"
    )
    text += f", and also stratified by {pair}" if data.paired else ""
    text += ", and adjusted for the covariates (doubly robust)" if data.spec.doubly_robust else ""
    return text + ". E-values describe the confounding that could explain an effect away."
