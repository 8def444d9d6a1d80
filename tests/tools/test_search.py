"""The search of the synthetic twins: its targets are our statistics, and a seed replays."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcc2l.stats import roc
from hcc2l.stats.cox import cox
from hcc2l.stats.kaplan_meier import kaplan_meier, quantiles, survival_at
from hcc2l.stats.logistic import logistic
from hcc2l.stats.logrank import logrank

PATH = Path(__file__).parents[2] / "tools" / "twins" / "search.py"


def _load() -> ModuleType:
    """The module, which is no part of the package."""
    spec = importlib.util.spec_from_file_location("twins_search", PATH)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


search = _load()


def _cohort(seed, n=60, longest=200):
    """Random patients; few days, so that ties and steps at exactly 0.5 occur."""
    rng = np.random.default_rng(seed)
    return {
        "days": rng.integers(1, longest, n),
        "death": rng.integers(0, 2, n),
        "stage": rng.integers(-1, 3, n),
        "spread": rng.integers(0, 2, n),
        "age": rng.integers(40, 85, n),
    }


@given(st.integers(0, 10**6), st.integers(2, 40), st.sampled_from([12, 400]))
@pytest.mark.parametrize("conf_type", ["log", "log-log"])
def test_medians_and_limits_are_those_of_the_package(conf_type, seed, n, longest):
    state = _cohort(seed, n, longest)
    target = search.Median("os", (), "days", "death", conf_type, per_month=1)
    curve = kaplan_meier(state["days"].astype(float), state["death"] == 1)
    expected = quantiles(curve, (0.5,), conf_type, 0.95)[0]
    found = target.found(state)
    np.testing.assert_allclose(
        np.where(np.isinf(found), np.nan, found),
        [expected.estimate, expected.lower, expected.upper],
    )


def test_a_step_at_exactly_one_half_gives_its_middle():
    state = {"days": np.array([10, 20, 30, 40]), "death": np.array([1, 1, 1, 1])}
    assert search.Median("os", (), "days", "death", per_month=1).found(state)[0] == 25


def test_a_limit_that_should_be_reached_is_the_nearer_the_lower_its_curve():
    days = np.arange(1, 13)
    target = search.Median("os", (None, None, search.printed(8)), "days", "death", per_month=1)
    errors = [
        target.error({"days": days, "death": (days <= deaths).astype(int)})[2]
        for deaths in (4, 6, 8)
    ]
    assert errors == sorted(errors, reverse=True)
    assert 0 < errors[-1] < 0.5


def test_median_follow_up_is_the_reverse_estimate():
    state = _cohort(3)
    curve = kaplan_meier(state["days"] / 30.4375, state["death"] == 0)
    target = search.Median("follow-up", (), "days", "death", reverse=True)
    assert target.found(state)[0] == pytest.approx(
        quantiles(curve, (0.5,), "log", 0.95)[0].estimate
    )


@given(st.integers(0, 10**6), st.sampled_from([12, 400]))
def test_survival_at_a_time_is_that_of_the_package(seed, longest):
    state = _cohort(seed, longest=longest)
    target = search.SurvivalAt("os", (), "days", "death", (0, 5, 11, 500), per_month=1)
    curve = kaplan_meier(state["days"].astype(float), state["death"] == 1)
    expected = [
        100 * at.survival.estimate for at in survival_at(curve, (0, 5, 11, 500), "log", 0.95)
    ]
    np.testing.assert_allclose(target.found(state), expected, atol=1e-9)


@given(st.integers(0, 10**6), st.sampled_from([15, 400]))
@pytest.mark.parametrize("levels", [(0, 1), (0, 1, 2)])
def test_the_logrank_p_is_that_of_the_package(levels, seed, longest):
    state = _cohort(seed, longest=longest)
    rows = np.isin(state["stage"], levels)
    test = logrank(
        state["days"][rows].astype(float),
        state["death"][rows] == 1,
        state["stage"][rows],
        len(levels),
    )
    target = search.LogRank("stage", (), "days", "death", "stage", levels)
    assert target.found(state)[0] == pytest.approx(test.p, rel=1e-9)


def _limits(fit, among=slice(None)):
    spread = 1.959963984540054 * fit.std_err
    return np.exp(np.column_stack([fit.coef, fit.coef - spread, fit.coef + spread])[among]).ravel()


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("longest", [15, 400])
@pytest.mark.parametrize("levels", [(0, 2), (0, 1, 2)])
def test_hazard_ratios_of_a_factor_are_those_of_the_package(levels, seed, longest):
    state = _cohort(seed, longest=longest)
    rows = np.isin(state["stage"], levels)
    x = np.column_stack([state["stage"][rows] == code for code in levels[1:]]).astype(float)
    fit = cox(state["days"][rows].astype(float), state["death"][rows] == 1, x)
    target = search.FactorCox("stage", (), "days", "death", "stage", levels)
    np.testing.assert_allclose(target.found(state), _limits(fit), rtol=1e-6)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("longest", [15, 400])
def test_hazard_ratios_of_a_model_are_those_of_the_package(seed, longest):
    state = _cohort(seed, longest=longest)
    rows = (state["stage"] >= 0) & (state["spread"] >= 0)
    x = np.column_stack([state["spread"][rows], state["stage"][rows] == 2, state["age"][rows]])
    fit = cox(state["days"][rows].astype(float), state["death"][rows] == 1, x.astype(float))
    target = search.Cox("model", (None,) * 9, "days", "death", ("spread", ("stage", 2), "age"))
    np.testing.assert_allclose(target.found(state), _limits(fit), rtol=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_odds_ratios_are_those_of_the_package(seed):
    state = _cohort(seed)
    x = np.column_stack([state["spread"], state["age"]]).astype(float)
    fit = logistic(state["death"] == 1, x)
    target = search.Logistic("model", (None,) * 6, "death", ("spread", "age"))
    np.testing.assert_allclose(target.found(state), _limits(fit, slice(1, None)), rtol=1e-5)


@pytest.mark.parametrize("seed", range(5))
def test_the_odds_ratio_of_counts_is_that_of_the_model(seed):
    state = _cohort(seed)
    model = search.Logistic("model", (None,) * 3, "death", ("spread",))
    counts = search.OddsRatio("counts", (None,) * 3, "death", "spread")
    np.testing.assert_allclose(counts.found(state), model.found(state), rtol=1e-6)


@given(st.integers(0, 10**6), st.booleans())
def test_the_area_and_youdens_cutoff_are_those_of_the_package(seed, higher):
    state = _cohort(seed)
    curve = roc.roc_curve(state["age"].astype(float), state["death"] == 1, higher=higher)
    area, cutoff = search.Roc("age", (), "age", "death", higher=higher).found(state)
    assert area == pytest.approx(roc.area_of(curve))
    best = curve.threshold[roc.best(curve, "youden")]
    if np.isfinite(best).all():
        assert cutoff in best


def test_a_p_value_of_one_costs_no_more_than_medians_can_pay():
    state = _cohort(2)
    target = search.LogRank("p", (search.printed(0.0001),), "days", "death", "spread", (0, 1))
    assert 0 < target.error(state)[0] < 1


def test_a_subgroup_is_compared_among_its_patients_alone():
    state = _cohort(1)
    within = state["spread"] == 1
    alone = {name: values[within] for name, values in state.items()}
    everywhere = search.Median("os", (), "days", "death")
    among = search.Median("os", (), "days", "death", among={"spread": 1})
    assert among.found(state) == everywhere.found(alone)
    assert search.Count("spread", (), among={"spread": 1}).found(state) == (within.sum(),)


def test_quantiles_are_of_type_7_and_leave_missing_values_out():
    state = _cohort(4)
    known = state["stage"][state["stage"] >= 0]
    found = search.Quantiles("stage", (), "stage", (0.25, 0.5, 1.0)).found(state)
    np.testing.assert_allclose(found, np.quantile(known, (0.25, 0.5, 1.0)))


def test_numbers_that_would_be_printed_alike_have_no_error():
    assert search.printed(13.6).error(13.649) == 0
    assert search.printed(13.6).error(13.66) == pytest.approx(0.01 / 13.6)
    assert search.printed(15.0, 0).error(15.4) == 0
    assert search.printed(None).error(np.inf) == 0
    assert search.printed(None).error(20.0, 25.0) == pytest.approx(0.2)
    assert search.below(0.001).error(0.0004) == 0
    assert search.below(0.001).error(0.002) == pytest.approx(1)


def _wanted(state):
    """Targets that a hidden permutation of the labels fulfils."""
    hidden = dict(state, stage=np.random.default_rng(99).permutation(state["stage"]))
    targets = []
    for code in range(3):
        blank = search.Median("", (), "days", "death", among={"stage": code})
        numbers = [
            search.printed(None if np.isinf(v) else round(v, 1), 1) for v in blank.found(hidden)
        ]
        targets.append(
            search.Median(f"stage {code}", tuple(numbers), "days", "death", among={"stage": code})
        )
    return targets


def _search(state, iterations, seed=7):
    swap, near = search.Swap(("stage",)), search.Swap(("stage",), near="days")
    return search.anneal(
        state,
        _wanted(state),
        [(swap, 1), (near, 1)],
        iterations=iterations,
        rng=np.random.default_rng(seed),
    )


def test_a_seed_replays_and_another_differs():
    state = _cohort(11)
    first, again, other = _search(state, 300), _search(state, 300), _search(state, 300, seed=8)
    np.testing.assert_array_equal(first["stage"], again["stage"])
    assert (first["stage"] != other["stage"]).any()


def test_a_search_comes_nearer_and_keeps_the_margins():
    state = _cohort(11)
    before = state["stage"].copy()
    targets = _wanted(state)
    found = _search(state, 3000)
    np.testing.assert_array_equal(state["stage"], before)  # the cohort given stays as it is
    np.testing.assert_array_equal(np.sort(found["stage"]), np.sort(before))
    reached = [sum(search.penalty(t, s) for t in targets) for s in (state, found)]
    assert reached[1] < 0.25 * reached[0]
    assert len(search.shortfalls(found, targets).splitlines()) < len(
        search.shortfalls(state, targets).splitlines()
    )


def test_a_swap_keeps_the_joint_counts_of_its_strata():
    state = _cohort(5)
    swap, rng = search.Swap(("stage",), within=("spread",)), np.random.default_rng(1)
    for _ in range(50):
        change = swap.propose(state, rng)
        assert len(set(state["spread"][change.rows])) == 1
        assert set(change.values[0]) == set(state["stage"][change.rows])


def test_a_wanted_day_is_handed_to_the_group_that_lacks_it():
    state = {
        "days": np.array([10, 20, 30, 40]),
        "death": np.array([1, 1, 1, 0]),
        "stage": np.array([0, 0, 1, 1]),
    }
    move = search.HandDay(("stage",), "days", "death", {1: [20]})
    change = move.propose(state, np.random.default_rng(1))
    assert change.values[0][list(change.rows).index(1)] == 1
    assert (
        search.HandDay(("stage",), "days", "death", {0: [20]}).propose(
            state, np.random.default_rng(1)
        )
        is None
    )


def test_free_days_alone_are_shifted_and_rules_are_kept():
    state = {
        "days": np.array([50, 60, 70]),
        "pfs": np.array([50, 55, 20]),
        "death": np.ones(3, int),
    }
    target = search.SurvivalAt("os", (search.printed(0.0),), "days", "death", (1.0,))
    found = search.anneal(
        state,
        [target],
        [(search.ShiftDay("days", np.array([0, 1]), 100), 1)],
        iterations=200,
        rng=np.random.default_rng(2),
        rules=[search.NotAfter("pfs", "days")],
    )
    assert found["days"][2] == 70
    assert (found["pfs"] <= found["days"]).all()
