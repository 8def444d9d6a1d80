"""Fine and Gray's regression of the subdistribution hazard, as R's `cmprsk::crr` fits it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hcc2l.stats.cox import SUSPECT_STD_ERR, monotone
from hcc2l.stats.linear_algebra import independent, inverse, linear_predictor, spread
from hcc2l.stats.partial_likelihood import ordered
from hcc2l.stats.risk_sets import DistinctTimes, Floats, Ints, Times, distinct_times

Mask = NDArray[np.bool_]

# Newton's decrement g'H^-1 g, the squared distance to the maximum in standard errors: one more step
# from here reaches the maximum to the last digits.
DECREMENT = 1e-12
MAX_ITERATIONS = 60


@dataclass(frozen=True)
class FineGrayFit:
    """A fitted model; p columns, those of `dropped` with NaN.

    Coefficients that are not `estimable` stand where the iteration stopped: do not report them.

    Attributes
    ----------
    coef
        Shape (p,): log subdistribution hazard ratios.
    variance
        Shape (p, p): the sandwich variance; with `censoring_known` False it allows for the
        estimation of the distribution of censoring.
    loglik_null, loglik
        Partial log-likelihood, weighted by the probability of censoring, without and with the
        covariates.
    dropped, infinite, unreached
        Shape (p,): as of `stats.cox.CoxFit`.
    time, hazard
        Shape (m,): times of the events, ascending, and the cumulative baseline hazard of the
        subdistribution at covariates of 0.
    """

    coef: Floats
    variance: Floats
    loglik_null: float
    loglik: float
    n: int
    events: int
    dropped: Mask
    infinite: Mask
    unreached: Mask
    censoring_known: bool
    time: Floats
    hazard: Floats

    @property
    def std_err(self) -> Floats:
        """Shape (p,); NaN for dropped columns."""
        return np.asarray(np.sqrt(np.diag(self.variance)), dtype=np.float64)

    @property
    def estimable(self) -> Mask:
        """Shape (p,): columns whose ratio may be reported."""
        return ~(self.dropped | self.infinite | self.unreached)

    def incidence(self, x: Floats, times: Floats) -> Floats:
        """Predicted cumulative incidence, shape (rows, times), of rows with covariates `x`."""
        hazard = np.concatenate(([0.0], self.hazard))
        at = hazard[np.searchsorted(self.time, times, side="right")]
        score = linear_predictor(x[:, ~self.dropped], self.coef[~self.dropped])
        return np.asarray(-np.expm1(-np.outer(np.exp(score), at)), dtype=np.float64)


@dataclass(frozen=True)
class _Rows:
    """Rows in the order of time; a slot is a distinct time.

    A patient with a competing event at T stays in the risk sets of later s with the weight
    G(s-)/G(T-). It is a product, so that the sums over these patients are running sums over T of
    x/G(T-), times G(s-).

    Attributes
    ----------
    x
        Shape (n, p), centred and scaled.
    slot, begins
        Shape (n,) and (m,): each row's slot, and each slot's first row.
    own, competing, censored
        Shape (n,): what happened to the patient.
    group
        Shape (n,): codes of the groups of censoring, 0 ... k - 1.
    uncensored
        Shape (m, k): G(s-), the probability in each group of not being censored before a slot.
    entering
        Shape (m, k): G(T-) as it stands below the weight of a competing event at T.
    deaths
        Shape (m,): weighted number of the patients with the event in each slot.
    """

    x: Floats
    order: NDArray[np.intp]
    slot: Ints
    begins: Ints
    own: Mask
    competing: Mask
    censored: Mask
    group: Ints
    weights: Floats
    uncensored: Floats
    entering: Floats
    deaths: Floats

    @property
    def share(self) -> Floats:
        """Shape (n,): 1/G(T-) of patients with a competing event, 0 of the others."""
        of_row = self.entering[self.slot, self.group]
        return np.divide(1.0, of_row, out=np.zeros(of_row.size), where=self.competing)

    def by_slot(self, values: Floats) -> Floats:
        """Sums of `values`, shape (n, …), over the rows of each slot, shape (m, …)."""
        return np.asarray(np.add.reduceat(values, self.begins, axis=0), dtype=np.float64)

    def earlier(self, values: Floats, group: int) -> Floats:
        """Sums of `values`, shape (n, q), over a group's rows of earlier slots, shape (m, q)."""
        inside = np.where((self.group == group)[:, None], values, 0.0)
        sums = np.cumsum(self.by_slot(inside), axis=0)
        return np.concatenate((np.zeros((1, values.shape[1])), sums[:-1]))


