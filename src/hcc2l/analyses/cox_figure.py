"""The figure of a cox analysis: the forest of its models or subgroups, or adjusted curves."""

from __future__ import annotations

from collections.abc import Sequence

from hcc2l.analyses.adjusted import adjusted_figure
from hcc2l.analyses.cox_models import CoxData
from hcc2l.analyses.cox_tables import CoxResults
from hcc2l.analyses.forest import KEYS, forest_figure, forest_options
from hcc2l.report import Figure, Row, Table


def cox_figure(data: CoxData, results: CoxResults, tables: Sequence[Table]) -> Figure:
    """What `--which` asks for; else adjusted curves, subgroups or models, whatever there is.

    Raises
    ------
    AnalysisError
        The models that `--which` asks for were not fitted.
    """
    which = data.spec.which or _default(data, results)
    by_name = {table.name: table for table in tables}
    if which == "adjusted" and results.fitted.final is not None:
        return adjusted_figure(
            data, results.fitted.final, by_name["adjusted"], by_name["adjusted_curve"]
        )
    label = data.outcome.endpoint.label
    x_label = f"Hazard ratio, {label[:1].lower()}{label[1:]}"
    if which != "subgroups":
        return forest_figure(data, tables, x_label)
    table = by_name["subgroups"]
    options = forest_options(data, ["Hazard ratio"], x_label)
    return Figure("forest", {"subgroups": _subgroup_rows(data, table, results)}, options)


def _default(data: CoxData, results: CoxResults) -> str | None:
    if data.spec.adjusted_curves is not None:
        return "adjusted"
    return "subgroups" if results.subgroups else None


def _subgroup_rows(data: CoxData, table: Table, results: CoxResults) -> Table:
    """A heading with the p of interaction, then the effect in each level."""
    interaction = {str(row["term_b"]): row["p"] for row in results.interactions}
    empty = dict.fromkeys(KEYS)
    rows: list[Row] = []
    for row in table.rows:
        text, equals, level = str(row["subgroup"]).rpartition("=")
        label = data.labels.get(text, text) if equals else "All patients"
        if equals and (not rows or rows[-1]["term"] != label):
            rows.append({**empty, "term": label, "p": interaction.get(text)})
        several = len({r["level"] for r in table.rows}) > 1
        shown = f"{level}: {row['level']}" if several else level
        if several and not equals:
            label = f"All patients: {row['level']}"
        rows.append({"term": label, "level": shown if equals else None, "n": row["n"],
                     "events": row["events"], "ratio": row["hr"], "lower": row["lower"],
                     "upper": row["upper"], "p": row["p"]})  # fmt: skip
    return Table("subgroups", table.title, KEYS, tuple(rows))
