"""Exposures that begin later in `km`: Simon–Makuch curves and the Mantel–Byar test, as R."""

from __future__ import annotations

from typing import Any

import pytest

import hcc2l
from hcc2l.errors import AnalysisError, UsageError
from tests.conftest import Write
from tests.reference import cases
from tests.reference.cases import agrees


def options(arguments: dict[str, Any]) -> dict[str, Any]:
    """The options of a case of the reference."""
    dates = arguments.get("dates")
    endpoint = {"time": arguments.get("time"), "event": arguments["event"]}
    begins = arguments.get("exposure_time")
    if dates:
        endpoint |= {"start": dates["start"], "end": [dates["end"]], "unit": arguments["unit"]}
        begins = dates["exposure"]
    complete = [f"{name} present" for name in arguments["covariates"]]
    return {**endpoint, "when": f"exposed={begins}", "by": "exposed", "where": complete,
            "at": arguments["times"]}  # fmt: skip


@pytest.mark.parametrize("conf_type", ["log", "log-log", "plain"])
@pytest.mark.parametrize("case_id", cases.ids("exposures"))
def test_curves_and_test_are_those_of_r(case_id: str, conf_type: str) -> None:
    case = cases.case("exposures", case_id)
    expected = case["expected"]
    for curves in expected["simon_makuch"]:
        report = hcc2l.km(
            cases.FOLDER / case["dataset"], **options(case["arguments"]), conf_type=conf_type,
            landmark=curves["from"] or None,
        )  # fmt: skip
        groups, quantiles = report.table("groups").rows, report.table("quantiles").rows
        survival = report.table("survival").rows
        for group, r in zip(groups, curves["curves"], strict=True):
            level = r["level"]
            assert (group["group"], group["n"], group["events"]) == (
                level, r["n_rows"], r["events"]
            )  # fmt: skip
            own = [q for q in quantiles if q["group"] == level]
            for q, wanted in zip(own, r["quartiles"][conf_type], strict=True):
                assert q["quantile"] == wanted["p"]
                for key in ("estimate", "lower", "upper"):
                    assert agrees(q[key], wanted[key])
            own = [s for s in survival if s["group"] == level]
            for s, wanted in zip(own, r["survival"], strict=True):
                assert (s["time"], s["n_risk"]) == (wanted["time"], wanted["n_risk"])
                assert agrees(s["estimate"], wanted["surv"])
                assert agrees(s["std_err"], wanted["std_err"])
                for key in ("lower", "upper"):
                    assert agrees(s[key], wanted["ci"][conf_type][key])
        if not curves["from"]:
            (test,) = report.table("tests").rows
            r = expected["mantel_byar"]
            assert (test["test"], test["df"]) == ("mantel-byar", r["df"])
            assert test["statistic"] == pytest.approx(r["chisq"], rel=1e-8)
            assert test["p"] == pytest.approx(r["p"], rel=1e-8)
            person_time = expected["long"]["person_time"]
            for group in groups:
                assert group["person_time"] == pytest.approx(person_time[group["group"]])


TINY = cases.FOLDER / "data" / "tiny_tdc.csv"


def tiny(**more: Any) -> Any:
    given = {"time": "time", "event": "death", "when": "drug=exposed_at", "by": "drug"}
    return hcc2l.km(TINY, **(given | more))


def test_patients_move_between_the_numbers_at_risk() -> None:
    report = tiny()
    figure = report.draw()
    unexposed, exposed = figure.at_risk
    assert (unexposed.n_risk[0], exposed.n_risk[0]) == (20, 3)  # 3 exposed from the start
    assert max(exposed.n_risk) > exposed.n_risk[0]
    assert figure.annotation is not None
    assert figure.annotation.startswith("Mantel–Byar p = ")
    censored = [sum(curve.n_censor) for curve in figure.curves]
    assert censored == [3, 5]  # whoever moves to the other group is not censored


def test_follow_up_belongs_to_patients_and_not_to_groups() -> None:
    table = tiny().table("groups")
    for row in table.rows:
        assert row["follow_up"] is row["observed_median"] is None
    assert "23 patients" in table.footnotes[0]
    plain = hcc2l.km(TINY, time="time", event="death", where="time>0").table("groups").rows[0]
    assert f"reverse Kaplan–Meier: {plain['follow_up']:.2f}" in table.footnotes[0]


def test_a_landmark_begins_the_curves_there() -> None:
    report = tiny(landmark=4)
    assert "from a landmark at 4" in report.title
    before = next(n for n in report.notes if n.code == "exposure-before-start")
    # Without those who were followed to 4 at most: P16, exposed at 1.
    assert "at or before the landmark in 7 patients" in before.text
    assert before.which == "P01, P02, P06, P09, P11, P18, P24"


def test_notes_and_methods_speak_of_the_exposure() -> None:
    report = tiny(methods=True)
    codes = [n.code for n in report.notes]
    assert "exposure-not-causal" in codes
    assert "immortal-time" not in codes
    assert "method of Simon and Makuch" in report.methods
    assert "compared by the Mantel–Byar test" in report.methods
    assert "log-rank" not in report.methods
    assert any(r.startswith("Mantel N, Byar DP.") for r in report.references)


def test_a_hazard_ratio_is_that_of_the_time_dependent_model() -> None:
    (row,) = tiny(hr=True).table("hazard_ratios").rows
    model = hcc2l.cox(TINY, time="time", event="death", when="drug=exposed_at",
                      covariates=["drug"], multivariable=True)  # fmt: skip
    assert row["hr"] == pytest.approx(model.table("terms").rows[0]["hr"], rel=1e-9)


def test_a_stratified_test_is_called_what_it_is() -> None:
    report = tiny(strata="age@60")
    tests = report.table("tests")
    assert [row["test"] for row in tests.rows] == ["mantel-byar", "logrank-stratified"]
    assert tests.columns[0].labels["logrank-stratified"].startswith("Mantel–Byar, stratified by")


@pytest.mark.parametrize(
    ("option", "value"),
    [("tau", 5), ("nph", True), ("pairwise", True), ("trend", True), ("parametric", "weibull"),
     ("weights", "age"), ("competing", "death=0"), ("test", "peto"), ("show", "hazard"),
     ("cumulative_events", True)],
)  # fmt: skip
def test_what_needs_groups_that_do_not_change_is_refused(option: str, value: object) -> None:
    with pytest.raises(UsageError) as error:
        tiny(**{option: value})
    assert f"--{option.replace('_', '-')}" in f"{error.value.where} {error.value.hint}"


def test_an_exposure_that_nobody_gets_is_one_group(write: Write) -> None:
    path = write("none.csv", TINY.read_text().replace("exposed_at", "day"))
    with pytest.raises(AnalysisError, match="in one group, 'unexposed'"):
        hcc2l.km(path, time="time", event="death", when="drug=age", by="drug")


def test_groups_that_are_no_exposure_leave_it_unused() -> None:
    with pytest.raises(UsageError, match="The exposure drug is not used"):
        tiny(by="age@60")
