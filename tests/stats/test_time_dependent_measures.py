"""Laws of the measures of a validation, on random patients."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hcc2l.stats import calibration
from hcc2l.stats.concordance import concordance, concordance_until
from hcc2l.stats.influence import Influenced, from_influence_function
from hcc2l.stats.net_benefit import benefit, binary_net_benefit, event_share, net_benefit
from hcc2l.stats.time_dependent import outcome_weights, timed_auc, timed_brier

SEEDS = st.integers(0, 10_000)
few = settings(max_examples=8)
AT = 6.0


def patients(seed: int, n: int = 40) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Times with ties, events, and risks with ties."""
    random = np.random.default_rng(seed)
    risk = np.round(random.uniform(0.05, 0.95, n), 1)
    time = np.round(random.exponential(12 * (1 - risk)), 0) + 0.5
    return np.append(time, [20.0, 1.5]), np.append(random.random(n) < 0.7, [False, True]), (
        np.append(risk, [0.1, 0.9]))  # fmt: skip


@few
@given(SEEDS)
def test_areas_and_concordances_do_not_depend_on_order_or_scale(seed: int) -> None:
    time, event, risk = patients(seed)
    order = np.random.default_rng(seed).permutation(time.size)
    for measure in (timed_auc, concordance_until):
        found = measure(time, event, risk, AT)
        shuffled = measure(time[order], event[order], np.exp(3 * risk)[order], AT)
        assert shuffled.estimate == pytest.approx(found.estimate, rel=1e-9)
        assert shuffled.std_err == pytest.approx(found.std_err, rel=1e-9, nan_ok=True)


@few
@given(SEEDS)
def test_a_score_read_the_other_way_round_has_the_complement(seed: int) -> None:
    time, event, risk = patients(seed)
    for uno in (False, True):
        found = concordance_until(time, event, risk, AT, uno=uno)
        mirrored = concordance_until(time, event, -risk, AT, uno=uno)
        assert mirrored.estimate == pytest.approx(1 - found.estimate)
        assert mirrored.std_err == pytest.approx(found.std_err, nan_ok=True)
    found, mirrored = (timed_auc(time, event, x, AT) for x in (risk, -risk))
    assert mirrored.estimate == pytest.approx(1 - found.estimate)
    assert mirrored.std_err == pytest.approx(found.std_err, rel=1e-6, nan_ok=True)


@few
@given(SEEDS)
def test_without_a_horizon_the_concordance_is_harrells(seed: int) -> None:
    time, event, risk = patients(seed)
    found, whole = concordance_until(time, event, risk), concordance(time, event, risk)
    assert found.estimate == pytest.approx(whole.concordance)
    assert found.std_err == pytest.approx(whole.std_err)


@few
@given(SEEDS)
def test_areas_and_brier_scores_are_the_weighted_sums_of_their_definitions(seed: int) -> None:
    time, event, risk = patients(seed)
    cases, controls = outcome_weights(time, event, AT)
    above = (risk[:, None] > risk) + 0.5 * (risk[:, None] == risk)
    pairs = np.outer(cases, controls)
    assert timed_auc(time, event, risk, AT).estimate == pytest.approx(
        float((above * pairs).sum() / pairs.sum())
    )
    expected = np.mean(cases * (1 - risk) ** 2 + controls * risk**2)
    assert timed_brier(time, event, risk, AT).estimate == pytest.approx(float(expected))


@few
@given(SEEDS)
def test_the_influence_of_a_row_is_what_its_weight_changes(seed: int) -> None:
    """The infinitesimal jackknife of a row is the limit of giving it a little more weight."""
    time, event, risk = patients(seed, 12)
    time = time + np.linspace(0.0, 0.3, time.size)  # tied times count otherwise, as in R
    n, copies = time.size, 400
    found = timed_brier(time, event, risk, AT)
    row = seed % n
    many = [np.append(np.tile(x, copies), x[row]) for x in (time, event, risk)]
    shifted = timed_brier(many[0], many[1], many[2], AT).estimate
    slope = (shifted - found.estimate) * (n * copies + 1)
    assert slope == pytest.approx(
        found.contributions[row] * math.sqrt(n * (n - 1)), rel=0.05, abs=0.02
    )


