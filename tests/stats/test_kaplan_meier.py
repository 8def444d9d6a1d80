"""Kaplan-Meier statistics against R, against a slow oracle, and by their properties."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hcc2l.stats.kaplan_meier import (
    _crossing_time,
    confidence_limits,
    curves_cross,
    kaplan_meier,
    quantiles,
    restricted_mean,
    survival_at,
)
from tests.reference import cases
from tests.stats.oracle import slow_kaplan_meier

MORE = cases.load("km_more")


def lung() -> dict[str, Any]:
    rows = cases._file("data/lung.csv")
    age = np.array([int(r["age"]) for r in rows])
    return {
        "time": np.array([float(r["time"]) for r in rows]),
        "event": np.array([r["status"] == "2" for r in rows]),
        "whole": 1.0 + age % 3,
        "fraction": 0.5 + (age % 7) / 4,
    }


def check(curve: Any, expected: Any, conf_type: Any, level: float) -> None:
    for i, at in enumerate(survival_at(curve, tuple(expected["times"]), conf_type, level)):
        assert cases.agrees(at.n_risk, expected["n_risk"][i])
        assert cases.agrees(at.survival.estimate, expected["estimate"][i])
        assert cases.agrees(at.survival.std_err, expected["std_err"][i])
        assert cases.agrees(at.survival.lower, expected["lower"][i])
        assert cases.agrees(at.survival.upper, expected["upper"][i])
    found = quantiles(curve, (0.25, 0.5, 0.75), conf_type, level)
    for i, quantile in enumerate(found):
        for key in ("estimate", "lower", "upper"):
            assert cases.agrees(getattr(quantile, key), expected["quartiles"][key][i])


@pytest.mark.parametrize("name", MORE["intervals"])
def test_every_interval_type_and_level_agrees_with_r(name: str) -> None:
    conf_type, level = name.rsplit(" ", 1)
    data = lung()
    check(
        kaplan_meier(data["time"], data["event"]), MORE["intervals"][name], conf_type, float(level)
    )


@pytest.mark.parametrize("kind", ["whole", "fraction"])
def test_case_weights_agree_with_r(kind: str) -> None:
    data = lung()
    check(
        kaplan_meier(data["time"], data["event"], data[kind]), MORE["weighted"][kind], "log", 0.95
    )


def test_restricted_mean_with_fractional_weights_agrees_with_r() -> None:
    data, expected = lung(), MORE["rmst_fraction"]
    found = restricted_mean(data["time"], data["event"], expected["tau"], 0.95, data["fraction"])
    assert cases.agrees(found.estimate, expected["estimate"])
    assert cases.agrees(found.std_err, expected["std_err"])


# Freireich et al., Blood 1963;21:699-716: remission of acute leukaemia under 6-mercaptopurine, the
# example of the textbooks; S(t) as printed by Collett, Modelling Survival Data (2015).
MERCAPTOPURINE = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
CENSORED = [3, 5, 7, 8, 11, 12, 13, 16, 17, 18, 19, 20]  # positions (from 0) that are censored
PRINTED = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}


def mercaptopurine() -> tuple[Any, Any]:
    event = np.ones(21, dtype=bool)
    event[CENSORED] = False
    return np.array(MERCAPTOPURINE, dtype=float), event


def test_the_oracle_gives_the_published_curve() -> None:
    survival = slow_kaplan_meier(*mercaptopurine())
    for time, printed in PRINTED.items():
        assert round(survival[time][0], 3) == printed


def test_the_published_curve_and_median_come_out() -> None:
    curve = kaplan_meier(*mercaptopurine())
    for time, printed in PRINTED.items():
        (at,) = survival_at(curve, (float(time),), "log", 0.95)
        assert round(at.survival.estimate, 3) == printed
    (median,) = quantiles(curve, (0.5,), "log", 0.95)
    assert (median.estimate, median.lower) == (23.0, 16.0)
    assert np.isnan(median.upper)


@pytest.mark.parametrize("case", MORE["rising"])
def test_limits_of_quantiles_are_read_in_the_order_of_time(case: Any) -> None:
    # R: print(survfit(...)), summary(...)$table; quantile(survfit(...)) differs in each case.
    curve = kaplan_meier(np.array(case["time"], dtype=float), np.array(case["event"], dtype=bool))
    found = quantiles(curve, (0.25, 0.5, 0.75), case["conf_type"], 0.95)
    for i, quantile in enumerate(found):
        assert cases.agrees(quantile.lower, case["lower"][i])
        assert cases.agrees(quantile.upper, case["upper"][i])


def quantile_of(curve: list[float], probability: float) -> float:
    """The rule alone, on a curve with steps at times 1, 2, 3, ..."""
    return _crossing_time(np.arange(1.0, len(curve) + 1), np.array(curve), probability)


@pytest.mark.parametrize(
    ("curve", "expected"),
    [
        ([0.8, 0.4, 0.2], 2.0),
        ([0.8, 0.5, 0.5, 0.2], 3.0),  # the middle of the step from 2 to 4
        ([0.8, 0.5, 0.5], 2.5),  # the step goes on to the end of follow-up
        ([0.8, 0.4, 0.6, 0.3], 2.0),  # a limit that rises again: its first crossing
        ([0.8, 0.5, 0.6, 0.6], 2.0),  # touches 0.5, rises, and never falls below it
        ([0.8, 0.5, 0.6, 0.3], 3.0),
        ([0.8, 0.5, np.nan], 2.0),
        ([np.nan, 0.4, np.nan], 2.0),
        ([0.8, 0.5 + 1e-12, 0.5 - 1e-12, 0.2], 3.0),  # rounding is no step
        ([0.8, 0.6], np.nan),
    ],
)
def test_a_quantile_is_the_first_crossing_or_the_middle_of_its_step(
    curve: list[float], expected: float
) -> None:
    assert quantile_of(curve, 0.5) == pytest.approx(expected, nan_ok=True)


patients = st.lists(
    st.tuples(st.integers(0, 12), st.booleans(), st.integers(1, 4)), min_size=1, max_size=40
)


def arrays(rows: list[tuple[int, bool, int]]) -> tuple[Any, Any, Any]:
    return (
        np.array([float(r[0]) for r in rows]),
        np.array([r[1] for r in rows]),
        np.array([float(r[2]) for r in rows]),
    )


@given(patients)
def test_the_curve_is_the_slow_oracles(rows: Any) -> None:
    time, event, _ = arrays(rows)
    curve = kaplan_meier(time, event)
    expected = slow_kaplan_meier(time, event)
    assert curve.time.tolist() == sorted(expected)
    for t, s, e in zip(curve.time, curve.survival, curve.std_err, strict=True):
        assert s == pytest.approx(expected[t][0], abs=1e-12)
        if expected[t][0] > 0:
            assert e == pytest.approx(expected[t][1], abs=1e-12)


@given(patients, st.randoms())
def test_row_order_does_not_matter(rows: Any, random: Any) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)
    a, b = kaplan_meier(*arrays(rows)[:2]), kaplan_meier(*arrays(shuffled)[:2])
    assert np.array_equal(a.survival, b.survival)
    assert np.array_equal(a.std_err_log, b.std_err_log)


@given(patients, st.sampled_from([7.0, 30.4375, 1 / 365.25]))
def test_the_time_unit_scales_times_only(rows: Any, unit: float) -> None:
    time, event, _ = arrays(rows)
    a, b = kaplan_meier(time, event), kaplan_meier(time * unit, event)
    assert np.array_equal(a.survival, b.survival)
    (m,) = quantiles(a, (0.5,), "log", 0.95)
    (n,) = quantiles(b, (0.5,), "log", 0.95)
    assert n.estimate == pytest.approx(m.estimate * unit, nan_ok=True)


@given(patients)
def test_whole_weights_are_repeated_rows(rows: Any) -> None:
    time, event, weights = arrays(rows)
    repeat = weights.astype(int)
    weighted = kaplan_meier(time, event, weights)
    repeated = kaplan_meier(np.repeat(time, repeat), np.repeat(event, repeat))
    assert weighted.survival == pytest.approx(repeated.survival, abs=1e-12)
    finite = repeated.survival > 0
    assert weighted.std_err[finite] == pytest.approx(repeated.std_err[finite], abs=1e-12)


@given(patients)
def test_survival_never_rises_and_stays_within_its_limits(rows: Any) -> None:
    curve = kaplan_meier(*arrays(rows)[:2])
    assert np.all(np.diff(curve.survival) <= 0)
    for conf_type in ("log", "log-log", "plain", "logit", "arcsin"):
        lower, upper = confidence_limits(curve.survival, curve.std_err_log, conf_type, 0.9)
        known = ~np.isnan(lower)
        assert np.all(lower[known] <= curve.survival[known] + 1e-12)
        assert np.all(upper[known] >= curve.survival[known] - 1e-12)
        assert np.all((lower[known] >= 0) & (upper[known] <= 1))


@given(patients)
def test_doubling_fractional_weights_changes_nothing_but_the_counts(rows: Any) -> None:
    time, event, weights = arrays(rows)
    a = kaplan_meier(time, event, weights / 7)
    b = kaplan_meier(time, event, weights / 7 * 2)
    assert a.survival == pytest.approx(b.survival, abs=1e-12)
    assert a.std_err == pytest.approx(b.std_err, abs=1e-9, nan_ok=True)


@given(patients)
def test_equal_fractional_weights_give_greenwoods_curve(rows: Any) -> None:
    time, event, _ = arrays(rows)
    plain = kaplan_meier(time, event)
    weighted = kaplan_meier(time, event, np.full(time.size, 0.37))
    assert weighted.survival == pytest.approx(plain.survival, abs=1e-9)


@settings(max_examples=40)
@given(patients, st.integers(1, 12))
def test_the_restricted_mean_is_the_area_under_the_curve(rows: Any, tau: int) -> None:
    time, event, _ = arrays(rows)
    curve = kaplan_meier(time, event)
    grid = np.arange(tau, dtype=float)  # times are whole, so S is constant within each unit
    area = sum(s.survival.estimate for s in survival_at(curve, tuple(grid.tolist()), "log", 0.95))
    assert restricted_mean(time, event, float(tau), 0.95).estimate == pytest.approx(area)


def test_times_that_differ_by_rounding_only_are_one_time() -> None:
    curve = kaplan_meier(np.array([0.1 + 0.2, 0.3, 1.0]), np.array([True, True, False]))
    assert curve.time.size == 2
    assert curve.n_event[0] == 2


def test_the_median_is_the_middle_of_a_step_at_one_half_despite_float_noise() -> None:
    # lifelines gives inf here: the product of the factors is 0.5000000000000001
    curve = kaplan_meier(np.arange(1.0, 7.0), np.array([1, 1, 1, 0, 0, 0], dtype=bool))
    (median,) = quantiles(curve, (0.5,), "log", 0.95)
    assert median.estimate == 4.5


def test_curves_that_cross_are_found_and_others_are_not() -> None:
    rng = np.random.default_rng(3)
    early, late = rng.exponential(6, 150), 5 + rng.exponential(1, 150)
    event = np.ones(150, dtype=bool)
    crossing = curves_cross(kaplan_meier(early, event), kaplan_meier(late, event))
    assert crossing is not None
    assert 5 < crossing < 9
    apart = curves_cross(kaplan_meier(early, event), kaplan_meier(early * 2, event))
    assert apart is None


@pytest.mark.parametrize(("at_risk", "crossing"), [(10, 10.0), (9, None)])
def test_curves_cross_while_a_tenth_of_each_group_is_at_risk(
    at_risk: int, crossing: float | None
) -> None:
    # A falls to 0.55 at time 1 and stays there, with `at_risk` of 100 left; B falls at time 10.
    a = np.repeat([1.0, 5.0, 20.0], [45, 55 - at_risk, at_risk])
    b = np.repeat([10.0, 20.0], [90, 10])
    assert curves_cross(kaplan_meier(a, a == 1), kaplan_meier(b, b == 10)) == crossing
