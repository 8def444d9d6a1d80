"""Tests of a variable between two groups, independent or matched."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hcc2l.stats.risk_sets import Floats, Ints
from hcc2l.stats.tails import chi_square_tail, normal_tail

SMALL_EXPECTED = 5.0


@dataclass(frozen=True)
class Test:
    """A test: name, statistic (NaN if it has none), degrees of freedom (0 if none) and p."""

    name: str
    statistic: float
    df: int
    p: float


def contingency(codes: Ints, levels: int, treated: NDArray[np.bool_]) -> Floats:
    """Counts of each level (rows) among the treated and the controls (columns)."""
    cells = np.bincount(codes * 2 + ~treated, minlength=levels * 2).reshape(levels, 2)
    return cells.astype(np.float64)


def independent_counts(table: Floats) -> Test:
    """Pearson's chi-square test, or Fisher's exact test of a small 2 x 2 table.

    Without continuity correction. Small: an expected count below 5. Levels without rows are
    ignored. R's
    ``chisq.test(correct = FALSE)`` and ``fisher.test``.
    """
    table = table[table.sum(axis=1) > 0]
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / table.sum()
    if table.shape[0] < 2 or (table.sum(axis=0) == 0).any():
        return Test("chi-square", math.nan, 0, math.nan)
    if table.shape == (2, 2) and (expected < SMALL_EXPECTED).any():
        return Test("fisher", math.nan, 0, fisher(table))
    statistic = float(((table - expected) ** 2 / expected).sum())
    df = table.shape[0] - 1
    return Test("chi-square", statistic, df, chi_square_tail(df, statistic))


def fisher(table: Floats) -> float:
    """Two-sided p of Fisher's exact test of a 2 x 2 table.

    The sum of the probabilities of all tables with the same margins that are no more probable than
    the observed one, within a relative 1e-7, as in R's ``fisher.test``.
    """
    (a, b), (c, d) = table.astype(np.int64).tolist()
    first, second, column = a + b, c + d, a + c
    possible = np.arange(max(0, column - second), min(first, column) + 1)
    logs = [_log_choose(first, k) + _log_choose(second, column - k) for k in possible.tolist()]
    weights = np.exp(np.array(logs) - max(logs))
    observed = weights[a - possible[0]]
    return min(1.0, float(weights[weights <= observed * (1 + 1e-7)].sum() / weights.sum()))


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def mann_whitney(x: Floats, treated: NDArray[np.bool_], *, corrected: bool = True) -> Test:
    """Mann–Whitney test, normal approximation with correction for ties.

    R's ``wilcox.test(exact = FALSE)``; the statistic is W of the treated. `corrected` is for
    continuity.
    """
    ranks, ties = ranks_of(x)
    n, m = int(treated.sum()), int((~treated).sum())
    if not n or not m:
        return Test("mann-whitney", math.nan, 0, math.nan)
    w = float(ranks[treated].sum()) - n * (n + 1) / 2
    total = n + m
    variance = n * m / 12 * (total + 1 - ties / (total * (total - 1)))
    return Test("mann-whitney", w, 0, _two_sided(w - n * m / 2, variance, corrected))


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
    kept = difference[np.abs(difference) > rounding]
    if not kept.size:
        return Test("wilcoxon", 0.0, 0, 1.0)
    ranks, ties = ranks_of(np.abs(kept), rounding)
    v, n = float(ranks[kept > 0].sum()), kept.size
    variance = n * (n + 1) * (2 * n + 1) / 24 - ties / 48
    return Test("wilcoxon", v, 0, _two_sided(v - n * (n + 1) / 4, variance, corrected))


def ranks_of(x: Floats, rounding: float = 0.0) -> tuple[Floats, float]:
    """Midranks, and the sum over ties of t^3 - t."""
    values, index = np.unique(x, return_inverse=True)
    tied_with = np.cumsum(np.concatenate(([True], np.diff(values) > rounding))) - 1
    index = tied_with[index]
    count = np.bincount(index)
    middle = np.cumsum(count) - (count - 1) / 2
    size = count.astype(np.float64)
    return middle[index], float((size**3 - size).sum())


def _two_sided(difference: float, variance: float, corrected: bool) -> float:
    """p of a difference from its mean, less 0.5 if `corrected`; 1 without any variance."""
    if variance <= 0:
        return 1.0
    z = (abs(difference) - 0.5 * corrected) / math.sqrt(variance)
    return min(1.0, 2 * normal_tail(max(z, 0.0)))


def matched_counts(codes: Ints, levels: int, treated: NDArray[np.bool_], sets: Ints) -> Test:
    """Test of equal distribution of the levels among treated and controls of matched sets.

    The Mantel–Haenszel test of general association across the sets, without correction: for pairs
    and two levels McNemar's test (b - c)^2 / (b + c), for pairs and more levels Stuart and
    Maxwell's. p is 1 when no set has different levels, NaN when all rows have the same level. R's
    ``mantelhaen.test(correct = FALSE)``, ``mcnemar.test(correct = FALSE)``.

    The counts of levels that are linked by sets have a constant sum, so that one of them is
    redundant: the degrees of freedom are the levels less the groups of linked levels.

    Parameters
    ----------
    codes, treated, sets
        Shape (n,), rows in a set; each set has one treated row.
    """
    number = int(sets.max()) + 1
    all_of = np.zeros((number, levels))
    np.add.at(all_of, (sets, codes), 1.0)
    size = all_of.sum(axis=1)
    share = all_of / size[:, None]
    observed = np.bincount(codes[treated], minlength=levels).astype(np.float64)
    score = observed - share.sum(axis=0)
    # One treated row per set: its level is one draw from the set.
    variance = np.diag(share.sum(axis=0)) - share.T @ share
    free = _linked(all_of) < np.arange(levels)  # all but the first level of each group
    name = "mantel-haenszel"
    if int(size.max()) <= 2:
        name = "mcnemar" if np.unique(codes).size <= 2 else "stuart-maxwell"
    if np.unique(codes).size < 2:
        return Test(name, math.nan, 0, math.nan)
    df = int(free.sum())
    if not df:
        return Test(name, 0.0, 1, 1.0)
    statistic = float(score[free] @ np.linalg.solve(variance[np.ix_(free, free)], score[free]))
    return Test(name, statistic, df, chi_square_tail(df, statistic))


def _linked(all_of: Floats) -> Ints:
    """The first level linked with each level by sets that contain both, shape (levels,).

    `all_of`, shape (sets, levels), counts the rows of each level in each set.
    """
    levels = all_of.shape[1]
    together = (all_of.T @ all_of > 0) | np.eye(levels, dtype=np.bool_)
    first = np.arange(levels)
    for _ in range(levels):
        first = np.where(together, first, levels).min(axis=1)
    return first
