"""The log-rank test: weighted, stratified, for trend and pairwise."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hcc2l.stats.risk_sets import (
    TIE_TOLERANCE,
    DistinctTimes,
    Floats,
    Ints,
    RiskSets,
    Times,
    distinct_times,
    fractional,
    risk_sets,
)
from hcc2l.stats.tails import chi_square_tail

# Below this share of the squared number of events a variance is rounding error.
NO_VARIANCE = 1e-18
Weight = Literal["logrank", "peto", "gehan", "tarone-ware", "fh"]


@dataclass(frozen=True)
class LogRank:
    """A comparison of the survival of k groups.

    Attributes
    ----------
    observed, expected
        Shape (k,): (weighted) numbers of events, summed over strata.
    variance
        Shape (k, k), of observed - expected.
    statistic, df, p
        Chi-square with one degree of freedom fewer than the groups with expected events; NaN where
        some groups were never at risk together.
    """

    observed: Floats
    expected: Floats
    variance: Floats
    statistic: float
    df: int
    p: float


def logrank(
    time: Times,
    event: NDArray[np.bool_],
    group: Ints,
    n_groups: int,
    *,
    weight: Weight = "logrank",
    rho: float = 0.0,
    gamma: float = 0.0,
    strata: Ints | None = None,
    case_weights: Floats | None = None,
    robust: bool | None = None,
) -> LogRank:
    """The log-rank test, or a weighted one, of `n_groups` groups.

    Parameters
    ----------
    time, event, group
        Shape (n,); `group` holds 0 ... n_groups - 1. As `DistinctTimes`, rows may have an entry:
        the test of R's ``coxph(Surv(entry, time, event) ~ group, ties = "exact")``.
    weight
        ``logrank`` 1; ``peto`` S(t-), R's ``survdiff(rho = 1)``; ``gehan`` n(t);
        ``tarone-ware`` sqrt(n(t)); ``fh`` S(t-)^rho (1 - S(t-))^gamma. S is the pooled
        Kaplan-Meier estimate of the stratum.
    strata
        Shape (n,): observed - expected and its variance are summed over the strata.
    case_weights
        Shape (n,). Whole numbers act as repeated rows. Otherwise (inverse-probability weights)
        the variance is robust, that of the score of a Cox model under the null (Lin and Wei,
        J Am Stat Assoc 1989;84:1074–1078), R's ``coxph(..., robust = TRUE)$rscore`` with
        Breslow's ties.
    robust
        Whether the variance is robust; by default, when any weight is not a whole number.

    Raises
    ------
    ValueError
        With entries and a robust variance, since rows of one patient are not independent.
    """
    observed, expected = np.zeros(n_groups), np.zeros(n_groups)
    variance = np.zeros((n_groups, n_groups))
    if robust is None:
        robust = case_weights is not None and fractional(case_weights)
    distinct = distinct_times(time)
    if robust and case_weights is not None and distinct.entry is not None:
        raise ValueError("a log-rank test of rows that enter late has no robust variance")
    if strata is not None and weight == "logrank" and case_weights is None:
        n_k, d_k = _all_strata(distinct, event, group, n_groups, strata)
        observed, expected, variance = _sums(n_k, d_k, np.ones(n_k.shape[0]))
        together = _at_risk_together(n_k, d_k, np.ones(n_k.shape[0]))
        return _result(observed, expected, variance, together)
    together = np.zeros((n_groups, n_groups), dtype=np.bool_)
    for rows in _strata_rows(strata, event.size):
        w = None if case_weights is None else case_weights[rows]
        sets = risk_sets(distinct.take(rows), event[rows], group[rows], n_groups, w)
        happens = sets.events.sum(axis=1) > 0
        n_k, d_k = sets.at_risk[happens], sets.events[happens]
        if n_k.shape[0] == 0:
            continue
        n, d = n_k.sum(axis=1), d_k.sum(axis=1)
        factor = _time_weights(weight, n, d, rho, gamma)
        o, e, v = _sums(n_k, d_k, factor)
        observed, expected = observed + o, expected + e
        together |= _at_risk_together(n_k, d_k, factor)
        if robust and w is not None:
            share = n_k / n[:, None]
            residuals = _score_residuals(sets, event[rows], group[rows], happens, factor, share)
            residuals *= w[:, None]
            v = residuals.T @ residuals
        variance += v
    return _result(observed, expected, variance, together)


def _result(
    observed: Floats, expected: Floats, variance: Floats, together: NDArray[np.bool_]
) -> LogRank:
    compared = expected > 0
    if not _linked(together, compared):
        df = max(int(compared.sum()) - 1, 0)
        return LogRank(observed, expected, variance, float("nan"), df, float("nan"))
    statistic, df, p = chi_square(observed - expected, variance, compared, observed.sum())
    return LogRank(observed, expected, variance, statistic, df, p)


def _at_risk_together(n_k: Floats, d_k: Floats, factor: Floats) -> NDArray[np.bool_]:
    """Whether groups were at risk together at an event that some survived, shape (k, k).

    Event times at which all at risk have the event, or with weight 0, carry no information.
    """
    n, d = n_k.sum(axis=1), d_k.sum(axis=1)
    informative = (n - d > TIE_TOLERANCE * n) & (factor > 0)
    at_risk = (n_k[informative] > 0).astype(np.float64)
    return np.asarray(at_risk.T @ at_risk > 0)


def _linked(together: NDArray[np.bool_], compared: NDArray[np.bool_]) -> bool:
    """Whether the groups compared are all linked by chains of pairs at risk together.

    Otherwise, as for two groups in different strata, the variance is singular, which rounding may
    hide.
    """
    groups = np.flatnonzero(compared)
    if groups.size < 2:
        return False
    reached = np.zeros(compared.size, dtype=np.bool_)
    reached[groups[0]] = True
    for _ in groups:
        reached |= together[reached].any(axis=0)
    return bool(reached[groups].all())


def _sums(n_k: Floats, d_k: Floats, factor: Floats) -> tuple[Floats, Floats, Floats]:
    """Observed and expected numbers of events, and the hypergeometric variance."""
    n, d = n_k.sum(axis=1), d_k.sum(axis=1)
    share = n_k / n[:, None]
    spread = factor**2 * d * (n - d) / np.maximum(n - 1.0, 1e-300)
    spread[n <= 1.0] = 0.0
    variance = -(share * spread[:, None]).T @ share
    np.fill_diagonal(variance, 0.0)
    np.fill_diagonal(variance, -variance.sum(axis=1))  # exactly 0 for a group never compared
    return factor @ d_k, (factor * d) @ share, variance


def _all_strata(
    distinct: DistinctTimes, event: NDArray[np.bool_], group: Ints, n_groups: int, strata: Ints
) -> tuple[Floats, Floats]:
    """Numbers at risk and of events by group, at every event time of every stratum.

    In one pass, since matched pairs make thousands of strata of two rows.
    """
    slots, slot = np.unique(strata * distinct.times.size + distinct.index, return_inverse=True)
    size = slots.size * n_groups
    cell = slot * n_groups + group
    leaving = np.bincount(cell, minlength=size).reshape(-1, n_groups)
    events = np.bincount(cell[event], minlength=size).reshape(-1, n_groups)
    if distinct.entered is not None:
        first = np.searchsorted(slots, strata * distinct.times.size + distinct.entered)
        entering = np.bincount(first * n_groups + group, minlength=size).reshape(-1, n_groups)
        entering[np.unique(slots // distinct.times.size, return_index=True)[1]] = 0
        # Who enters in a slot is at risk there, but in no slot of the stratum before it.
        leaving = leaving - np.vstack([entering[1:], np.zeros((1, n_groups), dtype=np.int64)])
    from_here = np.vstack([np.cumsum(leaving[::-1], axis=0)[::-1], np.zeros((1, n_groups))])
    stratum = slots // distinct.times.size
    beyond = np.searchsorted(stratum, stratum, side="right")
    happens = events.sum(axis=1) > 0
    at_risk = (from_here[:-1] - from_here[beyond])[happens]
    return at_risk, events[happens].astype(np.float64)


def trend(test: LogRank, scores: Floats) -> tuple[float, float]:
    """Chi-square (1 df) and p of the test for a trend across ordered groups.

    ``(s'(O-E))^2 / s'Vs`` (Tarone, Biometrika 1975;62:679–682; R's survMisc).
    """
    variance = float(scores @ test.variance @ scores)
    if variance <= NO_VARIANCE * float(test.observed.sum() * np.abs(scores).max()) ** 2:
        return float("nan"), float("nan")
    statistic = float(scores @ (test.observed - test.expected)) ** 2 / variance
    return statistic, chi_square_tail(1, statistic)


def pairwise(
    time: Times,
    event: NDArray[np.bool_],
    group: Ints,
    n_groups: int,
    *,
    strata: Ints | None = None,
    case_weights: Floats | None = None,
    robust: bool | None = None,
) -> list[tuple[int, int, LogRank]]:
    """A log-rank test of each pair of groups, on their rows alone, in level order."""
    result = []
    distinct = distinct_times(time)
    for a, b in combinations(range(n_groups), 2):
        rows = (group == a) | (group == b)
        test = logrank(
            distinct.take(rows),
            event[rows],
            (group[rows] == b).astype(np.int64),
            2,
            strata=None if strata is None else strata[rows],
            case_weights=None if case_weights is None else case_weights[rows],
            robust=robust,
        )
        result.append((a, b, test))
    return result


def _strata_rows(strata: Ints | None, n: int) -> list[NDArray[np.intp] | slice]:
    if strata is None:
        return [slice(0, n)]
    return [np.flatnonzero(strata == level) for level in np.unique(strata)]


def _time_weights(weight: Weight, n: Floats, d: Floats, rho: float, gamma: float) -> Floats:
    if weight == "logrank":
        return np.ones_like(n)
    if weight == "gehan":
        return n
    if weight == "tarone-ware":
        return np.asarray(np.sqrt(n), dtype=np.float64)
    before = np.concatenate(([1.0], np.cumprod((n - d) / n)[:-1]))
    if weight == "peto":
        return before
    with np.errstate(invalid="ignore"):
        return np.asarray(before**rho * (1.0 - before) ** gamma, dtype=np.float64)


def _score_residuals(
    sets: RiskSets,
    event: NDArray[np.bool_],
    group: Ints,
    happens: NDArray[np.bool_],
    factor: Floats,
    share: Floats,
) -> Floats:
    """Contributions of rows to observed - expected, shape (n, k).

    The integral of w (1[g = k] - share_k) dM_i.
    """
    n_groups = share.shape[1]
    n, d = sets.at_risk[happens].sum(axis=1), sets.events[happens].sum(axis=1)
    hazard = factor * d / n
    cumulative = np.concatenate(([0.0], np.cumsum(hazard)))
    cumulative_share = np.vstack([np.zeros(n_groups), np.cumsum(hazard[:, None] * share, axis=0)])
    passed = np.cumsum(happens)[sets.index]  # event times up to and including the row's own
    indicator = np.eye(n_groups)[group]
    residuals = cumulative_share[passed] - indicator * cumulative[passed][:, None]
    at = passed[event] - 1
    residuals[event] += factor[at][:, None] * (indicator[event] - share[at])
    return np.asarray(residuals, dtype=np.float64)


def chi_square(
    score: Floats, variance: Floats, compared: NDArray[np.bool_], size: float
) -> tuple[float, int, float]:
    """Quadratic form, degrees of freedom and p, over all the groups `compared` but the last.

    NaN when the variance is singular, or rounding error relative to `size`, the (weighted) number
    of events.
    """
    use = np.flatnonzero(compared)[:-1]
    if use.size == 0:
        return float("nan"), 0, float("nan")
    block = variance[np.ix_(use, use)]
    smallest = float(np.diag(block).min())
    if smallest <= NO_VARIANCE * size**2 or np.linalg.matrix_rank(block, hermitian=True) < use.size:
        return float("nan"), int(use.size), float("nan")
    statistic = float(score[use] @ np.linalg.solve(block, score[use]))
    if statistic < 0:
        return float("nan"), int(use.size), float("nan")
    return statistic, int(use.size), chi_square_tail(use.size, statistic)
