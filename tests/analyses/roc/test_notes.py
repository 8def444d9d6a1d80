"""`hcc2l roc` as a user relies on it: markers, groups, time, bootstrap, notes, tables, figures."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hcc2l
from tests.analyses.roc.cohorts import HCC, HCC81, RESISTANCE, SECOND_LINE, cohort, patients, value
from tests.reports import codes, note, rows_of


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


def test_a_combination_that_separates_completely_has_no_model(tmp_path: Path) -> None:
    records = [r | {"alt": 20 + i, "pd": int(i >= 20)} for i, r in enumerate(patients(40))]
    report = hcc2l.roc(cohort(tmp_path, records), outcome="pd", marker="alt", combine="alt+afp",
                       at_cut="alt+afp=0.5")  # fmt: skip
    assert "completely" in note(report, "combination-separates")
    (given,) = rows_of(report, "cutoffs", marker="alt+afp", criterion="fixed")
    assert given["sensitivity"] == 1


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


def test_samples_of_a_group_keep_the_direction_of_all_patients(tmp_path: Path) -> None:
    records = patients(80, arm=lambda i: "ab"[i % 4 == 0])
    for row in records:
        if row["arm"] == "b":
            row["afp"] = 1 / row["afp"]
    report = hcc2l.roc(cohort(tmp_path, records), outcome="pd", marker="afp", by="arm", boot=100)
    for row in report.table("optimism").rows:
        assert row["auc_corrected"] == pytest.approx(row["auc_apparent"], abs=0.05)
        rules = rows_of(report, "summary", group=row["group"])
        assert all(str(r["rule"]).startswith("≥") for r in rules)
    assert "medians of the two classes in all patients" in note(report, "auc-below-half")


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


def test_a_comparison_is_named_with_its_condition() -> None:
    report = hcc2l.roc(HCC, **RESISTANCE, marker=["afp@400", "afp<400"])
    first, second = report.table("summary").rows
    labels = report.table("summary").columns[0].labels
    assert (labels["afp@400"], first["rule"]) == ("AFP ≥400", "yes")
    assert (labels["afp<400"], second["rule"]) == ("AFP <400", "no")
    assert "AFP ≥400: yes → primary resistance" in report.table("summary").footnotes[0]


def test_a_cut_of_three_groups_names_those_that_are_positive() -> None:
    report = hcc2l.roc(HCC, **RESISTANCE, marker="afp@20,400", direction="higher", ref="afp=≥400")
    assert report.table("summary").rows[0]["rule"] == "≥400"
    low = hcc2l.roc(HCC, **RESISTANCE, marker="afp@20,400", direction="lower", criterion="topleft")
    assert low.table("summary").rows[0]["rule"] == "<20 or 20–<400"


def test_a_combination_alone_also_evaluates_its_markers() -> None:
    report = hcc2l.roc(HCC, **RESISTANCE, combine="albumin+afp")
    assert [r["marker"] for r in report.table("markers").rows] == ["albumin", "afp", "albumin+afp"]


def test_a_collinear_marker_has_no_coefficient_and_a_note(tmp_path: Path) -> None:
    records = [r | {"twice": 2 * r["afp"]} for r in patients(40)]
    path = cohort(tmp_path, records)
    report = hcc2l.roc(path, outcome="pd", combine="afp+twice")
    assert report.table("combinations").rows[2]["coef"] is None
    assert "twice is collinear" in note(report, "collinear")


def test_a_perfect_marker_is_noted(tmp_path: Path) -> None:
    records = [r | {"afp": 100 + 800 * r["pd"] + i / 10} for i, r in enumerate(patients(40))]
    report = hcc2l.roc(cohort(tmp_path, records), outcome="pd", marker="afp")
    assert "completely" in note(report, "perfect-separation")
    two = [{"y": 1, "m": 5}, {"y": 0, "m": 3}]
    report = hcc2l.roc(cohort(tmp_path, two), outcome="y", marker="m")
    assert "reference" not in str(hcc2l.render_report(report, "table"))
    assert "1.000 (NE–NE)" in str(hcc2l.render_report(report, "table"))
    assert "Only 1 patient with" in note(report, "few-in-class")


def test_a_partial_area_below_the_diagonal_is_not_corrected() -> None:
    report = hcc2l.roc(HCC, **RESISTANCE, marker="afp", direction="lower",
                       partial="specificity=0.2")  # fmt: skip
    (row,) = report.table("partial").rows
    assert value(row, "partial_auc") > 0
    assert row["partial_auc_corrected"] is None


@pytest.mark.parametrize(
    ("low", "high"), [(1234566, 1234567), (1234.56785, 1234.56786), (1e-9, 1.0000001e-9)]
)
def test_the_printed_rule_splits_as_the_table_does(low: float, high: float, tmp_path: Path) -> None:
    records = [{"y": i % 2, "m": high if i % 2 else low} for i in range(20)]
    (row,) = hcc2l.roc(cohort(tmp_path, records), outcome="y", marker="m").table("summary").rows
    assert low < float(str(row["rule"]).removeprefix("≥").replace("−", "-")) <= high


def test_a_cutoff_of_many_digits_is_written_short() -> None:
    report = hcc2l.roc(HCC, **RESISTANCE, marker="afp", at_cut="afp=1e300")
    assert report.table("summary").rows[-1]["rule"] == "≥1e+300"


def test_a_group_without_a_cutpoint_is_excluded_with_a_note(tmp_path: Path) -> None:
    records = patients(60, arm=lambda i: "ab"[i >= 30])
    for i, row in enumerate(records[30:]):
        row["afp"] = 5 if i else 7
    report = hcc2l.roc(cohort(tmp_path, records), criterion="maxstat", marker="afp", by="arm")
    assert {r["group"] for r in report.table("maxstat").rows} == {"a"}
    assert note(report, "group-skipped").startswith("Groups not analysed: b.")


def test_without_a_bootstrap_no_interval_is_mentioned() -> None:
    report = hcc2l.roc(SECOND_LINE, at=12, marker="afp", boot=0, methods=True)
    for text in (report.methods, *report.provenance.footer, *report.table("summary").footnotes):
        assert "bootstrap" not in text
        assert "percentile" not in text


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


def test_areas_of_groups_are_compared_by_t_with_its_degrees() -> None:
    report = hcc2l.roc(HCC, **RESISTANCE, marker="afp", by="child_pugh", compare=True)
    headers = [c.header for c in report.table("group_comparisons").columns]
    assert headers[headers.index("t") + 1] == "df"
    assert "z" not in headers


def test_time_dependent_areas_of_groups_are_compared_by_z() -> None:
    report = hcc2l.roc(SECOND_LINE, at=12, marker="afp", by="child_pugh", compare=True, boot=30)
    (row,) = report.table("group_comparisons").rows
    assert row["df"] is None
    z = value(row, "difference") / value(row, "std_err")
    assert row["statistic"] == pytest.approx(z)
    assert row["p"] == pytest.approx(math.erfc(abs(z) / math.sqrt(2)))
    first, second = report.table("markers").rows
    assert value(row, "difference") == pytest.approx(value(second, "auc") - value(first, "auc"))
    variance = value(first, "std_err") ** 2 + value(second, "std_err") ** 2
    assert value(row, "std_err") == pytest.approx(math.sqrt(variance))
