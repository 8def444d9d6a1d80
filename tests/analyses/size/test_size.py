"""`hcc2l size` as a user relies on it: R's numbers through the options, sentences, bad input."""

from __future__ import annotations

from typing import Any

import pytest

import hcc2l
from hcc2l.errors import UsageError
from tests.conftest import Run
from tests.reference import cases
from tests.reports import codes, rows_of
from tests.schema import validate

RENAMED = {"mean_followup": "follow_up", "timepoint": "horizon", "allocation": "share"}
HCC: dict[str, Any] = {"parameters": 8, "c": 0.7, "rate": 0.06, "follow_up": 11, "horizon": 12}


def of_kind(kind: str) -> list[Any]:
    found = [case for case in cases.load("size") if case["arguments"]["kind"] == kind]
    return [pytest.param(case["arguments"], case["expected"], id=case["id"]) for case in found]


def options(arguments: dict[str, Any]) -> dict[str, Any]:
    """A case of R as options; 15% of the largest R² is what is taken without --c and --r2."""
    assert arguments.get("r2_fraction", 0.15) == 0.15
    left_out = ("kind", "outcome", "r2_fraction")
    given = {RENAMED.get(k, k): v for k, v in arguments.items() if k not in left_out}
    if arguments.get("outcome") == "binary" and "events" in given:
        given["prevalence"] = given.pop("events") / given["n"]
    return given


def same(found: Any, expected: Any) -> None:
    assert found == {
        k: pytest.approx(v, rel=1e-8) if isinstance(v, float) else v for k, v in expected.items()
    }


@pytest.mark.parametrize(("arguments", "expected"), of_kind("riley"))
def test_a_model_needs_the_patients_that_r_says(arguments: Any, expected: Any) -> None:
    report = hcc2l.size(**options(arguments))
    (size,), criteria = rows_of(report, "size"), rows_of(report, "criteria")
    keys = {"n": "n", "events": "events", "events_per_parameter": "epp", "r2": "r2",
            "max_r2": "max_r2", "nagelkerke_r2": "nagelkerke_r2"}  # fmt: skip
    same({k: size[k] for k in keys}, {k: expected[r] for k, r in keys.items()})
    assert [c["n"] for c in criteria] == [expected["n1"], expected["n2"], expected["n3"]]
    exact = [expected["n1_exact"], expected["n2_exact"], expected["n3_exact"]]
    assert [c["exact"] for c in criteria] == pytest.approx(exact, rel=1e-8)
    shrinkage = [arguments.get("shrinkage", 0.9), expected["shrinkage_criterion2"]]
    assert [c["shrinkage"] for c in criteria[:2]] == pytest.approx(shrinkage, rel=1e-8)
    if "risk" in expected:
        risk = [criteria[2][key] for key in ("estimate", "lower", "upper")]
        assert risk == pytest.approx(list(expected["risk"].values()), rel=1e-8)
    assert size["shrinkage"] >= shrinkage[0] - 1e-9


@pytest.mark.parametrize(("arguments", "expected"), of_kind("inverse"))
def test_patients_carry_the_parameters_that_r_says(arguments: Any, expected: Any) -> None:
    report = hcc2l.size(**options(arguments))
    carried, *given = rows_of(report, "size")
    assert (carried["plan"], carried["parameters"]) == ("carried", expected["parameters"])
    same({"epp": carried["events_per_parameter"]}, {"epp": expected["epp_at_that"]})
    exact = [c["exact"] for c in rows_of(report, "criteria")]
    wanted = [expected["parameters1_exact"], expected["parameters2_exact"]]
    assert exact[:2] == pytest.approx(wanted, rel=1e-8)
    if given:
        assert given[0]["plan"] == "given"
        assert given[0]["shrinkage"] == pytest.approx(expected["expected_shrinkage"], rel=1e-8)
    if expected["margin_of_risk"] is not None:
        risk = rows_of(report, "criteria")[2]
        margin = (risk["upper"] - risk["lower"]) / 2
        assert margin == pytest.approx(expected["margin_of_risk"], rel=1e-8)


@pytest.mark.parametrize(("arguments", "expected"), of_kind("schoenfeld"))
def test_two_groups_need_the_events_that_r_says(arguments: Any, expected: Any) -> None:
    rows = rows_of(hcc2l.size(**options(arguments)), "comparison")
    if "hr_above_1" in expected:
        wanted = [expected["hr_below_1"], expected["hr_above_1"]]
        assert [row["hr"] for row in rows] == pytest.approx(wanted, rel=1e-8)
        return
    (row,) = rows
    known = {"events": "events", "exact": "events_exact", "n": "n", "power": "power"}
    pairs = {key: expected[r] for key, r in known.items() if r in expected}
    same({key: row[key] for key in pairs}, pairs)


@pytest.mark.parametrize("case", cases.load("median_precision"), ids=lambda case: case["id"])
def test_a_median_has_the_limits_that_r_says(case: dict[str, Any]) -> None:
    given = {key: case[key] for key in ("median", "events", "conf_level")}
    (row,) = rows_of(hcc2l.size(**given), "precision")
    assert (row["lower"], row["upper"]) == pytest.approx((case["lower"], case["upper"]), rel=1e-8)
    factor = case["upper"] / case["median"]
    (row,) = rows_of(hcc2l.size(**{**given, "events": None}, factor=factor), "precision")
    assert row["events"] == case["events"]
    assert row["exact"] == pytest.approx(case["events"])


