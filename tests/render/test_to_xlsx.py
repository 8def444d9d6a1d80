"""Excel: every table with the keys and numbers of JSON."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from openpyxl import load_workbook

from hcc2l.render import render_file
from hcc2l.report import Column, Report
from tests.render.handmade import ACROSS, BASELINE, GROUPS, MODELS, REPORT


def opened(report: Report) -> Any:
    return load_workbook(io.BytesIO(render_file(report, "x.xlsx")))


def test_every_table_is_a_sheet_with_numbers_as_numbers() -> None:
    book = opened(REPORT)
    assert book.sheetnames == [
        "Table 1", "groups", "Table 2", "rmst_differences", "quantiles", "about",
    ]  # fmt: skip
    assert book["groups"]["D2"].value == 7.4333
    assert book["groups"]["D4"].value is None


@pytest.mark.parametrize("text", ["=A_1 <b>", "-C"])
def test_a_cell_never_becomes_a_formula(text: str) -> None:
    cells = [c for row in opened(REPORT)["groups"].iter_rows() for c in row if c.value == text]
    assert [c.data_type for c in cells] == ["s"]


def test_groups_across_stay_rows() -> None:
    sheet = opened(ACROSS)["regression"]
    assert [c.value for c in sheet[1]] == list(MODELS.keys)
    assert sheet.max_row == 1 + len(MODELS.rows)


def test_a_formatted_sheet_shows_the_table_of_a_paper() -> None:
    sheet = opened(REPORT)["Table 1"]
    lines = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert lines[:3] == [
        ["Table 1. Patients & events", None, None, None],
        ["Child-Pugh", "n", "Median, months (95% CI)", "p"],
        ["=A_1 <b>", 55, "7.43 (6.64–13.60)", 0.006],
    ]
    assert [line[0] for line in lines[-3:]] == [
        "Follow-up is short.", "NE: not estimable.", "CI, confidence interval.",
    ]  # fmt: skip
    assert sheet["D3"].number_format == "0.000"
    assert (sheet["A2"].border.top.style, sheet["A2"].border.bottom.style) == ("medium", "thin")
    assert sheet["D5"].border.bottom.style == "medium"
    assert sheet.print_title_rows == "$2:$2"


def test_a_heading_is_one_cell_over_its_group() -> None:
    sheet = opened(ACROSS)["Table 1"]
    assert {str(merged) for merged in sheet.merged_cells.ranges} == {"D2:E2", "F2:G2"}
    assert (sheet["D2"].value, sheet["F2"].value) == ("Alone", "A_1 & others")
    assert sheet.freeze_panes == "B4"


def test_levels_are_indented() -> None:
    sheet = opened(replace(REPORT, tables=(BASELINE,)))["Table 1"]
    indents = {row[0].value: row[0].alignment.indent for row in sheet.iter_rows(min_row=3)}
    assert (indents["Age"], indents["A"], indents["A5"]) == (0, 1, 2)


def test_a_number_that_is_shown_keeps_its_sign() -> None:
    columns = (GROUPS.columns[0], Column("SMD", ("median",), kind="statistic"))
    low = replace(GROUPS, rows=({**GROUPS.rows[0], "median": -0.359},), columns=columns)
    assert opened(replace(REPORT, tables=(low,)))["Table 1"]["B3"].value == -0.36


def test_a_small_p_is_bold() -> None:
    content = render_file(REPORT, "x.xlsx", bold_p=True)
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    bold = {cell.value for row in sheet.iter_rows(min_row=3) for cell in row if cell.font.b}
    assert bold == {0.006, "<0.001"}
