"""`table1` in imputed data sets, as R pools means, proportions and tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import hcc2l
from hcc2l.errors import UsageError
from tests.analyses.regression.test_pooled import files_of
from tests.reference import cases
from tests.reports import codes, rows_of


def reported(case: dict[str, Any], folder: Path) -> hcc2l.Report:
    cohort, imputed = files_of(case, folder)
    arguments = case["arguments"]
    names = [name for name in arguments["variables"] if name != arguments["group"]]
    return hcc2l.table1(cohort, by=arguments["group"], covariates=names, total=True, smd="pooled",
                        imputations=str(imputed))  # fmt: skip


@pytest.mark.parametrize("case_id", ["table_hcc160_m10", "table_hcc130_m20"])
def test_means_proportions_and_tests_are_pooled_as_in_r(case_id: str, tmp_path: Path) -> None:
    case = cases.case("pooling", case_id)
    report = reported(case, tmp_path)
    for wanted in case["expected"]["rows"]:
        level = wanted.get("level")
        where = {"variable": wanted["variable"], "level": level, "group": wanted["group"]}
        (row,) = rows_of(report, "pooled", **where)
        estimate = wanted["mean"] if level is None else wanted["proportion"]
        found = [row["estimate"], row["std_err"], row["df"], row["lower"], row["upper"]]
        expected = [estimate, *(wanted[key] for key in ("se", "df", "lower", "upper"))]
        for value, other in zip(found, expected, strict=True):
            assert cases.agrees(value, other, 1e-6), where
        (row,) = rows_of(report, "rows", **where)
        if level is None:
            for key in ("mean", "sd", "median", "q1", "q3"):
                assert row[key] == pytest.approx(wanted[key], rel=1e-8), key
        else:
            assert row["count"] == round(wanted["count"])
            assert row["percent"] == pytest.approx(wanted["proportion"], rel=1e-8)
    for wanted in case["expected"]["tests"]:
        (row,) = rows_of(report, "tests", variable=wanted["variable"])
        pooled = wanted.get("difference") or wanted["chisq_d2"]
        statistic = abs(pooled["statistic"]) if "statistic" in pooled else pooled["f"]
        assert abs(row["statistic"]) == pytest.approx(statistic, rel=1e-6)
        assert row["p"] == pytest.approx(pooled["p"], rel=1e-6)
        means = [abs(value) for value in wanted["smd_per_imputation"]]
        assert row["smd"] == pytest.approx(sum(means) / len(means), rel=1e-6)


def test_no_patient_is_missing_from_an_imputed_table() -> None:
    report = hcc2l.table1(by="second_line", covariates=["age", "crp", "afp@400"], impute=5)
    assert {row["missing"] for row in rows_of(report, "rows")} == {0}
    imputed = [row for row in rows_of(report, "imputation") if row["n_missing"]]
    assert {row["variable"] for row in imputed} == {"afp", "crp"}
    assert "Rubin's rules" in report.methods


def test_a_table_without_gaps_is_the_ordinary_one() -> None:
    report = hcc2l.table1(by="second_line", covariates=["age", "sex"], impute=5)
    plain = hcc2l.table1(by="second_line", covariates=["age", "sex"])
    assert report.table("rows").rows == plain.table("rows").rows
    assert "nothing-imputed" in codes(report)


def test_a_nested_variable_is_refused() -> None:
    with pytest.raises(UsageError, match="cannot be pooled"):
        hcc2l.table1(by="second_line", covariates=["child_pugh/child_pugh_score", "crp"], impute=2)
