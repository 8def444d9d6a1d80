"""Notes of a psmatch analysis: what is wrong, in which patients, and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from hcc2l.analyses.cautions import constant_notes
from hcc2l.analyses.psmatch.balance import LARGE_DIFFERENCE, VARIANCE_RATIOS, Summary
from hcc2l.analyses.psmatch.data import MatchData
from hcc2l.analyses.psmatch.findings import (
    Treated,
    columns_without_estimate,
    imbalance,
    parameters,
    reused_controls,
    treated_patients,
    uneven_variances,
    weighted_groups,
)
from hcc2l.cohort import Cohort
from hcc2l.design.model import ModelColumn
from hcc2l.errors import quoted_list
from hcc2l.numerals import p_equation
from hcc2l.report import Note, Table
from hcc2l.stats.balance import is_binary
from hcc2l.wording import counted, listed

MANY_LOST = 0.2


TREATED_PER_COVARIATE = 10


LARGE_WEIGHT = 10.0  # times the mean


LEAST_EFFECTIVE = 0.5  # of the group's size


SIGNIFICANT = 0.05


_SAMPLES = {"before": "all patients", "after": "matched patients", "weighted": "weighted patients"}


def match_notes(cohort: Cohort, data: MatchData, summaries: Sequence[Summary]) -> list[Note]:
    """Notes on the design, the scores, lost patients, balance and weights."""
    return [
        *_design_notes(cohort, data),
        *constant_notes(data.constant),
        *_score_notes(data),
        *_lost_notes(data),
        *_reuse_notes(data),
        *_balance_notes(data, summaries),
        *_variance_notes(data, summaries),
        *_weight_notes(data),
    ]


def _design_notes(cohort: Cohort, data: MatchData) -> list[Note]:
    t = data.treatment
    notes = [
        Note("info", "treatment",
             f"Treated: {t.treated}; controls: {t.control} ({t.column})."),
        *(Note("info", "option-without-effect", f"{option} has no effect without {to}.")
          for option, to in data.spec.without_effect.items()),
    ]  # fmt: skip
    if not data.outcomes:
        notes.append(
            Note("info", "no-endpoint",
                 "No outcome was compared because the cohort has no endpoint. Give one with "
                 "--time COL --event COL.")
        )  # fmt: skip
    if data.skipped:
        notes.append(
            Note("info", "endpoint-skipped", f"Endpoints not analysed: {'; '.join(data.skipped)}.")
        )
    late = [term.column for term in data.terms if cohort.known_after_start(term.column)]
    if late:
        notes.append(
            Note("warning", "covariate-after-start",
                 f"Known only after the start of treatment: {quoted_list(late)}. Matching on a "
                 "variable that the treatment may have changed removes part of the treatment "
                 f'effect. Remove it from -x, or set role = "baseline" for {quoted_list(late)} '
                 "in hcc2l.toml if it was known at baseline.")
        )  # fmt: skip
    if cohort.known_after_start(t.column):
        notes.append(
            Note("warning", "immortal-time",
                 f"{t.label}, the treatment, is known only after time 0, and patients must survive "
                 "long enough to receive it, so survival from time 0 is biased in favour of "
                 "patients treated later (immortal-time bias). Count time from the start of "
                 f'treatment, or, if it was known at baseline, set role = "baseline" for '
                 f"{t.column} in hcc2l.toml.")
        )  # fmt: skip
    return notes


def _score_notes(data: MatchData) -> list[Note]:
    notes = []
    columns = parameters(data)
    smaller = min(int(data.treated.sum()), int((~data.treated).sum()))
    if smaller < TREATED_PER_COVARIATE * columns:
        notes.append(
            Note("warning", "few-treated-per-covariate",
                 f"The smaller group has {counted(smaller, 'patient')} for "
                 f"{counted(columns, 'parameter')} of the propensity model "
                 f"({smaller / columns:.1f} per parameter, fewer than {TREATED_PER_COVARIATE}). "
                 "Use fewer covariates; keep those that matter for the outcome.")
        )  # fmt: skip
    notes += _fit_notes(data)
    if data.tied:
        by = "ids" if _named(data) else "rows in the file"
        notes.append(
            Note("info", "tied-scores",
                 f"{data.tied} patients have the same score as another patient. Ties were "
                 f"broken by the order of the {by}.")
        )  # fmt: skip
    if data.spec.order == "data" and data.spec.method == "nearest" and not data.spec.reuses:
        notes.append(
            Note("info", "order-of-rows",
                 "With --order data, the pairs depend on the order of the rows in the file. Use "
                 "--order largest for pairs that do not.")
        )  # fmt: skip
    return notes


def _named(data: MatchData) -> bool:
    cohort = data.account.cohort
    return cohort.id_column is not None and cohort.id_column in cohort.names


def _fit_notes(data: MatchData) -> list[Note]:
    return [
        Note("warning", "column-dropped",
             f"{_column_name(column)} is constant or a linear combination of the covariates before "
             "it; the propensity model was fitted without it.")
        if dropped
        else Note("warning", "coefficient-infinite",
                  f"The coefficient of {_column_name(column)} does not converge: "
                  f"{_why_separated(column)}{_wide_caliper(data)}")
        for column, dropped in columns_without_estimate(data)
    ]  # fmt: skip


def _column_name(column: ModelColumn) -> str:
    return column.term if column.level is None else f"{column.term} {column.level}"


def _why_separated(column: ModelColumn) -> str:
    if column.reference is None:
        return (
            "in part of its range all patients had the same treatment, or it is almost a "
            "linear combination of other covariates. Remove it from -x, or exclude with "
            "--where the patients without a counterpart."
        )
    return (
        "all patients with this level, or all without it, had the same treatment and "
        "have no counterpart. Exclude them with --where, or merge levels."
    )


def _wide_caliper(data: MatchData) -> str:
    """The effect of extreme scores on a caliper in standard deviations of their logit."""
    spec = data.spec
    if spec.caliper is None or (spec.caliper_scale, spec.distance) != ("sd", "logit"):
        return ""
    return (
        f" Their extreme scores also inflate the SD of the logit ({data.sd:.3g}), so the caliper "
        "excludes hardly any match: use --distance propensity or --caliper-scale raw."
    )


def _lost_notes(data: MatchData) -> list[Note]:
    notes = []
    t, treated = data.treatment, treated_patients(data)
    n, lost, controls = treated.n, treated.n - treated.matched, int((~data.treated).sum())
    if n > controls and not data.spec.reuses:
        notes.append(
            Note("warning", "more-treated-than-controls",
                 f"{n} patients received {t.treated} and {controls} {t.control}, so not every "
                 "treated patient can be matched. Match from the smaller group (--treat "
                 f"{t.control}), or use --replace.")
        )  # fmt: skip
    if lost > MANY_LOST * n:
        notes.append(
            Note("warning", "treated-lost",
                 f"{lost} of {n} treated patients ({100 * lost / n:.0f}%) have no "
                 f"match{_reasons(treated)}. The effect applies to patients like the "
                 f"{treated.matched} matched ones, not to all treated "
                 f"patients{_unlike(treated)}. Report this.")
        )  # fmt: skip
    if treated.beyond > MANY_LOST * n:
        notes.append(
            Note("warning", "no-overlap",
                 f"{treated.beyond} of {n} treated patients have scores outside the range of the "
                 "controls: no comparable patient received the other treatment. Restrict the "
                 "comparison with --where to patients who were eligible for both.")
        )  # fmt: skip
    return notes


def _reasons(treated: Treated) -> str:
    words = {"no-control-in-stratum": "no control in the stratum",
             "outside-caliper": "no control within the caliper",
             "controls-used-up": "suitable controls already matched"}  # fmt: skip
    counts = [(words.get(reason), count) for reason, count in treated.unmatched.items()]
    text = ", ".join(f"{word}: {count}" for word, count in counts if word and count)
    return f" ({text})" if text else ""


def _unlike(treated: Treated) -> str:
    """The covariate in which unmatched and matched treated patients differ most, in words."""
    if treated.difference is None:
        return ""
    covariate = treated.difference.covariate
    lost, kept = treated.difference.unmatched, treated.difference.matched
    name = f"{covariate.label}{f' {covariate.level}' if covariate.level else ''}"
    if is_binary(covariate.values):
        return f" ({name}: {lost:.0%} unmatched, {kept:.0%} matched)"
    return f" ({name}: mean {lost:.3g} unmatched, {kept:.3g} matched)"


def _reuse_notes(data: MatchData) -> list[Note]:
    """A warning where controls serve several treated patients and outcomes are compared."""
    reused, most = reused_controls(data)
    if not reused or not data.outcomes:
        return []
    controls = "1 control was" if reused == 1 else f"{reused} controls were"
    return [
        Note("warning", "controls-reused",
             f"{controls} matched to more than one treated patient, up to {most} times. The "
             "robust standard error takes the matching weights as fixed and patients as "
             "independent; it does not account for this reuse, so intervals and p-values are "
             "approximate. Compare with the result without --replace.")
    ]  # fmt: skip


_ADJUSTED = {"after": "matching", "weighted": "weighting"}


def _balance_notes(data: MatchData, summaries: Sequence[Summary]) -> list[Note]:
    notes = []
    for sample in data.samples[1:]:
        found = imbalance(summaries, sample.name)
        sentences = []
        if found.large:
            names = quoted_list([f"{name} ({smd:.3f})" for name, smd in found.large.items()], 8)
            sentences.append(f"Absolute standardised differences above {LARGE_DIFFERENCE:g} remain "
                             f"after {_ADJUSTED[sample.name]}: {names}.")  # fmt: skip
        if found.unknown:
            sentences.append("The standardised difference cannot be estimated after "
                             f"{_ADJUSTED[sample.name]} because the standard deviation is 0: "
                             f"{quoted_list(found.unknown, 8)}.")  # fmt: skip
        if sentences:
            text = " ".join(
                [*sentences, *(_balance_advice(data, sample.name) if found.large else [])]
            )
            notes.append(Note("warning", "imbalance", text))
    return notes


def _variance_notes(data: MatchData, summaries: Sequence[Summary]) -> list[Note]:
    """Continuous covariates whose spread differs between the groups, though their means may not."""
    low, high = VARIANCE_RATIOS
    parts = []
    for sample in data.samples:
        ratios = uneven_variances(summaries, sample.name)
        uneven = [f"{label} ({ratio:.3g})" for label, ratio in ratios]
        when = f"after {_ADJUSTED[sample.name]}" if sample.name in _ADJUSTED else "before matching"
        parts += [f"{when}, {quoted_list(uneven, 8)}"] if uneven else []
    if not parts:
        return []
    return [
        Note("warning", "variance-ratio",
             f"Variance ratios outside {low:g}–{high:g}: {'; '.join(parts)}. The groups differ in "
             "spread even where their means agree. Check the overlap; if the difference in spread "
             "persists after matching, add categories of the covariate to -x (COL@CUT) or match on "
             "them (--exact COL@CUT).")
    ]  # fmt: skip


def _balance_advice(data: MatchData, sample: str) -> list[str]:
    """Ways to improve the balance of a sample that were not already used."""
    spec = data.spec
    ways = []
    if sample == "after":
        pairs = spec.method == "nearest" and spec.ratio == 1 and not spec.replace
        ways.append("a caliper" if spec.caliper is None else "a narrower caliper")
        ways += [] if spec.exact else ["--exact"]
        ways += ["--method optimal"] if pairs else []
        ways += ["--weighting overlap"] if spec.weighting == "none" else []
    elif spec.weighting == "iptw":
        ways.append("--weighting overlap")
    elif spec.truncate is not None:
        ways.append("weights without --truncate")
    adjust = (
        ""
        if spec.doubly_robust or not data.outcomes
        else "adjust for the covariates (--doubly-robust)"
    )
    both = ", or ".join(filter(None, [f"try {listed(ways, 'or')}" if ways else "", adjust]))
    return [f"{both[0].upper()}{both[1:]}."] if both else []


def _weight_notes(data: MatchData) -> list[Note]:
    if data.weighting is None:
        return []
    notes = []
    weights, spec = data.weighting, data.spec
    if spec.truncate is not None:
        low, high = weights.values.min(), weights.values.max()
        notes.append(
            Note("info", "weights-truncated",
                 f"Weights were truncated at their {spec.truncate:g} and {1 - spec.truncate:g} "
                 f"quantiles ({low:.3g} and {high:.3g}): {weights.raised} raised and "
                 f"{weights.lowered} lowered.")
        )  # fmt: skip
    ways = ["--weighting overlap"] if spec.weighting != "overlap" else []
    ways += ["--truncate"] if spec.truncate is None else ["a larger --truncate"]
    dominated = [
        group
        for group in weighted_groups(data)
        if group.largest > LARGE_WEIGHT or group.effective < LEAST_EFFECTIVE * group.n
    ]
    return notes + [
        Note("warning", "extreme-weights",
             f"A few patients in the {group.level} group dominate the weighted result: the "
             f"largest weight is {group.largest:.1f} times the mean, and the effective sample size "
             f"of the {group.n} patients is {group.effective:.1f}. Use {' or '.join(ways)}.")
        for group in dominated
    ]  # fmt: skip


def effect_notes(absent: dict[str, list[str]]) -> list[Note]:
    """A warning of the hazard ratios that cannot be estimated, with the reasons."""
    if not absent:
        return []
    parts = [f"{'; '.join(effects)} ({reason})" for reason, effects in absent.items()]
    return [
        Note("warning", "effect-not-estimable",
             f"No hazard ratio can be estimated for: {'; '.join(parts)}. Report the numbers of "
             "events instead.")
    ]  # fmt: skip


def hazards_notes(data: MatchData, tables: Sequence[Table]) -> list[Note]:
    """Warnings of hazard ratios of the treatment that change with time, one per endpoint."""
    rows = [row for table in tables if table.name == "ph_tests" for row in table.rows]
    t = data.treatment
    notes = []
    for outcome in data.outcomes:
        changing = [
            f"{_SAMPLES[str(row['sample'])]} {p_equation(row['p'])}"
            for row in rows
            if row["endpoint"] == outcome.name
            if isinstance(row["p"], float) and row["p"] < SIGNIFICANT
        ]
        if changing:
            notes.append(
                Note("warning", "hazards-not-proportional",
                     f"{outcome.endpoint.label}: the hazard ratio of {t.treated} versus "
                     f"{t.control} changes with time ({'; '.join(changing)}). A single hazard "
                     "ratio averages over this change, and clustered and stratified estimates can "
                     "even lie on opposite sides of 1. Compare the survival curves (--which "
                     f"survival){_further(data)}.")
            )  # fmt: skip
    return notes


def _further(data: MatchData) -> str:
    """What else to compare, beside the curves."""
    spec = data.spec
    if spec.nph:
        return ""
    if spec.imputes or spec.controls_each > 1 or spec.reuses:  # --nph excludes these
        return " and restricted mean survival times (hcc2l km --tau on the file written by --save)"
    return (
        ", restricted mean survival times and weighted tests (--nph), and the hazard ratios "
        "before and after a time (--nph --split T)"
    )
