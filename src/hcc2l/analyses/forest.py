"""The forest plot of a regression, as finished tables."""

from __future__ import annotations

from collections.abc import Sequence

from hcc2l.analyses.regression import Regression
from hcc2l.errors import AnalysisError
from hcc2l.report import Figure, Row, Table, Value

KEYS = ("term", "level", "n", "events", "ratio", "lower", "upper", "p")
_TITLES = {"uni": "Univariable", "multi": "Multivariable"}
_PREFIXES = {"univariable": ["uni"], "multivariable": ["multi"], "both": ["uni", "multi"]}


def forest_figure(data: Regression, tables: Sequence[Table], x_label: str) -> Figure:
    """Rows of the forest: a heading per variable, then its levels.

    Raises
    ------
    AnalysisError
        The models that `--which` asks for were not fitted.
    """
    table = next(t for t in tables if t.name == "regression")
    which = data.spec.which or _default(data, table)
    panels = {prefix: _rows(data, table, prefix) for prefix in _PREFIXES[which]}
    panels = {p: t for p, t in panels.items() if any(r["ratio"] is not None for r in t.rows)}
    if not panels:
        raise AnalysisError(
            f"There is no {which} model to draw.", where="--which", hint="Leave out --which."
        )
    titles = tuple(_TITLES[prefix] for prefix in panels)
    return Figure("forest", panels, forest_options(data, titles, x_label))


def forest_options(
    data: Regression, titles: Sequence[str], x_label: str
) -> dict[str, Value | tuple[Value, ...]]:
    """What is written around the panels."""
    ci = f"{data.spec.conf_level * 100:g}% CI"
    return {"titles": tuple(titles), "x_label": f"{x_label} ({ci})", "ci": ci,
            "ratio": data.ratio.upper()}  # fmt: skip


def _default(data: Regression, table: Table) -> str:
    fitted = any(row[f"multi_{data.ratio}"] is not None for row in table.rows)
    return "multivariable" if fitted else "univariable"


def _rows(data: Regression, table: Table, prefix: str) -> Table:
    rows: list[Row] = []
    n, events = ("n", "events") if prefix == "uni" else ("multi_n", "multi_events")
    for row in table.rows:
        ratio, p = row[f"{prefix}_{data.ratio}"], row[f"{prefix}_p"]
        if ratio is None and p is None:
            continue
        rows.append(
            {"term": data.labels[str(row["term"])], "level": row["level"], "n": row[n],
             "events": row[events], "ratio": ratio, "lower": row[f"{prefix}_lower"],
             "upper": row[f"{prefix}_upper"], "p": p}
        )  # fmt: skip
    return Table(prefix, table.title, KEYS, tuple(rows))
