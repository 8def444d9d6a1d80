"""The patients of a Kaplan–Meier analysis, counted where they are many."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hcc2l.design import Floats, Ints, Mask
from hcc2l.stats.risk_sets import DistinctTimes, distinct_times
from hcc2l.stats.tally import median, quantile, tally, times_repeat

MANY = 100_000  # patients; fewer are not worth counting


@dataclass(frozen=True)
class Counted:
    """What curves and tests need: shape (m,), an entry a patient or, of many, one for those alike.

    Attributes
    ----------
    weights
        Case weights, which whole numbers of patients are, too; None where all are 1.
    counts
        How many patients each entry stands for; None where it is one.
    entry
        From when each is at risk; None where from time 0.
    """

    time: Floats
    cause: Ints
    codes: Ints
    weights: Floats | None
    counts: Floats | None = None
    entry: Floats | None = None

    @cached_property
    def distinct(self) -> DistinctTimes:
        """The times, with those that differ by rounding only made equal."""
        return distinct_times(self.time, self.entry)

    @property
    def event(self) -> Mask:
        """Whether the endpoint's own event happened."""
        return np.asarray(self.cause == 1)

    def number(self, rows: Mask) -> int:
        """How many patients some entries stand for."""
        return int(rows.sum() if self.counts is None else self.counts[rows].sum())

    def observed(self, rows: Mask) -> dict[str, float]:
        """Median, range and quartiles of the times of some entries."""
        return observed(self.time[rows], None if self.counts is None else self.counts[rows])


def observed(time: Floats, counts: Floats | None = None) -> dict[str, float]:
    """Median, range and quartiles of some times, each of so many patients."""
    if counts is None:
        middle, (q1, q3) = float(np.median(time)), np.quantile(time, (0.25, 0.75))
    else:
        middle = median(time, counts)
        q1, q3 = quantile(time, counts, 0.25), quantile(time, counts, 0.75)
    return {
        "observed_median": middle,
        "observed_min": float(time.min()),
        "observed_max": float(time.max()),
        "observed_q1": float(q1),
        "observed_q3": float(q3),
    }


def counted(
    time: Floats, cause: Ints, codes: Ints, n_groups: int, weights: Floats | None,
    entry: Floats | None = None,
) -> Counted:  # fmt: skip
    """The patients, counted by time, cause and group if there are many and their times repeat."""
    alike = weights is None and entry is None
    if not alike or time.size < MANY or not times_repeat(time):
        return Counted(time, cause, codes, weights, entry=entry)
    cells = tally(time, cause, codes, n_groups)
    return Counted(cells.time, cells.cause, cells.group, cells.weights, cells.weights)
