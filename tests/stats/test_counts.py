"""Tests of counts against R, and against a list of all tables."""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hcc2l.errors import AnalysisError
from hcc2l.stats import counts
from hcc2l.stats.counts import (
    chi_square,
    contingency,
    expected_counts,
    fisher_exact,
    independent_counts,
    mcnemar,
    mcnemar_exact,
    odds_ratio,
    trend,
    without_empty,
)
from tests.reference import cases
from tests.stats.tables import approximately

few = settings(max_examples=60, deadline=None)


def test_the_sides_of_an_exact_test_are_those_of_the_tea_tasting_lady() -> None:
    assert fisher_exact(np.array([[3.0, 1.0], [1.0, 3.0]])).p == pytest.approx(34 / 70)


@pytest.mark.parametrize(
    ("table", "name", "p"),
    [
        ([[5, 5], [5, 5]], "chi-square", 1.0),
        ([[12, 5], [6, 14]], "chi-square", 0.0138297078917177),
        ([[3, 1], [2, 9], [0, 0], [4, 4]], "chi-square", 0.1010522464185),
        ([[8, 2], [1, 5]], "fisher", 0.034965034965035),
    ],
)
def test_counts_agree_with_r(table: list[list[float]], name: str, p: float) -> None:
    """chisq.test(correct = FALSE), and fisher.test where an expected count is below 5."""
    found = independent_counts(np.array(table, dtype=float))
    assert (found.name, found.p) == (name, pytest.approx(p, rel=1e-10))


def test_counts_of_one_level_or_one_group_have_no_test() -> None:
    for table in ([[5.0, 7.0], [0.0, 0.0]], [[5.0, 0.0], [7.0, 0.0]], [[0.0, 5.0], [0.0, 7.0]]):
        found = independent_counts(np.array(table))
        assert (found.name, found.df) == ("chi-square", 0)
        assert math.isnan(found.statistic)
        assert math.isnan(found.p)


@pytest.mark.parametrize("case", cases.of_kind("tables", "categorical"), ids=cases.name)
def test_tests_of_counts_agree_with_r(case: Any) -> None:
    table, tests = np.array(case["expected"]["counts"], dtype=float), case["expected"]["tests"]
    plain = chi_square(table)
    assert (plain.statistic, plain.df, plain.p) == approximately(tests["chisq"], "chisq")
    assert expected_counts(without_empty(table)).min() == pytest.approx(
        tests["chisq"]["min_expected"], rel=1e-8
    )
    assert fisher_exact(table).p == pytest.approx(tests["fisher"]["p"], rel=1e-8)
    assert fisher_exact(table.T).p == pytest.approx(tests["fisher"]["p"], rel=1e-8)
    if "chisq_yates" in tests:
        yates = chi_square(table, yates=True)
        assert (yates.statistic, yates.df, yates.p) == approximately(tests["chisq_yates"], "chisq")


@pytest.mark.parametrize("case", cases.of_kind("tables", "paired"), ids=cases.name)
def test_mcnemar_agrees_with_r(case: Any) -> None:
    expected = case["expected"]["mcnemar"]
    discordant = (expected["only_before"], expected["only_after"])
    for corrected, name in ((True, "corrected"), (False, "uncorrected")):
        found = mcnemar(*discordant, corrected=corrected)
        assert (found.statistic, found.p) == pytest.approx(
            (expected[name]["chisq"], expected[name]["p"]), rel=1e-8
        )
    assert mcnemar_exact(*discordant).p == pytest.approx(expected["exact_p"], rel=1e-8)


@few
@given(st.lists(st.lists(st.integers(0, 4), min_size=3, max_size=3), min_size=2, max_size=3))
def test_the_network_finds_the_p_of_all_tables(counts: list[list[int]]) -> None:
    """Every table with the same margins, listed."""
    table = without_empty(np.array(counts, dtype=float))
    if min(table.shape, default=0) < 2:
        return
    rows, columns = table.sum(axis=1).astype(int), table.sum(axis=0).astype(int)
    of_all = [log_weight(np.array(t)) for t in every_table(list(rows), list(columns))]
    logs, observed = np.array(of_all), log_weight(table)
    weights = np.exp(logs - logs.max())
    expected = weights[logs <= observed + 1e-7].sum() / weights.sum()
    assert fisher_exact(table).p == pytest.approx(expected, rel=1e-8)


def log_weight(table: Any) -> float:
    return -sum(math.lgamma(n + 1) for n in table.ravel())


def every_table(rows: list[int], columns: list[int]) -> list[list[list[int]]]:
    if len(rows) == 1:
        return [[columns]]
    return [
        [list(row), *rest]
        for row in product(*(range(c + 1) for c in columns))
        if sum(row) == rows[0]
        for rest in every_table(rows[1:], [c - x for c, x in zip(columns, row, strict=True)])
    ]


def test_an_exact_test_that_would_take_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "MOST_PARTS", 300_000)  # for the test to be quick
    table = np.full((6, 6), 40.0)
    with pytest.raises(AnalysisError, match="exact test of a 6 x 6 table with 1440 patients"):
        fisher_exact(table)


def test_a_trend_agrees_with_r() -> None:
    """prop.trend.test(c(15, 10, 5), c(30, 30, 30)): 7.5, p 0.00616989932054416."""
    found = trend(np.array([15.0, 10, 5]), np.array([30.0, 30, 30]))
    assert (found.statistic, found.df) == (pytest.approx(7.5, rel=1e-12), 1)
    assert found.p == pytest.approx(0.00616989932054416, rel=1e-10)
    empty = trend(np.array([15.0, 0, 10, 5]), np.array([30.0, 0, 30, 30]), np.array([1.0, 9, 2, 3]))
    assert empty == found
    assert math.isnan(trend(np.zeros(3), np.full(3, 9.0)).p)


def test_an_odds_ratio_has_the_limits_of_woolf() -> None:
    """By hand: (20 x 25) / (10 x 5) = 10; SE of its log is 0.62450."""
    found = odds_ratio(np.array([[20.0, 10], [5, 25]]), 0.95)
    half = math.exp(1.959963984540054 * math.sqrt(1 / 20 + 1 / 10 + 1 / 5 + 1 / 25))
    assert (found.estimate, found.lower, found.upper) == pytest.approx((10, 10 / half, 10 * half))
    assert math.isnan(odds_ratio(np.array([[20.0, 0], [5, 25]]), 0.95).estimate)


def test_pairs_that_agree_have_no_evidence_of_change() -> None:
    assert (mcnemar(0, 0).p, mcnemar_exact(0, 0).p) == (1.0, 1.0)
    assert mcnemar(3, 3).statistic == 0.0
    assert mcnemar(2, 9).p == mcnemar(9, 2).p


def test_contingency_counts_known_codes() -> None:
    codes, groups = np.array([0, 1, 1, -1, 2, 0]), np.array([0, 1, 1, 1, -1, 0])
    assert contingency(codes, 3, groups, 2).tolist() == [[2, 0], [0, 2], [0, 0]]
