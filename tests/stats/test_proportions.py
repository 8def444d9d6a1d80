"""Limits of a proportion and of the difference of two, against R and Newcombe's examples."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcc2l.stats.counts import (
    chi_square,
    fisher_exact,
    odds_ratio,
    odds_ratio_p,
)
from hcc2l.stats.proportions import difference_limits, proportion_limits
from tests.reference import cases

CASES = cases.load("response")["compared"]
WITH_RATIO = [case for case in CASES if "odds_ratio" in case]


def table(case: Any) -> Any:
    """Patients with and without (columns) of the second and the first group (rows)."""
    (a, b), (n, m) = case["count"], case["n"]
    return np.array([[b, m - b], [a, n - a]], dtype=np.float64)


@pytest.mark.parametrize("case", CASES, ids=cases.name)
def test_the_limits_of_a_difference_are_newcombes(case: Any) -> None:
    found = difference_limits(tuple(case["count"]), tuple(case["n"]), case["level"])
    expected = case["difference"]
    assert found == pytest.approx((expected["lower"], expected["upper"]), rel=1e-8, abs=1e-12)


# Newcombe, Stat Med 1998;17:873–890, table II, method 10: first minus second proportion.
@pytest.mark.parametrize(
    ("first", "second", "limits"),
    [
        ((56, 70), (48, 80), (0.0524, 0.3339)),
        ((9, 10), (3, 10), (0.1705, 0.8090)),
        ((6, 7), (2, 7), (0.0582, 0.8062)),
        ((5, 56), (0, 29), (-0.0381, 0.1926)),
        ((0, 10), (0, 20), (-0.1611, 0.2775)),
        ((0, 10), (0, 10), (-0.2775, 0.2775)),
        ((10, 10), (0, 20), (0.6791, 1.0)),
        ((10, 10), (0, 10), (0.6075, 1.0)),
    ],
)
def test_the_limits_of_a_difference_are_those_of_the_paper(
    first: tuple[int, int], second: tuple[int, int], limits: tuple[float, float]
) -> None:
    found = difference_limits((second[0], first[0]), (second[1], first[1]), 0.95)
    assert found == pytest.approx(limits, abs=5.1e-5)


@given(st.tuples(*[st.integers(0, 40)] * 4), st.sampled_from([0.8, 0.95, 0.99]))
def test_a_difference_lies_within_its_limits_and_turns_with_the_groups(
    cells: tuple[int, ...], level: float
) -> None:
    (a, c), (b, d) = cells[:2], cells[2:]
    if not (a + b and c + d):
        return
    lower, upper = difference_limits((a, c), (a + b, c + d), level)
    difference = c / (c + d) - a / (a + b)
    assert lower + 1e-12 >= -1
    assert lower <= difference + 1e-12
    assert difference <= upper + 1e-12
    assert upper <= 1 + 1e-12
    turned = difference_limits((c, a), (c + d, a + b), level)
    assert turned == pytest.approx((-upper, -lower), abs=1e-12)


def test_a_group_without_patients_has_no_difference() -> None:
    assert all(math.isnan(limit) for limit in difference_limits((0, 3), (0, 5), 0.95))
    assert all(math.isnan(limit) for limit in difference_limits((3, 0), (5, 0), 0.95))


@pytest.mark.parametrize("case", WITH_RATIO, ids=cases.name)
def test_an_odds_ratio_is_that_of_a_logistic_regression(case: Any) -> None:
    expected, found = case["odds_ratio"], odds_ratio(table(case), case["level"])
    assert [found.estimate, found.lower, found.upper] == pytest.approx(
        [expected["estimate"], expected["lower"], expected["upper"]], rel=1e-8
    )
    assert odds_ratio_p(table(case)) == pytest.approx(expected["p"], rel=1e-8)


@pytest.mark.parametrize("case", [c for c in CASES if "odds_ratio" not in c], ids=cases.name)
def test_an_odds_ratio_does_not_exist_where_a_count_is_0(case: Any) -> None:
    assert math.isnan(odds_ratio(table(case), 0.95).estimate)
    assert math.isnan(odds_ratio_p(table(case)))


@pytest.mark.parametrize("case", CASES, ids=cases.name)
@pytest.mark.parametrize(("method", "key"), [("wilson", "wilson"),
                                             ("clopper-pearson", "clopper_pearson")])  # fmt: skip
def test_the_limits_of_a_proportion_are_rs(case: Any, method: Any, key: str) -> None:
    for x, n, expected in zip(case["count"], case["n"], case[key], strict=True):
        found = proportion_limits(np.array(float(x)), np.array(float(n)), case["level"], method)
        assert [float(limit) for limit in found] == pytest.approx(expected, rel=1e-8, abs=1e-12)


BY_ID = {case["id"]: case for case in CASES}


@pytest.mark.parametrize(
    ("case", "test", "published"),
    [  # as the papers print them
        ("xu_recist_orr", "fisher", 0.294),
        ("xu_recist_dcr", "chi-square", 0.017),
        ("xu_mrecist_dcr", "chi-square", 0.017),
        ("chon_unmatched_recist_orr", "wald", 0.719),
        ("chon_unmatched_mrecist_orr", "chi-square", 0.153),
        ("chon_matched_recist_orr", "chi-square", 0.643),
    ],
)
def test_published_p_values_follow_from_the_published_counts(
    case: str, test: str, published: float
) -> None:
    counts = table(BY_ID[case])
    p = odds_ratio_p(counts) if test == "wald" else (
        fisher_exact(counts).p if test == "fisher" else chi_square(counts).p
    )  # fmt: skip
    assert round(p, 3) == published


@pytest.mark.parametrize(
    ("case", "published", "recomputed"),
    [  # printed values that no test of the printed counts gives
        ("xu_mrecist_orr", 0.755, (0.169, 0.245)),
        ("chon_matched_mrecist_orr", 0.127, (0.722, 1.0)),
    ],
)
def test_published_p_values_that_contradict_their_counts(
    case: str, published: float, recomputed: tuple[float, float]
) -> None:
    counts = table(BY_ID[case])
    found = (round(chi_square(counts).p, 3), round(fisher_exact(counts).p, 3))
    assert found == recomputed
    assert published not in found


# Primary resistance, Lei 2025, table 1: patients with the characteristic among 165 with primary and
# 259 with secondary resistance; odds ratio, limits and p as printed.
LEI = {
    "male": (140, 231, 0.68, 0.38, 1.21, 0.189), "diabetes": (20, 52, 0.55, 0.31, 0.96, 0.035),
    "hypertension": (52, 75, 1.13, 0.74, 1.73, 0.575),
    "smoking": (74, 108, 1.14, 0.77, 1.69, 0.523), "drinking": (51, 97, 0.75, 0.49, 1.13, 0.169),
}  # fmt: skip


@pytest.mark.parametrize("name", LEI)
def test_published_odds_ratios_follow_from_the_published_counts(name: str) -> None:
    primary, secondary, estimate, lower, upper, p = LEI[name]
    counts = np.array([[primary, 165 - primary], [secondary, 259 - secondary]], dtype=np.float64)
    found = odds_ratio(counts, 0.95)
    assert (round(found.estimate, 2), round(found.lower, 2), round(found.upper, 2)) == (
        estimate, lower, upper,
    )  # fmt: skip
    assert odds_ratio_p(counts) == pytest.approx(p, abs=6e-4)


def test_a_published_odds_ratio_that_is_the_inverse_of_its_counts() -> None:
    counts = np.array([[126, 39], [195, 64]], dtype=np.float64)  # age > 50 years, printed 0.94
    found = odds_ratio(counts, 0.95)
    assert (round(found.estimate, 2), round(found.lower, 2), round(found.upper, 2)) == (
        1.06, 0.67, 1.67,
    )  # fmt: skip
    assert round(1 / found.estimate, 2) == 0.94
