"""Maximally selected log-rank statistics: a cut-point for survival, with a p that pays for it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hcc2l.stats.risk_sets import Floats, Ints
from hcc2l.stats.tails import normal_tail

HL_ROWS = 150  # the exact bound counts permutations: its time grows with the fourth power of rows
NEAR = 1.1  # how much smaller than the true bound R's may be
TIE = 1e-12  # statistics of equal arrangements differ by rounding alone


@dataclass(frozen=True)
class MaxStat:
    """The log-rank statistic of every cut-point, standardised, and its maximum.

    Attributes
    ----------
    cutpoints
        Shape (c,), rising: the low group is ``x <= cut``.
    low
        Shape (c,): its size.
    statistics
        Shape (c,): absolute standardised statistics.
    best
        Place of the first maximum.
    """

    cutpoints: Floats
    low: Ints
    statistics: Floats
    best: int

    @property
    def cutpoint(self) -> float:
        """Where the statistic is largest."""
        return float(self.cutpoints[self.best])

    @property
    def statistic(self) -> float:
        """The largest statistic."""
        return float(self.statistics[self.best])


def logrank_scores(time: Floats, event: NDArray[np.bool_]) -> Floats:
    """Scores of Hothorn and Lausen, shape (n,): event minus the hazard up to the own time.

    R's ``exactRankTests::cscores``: the event of each row counts among those with times as late or
    later, tied rows one after the other's risk set; the sum is not 0 where times are tied.
    """
    order = np.argsort(time, kind="stable")
    upto = np.searchsorted(time[order], time, side="right")  # rows with times as early
    hazard = np.cumsum((event / (time.size - upto + 1))[order])
    return np.asarray(event - hazard[upto - 1], dtype=np.float64)


def maxstat(values: Floats, scores: Floats, min_prop: float, max_prop: float) -> MaxStat | None:
    """Statistics of every cut-point that leaves the low group between two shares of the rows.

    None where no cut-point does. Lausen and Schumacher, Biometrics 1992;48:73-85.

    Parameters
    ----------
    values, scores
        Shape (n,).
    """
    n = values.size
    order = np.argsort(values, kind="stable")
    x, a = values[order], scores[order]
    low = np.flatnonzero(np.diff(x) > 0) + 1
    low = low[(low >= max(1, math.floor(n * min_prop))) & (low <= math.floor(n * max_prop))]
    if not low.size:
        return None
    mean = float(a.sum()) / n
    spread = float(n * (a @ a) - a.sum() ** 2) / (n * n * (n - 1))
    if spread <= 0:
        return None
    statistics = np.abs(np.cumsum(a)[low - 1] - low * mean) / np.sqrt(low * (n - low) * spread)
    return MaxStat(x[low - 1], low.astype(np.int64), statistics, int(np.argmax(statistics)))


def p_lausen_1992(statistic: float, min_prop: float, max_prop: float) -> float:
    """Asymptotic p over all cut-points between two shares (Lausen and Schumacher 1992)."""
    if statistic < 1:
        return 1.0
    density = math.exp(-statistic * statistic / 2) / math.sqrt(2 * math.pi)
    width = math.log((max_prop * (1 - min_prop)) / ((1 - max_prop) * min_prop))
    p = 4 * density / statistic + density * (statistic - 1 / statistic) * width
    return min(max(p, 0.0), 1.0)


def p_lausen_1994(statistic: float, rows: int, low: Ints) -> float:
    """Improved Bonferroni bound over the cut-points that there are.

    Lausen, Sauerbrei and Schumacher 1994, in: Computational Statistics (Physica), 483-496.
    """
    first, then = low[:-1].astype(np.float64), low[1:].astype(np.float64)
    t = np.sqrt(1 - first * (rows - then) / ((rows - first) * then))
    each = math.exp(-statistic * statistic / 2) / math.pi
    steps = each * (t - (statistic * statistic / 4 - 1) * t**3 / 6)
    return min(max(2 * normal_tail(statistic) + float(steps.sum()), 0.0), 1.0)


def p_hothorn_lausen(
    values: Floats, scores: Floats, min_prop: float, max_prop: float
) -> float:  # fmt: skip
    """Bound on the exact conditional p, from the permutation distribution of rounded scores.

    Hothorn and Lausen, Comput Stat Data Anal 2003;43:121-137; R's ``maxstat`` with ``pmethod =
    "HL"``. NaN with more than `HL_ROWS` rows, or without a cut-point.

    R counts neither arrangements that give just the observed statistic nor low groups of the lowest
    scores alone, and takes sizes between two cut-points for cut-points: in few rows, or with few
    cut-points, its number can be far below the exact p, even 0. It is given where the bound without
    these faults is at most `NEAR` times it, and that bound where not.
    """
    n = values.size
    whole = _whole(scores)
    found = maxstat(values, whole, min_prop, max_prop)
    if n > HL_ROWS or found is None:
        return math.nan
    arrangements = _arrangements(whole.astype(np.int64))
    as_r = _bound(arrangements, found.low, found.statistic * (1 + TIE), strict=False)
    bound = _bound(arrangements, found.low, found.statistic * (1 - TIE), strict=True)
    return min(as_r if bound <= NEAR * as_r else bound, 1.0)


@dataclass(frozen=True)
class _Arrangements:
    """Low groups of 1 to n - 1 rows (row) with each sum of scores (column).

    `share` of the low groups of that size, their `statistic`, and the sum `expected` of that size.
    """

    share: Floats
    statistic: Floats
    expected: Floats
    largest: int


def _arrangements(marks: Ints) -> _Arrangements:
    n, total = marks.size, int(marks.sum())
    size = np.arange(1, n, dtype=np.float64)[:, None]
    expected = size / n * total
    variance = size * (n - size) / (n * n * (n - 1.0))
    variance = variance * (n * float(marks @ marks) - float(total) ** 2)
    counts = _subsets(marks, total)[1:n]
    statistic = np.abs(np.arange(total + 1.0) - expected) / np.sqrt(variance)
    statistic[counts == 0] = 0.0
    choices = np.array([math.comb(n, i) for i in range(1, n)], dtype=np.float64)[:, None]
    return _Arrangements(counts / choices, statistic, expected[:, 0], int(marks.max()))


def _bound(of: _Arrangements, low: Ints, b: float, *, strict: bool) -> float:
    """Share of arrangements beyond `b` at any of the sizes `low`, each counted once at best.

    Without `strict` as R: sizes that are no cut-point count as such, and a sum of 0 does not.
    """
    beyond = np.where(of.statistic > b, of.share, 0.0)
    if not strict:
        beyond[:, 0] = 0.0
    share = beyond.sum(axis=1)
    total = of.share.shape[1] - 1
    for i in range(int(low.min()) - 1, of.share.shape[0] - 1):
        if strict and i + 1 not in low:
            continue
        # Leave out who was beyond already, and stays so whatever score comes next.
        sums = np.flatnonzero(beyond[i] > 0)
        for side, score in ((sums < of.expected[i], of.largest), (sums > of.expected[i], 0)):
            then = sums[side & (sums + score <= total)] + score
            stays = then[of.statistic[i + 1, then] > b] - score
            share[i + 1] -= beyond[i, stays].sum()
    return float(share[low - 1].sum())


def _whole(scores: Floats) -> Floats:
    """Scores as whole numbers from 0 to n, as R rounds them."""
    if not (scores - np.floor(scores)).sum():
        return np.asarray(scores - scores.min())
    shifted = scores - scores.min()
    return np.asarray(np.round(shifted * scores.size / shifted.max()))


def _subsets(scores: Ints, total: int) -> Floats:
    """How many subsets have each size (row) and each sum of scores (column).

    The shift algorithm of Streitberg and Roehmel, Stat Softw Newsl 1986;12:10-17.
    """
    counts = np.zeros((scores.size + 1, total + 1))
    counts[0, 0] = 1.0
    reached = 0
    for i, score in enumerate(scores.tolist()):
        counts[1 : i + 2, score : reached + score + 1] += counts[: i + 1, : reached + 1].copy()
        reached += score
    return counts
