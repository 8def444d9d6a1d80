"""The tidy tables: what every variable is in every group, the tests, the differences."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hcc2l.analyses.table1.comparisons import Comparison
from hcc2l.analyses.table1.data import Table1Data
from hcc2l.analyses.table1.results import Characteristic, Described
from hcc2l.report import Column, Row, Table, Value, finite

_NUMBERS = ("mean", "sd", "median", "q1", "q3", "min", "max")
SMD = Column("", ("smd",), kind="statistic", decimals=3)


def rows_table(characteristics: Sequence[Characteristic]) -> Table:
    """One row for each number, and for each level, in each group."""
    rows: list[Row] = []
    for one in characteristics:
        for i, level in enumerate(one.variable.levels or (None,)):
            rows += [_tidy(described, i, level) for described in one.groups]
            for below in one.below[i : i + 1]:
                for j, inner in enumerate(below[0].variable.levels):
                    rows += [_tidy(described, j, inner) for described in below]
    return Table("rows", "Characteristics", tuple(rows[0]), tuple(rows))


def _tidy(one: Described, i: int, level: str | None) -> Row:
    numbers = one.numbers
    return {
        "variable": one.variable.text, "parent": one.parent, "level": level,
        "kind": "continuous" if level is None else "categorical",
        "group": one.group.name, "n": one.group.n, "missing": one.missing,
        "denominator": one.denominator,
        "effective_n": None if one.effective_n is None else finite(one.effective_n),
        "count": None if level is None else one.counts[i],
        "percent": None if level is None else finite(one.shares[i]),
        **{key: finite(getattr(numbers, key)) if numbers else None for key in _NUMBERS},
    }  # fmt: skip


def tests_table(data: Table1Data, comparisons: Sequence[Comparison]) -> Table:
    """One row for each variable: its test, and with two groups its standardised difference."""
    rows: tuple[Row, ...] = tuple(
        {"variable": one.variable.text, "level": one.level,
         "statistic": finite(one.test.statistic) if one.test else None,
         "df": finite(one.test.df) if one.test and one.test.df else None,
         **compared_by(data, one)}
        for one in comparisons
    )  # fmt: skip
    keys = ("variable", "level", "test", "statistic", "df", "p", "p_adjusted", "smd")
    return Table("tests", "Tests", keys, tuple({key: row[key] for key in keys} for row in rows))


def compared_by(data: Table1Data, one: Comparison) -> dict[str, Value]:
    """The test of a variable with its p, and with two groups the standardised difference."""
    smd = next(iter(one.smd.values())) if len(one.smd) == 1 else np.nan
    return {
        "test": one.test.name if one.test else None,
        "p": finite(one.test.p) if one.test else None,
        "p_adjusted": finite(one.p_adjusted) if data.spec.adjust != "none" else None,
        "smd": finite(smd),
    }


def smd_table(data: Table1Data, comparisons: Sequence[Comparison]) -> Table:
    """The standardised difference of each variable between each two groups."""
    rows: tuple[Row, ...] = tuple(
        {"variable": one.variable.text, "level": one.level, "label": one.variable.label,
         "group_a": a, "group_b": b, "smd": finite(smd)}
        for one in comparisons
        for (a, b), smd in one.smd.items()
    )  # fmt: skip
    columns = (
        Column("Characteristic", ("label",)),
        Column("Group", ("group_a",), across=(
            Column("versus", ("group_b",), across=(SMD,)),
        )),
    )  # fmt: skip
    shown = columns if data.compared > 2 else ()
    title = "Standardised mean differences between groups"
    return Table("smd", title, tuple(rows[0]), rows, shown, (smd_note(data),) if shown else ())


def smd_note(data: Table1Data) -> str:
    """The footnote of standardised differences: the unit that they are in."""
    sd = "pooled SD"
    if data.spec.smd == "att":
        assert data.by is not None
        sd = f"SD of {data.by.levels[1]}"
        if data.compared > 2:
            sd = "SD of the second group"
    return f"SMD: absolute standardised mean difference, in units of the {sd}."
