"""Estimates of several imputed data sets made into one: Rubin's rules, and tests of whole terms.

The degrees of freedom are those of R's `mice`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from hcc2l.stats.risk_sets import Floats

# Acts in the degrees of freedom only: without it they are infinite where the sets agree.
LEAST_SHARE = 1e-4


@dataclass(frozen=True)
class Pooled:
    """Estimates of m sets, pooled; arrays have the shape of one set's estimates.

    Attributes
    ----------
    estimate
        Mean over the sets.
    within, between
        Mean of the squared standard errors, and variance of the estimates between the sets.
    df_complete
        Degrees of freedom if nothing were missing; may be infinite.
    """

    estimate: Floats
    within: Floats
    between: Floats
    sets: int
    df_complete: float

    @property
    def _excess(self) -> Floats:
        return (1.0 + 1.0 / self.sets) * self.between

    @property
    def std_err(self) -> Floats:
        """Square root of the total variance."""
        return np.asarray(np.sqrt(self.within + self._excess))

    @property
    def relative_increase(self) -> Floats:
        """How much the missing values increase the variance, relative to that within sets."""
        return np.asarray(self._excess / self.within)

    @property
    def share(self) -> Floats:
        """Share of the total variance that is due to the missing values (lambda)."""
        return np.asarray(self._excess / (self.within + self._excess))

    @property
    def df(self) -> Floats:
        """Degrees of freedom of Barnard and Rubin."""
        share = np.maximum(self.share, LEAST_SHARE)
        old = (self.sets - 1) / share**2
        if math.isinf(self.df_complete):
            return np.asarray(old)
        complete = self.df_complete
        observed = (complete + 1) / (complete + 3) * complete * (1 - share)
        return np.asarray(old * observed / (old + observed))

    @property
    def missing_information(self) -> Floats:
        """Fraction of missing information."""
        increase = self.relative_increase
        return np.asarray((increase + 2.0 / (self.df + 3.0)) / (1.0 + increase))

    @property
    def statistic(self) -> Floats:
        """Estimate over standard error."""
        return np.asarray(self.estimate / self.std_err)

    @property
    def p(self) -> Floats:
        """Two-sided p of Student's t with `df`."""
        from scipy.special import stdtr

        return np.asarray(2.0 * stdtr(self.df, -np.abs(self.statistic)))

    def limits(self, conf_level: float) -> tuple[Floats, Floats]:
        """Confidence limits by Student's t with `df`."""
        from scipy.special import stdtrit

        half = stdtrit(self.df, 0.5 + conf_level / 2) * self.std_err
        return np.asarray(self.estimate - half), np.asarray(self.estimate + half)


def rubin(estimates: Floats, variances: Floats, df_complete: float = math.inf) -> Pooled:
    """Pool by Rubin's rules.

    Parameters
    ----------
    estimates, variances
        Shape (m, …), m ≥ 2: of each set, and their squared standard errors.
    df_complete
        Events minus coefficients of a Cox model, residual degrees of freedom of others; infinite
        where large samples are assumed.

    Notes
    -----
    Rubin 1987; Barnard and Rubin, Biometrika 1999;86:948–955.
    """
    return Pooled(
        np.asarray(estimates.mean(axis=0)), np.asarray(variances.mean(axis=0)),
        np.asarray(estimates.var(axis=0, ddof=1)), estimates.shape[0], df_complete,
    )  # fmt: skip


def pooled_variance(estimates: Floats, variances: Floats) -> Floats:
    """Total covariance matrix of the pooled coefficients, shape (p, p).

    `estimates` is of shape (m, p), `variances` (m, p, p).
    """
    m = estimates.shape[0]
    return np.asarray(
        variances.mean(axis=0)
        + (1 + 1 / m) * np.cov(estimates, rowvar=False, ddof=1).reshape(variances.shape[1:])
    )


@dataclass(frozen=True)
class FTest:
    """A pooled test of k coefficients: F with k and `df` degrees of freedom.

    Attributes
    ----------
    increase
        Relative increase in variance due to the missing values, averaged over the coefficients.
    """

    f: float
    k: int
    df: float
    increase: float

    @property
    def p(self) -> float:
        """P of a larger F; 1 if F is not positive, by chi-square where `df` is infinite."""
        from scipy.special import chdtrc, fdtrc

        if not self.f > 0:
            return 1.0
        if math.isinf(self.df):
            return float(chdtrc(self.k, self.k * self.f))
        return float(fdtrc(self.k, self.df, self.f))


def wald_test(estimates: Floats, variances: Floats, df_complete: float = math.inf) -> FTest:
    """D1: the Wald test of k coefficients with their pooled covariance.

    Parameters
    ----------
    estimates, variances
        Shape (m, k) and (m, k, k).

    Notes
    -----
    Li, Raghunathan and Rubin, J Am Stat Assoc 1991;86:1065–1073; degrees of freedom of Reiter,
    Biometrika 2007;94:502–508. For one coefficient, Student's t of Barnard and Rubin: Reiter's
    formula says 4 for k (m − 1) = 4, whatever the data. For k (m − 1) ≤ 4 those of 1991.
    """
    m, k = estimates.shape
    within = variances.mean(axis=0)
    between = np.cov(estimates, rowvar=False, ddof=1).reshape(k, k)
    mean = estimates.mean(axis=0)
    inverse = np.linalg.inv(within)
    increase = (1 + 1 / m) * float(np.trace(between @ inverse)) / k
    f = float(mean @ inverse @ mean) / (k * (1 + increase))
    t = k * (m - 1)
    if k == 1:
        df = float(rubin(estimates[:, 0], variances[:, 0, 0], df_complete).df)
    elif math.isinf(df_complete) or t <= 4:
        df = _df_of_1991(increase, k, t)
    else:
        df = _df_of_reiter(increase, t, df_complete)
    return FTest(f, k, df, increase)


