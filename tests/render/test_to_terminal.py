"""A report on a terminal: what fits its width, and how a wide table is divided."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from hcc2l.render import render_report
from hcc2l.report import Column, Outline, Table, Value
from tests.render.handmade import (
    ACROSS,
    BASELINE,
    GOLDEN,
    MODELS,
    REPORT,
    SAMPLES,
    WITH_OUTLINE,
    table,
)

RATIO = ("hr", "lower", "upper")


def test_the_hand_made_report_is_written_as_stored() -> None:
    made = render_report(REPORT, "table", width=80)
    assert made == (GOLDEN / "report.table").read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_no_line_of_the_terminal_is_wider_than_it(width: int) -> None:
    made = render_report(REPORT, "table", width=width)
    assert max(len(line) for line in made.splitlines()) <= width


def test_a_table_too_wide_for_the_terminal_repeats_its_first_column() -> None:
    made = render_report(REPORT, "table", width=42)
    assert len(re.findall(r"B \| 50%", made)) == 2


def test_colour_is_used_only_on_request() -> None:
    assert "\x1b[" not in render_report(REPORT, "table")
    assert "\x1b[" in render_report(REPORT, "table", colour=True)


def test_a_terminal_draws_the_branches() -> None:
    drawn = render_report(WITH_OUTLINE, "table", width=80).split("Tree\n")[1].split("\n\n")[0]
    assert drawn.splitlines() == [
        "All: split by A_1 & <b>",
        "├── x ≤5%",
        "│   ├── deep one",
        "│   └── deep two",
        "└── x >5%",
    ]


def test_a_narrow_terminal_keeps_the_branches() -> None:
    long = replace(
        WITH_OUTLINE, outline=Outline("root", (Outline("word " * 20), Outline("end")), "Tree")
    )
    drawn = render_report(long, "table", width=40)
    assert max(map(len, drawn.splitlines())) <= 40
    assert "\n│   word" in drawn


# ---------------------------------------------------------------- layout on a terminal


def printed(content: Table, width: int) -> list[str]:
    made = render_report(replace(REPORT, tables=(content,)), "table", width=width)
    return made.split("Effects", 1)[1].splitlines()


def test_a_long_name_goes_on_in_the_empty_cells_below_it() -> None:
    name = "Progression-free survival from the first dose"
    rows: list[tuple[Value, ...]] = [(name, "cox"), (name, "strata"), ("OS", "cox")]
    lines = printed(table(rows, "endpoint", "model"), 44)
    cells = [re.split(r" {2,}", line.strip()) for line in lines[4:7]]
    assert cells == [
        ["Progression-free survival from", "cox"], ["the first dose", "strata"], ["OS", "cox"],
    ]  # fmt: skip


def test_a_long_name_without_an_empty_cell_below_it_takes_a_second_line() -> None:
    name = "Progression-free survival from the first dose"
    lines = printed(table([(name, "cox"), ("OS", "strata")], "endpoint", "model"), 44)
    cells = [re.split(r" {2,}", line.strip()) for line in lines[4:7]]
    assert cells == [
        ["Progression-free survival from", "cox"], ["the first dose"], ["OS", "strata"],
    ]  # fmt: skip


def test_a_table_takes_the_whole_width() -> None:
    content = table([("A", *(1234.5,) * 3)], "group", "mean", "median", "tau")
    assert max(map(len, printed(content, 34)[1:5])) == 33
    assert "Effects (continued)" not in printed(content, 34)
    assert "Effects (continued)" in printed(content, 33)


def test_a_table_of_one_column_is_printed() -> None:
    content = table([("A",), ("B",)], "group")
    assert [line.strip() for line in printed(content, 40)[2:6:2]] == ["Group", "A"]


FOLLOW_UP = """\
 ───────────────────────────────────────────────────────────────────────────────────────
                                                Median follow-up,       Effective
 Endpoint              Sample                     months (95% CI)     sample size      p
 ───────────────────────────────────────────────────────────────────────────────────────
 Progression-free      All patients with       12.30 (9.80–15.20)             126  0.012
 survival, months      one of the two
                       treatments
                       Matched                    11.10 (8.00–NE)              70  0.200
 ───────────────────────────────────────────────────────────────────────────────────────
