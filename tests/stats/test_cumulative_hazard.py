"""The cumulative hazard is R's."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from hcc2l.stats.cumulative_hazard import cumulative_hazard

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "hazard.json").read_text())


@pytest.mark.parametrize("case", REFERENCE["cases"])
def test_hazard_standard_error_and_limits_are_those_of_survfit(case: str) -> None:
    expected = REFERENCE["cases"][case]
    weights = None if case == "none" else np.array(expected["weights"], dtype=float)
    found = cumulative_hazard(
        np.array(REFERENCE["time"], dtype=float), np.array(REFERENCE["event"], dtype=bool), weights
    )
    np.testing.assert_allclose(found.time, expected["time"])
    np.testing.assert_allclose(found.hazard, expected["cumhaz"], rtol=1e-8)
    np.testing.assert_allclose(found.std_err, expected["std_chaz"], rtol=1e-8)
    lower, upper = found.limits(0.95)
    np.testing.assert_allclose(lower, expected["lower"], rtol=1e-8, atol=1e-12)
    np.testing.assert_allclose(upper, expected["upper"], rtol=1e-8)


def test_one_fractional_group_makes_all_robust_as_in_r() -> None:
    time, event = np.array([1.0, 2.0, 3.0]), np.array([True, True, False])
    weights = np.array([1.0, 2.0, 1.0])
    plain = cumulative_hazard(time, event, weights)
    robust = cumulative_hazard(time, event, weights, robust=True)
    assert plain.std_err[-1] != pytest.approx(robust.std_err[-1])
