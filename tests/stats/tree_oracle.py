"""party's tree, slowly and in another way: dense matrices, explicit sums, recursion."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import stats


def scores(time: Any, event: Any) -> list[float]:
    """Log-rank scores by their definition, one patient at a time."""
    found = []
    for t, d in zip(time, event, strict=True):
        hazard = sum(
            sum(e for u, e in zip(time, event, strict=True) if u == s) / sum(u >= s for u in time)
            for s in sorted(set(time))
            if s <= t
        )
        found.append(hazard - d)
    return found


def columns(kind: str, values: Any, levels: int) -> Any:
    """g(x), shape (n, q): the number, or one indicator a level."""
    if kind != "factor":
        return np.asarray(values, dtype=float).reshape(-1, 1)
    return np.array([[float(v == level) for level in range(levels)] for v in values])


def quadratic_form(kind: str, values: Any, levels: int, score: Any) -> tuple[float, int]:
    """Strasser and Weber's statistic with the Moore-Penrose inverse of the whole covariance."""
    g, a = columns(kind, values, levels), np.asarray(score)
    n = a.size
    mean, variance = a.mean(), ((a - a.mean()) ** 2).mean()
    total = g.sum(axis=0)
    expected = mean * total
    covariance = variance / (n - 1) * (n * g.T @ g - np.outer(total, total))
    gap = a @ g - expected
    u, s, v = np.linalg.svd(covariance)
    keep = s > max(1e-10, 1e-10 * s.max())
    inverse = (v.T[:, keep] / s[keep]) @ u[:, keep].T
    return float(gap @ inverse @ gap), int(keep.sum())


def cut(values: Any, score: Any, min_bucket: int) -> tuple[float, float] | None:
    """The best cut, trying every value against every row."""
    x, a = np.asarray(values, dtype=float), np.asarray(score)
    n, mean = a.size, a.mean()
    variance = ((a - mean) ** 2).mean()
    best = None
    for value in sorted(set(x))[:-1]:
        left = x <= value
        m = left.sum()
        if m < max(min_bucket, 0.01 * n + 1) or m > min(n - min_bucket, 0.99 * n - 1):
            continue
        z = abs(a[left].sum() - m * mean) / np.sqrt(variance * m * (n - m) / (n - 1))
        if best is None or z > best[1] + 1e-9:
            best = (float(value), float(z))
    return best


def leaves(
    covariates: list[tuple[str, Any, int]], score: Any, alpha: float, min_split: int,
    min_bucket: int,
) -> list[frozenset[int]]:  # fmt: skip
    """The rows of each leaf, left to right; no covariate has gaps, and every cut is possible."""

    def divide(rows: Any) -> list[frozenset[int]]:
        if rows.size < min_split:
            return [frozenset(rows.tolist())]
        found = []
        for kind, values, levels in covariates:
            statistic, df = quadratic_form(kind, values[rows], levels, score[rows])
            p = float(stats.chi2.sf(statistic, df)) if df else 1.0
            found.append(((1 - p) ** len(covariates), statistic))
        best = max(range(len(found)), key=lambda j: (*found[j], -j))
        if not found[best][0] > 1 - alpha:
            return [frozenset(rows.tolist())]
        kind, values, levels = covariates[best]
        x = values[rows]
        if kind == "factor":
            z = []
            for level in range(levels):
                inside, a = x == level, score[rows]
                n, m = a.size, inside.sum()
                spread = np.sqrt(((a - a.mean()) ** 2).mean() * m * (n - m) / (n - 1))
                z.append((a[inside].sum() - m * a.mean()) / spread if 0 < m < n else 0.0)
            ranks = np.array([1.0 + sum(other < own for other in z) for own in z])
            x = ranks[x.astype(int)]
        at = cut(x, score[rows], min_bucket)
        if at is None:
            return [frozenset(rows.tolist())]
        left = x > at[0] if kind == "factor" else x <= at[0]
        return divide(rows[left]) + divide(rows[~left])

    return divide(np.arange(len(score)))
