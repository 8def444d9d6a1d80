"""The forest plot of a cox analysis: of its models, or of its subgroups."""

from __future__ import annotations

from collections.abc import Sequence

from hcc2l.analyses.cox_models import CoxData
from hcc2l.analyses.cox_tables import CoxResults
from hcc2l.analyses.forest import KEYS, forest_figure, forest_options
from hcc2l.errors import AnalysisError
from hcc2l.report import Figure, Row, Table


def cox_figure(data: CoxData, results: CoxResults, tables: Sequence[Table]) -> Figure:
    """The forest that `--which` asks for; subgroups when there are any, else the models.

    Raises
    ------
    AnalysisError
        The models that `--which` asks for were not fitted.
    """
    label = data.outcome.endpoint.label
    x_label = f"Hazard ratio, {label[:1].lower()}{label[1:]}"
    if data.spec.which not in (None, "subgroups") or not (results.subgroups or data.spec.which):
        return forest_figure(data, tables, x_label)
    if not results.subgroups:
        raise AnalysisError("No subgroups were analysed.", where="--which subgroups",
                            hint="Add --subgroups TERM --within A,B.")  # fmt: skip
    table = next(t for t in tables if t.name == "subgroups")
    options = forest_options(data, ["Hazard ratio"], x_label)
    return Figure("forest", {"subgroups": _subgroup_rows(data, table, results)}, options)


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
