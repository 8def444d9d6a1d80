"""Estimates with the contribution of each row to their error, so that two can be compared."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from hcc2l.stats.risk_sets import TIE_TOLERANCE, Floats
from hcc2l.stats.tails import normal_quantile, normal_tail


@dataclass(frozen=True)
class Influenced:
    """An estimate; estimates in the same rows are correlated through their contributions.

    Attributes
    ----------
    contributions
        Shape (n,): the standard error is the root of the sum of their squares. NaN where the
        estimate does not exist.
    """

    estimate: float
    contributions: Floats

    @property
    def std_err(self) -> float:
        """Standard error; NaN where all contributions are 0 but for rounding."""
        std_err = math.sqrt(float(np.sum(self.contributions**2)))
        return std_err if std_err > TIE_TOLERANCE**2 else math.nan

    def limits(
        self, conf_level: float, low: float = -math.inf, high: float = math.inf
    ) -> tuple[float, float]:
        """Normal limits on the plain scale, cut to a range."""
        half = normal_quantile(conf_level) * self.std_err
        if math.isnan(half):
            return math.nan, math.nan
        return max(self.estimate - half, low), min(self.estimate + half, high)

    def p(self, null: float = 0.0) -> float:
        """Two-sided p of the z-test against `null`; NaN without a standard error."""
        return 2.0 * normal_tail(abs((self.estimate - null) / self.std_err))

    def minus(self, other: Influenced) -> Influenced:
        """The difference of two estimates in the same rows."""
        return Influenced(
            self.estimate - other.estimate, self.contributions - other.contributions
        )  # fmt: skip


def from_influence_function(estimate: float, values: Floats) -> Influenced:
    """An estimate from its influence function, shape (n,): the SE is its SD over the root of n."""
    n = values.size
    centred = values - values.mean()
    return Influenced(estimate, centred / math.sqrt(n * (n - 1)) if n > 1 else centred * math.nan)
