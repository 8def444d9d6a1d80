"""The sample size of a prediction model, or the parameters that patients at hand carry."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from hcc2l.errors import UsageError
from hcc2l.specs import SizeSpec
from hcc2l.specs.size import MOST
from hcc2l.stats import sample_size as stats

Aim = Literal["shrinkage", "optimism", "overall-risk"]


@dataclass(frozen=True)
class Criterion:
    """One criterion of Riley et al., and what it asks for.

    Attributes
    ----------
    shrinkage
        The shrinkage that it comes to; None of the overall risk.
    exact
        Before rounding: the patients needed, or with `--n` the parameters carried; None of the
        overall risk with `--n`.
    """

    aim: Aim
    shrinkage: float | None
    exact: float | None


@dataclass(frozen=True)
class Risk:
    """The overall risk, or the prevalence, with its 95% limits in the patients planned."""

    value: float
    lower: float
    upper: float


@dataclass(frozen=True)
class ModelPlan:
    """A prediction model in some patients.

    Attributes
    ----------
    events_per_patient
        Event rate times mean follow-up, or the prevalence.
    r2, largest
        The Cox–Snell R² that is expected, and the largest possible.
    n
        Patients needed, or at hand.
    parameters
        Those planned, or with `--n` those carried.
    risk
        None where neither a rate nor a prevalence was given.
    """

    spec: SizeSpec
    events_per_patient: float
    r2: float
    largest: float
    criteria: tuple[Criterion, ...]
    n: int
    parameters: int
    risk: Risk | None

    @property
    def events(self) -> float:
        """Events to be expected among the patients."""
        return self.n * self.events_per_patient

    @property
    def decisive(self) -> Criterion:
        """The criterion that allows fewest parameters."""
        known = [c for c in self.criteria if c.shrinkage is not None]
        return min(known, key=lambda c: c.exact or 0.0)

    def expected_shrinkage(self, parameters: int) -> float | None:
        """That of a model with some parameters in these patients; None without parameters."""
        return stats.expected_shrinkage(self.n, parameters, self.r2) if parameters else None


def model_plan(spec: SizeSpec) -> ModelPlan:
    """The patients that a model needs, or with `--n` the parameters that they carry.

    Raises
    ------
    UsageError
        No model can be as good as was given, or no study as large as needed.
    """
    f = _events_per_patient(spec)
    largest = _largest(spec, f)
    r2 = _r2(spec, f, largest)
    second = stats.shrinkage_of_optimism(r2, largest)
    aims: tuple[tuple[Aim, float], ...] = (("shrinkage", spec.shrinkage), ("optimism", second))
    if spec.n is not None:
        carried = [
            Criterion(aim, s, stats.parameters_for_shrinkage(spec.n, s, r2)) for aim, s in aims
        ]
        n, parameters = spec.n, stats.rounded_down(min(c.exact or 0.0 for c in carried))
        criteria = (*carried, Criterion("overall-risk", None, None))
    else:
        assert spec.parameters is not None
        parameters = spec.parameters
        by_model = [
            Criterion(a, s, stats.patients_for_shrinkage(parameters, s, r2)) for a, s in aims
        ]
        criteria = (*by_model, Criterion("overall-risk", None, _patients_for_risk(spec)))
        n = _whole(max(c.exact or 0.0 for c in criteria))
    risk = _risk(spec, n)
    return ModelPlan(spec, f, r2, largest, criteria if risk else criteria[:2], n, parameters, risk)


def _events_per_patient(spec: SizeSpec) -> float:
    if spec.prevalence is not None:
        return spec.prevalence
    if spec.rate is not None and spec.follow_up is not None:
        return spec.rate * spec.follow_up
    assert spec.n is not None
    assert spec.events is not None
    return spec.events / spec.n


def _largest(spec: SizeSpec, f: float) -> float:
    if spec.prevalence is not None:
        return stats.largest_r2_binary(f)
    if not 0 < f < math.e:  # outside, no R² is above 0
        raise UsageError(
            f"A rate of {spec.rate:g} during a mean follow-up of {spec.follow_up:g} makes {f:.1f} "
            "events for each patient.",
            where="--rate", hint="Follow-up ends with the event; check that both are in one unit.",
        )  # fmt: skip
    return stats.largest_r2_survival(f)


def _r2(spec: SizeSpec, f: float, largest: float) -> float:
    """R² as given, from the C-index, or the usual one."""
    given = "hcc2l size"
    if spec.r2 is not None:
        given, r2 = "--r2", spec.r2
    elif spec.c is not None:
        given = "--c"
        binary = spec.prevalence is not None
        r2 = (stats.r2_from_c_binary if binary else stats.r2_from_c_survival)(spec.c, f)
    else:
        r2 = stats.USUAL_SHARE * largest
    limit = min(largest, spec.shrinkage)
    if not r2 < limit:
        raise UsageError(
            f"A Cox–Snell R² of {r2:.2f} cannot be planned for: with these events it has to be "
            f"below {limit:.2f}.",
            where=given, hint="The largest possible R² is far below 1 where few patients have "
            "the event; take that of a published model, or omit the option for 15% of the largest.",
        )  # fmt: skip
    if not r2 > 1e-9:
        raise UsageError(
            "A model that predicts no better than chance needs no sample size.",
            where=given, hint="Give the C-index or R² of a published model, and the events of such "
            "patients.",
        )  # fmt: skip
    return r2


def _patients_for_risk(spec: SizeSpec) -> float:
    if spec.prevalence is not None:
        return stats.patients_for_risk_binary(spec.prevalence)
    assert spec.rate is not None
    assert spec.follow_up is not None
    assert spec.horizon is not None
    return stats.patients_for_risk_survival(spec.rate, spec.follow_up, spec.horizon)


def _risk(spec: SizeSpec, n: int) -> Risk | None:
    """The overall risk as it will be known in `n` patients."""
    if spec.prevalence is not None:
        margin = stats.margin_of_prevalence(spec.prevalence, n)
        return Risk(spec.prevalence, spec.prevalence - margin, spec.prevalence + margin)
    if spec.rate is None or spec.follow_up is None or spec.horizon is None:
        return None
    return Risk(*stats.risk_with_limits(spec.rate, n * spec.follow_up, spec.horizon))


def _whole(n: float) -> int:
    if not n <= MOST:
        raise UsageError(
            "More than a billion patients would be needed.",
            where="hcc2l size", hint="Check the numbers: their units, and how well the model is to "
            "predict.",
        )  # fmt: skip
    return stats.rounded_up(n)
