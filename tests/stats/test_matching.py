"""Matching, balance and weights against slow calculations written another way."""

from __future__ import annotations

import math
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hcc2l.stats.balance import balance, spread
from hcc2l.stats.logrank import logrank
from hcc2l.stats.matching import (
    Matches,
    levelled,
    nearest,
    nearest_gaps,
    optimal,
    processing_order,
)
from hcc2l.stats.sensitivity import e_value
from hcc2l.stats.weighting import effective_size, score_weights, truncated

few = settings(max_examples=60, deadline=None)


@st.composite
def units(draw: st.DrawFn, largest: int = 14) -> tuple[Any, Any, Any]:
    """Scores with ties, treatments with both groups, strata."""
    n = draw(st.integers(2, largest))
    numbers = st.lists(st.integers(0, 12), min_size=n, max_size=n)
    treated = draw(st.lists(st.booleans(), min_size=n, max_size=n))
    treated[0], treated[-1] = True, False
    strata = draw(st.lists(st.integers(0, 1), min_size=n, max_size=n))
    return np.array(draw(numbers)) / 8.0, np.array(treated), np.array(strata)


def slow_nearest(
    x: Any, treated: Any, order: Any, caliper: float, ratio: int, replace: bool, strata: Any
) -> dict[int, list[int]]:
    """Every free control is looked at for every choice: below by (score, row), above likewise."""
    place = {row: i for i, row in enumerate(sorted(range(x.size), key=lambda r: (x[r], r)))}
    got: dict[int, list[int]] = {int(t): [] for t in order}
    for turn in range(ratio):
        for t in order:
            taken = got[t] if replace else [c for cs in got.values() for c in cs]
            free = [
                c
                for c in np.flatnonzero(~treated)
                if c not in taken
                and c not in got[t]
                and strata[c] == strata[t]
                and abs(x[c] - x[t]) <= caliper
            ]
            if not free or len(got[t]) < turn:
                continue
            steps = {c: place[c] - place[t] for c in free}
            below = max((c for c in free if steps[c] < 0), key=lambda c: steps[c], default=None)
            above = min((c for c in free if steps[c] > 0), key=lambda c: steps[c], default=None)
            candidates = [c for c in (below, above) if c is not None]
            best = min(candidates, key=lambda c: (abs(x[c] - x[t]), c))
            got[int(t)].append(int(best))
    return {t: cs for t, cs in got.items() if cs}


def as_dict(matches: Matches) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for t, c in zip(matches.treated.tolist(), matches.control.tolist(), strict=True):
        found.setdefault(t, []).append(c)
    return found


@few
@given(
    units(),
    st.sampled_from([0.05, 0.25, 9.0]),
    st.integers(1, 3),
    st.booleans(),
    st.sampled_from(["largest", "smallest", "data", "random"]),
)
def test_nearest_matching_is_the_greedy_choice(
    data: tuple[Any, Any, Any], caliper: float, ratio: int, replace: bool, order: Any
) -> None:
    x, treated, strata = data
    choosing = processing_order(x, treated, order, seed=3)
    found = nearest(
        x, treated, choosing, caliper=caliper, ratio=ratio, replace=replace, strata=strata
    )
    expected = slow_nearest(x, treated, choosing, caliper, ratio, replace, strata)
    assert as_dict(found) == expected


@few
@given(units(), st.sampled_from([0.1, 0.5]))
def test_no_match_is_beyond_the_caliper_and_no_control_serves_twice(
    data: tuple[Any, Any, Any], caliper: float
) -> None:
    x, treated, _ = data
    for found in (
        nearest(x, treated, processing_order(x, treated, "largest", 1), caliper=caliper),
        optimal(x, treated, caliper=caliper),
    ):
        assert (np.abs(x[found.treated] - x[found.control]) <= caliper).all()
        assert np.unique(found.control).size == found.control.size
        assert treated[found.treated].all()
        assert not treated[found.control].any()


