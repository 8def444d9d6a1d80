"""The figure of a Kaplan–Meier analysis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from hcc2l.analyses.km.data import KmData, causes, conf_type, incidence_limits
from hcc2l.analyses.km.labels import FAMILY_LABELS, TEST_LABELS
from hcc2l.analyses.survival_figure import (
    Patients,
    kaplan_meier_curve,
    numbers,
    step_curve,
    survival_figure,
)
from hcc2l.numerals import p_equation, tick
from hcc2l.report import Curve, ModelCurve, SurvivalFigure, Table
from hcc2l.stats.competing import cumulative_incidence


def km_figure(data: KmData, tables: Sequence[Table]) -> SurvivalFigure:
    """Curves, numbers at risk, medians and models."""
    spec = data.spec
    named = {table.name: table for table in tables}
    landmark = f" since the landmark at {tick(spec.landmark)}" if spec.landmark is not None else ""
    figure = survival_figure(
        Patients(data.levels, data.codes, data.time, data.event, data.weights),
        list(_incidences(data) if spec.competing else _survival(data)),
        data.endpoint,
        legend=data.group.label if data.group else None,
        since=f"Time{landmark}",
    )
    return replace(
        figure,
        y_label="Cumulative incidence" if spec.competing else figure.y_label,
        medians=() if spec.competing else named["groups"].numbers("median"),
        annotation=_annotation(named.get("tests")),
        models=tuple(_models(data, named["parametric"])) if spec.parametric else (),
        rising=bool(spec.competing),
        cumulative_events=spec.cumulative_events,
    )


def _survival(data: KmData) -> Iterator[Curve]:
    for level, fit in zip(data.levels, data.curves, strict=True):
        yield kaplan_meier_curve(level, fit, conf_type(data.spec), data.spec.conf_level)


def _incidences(data: KmData) -> Iterator[Curve]:
    """The cumulative incidence of each cause, the endpoint's own first, in each group."""
    for code, level in enumerate(data.levels):
        inside = data.rows_of(code)
        for of, cause in causes(data):
            c = cumulative_incidence(data.distinct.take(inside), data.cause[inside], of)
            limits = incidence_limits(data, c.incidence, c.std_err)
            yield step_curve(level, c.time, c.incidence, limits, c.n_censor, cause)


def _annotation(tests: Table | None) -> str | None:
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
    """S(t) of each fitted model on a grid from 0 to the last time."""
    from hcc2l.stats.parametric import ParametricFit

    grid = np.linspace(0.0, float(data.time.max()), 201)
    for row in parametric.rows:
        fit = ParametricFit(
            str(row["model"]),  # type: ignore[arg-type]  # a family that was fitted
            float(str(row["location"])), float(str(row["scale"])), 0.0, 0.0, 0.0, 0.0,
        )  # fmt: skip
        survival = numbers(fit.survival(grid))
        yield ModelCurve(str(row["group"]), FAMILY_LABELS[fit.family], numbers(grid), survival)
