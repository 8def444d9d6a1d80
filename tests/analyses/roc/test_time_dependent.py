"""Time-dependent ROC curves: weights against censoring, and intervals by bootstrap."""

from __future__ import annotations

from pathlib import Path

import pytest

import hcc2l
from tests.analyses.roc.cohorts import SECOND_LINE, cohort, patients, value
from tests.reports import codes, rows_of


def test_without_censoring_a_time_dependent_curve_is_the_plain_one(tmp_path: Path) -> None:
    records = [r | {"death": 1} for r in patients(60)]
    records = [r | {"early": int(r["os_months"] <= 12)} for r in records]
    path = cohort(tmp_path, records)
    timed = hcc2l.roc(path, at=12, marker="afp", boot=0, curve=True)
    plain = hcc2l.roc(path, outcome="early", marker="afp", curve=True)
    for key in ("auc", "positives", "n", "direction"):
        assert timed.table("markers").rows[0][key] == pytest.approx(
            plain.table("markers").rows[0][key]
        )
    assert timed.table("curve").rows == plain.table("curve").rows
    assert "no-interval" in codes(timed)
    assert timed.table("markers").rows[0]["lower"] is None


def test_a_time_dependent_area_has_its_interval_from_the_bootstrap() -> None:
    report = hcc2l.roc(SECOND_LINE, at=12, marker="afp", boot=200)
    (row,) = report.table("markers").rows
    assert value(row, "lower") < value(row, "auc") < value(row, "upper")
    assert row["outcome"] == "death by 12 months"
    (cut,) = report.table("cutoffs").rows
    assert value(cut, "sensitivity_lower") <= value(cut, "sensitivity")
    assert value(cut, "tp") + value(cut, "fn") > value(row, "positives") - 1
    assert report.provenance.settings["boot"] == 200
    assert hcc2l.roc(SECOND_LINE, at=12, marker="afp").provenance.settings["boot"] == 1000


def test_a_rate_of_0_or_100_percent_has_no_limits() -> None:
    report = hcc2l.roc(SECOND_LINE, at=12, marker="afp", boot=20, at_cut="afp=0,1e9")
    everyone, nobody = rows_of(report, "cutoffs", criterion="fixed")
    for row, rates in ((everyone, (1, 0)), (nobody, (0, 1))):
        assert (row["sensitivity"], row["specificity"]) == rates
        for name in ("sensitivity", "specificity", "ppv", "npv", "accuracy"):
            assert (row[f"{name}_lower"], row[f"{name}_upper"]) == (None, None)


def test_patients_in_neither_class_do_not_decide_the_direction(tmp_path: Path) -> None:
    """As controls, those censored early would turn it around with their low values."""
    records = patients(60)
    for i, row in enumerate(records):
        case, early = i % 3 == 0, i % 3 == 1
        row |= {"os_months": 6 if case or early else 20, "death": int(case)}
        row["afp"] = {0: 40, 1: 10, 2: 50}[i % 3] + i / 100
    report = hcc2l.roc(cohort(tmp_path, records), at=12, marker="afp", boot=0)
    assert report.table("markers").rows[0]["direction"] == "lower"
    assert report.table("markers").rows[0]["auc"] == pytest.approx(1)
