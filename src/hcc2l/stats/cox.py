"""Cox's proportional hazards model, as R's `survival::coxph` fits it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hcc2l.stats.linear_algebra import independent, inverse, linear_predictor, quadratic, spread
from hcc2l.stats.partial_likelihood import (
    Ordered,
    State,
    Ties,
    information,
    ordered,
    score_residuals,
    state_at,
)
from hcc2l.stats.risk_sets import Floats, Ints, Times
from hcc2l.stats.separation import unbounded

# R's coxph.control: relative change of the log-likelihood.
LOGLIK_TOLERANCE = 1e-9
MAX_ITERATIONS = 20

# Above this standard error, for a covariate of standard deviation 1 and weights of mean 1, it is
# checked whether the estimate exists.
SUSPECT_STD_ERR = 3.0
NEGLIGIBLE_WEIGHT = 1e-8  # beside the largest weight


@dataclass(frozen=True)
class CoxFit:
    """A fitted model; p columns, those of `dropped` with NaN.

    Coefficients that are not `estimable` stand where the iteration stopped: do not report them.

    Attributes
    ----------
    coef, std_err
        Shape (p,); the model-based standard error.
    variance
        Shape (p, p): model-based; NaN for dropped columns.
    robust_variance
        Shape (p, p), or None.
    loglik_null, loglik
        Partial log-likelihood without and with the covariates.
    lr, wald, score
        Overall tests, chi-square with `df`; Wald uses the robust variance when there is one.
    robust_score
        The score test with robust variance, or None.
    dropped
        Shape (p,): columns that are constant or combinations of others (NA in R).
    infinite
        Shape (p,): coefficients without a finite estimate (monotone likelihood).
    unreached
        Shape (p,): finite, but the iteration stopped before the maximum.
    linear_predictor
        Shape (n,), not centred.
    """

    coef: Floats
    variance: Floats
    robust_variance: Floats | None
    loglik_null: float
    loglik: float
    lr: float
    wald: float
    score: float
    robust_score: float | None
    df: int
    n: int
    events: int
    dropped: NDArray[np.bool_]
    infinite: NDArray[np.bool_]
    unreached: NDArray[np.bool_]
    iterations: int
    linear_predictor: Floats

    @property
    def std_err(self) -> Floats:
        """Model-based standard errors, shape (p,); NaN where the variance is not positive."""
        return _roots(self.variance)

    @property
    def robust_std_err(self) -> Floats | None:
        """Robust standard errors, shape (p,), or None."""
        return None if self.robust_variance is None else _roots(self.robust_variance)

    @property
    def estimable(self) -> NDArray[np.bool_]:
        """Whether each hazard ratio exists and may be reported, shape (p,)."""
        return ~(self.dropped | self.infinite | self.unreached) & (self.std_err > 0)

    @property
    def aic(self) -> float:
        """-2 log-likelihood + 2 df."""
        return -2.0 * self.loglik + 2.0 * self.df


def cox(
    time: Times,
    event: NDArray[np.bool_],
    x: Floats,
    *,
    ties: Ties = "efron",
    strata: Ints | None = None,
    weights: Floats | None = None,
    cluster: Ints | None = None,
    robust: bool | None = None,
) -> CoxFit:
    """Fit the model by Newton's method with step-halving.

    Parameters
    ----------
    time, event
        Shape (n,); as `DistinctTimes`, rows may have an entry.
    x
        Shape (n, p), finite.
    strata, cluster
        Shape (n,), codes.
    weights
        Shape (n,), positive case weights.
    robust
        Whether to compute the robust (sandwich) variance; by default with a cluster or a
        fractional weight, as in R.

    Notes
    -----
    Efron, J Am Stat Assoc 1977;72:557–565; Lin and Wei, J Am Stat Assoc 1989;84:1074–1078.
    """
    if robust is None:
        fractional = weights is not None and bool(np.any(weights != np.floor(weights)))
        robust = cluster is not None or fractional
    return cox_ordered(ordered(time, event, x, ties, strata, weights), x, cluster, robust)


def cox_ordered(data: Ordered, x: Floats, cluster: Ints | None, robust: bool) -> CoxFit:
    """The fit of rows in the order of time; `x` and `cluster` in their original order."""
    p, event = x.shape[1], data.event
    start = state_at(data, np.zeros(p))
    at_null = information(data, start)
    # A column that only varies between strata has information of nothing but rounding.
    spreads = np.einsum("ij,ij->i", data.x, data.x) / max(event.size, 1)
    keep = independent(at_null, float(event.sum()) * spreads)
    data_kept, at_null, null = data.columns(keep), at_null[np.ix_(keep, keep)], start.columns(keep)
    fit, scaled, iterations = _newton(data_kept, null, np.zeros(int(keep.sum())), at_null)
    scaled_variance, units = inverse(information(data_kept, fit)), data_kept.scale
    infinite = np.zeros(int(keep.sum()), dtype=np.bool_)
    unreached = _unreached(data_kept, fit, scaled, scaled_variance)
    if unreached.any() or (_relative_std_err(data_kept, scaled_variance) > SUSPECT_STD_ERR).any():
        infinite = monotone(data_kept)
        if unreached.any() and not infinite.any():  # R stops here; the maximum is further on
            at_fit = information(data_kept, fit)
            fit, scaled, iterations = _newton(data_kept, fit, scaled, at_fit, 0.0)
            scaled_variance = inverse(information(data_kept, fit))
            unreached = _unreached(data_kept, fit, scaled, scaled_variance)
    beta, squares = scaled / units, np.outer(units, units)
    robust_scaled = robust_score = None
    if robust:
        robust_scaled, robust_score = _sandwich(data_kept, null, fit, scaled_variance, cluster)
    coef = np.full(p, np.nan)
    coef[keep] = beta
    return CoxFit(
        coef=coef,
        variance=spread(scaled_variance / squares, keep),
        robust_variance=None if robust_scaled is None else spread(robust_scaled / squares, keep),
        loglik_null=start.loglik,
        loglik=fit.loglik,
        lr=2.0 * (fit.loglik - start.loglik),
        wald=quadratic(scaled_variance if robust_scaled is None else robust_scaled, scaled),
        score=float(null.score @ inverse(at_null) @ null.score),
        robust_score=robust_score,
        df=int(keep.sum()),
        n=int(event.size),
        events=int(event.sum()),
        dropped=~keep,
        infinite=_among(infinite, keep),
        unreached=_among(unreached & ~infinite, keep),
        iterations=iterations,
        linear_predictor=linear_predictor(x[:, keep], beta),
    )


def loglik_without(data: Ordered, fit: CoxFit, columns: NDArray[np.bool_]) -> float:
    """The log-likelihood of a model without some of its columns, shape (p,).

    Newton's method begins where the likelihood of all columns, as a parabola, has its maximum with
    these at 0. All coefficients of the model must be estimable.
    """
    coef, variance = fit.coef * data.scale, fit.variance * np.outer(data.scale, data.scale)
    among = variance[np.ix_(columns, columns)]
    start = coef - variance[:, columns] @ np.linalg.solve(among, coef[columns])
    rest = data.columns(~columns)
    beta = start[~columns]
    state = state_at(rest, beta)
    if not (_usable(state) and state.loglik >= fit.loglik_null):  # far from a parabola
        beta = np.zeros(beta.size)
        state = state_at(rest, beta)
    state, beta, _ = _newton(rest, state, beta, information(rest, state))
    at_fit = information(rest, state)
    if _unreached(rest, state, beta, inverse(at_fit)).any():
        state, beta, _ = _newton(rest, state, beta, at_fit, 0.0)
    return state.loglik


def _sandwich(
    data: Ordered, null: State, fit: State, variance: Floats, cluster: Ints | None
) -> tuple[Floats, float]:
    """Robust variance D'D of the dfbeta residuals D, and the robust score test at 0."""
    influence = _by_cluster(score_residuals(data, fit), cluster) @ variance
    residuals = _by_cluster(score_residuals(data, null), cluster)
    return influence.T @ influence, quadratic(residuals.T @ residuals, residuals.sum(axis=0))


