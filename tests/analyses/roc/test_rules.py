"""The values that a cut-off calls positive, as they are written."""

from __future__ import annotations

from pathlib import Path

import pytest

import hcc2l
from tests.analyses.roc.cohorts import (
    HCC,
    RESISTANCE,
    SECOND_LINE,
    cohort,
    records_of,
    value,
)


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
