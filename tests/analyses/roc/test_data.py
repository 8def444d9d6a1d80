"""The data of a ROC analysis: outcome, window, words, and the direction of the markers."""

from __future__ import annotations

from pathlib import Path

import pytest

import hcc2l
from tests.analyses.roc.cohorts import RESISTANCE, cohort, patients
from tests.reports import codes, note


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
