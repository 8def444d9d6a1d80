"""Every frozen case of R's coxph, through the whole of `hcc2l.cox`."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

import hcc2l
from hcc2l.report import Report
from tests.analyses.cox.cohorts import cox
from tests.conftest import DATA
from tests.reference import cases
from tests.reports import rows_of

ITERATED = 1e-6


def kind(name: str) -> list[str]:
    return [c["id"] for c in cases.load("cox") if c["arguments"]["kind"] == name]


FITS = [i for i in kind("fit") if not i.startswith("separation")]


def analyse(case: dict[str, Any], folder: Path, **more: Any) -> Report:
    arguments = case["arguments"]
    lines = []
    for column, declared in arguments["variables"].items():
        if declared["type"] == "factor":
            lines += [f'[columns."{column}"]', f"levels = {json.dumps(declared['levels'])}"]
    config = folder / "hcc2l.toml"
    config.write_text("\n".join(lines))
    cohort = hcc2l.read_cohort(cases.FOLDER / case["dataset"], config=config)
    options: dict[str, Any] = {
        "time": arguments["time"],
        "event": f"{arguments['event']}={arguments['event_value']}",
        "covariates": arguments.get("covariates", []),
        "where": [
            f"{c} in {','.join(map(str, v))}" for c, v in (arguments.get("filter") or {}).items()
        ],
    }
    for name in ("ties", "strata", "cluster", "weights", "robust"):
        if arguments.get(name):
            options[name] = arguments[name]
    return hcc2l.cox(cohort, **(options | more))


def check_terms(rows: list[Any], expected: list[Any]) -> None:
    assert len(rows) == len(expected)
    names = {"coef": "coef", "std_err": "se", "robust_std_err": "robust_se", "hr": "hr",
             "lower": "lower", "upper": "upper", "statistic": "z"}  # fmt: skip
    for row, wanted in zip(rows, expected, strict=True):
        assert (row["term"], row["level"], row["reference"]) == (
            wanted["variable"], wanted["level"], wanted["reference"]
        )  # fmt: skip
        for key, r_key in names.items():
            if r_key in wanted:
                assert cases.agrees(row[key], wanted[r_key], ITERATED), (row["term"], key)
        assert cases.agrees(row["p"], wanted["p"], 1e-5)


def check_model(row: Any, expected: dict[str, Any]) -> None:
    assert (row["n"], row["events"]) == (expected["n"], expected["events"])
    assert cases.agrees(row["loglik_null"], expected["loglik_null"])
    assert cases.agrees(row["loglik"], expected["loglik"])
    assert cases.agrees(row["aic"], expected["aic"])
    for name in ("lr", "wald", "score"):
        assert cases.agrees(row[f"{name}_statistic"], expected[name]["stat"], ITERATED)
        assert row[f"{name}_df"] == expected[name]["df"]
        assert cases.agrees(row[f"{name}_p"], expected[name]["p"], 1e-5)
    assert cases.agrees(row["concordance"], expected["concordance"]["c"])
    assert cases.agrees(row["concordance_std_err"], expected["concordance"]["se"], ITERATED)


@pytest.mark.parametrize("case_id", FITS)
def test_a_fit_agrees_with_r(case_id: str, tmp_path: Path) -> None:
    case = cases.case("cox", case_id)
    report = analyse(case, tmp_path, multivariable=True)
    check_terms(rows_of(report, "terms"), case["expected"]["coefficients"])
    (model,) = report.table("models").rows
    check_model(model, case["expected"])


@pytest.mark.parametrize("transform", ["km", "identity", "rank"])
@pytest.mark.parametrize("case_id", [i for i in FITS if "zph" in cases.case("cox", i)["expected"]])
def test_the_test_of_proportional_hazards_agrees_with_cox_zph(
    case_id: str, transform: str, tmp_path: Path
) -> None:
    case = cases.case("cox", case_id)
    report = analyse(case, tmp_path, multivariable=True, ph_transform=transform)
    for row, expected in zip(
        report.table("ph_tests").rows, case["expected"]["zph"][transform], strict=True
    ):
        assert (row["term"], row["df"]) == (expected["term"], expected["df"])
        assert cases.agrees(row["statistic"], expected["chisq"], ITERATED)
        assert cases.agrees(row["p"], expected["p"], 1e-5)


@pytest.mark.parametrize("number", range(32))
def test_with_weights_the_test_of_proportional_hazards_agrees_with_cox_zph(number: int) -> None:
    """R leaves the Kaplan–Meier curve of the time scale unweighted (r/zph_weights.R)."""
    case = cases.load("zph_weights")[number]
    with (DATA / "gbsg2.csv").open(newline="") as file:
        cohort = [r | {"half": str(int(r["pnodes"]) / 2)} for r in csv.DictReader(file)]
    report = cox(cohort, time="time", event="cens=1", covariates=["horTh", "age"],
                 weights=case["weights"], strata=case["strata"], ties=case["ties"],
                 ph_transform=case["scale"], multivariable=True)  # fmt: skip
    tests = report.table("ph_tests").rows
    assert [r["term"] for r in tests] == case["terms"]
    for row, statistic, p in zip(tests, case["statistic"], case["p"], strict=True):
        assert cases.agrees(row["statistic"], statistic, ITERATED)
        assert cases.agrees(row["p"], p, 1e-5)


@pytest.mark.parametrize("case_id", kind("univariable_multivariable"))
def test_selection_by_univariable_p_agrees_with_r(case_id: str, tmp_path: Path) -> None:
    case = cases.case("cox", case_id)
    report = analyse(case, tmp_path, select=case["arguments"]["p_enter"])
    for expected in case["expected"]["univariable"]:
        found = rows_of(report, "terms", model=expected["variable"])
        check_terms(found, expected["coefficients"])
        assert found[0]["n"] == expected["n"]
    entered = [r["term"] for r in rows_of(report, "selection", action="entered")]
    assert entered == case["expected"]["selected"]
    final = case["expected"]["multivariable"]
    check_terms(rows_of(report, "terms", kind="multivariable"), final["coefficients"])
    check_model(rows_of(report, "models", kind="multivariable")[0], final)


@pytest.mark.parametrize("case_id", kind("stepwise"))
def test_backward_elimination_agrees_with_r(case_id: str, tmp_path: Path) -> None:
    case = cases.case("cox", case_id)
    arguments = case["arguments"]
    method = arguments["method"].removeprefix("backward_")
    report = analyse(case, tmp_path, multivariable=True, stepwise=method,
                     stay=arguments.get("p_stay", 0.05))  # fmt: skip
    steps = report.table("selection").rows if case["expected"]["steps"] else ()
    assert [r["term"] for r in steps] == [s["removed"] for s in case["expected"]["steps"]]
    for row, expected in zip(steps, case["expected"]["steps"], strict=True):
        if method == "aic":
            assert cases.agrees(row["aic"], expected["aic_after"])
        else:
            assert cases.agrees(row["p"], expected["p"], ITERATED)
    final = case["expected"]["final"]
    check_terms(rows_of(report, "terms"), final["coefficients"])
    check_model(report.table("models").rows[0], final)


@pytest.mark.parametrize("case_id", kind("subgroup"))
def test_subgroups_and_interactions_agree_with_r(case_id: str, tmp_path: Path) -> None:
    case = cases.case("cox", case_id)
    arguments = case["arguments"]
    report = analyse(
        case, tmp_path, subgroups=arguments["treatment"], within=arguments["subgroups"]
    )
    check_terms(
        rows_of(report, "terms", subgroup="all"), case["expected"]["overall"]["coefficients"]
    )
    for expected in case["expected"]["subgroups"]:
        (test,) = rows_of(report, "interactions", term_b=expected["subgroup"])
        assert cases.agrees(test["statistic"], expected["interaction_lr"]["stat"], ITERATED)
        assert test["df"] == expected["interaction_lr"]["df"]
        for level in expected["levels"]:
            name = f"{expected['subgroup']}={level['level']}"
            found = rows_of(report, "terms", subgroup=name)
            check_terms(found, level["coefficients"])
            assert (found[0]["n"], found[0]["events"]) == (level["n"], level["events"])


@pytest.mark.parametrize("case_id", [i for i in kind("fit") if i.startswith("separation")])
def test_a_hazard_ratio_that_does_not_exist_is_null_and_noted(case_id: str, tmp_path: Path) -> None:
    case = cases.case("cox", case_id)
    report = analyse(case, tmp_path, multivariable=True)
    (model,) = report.table("models").rows
    assert cases.agrees(model["loglik"], case["expected"]["loglik"], ITERATED)
    assert "coefficient-infinite" in [note.code for note in report.notes]
    separated, *others = report.table("terms").rows
    for key in ("coef", "std_err", "hr", "lower", "upper", "statistic", "p"):
        assert separated[key] is None
    check_terms(others, case["expected"]["coefficients"][1:])
