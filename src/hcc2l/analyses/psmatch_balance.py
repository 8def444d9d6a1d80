"""Who was matched and how alike the groups are: tables of numbers, balance, scores and pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hcc2l.analyses.psmatch_data import Covariate, MatchData, Sample, number
from hcc2l.design import Floats, Ints, Mask
from hcc2l.report import Column, Row, Table, Value
from hcc2l.stats import group_tests
from hcc2l.stats.balance import Balance, balance, is_binary, spread
from hcc2l.stats.matching import nearest_gaps

LARGE_DIFFERENCE = 0.1
TEST_LABELS = {
    "mann-whitney": "Mann–Whitney", "chi-square": "χ²", "fisher": "Fisher",
    "wilcoxon": "Wilcoxon signed-rank", "mcnemar": "McNemar", "stuart-maxwell": "Stuart–Maxwell",
    "mantel-haenszel": "Mantel–Haenszel",
}  # fmt: skip


@dataclass(frozen=True)
class Summary:
    """One row of the balance in every sample, and the tests of its variable."""

    covariate: Covariate
    of: dict[str, Balance]
    test_before: group_tests.Test
    test_after: group_tests.Test | None


def summaries(data: MatchData) -> list[Summary]:
    """Every covariate in every sample; tests are of the whole variable."""
    result = []
    tests: dict[str, tuple[group_tests.Test, group_tests.Test | None]] = {}
    for covariate in data.covariates:
        x = covariate.values
        sd = spread(x, data.treated, pooled=data.spec.smd == "pooled")
        of = {s.name: balance(x, data.treated, s.weights, sd) for s in data.samples}
        if covariate.term not in tests:
            tests[covariate.term] = _tests(data, covariate)
        result.append(Summary(covariate, of, *tests[covariate.term]))
    return result


def _tests(
    data: MatchData, covariate: Covariate
) -> tuple[group_tests.Test, group_tests.Test | None]:
    if covariate.level is None and not is_binary(covariate.values):
        x = covariate.values
        before = group_tests.mann_whitney(x, data.treated)
        return before, group_tests.signed_rank(_differences(data, x)) if data.paired else None
    if covariate.level is None:
        codes = covariate.values.astype(np.int64)
    else:
        columns = [c.values for c in data.covariates if c.term == covariate.term]
        codes = np.argmax(np.array(columns), axis=0).astype(np.int64)
    return counts_tests(data, codes)


def counts_tests(data: MatchData, codes: Ints) -> tuple[group_tests.Test, group_tests.Test | None]:
    """Levels between the groups before matching, and within the sets after; codes of -1 are out."""
    known, treated = codes >= 0, data.treated
    levels = int(codes.max()) + 1
    table = group_tests.contingency(codes[known], levels, treated[known])
    before = group_tests.independent_counts(table)
    kept = _complete_sets(data, known & (data.sets >= 0))
    if not data.paired or not kept.any():
        return before, None
    sets = np.unique(data.sets[kept], return_inverse=True)[1].astype(np.int64)
    return before, group_tests.matched_counts(codes[kept], levels, treated[kept], sets)


def _complete_sets(data: MatchData, known: Mask) -> Mask:
    """The known rows of sets that still have a treated and a control."""
    size = int(data.sets.max()) + 2
    own = np.bincount(data.sets[known & data.treated] + 1, minlength=size) > 0
    others = np.bincount(data.sets[known & ~data.treated] + 1, minlength=size) > 0
    return np.asarray(known & (own & others)[data.sets + 1])


def _differences(data: MatchData, x: Floats) -> Floats:
    """Each treated row's value less the mean of its controls."""
    size = int(data.sets.max()) + 1
    inside = data.sets >= 0
    controls = inside & ~data.treated
    count = np.bincount(data.sets[controls], minlength=size)
    mean = np.bincount(data.sets[controls], weights=x[controls], minlength=size) / count
    own = inside & data.treated
    return np.asarray(x[own] - mean[data.sets[own]], dtype=np.float64)


# ---------------------------------------------------------------- balance


def balance_table(found: Sequence[Summary]) -> Table:
    """One row a level or a number: means or proportions, differences, ratios, tests."""
    rows: list[Row] = []
    for one in found:
        row: dict[str, Value] = {"variable": one.covariate.term, "level": one.covariate.level}
        for sample in ("before", "after", "weighted"):
            row |= _balance_of(one.of.get(sample), sample)
            test = {"before": one.test_before, "after": one.test_after}.get(sample)
            if sample != "weighted":
                row[f"p_{sample}"] = number(test.p) if test else None
                row[f"test_{sample}"] = test.name if test else None
        rows.append(row)
    return Table("balance", "Balance", tuple(rows[0]), tuple(rows))


