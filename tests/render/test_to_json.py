"""JSON: strict, in full precision."""

from __future__ import annotations

import json

import pytest

from hcc2l.render import render_report
from tests.render.handmade import ACROSS, GOLDEN, MODELS, REPORT


def test_the_hand_made_report_is_written_as_stored() -> None:
    made = render_report(REPORT, "json", width=80)
    assert made == (GOLDEN / "report.json").read_text(encoding="utf-8")


def test_json_is_strict_and_in_full_precision() -> None:
    made = json.loads(render_report(REPORT, "json"), parse_constant=pytest.fail)
    assert made["schema"] == "hcc2l/1"
    assert made["tables"]["groups"][0]["median"] == 7.4333
    assert made["tables"]["groups"][2]["median"] is None
    assert made["analysed"]["excluded"] == [
        {"reason": "death missing", "rows": 2, "which": ["P07", "P31"]}
    ]


def test_groups_across_stay_rows() -> None:
    made = json.loads(render_report(ACROSS, "json"))["tables"]["regression"]
    assert made == [dict(row) for row in MODELS.rows]
