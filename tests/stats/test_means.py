"""Tests of means against R."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from hcc2l.stats.means import (
    anova,
    paired_difference,
    paired_t,
    student,
    welch,
    welch_anova,
)
from tests.reference import cases
from tests.stats.tables import approximately, pairs, values_by_group


@pytest.mark.parametrize("case", cases.of_kind("tables", "continuous"), ids=cases.name)
def test_tests_of_means_agree_with_r(case: Any) -> None:
    groups, tests = values_by_group(case), case["expected"]["tests"]
    for name, test in (("anova", anova), ("welch_anova", welch_anova)):
        found, expected = test(groups), tests[name]
        values = (found.statistic, found.df, found.df_within, found.p)
        assert values == pytest.approx([expected[k] for k in ("f", "df1", "df2", "p")], 1e-8)
    if len(groups) == 2:
        for name, test in (("student", student), ("welch", welch)):
            found = test(groups)
            assert (found.statistic, found.df, found.p) == approximately(tests[name], "t")


@pytest.mark.parametrize("case", cases.of_kind("tables", "paired"), ids=cases.name)
def test_the_paired_t_test_agrees_with_r(case: Any) -> None:
    before, after = pairs(case)
    found, expected = paired_t(before - after), case["expected"]["paired_t"]
    assert (found.statistic, found.df, found.p) == approximately(expected, "t")
    difference = paired_difference(before - after, 0.95)
    limits = (difference.estimate, difference.lower, difference.upper)
    mean = case["expected"]["mean_difference"]
    assert limits == pytest.approx([mean, expected["lower"], expected["upper"]], 1e-8)


def test_values_that_do_not_vary_have_no_test_of_means() -> None:
    constant, one, none = np.ones(3), np.array([2.0]), np.array([])
    for groups in ((constant, constant + 1), (one, one), (constant, none)):
        for test in (student, welch, anova, welch_anova):
            assert math.isnan(test(groups).p)
    assert math.isnan(paired_t(one).p)
    assert math.isnan(paired_t(constant).p)
    assert math.isnan(paired_difference(none, 0.95).estimate)
    assert anova((one, none, np.array([1.0, 4.0]))) == anova((one, np.array([1.0, 4.0])))


@pytest.mark.parametrize("sizes", [(7, 4), (14, 10, 5), (4, 26, 16), (151, 5), (2, 28, 13, 9)])
@pytest.mark.parametrize("values", [(0.1, 0.1), (0.1, 0.7), (-3.3, 0.2)])
def test_values_that_are_constant_but_for_rounding_have_no_test_of_means(
    sizes: tuple[int, ...], values: tuple[float, float]
) -> None:
    """The mean of seven times 0.1 is not quite 0.1; R's t.test: "data are essentially constant"."""
    groups = [np.full(n, values[i % 2]) for i, n in enumerate(sizes)]
    for test in (student, welch) if len(groups) == 2 else (anova, welch_anova):
        assert math.isnan(test(groups).p)
    assert math.isnan(anova(groups).p)


def test_a_small_variation_is_no_rounding() -> None:
    """R: t.test(1e6 + (1:3) * 1e-6, 1e6 + (3:6) * 1e-6)$p.value."""
    groups = [1e6 + np.arange(1, 4) * 1e-6, 1e6 + np.arange(3, 7) * 1e-6]
    assert welch(groups).p == pytest.approx(0.0346475532882857, 1e-4)
    assert anova(groups).p > 0


def test_differences_that_are_constant_but_for_rounding_have_no_t_test() -> None:
    """R: t.test(rep(0.1, 6)) stops, "data are essentially constant"."""
    for value in (0.1, -0.7, 3.3, 0.0):
        same = np.full(6, value)
        assert math.isnan(paired_t(same).p)
        assert math.isnan(paired_difference(same, 0.95).lower)
        assert paired_difference(same, 0.95).estimate == pytest.approx(value)
