"""Logistic regression, as R's `glm(family = binomial)` fits it; and Firth's penalised version."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hcc2l.stats.linear_algebra import independent, inverse, linear_predictor
from hcc2l.stats.risk_sets import Floats
from hcc2l.stats.tails import chi_square_tail, normal_quantile

MAX_ITERATIONS = 25
DEVIANCE_TOLERANCE = 1e-8  # R's glm.control
LARGEST_LOGIT = 700.0  # whose exponential is still a number


@dataclass(frozen=True)
class LogisticFit:
    """A fitted model; the intercept is coefficient 0.

    Attributes
    ----------
    coef
        Shape (1 + p,), NaN for dropped columns.
    variance
        Shape (1 + p, 1 + p).
    loglik_null, loglik
        Log-likelihood with the intercept alone, and with all columns.
    score
        Rao's score test of all columns, chi-square with `df`.
    fitted
        Shape (n,): probabilities.
    separated
        Whether some fitted probabilities are 0 or 1 to machine precision (R's warning).
    """

    coef: Floats
    variance: Floats
    loglik_null: float
    loglik: float
    score: float
    df: int
    n: int
    events: int
    dropped: NDArray[np.bool_]
    separated: bool
    iterations: int
    fitted: Floats

    @property
    def std_err(self) -> Floats:
        """Standard errors, shape (1 + p,)."""
        return np.asarray(np.sqrt(np.diag(self.variance)), dtype=np.float64)

    @property
    def aic(self) -> float:
        """-2 log-likelihood + 2 (df + 1)."""
        return -2.0 * self.loglik + 2.0 * (self.df + 1)


@dataclass(frozen=True)
class HosmerLemeshow:
    """Test of calibration in groups of predicted probability."""

    statistic: float
    df: int
    p: float


def logistic(outcome: NDArray[np.bool_], x: Floats) -> LogisticFit:
    """Fit by iteratively reweighted least squares, step by step as R's `glm.fit`.

    Parameters
    ----------
    outcome
        Shape (n,).
    x
        Shape (n, p), without intercept.
    """
    y = outcome.astype(np.float64)
    centre, scale = x.mean(axis=0), _scale(x)
    full = np.column_stack([np.ones(y.size), (x - centre) / scale])
    keep = independent(full.T @ full)
    design = full[:, keep]
    beta, information, loglik, iterations = _least_squares(design, y)
    probability = _probability(design, beta)
    share = float(y.mean())
    residual = design.T @ (y - share)
    null_information = design.T @ design * share * (1 - share)
    back = _unscaled(keep, centre, scale)
    coef = np.full(full.shape[1], np.nan)
    coef[keep] = (back @ beta)[keep]
    variance = np.full((full.shape[1], full.shape[1]), np.nan)
    variance[np.ix_(keep, keep)] = (back @ inverse(information) @ back.T)[np.ix_(keep, keep)]
    tiny = 10 * np.finfo(np.float64).eps
    return LogisticFit(
        coef=coef,
        variance=variance,
        loglik_null=_loglik_of(np.full(y.size, share), y),
        loglik=loglik,
        score=float(residual @ inverse(null_information) @ residual),
        df=int(keep.sum()) - 1,
        n=y.size,
        events=int(outcome.sum()),
        dropped=~keep,
        separated=bool(np.any((probability < tiny) | (probability > 1 - tiny))),
        iterations=iterations,
        fitted=probability,
    )


def profile_limits(
    outcome: NDArray[np.bool_], x: Floats, fit: LogisticFit, conf_level: float
) -> tuple[Floats, Floats]:
    """Profile-likelihood limits of every coefficient, shape (1 + p,); NaN where there is none.

    The limits are where the signed root of the profile deviance reaches the normal quantile. It is
    computed on a grid of standard errors and interpolated as R's ``confint(glm)`` does (Venables
    and Ripley, MASS), so that the limits are R's; the exact crossing lies within a thousandth of a
    standard error.
    """
    y = outcome.astype(np.float64)
    full = np.column_stack([np.ones(y.size), x])
    quantile = normal_quantile(conf_level)
    furthest = normal_quantile(1 - (1 - conf_level) / 4)  # as far as R profiles
    lower, upper = np.full(full.shape[1], np.nan), np.full(full.shape[1], np.nan)
    for j in np.flatnonzero(~fit.dropped):
        values, roots = _profile(full, y, fit, int(j), furthest)
        lower[j], upper[j] = _interpolated(values, roots, (-quantile, quantile))
    return lower, upper


def _profile(
    full: Floats, y: Floats, fit: LogisticFit, j: int, furthest: float
) -> tuple[Floats, Floats]:
    """Values of a coefficient and the signed root of the deviance that each costs, ascending."""
    rest = full[:, ~fit.dropped & (np.arange(full.shape[1]) != j)]
    estimate, step = float(fit.coef[j]), float(fit.std_err[j]) * furthest / 5
    points = [(estimate, 0.0)]
    for sign in (-1, 1):
        root = 0.0
        for number in range(1, 10):
            if abs(root) >= furthest:
                break
            value = estimate + sign * number * step
            cost = 2.0 * (fit.loglik - _least_squares(rest, y, full[:, j] * value)[2])
            root = sign * float(np.sqrt(max(cost, 0.0)))
            points.append((value, root))
    points.sort()
    return np.array([v for v, _ in points]), np.array([r for _, r in points])


def _interpolated(values: Floats, roots: Floats, wanted: tuple[float, float]) -> list[float]:
    """Values at the wanted roots: R's ``approx`` on three times as many points of ``spline``."""
    if values.size < 4:
        return [float("nan"), float("nan")]
    grid = np.linspace(values[0], values[-1], 3 * values.size)
    curve = _spline(values, roots, grid)
    order = np.argsort(curve, kind="stable")
    curve, grid = curve[order], grid[order]
    return [
        float(np.interp(w, curve, grid)) if curve[0] <= w <= curve[-1] else float("nan")
        for w in wanted
    ]


