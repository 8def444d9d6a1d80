"""Weights that turn censored survival by a time into an outcome of that time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hcc2l.stats.risk_sets import Floats, Times, distinct_times, time_tolerance


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
