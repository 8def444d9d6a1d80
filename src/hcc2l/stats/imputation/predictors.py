"""The predictors of one conditional model of an imputation, on rows where its column is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

# Below this share of its variance, a predictor is explained by those before it.
MIN_UNIQUE = 1e-4


@dataclass(frozen=True)
class Predictors:
    """Standardised predictors, without those that say nothing or nothing of their own.

    Attributes
    ----------
    known, gaps
        Shape (n_known, p) and (n_gaps, p): the rows where the column is known, and the others, both
        with the mean 0 and the standard deviation 1 of the known rows.
    dropped
        Shape (q,): True for the given predictors that are constant or collinear.
    """

    known: Floats
    gaps: Floats
    dropped: Mask


def standardised(x: Floats, known: Mask) -> Predictors:
    """Predictors for a model fitted where `known` and used elsewhere.

    Parameters
    ----------
    x
        Shape (n, q), without an intercept and without gaps.
    known
        Shape (n,): the rows on which the model is fitted.
    """
    fitted = x[known]
    n = max(fitted.shape[0], 1)
    mean = fitted.sum(axis=0) / n
    centred = fitted - mean
    cross = centred.T @ centred
    sd = np.sqrt(np.diag(cross) / n)
    varies = sd > 1e-10 * (1 + np.abs(mean))
    scale = np.where(varies, sd, 1.0)
    keep = _independent(cross / (n * np.outer(scale, scale)), varies)
    z = centred[:, keep] / scale[keep]
    return Predictors(z, (x[~known][:, keep] - mean[keep]) / scale[keep], ~keep)


def _independent(correlation: Floats, varies: Mask) -> Mask:
    """The predictors that vary and are no linear combination of those before them."""
    if varies.all():
        try:
            pivots = np.diag(np.linalg.cholesky(correlation)) ** 2
        except np.linalg.LinAlgError:
            pivots = np.zeros(1)
        if pivots.min(initial=1.0) >= MIN_UNIQUE:
            return varies
    keep = np.zeros_like(varies)
    rest = correlation.copy()
    for j in np.flatnonzero(varies).tolist():
        if rest[j, j] < MIN_UNIQUE:
            continue
        keep[j] = True
        rest -= np.outer(rest[:, j], rest[j]) / rest[j, j]
    return keep
