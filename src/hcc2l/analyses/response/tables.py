"""The tables of a response analysis."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations

import numpy as np

from hcc2l.analyses.best_response import RATES, RESPONSES
from hcc2l.analyses.response.data import DENOMINATORS, NOT_RECORDED, Criterion, ResponseData
from hcc2l.analyses.test_names import TEST_LABELS
from hcc2l.design import Ints, Mask
from hcc2l.numerals import p_equation
from hcc2l.report import Column, Row, Table, Value, finite
from hcc2l.stats import kaplan_meier as curves
from hcc2l.stats.counts import contingency, independent_counts, odds_ratio, odds_ratio_p
from hcc2l.stats.matched_counts import matched_counts
from hcc2l.stats.matched_sets import complete_sets
from hcc2l.stats.proportions import difference_limits, proportion_limits
from hcc2l.stats.test import Test
from hcc2l.wording import listed

WHOLE = "all"  # the distribution over all categories
_RATE_LABELS = {
    "NE": "Not evaluable", NOT_RECORDED: "Not recorded", "ORR": "ORR (CR + PR)",
    "DCR": "DCR (CR + PR + SD)",
}  # fmt: skip
_DENOMINATOR_LABELS = {
    "all": "all patients", "known": "recorded", "evaluable": "evaluable",
}  # fmt: skip


def response_tables(data: ResponseData) -> list[Table]:
    """Every table that the options ask for."""
    tables = [_counts(data)]
    tests = _tests(data) if data.group else None
    tables += [_responses(data, tests), _rates(data)]
    if tests:
        tables.append(tests)
    if data.group and not data.pairs:
        tables.append(_differences(data))
    if data.duration:
        tables.append(_durations(data))
    if data.change:
        tables.append(_changes(data))
    return tables


def _groups(data: ResponseData) -> Iterator[tuple[str, Mask]]:
    for code, level in enumerate(data.levels):
        yield level, data.codes == code


def _counts(data: ResponseData) -> Table:
    rows: list[Row] = []
    for criterion in data.criteria:
        for level, group in _groups(data):
            row: dict[str, Value] = {"variable": criterion.name, "group": level}
            sizes = (int((group & criterion.within(d)).sum()) for d in DENOMINATORS)
            row |= dict(zip(("n", "known", "evaluable"), sizes, strict=True))
            row |= {c.lower(): int((group & criterion.counted(c)).sum()) for c in RESPONSES}
            rows.append(row)
    return Table("counts", "Best response", tuple(rows[0]), tuple(rows))


def _responses(data: ResponseData, tests: Table | None) -> Table:
    """Each response in each group, of all patients, with its test: the table for readers."""
    rows: list[Row] = []
    for criterion in data.criteria:
        whats = [*RESPONSES, NOT_RECORDED, *RATES]
        if (criterion.codes >= 0).all():
            whats.remove(NOT_RECORDED)
        for what in whats:
            test = _test_row(tests, criterion, what)
            for (level, group), n in zip(_groups(data), data.sizes, strict=True):
                count = int((group & criterion.counted(what)).sum())
                rows.append(
                    {"variable": criterion.name, "rate": what, "group": level, "n": n,
                     "count": count, "percent": count / n, "test": test["test"], "p": test["p"]}
                )  # fmt: skip
    columns = [*data.criterion_column, Column("Best response", ("rate",), labels=_RATE_LABELS)]
    share = Column("n (%)", ("count", "percent"), form="summary")
    if data.group:
        share = Column("", ("count", "percent"), form="summary")
        columns.append(Column(data.group.label, ("group", "n"), form="size", across=(share,)))
        columns.append(Column("p", ("p",), mark="test", labels=TEST_LABELS))
    else:
        columns.append(share)
    title = "Best response"
    if len(data.criteria) == 1:
        title = data.criteria[0].label
    return Table("response", title, tuple(rows[0]), tuple(rows), tuple(columns),
                 _footnotes(data, tests))  # fmt: skip


def _test_row(tests: Table | None, criterion: Criterion, what: str) -> Row:
    """The test of a response among all patients, without name and p where there is none."""
    for row in tests.rows if tests else ():
        if (row["variable"], row["rate"], row["denominator"]) == (criterion.name, what, "all"):
            return row if row["p"] is not None else {"test": None, "p": None}
    return {"test": None, "p": None}


def _footnotes(data: ResponseData, tests: Table | None) -> tuple[str, ...]:
    whom = "of the group" if data.group else f"(n={data.n})"
    uncounted = ["not evaluable"] * any(c.counted("NE").any() for c in data.criteria)
    uncounted += ["without a recorded response"] * any((c.codes < 0).any() for c in data.criteria)
    counted_as = f"; patients {listed(uncounted, 'or')} count as no response" if uncounted else ""
    notes = [f"Percentages are of all patients {whom}{counted_as}."]
    if data.pairs:
        notes.append(f"Tests are within matched pairs ({data.pairs.column}).")
    for criterion in data.criteria if tests else ():
        test = _test_row(tests, criterion, WHOLE)
        if isinstance(test["p"], float):
            of = f" by {criterion.label}" if len(data.criteria) > 1 else ""
            name = TEST_LABELS[str(test["test"])]
            notes.append(f"Distribution of all categories{of}: {name}, {p_equation(test['p'])}.")
    return tuple(notes)


def _rates(data: ResponseData) -> Table:
    rows: list[Row] = []
    spec = data.spec
    for criterion in data.criteria:
        for what in RATES:
            for denominator in DENOMINATORS:
                for level, group in _groups(data):
                    inside = group & criterion.within(denominator)
                    n, count = int(inside.sum()), int(criterion.counted(what)[inside].sum())
                    lower, upper = proportion_limits(
                        np.array(float(count)), np.array(float(n)), spec.conf_level, spec.ci
                    )
                    rows.append(
                        {"variable": criterion.name, "rate": what, "denominator": denominator,
                         "group": level, "count": count, "n": n,
                         "estimate": count / n if n else None, "lower": finite(float(lower)),
                         "upper": finite(float(upper))}
                    )  # fmt: skip
    estimates = (
        Column("n/N", ("count", "n"), form="fraction"),
        Column(f"% ({data.ci})", ("estimate", "lower", "upper"), form="interval",
               kind="probability"),
    )  # fmt: skip
    across = (Column(data.group.label, ("group",), across=estimates),) if data.group else estimates
    columns = (
        *data.criterion_column, Column("Rate", ("rate",)),
        Column("Of", ("denominator",), labels=_DENOMINATOR_LABELS), *across,
    )  # fmt: skip
    evaluable = listed(spec.evaluable, "or")
    note = (
        f"Recorded: with CR, PR, SD, PD or NE. Evaluable: with {evaluable}."
    )  # fmt: skip
    return Table("rates", "Response rates", tuple(rows[0]), tuple(rows), columns, (note,))


def _tests(data: ResponseData) -> Table:
    """Tests of every response, of both rates and of the whole distribution, by denominator."""
    rows: list[Row] = []
    for criterion in data.criteria:
        for denominator in DENOMINATORS:
            categories = RESPONSES if denominator != "evaluable" else data.spec.evaluable
            for what in (WHOLE, *(c for c in RESPONSES if c in categories), *RATES):
                test = comparison(data, criterion, denominator, what)
                rows.append(
                    {"variable": criterion.name, "rate": what, "denominator": denominator,
                     "test": test.name, "statistic": finite(test.statistic),
                     "df": test.df or None, "p": finite(test.p)}
                )  # fmt: skip
    return Table("tests", "Comparison of responses", tuple(rows[0]), tuple(rows))


def outcome_codes(criterion: Criterion, denominator: str, what: str) -> Ints:
    """The classes that a test compares, shape (n,); -1 for rows outside of the denominator.

    Without a recorded response, a patient of the denominator `all` has no response; in the whole
    distribution that is a class of its own.
    """
    if what == WHOLE:
        codes = np.where(criterion.codes < 0, len(RESPONSES), criterion.codes)
    else:
        codes = criterion.counted(what).astype(np.int64)
    return np.where(criterion.within(denominator), codes, -1)


def comparison(data: ResponseData, criterion: Criterion, denominator: str, what: str) -> Test:
    """The test of a response among the groups, or within pairs; p is NaN where there is none."""
    codes = outcome_codes(criterion, denominator, what)
    levels = len(RESPONSES) + 1
    if data.pairs is None:
        return independent_counts(contingency(codes, levels, data.codes, len(data.levels)))
    pairs = data.pairs
    inside = complete_sets(pairs.sets, pairs.treated, codes >= 0)
    if not inside.any():
        return Test("mcnemar", math.nan, 0, math.nan)
    sets = np.unique(pairs.sets[inside], return_inverse=True)[1].astype(np.int64)
    return matched_counts(codes[inside], levels, pairs.treated[inside], sets)


def _differences(data: ResponseData) -> Table:
    rows: list[Row] = []
    for criterion in data.criteria:
        for what in RATES:
            for denominator in DENOMINATORS:
                codes = outcome_codes(criterion, denominator, what)
                table = contingency(codes, 2, data.codes, len(data.levels))
                for a, b in combinations(range(len(data.levels)), 2):
                    common: Row = {
                        "variable": criterion.name, "rate": what, "denominator": denominator,
                        "group_a": data.levels[a], "group_b": data.levels[b],
                    }  # fmt: skip
                    of_both = table[::-1][:, [b, a]].T  # with and without, b above a
                    rows += [{**common, **of} for of in _effects(of_both, data.spec.conf_level)]
    columns: list[Column] = []
    if len(data.levels) == 2:  # of more groups there are too many pairs to read
        effect = Column("", ("estimate", "lower", "upper"), form="interval")
        labels = {"difference": f"Difference ({data.ci})", "odds-ratio": f"Odds ratio ({data.ci})"}
        columns = [
            *data.criterion_column, Column("Rate", ("rate",)),
            Column("Of", ("denominator",), labels=_DENOMINATOR_LABELS),
            Column("", ("measure",), labels=labels, across=(effect,)), Column("p", ("p",)),
        ]  # fmt: skip
    first, second = data.levels[:2]
    note = f"Difference of the proportions, {second} − {first}"
    if any(row["measure"] == "odds-ratio" and row["estimate"] is not None for row in rows):
        note += f"; odds ratio, {second} versus {first}"
    title = f"Response rates, {second} versus {first}"
    return Table(
        "differences", title, tuple(rows[0]), tuple(rows), tuple(columns), (f"{note}.",)
    )  # fmt: skip


def _effects(table: np.ndarray, conf_level: float) -> Iterator[Row]:
    """The difference and the odds ratio of two groups, the second of which is the reference.

    Parameters
    ----------
    table
        Shape (2, 2): patients with and without the response (columns) of each group (rows).
    """
    (x1, rest1), (x0, rest0) = table.astype(np.int64).tolist()
    n1, n0 = x1 + rest1, x0 + rest0
    lower, upper = difference_limits((x0, x1), (n0, n1), conf_level)
    yield {
        "measure": "difference", "estimate": x1 / n1 - x0 / n0 if n1 and n0 else None,
        "lower": finite(lower), "upper": finite(upper), "p": finite(independent_counts(table).p),
    }  # fmt: skip
    ratio = odds_ratio(table, conf_level)
    yield {
        "measure": "odds-ratio", "estimate": finite(ratio.estimate), "lower": finite(ratio.lower),
        "upper": finite(ratio.upper), "p": finite(odds_ratio_p(table)),
    }  # fmt: skip


def _durations(data: ResponseData) -> Table:
    duration = data.duration
    assert duration is not None
    rows: list[Row] = []
    for criterion in data.criteria:
        for level, group in _groups(data):
            inside = group & criterion.counted("ORR") & duration.known
            row: dict[str, Value] = {
                "variable": criterion.name, "group": level, "n": int(inside.sum()),
                "events": int(duration.event[inside].sum()), "median": None, "lower": None,
                "upper": None,
            }  # fmt: skip
            if inside.any():
                curve = curves.kaplan_meier(duration.time[inside], duration.event[inside])
                (median,) = curves.quantiles(curve, (0.5,), "log", data.spec.conf_level)
                row |= {"median": finite(median.estimate), "lower": finite(median.lower),
                        "upper": finite(median.upper)}  # fmt: skip
            rows.append(row)
    unit = f", {duration.endpoint.unit}" if duration.endpoint.unit else ""
    columns = [
        *data.criterion_column,
        *([Column(data.group.label, ("group",))] if data.group else []),
        Column("Responders", ("n",)), Column("Ended", ("events",)),
        Column(f"Median{unit} ({data.ci})", ("median", "lower", "upper"), form="interval"),
    ]  # fmt: skip
    note = (
        f"Kaplan–Meier estimate in patients with CR or PR, from {duration.column} to "
        f"{duration.endpoint.event_name}."
    )
    return Table("duration", "Duration of response", tuple(rows[0]), tuple(rows), tuple(columns),
                 (note,))  # fmt: skip


def _changes(data: ResponseData) -> Table:
    """The change of each patient with one, the largest growth first."""
    change = data.change
    assert change is not None
    codes = data.criteria[0].codes
    order = [int(i) for i in np.argsort(-change.percent, kind="stable")]
    rows: list[Row] = [
        {"id": data.patients[i], "group": data.levels[data.codes[i]],
         "change": float(change.percent[i]),
         "response": RESPONSES[codes[i]] if codes[i] >= 0 else None}
        for i in order if not math.isnan(change.percent[i])
    ]  # fmt: skip
    return Table("best_change", change.label, tuple(rows[0]), tuple(rows))
