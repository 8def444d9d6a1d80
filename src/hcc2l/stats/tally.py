"""Patients counted by time, cause and group: all that curves and tests need to know of them.

Counts can be summed, so that ten million patients become some thousand cells in one pass.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hcc2l.stats.risk_sets import Floats, Ints, look_up

_BLOCK = 1 << 18  # rows that are counted at once, in the cache of a processor
_SAMPLE = 10_000  # rows that show whether times repeat


@dataclass(frozen=True)
class Tally:
    """Cells of patients with the same time, cause and group, in this order; shape (m,).

    Attributes
    ----------
    weights
        The number of patients in each cell.
    """

    time: Floats
    cause: Ints
    group: Ints
    weights: Floats


def times_repeat(time: Floats) -> bool:
    """Whether times repeat so often that counting them saves work, as far as the first show."""
    head = time[:_SAMPLE]
    return 2 * np.unique(head).size < head.size


def tally(time: Floats, cause: Ints, group: Ints, n_groups: int) -> Tally:
    """Patients counted in blocks of rows.

    Parameters
    ----------
    time, cause, group
        Shape (n,), n >= 1; `cause` and `group` hold 0 ... and `group` less than `n_groups`.
    """
    starts = range(0, time.size, _BLOCK)
    times = np.unique(np.concatenate([np.unique(time[at : at + _BLOCK]) for at in starts]))
    n_causes = int(cause.max()) + 1
    size = times.size * n_causes * n_groups
    counts = np.zeros(size, dtype=np.int64)
    for at in starts:
        rows = slice(at, at + _BLOCK)
        cell = look_up(time[rows], times) * n_causes + cause[rows]
        counts += np.bincount(cell * n_groups + group[rows], minlength=size)
    cells = np.flatnonzero(counts)
    return Tally(
        time=times[cells // (n_causes * n_groups)],
        cause=cells // n_groups % n_causes,
        group=cells % n_groups,
        weights=counts[cells].astype(np.float64),
    )


def median(values: Floats, counts: Floats) -> float:
    """The median of values of which each occurs so many times; shape (m,), ascending."""
    n = int(counts.sum())
    return float(np.median(_in_order(values, counts, [(n - 1) // 2, n // 2])))


def quantile(values: Floats, counts: Floats, probability: float) -> float:
    """A quantile of values of which each occurs so many times, as NumPy's of all of them."""
    place = (int(counts.sum()) - 1) * probability
    below = int(place)
    pair = _in_order(values, counts, [below, below + 1])
    return float(np.quantile(pair, place - below))


def _in_order(values: Floats, counts: Floats, places: list[int]) -> Floats:
    """The values at some places, from 0, of all values in ascending order."""
    ends = np.cumsum(counts)
    at = np.searchsorted(ends, places, side="right")
    return values[np.minimum(at, values.size - 1)]
