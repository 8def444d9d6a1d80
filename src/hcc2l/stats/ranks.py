"""Rank tests, between groups and within pairs."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from hcc2l.stats.risk_sets import Floats
from hcc2l.stats.tails import chi_square_tail, normal_tail
from hcc2l.stats.test import Test


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
    when there are no others. The statistic is V, the sum of the positive ranks.

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
    kept = difference[np.abs(difference) > rounding]
    if not kept.size:
        return Test(name, 0.0, 0, 1.0)
    ranks, ties = _ranks(np.abs(kept), rounding)
    v, n = float(ranks[kept > 0].sum()), kept.size
    variance = n * (n + 1) * (2 * n + 1) / 24 - ties / 48
    return Test(name, v, 0, _two_sided(v - n * (n + 1) / 4, variance, corrected))


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
