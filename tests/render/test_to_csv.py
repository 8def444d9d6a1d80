"""CSV: the rows and keys of JSON, and no formulas."""

from __future__ import annotations

import csv
import io
import json

import pytest

from hcc2l.errors import UsageError
from hcc2l.render import render_report
from tests.render.handmade import ACROSS, GOLDEN, MODELS, REPORT


def test_the_hand_made_report_is_written_as_stored() -> None:
    made = render_report(REPORT, "csv", width=80)
    assert made == (GOLDEN / "report.csv").read_text(encoding="utf-8")


def test_csv_has_the_same_rows_as_json() -> None:
    made = json.loads(render_report(REPORT, "json"))["tables"]
    for name, rows in made.items():
        text = render_report(REPORT, "csv", table=name)
        read = list(csv.DictReader(io.StringIO(text)))
        assert [list(r) for r in read] == [list(r) for r in rows]
        for record, expected in zip(read, rows, strict=True):
            for key, value in expected.items():
                if isinstance(value, (int, float)):
                    assert float(record[key]) == value
                elif value is None:
                    assert record[key] == ""


@pytest.mark.parametrize("text", ["=A_1 <b>", "-C"])
def test_a_cell_never_becomes_a_formula(text: str) -> None:
    assert f"'{text}" in render_report(REPORT, "csv")


def test_groups_across_stay_rows() -> None:
    lines = render_report(ACROSS, "csv").splitlines()
    assert lines[0] == ",".join(MODELS.keys)
    assert len(lines) == 1 + len(MODELS.rows)
    assert lines[5] == "age,,uni,100,1.2,0.9,1.6,0.3"


def test_an_unknown_table_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="groups"):
        render_report(REPORT, "csv", table="group")
