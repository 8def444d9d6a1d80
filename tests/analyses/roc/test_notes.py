"""The notes of a ROC analysis: when they are given, and what they say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hcc2l
from tests.analyses.roc.cohorts import (
    HCC,
    HCC81,
    RESISTANCE,
    SECOND_LINE,
    cohort,
    patients,
    records_of,
    value,
)
from tests.reports import codes, note


@pytest.mark.parametrize(
    ("options", "idle"),
    [
        (RESISTANCE | {"time": "os_months"}, "--time"),
        (RESISTANCE | {"event": "death"}, "--event"),
        (RESISTANCE | {"endpoint": "pfs"}, "--endpoint"),
        (RESISTANCE | {"min_prop": 0.2}, "--min-prop"),
        ({"criterion": "maxstat", "direction": "lower"}, "--direction"),
        ({"criterion": "maxstat", "observed": True}, "--observed"),
        ({"criterion": "maxstat", "ci": "clopper-pearson"}, "--ci"),
    ],
)
def test_an_option_without_effect_is_noted(options: dict[str, Any], idle: str) -> None:
    report = hcc2l.roc(SECOND_LINE, marker="afp", **options)
    assert note(report, "option-without-effect").startswith(f"{idle} has no effect here: ")


@pytest.mark.parametrize(
    "options",
    [
        RESISTANCE | {"direction": "lower", "observed": True, "ci": "clopper-pearson"},
        RESISTANCE | {"endpoint": "pfs", "within": 3},
        {"criterion": "maxstat", "min_prop": 0.2, "endpoint": "pfs"},
        {"at": 12, "time": "os_months", "event": "death", "boot": 0},
        {"at": 12, "direction": "lower", "observed": True, "boot": 0},
    ],
)
def test_an_option_with_an_effect_is_not_noted(options: dict[str, Any]) -> None:
    report = hcc2l.roc(SECOND_LINE, marker="afp", **options)
    assert "option-without-effect" not in codes(report)


def test_few_patients_of_a_class_are_noted() -> None:
    report = hcc2l.roc(HCC81, **RESISTANCE, marker="afp")
    assert note(report, "few-in-class").startswith("Only 11 patients with the outcome")
    assert "few-in-class" not in codes(hcc2l.roc(HCC, **RESISTANCE, marker="afp"))


def test_an_area_below_a_half_is_explained_and_not_reversed() -> None:
    report = hcc2l.roc(HCC81, **RESISTANCE, marker=["afp", "albumin"])
    assert value(report.table("markers").rows[1], "auc") < 0.5
    assert "medians of the two classes" in note(report, "auc-below-half")
    forced = hcc2l.roc(HCC, **RESISTANCE, marker="afp", direction="lower")
    assert "--direction lower" in note(forced, "auc-below-half")


def test_a_cutoff_at_the_edge_is_noted(tmp_path: Path) -> None:
    records = [
        r | {"afp": 9000 if i < 2 else 10, "pd": int(i < 2 or i % 2)}
        for i, r in enumerate(patients(60))
    ]
    edge = hcc2l.roc(cohort(tmp_path, records), outcome="pd", marker="afp")
    assert "3.3% of the patients" in note(edge, "cutoff-at-edge")
    assert "cutoff-at-edge" not in codes(hcc2l.roc(HCC, **RESISTANCE, marker="afp"))


def test_cutoffs_that_tie_are_all_given_and_noted(tmp_path: Path) -> None:
    records = [r | {"afp": i // 10, "pd": int(i // 10 in (1, 3))}
               for i, r in enumerate(patients(40))]  # fmt: skip
    report = hcc2l.roc(cohort(tmp_path, records), outcome="pd", marker="afp", direction="higher")
    assert [r["threshold"] for r in report.table("cutoffs").rows] == [0.5, 2.5]
    assert "2 cut-offs" in note(report, "cutoffs-tie")


def test_an_uncertain_cutoff_is_noted(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    noise = rng.normal(size=60).round(3)
    path = cohort(tmp_path, patients(60, noise=lambda i: noise[i]))
    assert "cutoff-uncertain" in codes(hcc2l.roc(path, outcome="pd", marker="noise", boot=200))
    sharp = [r | {"afp": 100 + 800 * r["pd"] + i / 10} for i, r in enumerate(patients(60))]
    path = cohort(tmp_path, sharp)
    report = hcc2l.roc(path, outcome="pd", marker="afp", boot=200)
    assert "cutoff-uncertain" not in codes(report)


def between_clusters(i: int) -> tuple[float, int]:
    """Two clusters of a marker, and four patients between them who could go either way."""
    if i in (10, 20, 30, 40):
        return 300 + 10 * i, i // 10 % 2
    return (1000 + i if i % 2 else i + 1), i % 2


def skewed_noise(i: int) -> tuple[float, int]:
    """A marker unrelated to the outcome, with one value far above all others."""
    return (1e6 if i == 59 else i + 1), i % 2


def plain_noise(i: int) -> tuple[float, int]:
    """A marker unrelated to the outcome, evenly spread."""
    return i + 1, i % 2


@pytest.mark.parametrize(
    ("values", "patients_named", "range_named"),
    [(between_clusters, False, True), (skewed_noise, True, False), (plain_noise, True, True)],
)
def test_an_uncertain_cutoff_is_noted_with_the_share_that_is_large(
    tmp_path: Path,
    values: Callable[[int], tuple[float, int]],
    patients_named: bool,
    range_named: bool,
) -> None:
    marked = [values(i) for i in range(60)]
    records = [
        r | {"afp": afp, "pd": pd} for r, (afp, pd) in zip(patients(60), marked, strict=True)
    ]
    report = hcc2l.roc(cohort(tmp_path, records), outcome="pd", marker="afp", boot=200)
    (row,) = report.table("optimism").rows
    afps = [afp for afp, _ in marked]
    width = value(row, "threshold_upper") - value(row, "threshold_lower")
    of_range = width / (max(afps) - min(afps))
    share = value(row, "share_within")
    assert (share >= 0.5, of_range >= 0.5) == (patients_named, range_named)
    text = note(report, "cutoff-uncertain")
    assert (f"{share * 100:.0f}% of the patients" in text) == patients_named
    assert (f"{of_range * 100:.0f}% of the observed range" in text) == range_named
    assert ("% of the patients" in text, "% of the observed range" in text) == (
        patients_named,
        range_named,
    )


def test_optimism_is_noted_until_it_is_estimated() -> None:
    assert "optimistic" in codes(hcc2l.roc(HCC, **RESISTANCE, marker="afp"))
    assert "optimistic" not in codes(hcc2l.roc(HCC, **RESISTANCE, marker="afp", boot=50))


@pytest.mark.parametrize(
    ("column", "stray", "text"),
    [("albumin", 3.9, "looks like g/dL"), ("afp", 0.3, "fits no known unit")],
)
def test_mixed_units_are_noted(column: str, stray: float, text: str, tmp_path: Path) -> None:
    records = patients(60)
    records[5][column] = stray
    report = hcc2l.roc(cohort(tmp_path, records), outcome="pd", marker=column)
    assert text in note(report, "mixed-units")
    assert "Check whether two units were used" in note(report, "mixed-units")


@pytest.mark.parametrize(
    ("column", "unit", "text"),
    [("albumin", "g/dL", "the values look like g/L"), ("afp", "kU/L", "1.21 ng/mL")],
)
def test_an_impossible_unit_is_noted(column: str, unit: str, text: str, tmp_path: Path) -> None:
    dictionary = f'[columns.{column}]\nunit = "{unit}"\n'
    report = hcc2l.roc(cohort(tmp_path, patients(60), dictionary), outcome="pd", marker=column)
    assert text in note(report, "units")


@pytest.mark.parametrize(("column", "unit"), [("afp", "\u00b5g/L"), ("afp", "\u03bcg/L")])
def test_a_unit_that_is_the_same_is_not_noted(column: str, unit: str, tmp_path: Path) -> None:
    path = cohort(tmp_path, patients(60), f'[columns.{column}]\nunit = "{unit}"\n')
    assert "units" not in codes(hcc2l.roc(path, outcome="pd", marker=column))


def test_zeros_are_noted_and_not_refused(tmp_path: Path) -> None:
    records = patients(60)
    records[3] |= {"afp": 0, "albumin": 0}
    report = hcc2l.roc(cohort(tmp_path, records), outcome="pd", marker=["afp", "pni"])
    assert {n.text.partition(":")[0] for n in report.notes if n.code == "zeros"} == {
        "AFP", "Albumin",
    }  # fmt: skip
    assert "mixed-units" not in codes(report)


def test_a_marker_known_only_later_is_noted() -> None:
    report = hcc2l.roc(SECOND_LINE, **RESISTANCE, marker="afp_week8")
    assert note(report, "immortal-time").startswith("AFP at week 8")


def test_a_perfect_marker_is_noted(tmp_path: Path) -> None:
    records = [r | {"afp": 100 + 800 * r["pd"] + i / 10} for i, r in enumerate(patients(40))]
    report = hcc2l.roc(cohort(tmp_path, records), outcome="pd", marker="afp")
    assert "completely" in note(report, "perfect-separation")
    two = [{"y": 1, "m": 5}, {"y": 0, "m": 3}]
    report = hcc2l.roc(cohort(tmp_path, two), outcome="y", marker="m")
    assert "reference" not in str(hcc2l.render_report(report, "table"))
    assert "1.000 (NE–NE)" in str(hcc2l.render_report(report, "table"))
    assert "Only 1 patient with" in note(report, "few-in-class")


def test_patients_censored_before_the_time_are_not_negatives() -> None:
    report = hcc2l.roc(SECOND_LINE, at=12, marker="alt", boot=0)
    early = sum(
        1 for r in records_of(SECOND_LINE)
        if r["alt"] and r["death"] == "0" and float(r["os_months"]) <= 12
    )  # fmt: skip
    assert note(report, "censored-before").startswith(f"{early} of ")


def test_detection_limits_at_a_cutoff_are_counted_among_the_analysed_patients(
    tmp_path: Path,
) -> None:
    records = patients(60)
    for i in (3, 7, 11):
        records[i]["afp"] = "<20"
    records[11]["pd"] = ""
    path = cohort(tmp_path, records)
    report = hcc2l.roc(path, outcome="pd", marker="afp", at_cut="afp=20")
    assert note(report, "limit-at-cut") == (
        "AFP: 2 cells are <20, which is read as 20 and is therefore positive at the cut-off 20. "
        "Use a cut-off slightly above 20."
    )
    others = hcc2l.roc(path, outcome="pd", marker="afp", at_cut="afp=20", where="afp!=20")
    assert "limit-at-cut" not in codes(others)


@pytest.mark.parametrize(
    ("cell", "direction", "cut", "noted"),
    [
        ("<20", "higher", 20, True),
        ("<20", "higher", 21, False),
        ("<=20", "higher", 20, False),  # 20 itself may be meant
        (">20", "higher", 20, False),
        (">900000", "lower", 900000, True),
        ("<20", "lower", 20, False),
    ],
)
def test_a_detection_limit_is_noted_where_it_lies_on_the_wrong_side(
    cell: str, direction: str, cut: float, noted: bool, tmp_path: Path
) -> None:
    records = patients(60)
    records[3]["afp"] = cell
    report = hcc2l.roc(cohort(tmp_path, records), outcome="pd", marker="afp", direction=direction,
                       at_cut=f"afp={cut}")  # fmt: skip
    assert ("limit-at-cut" in codes(report)) == noted


SPELLINGS = {"yes": 1, "Yes": 1, "no": 0, "NO": 0}


@pytest.mark.parametrize(
    "options",
    [
        {"outcome": "pd"},
        {"outcome": "pd", "within": 3},
        {"outcome": "pd", "criterion": "maxstat"},
        {"at": 12, "boot": 0},
    ],
)
def test_words_of_an_outcome_may_differ_in_capitals(
    options: dict[str, Any], tmp_path: Path
) -> None:
    spelled = [list(SPELLINGS)[i % 4] for i in range(60)]
    records = [r | {"pd": spelled[i], "death": spelled[i - 1]} for i, r in enumerate(patients(60))]
    report = hcc2l.roc(cohort(tmp_path, records), marker="afp", **options)
    assert "similar-levels" not in codes(report)


def test_spellings_of_a_value_that_was_given_are_noted(tmp_path: Path) -> None:
    records = [r | {"response": ["PD", "pd", "SD"][i % 3]} for i, r in enumerate(patients(60))]
    report = hcc2l.roc(cohort(tmp_path, records), outcome="response=PD", marker="afp")
    assert note(report, "similar-levels").startswith("response: 'PD' (20) and 'pd' (20) differ")


def test_markers_of_different_patients_are_noted_with_their_numbers() -> None:
    report = hcc2l.roc(SECOND_LINE, **RESISTANCE, available_cases=True)
    assert "(AFP 105, ALT 106, PNI 101)" in note(report, "different-patients")
    assert "must not be compared" in note(report, "different-patients")
    assert "different-patients" not in codes(hcc2l.roc(SECOND_LINE, **RESISTANCE))


def test_few_patients_of_a_class_are_noted_for_the_marker_that_has_few(tmp_path: Path) -> None:
    records = patients(80, pd=lambda i: i % 2)
    records = [row | {"albumin": row["albumin"] if i < 30 else ""} for i, row in enumerate(records)]
    report = hcc2l.roc(cohort(tmp_path, records), outcome="pd", marker=["afp", "albumin"],
                       available_cases=True)  # fmt: skip
    assert note(report, "few-in-class").startswith(
        "Only 15 patients with the outcome have a value of albumin, fewer than 20"
    )
