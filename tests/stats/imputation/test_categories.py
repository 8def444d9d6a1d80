"""The conditional models of categories are R's, and categories follow their probabilities."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from hcc2l.stats.imputation.augmentation import Augmented, augmented
from hcc2l.stats.imputation.categories import (
    Estimate,
    draw_categories,
    logistic,
    multinomial,
    proportional_odds,
)
from hcc2l.stats.imputation.predictors import standardised

REFERENCE = json.loads(
    (Path(__file__).parents[2] / "reference" / "imputation_models.json").read_text()
)
X = np.array(REFERENCE["x"], dtype=float).reshape(-1, len(REFERENCE["columns"]))
Z = standardised(X, np.ones(X.shape[0], dtype=bool)).known
MODELS: dict[str, tuple[str, int, Callable[[Augmented], Estimate]]] = {
    "logistic": ("status", 2, logistic),
    "multinomial": ("ecog", 3, lambda data: multinomial(data, 3)),
    "ordinal": ("ecog", 3, lambda data: proportional_odds(data, 3)),
}


@pytest.mark.parametrize("model", MODELS)
def test_estimates_and_covariances_on_augmented_data_are_those_of_r(model: str) -> None:
    outcome, levels, fitted = MODELS[model]
    fit = fitted(augmented(Z, np.array(REFERENCE[outcome], dtype=np.int64), levels))
    assert fit.converged
    np.testing.assert_allclose(fit.coef, REFERENCE[model]["coef"], rtol=1e-8)
    expected = np.array(REFERENCE[model]["variance"]).reshape(fit.coef.size, -1)
    assert fit.lower is not None
    found = np.linalg.inv(fit.lower @ fit.lower.T)
    scale = np.sqrt(np.outer(np.diag(expected), np.diag(expected)))
    np.testing.assert_allclose(found / scale, expected / scale, atol=1e-6)


def test_drawn_parameters_have_the_covariance_of_the_estimates() -> None:
    fit = logistic(augmented(Z, np.array(REFERENCE["status"], dtype=np.int64), 2))
    random = np.random.default_rng(1)
    drawn = np.array([fit.drawn(random) for _ in range(4000)])
    expected = np.array(REFERENCE["logistic"]["variance"]).reshape(fit.coef.size, -1)
    np.testing.assert_allclose(drawn.mean(axis=0), fit.coef, atol=0.02)
    scale = np.sqrt(np.outer(np.diag(expected), np.diag(expected)))
    np.testing.assert_allclose(np.cov(drawn.T) / scale, expected / scale, atol=0.08)


def test_pseudo_observations_have_the_weight_of_the_parameters() -> None:
    data = augmented(Z, np.array(REFERENCE["ecog"], dtype=np.int64), 3)
    n, p = Z.shape
    pseudo = data.x[n:]
    assert pseudo.shape == (2 * p * 3, p + 1)
    assert data.weights[:n].tolist() == [1.0] * n
    assert data.weights[n:].sum() == pytest.approx(p + 1)
    assert (np.abs(pseudo[:, 1:]).sum(axis=1) <= 0.5).all()  # one predictor at a time
    for j in range(1, p + 1):
        at = np.abs(pseudo[:, j]) > 0
        assert np.bincount(data.y[n:][at]).tolist() == [2, 2, 2]


def test_pseudo_observations_stay_within_the_range_of_a_predictor() -> None:
    x = np.array([[-0.1], [-0.1], [-0.1], [3.0]])
    assert augmented(x, np.array([0, 1, 0, 1]), 2).x[4:, 1].min() == -0.1


@pytest.mark.parametrize("ordered", [False, True])
@pytest.mark.parametrize("levels", [2, 3, 4])
def test_perfect_prediction_leaves_every_level_possible(levels: int, *, ordered: bool) -> None:
    x = np.linspace(-1.7, 1.7, 60)[:, None]
    y = np.repeat(np.arange(levels), 60 // levels)
    random = np.random.default_rng(0)
    drawn = [
        draw_categories(y, x, np.array([[0.0], [1.7]]), random, ordered=ordered) for _ in range(60)
    ]
    assert all(one.converged for one in drawn)
    at_the_end = np.bincount([one.categories[1] for one in drawn], minlength=levels)
    assert at_the_end[-1] > 40
    assert len({int(one.categories[0]) for one in drawn}) > 1


def test_a_level_that_is_never_observed_is_never_drawn() -> None:
    random = np.random.default_rng(2)
    x = random.standard_normal((40, 2))
    y = np.array([0, 2] * 20)
    for ordered in (False, True):
        drawn = draw_categories(y, x, x, random, ordered=ordered).categories
        assert set(drawn.tolist()) <= {0, 2}


def test_the_one_level_that_is_observed_is_taken() -> None:
    x = np.zeros((5, 0))
    drawn = draw_categories(np.full(5, 3), x, np.zeros((2, 0)), np.random.default_rng(0),
                            ordered=False)  # fmt: skip
    assert drawn.categories.tolist() == [3, 3]


@pytest.mark.parametrize("ordered", [False, True])
def test_without_predictors_categories_have_the_observed_frequencies(*, ordered: bool) -> None:
    y = np.repeat([0, 1, 2], [100, 200, 300])
    random = np.random.default_rng(3)
    none = np.zeros((600, 0))
    drawn = [draw_categories(y, none, none, random, ordered=ordered) for _ in range(50)]
    share = np.bincount(np.concatenate([one.categories for one in drawn])) / (50 * 600)
    np.testing.assert_allclose(share, [1 / 6, 1 / 3, 1 / 2], atol=0.015)


@pytest.mark.parametrize(("levels", "ordered"), [(2, False), (3, False), (3, True)])
def test_parameters_are_drawn_so_that_shares_vary_between_imputations(
    levels: int, *, ordered: bool
) -> None:
    """Of 12 known patients, a share has a standard error of about 0.14; of 2000 gaps, 0.01."""
    y = np.repeat(np.arange(levels), 12 // levels)
    random = np.random.default_rng(6)
    shares = [
        np.mean(
            draw_categories(
                y, np.zeros((12, 0)), np.zeros((2000, 0)), random, ordered=ordered
            ).categories
            == 0
        )
        for _ in range(60)
    ]
    assert 0.09 < np.std(shares) < 0.2