NE: not estimable.
"""


def test_long_names_and_headings_take_several_lines() -> None:
    keys = ("endpoint", "sample", "median", "lower", "upper", "n", "p")
    pfs = "Progression-free survival, months"
    rows: list[tuple[Value, ...]] = [
        (pfs, "All patients with one of the two treatments", 12.3, 9.8, 15.2, 126, 0.012),
        (pfs, "Matched", 11.1, 8.0, None, 70, 0.2),
    ]
    columns = (
        Column("Endpoint", ("endpoint",)),
        Column("Sample", ("sample",)),
        Column("Median follow-up, months (95% CI)", keys[2:5], form="interval"),
        Column("Effective sample size", ("n",)),
        Column("p", ("p",)),
    )
    records = tuple(dict(zip(keys, row, strict=True)) for row in rows)
    lines = printed(Table("effects", "Effects", keys, records, columns), 100)
    assert lines[1:11] == FOLLOW_UP.splitlines()


def test_a_wide_table_is_continued_with_the_names_of_its_rows() -> None:
    rows: list[tuple[Value, ...]] = [("A", *(1234.5,) * 6)]
    keys = ("group", "mean", "median", "tau", "time", "lower", "upper")
    for width, columns in ((62, [6]), (55, [5, 1]), (40, [3, 3])):
        lines = printed(table(rows, *keys), width)
        assert [line.count("1234.50") for line in lines if line.startswith(" A ")] == columns
        assert sum(line == "Effects (continued)" for line in lines) == len(columns) - 1


@pytest.mark.parametrize(("width", "parts"), [(75, [8]), (60, [4, 4]), (42, [4, 4])])
def test_a_wide_table_is_divided_after_the_p_of_a_group_of_columns(
    width: int, parts: list[int]
) -> None:
    headers = ("Old", "New", "SMD", "p")
    keys = ("mean", "median", "tau", "p")
    columns = [Column(h, (k,)) for h, k in zip(headers * 2, keys * 2, strict=True)]
    row = {"group": "A", "mean": 60.0, "median": 61.0, "tau": 0.25, "p": 0.0771}
    content = Table("effects", "Effects", ("group", *keys), (row,),
                    (Column("Group", ("group",)), *columns))  # fmt: skip
    lines = [line for line in printed(content, width) if line.startswith(" Group")]
    assert [len(line.split()) - 1 for line in lines] == parts


def test_a_table_with_one_p_is_filled_up_to_the_width() -> None:
    keys = ("group", "mean", "p", "median", "tau", "time")
    content = table([("A", 60.0, 0.0771, 61.0, 62.0, 63.0)], *keys)
    lines = [line.split() for line in printed(content, 38) if line.startswith(" Group")]
    assert lines == [["Group", "Mean", "P", "Median", "Tau"], ["Group", "Time"]]
    renamed = replace(content, columns=tuple(
        replace(c, header="p") if c.header == "P" else c for c in content.columns
    ))  # fmt: skip
    lines = [line.split() for line in printed(renamed, 38) if line.startswith(" Group")]
    assert lines == [["Group", "Mean", "p", "Median", "Tau"], ["Group", "Time"]]


def test_a_p_stays_beside_its_estimate() -> None:
    columns = (
        Column("Group", ("group",)), Column("n", ("n",)),
        Column("HR", RATIO, form="effect"), Column("p", ("p",)),
        Column("OR", ("or", "lower", "upper"), form="effect"), Column("p", ("p",)),
    )  # fmt: skip
    keys = ("group", "n", "hr", "or", "lower", "upper", "p")
    row = dict(zip(keys, ("A", 12, 2.0, 3.0, 1.0, 4.0, 0.5), strict=True))
    content = Table("effects", "Effects", keys, (row,), columns)
    for width in range(40, 80):
        parts = [line for line in printed(content, width) if line.startswith(" Group")]
        assert all(re.search(r"(HR|OR) +p", part) for part in parts if " p" in part), parts


def test_several_p_follow_the_last_group_that_they_compare() -> None:
    bands = Column("Grade", ("kind",), across=(Column("", ("n",)),))
    columns = (
        Column("Term", ("term",)), Column("Group", ("group",), across=(bands,)),
        Column("Grade", ("kind",), across=(Column("p", ("p",)),)),
    )  # fmt: skip
    rows = tuple(
        {"term": "Rash", "kind": kind, "group": group, "n": 1000000, "p": 0.5}
        for group in ("A", "B")
        for kind in ("Any", "Severe")
    )
    content = Table("events", "Effects", tuple(rows[0]), rows, columns)
    group, both = ["Any", "Severe"], ["p", "p"]
    allowed = ([group, group, both], [group, group + both], [group + group + both])
    for width in range(40, 75):
        parts = [line.split()[1:] for line in printed(content, width) if line.startswith(" Term")]
        assert parts in allowed, width


# ---------------------------------------------------------------- groups laid across


WIDE = """\
 ───────────────────────────────────────────────────────────────────────
                        ──────── Alone ────────  ──── A_1 & others ─────
 Variable  Level     n       HR (95% CI)      p       HR (95% CI)      p
 ───────────────────────────────────────────────────────────────────────
 sex       male     60         reference      –         reference      –
           female   40  1.50 (1.10–2.00)  0.012  1.40 (1.00–1.90)  0.049
 age               100  1.20 (0.90–1.60)  0.300                 –      –
 ───────────────────────────────────────────────────────────────────────