@dataclass(frozen=True)
class _State:
    """Sums over the risk sets at given coefficients, those of the scaled covariates.

    Attributes
    ----------
    relative
        Shape (n,): weight x exp(linear predictor - shift).
    total, mean
        Shape (m,) and (m, p): sum of `relative` over each risk set, and mean of the covariates.
    hazard
        Shape (m,): the step of the baseline hazard, times exp(shift).
    """

    loglik: float
    score: Floats
    shift: float
    relative: Floats
    total: Floats
    mean: Floats
    hazard: Floats


def fine_gray(
    time: Times,
    cause: Ints,
    x: Floats,
    of: int = 1,
    *,
    censoring_group: Ints | None = None,
    weights: Floats | None = None,
    cluster: Ints | None = None,
) -> FineGrayFit:
    """Subdistribution hazard ratios of the events with ``cause == of``.

    Without `weights` and `cluster` the estimates and the variance of R's ``cmprsk::crr``, at full
    convergence. With either, those of ``coxph(..., weights = fgwt, ties = "breslow", cluster)``
    after ``survival::finegray``: the distribution of censoring is estimated without weights and
    taken as known, and an event at the time of a censoring happens just before it, which `crr` does
    not assume.

    Parameters
    ----------
    time, cause
        Shape (n,); `cause` is 0 where censored.
    x
        Shape (n, p), finite.
    censoring_group
        Shape (n,): codes 0 ... k - 1 of the groups within which censoring is estimated.
    weights
        Shape (n,), positive.
    cluster
        Shape (n,): codes; rows are their own clusters without it.

    Notes
    -----
    Fine and Gray, J Am Stat Assoc 1999;94:496–509; ties as Breslow's. One sorting, then sums that
    run over time: O(n p^2) a step.
    """
    known = weights is not None or cluster is not None
    distinct = distinct_times(time)
    data, centre, scale = _rows(distinct, cause, x, of, censoring_group, weights, known)
    p = x.shape[1]
    start = _state(data, np.zeros(p))
    at_null = _information(data, start)
    spreads = np.einsum("ij,ij->j", data.x, data.x) / data.x.shape[0]
    keep = independent(at_null, float(data.deaths.sum()) * spreads)
    data = replace(data, x=data.x[:, keep])
    fit, beta, reached = _newton(data)
    bread = inverse(_information(data, fit))
    infinite = np.zeros(int(keep.sum()), dtype=np.bool_)
    standardised = np.sqrt(np.maximum(np.diag(bread), 0.0) * spreads[keep] * data.weights.mean())
    if not reached or (standardised > SUSPECT_STD_ERR).any():
        infinite = _monotone(distinct, cause, x[:, keep], of, weights)
    influence = _influence(data, fit)
    if not known:
        influence += _of_censoring(data, fit, apart=censoring_group is not None)
    if cluster is not None:
        sums = np.zeros((int(cluster.max()) + 1, influence.shape[1]))
        np.add.at(sums, cluster[data.order], influence)
        influence = sums
    root = influence @ bread
    units = scale[keep]
    coef = np.full(p, np.nan)
    coef[keep] = beta / units
    happens = data.deaths > 0
    baseline = np.cumsum(fit.hazard[happens]) * np.exp(-fit.shift - centre[keep] @ coef[keep])
    return FineGrayFit(
        coef=coef,
        variance=spread((root.T @ root) / np.outer(units, units), keep),
        loglik_null=start.loglik,
        loglik=fit.loglik,
        n=int(cause.size),
        events=int((cause == of).sum()),
        dropped=~keep,
        infinite=_among(infinite, keep),
        unreached=_among(~infinite & (not reached), keep),
        censoring_known=known,
        time=distinct.times[happens],
        hazard=baseline,
    )


def _among(mask: Mask, keep: Mask) -> Mask:
    full = np.zeros(keep.size, dtype=np.bool_)
    full[keep] = mask
    return full


