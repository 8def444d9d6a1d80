"""What a psmatch analysis says about itself: notes, the footer, the paragraph for a manuscript."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

import numpy as np

from hcc2l.analyses.psmatch_balance import LARGE_DIFFERENCE, Summary, tests_used, unmatched
from hcc2l.analyses.psmatch_data import MatchData
from hcc2l.cohort import Cohort
from hcc2l.design.model import ModelTerm
from hcc2l.errors import quoted_list
from hcc2l.report import Note
from hcc2l.stats.balance import is_binary
from hcc2l.stats.weighting import effective_size, score_weights

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
             f"Treated: {t.treated}; controls: {t.control} ({t.column})."),
        *(Note("info", "option-without-effect", f"{option} is without effect: it belongs to {to}.")
          for option, to in data.spec.without_effect.items()),
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
    columns = data.matrix.x.shape[1] if data.fit is None else int((~data.fit.dropped[1:]).sum())
    smaller = min(int(data.treated.sum()), int((~data.treated).sum()))
    if smaller < TREATED_PER_COVARIATE * columns:
        notes.append(
            Note("warning", "few-treated-per-covariate",
                 f"{_patients(smaller)} in the smaller group for {columns} "
                 f"parameter{'s' if columns != 1 else ''} of the score: "
                 f"{smaller / columns:.1f} each, fewer than {TREATED_PER_COVARIATE}. Use fewer "
                 "covariates, those that matter for the outcome first.")
        )  # fmt: skip
    notes += _fit_notes(data)
    if data.tied:
        by = "ids" if _named(data) else "rows in the file"
        notes.append(
            Note("info", "tied-scores",
                 f"{data.tied} patients share their score with another. Where this left a choice, "
                 f"the order of the {by} decided.")
        )  # fmt: skip
    if data.spec.order == "data" and data.spec.method == "nearest" and not data.spec.reuses:
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
                     f"merge levels.{_wide_caliper(data)}")
            )  # fmt: skip
    return notes


def _wide_caliper(data: MatchData) -> str:
    """What scores that run away do to a caliper in standard deviations of their logit."""
    spec = data.spec
    if spec.caliper is None or (spec.caliper_scale, spec.distance) != ("sd", "logit"):
        return ""
    return (
        f" They also widen the SD of the logit ({data.sd:.3g}), so that the caliper hardly limits "
        "anything: use --distance propensity, or a caliper with --caliper-scale raw."
    )


def _patients(n: int) -> str:
    return f"{n} patient{'s' if n != 1 else ''}"


def _lost_notes(data: MatchData) -> list[Note]:
    notes = []
    t = data.treatment
    n, controls = int(data.treated.sum()), int((~data.treated).sum())
    matched = int(np.unique(data.matches.treated).size)
    if n > controls and not data.spec.reuses:
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
        sd = float(x[data.treated].std()) if np.ptp(x[data.treated]) else 0.0
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
        unknown: list[str] = []
        for one in found:
            smd, label = abs(one.of[sample.name].smd), one.covariate.label
            if np.isnan(smd):
                unknown.append(label)
            elif smd > LARGE_DIFFERENCE:
                left[label] = max(smd, left.get(label, 0.0))
        said = []
        if left:
            listed = quoted_list([f"{name} ({smd:.3f})" for name, smd in left.items()], 8)
            said.append(f"Standardised differences above {LARGE_DIFFERENCE:g} are left after "
                        f"{sample_words[sample.name]}: {listed}.")  # fmt: skip
        if unknown:
            said.append(f"Not estimable after {sample_words[sample.name]}, for want of a standard "
                        f"deviation: {quoted_list(dict.fromkeys(unknown), 8)}.")  # fmt: skip
        if said:
            text = " ".join([*said, *(_balance_advice(data, sample.name) if left else [])])
            notes.append(Note("warning", "imbalance", text))
    return notes


def _balance_advice(data: MatchData, sample: str) -> list[str]:
    """What could make a sample more alike that was not done already."""
    spec = data.spec
    ways = []
    if sample == "after":
        ways += ["a narrower caliper", "--exact"]
        ways += ["--method optimal"] if spec.method == "nearest" else []
        ways += ["--weighting overlap"] if spec.weighting == "none" else []
    elif spec.weighting == "iptw":
        ways.append("--weighting overlap")
    elif spec.truncate is not None:
        ways.append("weights without --truncate")
    tried = " or ".join(filter(None, [", ".join(ways[:-1]), *ways[-1:]]))
    adjusted = "" if spec.doubly_robust or not data.outcomes else "adjust (--doubly-robust)"
    both = ", or ".join(filter(None, [f"try {tried}" if tried else "", adjusted]))
    return [f"{both[0].upper()}{both[1:]}."] if both else []


def _weight_notes(data: MatchData) -> list[Note]:
    if data.score_weights is None:
        return []
    notes = []
    weights, spec = data.score_weights, data.spec
    if spec.truncate is not None:
        raw = score_weights(
            data.treated, data.propensity, data.estimand, stabilised=spec.stabilised
        )
        low, high = int((weights > raw).sum()), int((weights < raw).sum())
        notes.append(
            Note("info", "weights-truncated",
                 f"Weights were cut at the quantiles {spec.truncate:g} and {1 - spec.truncate:g}, "
                 f"{weights.min():.3g} and {weights.max():.3g}: "
                 f"{low} raised and {high} lowered.")
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


def effect_notes(absent: dict[str, list[str]]) -> list[Note]:
    """Say which hazard ratios do not exist, and why."""
    if not absent:
        return []
    parts = [f"{'; '.join(effects)} ({reason})" for reason, effects in absent.items()]
    return [
        Note("warning", "effect-not-estimable", f"No hazard ratio exists for: {'; '.join(parts)}.")
    ]


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
