"""How well predictions hold in some patients: every measure, with its uncertainty."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from hcc2l.analyses.validate.data import Predictor, Time, ValidationData
from hcc2l.design import Floats, Mask
from hcc2l.stats import calibration
from hcc2l.stats.calibration_curve import (
    CalibrationCurve,
    binary_curve,
    deviations,
    timed_curve,
)
from hcc2l.stats.concordance import concordance_until
from hcc2l.stats.influence import Influenced, from_influence_function
from hcc2l.stats.roc import placements
from hcc2l.stats.time_dependent import timed_auc, timed_brier

KNOTS = 3  # of the calibration curve
COMPARED = ("c-harrell", "c-uno", "auc", "brier")
_NO_EFFECT = {"c-harrell": 0.5, "c-uno": 0.5, "auc": 0.5}
NAN = math.nan


@dataclass(frozen=True)
class Measure:
    """A measure with its limits and p; NaN where one does not exist.

    Attributes
    ----------
    influenced
        The estimate as it can be compared with that of another score; None where it is not.
    """

    measure: str
    time: Time
    estimate: float
    std_err: float = NAN
    lower: float = NAN
    upper: float = NAN
    p: float = NAN
    influenced: Influenced | None = field(default=None, compare=False)


@dataclass(frozen=True)
class PooledMeasure(Measure):
    """A pooled measure.

    Attributes
    ----------
    df, fmi
        Degrees of freedom, and fraction of missing information; NaN without limits.
    """

    df: float = NAN
    fmi: float = NAN


@dataclass(frozen=True)
class Patients:
    """Outcomes of some patients; arrays have shape (n,).

    Attributes
    ----------
    time
        Empty where the outcome is known in every patient.
    """

    time: Floats
    event: Mask
    conf_level: float

    @property
    def timed(self) -> bool:
        """Whether the outcome is a survival endpoint."""
        return bool(self.time.size)


def patients_of(data: ValidationData) -> Patients:
    """The patients of a validation."""
    return Patients(data.time, data.event, data.spec.conf_level)


def measures(
    patients: Patients, values: Floats, risks: Mapping[Time, Floats],
    linear: Mapping[Time, Floats], times: tuple[Time, ...],
) -> list[Measure]:  # fmt: skip
    """Every measure of what a predictor says of some patients.

    Parameters
    ----------
    values
        Shape (n,): what ranks the patients.
    risks, linear
        By time, as of `Predictor`.
    """
    found = [_compared("c-harrell", None, concordance_until(
        patients.time, patients.event, values), patients)] if patients.timed else []  # fmt: skip
    if patients.timed and not times:
        uno = concordance_until(patients.time, patients.event, values, uno=True)
        found.append(_compared("c-uno", None, uno, patients))
    if None in linear and patients.timed:  # a model without baseline, whatever the times
        found.append(_slope(patients, None, linear[None]))
    for time in times:
        found += _discrimination(patients, values, time)
        if time in linear:
            found += _calibration(patients, time, risks, linear[time])
    return found


def of_predictor(data: ValidationData, predictor: Predictor) -> list[Measure]:
    """Every measure of a score or model in the patients analysed."""
    return measures(
        patients_of(data), predictor.values, predictor.risks, predictor.linear, data.times
    )  # fmt: skip


def _compared(measure: str, time: Time, found: Influenced, patients: Patients) -> Measure:
    null = _NO_EFFECT.get(measure)
    bounds = (0.0, 1.0) if measure == "auc" else (-math.inf, math.inf)
    return Measure(
        measure, time, found.estimate, found.std_err, *found.limits(patients.conf_level, *bounds),
        NAN if null is None else found.p(null), found,
    )  # fmt: skip


def _discrimination(patients: Patients, values: Floats, time: Time) -> Iterator[Measure]:
    if time is None:
        yield _compared("auc", None, binary_auc(patients.event, values), patients)
        return
    args = patients.time, patients.event, values, time
    yield _compared("c-harrell", time, concordance_until(*args), patients)
    yield _compared("c-uno", time, concordance_until(*args, uno=True), patients)
    yield _compared("auc", time, timed_auc(*args), patients)


def binary_auc(event: Mask, values: Floats) -> Influenced:
    """The area with DeLong's variance, by the contribution of each patient."""
    contributions = np.empty(event.size)
    parts = placements(values, event)
    for rows, part in zip((event, ~event), parts, strict=True):
        m = part.size
        scale = math.sqrt(m * (m - 1)) if m > 1 else NAN
        contributions[rows] = (part - part.mean()) / scale
    return Influenced(float(parts[0].mean()), contributions)


def _calibration(
    patients: Patients, time: Time, risks: Mapping[Time, Floats], linear: Floats
) -> Iterator[Measure]:
    conf_level = patients.conf_level
    if time is None:
        intercept, slope = calibration.binary_slope(patients.event, linear)
        yield _of_slope("intercept", None, intercept, conf_level)
        yield _of_slope("slope", None, slope, conf_level)
    else:
        yield _slope(patients, time, linear)
    if time not in risks:
        return
    risk = risks[time]
    whole = overall(patients, risk, time)
    yield Measure("observed", time, whole.observed, whole.std_err, whole.lower, whole.upper)
    yield Measure("expected", time, whole.expected)
    yield Measure("o/e", time, whole.ratio, NAN, whole.ratio_lower, whole.ratio_upper)
    brier = brier_score(patients, risk, time)
    null = brier_score(patients, np.full(risk.size, whole.observed), time)
    yield _compared("brier", time, brier, patients)
    yield Measure("scaled-brier", time, 1.0 - brier.estimate / null.estimate)
    curve = curve_of(patients, risk, time)
    if curve is not None:
        away = deviations(curve, risk)
        for name in ("ici", "e50", "e90", "emax"):
            yield Measure(name, time, getattr(away, name))


def _slope(patients: Patients, time: Time, linear: Floats) -> Measure:
    found = calibration.slope(patients.time, patients.event, linear)
    return _of_slope("slope", time, found, patients.conf_level)


def _of_slope(
    measure: str, time: Time, found: calibration.Slope, conf_level: float
) -> Measure:  # fmt: skip
    return Measure(
        measure, time, found.estimate, found.std_err, *found.limits(conf_level), found.p
    )  # fmt: skip


def overall(patients: Patients, risk: Floats, time: Time) -> calibration.Overall:
    """Observed and expected share of patients with the event."""
    if time is None:
        return calibration.binary_overall(patients.event, risk, patients.conf_level)
    return calibration.overall(patients.time, patients.event, risk, time, patients.conf_level)


def brier_score(patients: Patients, risk: Floats, time: Time) -> Influenced:
    """The Brier score of some risks, shape (n,)."""
    if time is not None:
        return timed_brier(patients.time, patients.event, risk, time)
    squared = (patients.event - risk) ** 2
    return from_influence_function(float(squared.mean()), squared)


def curve_of(patients: Patients, risk: Floats, time: Time) -> CalibrationCurve | None:
    """The calibration curve; None where the risks have too few values."""
    if time is None:
        return binary_curve(patients.event, risk, KNOTS)
    return timed_curve(patients.time, patients.event, risk, time, KNOTS)
