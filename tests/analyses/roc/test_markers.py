"""`hcc2l roc` as a user relies on it: markers, groups, time, bootstrap, notes, tables, figures."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

import hcc2l
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
    assert "albumin (g/L)" in note(report, "score-computed")
    decilitre = [r | {"albumin": round(r["albumin"] / 10, 2)} for r in records]
    again = hcc2l.roc(cohort(tmp_path, decilitre), outcome="pd", marker="pni")
    assert "albumin (g/dL)" in note(again, "score-computed")
    assert again.table("cutoffs").rows[0]["youden"] == report.table("cutoffs").rows[0]["youden"]


def test_a_pni_column_is_used_unchanged(tmp_path: Path) -> None:
    report = hcc2l.roc(cohort(tmp_path, patients(pni=lambda i: 30 + i % 17)), outcome="pd")
    assert [r["marker"] for r in report.table("markers").rows] == ["afp", "pni"]
    assert "score-computed" not in codes(report)


def test_a_cut_term_is_a_marker_of_two_values() -> None:
    report = hcc2l.roc(HCC, **RESISTANCE, marker="afp@400", curve=True)
    assert len(report.table("curve").rows) == 3
    at_cut = hcc2l.roc(HCC, **RESISTANCE, marker="afp", at_cut="afp=400")
    (given,) = rows_of(at_cut, "cutoffs", criterion="fixed")
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
