"""The figure of splines: ratios along each marker, with the patients who have its values."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from hcc2l.analyses.regression.models import Regression, test_of_columns
from hcc2l.analyses.regression.splines import SplineCurve, curve_rows, tested
from hcc2l.design.model import on_scale
from hcc2l.errors import AnalysisError
from hcc2l.numerals import confidence, cutpoint, p_equation
from hcc2l.report import MarkerDensity, MarkerValues, RatioCurve, SplineFigure, Value
from hcc2l.stats.splines import density


def spline_figure(data: Regression, curves: Sequence[SplineCurve], y_label: str) -> SplineFigure:
    """A panel for each spline; by group where an interaction asks for it.

    Raises
    ------
    AnalysisError
        No model has a spline.
    """
    by_group = {curve.term.text for curve in curves if curve.by is not None}
    shown = [c for c in curves if c.by is not None or c.term.text not in by_group]
    if not shown:
        raise AnalysisError("There is no spline to draw.", where="--which", hint="Drop --which.")
    drawn: list[RatioCurve] = []
    for panel, curve in enumerate(shown):
        rows = list(curve_rows(data, curve, curve.grid))
        for group in curve.groups:
            of_group = [row for row in rows if row["group"] == group]
            value, ratio, lower, upper = (
                tuple(_number(row[key]) for row in of_group)
                for key in ("value", data.ratio, "lower", "upper")
            )
            values = tuple(v for v in value if v is not None)
            drawn.append(RatioCurve(panel, group, values, ratio, lower, upper))
    return SplineFigure(
        curves=tuple(drawn),
        densities=tuple(_density(panel, curve) for panel, curve in enumerate(shown)),
        patients=tuple(
            MarkerValues(panel, tuple(sorted(curve.values.tolist())))
            for panel, curve in enumerate(shown)
        ),
        x_labels=tuple(_label(curve) for curve in shown),
        annotations=tuple(_tests(data, curve) for curve in shown),
        references=tuple(curve.reference for curve in shown),
        log=tuple(_is_log(curve) for curve in shown),
        legends=tuple("" if c.by is None else data.labels[c.by.text] for c in shown),
        y_label=f"{y_label} ({confidence(data.spec.conf_level)})",
    )


def _label(curve: SplineCurve) -> str:
    assert curve.term.spline is not None
    return curve.term.spline.label


def _number(value: Value) -> float | None:
    return value if isinstance(value, (int, float)) else None


def _is_log(curve: SplineCurve) -> bool:
    return curve.term.scale is not None and curve.term.scale.kind != "per"


def _density(panel: int, curve: SplineCurve) -> MarkerDensity:
    """The density on the scale of the axis."""
    scale = curve.term.scale
    grid = curve.grid
    height = density(on_scale(curve.values, scale), on_scale(grid, scale))
    return MarkerDensity(panel, tuple(grid.tolist()), tuple(height.tolist()))


def _tests(data: Regression, curve: SplineCurve) -> str:
    """The tests in the corner of a panel: overall and non-linearity, or the interaction."""
    reference = f"Reference: {cutpoint(curve.reference)}"
    if curve.by is not None:
        columns = [column.term == curve.name for column in curve.model.matrix.columns]
        named = {"Interaction": columns}
        reference += f", {curve.groups[0]}"
    else:
        of = tested(curve.model, curve.term)
        named = {"Overall": of["overall"].tolist(), "Non-linearity": of["nonlinear"].tolist()}
    lines = [reference]
    for name, mask in named.items():
        *_, p = test_of_columns(data, curve.model, np.array(mask))
        if not math.isnan(p):
            lines.append(f"{name}: {p_equation(p)}")
    return "\n".join(lines)
