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
    # Each limit is on its side of count / n, where counts further off have no share in the tail.
    far = int(20 * np.sqrt(n)) + 50
    above, below = slice(count, min(n, count + far) + 1), slice(max(0, count - far), count + 1)
    lower = 0.0 if count == 0 else _solve(choose, above, tail, 0.0, count / n)
    upper = 1.0 if count == n else _solve(choose, below, tail, 1.0, count / n)
    return lower, upper


def _solve(log_choose: Floats, counts: slice, tail: float, less: float, more: float) -> float:
    """The p at which the probability of some counts is `tail`, by halving.

    It is less than `tail` at `less`, and more at `more`.
    """
    n = log_choose.size - 1
    k = np.arange(n + 1, dtype=np.float64)[counts]
    for _ in range(60):
        p = (less + more) / 2
        probability = np.exp(log_choose[counts] + k * np.log(p) + (n - k) * np.log1p(-p)).sum()
        less, more = (p, more) if probability < tail else (less, p)
    return (less + more) / 2
