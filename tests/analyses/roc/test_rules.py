"""The values that a cut-off calls positive, as they are written."""

from __future__ import annotations

from pathlib import Path

import pytest

import hcc2l
from tests.analyses.roc.cohorts import (
    HCC,
    RESISTANCE,
    cohort,
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
