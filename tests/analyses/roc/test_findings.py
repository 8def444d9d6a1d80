"""What deserves a remark in a ROC analysis: where each limit lies."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

import hcc2l
from hcc2l.analyses.roc.cutoffs import CutoffInterval
from hcc2l.analyses.roc.findings import Wide
from tests.analyses.roc.cohorts import cohort, patients
from tests.reports import codes, note

LABEL = '[columns.pd]\nlabel = "{}"\n'


def lost_early(unit: str = "months") -> list[dict[str, Any]]:
    """Patients of whom every fourth is lost after 4 months; the others are followed for 9."""
    times = [4.0 if i % 4 == 0 else 9.0 for i in range(60)]
    more = [{f"pfs_{unit}": time, "progression": 0} for time in times]
    return [row | added for row, added in zip(patients(60), more, strict=True)]


def test_the_label_of_an_outcome_may_state_when_it_is_known(tmp_path: Path) -> None:
    records = lost_early()
    path = cohort(tmp_path, records, LABEL.format("Progression within 4.5 months"))
    text = note(hcc2l.roc(path, outcome="pd", marker="afp"), "censored-before")
    lost = sum(row["pfs_months"] == 4 and not row["pd"] for row in records)
    assert text.startswith(f"{lost} patients without pd were censored before 4.5 months (pfs): ")


@pytest.mark.parametrize(
    ("label", "unit"),
    [
        ("Progression within 4 months", "months"),  # lost at 4 months: followed until then
        ("Progression", "months"),
        ("Progression within 4.5 months", "weeks"),
    ],
)
def test_nothing_is_said_where_nobody_is_known_to_be_lost(
    label: str, unit: str, tmp_path: Path
) -> None:
    path = cohort(tmp_path, lost_early(unit), LABEL.format(label))
    assert "censored-before" not in codes(hcc2l.roc(path, outcome="pd", marker="afp"))


def test_a_bad_cell_of_an_endpoint_that_is_not_used_refuses_nothing(tmp_path: Path) -> None:
    records = lost_early()
    records[0]["pfs_months"] = -4.0
    path = cohort(tmp_path, records, LABEL.format("Progression within 4.5 months"))
    assert hcc2l.roc(path, outcome="pd", marker="afp").provenance.analysed == 60


@pytest.mark.parametrize(
    ("share", "of_range", "expected"),
    [(0.5, 0.5, (True, True)), (0.49, 0.51, (False, True)), (0.51, 0.49, (True, False)),
     (math.nan, math.nan, (False, False))],
)  # fmt: skip
def test_an_interval_is_wide_from_half_of_the_patients_or_of_the_range(
    share: float, of_range: float, expected: tuple[bool, bool]
) -> None:
    wide = Wide("AFP", CutoffInterval(20, 10, 30, 0.95, 100, share, of_range))
    assert (wide.of_patients, wide.of_range) == expected


def of_class(positives: int) -> list[dict[str, Any]]:
    return [{"y": int(i < positives), "m": (i * 7) % 31} for i in range(60)]


@pytest.mark.parametrize(("positives", "noted"), [(19, True), (20, False), (40, False), (41, True)])
def test_a_class_of_fewer_than_twenty_patients_is_noted(
    positives: int, noted: bool, tmp_path: Path
) -> None:
    report = hcc2l.roc(cohort(tmp_path, of_class(positives)), outcome="y", marker="m")
    assert ("few-in-class" in codes(report)) == noted
    if noted:
        kind = "with" if positives == 19 else "without"
        assert note(report, "few-in-class").startswith(f"Only 19 patients {kind} the outcome, ")


@pytest.mark.parametrize(("alone", "noted"), [(1, True), (2, False)])
def test_a_cutoff_with_fewer_than_one_in_twenty_on_a_side_is_noted(
    alone: int, noted: bool, tmp_path: Path
) -> None:
    """Of 40 patients, 1 is 2.5% and 2 are exactly 5%."""
    records = [{"y": int(i < alone or i % 2), "m": 900 if i < alone else 5 + (i % 4 > 1)}
               for i in range(40)]  # fmt: skip
    report = hcc2l.roc(cohort(tmp_path, records), outcome="y", marker="m", direction="higher")
    assert report.table("summary").rows[0]["rule"] == "≥453"
    assert ("cutoff-at-edge" in codes(report)) == noted
