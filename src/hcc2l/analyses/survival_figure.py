"""What every figure of survival curves shares: the ticks of its time axis."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

_STEPS = {
    "months": (1, 2, 3, 6, 12, 24, 36, 60, 120),
    "days": (1, 2, 5, 10, 20, 30, 60, 90, 180, 365, 730, 1825),
    "weeks": (1, 2, 4, 8, 13, 26, 52, 104, 260),
    "years": (1, 2, 5, 10, 20),
}


def axis_ticks(longest: float, unit: str | None) -> tuple[float, ...]:
    """Ticks from 0 in steps a clinician would choose (months: 3, 6, 12), at most eight steps."""
    if longest <= 0:
        return (0.0, 1.0)
    steps: Sequence[float] = _STEPS.get(unit or "", ())
    step = next((s for s in steps if longest / s <= 8 and longest / s >= 1), None)
    if step is None:
        magnitude = 10.0 ** np.floor(np.log10(longest / 8))
        step = next(m * magnitude for m in (1, 2, 2.5, 5, 10, 20) if longest / (m * magnitude) <= 8)
    # Up to the last tick within follow-up; the axis itself goes on to the end.
    return tuple(float(step * i) for i in range(int(np.floor(longest / step)) + 1))
