"""Tests of means, between groups and within pairs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hcc2l.stats.risk_sets import Floats
from hcc2l.stats.test import Test


@dataclass(frozen=True)
class MeanDifference:
    """A difference of means with its confidence limits, NaN where it has none."""

    estimate: float
    lower: float
    upper: float


def student(groups: Sequence[Floats]) -> Test:
    """Student's t test of two groups with a common variance; R's ``t.test(var.equal = TRUE)``."""
    first, second = groups
    if not first.size or not second.size:
        return Test("student", math.nan, 0, math.nan)
    variance, df = _common_variance(groups)
    error = math.sqrt(variance * (1 / first.size + 1 / second.size)) if df > 0 else math.nan
    means = float(first.mean()), float(second.mean())
    return _t("student", means[0] - means[1], _beyond_rounding(error, *means), df)


def welch(groups: Sequence[Floats]) -> Test:
    """Welch's t test of two groups; R's ``t.test``."""
    if any(not group.size for group in groups):
        return Test("welch", math.nan, 0, math.nan)
    return _t("welch", *_welch_parts(groups))


def paired_t(difference: Floats) -> Test:
    """The t test of differences within pairs, shape (n,); R's ``t.test(paired = TRUE)``."""
    return _t("paired-t", *_paired_parts(difference))


def paired_difference(difference: Floats, conf_level: float) -> MeanDifference:
    """The mean difference within pairs, with the limits of the paired t test."""
    return _limits(*_paired_parts(difference), conf_level)


def anova(groups: Sequence[Floats]) -> Test:
    """One-way analysis of variance; R's ``aov``. Empty groups are ignored."""
    groups = [group for group in groups if group.size]
    if len(groups) < 2:
        return Test("anova", math.nan, 0, math.nan)
    variance, df_within = _common_variance(groups)
    spread = _beyond_rounding(math.sqrt(variance), *(float(g.mean()) for g in groups))
    within = variance if spread else 0.0
    n, k = sum(g.size for g in groups), len(groups)
    mean = sum(float(g.sum()) for g in groups) / n
    between = sum(g.size * float(g.mean() - mean) ** 2 for g in groups) / (k - 1)
    return _f("anova", between, within, k - 1, df_within)


def welch_anova(groups: Sequence[Floats]) -> Test:
    """Analysis of variance with unequal variances; R's ``oneway.test``.

    Welch, Biometrika 1951;38:330–336.
    """
    k = len(groups)
    if any(g.size < 2 or np.ptp(g) == 0 for g in groups):
        return Test("welch-anova", math.nan, k - 1, math.nan)
    n = np.array([g.size for g in groups], dtype=np.float64)
    weight = n / np.array([g.var(ddof=1) for g in groups])
    share = weight / weight.sum()
    means = np.array([g.mean() for g in groups])
    gap = float(np.sum((1 - share) ** 2 / (n - 1))) / (k**2 - 1)
    between = float(weight @ (means - share @ means) ** 2) / (k - 1)
    return _f("welch-anova", between, 1 + 2 * (k - 2) * gap, k - 1, 1 / (3 * gap))


def _common_variance(groups: Sequence[Floats]) -> tuple[float, int]:
    """The pooled variance within groups and its degrees of freedom; NaN without any."""
    df = sum(g.size for g in groups) - len(groups)
    squares = sum(float(((g - g.mean()) ** 2).sum()) for g in groups)
    return (squares / df if df > 0 else math.nan), df


def _welch_parts(groups: Sequence[Floats]) -> tuple[float, float, float]:
    """Difference of means, its standard error, and Satterthwaite's degrees of freedom."""
    first, second = groups
    means = float(first.mean()), float(second.mean())
    difference = means[0] - means[1]
    if min(first.size, second.size) < 2:
        return difference, math.nan, math.nan
    parts = [float(g.var(ddof=1)) / g.size for g in groups]
    if sum(parts) == 0:
        return difference, 0.0, math.nan
    df = sum(parts) ** 2 / sum(v**2 / (g.size - 1) for v, g in zip(parts, groups, strict=True))
    return difference, _beyond_rounding(math.sqrt(sum(parts)), *means), df


def _paired_parts(difference: Floats) -> tuple[float, float, float]:
    n = difference.size
    if n < 2:
        return (float(difference.mean()) if n else math.nan), math.nan, math.nan
    mean, error = float(difference.mean()), float(difference.std(ddof=1)) / math.sqrt(n)
    return mean, _beyond_rounding(error, mean), float(n - 1)


def _beyond_rounding(error: float, *means: float) -> float:
    """A standard error or deviation; 0 if it is one of rounding alone.

    R's ``t.test`` then says "data are essentially constant".
    """
    return 0.0 if error < 10 * np.finfo(np.float64).eps * max(map(abs, means)) else error


def _t(name: str, difference: float, error: float, df: float) -> Test:
    from scipy.special import stdtr

    if not error > 0:
        return Test(name, math.nan, df, math.nan)
    statistic = difference / error
    return Test(name, statistic, df, 2 * float(stdtr(df, -abs(statistic))))


def _f(name: str, between: float, within: float, df: float, df_within: float) -> Test:
    from scipy.special import fdtrc

    if not within > 0:
        return Test(name, math.nan, df, math.nan, df_within)
    statistic = between / within
    return Test(name, statistic, df, float(fdtrc(df, df_within, statistic)), df_within)


def _limits(difference: float, error: float, df: float, conf_level: float) -> MeanDifference:
    from scipy.special import stdtrit

    half = float(stdtrit(df, 0.5 + conf_level / 2)) * error if error > 0 else math.nan
    return MeanDifference(difference, difference - half, difference + half)
