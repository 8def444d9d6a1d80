"""The figure of a logistic regression: the curves of its splines, or a forest of its models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hcc2l.analyses.logistic.data import LogisticData
from hcc2l.analyses.regression.figure import forest_figure
from hcc2l.report import Figure, Table

if TYPE_CHECKING:
    from hcc2l.analyses.regression.splines import SplineCurve


def logistic_figure(
    data: LogisticData, tables: Sequence[Table], label: str, curves: Sequence[SplineCurve]
) -> Figure:
    """The figure of `--which`; by default splines, else models.

    Raises
    ------
    AnalysisError
        The models of `--which` were not fitted, or have no spline.
    """
    if data.spec.which == "spline" or (data.spec.which is None and curves):
        from hcc2l.analyses.regression.spline_figure import spline_figure

        return spline_figure(data, curves, label)
    return forest_figure(data, tables, label)
