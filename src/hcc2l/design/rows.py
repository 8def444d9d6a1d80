"""Rows kept and excluded, and cells as numbers."""

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
    """Rows that are kept, and the reasons for which the others were excluded.

    Attributes
    ----------
    keep
        Shape (n,): True for rows still in the analysis.
    excluded
        Number and names of the rows excluded, by reason.
    """

    cohort: Cohort
    keep: Mask = field(init=False)
    excluded: list[Excluded] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.keep = np.ones(self.cohort.rows, dtype=np.bool_)

    def drop(self, rows: Mask, reason: str) -> None:
        """Exclude rows (mask of shape (n,)); rows excluded before are not counted again."""
        leaving = np.flatnonzero(rows & self.keep)
        if leaving.size:
            which = tuple(self.cohort.row_name(int(i)) for i in leaving[:_NAMED_ROWS])
            self.excluded.append(Excluded(reason, int(leaving.size), which))
            self.keep[leaving] = False

    @property
    def analysed(self) -> int:
        """Number of rows kept."""
        return int(self.keep.sum())


_MARKED = re.compile(r"[<>≤≥]?\s*[+-]?\d[\d.,]*\s*([^\w\s.,%<>≤≥=/+-]+)")


def numbers(cohort: Cohort, name: str, keep: Mask | None = None, *, to_cut: bool = False) -> Floats:
    """A column as numbers, shape (n,), NaN where missing; only `keep` rows must be numbers.

    With `to_cut`, a detection limit lies just beyond its number: `<20` is below 20.

    Raises
    ------
    InputError
        A cell is not a number.
    """
    column = cohort.column(name)
    if column.kind == "number":
        values = column.beside_limits if to_cut else column.values
        return np.asarray(values, dtype=np.float64)
    form, cells = column.format, cohort.parsed(name)
    needed = ~column.missing if keep is None else ~column.missing & keep
    bad = [int(i) for i in np.flatnonzero(needed) if cells[i] is None]
    if not bad:  # declared as text but numeric, or the other cells are excluded
        return np.array([np.nan if c is None else c for c in cells], dtype=np.float64)
    # A detection limit is a number unless the column holds other text; name that text first.
    bad = [i for i in bad if form.limit(column.text(i)) is None] or bad
    bad.sort(key=lambda i: _MARKED.fullmatch(column.text(i)) is None)  # the remedy for all others
    cell = column.text(bad[0])
    marked = _MARKED.fullmatch(cell)
    hint = "Correct the cell, or give its text with --na if it means missing."
    if form.decimal == "." and re.fullmatch(r"[+-]?\d+,\d+", cell):
        hint = "It has a decimal comma where other cells have a point. Use one of them throughout."
    elif form.decimal == "," and re.fullmatch(r"[+-]?\d+\.\d+", cell):
        hint = "It has a point where other cells have a decimal comma. Use one of them throughout."
    elif marked:
        hint = (
            f'If the mark does not change the number, set marks = ["{marked[1]}"] for {name} in '
            "hcc2l.toml; otherwise correct the cells."
        )
    elif form.limit(cell) is not None:
        hint = (
            f'If it is a detection limit, set type = "numeric" for {name} in hcc2l.toml; the limit '
            "itself is then used as the value."
        )
    elif len(bad) == int(needed.sum()):
        hint = "This column contains no numbers. Choose another column."
    raise InputError(
        f"{cell!r} is not a number"
        + {1: "", 2: "; nor is 1 other cell"}.get(len(bad), f"; nor are {len(bad) - 1} other cells")
        + ".",
        where=f"{cohort.source.name}, column {name}, {row_where(cohort, bad[0])}",
        hint=hint,
    )


def row_where(cohort: Cohort, row: int) -> str:
    """A row's place in the file and the patient's id, for a message."""
    place, name = cohort.row_place(row), cohort.row_name(row)
    return place if place == name else f"{place} ({name})"