def _balance_of(b: Balance | None, sample: str) -> dict[str, Value]:
    keys = ("treated", "control", "smd", "variance_ratio")
    return {f"{key}_{sample}": number(getattr(b, key)) if b else None for key in keys}


def baseline_table(data: MatchData, found: Sequence[Summary]) -> Table:
    """The table of a paper: counts or medians of both groups before and after, smd and p."""
    rows: list[Row] = []
    previous = None
    levels: dict[str, int] = {}
    for one in found:
        levels[one.covariate.term] = levels.get(one.covariate.term, 0) + 1
    for one in found:
        covariate = one.covariate
        if levels[covariate.term] == 2 and covariate.level is not None:
            levels[covariate.term] = 0  # of two levels the second says all
            continue
        binary = is_binary(covariate.values)
        level = "" if covariate.level is None else f": {covariate.level}"
        row: dict[str, Value] = {
            "variable": covariate.term, "level": covariate.level,
            "label": f"{covariate.label}{level}",
        }  # fmt: skip
        for sample in data.samples[:2]:
            for name, group in (("treated", data.treated), ("control", ~data.treated)):
                row |= _described(covariate.values, sample, group, name, binary=binary)
            test = one.test_before if sample.name == "before" else one.test_after
            shown = test is not None and covariate.term != previous
            row[f"smd_{sample.name}"] = number(one.of[sample.name].smd)
            row[f"p_{sample.name}"] = number(test.p) if test and shown else None
        row["smd_weighted"] = number(one.of["weighted"].smd) if "weighted" in one.of else None
        rows.append(row)
        previous = covariate.term
    return Table("baseline", "Before and after matching", tuple(rows[0]), tuple(rows),
                 _baseline_columns(data), tuple(_baseline_notes(data, found)))  # fmt: skip


def _described(
    x: Floats, sample: Sample, group: Mask, name: str, *, binary: bool
) -> dict[str, Value]:
    inside = group & sample.inside
    own, weights = x[inside], sample.weights[inside]
    end = sample.name
    keys = ("count", "percent", "median", "q1", "q3")
    values: list[Value] = [None] * 5
    if binary:
        total, count = float(weights.sum()), float(weights @ own)
        values[:2] = [round(count, 9), count / total]
    else:
        values[2:] = [weighted_quantile(own, weights, q) for q in (0.5, 0.25, 0.75)]
    return {f"{name}_{key}_{end}": v for key, v in zip(keys, values, strict=True)}


def weighted_quantile(x: Floats, weights: Floats, q: float) -> float:
    """Quantile of type 7; with weights, of the distribution in which they are masses."""
    if np.ptp(weights) == 0:
        return float(np.quantile(x, q))
    order = np.argsort(x, kind="stable")
    mass = np.cumsum(weights[order])
    at = int(np.searchsorted(mass, q * mass[-1] * (1 - 1e-12)))
    return float(x[order][min(at, x.size - 1)])


def _baseline_columns(data: MatchData) -> tuple[Column, ...]:
    columns = [Column("Variable", ("label",))]
    for sample in data.samples[:2]:
        end = sample.name
        for name, level, group in zip(
            ("treated", "control"), data.treatment.levels, (data.treated, ~data.treated),
            strict=True,
        ):  # fmt: skip
            n = int((group & sample.inside).sum())
            keys = tuple(f"{name}_{k}_{end}" for k in ("count", "percent", "median", "q1", "q3"))
            when = "" if end == "before" else "Matched "
            columns.append(Column(f"{when}{level} (n={n})", keys, form="summary"))
        columns.append(Column("SMD", (f"smd_{end}",), decimals=3))
        if end == "before" or data.paired:
            columns.append(Column("p", (f"p_{end}",)))
    if data.score_weights is not None:
        columns.append(Column("SMD, weighted", ("smd_weighted",), decimals=3))
    return tuple(columns)


def _baseline_notes(data: MatchData, found: Sequence[Summary]) -> list[str]:
    before, after = tests_used(found)
    text = f"Median (quartiles) or n (%). Before: {before}."
    if after:
        within = "pairs" if data.spec.controls_each == 1 else "sets"
        text += f" After, within the matched {within}: {after}."
    elif not data.paired:
        text += " After: no test, as controls serve several treated patients."
    if data.spec.controls_each > 1 or data.spec.reuses:
        text += " Matched controls are weighted."
    sd = "SD of the treated" if data.spec.smd == "att" else "pooled SD"
    return [text, f"SMD: standardised mean difference, by the {sd} before matching."]


