"""A table without a number in a document of numbered ones."""

from __future__ import annotations

import io

import docx
import openpyxl
import pytest

from hcc2l.render import to_docx, to_html, to_latex, to_markdown, to_terminal, to_xlsx
from hcc2l.render.document import Document, NumberedTable, Paragraph, Section
from hcc2l.render.grid import Grid


def table(title: str, rows: int = 2) -> Grid:
    cells = tuple((f"item {i}", str(i)) for i in range(rows))
    return Grid(title, (), ("Item", "n"), (False, True), cells, (), indents=(0,) * rows)


DOCUMENT = Document(
    "A paper",
    (
        NumberedTable(table("Patients"), 1), NumberedTable(table("Beside"), None),
        NumberedTable(table("Survival"), 2), NumberedTable(table("Long", 40), None),
    ),
    whole=True,
)  # fmt: skip
CAPTIONS = ["Table 1. Patients", "Beside", "Table 2. Survival", "Long"]


def test_word_writes_its_title_as_a_caption() -> None:
    document = docx.Document(io.BytesIO(to_docx.render_document(DOCUMENT)))
    assert [p.text for p in document.paragraphs if p.style.name == "Caption"] == CAPTIONS
    assert len(document.tables) == 4


def test_excel_gives_it_a_sheet() -> None:
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx.render_document(DOCUMENT)))
    assert book.sheetnames == [
        "Table 1", "Further table 1", "Table 2", "Further table 2", "about",
    ]  # fmt: skip
    assert [book[name]["A1"].value for name in book.sheetnames[:4]] == CAPTIONS


@pytest.mark.parametrize(
    ("text", "caption"),
    [
        (to_markdown.render_document(DOCUMENT), "**{}**"),
        (to_html.render_document(DOCUMENT), "<caption>{}</caption>"),
        (to_terminal.render_document(DOCUMENT, 80, colour=False), "\n\n{}\n"),
    ],
    ids=("md", "html", "terminal"),
)
def test_text_formats_write_its_title(text: str, caption: str) -> None:
    places = [text.index(caption.format(title)) for title in CAPTIONS]
    assert places == sorted(places)


def test_latex_does_not_count_it() -> None:
    text = to_latex.render_document(DOCUMENT)
    assert text.count(r"\caption{") == 2
    assert r"{\bfseries Beside\par\smallskip}" in text
    assert r"\multicolumn{2}{@{}l}{\bfseries Long}" in text
    assert text.count(r"\addtocounter{table}{-1}") == 1  # the one over pages, which LaTeX counts


def test_a_terminal_shows_headings_and_texts() -> None:
    parts = (Section("Results"), Paragraph("Of 506 patients, 81 were treated."))
    text = to_terminal.render_document(Document("A paper", parts), 20, colour=False)
    assert text == "A paper\n\nResults\n\nOf 506 patients, 81\nwere treated.\n"
