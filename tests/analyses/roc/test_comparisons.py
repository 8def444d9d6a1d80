"""Differences between areas, of markers and of groups."""

from __future__ import annotations

import math

import pytest

import hcc2l
from tests.analyses.roc.cohorts import HCC, RESISTANCE, SECOND_LINE, value


def test_comparisons_of_several_pairs_are_adjusted_by_holm() -> None:
    report = hcc2l.roc(SECOND_LINE, **RESISTANCE, compare=True)
    p = sorted(value(r, "p") for r in report.table("comparisons").rows)
    adjusted = sorted(value(r, "p_adjusted") for r in report.table("comparisons").rows)
    assert adjusted[0] == pytest.approx(min(1, 3 * p[0]))


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
