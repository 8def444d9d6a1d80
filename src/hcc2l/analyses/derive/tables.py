"""The tables of `hcc2l derive`: where each added column comes from, and what it holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from hcc2l.cohort import Cohort, distinct
from hcc2l.cohort import Column as Variable
from hcc2l.design import Mask
from hcc2l.levels import natural_order
from hcc2l.report import Column, Row, Table, Value


def columns_table(cohort: Cohort, columns: Sequence[Variable], keep: Mask) -> Table:
    """One row for each added column: the columns it comes from, and its missing values."""
    rows: tuple[Row, ...] = tuple(
        {
            "variable": column.name,
            "label": cohort.label(column.name),
            "parts": cohort.parts(column.name),
            "n": int((keep & ~column.missing).sum()),
            "n_missing": int((keep & column.missing).sum()),
        }
        for column in columns
    )
    shown = (
        Column("Column", ("variable",)), Column("Label", ("label",)), Column("From", ("parts",)),
        Column("n", ("n",)), Column("Missing", ("n_missing",)),
    )  # fmt: skip
    return Table("columns", "Columns added to the cohort", tuple(rows[0]), rows, shown)


def values_table(cohort: Cohort, columns: Sequence[Variable], keep: Mask) -> Table:
    """One row for each number among the added columns, and for each level of the others."""
    keys = ("variable", "level", "count", "percent", "median", "min", "max")
    known = [(column, keep & ~column.missing) for column in columns]
    found = (
        _range(column, rows) if column.kind == "number" else _levels(cohort, column, rows)
        for column, rows in known
    )
    rows = tuple(
        {key: column.name if key == "variable" else values.get(key) for key in keys}
        for column, of_column in zip(columns, found, strict=True)
        for values in of_column
    )
    shown = (
        Column("Column", ("variable",)), Column("Level", ("level",)),
        Column("n (%) or median (range)", keys[2:], form="summary", decimals=2),
    )  # fmt: skip
    footnotes = ("Percentages are of the patients with a value.",)
    shares = any(row["percent"] is not None for row in rows)
    title = "Values of the columns added"
    return Table("values", title, keys, rows, shown, footnotes if shares else ())


def _range(column: Variable, known: Mask) -> Iterator[dict[str, Value]]:
    """Median and range of a number."""
    values = column.values[known]
    if not values.size:
        yield {}
        return
    yield {
        "median": float(np.median(values)), "min": float(values.min()), "max": float(values.max())
    }  # fmt: skip


def _levels(cohort: Cohort, column: Variable, known: Mask) -> Iterator[dict[str, Value]]:
    """The rows of each level, in the order of the levels."""
    texts, codes = distinct(column)
    total = int(known.sum())
    declared = cohort.dictionary.column(column.name).levels
    for level in declared or column.levels or natural_order(texts):
        count = int((codes[known] == texts.index(level)).sum()) if level in texts else 0
        yield {"level": level, "count": count, "percent": count / total if total else None}
