"""Every frozen case of R's glm(family = binomial), through the whole of `hcc2l.logistic`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import hcc2l
from hcc2l.report import Report
from tests.reference import cases
from tests.reports import rows_of

PROFILE = 1e-6  # R interpolates the profile with a spline, and so do we


def kind(name: str) -> list[str]:
    return [c["id"] for c in cases.load("logistic") if c["arguments"]["kind"] == name]


FITS = [i for i in kind("fit") if i != "separation"]


def analyse(case: dict[str, Any], folder: Path, **more: Any) -> Report:
    arguments = case["arguments"]
    lines = []
    for column, declared in arguments["variables"].items():
        if declared["type"] == "factor":
            lines += [f'[columns."{column}"]', f"levels = {json.dumps(declared['levels'])}"]
    config = folder / "hcc2l.toml"
    config.write_text("\n".join(lines))
    cohort = hcc2l.read_cohort(cases.FOLDER / case["dataset"], config=config)
    outcome = f"{arguments['outcome']}={arguments['positive_value']}"
    return hcc2l.logistic(
        cohort, **({"outcome": outcome, "covariates": arguments["covariates"]} | more)
    )


def check_terms(found: list[Any], expected: list[Any]) -> None:
    slopes = [e for e in expected if e["variable"] != "(Intercept)"]
    assert len(found) == len(slopes)
    names = {"coef": "coef", "std_err": "se", "or": "or", "lower": "lower", "upper": "upper",
             "statistic": "z"}  # fmt: skip
    for row, wanted in zip(found, slopes, strict=True):
        assert (row["term"], row["level"]) == (wanted["variable"], wanted["level"])
        for key, r_key in names.items():
            assert cases.agrees(row[key], wanted[r_key], 1e-6), (row["term"], key)
        assert cases.agrees(row["p"], wanted["p"], 1e-5)


def check_model(row: Any, expected: dict[str, Any]) -> None:
    assert (row["n"], row["events"]) == (expected["n"], expected["events"])
    assert cases.agrees(row["loglik"], expected["loglik"])
    assert cases.agrees(row["aic"], expected["aic"])
    assert cases.agrees(-2 * row["loglik_null"], expected["null_deviance"])
    assert cases.agrees(row["lr_statistic"], expected["lr"]["stat"], 1e-6)
    assert row["lr_df"] == expected["lr"]["df"]
    assert cases.agrees(row["lr_p"], expected["lr"]["p"], 1e-5)


@pytest.mark.parametrize("case_id", FITS)
def test_a_fit_agrees_with_r(case_id: str, tmp_path: Path) -> None:
    case = cases.case("logistic", case_id)
    expected = case["expected"]
    report = analyse(case, tmp_path, multivariable=True)
    check_terms(rows_of(report, "terms"), expected["coefficients"])
    (model,) = report.table("models").rows
    check_model(model, expected)
    assert cases.agrees(model["auc"], expected["c_statistic"])
    hosmer = expected["hosmer_lemeshow"]
    if hosmer["groups"] > 2:
        assert cases.agrees(model["hosmer_lemeshow_statistic"], hosmer["chisq"], 1e-6)
        assert model["hosmer_lemeshow_df"] == hosmer["df"]
    for test in expected.get("lr_by_variable", []):
        (row,) = rows_of(report, "term_tests", term=test["variable"])
        assert cases.agrees(row["statistic"], test["stat"], 1e-6)
        assert row["df"] == test["df"]


@pytest.mark.parametrize("case_id", FITS)
def test_profile_limits_agree_with_r(case_id: str, tmp_path: Path) -> None:
    case = cases.case("logistic", case_id)
    report = analyse(case, tmp_path, multivariable=True, ci="profile")
    slopes = [e for e in case["expected"]["coefficients"] if e["variable"] != "(Intercept)"]
    for row, wanted in zip(report.table("terms").rows, slopes, strict=True):
        assert cases.agrees(row["lower"], wanted["profile_lower"], PROFILE), row["term"]
        assert cases.agrees(row["upper"], wanted["profile_upper"], PROFILE), row["term"]


@pytest.mark.parametrize("case_id", kind("univariable_multivariable"))
def test_selection_by_univariable_p_agrees_with_r(case_id: str, tmp_path: Path) -> None:
    case = cases.case("logistic", case_id)
    report = analyse(case, tmp_path, select=case["arguments"]["p_enter"])
    for expected in case["expected"]["univariable"]:
        check_terms(rows_of(report, "terms", model=expected["variable"]), expected["coefficients"])
    entered = [r["term"] for r in rows_of(report, "selection", action="entered")]
    assert entered == case["expected"]["selected"]
    final = case["expected"]["multivariable"]
    check_terms(rows_of(report, "terms", kind="multivariable"), final["coefficients"])
    check_model(rows_of(report, "models", kind="multivariable")[0], final)


@pytest.mark.parametrize("case_id", kind("stepwise"))
def test_backward_elimination_agrees_with_r(case_id: str, tmp_path: Path) -> None:
    case = cases.case("logistic", case_id)
    arguments = case["arguments"]
    method = arguments["method"].removeprefix("backward_")
    report = analyse(case, tmp_path, multivariable=True, stepwise=method,
                     stay=arguments.get("p_stay", 0.05))  # fmt: skip
    steps = report.table("selection").rows
    assert [r["term"] for r in steps] == [s["removed"] for s in case["expected"]["steps"]]
    for row, expected in zip(steps, case["expected"]["steps"], strict=True):
        if method == "aic":
            assert cases.agrees(row["aic"], expected["aic_after"])
        else:
            assert cases.agrees(row["p"], expected["p"], 1e-6)
    final = case["expected"]["final"]
    check_terms(rows_of(report, "terms"), final["coefficients"])
    check_model(report.table("models").rows[0], final)


def test_a_separated_covariate_is_null_and_noted(tmp_path: Path) -> None:
    case = cases.case("logistic", "separation")
    report = analyse(case, tmp_path, multivariable=True)
    (model,) = report.table("models").rows
    assert cases.agrees(model["loglik"], case["expected"]["loglik"], 1e-6)
    (note,) = [n for n in report.notes if n.code == "coefficient-infinite"]
    assert "marker" in note.text
    separated = report.table("terms").rows[0]
    assert [separated[key] for key in ("coef", "or", "lower", "upper", "p")] == [None] * 5
