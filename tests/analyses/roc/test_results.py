"""Groups of a ROC analysis: each as on its own, and those that cannot be analysed."""

from __future__ import annotations

from pathlib import Path

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
