"""Word: native tables, set as journals do."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from typing import Any

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn

import hcc2l
from hcc2l.figures import draw
from hcc2l.render import render_file
from hcc2l.report import Report
from tests.conftest import DATA
from tests.render.handmade import ACROSS, BASELINE, REPORT, WITH_OUTLINE


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
    captions = [p for p in document.paragraphs if p.text in ("Patients & events", "Differences")]
    assert [p.runs[0].bold for p in captions] == [True, True]
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
    assert [p.runs[0].font.size.pt for p in document.paragraphs[-2:]] == [8, 8]


def test_a_heading_is_one_cell_over_its_group_with_a_rule_below_it() -> None:
    rows = opened(ACROSS).tables[0].rows
    assert [cell.text for cell in rows[0].cells] == [
        *[""] * 3, *["Alone"] * 2, *["A_1 & others"] * 2
    ]  # fmt: skip
    assert len({cell._tc for cell in rows[0].cells}) == 3
    assert [cell.text for cell in rows[1].cells][2:5] == ["n", "HR (95% CI)", "p"]
    assert [cell.text for cell in rows[2].cells][2:5] == ["60", "reference", "–"]
    assert rows[0].cells[3].paragraphs[0].runs[0].bold
    blank, alone = {"top": "12"}, {"bottom": "4", "top": "12"}
    assert rules(rows[0]) == [*[blank] * 3, *[alone] * 4]
    assert rules(rows[1]) == [{"bottom": "6"}] * 7


def test_the_outline_is_indented() -> None:
    indents = {p.text: p.paragraph_format.left_indent for p in opened(WITH_OUTLINE).paragraphs}
    assert indents["All: split by A_1 & <b>"] < indents["x >5%"] < indents["deep two"]


def test_the_figure_stands_in_the_document() -> None:
    report = hcc2l.km(DATA / "hcc81.csv", by="treatment")
    assert report.draw is not None
    picture = draw(report.draw(), "png")
    content = render_file(report, "x.docx", figure=picture)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert any(name.startswith("word/media/") for name in archive.namelist())


def test_levels_are_indented() -> None:
    document = opened(replace(REPORT, tables=(BASELINE,)))
    names = [row.cells[0].paragraphs[0] for row in document.tables[0].rows]
    indents = {p.text: p.paragraph_format.left_indent for p in names}
    assert indents["Age"] is None
    assert indents["A5"] == 2 * indents["A"]


def test_columns_are_as_wide_as_their_texts_need_within_the_page() -> None:
    document = opened(replace(REPORT, tables=(BASELINE,)))
    table = document.tables[0]
    widths = [column.width.cm for column in table.columns]
    assert not table.autofit
    assert len(set(widths)) > 1
    assert sum(widths) < 17.01
    assert all(abs(row.cells[0].width.cm - widths[0]) < 0.01 for row in table.rows)


def test_headings_are_repeated_where_a_table_goes_on() -> None:
    rows = opened(ACROSS).tables[0].rows
    repeated = [row._tr.find(f".//{qn('w:tblHeader')}") is not None for row in rows]
    assert repeated == [True, True, *[False] * (len(rows) - 2)]
