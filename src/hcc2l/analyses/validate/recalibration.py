"""How a saved model would be recalibrated to the patients analysed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from hcc2l.analyses.validate.data import Predictor, Time, ValidationData
from hcc2l.stats import calibration
from hcc2l.stats.baseline import prediction
from hcc2l.stats.logistic import logistic


@dataclass(frozen=True)
class Recalibration:
    """A model as saved, or with new parameters; NaN where one does not exist.

    Attributes
    ----------
    method
        ``none``, ``baseline`` (baseline survival, or intercept), ``slope`` (this too).
    survival
        Baseline survival at the time, of a patient with the file's linear predictor.
    intercept
        Of a logistic model.
    slope
        What all coefficients are multiplied by.
    """

    score: str
    time: Time
    method: str
    survival: float
    intercept: float
    slope: float


def recalibrations(
    data: ValidationData, predictor: Predictor, time: Time
) -> Iterator[Recalibration]:
    """The model as saved, with a new baseline, and with a new baseline and slope."""
    assert predictor.model is not None
    saved, linear, name = predictor.model.saved, predictor.linear[time], predictor.name
    if time is None:
        start = saved.intercept or 0.0
        yield Recalibration(name, time, "none", math.nan, start, 1.0)
        shift, slope = calibration.binary_slope(data.event, linear)
        yield Recalibration(name, time, "baseline", math.nan, start + shift.estimate, 1.0)
        level = float(logistic(data.event, linear[:, None]).coef[0])
        new = level + slope.estimate * start
        yield Recalibration(name, time, "slope", math.nan, new, slope.estimate)
        return
    baseline = saved.baseline
    assert baseline is not None
    at_centre = baseline.at(time)
    assert at_centre is not None
    yield Recalibration(name, time, "none", at_centre, math.nan, 1.0)
    slope = calibration.slope(data.time, data.event, linear)
    for method, factor in (("baseline", 1.0), ("slope", slope.estimate)):
        survival = _baseline_survival(data, linear, factor, baseline.linear_predictor, time)
        yield Recalibration(name, time, method, survival, math.nan, factor)


def _baseline_survival(
    data: ValidationData, linear: np.ndarray, slope: float, centre: float, time: float
) -> float:
    """Survival at a time with a linear predictor of `centre`, its slope being given."""
    if math.isnan(slope):
        return math.nan
    with np.errstate(all="ignore"):  # predictions beyond the range of floats
        model = prediction(
            data.time, data.event, linear[:, None], np.array([slope]), np.zeros((1, 1))
        )
        hazard = model.strata[0].at(np.array([time]))[0]
        survival = float(np.exp(-hazard * np.exp(slope * (centre - model.centre[0])))[0])
    return survival if math.isfinite(survival) else math.nan
