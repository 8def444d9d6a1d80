"""LaTeX with booktabs, as stored."""

from __future__ import annotations

from dataclasses import replace

from hcc2l.render import render_report
from tests.render.handmade import ACROSS, BASELINE, GOLDEN, REPORT, WITH_OUTLINE


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
    assert lines[at + 1 : at + 4] == [
        r"   &  &  & \multicolumn{2}{c}{Alone} & \multicolumn{2}{c}{A\_1 \& others} \\",
        r"  \cmidrule(lr){4-5} \cmidrule(lr){6-7}",
        r"  Variable & Level & n & HR (95\% CI) & p & HR (95\% CI) & p \\",
    ]


def test_marks_are_raised_and_levels_indented() -> None:
    text = render_report(replace(REPORT, tables=(BASELINE,)), "tex")
    assert r"Age & 9 & 0.500\textsuperscript{a} \\" in text
    assert r"\hspace*{2em}A5 & 4 &  \\" in text
