"""The methods paragraph of a planned study."""

from __future__ import annotations

from collections.abc import Sequence

from hcc2l import references
from hcc2l.analyses.size.median import Precision
from hcc2l.analyses.size.model import Criterion, ModelPlan
from hcc2l.analyses.size.two_groups import Comparison
from hcc2l.numerals import confidence_level, number, percent, plain
from hcc2l.specs import SizeSpec
from hcc2l.stats import sample_size as stats
from hcc2l.wording import counted, listed

Paragraph = tuple[str, tuple[str, ...]]


def model_methods(plan: ModelPlan) -> Paragraph:
    """The calculation for a prediction model, with what it assumes."""
    cited = [references.RILEY_2019, references.RILEY_2020]
    if plan.spec.c is not None:
        binary = plan.spec.prevalence is not None
        cited.append(references.RILEY_2021 if binary else references.JINKS_2015)
    text = _parameters(plan) if plan.spec.n is not None else _patients(plan)
    return text, tuple(cited)


def _patients(plan: ModelPlan) -> str:
    needed = {c.aim: counted(stats.rounded_up(c.exact or 0.0), "patient") for c in plan.criteria}
    risk = "a prevalence" if plan.spec.prevalence is not None else "an overall risk"
    aims = (
        f"{needed['shrinkage']} for a shrinkage factor of at least {plain(plan.spec.shrinkage)}",
        f"{needed['optimism']} for an optimism of at most {plain(stats.OPTIMISM)} in Nagelkerke's "
        "R²",
        f"{needed['overall-risk']} for {risk}{_by_horizon(plan.spec)} known within "
        f"{plain(stats.MARGIN)}",
    )
    return (
        f"The sample size was calculated by the criteria of Riley et al. for a prediction model "
        f"with {counted(plan.parameters, 'parameter')}, {_assumptions(plan)}. The criteria ask for "
        f"{listed(aims)}; {counted(plan.n, 'patient')} with {number(plan.events, 0)} events were "
        "therefore required."
    )


def _parameters(plan: ModelPlan) -> str:
    carried = counted(plan.parameters, "parameter") if plan.parameters else "no parameter"
    aim = _aim(plan, plan.decisive)
    return (
        f"By the criteria of Riley et al., {counted(plan.n, 'patient')} with "
        f"{number(plan.events, 0)} events suffice for a prediction model with {carried}, "
        f"{_assumptions(plan)}; the limit is set by {aim}."
    )


def _aim(plan: ModelPlan, criterion: Criterion) -> str:
    if criterion.aim == "shrinkage":
        return f"a shrinkage factor of at least {plain(plan.spec.shrinkage)}"
    return f"an optimism of at most {plain(stats.OPTIMISM)} in Nagelkerke's R²"


def _assumptions(plan: ModelPlan) -> str:
    """`a C-index of 0.7 (Cox–Snell R² 0.251), an event rate of …`."""
    spec, r2 = plan.spec, number(plan.r2, 3)
    parts = [f"a Cox–Snell R² of {r2}"]
    if spec.c is not None:
        parts = [f"a C-index of {plain(spec.c)} (Cox–Snell R² {r2})"]
    elif spec.r2 is None:
        parts = [f"a Cox–Snell R² of {r2}, {stats.USUAL_SHARE:.0%} of the largest possible"]
    if spec.prevalence is not None:
        parts.append(f"a prevalence of the outcome of {percent(spec.prevalence, 1)}")
    elif spec.rate is not None and spec.follow_up is not None:
        one = spec.unit.removesuffix("s")
        parts.append(f"an event rate of {plain(spec.rate)} per {one}")
        parts.append(f"a mean follow-up of {plain(spec.follow_up)} {spec.unit}")
    return f"assuming {listed(parts)}"


def _by_horizon(spec: SizeSpec) -> str:
    return "" if spec.horizon is None else f" at {plain(spec.horizon)} {spec.unit}"


def comparison_methods(spec: SizeSpec, found: Sequence[Comparison]) -> Paragraph:
    """The calculation for two groups."""
    first = found[0]
    sides = "one-sided" if spec.one_sided else "two-sided"
    groups = "in equal groups"
    if spec.share != 0.5:
        groups = f"with {percent(spec.share, 1)} of the patients in one group"
    test = f"a {sides} log-rank test at a significance level of {plain(spec.alpha)} {groups}"
    power, events = percent(first.power, 0), f"A total of {counted(first.events, 'event')}"
    if spec.hr is None:
        ratios = listed([number(one.hr, 2) for one in found], "or")
        text = f"{events} suffices to detect a hazard ratio of {ratios} with a power of {power}"
    elif spec.power is None:
        text = f"{events} detects a hazard ratio of {plain(first.hr)} with a power of {power}"
    else:
        text = (
            f"{events} is required to detect a hazard ratio of {plain(first.hr)} with a power of "
            f"{power}"
        )
    text += f" by {test} (Schoenfeld's formula)."
    if first.n is not None and spec.event_probability is not None:
        text += (
            f" If {percent(spec.event_probability, 0)} of the patients have the event, "
            f"{counted(first.n, 'patient')} are needed."
        )
    return text, (references.SCHOENFELD_1983,)


def precision_methods(spec: SizeSpec, found: Precision) -> Paragraph:
    """The calculation for a median."""
    return (
        f"With {counted(found.events, 'event')}, a median of {plain(found.median)} {spec.unit} is "
        f"estimated with a {confidence_level(spec.conf_level)} confidence interval from "
        f"{number(found.lower, 1)} to {number(found.upper, 1)} {spec.unit}, assuming exponential "
        "survival.",
        (references.COLLETT_2015,),
    )
