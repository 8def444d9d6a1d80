"""Cumulative incidence with competing risks, and Gray's test, as in R's `cmprsk`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hcc2l.stats.logrank import chi_square
from hcc2l.stats.risk_sets import (
    TIE_TOLERANCE,
    DistinctTimes,
    Floats,
    Ints,
    RiskSets,
    Times,
    distinct_times,
    fractional,
    risk_sets,
    time_tolerance,
)

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class CumulativeIncidence:
    """Cumulative incidence of one cause; arrays have one entry per distinct time, ascending.

    Attributes
    ----------
    time
        Distinct times of events and censorings.
    incidence
        Probability of the event of this cause up to and including t.
    std_err
        Its standard error (Aalen's variance, the one R's ``cmprsk::cuminc`` prints).
    n_risk, n_event, n_censor
        Numbers with time >= t, with the event of this cause at t, and censored at t.
    """

    time: Floats
    incidence: Floats
    std_err: Floats
    n_risk: Floats
    n_event: Floats
    n_censor: Floats


@dataclass(frozen=True)
class GrayTest:
    """Gray's test of equal cumulative incidence; NaN where it is not estimable."""

    statistic: float
    df: int
    p: float


def cumulative_incidence(
    time: Times,
    cause: Ints,
    of: int,
    weights: Floats | None = None,
    *,
    robust: bool | None = None,
) -> CumulativeIncidence:
    """Aalen-Johansen estimate for the events with ``cause == of``.

    Parameters
    ----------
    time, cause
        Shape (n,); `cause` is 0 where censored, else 1 or 2.
    weights
        Shape (n,), positive case weights. Whole numbers act as repeated rows.
    robust
        Whether the variance is the infinitesimal jackknife, as in R's multi-state
        ``survfit(..., weights)``; by default, when any weight is not a whole number.

    Notes
    -----
    Variance: Aalen, Scand J Stat 1978;6:239–252, with the tie correction of cmprsk,
    1 - (d - 1)/(n - 1) per kind of event.
    """
    both = np.stack([cause == of, (cause != 0) & (cause != of)], axis=1)
    sets = risk_sets(time, cause != 0, weights=weights)
    n = sets.at_risk[:, 0]
    m = n.size
    d_own, d_other = (_sums(sets.index, kind, weights, m) for kind in both.T)
    survivors = n - d_own - d_other
    if weights is not None:  # sums of weights do not cancel exactly
        survivors[survivors < TIE_TOLERANCE * n] = 0.0
    after = np.cumprod(survivors / n)
    before = np.concatenate(([1.0], after[:-1]))
    incidence = np.cumsum(before * d_own / n)
    n_censor = _sums(sets.index, cause == 0, weights, m)
    if weights is not None and (fractional(weights) if robust is None else robust):
        return CumulativeIncidence(
            time=sets.times,
            incidence=incidence,
            std_err=_jackknife(sets, both, weights, before, incidence, survivors, d_own),
            n_risk=n,
            n_event=d_own,
            n_censor=n_censor,
        )
    # Var F = sum of increments of (a + F b)^2 kinds; the three running sums give it at every t.
    inverse = np.divide(1.0, after, out=np.zeros(m), where=after > 0)
    own = before**2 * _tie_factor(d_own, n) * d_own / n**2
    other = np.where(after > 0, before**2 * _tie_factor(d_other, n) * d_other / n**2, 0.0)
    a_own, a_other = 1.0 + incidence * inverse, incidence * inverse
    v1 = np.cumsum(a_own**2 * own + a_other**2 * other)
    v2 = np.cumsum(inverse * (a_own * own + a_other * other))
    v3 = np.cumsum(inverse**2 * (own + other))
    variance = np.maximum(v1 + incidence**2 * v3 - 2.0 * incidence * v2, 0.0)
    # The estimate moves only at events of its own cause; so does the variance cmprsk reports.
    moved = np.maximum.accumulate(np.where(d_own > 0, np.arange(m), -1))
    reported = np.where(moved >= 0, variance[np.maximum(moved, 0)], 0.0)
    return CumulativeIncidence(
        time=sets.times,
        incidence=incidence,
        std_err=np.sqrt(reported),
        n_risk=n,
        n_event=d_own,
        n_censor=n_censor,
    )


