"""What a psmatch analysis says about itself: notes, the footer, the paragraph for a manuscript."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

import numpy as np

from hcc2l.analyses.psmatch_balance import LARGE_DIFFERENCE, Summary, unmatched
from hcc2l.analyses.psmatch_data import MatchData
from hcc2l.cohort import Cohort
from hcc2l.design.model import ModelTerm
from hcc2l.errors import quoted_list
from hcc2l.report import Note, Row
from hcc2l.stats.balance import is_binary
from hcc2l.stats.weighting import effective_size

MANY_LOST = 0.2
TREATED_PER_COVARIATE = 10
SEPARATED = 10.0  # standard error of a coefficient per standard deviation of its covariate
LARGE_WEIGHT = 10.0

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


# ---------------------------------------------------------------- notes


def match_notes(cohort: Cohort, data: MatchData, found: Sequence[Summary]) -> list[Note]:
    """What a statistician would say of this matching."""
    return [
        *_design_notes(cohort, data),
        *_score_notes(data),
        *_lost_notes(data),
        *_balance_notes(data, found),
        *_weight_notes(data),
    ]


def _design_notes(cohort: Cohort, data: MatchData) -> list[Note]:
    t = data.treatment
    notes = [
        Note("info", "treatment",
             f"Treated: {t.treated}; controls: {t.control} ({t.column}).")
    ]  # fmt: skip
    if not data.outcomes:
        notes.append(
            Note("info", "no-endpoint",
                 "The cohort has no endpoint, so no outcome was compared. Say one: --time COL "
                 "--event COL.")
        )  # fmt: skip
    if data.skipped:
        notes.append(
            Note("info", "endpoint-skipped", f"Endpoints left out: {'; '.join(data.skipped)}")
        )
    late = [term.column for term in data.terms if cohort.known_after_start(term.column)]
    if late:
        notes.append(
            Note("warning", "covariate-after-start",
                 f"Known only after the treatment began: {quoted_list(late)}. Matching on what the "
                 "treatment may have changed takes part of its effect away. Leave it out, or say "
                 'role = "baseline" in hcc2l.toml if it is not so.')
        )  # fmt: skip
    return notes


def _score_notes(data: MatchData) -> list[Note]:
    notes = []
    columns = data.matrix.x.shape[1]
    smaller = min(int(data.treated.sum()), int((~data.treated).sum()))
    if smaller < TREATED_PER_COVARIATE * columns:
        notes.append(
            Note("warning", "few-treated-per-covariate",
                 f"{smaller} patients in the smaller group for {columns} parameters of the score: "
                 f"{smaller / columns:.1f} each, fewer than {TREATED_PER_COVARIATE}. Use fewer "
                 "covariates, those that matter for the outcome first.")
        )  # fmt: skip
    notes += _fit_notes(data)
    ties = data.rows.size - np.unique(data.distance).size
    if ties:
        by = "id" if _named(data) else "place in the file"
        notes.append(
            Note("info", "tied-scores",
                 f"{ties} patients share their score with another. Where this left a choice, the "
                 f"first by {by} was taken.")
        )  # fmt: skip
    if data.spec.order == "data" and data.spec.method == "nearest" and not data.spec.replace:
        notes.append(
            Note("info", "order-of-rows",
                 "With --order data the pairs depend on the order of the rows in the file.")
        )  # fmt: skip
    return notes


def _named(data: MatchData) -> bool:
    cohort = data.account.cohort
    return cohort.id_column is not None and cohort.id_column in cohort.names


def _fit_notes(data: MatchData) -> list[Note]:
    if data.fit is None:
        return []
    notes = []
    spread = data.matrix.x.std(axis=0)
    slopes = zip(
        data.matrix.columns, data.fit.dropped[1:], data.fit.std_err[1:] * spread, strict=True
    )
    for column, dropped, error in slopes:
        name = column.term if column.level is None else f"{column.term} {column.level}"
        if dropped:
            notes.append(
                Note("warning", "column-dropped",
                     f"{name} is constant or follows from the covariates before it; the score was "
                     "fitted without it.")
            )  # fmt: skip
        elif error > SEPARATED:
            notes.append(
                Note("warning", "coefficient-infinite",
                     f"The coefficient of {name} runs away: all with or all without it had the "
                     "same treatment. They have no counterpart; leave them out with --where, or "
                     "merge levels.")
            )  # fmt: skip
    return notes


def _lost_notes(data: MatchData) -> list[Note]:
    notes = []
    t = data.treatment
    n, controls = int(data.treated.sum()), int((~data.treated).sum())
    matched = int(np.unique(data.matches.treated).size)
    if n > controls and not data.spec.replace:
        notes.append(
            Note("warning", "more-treated-than-controls",
                 f"{n} patients had {t.treated} and {controls} {t.control}: not every treated "
                 f"patient can have a match. Name the other group, --treat {t.control}, or use "
                 "--replace.")
        )  # fmt: skip
    if n - matched > MANY_LOST * n:
        notes.append(
            Note("warning", "treated-lost",
                 f"{n - matched} of {n} treated patients ({100 * (n - matched) / n:.0f}%) have no "
                 f"match{_reasons(data)}. The effect is no longer that among all treated but "
                 f"among those like the {matched} matched ones{_unlike(data)}; say so.")
        )  # fmt: skip
    own, others = data.propensity[data.treated], data.propensity[~data.treated]
    beyond = int(((own < others.min()) | (own > others.max())).sum())
    if beyond > MANY_LOST * n:
        notes.append(
            Note("warning", "no-overlap",
                 f"The scores of {beyond} of {n} treated patients are beyond those of every "
                 "control: nobody like them had the other treatment. Restrict the comparison "
                 "with --where to patients who could have had either.")
        )  # fmt: skip
    return notes


def _reasons(data: MatchData) -> str:
    words = {"no-control-in-stratum": "nobody in the stratum",
             "outside-caliper": "nobody within the caliper",
             "controls-used-up": "all within reach taken"}  # fmt: skip
    counts = [(words.get(name), int((rows & data.treated).sum())) for name, rows in unmatched(data)]
    text = ", ".join(f"{word} {count}" for word, count in counts if word and count)
    return f" ({text})" if text else ""


def _unlike(data: MatchData) -> str:
    """How the lost differ from the matched: the covariate that differs most."""
    kept = data.treated & (data.match_weights > 0)
    lost = data.treated & ~kept
    worst: tuple[float, str] | None = None
    for covariate in data.covariates:
        x = covariate.values
        sd = float(x[data.treated].std())
        gap = float(x[lost].mean() - x[kept].mean()) / sd if sd else 0.0
        if worst is None or abs(gap) > worst[0]:
            name = f"{covariate.label}{f' {covariate.level}' if covariate.level else ''}"
            if is_binary(x):
                text = f"{name}: {x[lost].mean():.0%} of the lost, {x[kept].mean():.0%} of these"
            else:
                text = f"{name}: mean {x[lost].mean():.3g} of the lost, {x[kept].mean():.3g} here"
            worst = (abs(gap), text)
    return f" ({worst[1]})" if worst else ""


def _balance_notes(data: MatchData, found: Sequence[Summary]) -> list[Note]:
    notes = []
    sample_words = {"after": "matching", "weighted": "weighting"}
    for sample in data.samples[1:]:
        left: dict[str, float] = {}
        for one in found:
            smd = abs(one.of[sample.name].smd)
            if smd > LARGE_DIFFERENCE:
                label = one.covariate.label
                left[label] = max(smd, left.get(label, 0.0))
        if left:
            listed = quoted_list([f"{name} ({smd:.3f})" for name, smd in left.items()], 8)
            notes.append(
                Note("warning", "imbalance",
                     f"Standardised differences above {LARGE_DIFFERENCE:g} are left after "
                     f"{sample_words[sample.name]}: {listed}. Try a narrower caliper, --exact, "
                     "--method optimal or --weighting overlap, or adjust for them "
                     "(--doubly-robust).")
            )  # fmt: skip
    return notes


def _weight_notes(data: MatchData) -> list[Note]:
    if data.score_weights is None:
        return []
    notes = []
    weights, spec = data.score_weights, data.spec
    if spec.truncate is not None:
        cut = int((weights == weights.min()).sum()), int((weights == weights.max()).sum())
        notes.append(
            Note("info", "weights-truncated",
                 f"Weights were cut at the quantiles {spec.truncate:g} and {1 - spec.truncate:g}, "
                 f"{weights.min():.3g} and {weights.max():.3g}: {cut[0]} and {cut[1]} patients.")
        )  # fmt: skip
    for level, group in zip(
        data.treatment.levels, (data.treated, ~data.treated), strict=True
    ):  # fmt: skip
        own = weights[group]
        share = effective_size(own) / own.size
        if own.max() > LARGE_WEIGHT * own.mean() or share < 0.5:
            notes.append(
                Note("warning", "extreme-weights",
                     f"A few patients with {level} carry the result: the largest weight is "
                     f"{own.max() / own.mean():.1f} times the mean, and {own.size} patients are "
                     f"worth {effective_size(own):.1f}. Use --weighting overlap or --truncate.")
            )  # fmt: skip
    return notes


def effect_notes(effects: Sequence[Row]) -> list[Note]:
    """Say which hazard ratios do not exist."""
    absent = [
        f"{row['endpoint']}, {row['sample']}, {row['model']}"
        for row in effects
        if row["hr"] is None
    ]
    if not absent:
        return []
    return [
        Note("warning", "effect-not-estimable",
             f"No hazard ratio exists for: {'; '.join(absent)}. There is no event, or all events "
             "that count are on one side.")
    ]  # fmt: skip


# ---------------------------------------------------------------- provenance and methods


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
    text = f"1:{spec.ratio} {spec.method} matching on the {on}"
    text += " with replacement" if spec.replace else ""
    if spec.caliper is not None:
        unit = " SD" if spec.caliper_scale == "sd" else ""
        text += f", caliper {spec.caliper:g}{unit}"
    if spec.method == "nearest" and not spec.replace:
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


def methods(data: MatchData, cohort: Cohort) -> tuple[str, tuple[str, ...]]:
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
        + ("; p-values after matching are from tests for matched data." if data.paired else ".")
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


def _plain(cohort: Cohort, term: ModelTerm) -> str:
    """The term's label, without the unit of a number."""
    return cohort.label(term.column) if term.factor is None else term.label


def _matching_sentence(data: MatchData) -> str:
    spec, t = data.spec, data.treatment
    on = "the logit of the propensity score" if spec.distance == "logit" else "the propensity score"
    text = f"Patients with {t.treated} were matched to patients with {t.control} 1:{spec.ratio} "
    text += f"{'with' if spec.replace else 'without'} replacement on {on} by "
    text += "optimal matching" if spec.method == "optimal" else "nearest-neighbour matching"
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
    pair = "pair" if data.spec.ratio == 1 else "matched set"
    within = f"clustered on the {pair}" if data.paired else "robust"
    text = (
        "Survival was described by the Kaplan–Meier method and compared by the log-rank test; "
        f"hazard ratios are from Cox regression, after matching with standard errors {within}"
    )
    text += f", and also stratified by {pair}" if data.paired else ""
    text += ", and adjusted for the covariates (doubly robust)" if data.spec.doubly_robust else ""
    return text + ". E-values describe the confounding that could explain an effect away."
