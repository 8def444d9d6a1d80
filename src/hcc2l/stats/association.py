"""Association of a covariate with a score: the permutation test of a conditional tree."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hcc2l.stats.risk_sets import Floats
from hcc2l.stats.tails import chi_square_tail, normal_tail

# R's `ctree_control(tol)`: a variance up to this counts as 0.
NO_VARIANCE = 1e-10
# Values beyond this are scaled because their squares would overflow.
LARGE = 1e100
# The largest absolute error of `largest_of_levels`.
MAX_P_ERROR = 1e-9
_MOST_POINTS = 200_000


@dataclass(frozen=True)
class Covariate:
    """A candidate for a split.

    Attributes
    ----------
    kind
        ``numeric``, ``ordered`` or ``factor``.
    values
        Shape (n,), NaN where missing: the number, or the index of the level from 0.
    levels
        Number of declared levels; 0 for a number.
    """

    kind: Literal["numeric", "ordered", "factor"]
    values: Floats
    levels: int = 0


@dataclass(frozen=True)
class Scores:
    """Scores of the rows, with their mean and variance (divisor n)."""

    values: Floats
    mean: float
    variance: float


def moments(values: Floats) -> Scores:
    """Scores of shape (n,) with their mean and variance."""
    mean = float(values.mean()) if values.size else 0.0
    return Scores(values, mean, float(np.mean((values - mean) ** 2)) if values.size else 0.0)


@dataclass(frozen=True)
class Association:
    """Test of one covariate in one node; the defaults are those of a covariate not tested.

    Attributes
    ----------
    statistic
        Quadratic form, or the largest absolute standardised component.
    df
        Rank of the quadratic form, or number of varying components of the maximum statistic.
    p, p_adjusted
        p without and with adjustment.
    criterion
        1 - p_adjusted as R rounds it, by which covariates are ranked; -infinity if the covariate
        was chosen but no cut leaves enough rows on both sides.
    tested
        Whether enough rows have a value; only tested covariates count in the adjustment.
    """

    statistic: float = 0.0
    df: int = 0
    p: float = 1.0
    p_adjusted: float = 1.0
    criterion: float = 0.0
    tested: bool = False

    def adjusted(self, tests: int) -> Association:
        """The test with p adjusted for a number of tests: 1 - (1 - p)^tests."""
        if not self.tested:
            return self
        adjusted = 1.0 if self.p >= 1 else -math.expm1(tests * math.log1p(-self.p))
        return replace(self, p_adjusted=adjusted, criterion=(1.0 - self.p) ** tests)

    def uncuttable(self) -> Association:
        """The test with a criterion that is never chosen."""
        return replace(self, criterion=-math.inf)


def associate(
    covariate: Covariate, values: Floats, scores: Scores, statistic: Literal["quad", "max"]
) -> Association:
    """Test of the association of values, shape (n,) without NaN, with their scores.

    Notes
    -----
    Strasser and Weber, Math Methods Stat 1999;8:220–250: conditional on the scores, the sum of
    scores in each component has a known mean and covariance over all permutations.
    """
    if covariate.kind == "factor":
        codes = values.astype(np.intp)
        count = np.bincount(codes, minlength=covariate.levels).astype(np.float64)
        total: Floats = np.bincount(
            codes, weights=scores.values, minlength=covariate.levels
        ).astype(np.float64)
        return _of_levels(count, total, scores, statistic)
    return _of_number(values, scores, statistic)


def _of_number(values: Floats, scores: Scores, statistic: str) -> Association:
    n = values.size
    unit = max(float(values.max()), -float(values.min()))
    unit = unit if unit > LARGE else 1.0  # the statistics are the same in any unit
    if unit > 1:
        values = values / unit
    centred = values - values.mean()
    variance = scores.variance * n / (n - 1) * float(centred @ centred) if n > 1 else 0.0
    if not variance > NO_VARIANCE / unit / unit:
        return Association(tested=True)
    gap = float(centred @ scores.values)
    if statistic == "max":
        z = abs(gap) / math.sqrt(variance)
        return Association(z, 1, 2 * normal_tail(z), tested=True)
    square = gap**2 / variance
    return Association(square, 1, chi_square_tail(1, square), tested=True)


def _of_levels(count: Floats, total: Floats, scores: Scores, statistic: str) -> Association:
    n = float(count.sum())
    unit = scores.variance / (n - 1) if n > 1 else 0.0
    varies = unit * (n * count - count**2) > NO_VARIANCE
    count, gap = count[varies], (total - scores.mean * count)[varies]
    k = int(varies.sum())
    if k < 2:
        return Association(tested=True)
    if statistic == "max":
        z = float(np.max(np.abs(gap) / np.sqrt(unit * (n * count - count**2))))
        p = 2 * normal_tail(z) if k == 2 else largest_of_levels(z, count)
        return Association(z, k, p, tested=True)
    # The gaps sum to 0, so any generalised inverse of diag(count) - count count'/n will do, and
    # 1/count is one: the Moore-Penrose inverse, which R uses, gives the same form.
    square = float(np.sum(gap**2 / count)) / (unit * n)
    return Association(square, k - 1, chi_square_tail(k - 1, square), tested=True)


def largest_of_levels(z: float, count: NDArray[np.float64]) -> float:
    """Probability that any of k >= 3 standardised sums over levels of a factor exceeds z.

    Parameters
    ----------
    z
        The largest absolute standardised sum.
    count
        Shape (k,): rows in each level.

    Notes
    -----
    The sums are distributed as independent normal variables Y_k of variance `count`, conditional on
    a sum of 0. The probability of a box is therefore the density at 0 of the sum of the truncated
    Y_k, the integral of the product of their Fourier transforms. As the sum is bounded, the
    trapezoidal rule is exact for sufficiently fine steps; only the truncation beyond its last point
    causes an error, at most `MAX_P_ERROR`. (Quasi-Monte Carlo integration, which R uses, is good to
    1e-4 for these singular covariances.)
    """
    from scipy.special import wofz

    k, variance = count.size, count / count.sum()
    bound = z * np.sqrt(variance * (1 - variance))
    beta = bound / np.sqrt(2 * variance)
    step = 2 * math.pi / (1.001 * float(bound.sum()))
    edges = 2 * np.exp(-(beta**2)) / np.sqrt(2 * math.pi * variance)  # a transform is < edge / s
    norm = math.sqrt(2 * math.pi)
    reach = (2 * float(np.prod(edges)) / ((k - 1) * norm * MAX_P_ERROR)) ** (1 / (k - 1))
    # The bound above holds where the normal part of every transform has died out.
    reach = max(reach, 6.5 / math.sqrt(float(variance.max())))
    s = step * np.arange(min(int(reach / step) + 2, _MOST_POINTS))
    product = np.ones(s.size)
    for v, b in zip(variance, beta, strict=True):
        sigma = s * math.sqrt(v / 2)
        wave = np.exp(-2j * b * sigma) * wofz(-sigma + 1j * b)
        product *= np.exp(-(sigma**2)) - math.exp(-(b**2)) * wave.real
    inside = step * (2 * float(product.sum()) - float(product[0])) / norm
    tail = 2 * normal_tail(z)
    return min(max(1 - inside, tail), k * tail, 1.0)
