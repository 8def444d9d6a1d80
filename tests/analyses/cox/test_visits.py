"""Covariates measured at visits: as `tmerge(tdc)` and `coxph` have them, and wrong files."""

from __future__ import annotations

from typing import Any

import pytest

import hcc2l
from tests.conftest import Write
from tests.reference import cases

HCC = cases.FOLDER / "data" / "hcc424t.csv"
VISITS = str(cases.FOLDER / "data" / "hcc_visits.csv")
R = cases.load("visits")
ENDPOINT = {"time": "os_months", "event": "death", "multivariable": True}


def agrees(report: Any, expected: dict[str, Any]) -> None:
    rows = report.table("terms").rows
    assert [row["coef"] for row in rows] == pytest.approx(expected["coef"], rel=1e-6)
    assert [row["std_err"] for row in rows] == pytest.approx(expected["se"], rel=1e-6)
    (model,) = report.table("models").rows
    assert (model["n"], model["events"]) == (expected["n"], expected["events"])
    assert model["loglik"] == pytest.approx(expected["loglik"], rel=1e-6)
    assert report.provenance.analysed == expected["n"]


def without_afp(write: Write) -> Any:
    lines = [line.split(",") for line in HCC.read_text().splitlines()]
    at = lines[0].index("afp")
    return write("cohort.csv", "\n".join(",".join(c[:at] + c[at + 1 :]) for c in lines))


def test_values_of_the_visits_alone_are_those_of_r(write: Write) -> None:
    report = hcc2l.cox(
        without_afp(write), visits=VISITS, covariates=["afp@log2", "age", "treatment"], **ENDPOINT
    )
    agrees(report, R["visits_only"])


def test_the_value_of_the_cohort_holds_until_the_first_visit() -> None:
    agrees(
        hcc2l.cox(HCC, visits=VISITS, covariates=["afp@log2", "age"], **ENDPOINT),
        R["with_baseline"],
    )


def test_groups_change_at_visits_beside_an_exposure(write: Write) -> None:
    config = write("hcc2l.toml", '[columns.albi_grade]\ntype = "factor"\n')
    cohort = hcc2l.read_cohort(HCC, config=config)
    report = hcc2l.cox(
        cohort, visits=VISITS, when="progressed=prog_time",
        covariates=["progressed", "albi_grade", "age"], **ENDPOINT,
    )  # fmt: skip
    agrees(report, R["grade_and_progression"])
