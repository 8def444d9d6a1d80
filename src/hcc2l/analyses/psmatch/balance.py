"""Tables of the matching: numbers of patients, baseline characteristics and balance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from hcc2l.analyses.psmatch.data import Covariate, MatchData, Sample
from hcc2l.analyses.psmatch.labels import SAMPLES, STAGES
from hcc2l.analyses.psmatch.matching import unmatched
from hcc2l.analyses.test_names import TEST_LABELS
from hcc2l.design import Floats, Ints, Mask
from hcc2l.report import Column, Row, Table, Value, finite
from hcc2l.stats.balance import ROUNDING, Balance, balance, is_binary, spread
from hcc2l.stats.counts import contingency, independent_counts
from hcc2l.stats.matched_counts import matched_counts
from hcc2l.stats.matched_sets import complete_sets, differences
from hcc2l.stats.quantiles import weighted_quantile
from hcc2l.stats.ranks import mann_whitney, signed_rank
from hcc2l.stats.test import Test

LARGE_DIFFERENCE = 0.1


VARIANCE_RATIOS = (0.5, 2.0)  # beyond these the spread differs; the thresholds of R's cobalt


@dataclass(frozen=True)
class Summary:
    """One row of the balance in every sample, and the tests of its variable."""

    covariate: Covariate
    of: dict[str, Balance]
    test_before: Test
    test_after: Test | None


def summarise(data: MatchData) -> list[Summary]:
    """Balance of every covariate in every sample; tests are of the whole variable."""
    result = []
    tests: dict[str, tuple[Test, Test | None]] = {}
    for covariate in data.covariates:
        x = covariate.values
        sd = spread(x, data.treated, pooled=data.spec.smd == "pooled")
        of = {s.name: balance(x, data.treated, s.weights, sd) for s in data.samples}
        if covariate.term not in tests:
            tests[covariate.term] = _tests(data, covariate)
        result.append(Summary(covariate, of, *tests[covariate.term]))
    return result


def _tests(data: MatchData, covariate: Covariate) -> tuple[Test, Test | None]:
    if _continuous(covariate):
        x = covariate.values
        before = mann_whitney((x[data.treated], x[~data.treated]))
        return before, _signed_rank(data, x) if data.paired else None
    if covariate.level is None:
        codes = covariate.values.astype(np.int64)
    else:
        columns = [c.values for c in data.covariates if c.term == covariate.term]
        codes = np.argmax(np.array(columns), axis=0).astype(np.int64)
    return counts_tests(data, codes)


def _signed_rank(data: MatchData, x: Floats) -> Test:
    """Signed-rank test within the sets; differences from means that are rounding count as 0."""
    zero = ROUNDING * float(np.abs(x).max()) if data.spec.controls_each > 1 else 0.0
    return signed_rank(differences(x, treated=data.treated, sets=data.sets), zero)


def counts_tests(data: MatchData, codes: Ints) -> tuple[Test, Test | None]:
    """Tests of levels between the groups and within the matched sets; codes of -1 are excluded."""
    known, treated = codes >= 0, data.treated
    levels = int(codes.max()) + 1
    before = independent_counts(contingency(codes, levels, (~treated).astype(np.int64), 2))
    matched = complete_sets(data.sets, treated, known)
    if not data.paired or not matched.any():
        return before, None
    sets = np.unique(data.sets[matched], return_inverse=True)[1].astype(np.int64)
    return before, matched_counts(codes[matched], levels, treated[matched], sets)


def balance_table(data: MatchData, summaries: Sequence[Summary]) -> Table:
    """Means or proportions, differences, variance ratios and tests, one row per level or number."""
    rows: list[Row] = []
    for summary in summaries:
        covariate = summary.covariate
        row: dict[str, Value] = {"variable": covariate.term, "level": covariate.level}
        for sample in ("before", "after", "weighted"):
            row |= _balance_of(summary.of.get(sample), sample)
            test = {"before": summary.test_before, "after": summary.test_after}.get(sample)
            if sample != "weighted":
                row[f"p_{sample}"] = finite(test.p) if test else None
                row[f"test_{sample}"] = test.name if test else None
        rows.append(row)
    columns, notes = _balance_columns(data, summaries)
    return Table("balance", "Balance", tuple(rows[0]), tuple(rows), columns, notes)


def _balance_columns(
    data: MatchData, summaries: Sequence[Summary]
) -> tuple[tuple[Column, ...], tuple[str, ...]]:
    """SMD and variance ratio in each sample; the ratio only where a covariate is continuous."""
    labels = {s.covariate.term: s.covariate.label for s in summaries}
    columns = [Column("Variable", ("variable",), labels=labels), Column("Level", ("level",))]
    words = {"before": "", "after": "matched ", "weighted": "weighted "}
    continuous = any(_continuous(s.covariate) for s in summaries)
    for sample in data.samples:
        when = words[sample.name]
        smd = Column(_capital(f"{when}SMD"), (f"smd_{sample.name}",), decimals=3)
        ratio = _capital(f"{when}variance ratio")
        columns.append(smd)
        if continuous:
            key = f"variance_ratio_{sample.name}"  # a statistic: of levels there is none, not NE
            columns.append(Column(ratio, (key,), kind="statistic", decimals=3))
    note = ("Variance ratio: variance of the treated over that of the controls, for continuous "
            "covariates.")  # fmt: skip
    return tuple(columns), (note,) if continuous else ()


def _continuous(covariate: Covariate) -> bool:
    return covariate.level is None and not is_binary(covariate.values)


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _balance_of(b: Balance | None, sample: str) -> dict[str, Value]:
    keys = ("treated", "control", "smd", "variance_ratio")
    return {f"{key}_{sample}": finite(getattr(b, key)) if b else None for key in keys}


SUMMARY_KEYS = ("count", "percent", "median", "q1", "q3")


def baseline_table(data: MatchData, summaries: Sequence[Summary]) -> Table:
    """Table 1 of a paper: counts or medians of both groups before and after, SMD and p."""
    rows: list[Row] = []
    previous = None
    levels = Counter(summary.covariate.term for summary in summaries)
    for summary in summaries:
        covariate = summary.covariate
        if levels[covariate.term] == 2 and covariate.level is not None:
            levels[covariate.term] = 0  # of two levels the second is enough
            continue
        level = "" if covariate.level is None else f": {covariate.level}"
        named: Row = {"variable": covariate.term, "level": covariate.level,
                      "label": f"{covariate.label}{level}"}  # fmt: skip
        first = covariate.term != previous
        for sample in data.samples:
            rows += [{**named, **row} for row in _described(data, summary, sample, first=first)]
        previous = covariate.term
    columns = (
        Column("Variable", ("label",)),
        Column("Sample", ("sample",), labels=SAMPLES, across=(
            Column("Group", ("group", "n"), form="size", across=(
                Column("", SUMMARY_KEYS, form="summary"),
            )),
            Column("SMD", ("smd",), decimals=3),
            Column("p", ("p",)),
        )),
    )  # fmt: skip
    return Table("baseline", "Before and after matching", tuple(rows[0]), tuple(rows), columns,
                 tuple(_baseline_notes(data, summaries)))  # fmt: skip


def _described(data: MatchData, summary: Summary, sample: Sample, *, first: bool) -> Iterator[Row]:
    """A covariate in each group of a sample; of the weighted sample its difference alone.

    The p is that of the whole variable, in its first level.
    """
    tests = {"before": summary.test_before, "after": summary.test_after}
    test = tests.get(sample.name) if first else None
    compared: Row = {"smd": finite(summary.of[sample.name].smd),
                     "p": finite(test.p) if test else None}  # fmt: skip
    if sample.name == "weighted":
        nothing = dict.fromkeys(("group", "n", *SUMMARY_KEYS))
        yield {"sample": sample.name, **nothing, **compared}
        return
    for level, group in zip(data.treatment.levels, (data.treated, ~data.treated), strict=True):
        inside = group & sample.inside
        described = _summarised(summary.covariate.values[inside], sample.weights[inside],
                                binary=is_binary(summary.covariate.values))  # fmt: skip
        yield {"sample": sample.name, "group": level, "n": int(inside.sum()), **described,
               **compared}  # fmt: skip


def _summarised(x: Floats, weights: Floats, *, binary: bool) -> dict[str, Value]:
    """Count and share of a level, or median and quartiles of a number."""
    values: list[Value] = [None] * 5
    if binary:
        total, count = float(weights.sum()), float(weights @ x)
        values[:2] = [round(count, 9), count / total]
    else:
        values[2:] = [weighted_quantile(x, weights, q) for q in (0.5, 0.25, 0.75)]
    return dict(zip(SUMMARY_KEYS, values, strict=True))


def _baseline_notes(data: MatchData, summaries: Sequence[Summary]) -> list[str]:
    before, after = tests_used(summaries)
    text = f"Median (quartiles) or n (%). Tests before matching: {before}."
    if after:
        within = "pairs" if data.spec.controls_each == 1 else "matched sets"
        text += f" Tests after matching, within {within}: {after}."
    elif not data.paired:
        text += (
            " After matching there are no tests, because some controls were matched to more than "
            "one treated patient."
        )
    if data.spec.controls_each > 1 or data.spec.reuses:
        text += " Matched controls are weighted."
    sd = "SD of the treated" if data.spec.smd == "att" else "pooled SD"
    return [text, f"SMD: standardised mean difference, in units of the {sd} before matching."]


def tests_used(summaries: Sequence[Summary]) -> tuple[str, str]:
    """Names of the tests before and after matching; empty where there was none."""
    before = [TEST_LABELS[s.test_before.name] for s in summaries]
    after = [TEST_LABELS[s.test_after.name] for s in summaries if s.test_after]
    return ", ".join(dict.fromkeys(before)), ", ".join(dict.fromkeys(after))


def matching_table(data: MatchData) -> Table:
    """Method and scale of the matching, and numbers of patients matched, in one row."""
    spec, m, t = data.spec, data.matches, data.treatment
    greedy = spec.method == "nearest" and not spec.reuses
    rows: list[Row] = [
        {"method": spec.method, "distance": spec.distance, "caliper": spec.caliper,
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
        Column("Largest distance", ("largest_distance",), decimals=3),
    )  # fmt: skip
    return Table("matching", "Matching", tuple(rows[0]), tuple(rows), columns)


def flow_table(data: MatchData) -> Table:
    """Numbers of patients from the eligible to the matched, and why others were not matched."""
    matched = data.match_weights > 0
    steps: list[tuple[str, tuple[int, int, int]]] = [
        ("eligible", data.eligible),
        ("complete", _sizes(data, np.ones(data.rows.size, dtype=np.bool_))),
        ("matched", _sizes(data, matched)),
        *(
            (reason, _sizes(data, rows))
            for reason, rows in unmatched(data.pool, data.matches, data.caliper)
        ),
    ]
    rows: list[Row] = [
        {"stage": stage, "n": n, "n_treated": t, "n_control": c} for stage, (n, t, c) in steps
    ]
    columns = (
        Column("Patients", ("stage",), labels=STAGES), Column("n", ("n",)),
        Column(data.treatment.treated, ("n_treated",)),
        Column(data.treatment.control, ("n_control",)),
    )  # fmt: skip
    return Table("flow", "Patients", tuple(rows[0]), tuple(rows), columns)


def _sizes(data: MatchData, rows: Mask) -> tuple[int, int, int]:
    return int(rows.sum()), int((rows & data.treated).sum()), int((rows & ~data.treated).sum())


def sample_column() -> Column:
    """Column with the name of the sample."""
    return Column("Sample", ("sample",), labels=SAMPLES)
