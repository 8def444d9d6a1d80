"""Logistic regression, as R's `glm(family = binomial)` fits it; and Firth's penalised version."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hcc2l.stats.linear_algebra import independent, inverse, linear_predictor
from hcc2l.stats.risk_sets import Floats
from hcc2l.stats.separation import unbounded
from hcc2l.stats.tails import chi_square_tail, normal_quantile

MAX_ITERATIONS = 25
DEVIANCE_TOLERANCE = 1e-8  # R's glm.control
EPSILON = float(np.finfo(np.float64).eps)
LARGEST_LOGIT = 700.0  # whose exponential is still a number
# It is checked whether the estimate exists where a further step would change a coefficient by this
# much, relatively, or a standard error per standard deviation of the covariate is this large.
UNREACHED = 1e-3
SUSPECT_STD_ERR = 3.0


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
    infinite
        Shape (1 + p,): odds ratios without a finite estimate, because covariates separate patients
        with the outcome from those without (False for the intercept).
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
    infinite: NDArray[np.bool_]
    iterations: int
    fitted: Floats

    @property
    def std_err(self) -> Floats:
        """Standard errors, shape (1 + p,); NaN where the variance is not positive."""
        diagonal = np.diag(self.variance)
        return np.asarray(np.sqrt(np.where(diagonal > 0, diagonal, np.nan)), dtype=np.float64)

    @property
    def estimable(self) -> NDArray[np.bool_]:
        """Whether each odds ratio exists and may be reported, shape (1 + p,)."""
        return ~self.dropped & ~self.infinite & (self.std_err > 0)

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


def logistic(
    outcome: NDArray[np.bool_], x: Floats, tolerance: float = DEVIANCE_TOLERANCE
) -> LogisticFit:
    """Fit by iteratively reweighted least squares, step by step as R's `glm.fit`.

    Parameters
    ----------
    outcome
        Shape (n,).
    x
        Shape (n, p), without intercept.
    tolerance
        Relative change of the deviance at which it stops (`epsilon` of R's `glm.control`).
    """
    y = outcome.astype(np.float64)
    centre, scale = x.mean(axis=0), _scale(x)
    full = np.column_stack([np.ones(y.size), (x - centre) / scale])
    keep = independent(full.T @ full)
    design = full[:, keep]
    beta, information, loglik, iterations = _least_squares(design, y, tolerance=tolerance)
    probability = _probability(design, beta)
    infinite = np.zeros(full.shape[1], dtype=np.bool_)
    moving = _moving(design, y, beta, inverse(information))
    if moving or not (np.diag(inverse(information)) < SUSPECT_STD_ERR**2).all():
        infinite[keep] = unbounded(design * (2.0 * y - 1.0)[:, None])
        infinite[0] = False
        if moving and not infinite.any():  # R's iteration stopped before a maximum that exists
            beta, loglik = _maximum(design, y, beta)
            probability = _probability(design, beta)
            information = _information(design, probability)
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
        infinite=infinite,
        iterations=iterations,
        fitted=probability,
    )


def profile_limits(
    outcome: NDArray[np.bool_], x: Floats, fit: LogisticFit, conf_level: float
) -> tuple[Floats, Floats]:
    """Profile-likelihood limits of the coefficients of `x`, shape (p,); NaN where there is none.

    The limits are where the signed root of the profile deviance reaches the normal quantile. It is
    computed on a grid of standard errors and interpolated as R's ``confint(glm)`` does (Venables
    and Ripley, MASS), so that the limits are R's; the exact crossing lies within a thousandth of a
    standard error unless the likelihood is very skewed.
    """
    y, quantile = outcome.astype(np.float64), normal_quantile(conf_level)
    furthest = normal_quantile(1 - (1 - conf_level) / 4)  # as far as R profiles
    centre, scale = x.mean(axis=0), _scale(x)
    full = np.column_stack([np.ones(y.size), (x - centre) / scale])
    coef = np.nan_to_num(fit.coef)
    eta = linear_predictor(x, coef[1:]) + coef[0]
    bounds = np.full((2, x.shape[1]), np.nan)
    for j in np.flatnonzero(fit.estimable[1:]):
        values, roots = _profile(full, y, fit, eta, int(j) + 1, float(scale[j]), furthest)
        bounds[:, j] = _crossings(values, roots, float(fit.coef[j + 1] * scale[j]), quantile)
        bounds[:, j] /= scale[j]
    return bounds[0], bounds[1]


def _profile(
    full: Floats, y: Floats, fit: LogisticFit, at_estimate: Floats, j: int, scale: float,
    furthest: float,
) -> tuple[Floats, Floats]:  # fmt: skip
    """Values of a scaled coefficient and the signed root of the deviance of each, ascending.

    The other coefficients start from the linear predictor of the point before, as in MASS.
    """
    others = ~fit.dropped & (np.arange(full.shape[1]) != j)
    rest, column = full[:, others], full[:, j]
    estimate, step = float(fit.coef[j]) * scale, float(fit.std_err[j]) * scale * furthest / 5
    points = [(estimate, 0.0)]
    for sign in (-1, 1):
        eta, root = at_estimate, 0.0
        for number in range(1, 10):
            if abs(root) >= furthest:
                break
            value = estimate + sign * number * step
            offset = column * value
            beta, _, loglik, steps = _least_squares(rest, y, eta, offset)
            if steps == MAX_ITERATIONS:  # the steps were too long
                beta, reached = _maximum(rest, y, beta, offset)
                loglik = max(loglik, reached)
            eta = linear_predictor(rest, beta) + offset
            root = sign * float(np.sqrt(max(2.0 * (fit.loglik - loglik), 0.0)))
            points.append((value, root))
    points.sort()
    return np.array([v for v, _ in points]), np.array([r for _, r in points])


def _maximum(
    design: Floats, y: Floats, beta: Floats, offset: Floats | float = 0.0
) -> tuple[Floats, float]:
    """Coefficients and log-likelihood at the maximum, by Newton's method from `beta`.

    Every step leads upwards. A trace of the identity keeps the information regular where the start
    is so far away that all probabilities are 0 or 1; `design` is scaled.
    """
    trace = 1e-12 * y.size * np.eye(beta.size)

    def loglik_at(coef: Floats) -> tuple[Floats, float]:
        eta = linear_predictor(design, coef) + offset
        return eta, float(y @ eta - np.logaddexp(0.0, eta).sum())

    eta, loglik = loglik_at(beta)
    for _ in range(100):
        mean = _inverse_logit(eta)
        step = inverse(_information(design, mean) + trace) @ (design.T @ (y - mean))
        for _ in range(60):
            eta, higher = loglik_at(beta + step)
            if higher >= loglik:
                break
            step = step / 2
        else:  # nothing is higher
            break
        gain, beta, loglik = higher - loglik, beta + step, higher
        if gain <= 1e-12 * (abs(loglik) + 0.1):
            break
    return beta, loglik


def _inverse_logit(eta: Floats) -> Floats:
    bounded = np.clip(eta, -LARGEST_LOGIT, LARGEST_LOGIT)
    return np.asarray(1.0 / (1.0 + np.exp(-bounded)), dtype=np.float64)


def _crossings(
    values: Floats, roots: Floats, estimate: float, quantile: float
) -> tuple[float, float]:
    """Where the roots reach the quantile below and above the estimate; NaN where they do not.

    R's ``approx`` on three times as many points of ``spline``. Where a swinging spline crosses on
    the wrong side of the estimate, the straight line between two points takes its place.
    """
    grid = np.linspace(values[0], values[-1], 3 * values.size)
    curve = _spline(values, roots, grid)
    order = np.argsort(curve, kind="stable")
    curve, grid = curve[order], grid[order]
    limits = [float("nan"), float("nan")]
    for side, sign in enumerate((-1.0, 1.0)):
        if curve[0] <= sign * quantile <= curve[-1]:
            limits[side] = float(np.interp(sign * quantile, curve, grid))
        if sign * (limits[side] - estimate) <= 0 and roots[0] <= sign * quantile <= roots[-1]:
            limits[side] = float(np.interp(sign * quantile, roots, values))
        if sign * (limits[side] - estimate) <= 0:
            limits[side] = float("nan")
    return limits[0], limits[1]


def _spline(x: Floats, y: Floats, at: Floats) -> Floats:
    """Cubic spline whose third derivative at either end is that of the cubic through four points.

    Forsythe, Malcolm and Moler, Computer Methods for Mathematical Computations (1977): R's
    ``spline(method = "fmm")``.
    """
    n, h = x.size, np.diff(x)
    slope = np.diff(y) / h
    second = np.diff(slope) / (x[2:] - x[:-2])
    third = np.diff(second) / (x[3:] - x[:-3]) if n > 3 else np.zeros(1)
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


def _information(design: Floats, probability: Floats) -> Floats:
    weight = probability * (1.0 - probability)
    return np.asarray((design * weight[:, None]).T @ design, dtype=np.float64)


def _moving(design: Floats, y: Floats, beta: Floats, variance: Floats) -> bool:
    """Whether a further step would still change a coefficient."""
    step = np.abs(variance @ (design.T @ (y - _probability(design, beta))))
    large = (step > UNREACHED * np.abs(beta)) & (step * np.abs(design).max(axis=0) > UNREACHED)
    return bool(large.any())


def _least_squares(
    design: Floats,
    y: Floats,
    eta: Floats | None = None,
    offset: Floats | float = 0.0,
    tolerance: float = DEVIANCE_TOLERANCE,
) -> tuple[Floats, Floats, float, int]:
    """Coefficients, information of the last step, log-likelihood, and number of steps.

    As R's `glm.fit`, from a linear predictor or from R's own start. The information is that of the
    weights which the last step used, as R's standard errors are.
    """
    if eta is None:
        eta = np.log((y + 0.5) / (1.5 - y))
    mean, slope = _r_link(eta)
    deviance = -2.0 * _loglik_of(mean, y)
    beta, information = np.zeros(design.shape[1]), np.zeros((design.shape[1],) * 2)
    iterations = 0
    while iterations < MAX_ITERATIONS:
        iterations += 1
        weight = slope**2 / (mean * (1 - mean))
        working = eta - offset + (y - mean) / slope
        information = (design * weight[:, None]).T @ design
        beta = inverse(information) @ (design.T @ (weight * working))
        eta = linear_predictor(design, beta) + offset
        mean, slope = _r_link(eta)
        before, deviance = deviance, -2.0 * _loglik_of(mean, y)
        if abs(deviance - before) / (abs(deviance) + 0.1) < tolerance:
            break
    return beta, information, -deviance / 2, iterations


def _r_link(eta: Floats) -> tuple[Floats, Floats]:
    """Probabilities and their slopes as R has them: a machine epsilon beyond a logit of 30."""
    odds = np.exp(np.clip(eta, -30.0, 30.0))
    odds = np.where(eta < -30.0, EPSILON, np.where(eta > 30.0, 1.0 / EPSILON, odds))
    slope = np.where(np.abs(eta) > 30.0, EPSILON, odds / (1.0 + odds) ** 2)
    return odds / (1.0 + odds), slope


def _probability(design: Floats, beta: Floats) -> Floats:
    return _inverse_logit(linear_predictor(design, beta))


def _loglik_of(probability: Floats, y: Floats) -> float:
    return float(np.sum(np.where(y > 0, np.log(probability), np.log1p(-probability))))


def hosmer_lemeshow(
    outcome: NDArray[np.bool_], fitted: Floats, groups: int = 10
) -> HosmerLemeshow | None:
    """Hosmer-Lemeshow test in groups of predicted probability; None with fewer than 3 groups.

    Quantiles of type 7, groups closed on the right, duplicate breaks merged; df = groups - 2
    (Hosmer and Lemeshow, Commun Stat 1980;9:1043–1069).
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
