"""Counts of patients say what the patients say, one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hcc2l.stats import risk_sets, tally
from hcc2l.stats.risk_sets import distinct_times, look_up

finite = st.floats(-1e300, 1e300)
months = st.integers(0, 60).map(lambda tenth: tenth / 10)


@given(st.lists(st.one_of(months, finite), min_size=1, max_size=40))
def test_values_are_found_at_their_places(values: list[float]) -> None:
    array = np.array(values)
    distinct = np.unique(array)
    assert look_up(array, distinct).tolist() == np.searchsorted(distinct, array).tolist()


@settings(max_examples=20)
@given(st.lists(months, min_size=10, max_size=40), st.integers(9, 300))
def test_distinct_times_do_not_depend_on_the_blocks(time: list[float], block: int) -> None:
    array = np.array(time * 50)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(risk_sets, "_BLOCK", block)
        found = distinct_times(array)
    assert found.times.tolist() == sorted(set(time))
    assert found.times[found.index].tolist() == array.tolist()


@given(
    st.lists(st.tuples(months, st.integers(0, 2), st.integers(0, 3)), min_size=1, max_size=60),
    st.integers(1, 20),
)
def test_cells_are_the_patients_in_order(rows: list[tuple[float, int, int]], block: int) -> None:
    time, cause, group = (np.array(column) for column in zip(*rows, strict=True))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tally, "_BLOCK", block)
        cells = tally.tally(time, cause, group, 4)
    found = zip(cells.time.tolist(), cells.cause.tolist(), cells.group.tolist(), strict=True)
    repeated = [cell for cell, n in zip(found, cells.weights, strict=True) for _ in range(int(n))]
    assert repeated == sorted(rows)


@given(st.lists(finite, min_size=1, max_size=60), st.floats(0, 1))
def test_quantiles_of_counts_are_those_of_numpy(values: list[float], probability: float) -> None:
    often = np.array([value for value in values for _ in range(3)])
    each = np.sort(np.array(values))
    counts = np.full(each.size, 3.0)
    assert tally.median(each, counts) == float(np.median(often))
    assert tally.quantile(each, counts, probability) == float(np.quantile(often, probability))
