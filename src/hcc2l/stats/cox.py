"""Cox's proportional hazards model, as R's `survival::coxph` fits it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hcc2l.stats.risk_sets import Floats, Ints, Times, distinct_times

Ties = Literal["efron", "breslow"]

# R's coxph.control: relative change of the log-likelihood, and the pivot below which a column
# counts as a linear combination of those before it.
LOGLIK_TOLERANCE = 1e-9
PIVOT_TOLERANCE = float(np.finfo(np.float64).eps) ** 0.75
MAX_ITERATIONS = 20


@dataclass(frozen=True)
class _Ordered:
    """Rows sorted by stratum and time, and the terms of the partial likelihood.

    A *slot* is a distinct time of a stratum. A *term* is one death: with Efron's ties the k-th of
    d tied deaths sees a risk set in which the tied deaths count by 1 - k/d.

    Attributes
    ----------
    x
        Shape (p, n): one contiguous row a covariate.
    order
        Shape (n,): the sorting.
    slot
        Shape (n,): the row's slot.
    last
        Shape (m,): one past the last slot of each slot's stratum.
    dead_x
        Shape (p, deaths): the covariates of the deaths.
    term_slot, term_share, term_weight
        Shape (deaths,): the slot of each term, its k/d (0 for Breslow), and its weight.
    deaths
        Shape (m,): number of deaths in each slot.
    tied
        Whether any share is above 0.
    """

    x: Floats
    event: NDArray[np.bool_]
    weights: Floats
    order: NDArray[np.intp]
    slot: Ints
    last: Ints
    dead_x: Floats
    term_slot: Ints
    term_share: Floats
    term_weight: Floats
    deaths: Ints
    tied: bool

    def per_slot(self, values: Floats) -> Floats:
        """Sums of `values`, shape (deaths,), over the terms of each slot, shape (m,)."""
        sums = np.bincount(self.term_slot, weights=values, minlength=self.last.size)
        return sums.astype(np.float64, copy=False)


@dataclass(frozen=True)
class _State:
    """Sums over the risk sets at given coefficients.

    The mean of the covariates in the risk set of a term is (s1 - k/d d1) / total, a fraction in
    k/d; so all sums over tied deaths need scalars a term and vectors a slot only.

    Attributes
    ----------
    relative
        Shape (n,): weight x exp(linear predictor).
    s1, d1
        Shape (p, m): sums of relative x covariate over those at risk, and over the deaths.
    total
        Shape (deaths,): sum of `relative` over the risk set of each term.
    """

    loglik: float
    score: Floats
    relative: Floats
    s1: Floats
    d1: Floats
    total: Floats


@dataclass(frozen=True)
class CoxFit:
    """A fitted model; p columns, those of `dropped` with NaN.

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
        Shape (p,): coefficients that run away (monotone likelihood).
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
    iterations: int
    linear_predictor: Floats

    @property
    def std_err(self) -> Floats:
        """Model-based standard errors, shape (p,)."""
        return np.asarray(np.sqrt(np.diag(self.variance)), dtype=np.float64)

    @property
    def robust_std_err(self) -> Floats | None:
        """Robust standard errors, shape (p,), or None."""
        if self.robust_variance is None:
            return None
        return np.asarray(np.sqrt(np.diag(self.robust_variance)), dtype=np.float64)

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
        Shape (n,).
    x
        Shape (n, p), finite.
    strata, cluster
        Shape (n,), codes.
    weights
        Shape (n,), positive case weights.
    robust
        Whether to compute the robust (sandwich) variance; left out, when there is a cluster or a
        fractional weight, as R does.

    Notes
    -----
    Efron, J Am Stat Assoc 1977;72:557-565; Lin and Wei, J Am Stat Assoc 1989;84:1074-1078.
    """
    if robust is None:
        fractional = weights is not None and bool(np.any(weights != np.floor(weights)))
        robust = cluster is not None or fractional
    centre = x.mean(axis=0) if x.size else np.zeros(x.shape[1])
    data = _ordered(time, event, x - centre, ties, strata, weights)
    p = x.shape[1]
    start = _state(data, np.zeros(p))
    information = _information(data, start)
    # A column that only varies between strata has information of nothing but rounding.
    keep = _independent(information, float(event.sum()) * x.var(axis=0) if x.size else None)
    data_kept = _columns(data, keep)
    fit, beta, iterations = _newton(data_kept, int(keep.sum()))
    variance_kept = _inverse(_information(data_kept, fit))
    score_null = start.score[keep]
    null_inverse = _inverse(information[np.ix_(keep, keep)])
    robust_kept = robust_score = None
    if robust:
        robust_kept, robust_score = _sandwich(data_kept, fit, variance_kept, cluster)
    step = np.abs(fit.score @ variance_kept)
    runaway = (step > LOGLIK_TOLERANCE) & (step > np.sqrt(LOGLIK_TOLERANCE) * np.abs(beta))
    coef = np.full(p, np.nan)
    coef[keep] = beta
    infinite = np.zeros(p, dtype=np.bool_)
    infinite[keep] = runaway
    return CoxFit(
        coef=coef,
        variance=_spread(variance_kept, keep),
        robust_variance=None if robust_kept is None else _spread(robust_kept, keep),
        loglik_null=start.loglik,
        loglik=fit.loglik,
        lr=2.0 * (fit.loglik - start.loglik),
        wald=_quadratic(variance_kept if robust_kept is None else robust_kept, beta),
        score=float(score_null @ null_inverse @ score_null),
        robust_score=robust_score,
        df=int(keep.sum()),
        n=int(event.size),
        events=int(event.sum()),
        dropped=~keep,
        infinite=infinite,
        iterations=iterations,
        linear_predictor=linear_predictor(x[:, keep], beta),
    )


def _sandwich(
    data: _Ordered, fit: _State, variance: Floats, cluster: Ints | None
) -> tuple[Floats, float]:
    """Robust variance D'D of the dfbeta residuals D, and the robust score test at 0."""
    influence = _by_cluster(_score_residuals(data, fit), cluster) @ variance
    null = _state(data, np.zeros(data.x.shape[0]))
    residuals = _by_cluster(_score_residuals(data, null), cluster)
    return influence.T @ influence, _quadratic(residuals.T @ residuals, residuals.sum(axis=0))


