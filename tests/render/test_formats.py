"""Every format of one hand-made report; text formats character by character."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from pathlib import Path

import pytest

import hcc2l
from hcc2l.errors import UsageError
from hcc2l.figures import draw
from hcc2l.glossary import GLOSSARY
from hcc2l.numerals import p_equation, p_value
from hcc2l.render import FILE_FORMATS, RENDERERS, render_report
from tests.conftest import DATA
from tests.render.handmade import REPORT

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("name", ["table", "json", "csv", "md", "html", "tex"])
def test_text_formats_match_the_stored_files(name: str) -> None:
    made = render_report(REPORT, name, width=80)
    assert made == (GOLDEN / f"report.{name}").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", RENDERERS)
def test_the_same_report_gives_the_same_bytes(name: str) -> None:
    assert render_report(REPORT, name) == render_report(REPORT, name)


@pytest.mark.parametrize("name", [n for n in RENDERERS if n not in ("json", "csv", "xlsx")])
def test_documents_do_not_name_patients(name: str) -> None:
    made = render_report(REPORT, name)
    if isinstance(made, bytes):
        with zipfile.ZipFile(io.BytesIO(made)) as archive:
            made = "".join(archive.read(n).decode("utf-8", "ignore") for n in archive.namelist())
    assert "P07" not in made


def test_json_is_strict_and_in_full_precision() -> None:
    made = json.loads(render_report(REPORT, "json"), parse_constant=pytest.fail)
    assert made["schema"] == "hcc2l/1"
    assert made["tables"]["groups"][0]["median"] == 7.4333
    assert made["tables"]["groups"][2]["median"] is None
    assert made["analysed"]["excluded"] == [
        {"reason": "death missing", "rows": 2, "which": ["P07", "P31"]}
    ]


def test_csv_has_the_same_rows_as_json() -> None:
    made = json.loads(render_report(REPORT, "json"))["tables"]
    for name, rows in made.items():
        text = render_report(REPORT, "csv", table=name)
        assert isinstance(text, str)
        read = list(csv.DictReader(io.StringIO(text)))
        assert [list(r) for r in read] == [list(r) for r in rows]
        for record, expected in zip(read, rows, strict=True):
            for key, value in expected.items():
                if isinstance(value, (int, float)):
                    assert float(record[key]) == value
                elif value is None:
                    assert record[key] == ""


@pytest.mark.parametrize("text", ["=A_1 <b>", "-C"])
def test_a_cell_never_becomes_a_formula(text: str) -> None:
    from openpyxl import load_workbook

    made = render_report(REPORT, "csv")
    assert f"'{text}" in made
    book = load_workbook(io.BytesIO(render_report(REPORT, "xlsx")))  # type: ignore[arg-type]  # this format is bytes or text
    cells = [c for row in book["groups"].iter_rows() for c in row if c.value == text]
    assert [c.data_type for c in cells] == ["s"]


def test_excel_holds_every_table_with_numbers_as_numbers() -> None:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(render_report(REPORT, "xlsx")))  # type: ignore[arg-type]  # this format is bytes or text
    assert book.sheetnames == ["about", "groups", "rmst_differences", "quantiles"]
    assert book["groups"]["D2"].value == 7.4333
    assert book["groups"]["D4"].value is None


def test_word_has_native_tables_with_the_same_cells() -> None:
    import docx

    document = docx.Document(io.BytesIO(render_report(REPORT, "docx")))  # type: ignore[arg-type]  # this format is bytes or text
    assert [len(t.rows) for t in document.tables] == [4, 2]
    assert document.tables[0].cell(1, 2).text == "7.43 (6.64–13.60)"
    assert document.tables[1].cell(1, 2).text == "−1.50 (−3.25 to 0.25)"


def test_word_sets_tables_as_journals_do() -> None:
    import docx
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn

    document = docx.Document(io.BytesIO(render_report(REPORT, "docx")))  # type: ignore[arg-type]  # this format is bytes
    captions = [p for p in document.paragraphs if p.text in ("Patients & events", "Differences")]
    assert [p.runs[0].bold for p in captions] == [True, True]
    assert all(p.paragraph_format.keep_with_next for p in captions)
    rows = document.tables[0].rows
    bold = [[cell.paragraphs[0].runs[0].bold for cell in row.cells] for row in rows]
    assert bold == [[True] * 4, *[[False] * 4] * 3]
    for row in rows:
        alignments = [cell.paragraphs[0].alignment for cell in row.cells]
        assert alignments == [None, *[WD_ALIGN_PARAGRAPH.RIGHT] * 3]

    def lines(i: int) -> dict[str, str]:
        """Edge and width of the rules of a row, in eighths of a point."""
        borders = rows[i].cells[0]._tc.tcPr.find(qn("w:tcBorders"))
        found = {} if borders is None else {e.tag.partition("}")[2]: e for e in borders}
        return {edge: line.get(qn("w:sz")) for edge, line in found.items()}

    assert [lines(i) for i in range(4)] == [
        {"top": "12", "bottom": "6"}, {}, {}, {"bottom": "12"},
    ]  # fmt: skip
    assert [p.runs[0].font.size.pt for p in document.paragraphs[-2:]] == [8, 8]


def test_digits_change_the_decimals_and_nothing_else() -> None:
    made = render_report(REPORT, "md", digits=1)
    assert "7.4 (6.6–13.6)" in made
    assert "0.006" in made


@pytest.mark.parametrize(
    ("p", "written"),
    [(0.0064, "0.006"), (0.0004, "<0.001"), (0.04951, "0.050"), (0.9999, ">0.999"), (1.0, ">0.999"),
     (0.5, "0.500"), (0.001, "0.001"), (0.0, "<0.001")],
)  # fmt: skip
def test_p_is_written_as_journals_print_it(p: float, written: str) -> None:
    assert p_value(p) == written


@pytest.mark.parametrize(
    ("p", "written"),
    [(0.0004, "p < 0.001"), (0.012, "p = 0.012"), (0.9994, "p = 0.999"), (0.99951, "p > 0.999")],
)
def test_sentences_and_figures_write_p_as_tables_do(p: float, written: str) -> None:
    assert p_equation(p) == written


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_no_line_of_the_terminal_is_wider_than_it(width: int) -> None:
    made = render_report(REPORT, "table", width=width)
    assert isinstance(made, str)
    assert max(len(line) for line in made.splitlines()) <= width


def test_a_table_too_wide_for_the_terminal_repeats_its_first_column() -> None:
    made = render_report(REPORT, "table", width=42)
    assert isinstance(made, str)
    assert len(re.findall(r"B \| 50%", made)) == 2


def test_colour_is_used_only_on_request() -> None:
    assert "\x1b[" not in render_report(REPORT, "table")  # type: ignore[operator]  # this format is bytes or text
    assert "\x1b[" in render_report(REPORT, "table", colour=True)  # type: ignore[operator]  # this format is bytes or text


def test_every_key_of_the_report_is_in_the_glossary() -> None:
    for table in REPORT.tables:
        assert set(table.keys) <= set(GLOSSARY)


def test_every_file_format_has_a_renderer() -> None:
    assert set(FILE_FORMATS) <= set(RENDERERS)


def test_an_unknown_format_or_table_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="md"):
        render_report(REPORT, "mdd")
    with pytest.raises(UsageError, match="groups"):
        render_report(REPORT, "csv", table="group")


def test_documents_hold_the_figure_when_one_is_drawn() -> None:
    data = DATA / "hcc81.csv"
    report = hcc2l.km(data, by="treatment")
    assert report.draw is not None
    picture = draw(report.draw(), "png")
    assert "data:image/png;base64," in render_report(report, "html", figure=picture)  # type: ignore[operator]  # this format is bytes or text
    made = render_report(report, "docx", figure=picture)
    assert isinstance(made, bytes)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert any(name.startswith("word/media/") for name in archive.namelist())
