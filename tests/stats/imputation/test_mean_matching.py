"""Predictive mean matching takes values of near patients, at random among the nearest."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcc2l.stats.imputation.mean_matching import matched_donors, nearest
from hcc2l.stats.imputation.predictors import standardised

numbers = st.lists(st.integers(-5, 5).map(float), min_size=1, max_size=30)


@given(donors=numbers, recipients=numbers, seed=st.integers(0, 10))
def test_a_donor_is_one_of_the_five_nearest(
    donors: list[float], recipients: list[float], seed: int
) -> None:
    d, r = np.array(donors), np.array(recipients)
    found = nearest(d, r, np.random.default_rng(seed))
    for recipient, donor in zip(r, found, strict=True):
        distances = np.sort(np.abs(d - recipient))
        assert abs(d[donor] - recipient) <= distances[min(4, d.size - 1)]


def test_each_of_the_five_nearest_is_taken_as_often() -> None:
    found = nearest(np.arange(20.0), np.full(5000, 10.1), np.random.default_rng(1))
    places, counts = np.unique(found, return_counts=True)
    assert places.tolist() == [8, 9, 10, 11, 12]
    assert counts.min() > 850


def test_donors_at_the_same_distance_are_taken_at_random() -> None:
    random = np.random.default_rng(1)
    found = {int(nearest(np.zeros(40), np.zeros(1), random)[0]) for _ in range(600)}
    assert len(found) == 40


def test_known_values_follow_least_squares_and_gaps_its_posterior() -> None:
    random = np.random.default_rng(5)
    x = random.standard_normal((400, 1))
    y = 2 * x[:, 0] + 0.1 * random.standard_normal(400)
    known = np.arange(400) < 300
    z = standardised(x, known)
    donors = matched_donors(y[known], z.known, z.gaps, random)
    assert np.abs(y[known][donors] - 2 * x[~known, 0]).max() < 0.8
    assert np.abs(y[known][donors] - 2 * x[~known, 0]).mean() < 0.15


def test_few_rows_make_wide_draws() -> None:
    """With one residual degree of freedom, the drawn coefficients vary widely."""
    x = np.array([[-1.0], [0.0], [1.0]])
    y = np.array([0.0, 5.0, 1.0])
    random = np.random.default_rng(0)
    found = {int(matched_donors(y, x, np.array([[9.0]]), random)[0]) for _ in range(100)}
    assert found == {0, 1, 2}


@pytest.mark.parametrize("p", [0, 1])
def test_one_known_value_is_everyones(p: int) -> None:
    donors = matched_donors(np.array([7.0]), np.zeros((1, 0)), np.zeros((4, 0)),
                            np.random.default_rng(p))  # fmt: skip
    assert donors.tolist() == [0, 0, 0, 0]


def test_the_slopes_of_gaps_are_drawn_so_that_far_gaps_have_donors_at_both_ends() -> None:
    random = np.random.default_rng(0)
    x = np.linspace(-1.6, 1.6, 30)[:, None]
    y = random.standard_normal(30)  # the slope may be positive or negative
    found = {int(matched_donors(y, x, np.array([[20.0]]), random)[0]) for _ in range(300)}
    assert {0, 1, 28, 29} <= found
