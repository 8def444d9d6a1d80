"""ROC curves of a known outcome: combinations of markers, and a class of one patient."""

from __future__ import annotations

from pathlib import Path

import hcc2l
from tests.analyses.roc.cohorts import HCC, RESISTANCE, cohort, patients
from tests.reports import note, rows_of


def test_a_combination_alone_also_evaluates_its_markers() -> None:
    report = hcc2l.roc(HCC, **RESISTANCE, combine="albumin+afp")
    assert [r["marker"] for r in report.table("markers").rows] == ["albumin", "afp", "albumin+afp"]


def test_a_combination_that_separates_completely_has_no_model(tmp_path: Path) -> None:
    records = [r | {"alt": 20 + i, "pd": int(i >= 20)} for i, r in enumerate(patients(40))]
    report = hcc2l.roc(cohort(tmp_path, records), outcome="pd", marker="alt", combine="alt+afp",
                       at_cut="alt+afp=0.5")  # fmt: skip
    assert "completely" in note(report, "combination-separates")
    assert note(report, "perfect-separation").startswith("ALT: ")  # not said of the combination
    (given,) = rows_of(report, "cutoffs", marker="alt+afp", criterion="fixed")
    assert given["sensitivity"] == 1


def test_a_collinear_marker_has_no_coefficient_and_a_note(tmp_path: Path) -> None:
    records = [r | {"twice": 2 * r["afp"]} for r in patients(40)]
    path = cohort(tmp_path, records)
    report = hcc2l.roc(path, outcome="pd", combine="afp+twice")
    assert report.table("combinations").rows[2]["coef"] is None
    assert "twice is collinear" in note(report, "collinear")


def test_a_single_patient_of_a_class_is_noted_and_compared_with_nothing(tmp_path: Path) -> None:
    records = [{"y": int(i > 0), "m": (i * 5) % 7, "k": (i * 3) % 8, "g": "ab"[i % 2]}
               for i in range(12)]  # fmt: skip
    path = cohort(tmp_path, records)
    report = hcc2l.roc(path, outcome="y", marker=["m", "k"], combine="m+k", compare=True,
                       partial="specificity=0.5", methods=True)  # fmt: skip
    assert "no standard error, interval or p" in note(report, "few-in-class")
    for row in report.table("markers").rows:
        assert [row[key] for key in ("std_err", "lower", "upper", "p")] == [None] * 4
    for row in report.table("comparisons").rows:
        tested = ("std_err", "lower", "upper", "statistic", "p", "p_adjusted")
        assert [row[key] for key in tested] == [None] * 6
        assert row["difference"] is not None
    assert "(NE–NE)" in str(hcc2l.render_report(report, "table"))
    for words in ("DeLong", "compared", "p-values"):
        assert words not in report.methods
    assert not any("DeLong" in reference for reference in report.references)
