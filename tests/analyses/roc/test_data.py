"""The data of a ROC analysis: outcome, window, words, and the direction of the markers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import hcc2l
from hcc2l.errors import AnalysisError
from tests.analyses.roc.cohorts import RESISTANCE, cohort, patients
from tests.reports import codes, note, rows_of


def test_an_outcome_known_later_excludes_patients_lost_before(tmp_path: Path) -> None:
    records = patients(60, primary_resistance=lambda i: i % 2)
    dictionary = "".join(f'[columns.{c}]\nlabel = "{c}"\n' for c in ("afp", "primary_resistance"))
    for i, row in enumerate(records):
        row |= {"pfs_months": 2.0 if i % 4 == 0 else 6.0, "progression": int(i % 8 != 0)}
    path = cohort(tmp_path, records, dictionary)
    warned = hcc2l.roc(path, **RESISTANCE, marker="afp")
    early = sum(1 for i in range(60) if i % 4 == 0 and i % 8 == 0)
    assert note(warned, "censored-before").startswith(f"{early} patients without")
    assert "--endpoint pfs --within 3" in note(warned, "censored-before")
    in_weeks = hcc2l.roc(path, **RESISTANCE, marker="afp", time_unit="weeks")
    assert "censored-before" not in codes(in_weeks)  # three months are not --within 3
    followed = hcc2l.roc(path, **RESISTANCE, marker="afp", endpoint="pfs", within=3)
    (excluded,) = followed.provenance.excluded
    assert excluded.rows == early
    assert excluded.reason.startswith("censored before 3 months")
    assert "censored-before" not in codes(followed)


def test_patients_with_unknown_follow_up_are_not_negatives(tmp_path: Path) -> None:
    records = patients(40, resistance=lambda i: i % 2)
    for i, row in enumerate(records):
        row |= {"ttp_months": 9.0, "progression": 0}
        row |= {0: {"ttp_months": ""}, 2: {"progression": "", "ttp_months": 1},
                4: {"progression": "", "ttp_months": 5}, 6: {"progression": 1, "ttp_months": 2},
                1: {"ttp_months": ""}}.get(i, {})  # fmt: skip
    report = hcc2l.roc(cohort(tmp_path, records), outcome="resistance", marker="afp", within=3,
                       endpoint="ttp")  # fmt: skip
    (excluded,) = report.provenance.excluded
    assert excluded.reason == "follow-up unknown, without resistance"
    assert excluded.which == ("P000", "P002")
    assert note(report, "outcome-contradicts").startswith("1 patient without resistance had")


def test_the_command_line_overrides_the_dictionary(tmp_path: Path) -> None:
    path = cohort(tmp_path, patients(60), "[roc]\nat = 12\nboot = 20\n")
    report = hcc2l.roc(path, outcome="pd", marker="afp")
    assert report.table("markers").rows[0]["outcome"] == "pd"
    path = cohort(tmp_path, patients(60), '[roc]\noutcome = "pd"\nwithin = 3\n')
    report = hcc2l.roc(path, at=12, marker="afp", boot=20)
    assert report.table("markers").rows[0]["outcome"] == "death by 12 months"


@pytest.mark.parametrize(("ja", "label"), [("ja", "Ansprechen"), ("1", "Tumor Response")])
def test_a_declared_label_of_the_outcome_keeps_its_capitals(
    ja: str, label: str, tmp_path: Path
) -> None:
    records = [r | {"pd": ja if r["pd"] else "nein"} for r in patients(60)]
    path = cohort(tmp_path, records, f'[columns.pd]\nlabel = "{label}"\n')
    report = hcc2l.roc(path, outcome=f"pd={ja}", marker="afp")
    assert report.table("summary").title.startswith(f"Markers of {label}: ")


def test_every_group_has_the_direction_of_all_patients(tmp_path: Path) -> None:
    records = patients(80, arm=lambda i: "ab"[i % 2])
    for row in records:
        if row["arm"] == "b":
            row["afp"] = 5000 - row["afp"] if row["afp"] < 4000 else 20
    report = hcc2l.roc(cohort(tmp_path, records), outcome="pd", marker="afp", by="arm")
    assert len({row["direction"] for row in report.table("markers").rows}) == 1


def test_a_marker_known_in_no_patient_is_refused(tmp_path: Path) -> None:
    records = [row | {"albumin": "" if row["pd"] != "" else 40} for row in patients(60)]
    records += [row | {"patient_id": f"Q{i}", "pd": ""} for i, row in enumerate(patients(3))]
    with pytest.raises(AnalysisError, match="Albumin is known in no patients"):
        hcc2l.roc(cohort(tmp_path, records), outcome="pd", marker=["afp", "albumin"],
                  available_cases=True)  # fmt: skip


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"outcome": "pd"}, "None of the 20 patients with albumin have the outcome pd"),
        ({"at": 12}, "No patient with albumin was followed beyond 12 months; .* is 3"),
        ({"at": 1}, "No patient with albumin had the event by 1 months"),
    ],
)
def test_a_marker_whose_patients_are_of_one_class_is_named(
    options: dict[str, Any], message: str, tmp_path: Path
) -> None:
    records = patients(60)
    for i, row in enumerate(records):
        row |= {"os_months": 30, "death": 1} if i % 2 else {"os_months": 0.5, "death": 1}
        if i < 20:
            row |= {"pd": 0, "os_months": 3 - i / 20}
        else:
            row["albumin"] = ""
    with pytest.raises(AnalysisError, match=message):
        hcc2l.roc(cohort(tmp_path, records), marker=["afp", "albumin"], available_cases=True,
                  **options)  # fmt: skip


def test_the_direction_is_that_of_the_markers_own_patients(tmp_path: Path) -> None:
    records = patients(160, marker=lambda i: 1 + i % 40)
    for i, row in enumerate(records):
        row |= {"pd": int(row["marker"] > 25)} if i < 40 else {
            "pd": int(row["marker"] <= 15), "afp": "",
        }  # fmt: skip
    report = hcc2l.roc(cohort(tmp_path, records), outcome="pd", marker=["afp", "marker"],
                       available_cases=True)  # fmt: skip
    complete = hcc2l.roc(cohort(tmp_path, records), outcome="pd", marker=["afp", "marker"])
    (own,) = rows_of(report, "markers", marker="marker")
    (common,) = rows_of(complete, "markers", marker="marker")
    assert (own["direction"], common["direction"]) == ("lower", "higher")
