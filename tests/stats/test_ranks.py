"""Rank tests against R and counting pairs."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hcc2l.stats.ranks import kruskal_wallis, mann_whitney, pseudo_median, signed_rank
from tests.reference import cases
from tests.stats.tables import approximately, pairs, values_by_group

few = settings(max_examples=60, deadline=None)


@few
@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=20))
def test_the_statistic_of_mann_and_whitney_counts_pairs(rows: list[tuple[int, bool]]) -> None:
    x = np.array([float(v) for v, _ in rows])
    treated = np.array([t for _, t in rows])
    found = mann_whitney((x[treated], x[~treated]))
    if treated.all() or not treated.any():
        assert math.isnan(found.p)
        return
    pairs = [(a, b) for a in x[treated] for b in x[~treated]]
    assert found.statistic == pytest.approx(sum((a > b) + (a == b) / 2 for a, b in pairs))
    assert 0 <= found.p <= 1


def test_signed_rank_agrees_with_r() -> None:
    """R's wilcox.test(x, exact = FALSE): V = 25.5, p = 0.325800716285529, one zero and two ties."""
    x = np.array([0.0, 1.5, -1.5, 2.0, -3.0, 4.0, 0.7, 1.1, 2.0])
    found = signed_rank(x)
    assert (found.name, found.statistic) == ("wilcoxon", 25.5)
    assert found.p == pytest.approx(0.325800716285529, rel=1e-12)
    flipped = signed_rank(-x)
    assert (flipped.statistic, flipped.p) == (36 - 25.5, pytest.approx(found.p))


@few
@given(st.lists(st.integers(-4, 4), min_size=1, max_size=20), st.integers(0, 99))
def test_rounding_decides_neither_zeros_nor_ties_of_a_signed_rank_test(
    differences: list[int], seed: int
) -> None:
    x = np.array(differences, dtype=float)
    noisy = x + np.random.default_rng(seed).uniform(-1e-14, 1e-14, x.size)
    assert signed_rank(noisy, 1e-12) == signed_rank(x)


def test_a_difference_above_rounding_is_ranked() -> None:
    x = np.array([1e-9, 1.0, 1.0 + 1e-9, -2.0])
    assert signed_rank(x, 1e-12).statistic == 1 + 2 + 3
    assert signed_rank(x, 1e-8).statistic == 1.5 + 1.5
    assert (signed_rank(np.zeros(3)).statistic, signed_rank(np.zeros(3)).p) == (0.0, 1.0)


def test_mann_whitney_agrees_with_r() -> None:
    """R: wilcox.test(c(1, 2, 2, 5, 9), c(2, 3, 3, 4), exact = FALSE)."""
    x = np.array([1.0, 2, 2, 5, 9, 2, 3, 3, 4])
    treated = np.arange(9) < 5
    found = mann_whitney((x[treated], x[~treated]))
    assert found.statistic == 9.0
    assert found.p == pytest.approx(0.90043753663422, rel=1e-10)


@pytest.mark.parametrize("case", cases.of_kind("tables", "continuous"), ids=cases.name)
def test_rank_tests_of_groups_agree_with_r(case: Any) -> None:
    groups, tests = values_by_group(case), case["expected"]["tests"]
    found = kruskal_wallis(groups)
    assert (found.statistic, found.df, found.p) == approximately(tests["kruskal_wallis"], "chisq")
    if len(groups) == 2:
        for corrected, name in ((True, "corrected"), (False, "uncorrected")):
            pair = mann_whitney(groups, corrected=corrected)
            expected = tests[f"mann_whitney_{name}"]
            assert (pair.statistic, pair.p) == (expected["W"], pytest.approx(expected["p"], 1e-8))