@few
@given(SEEDS)
def test_at_a_low_threshold_a_model_treats_all_and_at_a_high_one_none(seed: int) -> None:
    time, event, risk = patients(seed)
    low, high = net_benefit(time, event, risk, AT, np.array([0.01, 0.99])).tolist()
    assert low == pytest.approx(benefit(event_share(time, event, AT), 0.01))
    assert high == 0
    known = binary_net_benefit(event, risk, np.array([0.01, 0.99])).tolist()
    assert known == pytest.approx([benefit(float(event.mean()), 0.01), 0])


@few
@given(SEEDS, st.integers(2, 10))
def test_groups_of_risk_are_in_order_and_none_is_empty(seed: int, groups: int) -> None:
    risk = patients(seed)[2]
    group = calibration.risk_groups(risk, groups)
    codes = np.unique(group)
    assert codes.tolist() == list(range(codes.size))
    assert codes.size <= groups
    for code in codes[1:]:
        assert risk[group == code].min() > risk[group == code - 1].max()


def test_follow_up_that_ends_early_leaves_the_benefit_open_unless_all_have_the_event() -> None:
    time, risk = np.array([1.0, 2.0, 9.0, 9.0]), np.array([0.9, 0.9, 0.1, 0.1])
    at = np.array([0.5])
    event = np.array([True, False, True, True])
    assert math.isnan(net_benefit(time, event, risk, 6.0, at)[0])
    event[1] = True
    assert net_benefit(time, event, risk, 6.0, at)[0] == pytest.approx(0.5)


def test_the_observed_share_of_patients_who_all_had_the_event_has_limits_by_events() -> None:
    time, event = np.array([1.0, 2.0, 3.0, 4.0]), np.ones(4, dtype=bool)
    found = calibration.overall(time, event, np.full(4, 0.5), 5.0, 0.95)
    assert (found.observed, found.ratio) == (1.0, 2.0)
    assert math.isnan(found.lower)
    assert (found.ratio_lower, found.ratio_upper) == pytest.approx(
        calibration.by_events(2.0, 4, 0.95)
    )


def test_without_cases_or_controls_there_is_no_area() -> None:
    time, event, risk = patients(1)
    assert math.isnan(timed_auc(time, np.zeros(time.size, dtype=bool), risk, AT).estimate)
    assert math.isnan(timed_auc(time, event, risk, 100.0).estimate)
    assert math.isnan(concordance_until(time, event, risk, 0.1).estimate)


def test_an_estimate_that_does_not_vary_has_no_limits_and_no_p() -> None:
    sure = Influenced(1.0, np.zeros(5))
    assert math.isnan(sure.std_err)
    assert math.isnan(sure.p(0.5))
    assert all(map(math.isnan, sure.limits(0.95)))
    assert math.isnan(from_influence_function(0.3, np.array([1.0])).std_err)


def test_limits_are_cut_to_a_range() -> None:
    wide = Influenced(0.9, np.array([0.3, -0.3]))
    low, high = wide.limits(0.95, 0.0, 1.0)
    assert (low, high) == (pytest.approx(0.9 - 1.959963985 * 0.3 * math.sqrt(2)), 1.0)


def test_a_slope_that_does_not_exist_is_not_a_number() -> None:
    time = np.arange(1.0, 11.0)
    perfect = calibration.slope(time, np.ones(10, dtype=bool), -time)
    assert math.isnan(perfect.estimate)
    outcome = time > 5
    intercept, slope = calibration.binary_slope(outcome, time - 5.5)
    assert math.isfinite(intercept.estimate)
    assert math.isnan(slope.estimate)


def test_predictions_beyond_the_range_of_floats_have_a_slope_and_no_likelihood() -> None:
    time, event, risk = patients(2)
    found = calibration.slope(time, event, 5000 * risk)
    assert found.estimate == pytest.approx(calibration.slope(time, event, risk).estimate / 5000)
    assert math.isnan(found.lr_statistic)


@few
@given(SEEDS, st.floats(-30, 30))
def test_the_intercept_brings_the_expected_number_to_the_observed(seed: int, off: float) -> None:
    _, event, risk = patients(seed)
    logit = np.log(risk / (1 - risk)) + off
    intercept, _ = calibration.binary_slope(event, logit)
    fitted = 1 / (1 + np.exp(-(logit + intercept.estimate)))
    assert float(fitted.sum()) == pytest.approx(int(event.sum()), rel=1e-9)