def _sums(index: Ints, rows: Mask, weights: Floats | None, size: int) -> Floats:
    """(Weighted) number of the rows selected, at each distinct time."""
    selected = None if weights is None else weights[rows]
    return np.bincount(index[rows], weights=selected, minlength=size).astype(np.float64)


def _jackknife(
    sets: RiskSets,
    kinds: NDArray[np.bool_],
    weights: Floats,
    before: Floats,
    incidence: Floats,
    survivors: Floats,
    d_own: Floats,
) -> Floats:
    """Standard error of F(t): root of the sum over rows of (w dF/dw)^2, shape (m,).

    While a row is at risk its derivative is A(t), the same for all. After its time T it is
    a - c F(t), where c is the derivative of -log S, so that three running sums give all squares.
    """
    n = sets.at_risk[:, 0]
    index, own, any_kind = sets.index, kinds[:, 0], kinds.any(axis=1)
    hazard_step = sets.events[:, 0] / n
    lost = np.divide(1.0, survivors, out=np.zeros(n.size), where=survivors > 0)
    fall = np.cumsum(hazard_step * lost)  # of log S, for a row at risk throughout
    fall_before = np.concatenate(([0.0], fall[:-1]))
    at_risk = np.cumsum(before * (d_own / n) * (fall_before - 1.0 / n))
    c = np.where(any_kind, lost[index], 0.0) - fall[index]
    a = at_risk[index] + np.where(own, (before / n)[index], 0.0) + c * incidence[index]
    squares, mixed, slope = (
        np.cumsum(np.bincount(index, weights=weights**2 * v, minlength=n.size))
        for v in (a**2, a * c, c**2)
    )
    waiting = np.bincount(index, weights=weights**2, minlength=n.size)
    waiting = np.append(np.cumsum(waiting[::-1])[::-1][1:], 0.0)
    left = squares - 2.0 * incidence * mixed + incidence**2 * slope
    return np.asarray(np.sqrt(np.maximum(left + at_risk**2 * waiting, 0.0)), dtype=np.float64)


def _tie_factor(d: Floats, n: Floats) -> Floats:
    return np.where(d > 1, 1.0 - (d - 1.0) / (np.maximum(n, 1.0 + 1e-12) - 1.0), 1.0)


def incidence_at(curve: CumulativeIncidence, times: tuple[float, ...]) -> list[tuple[float, float]]:
    """Cumulative incidence and its standard error at given times.

    NaN beyond the last observed time, as ``cmprsk::timepoints`` gives NA there.
    """
    tolerance = time_tolerance(curve.time)
    at = np.asarray(times, dtype=np.float64)
    index = np.searchsorted(curve.time, at + tolerance, side="right")
    estimate = np.concatenate(([0.0], curve.incidence))[index]
    std_err = np.concatenate(([0.0], curve.std_err))[index]
    beyond = at > curve.time[-1] + tolerance
    estimate[beyond] = std_err[beyond] = np.nan
    return list(zip(estimate.tolist(), std_err.tolist(), strict=True))