def _rows(
    distinct: DistinctTimes,
    cause: Ints,
    x: Floats,
    of: int,
    group: Ints | None,
    weights: Floats | None,
    events_first: bool,
) -> tuple[_Rows, Floats, Floats]:
    """The rows in the order of time, and the centre and the scale of each covariate."""
    order = np.argsort(distinct.index, kind="stable")
    slot = distinct.index[order]
    cause = cause[order]
    codes = np.zeros(order.size, dtype=np.int64) if group is None else group[order]
    begins = np.searchsorted(slot, np.arange(distinct.times.size)).astype(np.int64)
    uncensored, after = _uncensored(slot, begins.size, cause, codes, events_first)
    entering = uncensored.copy()
    if not events_first and distinct.times[0] == 0:
        entering[0] = after[0]  # as crr does at time 0
    centre = x.mean(axis=0)
    centred = (x - centre)[order]
    size = np.abs(centred).mean(axis=0)
    varies = size > 4 * np.finfo(np.float64).eps * np.abs(centre)
    scale = np.where(varies, size, 1.0)
    own = cause == of
    w = np.ones(order.size) if weights is None else weights[order].astype(np.float64)
    data = _Rows(
        x=np.where(varies, centred / scale, 0.0),
        order=order,
        slot=slot,
        begins=begins,
        own=own,
        competing=(cause != 0) & ~own,
        censored=cause == 0,
        group=codes,
        weights=w,
        uncensored=uncensored,
        entering=entering,
        deaths=np.bincount(slot[own], weights=w[own], minlength=begins.size).astype(np.float64),
    )
    return data, centre, scale


def _uncensored(
    slot: Ints, slots: int, cause: Ints, group: Ints, events_first: bool
) -> tuple[Floats, Floats]:
    """G(t-) and G(t), shape (slots, groups): Kaplan–Meier of censoring in each group.

    After the last time of a group G(t-) is 0, as in crr.
    """
    k = int(group.max()) + 1
    cell = slot * k + group
    shape = (slots, k)
    left = np.bincount(cell, minlength=slots * k).reshape(shape)
    censored = np.bincount(cell[cause == 0], minlength=slots * k).reshape(shape)
    at_risk = np.cumsum(left[::-1], axis=0)[::-1]
    exposed = at_risk - (left - censored) if events_first else at_risk
    after: Floats = np.cumprod(1.0 - censored / np.maximum(exposed, 1), axis=0, dtype=np.float64)
    before = np.concatenate((np.ones((1, k)), after[:-1]))
    return np.where(at_risk > 0, before, 0.0), after


def _state(data: _Rows, beta: Floats) -> _State:
    """The sums over all risk sets at coefficients `beta`, shape (p,)."""
    eta = linear_predictor(data.x, beta)
    shift = float(eta.max())
    relative = np.exp(eta - shift) * data.weights
    terms = np.column_stack([relative, data.x * relative[:, None]])
    sums = np.cumsum(data.by_slot(terms)[::-1], axis=0)[::-1]
    stayed = terms * data.share[:, None]
    for g in range(data.uncensored.shape[1]):
        sums = sums + data.uncensored[:, [g]] * data.earlier(stayed, g)
    total = sums[:, 0]
    happens = data.deaths > 0
    hazard = np.divide(data.deaths, total, out=np.zeros(total.size), where=happens)
    mean = np.divide(
        sums[:, 1:], total[:, None], out=np.zeros_like(sums[:, 1:]), where=happens[:, None]
    )
    own = data.weights * data.own
    loglik = float(own @ eta - data.deaths[happens] @ (np.log(total[happens]) + shift))
    score = own @ data.x - data.deaths @ mean
    return _State(loglik, score, shift, relative, total, mean, hazard)


def _exposure(data: _Rows, values: Floats) -> Floats:
    """Per row, the sum of `values`, shape (m, q), over the slots in whose risk set it is.

    Slots after a competing event count by the weight of the patient there.
    """
    result = np.cumsum(values, axis=0)[data.slot]
    share = data.share[:, None]
    for g in range(data.uncensored.shape[1]):
        inside = data.competing & (data.group == g)
        result[inside] += (
            share[inside] * _later(values * data.uncensored[:, [g]])[data.slot[inside]]
        )
    return np.asarray(result, dtype=np.float64)


