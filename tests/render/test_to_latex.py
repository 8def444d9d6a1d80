"""LaTeX with booktabs, as stored."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hcc2l.render import render_report
from hcc2l.render.document import Document, NumberedTable
from hcc2l.render.grid import grid
from hcc2l.render.to_latex import render_document
from hcc2l.report import Column, Table
from tests.render.handmade import ACROSS, BASELINE, GOLDEN, GROUPS, REPORT, WITH_OUTLINE


def test_the_hand_made_report_is_written_as_stored() -> None:
    made = render_report(REPORT, "tex", width=80)
    assert made == (GOLDEN / "report.tex").read_text(encoding="utf-8")


def test_the_outline_is_indented_above_the_tables() -> None:
    made = render_report(WITH_OUTLINE, "tex")
    lines = [
        r"\hspace*{0em}All: split by A\_1 \& \ensuremath{<}b\ensuremath{>}\par",
        r"\hspace*{4em}deep one\par",
        "Follow-up is short.",
    ]
    places = [made.index(line) for line in lines]
    assert places == sorted(places)


def test_a_heading_spans_the_columns_of_its_group_with_a_rule_below_it() -> None:
    lines = render_report(ACROSS, "tex").splitlines()
    at = lines.index(r"  \toprule")
    assert lines[at + 1 : at + 3] == [
        r"   &  &  & \multicolumn{2}{c}{Alone} & \multicolumn{2}{c}{A\_1 \& others} \\",
        r"  \cmidrule(lr){4-5} \cmidrule(lr){6-7}",
    ]
    names = [line.rsplit("}{", 1)[1] for line in lines[at + 3 : at + 10]]
    assert names == [
        *("Variable} &", "Level} &", "n} &"),
        *(r"HR (95\%~CI)} &", "p} &"), *(r"HR (95\%~CI)} &", r"p} \\"),
    ]  # fmt: skip


def test_marks_are_raised_and_levels_indented() -> None:
    text = render_report(replace(REPORT, tables=(BASELINE,)), "tex")
    assert r"Age & 9 & 0.500\textsuperscript{a} \\" in text
    assert r"\hspace*{2em}A5 & 4 &  \\" in text


@pytest.mark.parametrize(
    ("level", "written"),
    [
        ("[0,400)", "{[}0,400)"), ("*", "{*}"), ("A\n\nB", "A  B"), ("5 % & $", r"5 \% \& \$"),
        ("\\end{table}", r"\textbackslash{}end\{table\}"),
    ],
)  # fmt: skip
def test_no_level_is_taken_for_a_command(level: str, written: str) -> None:
    """A row that begins with a bracket or a star would be an option of the line before it."""
    rows = tuple({**row, "variable": level} for row in BASELINE.rows)
    text = render_report(replace(REPORT, tables=(replace(BASELINE, rows=rows),)), "tex")
    assert f"  {written} & 9 &" in text


def test_a_line_break_never_ends_a_comment() -> None:
    text = render_report(replace(REPORT, title="Survival\n\\input{secret}"), "tex")
    assert text.startswith(r"% Survival \input{secret}" + "\n")


@pytest.mark.parametrize("whole", [True, False])
def test_a_long_table_goes_over_pages_with_its_head(whole: bool) -> None:
    content = grid(BASELINE)
    long = replace(content, rows=content.rows[:1] * 31, indents=(0,) * 31)
    text = render_document(Document("T", (NumberedTable(long, 1),), whole=whole))
    assert text.count(r"\begin{longtable}") == text.count(r"\end{longtable}") == 1
    assert r"\begin{table}" not in text
    assert text.index(r"\endfirsthead") < text.index(r"\endhead") < text.index("Age & 9")
    assert text.count("{Variable} &") == 2
    short = replace(content, rows=content.rows[:1] * 30, indents=(0,) * 30)
    text = render_document(Document("T", (NumberedTable(short, 1),), whole=whole))
    assert r"\begin{longtable}" not in text


def test_a_table_of_few_rows_with_long_texts_goes_over_pages() -> None:
    rows = tuple({"variable": f"{i}", "meaning": "some words " * 60} for i in range(9))
    columns = (Column("Variable", ("variable",)), Column("Meaning", ("meaning",), form="sentences"))
    long = Table("t", "Meanings", ("variable", "meaning"), rows, columns)
    assert r"\begin{longtable}" in render_report(replace(REPORT, tables=(long,)), "tex")


def test_a_wide_table_stands_on_a_turned_page() -> None:
    columns = tuple(Column(f"Median {i}, months", ("median", "lower", "upper"), form="interval")
                    for i in range(8))  # fmt: skip
    wide = replace(GROUPS, columns=(GROUPS.columns[0], *columns))
    text = render_report(replace(REPORT, tables=(GROUPS, wide)), "tex")
    assert text.count(r"\begin{landscape}") == text.count(r"\end{landscape}") == 1
    assert text.index(r"\begin{landscape}") > text.index(r"\end{table}")


def test_a_small_p_is_bold() -> None:
    text = render_report(REPORT, "tex", bold_p=True)
    assert r"& \textbf{0.006} \\" in text
    assert r"& \textbf{\ensuremath{<}0.001} \\" in text