@few
@given(units(8), st.sampled_from([None, 0.2]))
def test_optimal_matching_is_the_best_of_all(
    data: tuple[Any, Any, Any], caliper: float | None
) -> None:
    x, treated, _ = data
    ours, others = np.flatnonzero(treated), np.flatnonzero(~treated)
    limit = math.inf if caliper is None else caliper
    short, long = sorted((ours.tolist(), others.tolist()), key=len)
    best = (0, 0.0)
    for chosen in permutations(long, len(short)):
        gaps = [abs(x[a] - x[b]) for a, b in zip(short, chosen, strict=True)]
        kept = [gap for gap in gaps if gap <= limit]
        best = min(best, (-len(kept), sum(kept)))
    found = optimal(x, treated, caliper=caliper)
    assert found.treated.size == -best[0]
    assert np.abs(x[found.treated] - x[found.control]).sum() == pytest.approx(best[1])


@few
@given(units(), st.integers(1, 3), st.booleans())
def test_weights_of_the_matched_sum_to_their_numbers(
    data: tuple[Any, Any, Any], ratio: int, replace: bool
) -> None:
    x, treated, _ = data
    order = processing_order(x, treated, "largest", 1)
    found = nearest(x, treated, order, ratio=ratio, replace=replace)
    weights = found.weights(treated)
    assert weights[treated].sum() == np.unique(found.treated).size
    assert weights[~treated].sum() == pytest.approx(np.unique(found.control).size)


def test_a_control_at_exactly_the_caliper_is_taken() -> None:
    x, treated = np.array([0.5, 0.25]), np.array([True, False])
    assert nearest(x, treated, np.array([0]), caliper=0.25).treated.size == 1
    assert nearest(x, treated, np.array([0]), caliper=0.2499).treated.size == 0


@few
@given(units())
def test_the_nearest_gap_is_the_smallest_of_all(data: tuple[Any, Any, Any]) -> None:
    x, treated, _ = data
    found = nearest_gaps(x[treated], x[~treated])
    assert found.tolist() == [min(abs(a - b) for b in x[~treated]) for a in x[treated]]


# ---------------------------------------------------------------- the last digit


@few
@given(
    units(),
    st.sampled_from([0.125, 0.25, 9.0]),
    st.integers(1, 2),
    st.booleans(),
    st.sampled_from(["largest", "smallest"]),
    st.integers(0, 99),
    st.sampled_from([1.0, 1e-6, 3.0]),
)
def test_noise_and_units_decide_no_pair(
    data: tuple[Any, Any, Any], caliper: float, ratio: int, replace: bool, order: Any, seed: int,
    unit: float,
) -> None:  # fmt: skip
    """Ties in score, equal gaps and gaps equal to the caliper stay so with errors of 1e-13."""
    x, treated, strata = data
    noisy = (x + np.random.default_rng(seed).uniform(-1e-13, 1e-13, x.size)) * unit

    def matches(values: Any, limit: float) -> dict[int, list[int]]:
        choosing = processing_order(values, treated, order, seed=1)
        return as_dict(nearest(values, treated, choosing, caliper=limit, ratio=ratio,
                               replace=replace, strata=strata))  # fmt: skip

    assert matches(noisy, caliper * unit) == matches(x, caliper)
    exact, again = (optimal(v, treated, caliper=caliper) for v in (x, noisy / unit))
    assert as_dict(exact) == as_dict(again)
    scaled = optimal(noisy, treated, caliper=caliper * unit)
    totals = [np.abs(x[m.treated] - x[m.control]).sum() for m in (exact, scaled)]
    assert totals[0] == pytest.approx(totals[1], abs=1e-8)


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("error", [0.0, 1e-15, -1e-15])
def test_of_two_equidistant_controls_the_first_row_is_taken(mirrored: bool, error: float) -> None:
    """Whether it is below or above, and whatever the last digit says."""
    x = np.array([0.2 + error, 0.6, 0.4])
    x = 1 - x if mirrored else x
    treated = np.array([False, False, True])
    for replace in (False, True):
        found = nearest(x, treated, np.array([2]), replace=replace)
        assert found.control.tolist() == [0]


