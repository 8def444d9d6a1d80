"""Quantiles against R's ``quantile``, and weighted ones against repeated values."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcc2l.stats.quantiles import quantiles, weighted_quantile

SHARES = (0.25, 0.5, 0.75)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [(2, [2.5, 5.0, 8.5]), (6, [2.25, 5.0, 8.75]), (7, [2.75, 5.0, 8.25])],
)
def test_the_types_are_those_of_r(kind: int, expected: list[float]) -> None:
    """quantile(c(1, 2, 3, 4, 6, 8, 9, 12), c(.25, .5, .75), type = kind)."""
    x = np.array([12.0, 1, 2, 9, 3, 4, 8, 6])
    assert quantiles(x, SHARES, kind) == pytest.approx(expected)


def test_there_are_none_without_values() -> None:
    assert all(map(math.isnan, quantiles(np.array([]), SHARES)))


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 4)), min_size=2, max_size=12))
def test_whole_weights_are_repeated_values(pairs: list[tuple[int, int]]) -> None:
    x, w = (np.array(part, dtype=float) for part in zip(*pairs, strict=True))
    if np.ptp(w) == 0:
        return
    repeated = np.repeat(x, w.astype(int))
    for q in (0.1, 0.25, 0.5, 0.9):
        expected = np.quantile(repeated, q, method="inverted_cdf")
        assert weighted_quantile(x, w, q) == expected
