"""Which rows are in, why the others are not, and cells as numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hcc2l.cohort import Cohort
from hcc2l.errors import InputError
from hcc2l.report import Excluded

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

_NAMED_ROWS = 10


@dataclass
class RowAccount:
    """Which rows are still in, and why the others are not."""

    cohort: Cohort
    keep: Mask = field(init=False)
    excluded: list[Excluded] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.keep = np.ones(self.cohort.rows, dtype=np.bool_)

    def drop(self, rows: Mask, reason: str) -> None:
        """Leave out rows (shape (n,)); only those still in are counted."""
        leaving = np.flatnonzero(rows & self.keep)
        if leaving.size:
            which = tuple(self.cohort.row_name(int(i)) for i in leaving[:_NAMED_ROWS])
            self.excluded.append(Excluded(reason, int(leaving.size), which))
            self.keep[leaving] = False

    @property
    def analysed(self) -> int:
        """Number of rows still in."""
        return int(self.keep.sum())


def numbers(cohort: Cohort, name: str, keep: Mask | None = None, *, to_cut: bool = False) -> Floats:
    """A column as numbers, shape (n,), NaN where missing; only `keep` rows must be numbers.

    With `to_cut` a detection limit lies just beyond its number, on the side that it says.

    Raises
    ------
    InputError
        A cell is not a number: which, and where.
    """
    column = cohort.column(name)
    if column.kind == "number":
        values = column.beside_limits if to_cut else column.values
        return np.asarray(values, dtype=np.float64)
    form, cells = column.format, cohort.parsed(name)
    wanted = ~column.missing if keep is None else ~column.missing & keep
    bad = [int(i) for i in np.flatnonzero(wanted) if cells[i] is None]
    if not bad:  # declared as text but numbers all the same, or the others are left out
        return np.array([np.nan if c is None else c for c in cells], dtype=np.float64)
    # Limits would be read as numbers, were it not for the others.
    bad = [i for i in bad if form.limit(column.text(i)) is None] or bad
    cell = column.text(bad[0])
    hint = "Correct the cell, or say with --na that this text means missing."
    if form.decimal == "." and re.fullmatch(r"[+-]?\d+,\d+", cell):
        hint = "It has a decimal comma where other cells have a point; write one or the other."
    elif form.decimal == "," and re.fullmatch(r"[+-]?\d+\.\d+", cell):
        hint = "It has a point where other cells have a decimal comma; write one or the other."
    elif form.limit(cell) is not None:
        hint = (
            "If it is a detection limit, say that the column is a measurement, "
            f'type = "numeric" for {name} in hcc2l.toml: it is then read as the limit.'
        )
    elif len(bad) == int(wanted.sum()):
        hint = "This column holds no numbers at all; is it the right one?"
    raise InputError(
        f"{cell!r} is not a number"
        + (f"; nor are {len(bad) - 1} more cells" if len(bad) > 1 else "")
        + ".",
        where=f"{cohort.source.name}, column {name}, {row_where(cohort, bad[0])}",
        hint=hint,
    )


def row_where(cohort: Cohort, row: int) -> str:
    """Where a row is, for a message: its place in the file, and the patient's id."""
    place, name = cohort.row_place(row), cohort.row_name(row)
    return place if place == name else f"{place} ({name})"
