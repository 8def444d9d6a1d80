"""Word: native tables, set as journals do."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn

import hcc2l
from hcc2l.figures import draw
from hcc2l.render import render_file
from hcc2l.render.document import Document, NumberedTable, Paragraph, Section
from hcc2l.render.grid import grid
from hcc2l.render.to_docx import render_document
from hcc2l.report import Column, Report
from tests.conftest import DATA
from tests.render.handmade import ACROSS, BASELINE, GROUPS, REPORT, WITH_OUTLINE


def opened(report: Report, **options: Any) -> Any:
    return docx.Document(io.BytesIO(render_file(report, "x.docx", **options)))


def rules(row: Any) -> list[dict[str, str]]:
    """Edge and width of the rules of each cell, in eighths of a point."""
    borders = [cell._tc.tcPr.find(qn("w:tcBorders")) for cell in row.cells]
    return [
        {} if b is None else {e.tag.partition("}")[2]: e.get(qn("w:sz")) for e in b}
        for b in borders
    ]


def test_tables_are_native_with_the_same_cells() -> None:
    document = opened(REPORT)
    assert [len(t.rows) for t in document.tables] == [4, 2]
    assert document.tables[0].cell(1, 2).text == "7.43 (6.64–13.60)"
    assert document.tables[1].cell(1, 2).text == "−1.50 (−3.25 to 0.25)"


def test_tables_are_set_as_in_journals() -> None:
    document = opened(REPORT)
    captions = [p for p in document.paragraphs if p.style.name == "Caption"]
    assert [p.text for p in captions] == ["Table 1. Patients & events", "Table 2. Differences"]
    assert all(p.paragraph_format.keep_with_next for p in captions)
    rows = document.tables[0].rows
    bold = [[cell.paragraphs[0].runs[0].bold for cell in row.cells] for row in rows]
    assert bold == [[True] * 4, *[[False] * 4] * 3]
    for row in rows:
        alignments = [cell.paragraphs[0].alignment for cell in row.cells]
        assert alignments == [None, *[WD_ALIGN_PARAGRAPH.RIGHT] * 3]
    assert [rules(row)[0] for row in rows] == [
        {"top": "12", "bottom": "6"}, {}, {}, {"bottom": "12"},
    ]  # fmt: skip
    assert {p.style.name for p in document.paragraphs[-2:]} == {"Table Footnote"}


def test_a_heading_is_one_cell_over_its_group_with_a_rule_below_it() -> None:
    rows = opened(ACROSS).tables[0].rows
    assert [cell.text for cell in rows[0].cells] == [
        *[""] * 3, *["Alone"] * 2, *["A_1 & others"] * 2
    ]  # fmt: skip
    assert len({cell._tc for cell in rows[0].cells}) == 3
    assert [cell.text for cell in rows[1].cells][2:5] == ["n", "HR (95%\u00a0CI)", "p"]
    assert [cell.text for cell in rows[2].cells][2:5] == ["60", "reference", "–"]
    assert rows[0].cells[3].paragraphs[0].runs[0].bold
    blank, alone = {"top": "12"}, {"bottom": "4", "top": "12"}
    assert rules(rows[0]) == [*[blank] * 3, *[alone] * 4]
    assert rules(rows[1]) == [{"bottom": "6"}] * 7


def test_the_outline_is_indented() -> None:
    indents = {p.text: p.paragraph_format.left_indent for p in opened(WITH_OUTLINE).paragraphs}
    assert indents["All: split by A_1 & <b>"] < indents["x >5%"] < indents["deep two"]


def test_the_figure_stands_in_the_document_with_a_description() -> None:
    report = hcc2l.km(DATA / "hcc81.csv", by="treatment")
    assert report.draw is not None
    picture = draw(report.draw(), "png")
    content = render_file(report, "x.docx", figure=picture)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert any(name.startswith("word/media/") for name in archive.namelist())
    (shape,) = docx.Document(io.BytesIO(content)).inline_shapes
    assert shape._inline.docPr.get("descr") == report.title
    captions = [p.text for p in docx.Document(io.BytesIO(content)).paragraphs
                if p.style.name == "Caption"]  # fmt: skip
    assert captions[-1] == f"Figure 1. {report.title}"


def test_levels_are_indented() -> None:
    document = opened(replace(REPORT, tables=(BASELINE,)))
    names = [row.cells[0].paragraphs[0] for row in document.tables[0].rows]
    indents = {p.text: p.paragraph_format.left_indent for p in names}
    assert indents["Age"] is None
    assert indents["A5"] == 2 * indents["A"]


def test_columns_are_as_wide_as_their_content() -> None:
    widths = [column.width.cm for column in opened(REPORT).tables[0].columns]
    assert widths[1] < widths[0] < widths[2]
    assert sum(widths) < 17


def test_a_head_is_repeated_and_no_row_is_broken_over_pages() -> None:
    rows = opened(ACROSS).tables[0].rows
    heads = [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in rows]
    assert heads == [True, True, *[False] * (len(rows) - 2)]
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in rows)


def test_a_wide_table_stands_on_a_landscape_page_and_the_next_upright() -> None:
    columns = tuple(Column(f"Median {i}, months", ("median", "lower", "upper"), form="interval")
                    for i in range(8))  # fmt: skip
    wide = replace(GROUPS, columns=(GROUPS.columns[0], *columns))
    document = opened(replace(REPORT, tables=(GROUPS, wide, GROUPS)))
    assert [s.page_width > s.page_height for s in document.sections] == [False, True, False]
    assert len({s.left_margin for s in document.sections}) == 1


def test_the_title_stands_on_the_page_of_the_first_table() -> None:
    columns = tuple(Column(f"Median {i}, months", ("median", "lower", "upper"), form="interval")
                    for i in range(8))  # fmt: skip
    wide = replace(GROUPS, columns=(GROUPS.columns[0], *columns))
    document = opened(replace(REPORT, tables=(wide, GROUPS)))
    assert [s.page_width > s.page_height for s in document.sections] == [True, False]
    assert [s.orientation for s in document.sections] == [WD_ORIENT.LANDSCAPE, WD_ORIENT.PORTRAIT]


def test_a_heading_stands_on_the_page_of_its_table() -> None:
    columns = tuple(Column(f"Median {i}, months", ("median", "lower", "upper"), form="interval")
                    for i in range(8))  # fmt: skip
    wide = NumberedTable(grid(replace(GROUPS, columns=(GROUPS.columns[0], *columns))), 1)
    parts = (Paragraph("Text."), wide, Section("Next"), Section("Below"), wide)
    document = docx.Document(io.BytesIO(render_document(Document("T", parts, whole=True))))
    assert [s.page_width > s.page_height for s in document.sections] == [False, True]


def test_a_table_is_divided_only_if_it_is_higher_than_a_page() -> None:
    content = grid(BASELINE)
    for n, kept in ((39, True), (40, False)):  # and the head
        long = replace(content, rows=content.rows[:1] * n, indents=(0,) * n)
        part = NumberedTable(long, 1)
        document = docx.Document(io.BytesIO(render_document(Document("T", (part,), whole=True))))
        middle = document.tables[0].rows[len(long.rows) // 2].cells[0].paragraphs[0]
        assert bool(middle.paragraph_format.keep_with_next) == kept


def test_the_number_of_a_caption_is_counted_by_word() -> None:
    captions = [p for p in opened(REPORT).paragraphs if p.style.name == "Caption"]
    fields = [e.text for p in captions for e in p._p.iter(qn("w:instrText"))]
    assert fields == [r" SEQ Table \* ARABIC "] * 2


def test_a_small_p_is_bold() -> None:
    rows = opened(REPORT, bold_p=True).tables[0].rows[1:]
    bold = [[cell.paragraphs[0].runs[0].bold for cell in row.cells] for row in rows]
    assert bold == [[False] * 3 + [True]] * 2 + [[False] * 4]
