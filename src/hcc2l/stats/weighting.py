"""Weights from propensity scores, and their effective sample size."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hcc2l.stats.risk_sets import Floats

Scheme = Literal["ate", "att", "overlap"]


def score_weights(
    treated: NDArray[np.bool_], propensity: Floats, scheme: Scheme, *, stabilised: bool = False
) -> Floats:
    """Weights that balance the covariates of the propensity score, shape (n,).

    Parameters
    ----------
    treated, propensity
        Shape (n,); the propensity is the probability of treatment, between 0 and 1.
    scheme
        ``ate``: treated 1/p, controls 1/(1 - p); ``att``: treated 1, controls p/(1 - p);
        ``overlap``: treated 1 - p, controls p (Li, Morgan and Zaslavsky, J Am Stat Assoc
        2018;113:390–400).
    stabilised
        With ``ate``, multiply by the share of the row's group (Robins, Hernan and Brumback,
        Epidemiology 2000;11:550–560).
    """
    p = propensity
    if scheme == "overlap":
        return np.where(treated, 1.0 - p, p)
    received = np.where(treated, p, 1.0 - p)  # probability of the treatment received
    if scheme == "att":
        return np.where(treated, 1.0, p / received)
    weights = 1.0 / received
    if stabilised:
        share = float(treated.mean())
        weights = weights * np.where(treated, share, 1.0 - share)
    return weights


def truncated(weights: Floats, share: float) -> Floats:
    """Weights, shape (n,), truncated at their quantiles `share` and 1 - `share` (type 7)."""
    low, high = np.quantile(weights, [share, 1.0 - share])
    return np.asarray(np.clip(weights, low, high), dtype=np.float64)


def effective_size(weights: Floats) -> float:
    """Effective sample size, (sum w)^2 / sum w^2 (Kish, Survey Sampling, 1965)."""
    square = float(np.sum(weights**2))
    return float(np.sum(weights)) ** 2 / square if square else 0.0
