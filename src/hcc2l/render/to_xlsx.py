"""Excel workbooks: each table as a paper prints it, and after it the keys and numbers of JSON."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from hcc2l.render import document
from hcc2l.render.archive import without_clock, xml_text
from hcc2l.render.document import Document
from hcc2l.render.grid import Bold, Grid, grids_of, parts_of
from hcc2l.render.options import RenderOptions
from hcc2l.render.page import page_for
from hcc2l.render.remarks import remarks
from hcc2l.render.to_csv import FORMULA_STARTS
from hcc2l.report import Report, Table, Value, told

_NUMBER = re.compile(r"−?\d+(?:\.(\d+))?")  # another decimal mark remains text
_WIDEST = 60  # characters


def render(report: Report, options: RenderOptions) -> bytes:
    """A workbook with every table of the report, and a last sheet with title, footer and notes."""
    from openpyxl import Workbook

    book = Workbook()
    book.properties.created = datetime(2000, 1, 1)
    book.remove(book.active)
    presented = 0
    tables = options.chosen(report)
    parts = [part for table in tables for part in parts_of(table)]
    contents = iter(grids_of(parts, report, options))
    for table in tables:
        for _ in parts_of(table):
            presented += 1
            content = next(contents)
            sheet = book.create_sheet(f"Table {presented}")
            _add_presented(sheet, content, f"Table {presented}. {content.title}")
        _add_tidy(book.create_sheet(table.name[:31]), table)
    lines = [report.title, *report.provenance.footer, *remarks(report)]
    if report.show_methods:
        lines += ["Methods", report.methods, *report.references]
    return _saved(book, lines)


def render_document(whole: Document) -> bytes:
    """A workbook with every table of a study, and a last sheet with all that is text."""
    from openpyxl import Workbook

    book = Workbook()
    book.properties.created = datetime(2000, 1, 1)
    book.remove(book.active)
    lines = [whole.title]
    uncounted = 0
    for part in whole.parts:
        match part:
            case document.NumberedTable(content, None):
                uncounted += 1
                sheet = book.create_sheet(f"Further table {uncounted}")
                _add_presented(sheet, content, content.title)
            case document.NumberedTable(content, number):
                sheet = book.create_sheet(f"Table {number}")
                _add_presented(sheet, content, f"Table {number}. {content.title}")
            case document.Section(text) | document.Paragraph(text):
                lines.append(text)
            case document.Points(texts):
                lines += texts
            case document.Picture(caption=caption, number=number):
                lines.append(f"Figure {number}. {caption}")
    return _saved(book, lines)


def _saved(book: Any, lines: Sequence[str]) -> bytes:
    """The workbook with a last sheet of these lines."""
    about = book.create_sheet("about")
    for number, line in enumerate(lines, start=1):
        _put(about.cell(number, 1), line)
    file = io.BytesIO()
    book.save(file)
    return without_clock(file.getvalue())


def _add_tidy(sheet: Any, table: Table) -> None:
    """The rows of a table under their keys."""
    from openpyxl.styles import Font

    for column, key in enumerate(table.keys, start=1):
        _put(sheet.cell(1, column), key)
        sheet.cell(1, column).font = Font(bold=True)
    for number, row in enumerate(table.rows, start=2):
        for column, key in enumerate(table.keys, start=1):
            _put(sheet.cell(number, column), told(row[key]))
    sheet.freeze_panes = "A2"


def _add_presented(sheet: Any, content: Grid, title: str) -> None:
    """A table as in a paper: caption, head with its rules, cells, footnotes."""
    from openpyxl.styles import Alignment, Font

    _put(sheet.cell(1, 1), title)
    sheet.cell(1, 1).font = Font(bold=True)
    row = 2
    for headings in content.headings:
        start = 1
        for heading in headings:
            end = start + heading.columns - 1
            if heading.text:
                _put(sheet.cell(row, start), heading.text)
                sheet.cell(row, start).font = Font(bold=True)
                sheet.cell(row, start).alignment = Alignment(horizontal="center")
                _rule(sheet, row, start, end, bottom="thin")
                sheet.merge_cells(start_row=row, end_row=row, start_column=start, end_column=end)
            start = end + 1
        row += 1
    head = row
    for column, (header, right) in enumerate(zip(content.headers, content.right, strict=True), 1):
        cell = sheet.cell(head, column)
        _put(cell, header)
        cell.font = Font(bold=True)
        cell.alignment = Alignment(
            horizontal="right" if right else "left", vertical="bottom", wrap_text=True
        )
    for cells, depth in zip(content.rows, content.indents, strict=True):
        row += 1
        for column, (text, right) in enumerate(zip(cells, content.right, strict=True), start=1):
            cell = sheet.cell(row, column)
            _put_shown(cell, text)
            if isinstance(text, Bold):
                cell.font = Font(bold=True)
            cell.alignment = Alignment(
                horizontal="right" if right else "left", indent=depth if column == 1 else 0
            )
    columns = len(content.headers)
    _rule(sheet, 2, 1, columns, top="medium")
    _rule(sheet, head, 1, columns, bottom="thin")
    _rule(sheet, row, 1, columns, bottom="medium")
    for note in content.footnotes:
        row += 1
        _put(sheet.cell(row, 1), note)
        sheet.cell(row, 1).font = Font(size=9)
    _set_page(sheet, content, head)


def _set_page(sheet: Any, content: Grid, head: int) -> None:
    """Columns by content; printed on one page's width, with the head on every page."""
    from openpyxl.utils import get_column_letter

    for i, header in enumerate(content.headers):
        cells = [len(row[i]) for row in content.rows]
        words = [len(word) for word in header.split()]
        width = min(max([*cells, *words, len(header) // 2]) + 2, _WIDEST)
        sheet.column_dimensions[get_column_letter(i + 1)].width = width
    sheet.freeze_panes = sheet.cell(head + 1, 2)
    sheet.sheet_view.showGridLines = False
    sheet.print_title_rows = f"2:{head}"
    sheet.page_setup.orientation = "landscape" if page_for(content).landscape else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _rule(sheet: Any, row: int, first: int, last: int, **edges: str) -> None:
    """A rule above or below cells of a row, beside those that they have."""
    from openpyxl.styles import Border, Side

    for column in range(first, last + 1):
        cell = sheet.cell(row, column)
        kept = {edge: getattr(cell.border, edge) for edge in ("top", "bottom")}
        cell.border = Border(**kept | {edge: Side(style) for edge, style in edges.items()})


def _put_shown(cell: Any, text: str) -> None:
    """What a reader sees; a plain number is one, with the decimal places that are shown."""
    number = _NUMBER.fullmatch(text)
    if number is None:
        _put(cell, text)
        return
    cell.value = float(text.replace("−", "-")) if number[1] else int(text.replace("−", "-"))
    cell.number_format = f"0.{'0' * len(number[1])}" if number[1] else "0"


def _put(cell: Any, value: Value) -> None:
    """Write a value; text remains text even if it begins like a formula."""
    value = "|".join(value) if isinstance(value, tuple) else value
    cell.value = xml_text(value) if isinstance(value, str) else value
    if isinstance(value, str):
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(FORMULA_STARTS)
