"""`hcc2l roc` as a user relies on it: markers, groups, time, bootstrap, notes, tables, figures."""

from __future__ import annotations

from pathlib import Path

import pytest

import hcc2l
from tests.analyses.roc.cohorts import HCC, RESISTANCE, SECOND_LINE, cohort, patients, value
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


def test_every_group_has_the_direction_of_all_patients(tmp_path: Path) -> None:
    records = patients(80, arm=lambda i: "ab"[i % 2])
    for row in records:
        if row["arm"] == "b":
            row["afp"] = 5000 - row["afp"] if row["afp"] < 4000 else 20
    report = hcc2l.roc(cohort(tmp_path, records), outcome="pd", marker="afp", by="arm")
    assert len({row["direction"] for row in report.table("markers").rows}) == 1


def test_a_group_of_one_class_is_excluded_with_a_note(tmp_path: Path) -> None:
    records = patients(60, arm=lambda i: "abc"[i % 3])
    records = [r | {"pd": 0 if r["arm"] == "c" else r["pd"]} for r in records]
    report = hcc2l.roc(cohort(tmp_path, records), outcome="pd", marker="afp", by="arm")
    assert [r["group"] for r in report.table("markers").rows] == ["a", "b"]
    assert note(report, "group-skipped").startswith("Groups not analysed: c.")


def test_comparisons_of_several_pairs_are_adjusted_by_holm() -> None:
    report = hcc2l.roc(SECOND_LINE, **RESISTANCE, compare=True)
    p = sorted(value(r, "p") for r in report.table("comparisons").rows)
    adjusted = sorted(value(r, "p_adjusted") for r in report.table("comparisons").rows)
    assert adjusted[0] == pytest.approx(min(1, 3 * p[0]))
