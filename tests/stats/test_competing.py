"""Cumulative incidence with weights, and Gray's test within strata, as R has them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcc2l.stats.competing import cumulative_incidence, gray_test, incidence_at
from tests.reference import cases
from tests.stats.test_fine_gray import cohort, few, tied


def test_weighted_incidences_are_those_of_survfit() -> None:
    d = tied()
    later = d["time"] > 0
    for expected in cases.load("fine_gray_tied")["incidence"]:
        curve = cumulative_incidence(
            d["time"][later], d["cause"][later], expected["cause"], d["w"][later]
        )
        found = incidence_at(curve, tuple(expected["time"]))
        wanted = zip(expected["estimate"], expected["std_err"], strict=True)
        np.testing.assert_allclose(found, list(wanted), rtol=1e-8)


@few
@given(st.integers(0, 10_000))
def test_whole_weights_are_repeated_rows(seed: int) -> None:
    time, cause, _ = cohort(seed)
    weights = np.random.default_rng(seed).integers(1, 4, time.size)
    again = np.repeat(np.arange(time.size), weights)
    found = cumulative_incidence(time, cause, 1, weights.astype(float))
    rows = cumulative_incidence(time[again], cause[again], 1)
    for name in ("incidence", "std_err", "n_risk", "n_event", "n_censor"):
        np.testing.assert_allclose(getattr(found, name), getattr(rows, name), atol=1e-12)


def test_weights_that_do_not_cancel_exactly_leave_nobody_at_risk() -> None:
    """0.1 + 0.2 + 0.3 - 0.3 - 0.2 - 0.1 is not 0."""
    weights = np.array([0.1, 0.2, 0.3, 0.7, 0.6])
    curve = cumulative_incidence(np.arange(1.0, 6.0), np.array([1, 1, 2, 1, 1]), 1, weights)
    assert curve.incidence[-1] == pytest.approx(1 - 0.3 / 1.9)
    assert 0 < curve.std_err[-1] < 1
    rescaled = cumulative_incidence(np.arange(1.0, 6.0), np.array([1, 1, 2, 1, 1]), 1, 7 * weights)
    np.testing.assert_allclose(curve.std_err, rescaled.std_err, rtol=1e-9)


@few
@given(st.integers(0, 10_000))
def test_the_jackknife_is_the_sum_over_rows_of_what_their_weight_changes(seed: int) -> None:
    time, cause, _ = cohort(seed, 15)
    weights = np.random.default_rng(seed).uniform(0.5, 2, time.size)
    found = cumulative_incidence(time, cause, 1, weights)
    variance = np.zeros(found.time.size)
    for i in range(time.size):
        more = [weights.copy(), weights.copy()]
        more[0][i] += 1e-6
        more[1][i] -= 1e-6
        up, down = (cumulative_incidence(time, cause, 1, w).incidence for w in more)
        variance += (weights[i] * (up - down) / 2e-6) ** 2
    np.testing.assert_allclose(found.std_err, np.sqrt(variance), atol=1e-7)


@pytest.mark.parametrize("case", cases.of_kind("competing_regression", "gray"), ids=cases.name)
def test_grays_test_within_strata_is_that_of_cuminc(case: dict[str, Any]) -> None:
    arguments, rows = case["arguments"], cases.rows_of(case)
    time = np.array([float(r[arguments["time"]]) for r in rows])
    causes = [str(c) for c in (arguments["censor_value"], *arguments["causes"])]
    cause = np.array([causes.index(r[arguments["event"]]) for r in rows])
    group, strata = (cases.codes(case, rows, arguments[name]) for name in ("group", "strata"))
    for key, codes in (("unstratified", None), ("stratified", strata)):
        for of, expected in enumerate(case["expected"][key], start=1):
            found = gray_test(time, cause, group, int(group.max()) + 1, of, codes)
            assert found.df == expected["df"]
            assert (found.statistic, found.p) == pytest.approx(
                (expected["stat"], expected["p"]), rel=1e-6
            )
