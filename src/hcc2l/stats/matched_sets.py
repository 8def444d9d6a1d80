"""Rows that belong together: a treated patient with one or several controls."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hcc2l.stats.risk_sets import Floats, Ints

Mask = NDArray[np.bool_]


def complete_sets(sets: Ints, treated: Mask, known: Mask) -> Mask:
    """Known rows of sets with a known treated row and a known control, shape (n,).

    Parameters
    ----------
    sets
        Shape (n,): the set of each row from 0; -1 for none.
    treated, known
        Shape (n,).
    """
    known = known & (sets >= 0)
    size = int(sets.max(initial=-1)) + 2
    with_treated = np.bincount(sets[known & treated] + 1, minlength=size) > 0
    with_control = np.bincount(sets[known & ~treated] + 1, minlength=size) > 0
    return np.asarray(known & (with_treated & with_control)[sets + 1])


def differences(x: Floats, treated: Mask, sets: Ints) -> Floats:
    """Value of each treated row less the mean of the controls of its set, in the order of rows.

    `x`, `treated` and `sets` have shape (n,); rows without a set, -1, do not count.
    """
    size = int(sets.max(initial=-1)) + 1
    inside = sets >= 0
    controls = inside & ~treated
    count = np.bincount(sets[controls], minlength=size)
    mean = np.bincount(sets[controls], weights=x[controls], minlength=size) / count
    heads = inside & treated
    return np.asarray(x[heads] - mean[sets[heads]], dtype=np.float64)
