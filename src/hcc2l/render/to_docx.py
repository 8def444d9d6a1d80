"""Word documents with native tables, which can be edited and pasted into a manuscript."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from hcc2l.render.archive import without_clock
from hcc2l.render.grid import Grid, Heading, grid, outline_lines, presented_tables
from hcc2l.render.options import RenderOptions
from hcc2l.report import Report

_TEXT_WIDTH = 17.0  # cm between the margins
_CHARACTER, _MARGIN = 0.19, 0.45  # cm: of a letter of 9 points, and around a cell


def render(report: Report, options: RenderOptions) -> bytes:
    """The tables with footnotes, the notes, the methods, and the footer."""
    import docx
    from docx.shared import Cm, Pt

    document = docx.Document()
    document.core_properties.author = ""
    document.core_properties.title = report.title
    for section in document.sections:
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2)
    document.styles["Normal"].font.size = Pt(10)
    document.add_heading(report.title, level=1)
    if report.outline is not None:
        document.add_paragraph().add_run(report.outline.title).bold = True
        for depth, line in outline_lines(report.outline):
            paragraph = document.add_paragraph(line)
            paragraph.paragraph_format.left_indent = Cm(0.75 * depth)
            paragraph.paragraph_format.space_after = Pt(2)
    for table in presented_tables(report):
        _add_table(document, grid(table, options.digits))
    if options.figure:
        document.add_picture(io.BytesIO(options.figure), width=Cm(13))
    if report.notes:
        document.add_heading("Notes", level=2)
        for note in report.notes:
            document.add_paragraph(note.text, style="List Bullet")
    if report.show_methods:
        document.add_heading("Methods", level=2)
        document.add_paragraph(report.methods)
        for reference in report.references:
            document.add_paragraph(reference, style="List Number")
    for line in report.provenance.footer:
        _small(document.add_paragraph(), line)
    file = io.BytesIO()
    document.save(file)
    return without_clock(file.getvalue())


def _add_table(document: Any, content: Grid) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm, Pt

    caption = document.add_paragraph()
    caption.add_run(content.title).bold = True
    caption.paragraph_format.keep_with_next = True
    table = document.add_table(rows=0, cols=len(content.headers))
    for headings in content.headings:
        _add_headings(table, headings)
    for number, row in enumerate([content.headers, *content.rows]):
        cells = table.add_row().cells
        if number and content.indents[number - 1]:
            indent = Cm(0.4 * content.indents[number - 1])
            cells[0].paragraphs[0].paragraph_format.left_indent = indent
        for cell, text, right in zip(cells, row, content.right, strict=True):
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(1)
            run = paragraph.add_run(text)
            run.bold, run.font.size = number == 0, Pt(9)
            if right:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for row in table.rows[: len(content.headings) + 1]:
        _repeat_on_every_page(row)
    table.autofit = False
    for column, width in zip(table.columns, _widths(content), strict=True):
        column.width = Cm(width)
        for cell in column.cells:
            cell.width = Cm(width)
    _rule(table.rows[0].cells, "top", 12)
    _rule(table.rows[len(content.headings)].cells, "bottom", 6)
    _rule(table.rows[-1].cells, "bottom", 12)
    if content.footnotes:
        _small(document.add_paragraph(), " ".join(content.footnotes))


def _widths(content: Grid) -> list[float]:
    """Widths of the columns in cm: what their texts need, the widest less where these are wider.

    No column is narrower than its longest word, unless all words together are too wide.
    """
    columns = list(zip(content.headers, *content.indented("  "), strict=True))
    needed = [_MARGIN + _CHARACTER * max(map(len, column)) for column in columns]
    least = [
        _MARGIN + _CHARACTER * max(len(word) for text in column for word in (text.split() or [""]))
        for column in columns
    ]
    limit = max(needed)
    widths = needed
    while sum(widths) > _TEXT_WIDTH and limit > 0:
        limit -= 0.1
        widths = [max(low, min(wide, limit)) for low, wide in zip(least, needed, strict=True)]
    return [width * min(1.0, _TEXT_WIDTH / sum(widths)) for width in widths]


def _repeat_on_every_page(row: Any) -> None:
    """Mark a row as a heading, which Word repeats where the table goes on."""
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _add_headings(table: Any, headings: tuple[Heading, ...]) -> None:
    """A row of headings, each in one cell over its columns with a line below it."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    cells, start = table.add_row().cells, 0
    for heading in headings:
        merged = cells[start].merge(cells[start + heading.columns - 1])
        start += heading.columns
        if heading.text:
            merged.paragraphs[0].add_run(heading.text).bold = True
            merged.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
            _rule([merged], "bottom", 4)


def _rule(cells: Sequence[Any], edge: str, eighths_of_a_point: int) -> None:
    """Draw a horizontal line above or below cells, as in journal tables."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for element in dict.fromkeys(cell._tc for cell in cells):  # a merged cell comes repeatedly
        properties = element.get_or_add_tcPr()
        borders = properties.find(qn("w:tcBorders"))
        if borders is None:
            borders = OxmlElement("w:tcBorders")
            properties.append(borders)
        line = OxmlElement(f"w:{edge}")
        line.set(qn("w:val"), "single")
        line.set(qn("w:sz"), str(eighths_of_a_point))
        line.set(qn("w:color"), "000000")
        borders.append(line)


def _small(paragraph: Any, text: str) -> None:
    from docx.shared import Pt

    paragraph.add_run(text).font.size = Pt(8)
