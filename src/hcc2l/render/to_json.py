"""JSON: tidy tables in full precision, `null` for what cannot be estimated."""

from __future__ import annotations

import json
from typing import Any

from hcc2l.render.options import RenderOptions
from hcc2l.report import Provenance, Report, told

SCHEMA = "hcc2l/1"


def render(report: Report, options: RenderOptions) -> str:  # noqa: ARG001 - every renderer's form
    """The report as one JSON object."""
    return to_text(report_object(report))


def to_text(content: dict[str, Any]) -> str:
    """An object as JSON text."""
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def report_object(report: Report) -> dict[str, Any]:
    """What JSON holds of a report."""
    source = report.provenance
    content: dict[str, Any] = {
        "schema": SCHEMA,
        "command": {
            "name": source.command,
            "argv": list(source.argv),
            "version": source.version,
        },
        "title": report.title,
        **_rows(source),
        "settings": dict(source.settings),
        "notes": [{"level": n.level, "code": n.code, "text": n.text} for n in report.notes],
        "tables": {
            table.name: [{key: told(row[key]) for key in table.keys} for row in table.rows]
            for table in report.tables
        },
    }
    if report.show_methods:
        content["methods"] = {"text": report.methods, "references": list(report.references)}
    return content


def _rows(source: Provenance) -> dict[str, Any]:
    """The cohort and its rows; null where none was read."""
    if source.source is None:
        return {"cohort": None, "analysed": None}
    return {
        "cohort": {
            "source": source.source,
            "sha256": source.sha256,
            "synthetic": source.synthetic,
            "rows": source.rows,
        },
        "analysed": {
            "rows": source.analysed,
            "excluded": [
                {"reason": e.reason, "rows": e.rows if e.told else None, "which": list(e.which)}
                for e in source.excluded
            ],
        },
    }
