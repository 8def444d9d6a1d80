"""Drawn categories: logistic, multinomial and proportional-odds regression with drawn parameters.

Every model is fitted to augmented data by Newton's method; its parameters are drawn from the normal
distribution around the estimates with the inverse information as covariance, and the categories of
the gaps from the probabilities under these parameters.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hcc2l.stats.imputation.augmentation import Augmented, augmented
from hcc2l.stats.imputation.predictors import Floats

Ints = NDArray[np.int64]
MAX_STEPS = 50
TOLERANCE = 1e-8
# Log-likelihood, score and information at some parameters.
Derivatives = tuple[float, Floats, Floats]


@dataclass(frozen=True)
class Estimate:
    """Parameters with the lower Cholesky factor of their information.

    Attributes
    ----------
    coef
        Shape (k,).
    lower
        Shape (k, k); None where the information is not positive definite.
    converged
        Whether Newton's method arrived.
    """

    coef: Floats
    lower: Floats | None
    converged: bool

    def drawn(self, random: np.random.Generator) -> Floats:
        """Parameters from their normal approximation, shape (k,)."""
        noise = random.standard_normal(self.coef.size)
        if self.lower is None:
            return self.coef
        return np.asarray(self.coef + np.linalg.solve(self.lower.T, noise))


@dataclass(frozen=True)
class Drawn:
    """Categories of the gaps, shape (n_gaps,), and whether every fit converged."""

    categories: Ints
    converged: bool


def draw_categories(
    y: Ints, known: Floats, gaps: Floats, random: np.random.Generator, *, ordered: bool
) -> Drawn:
    """Categories of the gaps.

    Parameters
    ----------
    y
        Shape (n_known,): categories from 0. One that never occurs is never drawn.
    known, gaps
        Shape (n_known, p) and (n_gaps, p): independent predictors with mean 0 and standard
        deviation 1 in the known rows.
    ordered
        Whether the categories are ordered: proportional odds. If that model cannot be fitted, the
        multinomial one is used.
    """
    occurring, codes = np.unique(y, return_inverse=True)
    count = occurring.size
    if count == 1:
        return Drawn(np.full(gaps.shape[0], occurring[0], dtype=np.int64), True)
    data = augmented(known, codes.astype(np.int64), count)
    at_gaps = np.column_stack([np.ones(gaps.shape[0]), gaps])
    cumulative: Floats | None = None
    converged = True
    if ordered and count > 2:
        fit = proportional_odds(data, count)
        converged = fit.converged
        if converged:
            cumulative = _ordered_cumulative(fit.drawn(random), at_gaps, count)
    if cumulative is None:
        fit = logistic(data) if count == 2 else multinomial(data, count)
        converged &= fit.converged
        cumulative = _cumulative(fit.drawn(random), at_gaps)
    u: Floats = random.random(size=(gaps.shape[0],))
    drawn = (u[:, None] > cumulative[:, :-1]).sum(axis=1)
    return Drawn(np.asarray(occurring[drawn], dtype=np.int64), converged)


def logistic(data: Augmented) -> Estimate:
    """The logistic model of the second of two categories: intercept and slopes."""
    return _newton(_logistic_derivatives(data), np.zeros(data.x.shape[1]))


def multinomial(data: Augmented, count: int) -> Estimate:
    """The multinomial logit; intercept and slopes of each category against the first."""
    start = np.zeros((count - 1) * data.x.shape[1])
    return _newton(_multinomial_derivatives(data, count), start)


def proportional_odds(data: Augmented, count: int) -> Estimate:
    """The model logit P(Y <= j) = threshold j - x'slope: thresholds, then slopes.

    McCullagh, J R Stat Soc B 1980;42:109–142; R's ``MASS::polr``.
    """
    return _newton(_ordered_derivatives(data, count), _ordered_start(data, count))


def _newton(derivatives: Callable[[Floats], Derivatives], start: Floats) -> Estimate:
    """The maximum of a concave log-likelihood, by Newton steps that are halved where they fail."""
    coef = start
    value, score, information = derivatives(coef)
    for _ in range(MAX_STEPS):
        try:
            lower = np.asarray(np.linalg.cholesky(information), dtype=np.float64)
        except np.linalg.LinAlgError:
            return Estimate(coef, None, False)
        step = np.linalg.solve(information, score)
        gain = float(step @ score)
        if gain < TOLERANCE:
            return Estimate(coef + step, lower, True)
        for _ in range(MAX_STEPS):
            new_value, new_score, new_information = derivatives(coef + step)
            if new_value > value - TOLERANCE:
                break
            step = step / 2
        else:
            return Estimate(coef, lower, False)
        coef = coef + step
        value, score, information = new_value, new_score, new_information
    return Estimate(coef, None, False)


def _logistic_derivatives(data: Augmented) -> Callable[[Floats], Derivatives]:
    """Of the logistic model of the second of two categories."""
    x, y, w = data.x, data.y.astype(np.float64), data.weights
    sign = 1 - 2 * y

    def derivatives(coef: Floats) -> Derivatives:
        eta = x @ coef
        p = _logistic(eta)
        information = (x * (w * p * (1 - p))[:, None]).T @ x
        return -float(w @ np.logaddexp(0.0, sign * eta)), x.T @ (w * (y - p)), information

    return derivatives


def _multinomial_derivatives(data: Augmented, count: int) -> Callable[[Floats], Derivatives]:
    """Of the multinomial logit; the first category is the reference."""
    x, w = data.x, data.weights
    n, q = x.shape
    occurred = np.zeros((n, count - 1))
    later = data.y > 0
    occurred[np.flatnonzero(later), data.y[later] - 1] = 1.0

    def derivatives(coef: Floats) -> Derivatives:
        eta = x @ coef.reshape(count - 1, q).T
        top = np.maximum(eta.max(axis=1), 0.0)
        total = np.exp(-top) + np.exp(eta - top[:, None]).sum(axis=1)
        p = np.exp(eta - top[:, None]) / total[:, None]
        value = float(w @ ((occurred * eta).sum(axis=1) - top - np.log(total)))
        score = (x.T @ (w[:, None] * (occurred - p))).T.ravel()
        information = np.empty((count - 1, q, count - 1, q))
        for a in range(count - 1):
            for b in range(a, count - 1):
                weight = w * p[:, a] * ((a == b) - p[:, b])
                information[a, :, b] = (x * weight[:, None]).T @ x
                information[b, :, a] = information[a, :, b].T
        return value, score, information.reshape(coef.size, coef.size)

    return derivatives


def _ordered_start(data: Augmented, count: int) -> Floats:
    """Thresholds that give the observed frequencies, and slopes of 0."""
    share = np.cumsum(np.bincount(data.y, data.weights, count))[:-1] / data.weights.sum()
    return np.concatenate([np.log(share / (1 - share)), np.zeros(data.x.shape[1] - 1)])


def _ordered_derivatives(data: Augmented, count: int) -> Callable[[Floats], Derivatives]:
    """Of the proportional-odds model."""
    x, y, w = data.x[:, 1:], data.y, data.weights
    thresholds, n = count - 1, y.size
    row = np.arange(n)
    # Derivatives of the upper and the lower limit of a row's category by the parameters.
    upper, lower = np.zeros((2, n, thresholds + x.shape[1]))
    upper[:, thresholds:] = lower[:, thresholds:] = -x
    first, last = y == 0, y == thresholds
    upper[row[~last], y[~last]] = 1.0
    lower[row[~first], y[~first] - 1] = 1.0

    def derivatives(coef: Floats) -> Derivatives:
        a = np.where(last, 1.0, _logistic(upper @ coef))
        b = np.where(first, 0.0, _logistic(lower @ coef))
        p = a - b
        if not p.min() > 0:  # thresholds out of order
            return -np.inf, np.zeros(coef.size), np.zeros((coef.size, coef.size))
        slope_a, slope_b = a * (1 - a), b * (1 - b)
        by_a, by_b = slope_a / p, -slope_b / p
        score = upper.T @ (w * by_a) + lower.T @ (w * by_b)
        aa = w * (by_a**2 - by_a * (1 - 2 * a))
        bb = w * (by_b**2 - by_b * (1 - 2 * b))
        ab = (upper * (w * by_a * by_b)[:, None]).T @ lower
        information = (upper * aa[:, None]).T @ upper + (lower * bb[:, None]).T @ lower
        return float(w @ np.log(p)), score, information + ab + ab.T

    return derivatives


def _cumulative(coef: Floats, x: Floats) -> Floats:
    """Cumulated probabilities of the categories, shape (n, count), of a (multinomial) logit."""
    eta = np.column_stack([np.zeros(x.shape[0]), x @ coef.reshape(-1, x.shape[1]).T])
    odds = np.exp(eta - eta.max(axis=1, keepdims=True))
    return np.cumsum(odds / odds.sum(axis=1, keepdims=True), axis=1)


def _ordered_cumulative(coef: Floats, x: Floats, count: int) -> Floats:
    """Cumulated probabilities of the categories, shape (n, count), of a proportional-odds model."""
    thresholds, slope = coef[: count - 1], coef[count - 1 :]
    # Drawn thresholds may change places; the category between them then has no probability.
    limits = np.maximum.accumulate(thresholds)
    below = _logistic(limits[None, :] - (x[:, 1:] @ slope)[:, None])
    return np.column_stack([below, np.ones(x.shape[0])])


def _logistic(eta: Floats) -> Floats:
    """1 / (1 + exp(-eta)), without overflow."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * eta)))
