"""Net benefit of treating those whose predicted risk reaches a threshold: decision curves."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from hcc2l.stats.kaplan_meier import kaplan_meier
from hcc2l.stats.risk_sets import Floats, time_tolerance


def net_benefit(
    time: Floats, event: NDArray[np.bool_], risk: Floats, at: float, thresholds: Floats
) -> Floats:
    """Net benefit at each threshold of treating patients with at least that risk, shape (t,).

    True positives less false positives weighted by the odds of the threshold, per patient; the
    share with the event by `at` is Kaplan-Meier's among the patients treated (Vickers et al., BMC
    Med Inform Decis Mak 2008;8:53; R's ``dcurves``). 0 where no patient is treated; NaN where none
    treated is followed until `at` and some are event-free.

    Parameters
    ----------
    time, event, risk
        Shape (n,); `risk` is of the event by `at`.
    thresholds
        Shape (t,), within (0, 1).
    """
    result = np.zeros(thresholds.size)
    for i, threshold in enumerate(thresholds):
        treated = risk >= threshold
        if treated.any():
            share = event_share(time[treated], event[treated], at)
            result[i] = treated.mean() * benefit(share, float(threshold))
    return result


def benefit(share: float, threshold: float) -> float:
    """Net benefit per patient treated, of whom a share has the event."""
    return share - (1.0 - share) * threshold / (1.0 - threshold)


def event_share(time: Floats, event: NDArray[np.bool_], at: float) -> float:
    """Kaplan-Meier share with the event by `at`; NaN where follow-up ends before, event-free."""
    curve = kaplan_meier(time, event)
    until = curve.time <= at + time_tolerance(time)
    survival = float(curve.survival[until][-1]) if until.any() else 1.0
    if survival > 0 and curve.time[-1] < at - time_tolerance(time):
        return math.nan
    return 1.0 - survival


def binary_net_benefit(outcome: NDArray[np.bool_], risk: Floats, thresholds: Floats) -> Floats:
    """Net benefit where the outcome of every patient is known, shape (t,).

    Vickers and Elkin, Med Decis Making 2006;26:565–574.
    """
    treated = risk[:, None] >= thresholds
    share = (treated & outcome[:, None]).mean(axis=0)
    false = (treated & ~outcome[:, None]).mean(axis=0)
    return np.asarray(share - false * thresholds / (1.0 - thresholds), dtype=np.float64)
