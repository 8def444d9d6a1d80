"""Cumulative incidence with competing risks, and Gray's test, as in R's `cmprsk`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hcc2l.stats.logrank import chi_square
from hcc2l.stats.risk_sets import Floats, Ints, Times, distinct_times, risk_sets, time_tolerance


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


def cumulative_incidence(time: Times, cause: Ints, of: int) -> CumulativeIncidence:
    """Aalen-Johansen estimate for the events with ``cause == of``.

    Parameters
    ----------
    time, cause
        Shape (n,); `cause` is 0 where censored, else 1 or 2.

    Notes
    -----
    Variance: Aalen, Scand J Stat 1978;6:239–252, with the tie correction of cmprsk,
    1 - (d - 1)/(n - 1) per kind of event.
    """
    both = np.stack([cause == of, (cause != 0) & (cause != of)], axis=1)
    sets = risk_sets(time, cause != 0)
    n = sets.at_risk[:, 0]
    m = n.size
    d_own = np.bincount(sets.index[both[:, 0]], minlength=m).astype(np.float64)
    d_other = np.bincount(sets.index[both[:, 1]], minlength=m).astype(np.float64)
    after = np.cumprod((n - d_own - d_other) / n)
    before = np.concatenate(([1.0], after[:-1]))
    incidence = np.cumsum(before * d_own / n)
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
    leaving = n - np.append(n[1:], 0.0)
    return CumulativeIncidence(
        time=sets.times,
        incidence=incidence,
        std_err=np.sqrt(reported),
        n_risk=n,
        n_event=d_own,
        n_censor=leaving - d_own - d_other,
    )


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


def gray_test(time: Times, cause: Ints, group: Ints, n_groups: int, of: int) -> GrayTest:
    """Gray's k-sample test for the cumulative incidence of cause `of` (rho = 0).

    Parameters
    ----------
    time, cause, group
        Shape (n,); `group` holds 0 ... n_groups - 1.

    Notes
    -----
    Gray, Ann Stat 1988;16:1141–1154: the score compares the hazards of the subdistribution, with
    risk sets n_k (1 - F_k(t-)) / S_k(t-); same as R's ``cmprsk::cuminc(...)$Tests``.
    """
    distinct = distinct_times(time)
    own = risk_sets(distinct, cause == of, group, n_groups)
    other = risk_sets(distinct, (cause != 0) & (cause != of), group, n_groups)
    happens = (own.events + other.events).sum(axis=1) > 0
    # The pooled incidence can reach 1 before the last event; R then has no variance either.
    with np.errstate(divide="ignore", invalid="ignore"):
        score, variance = _gray_score(
            own.at_risk[happens], own.events[happens], other.events[happens], n_groups
        )
    compared = np.ones(n_groups, dtype=np.bool_)
    statistic, df, p = chi_square(score, variance, compared, float((cause == of).sum()))
    return GrayTest(statistic, df, p)


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
