"""Predictors are standardised, and those that say nothing of their own are dropped."""

from __future__ import annotations

import numpy as np

from hcc2l.stats.imputation.predictors import standardised

RANDOM = np.random.default_rng(8)


def test_known_rows_have_mean_0_and_sd_1_and_gaps_their_scale() -> None:
    x = RANDOM.normal(50, 7, (30, 2))
    known = np.arange(30) < 20
    found = standardised(x, known)
    np.testing.assert_allclose(found.known.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(found.known.std(axis=0), 1)
    np.testing.assert_allclose(found.gaps, (x[20:] - x[:20].mean(0)) / x[:20].std(0))
    assert not found.dropped.any()


def test_constant_and_collinear_predictors_are_dropped_and_the_first_of_them_stays() -> None:
    a, b = RANDOM.standard_normal((2, 30))
    x = np.column_stack([a, np.full(30, 4.0), b, a - 2 * b, 3 * a])
    found = standardised(x, np.ones(30, dtype=bool))
    assert found.dropped.tolist() == [False, True, False, True, True]


def test_predictors_that_are_nearly_the_same_both_stay() -> None:
    a, b = RANDOM.standard_normal((2, 200))
    found = standardised(np.column_stack([a, a + 0.05 * b]), np.ones(200, dtype=bool))
    assert not found.dropped.any()


def test_there_are_never_as_many_predictors_as_rows() -> None:
    x = RANDOM.standard_normal((6, 12))
    assert standardised(x, np.ones(6, dtype=bool)).known.shape[1] <= 5
