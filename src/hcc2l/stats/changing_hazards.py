"""Two groups whose hazard ratio may change with time: MaxCombo, milestones, hazards by period."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hcc2l.stats.cox import cox
from hcc2l.stats.kaplan_meier import Estimate
from hcc2l.stats.logrank import NO_VARIANCE
from hcc2l.stats.risk_sets import Floats, Times, distinct_times, risk_sets
from hcc2l.stats.tails import chi_square_tail, normal_quantile, normal_tail

# Fleming–Harrington exponents: all times alike, early, late and middle differences.
WEIGHTS = ((0, 0), (1, 0), (0, 1), (1, 1))
_NODES, _PANEL = 40, 0.5  # of the numerical integration


@dataclass(frozen=True)
class MaxCombo:
    """Four weighted log-rank tests, and the largest of them.

    Attributes
    ----------
    z
        Shape (4,), in the order of `WEIGHTS`; positive where the second group has more events than
        expected. NaN where a test does not exist.
    p
        Shape (4,): two-sided, of each test alone.
    correlation
        Shape (4, 4), of the z.
    statistic
        The largest absolute z.
    joint_p
        The probability that under the null any of the four is as large.
    """

    z: Floats
    p: Floats
    correlation: Floats
    statistic: float
    joint_p: float


def max_combo(time: Times, event: NDArray[np.bool_], second: NDArray[np.bool_]) -> MaxCombo:
    """The MaxCombo test of two groups (Lin et al., Stat Biopharm Res 2020;12:187–198).

    The weights are S(t-)^rho (1 - S(t-))^gamma with the pooled Kaplan–Meier estimate S; the
    covariances are hypergeometric with the products of the weights.

    Parameters
    ----------
    time, event, second
        Shape (n,); `second` is True in the second group.
    """
    sets = risk_sets(distinct_times(time), event, second.astype(np.int64), 2)
    happens = sets.events.sum(axis=1) > 0
    n_k, d_k = sets.at_risk[happens], sets.events[happens]
    n, d = n_k.sum(axis=1), d_k.sum(axis=1)
    share = n_k[:, 1] / n
    before = np.concatenate(([1.0], np.cumprod((n - d) / n)[:-1]))
    factors = np.array([before**rho * (1.0 - before) ** gamma for rho, gamma in WEIGHTS])
    spread = np.where(n > 1, d * (n - d) / np.maximum(n - 1.0, 1.0), 0.0) * share * (1.0 - share)
    covariance = (factors * spread) @ factors.T
    variance = np.diag(covariance)
    exists = variance > NO_VARIANCE * float(d.sum()) ** 2
    std_err = np.where(exists, np.sqrt(np.where(exists, variance, 1.0)), np.nan)
    z = factors @ (d_k[:, 1] - d * share) / std_err
    correlation = covariance / np.outer(std_err, std_err)
    p = np.array([2.0 * normal_tail(abs(value)) for value in z])
    if not exists.all():
        return MaxCombo(z, p, correlation, math.nan, math.nan)
    largest = float(np.abs(z).max())
    share_early, share_late = std_err[1] / std_err[0], std_err[2] / std_err[0]
    joint = _outside(largest, correlation, float(share_early), float(share_late))
    return MaxCombo(z, p, correlation, largest, joint)


def _outside(m: float, correlation: Floats, a: float, b: float) -> float:
    """P(any |z| > m) for four standard normal z with this correlation.

    S + (1 - S) = 1, so that z(0,0) = a z(1,0) + b z(0,1): the correlation has rank 3. The integral
    runs over x = z(1,0) and y = z(0,1); given both, z(1,1) is normal. Its terms are all positive,
    so that small probabilities keep their digits.
    """
    from scipy.special import ndtr

    r = float(correlation[1, 2])
    spread_y = math.sqrt(max(1.0 - r * r, 1e-300))
    block = np.array([[1.0, r], [r, 1.0]])
    slopes = np.linalg.lstsq(block, correlation[3, 1:3], rcond=None)[0]
    spread_w = math.sqrt(max(1.0 - float(slopes @ correlation[3, 1:3]), 1e-24))
    corners = [m * (1.0 - b) / a, m * (1.0 + b) / a]
    x, weight_x = _nodes([-m, m, *(s * c for c in corners for s in (-1.0, 1.0) if abs(c) < m)])
    upper = np.minimum(m, (m - a * x) / b)
    lower = np.maximum(-m, (-m - a * x) / b)
    upper = np.maximum(upper, lower)  # equal where the whole line lies outside
    tails = ndtr((lower - r * x) / spread_y) + ndtr(-(upper - r * x) / spread_y)
    unit, weight_unit = _nodes([0.0, max(2.0 * m, 1.0)])
    unit, weight_unit = unit / max(2.0 * m, 1.0), weight_unit / max(2.0 * m, 1.0)
    width = (upper - lower)[:, None]
    y = lower[:, None] + width * unit
    mean = slopes[0] * x[:, None] + slopes[1] * y
    beyond = ndtr((-m - mean) / spread_w) + ndtr((mean - m) / spread_w)
    density = np.exp(-0.5 * ((y - r * x[:, None]) / spread_y) ** 2)
    density /= spread_y * math.sqrt(2 * math.pi)
    inside = (beyond * density * width) @ weight_unit
    along = np.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)
    return min(2.0 * normal_tail(m) + float((along * (tails + inside)) @ weight_x), 1.0)


def _nodes(edges: list[float]) -> tuple[Floats, Floats]:
    """Nodes and weights of Gauss–Legendre integration between edges, in panels of limited width."""
    node, weight = np.polynomial.legendre.leggauss(_NODES)
    nodes, weights = [], []
    for low, high in pairwise(sorted(edges)):
        panels = max(math.ceil((high - low) / _PANEL), 1)
        half = (high - low) / (2 * panels)
        for i in range(panels):
            nodes.append(low + half * (2 * i + 1 + node))
            weights.append(half * weight)
    return np.concatenate(nodes), np.concatenate(weights)


@dataclass(frozen=True)
class Period:
    """The hazard ratio of the second group to the first in (start, end]; NaN where there is none.

    Attributes
    ----------
    end
        Infinite in the last period.
    """

    start: float
    end: float
    events: int
    coef: float
    std_err: float
    lower: float
    upper: float
    p: float


@dataclass(frozen=True)
class Periods:
    """Hazard ratios by period, and the likelihood-ratio test that they are one."""

    periods: tuple[Period, ...]
    statistic: float
    df: int
    p: float


def by_period(
    time: Floats,
    event: NDArray[np.bool_],
    second: NDArray[np.bool_],
    cuts: tuple[float, ...],
    conf_level: float,
) -> Periods:
    """Hazard ratios between cuts of the time; an event at a cut belongs to the earlier period.

    The partial likelihood of a hazard ratio for each period is the product of those of the
    periods, since a risk set lies within one; R's ``coxph`` with ``group:strata(period)`` after
    ``survSplit``.
    """
    x = second[:, None].astype(np.float64)
    whole = cox(time, event, x)
    quantile = normal_quantile(conf_level)
    periods, loglik, estimable = [], 0.0, 0
    for start, end in pairwise((0.0, *cuts, math.inf)):
        rows = time > start if start else np.ones(time.size, dtype=np.bool_)
        within = event[rows] & (time[rows] <= end)
        if not within.any():
            periods.append(Period(start, end, 0, *[math.nan] * 5))
            continue
        fit = cox(np.minimum(time[rows], end), within, x[rows])
        coef, std_err = float(fit.coef[0]), float(fit.std_err[0])
        exists = bool(fit.estimable[0])
        loglik += fit.loglik
        estimable += exists
        half = quantile * std_err
        periods.append(
            Period(start, end, int(within.sum()), coef, std_err, coef - half, coef + half,
                   2.0 * normal_tail(abs(coef / std_err)))
            if exists else Period(start, end, int(within.sum()), *[math.nan] * 5)
        )  # fmt: skip
    df = len(periods) - 1
    if estimable < len(periods) or not whole.estimable[0]:
        return Periods(tuple(periods), math.nan, df, math.nan)
    statistic = max(2.0 * (loglik - whole.loglik), 0.0)
    return Periods(tuple(periods), statistic, df, chi_square_tail(df, statistic))


def equality(coef: Floats, variance: Floats) -> tuple[float, int, float]:
    """Wald's test that coefficients are the same in all periods: chi-square, df, p.

    Parameters
    ----------
    coef
        Shape (k, periods): of k columns, such as the levels of a factor.
    variance
        Shape (k * periods, k * periods), in the order of ``coef.ravel()``.
    """
    k, periods = coef.shape
    one = np.hstack([-np.ones((periods - 1, 1)), np.eye(periods - 1)])  # each against the first
    contrasts = np.kron(np.eye(k), one)
    found = contrasts @ coef.ravel()
    spread = contrasts @ variance @ contrasts.T
    statistic = float(found @ np.linalg.solve(spread, found))
    return statistic, found.size, chi_square_tail(found.size, statistic)


def ratio(a: Estimate, b: Estimate, conf_level: float) -> tuple[Estimate, float]:
    """``b / a`` of two independent estimates, and p, by the normal approximation of its logarithm.

    The standard error is that of the logarithm (R's ``survRM2``).
    """
    if not (a.estimate > 0 and b.estimate > 0):
        return Estimate(*[math.nan] * 4), math.nan
    log_ratio = math.log(b.estimate / a.estimate)
    std_err = math.hypot(a.std_err / a.estimate, b.std_err / b.estimate)
    half = normal_quantile(conf_level) * std_err
    low, high = math.exp(log_ratio - half), math.exp(log_ratio + half)
    p = 2.0 * normal_tail(abs(log_ratio / std_err)) if std_err > 0 else math.nan
    return Estimate(math.exp(log_ratio), std_err, low, high), p
