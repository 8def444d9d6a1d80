"""Weights that turn censored survival by a time into an outcome of that time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hcc2l.stats.risk_sets import Floats, Times, distinct_times, time_tolerance


def outcome_weights(
    time: Times, event: NDArray[np.bool_], at: float, counts: Floats | None = None
) -> tuple[Floats, Floats]:
    """Weights of cases (event by `at`) and of controls (time beyond `at`), inverse to censoring.

    A case weighs 1 / G(its time), a control 1 / G(at), G the Kaplan-Meier estimate of being
    uncensored; who is censored by `at` weighs nothing. A curve with these weights is the
    cumulative/dynamic one of Uno et al., J Am Stat Assoc 2007;102:527-537, and Hung and Chiang,
    Can J Stat 2010;38:8-26, as scikit-survival's ``cumulative_dynamic_auc`` has it.

    Parameters
    ----------
    time, event
        Shape (n,).
    counts
        Shape (b, n): how often each row stands in each of b samples; left out, once.

    Returns
    -------
    cases, controls
        Shape (n,), or (b, n) with `counts`. NaN where everybody is censored before an event.
    """
    distinct = distinct_times(time)
    times, index = distinct.times, distinct.index
    often = np.ones((1, event.size)) if counts is None else counts
    order = np.argsort(index, kind="stable")
    starts = np.searchsorted(index[order], np.arange(times.size))
    leaving = np.add.reduceat(often[:, order], starts, axis=1)
    events = np.add.reduceat((often * event)[:, order], starts, axis=1)
    at_risk = np.cumsum(leaving[:, ::-1], axis=1)[:, ::-1] - events  # events come first
    censored = leaving - events
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(censored > 0, 1 - censored / at_risk, 1.0)
        uncensored = np.cumprod(share, axis=1)
        of_row = 1 / uncensored[:, index]
        last = int(np.searchsorted(times, at + time_tolerance(times), side="right")) - 1
        of_at = 1 / uncensored[:, [last]] if last >= 0 else np.ones((often.shape[0], 1))
        by = times[index] <= at + time_tolerance(times)
        cases = np.where(by & event & (often > 0), often * of_row, 0.0)
        controls = np.where(~by & (often > 0), often * of_at, 0.0)
    cases = np.where(np.isinf(cases), np.nan, cases)
    controls = np.where(np.isinf(controls), np.nan, controls)
    return (cases[0], controls[0]) if counts is None else (cases, controls)