def _spline(x: Floats, y: Floats, at: Floats) -> Floats:
    """Cubic spline whose third derivative at either end is that of the cubic through four points.

    Forsythe, Malcolm and Moler, Computer Methods for Mathematical Computations (1977): R's
    ``spline(method = "fmm")``.
    """
    n, h = x.size, np.diff(x)
    slope = np.diff(y) / h
    second = np.diff(slope) / (x[2:] - x[:-2])
    third = np.diff(second) / (x[3:] - x[:-3])
    matrix, right = np.zeros((n, n)), np.zeros(n)
    matrix[0, :2], right[0] = (-1 / h[0], 1 / h[0]), 6 * third[0]
    matrix[-1, -2:], right[-1] = (-1 / h[-1], 1 / h[-1]), 6 * third[-1]
    for i in range(1, n - 1):
        matrix[i, i - 1 : i + 2] = h[i - 1], 2 * (h[i - 1] + h[i]), h[i]
        right[i] = 6 * (slope[i] - slope[i - 1])
    curvature = np.linalg.solve(matrix, right)
    k = np.clip(np.searchsorted(x, at, side="right") - 1, 0, n - 2)
    left, ahead = at - x[k], x[k + 1] - at
    bend = (curvature[k] * ahead**3 + curvature[k + 1] * left**3) / (6 * h[k])
    line = (y[k] / h[k] - curvature[k] * h[k] / 6) * ahead
    line = line + (y[k + 1] / h[k] - curvature[k + 1] * h[k] / 6) * left
    return np.asarray(bend + line, dtype=np.float64)


def _scale(x: Floats) -> Floats:
    spread = x.std(axis=0)
    return np.where(spread > 0, spread, 1.0)


def _unscaled(keep: NDArray[np.bool_], centre: Floats, scale: Floats) -> Floats:
    """The matrix that turns coefficients of scaled columns into those of the columns given."""
    size = keep.size
    matrix = np.zeros((size, size))
    matrix[0, 0] = 1.0
    matrix[0, 1:] = -centre / scale
    matrix[np.arange(1, size), np.arange(1, size)] = 1.0 / scale
    return matrix[:, keep]


def _least_squares(
    design: Floats, y: Floats, offset: Floats | float = 0.0
) -> tuple[Floats, Floats, float, int]:
    """Coefficients, information of the last step, log-likelihood, and number of steps.

    The information is that of the weights which the last step used, as R's standard errors are.
    """
    mean = (y + 0.5) / 2
    eta = np.log(mean / (1 - mean))
    deviance = -2.0 * _loglik_of(mean, y)
    beta, information = np.zeros(design.shape[1]), np.zeros((design.shape[1],) * 2)
    iterations = 0
    while iterations < MAX_ITERATIONS:
        iterations += 1
        weight = np.maximum(mean * (1 - mean), np.finfo(np.float64).eps)
        working = eta - offset + (y - mean) / weight
        information = (design * weight[:, None]).T @ design
        beta = inverse(information) @ (design.T @ (weight * working))
        eta = linear_predictor(design, beta) + offset
        mean = 1.0 / (1.0 + np.exp(-np.clip(eta, -30.0, 30.0)))
        before, deviance = deviance, -2.0 * float(y @ eta - np.logaddexp(0.0, eta).sum())
        if abs(deviance - before) / (abs(deviance) + 0.1) < DEVIANCE_TOLERANCE:
            break
    return beta, information, -deviance / 2, iterations


def _probability(design: Floats, beta: Floats) -> Floats:
    predictor = np.clip(linear_predictor(design, beta), -LARGEST_LOGIT, LARGEST_LOGIT)
    return np.asarray(1.0 / (1.0 + np.exp(-predictor)), dtype=np.float64)


def _loglik_of(probability: Floats, y: Floats) -> float:
    return float(np.sum(np.where(y > 0, np.log(probability), np.log1p(-probability))))


def hosmer_lemeshow(
    outcome: NDArray[np.bool_], fitted: Floats, groups: int = 10
) -> HosmerLemeshow | None:
    """Hosmer-Lemeshow test in groups of predicted probability; None with fewer than 3 groups.

    Quantiles of type 7, groups closed on the right, duplicate breaks merged; df = groups - 2
    (Hosmer and Lemeshow, Commun Stat 1980;9:1043-1069).
    """
    breaks = np.unique(np.quantile(fitted, np.linspace(0, 1, groups + 1)))
    count = breaks.size - 1
    if count < 3:
        return None
    index = np.clip(np.searchsorted(breaks, fitted, side="left") - 1, 0, count - 1)
    n = np.bincount(index, minlength=count).astype(np.float64)
    observed = np.bincount(index, weights=outcome.astype(np.float64), minlength=count)
    expected = np.bincount(index, weights=fitted, minlength=count)
    others = n - expected
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = (observed - expected) ** 2 / expected + (expected - observed) ** 2 / others
    statistic = float(np.nansum(terms))
    return HosmerLemeshow(statistic, count - 2, chi_square_tail(count - 2, statistic))
