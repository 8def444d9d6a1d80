"""Excel: every table with the keys and numbers of JSON."""

from __future__ import annotations

import io
from typing import Any

import pytest
from openpyxl import load_workbook

from hcc2l.render import render_file
from hcc2l.report import Report
from tests.render.handmade import ACROSS, MODELS, REPORT


def opened(report: Report) -> Any:
    return load_workbook(io.BytesIO(render_file(report, "x.xlsx")))


def test_every_table_is_a_sheet_with_numbers_as_numbers() -> None:
    book = opened(REPORT)
    assert book.sheetnames == ["about", "groups", "rmst_differences", "quantiles"]
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
