"""The tables of a comparison of before and after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from hcc2l.analyses.change.data import ChangeData, Pair
from hcc2l.analyses.change.results import Change, ClassChange, NumberChange, Quartiles
from hcc2l.analyses.test_names import TEST_LABELS
from hcc2l.numerals import confidence, p_equation
from hcc2l.report import Column, Row, Table, Value, finite
from hcc2l.stats.test import Test
from hcc2l.wording import in_sentence

Between = Sequence[tuple[Pair, Test]]

_SUMMARY = (
    "variable", "group", "level", "n", "before_count", "before_percent", "before_median",
    "before_q1", "before_q3", "after_count", "after_percent", "after_median", "after_q1",
    "after_q3", "difference", "lower", "upper", "mean_difference", "mean_lower", "mean_upper",
    "test", "p",
)  # fmt: skip
_SHIFT = ("variable", "group", "before", "after", "count")
_TESTS = ("variable", "group", "test", "statistic", "df", "p")


def summary_table(data: ChangeData, found: Sequence[Change], between: Between) -> Table:
    """Medians of numbers, proportions of two classes, differences, and one test of each."""
    rows = tuple(_row(_SUMMARY, values) for values in _summaries(data, found))
    footnotes = ["n (%)."] if any(row["level"] for row in rows) else []
    if any(pair.numbers for pair in data.pairs):
        footnotes = [
            "Median (quartiles) or n (%). Difference: Hodges–Lehmann estimate of after − before, "
            "without patients whose value is the same."
        ]
    footnotes += [
        f"{pair.label}, change compared between the groups: {_named(test)}."
        for pair, test in between
    ]
    shown = tuple(_summary_columns(data, rows))
    return Table(
        "summary", _title(data, "Before and after"), _SUMMARY, rows, shown, tuple(footnotes)
    )


def _summaries(data: ChangeData, found: Sequence[Change]) -> Iterator[dict[str, Value]]:
    """The rows of each variable as a number, then as classes."""
    for pair in data.pairs:
        groups = [change for change in found if change.pair is pair]
        for change in groups if pair.numbers else ():
            yield {**_about(change), **(_of_numbers(change.numbers) if change.numbers else {})}
        for change in groups if pair.are_classes_shown else ():
            yield {**_about(change), **(_of_classes(change.classes) if change.classes else {})}


def _about(change: Change) -> dict[str, Value]:
    return {"variable": change.pair.variable, "group": change.group, "n": change.n}


def _of_numbers(found: NumberChange) -> dict[str, Value]:
    difference, mean = found.difference, found.mean
    return {
        **_quartiles("before", found.before), **_quartiles("after", found.after),
        "difference": finite(difference.estimate),
        "lower": finite(difference.lower), "upper": finite(difference.upper),
        "mean_difference": finite(mean.estimate),
        "mean_lower": finite(mean.lower), "mean_upper": finite(mean.upper),
        **_tested(found.tests[0]),
    }  # fmt: skip


def _quartiles(when: str, values: Quartiles) -> dict[str, Value]:
    keys = f"{when}_median", f"{when}_q1", f"{when}_q3"
    return dict(zip(keys, map(finite, values), strict=True))


def _of_classes(found: ClassChange) -> dict[str, Value]:
    """The test of classes, and of two classes the share of the last."""
    if len(found.levels) > 2:
        return _tested(found.tests[0])
    n = float(found.counts.sum())
    before, after = float(found.counts[-1].sum()), float(found.counts[:, -1].sum())
    return {
        "level": found.levels[-1],
        "before_count": int(before), "before_percent": before / n,
        "after_count": int(after), "after_percent": after / n,
        **_tested(found.tests[0]),
    }  # fmt: skip


def _tested(test: Test) -> dict[str, Value]:
    return {"test": test.name, "p": finite(test.p)}


def _summary_columns(data: ChangeData, rows: Sequence[Row]) -> Iterator[Column]:
    ci = confidence(data.spec.conf_level)
    yield _variable(data)
    if any(row["level"] is not None for row in rows):
        yield Column("Class", ("level",))
    if data.group:
        yield Column(data.group.label, ("group",))
    yield Column("n", ("n",))
    for when in ("before", "after"):
        keys = tuple(f"{when}_{key}" for key in ("count", "percent", "median", "q1", "q3"))
        yield Column(when.capitalize(), keys, form="summary")
    if any(pair.numbers for pair in data.pairs):
        of_mean, of_difference = _decimals(data)
        keys = ("difference", "lower", "upper")
        yield Column(f"Difference ({ci})", keys, form="effect", decimals=of_difference)
        keys = ("mean_difference", "mean_lower", "mean_upper")
        yield Column(f"Mean difference ({ci})", keys, form="effect", decimals=of_mean)
    yield Column("p", ("p",), labels=TEST_LABELS, mark="test")


def _decimals(data: ChangeData) -> tuple[int, int]:
    """Decimal places of mean differences, and of Hodges–Lehmann estimates.

    Two, fewer where every variable is in the tens or hundreds. Of whole numbers, such as scores, an
    estimate is a whole or a half.
    """
    sides = [(p.numbers.before, p.numbers.after) for p in data.pairs if p.numbers]
    size = min(max(abs(float(np.median(v))) for v in both) for both in sides)
    decimals = 0 if size >= 100 else 1 if size >= 10 else 2
    whole = all((v == v.round()).all() for both in sides for v in both)
    return decimals, min(decimals, 1) if whole else decimals


def shift_table(data: ChangeData, found: Sequence[Change]) -> Table:
    """Patients by their class before and after."""
    rows = tuple(_row(_SHIFT, values) for change in found for values in _shifts(change))
    after = {str(row["after"]): f"After: {row['after']}" for row in rows}
    shown = (
        _variable(data),
        *([Column(data.group.label, ("group",))] if data.group else []),
        Column("Before", ("before",)),
        Column("After", ("after",), labels=after, across=(Column("", ("count",)),)),
    )
    title = _title(data, "Classes before and after")
    return Table("shift", title, _SHIFT, rows, shown if rows else (), apart="variable")


def _shifts(change: Change) -> Iterator[dict[str, Value]]:
    if not change.classes:
        return
    levels = change.classes.levels
    for before, counts in zip(levels, change.classes.counts, strict=True):
        for after, count in zip(levels, counts, strict=True):
            yield {
                "variable": change.pair.variable, "group": change.group, "before": before,
                "after": after, "count": int(count),
            }  # fmt: skip


def tests_table(found: Sequence[Change], between: Between) -> Table:
    """Every test, for JSON and CSV; those between the groups have no group."""
    rows = [
        _test_row(change.pair, change.group, test) for change in found for test in _tests(change)
    ]
    rows += [_test_row(pair, None, test) for pair, test in between]
    return Table("tests", "Tests", _TESTS, tuple(rows))


def _tests(change: Change) -> Iterator[Test]:
    for part in (change.numbers, change.classes):
        if part:
            yield from part.tests


def _test_row(pair: Pair, group: str | None, test: Test) -> Row:
    values: dict[str, Value] = {
        "variable": pair.variable, "group": group, "test": test.name,
        "statistic": finite(test.statistic), "df": finite(test.df) if test.df else None,
        "p": finite(test.p),
    }  # fmt: skip
    return _row(_TESTS, values)


def _row(keys: Iterable[str], values: dict[str, Value]) -> Row:
    return {key: values.get(key) for key in keys}


def _variable(data: ChangeData) -> Column:
    labels = {pair.variable: pair.label_with_unit for pair in data.pairs}
    return Column("Variable", ("variable",), labels=labels)


def name(data: ChangeData, change: Change) -> str:
    """`AFP`, or with groups `AFP in A`."""
    return f"{change.pair.label} in {change.group}" if data.group else change.pair.label


def _named(test: Test) -> str:
    """`McNemar, p = 0.006`; without a p, that there is none."""
    p = p_equation(test.p) if finite(test.p) is not None else "p not estimable"
    return f"{TEST_LABELS[test.name]}, {p}"


def _title(data: ChangeData, title: str) -> str:
    return f"{title}, by {in_sentence(data.group.label)}" if data.group else title