def test_a_plan_is_json_of_the_published_schema_without_a_cohort(run: Run) -> None:
    done = run("size", "--hr", "0.7", "--power", "0.8", "--json")
    validate(done.json)
    assert (done.json["cohort"], done.json["analysed"]) == (None, None)
    assert done.json["tables"]["comparison"][0]["events"] == 247
    assert done.err == ""


def test_a_paragraph_says_what_was_assumed_and_what_decided() -> None:
    text = hcc2l.size(**HCC).methods
    assert "a C-index of 0.7 (Cox–Snell R² 0.251), an event rate of 0.06 per month" in text
    assert "245 patients for a shrinkage factor of at least 0.9" in text
    assert text.endswith("316 patients with 209 events were therefore required.")


def test_a_paragraph_on_patients_at_hand_says_which_criterion_limits() -> None:
    text = hcc2l.size(n=240, events=170).methods
    assert "240 patients with 170 events suffice for a prediction model with 3 parameters" in text
    assert text.endswith("the limit is set by a shrinkage factor of at least 0.9.")
    text = hcc2l.size(n=400, rate=0.03, follow_up=5, r2=0.45).methods
    assert text.endswith("the limit is set by an optimism of at most 0.05 in Nagelkerke's R².")


def test_an_r2_that_was_not_given_is_noted() -> None:
    assert "assumed-r2" in codes(hcc2l.size(n=240, events=170))
    assert "assumed-r2" not in codes(hcc2l.size(n=240, events=170, c=0.7))


def test_more_parameters_than_the_patients_carry_are_noted_with_their_shrinkage() -> None:
    report = hcc2l.size(n=240, events=170, parameters=8)
    (text,) = [note.text for note in report.notes if note.code == "too-many-parameters"]
    assert text.startswith("240 patients carry 3 parameters; 8 parameters would be shrunk")
    assert "by a factor of 0.81" in text
    assert "too-many-parameters" not in codes(hcc2l.size(n=240, events=170, parameters=3))
    assert "too-few-patients" in codes(hcc2l.size(n=60, events=35))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "There is nothing to plan"),
        ({"parameters": 8}, "--parameters needs --rate, --prevalence or --n"),
        ({"parameters": 8, "rate": 0.1}, "--rate needs --follow-up"),
        ({"parameters": 8, "rate": 0.1, "follow_up": 9}, "--rate needs --horizon or --n"),
        ({"n": 100}, "--n needs --rate, --prevalence or --events"),
        ({"n": 100, "events": 101}, "more events .101. than patients .100."),
        ({"hr": 0.7}, "--hr needs --power or --events"),
        ({"hr": 1.0, "power": 0.8}, "No number of events detects"),
        ({"hr": 0.7, "power": 0.05}, "A power of 0.05 is not above the significance level, 0.05"),
        ({"hr": 0.7, "power": 0.8, "events": 90}, "--events cannot be combined"),
        ({"hr": 0.7, "power": 0.8, "median": 9}, "plan different studies"),
        ({"median": 9.0}, "--median needs --events or --factor"),
        ({"events": 9}, "There is nothing to plan"),
        ({**HCC, "r2": 0.2}, "both say how well"),
        ({**HCC, "c": 0.5}, "0.5 is out of range"),
        ({**HCC, "c": 1.0}, "1 is out of range"),
        ({**HCC, "c": 0.5 + 1e-7}, "no better than chance"),
        ({**HCC, "c": 0.501, "rate": 1e-7}, "More than a billion|no better than chance"),
        ({**HCC, "c": None, "r2": 0.85}, "it has to be below 0.85"),
        ({**HCC, "rate": 0.3}, "makes 3.3 events for each patient"),
        ({**HCC, "rate": 1e9, "follow_up": 1e9}, "events for each patient"),
        ({**HCC, "rate": 1e-300, "follow_up": 1e-300}, "makes 0.0 events for each patient"),
        ({"parameters": 8, "prevalence": 0.01, "r2": 0.2}, "it has to be below 0.11"),
        ({"hr": 1.00001, "power": 0.8}, "More than a billion events"),
        ({"median": 9, "factor": 1.000001}, "More than a billion events"),
        ({"hr": 0.7, "power": 0.8, "c": 0.7}, "--c needs --parameters or --n"),
    ],
)  # fmt: skip
def test_what_cannot_be_planned_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        hcc2l.size(**given)
    assert caught.value.where
    assert caught.value.hint


def test_a_cohort_is_not_taken(run: Run) -> None:
    done = run("size", "cohort.csv", "--hr", "0.7", "--power", "0.8")
    assert done.status == 2
    assert "unexpected extra argument" in done.err


def test_a_number_just_at_its_criterion_is_not_one_more() -> None:
    """As many patients as are needed carry as many parameters as were planned."""
    for parameters in range(1, 30):
        given = {"prevalence": 0.3, "r2": 0.2}
        n = rows_of(hcc2l.size(parameters=parameters, **given), "criteria")[0]["n"]
        carried = rows_of(hcc2l.size(n=n, **given), "criteria")[0]["parameters"]
        assert carried == parameters
