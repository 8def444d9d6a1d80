"""Quantiles of a sample, as statistical packages define them, and of a weighted sample."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hcc2l.stats.risk_sets import Floats

_METHODS = {2: "averaged_inverted_cdf", 6: "weibull", 7: "linear"}


def quantiles(x: Floats, shares: Sequence[float], kind: int = 7) -> list[float]:
    """Quantiles of `x`, shape (n,), of a type of R's ``quantile``; NaN without values.

    Parameters
    ----------
    kind
        7 (R, NumPy), 2 (SAS) or 6 (SPSS): Hyndman and Fan, Am Stat 1996;50:361–365.
    """
    if not x.size:
        return [float("nan")] * len(shares)
    found: list[float] = np.quantile(x, shares, method=_METHODS[kind]).tolist()  # type: ignore[call-overload]
    return found


def weighted_quantile(x: Floats, weights: Floats, q: float) -> float:
    """Type-7 quantile; with unequal weights, the quantile of the weighted distribution function."""
    if np.ptp(weights) == 0:
        return float(np.quantile(x, q))
    order = np.argsort(x, kind="stable")
    mass = np.cumsum(weights[order])
    at = int(np.searchsorted(mass, q * mass[-1] * (1 - 1e-12)))
    return float(x[order][min(at, x.size - 1)])
