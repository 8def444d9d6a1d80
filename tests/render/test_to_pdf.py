"""PDF: the markup that Typst sets, and the bytes."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from hcc2l.errors import UsageError
from hcc2l.figures import fonts
from hcc2l.render import file_format, render_file
from hcc2l.render.document import (
    Document,
    NumberedTable,
    Paragraph,
    Picture,
    Points,
    Section,
    document_of,
)
from hcc2l.render.grid import grid
from hcc2l.render.options import RenderOptions
from hcc2l.render.to_pdf import markup, render_document
from hcc2l.report import Column, Report
from tests.conftest import Run, Write
from tests.render.handmade import ACROSS, BASELINE, GROUPS, REPORT, WITH_OUTLINE

WIDE = grid(
    replace(GROUPS, columns=(GROUPS.columns[0], *(
        Column(f"Median {i}, months", ("median", "lower", "upper"), form="interval")
        for i in range(8)
    )))
)  # fmt: skip
NARROW = grid(BASELINE)


def source(report: Report) -> str:
    return markup(document_of(report, RenderOptions()))


def strings(text: str) -> list[str]:
    """Every string of Typst markup, as a reader sees it."""
    return [json.loads(found) for found in re.findall(r'"(?:[^"\\]|\\.)*"', text)]


def png() -> bytes:
    image = io.BytesIO()
    Image.new("RGB", (40, 20)).save(image, "PNG")
    return image.getvalue()


def test_every_part_of_a_report_is_set() -> None:
    said = strings(source(REPORT))
    for text in (
        REPORT.title, "Patients & events", "=A_1 <b>", "7.43 (6.64–13.60)", "Differences",
        "Methods", REPORT.methods, *REPORT.references, *REPORT.provenance.footer,
    ):  # fmt: skip
        assert text in said
    assert [text for text in said if text.startswith("Follow-up is short.")]
    assert "P07" not in source(REPORT)  # a patient
    assert [line for line in strings(source(WITH_OUTLINE)) if line == "deep two"]


def test_a_document_is_the_same_bytes_each_time_and_without_a_date() -> None:
    first, second = (render_file(REPORT, "x.pdf") for _ in range(2))
    assert first == second
    assert first.startswith(b"%PDF-")
    assert b"CreationDate" not in first
    assert b"CreateDate" not in first


@pytest.mark.parametrize(
    "text",
    ["[0,400)", "*a* _b_ `c`", "#panic()", "$x_1^2$", '"quoted" \\', "<label> @ref", "// note",
     "= heading", "- 1.\n\n2", "≥400 µg ΔΩ Ж", "http://a.b", "\x00\x07 \u2028end"],
)  # fmt: skip
def test_no_text_is_taken_for_markup(text: str) -> None:
    parts = (Section(text), Paragraph(text), Points((text,)), NumberedTable(grid(replace(
        BASELINE, rows=tuple({**row, "variable": text} for row in BASELINE.rows)
    )), 1))  # fmt: skip
    document = Document(text, parts, whole=True)
    printed = re.sub(r"[\x00-\x1f\u2028]+", " ", text)
    assert strings(markup(document)).count(printed) == 6  # the title twice, three parts, a name
    assert render_document(document).startswith(b"%PDF-")


def test_marks_are_raised_and_levels_indented() -> None:
    text = source(replace(REPORT, tables=(BASELINE,)))
    assert 'text("0.500") + super("a") + text("")' in text
    assert 'pad(left: 0.8cm, text("A5"))' in text


def test_the_head_is_repeated_and_a_heading_is_one_cell_over_its_group() -> None:
    text = source(ACROSS)
    head = text[text.index("table.header(") : text.index("stroke: 0.5pt)),")]
    assert re.findall(r"colspan: (\d)", head) == ["3", "2", "2"]
    assert [s for s in strings(head) if s][:3] == ["Alone", "A_1 & others", "Variable"]
    assert text.index("table.header(") < text.index('text("female")')


def test_a_number_is_not_broken_and_a_row_stays_whole() -> None:
    text = source(REPORT)
    assert 'box(text("7.43 (6.64–13.60)"))' in text
    assert "#set table.cell(breakable: false)" in text


def test_captions_have_the_numbers_of_the_document() -> None:
    picture = Picture(png(), "what it shows", "Curves", 4)
    text = markup(Document("T", (NumberedTable(NARROW, 3), picture), whole=True))
    assert "#counter(figure.where(kind: table)).update(2)" in text
    assert "#counter(figure.where(kind: image)).update(3)" in text
    assert 'image("0.png", width: 0.34cm, alt: "what it shows")' in text


def test_a_table_without_a_number_has_a_caption_alone() -> None:
    parts = (NumberedTable(NARROW, None), NumberedTable(NARROW, 1))
    text = markup(Document("T", parts, whole=True))
    assert text.count("numbering: none") == text.count("update(0)") == 1
    assert text.index("numbering: none") < text.index("update(0)")


def test_a_wide_table_stands_on_a_turned_page_and_what_follows_upright() -> None:
    parts = (Paragraph("a"), Section("b"), NumberedTable(WIDE, 1), NumberedTable(WIDE, 2))
    text = markup(Document("T", (*parts, NumberedTable(NARROW, 3)), whole=True))
    assert re.findall(r"flipped: (\w+)", text) == ["false", "true", "false"]
    assert text.index("flipped: true") < text.index('text("b")')


def test_the_title_stands_on_the_page_of_the_first_table() -> None:
    text = markup(Document("T", (NumberedTable(WIDE, 1), Paragraph("a")), whole=True))
    assert re.findall(r"flipped: (\w+)", text) == ["true", "false"]


def test_a_document_without_parts_is_its_title() -> None:
    assert render_document(Document("T", ())).startswith(b"%PDF-")


def test_letters_of_no_font_are_boxes_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    fonts._fonts_for.cache_clear()
    monkeypatch.setattr(fonts, "_listed", list)
    monkeypatch.setattr(fonts, "_list_new_fonts", lambda: None)
    with pytest.warns(fonts.MissingLetters, match="분석"):
        assert render_document(Document("분석", ())).startswith(b"%PDF-")
    fonts._fonts_for.cache_clear()


def test_nothing_is_fetched() -> None:
    assert not re.search(r"#import|@preview|https?:", source(REPORT))


def test_without_the_package_nothing_is_run_and_the_extra_is_named(
    monkeypatch: pytest.MonkeyPatch, run: Run, write: Write
) -> None:
    monkeypatch.setattr("hcc2l.render.find_spec", lambda _: None)
    with pytest.raises(UsageError, match="needs the package typst"):
        file_format("x.pdf")
    write("study.toml", '[[table]]\nrun = "km"\n')
    for command in (("km",), ("report", "study.toml")):
        done = run(*command, "--out", "x.pdf", "--out", "x.html")
        assert done.status == 2
        assert "pip install 'hcc2l[pdf]'" in done.err
        assert not Path("x.pdf").exists()
        assert not Path("x.html").exists()


def test_a_small_p_is_bold() -> None:
    text = markup(document_of(REPORT, RenderOptions(bold_p=True)))
    assert 'box(strong(text("0.006")))' in text
    assert text.count("strong(text(") == source(REPORT).count("strong(text(") + 2
