"""Tails against scipy.special, to the last digits."""

from __future__ import annotations

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.special import chdtrc, ndtr, ndtri

from hcc2l.stats.tails import chi_square_tail, normal_quantile, normal_tail


@given(st.integers(1, 60), st.floats(0, 1400))
@example(3, 5e-324)
@example(3, math.inf)
@example(4, math.inf)
def test_the_chi_square_tail_is_scipys(df: int, statistic: float) -> None:
    expected = float(chdtrc(df, statistic))
    assert chi_square_tail(df, statistic) == pytest.approx(expected, rel=1e-11, abs=1e-305)


@given(st.floats(-30, 37))
def test_the_normal_tail_is_scipys(z: float) -> None:
    assert normal_tail(z) == pytest.approx(float(ndtr(-z)), rel=1e-11, abs=1e-305)


@given(st.floats(0.001, 0.99999))
def test_the_normal_quantile_is_scipys(level: float) -> None:
    assert normal_quantile(level) == pytest.approx(float(ndtri(0.5 + level / 2)), rel=1e-13)


def test_nan_stays_nan() -> None:
    assert math.isnan(chi_square_tail(1, math.nan))
    assert math.isnan(chi_square_tail(0, 1.0))
    assert math.isnan(normal_tail(math.nan))
