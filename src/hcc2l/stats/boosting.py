"""Propensity scores by boosted regression trees."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hcc2l.stats.balance import balance, spread
from hcc2l.stats.risk_sets import Floats
from hcc2l.stats.weighting import score_weights

# Shallow trees with leaves that are not too small: deeper ones overfit a small cohort until the
# scores no longer overlap.
TREES, SHRINKAGE, DEPTH, LEAF, BAG = 1000, 0.01, 2, 10, 0.5
EVERY = 10  # trees between two checks of the balance
BOUND = 1e-6  # a score of 0 or 1 would have no logit


@dataclass(frozen=True)
class Boosted:
    """Scores from the number of trees with the best balance.

    Attributes
    ----------
    propensity
        Shape (n,).
    importance
        Shape (p,): share of each column in the reduction of impurity.
    trees
        Number of trees used.
    """

    propensity: Floats
    importance: Floats
    trees: int


def boosted_propensity(treated: NDArray[np.bool_], x: Floats, seed: int) -> Boosted:
    """Propensity scores from the number of trees with the smallest mean absolute difference.

    The standardised differences are those after weighting the controls by p / (1 - p) (McCaffrey,
    Ridgeway and Morral, Psychol Methods 2004;9:403–425). The trees are scikit-learn's
    ``GradientBoostingClassifier``.

    Parameters
    ----------
    treated
        Shape (n,).
    x
        Shape (n, p).
    """
    from sklearn.ensemble import GradientBoostingClassifier

    model = GradientBoostingClassifier(
        n_estimators=TREES, learning_rate=SHRINKAGE, max_depth=DEPTH,
        min_samples_leaf=LEAF, subsample=BAG, random_state=seed,
    ).fit(x, treated)  # fmt: skip
    sds = [spread(column, treated, pooled=False) for column in x.T]
    best: tuple[float, int, Floats] | None = None
    for number, stage in enumerate(model.staged_predict_proba(x), start=1):
        if number % EVERY:
            continue
        p = np.clip(stage[:, 1], BOUND, 1 - BOUND)
        weights = score_weights(treated, p, "att")
        differences = [
            abs(balance(column, treated, weights, sd).smd)
            for column, sd in zip(x.T, sds, strict=True)
        ]
        mean = float(np.nanmean(differences)) if not np.isnan(differences).all() else 0.0
        if best is None or mean < best[0]:
            best = (mean, number, p)
    assert best is not None
    importance = np.asarray(model.feature_importances_, dtype=np.float64)
    return Boosted(best[2], importance, best[1])
