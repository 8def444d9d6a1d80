"""The calibration curve: observed against predicted risk, smoothed by a restricted cubic spline."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hcc2l.stats.baseline import prediction
from hcc2l.stats.cox import cox
from hcc2l.stats.logistic import logistic
from hcc2l.stats.risk_sets import Floats, time_tolerance
from hcc2l.stats.splines import FEWEST_KNOTS, basis, default_knots
from hcc2l.stats.tails import normal_quantile

NEAREST = 1e-12  # how near a predicted risk may be to 0 and 1


@dataclass(frozen=True)
class CalibrationCurve:
    """Observed risk as a smooth function of the predicted one.

    Attributes
    ----------
    knots
        Shape (k,), on the scale of the link.
    coef, variance
        Shape (k,) and (k, k): of the constant, then of the columns of the spline.
    timed
        Whether the risk is of an event by a time, with the complementary log-log link; else the
        link is the logit.
    """

    knots: Floats
    coef: Floats
    variance: Floats
    timed: bool

    def observed(self, risk: Floats, conf_level: float = 0.95) -> tuple[Floats, Floats, Floats]:
        """Observed risk at some predicted risks, with pointwise limits; shape (m,) each."""
        columns = basis(linked(risk, timed=self.timed), self.knots)
        design = np.column_stack([np.ones(risk.size), columns])
        at = design @ self.coef
        squares = np.einsum("ij,jk,ik->i", design, self.variance, design)
        half = normal_quantile(conf_level) * np.sqrt(np.maximum(squares, 0.0))
        middle, low, high = (
            unlinked(value, timed=self.timed) for value in (at, at - half, at + half)
        )
        return middle, low, high


def linked(risk: Floats, *, timed: bool) -> Floats:
    """The complementary log-log, or the logit, of risks, which are kept off 0 and 1."""
    inside = np.clip(risk, NEAREST, 1.0 - NEAREST)
    if timed:
        return np.asarray(np.log(-np.log1p(-inside)))
    return np.asarray(np.log(inside) - np.log1p(-inside))


def unlinked(value: Floats, *, timed: bool) -> Floats:
    """The risks of which these are the complementary log-log, or the logit."""
    with np.errstate(over="ignore"):
        if timed:
            return np.asarray(-np.expm1(-np.exp(value)))
        return np.asarray(1.0 / (1.0 + np.exp(-value)))


def timed_curve(
    time: Floats, event: NDArray[np.bool_], risk: Floats, at: float, knots: int
) -> CalibrationCurve | None:
    """The curve of the event by a time; None where risks have too few values or the fit fails.

    A Cox model of the spline of log(-log(1 - risk)), with Efron's baseline hazard (Austin, Harrell
    and van Klaveren, Stat Med 2020;39:2714–2742). The limits are those of R's ``survfit`` of the
    model, log-log.

    Parameters
    ----------
    time, event, risk
        Shape (n,).
    """
    spline = _columns(risk, knots, timed=True)
    if spline is None:
        return None
    places, x = spline
    fit = cox(time, event, x)
    if not fit.estimable.all():
        return None
    model = prediction(time, event, x, fit.coef, fit.variance)
    hazard, of_hazard, pull = model.strata[0].at(np.array([at + time_tolerance(time)]))
    if not hazard[0] > 0:
        return None
    from_zero = model.centre + pull[0] / hazard[0]
    with_level = -fit.variance @ from_zero
    of_level = of_hazard[0] / hazard[0] ** 2 - from_zero @ with_level
    return CalibrationCurve(
        knots=places,
        coef=np.append(np.log(hazard[0]) - model.centre @ fit.coef, fit.coef),
        variance=np.block([[of_level, with_level[None, :]], [with_level[:, None], fit.variance]]),
        timed=True,
    )


def binary_curve(
    outcome: NDArray[np.bool_], risk: Floats, knots: int
) -> CalibrationCurve | None:  # fmt: skip
    """The curve of a known outcome, a logistic model of the spline of the log-odds; else None."""
    spline = _columns(risk, knots, timed=False)
    if spline is None:
        return None
    places, x = spline
    fit = logistic(outcome, x)
    if not fit.estimable.all():
        return None
    return CalibrationCurve(places, fit.coef, fit.variance, timed=False)


def _columns(risk: Floats, knots: int, *, timed: bool) -> tuple[Floats, Floats] | None:
    values = linked(risk, timed=timed)
    if np.unique(values).size < knots + 2:
        return None
    places = default_knots(values, knots)
    return (places, basis(values, places)) if places.size >= FEWEST_KNOTS else None


@dataclass(frozen=True)
class Deviations:
    """Absolute differences of observed and predicted risk over the patients.

    Attributes
    ----------
    ici, e50, e90, emax
        Mean (integrated calibration index), median, 90th percentile, and largest.
    """

    ici: float
    e50: float
    e90: float
    emax: float


def deviations(curve: CalibrationCurve, risk: Floats) -> Deviations:
    """How far the curve lies from the diagonal at the predicted risks, shape (n,)."""
    away = np.abs(curve.observed(risk)[0] - risk)
    e50, e90 = np.quantile(away, [0.5, 0.9])
    return Deviations(float(away.mean()), float(e50), float(e90), float(away.max()))
