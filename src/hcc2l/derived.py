"""Columns that the dictionary computes from two others: a ratio, a difference, a change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hcc2l.scores.score import DECIMALS
from hcc2l.wording import counted

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Derived:
    """A column that the dictionary computes, and how.

    Attributes
    ----------
    parts_in_words, columns
        The columns it was computed from, with their units and without.
    expression
        The formula or the groups, as printed.
    absent
        The rows that have its parts but no value, because it would divide by 0.
    """

    name: str
    label: str
    parts_in_words: tuple[str, ...]
    columns: tuple[str, ...]
    expression: str
    absent: int = 0

    @property
    def described(self) -> str:
        """How it was computed, as a sentence."""
        zeros = f"; missing where the divisor is 0 ({counted(self.absent, 'row')})"
        return f"{self.label} = {self.expression}{zeros if self.absent else ''}."


@dataclass(frozen=True)
class Formula:
    """Two columns in one number.

    Attributes
    ----------
    expression
        With places for the names of the two columns.
    compute
        From two arrays of shape (n,) to one; 0 in a divisor gives no finite number.
    same_unit
        Whether the two have to be in one unit.
    """

    expression: str
    compute: Callable[[Floats, Floats], Floats]
    same_unit: bool = True

    def values(self, first: Floats, second: Floats) -> Floats:
        """The number of every row, shape (n,); NaN where a part is missing or a divisor 0."""
        with np.errstate(divide="ignore", invalid="ignore"):
            found = self.compute(first, second)
        known: Floats = np.where(np.isfinite(found), found, np.nan)
        return np.round(known, DECIMALS)


FORMULAS = {
    "ratio": Formula("{0} / {1}", lambda first, second: first / second, same_unit=False),
    "difference": Formula("{0} − {1}", lambda first, second: first - second),
    "change": Formula("{1} − {0}", lambda first, later: later - first),
    "percent": Formula(
        "100 × ({1} − {0}) / {0}", lambda first, later: 100 * (later - first) / first
    ),
}
