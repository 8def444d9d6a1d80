"""The figure of a Cox analysis: a forest of its models or subgroups, or adjusted curves."""

from __future__ import annotations

from collections.abc import Sequence

from hcc2l.analyses.cox.adjusted import adjusted_figure
from hcc2l.analyses.cox.data import CoxData
from hcc2l.analyses.cox.labels import comparison
from hcc2l.analyses.cox.results import CoxResults
from hcc2l.analyses.regression.figure import KEYS, forest_figure, forest_options
from hcc2l.report import Figure, Row, Table
from hcc2l.wording import in_sentence


def cox_figure(data: CoxData, results: CoxResults, tables: Sequence[Table]) -> Figure:
    """The figure of `--which`; by default adjusted curves, else subgroups, else models.

    Raises
    ------
    AnalysisError
        The models of `--which` were not fitted.
    """
    which = data.spec.which or _default(data, results)
    by_name = {table.name: table for table in tables}
    if which == "adjusted" and results.fitted.final is not None:
        return adjusted_figure(
            data, results.fitted.final, by_name["adjusted"], by_name["adjusted_curve"]
        )
    endpoint = in_sentence(data.outcome.endpoint.label)
    if which != "subgroups":
        return forest_figure(data, tables, f"Hazard ratio, {endpoint}")
    table = by_name["subgroups"]
    x_label = f"Hazard ratio for {endpoint}, {comparison(data, results)}"
    options = forest_options(data, ["Hazard ratio"], x_label)
    columns = results.subgroups[0].matrix.columns
    if columns[0].level is not None:
        first = str(columns[0].level) if len(columns) == 1 else "Level"
        options["counts"] = (f"{first}, events/n", f"{columns[0].reference}, events/n")
        if len(columns) == 1:
            options["favours"] = (str(columns[0].level), str(columns[0].reference))
    return Figure("forest", {"subgroups": _subgroup_rows(data, table)}, options)


def _default(data: CoxData, results: CoxResults) -> str | None:
    if data.spec.adjusted_curves is not None:
        return "adjusted"
    return "subgroups" if results.subgroups else None


def _subgroup_rows(data: CoxData, table: Table) -> Table:
    """A heading with the p of interaction, then the effect in each subgroup."""
    rows: list[Row] = []
    several = len({row["level"] for row in table.rows}) > 1
    previous = None
    for row in table.rows:
        text, equals, group = str(row["subgroup"]).rpartition("=")
        label = data.labels.get(text, text) if equals else "All patients"
        if equals and text != previous:
            heading = {"name": text, "term": label, "interaction_p": row["interaction_p"]}
            rows.append({**dict.fromkeys(KEYS), **heading})
        previous = text
        name = f"{group}: {row['level']}" if several else group
        if several and not equals:
            label = f"All patients: {row['level']}"
        arms = row["level_n"] is not None
        rows.append(
            {"name": text, "term": label, "level": name if equals else None,
             "n": row["level_n" if arms else "n"], "events": row["level_events" if arms else
                                                                 "events"],
             "reference_n": row["reference_n"], "reference_events": row["reference_events"],
             "ratio": row["hr"], "lower": row["lower"], "upper": row["upper"], "p": row["p"],
             "interaction_p": None}
        )  # fmt: skip
    return Table("subgroups", table.title, KEYS, tuple(rows))