def gray_test(
    time: Times, cause: Ints, group: Ints, n_groups: int, of: int, strata: Ints | None = None
) -> GrayTest:
    """Gray's k-sample test for the cumulative incidence of cause `of` (rho = 0).

    Parameters
    ----------
    time, cause, group
        Shape (n,); `group` holds 0 ... n_groups - 1.
    strata
        Shape (n,): codes; scores and variances are added over the strata.

    Notes
    -----
    Gray, Ann Stat 1988;16:1141–1154: the score compares the hazards of the subdistribution, with
    risk sets n_k (1 - F_k(t-)) / S_k(t-); same as R's ``cmprsk::cuminc(...)$Tests``.
    """
    distinct = distinct_times(time)
    score, variance = np.zeros(n_groups), np.zeros((n_groups, n_groups))
    for stratum in [0] if strata is None else np.unique(strata).tolist():
        rows = np.ones(cause.size, dtype=np.bool_) if strata is None else strata == stratum
        within = _gray_parts(distinct.take(rows), cause[rows], group[rows], n_groups, of)
        score, variance = score + within[0], variance + within[1]
    compared = np.ones(n_groups, dtype=np.bool_)
    statistic, df, p = chi_square(score, variance, compared, float((cause == of).sum()))
    return GrayTest(statistic, df, p)


def _gray_parts(
    distinct: DistinctTimes, cause: Ints, group: Ints, n_groups: int, of: int
) -> tuple[Floats, Floats]:
    """Score (k,) and variance (k, k) of the rows of one stratum."""
    own = risk_sets(distinct, cause == of, group, n_groups)
    other = risk_sets(distinct, (cause != 0) & (cause != of), group, n_groups)
    happens = (own.events + other.events).sum(axis=1) > 0
    # The pooled incidence can reach 1 before the last event; R then has no variance either.
    with np.errstate(divide="ignore", invalid="ignore"):
        return _gray_score(
            own.at_risk[happens], own.events[happens], other.events[happens], n_groups
        )


def _gray_score(
    at_risk: Floats, own_events: Floats, other_events: Floats, k: int
) -> tuple[Floats, Floats]:
    """Score (k,) and its variance (k, k), in one pass over the event times.

    h_k = n_k / S_k(t-) estimates the weight of group k; with H = sum h_k, the pooled cumulative
    incidence grows by d/H. The variance sums, over the groups j whose events are the independent
    sources of noise, (a_ij - t_j c_ij)^2-type terms as in section 3 of the paper.
    """
    survival = np.ones(k)
    incidence = np.zeros(k)
    pooled = 0.0
    score = np.zeros(k)
    variance = np.zeros((k, k))
    drift = np.zeros((k, k))  # c: cumulative a d/(H(1-F))
    noise = np.zeros(k)  # v3
    cross = np.zeros((k, k))  # v2
    for n, d1, d2 in zip(at_risk, own_events, other_events, strict=True):
        live = n > 0
        h = np.divide(n, survival, out=np.zeros(k), where=live)
        total = h.sum()
        subdistribution = h * (1.0 - incidence)
        after = np.where(live, survival * (n - d1 - d2) / np.where(live, n, 1.0), survival)
        d = d1.sum()
        pooled_after = pooled + d / total
        a = np.diag(h) - np.outer(h, h) / total
        drift = drift + a * d / (total * (1.0 - pooled))
        score += np.where(live, d1 - d * subdistribution / subdistribution.sum(), 0.0)
        remaining = np.divide(1.0 - pooled_after, after, out=np.zeros(k), where=after > 0)
        if d > 0:
            tie = _tie_factor(np.full(k, d), total * survival)
            step = np.where(live, tie * survival * d / (total * np.where(live, n, 1.0)), 0.0)
            keep = 1.0 - remaining
            inner = a - keep * drift
            noise += keep**2 * step
            cross += inner * (keep * step)
            variance += (inner * step) @ inner.T
        hit = (d2 > 0) & (after > 0)
        if hit.any():
            tie = _tie_factor(d2, n)
            step = np.where(hit, tie * survival**2 * d2 / np.where(hit, n, 1.0) ** 2, 0.0)
            inner = remaining * drift
            noise += remaining**2 * step
            cross -= inner * (remaining * step)
            variance += (inner * step) @ inner.T
        incidence = np.where(live, incidence + survival * d1 / np.where(live, n, 1.0), incidence)
        survival, pooled = after, pooled_after
    variance += (drift * noise) @ drift.T + drift @ cross.T + cross @ drift.T
    return score, variance
