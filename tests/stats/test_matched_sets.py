"""Rows of matched sets: which are complete, and how their values differ."""

from __future__ import annotations

import numpy as np

from hcc2l.stats.matched_sets import complete_sets, differences

SETS = np.array([0, 0, 0, 1, 1, 2, -1])
TREATED = np.array([True, False, False, True, False, True, True])


def test_a_set_is_complete_with_a_known_row_on_both_sides() -> None:
    known = np.array([True, True, False, True, False, True, True])
    expected = [True, True, False, False, False, False, False]
    assert complete_sets(SETS, TREATED, known).tolist() == expected


def test_no_rows_have_no_sets() -> None:
    nothing = np.zeros(0, dtype=np.bool_)
    assert complete_sets(np.zeros(0, dtype=np.int64), nothing, nothing).size == 0


def test_a_difference_is_from_the_mean_of_the_controls() -> None:
    x = np.array([5.0, 1.0, 2.0, 7.0, 9.0])
    found = differences(x, TREATED[:5], SETS[:5])
    assert found.tolist() == [3.5, -2.0]
