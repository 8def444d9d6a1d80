"""Markdown, as stored, with the outline above the tables."""

from __future__ import annotations

import re
from dataclasses import replace

from hcc2l.render import render_report
from tests.render.handmade import ACROSS, BASELINE, GOLDEN, REPORT, WITH_OUTLINE


def test_the_hand_made_report_is_written_as_stored() -> None:
    made = render_report(REPORT, "md", width=80)
    assert made == (GOLDEN / "report.md").read_text(encoding="utf-8")


def test_digits_change_the_decimals_and_nothing_else() -> None:
    made = render_report(REPORT, "md", digits=1)
    assert "7.4 (6.6–13.6)" in made
    assert "0.006" in made


def test_the_outline_is_an_indented_list_above_the_tables() -> None:
    made = render_report(WITH_OUTLINE, "md")
    lines = ["- All: split by A\\_1 & \\<b>", "  - x ≤5%", "    - deep one", "  - x >5%"]
    places = [made.index(line) for line in [*lines, "Follow-up is short."]]
    assert places == sorted(places)


def test_a_report_without_an_outline_has_no_heading_for_it() -> None:
    assert "Tree" not in render_report(REPORT, "md")


def test_the_headers_of_groups_across_repeat_the_group() -> None:
    made = render_report(ACROSS, "md")
    headers = [re.split(r" +\| +", line)[1:] for line in made.splitlines() if "SMD |" in line]
    assert headers == [[
        "All: New (n=40)", "All: old (n=80)", "All: SMD", "Matched: New (n=30)",
        "Matched: old (n=30)", "Matched: SMD", "weighted: SMD |",
    ]]  # fmt: skip
    assert r"| A\_1 & others: p |" in made


def test_levels_are_indented() -> None:
    text = render_report(replace(REPORT, tables=(BASELINE,)), "md")
    assert "| \u2003\u2003A5 " in text


def test_a_small_p_is_bold() -> None:
    assert "**0.006** |" in render_report(REPORT, "md", bold_p=True)
