"""What a statistician would say of a psmatch analysis: its notes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hcc2l.analyses.psmatch_balance import LARGE_DIFFERENCE, Summary, unmatched
from hcc2l.analyses.psmatch_data import MatchData
from hcc2l.cohort import Cohort
from hcc2l.errors import quoted_list
from hcc2l.report import Note
from hcc2l.stats.balance import is_binary
from hcc2l.stats.weighting import effective_size, score_weights

MANY_LOST = 0.2
TREATED_PER_COVARIATE = 10
SEPARATED = 10.0  # standard error of a coefficient per standard deviation of its covariate
LARGE_WEIGHT = 10.0


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
        pairs = spec.method == "nearest" and spec.ratio == 1 and not spec.replace
        ways.append("a narrower caliper")
        ways += [] if spec.exact else ["--exact"]
        ways += ["--method optimal"] if pairs else []
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
