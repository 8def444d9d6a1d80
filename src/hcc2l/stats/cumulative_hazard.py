"""The cumulative hazard by Nelson and Aalen, as in R's `survfit`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hcc2l.stats.risk_sets import Floats, Times, fractional, risk_sets
from hcc2l.stats.tails import normal_quantile


@dataclass(frozen=True)
class CumulativeHazard:
    """The sum of d/n over the event times up to each distinct time, with its standard error."""

    time: Floats
    hazard: Floats
    std_err: Floats

    def at(self, time: Floats) -> Floats:
        """The hazard at some times, shape (n,): 0 before the first event."""
        steps = np.concatenate([[0.0], self.hazard])
        return np.asarray(steps[np.searchsorted(self.time, time, side="right")])

    def limits(self, conf_level: float) -> tuple[Floats, Floats]:
        """Pointwise limits H ± z·SE, the lower at least 0: R's ``plot(fit, cumhaz = TRUE)``."""
        half = normal_quantile(conf_level) * self.std_err
        return np.maximum(self.hazard - half, 0.0), self.hazard + half


def cumulative_hazard(
    time: Times,
    event: NDArray[np.bool_],
    weights: Floats | None = None,
    *,
    robust: bool | None = None,
) -> CumulativeHazard:
    """The Nelson–Aalen estimate, R's ``survfit(Surv(time, event) ~ 1, weights)$cumhaz``.

    Parameters
    ----------
    time, event
        Shape (n,), n >= 1.
    weights
        Shape (n,), positive case weights. Whole numbers act as repeated rows.
    robust
        Whether the variance is the infinitesimal jackknife, instead of the sum of d/n²; by default,
        when any weight is not a whole number. R decides over all groups together.

    Notes
    -----
    Aalen, Ann Stat 1978;6:701–726.
    """
    sets = risk_sets(time, event, weights=weights)
    n, d = sets.at_risk[:, 0], sets.events[:, 0]
    hazard: Floats = np.cumsum(d / n, dtype=np.float64)
    if weights is not None and (fractional(weights) if robust is None else robust):
        variance = _jackknife_variance(sets.index, event, weights, n, d)
    else:
        variance = np.cumsum(d / n**2)
    return CumulativeHazard(sets.times, hazard, np.sqrt(variance))


def _jackknife_variance(
    index: NDArray[np.int64], event: NDArray[np.bool_], weights: Floats, n: Floats, d: Floats
) -> Floats:
    """Infinitesimal jackknife variance at each distinct time.

    A row at risk after t has influence -w C(t), C(t) = sum of d/n² up to t; one that left at u <= t
    keeps w (event/n(u) - C(u)). Both sums are cumulative, so this is linear.
    """
    lowered = np.cumsum(d / n**2)
    square = np.bincount(index, weights=weights**2, minlength=n.size)
    at_risk = np.append(np.cumsum(square[::-1])[::-1][1:], 0.0)
    kept = weights * (event / n[index] - lowered[index])
    left = np.cumsum(np.bincount(index, weights=kept**2, minlength=n.size))
    return at_risk * lowered**2 + left
