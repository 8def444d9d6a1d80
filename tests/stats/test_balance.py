"""The standardised difference of a factor (Yang and Dalton)."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcc2l.stats.balance import levels_difference

COUNTS = np.array([[10.0, 11], [20, 9], [5, 30]])


def test_two_levels_have_the_difference_of_their_shares_over_its_sd() -> None:
    p, q = 10 / 40, 11 / 41
    expected = abs(p - q) / math.sqrt((p * (1 - p) + q * (1 - q)) / 2)
    table = np.array([[10.0, 11], [30, 30]])
    assert levels_difference(table, table, pooled=True) == pytest.approx(expected, rel=1e-12)
    of_second = abs(p - q) / math.sqrt(q * (1 - q))
    assert levels_difference(table, table, pooled=False) == pytest.approx(of_second, rel=1e-12)


@given(st.permutations([0, 1, 2]), st.floats(0.1, 10))
def test_neither_the_order_of_levels_nor_the_scale_of_weights_counts(
    order: list[int], scale: float
) -> None:
    expected = levels_difference(COUNTS, COUNTS, pooled=True)
    shuffled = COUNTS[order]
    assert levels_difference(shuffled, shuffled * scale, pooled=True) == pytest.approx(expected)


def test_weights_change_the_shares_but_not_the_spread() -> None:
    balanced = np.array([[1.0, 10], [1, 10], [1, 10]])
    assert levels_difference(COUNTS, balanced, pooled=True) == 0.0


def test_a_level_that_no_patient_has_does_not_count() -> None:
    more = np.vstack([COUNTS, [0.0, 0.0]])
    assert levels_difference(more, more, pooled=True) == pytest.approx(
        levels_difference(COUNTS, COUNTS, pooled=True)
    )


def test_there_is_none_without_spread_or_patients() -> None:
    apart = np.array([[5.0, 0], [0, 7]])
    assert math.isnan(levels_difference(apart, apart, pooled=True))
    alone = np.array([[5.0, 0], [3, 0]])
    assert math.isnan(levels_difference(alone, alone, pooled=True))
    same = np.array([[5.0, 7]])
    assert levels_difference(same, same, pooled=True) == 0.0
