"""Balance of a covariate between two groups: means, standardised differences, variance ratios."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hcc2l.stats.risk_sets import Floats

# Values that differ by less than this share of the largest differ by rounding only.
ROUNDING = 1e-12


@dataclass(frozen=True)
class Balance:
    """Balance of one covariate between treated and controls.

    Attributes
    ----------
    treated, control
        (Weighted) means; proportions of a 0/1 covariate.
    smd
        Difference in means over the given standard deviation; if that is 0, 0 for equal means,
        else NaN.
    variance_ratio
        Variance of the treated over that of the controls; NaN for a 0/1 covariate.
    """

    treated: float
    control: float
    smd: float
    variance_ratio: float


def is_binary(x: Floats) -> bool:
    """Whether a covariate takes no values other than 0 and 1."""
    return bool(np.all((x == 0) | (x == 1)))


def weighted_variance(x: Floats, weights: Floats, *, binary: bool) -> float:
    """Weighted variance of a covariate: sum w (x - m)^2 / (1 - sum w^2), sum w = 1.

    For a 0/1 covariate p (1 - p). 0 if values differ by rounding only, NaN for a single row.
    """
    total = weights.sum()
    mean = float((weights * x).sum() / total)  # of ones exactly 1
    if binary:
        return mean * (1.0 - mean)
    w = weights / total
    rest = 1.0 - float(w @ w)
    if not rest > 1e-12:
        return float("nan")
    return float(w @ (x - mean) ** 2) / rest if np.ptp(x) > ROUNDING * np.abs(x).max() else 0.0


def spread(x: Floats, treated: NDArray[np.bool_], *, pooled: bool) -> float:
    """Standard deviation of the unmatched groups, the denominator of standardised differences.

    ``sqrt((s1^2 + s0^2) / 2)`` if `pooled` (Rosenbaum and Rubin, Am Stat 1985;39:33–38), else that
    of the treated (R's ``summary(matchit)``).
    """
    binary = is_binary(x)
    ones = np.ones(x.size)
    of_treated = weighted_variance(x[treated], ones[treated], binary=binary)
    if not pooled:
        return float(np.sqrt(of_treated))
    of_controls = weighted_variance(x[~treated], ones[~treated], binary=binary)
    return float(np.sqrt((of_treated + of_controls) / 2))


def balance(x: Floats, treated: NDArray[np.bool_], weights: Floats, sd: float) -> Balance:
    """Balance of a covariate between the groups, in the sample of positive weight.

    Parameters
    ----------
    x, treated, weights
        Shape (n,); rows of weight 0 are not in the sample.
    sd
        From `spread`.
    """
    binary = is_binary(x)
    parts = []
    for group in (treated, ~treated):
        inside = group & (weights > 0)
        v, w = x[inside], weights[inside]
        parts.append((float((w * v).sum() / w.sum()), weighted_variance(v, w, binary=binary)))
    (first, first_variance), (second, second_variance) = parts
    difference = first - second
    if abs(difference) <= ROUNDING * float(np.abs(x).max()):
        difference = 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = float(np.float64(first_variance) / np.float64(second_variance))
    return Balance(
        treated=first,
        control=second,
        smd=difference / sd if sd > 0 else (0.0 if difference == 0 else float("nan")),
        variance_ratio=float("nan") if binary else ratio,
    )


def levels_difference(table: Floats, weighted: Floats, *, pooled: bool) -> float:
    """Standardised difference of a factor between two groups: of all its levels together.

    sqrt((p - q)' S^-1 (p - q)), where p and q are the shares of all levels but one and S is the
    mean of their multinomial covariances, or that of the second group unless `pooled` (Yang and
    Dalton, SAS Global Forum 2012;335). With two levels, the difference of the shares over their
    SD. NaN if a group has no patients, or if the groups differ in a level that does not vary.

    Parameters
    ----------
    table, weighted
        Shape (levels, 2): patients, whose shares give S, and sums of their weights, whose shares
        are compared.
    """
    table, weighted = (t[table.sum(axis=1) > 0] for t in (table, weighted))
    if not (table.sum(axis=0) > 0).all():
        return float("nan")
    shares = (table / table.sum(axis=0))[1:]
    compared = (weighted / weighted.sum(axis=0))[1:]
    difference = compared[:, 0] - compared[:, 1]
    if not (np.abs(difference) > ROUNDING).any():
        return 0.0
    covariances = [np.diag(p) - np.outer(p, p) for p in shares.T]
    spread_of = (covariances[0] + covariances[1]) / 2 if pooled else covariances[1]
    inverse = np.linalg.pinv(spread_of, rcond=1e-8)
    if not np.allclose(spread_of @ inverse @ difference, difference, atol=1e-9):
        return float("nan")
    return float(np.sqrt(difference @ inverse @ difference))
