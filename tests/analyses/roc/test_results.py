"""Groups of a ROC analysis: each as on its own, and those that cannot be analysed."""

from __future__ import annotations

from pathlib import Path

import pytest

import hcc2l
from tests.analyses.roc.cohorts import HCC, RESISTANCE, cohort, patients
from tests.reports import note, rows_of


def test_a_group_is_analysed_as_on_its_own() -> None:
    whole = hcc2l.roc(HCC, **RESISTANCE, marker="afp", by="child_pugh", direction="higher")
    for level in ("A", "B"):
        alone = hcc2l.roc(HCC, **RESISTANCE, marker="afp", direction="higher",
                          where=f"child_pugh=={level}")  # fmt: skip
        for table in ("markers", "cutoffs"):
            (found,) = rows_of(whole, table, group=level)
            (wanted,) = alone.table(table).rows
            assert dict(found) == {**wanted, "group": level}


def test_a_group_of_one_class_is_excluded_with_a_note(tmp_path: Path) -> None:
    records = patients(60, arm=lambda i: "abc"[i % 3])
    records = [r | {"pd": 0 if r["arm"] == "c" else r["pd"]} for r in records]
    report = hcc2l.roc(cohort(tmp_path, records), outcome="pd", marker="afp", by="arm")
    assert [r["group"] for r in report.table("markers").rows] == ["a", "b"]
    assert note(report, "group-skipped").startswith("Groups not analysed: c.")


def test_a_group_without_a_cutpoint_is_excluded_with_a_note(tmp_path: Path) -> None:
    records = patients(60, arm=lambda i: "ab"[i >= 30])
    for i, row in enumerate(records[30:]):
        row["afp"] = 5 if i else 7
    report = hcc2l.roc(cohort(tmp_path, records), criterion="maxstat", marker="afp", by="arm")
    assert {r["group"] for r in report.table("maxstat").rows} == {"a"}
    assert note(report, "group-skipped").startswith("Groups not analysed: b.")


def test_a_group_in_which_a_marker_is_constant_is_excluded(tmp_path: Path) -> None:
    records = patients(60, arm=lambda i: "abc"[i % 3])
    records = [r | {"albumin": 40 if r["arm"] == "b" else r["albumin"]} for r in records]
    path = cohort(tmp_path, records)
    report = hcc2l.roc(path, outcome="pd", marker=["afp", "albumin"], by="arm")
    assert {r["group"] for r in report.table("markers").rows} == {"a", "c"}
    assert note(report, "group-skipped").startswith("Groups not analysed: b.")


def test_a_group_without_events_has_no_cutpoint_and_is_excluded(tmp_path: Path) -> None:
    records = patients(60, arm=lambda i: "ab"[i % 2])
    records = [r | {"death": 0 if r["arm"] == "a" else r["death"]} for r in records]
    report = hcc2l.roc(cohort(tmp_path, records), criterion="maxstat", marker="afp", by="arm")
    assert {r["group"] for r in report.table("maxstat").rows} == {"b"}
    assert "events and an admissible cut-point" in note(report, "group-skipped")


@pytest.mark.parametrize(
    "lacking", [{"os_months": 11.0}, {"os_months": 12.5, "death": 1}], ids=["controls", "cases"]
)
def test_a_group_without_cases_or_controls_at_the_time_is_excluded(
    lacking: dict[str, float], tmp_path: Path
) -> None:
    records = patients(60, arm=lambda i: "ab"[i % 2])
    records = [r | lacking if r["arm"] == "a" else r for r in records]
    report = hcc2l.roc(cohort(tmp_path, records), at=12, boot=0, marker="afp", by="arm")
    assert {r["group"] for r in report.table("markers").rows} == {"b"}
