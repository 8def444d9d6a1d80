"""Word documents with the styles and the page set-up of a journal's template."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.ns import qn
from docx.shared import Cm, Inches, Pt

from hcc2l.errors import UsageError
from hcc2l.render import render_file
from hcc2l.render.template import PARAGRAPH_STYLES, read_template
from tests.conftest import Run
from tests.render.handmade import GROUPS, REPORT


@pytest.fixture
def template(tmp_path: Path) -> Callable[..., Path]:
    """Writes a template that a function has changed."""

    def write(*changes: Callable[[Any], object]) -> Path:
        document = docx.Document()
        section = document.sections[0]
        section.page_width, section.page_height = Inches(8.5), Inches(11)
        section.left_margin = section.right_margin = Inches(1)
        document.styles["Normal"].font.name = "Times New Roman"
        document.styles["Heading 1"].font.size = Pt(20)
        document.add_paragraph("Type your text here.")
        document.add_table(1, 1).cell(0, 0).text = "A table of the journal"
        section.header.paragraphs[0].text = "Journal of Templates"
        for change in changes:
            change(document)
        path = tmp_path / "journal.docx"
        document.save(str(path))
        return path

    return write


def keep_normal_alone(document: Any) -> None:
    styles = document.styles.element
    for style in styles.findall(qn("w:style")):
        if style.find(qn("w:name")).get(qn("w:val")) != "Normal":
            styles.remove(style)


def made(path: Path, report: Any = REPORT) -> tuple[Any, bytes]:
    content = render_file(report, "x.docx", template=read_template(path))
    return docx.Document(io.BytesIO(content)), content


def test_styles_paper_and_header_are_those_of_the_template(
    template: Callable[..., Path],
) -> None:
    document, _ = made(template())
    assert document.styles["Heading 1"].font.size == Pt(20)
    assert document.styles["Normal"].font.name == "Times New Roman"
    section = document.sections[0]
    assert (section.page_width, section.left_margin) == (Inches(8.5), Inches(1))
    assert section.header.paragraphs[0].text == "Journal of Templates"


def test_the_text_of_the_template_is_not_kept(template: Callable[..., Path]) -> None:
    def with_picture(document: Any) -> None:
        document.add_picture(io.BytesIO(_png()))
        document.core_properties.last_modified_by = "Dr. Editor"

    _, content = made(template(with_picture))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        text = b"".join(map(archive.read, archive.namelist()))
        assert not [name for name in archive.namelist() if "media" in name]
    for kept in (b"Type your text", b"A table of the journal", b"Dr. Editor"):
        assert kept not in text


def _png() -> bytes:
    from PIL import Image

    file = io.BytesIO()
    Image.new("RGB", (4, 4)).save(file, "png")
    return file.getvalue()


def test_missing_styles_are_added_and_lists_keep_their_marks(
    template: Callable[..., Path],
) -> None:
    document, _ = made(template(keep_normal_alone))
    for name in PARAGRAPH_STYLES:
        assert document.styles[name].type == WD_STYLE_TYPE.PARAGRAPH
    assert document.styles["Table Text"].base_style.name == "Normal"
    notes = [p.text for p in document.paragraphs if p.style.name == "List Bullet"]
    assert notes
    assert all(text.startswith("•\t") for text in notes)


def test_lists_of_the_template_set_their_own_marks(template: Callable[..., Path]) -> None:
    document, _ = made(template())
    notes = [p.text for p in document.paragraphs if p.style.name == "List Bullet"]
    assert notes
    assert not any(text.startswith("•") for text in notes)


def test_the_table_style_of_the_template_decides_the_type(template: Callable[..., Path]) -> None:
    def with_table_text(document: Any) -> None:
        style = document.styles.add_style("Table Text", WD_STYLE_TYPE.PARAGRAPH)
        style.font.size = Pt(7.5)

    document, _ = made(template(with_table_text))
    assert document.styles["Table Text"].font.size == Pt(7.5)
    runs = [r for row in document.tables[0].rows for c in row.cells for r in c.paragraphs[0].runs]
    assert {run.font.size for run in runs} == {None}


@pytest.mark.parametrize(("font", "turned"), [("Times New Roman", False), ("Verdana", True)])
def test_a_wide_type_needs_a_wide_page(
    template: Callable[..., Path], font: str, turned: bool
) -> None:
    def change(document: Any) -> None:
        document.styles["Normal"].font.name = font
        document.sections[0].page_width = Inches(2) + Cm(7.8)  # 7.2 cm needed in Arial

    document, _ = made(template(change))
    assert any(s.orientation == WD_ORIENT.LANDSCAPE for s in document.sections) == turned


def test_a_wide_table_turns_the_template_and_a_turned_template_stands_upright(
    template: Callable[..., Path],
) -> None:
    def turn(document: Any) -> None:
        section = document.sections[0]
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = section.page_height, section.page_width

    upright, _ = made(template(turn))
    assert [s.page_width for s in upright.sections] == [Inches(8.5)]
    long = {**GROUPS.rows[0], "group": "x" * 100}
    wide = replace(REPORT, tables=(replace(GROUPS, rows=(long,)),))
    document, _ = made(template(turn), wide)
    assert [s.page_width for s in document.sections] == [Inches(11), Inches(8.5)]


def test_tables_need_one_column_of_text(template: Callable[..., Path]) -> None:
    def two_columns(document: Any) -> None:
        columns = document.sections[0]._sectPr.find(qn("w:cols"))
        columns.set(qn("w:num"), "2")

    document, _ = made(template(two_columns))
    assert document.sections[0]._sectPr.find(qn("w:cols")) is None


def test_a_template_without_a_page_is_completed(template: Callable[..., Path]) -> None:
    def without_page(document: Any) -> None:
        properties = document.sections[0]._sectPr
        for tag in ("w:pgSz", "w:pgMar"):
            properties.remove(properties.find(qn(tag)))

    document, _ = made(template(without_page))
    assert document.sections[0].page_width.cm == pytest.approx(21, abs=0.01)
    assert document.sections[0].left_margin.cm == pytest.approx(2, abs=0.01)


def test_the_same_template_gives_the_same_bytes(template: Callable[..., Path]) -> None:
    path = template()
    assert made(path)[1] == made(path)[1]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 damaged", b"{\\rtf1 text}"])
def test_a_file_that_is_no_word_document_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "journal.docx"
    path.write_bytes(content)
    with pytest.raises(UsageError, match="no Word document") as raised:
        read_template(path)
    assert "save it as .docx" in str(raised.value.hint)


def test_a_style_of_another_kind_is_refused(template: Callable[..., Path]) -> None:
    def clash(document: Any) -> None:
        document.styles.add_style("Table Text", WD_STYLE_TYPE.CHARACTER)

    with pytest.raises(UsageError, match="'Table Text' is not a style of paragraphs"):
        read_template(template(clash))


def test_a_template_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        read_template(tmp_path / "missing.docx")


def test_a_template_needs_a_word_document_and_is_never_overwritten(
    run: Run, template: Callable[..., Path], tmp_path: Path
) -> None:
    path = template()
    before = path.read_bytes()
    words = ("km", "--by", "child_pugh", "--template", str(path))
    for out, message in (
        ([], "Only Word documents take a template"),
        (["--out", str(tmp_path / "x.html")], "Only Word documents take a template"),
        (["--out", str(path)], "the template"),
    ):
        outcome = run(*words, *out)
        assert outcome.status == 2
        assert message in outcome.err
    assert path.read_bytes() == before
    assert run(*words, "--out", str(tmp_path / "km.docx")).status == 0
    assert docx.Document(str(tmp_path / "km.docx")).styles["Heading 1"].font.size == Pt(20)
