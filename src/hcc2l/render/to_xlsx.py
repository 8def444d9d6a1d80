"""Excel workbooks: one sheet for each table, with the keys and raw numbers of JSON."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

from hcc2l.render.archive import without_clock
from hcc2l.render.options import RenderOptions
from hcc2l.report import Report, Value


def render(report: Report, options: RenderOptions) -> bytes:  # noqa: ARG001 - every renderer's form
    """A workbook with every table of the report, and a first sheet with title, footer and notes."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    book.properties.created = datetime(2000, 1, 1)
    about = book.active
    about.title = "about"
    lines = [report.title, *report.provenance.footer, *(note.text for note in report.notes)]
    if report.show_methods:
        lines += ["Methods", report.methods, *report.references]
    for line in lines:
        about.append([None])
        _put(about.cell(about.max_row, 1), line)
    for table in report.tables:
        sheet = book.create_sheet(table.name[:31])
        for column, key in enumerate(table.keys, start=1):
            _put(sheet.cell(1, column), key)
            sheet.cell(1, column).font = Font(bold=True)
        for number, row in enumerate(table.rows, start=2):
            for column, key in enumerate(table.keys, start=1):
                _put(sheet.cell(number, column), row[key])
        sheet.freeze_panes = "A2"
    book.active = 1 if len(book.sheetnames) > 1 else 0
    file = io.BytesIO()
    book.save(file)
    return without_clock(file.getvalue())


def _put(cell: Any, value: Value) -> None:
    """Write a value; text remains text even if it begins like a formula."""
    value = "|".join(value) if isinstance(value, tuple) else value
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(("=", "+", "-", "@"))
