"""Whether a likelihood has a finite maximum, by linear programming."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hcc2l.stats.risk_sets import Floats

_FEASIBLE = 1e-7  # of a linear programme
_TOLERANCE = 10 * _FEASIBLE
_ROWS_AT_ONCE = 50  # for each coefficient


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
    p = above.shape[1]
    rows = _scaled(above)
    same = np.empty((0, p)) if equal is None else _scaled(equal)
    if not (rows @ _furthest(rows.sum(axis=0), rows, same)).max(initial=0.0) > _TOLERANCE:
        return np.zeros(p, dtype=np.bool_)
    return np.array(
        [
            max(abs(_furthest(sign * axis, rows, same)[j]) for sign in (-1.0, 1.0)) > _TOLERANCE
            for j, axis in enumerate(np.eye(p))
        ]
    )


def _furthest(objective: Floats, above: Floats, equal: Floats) -> Floats:
    """The permitted direction, within a cube, that leads furthest along the objective, shape (p,).

    Of many rows few matter: the programme begins with some of them, and takes in those that its
    solution violates most, until there are none.
    """
    from scipy.optimize import linprog

    rows, p = above.shape
    at_once = _ROWS_AT_ONCE * p
    limits = {"A_eq": equal, "b_eq": np.zeros(equal.shape[0])} if equal.size else {}
    used = np.zeros(rows, dtype=np.bool_)
    used[np.linspace(0, rows - 1, min(rows, at_once)).astype(np.intp)] = True
    while True:
        chosen = -above[used]
        solution = linprog(
            -objective, A_ub=chosen, b_ub=np.zeros(chosen.shape[0]), bounds=(-1.0, 1.0), **limits
        ).x
        if solution is None:
            return np.zeros(p)
        reached = above @ solution
        violated = np.flatnonzero(~used & (reached < -_FEASIBLE))
        if not violated.size:
            return np.asarray(solution, dtype=np.float64)
        used[violated[np.argsort(reached[violated])[:at_once]]] = True


def _scaled(rows: Floats) -> Floats:
    """Distinct rows that are not 0, each divided by its largest entry."""
    largest = np.abs(rows).max(axis=1, initial=0.0)
    kept = largest > 1e-12
    return np.unique(rows[kept] / largest[kept, None], axis=0)
