"""Distinct times and the numbers at risk at each of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# R's `survfit(timefix = TRUE)` (function aeqSurv): times closer than sqrt(machine epsilon),
# absolutely or relative to the mean time, are one time.
TIE_TOLERANCE = float(np.sqrt(np.finfo(np.float64).eps))

_BLOCK = 1 << 18  # times that are looked up at once, in the cache of a processor
_SPACES = 4  # spaces in a table of places for each distinct value


def time_tolerance(time: Floats) -> float:
    """The largest difference of two times that count as one (see `TIE_TOLERANCE`)."""
    return TIE_TOLERANCE * max(1.0, float(np.mean(np.abs(time))) if time.size else 0.0)


def fractional(weights: Floats) -> bool:
    """Whether any case weight is not a whole number; whole ones act as repeated rows."""
    return not bool(np.all(weights == np.floor(weights)))


@dataclass(frozen=True)
class DistinctTimes:
    """Sorted distinct times, near-ties merged, and the index of each row among them.

    Functions that take times take this too, so that sorting, which is slow, is done once for the
    groups together.

    Attributes
    ----------
    times
        Shape (m,), ascending; tied times are represented by the earliest.
    index
        Shape (n,), with ``times[index]`` the time of each row.
    """

    times: Floats
    index: Ints

    def take(self, rows: NDArray[np.bool_] | NDArray[np.intp] | slice) -> DistinctTimes:
        """The distinct times of the rows selected."""
        index = self.index[rows]
        used = np.bincount(index, minlength=self.times.size) > 0
        if used.all():
            return DistinctTimes(self.times, index)
        return DistinctTimes(self.times[used], (np.cumsum(used) - 1)[index])


Times = Floats | DistinctTimes


def distinct_times(time: Times) -> DistinctTimes:
    """Distinct times of `time`, shape (n,), finite."""
    if isinstance(time, DistinctTimes):
        return time
    times = np.unique(time)
    if times.size < time.size // 8:  # many ties: a look-up is faster than sorting every row
        index = look_up(time, times)
    else:
        times, index = np.unique(time, return_inverse=True)
    gap = np.diff(times)
    tied = gap <= time_tolerance(times)
    if not tied.any():
        return DistinctTimes(times, index)
    first = np.concatenate(([True], ~tied))
    return DistinctTimes(times[first], (np.cumsum(first) - 1)[index])


def look_up(values: Floats, distinct: Floats) -> Ints:
    """The place of each value among all distinct values, ascending; shape (n,).

    A table of evenly spaced places guesses it, which is several times faster than a binary search
    of every value where they are months or days.
    """
    result = np.empty(values.size, dtype=np.int64)
    with np.errstate(over="ignore"):
        width = float(distinct[-1] - distinct[0]) / (_SPACES * distinct.size)
    if not np.finfo(np.float64).tiny < width < np.inf:
        return np.searchsorted(distinct, values).astype(np.int64)
    edges = distinct[0] + width * (np.arange(_SPACES * distinct.size + 1) - 0.5)
    guesses = np.searchsorted(distinct, edges)
    for start in range(0, values.size, _BLOCK):
        part = values[start : start + _BLOCK]
        places = guesses[((part - distinct[0]) / width).astype(np.int64)]
        wrong = np.flatnonzero(distinct[places] != part)
        places[wrong] = np.searchsorted(distinct, part[wrong])
        result[start : start + _BLOCK] = places
    return result


@dataclass(frozen=True)
class RiskSets:
    """Numbers at risk and of events, by distinct time and group.

    Attributes
    ----------
    times
        Shape (m,), ascending.
    index
        Shape (n,), with ``times[index]`` the time of each row.
    at_risk, events
        Shape (m, k): (weighted) rows with time >= t, and events at t, in each of k groups.
    """

    times: Floats
    index: Ints
    at_risk: Floats
    events: Floats


def risk_sets(
    time: Times,
    event: NDArray[np.bool_],
    group: Ints | None = None,
    n_groups: int = 1,
    weights: Floats | None = None,
) -> RiskSets:
    """Numbers at risk and of events at each distinct time, by group.

    Censored rows are still at risk at their own time (R's `survfit`, `survdiff`).
    """
    distinct = distinct_times(time)
    times, index = distinct.times, distinct.index
    m = times.size
    cell = index if group is None else index * n_groups + group
    shape = (m, n_groups)
    leaving = np.bincount(cell, weights=weights, minlength=m * n_groups).reshape(shape)
    event_weights = None if weights is None else weights[event]
    events = np.bincount(cell[event], weights=event_weights, minlength=m * n_groups).reshape(shape)
    at_risk = np.cumsum(leaving[::-1], axis=0, dtype=np.float64)[::-1]
    return RiskSets(times, index, at_risk, events.astype(np.float64))
