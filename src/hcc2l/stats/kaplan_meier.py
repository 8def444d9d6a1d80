"""The Kaplan–Meier curve, its limits, quantiles and restricted mean, as in R's `survival`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hcc2l.stats.risk_sets import (
    TIE_TOLERANCE,
    DistinctTimes,
    Floats,
    Times,
    distinct_times,
    fractional,
    risk_sets,
    time_tolerance,
)
from hcc2l.stats.tails import normal_quantile, normal_tail

ConfType = Literal["log", "log-log", "plain", "logit", "arcsin"]


@dataclass(frozen=True)
class KaplanMeier:
    """A Kaplan–Meier curve; arrays have one entry per distinct time, ascending.

    Attributes
    ----------
    time
        Distinct times of events and censorings.
    n_risk, n_event, n_censor
        (Weighted) numbers with entry < t <= time, with the event at t, censored at t.
    survival
        S(t), right-continuous.
    std_err_log
        Standard error of log S(t): Greenwood's, or with non-integer weights the infinitesimal
        jackknife (R's `survfit` makes the same switch). Infinite once S(t) is 0.
    rows
        Number of rows, without weights.
    entry, entry_weight
        Where rows enter late: their entries, ascending, and their weights, else None.
    """

    time: Floats
    n_risk: Floats
    n_event: Floats
    n_censor: Floats
    survival: Floats
    std_err_log: Floats
    rows: int
    entry: Floats | None = None
    entry_weight: Floats | None = None

    def at_risk(self, t: float) -> float:
        """The (weighted) number of rows with entry < t <= time."""
        tolerance = time_tolerance(self.time)
        next_time = int(np.searchsorted(self.time, t - tolerance, side="left"))
        if next_time == self.time.size:
            return 0.0
        number = float(self.n_risk[next_time])
        if self.entry is None or self.entry_weight is None:
            return number
        upto = [t - tolerance, self.time[next_time] - tolerance]
        first, last = np.searchsorted(self.entry, upto, side="left")
        return number - float(self.entry_weight[first:last].sum())

    @property
    def std_err(self) -> Floats:
        """Standard error of S(t); NaN where S(t) is 0."""
        with np.errstate(invalid="ignore"):
            return self.survival * self.std_err_log


@dataclass(frozen=True)
class Estimate:
    """A number with its standard error and confidence limits; NaN where not estimable."""

    estimate: float
    std_err: float
    lower: float
    upper: float


@dataclass(frozen=True)
class SurvivalAt:
    """S(t) at one time, with the number of rows with entry < t <= time."""

    time: float
    n_risk: float
    survival: Estimate


def kaplan_meier(
    time: Times,
    event: NDArray[np.bool_],
    weights: Floats | None = None,
    *,
    robust: bool | None = None,
) -> KaplanMeier:
    """The Kaplan–Meier estimate of the survival function.

    Parameters
    ----------
    time
        Shape (n,), n >= 1, finite, not negative; or their `DistinctTimes`, which may have entries:
        once all at risk have the event, S is 0 for ever, whoever enters later.
    event
        Shape (n,): True where the event happened at `time`, False where censored.
    weights
        Shape (n,), positive case weights. Whole numbers act as repeated rows; others are refused
        with entries, since rows of one patient are not independent.
    robust
        Whether the variance is the infinitesimal jackknife; by default, when any weight is not a
        whole number. R decides over all groups together.

    Notes
    -----
    Kaplan and Meier, J Am Stat Assoc 1958;53:457–481. Same as R's
    ``survfit(Surv(time, event) ~ 1, weights)``, and ``Surv(entry, time, event)``.

    Raises
    ------
    ValueError
        With entries and weights that are not whole numbers.
    """
    distinct = distinct_times(time)
    robust = weights is not None and (fractional(weights) if robust is None else robust)
    if robust and distinct.entry is not None:
        raise ValueError("a curve of rows that enter late has no robust variance")
    sets = risk_sets(distinct, event, weights=weights)
    n, d = sets.at_risk[:, 0], sets.events[:, 0]
    survivors = np.maximum(n - d, 0.0)
    if weights is not None:  # sums of weights do not cancel exactly
        survivors[survivors < TIE_TOLERANCE * n] = 0.0
    survival: Floats = np.cumprod(survivors / n, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        hazard_variance = np.cumsum(np.where(d > 0, d / (n * survivors), 0.0))
        if weights is not None and robust:
            at_event = np.where(event, 1.0 / survivors[sets.index], 0.0)
            influence = weights * (hazard_variance[sets.index] - at_event)
            variance = _jackknife_variance(sets.index, weights, hazard_variance, influence)
            variance = _at_last_event(variance, d)  # constant between events, despite rounding
        else:
            variance = hazard_variance
    variance = np.where(survival > 0, variance, np.inf)
    entry, entry_weight = _entries(distinct, weights)
    return KaplanMeier(
        time=sets.times,
        n_risk=n,
        n_event=d,
        n_censor=_count(sets.index, ~event, weights, n.size),
        survival=survival,
        std_err_log=np.sqrt(variance),
        rows=int(event.size),
        entry=entry,
        entry_weight=entry_weight,
    )


def _entries(
    distinct: DistinctTimes, weights: Floats | None
) -> tuple[Floats, Floats] | tuple[None, None]:
    """The entries, ascending, and their weights."""
    if distinct.entry is None:
        return None, None
    order = np.argsort(distinct.entry, kind="stable")
    ones = np.ones(order.size)
    return distinct.entry[order], ones if weights is None else weights[order]


def _count(
    index: NDArray[np.int64], rows: NDArray[np.bool_], weights: Floats | None, size: int
) -> Floats:
    """(Weighted) number of the rows selected, at each distinct time."""
    selected = None if weights is None else weights[rows]
    return np.bincount(index[rows], weights=selected, minlength=size).astype(np.float64)


def _at_last_event(values: Floats, events: Floats) -> Floats:
    """`values` at the last event time up to each time; 0 before the first event."""
    last = np.maximum.accumulate(np.where(events > 0, np.arange(events.size), -1))
    return np.where(last >= 0, values[np.maximum(last, 0)], 0.0)


def _jackknife_variance(
    index: NDArray[np.int64], weights: Floats, cumulative: Floats, influence: Floats
) -> Floats:
    """Infinitesimal jackknife variance of log S(t) at each distinct time.

    A row still at risk after t has influence w C(t), C(t) = sum of d/(n(n-d)) up to t; a row that
    left at u <= t keeps w (C(u) - event/(n(u)-d(u))). Both sums are cumulative, so this is linear.
    """
    m = cumulative.size
    square = np.bincount(index, weights=weights**2, minlength=m)
    at_risk = np.append(np.cumsum(square[::-1])[::-1][1:], 0.0)
    left = np.cumsum(np.bincount(index, weights=influence**2, minlength=m))
    return at_risk * cumulative**2 + left


def confidence_limits(
    survival: Floats, std_err_log: Floats, conf_type: ConfType, conf_level: float
) -> tuple[Floats, Floats]:
    """Lower and upper pointwise confidence limits of a probability, as R's `survfit`.

    Parameters
    ----------
    survival
        Shape (m,), the probability.
    std_err_log
        Shape (m,), the standard error of its logarithm.

    Returns
    -------
    lower, upper : shape (m,), NaN where the transformation has no value (S = 0; for the log-log
    and logit types also S = 1)
    """
    z = normal_quantile(conf_level)
    p = np.asarray(survival, dtype=np.float64)
    se = np.asarray(std_err_log, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        inside = np.where(p > 0, p, np.nan)
        open_interval = np.where((p > 0) & (p < 1), p, np.nan)
        if conf_type == "plain":
            half = z * se * p
            return np.maximum(p - half, 0.0), np.minimum(p + half, 1.0)
        if conf_type == "log":
            return inside * np.exp(-z * se), np.minimum(inside * np.exp(z * se), 1.0)
        if conf_type == "log-log":
            half = z * se / np.log(open_interval)
            log_hazard = np.log(-np.log(open_interval))
            return np.exp(-np.exp(log_hazard - half)), np.exp(-np.exp(log_hazard + half))
        if conf_type == "logit":
            half = z * se / (1.0 - open_interval)
            log_odds = np.log(open_interval / (1.0 - open_interval))
            return _expit(log_odds - half), _expit(log_odds + half)
        half = 0.5 * z * se * np.sqrt(open_interval / (1.0 - open_interval))
        angle = np.arcsin(np.sqrt(open_interval))
        lower = np.sin(np.maximum(0.0, angle - half)) ** 2
        return lower, np.sin(np.minimum(np.pi / 2, angle + half)) ** 2


def quantiles(
    curve: KaplanMeier,
    probabilities: tuple[float, ...],
    conf_type: ConfType,
    conf_level: float,
) -> list[Estimate]:
    """Times by which given fractions have had the event (0.5: the median), with limits.

    The first time with S(t) <= 1 - p; on a step at exactly 1 - p, the middle of the step. The
    limits are the same rule applied to the two confidence curves (Brookmeyer and Crowley,
    Biometrics 1982;38:29–41), in the order of time as R's ``print(survfit(...))`` does;
    ``quantile(survfit(...))`` differs where a confidence curve rises again.
    """
    lower, upper = confidence_limits(curve.survival, curve.std_err_log, conf_type, conf_level)
    return [
        Estimate(
            _crossing_time(curve.time, curve.survival, p),
            np.nan,
            _crossing_time(curve.time, lower, p),
            _crossing_time(curve.time, upper, p),
        )
        for p in probabilities
    ]


def _crossing_time(time: Floats, curve: Floats, probability: float) -> float:
    """First time, in the order of time, at which `curve` is at most 1 - `probability`, else NaN.

    On a step at exactly 1 - `probability`: the middle of the step. A confidence curve may rise
    again, since its standard error grows; what comes after the first crossing does not count.
    """
    defined = ~np.isnan(curve)
    below = curve[defined] - (1.0 - probability)
    at = time[defined]
    reached = np.flatnonzero(below < TIE_TOLERANCE)
    if reached.size == 0:
        return float("nan")
    first = int(reached[0])
    if below[first] <= -TIE_TOLERANCE:
        return float(at[first])
    lower = np.flatnonzero(below <= -TIE_TOLERANCE)
    if lower.size:
        return float((at[first] + at[lower[0]]) / 2)
    to_the_end = bool(defined[-1] and np.all(below[first:] < TIE_TOLERANCE))
    return float((at[first] + time[-1]) / 2) if to_the_end else float(at[first])


def survival_at(
    curve: KaplanMeier, times: Sequence[float], conf_type: ConfType, conf_level: float
) -> list[SurvivalAt]:
    """S(t) with limits, and the number at risk, at given times.

    Beyond the last observed time S is carried forward with 0 at risk, as R's
    ``summary(fit, times, extend = TRUE)`` does.
    """
    lower, upper = confidence_limits(curve.survival, curve.std_err_log, conf_type, conf_level)
    result = []
    tolerance = time_tolerance(curve.time)
    for t in times:
        i = int(np.searchsorted(curve.time, t + tolerance, side="right")) - 1
        if i < 0:
            estimate = Estimate(1.0, 0.0, 1.0, 1.0)
        else:
            se = float(curve.std_err[i])
            estimate = Estimate(float(curve.survival[i]), se, float(lower[i]), float(upper[i]))
        result.append(SurvivalAt(t, curve.at_risk(t), estimate))
    return result


def restricted_mean(
    time: Times,
    event: NDArray[np.bool_],
    tau: float,
    conf_level: float,
    weights: Floats | None = None,
    *,
    robust: bool | None = None,
) -> Estimate:
    """Restricted mean survival time to `tau`: the area under S(t) from 0 to `tau`.

    S is carried forward when follow-up ends before `tau`. The variance is
    sum over event times t <= tau of (area from t to tau)^2 d/(n(n-d)), that of R's
    ``summary(fit, rmean = tau)`` and of survRM2; with non-integer weights the infinitesimal
    jackknife (R's ``residuals(fit, type = "rmst")``).
    """
    distinct = distinct_times(time)
    curve = kaplan_meier(distinct, event, weights, robust=robust)
    keep = curve.time <= tau
    edges = np.concatenate(([0.0], curve.time[keep], [tau]))
    heights = np.concatenate(([1.0], curve.survival[keep]))
    pieces = np.diff(edges) * heights
    remaining = np.cumsum(pieces[::-1])[::-1][1:]  # area from each kept time to tau
    n, d = curve.n_risk[keep], curve.n_event[keep]
    survivors = n - d
    with np.errstate(divide="ignore", invalid="ignore"):
        term = np.where((d > 0) & (survivors > TIE_TOLERANCE * n), d / (n * survivors), 0.0)
    if weights is not None and (fractional(weights) if robust is None else robust):
        variance = _rmst_jackknife(distinct.index, event, weights, curve, keep, remaining, term)
    else:
        variance = float(np.sum(remaining**2 * term))
    mean, se = float(pieces.sum()), float(np.sqrt(variance))
    half = normal_quantile(conf_level) * se
    return Estimate(mean, se, mean - half, mean + half)


def _rmst_jackknife(
    index: NDArray[np.int64],
    event: NDArray[np.bool_],
    weights: Floats,
    curve: KaplanMeier,
    keep: NDArray[np.bool_],
    remaining: Floats,
    term: Floats,
) -> float:
    """Infinitesimal jackknife variance of a restricted mean."""
    # A row at risk at t lifts the curve after t by d/(n(n-d)); its own event lowers it by 1/(n-d).
    lift = np.concatenate(([0.0], np.cumsum(remaining * term)))
    last = np.minimum(index + 1, int(keep.sum()))
    influence = lift[last]
    early = event & (index < int(keep.sum()))
    survivors = (curve.n_risk - curve.n_event)[index[early]]
    area = remaining[index[early]]
    with np.errstate(divide="ignore", invalid="ignore"):
        influence[early] -= np.where(area > 0, area / survivors, 0.0)
    return float(np.sum((weights * influence) ** 2))


def difference(a: Estimate, b: Estimate, conf_level: float) -> tuple[Estimate, float]:
    """``b - a`` of two independent estimates, with limits, and p of the two-sided z-test."""
    value = b.estimate - a.estimate
    se = float(np.hypot(a.std_err, b.std_err))
    half = normal_quantile(conf_level) * se
    p = 2.0 * normal_tail(abs(value / se)) if se > 0 else float("nan")
    return Estimate(value, se, value - half, value + half), p


def curves_cross(
    a: KaplanMeier, b: KaplanMeier, at_risk_share: float = 0.1, visible: float = 0.05
) -> float | None:
    """The time at which two curves clearly cross, or None.

    They cross when S_a - S_b exceeds both `visible` and 1.96 of its standard errors, in both
    directions, while at least `at_risk_share` of each group is at risk; a wiggle around equality
    does not count.
    """
    horizon = min(
        float(c.time[c.n_risk >= at_risk_share * c.n_risk.max()][-1]) for c in (a, b) if c.time.size
    )
    grid = np.union1d(a.time[a.n_event > 0], b.time[b.n_event > 0])
    grid = grid[grid <= horizon]
    if grid.size == 0:
        return None
    (s_a, e_a), (s_b, e_b) = _on_grid(a, grid), _on_grid(b, grid)
    gap = s_a - s_b
    with np.errstate(invalid="ignore"):
        noise = 1.96 * np.hypot(e_a, e_b)
        clear = np.where(np.abs(gap) > np.maximum(visible, noise), np.sign(gap), 0.0)
    if not ((clear > 0).any() and (clear < 0).any()):
        return None
    first = int(np.flatnonzero(clear)[0])
    turned = int(np.flatnonzero(clear == -clear[first])[0])
    between = np.flatnonzero(np.sign(gap[first : turned + 1]) != clear[first])
    return float(grid[first + int(between[0])])


def _on_grid(curve: KaplanMeier, grid: Floats) -> tuple[Floats, Floats]:
    """S(t) and its standard error at the times of a grid."""
    index = np.searchsorted(curve.time, grid, side="right")
    survival = np.concatenate(([1.0], curve.survival))[index]
    std_err = np.concatenate(([0.0], np.nan_to_num(curve.std_err)))[index]
    return survival, std_err


def _expit(x: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-x)), dtype=np.float64)
