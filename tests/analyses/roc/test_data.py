"""`hcc2l roc` as a user relies on it: markers, groups, time, bootstrap, notes, tables, figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hcc2l
from hcc2l.stats import maxstat as selected
from tests.analyses.roc.cohorts import (
    HCC,
    RESISTANCE,
    SECOND_LINE,
    cohort,
    patients,
    records_of,
    value,
)
from tests.reports import codes, note, rows_of


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
    in_weeks = hcc2l.roc(path, **RESISTANCE, marker="afp", time_unit="weeks")
    assert "censored-before" not in codes(in_weeks)  # three months are not --within 3
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
        best = rows_of(report, "maxstat", marker=marker)[0]
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
