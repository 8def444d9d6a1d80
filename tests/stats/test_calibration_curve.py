"""The smooth calibration curve, its limits and its distance from the diagonal, as R has them."""

from __future__ import annotations

import csv
from dataclasses import astuple
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcc2l.stats.calibration_curve import binary_curve, deviations, linked, timed_curve
from tests.reference import cases

PREDICTED = [c for c in cases.of_kind("validation", "survival") if "risks" in c["arguments"]]
BAND = cases.load("calibration_band")
DEVIATIONS = ("ici", "e50", "e90", "emax")


def close(value: Any) -> Any:
    return pytest.approx(value, rel=1e-6)


@pytest.mark.parametrize("case", PREDICTED, ids=cases.name)
def test_curves_of_the_event_by_a_time_are_those_of_r(case: dict[str, Any]) -> None:
    given, rows = case["arguments"], cases.csv_rows(case)
    time = np.array([float(r[given["time"]]) for r in rows])
    event = np.array([r[given["event"]] == "1" for r in rows])
    for column, expected in zip(given["risks"], case["expected"]["scores"], strict=True):
        risk = np.array([float(r[column]) for r in rows])
        for wanted in expected["calibration_rcs"]:
            curve = timed_curve(time, event, risk, given["horizon"], wanted["n_knots"])
            assert curve is not None
            assert curve.knots == close(wanted["knots"])
            assert curve.coef[1:] == close(wanted["coefficients"])
            assert curve.coef[0] == close(np.log(wanted["cumhaz_zero"]))
            assert curve.observed(np.array(wanted["grid"]))[0] == close(wanted["observed"])
            assert astuple(deviations(curve, risk)) == close([wanted[k] for k in DEVIATIONS])


@pytest.mark.parametrize("wanted", BAND)
def test_limits_of_the_curve_are_those_of_r(wanted: dict[str, Any]) -> None:
    with (cases.FOLDER / "data" / wanted["data"]).open(newline="") as file:
        rows = list(csv.DictReader(file))
    event = np.array([r[wanted["event"]] == "1" for r in rows])
    risk = np.array([float(r[wanted["risk"]]) for r in rows])
    if "time" in wanted:
        time = np.array([float(r[wanted["time"]]) for r in rows])
        curve = timed_curve(time, event, risk, wanted["at"], wanted["knots"])
    else:
        curve = binary_curve(event, risk, wanted["knots"])
        assert curve is not None
        assert astuple(deviations(curve, risk)) == close([wanted[k] for k in DEVIATIONS])
    assert curve is not None
    for found, key in zip(
        curve.observed(np.array(wanted["grid"])), ("observed", "lower", "upper"), strict=True
    ):
        assert found == close(wanted[key])


def test_a_score_of_few_values_has_no_curve() -> None:
    random = np.random.default_rng(1)
    risk = random.choice([0.2, 0.4, 0.6], 80)
    time, event = random.exponential(10, 80), random.random(80) < 0.8
    assert timed_curve(time, event, risk, 5.0, 3) is None
    assert binary_curve(event, risk, 3) is None


@given(st.lists(st.floats(0, 1), min_size=1, max_size=5))
def test_risks_of_0_and_1_have_a_place_on_the_scale_of_the_link(risks: list[float]) -> None:
    for timed in (True, False):
        assert np.isfinite(linked(np.array(risks), timed=timed)).all()
