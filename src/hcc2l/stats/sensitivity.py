"""Sensitivity of a hazard ratio to unmeasured confounding: E-values."""

from __future__ import annotations

import math


def e_value(hr: float, lower: float, upper: float) -> tuple[float, float]:
    """E-values of a hazard ratio and of its confidence limit nearer to 1.

    The hazard ratio of a common outcome is approximated by a risk ratio,
    (1 - 0.5^sqrt(HR)) / (1 - 0.5^sqrt(1/HR)); the E-value of a risk ratio above 1 is
    RR + sqrt(RR (RR - 1)) (VanderWeele and Ding, Ann Intern Med 2017;167:268–274). That of the
    limit is 1 if the interval contains 1.
    """
    limit = 1.0 if lower <= 1.0 <= upper else (lower if lower > 1.0 else upper)
    return _e_value(hr), _e_value(limit)


def _e_value(hr: float) -> float:
    if not math.isfinite(hr) or hr <= 0:
        return math.nan
    ratio = (1 - math.pow(0.5, math.sqrt(hr))) / (1 - math.pow(0.5, math.sqrt(1 / hr)))
    ratio = max(ratio, 1 / ratio)
    return ratio + math.sqrt(max(ratio * (ratio - 1), 0.0))
