"""Matching treated to control units on one number, the distance: nearest neighbour and optimal.

Every function takes rows in one fixed order and breaks ties by it, so that whoever calls decides
what the order means.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hcc2l.stats.risk_sets import Floats, Ints

Mask = NDArray[np.bool_]
Order = Literal["largest", "smallest", "data", "random"]


@dataclass(frozen=True)
class Matches:
    """Treated rows with the control rows they got; a treated row without control is not in it.

    Attributes
    ----------
    treated, control
        Shape (m,): row numbers of each match, by treated row, then by round of matching.
    """

    treated: Ints
    control: Ints

    def weights(self, treated: Mask) -> Floats:
        """Weights for the effect on the treated, shape (n,); 0 for rows without a match.

        A matched treated row has 1. A control has the sum over its matches of one over the number
        of controls which that treated row got, rescaled to sum to the number of matched controls
        (Ho, Imai, King and Stuart, J Stat Softw 2011;42(8); R's MatchIt).
        """
        n = treated.size
        got = np.bincount(self.treated, minlength=n)
        share = np.bincount(self.control, weights=1.0 / got[self.treated], minlength=n)
        used = share > 0
        total = float(share.sum())
        scaled = share * (int(used.sum()) / total) if total else share
        return np.where(treated, (got > 0).astype(np.float64), scaled)

    def sets(self, n: int) -> Ints:
        """Number of the matched set of each row, shape (n,), from 0 by treated row; -1 for none.

        Controls matched more than once belong to no set of their own: -1 for all controls then.
        """
        result = np.full(n, -1, dtype=np.int64)
        heads, number = np.unique(self.treated, return_inverse=True)
        result[heads] = np.arange(heads.size)
        if np.unique(self.control).size == self.control.size:
            result[self.control] = number
        return result


def processing_order(distance: Floats, treated: Mask, order: Order, seed: int) -> Ints:
    """The treated rows in the order in which they choose; ties stay in the order of the rows."""
    rows = np.flatnonzero(treated)
    if order == "data":
        return rows.astype(np.int64)
    if order == "random":
        return np.random.default_rng(seed).permutation(rows).astype(np.int64)
    key = -distance[rows] if order == "largest" else distance[rows]
    return rows[np.argsort(key, kind="stable")].astype(np.int64)


def nearest(
    distance: Floats,
    treated: Mask,
    order: Ints,
    *,
    caliper: float | None = None,
    ratio: int = 1,
    replace: bool = False,
    strata: Ints | None = None,
) -> Matches:
    """Greedy nearest-neighbour matching.

    Rows stand in the order of (distance, row number). Each treated row in turn takes the nearer of
    the last free control before it and the first one after it; at the same distance the one before.
    With a ratio of k there are k rounds over all treated rows.

    Parameters
    ----------
    distance
        Shape (n,), finite.
    treated
        Shape (n,).
    order
        Row numbers of the treated, in the order in which they choose.
    caliper
        The largest distance of a match, itself allowed.
    ratio
        Controls for each treated row, at most.
    replace
        Controls may be taken by several treated rows, though only once by each.
    strata
        Shape (n,), codes: matches are within a stratum only.

    Notes
    -----
    The rule is that of R's ``MatchIt::matchit(method = "nearest")`` from 4.5.4 on. Controls that
    are taken are skipped over by two disjoint-set forests, so that the time is O(n log n).
    """
    limit = math.inf if caliper is None else caliper
    taken = np.full((treated.size, ratio), -1, dtype=np.int64)
    for rows in _strata(strata, treated.size):
        choosing = order if strata is None else order[np.isin(order, rows)]
        group = _Line.of(distance, treated, rows)
        if group.controls and choosing.size:
            choose = _reused if replace else _used_once
            choose(group, choosing.tolist(), distance, limit, taken)
    treated_rows, rounds = np.nonzero(taken >= 0)
    return Matches(treated_rows.astype(np.int64), taken[treated_rows, rounds])


@dataclass(frozen=True)
class _Line:
    """The controls of a stratum along the distance.

    Attributes
    ----------
    controls, at
        Row numbers of the controls and their distances, in the order of (distance, row).
    place
        Shape (n,): how many of the controls come before a row.
    """

    controls: list[int]
    at: list[float]
    place: Ints

    @classmethod
    def of(cls, distance: Floats, treated: Mask, rows: Ints) -> _Line:
        ordered = rows[np.argsort(distance[rows], kind="stable")]
        is_control = ~treated[ordered]
        controls = ordered[is_control]
        place = np.zeros(treated.size, dtype=np.int64)
        place[ordered] = np.cumsum(is_control)
        return cls(controls.tolist(), distance[controls].tolist(), place)


def _used_once(
    line: _Line, choosing: list[int], distance: Floats, limit: float, taken: Ints
) -> None:
    size = len(line.controls)
    # below[j]: the nearest free control before place j, plus one; above[j]: the nearest from j on.
    below, above = list(range(size + 1)), list(range(size + 1))
    own = distance[choosing].tolist()
    places = line.place[choosing].tolist()
    for turn in range(taken.shape[1]):
        for row, value, place in zip(choosing, own, places, strict=True):
            low, high = _root(below, place), _root(above, place)
            under = value - line.at[low - 1] if low > 0 else math.inf
            over = line.at[high] - value if high < size else math.inf
            if min(under, over) > limit or (low == 0 and high == size):
                continue
            chosen = low - 1 if under <= over else high
            below[chosen + 1], above[chosen] = chosen, chosen + 1
            taken[row, turn] = line.controls[chosen]


def _root(parent: list[int], i: int) -> int:
    """The end of a chain, halving the chain on the way."""
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


def _reused(line: _Line, choosing: list[int], distance: Floats, limit: float, taken: Ints) -> None:
    size = len(line.controls)
    for row in choosing:
        value = float(distance[row])
        low = high = int(line.place[row])
        for turn in range(taken.shape[1]):
            under = value - line.at[low - 1] if low > 0 else math.inf
            over = line.at[high] - value if high < size else math.inf
            if min(under, over) > limit or (low == 0 and high == size):
                break
            if under <= over:
                low -= 1
                taken[row, turn] = line.controls[low]
            else:
                taken[row, turn] = line.controls[high]
                high += 1


def optimal(
    distance: Floats,
    treated: Mask,
    *,
    caliper: float | None = None,
    strata: Ints | None = None,
) -> Matches:
    """Pairs with the smallest possible sum of distances.

    As many pairs as there can be, within the caliper if there is one, and of these the choice with
    the smallest sum (Rosenbaum, J Am Stat Assoc 1989;84:1024-1032), by SciPy's
    ``linear_sum_assignment``. Parameters as for `nearest`.
    """
    from scipy.optimize import linear_sum_assignment

    found: list[tuple[int, int]] = []
    for rows in _strata(strata, treated.size):
        ours, others = rows[treated[rows]], rows[~treated[rows]]
        cost = np.abs(distance[ours][:, None] - distance[others][None, :])
        if caliper is not None:
            too_far = cost > caliper
            # One forbidden pair costs more than all allowed ones together.
            cost[too_far] = (min(cost.shape) + 1) * caliper
        i, j = linear_sum_assignment(cost)
        if caliper is not None:
            allowed = ~too_far[i, j]
            i, j = i[allowed], j[allowed]
        found += zip(ours[i].tolist(), others[j].tolist(), strict=True)
    pairs = np.array(sorted(found), dtype=np.int64).reshape(-1, 2)
    return Matches(pairs[:, 0], pairs[:, 1])


def nearest_gaps(values: Floats, others: Floats) -> Floats:
    """How far each value is from the nearest of the others (at least one), shape of `values`."""
    others = np.sort(others)
    place = np.searchsorted(others, values)
    below = np.abs(values - others[np.maximum(place - 1, 0)])
    above = np.abs(others[np.minimum(place, others.size - 1)] - values)
    return np.asarray(np.minimum(below, above), dtype=np.float64)


def _strata(strata: Ints | None, n: int) -> Iterator[Ints]:
    """Row numbers of each stratum, ascending."""
    if strata is None:
        yield np.arange(n)
        return
    for code in np.unique(strata):
        yield np.flatnonzero(strata == code)
