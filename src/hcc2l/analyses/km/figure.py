"""The figure of a Kaplan–Meier analysis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from hcc2l.analyses.entry import AT_RISK_HEADING
from hcc2l.analyses.km.data import KmData, causes, conf_type, incidence_limits
from hcc2l.analyses.km.labels import FAMILY_LABELS, TEST_LABELS
from hcc2l.analyses.survival_figure import (
    Patients,
    kaplan_meier_curve,
    numbers,
    step_curve,
    survival_figure,
)
from hcc2l.numerals import confidence, interval, number, p_equation, ratio_interval, tick
from hcc2l.report import Curve, ModelCurve, SurvivalFigure, Table


def km_figure(data: KmData, tables: Sequence[Table]) -> SurvivalFigure:
    """Curves, numbers at risk, medians and models."""
    spec = data.spec
    named = {table.name: table for table in tables}
    landmark = f" since the landmark at {tick(spec.landmark)}" if spec.landmark is not None else ""
    figure = survival_figure(
        Patients(data.levels, data.codes, data.time, data.event, data.weights, data.entry),
        list(_incidences(data) if spec.competing else _survival(data)),
        data.endpoint,
        spec,
        legend=data.group.label if data.group else None,
        conf_level=spec.conf_level,
        since=f"Time{landmark}",
    )
    return replace(
        figure,
        y_label="Cumulative incidence" if spec.competing else figure.y_label,
        medians=() if spec.competing else named["groups"].numbers("median"),
        annotation=_annotation(named, confidence(spec.conf_level)),
        captions=tuple(_medians(data, named["groups"])) if spec.hr else (),
        models=tuple(_models(data, named["parametric"])) if spec.parametric else (),
        rising=bool(spec.competing),
        cumulative_events=spec.cumulative_events,
        at_risk_heading=_heading(data, figure.at_risk_heading),
    )


def _heading(data: KmData, plain: str) -> str:
    """The heading of the numbers at risk, which says why they can rise."""
    if data.exposure is not None:
        return "Number at risk (patients move between the groups)"
    return plain if data.delayed is None else AT_RISK_HEADING


def _survival(data: KmData) -> Iterator[Curve]:
    for level, fit in zip(data.levels, data.curves, strict=True):
        yield kaplan_meier_curve(level, fit, conf_type(data.spec), data.spec.conf_level)


def _incidences(data: KmData) -> Iterator[Curve]:
    """The cumulative incidence of each cause, the endpoint's own first, in each group."""
    for code, level in enumerate(data.levels):
        for of, cause in causes(data):
            c = data.incidence(code, of)
            limits = incidence_limits(data, c.incidence, c.std_err)
            yield step_curve(level, c.time, c.incidence, limits, c.n_censor, cause)


def _annotation(named: Mapping[str, Table], ci: str) -> str | None:
    """The test, and the hazard ratios if they were asked for; None without any."""
    lines = [_test(named.get("tests"))]
    if "hazard_ratios" in named:
        table = named["hazard_ratios"]
        hr, lower, upper = (table.numbers(key) for key in ("hr", "lower", "upper"))
        for i, row in enumerate(table.rows):
            ratio = ratio_interval(hr[i], lower[i], upper[i]).replace("(", f"({ci} ", 1)
            lines.append(f"HR {ratio}, {row['group']} v {row['reference']}")
    return "\n".join(line for line in lines if line) or None


def _medians(data: KmData, groups: Table) -> Iterator[str]:
    """The median of each group with its interval, for the legend."""
    keys = ("median", "lower", "upper")
    decimals = data.decimals([row[key] for row in groups.rows for key in keys])
    unit = f" {data.endpoint.unit}" if data.endpoint.unit else ""

    def written(value: float | None) -> str:
        return number(value, decimals)

    for median, lower, upper in zip(*(groups.numbers(key) for key in keys), strict=True):
        yield f"median {interval(median, lower, upper, written)}{unit}"


def _test(tests: Table | None) -> str | None:
    """The first test, or Gray's for the endpoint's event, with its p; None without a p."""
    if tests is None or not tests.rows:
        return None
    row = next((r for r in tests.rows if r["test"] == "gray"), tests.rows[0])
    p = row["p"]
    if not isinstance(p, float):
        return None
    test = TEST_LABELS[str(row["test"])]
    if "cause" in row:
        test += f" ({row['cause']})"
    return f"{test} {p_equation(p)}"


def _models(data: KmData, parametric: Table) -> Iterator[ModelCurve]:
    """S(t) of each fitted model, or what is shown of it, on a grid from 0 to the last time."""
    from hcc2l.stats.parametric import ParametricFit

    grid = np.linspace(0.0, float(data.time.max()), 201)
    for row in parametric.rows:
        fit = ParametricFit(
            str(row["model"]),  # type: ignore[arg-type]  # a family that was fitted
            float(str(row["location"])), float(str(row["scale"])), 0.0, 0.0, 0.0, 0.0,
        )  # fmt: skip
        survival = fit.survival(grid)
        shown = {"survival": survival, "risk": 1 - survival, "hazard": -np.log(survival)}
        curve = numbers(shown[data.spec.show])
        yield ModelCurve(str(row["group"]), FAMILY_LABELS[fit.family], numbers(grid), curve)
