"""The forest plot of a cox analysis, as a finished table."""

from __future__ import annotations

from collections.abc import Sequence

from hcc2l.analyses.cox_models import CoxData
from hcc2l.analyses.cox_tables import CoxResults
from hcc2l.errors import AnalysisError
from hcc2l.report import Figure, Row, Table, Value

KEYS = ("term", "level", "n", "events", "hr", "lower", "upper", "p")


def cox_figure(data: CoxData, results: CoxResults, tables: Sequence[Table]) -> Figure:
    """Rows of the forest: a heading per variable, then its levels.

    Raises
    ------
    AnalysisError
        The models that `--which` asks for were not fitted.
    """
    which = data.spec.which or _default(results)
    by_name = {table.name: table for table in tables}
    if which == "subgroups":
        if "subgroups" not in by_name:
            raise AnalysisError("No subgroups were analysed.", where="--which subgroups",
                                hint="Add --subgroups TERM --within A,B.")  # fmt: skip
        panels = {"hr": _subgroup_rows(data, by_name["subgroups"], results)}
    else:
        prefixes = {"univariable": ["uni"], "multivariable": ["multi"], "both": ["uni", "multi"]}
        panels = {p: _rows(data, by_name["regression"], p) for p in prefixes[which]}
        panels = {p: t for p, t in panels.items() if any(r["hr"] is not None for r in t.rows)}
        if not panels:
            raise AnalysisError(f"There is no {which} model to draw.", where="--which")
    titles = {"uni": "Univariable", "multi": "Multivariable", "hr": "Hazard ratio"}
    options: dict[str, Value | tuple[Value, ...]] = {
        "titles": tuple(titles[p] for p in panels),
        "x_label": f"Hazard ratio, {data.outcome.endpoint.label[:1].lower()}"
        f"{data.outcome.endpoint.label[1:]} ({data.spec.conf_level * 100:g}% CI)",
        "ci": f"{data.spec.conf_level * 100:g}% CI",
    }
    return Figure("forest", panels, options)


def _default(results: CoxResults) -> str:
    if results.subgroups:
        return "subgroups"
    return "multivariable" if results.fitted.final is not None else "univariable"


def _rows(data: CoxData, table: Table, prefix: str) -> Table:
    rows: list[Row] = []
    for row in table.rows:
        effect = {k: row[f"{prefix}_{k}"] for k in ("hr", "lower", "upper", "p")}
        if effect["hr"] is None and effect["p"] is None:
            continue
        label = data.labels[str(row["term"])]
        rows.append({"term": label, "level": row["level"], "n": row["n"],
                     "events": row["events"], **effect})  # fmt: skip
    return Table(prefix, table.title, KEYS, tuple(rows))


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
        rows.append({"term": label, "level": level if equals else None, "n": row["n"],
                     "events": row["events"], "hr": row["hr"], "lower": row["lower"],
                     "upper": row["upper"], "p": row["p"]})  # fmt: skip
    return Table("hr", table.title, KEYS, tuple(rows))
