"""Two groups whose hazard ratio changes with time, case by case as R has it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcc2l.stats.changing_hazards import MaxCombo, by_period, max_combo, ratio
from hcc2l.stats.kaplan_meier import (
    Estimate,
    difference,
    kaplan_meier,
    restricted_mean,
    survival_at,
)
from tests.reference import cases


def arms(case_id: str) -> tuple[dict[str, Any], Any, Any, Any]:
    """Expected values; times, events and membership of the second group."""
    case = cases.case("nph", case_id)
    rows = cases.rows_of(case)
    rows = [r for r in rows if r[case["arguments"]["group"]]]
    time, event = cases.time_event(case, rows)
    return case, time, event, cases.codes(case, rows, case["arguments"]["group"]) == 1


@pytest.fixture(params=cases.ids("nph"))
def trial(request: pytest.FixtureRequest) -> tuple[dict[str, Any], Any, Any, Any]:
    return arms(request.param)


def test_weighted_tests_and_their_maximum_are_those_of_r(trial: Any) -> None:
    case, time, event, second = trial
    expected, found = case["expected"], max_combo(time, event, second)
    tests = expected["fleming_harrington"]
    np.testing.assert_allclose(found.z, [t["z"] for t in tests], rtol=1e-8)
    np.testing.assert_allclose(found.p, [t["p"] for t in tests], rtol=1e-8)
    np.testing.assert_allclose(found.correlation, expected["correlation"], rtol=1e-8)
    assert found.statistic == pytest.approx(expected["maxcombo"]["statistic"], rel=1e-8)
    assert found.joint_p == pytest.approx(expected["maxcombo"]["p"], rel=1e-6)


def values(estimate: Estimate, p: float) -> list[float]:
    return [estimate.estimate, estimate.std_err, estimate.lower, estimate.upper, p]


def test_restricted_means_and_milestones_are_those_of_r(trial: Any) -> None:
    case, time, event, second = trial
    halves = [(time[~second], event[~second]), (time[second], event[second])]
    for expected in case["expected"]["rmst"]:
        first, last = (restricted_mean(t, e, expected["tau"], 0.95) for t, e in halves)
        estimate, p = ratio(first, last, 0.95)
        wanted = expected["ratio"]
        keys = ("estimate", "log_se", "lower", "upper", "p")
        assert values(estimate, p) == pytest.approx([wanted[k] for k in keys], rel=1e-8)
    for expected in case["expected"]["milestones"]:
        first, last = (
            survival_at(kaplan_meier(t, e), (expected["time"],), "log", 0.95)[0].survival
            for t, e in halves
        )
        estimate, p = difference(first, last, 0.95)
        wanted = expected["plain"]
        keys = ("difference", "se", "lower", "upper", "p")
        assert values(estimate, p) == pytest.approx([wanted[k] for k in keys], rel=1e-8)


def test_hazard_ratios_by_period_are_those_of_r(trial: Any) -> None:
    case, time, event, second = trial
    for expected in case["expected"]["piecewise"]:
        found = by_period(time, event, second, tuple(expected["cuts"]), 0.95)
        assert len(found.periods) == len(expected["intervals"])
        for period, wanted in zip(found.periods, expected["intervals"], strict=True):
            assert (period.start, period.events) == (wanted["from"], wanted["events"])
            assert period.end == (math.inf if wanted["to"] is None else wanted["to"])
            assert (period.coef, period.std_err, period.p) == pytest.approx(
                (wanted["coef"], wanted["se"], wanted["p"]), rel=1e-6
            )
            assert np.exp(period.lower) == pytest.approx(wanted["lower"], rel=1e-6)
            assert np.exp(period.upper) == pytest.approx(wanted["upper"], rel=1e-6)
        wanted = expected["interaction"]["lr"]
        assert found.df == wanted["df"]
        assert found.statistic == pytest.approx(wanted["stat"], rel=1e-6)
        assert found.p == pytest.approx(wanted["p"], rel=1e-6)


def random_arms(seed: int, n: int = 60) -> tuple[Any, Any, Any]:
    random = np.random.default_rng(seed)
    time = np.round(random.exponential(10, n), 1) + 0.1
    return time, random.random(n) < 0.7, random.random(n) < 0.5


@given(st.integers(0, 10_000))
def test_the_other_group_has_the_other_sign_and_the_same_probability(seed: int) -> None:
    time, event, second = random_arms(seed)
    found, mirrored = max_combo(time, event, second), max_combo(time, event, ~second)
    np.testing.assert_allclose(found.z, -mirrored.z, atol=1e-12)
    assert found.joint_p == pytest.approx(mirrored.joint_p, rel=1e-9, nan_ok=True)


@given(st.integers(0, 10_000))
def test_the_joint_probability_lies_between_the_smallest_and_four_times_it(seed: int) -> None:
    found = max_combo(*random_arms(seed))
    smallest = float(found.p.min())
    assert smallest * (1 - 1e-9) <= found.joint_p <= min(4 * smallest, 1.0)


def test_the_joint_probability_is_that_of_draws() -> None:
    found = max_combo(*random_arms(3))
    values, vectors = np.linalg.eigh(found.correlation)
    root = vectors * np.sqrt(np.maximum(values, 0))
    draws = np.abs(np.random.default_rng(1).normal(size=(400_000, 4)) @ root.T).max(axis=1)
    share = float((draws > found.statistic).mean())
    assert found.joint_p == pytest.approx(share, abs=4 * math.sqrt(share * (1 - share) / 400_000))


def test_without_a_late_event_there_is_no_late_test() -> None:
    """All events at one time: 1 - S(t-) is 0 there."""
    time, event = np.array([1.0, 1, 2, 2]), np.array([True, True, False, False])
    found: MaxCombo = max_combo(time, event, np.array([True, False, True, False]))
    assert np.isnan(found.z).tolist() == [False, False, True, True]
    assert math.isnan(found.joint_p)


def test_a_period_without_events_has_no_hazard_ratio_and_no_interaction() -> None:
    time, event, second = random_arms(1)
    found = by_period(time, event, second, (float(time.max()) + 1,), 0.95)
    assert math.isnan(found.periods[1].coef)
    assert math.isnan(found.statistic)
    assert found.df == 1


@given(st.integers(0, 10_000))
def test_the_ratio_of_a_group_to_itself_is_1(seed: int) -> None:
    time, event, _ = random_arms(seed)
    mean = restricted_mean(time, event, 5.0, 0.95)
    assert ratio(mean, mean, 0.95)[0].estimate == 1.0
