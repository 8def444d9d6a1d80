"""Exposures that begin later in `km`: Simon–Makuch curves and the Mantel–Byar test, as R."""

from __future__ import annotations

from typing import Any

import pytest

import hcc2l
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
