"""Adjustment of p-values for multiple comparisons."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Adjustment = Literal["holm", "bh", "bonferroni", "none"]


def adjust(p: NDArray[np.float64], method: Adjustment) -> NDArray[np.float64]:
    """Adjusted p-values as of R's ``p.adjust``; NaN stays NaN and is not counted as a comparison.

    Parameters
    ----------
    p
        Shape (m,).
    method
        ``holm`` (Scand J Stat 1979;6:65–70), ``bh`` (Benjamini and Hochberg, J R Stat Soc B
        1995;57:289–300), ``bonferroni``, ``none``.
    """
    result = np.array(p, dtype=np.float64)
    estimable = ~np.isnan(result)
    values = result[estimable]
    m = values.size
    if m == 0 or method == "none":
        return result
    if method == "bonferroni":
        result[estimable] = np.minimum(1.0, m * values)
        return result
    order = np.argsort(values)
    ranked = values[order]
    if method == "holm":
        adjusted = np.maximum.accumulate((m - np.arange(m)) * ranked)
    else:
        scaled = m / np.arange(1, m + 1) * ranked
        adjusted = np.minimum.accumulate(scaled[::-1])[::-1]
    back = np.empty(m)
    back[order] = np.minimum(1.0, adjusted)
    result[estimable] = back
    return result