def _later(values: Floats) -> Floats:
    """Sums of `values`, shape (m, q), over the later slots."""
    sums = np.cumsum(values[::-1], axis=0)[::-1]
    return np.concatenate((sums[1:], np.zeros((1, values.shape[1]))))


def _information(data: _Rows, state: _State) -> Floats:
    row = state.relative * _exposure(data, state.hazard[:, None])[:, 0]
    second = (data.x * row[:, None]).T @ data.x
    return np.asarray(second - (state.mean * data.deaths[:, None]).T @ state.mean, dtype=np.float64)


def _newton(data: _Rows) -> tuple[_State, Floats, bool]:
    """State and coefficients where Newton's method stops, and whether that is the maximum."""
    beta = np.zeros(data.x.shape[1])
    state = _state(data, beta)
    for _ in range(MAX_ITERATIONS):
        step = inverse(_information(data, state)) @ state.score
        decrement = float(state.score @ step)
        with np.errstate(all="ignore"):
            new = _state(data, beta + step)
            for _ in range(30):
                if _rises(state, new):
                    break
                step = step / 2
                new = _state(data, beta + step)
        if not _rises(state, new):
            return state, beta, decrement <= DECREMENT
        beta, state = beta + step, new
        if decrement <= DECREMENT:
            return state, beta, True
    return state, beta, False


def _rises(state: _State, new: _State) -> bool:
    """Whether a step leads upwards; never where the risks leave the range of floats."""
    return bool(
        np.isfinite(new.loglik)
        and (new.hazard < 1e150).all()  # so that its square is a number
        and new.loglik >= state.loglik - 1e-12 * abs(state.loglik)
    )


def _influence(data: _Rows, state: _State) -> Floats:
    """Score residuals, eta of Fine and Gray, shape (n, p), times the weights."""
    of_hazard = _exposure(data, np.column_stack([state.hazard, state.mean * state.hazard[:, None]]))
    drift = data.x * of_hazard[:, [0]] - of_hazard[:, 1:]
    own = (data.weights * data.own)[:, None] * (data.x - state.mean[data.slot])
    return np.asarray(own - state.relative[:, None] * drift, dtype=np.float64)


def _of_censoring(data: _Rows, state: _State, *, apart: bool) -> Floats:
    """What the estimation of G adds to the score residuals, psi of Fine and Gray, shape (n, p).

    With groups of censoring (`apart`) crr sums, in the term of a group, over the events of that
    group alone; so does this.
    """
    m, k = data.uncensored.shape
    result = np.zeros_like(data.x)
    stayed = state.relative * data.share
    terms = np.column_stack([stayed, data.x * stayed[:, None]])
    for g in range(k):
        inside = data.group == g
        deaths = data.by_slot((data.own & inside).astype(np.float64)) if apart else data.deaths
        step = np.divide(deaths, state.total, out=np.zeros(m), where=deaths > 0)
        step *= data.uncensored[:, g]
        both = np.column_stack([step, state.mean * step[:, None]])
        from_here = np.cumsum(both[::-1], axis=0)[::-1]
        before = data.earlier(terms, g)
        pull = before[:, 1:] * from_here[:, [0]] - before[:, [0]] * from_here[:, 1:]
        at_risk = np.cumsum(data.by_slot(inside.astype(np.float64))[::-1])[::-1]
        censored = data.by_slot((data.censored & inside).astype(np.float64))
        per_patient = pull / np.maximum(at_risk, 1.0)[:, None]
        drift = np.cumsum(per_patient * (censored / np.maximum(at_risk, 1.0))[:, None], axis=0)
        result[inside] = -drift[data.slot[inside]]
        jumps = inside & data.censored
        result[jumps] += per_patient[data.slot[jumps]]
    return result


def _monotone(
    distinct: DistinctTimes, cause: Ints, x: Floats, of: int, weights: Floats | None
) -> Mask:
    """Coefficients without a finite maximum, shape (p,).

    Risk sets are those of a Cox model in which patients with a competing event never leave.
    """
    own = cause == of
    index = np.where((cause != 0) & ~own, distinct.times.size, distinct.index)
    times = np.append(distinct.times, distinct.times[-1] + 1.0)
    return monotone(ordered(DistinctTimes(times, index), own, x, "breslow", None, weights))