def test_a_difference_above_rounding_is_not_a_tie() -> None:
    x, treated = np.array([0.2, 0.6 - 1e-8, 0.4]), np.array([False, False, True])
    assert nearest(x, treated, np.array([2])).control.tolist() == [1]
    assert optimal(x, treated).control.tolist() == [1]
    assert np.unique(levelled(np.array([0.0, 1e-9, 1.0]))).size == 3
    assert np.unique(levelled(np.array([0.0, 0.9e-10, 1.0]))).size == 2


@few
@given(units(), st.integers(0, 99))
def test_levelled_scores_are_tied_where_they_were_before_the_noise(
    data: tuple[Any, Any, Any], seed: int
) -> None:
    x, _, _ = data
    noisy = x + np.random.default_rng(seed).uniform(-1e-13, 1e-13, x.size)
    level = levelled(noisy)
    assert (level[:, None] == level).tolist() == (x[:, None] == x).tolist()
    assert np.abs(level - x).max() < 1e-12
    assert levelled(level).tolist() == level.tolist()


def test_no_scores_and_one_score_are_levelled_too() -> None:
    assert levelled(np.zeros(0)).size == 0
    assert levelled(np.full(3, 0.5)).tolist() == [0.5] * 3
    assert np.unique(levelled(np.array([0.0, 0.9e-12, 2.5e-12]))).size == 2
    same, treated = np.full(4, 0.5), np.array([True, False, True, False])
    assert optimal(same, treated, caliper=0.1).treated.size == 2


# ---------------------------------------------------------------- sets and weights of the matched


def test_weights_and_sets_by_hand() -> None:
    """Row 0 has controls 2 and 3, row 1 has control 4: shares 1/2, 1/2, 1 of 3 controls."""
    treated = np.array([True, True, False, False, False, False])
    found = Matches(np.array([0, 0, 1]), np.array([2, 3, 4]))
    assert found.weights(treated) == pytest.approx([1, 1, 0.75, 0.75, 1.5, 0])
    assert found.sets(6).tolist() == [0, 1, 0, 0, 1, -1]
    reused = Matches(np.array([0, 1]), np.array([2, 2]))
    assert reused.sets(6).tolist() == [0, 1, -1, -1, -1, -1]
    assert reused.weights(treated) == pytest.approx([1, 1, 1, 0, 0, 0])


# ---------------------------------------------------------------- balance and weights


def test_standardised_differences_by_hand() -> None:
    x = np.array([1.0, 3.0, 2.0, 6.0])
    treated = np.array([True, True, False, False])
    pooled = spread(x, treated, pooled=True)
    assert pooled == pytest.approx(math.sqrt((2 + 8) / 2))
    found = balance(x, treated, np.ones(4), pooled)
    assert (found.treated, found.control) == (2.0, 4.0)
    assert found.smd == pytest.approx(-2 / math.sqrt(5))
    assert found.variance_ratio == pytest.approx(0.25)
    assert spread(x, treated, pooled=False) == pytest.approx(math.sqrt(2))


@pytest.mark.parametrize("value", [5.0, 0.1, -1e9 / 3, 1e-9 / 7])
@pytest.mark.parametrize("pooled", [True, False])
def test_a_constant_covariate_is_balanced(value: float, pooled: bool) -> None:
    """Though its mean, and so its standard deviation, are rounded."""
    treated = np.arange(97) % 3 == 0
    x = np.full(97, value)
    found = balance(x, treated, np.linspace(0.1, 2, 97), spread(x, treated, pooled=pooled))
    assert found.smd == 0.0
    assert math.isnan(found.variance_ratio)


def test_a_difference_without_any_spread_is_not_estimable() -> None:
    treated = np.array([True, True, False, False])
    x = np.array([0.1, 0.1, 0.3, 0.3])
    assert math.isnan(balance(x, treated, np.ones(4), spread(x, treated, pooled=True)).smd)


