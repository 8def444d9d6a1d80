"""`km` by a group with imputed values, through the command as R pools it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import hcc2l
from tests.analyses.regression.test_pooled import files_of
from tests.reference import cases
from tests.reports import codes, rows_of


def km_cases() -> list[Any]:
    chosen = [c for c in cases.load("pooling") if c["arguments"]["kind"] == "km"]
    return [pytest.param(case, id=case["id"]) for case in chosen]


@pytest.mark.parametrize("case", km_cases())
def test_curves_medians_and_test_are_pooled_as_in_r(case: dict[str, Any], tmp_path: Path) -> None:
    cohort, imputed = files_of(case, tmp_path)
    arguments, expected = case["arguments"], case["expected"]
    report = hcc2l.km(cohort, time=arguments["time"],
                      event=f"{arguments['event']}={arguments['event_value']}",
                      by=arguments["group"], at=arguments["times"],
                      imputations=str(imputed))  # fmt: skip
    for group in expected["groups"]:
        (row,) = rows_of(report, "groups", group=group["level"])
        for key, name in (("median", "median"), ("lower", "median_lower"),
                          ("upper", "median_upper")):  # fmt: skip
            assert cases.agrees(row[key], group[name]), key
        n = group["n_per_imputation"]
        assert row["n"] == round(sum(n) / len(n))
        for wanted in group["survival"]:
            (row,) = rows_of(report, "survival", group=group["level"], time=wanted["time"][0])
            for key, name in (("estimate", "surv"), ("lower", "lower"), ("upper", "upper")):
                assert cases.agrees(row[key], wanted[name], 1e-6), key
    (test,) = rows_of(report, "tests")
    wanted = expected["logrank_d2"]
    assert [test["statistic"], test["df"], test["p"]] == pytest.approx(
        [wanted["f"], wanted["df1"], wanted["p"]], rel=1e-6
    )


def test_a_cut_of_an_imputed_number_is_made_in_every_set() -> None:
    report = hcc2l.km(by="crp@1", impute=5)
    assert sum(row["n"] for row in rows_of(report, "groups")) == 126
    assert rows_of(report, "imputation")[0]["n_missing"] == 11
    assert report.draw is not None
    report.draw()


def test_a_group_without_gaps_is_analysed_as_ever() -> None:
    report = hcc2l.km(by="child_pugh", impute=5)
    assert "nothing-imputed" in codes(report)
    assert report.table("tests").rows == hcc2l.km(by="child_pugh").table("tests").rows