def _newton(
    data: Ordered,
    state: State,
    beta: Floats,
    curvature: Floats,
    tolerance: float = LOGLIK_TOLERANCE,
) -> tuple[State, Floats, int]:
    """State, coefficients and number of steps of Newton's method from `beta`.

    `state` and `curvature` are the sums and the information there.
    """
    most = MAX_ITERATIONS if tolerance else 10 * MAX_ITERATIONS
    if beta.size == 0:
        return state, beta, 0
    for iteration in range(1, most + 1):
        curvature = curvature if iteration == 1 else information(data, state)
        step = inverse(curvature) @ state.score
        halvings = 0
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            new = state_at(data, beta + step)
            while not _rises(state, new) and halvings < 30:
                step, halvings = step / 2, halvings + 1
                new = state_at(data, beta + step)
        if not _usable(new):
            return state, beta, iteration
        done = abs(1.0 - state.loglik / new.loglik) <= tolerance if new.loglik else True
        beta, state = beta + step, new
        if done:  # where R stops, so that the last digits are R's too
            return state, beta, iteration
    return state, beta, most


def _unreached(data: Ordered, state: State, beta: Floats, variance: Floats) -> NDArray[np.bool_]:
    """R's rule for coefficients that a further step would still change, shape (p,)."""
    step = np.abs(state.score @ variance) / data.scale
    large = np.sqrt(LOGLIK_TOLERANCE) * np.abs(beta / data.scale)
    return np.asarray((step > LOGLIK_TOLERANCE) & (step > large))


