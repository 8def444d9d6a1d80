"""Predictive mean matching: gaps of a number filled with observed values of similar patients."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hcc2l.stats.imputation.predictors import Floats
from hcc2l.stats.linear_algebra import linear_predictor

DONORS = 5


def matched_donors(
    y: Floats, known: Floats, gaps: Floats, random: np.random.Generator
) -> NDArray[np.int64]:
    """For every gap a known row whose value it takes, shape (n_gaps,): type 1 matching.

    The known rows are predicted with the least-squares coefficients, the gaps with coefficients
    drawn from their posterior distribution; each gap takes one of the 5 nearest known rows.

    Parameters
    ----------
    y
        Shape (n_known,): the values, on the scale on which they are predicted.
    known, gaps
        Shape (n_known, p) and (n_gaps, p): independent predictors with mean 0 in the known rows.

    Notes
    -----
    van Buuren, Flexible Imputation of Missing Data, 2nd ed., 2018, algorithms 3.1 and 3.3; R's
    ``mice.impute.pmm``.
    """
    n, p = known.shape
    centre = float(y.mean())
    lower = np.linalg.cholesky(known.T @ known) if p else np.zeros((0, 0))
    slope = np.linalg.solve(lower.T, np.linalg.solve(lower, known.T @ (y - centre)))
    fitted = centre + linear_predictor(known, slope)
    residual = float(((y - fitted) ** 2).sum())
    sigma = np.sqrt(residual / random.chisquare(max(n - p - 1, 1)))
    drawn_centre = centre + sigma * random.standard_normal() / np.sqrt(n)
    drawn = slope + sigma * np.linalg.solve(lower.T, random.standard_normal(p))
    return nearest(fitted, drawn_centre + linear_predictor(gaps, drawn), random)


def nearest(
    donors: Floats, recipients: Floats, random: np.random.Generator, count: int = DONORS
) -> NDArray[np.int64]:
    """For every recipient one of its `count` nearest donors at random, shape (n_recipients,).

    Donors at the same distance are taken at random.
    """
    shuffled = random.permutation(donors.size)
    order = shuffled[np.argsort(donors[shuffled], kind="stable")]
    ranked = donors[order]
    count = min(count, donors.size)
    # The nearest lie within `count` places on either side of where the recipient would stand.
    place = np.searchsorted(ranked, recipients)
    window = place[:, None] + np.arange(-count, count)
    outside = (window < 0) | (window >= donors.size)
    window = np.clip(window, 0, donors.size - 1)
    distance = np.where(outside, np.inf, np.abs(ranked[window] - recipients[:, None]))
    choice = np.argsort(distance, axis=1, kind="stable")[:, :count]
    pick = choice[np.arange(recipients.size), random.integers(count, size=recipients.size)]
    return np.asarray(order[window[np.arange(recipients.size), pick]], dtype=np.int64)
