"""The figures of a response analysis: stacked bars, and the waterfall of best changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hcc2l.analyses.best_response import RATES
from hcc2l.analyses.response.data import NOT_RECORDED, ResponseData
from hcc2l.analyses.response.findings import PROGRESSION_LIMIT, RESPONSE_LIMIT
from hcc2l.numerals import percent
from hcc2l.report import (
    Figure,
    PatientChange,
    ResponseBar,
    ResponseFigure,
    Row,
    Table,
    WaterfallFigure,
)

_NOT_RECORDED = "Not recorded"


def response_figure(data: ResponseData, tables: Mapping[str, Table]) -> Figure:
    """The waterfall with `--best-change`, else the stacked bars."""
    if data.change:
        rows = sorted(
            tables["best_change"].rows, key=lambda row: data.levels.index(str(row["group"]))
        )
        label = data.change.label
        return WaterfallFigure(
            patients=tuple(_patient(row) for row in rows),
            limits=(RESPONSE_LIMIT, PROGRESSION_LIMIT),
            y_label=label if "%" in label else f"{label}, %",
        )
    return ResponseFigure(
        bars=tuple(_bars(data, tables["response"])),
        legend=data.group.label if data.group else None,
        y_label="Patients, %",
    )


def _patient(row: Row) -> PatientChange:
    change, response = row["change"], row["response"]
    assert isinstance(change, float)
    return PatientChange(str(row["group"]), change, str(response or _NOT_RECORDED))


def _bars(data: ResponseData, table: Table) -> Iterator[ResponseBar]:
    several = len(data.criteria) > 1
    for criterion in data.criteria:
        for level, n in zip(data.levels, data.sizes, strict=True):
            cells = {
                str(row["rate"]): int(str(row["count"]))
                for row in table.rows
                if (row["variable"], row["group"]) == (criterion.name, level)
            }
            rates = "\n".join(f"{rate} {percent(cells.pop(rate) / n, 1)}" for rate in RATES)
            names = {NOT_RECORDED: _NOT_RECORDED}
            yield ResponseBar(
                criterion=criterion.label if several else "",
                group=level,
                n=n,
                response=tuple(names.get(what, what) for what in cells),
                count=tuple(cells.values()),
                percent=tuple(100 * count / n for count in cells.values()),
                rates=rates,
            )
