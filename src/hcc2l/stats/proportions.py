"""Confidence limits of a proportion, and of the difference of two."""

from __future__ import annotations

from typing import Literal

import numpy as np

from hcc2l.stats.risk_sets import Floats
from hcc2l.stats.tails import normal_quantile

ProportionInterval = Literal["wilson", "clopper-pearson"]


def proportion_limits(
    count: Floats, total: Floats, conf_level: float, method: ProportionInterval = "wilson"
) -> tuple[Floats, Floats]:
    """Lower and upper limits of `count` out of `total`, same shape; NaN where `total` is 0.

    Parameters
    ----------
    count, total
        Any shape; whole numbers, 0 <= count <= total.
    method
        ``wilson`` (J Am Stat Assoc 1927;22:209–212; without continuity correction) or
        ``clopper-pearson`` (Biometrika 1934;26:404–413; R's ``binom.test``).
    """
    x, n = np.asarray(count, dtype=np.float64), np.asarray(total, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        lower, upper = (_wilson if method == "wilson" else _clopper_pearson)(x, n, conf_level)
    undefined = n <= 0
    return np.where(undefined, np.nan, lower), np.where(undefined, np.nan, upper)


def _wilson(x: Floats, n: Floats, conf_level: float) -> tuple[Floats, Floats]:
    z = normal_quantile(conf_level)
    centre = (x + z * z / 2) / (n + z * z)
    half = z / (n + z * z) * np.sqrt(x * (n - x) / n + z * z / 4)
    # At x = 0 and x = n one limit is exactly 0 or 1, which rounding would miss.
    return np.where(x == 0, 0.0, centre - half), np.where(x == n, 1.0, centre + half)


def _clopper_pearson(x: Floats, n: Floats, conf_level: float) -> tuple[Floats, Floats]:
    from scipy.special import betaincinv

    tail = (1 - conf_level) / 2
    lower = np.where(x == 0, 0.0, betaincinv(np.maximum(x, 1), n - x + 1, tail))
    upper = np.where(x == n, 1.0, betaincinv(x + 1, np.maximum(n - x, 1), 1 - tail))
    return lower, upper


def difference_limits(
    count: tuple[int, int], total: tuple[int, int], conf_level: float
) -> tuple[float, float]:
    """Limits of the difference of two independent proportions, the second minus the first.

    Newcombe's method 10, from the Wilson limits of each proportion, without continuity correction
    (Stat Med 1998;17:873–890). NaN where a total is 0.
    """
    x, n = np.array(count, dtype=np.float64), np.array(total, dtype=np.float64)
    if (n == 0).any():
        return np.nan, np.nan
    lower, upper = proportion_limits(x, n, conf_level)
    share = x / n
    below, above = share - lower, upper - share
    difference = share[1] - share[0]
    return (
        float(difference - np.hypot(below[1], above[0])),
        float(difference + np.hypot(above[1], below[0])),
    )
