"""The table that a paper prints: groups side by side, levels below their variables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from hcc2l.analyses.table1.comparisons import Comparison
from hcc2l.analyses.table1.data import ALL, Table1Data
from hcc2l.analyses.table1.labels import ADJUSTMENTS, STATISTIC_LABELS, title
from hcc2l.analyses.table1.results import Characteristic, Described
from hcc2l.analyses.table1.tables import SMD, compared_by, smd_note
from hcc2l.analyses.table1.variables import Variable
from hcc2l.analyses.test_names import TEST_LABELS
from hcc2l.report import Column, Table, Value, finite
from hcc2l.specs.table1 import STATISTICS
from hcc2l.wording import listed

# What a statistic shows, in the order of the cell.
_SHOWN = {
    "median-iqr": ("median", "q1", "q3"),
    "median-range": ("median", "min", "max"),
    "mean-sd": ("mean", "sd"),
}
_CELL = ("decimals", "count", "percent", "median", "mean", "sd", "q1", "q3", "min", "max")
_COMPARED = ("test", "p", "p_adjusted", "smd")
Line = list[dict[str, Value]]  # a row for each group
_MISSING = "missing"  # the level of the line of missing values


def characteristics_table(
    data: Table1Data,
    characteristics: Sequence[Characteristic],
    comparisons: Sequence[Comparison],
) -> Table:
    """The table for readers: groups side by side, levels below their variables."""
    rows: Line = []
    if data.weights is not None:
        rows += _effective_sizes(characteristics[0])
    compared: dict[tuple[str, Value], dict[str, Value]] = {
        (one.variable.text, one.level): compared_by(data, one) for one in comparisons
    }
    for one in characteristics:
        for number, line in enumerate(_lines(data, one)):
            level = line[0]["level"] if one.variable.members else None
            found = compared.get((one.variable.text, level), {}) if level or not number else {}
            rows += [row | {key: found.get(key) for key in _COMPARED} for row in line]
    return Table(
        "characteristics", title(data), tuple(rows[0]), tuple(rows),
        _columns(data, comparisons), tuple(_footnotes(data, characteristics, comparisons)),
    )  # fmt: skip


def _line(
    variable: Variable,
    groups: Sequence[Described],
    label: str,
    cells: Sequence[Mapping[str, Value]] | None = None,
    level: str | None = None,
) -> Line:
    """A line of the table; without cells the heading of its levels."""
    return [
        {"variable": variable.text, "parent": one.parent, "level": level, "label": label,
         "group": one.group.name, "n": one.group.n,
         **dict.fromkeys(_CELL), **(cells[i] if cells else {})}
        for i, one in enumerate(groups)
    ]  # fmt: skip


def _lines(data: Table1Data, one: Characteristic) -> Iterator[Line]:
    """The lines of a variable: itself, its levels or statistics, and missing values."""
    if one.variable.values is not None:
        yield from _number_lines(data, one)
    else:
        yield from _level_lines(data, one)
    yield from _missing_line(data, one.variable, one.groups)


def _number_lines(data: Table1Data, one: Characteristic) -> Iterator[Line]:
    variable, groups = one.variable, one.groups
    statistics = data.requests.statistics_of(variable)
    if len(statistics) == 1:
        label = variable.label
        if len(statistics_used(data)) > 1:
            label += f", {STATISTIC_LABELS[statistics[0]]}"
        yield _line(variable, groups, label, _number_cells(one, statistics[0]))
        return
    yield _line(variable, groups, variable.label)
    for name in statistics:
        text = STATISTIC_LABELS[name]
        label = text[0].upper() + text[1:]
        yield _line(variable, groups, label, _number_cells(one, name), level=name)


def _level_lines(data: Table1Data, one: Characteristic) -> Iterator[Line]:
    variable, groups = one.variable, one.groups
    if variable.yes is not None:
        yield _line(variable, groups, variable.label, _level_cells(data, groups, variable.yes))
        return
    yield _line(variable, groups, variable.label)
    for i, level in enumerate(variable.levels):
        yield _line(variable, groups, level, _level_cells(data, groups, i), level=level)
        for below in one.below[i : i + 1]:
            shown = below[0].variable
            for j, inner in enumerate(shown.levels):
                if any(described.counts[j] for described in below):
                    yield _line(shown, below, inner, _level_cells(data, below, j), level=inner)
            yield from _missing_line(data, shown, below)


def _missing_line(
    data: Table1Data, variable: Variable, groups: Sequence[Described]
) -> Iterator[Line]:
    """The patients without a value, if there are any; a percentage where they count."""
    if data.spec.missing == "hide" or not any(one.missing for one in groups):
        return
    of_all = data.spec.denominator == "all" and variable.values is None and data.weights is None
    cells: list[dict[str, Value]] = [
        {"count": one.missing, "percent": one.missing / one.denominator
         if of_all and one.denominator else None}
        for one in groups
    ]  # fmt: skip
    yield _line(variable, groups, "Missing", cells, level=_MISSING)


def _level_cells(data: Table1Data, groups: Sequence[Described], i: int) -> list[dict[str, Value]]:
    """Count and percentage of a level; the percentage alone where it is weighted."""
    weighted = data.weights is not None
    return [
        {"decimals": 0, "count": None if weighted else one.counts[i],
         "percent": finite(one.shares[i])}
        for one in groups
    ]  # fmt: skip


def _number_cells(one: Characteristic, statistic: str) -> list[dict[str, Value]]:
    decimals = _decimals(one, statistic)
    return [
        {"decimals": decimals,
         **{key: finite(getattr(described.numbers, key)) for key in _SHOWN[statistic]}}
        for described in one.groups
    ]  # fmt: skip


def _decimals(one: Characteristic, statistic: str) -> int:
    """Those of the data, and one more for a mean; fewer for large numbers, and at most two."""
    values = one.variable.values
    assert values is not None
    known = values[~np.isnan(values)][:1000]
    decimals = next((d for d in (0, 1) if np.allclose(known, known.round(d), atol=1e-9)), 2)
    middle = "mean" if statistic == "mean-sd" else "q3"
    sizes = [abs(getattr(described.numbers, middle)) for described in one.groups]
    size = np.nanmax(sizes) if not np.isnan(sizes).all() else 0.0
    if statistic == "mean-sd":
        return min(decimals + 1, 2 if size < 10 else 1 if size < 1000 else 0)
    return min(decimals, 2 if size < 10 else 1 if size < 100 else 0)


def _effective_sizes(one: Characteristic) -> Line:
    """The line of the effective numbers of patients."""
    cells: list[dict[str, Value]] = [
        {"count": finite(d.group.effective_n or 0.0)} for d in one.groups
    ]
    line = _line(one.variable, one.groups, "Effective sample size", cells)
    return [row | {"variable": "effective_n"} | dict.fromkeys(_COMPARED) for row in line]


def _columns(data: Table1Data, comparisons: Sequence[Comparison]) -> tuple[Column, ...]:
    total = "Total" if data.by else "All patients"
    columns = [
        Column("Characteristic", ("label",), indent=("parent", "level")),
        Column("Group", ("group", "n"), form="size", labels={ALL: total}, across=(
            Column("", _CELL, form="description"),
        )),
    ]  # fmt: skip
    if any(one.test for one in comparisons):
        columns.append(Column("p", ("p",), mark="test", labels=TEST_LABELS))
        if data.spec.adjust != "none":
            columns.append(Column("p adjusted", ("p_adjusted",)))
    if data.spec.smd != "none" and data.compared == 2:
        columns.append(replace(SMD, header="SMD"))
    return tuple(columns)


def statistics_used(data: Table1Data) -> list[str]:
    """The statistics that describe numbers in the table."""
    used = {
        name
        for variable in data.variables
        if variable.values is not None
        for name in data.requests.statistics_of(variable)
    }
    return [name for name in STATISTICS if name in used]


def _footnotes(
    data: Table1Data,
    characteristics: Sequence[Characteristic],
    comparisons: Sequence[Comparison],
) -> Iterator[str]:
    """What the cells hold, what percentages refer to, and how groups were compared."""
    kinds = [STATISTIC_LABELS[name] for name in statistics_used(data)]
    weighted = data.weights is not None
    if any(variable.values is None for variable in data.variables):
        kinds.append("%" if weighted else "n (%)")
    yield f"Values are {listed(kinds, 'or')}{', weighted' if weighted else ''}."
    levels = [one for one in characteristics if one.variable.values is None]
    if any(described.missing for one in levels for described in one.groups):
        if data.spec.denominator == "all":
            yield "Percentages are of all patients, including those with missing values."
        else:
            yield "Percentages are of the patients without missing values."
    if data.spec.adjust != "none" and any(one.test for one in comparisons):
        tests = sum(bool(np.isfinite(one.p_adjusted)) for one in comparisons)
        yield f"p adjusted for {tests} tests by {ADJUSTMENTS[data.spec.adjust]}."
    if data.spec.smd != "none" and data.compared == 2:
        yield smd_note(data)
