"""What is remarkable about the curves of patients who enter late."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hcc2l.analyses.km.data import KmData
from hcc2l.stats.kaplan_meier import KaplanMeier

ENOUGH = 10  # patients at risk at an event, where so many are at risk later


@dataclass(frozen=True)
class SmallRiskSets:
    """A curve whose first events happen among few patients, because most enter later.

    Attributes
    ----------
    n_risk, time
        The number at risk at the first event, and its time.
    until
        The last time of an event with few at risk before most have entered.
    fallen, later
        Whether the curve falls to 0 by then, where it stays, and how many are observed later.
    """

    group: str
    n_risk: int
    time: float
    until: float
    fallen: bool
    later: int


def small_risk_sets(data: KmData) -> list[SmallRiskSets]:
    """The groups with few patients at risk at their first events; none without late entry."""
    if data.entry is None:
        return []
    found = (_of_curve(data, code, curve) for code, curve in enumerate(data.curves))
    return [one for one in found if one is not None]


def _of_curve(data: KmData, code: int, curve: KaplanMeier) -> SmallRiskSets | None:
    peak = int(np.argmax(curve.n_risk))
    enough = min(ENOUGH, float(curve.n_risk[peak]) / 2)
    gone = np.flatnonzero(curve.survival == 0)
    fallen = bool(gone.size and gone[0] < curve.time.size - 1)
    early = np.flatnonzero(curve.n_event[:peak] * (curve.n_risk[:peak] < enough))
    if not fallen and not early.size:
        return None
    first = int(np.flatnonzero(curve.n_event)[0])
    last = max([*early[-1:], *(gone[:1] if fallen else ())])
    end = float(curve.time[last])
    return SmallRiskSets(
        group=data.levels[code],
        n_risk=int(curve.n_risk[first]),
        time=float(curve.time[first]),
        until=end,
        fallen=fallen,
        later=int((data.last_times(code) > end).sum()),
    )
