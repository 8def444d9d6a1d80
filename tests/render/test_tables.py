"""Tables as a person reads them: what a cell says, and how a wide table is laid out."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from hcc2l.render import render_report
from hcc2l.render.grid import cell, grid, write
from hcc2l.report import Column, Table, Value
from tests.render.handmade import REPORT

RATIO = ("hr", "lower", "upper")


def interval(form: str, *values: Value, keys: tuple[str, ...] = RATIO, **options: int) -> str:
    row = dict(zip((*keys, "n"), values, strict=False))
    column = Column("x", (*keys, "n") if len(values) > 3 else keys, form=form)  # type: ignore[arg-type]  # one of the forms
    return cell(row, column, **options)


@pytest.mark.parametrize("form", ["effect", "interval"])
@pytest.mark.parametrize(
    ("values", "written"),
    [
        ((2.44, 1.51, 3.95), "2.44 (1.51–3.95)"),
        ((None, None, None), "NE"),
        ((12.34, 1.2, None), "12.34 (1.20–NE)"),
        ((1000.0, 12.5, None), "1000.00 (12.50–NE)"),
        ((0.001, None, 4.0), "0.00 (NE–4.00)"),
        ((1000.5, 12.5, None), "NE"),
        ((8e9, 0.0, None), "NE"),
        ((8e9, None, None), "NE"),
        ((0.0009, None, 4.0), "NE"),
        ((1e-9, 0.0, None), "NE"),
        ((1500.0, 12.5, 98000.0), ">1000 (12.50–>1000)"),
        ((0.0004, 0.00001, 0.7), "0.00 (0.00–0.70)"),
        ((1.0002, 1.0001, 1.0004), "1.0002 (1.0001–1.0004)"),
    ],
)
def test_a_ratio_without_a_limit_is_shown_only_where_it_can_exist(
    form: str, values: tuple[Value, ...], written: str
) -> None:
    assert interval(form, *values) == written


@pytest.mark.parametrize(
    ("values", "written"),
    [
        ((1.0, None, None, 12), "reference"),
        ((1.0, 0.5, 2.0, 12), "1.00 (0.50–2.00)"),
        ((1.0, None, None, None), "–"),
        ((None, None, None, None), "–"),
        ((None, None, None, 12), "NE"),
        ((2.44, 1.51, 3.95, 12), "2.44 (1.51–3.95)"),
    ],
)
def test_a_row_outside_the_model_is_a_dash_and_one_inside_is_not(
    values: tuple[Value, ...], written: str
) -> None:
    assert interval("effect", *values) == written


def test_an_area_that_another_row_has_is_a_dash() -> None:
    keys = ("auc", "lower", "upper")
    assert interval("effect", None, None, None, keys=keys) == "–"
    assert interval("interval", None, None, None, keys=keys) == "NE"
    assert interval("effect", 1.0, None, None, keys=keys) == "1.00 (NE–NE)"


@pytest.mark.parametrize(
    ("values", "written"),
    [
        ((9.33, 7.66, None), "9.33 (7.66–NE)"),
        ((None, 7.66, None), "NE (7.66–NE)"),
        ((5000.0, 7.66, None), "5000.00 (7.66–NE)"),
    ],
)
def test_a_median_keeps_the_limit_that_it_has(values: tuple[Value, ...], written: str) -> None:
    assert interval("interval", *values, keys=("median", "lower", "upper")) == written


def test_decimals_that_are_asked_for_hold_for_narrow_intervals_too() -> None:
    assert interval("effect", 1.0002, 1.0001, 1.0004, digits=1) == "1.0 (1.0–1.0)"


@pytest.mark.parametrize(
    ("values", "written"),
    [
        ((36, 0.9, None, None, None), "36 (90.0%)"),
        ((None, None, 60.0, 55.0, 66.0), "60 (55–66)"),
        ((None, None, 4.93, 2.45, 9.51), "4.9 (2.5–9.5)"),
        ((None, None, -4.9, -9.5, 2.5), "−4.9 (−9.5 to 2.5)"),
        ((None, None, None, None, None), "–"),
    ],
)
def test_a_summary_is_a_count_with_its_share_or_a_median_with_its_quartiles(
    values: tuple[Value, ...], written: str
) -> None:
    keys = ("count", "rate", "median", "lower", "upper")
    column = Column("x", keys, form="summary")
    assert cell(dict(zip(keys, values, strict=True)), column) == written


@pytest.mark.parametrize(
    ("decimals", "digits", "written"),
    [(None, None, "4.9 (2.5–9.5)"), (2, None, "4.93 (2.45–9.51)"), (2, 0, "5 (2–10)"),
     (None, 3, "4.930 (2.450–9.510)")],
)  # fmt: skip
def test_a_summary_has_the_decimals_of_the_user_else_of_the_column(
    decimals: int | None, digits: int | None, written: str
) -> None:
    keys = ("count", "rate", "median", "lower", "upper")
    column = Column("x", keys, form="summary", decimals=decimals)
    row = dict(zip(keys, (None, None, 4.93, 2.45, 9.51), strict=True))
    assert cell(row, column, digits) == written


@pytest.mark.parametrize(
    ("quartiles", "written"),
    [((10.0, 10.5, 12.5), "10 (10–12)"), ((9.9, 10.5, 12.5), "9.9 (10.5–12.5)"),
     ((3.0, 2.0, 4.0), "3 (2–4)"), ((3.5, 2.0, 4.0), "3.5 (2.0–4.0)")],
)  # fmt: skip
def test_a_summary_of_large_or_whole_numbers_has_no_decimals(
    quartiles: tuple[float, ...], written: str
) -> None:
    keys = ("count", "rate", "median", "lower", "upper")
    row = dict(zip(keys, (None, None, *quartiles), strict=True))
    assert cell(row, Column("x", keys, form="summary")) == written


@pytest.mark.parametrize(
    ("value", "kind", "written"),
    [
        (None, "text", ""), (None, "p", "–"), (None, "count", "–"), (None, "time", "NE"),
        (None, "probability", "NE"), (("A", "B"), "text", "A, B"), (True, "text", "True"),
        (12.0, "count", "12"), (12.5, "count", "12.5"), (0.4462, "probability", "44.62%"),
        (-0.001, "estimate", "0.00"), (-1.5, "estimate", "−1.50"), (1000.0, "ratio", "1000.00"),
        (1000.01, "ratio", ">1000"), (1000.01, "estimate", "1000.01"), (2.0, "degrees", "2"),
    ],
)  # fmt: skip
def test_a_value_is_written_by_its_kind(value: Value, kind: str, written: str) -> None:
    assert write(value, kind, 2) == written


@pytest.mark.parametrize(
    ("key", "usual", "three"),
    [
        ("median", "12.35", "12.346"), ("coef", "12.35", "12.346"), ("hr", "12.35", "12.346"),
        ("quantile", "1234.6%", "1234.568%"), ("statistic", "12.35", "12.346"),
        ("aic", "12.3", "12.346"), ("n", "12.3", "12.3"),
    ],
)  # fmt: skip
def test_the_usual_decimals_are_those_of_the_kind(key: str, usual: str, three: str) -> None:
    assert cell({key: 12.34568}, Column("x", (key,))) == usual
    assert cell({key: 12.34568}, Column("x", (key,)), digits=3) == three


def test_an_interval_of_a_proportion_has_one_percent_sign() -> None:
    keys = ("estimate", "lower", "upper")
    column = Column("Survival", keys, form="interval", kind="probability")
    assert cell(dict(zip(keys, (0.446, 0.34, 0.586), strict=True)), column) == "44.6% (34.0–58.6)"


# ---------------------------------------------------------------- repeated names and footnotes


def table(rows: list[tuple[Value, ...]], *columns: str, **options: object) -> Table:
    return Table(
        "effects", "Effects", columns, tuple(dict(zip(columns, row, strict=True)) for row in rows),
        tuple(Column(key.title(), (key,)) for key in columns), **options,  # type: ignore[arg-type]  # fields of Table
    )  # fmt: skip


@pytest.mark.parametrize("key", ["group", "term", "variable", "endpoint"])
def test_a_name_that_repeats_is_written_once(key: str) -> None:
    rows: list[tuple[Value, ...]] = [("OS", 1), ("OS", 2), ("PFS", 3), ("OS", 4)]
    assert [row[0] for row in grid(table(rows, key, "n")).rows] == ["OS", "", "PFS", "OS"]


def test_a_repeated_cell_that_names_no_row_is_written_again() -> None:
    rows: list[tuple[Value, ...]] = [("cox", 1), ("cox", 2)]
    assert [row[0] for row in grid(table(rows, "model", "n")).rows] == ["cox", "cox"]


def test_ne_is_explained_where_it_stands_and_only_there() -> None:
    without = table([("NE", 7.0)], "group", "median")
    assert grid(without).footnotes == ()
    with_ = table([("A", None)], "group", "median", footnotes=("Short.",))
    assert grid(with_).footnotes == ("Short.", "NE: not estimable.")


# ---------------------------------------------------------------- layout on a terminal


def printed(content: Table, width: int) -> list[str]:
    made = render_report(replace(REPORT, tables=(content,)), "table", width=width)
    assert isinstance(made, str)
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