@pytest.mark.parametrize("case", cases.of_kind("tables", "paired"), ids=cases.name)
def test_signed_rank_tests_agree_with_r(case: Any) -> None:
    before, after = pairs(case)
    for corrected, name in ((True, "wilcoxon_corrected"), (False, "wilcoxon_uncorrected")):
        found, expected = signed_rank(before - after, corrected=corrected), case["expected"][name]
        assert (found.statistic, found.p) == (expected["V"], pytest.approx(expected["p"], 1e-8))


def test_groups_without_values_have_no_rank_test() -> None:
    some, none = np.array([1.0, 2.0]), np.array([])
    for test in (mann_whitney, kruskal_wallis):
        assert math.isnan(test((some, none)).p)
    assert kruskal_wallis((some, none, some + 1)) == kruskal_wallis((some, some + 1))
    assert math.isnan(kruskal_wallis((np.ones(3), np.ones(2))).p)


def test_no_pair_at_all_has_no_signed_rank_test_and_pairs_without_a_change_have_p_1() -> None:
    assert math.isnan(signed_rank(np.array([])).p)
    assert math.isnan(signed_rank(np.array([])).statistic)
    assert signed_rank(np.zeros(3)).p == 1


# ---------------------------------------------------------------- Hodges–Lehmann within pairs

differences = st.lists(st.integers(-30, 30), min_size=1, max_size=25).map(
    lambda values: np.array(values, dtype=float)
)


@pytest.mark.parametrize("case", cases.load("pseudo_median"), ids=cases.name)
def test_the_pseudo_median_and_its_limits_agree_with_r(case: Any) -> None:
    found = pseudo_median(np.array(case["differences"], dtype=float), case["conf_level"])
    expected = [case[key] for key in ("estimate", "lower", "upper")]
    limits = (found.estimate, found.lower, found.upper)
    assert limits == pytest.approx(expected, rel=1e-6, abs=1e-9)


@few
@given(differences)
def test_the_pseudo_median_is_the_median_of_all_walsh_averages(x: Any) -> None:
    kept = x[x != 0]
    i, j = np.triu_indices(kept.size)
    expected = float(np.median((kept[i] + kept[j]) / 2)) if kept.size else 0.0
    assert pseudo_median(x, 0.95).estimate == expected


@few
@given(differences, st.sampled_from([0.8, 0.9, 0.95]))
def test_the_limits_enclose_the_values_that_the_test_does_not_reject(x: Any, level: float) -> None:
    found = pseudo_median(x, level)
    if math.isnan(found.lower):
        return
    kept, step = x[x != 0], 1e-7  # no mean of two whole numbers lies so close to another

    def p(value: float) -> float:
        return signed_rank(kept - value).p

    assert p(found.lower - step) < 1 - level <= p(found.lower + step)
    assert p(found.upper + step) < 1 - level <= p(found.upper - step)
    assert found.lower <= found.estimate <= found.upper


@few
@given(differences)
def test_the_pseudo_median_of_the_opposite_change_is_the_opposite(x: Any) -> None:
    one, other = pseudo_median(x, 0.9), pseudo_median(-x, 0.9)
    assert one.estimate == -other.estimate
    np.testing.assert_array_equal([one.lower, one.upper], [-other.upper, -other.lower])


def test_five_pairs_are_too_few_for_95_percent_limits_and_six_are_enough() -> None:
    five, six = (pseudo_median(np.arange(1.0, n + 1), 0.95) for n in (5, 6))
    assert (five.estimate, math.isnan(five.lower), math.isnan(five.upper)) == (3.0, True, True)
    assert (six.estimate, six.lower, six.upper) == (3.5, 1.0, 6.0)


def test_there_is_no_change_without_differences() -> None:
    found = pseudo_median(np.zeros(2), 0.95)
    assert (found.estimate, math.isnan(found.lower), math.isnan(found.upper)) == (0.0, True, True)


@pytest.mark.parametrize("largest", [1e308, math.inf])
def test_differences_that_overflow_have_no_pseudo_median(largest: float) -> None:
    assert math.isnan(pseudo_median(np.array([largest, -largest, 1.0, 2.0]), 0.95).estimate)
