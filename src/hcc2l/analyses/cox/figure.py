"""The figure of a Cox analysis: a forest of its models or subgroups, or adjusted curves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from hcc2l.analyses.cox.data import CoxData
from hcc2l.analyses.cox.frailty import centres_figure
from hcc2l.analyses.cox.labels import comparison
from hcc2l.analyses.cox.results import CoxResults
from hcc2l.analyses.regression.figure import forest_figure, forest_row
from hcc2l.analyses.regression.models import Model
from hcc2l.analyses.survival_figure import Patients, survival_figure
from hcc2l.numerals import confidence
from hcc2l.report import Curve, Figure, ForestFigure, ForestRow, SurvivalFigure, Table
from hcc2l.wording import in_sentence

if TYPE_CHECKING:
    from hcc2l.analyses.regression.splines import SplineCurve


def cox_figure(
    data: CoxData, results: CoxResults, tables: Sequence[Table], curves: Sequence[SplineCurve] = ()
) -> Figure:
    """The figure of `--which`; by default adjusted curves, else subgroups, splines, models.

    Raises
    ------
    AnalysisError
        The models of `--which` were not fitted.
    """
    which = data.spec.which or _default(data, results) or ("spline" if curves else None)
    by_name = {table.name: table for table in tables}
    if which == "adjusted" and results.fitted.final is not None:
        curve = by_name["adjusted_curve"]
        return _adjusted(data, results.fitted.final, by_name["adjusted"], curve)
    if which == "centres":
        return centres_figure(data, by_name.get("centres"))
    endpoint = in_sentence(data.outcome.endpoint.label)
    if which == "spline":
        from hcc2l.analyses.regression.spline_figure import spline_figure

        return spline_figure(data, curves, f"Hazard ratio, {endpoint}")
    if which != "subgroups":
        return forest_figure(data, tables, f"Hazard ratio, {endpoint}")
    x_label = f"Hazard ratio for {endpoint}, {comparison(data, results)}"
    return _subgroups(data, results, by_name["subgroups"], x_label)


def _default(data: CoxData, results: CoxResults) -> str | None:
    if data.spec.adjusted_curves is not None:
        return "adjusted"
    return "subgroups" if results.subgroups else None


def _subgroups(data: CoxData, results: CoxResults, table: Table, x_label: str) -> ForestFigure:
    """The forest of the subgroups, with the counts of both levels compared."""
    counts: tuple[str, ...] = ("Events/n",)
    favours: tuple[str, ...] = ()
    columns = results.subgroups[0].matrix.columns
    level, reference = columns[0].level, columns[0].reference
    if level is not None:
        first = level if len(columns) == 1 else "Level"
        counts = (f"{first}, events/n", f"{reference}, events/n")
        if len(columns) == 1:
            favours = (level, str(reference))
    ci = confidence(data.spec.conf_level)
    return ForestFigure(
        rows=tuple(_subgroup_rows(data, table)), titles=("Hazard ratio",), heading="Subgroup",
        x_label=f"{x_label} ({ci})", ratio="HR", ci=ci, counts=counts, favours=favours,
    )  # fmt: skip


def _subgroup_rows(data: CoxData, table: Table) -> Iterator[ForestRow]:
    """A heading with the p of interaction, then the effect in each subgroup."""
    several = len(set(table.column("level"))) > 1
    previous = None
    for row, interaction_p in zip(table.rows, table.numbers("interaction_p"), strict=True):
        text, equals, group = str(row["subgroup"]).rpartition("=")
        label = data.labels.get(text, text) if equals else "All patients"
        if equals and text != previous:
            yield ForestRow(0, text, label, interaction_p=interaction_p)
        previous = text
        name = f"{group}: {row['level']}" if several else group
        if several and not equals:
            label = f"All patients: {row['level']}"
        arms = "level_" if row["level_n"] is not None else ""
        shown = {**row, "level": name if equals else None,
                 "n": row[f"{arms}n"], "events": row[f"{arms}events"]}  # fmt: skip
        yield forest_row(shown, "hr", 0, text, label)


def _adjusted(data: CoxData, model: Model, groups: Table, curve: Table) -> SurvivalFigure:
    """The curves, with the observed numbers at risk."""
    term = next(t for t in model.terms if t.text == data.spec.adjusted_curves)
    assert term.factor is not None
    levels = tuple(map(str, groups.column("group")))
    codes = np.full(model.n, -1, dtype=np.int64)
    for i, level in enumerate(levels):
        codes[term.factor.codes[model.rows] == term.factor.levels.index(level)] = i
    time = data.time[model.rows]
    figure = survival_figure(
        Patients(levels, codes, time, data.event[model.rows]),
        [_adjusted_curve(curve, level, float(time.max())) for level in levels],
        data.outcome.endpoint,
        data.spec,
        legend=f"{data.labels[term.text]}, adjusted",
        conf_level=data.spec.conf_level,
    )
    return replace(
        figure, y_label=f"{figure.y_label}, adjusted", medians=groups.numbers("median"),
        at_risk_heading="Number at risk (not adjusted)",
    )  # fmt: skip


def _adjusted_curve(curve: Table, level: str, longest: float) -> Curve:
    """The curve of a level, which goes on to the end of the axis; censoring is not shown."""
    rows = replace(curve, rows=tuple(row for row in curve.rows if row["group"] == level))
    time, estimate = (
        [v for v in rows.numbers(key) if v is not None] for key in ("time", "estimate")
    )
    lower, upper = rows.numbers("lower"), rows.numbers("upper")
    return Curve(
        level, None, (*time, longest), (*estimate, estimate[-1]), (*lower, lower[-1]),
        (*upper, upper[-1]), (0,) * (len(time) + 1),
    )  # fmt: skip
