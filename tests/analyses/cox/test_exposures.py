"""Exposures that begin later in `cox`: every case as R has it, and what is said of them."""

from __future__ import annotations

from typing import Any

import pytest

import hcc2l
from tests.reference import cases

CASES = cases.ids("exposures")


def options(arguments: dict[str, Any]) -> dict[str, Any]:
    """The options of a case of the reference."""
    dates = arguments.get("dates")
    endpoint = {"time": arguments.get("time"), "event": arguments["event"]}
    begins = arguments.get("exposure_time")
    if dates:
        endpoint |= {"start": dates["start"], "end": [dates["end"]], "unit": arguments["unit"]}
        begins = dates["exposure"]
    factors = {
        name: declared["levels"]
        for name, declared in arguments["variables"].items()
        if "levels" in declared
    }
    terms = [
        f"{name}=={factors[name][1]}" if name in factors else name
        for name in arguments["covariates"]
    ]
    return {**endpoint, "when": f"exposed={begins}", "covariates": ["exposed", *terms],
            "landmark": arguments["landmarks"], "multivariable": True}  # fmt: skip


@pytest.fixture(scope="module", params=CASES)
def analysed(request: pytest.FixtureRequest) -> tuple[dict[str, Any], Any]:
    case = cases.case("exposures", request.param)
    found = hcc2l.cox(cases.FOLDER / case["dataset"], **options(case["arguments"]))
    return case["expected"], found


def row_of(expected: dict[str, Any]) -> dict[str, Any]:
    return next(c for c in expected["coefficients"] if c["variable"] == "exposed")


def test_the_time_dependent_model_is_that_of_r(analysed: Any) -> None:
    expected, report = analysed
    r = expected["time_dependent"]
    terms = report.table("terms").rows
    assert len(terms) == len(r["coefficients"])
    for ours, theirs in zip(terms, r["coefficients"], strict=True):
        for key in ("coef", "hr", "lower", "upper", "p"):
            assert ours[key] == pytest.approx(theirs[key], rel=1e-6)
        assert ours["std_err"] == pytest.approx(theirs["se"], rel=1e-6)
    (model,) = report.table("models").rows
    assert (model["n"], model["events"]) == (expected["n"], expected["events"])
    for ours, theirs in (("lr", "lr"), ("wald", "wald"), ("score", "score")):
        assert model[f"{ours}_statistic"] == pytest.approx(r[theirs]["stat"], rel=1e-6)
    for key in ("loglik_null", "loglik", "aic"):
        assert model[key] == pytest.approx(r[key], rel=1e-6)
    assert model["concordance"] == pytest.approx(r["concordance"]["c"], rel=1e-6)
    assert model["concordance_std_err"] == pytest.approx(r["concordance"]["se"], rel=1e-6)
    tests = report.table("ph_tests").rows
    for ours, theirs in zip(tests, r["zph"]["km"], strict=True):
        assert ours["statistic"] == pytest.approx(theirs["chisq"], rel=1e-6)


def test_naive_landmark_and_time_dependent_analyses_stand_beside_each_other(analysed: Any) -> None:
    expected, report = analysed
    naive, *landmarks, over_time = report.table("exposures").rows
    assert [row["analysis"] for row in report.table("exposures").rows] == [
        "naive", *["landmark"] * len(expected["landmark"]), "time-dependent"
    ]  # fmt: skip
    both = [(naive, expected["naive"]), *zip(landmarks, expected["landmark"], strict=True)]
    for ours, theirs in both:
        assert ours["n"] == theirs["n_rows"]
        assert (ours["exposed"], ours["events"]) == (theirs["exposed"], theirs["events"])
        assert ours["landmark"] == theirs.get("landmark")
        for key in ("hr", "lower", "upper", "p"):
            assert ours[key] == pytest.approx(row_of(theirs)[key], rel=1e-6)
    r = expected["time_dependent"]
    assert over_time["exposed"] == expected["long"]["exposed_rows"]
    for key in ("hr", "lower", "upper", "p"):
        assert over_time[key] == pytest.approx(row_of(r)[key], rel=1e-6)


@pytest.mark.parametrize(
    "case_id",
    [c["id"] for c in cases.load("exposures") if "time_dependent_breslow" in c["expected"]],
)
def test_breslow_ties_are_those_of_r(case_id: str) -> None:
    case = cases.case("exposures", case_id)
    path = cases.FOLDER / case["dataset"]
    report = hcc2l.cox(path, **options(case["arguments"]), ties="breslow")
    r = row_of(case["expected"]["time_dependent_breslow"])
    row = report.table("terms").rows[0]
    assert row["coef"] == pytest.approx(r["coef"], rel=1e-6)
    assert row["std_err"] == pytest.approx(r["se"], rel=1e-6)
