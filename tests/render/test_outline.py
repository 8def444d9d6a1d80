"""An outline, the tree above the tables, in every format for people."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from hcc2l.render import render_report
from hcc2l.report import Outline
from tests.render.handmade import REPORT

OUTLINE = Outline(
    "All: split by A_1 & <b>",
    (Outline("x ≤5%", (Outline("deep one"), Outline("deep two"))), Outline("x >5%")),
    title="Tree",
)
WITH = replace(REPORT, outline=OUTLINE)


def text(format_: str, **options: object) -> str:
    made = render_report(WITH, format_, **options)
    assert isinstance(made, str)
    return made


def test_a_terminal_draws_the_branches() -> None:
    drawn = text("table", width=80).split("Tree\n")[1].split("\n\n")[0]
    assert drawn.splitlines() == [
        "All: split by A_1 & <b>",
        "├── x ≤5%",
        "│   ├── deep one",
        "│   └── deep two",
        "└── x >5%",
    ]


def test_a_narrow_terminal_keeps_the_branches() -> None:
    long = replace(WITH, outline=Outline("root", (Outline("word " * 20), Outline("end")), "Tree"))
    drawn = render_report(long, "table", width=40)
    assert isinstance(drawn, str)
    assert max(map(len, drawn.splitlines())) <= 40
    assert "\n│   word" in drawn


@pytest.mark.parametrize(
    ("format_", "lines"),
    [
        ("md", ["- All: split by A\\_1 & \\<b>", "  - x ≤5%", "    - deep one", "  - x >5%"]),
        ("html", ["<ul><li>All: split by A_1 &amp; &lt;b&gt;<ul><li>x ≤5%<ul><li>deep one</li>"]),
        ("tex", [r"\hspace*{0em}All: split by A\_1 \& \ensuremath{<}b\ensuremath{>}\par",
                 r"\hspace*{4em}deep one\par"]),
    ],
)  # fmt: skip
def test_documents_escape_and_indent_it_above_the_tables(format_: str, lines: list[str]) -> None:
    made = text(format_)
    places = [made.index(line) for line in lines]
    assert places == sorted(places)
    assert places[-1] < made.index("Follow-up is short.")


def test_word_indents_the_outline() -> None:
    import docx

    made = render_report(WITH, "docx")
    assert isinstance(made, bytes)
    indents = {
        p.text: p.paragraph_format.left_indent for p in docx.Document(io.BytesIO(made)).paragraphs
    }
    assert indents["All: split by A_1 & <b>"] < indents["x >5%"] < indents["deep two"]


def test_a_report_without_an_outline_has_no_heading_for_it() -> None:
    assert "Tree" not in str(render_report(REPORT, "md"))
