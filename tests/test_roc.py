"""`hcc2l roc` as a user relies on it: markers, groups, time, bootstrap, notes, tables, figures."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hcc2l
from hcc2l.figures import draw
from hcc2l.figures.roc import draw as draw_roc
from hcc2l.figures.roc import draw_statistics, draw_thresholds
from hcc2l.figures.style import STYLE
from hcc2l.progress import shown_by
from hcc2l.report import Report, Row
from hcc2l.stats import maxstat as selected
from tests.conftest import DATA, Run, Write

HCC, HCC81 = DATA / "hcc424.csv", DATA / "hcc81.csv"
SECOND_LINE = DATA / "second_line" / "cohort.csv"
RESISTANCE: dict[str, Any] = {"outcome": "primary_resistance"}


def rows(report: Report, table: str, **where: Any) -> list[Row]:
    return [r for r in report.table(table).rows if all(r[k] == v for k, v in where.items())]


def records_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def codes(report: Report) -> list[str]:
    return [note.code for note in report.notes]


def note(report: Report, code: str) -> str:
    (text,) = {n.text for n in report.notes if n.code == code}
    return text


def value(row: Row, key: str) -> float:
    found = row[key]
    assert isinstance(found, (int, float)), key
    return float(found)


def cohort(folder: Path, records: list[dict[str, Any]], dictionary: str = "") -> Path:
    """A cohort file with a dictionary beside it."""
    path = folder / "cohort.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(records[0]))
        writer.writeheader()
        writer.writerows(records)
    (folder / "hcc2l.toml").write_text(dictionary)
    return path


def patients(n: int = 60, seed: int = 2, **columns: Callable[[int], Any]) -> list[dict[str, Any]]:
    """Synthetic patients with AFP, albumin, lymphocytes, an outcome and survival."""
    rng = np.random.default_rng(seed)
    found = []
    for i in range(n):
        afp = float(np.round(np.exp(rng.normal(5, 2)), 1))
        time = float(np.round(rng.exponential(14), 1)) + 0.1
        row = {
            "patient_id": f"P{i:03}", "afp": afp, "albumin": round(float(rng.normal(37, 4)), 1),
            "lymphocytes": round(float(np.exp(rng.normal(0.2, 0.3))), 2),
            "pd": int(rng.random() < 0.3 + 0.04 * np.log(afp)), "os_months": time,
            "death": int(rng.random() < 0.7),
        }  # fmt: skip
        found.append(row | {name: make(i) for name, make in columns.items()})
    return found


# ---------------------------------------------------------------- markers


def test_without_a_marker_afp_alt_and_pni_are_evaluated() -> None:
    report = hcc2l.roc(SECOND_LINE, **RESISTANCE)
    assert [r["marker"] for r in report.table("markers").rows] == ["afp", "alt", "pni"]
    asah = hcc2l.roc(SECOND_LINE, **RESISTANCE, marker="alt")
    assert [r["marker"] for r in asah.table("markers").rows] == ["alt"]


def test_pni_is_computed_from_albumin_in_either_unit(tmp_path: Path) -> None:
    records = patients()
    grams = cohort(tmp_path, records)
    report = hcc2l.roc(grams, outcome="pd", marker="pni", curve=True)
    expected = sorted({round(r["albumin"] + 5 * r["lymphocytes"], 9) for r in records})
    found = [value(r, "threshold") for r in report.table("curve").rows if r["threshold"]]
    assert sorted(found) == pytest.approx([(a + b) / 2 for a, b in pairwise(expected)])
    assert "albumin (g/L)" in note(report, "pni-computed")
    decilitre = [r | {"albumin": round(r["albumin"] / 10, 2)} for r in records]
    again = hcc2l.roc(cohort(tmp_path, decilitre), outcome="pd", marker="pni")
    assert "albumin (g/dL)" in note(again, "pni-computed")
    assert again.table("cutoffs").rows[0]["youden"] == report.table("cutoffs").rows[0]["youden"]


def test_a_pni_column_is_used_unchanged(tmp_path: Path) -> None:
    report = hcc2l.roc(cohort(tmp_path, patients(pni=lambda i: 30 + i % 17)), outcome="pd")
    assert [r["marker"] for r in report.table("markers").rows] == ["afp", "pni"]
    assert "pni-computed" not in codes(report)


def test_a_cut_term_is_a_marker_of_two_values() -> None:
    report = hcc2l.roc(HCC, **RESISTANCE, marker="afp@400", curve=True)
    assert len(report.table("curve").rows) == 3
    at_cut = hcc2l.roc(HCC, **RESISTANCE, marker="afp", at_cut="afp=400")
    (given,) = rows(at_cut, "cutoffs", criterion="fixed")
    assert report.table("cutoffs").rows[0]["sensitivity"] == given["sensitivity"]


def test_the_direction_is_given_in_words() -> None:
    report = hcc2l.roc(SECOND_LINE, **RESISTANCE, marker=["afp", "pni"], combine="afp+alt")
    words = report.table("summary").footnotes[0]
    assert "Higher AFP → primary resistance" in words
    assert "Lower PNI → primary resistance" in words
    assert "Higher predicted probability (AFP + ALT) → primary resistance" in words


def test_the_rule_calls_the_same_patients_as_the_threshold() -> None:
    report = hcc2l.roc(HCC, **RESISTANCE, marker=["afp", "albumin"])
    assert [row["rule"] for row in report.table("summary").rows] == ["≥409.95", "≤33.65"]
    records = [r for r in records_of(HCC) if r["afp"] and r["albumin"] and r["primary_resistance"]]
    for row, cut in zip(report.table("summary").rows, report.table("cutoffs").rows, strict=True):
        limit = float(str(row["rule"])[1:])
        values = [float(r[str(row["marker"])]) for r in records]
        called = sum(v >= limit if str(row["rule"])[0] == "≥" else v <= limit for v in values)
        assert called == value(cut, "tp") + value(cut, "fp")


def test_given_cutoffs_stand_below_the_found_one() -> None:
    report = hcc2l.roc(HCC, **RESISTANCE, marker="afp", at_cut=["afp=20/200", "afp=400"])
    found = [(r["criterion"], r["threshold"]) for r in report.table("cutoffs").rows]
    assert found[1:] == [("fixed", 20), ("fixed", 200), ("fixed", 400)]
    headers = [c.header for c in report.table("summary").columns]
    assert "Cut-off by" in headers


def test_the_observed_cutoff_is_shown_on_request() -> None:
    plain, asked = (hcc2l.roc(HCC, **RESISTANCE, marker="afp", observed=o) for o in (False, True))
    assert "Observed" not in [c.header for c in plain.table("summary").columns]
    assert "Observed" in [c.header for c in asked.table("summary").columns]
    assert asked.table("cutoffs").rows[0]["observed"] == 411.6


def test_a_single_marker_uses_every_patient_with_a_value() -> None:
    alone = hcc2l.roc(SECOND_LINE, **RESISTANCE, marker="afp").provenance.analysed
    together = hcc2l.roc(SECOND_LINE, **RESISTANCE, marker=["afp", "alt"]).provenance.analysed
    assert alone > together


# ---------------------------------------------------------------- groups


def test_a_group_is_analysed_as_on_its_own() -> None:
    whole = hcc2l.roc(HCC, **RESISTANCE, marker="afp", by="child_pugh", direction="higher")
    for level in ("A", "B"):
        alone = hcc2l.roc(HCC, **RESISTANCE, marker="afp", direction="higher",
                          where=f"child_pugh=={level}")  # fmt: skip
        for table in ("markers", "cutoffs"):
            (found,) = rows(whole, table, group=level)
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


# ---------------------------------------------------------------- bootstrap


def test_a_seed_gives_the_same_samples_and_another_others() -> None:
    def limits(seed: int) -> tuple[Any, Any]:
        report = hcc2l.roc(HCC, **RESISTANCE, marker="afp", boot=200, seed=seed)
        (row,) = report.table("optimism").rows
        return row["threshold_lower"], row["youden_corrected"]

    assert limits(1) == limits(1)
    assert limits(1) != limits(2)


def test_the_youden_index_of_noise_is_corrected_downwards(tmp_path: Path) -> None:
    rng = np.random.default_rng(9)
    noise = rng.normal(size=80).round(3)
    records = patients(80, noise=lambda i: noise[i])
    report = hcc2l.roc(cohort(tmp_path, records), outcome="pd", marker="noise", boot=400)
    (row,) = report.table("optimism").rows
    assert value(row, "youden_corrected") < 0.6 * value(row, "youden_apparent")
    assert value(row, "youden_oob") < value(row, "youden_apparent")
    assert row["samples"] == 400


def test_a_combination_of_many_markers_is_the_more_optimistic(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    noise = rng.normal(size=(50, 5)).round(3)
    names = {f"x{j}": (lambda i, j=j: noise[i, j]) for j in range(5)}
    path = cohort(tmp_path, patients(50, **names))
    report = hcc2l.roc(path, outcome="pd", marker="x0", combine="x0+x1+x2+x3+x4", boot=60)
    (row,) = rows(report, "optimism", marker="x0+x1+x2+x3+x4")
    assert value(row, "auc_apparent") - value(row, "auc_corrected") > 0.05
    lower, upper = value(row, "threshold_lower"), value(row, "threshold_upper")
    assert 0 < lower <= value(row, "threshold") <= upper < 1  # probabilities
    assert value(row, "youden_corrected") < value(row, "youden_apparent")


def test_the_bootstrap_reports_its_progress() -> None:
    seen = []

    def show(steps: Any, total: int, what: str) -> Any:
        seen.append((total, what))
        return steps

    with shown_by(show):
        hcc2l.roc(HCC81, **RESISTANCE, marker="afp", boot=250)
    assert seen == [(3, "Bootstrap")]


# ---------------------------------------------------------------- time


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


def test_patients_censored_before_the_time_are_not_negatives() -> None:
    report = hcc2l.roc(SECOND_LINE, at=12, marker="alt", boot=0)
    early = sum(
        1 for r in records_of(SECOND_LINE)
        if r["alt"] and r["death"] == "0" and float(r["os_months"]) <= 12
    )  # fmt: skip
    assert note(report, "censored-before").startswith(f"{early} of ")


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
    followed = hcc2l.roc(path, **RESISTANCE, marker="afp", endpoint="pfs", within=3)
    (excluded,) = followed.provenance.excluded
    assert excluded.rows == early
    assert excluded.reason.startswith("censored before 3 months")
    assert "censored-before" not in codes(followed)


def test_maxstat_needs_no_outcome_and_evaluates_its_cutpoint_with_one() -> None:
    alone = hcc2l.roc(SECOND_LINE, criterion="maxstat", marker="afp")
    assert [t.name for t in alone.tables] == ["maxstat"]
    both = hcc2l.roc(SECOND_LINE, criterion="maxstat", marker="afp", outcome="primary_resistance")
    (cut,) = both.table("cutoffs").rows
    cutpoint = value(both.table("maxstat").rows[0], "cutpoint")
    assert cut["criterion"] == "maxstat"
    assert value(cut, "threshold") > cutpoint  # the low group holds the cut-point itself
    high = sum(1 for r in records_of(SECOND_LINE)
               if r["afp"] and r["primary_resistance"] and float(r["afp"]) > cutpoint)  # fmt: skip
    assert value(cut, "tp") + value(cut, "fp") == high


def test_maxstat_has_the_bootstrap_interval_of_its_cutpoint() -> None:
    report = hcc2l.roc(SECOND_LINE, criterion="maxstat", marker=["afp", "alt"], boot=60, seed=3)
    assert [t.name for t in report.tables] == ["maxstat", "optimism"]
    values = {m: sorted(float(r[m]) for r in records_of(SECOND_LINE) if r["afp"] and r["alt"])
              for m in ("afp", "alt")}  # fmt: skip
    for row in report.table("optimism").rows:
        marker = str(row["marker"])
        lower, upper = value(row, "threshold_lower"), value(row, "threshold_upper")
        best = rows(report, "maxstat", marker=marker)[0]
        assert row["threshold"] == best["cutpoint"]
        assert values[marker][0] <= lower <= value(row, "threshold") <= upper < values[marker][-1]
        within = sum(lower <= v <= upper for v in values[marker]) / len(values[marker])
        assert row["share_within"] == pytest.approx(within)
        assert row["samples"] == 60
        assert [row[k] for k in row if k.startswith(("sens", "spec", "youden", "auc"))] == [
            None
        ] * 9
    again = hcc2l.roc(SECOND_LINE, criterion="maxstat", marker=["afp", "alt"], boot=60, seed=3)
    assert again.table("optimism").rows == report.table("optimism").rows
    other = hcc2l.roc(SECOND_LINE, criterion="maxstat", marker=["afp", "alt"], boot=60, seed=4)
    assert other.table("optimism").rows != report.table("optimism").rows
    assert "60 bootstrap samples, seed 3" in " ".join(report.provenance.footer)


def test_the_interval_of_a_cutpoint_is_that_of_cutpoints_in_samples() -> None:
    """Drawn one by one, with the same seed."""
    report = hcc2l.roc(SECOND_LINE, criterion="maxstat", marker="afp", boot=40, seed=2)
    records = [r for r in records_of(SECOND_LINE) if r["afp"]]
    afp, time = (np.array([float(r[k]) for r in records]) for k in ("afp", "os_months"))
    event = np.array([r["death"] == "1" for r in records])
    rng, cutpoints = np.random.default_rng(2), []
    for _ in range(40):
        drawn = rng.integers(0, afp.size, afp.size)
        scores = selected.logrank_scores(time[drawn], event[drawn])
        best = selected.maxstat(afp[drawn], scores, 0.1, 0.9)
        assert best is not None
        cutpoints.append(best.cutpoint)
    (row,) = report.table("optimism").rows
    limits = [row["threshold_lower"], row["threshold_upper"]]
    assert limits == pytest.approx(np.quantile(cutpoints, [0.025, 0.975]).tolist())


@pytest.mark.parametrize("more", [{}, {"at": 12}, RESISTANCE])
def test_the_optimism_of_a_maxstat_cutpoint_is_noted(more: dict[str, Any]) -> None:
    plain = hcc2l.roc(SECOND_LINE, criterion="maxstat", marker="afp", **more | {"boot": 0})
    assert "an effect estimated at it, such as a hazard ratio, is optimistic" in note(
        plain, "optimistic"
    )
    assert "--boot 1000" in note(plain, "optimistic")
    assert "cutoff-uncertain" not in codes(plain)
    assert "optimism" not in [t.name for t in plain.tables]
    booted = hcc2l.roc(SECOND_LINE, criterion="maxstat", marker="afp", **more | {"boot": 40})
    assert "--boot" not in note(booted, "optimistic")
    (row,) = booted.table("optimism").rows
    assert f"spans {value(row, 'share_within') * 100:.0f}% of the patients" in note(
        booted, "cutoff-uncertain"
    )


def test_the_share_within_is_that_of_the_patients_between_the_limits() -> None:
    report = hcc2l.roc(HCC, **RESISTANCE, marker="afp", boot=60)
    (row,) = report.table("optimism").rows
    values = [float(r["afp"]) for r in records_of(HCC) if r["afp"] and r["primary_resistance"]]
    lower, upper = value(row, "threshold_lower"), value(row, "threshold_upper")
    within = sum(lower <= v <= upper for v in values) / len(values)
    assert row["share_within"] == pytest.approx(within)
    assert lower <= value(row, "threshold") <= upper


# ---------------------------------------------------------------- notes


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
    (given,) = rows(report, "cutoffs", marker="alt+afp", criterion="fixed")
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
        rules = rows(report, "summary", group=row["group"])
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


# ---------------------------------------------------------------- output


def test_the_contract_of_the_tables_is_kept() -> None:
    report = hcc2l.roc(SECOND_LINE, **RESISTANCE, marker="afp", boot=20, curve=True,
                       criterion="youden", combine="afp+alt", compare=True)  # fmt: skip
    promised = {
        "markers": "marker outcome n positives direction auc std_err lower upper p",
        "cutoffs": "marker criterion threshold youden tp fp tn fn accuracy lr_positive lr_negative"
        + "".join(
            f" {r} {r}_lower {r}_upper" for r in ("sensitivity", "specificity", "ppv", "npv")
        ),
        "comparisons": "marker_a marker_b difference std_err lower upper statistic p",
        "optimism": "marker threshold_lower threshold_upper youden_apparent youden_corrected "
        "auc_corrected",
        "curve": "marker threshold sensitivity specificity",
    }
    assert report.tables[0].name == "markers"
    for name, keys in promised.items():
        assert set(keys.split()) <= set(report.table(name).keys), name
    maxstat = hcc2l.roc(SECOND_LINE, criterion="maxstat").table("maxstat")
    assert {"marker", "cutpoint", "statistic", "p", "method"} <= set(maxstat.keys)


def test_json_holds_no_infinity(run: Run) -> None:
    outcome = run("roc", HCC, "--outcome", "primary_resistance", "--marker", "afp", "--curve",
                  "--json", "--quiet")  # fmt: skip
    text = json.dumps(outcome.json)
    assert "Infinity" not in text
    assert "NaN" not in text
    curve = outcome.json["tables"]["curve"]
    assert curve[0]["threshold"] is None
    assert curve[0]["sensitivity"] == 1


SENTENCES: dict[str, tuple[dict[str, Any], str]] = {
    "PNI": ({"marker": "pni"}, "albumin (g/L) + 5 × lymphocytes"),
    "DeLong": ({}, "with DeLong 95% confidence intervals"),
    "direction": ({}, "direction of each marker was determined by its medians"),
    "given direction": ({"direction": "lower"}, "Lower values were taken to indicate primary"),
    "groups": ({"by": "child_pugh"}, "stratified by Child-Pugh class (A and B)"),
    "window": ({"endpoint": "ttp", "within": 3}, "censored before 3 months, or whose follow-up"),
    "combination": ({"combine": "afp+alt"}, "AFP and ALT were combined by logistic regression"),
    "partial": ({"partial": "specificity=0.8"}, "specificity of 0.8 or higher was calculated"),
    "youden": ({}, "chosen to maximise the Youden index"),
    "topleft": ({"criterion": "topleft"}, "closest to the top-left corner"),
    "given": ({"at_cut": "afp=20,400"}, "also evaluated (AFP: 20 and 400)"),
    "wilson": ({}, "with Wilson 95% confidence intervals"),
    "exact": ({"ci": "clopper-pearson"}, "exact (Clopper–Pearson) 95% confidence intervals"),
    "bootstrap": ({"boot": 20, "seed": 5}, "estimated from 20 bootstrap samples (seed 5), in each"),
    "refitted": ({"boot": 20, "combine": "afp+alt"}, "and the logistic models were refitted"),
    "comparison": ({"compare": True, "marker": ["afp", "alt"]},
                   "compared between markers by DeLong's test for paired curves."),
    "of groups": ({"compare": True, "by": "child_pugh"},
                  "compared between groups by DeLong's test for unpaired curves."),
    "Holm": ({"compare": True, "combine": "afp+alt"}, "adjusted by the method of Holm"),
    "two-sided": ({}, "p-values are two-sided"),
    "weights": ({"outcome": None, "at": 12, "boot": 0}, "weighted by the inverse probability"),
    "percentile": ({"outcome": None, "at": 12, "boot": 20},
                   "intervals were obtained from 20 bootstrap samples (seed 1)"),
    "same samples": ({"outcome": None, "at": 12, "boot": 20}, "from the same bootstrap samples"),
    "paired bootstrap": ({"outcome": None, "at": 12, "boot": 20, "compare": True,
                          "marker": ["afp", "alt"]}, "by the paired bootstrap"),
    "maxstat": ({"outcome": None, "criterion": "maxstat"},
                "for overall survival were selected by the maximally selected log-rank statistic"),
    "its p": ({"outcome": None, "criterion": "maxstat"}, "method of Hothorn and Lausen"),
    "its interval": ({"outcome": None, "criterion": "maxstat", "boot": 20, "seed": 6},
                     "of the cut-points were obtained from 20 bootstrap samples (seed 6)"),
}  # fmt: skip
ALSO = {  # sentences that an analysis has beside the one that it is listed for
    "PNI": "DeLong direction youden wilson two-sided",
    "topleft": "DeLong direction wilson two-sided",
    "given direction": "DeLong youden wilson two-sided",
    "exact": "DeLong direction youden two-sided",
    "refitted": "DeLong direction youden wilson two-sided combination",
    "Holm": "DeLong direction youden wilson two-sided combination",
    "of groups": "DeLong direction youden wilson two-sided groups",
    "weights": "direction youden",
    "percentile": "weights direction youden same-samples two-sided",
    "same samples": "weights direction youden percentile two-sided",
    "paired bootstrap": "weights direction youden percentile same-samples two-sided",
    "maxstat": "its-p two-sided",
    "its p": "maxstat two-sided",
    "its interval": "maxstat its-p two-sided",
}


@pytest.mark.parametrize("name", SENTENCES)
def test_methods_say_what_was_done_and_nothing_else(name: str) -> None:
    options, _ = SENTENCES[name]
    report = hcc2l.roc(SECOND_LINE, **RESISTANCE | {"marker": "afp"} | options)
    also = ALSO.get(name, "DeLong direction youden wilson two-sided").split()
    expected = {name, *(word.replace("-", " ") if word != "two-sided" else word for word in also)}
    said = {other for other, (_, text) in SENTENCES.items() if text in report.methods}
    assert said == expected
    assert "synthetic" in report.methods
    assert "  " not in report.methods


def test_methods_cite_what_was_used() -> None:
    report = hcc2l.roc(SECOND_LINE, **RESISTANCE, marker="pni", partial="specificity=0.8")
    assert [r.partition(" ")[0] for r in report.references] == [
        "Onodera", "DeLong", "McClish", "Youden", "Wilson",
    ]  # fmt: skip
    timed = hcc2l.roc(SECOND_LINE, at=12, marker="afp", boot=0)
    assert [r.partition(" ")[0] for r in timed.references] == ["Uno", "Youden"]
    large = hcc2l.roc(HCC, criterion="maxstat", marker="afp", time="os_months", event="death")
    assert "Lausen, Sauerbrei and Schumacher" in large.methods
    assert [r.partition(" ")[0] for r in large.references] == ["Lausen"]


def test_latex_needs_no_unusual_characters() -> None:
    report = hcc2l.roc(SECOND_LINE, **RESISTANCE, compare=True, boot=20, methods=True)
    text = hcc2l.render_report(report, "tex")
    assert isinstance(text, str)
    lines = [line for line in text.splitlines() if not line.startswith("%")]
    assert [line for line in lines if not line.isascii()] == []


def test_markers_and_combinations_take_commas(run: Run) -> None:
    outcome = run(
        "roc", HCC, "--outcome", "primary_resistance", "--marker", "afp,alt", "--combine",
        "afp+alt", "--at-cut", "afp=20,400", "--json", "--quiet",
    )  # fmt: skip
    assert [r["marker"] for r in outcome.json["tables"]["markers"]] == ["afp", "alt", "afp+alt"]


FIGURES: list[tuple[dict[str, Any], Any, int]] = [
    (RESISTANCE | {"marker": ["afp"]}, draw_roc, 1),
    (RESISTANCE | {"marker": ["afp", "alt", "albumin"], "combine": "afp+alt"}, draw_roc, 1),
    (RESISTANCE | {"marker": ["afp", "alt"], "by": "child_pugh"}, draw_roc, 1),
    (RESISTANCE | {"marker": ["afp", "alt"], "which": "thresholds"}, draw_thresholds, 2),
    (RESISTANCE | {"marker": ["afp"], "by": "bclc", "which": "thresholds"}, draw_thresholds, 2),
    ({"criterion": "maxstat", "marker": ["afp", "albumin", "alt"]}, draw_statistics, 3),
]  # fmt: skip


@pytest.mark.parametrize(("options", "drawer", "panels"), FIGURES)
def test_figures_show_every_curve_and_cutoff(
    options: dict[str, Any], drawer: Any, panels: int
) -> None:
    report = hcc2l.roc(HCC, **options)
    assert report.draw is not None
    figure = report.draw()
    picture = drawer(figure)
    assert len(picture.axes) == panels
    texts = [t.get_text() for axes in picture.axes for t in axes.texts]
    texts += [t.get_text() for legend in picture.legends for t in legend.get_texts()]
    written = "\n".join(texts)
    if "criterion" not in options:
        for row in report.table("summary").rows:
            assert str(row["rule"]) in written
    else:
        assert f"{report.table('maxstat').rows[0]['cutpoint']:.7g}" in written
    assert draw(figure, "svg") == draw(report.draw(), "svg")


def test_the_roc_figure_is_square_with_the_line_of_chance_and_the_areas() -> None:
    report = hcc2l.roc(HCC, **RESISTANCE, marker=["afp", "alt"])
    assert report.draw is not None
    picture = draw_roc(report.draw())
    (axes,) = picture.axes
    assert axes.get_xlim() == axes.get_ylim()
    box = axes.get_position()
    width = box.width * picture.get_figwidth()
    assert width == pytest.approx(box.height * picture.get_figheight())
    assert any(list(line.get_xdata()) == [0, 1] == list(line.get_ydata()) for line in axes.lines)
    labels = [t.get_text() for t in picture.legends[0].get_texts()]
    for row, label in zip(report.table("markers").rows, labels, strict=True):
        assert f"AUC {value(row, 'auc'):.3f} (95% CI {value(row, 'lower'):.3f}–" in label


def test_afp_has_a_logarithmic_axis_and_albumin_its_own() -> None:
    report = hcc2l.roc(HCC, **RESISTANCE, marker=["afp", "albumin"], which="thresholds")
    assert report.draw is not None
    scales = [axes.get_xscale() for axes in draw_thresholds(report.draw()).axes]
    assert scales == ["log", "linear"]


@pytest.mark.parametrize("direction", ["higher", "lower"])
def test_the_thresholds_figure_reads_what_the_table_says(direction: str, tmp_path: Path) -> None:
    """Also between observed values far apart, at them, and beyond both ends."""
    records = [r | {"afp": 10 ** (i * 7 % 5)} for i, r in enumerate(patients(60))]
    path = cohort(tmp_path, records)
    cuts = [0.99, 1, 5, 10, 100, 120, 999, 10000, 10500]
    report = hcc2l.roc(path, outcome="pd", marker="afp", direction=direction, which="thresholds",
                       at_cut="afp=" + ",".join(map(str, cuts)))  # fmt: skip
    assert report.draw is not None
    (axes,) = draw_thresholds(report.draw()).axes
    given = rows(report, "cutoffs", criterion="fixed")
    for line, name in zip(axes.lines[:2], ("sensitivity", "specificity"), strict=True):
        x, y = np.asarray(line.get_xdata()), np.asarray(line.get_ydata())
        assert line.get_drawstyle() == ("steps-pre" if direction == "higher" else "steps-post")
        assert x[0] < 1 < 10000 < x[-1]
        assert {y[0], y[-1]} == {0, 1}
        for cut, row in zip(cuts, given, strict=True):
            place = (np.searchsorted(x, cut) if direction == "higher"
                     else np.searchsorted(x, cut, side="right") - 1)  # fmt: skip
            assert y[place] == row[name], (name, cut)


def test_a_single_zero_keeps_the_logarithmic_axis(tmp_path: Path) -> None:
    records = patients(60)
    records[0]["afp"] = 0
    path = cohort(tmp_path, records)
    report = hcc2l.roc(path, outcome="pd", marker="afp", which="thresholds")
    assert report.draw is not None
    (axes,) = draw_thresholds(report.draw()).axes
    assert axes.get_xscale() == "symlog"
    assert axes.get_xticks()[0] == 0


def test_long_names_are_complete_and_break_before_the_area(tmp_path: Path) -> None:
    name = "marker of a very long name, measured at week 0 in a central laboratory (ng/mL)"
    records = [r | {f"{name} {j}": r["afp"] * (j + i % 3) for j in range(1, 10)}
               for i, r in enumerate(patients(40))]  # fmt: skip
    from matplotlib import rc_context

    path = cohort(tmp_path, [{k.replace(",", ""): v for k, v in r.items()} for r in records])
    markers = [f"{name} {j}".replace(",", "") for j in range(1, 10)]
    for which, drawer in (("roc", draw_roc), ("thresholds", draw_thresholds)):
        report = hcc2l.roc(path, outcome="pd", marker=markers, which=which)
        assert report.draw is not None
        with rc_context(STYLE):
            picture = drawer(report.draw())
            picture.draw_without_rendering()
        if which == "roc":
            curves = [line for line in picture.axes[0].lines if len(line.get_xdata()) > 2]
            looks = {(line.get_color(), str(line._unscaled_dash_pattern)) for line in curves}
            assert len(looks) == 9
            lines = "\n".join(t.get_text() for t in picture.legends[0].get_texts()).split("\n")
            assert sum("AUC" in line for line in lines) == 9
            assert all(line.startswith("AUC") and line.endswith(")") for line in lines
                       if "AUC" in line)  # fmt: skip
        else:
            for axes in picture.axes:
                box = axes.xaxis.label.get_window_extent()
                assert box.y0 >= 0
                assert box.x1 <= picture.bbox.x1


def test_a_plain_analysis_imports_nothing_heavy(write: Write, tmp_path: Path) -> None:
    from tests.cli.test_cli import modules_after

    write("unused.csv", "")
    loaded = modules_after(
        ["roc", str(HCC), "--outcome", "primary_resistance", "--boot", "20"], tmp_path
    )
    heavy = {"scipy", "pandas", "matplotlib", "sklearn", "sksurv", "pyarrow", "lifelines"}
    assert loaded.isdisjoint(heavy)
