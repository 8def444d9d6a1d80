"""Survival curves as a figure: arrays in, `SurvivalFigure` out."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from hcc2l.design import Endpoint, Floats, Ints, Mask
from hcc2l.errors import UsageError
from hcc2l.report import AtRisk, Curve, Known, Numbers, SurvivalFigure
from hcc2l.specs.figure import SurvivalFigureOptions, TimeAxisOptions
from hcc2l.stats.cumulative_hazard import cumulative_hazard
from hcc2l.stats.kaplan_meier import ConfType, KaplanMeier, confidence_limits
from hcc2l.stats.risk_sets import distinct_times, fractional, time_tolerance
from hcc2l.wording import in_sentence

MOST_WITH_BANDS = 3  # groups; more bands hide each other
MOST_TICKS = 60

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
    entry
        When each comes under observation; None for time 0.
    """

    groups: tuple[str, ...]
    codes: Ints
    time: Floats
    event: Mask
    weights: Floats | None = None
    entry: Floats | None = None

    def at_risk(self, ticks: Numbers) -> tuple[AtRisk, ...]:
        """Numbers at risk and cumulative events of every group at each tick."""
        return tuple(self._at_risk(code, group, ticks) for code, group in enumerate(self.groups))

    def cumulative_hazards(self, conf_level: float) -> list[Curve]:
        """The Nelson–Aalen estimate of every group, with its pointwise limits."""
        distinct = distinct_times(self.time, self.entry)
        robust = self.weights is not None and fractional(self.weights)
        curves = []
        for code, group in enumerate(self.groups):
            rows = self.codes == code
            weights = None if self.weights is None else self.weights[rows]
            times, event = distinct.take(rows), self.event[rows]
            fit = cumulative_hazard(times, event, weights, robust=robust)
            censored = np.bincount(times.index[~event], minlength=fit.time.size)
            limits = fit.limits(conf_level)
            curves.append(step_curve(group, fit.time, fit.hazard, limits, censored.astype(float)))
        return curves

    def _at_risk(self, code: int, group: str, ticks: Numbers) -> AtRisk:
        inside, tolerance = self.codes == code, time_tolerance(self.time)
        time, event = self.time[inside], self.event[inside]
        weights = np.ones(time.size) if self.weights is None else self.weights[inside]
        entered = self._entered(inside, tolerance)
        at_risk = (weights[(time >= t - tolerance) & entered(t)].sum() for t in ticks)
        events = (weights[(time <= t + tolerance) & event].sum() for t in ticks)
        return AtRisk(group, ticks, tuple(map(float, at_risk)), tuple(map(float, events)))

    def _entered(self, inside: Mask, tolerance: float) -> Callable[[float], Mask | bool]:
        """Whether each of some patients has entered before a time; who is first, at that time."""
        if self.entry is None:
            return lambda _: True
        entry = self.entry[inside]
        first = max(0.0, float(entry.min(initial=np.inf))) + tolerance
        return lambda t: entry <= t + tolerance if t <= first else entry < t - tolerance


def survival_figure(
    patients: Patients,
    curves: Sequence[Curve],
    endpoint: Endpoint,
    options: SurvivalFigureOptions,
    *,
    legend: str | None,
    conf_level: float,
    longest: float | None = None,
    since: str = "Time",
) -> SurvivalFigure:
    """The curves of some patients, with the numbers at risk; the axis extends to `longest`.

    `curves` are of survival; the figure has what the options say. Medians, a test, models are added
    by `dataclasses.replace`.

    Raises
    ------
    UsageError
        The ticks asked for are too many.
    """
    longest = float(patients.time.max()) if longest is None else longest
    end, ticks = time_axis(options, longest, endpoint.unit)
    label = "Event-free" if endpoint.label.startswith("Time to") else endpoint.label
    if options.show == "hazard":
        curves, label = patients.cumulative_hazards(conf_level), "Cumulative hazard"
    elif options.show == "risk":
        curves, label = [_risk(curve) for curve in curves], f"1 − {in_sentence(label)}"
    bands = len(patients.groups) <= MOST_WITH_BANDS if options.bands is None else options.bands
    return SurvivalFigure(
        groups=patients.groups,
        curves=tuple(curves),
        at_risk=patients.at_risk(ticks),
        medians=(),
        legend=legend,
        x_label=time_label(endpoint.unit, since),
        y_label=label,
        ticks=ticks,
        x_max=end,
        show=options.show,
        bands=bands,
        censor_marks=options.censor_ticks,
    )


def time_axis(
    options: TimeAxisOptions, longest: float, unit: str | None
) -> tuple[float, tuple[float, ...]]:
    """The end of the time axis and its ticks, as asked for or by the longest time.

    Raises
    ------
    UsageError
        The ticks asked for are too many.
    """
    end = longest if options.xlim is None else options.xlim
    if not options.xticks:
        return end, axis_ticks(end, unit)
    if len(options.xticks) > 1:
        return end, tuple(sorted(t for t in set(options.xticks) if t <= end))
    (step,) = options.xticks
    if step <= 0 or end / step > MOST_TICKS:
        raise UsageError(
            f"A tick every {step:g} is more than a figure can show up to {end:g}.",
            where="--xticks",
            hint=f"Use a longer step, such as --xticks {axis_ticks(end, unit)[1]:g}.",
        )
    return end, tuple(float(step * i) for i in range(int(end / step + 1e-9) + 1))


def _risk(curve: Curve) -> Curve:
    """1 - S, with its limits."""

    def complement(values: Known) -> Known:
        return tuple(None if v is None else 1.0 - v for v in values)

    return replace(
        curve, estimate=tuple(1.0 - s for s in curve.estimate), lower=complement(curve.upper),
        upper=complement(curve.lower),
    )  # fmt: skip


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
