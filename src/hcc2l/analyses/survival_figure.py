"""Survival curves as a figure: arrays in, `SurvivalFigure` out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hcc2l.design import Endpoint, Floats, Ints, Mask
from hcc2l.report import AtRisk, Curve, Known, Numbers, SurvivalFigure
from hcc2l.stats.kaplan_meier import ConfType, KaplanMeier, confidence_limits
from hcc2l.stats.risk_sets import time_tolerance

_STEPS = {
    "months": (1, 2, 3, 6, 12, 24, 36, 60, 120),
    "days": (1, 2, 5, 10, 20, 30, 60, 90, 180, 365, 730, 1825),
    "weeks": (1, 2, 4, 8, 13, 26, 52, 104, 260),
    "years": (1, 2, 5, 10, 20),
}


@dataclass(frozen=True)
class Patients:
    """The patients whose curves are drawn; arrays have shape (n,).

    Attributes
    ----------
    codes
        Index of each patient's group.
    weights
        Case weights; None for equal ones.
    """

    groups: tuple[str, ...]
    codes: Ints
    time: Floats
    event: Mask
    weights: Floats | None = None

    def at_risk(self, ticks: Numbers) -> tuple[AtRisk, ...]:
        """Numbers at risk and cumulative events of every group at each tick."""
        return tuple(self._at_risk(code, group, ticks) for code, group in enumerate(self.groups))

    def _at_risk(self, code: int, group: str, ticks: Numbers) -> AtRisk:
        inside, tolerance = self.codes == code, time_tolerance(self.time)
        time, event = self.time[inside], self.event[inside]
        weights = np.ones(time.size) if self.weights is None else self.weights[inside]
        at_risk = (weights[time >= t - tolerance].sum() for t in ticks)
        events = (weights[(time <= t + tolerance) & event].sum() for t in ticks)
        return AtRisk(group, ticks, tuple(map(float, at_risk)), tuple(map(float, events)))


def survival_figure(
    patients: Patients,
    curves: Sequence[Curve],
    endpoint: Endpoint,
    *,
    legend: str | None,
    longest: float | None = None,
    since: str = "Time",
) -> SurvivalFigure:
    """The curves of some patients, with the numbers at risk; the axis extends to `longest`.

    Medians, a test, models are added by `dataclasses.replace`.
    """
    longest = float(patients.time.max()) if longest is None else longest
    ticks = axis_ticks(longest, endpoint.unit)
    label = endpoint.label
    return SurvivalFigure(
        groups=patients.groups,
        curves=tuple(curves),
        at_risk=patients.at_risk(ticks),
        medians=(),
        legend=legend,
        x_label=time_label(endpoint.unit, since),
        y_label="Event-free" if label.startswith("Time to") else label,
        ticks=ticks,
        x_max=longest,
    )


def kaplan_meier_curve(
    group: str, fit: KaplanMeier, conf_type: ConfType, conf_level: float
) -> Curve:
    """A Kaplan–Meier estimate with its pointwise limits."""
    limits = confidence_limits(fit.survival, fit.std_err_log, conf_type, conf_level)
    return step_curve(group, fit.time, fit.survival, limits, fit.n_censor)


def step_curve(
    group: str,
    time: Floats,
    estimate: Floats,
    limits: tuple[Floats, Floats],
    n_censor: Floats,
    cause: str | None = None,
) -> Curve:
    """A curve from its arrays, shape (steps,)."""
    lower, upper = (_known(limit) for limit in limits)
    return Curve(group, cause, numbers(time), numbers(estimate), lower, upper, numbers(n_censor))


def numbers(values: Floats) -> Numbers:
    """The values of an array for a figure."""
    return tuple(values.tolist())


def _known(values: Floats) -> Known:
    return tuple(v if math.isfinite(v) else None for v in values.tolist())


def time_label(unit: str | None, since: str = "Time") -> str:
    """`Time (months)`."""
    return f"{since} ({unit})" if unit else since


def axis_ticks(longest: float, unit: str | None) -> tuple[float, ...]:
    """Ticks from 0 in steps a clinician would choose (months: 3, 6, 12), at most eight steps."""
    if longest <= 0:
        return (0.0, 1.0)
    steps: Sequence[float] = _STEPS.get(unit or "", ())
    step = next((s for s in steps if longest / s <= 8 and longest / s >= 1), None)
    if step is None:
        magnitude = 10.0 ** np.floor(np.log10(longest / 8))
        step = next(m * magnitude for m in (1, 2, 2.5, 5, 10, 20) if longest / (m * magnitude) <= 8)
    # Up to the last tick within follow-up; the axis itself goes on to the end.
    return tuple(float(step * i) for i in range(int(np.floor(longest / step)) + 1))