def tests_used(found: Sequence[Summary]) -> tuple[str, str]:
    """The names of the tests before and after matching; empty where there was none."""
    before = [TEST_LABELS[one.test_before.name] for one in found]
    after = [TEST_LABELS[one.test_after.name] for one in found if one.test_after]
    return ", ".join(dict.fromkeys(before)), ", ".join(dict.fromkeys(after))


# ---------------------------------------------------------------- matching


def matching_table(data: MatchData) -> Table:
    """How was matched, and how many."""
    spec, m, t = data.spec, data.matches, data.treatment
    used = (spec.method, spec.distance)
    greedy = spec.method == "nearest" and not spec.reuses
    rows: list[Row] = [
        {"method": used[0], "distance": used[1], "caliper": spec.caliper,
         "caliper_width": data.caliper, "ratio": spec.controls_each, "replace": spec.reuses,
         "order": spec.order if greedy else None, "n_treated": int(data.treated.sum()),
         "n_control": int((~data.treated).sum()),
         "n_matched_treated": int(np.unique(m.treated).size),
         "n_matched_control": int(np.unique(m.control).size),
         "total_distance": float(data.gaps.sum()), "largest_distance": float(data.gaps.max())}
    ]  # fmt: skip
    limit = (Column("Caliper", ("caliper_width",), decimals=3),) if data.caliper else ()
    order = (Column("Order", ("order",)),) if greedy else ()
    columns = (
        Column("Method", ("method",)), Column("Distance", ("distance",), kind="text"), *limit,
        *order,
        Column(t.treated, ("n_matched_treated",)), Column(t.control, ("n_matched_control",)),
        Column("Total distance", ("total_distance",), decimals=3),
        Column("Largest", ("largest_distance",), decimals=3),
    )  # fmt: skip
    return Table("matching", "Matching: patients matched", tuple(rows[0]), tuple(rows), columns)


def flow_table(data: MatchData) -> Table:
    """From the eligible patients to the matched ones."""
    matched = data.match_weights > 0
    steps: list[tuple[str, tuple[int, int, int]]] = [
        ("eligible", data.eligible),
        ("complete", _sizes(data, np.ones(data.rows.size, dtype=np.bool_))),
        ("matched", _sizes(data, matched)),
        *((reason, _sizes(data, rows)) for reason, rows in unmatched(data)),
    ]
    rows: list[Row] = [
        {"stage": stage, "n": n, "n_treated": t, "n_control": c} for stage, (n, t, c) in steps
    ]
    columns = (
        Column("Patients", ("stage",), labels=_STAGES), Column("n", ("n",)),
        Column(data.treatment.treated, ("n_treated",)),
        Column(data.treatment.control, ("n_control",)),
    )  # fmt: skip
    return Table("flow", "Patients", tuple(rows[0]), tuple(rows), columns)


_STAGES = {
    "eligible": "With one of the two treatments", "complete": "With every covariate and outcome",
    "matched": "Matched", "no-control-in-stratum": "Unmatched: nobody in the stratum",
    "outside-caliper": "Unmatched: nobody within the caliper",
    "controls-used-up": "Unmatched: all within reach were taken",
    "not-needed": "Unmatched: not needed",
}  # fmt: skip


def _sizes(data: MatchData, rows: Mask) -> tuple[int, int, int]:
    return int(rows.sum()), int((rows & data.treated).sum()), int((rows & ~data.treated).sum())


def unmatched(data: MatchData) -> list[tuple[str, Mask]]:
    """Why rows were not matched, and which; only reasons that there are."""
    free = data.match_weights == 0
    alone = np.zeros(free.size, dtype=np.bool_)
    far = np.zeros(free.size, dtype=np.bool_)
    strata = np.zeros(free.size, dtype=np.int64) if data.strata is None else data.strata
    for code in np.unique(strata[free]):
        inside = strata == code
        for group in (data.treated, ~data.treated):
            own, others = np.flatnonzero(inside & group & free), data.distance[inside & ~group]
            if not others.size:
                alone[own] = True
            elif data.caliper is not None:
                far[own] = nearest_gaps(data.distance[own], others) > data.caliper
    taken = free & data.treated & ~alone & ~far
    spare = free & ~data.treated & ~alone & ~far
    reasons = (("no-control-in-stratum", alone), ("outside-caliper", far),
               ("controls-used-up", taken), ("not-needed", spare))  # fmt: skip
    return [(name, rows) for name, rows in reasons if rows.any()]


def sample_column() -> Column:
    """The column that names the sample."""
    words = {"before": "All patients", "after": "Matched", "weighted": "Weighted"}
    return Column("Sample", ("sample",), labels=words)
