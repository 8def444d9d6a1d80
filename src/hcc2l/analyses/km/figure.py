"""What the figure of a Kaplan–Meier analysis shows, as finished tables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hcc2l.analyses.km.data import KmData, incidence_curve, survival_curve
from hcc2l.analyses.km.labels import FAMILY_LABELS, TEST_LABELS
from hcc2l.analyses.survival_figure import axis_ticks
from hcc2l.numerals import p_equation
from hcc2l.report import Figure, Row, Table, Value
from hcc2l.stats.risk_sets import time_tolerance


def km_figure(data: KmData, tables: Sequence[Table], longest: float | None = None) -> Figure:
    """Curves, numbers at risk, medians and models; the axis extends to `longest`."""
    spec = data.spec
    longest = float(data.time.max()) if longest is None else longest
    ticks = axis_ticks(longest, data.endpoint.unit)
    content = {
        "curve": incidence_curve(data) if spec.competing else survival_curve(data),
        "at_risk": _at_risk(data, ticks),
        "groups": next(t for t in tables if t.name == "groups"),
    }
    if spec.parametric:
        content["models"] = _model_curves(data, tables)
    options: dict[str, Value | tuple[Value, ...]] = {
        "levels": data.levels,
        "legend": data.group.label if data.group else None,
        "x_label": _x_label(data),
        "y_label": _y_label(data),
        "ticks": ticks,
        "x_max": longest,
        "annotation": _annotation(tables),
        "rising": bool(spec.competing),
        "cumulative_events": spec.cumulative_events,
        "median": not spec.competing,
    }
    return Figure("survival", content, options)


def _x_label(data: KmData) -> str:
    since = "Time"
    if data.spec.landmark is not None:
        since += f" since the landmark at {data.spec.landmark:g}"
    return f"{since} ({data.endpoint.unit})" if data.endpoint.unit else since


def _y_label(data: KmData) -> str:
    if data.spec.competing:
        return "Cumulative incidence"
    return "Event-free" if data.endpoint.label.startswith("Time to") else data.endpoint.label


def _annotation(tables: Sequence[Table]) -> str | None:
    """The first test, or Gray's for the endpoint's event, with its p; None without a p."""
    rows = [row for table in tables if table.name == "tests" for row in table.rows]
    if not rows:
        return None
    row = next((r for r in rows if r["test"] == "gray"), rows[0])
    p = row["p"]
    if not isinstance(p, float):
        return None
    test = TEST_LABELS[str(row["test"])]
    if "cause" in row:
        test += f" ({row['cause']})"
    return f"{test} {p_equation(p)}"


def _at_risk(data: KmData, ticks: Sequence[float]) -> Table:
    """Numbers at risk and cumulative events, one row a group and tick."""
    tolerance = time_tolerance(data.time)
    rows: list[Row] = []
    for code, level in enumerate(data.levels):
        inside = data.rows_of(code)
        weights = np.ones(int(inside.sum())) if data.weights is None else data.weights[inside]
        time, event = data.time[inside], data.event[inside]
        for t in ticks:
            at_risk = float(weights[time >= t - tolerance].sum())
            events = float(weights[(time <= t + tolerance) & event].sum())
            rows.append({"group": level, "time": t, "n_risk": at_risk, "cumulative_events": events})
    return Table("at_risk", "Number at risk", tuple(rows[0]), tuple(rows))


def _model_curves(data: KmData, tables: Sequence[Table]) -> Table:
    """S(t) of each fitted model on a grid from 0 to the last time."""
    from hcc2l.stats.parametric import ParametricFit

    grid = np.linspace(0.0, float(data.time.max()), 201)
    rows: list[Row] = []
    for row in next(t for t in tables if t.name == "parametric").rows:
        fit = ParametricFit(
            str(row["model"]),  # type: ignore[arg-type]  # a family that was fitted
            float(str(row["location"])), float(str(row["scale"])), 0.0, 0.0, 0.0, 0.0,
        )  # fmt: skip
        name = FAMILY_LABELS[fit.family]
        for t, s in zip(grid.tolist(), fit.survival(grid).tolist(), strict=True):
            rows.append({"group": row["group"], "model": name, "time": t, "estimate": s})
    return Table("models", "Parametric curves", ("group", "model", "time", "estimate"), tuple(rows))
