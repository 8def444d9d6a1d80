"""Firth's penalised likelihood: maximum, profile limits and tests, whatever the model.

The log-likelihood is penalised by half the logarithm of the determinant of the information
(Jeffreys' prior), so that estimates are finite even where groups are separated. Firth, Biometrika
1993;80:27–38; Heinze and Schemper, Biometrics 2001;57:114–119 (Cox) and Stat Med 2002;21:2409–2419
(logistic).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hcc2l.stats.linear_algebra import independent, inverse, linear_predictor, spread
from hcc2l.stats.partial_likelihood import Ordered, State, Ties, information, ordered, state_at
from hcc2l.stats.risk_sets import Floats, Ints, Times
from hcc2l.stats.tails import chi_square_tail, normal_quantile

STEP_TOLERANCE = 1e-10
LONGEST_STEP = 5.0  # in standard deviations of the covariates
MAX_ITERATIONS = 1000

# Coefficients -> log-likelihood, its gradient, both penalised, and the information.
Evaluate = Callable[[Floats], tuple[float, Floats, Floats]]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class FirthFit:
    """A fitted model; p columns, those of `dropped` with NaN.

    Attributes
    ----------
    coef, variance
        Shape (p,) and (p, p); the variance is the inverse of the information (not penalised) at
        the estimates.
    loglik_null, loglik
        Penalised log-likelihood with all columns at 0, and at the estimates.
    converged
        Whether the maximum was reached.
    linear_predictor
        Shape (n,), with the intercept where there is one.
    """

    coef: Floats
    variance: Floats
    loglik_null: float
    loglik: float
    dropped: Mask
    converged: bool
    linear_predictor: Floats
    _evaluate: Evaluate
    _estimate: Floats
    _scale: Floats
    _always: Mask

    @property
    def std_err(self) -> Floats:
        """Standard errors, shape (p,)."""
        return np.asarray(np.sqrt(np.diag(self.variance)), dtype=np.float64)

    @property
    def df(self) -> int:
        """Number of columns that were estimated."""
        return int((~self.dropped).sum())

    def loglik_without(self, columns: Mask) -> float:
        """Penalised log-likelihood with some columns, shape (p,), at 0.

        The penalty is that of the whole model (R's ``logistftest``, ``coxphftest``).
        """
        fixed = self._inner(columns)
        start = np.where(fixed, 0.0, self._estimate)
        return _climb(self._evaluate, start, ~fixed)[1]

    def p(self) -> Floats:
        """Penalised likelihood-ratio p of every column, shape (p,)."""
        result = np.full(self.coef.size, np.nan)
        for j in np.flatnonzero(~self.dropped):
            without = self.loglik_without(np.arange(self.coef.size) == j)
            result[j] = chi_square_tail(1, max(2.0 * (self.loglik - without), 0.0))
        return result

    def limits(self, conf_level: float, columns: Mask | None = None) -> tuple[Floats, Floats]:
        """Profile limits of the coefficients, shape (p,); infinite where there is none.

        NaN of those that are not among the `columns`, shape (p,).
        """
        quantile = normal_quantile(conf_level)
        bounds = np.full((2, self.coef.size), np.nan)
        kept = np.flatnonzero(~self.dropped)
        for place, j in zip(np.flatnonzero(~self._always), kept, strict=True):
            if columns is not None and not columns[j]:
                continue
            step = quantile * float(self.std_err[j]) * float(self._scale[place])
            for side, sign in enumerate((-1.0, 1.0)):
                limit = self._crossing(int(place), sign * step, quantile)
                bounds[side, j] = limit / self._scale[place]
        return bounds[0], bounds[1]

    def _inner(self, columns: Mask) -> Mask:
        """A mask of the columns as a mask of the estimated coefficients."""
        inner = np.zeros(self._estimate.size, dtype=np.bool_)
        inner[~self._always] = columns[~self.dropped]
        return inner

    def _crossing(self, place: int, step: float, quantile: float) -> float:
        """The value at which the root of the profile deviance reaches `quantile`, along `step`."""
        free = np.arange(self._estimate.size) != place
        start = self._estimate.copy()

        def excess(value: float) -> float:
            nonlocal start
            start = np.where(free, start, value)
            start, loglik, _, _ = _climb(self._evaluate, start, free)
            return float(np.sqrt(max(2.0 * (self.loglik - loglik), 0.0))) - quantile

        near, far = float(self._estimate[place]), float(self._estimate[place]) + step
        below, above = -quantile, excess(far)
        for _ in range(30):
            if above >= 0:
                return _root(excess, (near, below), (far, above))
            near, below, far = far, above, far + step
            step *= 2
            above = excess(far)
        return float(np.copysign(np.inf, step))


def _root(
    excess: Callable[[float], float], low: tuple[float, float], high: tuple[float, float]
) -> float:
    """The root of a rising function between two points with their values (Illinois method)."""
    value = high[0]
    for _ in range(100):
        value = (low[0] * high[1] - high[0] * low[1]) / (high[1] - low[1])
        height = excess(value)
        if abs(height) < 1e-10 or abs(high[0] - low[0]) < 1e-12 * abs(value):
            break
        if height < 0:
            low, high = (value, height), (high[0], high[1] / 2)
        else:
            high, low = (value, height), (low[0], low[1] / 2)
    return value


def _climb(evaluate: Evaluate, start: Floats, free: Mask) -> tuple[Floats, float, Floats, bool]:
    """Coefficients, value and information at the maximum over the free ones, if it was reached."""
    beta = start.copy()
    value, gradient, curvature = evaluate(beta)
    if not free.any():
        return beta, value, curvature, True
    for _ in range(MAX_ITERATIONS):
        step = np.zeros(beta.size)
        step[free] = inverse(curvature[np.ix_(free, free)]) @ gradient[free]
        step *= min(1.0, LONGEST_STEP / max(float(np.abs(step).max()), 1e-300))
        new = evaluate(beta + step)
        for _ in range(30):
            if new[0] >= value - 1e-12 * abs(value):
                break
            step = step / 2
            new = evaluate(beta + step)
        if np.isnan(new[0]):  # beyond the range of floats, and so would be all that follows
            return beta, value, curvature, False
        beta = beta + step
        value, gradient, curvature = new
        if np.all(np.abs(step) <= STEP_TOLERANCE * (1.0 + np.abs(beta))):
            return beta, value, curvature, True
    return beta, value, curvature, False


def _fit(
    evaluate: Evaluate, design: Floats, dropped: Mask, scale: Floats, always: Mask
) -> FirthFit:
    """Fit the columns of `design`, divided by `scale`; `always` are not tested (the intercept)."""
    everything = np.ones(scale.size, dtype=np.bool_)
    unscaled = float(np.log(scale).sum())  # what the scale takes off half the log-determinant

    def in_units(beta: Floats) -> tuple[float, Floats, Floats]:
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):  # a step too far
            loglik, gradient, curvature = evaluate(beta)
        return loglik + unscaled, gradient, curvature

    null = _climb(in_units, np.zeros(scale.size), always)
    estimate, loglik, curvature, converged = _climb(in_units, null[0], everything)
    variance = inverse(curvature) / np.outer(scale, scale)
    coef = np.full(dropped.size, np.nan)
    coef[~dropped] = (estimate / scale)[~always]
    return FirthFit(
        coef=coef, variance=spread(variance[np.ix_(~always, ~always)], ~dropped),
        loglik_null=null[1], loglik=loglik, dropped=dropped, converged=converged,
        linear_predictor=linear_predictor(design, estimate), _evaluate=in_units,
        _estimate=estimate, _scale=scale, _always=always,
    )  # fmt: skip


# ---------------------------------------------------------------- logistic regression


def firth_logistic(outcome: NDArray[np.bool_], x: Floats) -> FirthFit:
    """Logistic regression; the intercept is estimated, and is not among the columns.

    Parameters
    ----------
    outcome
        Shape (n,).
    x
        Shape (n, p), without intercept.
    """
    y, deviation = outcome.astype(np.float64), x.std(axis=0)
    spreads = np.where(deviation > 0, deviation, 1.0)
    full = np.column_stack([np.ones(y.size), (x - x.mean(axis=0)) / spreads])
    keep = independent(full.T @ full)
    design = full[:, keep]

    def evaluate(beta: Floats) -> tuple[float, Floats, Floats]:
        eta = design @ beta
        probability = 1.0 / (1.0 + np.exp(-np.clip(eta, -700.0, 700.0)))
        weight = probability * (1.0 - probability)
        curvature = (design * weight[:, None]).T @ design
        leverage = weight * np.einsum("ij,jk,ik->i", design, inverse(curvature), design)
        gradient = design.T @ (y - probability + leverage * (0.5 - probability))
        loglik = float(y @ eta - np.logaddexp(0.0, eta).sum())
        return loglik + _half_log_determinant(curvature), gradient, curvature

    scale = np.concatenate(([1.0], spreads))[keep]
    return _fit(evaluate, design, ~keep[1:], scale, np.arange(scale.size) == 0)


def _half_log_determinant(matrix: Floats) -> float:
    sign, value = np.linalg.slogdet(matrix)
    return float(value) / 2 if sign > 0 else -np.inf


# ---------------------------------------------------------------- Cox regression


def firth_cox(
    time: Times,
    event: NDArray[np.bool_],
    x: Floats,
    *,
    ties: Ties = "efron",
    strata: Ints | None = None,
) -> FirthFit:
    """Cox regression; parameters as of `hcc2l.stats.cox.cox`, without weights or clusters."""
    data = ordered(time, event, x, ties, strata, None)
    at_null = information(data, state_at(data, np.zeros(x.shape[1])))
    keep = independent(at_null, np.full(x.shape[1], float(event.sum())))
    data = data.columns(keep)

    def evaluate(beta: Floats) -> tuple[float, Floats, Floats]:
        state = state_at(data, beta)
        curvature = information(data, state)
        gradient = state.score + _penalty_gradient(data, state, inverse(curvature))
        return state.loglik + _half_log_determinant(curvature), gradient, curvature

    none = np.zeros(int(keep.sum()), dtype=np.bool_)
    design = (x[:, keep] - x[:, keep].mean(axis=0)) / data.scale
    return _fit(evaluate, design, ~keep, data.scale, none)


def _penalty_gradient(data: Ordered, state: State, variance: Floats) -> Floats:
    """Derivative of half the log-determinant: tr(V dI/db) / 2, from third moments; shape (p,).

    With q = x'Vx and m the mean in a risk set, the term of covariate r is
    E[x_r q] - m_r E[q] - 2 (E[x_r x] - m_r m)' V m.
    """

    def means(values: Floats) -> Floats:
        """Mean of `values`, shape (n,), in the risk set of each term, shape (deaths,)."""
        weighted = state.relative * values
        sums = data.at_risk(weighted)[data.term_slot]
        if data.tied:
            sums -= data.term_share * data.per_slot(weighted[data.event])[data.term_slot]
        return np.asarray(sums / state.total, dtype=np.float64)

    form = np.einsum("in,ij,jn->n", data.x, variance, data.x)
    average, mean = means(form), np.array([means(x) for x in data.x])
    projected = variance @ mean
    gradient = np.empty(data.x.shape[0])
    for r, x in enumerate(data.x):
        second = np.array([means(x * other) for other in data.x])
        centred = np.einsum("kt,kt->t", second - mean[r] * mean, projected)
        gradient[r] = data.term_weight @ (means(x * form) - mean[r] * average - 2.0 * centred)
    return gradient / 2.0
