"""One column of a cohort, typed, and what was understood when it was read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from hcc2l.number_format import POINT, NumberFormat, number_text

_BLOCK = 1 << 18  # rows that are counted at once, in the cache of a processor
Kind = Literal["number", "text", "date"]


def occurrences(
    codes: NDArray[Any], size: int, keep: NDArray[np.bool_] | None = None
) -> NDArray[np.int64]:
    """How many rows, or rows of `keep`, have each code from 0 to `size` - 1; -1 is not counted."""
    counts = np.zeros(size, dtype=np.int64)
    for start in range(0, codes.size, _BLOCK):
        part = codes[start : start + _BLOCK]
        known = part >= 0
        if keep is not None:
            known &= keep[start : start + _BLOCK]
        counts += np.bincount(part[known], minlength=size)
    return counts


def small(codes: NDArray[np.int64]) -> NDArray[Any]:
    """Codes in as few bytes as hold them and -1."""
    return codes.astype(np.min_scalar_type(-1 - int(codes.max(initial=0))))


@dataclass(frozen=True)
class Column:
    """One variable, for every patient.

    Attributes
    ----------
    kind
        ``number``, ``text`` or ``date``.
    values
        Shape (n,): float64 with NaN, object (str or None), or datetime64[D] with NaT.
    levels
        The order of the levels where the file gives one (value labels of SPSS and Stata).
    codes
        Label -> code, for columns whose codes were replaced by value labels.
    label
        The label of the variable in the file.
    coded
        Distinct texts and each row's index among them (-1 missing), where a reader provides them.
    limits
        Row -> cell, where a detection limit (``<0.5``) is read as its number.
    format
        How its numbers are written.
    doubtful
        Cells of a column of numbers that have two readings; it is then ``text``.
    words
        Words that were read as missing (``n.d.``, ``unknown``), and how many cells each has.
    taken
        What was taken away from cells so that they are numbers -> how many cells, and one of them.
    broken
        Row -> cell, where a spreadsheet shows an error (``#REF!``) instead of a value.
    rounded
        Whether the file holds whole numbers in a form that keeps about 16 digits only.
    written
        Row -> the number with every digit of the file, a decimal point, no thousands separator.
    """

    name: str
    kind: Kind
    values: NDArray[Any]
    levels: tuple[str, ...] = ()
    codes: Mapping[str, str] = field(default_factory=dict)
    label: str | None = None
    coded: tuple[tuple[str, ...], NDArray[np.int64]] | None = None
    limits: Mapping[int, str] = field(default_factory=dict)
    format: NumberFormat = POINT
    doubtful: tuple[str, ...] = ()
    words: Mapping[str, int] = field(default_factory=dict)
    taken: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    broken: Mapping[int, str] = field(default_factory=dict)
    rounded: bool = False
    written: Callable[[int], str] | None = None

    @property
    def beside_limits(self) -> NDArray[Any]:
        """Numbers to compare with a cut-point, shape (n,): `<20` lies below 20, `>5` above 5."""
        if not self.limits:
            return self.values
        values = self.values.copy()
        for row, cell in self.limits.items():
            if re.match(r"[<>](?!=)", cell):
                values[row] = np.nextafter(values[row], np.inf if cell[0] == ">" else -np.inf)
        return values

    @property
    def missing(self) -> NDArray[np.bool_]:
        """Shape (n,): True where the cell is empty or a missing-value code."""
        absent: NDArray[np.bool_]
        if self.coded is not None:
            absent = self.coded[1] < 0
        elif self.kind == "number":
            absent = np.isnan(self.values)
        elif self.kind == "date":
            absent = np.isnat(self.values)
        else:
            absent = np.array([value is None for value in self.values.tolist()], dtype=np.bool_)
        return absent

    def with_cells_of(self, rows: NDArray[np.int64]) -> Column:
        """The column with the cells of other rows, shape (m,), which may repeat."""
        written = self.written
        return replace(
            self,
            values=self.values[rows],
            coded=None if self.coded is None else (self.coded[0], self.coded[1][rows]),
            limits={i: self.limits[r] for i, r in enumerate(rows.tolist()) if r in self.limits},
            broken={i: self.broken[r] for i, r in enumerate(rows.tolist()) if r in self.broken},
            written=None if written is None else lambda row: written(int(rows[row])),
        )

    @property
    def ends(self) -> tuple[float, float]:
        """The smallest and the largest of its numbers; NaN if there are none."""
        if self.coded is None:
            values = self.values
        else:
            values = np.array([float(text) for text in self.coded[0]] or [np.nan])
        return float(np.fmin.reduce(values)), float(np.fmax.reduce(values))

    def text(self, row: int) -> str:
        """The cell as text; empty where missing."""
        value = self.values[row]
        if self.kind == "number":
            return "" if np.isnan(value) else number_text(float(value))
        if self.kind == "date":
            return "" if np.isnat(value) else str(value)
        return "" if value is None else str(value)

    def counts(self) -> dict[str, int]:
        """How many rows have each text of a column of text."""
        if self.coded is None:
            return dict(Counter(self.values[~self.missing].tolist()))
        texts, codes = self.coded
        return dict(zip(texts, occurrences(codes, len(texts)).tolist(), strict=True))

    def cell(self, row: int) -> str:
        """The cell as a plain file holds it, no digit changed; empty where missing."""
        if self.kind == "number" and self.written and not np.isnan(self.values[row]):
            return self.written(row)
        return self.text(row)


class Spread(Column):
    """A column of which each distinct cell is held once; `values` are made when they are used."""

    _each: NDArray[Any]
    _rows: NDArray[Any]

    @classmethod
    def of(cls, each: Column, rows: NDArray[Any], **changes: Any) -> Spread:
        """The column of shape (n,) whose rows are places in a column of distinct cells."""
        column = cls(**{f.name: getattr(each, f.name) for f in fields(each)} | changes)
        column.__dict__.update(_each=column.__dict__.pop("values"), _rows=rows)
        return column

    @cached_property
    def values(self) -> NDArray[Any]:
        """Shape (n,), as of every column."""
        values: NDArray[Any] = self._each[self._rows]
        return values
