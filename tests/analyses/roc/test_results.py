"""Groups and markers of a ROC analysis: each as on its own, and those that cannot be analysed."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hcc2l
from tests.analyses.roc.cohorts import (
    HCC,
    RESISTANCE,
    SECOND_LINE,
    cohort,
    patients,
    with_gaps,
)
from tests.reports import codes, note, rows_of


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


MARKERS = ("afp", "albumin", "lymphocytes@1.2")
OF_MARKERS = ("markers", "cutoffs", "summary", "partial", "optimism", "curve", "maxstat",
              "statistics")  # fmt: skip


@settings(max_examples=25)
@given(
    seed=st.integers(0, 10_000),
    options=st.sampled_from([
        {"outcome": "pd", "boot": 20, "partial": "specificity=0.8"},
        {"outcome": "pd", "criterion": "topleft"},
        {"outcome": "pd", "within": 3},
        {"outcome": "pd", "criterion": "maxstat", "boot": 5},
        {"at": 12.0, "boot": 20},
        {"criterion": "maxstat"},
    ]),
    by=st.sampled_from([None, "arm"]),
)  # fmt: skip
def test_with_available_cases_a_marker_is_evaluated_as_on_its_own(
    seed: int, options: dict[str, Any], by: str | None
) -> None:
    records = patients(100, seed=seed, arm=lambda i: "ab"[i % 2])
    records = with_gaps(records, seed, "afp", "albumin", "lymphocytes", "pd", "os_months")
    with TemporaryDirectory() as folder:
        path = cohort(Path(folder), records)
        whole = hcc2l.roc(path, marker=MARKERS, available_cases=True, by=by, curve=True, **options)
        for marker in MARKERS:
            alone = hcc2l.roc(path, marker=marker, by=by, curve=True, **options)
            for table in (t.name for t in alone.tables if t.name in OF_MARKERS):
                assert rows_of(whole, table, marker=marker) == list(alone.table(table).rows), table


def test_only_rows_without_outcome_or_any_marker_are_excluded(tmp_path: Path) -> None:
    records = patients(60)
    records[0] |= {"afp": ""}
    records[1] |= {"albumin": ""}
    records[2] |= {"afp": "", "albumin": ""}
    records[3] |= {"pd": ""}
    report = hcc2l.roc(cohort(tmp_path, records), outcome="pd", marker=["afp", "albumin"],
                       available_cases=True)  # fmt: skip
    assert [(e.reason, e.which) for e in report.provenance.excluded] == [
        ("pd missing", ("P003",)), ("afp and albumin missing", ("P002",)),
    ]  # fmt: skip
    assert report.provenance.analysed == 58
    assert [row["n"] for row in report.table("markers").rows] == [57, 57]


def test_with_a_single_marker_available_cases_change_nothing() -> None:
    own, usual = (
        (report.tables, report.notes, report.provenance.excluded)
        for available_cases in (True, False)
        for report in [
            hcc2l.roc(SECOND_LINE, **RESISTANCE, marker="pni", available_cases=available_cases)
        ]
    )
    assert own == usual


def test_available_cases_of_complete_markers_are_the_complete_cases(tmp_path: Path) -> None:
    path = cohort(tmp_path, patients(60))
    options: dict[str, Any] = {"outcome": "pd", "marker": ["afp", "albumin"], "methods": True}
    whole = hcc2l.roc(path, available_cases=True, **options)
    usual = hcc2l.roc(path, **options)
    assert (whole.tables, whole.methods, codes(whole)) == (
        usual.tables, usual.methods, codes(usual)
    )  # fmt: skip


def test_a_marker_of_its_own_patients_is_skipped_in_one_group_alone(tmp_path: Path) -> None:
    records = patients(60, arm=lambda i: "ab"[i % 2])
    for row in records:
        row["albumin"] = row["albumin"] if row["arm"] == "a" else ""
    report = hcc2l.roc(cohort(tmp_path, records), outcome="pd", marker=["afp", "albumin"],
                       by="arm", available_cases=True, methods=True)  # fmt: skip
    assert [(row["group"], row["marker"], row["n"]) for row in report.table("markers").rows] == [
        ("a", "afp", 30), ("a", "albumin", 30), ("b", "afp", 30),
    ]  # fmt: skip
    assert note(report, "group-skipped").startswith("Groups not analysed: Albumin in b.")
    assert "stratified by arm (a and b)" in report.methods
    assert "(AFP, n = 60; albumin, n = 30)" in report.methods
