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


def distinct_times(time: Floats) -> tuple[Floats, Ints]:
    """Sorted distinct times, near-ties merged, and the index of each row's time among them.

    Parameters
    ----------
    time
        Shape (n,), finite.

    Returns
    -------
    times : shape (m,), ascending; of times that count as tied, the earliest stands for all
    index : shape (n,), with ``times[index]`` the time of each row
    """
    times, index = np.unique(time, return_inverse=True)
    gap = np.diff(times)
    mean = float(np.mean(np.abs(times))) if times.size else 0.0
    tied = (gap <= TIE_TOLERANCE) | (gap <= TIE_TOLERANCE * mean)
    if not tied.any():
        return times, index
    first = np.concatenate(([True], ~tied))
    return times[first], (np.cumsum(first) - 1)[index]


@dataclass(frozen=True)
class RiskSets:
    """Numbers at risk and numbers of events per distinct time and group.

    Attributes
    ----------
    times
        Shape (m,), ascending.
    index
        Shape (n,): the row's place in `times`.
    at_risk, events
        Shape (m, k): (weighted) rows with time >= t, and events at t, in each of k groups.
    """

    times: Floats
    index: Ints
    at_risk: Floats
    events: Floats


def risk_sets(
    time: Floats,
    event: NDArray[np.bool_],
    group: Ints | None = None,
    n_groups: int = 1,
    weights: Floats | None = None,
) -> RiskSets:
    """Count who is at risk and who has the event at each distinct time, by group.

    Censored rows are still at risk at their own time (R's `survfit`, `survdiff`).
    """
    times, index = distinct_times(time)
    m = times.size
    cell = index if group is None else index * n_groups + group
    shape = (m, n_groups)
    leaving = np.bincount(cell, weights=weights, minlength=m * n_groups).reshape(shape)
    event_weights = None if weights is None else weights[event]
    events = np.bincount(cell[event], weights=event_weights, minlength=m * n_groups).reshape(shape)
    at_risk = np.cumsum(leaving[::-1], axis=0, dtype=np.float64)[::-1]
    return RiskSets(times, index, at_risk, events.astype(np.float64))
