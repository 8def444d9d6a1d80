"""Pseudo-observations that keep models of categories estimable under perfect prediction."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hcc2l.stats.imputation.predictors import Floats


class Augmented(NamedTuple):
    """Observed rows followed by pseudo-observations.

    Attributes
    ----------
    x
        Shape (n + 2pk, p + 1), the first column an intercept.
    y
        Shape (n + 2pk,): categories from 0.
    weights
        Shape (n + 2pk,): 1 for the observed rows; the others have p + 1 in all.
    """

    x: Floats
    y: NDArray[np.int64]
    weights: Floats


def augmented(x: Floats, y: NDArray[np.int64], levels: int) -> Augmented:
    """Two rows for each predictor and category: that predictor half an SD off its mean.

    Parameters
    ----------
    x
        Shape (n, p): predictors with mean 0 and standard deviation 1.
    y
        Shape (n,): categories 0 to `levels` - 1.

    Notes
    -----
    White, Daniel, Royston, Comput Stat Data Anal 2010;54:2267–2275; R's ``mice:::augment``.
    """
    n, p = x.shape
    pseudo = np.zeros((p, 2, p))
    each = np.arange(p)
    pseudo[each, 0, each] = np.maximum(-0.5, x.min(axis=0, initial=0.0))
    pseudo[each, 1, each] = np.minimum(0.5, x.max(axis=0, initial=0.0))
    rows = np.repeat(pseudo.reshape(2 * p, p), levels, axis=0)
    design = np.ones((n + rows.shape[0], p + 1))
    design[:n, 1:], design[n:, 1:] = x, rows
    weights = np.ones(design.shape[0])
    weights[n:] = (p + 1) / max(rows.shape[0], 1)
    return Augmented(
        design, np.concatenate([y, np.tile(np.arange(levels), 2 * p)]).astype(np.int64), weights
    )