def linear_predictor(x: Floats, coef: Floats) -> Floats:
    """x'beta, shape (n,), column by column: equal rows get equal numbers, to the last bit.

    (A matrix product may round the same row differently in different places, which would untie
    patients with the same covariates.)
    """
    total = np.zeros(x.shape[0])
    for j in range(coef.size):
        total += x[:, j] * coef[j]
    return total


# ---------------------------------------------------------------- the partial likelihood


def _ordered(
    time: Times,
    event: NDArray[np.bool_],
    x: Floats,
    ties: Ties,
    strata: Ints | None,
    weights: Floats | None,
) -> _Ordered:
    distinct = distinct_times(time)
    n = event.size
    key = distinct.index
    if strata is not None:
        key = strata * distinct.times.size + key
    order = np.argsort(key, kind="stable")
    sorted_key = key[order]
    first = np.concatenate(([True], sorted_key[1:] != sorted_key[:-1]))
    slot = np.cumsum(first) - 1
    group = sorted_key[first] // distinct.times.size
    last = np.searchsorted(group, group, side="right")
    event, w = event[order], np.ones(n) if weights is None else weights[order].astype(np.float64)
    sorted_x = np.ascontiguousarray(x.T[:, order])
    term_slot = slot[event]
    deaths = np.bincount(term_slot, minlength=last.size)
    weight = np.bincount(term_slot, weights=w[event], minlength=last.size)
    begins = np.concatenate(([0], np.cumsum(deaths)[:-1]))
    number = np.arange(term_slot.size) - begins[term_slot]
    share = number / deaths[term_slot] if ties == "efron" else np.zeros(term_slot.size)
    return _Ordered(
        x=sorted_x,
        event=event,
        weights=w,
        order=order,
        slot=slot,
        last=last,
        dead_x=sorted_x[:, event],
        term_slot=term_slot,
        term_share=share,
        term_weight=weight[term_slot] / deaths[term_slot],
        deaths=deaths,
        tied=bool(share.any()),
    )


