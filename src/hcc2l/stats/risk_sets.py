"""Distinct times and the numbers at risk at each of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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
    entry
        Shape (n,), or None where every row is at risk from the beginning: a row is at risk at t
        when entry < t <= time.
    entered
        Shape (n,), or None: the place in `times` of the first time after each row's entry.
    """

    times: Floats
    index: Ints
    entry: Floats | None = None
    entered: Ints | None = None

    def take(self, rows: NDArray[np.bool_] | NDArray[np.intp] | slice) -> DistinctTimes:
        """The distinct times of the rows selected."""
        index = self.index[rows]
        used = np.bincount(index, minlength=self.times.size) > 0
        if self.entry is None or self.entered is None:
            if used.all():
                return DistinctTimes(self.times, index)
            return DistinctTimes(self.times[used], (np.cumsum(used) - 1)[index])
        before = np.concatenate(([0], np.cumsum(used)))  # used times before each time
        entered = before[self.entered[rows]]
        return DistinctTimes(self.times[used], before[index], self.entry[rows], entered)


Times = Floats | DistinctTimes


def distinct_times(time: Times, entry: Floats | None = None) -> DistinctTimes:
    """Distinct times of `time`, shape (n,), finite.

    With `entry`, shape (n,), finite and before `time`, rows are at risk in (entry, time]: left
    truncation, or the rows of patients who have several. All functions that take times and their
    risk sets from here then keep to it. Entries that nearly tie with a time are that time.
    """
    if isinstance(time, DistinctTimes):
        return time
    if entry is not None:
        return _with_entry(time, entry)
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


def _with_entry(time: Floats, entry: Floats) -> DistinctTimes:
    both = distinct_times(np.concatenate((entry, time)))
    place = both.index[entry.size :]
    is_time = np.bincount(place, minlength=both.times.size) > 0
    after: Ints = np.cumsum(is_time)  # of the times, the place of the first one after each
    return DistinctTimes(
        both.times[is_time],
        after[place] - 1,
        both.times[both.index[: entry.size]],
        after[both.index[: entry.size]],
    )


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
        Shape (m, k): (weighted) rows with entry < t <= time, and events at t, in each of k groups.
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
    net: NDArray[Any] = leaving
    if distinct.entered is not None:
        net = leaving - _entering_next(distinct.entered, group, shape, weights)
    at_risk = np.cumsum(net[::-1], axis=0, dtype=np.float64)[::-1]
    return RiskSets(times, index, at_risk, events.astype(np.float64))


def _entering_next(
    entered: Ints, group: Ints | None, shape: tuple[int, int], weights: Floats | None
) -> NDArray[Any]:
    """(Weighted) rows that are at risk from the next time on, by time and group, shape (m, k)."""
    m, n_groups = shape
    cell = entered if group is None else entered * n_groups + group
    entering = np.bincount(cell, weights=weights, minlength=m * n_groups).reshape(shape)
    return np.vstack((entering[1:], np.zeros((1, n_groups), dtype=entering.dtype)))
