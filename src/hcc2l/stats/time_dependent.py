"""Survival by a time as an outcome of that time: weights against censoring, AUC, Brier score."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hcc2l.stats.influence import Influenced, from_influence_function
from hcc2l.stats.risk_sets import Floats, Times, distinct_times, risk_sets, time_tolerance


def outcome_weights(
    time: Times, event: NDArray[np.bool_], at: float, counts: Floats | None = None
) -> tuple[Floats, Floats]:
    """Weights of cases (event by `at`) and of controls (followed beyond `at`), against censoring.

    A case has weight 1 / G(t-) at its own time t, a control 1 / G(at), with G the Kaplan-Meier
    estimate of being uncensored, in which events precede the censorings of the same time; a row
    censored by `at` has weight 0. The curve with these weights is the cumulative/dynamic one of
    Uno et al., J Am Stat Assoc 2007;102:527–537, and Hung and Chiang, Can J Stat 2010;38:8–26, as
    R's ``riskRegression::Score`` computes it.

    Parameters
    ----------
    time, event
        Shape (n,).
    counts
        Shape (b, n): how often each row occurs in each of b samples; None for once each.

    Returns
    -------
    cases, controls
        Shape (n,), or (b, n) with `counts`.
    """
    distinct = distinct_times(time)
    times, index = distinct.times, distinct.index
    often = np.ones((1, event.size)) if counts is None else counts
    order = np.argsort(index, kind="stable")
    starts = np.searchsorted(index[order], np.arange(times.size))
    leaving = np.add.reduceat(often[:, order], starts, axis=1)
    events = np.add.reduceat((often * event)[:, order], starts, axis=1)
    at_risk = np.cumsum(leaving[:, ::-1], axis=1)[:, ::-1] - events  # events precede censorings
    censored = leaving - events
    share = np.divide(censored, at_risk, out=np.zeros_like(censored), where=censored > 0)
    # Column i: G just before the i-th time; the last: after all of them.
    uncensored = np.cumprod(np.hstack([np.ones((often.shape[0], 1)), 1 - share]), axis=1)
    limit = at + time_tolerance(times)
    by = times[index] <= limit
    is_case = by & event & (often > 0)
    is_control = ~by & (often > 0)
    passed = int(np.searchsorted(times, limit, side="right"))
    cases = np.divide(often, uncensored[:, index], out=np.zeros_like(often), where=is_case)
    after = np.broadcast_to(uncensored[:, [passed]], often.shape)
    controls = np.divide(often, after, out=np.zeros_like(often), where=is_control)
    return (cases[0], controls[0]) if counts is None else (cases, controls)


def censoring_influence(
    time: Times, event: NDArray[np.bool_], at: float, cases: Floats, controls: float
) -> Floats:
    """Influence of each row on a weighted sum through the estimated weights, shape (n,).

    The sum over cases k of a_k f_i(T_k-), plus b f_i(`at`), with f_i the influence of row i on the
    cumulative hazard of censoring; for `outcome_weights`.

    Parameters
    ----------
    cases
        Shape (n,): a, the share of each case in the sum; 0 for other rows.
    controls
        b, the share of the controls together.
    """
    sets = risk_sets(time, ~event)
    times, index, n = sets.times, sets.index, event.size
    at_risk, censored = sets.at_risk[:, 0], sets.events[:, 0]
    by_time = np.bincount(index, weights=cases, minlength=times.size)
    later = np.cumsum(by_time[::-1])[::-1] - by_time
    pull = later + np.where(times <= at + time_tolerance(times), controls, 0.0)
    own = np.where(event, 0.0, n / at_risk[index] * pull[index])
    drift = np.cumsum(n * censored / at_risk**2 * pull)
    return np.asarray(own - drift[index], dtype=np.float64)


def timed_auc(time: Times, event: NDArray[np.bool_], score: Floats, at: float) -> Influenced:
    """Cumulative/dynamic area under the ROC curve of a score (higher = earlier event) at a time.

    With the standard error by influence functions that holds the censoring weights as estimated:
    R's ``riskRegression::Score(metrics = "auc", cens.model = "km")``; Blanche, Dartigues and
    Jacqmin-Gadda, Stat Med 2013;32:5381–5397. NaN without cases or without controls.

    Parameters
    ----------
    time, event, score
        Shape (n,).
    """
    cases, controls = outcome_weights(time, event, at)
    n = event.size
    both = cases.sum() * controls.sum() / n**2
    if both == 0:
        return Influenced(np.nan, np.full(n, np.nan))
    beaten, beating = _outranked(score, controls), _outranked(-score, cases)
    area = float(cases @ beaten) / n**2

    def influence(of_case: Floats, of_control: Floats, value: float) -> Floats:
        direct = (cases * of_case + controls * of_control) / n - 2 * value
        return direct + censoring_influence(time, event, at, cases * of_case / n**2, value)

    everyone = np.ones(n)
    of_area = influence(beaten, beating, area)
    of_both = influence(everyone * controls.sum(), everyone * cases.sum(), both)
    return from_influence_function(area / both, (of_area * both - of_both * area) / both**2)


def _outranked(score: Floats, weights: Floats) -> Floats:
    """Per row, the weight of rows with a lower score, ties counting half; shape (n,)."""
    distinct, rank = np.unique(score, return_inverse=True)
    mass = np.bincount(rank, weights=weights, minlength=distinct.size)
    return np.asarray((np.cumsum(mass) - mass / 2)[rank], dtype=np.float64)


def timed_brier(time: Times, event: NDArray[np.bool_], risk: Floats, at: float) -> Influenced:
    """Brier score of predicted probabilities of the event by a time, weighted against censoring.

    R's ``riskRegression::Score(metrics = "brier", cens.model = "km")``; Gerds and Schumacher, Biom
    J 2006;48:1029–1040.

    Parameters
    ----------
    risk
        Shape (n,), or one probability for all.
    """
    cases, controls = outcome_weights(time, event, at)
    n = event.size
    of_cases, of_controls = cases * (1 - risk) ** 2, controls * np.square(risk)
    squared = of_cases + of_controls
    score = float(squared.mean())
    through = censoring_influence(time, event, at, of_cases / n, float(of_controls.sum()) / n)
    return from_influence_function(score, squared - score + through)
