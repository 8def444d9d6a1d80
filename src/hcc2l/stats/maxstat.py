"""Maximally selected log-rank statistics: cut-points for survival, with adjusted p."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hcc2l.stats.risk_sets import Floats, Ints
from hcc2l.stats.tails import normal_tail

HL_ROWS = 150  # the bound counts permutations, in time that grows with the fourth power of the rows
NEAR = 1.1  # the largest ratio of the bound to R's number at which R's number is given
TIE = 1e-12  # relative; statistics of equal arrangements differ by rounding alone


@dataclass(frozen=True)
class MaxStat:
    """The log-rank statistic of every cut-point, standardised, and its maximum.

    Attributes
    ----------
    cutpoints
        Shape (c,), rising: the low group is ``x <= cut``.
    low
        Shape (c,): number of rows in the low group.
    statistics
        Shape (c,): absolute standardised statistics.
    best
        Index of the first maximum.
    """

    cutpoints: Floats
    low: Ints
    statistics: Floats
    best: int

    @property
    def cutpoint(self) -> float:
        """The cut-point with the largest statistic."""
        return float(self.cutpoints[self.best])

    @property
    def statistic(self) -> float:
        """The largest statistic."""
        return float(self.statistics[self.best])


def logrank_scores(time: Floats, event: NDArray[np.bool_]) -> Floats:
    """Log-rank scores of Hothorn and Lausen, shape (n,): event minus cumulative hazard.

    As R's ``exactRankTests::cscores``: at tied times every event is divided by the number at risk
    after all but one of the tied rows have left, so the scores do not sum to 0.
    """
    order = np.argsort(time, kind="stable")
    upto = np.searchsorted(time[order], time, side="right")  # rows with a time up to this one
    hazard = np.cumsum((event / (time.size - upto + 1))[order])
    return np.asarray(event - hazard[upto - 1], dtype=np.float64)


def maxstat(values: Floats, scores: Floats, min_prop: float, max_prop: float) -> MaxStat | None:
    """Statistics of all cut-points whose low group holds between two shares of the rows.

    None without such a cut-point. Lausen and Schumacher, Biometrics 1992;48:73–85.

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
    """Improved Bonferroni bound over the observed cut-points.

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

    Hothorn and Lausen, Comput Stat Data Anal 2003;43:121–137; R's ``maxstat`` with ``pmethod =
    "HL"``. NaN with more than `HL_ROWS` rows, or without a cut-point.

    With a single cut-point it is the exact two-sided p, as R's ``exactRankTests::pperm``. With
    several, R omits arrangements as extreme as the observed one and low groups that hold the lowest
    scores alone, and counts sizes between two cut-points as cut-points; in small samples, or with
    few cut-points, its number can be far below the exact p, even 0. R's number is given where the
    bound without these omissions is at most `NEAR` times as large, and that bound otherwise.
    """
    whole = _whole(scores)
    selected = maxstat(values, whole, min_prop, max_prop)
    if values.size > HL_ROWS or selected is None:
        return math.nan
    marks, low = whole.astype(np.int64), selected.low
    arrangements = _arrangements(marks)
    sums = np.cumsum(marks[np.argsort(values, kind="stable")])[low - 1]
    # Read from the table, so that equal arrangements compare as they do in R, to the last bit.
    largest = float(arrangements.statistic[low - 1, sums].max())
    bound = _bound(arrangements, low, largest * (1 - TIE) - TIE, strict=True)
    if low.size == 1:
        return min(bound, 1.0)
    as_r = _bound(arrangements, low, largest, strict=False)
    return min(as_r if bound <= NEAR * as_r else bound, 1.0)


@dataclass(frozen=True)
class _Arrangements:
    """Low groups of 1 to n - 1 rows (row) by their sum of scores (column).

    Attributes
    ----------
    share
        Share of all low groups of that size that have that sum.
    statistic
        Their absolute standardised statistic.
    expected
        Shape (n - 1,): expected sum of each size.
    largest
        The largest score.
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
    """Share of arrangements whose statistic exceeds `b` at any of the sizes `low`.

    An arrangement that exceeds it at several sizes is counted once where that can be told. Without
    `strict` as in R: sizes between two cut-points count as cut-points, and a sum of 0 does not.
    """
    beyond = np.where(of.statistic > b, of.share, 0.0)
    if not strict:
        beyond[:, 0] = 0.0
    share = beyond.sum(axis=1)
    total = of.share.shape[1] - 1
    for i in range(int(low.min()) - 1, of.share.shape[0] - 1):
        if strict and i + 1 not in low:
            continue
        # Not counted again: arrangements that stay beyond `b` whatever score comes next.
        sums = np.flatnonzero(beyond[i] > 0)
        for below, score in ((True, of.largest), (False, 0)):
            here = sums[sums < of.expected[i]] if below else sums[sums > of.expected[i]]
            then = here[here + score <= total] + score
            if strict:  # beyond on the other side, some score between the two may not be
                then = then[(then < of.expected[i + 1]) == below]
            stays = then[of.statistic[i + 1, then] > b] - score
            share[i + 1] -= beyond[i, stays].sum()
    return float(share[low - 1].sum())


def _whole(scores: Floats) -> Floats:
    """Scores as whole numbers from 0, rounded to n steps as in R, shape (n,)."""
    shifted = scores - scores.min()
    if (scores * 2 % 1 == 0).all():  # whole numbers, or halves, are kept
        return np.asarray(shifted * (1 if (scores % 1 == 0).all() else 2))
    return np.asarray(np.round(shifted * scores.size / shifted.max()))


def _subsets(scores: Ints, total: int) -> Floats:
    """Number of subsets of each size (row) with each sum of scores (column).

    The shift algorithm of Streitberg and Roehmel, Stat Softw Newsl 1986;12:10–17.
    """
    counts = np.zeros((scores.size + 1, total + 1))
    counts[0, 0] = 1.0
    reached = 0
    for i, score in enumerate(scores.tolist()):
        counts[1 : i + 2, score : reached + score + 1] += counts[: i + 1, : reached + 1].copy()
        reached += score
    return counts
