"""Baseline hazard and predicted survival, against R's survfit.coxph and by averaging by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hcc2l.stats.baseline import Prediction, prediction
from hcc2l.stats.cox import cox
from tests.reference import cases

WITH_BASELINE = [c["id"] for c in cases.load("cox") if "baseline" in c["expected"]]


def columns(case: dict[str, Any], row: dict[str, Any]) -> list[float]:
    """The covariates of a row, factors against their first level."""
    found: list[float] = []
    for name in case["arguments"]["covariates"]:
        declared = case["arguments"]["variables"][name]
        if declared["type"] == "factor":
            found += [float(str(row[name]) == level) for level in declared["levels"][1:]]
        else:
            found.append(float(row[name]))
    return found


def predicted(case_id: str) -> tuple[dict[str, Any], Prediction]:
    case = cases.case("cox", case_id)
    arguments = case["arguments"]
    rows = [r for r in cases.rows_of(case) if all(r[name] for name in arguments["covariates"])]
    time, event = cases.time_event(case, rows)
    x = np.array([columns(case, r) for r in rows])
    ties = arguments.get("ties", "efron")
    fit = cox(time, event, x, ties=ties)
    return case, prediction(time, event, x, fit.coef, fit.variance, ties=ties)


@pytest.mark.parametrize("case_id", WITH_BASELINE)
def test_the_baseline_hazard_agrees_with_r(case_id: str) -> None:
    case, found = predicted(case_id)
    times = np.array([float(row["time"]) for row in case["expected"]["baseline"]])
    hazard = found.strata[0].at(times)[0] * np.exp(-found.centre @ found.coef)
    for value, row in zip(hazard.tolist(), case["expected"]["baseline"], strict=True):
        assert cases.agrees(value, row["cumhaz_zero"])


@pytest.mark.parametrize(
    "case_id", [i for i in WITH_BASELINE if "predicted" in cases.case("cox", i)["expected"]]
)
def test_the_curve_of_one_patient_agrees_with_r(case_id: str) -> None:
    case, found = predicted(case_id)
    patient = np.array([columns(case, case["arguments"]["newdata"])])
    time, survival, std_err = found.average(patient, np.zeros(1, dtype=np.int64))
    for row in case["expected"]["predicted"]:
        i = int(np.searchsorted(time, float(row["time"]), side="right")) - 1
        value, se = (1.0, 0.0) if i < 0 else (float(survival[i]), float(std_err[i]))
        assert cases.agrees(value, row["surv"])
        assert cases.agrees(se, row["std_err"])


def patients(seed: int) -> tuple[Any, ...]:
    random = np.random.default_rng(seed)
    x = np.column_stack([random.integers(0, 2, 250), random.normal(size=250)]).astype(float)
    time = np.ceil(random.exponential(10 * np.exp(-0.5 * x[:, 0] - 0.4 * x[:, 1])))
    return time, random.random(250) < 0.7, x, random.integers(0, 2, 250)


def average(time: Any, event: Any, x: Any, strata: Any) -> tuple[Any, ...]:
    fit = cox(time, event, x, strata=strata)
    found = prediction(time, event, x, fit.coef, fit.variance, strata=strata)
    everybody = np.column_stack([np.ones(time.size), x[:, 1]])
    return found, everybody, found.average(everybody, strata)


def test_the_average_curve_is_the_mean_of_everybodys_curve() -> None:
    time, event, x, strata = patients(1)
    found, everybody, (times, survival, _) = average(time, event, x, strata)
    assert survival == pytest.approx(found.survival(everybody, strata, times).mean(axis=0))


def test_the_standard_error_of_the_average_is_that_of_resampled_patients() -> None:
    """The coefficients and the hazard are uncertain; the patients averaged over are given."""
    time, event, x, strata = patients(2)
    _, everybody, (times, _, std_err) = average(time, event, x, strata)
    at = [int(np.searchsorted(times, t)) for t in (3.0, 8.0, 15.0)]
    random, curves = np.random.default_rng(3), []
    for _ in range(300):
        i = random.integers(0, time.size, time.size)
        fit = cox(time[i], event[i], x[i], strata=strata[i])
        again = prediction(time[i], event[i], x[i], fit.coef, fit.variance, strata=strata[i])
        curves.append(again.survival(everybody, strata, times[at]).mean(axis=0))
    assert std_err[at] == pytest.approx(np.std(curves, axis=0), rel=0.15)
