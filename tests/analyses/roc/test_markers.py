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


def test_a_single_marker_uses_every_patient_with_a_value() -> None:
    alone = hcc2l.roc(SECOND_LINE, **RESISTANCE, marker="afp").provenance.analysed
    together = hcc2l.roc(SECOND_LINE, **RESISTANCE, marker=["afp", "alt"]).provenance.analysed
    assert alone > together