def _df_of_1991(increase: float, k: int, t: int) -> float:
    if increase == 0:
        return math.inf
    if t > 4:
        return 4 + (t - 4) * (1 + (1 - 2 / t) / increase) ** 2
    return t * (1 + 1 / k) * (1 + 1 / increase) ** 2 / 2


def _df_of_reiter(increase: float, t: int, df_complete: float) -> float:
    a = increase * t / (t - 2)
    observed = df_complete * (df_complete + 1) / (df_complete + 3)
    c0, c1, c2 = 1 / (t - 4), observed - 2 * (1 + a), observed - 4 * (1 + a)
    terms = (
        c1 / ((1 + a) ** 2 * c2),
        8 * c1 / ((1 + a) * c2**2),
        4 / ((1 + a) * c2),
        4 / (c2 * c1),
        16 * c1 / c2**3,
        8 / c2**2,
    )
    return 4 + 1 / (1 / c2 + c0 * a * a * sum(terms))


def statistics_test(statistics: Floats, k: int) -> FTest:
    """D2: m chi-square statistics of k degrees of freedom, shape (m,), as one test.

    Li, Meng, Raghunathan and Rubin, Stat Sinica 1991;1:65–92.
    """
    m = statistics.size
    increase = (1 + 1 / m) * float(np.sqrt(statistics).var(ddof=1))
    f = (float(statistics.mean()) / k - (m + 1) / (m - 1) * increase) / (1 + increase)
    if increase == 0:
        return FTest(f, k, math.inf, 0.0)
    return FTest(f, k, k ** (-3 / m) * (m - 1) * (1 + 1 / increase) ** 2, increase)


def likelihood_test(own: Floats, pooled: Floats, k: int) -> FTest:
    """D3: likelihood ratios of k parameters in m sets, at their own and at pooled coefficients.

    Parameters
    ----------
    own, pooled
        Shape (m,): twice the difference in log-likelihood of both models, at the estimates of
        each set, and with both models held at their pooled coefficients.

    Notes
    -----
    Meng and Rubin, Biometrika 1992;79:103–111.
    """
    m, held = own.size, float(pooled.mean())
    increase = (m + 1) / (k * (m - 1)) * (float(own.mean()) - held)
    return FTest(
        held / (k * (1 + increase)), k, _df_of_1991(increase, k, k * (m - 1)), increase
    )  # fmt: skip


@dataclass(frozen=True)
class PooledProportion:
    """Pooled proportions with their limits, NaN where there are none."""

    estimate: Floats
    lower: Floats
    upper: Floats


def pooled_survival(survival: Floats, std_err: Floats, conf_level: float) -> PooledProportion:
    """Survival at some times, pooled as log(−log S).

    Where S is 0 or 1 in some set: the mean of the sets, without limits.

    Parameters
    ----------
    survival, std_err
        Shape (m, times): of each set, and Greenwood's standard errors.
    """
    inside = ((survival > 0) & (survival < 1)).all(axis=0)
    estimate = survival.mean(axis=0)
    lower, upper = np.full(estimate.size, np.nan), np.full(estimate.size, np.nan)
    if inside.any():
        s = survival[:, inside]
        log = np.log(s)
        pooled = rubin(np.log(-log), (std_err[:, inside] / (s * log)) ** 2)
        low, high = pooled.limits(conf_level)
        estimate[inside] = np.exp(-np.exp(pooled.estimate))
        lower[inside], upper[inside] = np.exp(-np.exp(high)), np.exp(-np.exp(low))
    return PooledProportion(estimate, lower, upper)


def pooled_median(time: Floats, curve: PooledProportion) -> tuple[float, float, float]:
    """Where a pooled curve and its limits first fall to a half; NaN where they do not.

    `time`, shape (times,), are the times of events of any set, ascending.
    """

    def first(values: Floats) -> float:
        below = np.flatnonzero(values <= 0.5 + 1e-12)  # False for NaN
        return float(time[below[0]]) if below.size else math.nan

    return first(curve.estimate), first(curve.lower), first(curve.upper)


def pooled_concordance(
    concordance: Floats, std_err: Floats, conf_level: float
) -> tuple[float, float, float]:
    """Concordance indices, shape (m,), pooled as logits: estimate and limits."""
    odds = concordance / (1 - concordance)
    pooled = rubin(np.log(odds), (std_err / (concordance * (1 - concordance))) ** 2)
    lower, upper = pooled.limits(conf_level)
    back = [1.0 / (1.0 + math.exp(-float(v))) for v in (pooled.estimate, lower, upper)]
    return back[0], back[1], back[2]