def _columns(data: _Ordered, keep: NDArray[np.bool_]) -> _Ordered:
    """The same data with some covariates only."""
    return data if keep.all() else replace(data, x=data.x[keep], dead_x=data.dead_x[keep])


def _from_here(data: _Ordered, values: Floats) -> Floats:
    """Sum of `values`, shape (n,), over the rows of the stratum with time >= that of each slot."""
    sums = np.bincount(data.slot, weights=values, minlength=data.last.size)
    after = np.append(np.cumsum(sums[::-1])[::-1], 0.0)
    return np.asarray(after[:-1] - after[data.last], dtype=np.float64)


def _state(data: _Ordered, beta: Floats) -> _State:
    p, slots = data.x.shape[0], data.last.size
    eta = linear_predictor(data.x.T, beta)
    shift = float(eta.max()) if eta.size else 0.0
    relative = data.weights * np.exp(eta - shift)
    at_risk = _from_here(data, relative)
    s1 = np.empty((p, slots))
    for j in range(p):
        s1[j] = _from_here(data, relative * data.x[j])
    d1 = np.zeros((p, slots))
    total = at_risk[data.term_slot]
    if data.tied:
        dead = relative[data.event]
        total = total - data.term_share * data.per_slot(dead)[data.term_slot]
        for j in range(p):
            d1[j] = data.per_slot(dead * data.dead_x[j])
    own = data.weights[data.event]
    loglik = float(own @ eta[data.event] - data.term_weight @ (np.log(total) + shift))
    inverse = data.term_weight / total
    expected = s1 @ data.per_slot(inverse) - d1 @ data.per_slot(inverse * data.term_share)
    scaled = np.exp(shift)
    return _State(
        loglik, data.dead_x @ own - expected, relative * scaled, s1 * scaled, d1 * scaled,
        total * scaled,
    )  # fmt: skip


def _exposure(data: _Ordered, values: Floats) -> Floats:
    """Per row, the sum of `values`, shape (deaths,), over the terms in whose risk set it is.

    Rows are in the risk sets up to their own time; a tied death counts in its own set by
    1 - share only (Efron).
    """
    return _exposure_by_slot(
        data, data.per_slot(values), data.per_slot(values * data.term_share)
    )  # fmt: skip


def _exposure_by_slot(data: _Ordered, sums: Floats, lessened: Floats) -> Floats:
    running = np.cumsum(sums)
    first = np.searchsorted(data.last, data.last, side="left")  # of the slot's stratum
    before = np.concatenate(([0.0], running))[first]
    exposure = (running - before)[data.slot]
    if data.tied:
        exposure[data.event] -= lessened[data.term_slot]
    return np.asarray(exposure, dtype=np.float64)


def _information(data: _Ordered, state: _State, multiplier: Floats | None = None) -> Floats:
    """Sum over terms of multiplier x weight x covariance in the risk set, shape (p, p)."""
    weight = data.term_weight if multiplier is None else data.term_weight * multiplier
    row = state.relative * _exposure(data, weight / state.total)
    second = (data.x * row) @ data.x.T
    square = weight / state.total**2
    means = (state.s1 * data.per_slot(square)) @ state.s1.T
    if data.tied:
        share = data.term_share
        mixed = (state.s1 * data.per_slot(square * share)) @ state.d1.T
        means += (state.d1 * data.per_slot(square * share**2)) @ state.d1.T - mixed - mixed.T
    return np.asarray(second - means, dtype=np.float64)