def _relative_std_err(data: Ordered, variance: Floats) -> Floats:
    """Standard errors for covariates of standard deviation 1 and weights of mean 1."""
    spreads = np.einsum("ij,ij->i", data.x, data.x) / data.x.shape[1]
    scale = np.sqrt(spreads * float(data.weights.mean()))
    return np.asarray(_roots(variance) * scale, dtype=np.float64)


def _among(mask: NDArray[np.bool_], keep: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """A mask of the kept columns among all columns, False elsewhere."""
    full = np.zeros(keep.size, dtype=np.bool_)
    full[keep] = mask
    return full


def _roots(variance: Floats) -> Floats:
    """Square roots of the diagonal, NaN where it is not positive."""
    diagonal = np.diag(variance)
    return np.asarray(np.sqrt(np.where(diagonal > 0, diagonal, np.nan)), dtype=np.float64)


def _rises(state: State, new: State) -> bool:
    """Whether a step leads upwards; never when the risks leave the range of floats."""
    return _usable(new) and new.loglik >= state.loglik - 1e-12 * abs(state.loglik)


def _usable(state: State) -> bool:
    inside = (state.total > 1e-150) & (state.total < 1e150)  # so that their squares are numbers
    return bool(np.isfinite(state.loglik) and inside.all())


def _by_cluster(residuals: Floats, cluster: Ints | None) -> Floats:
    if cluster is None:
        return residuals
    sums = np.zeros((int(cluster.max()) + 1, residuals.shape[1]))
    np.add.at(sums, cluster, residuals)
    return sums


# ---------------------------------------------------------------- monotone likelihood


def monotone(data: Ordered) -> NDArray[np.bool_]:
    """Coefficients without a finite maximum of the partial likelihood, shape (p,).

    The likelihood keeps increasing in a direction d in which every patient with an event has the
    largest x'd of those at risk (Bryson and Johnson, Technometrics 1981;23:381–383). It is enough
    to compare each row at risk with the last event at or before its time, and that event with the
    one before; earlier events still count for those who were at risk when it happened, unless the
    last event's own row was. Rows of negligible weight count as absent.
    """
    usable = data.weights > NEGLIGIBLE_WEIGHT * data.weights.max()
    entered = data.first[data.slot] if data.entered is None else data.entered
    equal: list[Floats] = []
    above: list[Floats] = []
    events: list[int] = []  # those that no later one stands for
    stratum = -1
    for row in np.flatnonzero(usable).tolist():  # in the order of time, events first
        if data.first[data.slot[row]] != stratum:
            events, stratum = [], data.first[data.slot[row]]
        seen = [event for event in events if data.slot[event] >= entered[row]]
        for event in seen:
            tied = bool(data.event[row]) and data.slot[row] == data.slot[event]
            (equal if tied else above).append(data.x[:, event] - data.x[:, row])
        if data.event[row]:
            events = [*events[: len(events) - len(seen)], row]
    width = data.x.shape[0]
    return unbounded(*(np.array(rows).reshape(len(rows), width) for rows in (above, equal)))