@few
@given(st.lists(st.floats(0.05, 0.95), min_size=4, max_size=30), st.data())
def test_score_weights_make_the_groups_as_large_as_they_must(
    scores: list[float], data: st.DataObject
) -> None:
    p = np.array(scores)
    treated = np.array(data.draw(st.lists(st.booleans(), min_size=p.size, max_size=p.size)))
    treated[:2] = True, False
    weights = score_weights(treated, p, "att")
    assert (weights[treated] == 1).all()
    assert weights[~treated] == pytest.approx((p / (1 - p))[~treated])
    plain, stable = (score_weights(treated, p, "ate", stabilised=s) for s in (False, True))
    assert (plain >= 1).all()
    assert effective_size(stable[treated]) == pytest.approx(effective_size(plain[treated]))
    overlap = score_weights(treated, p, "overlap")
    assert overlap + score_weights(~treated, p, "overlap") == pytest.approx(np.ones(p.size))
    cut = truncated(plain, 0.1)
    assert plain.min() <= cut.min() <= cut.max() <= plain.max()


# ---------------------------------------------------------------- sensitivity


def test_the_e_value_of_vanderweele_and_ding() -> None:
    """By hand: HR 2 is RR 1.61255, HR 1.5 RR 1.32381, HR 3 RR 2.11935; 1/HR alike."""
    for hr, expected in ((2.0, 2.606409), (1.5, 1.978541), (3.0, 3.659582)):
        ratio = (1 - 0.5 ** math.sqrt(hr)) / (1 - 0.5 ** math.sqrt(1 / hr))
        assert ratio + math.sqrt(ratio * (ratio - 1)) == pytest.approx(expected, abs=1e-6)
        assert e_value(hr, hr, hr)[0] == pytest.approx(ratio + math.sqrt(ratio * (ratio - 1)))
        assert e_value(1 / hr, 1 / hr, 1 / hr)[0] == pytest.approx(expected, abs=1e-6)
    assert e_value(1.0, 0.9, 1.2) == (pytest.approx(1.0), 1.0)


@pytest.mark.parametrize(
    ("hr", "lower", "upper", "nearest_to_1"),
    [
        (2.0, 1.5, 3.0, 1.5), (0.5, 0.3, 0.8, 0.8), (1.1, 1.01, 9.0, 1.01), (0.9, 0.1, 0.99, 0.99),
        (2.0, 0.9, 4.0, 1.0), (0.5, 0.2, 1.1, 1.0), (2.0, 1.0, 4.0, 1.0), (0.5, 0.2, 1.0, 1.0),
    ],
)  # fmt: skip
def test_the_e_value_of_the_limit_is_that_of_the_limit_nearer_to_1(
    hr: float, lower: float, upper: float, nearest_to_1: float
) -> None:
    limit = e_value(hr, lower, upper)[1]
    assert limit == pytest.approx(e_value(nearest_to_1, 0.5, 2.0)[0])
    assert (limit == 1.0) == (nearest_to_1 == 1.0)
    assert limit <= e_value(hr, lower, upper)[0]


@pytest.mark.parametrize("hr", [math.inf, math.nan, 0.0, -1.0])
def test_a_hazard_ratio_that_is_none_has_no_e_value(hr: float) -> None:
    assert math.isnan(e_value(hr, 0.5, 2.0)[0])


@few
@given(st.data())
def test_the_stratified_test_is_the_sum_over_its_strata(data: st.DataObject) -> None:
    n = data.draw(st.integers(4, 30))

    def draw(values: st.SearchStrategy[object]) -> np.ndarray:
        return np.array(data.draw(st.lists(values, min_size=n, max_size=n)))

    time, event = draw(st.integers(0, 6)).astype(float), draw(st.booleans())
    group, strata = draw(st.integers(0, 2)), draw(st.integers(0, 4))
    found = logrank(time, event, group, 3, strata=strata)
    parts = [
        logrank(time[strata == s], event[strata == s], group[strata == s], 3)
        for s in np.unique(strata)
    ]
    assert found.observed == pytest.approx(sum(part.observed for part in parts))
    assert found.expected == pytest.approx(sum(part.expected for part in parts))
    assert found.variance == pytest.approx(sum(part.variance for part in parts))
