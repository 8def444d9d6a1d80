"""Tests of counts within matched sets."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from hcc2l.stats.risk_sets import Floats, Ints
from hcc2l.stats.tails import chi_square_tail
from hcc2l.stats.test import Test

Mask = NDArray[np.bool_]


def matched_counts(codes: Ints, levels: int, treated: Mask, sets: Ints) -> Test:
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
