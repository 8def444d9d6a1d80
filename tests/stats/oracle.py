"""Slow implementations from the definitions, in another way than the package's."""

from __future__ import annotations

from fractions import Fraction
from math import sqrt
from typing import Any

import numpy as np


def slow_kaplan_meier(time: Any, event: Any) -> dict[float, tuple[float, float]]:
    """S(t) and its Greenwood standard error at every distinct time, in exact fractions."""
    pairs = list(zip(time.tolist(), event.tolist(), strict=True))
    survival, sum_ = Fraction(1), Fraction(0)
    result = {}
    for t in sorted({t for t, _ in pairs}):
        n = sum(1 for u, _ in pairs if u >= t)
        d = sum(1 for u, e in pairs if u == t and e)
        survival *= Fraction(n - d, n)
        if 0 < d < n:
            sum_ += Fraction(d, n * (n - d))
        result[t] = (float(survival), float(survival) * sqrt(sum_))
    return result


def slow_logrank(time: Any, event: Any, group: Any, k: int) -> float:
    """Chi-square of the log-rank test, table by table, by a generalised inverse."""
    score, variance = np.zeros(k), np.zeros((k, k))
    for t in sorted({float(u) for u, e in zip(time, event, strict=True) if e}):
        n = [
            sum(1 for u, g in zip(time, group, strict=True) if u >= t and g == j) for j in range(k)
        ]
        d = [
            sum(1 for u, e, g in zip(time, event, group, strict=True) if u == t and e and g == j)
            for j in range(k)
        ]
        total, deaths = sum(n), sum(d)
        for i in range(k):
            score[i] += d[i] - deaths * n[i] / total
            for j in range(k):
                if total > 1:
                    share = (n[i] / total) * ((i == j) - n[j] / total)
                    variance[i, j] += share * deaths * (total - deaths) / (total - 1)
    return float(score @ np.linalg.pinv(variance, rcond=1e-10) @ score)
