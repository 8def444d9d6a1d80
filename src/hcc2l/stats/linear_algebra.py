"""Linear algebra of regression models."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hcc2l.stats.risk_sets import Floats

# R's bound on a pivot, below which a column is a linear combination of the columns before it.
PIVOT_TOLERANCE = float(np.finfo(np.float64).eps) ** 0.75


def linear_predictor(x: Floats, coef: Floats) -> Floats:
    """x'beta, shape (n,), equal to the last bit for equal rows.

    A matrix product may round equal rows differently, which would break ties between patients with
    the same covariates.
    """
    total, product = np.zeros(x.shape[0]), np.empty(x.shape[0])
    for j in range(coef.size):
        total += np.multiply(x[:, j], coef[j], out=product)
    return total


def independent(information: Floats, scale: Floats | None = None) -> NDArray[np.bool_]:
    """Columns that are not linear combinations of earlier ones, by R's Cholesky pivots.

    `scale`, shape (p,), is the size of the diagonal of a column that varies.
    """
    p = information.shape[0]
    keep = np.zeros(p, dtype=np.bool_)
    rest = information.copy()
    limit = PIVOT_TOLERANCE * max(float(np.diag(information).max(initial=0.0)), 0.0)
    for j in range(p):
        pivot = rest[j, j]
        floor = 0.0 if scale is None else PIVOT_TOLERANCE * scale[j]
        if not pivot > max(limit, floor):
            continue
        keep[j] = True
        column = rest[:, j] / pivot
        rest = rest - np.outer(column, rest[j, :])
    return keep


def inverse(matrix: Floats) -> Floats:
    """The inverse of a symmetric matrix, a generalised one when it is singular."""
    if matrix.size == 0:
        return matrix
    try:
        return np.asarray(np.linalg.inv(matrix), dtype=np.float64)
    except np.linalg.LinAlgError:
        return np.asarray(np.linalg.pinv(matrix, hermitian=True), dtype=np.float64)


def quadratic(variance: Floats, vector: Floats) -> float:
    """``v' V^-1 v``, by a generalised inverse when V is singular."""
    if vector.size == 0:
        return 0.0
    keep = independent(variance)
    return float(vector[keep] @ np.linalg.solve(variance[np.ix_(keep, keep)], vector[keep]))


def spread(matrix: Floats, keep: NDArray[np.bool_]) -> Floats:
    """The matrix of the kept columns, enlarged to all columns with NaN."""
    full = np.full((keep.size, keep.size), np.nan)
    full[np.ix_(keep, keep)] = matrix
    return full
