"""The forest plot of a regression."""

from __future__ import annotations

from collections.abc import Sequence

from hcc2l.analyses.regression.models import Regression
from hcc2l.analyses.regression.tables import MODELS
from hcc2l.errors import AnalysisError
from hcc2l.numerals import confidence
from hcc2l.report import ForestFigure, ForestRow, Row, Suppressed, Table, Value


def forest_figure(data: Regression, tables: Sequence[Table], x_label: str) -> ForestFigure:
    """A forest with one panel per kind of model, one row per number or level.

    Raises
    ------
    AnalysisError
        The models of `--which` were not fitted.
    """
    table = next(t for t in tables if t.name == "regression")
    fitted = set(table.column("model"))
    which = data.spec.which or ("multivariable" if "multivariable" in fitted else "univariable")
    shown = [model for model in MODELS if which in (model, "both") and model in fitted]
    if not shown:
        raise AnalysisError(
            f"There is no {which} model to draw.", where="--which", hint="Drop --which."
        )
    if all(isinstance(value, Suppressed) for value in table.column(data.ratio)):
        raise AnalysisError(
            "A forest shows single ratios, and a spline has none.",
            where="--which", hint="Drop --which to draw the curve.",
        )  # fmt: skip
    ci = confidence(data.spec.conf_level)
    return ForestFigure(
        rows=tuple(
            forest_row(row, data.ratio, i, str(row["term"]), data.labels[str(row["term"])])
            for i, model in enumerate(shown)
            for row in table.rows
            if row["model"] == model and not isinstance(row[data.ratio], Suppressed)  # a curve
        ),
        titles=tuple(MODELS[model] for model in shown),
        heading="Variable",
        x_label=f"{x_label} ({ci})",
        ratio=data.ratio.upper(),
        ci=ci,
        counts=("Events/n",),
    )


def forest_row(row: Row, ratio: str, panel: int, name: str, term: str) -> ForestRow:
    """A line with the level, the counts and the ratio of a table's row."""
    return ForestRow(
        panel=panel,
        name=name,
        term=term,
        level=None if row["level"] is None else str(row["level"]),
        n=_count(row["n"]),
        events=_count(row["events"]),
        reference_n=_count(row.get("reference_n")),
        reference_events=_count(row.get("reference_events")),
        ratio=_number(row[ratio]),
        lower=_number(row["lower"]),
        upper=_number(row["upper"]),
        p=_number(row["p"]),
    )


def _count(value: Value) -> int | None:
    return value if isinstance(value, int) else None


def _number(value: Value) -> float | None:
    return value if isinstance(value, (int, float)) else None
