"""Calibration of predicted risks: overall, by slope and in groups of risk."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hcc2l.stats.cox import cox
from hcc2l.stats.kaplan_meier import kaplan_meier, survival_at
from hcc2l.stats.logistic import logistic
from hcc2l.stats.partial_likelihood import ordered, state_at
from hcc2l.stats.proportions import proportion_limits
from hcc2l.stats.risk_sets import Floats, Ints, Times, time_tolerance
from hcc2l.stats.tails import chi_square_tail, normal_quantile, normal_tail

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Overall:
    """Observed and expected share of patients with the event; limits NaN where they do not exist.

    Attributes
    ----------
    observed, std_err, lower, upper
        The observed share (one minus Kaplan-Meier), with its limits.
    expected
        The mean predicted risk.
    ratio_lower, ratio_upper
        Limits of observed / expected.
    """

    observed: float
    std_err: float
    lower: float
    upper: float
    expected: float
    ratio_lower: float
    ratio_upper: float

    @property
    def ratio(self) -> float:
        """Observed / expected."""
        return self.observed / self.expected


def overall(time: Floats, event: Mask, risk: Floats, at: float, conf_level: float) -> Overall:
    """Observed and expected events by a time, with log-log limits of Kaplan-Meier.

    The limits of the ratio are those of the logarithm by the delta method; where no patient is left
    at risk, and Greenwood's variance does not exist, those by the number of events (McLernon et
    al., Ann Intern Med 2023;176:105–114).

    Parameters
    ----------
    time, event, risk
        Shape (n,).
    """
    curve = survival_at(kaplan_meier(time, event), (at,), "log-log", conf_level)[0].survival
    observed, expected = 1.0 - curve.estimate, float(risk.mean())
    if not 0 < curve.estimate < 1:
        by_then = int(np.sum(event & (time <= at + time_tolerance(time))))
        limits = by_events(observed / expected, by_then, conf_level)
        return Overall(observed, math.nan, math.nan, math.nan, expected, *limits)
    limits = _around(observed / expected, curve.std_err / observed, conf_level)
    return Overall(
        observed, curve.std_err, 1.0 - curve.upper, 1.0 - curve.lower, expected, *limits
    )  # fmt: skip


def by_events(ratio: float, events: int, conf_level: float) -> tuple[float, float]:
    """Limits of observed / expected from the number of events alone; NaN without one."""
    return _around(ratio, 1.0 / math.sqrt(events) if events else math.nan, conf_level)


def binary_overall(outcome: Mask, risk: Floats, conf_level: float) -> Overall:
    """Observed and expected share where the outcome of every patient is known; Wilson limits."""
    n, observed, expected = outcome.size, float(outcome.mean()), float(risk.mean())
    count = np.array(float(outcome.sum()))
    lower, upper = proportion_limits(count, np.array(float(n)), conf_level)
    log_error = math.sqrt((1.0 - observed) / (n * observed)) if observed else math.nan
    limits = _around(observed / expected, log_error, conf_level)
    std_err = math.sqrt(observed * (1.0 - observed) / n)
    return Overall(observed, std_err, float(lower), float(upper), expected, *limits)


def _around(ratio: float, log_error: float, conf_level: float) -> tuple[float, float]:
    factor = math.exp(normal_quantile(conf_level) * log_error)
    return ratio / factor, ratio * factor


@dataclass(frozen=True)
class Slope:
    """A coefficient with its z-test and its likelihood-ratio test against a value."""

    estimate: float
    std_err: float
    p: float
    lr_statistic: float
    lr_p: float

    def limits(self, conf_level: float) -> tuple[float, float]:
        """Wald limits."""
        half = normal_quantile(conf_level) * self.std_err
        return self.estimate - half, self.estimate + half


NO_SLOPE = Slope(*[math.nan] * 5)


def slope(time: Times, event: Mask, linear_predictor: Floats) -> Slope:
    """Calibration slope of a Cox model: the coefficient of its linear predictor, tested against 1.

    van Houwelingen, Stat Med 2000;19:3401–3415. NaN where it has no finite estimate.

    Parameters
    ----------
    time, event, linear_predictor
        Shape (n,).
    """
    x = linear_predictor[:, None]
    fit = cox(time, event, x)
    if not fit.estimable[0]:
        return NO_SLOPE
    statistic = max(2.0 * (fit.loglik - _loglik_as_predicted(time, event, x)), 0.0)
    return _tested(float(fit.coef[0]), float(fit.std_err[0]), 1.0, statistic, 1)


def _loglik_as_predicted(time: Times, event: Mask, x: Floats) -> float:
    """Partial log-likelihood at coefficient 1; NaN where risks leave the range of floats."""
    data = ordered(time, event, x, "efron", None, None)
    with np.errstate(divide="ignore", invalid="ignore"):
        loglik = state_at(data, data.scale).loglik
    return loglik if math.isfinite(loglik) else math.nan


def _tested(estimate: float, std_err: float, null: float, lr: float, df: int) -> Slope:
    p = 2.0 * normal_tail(abs((estimate - null) / std_err))
    return Slope(estimate, std_err, p, lr, chi_square_tail(df, lr))


def binary_slope(outcome: Mask, logit: Floats) -> tuple[Slope, Slope]:
    """Calibration intercept and slope of predicted log-odds, shape (n,), of a known outcome.

    The intercept, tested against 0, is that of a logistic model with the log-odds as its offset;
    the slope, tested against 1, their coefficient (Cox, Biometrika 1958;45:562–565). The
    likelihood-ratio test of the slope is that of both at once, with 2 degrees of freedom.
    """
    as_predicted = _loglik(outcome, logit)
    shift = _shift(outcome, logit)
    fitted = 1.0 / (1.0 + np.exp(-(logit + shift)))
    std_err = 1.0 / math.sqrt(float(np.sum(fitted * (1.0 - fitted))))
    gain = max(2.0 * (_loglik(outcome, logit + shift) - as_predicted), 0.0)
    intercept = _tested(shift, std_err, 0.0, gain, 1)
    fit = logistic(outcome, logit[:, None])
    if not fit.estimable[1]:
        return intercept, NO_SLOPE
    both = max(2.0 * (fit.loglik - as_predicted), 0.0)
    return intercept, _tested(float(fit.coef[1]), float(fit.std_err[1]), 1.0, both, 2)


def _loglik(outcome: Mask, logit: Floats) -> float:
    return float(np.sum(outcome * logit - np.logaddexp(0.0, logit)))


def _shift(outcome: Mask, logit: Floats) -> float:
    """The intercept at which the expected number of outcomes is the observed one."""
    observed = int(outcome.sum())
    low, high = -float(logit.max()) - 40.0, -float(logit.min()) + 40.0
    shift = 0.0 if low < 0 < high else (low + high) / 2
    for _ in range(200):  # Newton, halving the bracket where a step leaves it
        fitted = 1.0 / (1.0 + np.exp(-np.clip(logit + shift, -700, 700)))
        excess = float(fitted.sum()) - observed
        low, high = (low, shift) if excess > 0 else (shift, high)
        step = excess / max(float(np.sum(fitted * (1.0 - fitted))), 1e-300)
        new = shift - step if low < shift - step < high else (low + high) / 2
        if abs(new - shift) <= 1e-14 * max(abs(shift), 1.0):
            break
        shift = new
    return shift


def risk_groups(risk: Floats, groups: int) -> Ints:
    """The group of each patient, by quantiles of risk (type 7), shape (n,), from 0.

    Groups are closed on the right; those between equal quantiles are merged, empty ones dropped.
    """
    breaks = np.unique(np.quantile(risk, np.linspace(0, 1, groups + 1)))
    index = np.maximum(np.searchsorted(breaks, risk, side="left") - 1, 0)
    return np.unique(index, return_inverse=True)[1].astype(np.int64)


@dataclass(frozen=True)
class GroupRisk:
    """Predicted and observed risk in a group; limits NaN where the observed is 0 or 1.

    Attributes
    ----------
    followed
        Whether follow-up in the group reaches the time; else its curve is carried forward.
    """

    n: int
    events: int
    predicted: float
    observed: float
    lower: float
    upper: float
    followed: bool = True


def group_risks(
    time: Floats, event: Mask, risk: Floats, at: float, group: Ints, conf_level: float
) -> list[GroupRisk]:
    """Mean predicted risk, and one minus Kaplan-Meier with log-log limits, in each group."""
    tolerance, result = time_tolerance(time), []
    for code in range(int(group.max()) + 1):
        rows = group == code
        of_time, of_event = time[rows], event[rows]
        curve = survival_at(kaplan_meier(of_time, of_event), (at,), "log-log", conf_level)
        survival = curve[0].survival
        inside = 0 < survival.estimate < 1
        lower, upper = (1 - survival.upper, 1 - survival.lower) if inside else (math.nan,) * 2
        by_then = int(np.sum(of_event & (of_time <= at + tolerance)))
        result.append(
            GroupRisk(int(rows.sum()), by_then, float(risk[rows].mean()), 1 - survival.estimate,
                      lower, upper, bool(of_time.max() >= at - tolerance))
        )  # fmt: skip
    return result


def binary_group_risks(
    outcome: Mask, risk: Floats, group: Ints, conf_level: float
) -> list[GroupRisk]:
    """Mean predicted risk, and the observed share with Wilson limits, in each group."""
    n = np.bincount(group).astype(np.float64)
    count = np.bincount(group, weights=outcome).astype(np.float64)
    predicted = np.bincount(group, weights=risk) / n
    limits = proportion_limits(count, n, conf_level)
    return [
        GroupRisk(int(n[i]), int(count[i]), float(predicted[i]), float(count[i] / n[i]),
                  float(limits[0][i]), float(limits[1][i]))
        for i in range(n.size)
    ]  # fmt: skip
