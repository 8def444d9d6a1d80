"""The bootstrap of cut-offs: the seed, the optimism, the interval and what lies within it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hcc2l
from hcc2l.progress import shown_by
from tests.analyses.roc.cohorts import HCC, HCC81, RESISTANCE, cohort, patients, records_of, value
from tests.reports import note, rows_of


def test_the_share_within_is_that_of_the_patients_between_the_limits() -> None:
    report = hcc2l.roc(HCC, **RESISTANCE, marker="afp", boot=60)
    (row,) = report.table("optimism").rows
    values = [float(r["afp"]) for r in records_of(HCC) if r["afp"] and r["primary_resistance"]]
    lower, upper = value(row, "threshold_lower"), value(row, "threshold_upper")
    within = sum(lower <= v <= upper for v in values) / len(values)
    assert row["share_within"] == pytest.approx(within)
    assert lower <= value(row, "threshold") <= upper


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
    (row,) = rows_of(report, "optimism", marker="x0+x1+x2+x3+x4")
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
