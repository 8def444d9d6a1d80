"""Rank tests, between groups and within pairs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hcc2l.stats.risk_sets import Floats, Ints
from hcc2l.stats.tails import chi_square_tail, normal_quantile, normal_tail
from hcc2l.stats.test import Test


@dataclass(frozen=True)
class PseudoMedian:
    """A Hodges–Lehmann estimate with its confidence limits; NaN where it has none."""

    estimate: float
    lower: float
    upper: float


def mann_whitney(groups: Sequence[Floats], *, corrected: bool = True) -> Test:
    """Mann–Whitney test of two groups, normal approximation with correction for ties.

    R's ``wilcox.test(exact = FALSE)``; the statistic is W of the first group. `corrected` is for
    continuity.
    """
    name = "mann-whitney" if corrected else "mann-whitney-uncorrected"
    first, second = groups
    n, m = first.size, second.size
    if not n or not m:
        return Test(name, math.nan, 0, math.nan)
    ranks, ties = _ranks(np.concatenate(groups))
    w = float(ranks[:n].sum()) - n * (n + 1) / 2
    total = n + m
    variance = n * m / 12 * (total + 1 - ties / (total * (total - 1)))
    return Test(name, w, 0, _two_sided(w - n * m / 2, variance, corrected))


def kruskal_wallis(groups: Sequence[Floats]) -> Test:
    """Kruskal–Wallis test with correction for ties; R's ``kruskal.test``.

    Groups without values are ignored.
    """
    groups = [group for group in groups if group.size]
    if len(groups) < 2:
        return Test("kruskal-wallis", math.nan, 0, math.nan)
    ranks, ties = _ranks(np.concatenate(groups))
    n, df = ranks.size, len(groups) - 1
    spread = 1 - ties / (n**3 - n)
    if spread <= 0:
        return Test("kruskal-wallis", math.nan, df, math.nan)
    ends = np.cumsum([g.size for g in groups])[:-1]
    sums = sum(float(part.sum()) ** 2 / part.size for part in np.split(ranks, ends))
    statistic = (12 * sums / (n * (n + 1)) - 3 * (n + 1)) / spread
    return Test("kruskal-wallis", statistic, df, chi_square_tail(df, statistic))


def signed_rank(difference: Floats, rounding: float = 0.0, *, corrected: bool = True) -> Test:
    """Wilcoxon's signed-rank test, normal approximation with correction for ties.

    Zero differences are excluded, as in R's ``wilcox.test(paired = TRUE, exact = FALSE)``; p is 1
    when there are no others, NaN without any difference. The statistic is V, the sum of the
    positive ranks.

    Parameters
    ----------
    difference
        Shape (n,).
    rounding
        Differences up to this are zero, and absolute differences this close are tied: of computed
        values, such as means, that are equal but for their last digits.
    corrected
        For continuity.
    """
    name = "wilcoxon" if corrected else "wilcoxon-uncorrected"
    if not difference.size:
        return Test(name, math.nan, 0, math.nan)
    kept = difference[np.abs(difference) > rounding]
    if not kept.size:
        return Test(name, 0.0, 0, 1.0)
    ranks, ties = _ranks(np.abs(kept), rounding)
    v, n = float(ranks[kept > 0].sum()), kept.size
    variance = n * (n + 1) * (2 * n + 1) / 24 - ties / 48
    return Test(name, v, 0, _two_sided(v - n * (n + 1) / 4, variance, corrected))


def pseudo_median(difference: Floats, conf_level: float) -> PseudoMedian:
    """The Hodges–Lehmann estimate of differences within pairs, with the limits of Wilcoxon's test.

    The median of all means of two of the n differences, or of one with itself (Walsh averages). The
    limits are the values that the signed-rank test with continuity correction does not reject, by
    the normal approximation with correction for ties. Zero differences are excluded; 0 without
    limits when there are no others. R's ``wilcox.test(paired = TRUE, exact = FALSE, conf.int =
    TRUE)``, which finds the same values by search; where the two middle means differ, the estimate
    is halfway between them, as that of ``exact = TRUE``. Hodges and Lehmann, Ann Math Stat
    1963;34:598–611.

    Parameters
    ----------
    difference
        Shape (n,).
    conf_level
        The limits are NaN if the pairs are too few for it; all are NaN if numbers overflow.
    """
    x = np.sort(difference[difference != 0])
    n = x.size
    if not n:
        return PseudoMedian(0.0, math.nan, math.nan)
    if not math.isfinite(4 * float(np.abs(x).max())):  # sums of them overflow
        return PseudoMedian(math.nan, math.nan, math.nan)
    total = n * (n + 1) // 2
    low, high = (_walsh_average(x, place) for place in ((total - 1) // 2, total // 2))
    _, ties = _ranks(x)
    sd = math.sqrt(n * (n + 1) * (2 * n + 1) / 24 - ties / 48)
    # V is the number of Walsh averages above the value tested.
    rejected = math.floor(total / 2 + 0.5 + normal_quantile(conf_level) * sd) + 1
    if rejected > total:
        return PseudoMedian((low + high) / 2, math.nan, math.nan)
    lower, upper = _walsh_average(x, total - rejected), _walsh_average(x, rejected - 1)
    return PseudoMedian((low + high) / 2, lower, upper)


def _walsh_average(x: Floats, place: int) -> float:
    """The Walsh average at a place, from 0 in ascending order, of ascending `x`, shape (n,).

    All n (n + 1) / 2 of them would fill the memory, so they are counted, not listed.
    """
    first = np.arange(x.size)

    def above(value: float) -> Ints:
        """The first partner of each element, itself or a later one, with a mean above `value`."""
        return np.maximum(np.searchsorted(x, 2 * value - x, side="right"), first)

    span = float(np.abs(x).max())
    low, high = float(x[0]) - span, float(x[-1])
    while high - low > 1e-13 * span:
        middle = (low + high) / 2
        if int((above(middle) - first).sum()) <= place:
            low = middle
        else:
            high = middle
    partner = above(low)
    paired = partner < x.size
    return float(((x[paired] + x[partner[paired]]) / 2).min())


def _ranks(x: Floats, rounding: float = 0.0) -> tuple[Floats, float]:
    """Midranks, and the sum over ties of t^3 - t."""
    values, index = np.unique(x, return_inverse=True)
    tied_with = np.cumsum(np.concatenate(([True], np.diff(values) > rounding))) - 1
    index = tied_with[index]
    count = np.bincount(index)
    middle = np.cumsum(count) - (count - 1) / 2
    size = count.astype(np.float64)
    return middle[index], float((size**3 - size).sum())


def _two_sided(difference: float, variance: float, corrected: bool) -> float:
    """P of a difference from its mean, less 0.5 if `corrected`; 1 without any variance."""
    if variance <= 0:
        return 1.0
    z = (abs(difference) - 0.5 * corrected) / math.sqrt(variance)
    return min(1.0, 2 * normal_tail(max(z, 0.0)))
