"""Tables as a person reads them: what a cell says, and how groups are laid across."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hcc2l.render.grid import cell, grid, presented_tables, write
from hcc2l.render.options import RenderOptions
from hcc2l.report import Column, Table, Value
from tests.render.handmade import BASELINE, GROUPS, MODELS, REPORT, SAMPLES, table

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


# ---------------------------------------------------------------- groups laid across


def headings(name: str) -> list[list[tuple[str, int]]]:
    made = grid({"models": MODELS, "samples": SAMPLES}[name])
    return [[(heading.text, heading.columns) for heading in row] for row in made.headings]


def test_a_table_without_groups_has_no_headings_above_its_headers() -> None:
    assert grid(GROUPS).headings == ()
    assert grid(GROUPS).full_headers == grid(GROUPS).headers


def test_columns_are_repeated_under_each_value_in_the_order_of_the_rows() -> None:
    assert headings("models") == [[("", 3), ("Alone", 2), ("A_1 & others", 2)]]
    assert grid(MODELS).headers == ("Variable", "Level", "n", *("HR (95% CI)", "p") * 2)


def test_the_rows_that_agree_in_the_keys_before_the_group_make_one_line() -> None:
    assert grid(MODELS).rows == (
        ("sex", "male", "60", "reference", "–", "reference", "–"),
        ("", "female", "40", "1.50 (1.10–2.00)", "0.012", "1.40 (1.00–1.90)", "0.049"),
        ("age", "", "100", "1.20 (0.90–1.60)", "0.300", "–", "–"),
    )


def test_groups_within_groups_have_their_size_and_the_differences_stand_beside_them() -> None:
    assert headings("samples") == [[("", 1), ("All", 3), ("Matched", 3), ("weighted", 1)]]
    assert grid(SAMPLES).headers == (
        "Variable", "New (n=40)", "old (n=80)", "SMD", "New (n=30)", "old (n=30)", "SMD", "SMD",
    )  # fmt: skip
    assert grid(SAMPLES).rows == (
        ("sex", "10 (25.0%)", "60 (75.0%)", "0.20", "9 (30.0%)", "12 (40.0%)", "0.10", "0.00"),
    )


def test_columns_after_the_groups_stand_once() -> None:
    columns = (*MODELS.columns, Column("n again", ("n",)))
    assert [row[-1] for row in grid(replace(MODELS, columns=columns)).rows] == ["60", "40", "100"]


def test_two_rows_of_headings_when_groups_have_several_columns() -> None:
    variable, sample = SAMPLES.columns
    group, smd = sample.across
    two = replace(group, across=(Column("n", ("count",)), Column("%", ("percent",))))
    made = grid(replace(SAMPLES, columns=(variable, replace(sample, across=(two, smd)))))
    assert [[(h.text, h.columns) for h in row] for row in made.headings] == [
        [("", 1), ("All", 5), ("Matched", 5), ("weighted", 1)],
        [("", 1), ("New (n=40)", 2), ("old (n=80)", 2), ("", 1), ("New (n=30)", 2),
         ("old (n=30)", 2), ("", 2)],
    ]  # fmt: skip
    assert made.full_headers[1] == "All: New (n=40): n"
    assert made.full_headers[5] == "All: SMD"


def test_a_group_without_a_row_has_an_empty_text_and_a_dash_for_a_number() -> None:
    variable, level, n, model = MODELS.columns
    said = replace(model, across=(Column("Level", ("level",)), Column("n", ("n",))))
    made = grid(replace(MODELS, columns=(variable, level, n, said)))
    assert made.rows[2][-2:] == ("", "–")
    assert made.right == (False, False, True, False, True, False, True)


def test_marks_say_which_test_gave_a_p() -> None:
    shown = grid(BASELINE)
    assert [row[2] for row in shown.rows] == ["0.500ᵃ", "0.040ᵇ", "", "", "0.300ᵇ", "–"]
    assert shown.footnotes == ("ᵃ Student's t; ᵇ χ².", "n: patients.")


def test_a_single_test_needs_no_mark() -> None:
    shown = grid(replace(BASELINE, rows=BASELINE.rows[1:]))
    assert shown.rows[0] == ("Child-Pugh", "9", "0.040")
    assert shown.footnotes == ("p: χ².", "n: patients.")


def test_levels_are_indented_below_their_variable() -> None:
    shown = grid(BASELINE)
    assert shown.indents == (0, 0, 1, 2, 0, 0)
    assert [row[0] for row in shown.indented("..")][2:4] == ["..A", "....A5"]


def test_a_table_taken_apart_is_one_for_each_value_named_by_its_cell() -> None:
    table = replace(MODELS, apart="term", columns=(
        replace(MODELS.columns[0], labels={"sex": "Sex"}), *MODELS.columns[1:]
    ))  # fmt: skip
    sex, age = presented_tables(replace(REPORT, tables=(table,)), RenderOptions())
    assert (sex.title, age.title) == (f"{MODELS.title}: Sex", f"{MODELS.title}: age")
    assert [row[0] for row in grid(sex).rows] == ["male", "female"]
    assert len(grid(age).rows) == 1
    assert grid(sex).headers == grid(MODELS).headers[1:]


def test_keys_laid_across_under_others_make_one_line_in_any_order_of_the_keys() -> None:
    keys = ("variable", "level", "group", "count")
    records = tuple(
        dict(zip(keys, ("Rash", level, "all", count), strict=True))
        for level, count in (("any", 3), ("severe", 1))
    )
    inner = Column("Grade", ("level",), across=(Column("", ("count",)),))
    columns = (Column("Event", ("variable",)), Column("Group", ("group",), across=(inner,)))
    content = grid(Table("events", "Events", keys, records, columns))
    assert content.rows == (("Rash", "3", "1"),)


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ((0, 36, 0.9, None, None), "36 (90.0%)"),
        ((0, None, 0.9, None, None), "90.0%"),
        ((None, 36.5, None, None, None), "36.5"),
        ((1, None, None, 60.25, 8.11), "60.2 ± 8.1"),
        ((0, None, None, None, None), "–"),
        ((None, None, None, None, None), ""),
    ],
)
def test_a_description_shows_what_is_known(values: tuple[Any, ...], text: str) -> None:
    keys = ("decimals", "count", "percent", "mean", "sd")
    column = Column("", keys, form="description")
    assert cell(dict(zip(keys, values, strict=True)), column) == text


def test_a_description_of_three_numbers_is_an_interval() -> None:
    keys = ("decimals", "count", "percent", "median", "q1", "q3")
    row = dict(zip(keys, (1, None, None, 60.0, 55.04, 66.0), strict=True))
    assert cell(row, Column("", keys, form="description")) == "60.0 (55.0–66.0)"
    assert cell(row, Column("", keys, form="description"), 2) == "60.00 (55.04–66.00)"


def test_a_line_without_any_value_beside_the_groups_is_empty_there() -> None:
    columns = (
        Column("Variable", ("label",), indent=("level",)), Column("n", ("n",)),
        Column("SMD", ("smd",), kind="statistic"),
    )  # fmt: skip
    rows = tuple(
        {"label": label, "level": level, "n": n, "smd": smd}
        for label, level, n, smd in (
            ("Sex", None, None, 0.5), ("male", "male", None, None), ("ECOG", None, None, None)
        )
    )  # fmt: skip
    made = Table("t", "", ("label", "level", "n", "smd"), rows, columns)
    assert [row[1:] for row in grid(made).rows] == [("–", "0.50"), ("", ""), ("", "")]
