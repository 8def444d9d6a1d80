"""R's values of tables, case by case, through the whole of `hcc2l.table1`."""

from __future__ import annotations

from typing import Any

import pytest

import hcc2l
from hcc2l.report import Report
from tests.reference import cases

CONTINUOUS = cases.of_kind("tables", "continuous")
CATEGORICAL = cases.of_kind("tables", "categorical")
OF_NUMBERS = {
    "student": ("student", "t"),
    "welch": ("welch", "t"),
    "mann-whitney": ("mann_whitney_corrected", "W"),
    "mann-whitney-uncorrected": ("mann_whitney_uncorrected", "W"),
    "anova": ("anova", "f"),
    "welch-anova": ("welch_anova", "f"),
    "kruskal-wallis": ("kruskal_wallis", "chisq"),
}
OF_COUNTS = {
    "chi-square": ("chisq", "chisq"),
    "chi-square-yates": ("chisq_yates", "chisq"),
    "fisher": ("fisher", None),
}


def table1(case: Any, **options: Any) -> Report:
    """The table of a case, its first group the reference."""
    arguments = case["arguments"]
    variable, group = arguments["variable"], arguments["group"]
    reference = arguments["variables"][group]["levels"][0]
    if arguments["kind"] == "continuous":
        options.setdefault("statistic", [f"{variable}=median-iqr"])
    return hcc2l.table1(
        cases.FOLDER / case["dataset"], by=group, covariates=[variable],
        ref=[f"{group}={reference}"], **options,
    )  # fmt: skip


def by_group(report: Report) -> dict[Any, Any]:
    return {(row["group"], row["level"]): row for row in report.table("rows").rows}


@pytest.mark.parametrize("case", CONTINUOUS, ids=cases.name)
@pytest.mark.parametrize("kind", [2, 6, 7])
def test_moments_and_quartiles_of_every_type_are_those_of_r(case: Any, kind: int) -> None:
    rows = by_group(table1(case, quantile_type=kind))
    expected = case["expected"]
    assert len(rows) == len(expected["groups"])
    for group in expected["groups"]:
        found = rows[group["group"], None]
        assert found["denominator"] == group["n"]
        for key in ("mean", "sd", "min", "max"):
            assert cases.agrees(found[key], group[key]), key
        for key in ("q1", "median", "q3"):
            assert cases.agrees(found[key], group[f"type{kind}"][key]), key
    missing = sum(row["missing"] for row in rows.values())
    assert missing == sum(expected["missing_by_group"])


@pytest.mark.parametrize("case", CONTINUOUS, ids=cases.name)
@pytest.mark.parametrize("test", OF_NUMBERS)
def test_tests_of_numbers_are_those_of_r(case: Any, test: str) -> None:
    name, statistic = OF_NUMBERS[test]
    expected = case["expected"]["tests"].get(name)
    if expected is None:  # a test of two groups
        assert len(case["expected"]["groups"]) > 2
        return
    (found,) = table1(case, test=[test]).table("tests").rows
    assert found["test"] == test
    assert cases.agrees(found["statistic"], expected[statistic])
    assert cases.agrees(found["p"], expected["p"])
    assert cases.agrees(found["df"], expected.get("df", expected.get("df1")))


@pytest.mark.parametrize("case", CATEGORICAL, ids=cases.name)
def test_counts_and_percentages_are_those_of_r(case: Any) -> None:
    rows = by_group(table1(case))
    expected = case["expected"]
    for level, counts, percents in zip(
        expected["rows"], expected["counts"], expected["column_percent"], strict=True
    ):
        for group, count, percent in zip(expected["columns"], counts, percents, strict=True):
            assert rows[group, level]["count"] == count
            assert cases.agrees(rows[group, level]["percent"], percent / 100)


@pytest.mark.parametrize("case", CATEGORICAL, ids=cases.name)
@pytest.mark.parametrize("test", OF_COUNTS)
def test_tests_of_counts_are_those_of_r(case: Any, test: str) -> None:
    name, statistic = OF_COUNTS[test]
    expected = case["expected"]["tests"].get(name)
    if expected is None:  # Yates' correction is for two levels in two groups
        return
    (found,) = table1(case, test=[test]).table("tests").rows
    assert found["test"] == test
    assert cases.agrees(found["p"], expected["p"])
    if statistic:
        assert cases.agrees(found["statistic"], expected[statistic])
        assert cases.agrees(found["df"], expected["df"])


@pytest.mark.parametrize("case", [*CONTINUOUS, *CATEGORICAL], ids=cases.name)
def test_standardised_differences_are_those_of_r(case: Any) -> None:
    expected = case["expected"]["tests"].get("smd")
    if expected is None:  # more than two groups
        return
    report = table1(case, smd="pooled")
    (found,) = report.table("tests").rows
    assert cases.agrees(found["smd"], expected["absolute"])
    (row,) = report.table("smd").rows
    assert row["smd"] == found["smd"]
