"""Tests of counts within matched sets, against sums over the sets."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hcc2l.stats.matched_counts import matched_counts

few = settings(max_examples=60, deadline=None)


def test_mcnemar_by_hand() -> None:
    """Chon 2024: 16 discordant pairs, 7 and 9, p 0.617."""
    codes = np.array([1, 0] * 7 + [0, 1] * 9 + [1, 1] * 20)
    treated = np.tile([True, False], 36)
    found = matched_counts(codes, 2, treated, np.repeat(np.arange(36), 2))
    assert found.name == "mcnemar"
    assert found.statistic == pytest.approx(4 / 16)
    assert round(found.p, 3) == 0.617


@few
@given(st.data())
def test_a_matched_test_has_one_degree_of_freedom_less_than_levels(data: st.DataObject) -> None:
    """Whatever the size of the sets; and its statistic is that of sums over sets done slowly."""
    sizes = data.draw(st.lists(st.integers(2, 5), min_size=3, max_size=20))
    levels = data.draw(st.integers(2, 4))
    sets = np.repeat(np.arange(len(sizes)), sizes)
    treated = np.concatenate([[True, False], sets[2:] != sets[1:-1]])
    some = st.lists(st.integers(0, levels - 1), min_size=sets.size, max_size=sets.size)
    codes = np.array(data.draw(some))
    codes[: sizes[0]] = np.arange(sizes[0]) % levels
    codes[sizes[0]] = 0  # the first and the second set link the levels from 0 on
    codes[sizes[0] + 1] = levels - 1
    used = np.unique(codes)
    found = matched_counts(codes, levels, treated, sets)
    linked = all(level < sizes[0] for level in range(levels))
    if used.size < levels or not linked:
        assert found.df <= levels - 1
        return
    assert found.df == levels - 1
    score, variance = np.zeros(levels - 1), np.zeros((levels - 1, levels - 1))
    for one in range(len(sizes)):
        share = np.array([np.mean(codes[sets == one] == level) for level in range(1, levels)])
        own = codes[(sets == one) & treated][0]
        score += (own == np.arange(1, levels)) - share
        variance += np.diag(share) - np.outer(share, share)
    assert found.statistic == pytest.approx(score @ np.linalg.inv(variance) @ score, abs=1e-9)


def test_levels_that_no_set_has_together_are_not_compared() -> None:
    """Two sets of levels 0 and 1, two of 2 and 3: nothing says how 0 and 2 compare."""
    codes, sets = np.array([0, 1, 1, 0, 2, 3, 3, 2]), np.repeat(np.arange(4), 2)
    found = matched_counts(codes, 4, np.tile([True, False], 4), sets)
    assert (found.df, found.statistic, found.p) == (2, 0.0, 1.0)
