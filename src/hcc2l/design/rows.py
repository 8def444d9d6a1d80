"""Rows kept and excluded, and cells as numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from hcc2l.cohort import Cohort
from hcc2l.report import Excluded

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

Value = TypeVar("Value", bound=np.generic)

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

    def drop_missing(self, rows: Mask, column: str) -> None:
        """Exclude the rows without a value of a column; of a score, its parts are named."""
        self.drop(rows, self.cohort.missing_reason(column))

    def copy(self) -> RowAccount:
        """An account that goes on from this one."""
        account = RowAccount(self.cohort)
        account.keep, account.excluded = self.keep.copy(), list(self.excluded)
        return account

    def kept(self, values: NDArray[Value]) -> NDArray[Value]:
        """The values of the rows kept; not copied where these are all rows."""
        return values if self.keep.all() else values[self.keep]

    @property
    def analysed(self) -> int:
        """Number of rows kept."""
        return int(self.keep.sum())


def numbers(cohort: Cohort, name: str, keep: Mask | None = None, *, to_cut: bool = False) -> Floats:
    """A column as numbers, shape (n,); see `Cohort.numbers`."""
    return cohort.numbers(name, keep, to_cut=to_cut)


def row_where(cohort: Cohort, row: int) -> str:
    """A row's place in the file and the patient's id; see `Cohort.row_where`."""
    return cohort.row_where(row)
