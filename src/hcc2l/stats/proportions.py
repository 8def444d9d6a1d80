"""Proportions with exact intervals."""

from __future__ import annotations

import numpy as np

from hcc2l.stats.risk_sets import Floats


def clopper_pearson(count: int, n: int, conf_level: float) -> tuple[float, float]:
    """Exact limits of a proportion (Clopper and Pearson, Biometrika 1934;26:404-413).

    The lower limit is the p at which `count` or more have probability (1 - conf_level) / 2, the
    upper that at which `count` or fewer have; NaN when n is 0.
    """
    if n == 0:
        return float("nan"), float("nan")
    logs = np.concatenate(([0.0], np.cumsum(np.log(np.arange(1, n + 1, dtype=np.float64)))))
    choose = logs[n] - logs - logs[::-1]
    tail = (1.0 - conf_level) / 2
    # Counts 40 standard deviations away have no share in a tail.
    far = int(20 * np.sqrt(n)) + 50
    above, below = slice(count, min(n, count + far) + 1), slice(max(0, count - far), count + 1)
    lower = 0.0 if count == 0 else _solve(choose, above, tail, rising=True)
    upper = 1.0 if count == n else _solve(choose, below, tail, rising=False)
    return lower, upper


def _solve(log_choose: Floats, counts: slice, tail: float, *, rising: bool) -> float:
    """The p at which the probability of some counts is `tail`, by halving."""
    n = log_choose.size - 1
    k = np.arange(n + 1, dtype=np.float64)[counts]
    low, high = 0.0, 1.0
    for _ in range(60):
        p = (low + high) / 2
        probability = np.exp(log_choose[counts] + k * np.log(p) + (n - k) * np.log1p(-p)).sum()
        if (probability < tail) == rising:
            low = p
        else:
            high = p
    return (low + high) / 2