"""


def across(content: Table, width: int) -> list[str]:
    made = render_report(replace(ACROSS, tables=(content,)), "table", width=width)
    return made.split(content.title, 1)[1].splitlines()[1:]


def test_each_heading_stands_over_its_columns() -> None:
    assert across(MODELS, 73)[:8] == WIDE.splitlines()


def test_a_wide_table_is_divided_between_headings() -> None:
    for width in (72, 60, 50):
        above = [line.split() for line in across(MODELS, width) if "Alone" in line or "A_1" in line]
        assert [[word for word in line if "─" not in word] for line in above] == [
            ["Alone"], ["A_1", "&", "others"]
        ]  # fmt: skip


def test_columns_of_one_heading_stay_together_though_none_is_a_p() -> None:
    for width in range(50, 80):
        headings = " ".join(line for line in across(SAMPLES, width) if "── " in line)
        assert headings.count("All") == headings.count("Matched") == 1, width


def test_a_part_without_headings_has_no_line_for_them() -> None:
    first, second = across(MODELS, 45)[:2]
    assert set(first.strip()) == {"─"}
    assert second.split() == ["Variable", "Level", "n"]


def test_a_column_is_as_wide_as_the_heading_above_it() -> None:
    rule, headings, headers = across(SAMPLES, 120)[:3]
    assert headings.endswith("  " + " weighted".rjust(9))
    assert len(rule) == len(headers) == len(headings) + 1


def test_sentences_take_the_rest_of_the_line_and_are_never_moved_below() -> None:
    words = "one two three four five six seven eight nine ten eleven twelve"
    rows = ({"variable": "age", "n": 3, "text": words, "remedy": "thirteen\nfourteen"},)
    columns = (
        Column("Variable", ("variable",)),
        Column("n", ("n",)),
        Column("Text", ("text", "remedy"), form="sentences"),
    )
    wide = Table("notes", "Notes", ("variable", "n", "text", "remedy"), rows, columns)
    for width in (50, 80):
        made = render_report(replace(REPORT, tables=(wide,)), "table", width=width)
        assert "(continued)" not in made
        assert max(map(len, made.splitlines())) <= width
        assert f"{words} thirteen fourteen" in " ".join(made.replace(" age ", "").split())


def test_levels_are_indented_below_their_variable() -> None:
    text = render_report(replace(REPORT, tables=(BASELINE,)), "table")
    assert "\n   A " in text
    assert "\n     A5 " in text
