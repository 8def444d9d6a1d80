"""Matching of treated to control units on one number, the distance: nearest neighbour and optimal.

Every function breaks ties by the order of the rows, so the caller decides what that order means.
Scores and gaps that differ by rounding only are ties.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Thread
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hcc2l.stats.risk_sets import Floats, Ints

Mask = NDArray[np.bool_]
Order = Literal["largest", "smallest", "data", "random"]

# Scores and logits are good to about 1e-14: differences are rounding below this share of their
# range, and below the absolute floor where a score hardly varies.
ROUNDING, FLOOR = 1e-10, 1e-12


def rounding(distance: Floats) -> float:
    """The largest difference between two scores, or two gaps, that counts as rounding."""
    return max(ROUNDING * float(np.ptp(distance)), FLOOR) if distance.size else FLOOR


def levelled(distance: Floats) -> Floats:
    """The scores, shape (n,), with those that differ by rounding only set to the lowest of them."""
    if not distance.size:
        return distance
    values, place = np.unique(distance, return_inverse=True)
    first = np.concatenate(([True], np.diff(values) > rounding(distance)))
    lowest = values[first][np.cumsum(first) - 1]
    return np.asarray(lowest[place], dtype=np.float64)


@dataclass(frozen=True)
class Matches:
    """Matched treated rows with their control rows; unmatched treated rows do not appear.

    Attributes
    ----------
    treated, control
        Shape (m,): row numbers of each match, by treated row, then by round of matching.
    """

    treated: Ints
    control: Ints

    def weights(self, treated: Mask) -> Floats:
        """Weights for the effect in the treated, shape (n,); 0 for rows without a match.

        A matched treated row has weight 1. A control has the sum over its matches of 1 over the
        number of controls of that treated row, rescaled to sum to the number of matched controls
        (Ho, Imai, King and Stuart, J Stat Softw 2011;42(8); R's MatchIt).
        """
        n = treated.size
        controls_of = np.bincount(self.treated, minlength=n)
        share = np.bincount(self.control, weights=1.0 / controls_of[self.treated], minlength=n)
        used = share > 0
        total = float(share.sum())
        scaled = share * (int(used.sum()) / total) if total else share
        return np.where(treated, (controls_of > 0).astype(np.float64), scaled)

    def sets(self, n: int) -> Ints:
        """Number of the matched set of each row, shape (n,), from 0 by treated row; -1 for none.

        When any control is matched more than once, controls belong to no single set: all are -1.
        """
        result = np.full(n, -1, dtype=np.int64)
        heads, number = np.unique(self.treated, return_inverse=True)
        result[heads] = np.arange(heads.size)
        if np.unique(self.control).size == self.control.size:
            result[self.control] = number
        return result


def processing_order(distance: Floats, treated: Mask, order: Order, seed: int) -> Ints:
    """Treated rows in the order in which they are matched; ties keep the order of the rows."""
    rows = np.flatnonzero(treated)
    if order == "data":
        return rows.astype(np.int64)
    if order == "random":
        return np.random.default_rng(seed).permutation(rows).astype(np.int64)
    score = levelled(distance)[rows]
    return rows[np.argsort(-score if order == "largest" else score, kind="stable")].astype(np.int64)


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
    """Greedy nearest-neighbour matches.

    Rows are sorted by (distance, row number). Each treated row in turn takes the nearer of the
    last free control before it and the first free control after it; if both are equally far, the
    one with the smaller row number. With a ratio of k there are k rounds over all treated rows.

    Parameters
    ----------
    distance
        Shape (n,), finite.
    treated
        Shape (n,).
    order
        Row numbers of the treated, in the order in which they are matched.
    caliper
        The largest permitted gap; a gap equal to it is permitted.
    ratio
        Maximum number of controls per treated row.
    replace
        Whether a control can be matched to several treated rows (once to each).
    strata
        Shape (n,), codes: matches are made within a stratum only.

    Notes
    -----
    The rule is that of R's ``MatchIt::matchit(method = "nearest")`` from 4.5.4 on, except that R
    lets the last digit of two equal gaps decide. Controls that are taken are skipped by two
    disjoint-set forests, so the time is O(n log n).
    """
    distance, tolerance = levelled(distance), rounding(distance)
    limit = math.inf if caliper is None else caliper + tolerance
    taken = np.full((treated.size, ratio), -1, dtype=np.int64)
    for rows in _strata(strata, treated.size):
        choosing = order if strata is None else order[np.isin(order, rows)]
        line = _Line.of(distance, treated, rows, limit, tolerance)
        if line.controls and choosing.size:
            choose = _with_replacement if replace else _without_replacement
            choose(line, choosing.tolist(), distance, taken)
    treated_rows, rounds = np.nonzero(taken >= 0)
    return Matches(treated_rows.astype(np.int64), taken[treated_rows, rounds])


@dataclass(frozen=True)
class _Line:
    """The controls of a stratum sorted by distance.

    Attributes
    ----------
    controls, at
        Row numbers of the controls and their distances, in the order of (distance, row).
    place
        Shape (n,): how many of the controls precede a row.
    limit
        The largest permitted gap, infinite without a caliper.
    tolerance
        Gaps that differ by no more are equal.
    """

    controls: list[int]
    at: list[float]
    place: Ints
    limit: float
    tolerance: float

    @classmethod
    def of(
        cls, distance: Floats, treated: Mask, rows: Ints, limit: float, tolerance: float
    ) -> _Line:
        ordered = rows[np.argsort(distance[rows], kind="stable")]
        is_control = ~treated[ordered]
        controls = ordered[is_control]
        place = np.zeros(treated.size, dtype=np.int64)
        place[ordered] = np.cumsum(is_control)
        return cls(controls.tolist(), distance[controls].tolist(), place, limit, tolerance)

    def nearer(self, score: float, low: int, high: int) -> int | None:
        """Place of the nearer of the free controls at `low` - 1 and `high`; None beyond reach."""
        under = score - self.at[low - 1] if low > 0 else math.inf
        over = self.at[high] - score if high < len(self.at) else math.inf
        if min(under, over) > self.limit or (low == 0 and high == len(self.at)):
            return None
        if abs(under - over) <= self.tolerance:
            return low - 1 if self.controls[low - 1] < self.controls[high] else high
        return low - 1 if under < over else high


def _without_replacement(line: _Line, choosing: list[int], distance: Floats, taken: Ints) -> None:
    size = len(line.controls)
    # below[j]: the nearest free control before place j, plus one; above[j]: the nearest from j on.
    below, above = list(range(size + 1)), list(range(size + 1))
    scores = distance[choosing].tolist()
    places, controls, nearer = line.place[choosing].tolist(), line.controls, line.nearer
    for turn in range(taken.shape[1]):
        matches = []
        for score, place in zip(scores, places, strict=True):
            low, high = below[place], above[place]
            low = low if below[low] == low else _root(below, place)
            high = high if above[high] == high else _root(above, place)
            chosen = nearer(score, low, high)
            if chosen is None:
                matches.append(-1)
                continue
            below[chosen + 1], above[chosen] = chosen, chosen + 1
            matches.append(controls[chosen])
        taken[choosing, turn] = matches


def _root(parent: list[int], i: int) -> int:
    """The end of a chain, halving the chain on the way."""
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


def _with_replacement(line: _Line, choosing: list[int], distance: Floats, taken: Ints) -> None:
    for row in choosing:
        low = high = int(line.place[row])
        for turn in range(taken.shape[1]):
            chosen = line.nearer(float(distance[row]), low, high)
            if chosen is None:
                break
            low, high = min(low, chosen), max(high, chosen + 1)
            taken[row, turn] = line.controls[chosen]


def optimal(
    distance: Floats,
    treated: Mask,
    *,
    caliper: float | None = None,
    strata: Ints | None = None,
) -> Matches:
    """Pairs with the smallest possible sum of distances.

    The largest possible number of pairs, within the caliper if there is one, and among these the
    choice with the smallest sum (Rosenbaum, J Am Stat Assoc 1989;84:1024–1032), by SciPy's
    ``linear_sum_assignment``. Parameters as for `nearest`.
    """
    unit = rounding(distance)
    distance = np.rint((levelled(distance) - distance.min()) / unit)  # equal sums are exactly equal
    limit = math.inf if caliper is None else np.rint(caliper / unit) + 1.0
    pairs: list[tuple[int, int]] = []
    for rows in _strata(strata, treated.size):
        treated_rows, control_rows = rows[treated[rows]], rows[~treated[rows]]
        cost = np.subtract.outer(distance[treated_rows], distance[control_rows])
        np.abs(cost, out=cost)
        too_far = cost > limit
        if too_far.any():  # one forbidden pair costs more than all permitted ones together
            cost[too_far] = (min(cost.shape) + 1) * limit
        i, j = _assignment(cost)
        i, j = i[~too_far[i, j]], j[~too_far[i, j]]
        pairs += zip(treated_rows[i].tolist(), control_rows[j].tolist(), strict=True)
    matches = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
    return Matches(matches[:, 0], matches[:, 1])


def _assignment(cost: Floats) -> tuple[Ints, Ints]:
    """Rows and columns of the assignment with the smallest sum.

    Compiled code does not answer Ctrl-C. It runs in a thread, which an interrupt abandons.
    """
    from scipy.optimize import linear_sum_assignment

    found: list[tuple[Ints, Ints]] = []
    thread = Thread(target=lambda: found.append(linear_sum_assignment(cost)), daemon=True)
    thread.start()
    thread.join()
    if not found:
        raise MemoryError
    return found[0]


def nearest_gaps(values: Floats, others: Floats) -> Floats:
    """Distance of each value from the nearest of `others` (at least one), shape of `values`."""
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
