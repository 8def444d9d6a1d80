"""The tables of `hcc2l size`."""

from __future__ import annotations

from collections.abc import Sequence

from hcc2l.analyses.size.median import Precision
from hcc2l.analyses.size.model import Criterion, ModelPlan
from hcc2l.analyses.size.two_groups import Comparison
from hcc2l.numerals import confidence, interval, number, percent, plain
from hcc2l.report import Column, Row, Table
from hcc2l.specs import SizeSpec
from hcc2l.stats import sample_size as stats
from hcc2l.wording import counted

_PLANS = {"required": "Required", "carried": "Carried at most", "given": "As planned"}


def model_tables(plan: ModelPlan) -> list[Table]:
    """What the study needs or suffices for, and each criterion."""
    return [_size(plan), _criteria(plan)]


def _size(plan: ModelPlan) -> Table:
    spec = plan.spec
    planned = [("required" if spec.n is None else "carried", plan.parameters)]
    if spec.n is not None and spec.parameters is not None:
        planned.append(("given", spec.parameters))
    rows: tuple[Row, ...] = tuple(
        {
            "plan": name,
            "kind": "survival" if spec.prevalence is None else "binary",
            "parameters": parameters,
            "n": plan.n,
            "events": plan.events,
            "events_per_parameter": plan.events / parameters if parameters else None,
            "r2": plan.r2,
            "max_r2": plan.largest,
            "nagelkerke_r2": plan.r2 / plan.largest,
            "shrinkage": plan.expected_shrinkage(parameters),
        }
        for name, parameters in planned
    )
    columns = (
        Column("Plan", ("plan",), labels=_PLANS), Column("Parameters", ("parameters",)),
        Column("Patients", ("n",)), Column("Events", ("events",), kind="estimate", decimals=0),
        Column("Events per parameter", ("events_per_parameter",), decimals=1),
        Column("Expected shrinkage", ("shrinkage",), decimals=2),
    )  # fmt: skip
    footnotes = (
        f"Cox–Snell R² {plain(round(plan.r2, 3))}, of at most {plain(round(plan.largest, 3))} with "
        f"these events (Nagelkerke {plain(round(plan.r2 / plan.largest, 3))}).",
        "Parameters are all coefficients that are considered, also those that a selection drops: "
        "one for a number, levels − 1 for a factor, knots − 1 for a spline.",
    )
    return Table("size", "Prediction model", tuple(rows[0]), rows, columns, footnotes)


def _criteria(plan: ModelPlan) -> Table:
    at_hand = plan.spec.n is not None
    rows: list[Row] = []
    for criterion in plan.criteria:
        of_risk = criterion.aim == "overall-risk"
        risk = plan.risk if of_risk else None
        rows.append(
            {
                "criterion": criterion.aim,
                "shrinkage": criterion.shrinkage,
                "parameters": _parameters(plan, criterion),
                "n": plan.n if at_hand else stats.rounded_up(criterion.exact or 0.0),
                "exact": criterion.exact,
                "time": plan.spec.horizon if of_risk else None,
                "estimate": risk.value if risk else None,
                "lower": risk.lower if risk else None,
                "upper": risk.upper if risk else None,
            }
        )
    second = next(c.shrinkage for c in plan.criteria if c.aim == "optimism")
    labels = {
        "shrinkage": f"1 Shrinkage at least {plain(plan.spec.shrinkage)}",
        "optimism": f"2 Optimism in Nagelkerke's R² at most {plain(stats.OPTIMISM)} (shrinkage "
        f"{number(second, 2)})",
        "overall-risk": f"3 Overall risk within {plain(stats.MARGIN)}",
    }
    columns = (
        Column("Criterion", ("criterion",), labels=labels),
        Column("Parameters", ("parameters",)) if at_hand else Column("Patients", ("n",)),
    )
    return Table("criteria", "Criteria of Riley et al.", tuple(rows[0]), tuple(rows), columns,
                 _risk_in_words(plan))  # fmt: skip


def _risk_in_words(plan: ModelPlan) -> tuple[str, ...]:
    if plan.risk is None:
        return ()
    spec, risk = plan.spec, plan.risk
    at = "Prevalence" if spec.horizon is None else f"Risk at {plain(spec.horizon)} {spec.unit}"
    share = interval(risk.value, risk.lower, risk.upper, lambda value: percent(value, 1))
    return (f"{at} with its 95% CI in {counted(plan.n, 'patient')}: {share}.",)


def _parameters(plan: ModelPlan, criterion: Criterion) -> int | None:
    if plan.spec.n is None:
        return None if criterion.shrinkage is None else plan.parameters
    return None if criterion.exact is None else stats.rounded_down(criterion.exact)


def comparison_table(spec: SizeSpec, found: Sequence[Comparison]) -> Table:
    """Hazard ratio, power and events, one row for each hazard ratio."""
    rows: tuple[Row, ...] = tuple(
        {
            "hr": one.hr,
            "power": one.power,
            "alpha": spec.alpha,
            "share": spec.share,
            "events": one.events,
            "exact": one.exact,
            "event_probability": spec.event_probability,
            "n": one.n,
        }
        for one in found
    )
    columns = [
        Column("HR", ("hr",)), Column("Power", ("power",)), Column("Events", ("events",)),
    ]  # fmt: skip
    if found[0].n is not None:
        columns.append(Column("Patients", ("n",)))
    sides = "one-sided" if spec.one_sided else "two-sided"
    footnotes = (
        f"Log-rank test, {sides}, α = {plain(spec.alpha)}; {percent(spec.share, 1)} and "
        f"{percent(1 - spec.share, 1)} of the patients in the groups (Schoenfeld).",
    )
    title = "Comparison of two groups"
    return Table("comparison", title, tuple(rows[0]), rows, tuple(columns), footnotes)


def precision_table(spec: SizeSpec, found: Precision) -> Table:
    """The median with its limits."""
    row: Row = {
        "median": found.median, "lower": found.lower, "upper": found.upper,
        "events": found.events, "exact": found.exact,
    }  # fmt: skip
    columns = (
        Column(f"Median, {spec.unit} ({confidence(spec.conf_level)})",
               ("median", "lower", "upper"), form="interval"),
        Column("Events", ("events",)),
    )  # fmt: skip
    footnotes = ("Exponential survival: the log of the median has the standard error 1/√events.",)
    return Table("precision", "Precision of a median", tuple(row), (row,), columns, footnotes)
