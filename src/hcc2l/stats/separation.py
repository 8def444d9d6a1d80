"""Whether a likelihood has a finite maximum, by linear programming."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hcc2l.stats.risk_sets import Floats

_TOLERANCE = 1e-6  # of a linear programme that is feasible to 1e-7


def unbounded(above: Floats, equal: Floats | None = None) -> NDArray[np.bool_]:
    """Coefficients without a finite estimate, shape (p,).

    The log-likelihood is concave and keeps increasing in the directions d with ``above @ d >= 0``,
    not all 0, and ``equal @ d == 0``. A coefficient has no finite estimate if some such direction
    moves it (Konis, Linear programming algorithms for detecting separated data in binary logistic
    regression models, thesis, Oxford 2007).

    Parameters
    ----------
    above, equal
        Shape (rows, p). The columns must be linearly independent.
    """
    from scipy.optimize import linprog

    p = above.shape[1]
    rows = _scaled(above)
    limits: dict[str, Floats] = {"A_ub": -rows, "b_ub": np.zeros(rows.shape[0])}
    if equal is not None and equal.size:
        same = _scaled(equal)
        limits |= {"A_eq": same, "b_eq": np.zeros(same.shape[0])}

    def furthest(objective: Floats) -> Floats:
        solution = linprog(-objective, bounds=(-1.0, 1.0), **limits).x
        return np.zeros(p) if solution is None else np.asarray(solution, dtype=np.float64)

    if not (rows @ furthest(rows.sum(axis=0))).max(initial=0.0) > _TOLERANCE:
        return np.zeros(p, dtype=np.bool_)
    return np.array(
        [
            max(abs(furthest(sign * axis)[j]) for sign in (-1.0, 1.0)) > _TOLERANCE
            for j, axis in enumerate(np.eye(p))
        ]
    )


def _scaled(rows: Floats) -> Floats:
    """Distinct rows that are not 0, each divided by its largest entry."""
    largest = np.abs(rows).max(axis=1, initial=0.0)
    kept = largest > 1e-12
    return np.unique(rows[kept] / largest[kept, None], axis=0)
