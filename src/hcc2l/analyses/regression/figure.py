"""The forest plot of a regression, as finished tables."""

from __future__ import annotations

from collections.abc import Sequence

from hcc2l.analyses.regression.models import Regression
from hcc2l.errors import AnalysisError
from hcc2l.report import Figure, Row, Table, Value

KEYS = ("name", "term", "level", "n", "events", "reference_n", "reference_events", "ratio",
        "lower", "upper", "p", "interaction_p")  # fmt: skip


_TITLES = {"uni": "Univariable", "multi": "Multivariable"}


_PREFIXES = {"univariable": ["uni"], "multivariable": ["multi"], "both": ["uni", "multi"]}


def forest_figure(data: Regression, tables: Sequence[Table], x_label: str) -> Figure:
    """A forest with one panel per kind of model, one row per number or level.

    Raises
    ------
    AnalysisError
        The models of `--which` were not fitted.
    """
    table = next(t for t in tables if t.name == "regression")
    fitted = {column.keys[0].partition("_")[0] for column in table.columns}
    which = data.spec.which or ("multivariable" if "multi" in fitted else "univariable")
    panels = {prefix: _rows(data, table, prefix) for prefix in _PREFIXES[which] if prefix in fitted}
    if not panels:
        raise AnalysisError(
            f"There is no {which} model to draw.", where="--which", hint="Drop --which."
        )
    titles = tuple(_TITLES[prefix] for prefix in panels)
    return Figure("forest", panels, forest_options(data, titles, x_label))


def forest_options(
    data: Regression, titles: Sequence[str], x_label: str
) -> dict[str, Value | tuple[Value, ...]]:
    """The texts around the panels."""
    ci = f"{data.spec.conf_level * 100:g}% CI"
    return {"titles": tuple(titles), "x_label": f"{x_label} ({ci})", "ci": ci,
            "ratio": data.ratio.upper(), "counts": ("Events/n",), "favours": ()}  # fmt: skip


def _rows(data: Regression, table: Table, prefix: str) -> Table:
    """The rows of the terms that are in a model."""
    n, events = ("n", "events") if prefix == "uni" else ("multi_n", "multi_events")
    rows: list[Row] = [
        {**dict.fromkeys(KEYS), "name": row["term"], "term": data.labels[str(row["term"])],
         "level": row["level"], "n": row[n], "events": row[events],
         "ratio": row[f"{prefix}_{data.ratio}"], "lower": row[f"{prefix}_lower"],
         "upper": row[f"{prefix}_upper"], "p": row[f"{prefix}_p"]}
        for row in table.rows
        if row[n] is not None
    ]  # fmt: skip
    return Table(prefix, table.title, KEYS, tuple(rows))