def _newton(data: _Ordered, p: int) -> tuple[_State, Floats, int]:
    beta = np.zeros(p)
    state = _state(data, beta)
    if p == 0:
        return state, beta, 0
    for iteration in range(1, MAX_ITERATIONS + 1):
        step = _inverse(_information(data, state)) @ state.score
        halvings = 0
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            new = _state(data, beta + step)
            while not _rises(state, new) and halvings < 30:
                step, halvings = step / 2, halvings + 1
                new = _state(data, beta + step)
        if not _usable(new):
            return state, beta, iteration
        done = abs(1.0 - state.loglik / new.loglik) <= LOGLIK_TOLERANCE if new.loglik else True
        beta, state = beta + step, new
        if done:  # where R stops, so that the last digits are R's too
            return state, beta, iteration
    return state, beta, MAX_ITERATIONS


def _rises(state: _State, new: _State) -> bool:
    """Whether a step is one upwards; one so long that risks leave the range of floats is none."""
    return _usable(new) and new.loglik >= state.loglik - 1e-12 * abs(state.loglik)


def _usable(state: _State) -> bool:
    inside = (state.total > 1e-150) & (state.total < 1e150)  # so that their squares are numbers
    return bool(np.isfinite(state.loglik) and inside.all())


def _score_residuals(data: _Ordered, state: _State) -> Floats:
    """Each row's share in the score, weighted, in the order of the data given; shape (n, p)."""
    share, slot = data.term_share, data.slot[data.event]
    hazard = _exposure(data, data.term_weight / state.total)
    square = [data.per_slot(data.term_weight / state.total**2 * share**k) for k in range(3)]
    inverse = [data.per_slot(share**k / state.total) for k in range(2)]
    own = data.weights[data.event]
    result = np.empty((data.event.size, data.x.shape[0]))
    for j, (x, s1, d1) in enumerate(zip(data.x, state.s1, state.d1, strict=True)):
        drift = _exposure_by_slot(
            data, s1 * square[0] - d1 * square[1], s1 * square[1] - d1 * square[2]
        )
        residual = -state.relative * (x * hazard - drift)
        mean = (s1 * inverse[0] - d1 * inverse[1]) / np.maximum(data.deaths, 1)
        residual[data.event] += own * (data.dead_x[j] - mean[slot])
        result[data.order, j] = residual
    return result


# ---------------------------------------------------------------- linear algebra


def _independent(information: Floats, scale: Floats | None = None) -> NDArray[np.bool_]:
    """Columns that are not combinations of earlier ones, by R's Cholesky pivots.

    `scale`, shape (p,), is what the diagonal would be for a column that says something.
    """
    p = information.shape[0]
    keep = np.zeros(p, dtype=np.bool_)
    rest = information.copy()
    limit = PIVOT_TOLERANCE * max(float(np.diag(information).max(initial=0.0)), 0.0)
    for j in range(p):
        pivot = rest[j, j]
        floor = 0.0 if scale is None else PIVOT_TOLERANCE * scale[j]
        if not pivot > max(limit, floor):
            continue
        keep[j] = True
        column = rest[:, j] / pivot
        rest = rest - np.outer(column, rest[j, :])
    return keep


def _inverse(matrix: Floats) -> Floats:
    if matrix.size == 0:
        return matrix
    try:
        return np.asarray(np.linalg.inv(matrix), dtype=np.float64)
    except np.linalg.LinAlgError:
        return np.asarray(np.linalg.pinv(matrix, hermitian=True), dtype=np.float64)


def _quadratic(variance: Floats, vector: Floats) -> float:
    """``v' V^-1 v``, by a generalised inverse when V is singular."""
    if vector.size == 0:
        return 0.0
    keep = _independent(variance)
    return float(vector[keep] @ np.linalg.solve(variance[np.ix_(keep, keep)], vector[keep]))


def _spread(matrix: Floats, keep: NDArray[np.bool_]) -> Floats:
    full = np.full((keep.size, keep.size), np.nan)
    full[np.ix_(keep, keep)] = matrix
    return full


def _by_cluster(residuals: Floats, cluster: Ints | None) -> Floats:
    if cluster is None:
        return residuals
    sums = np.zeros((int(cluster.max()) + 1, residuals.shape[1]))
    np.add.at(sums, cluster, residuals)
    return sums
