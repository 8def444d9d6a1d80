"""Profile limits of logistic models, against R's `confint` and by what must always hold."""

from __future__ import annotations

import csv
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hcc2l.stats.firth import firth_logistic
from hcc2l.stats.logistic import logistic, profile_limits
from tests.conftest import DATA
from tests.reference import cases

MODELS = cases.load("profile")  # tests/reference/r/profile.R


@cache
def second_line() -> list[dict[str, str]]:
    with (DATA / "second_line" / "cohort.csv").open(newline="") as file:
        return [
            row
            | {
                "lenvatinib": str(int(row["second_line"] == "lenvatinib")),
                "stage_b": str(int(row["bclc"] == "B")),
            }
            for row in csv.DictReader(file)
        ]


def arrays(model: dict[str, Any]) -> tuple[Any, Any]:
    rows = [second_line()[i - 1] for i in model["rows"]]
    outcome = np.array([row[model["outcome"]] == "1" for row in rows])
    return outcome, np.array([[float(row[c]) for c in model["covariates"]] for row in rows])


@pytest.mark.parametrize("number", range(len(MODELS)))
def test_limits_of_skewed_covariates_are_those_of_rs_confint(number: int) -> None:
    model = MODELS[number]
    outcome, x = arrays(model)
    fit = logistic(outcome, x)
    lower, upper = profile_limits(outcome, x, fit, 0.95)
    assert fit.coef[1:] == pytest.approx(np.array(model["coef"]), rel=1e-6)
    for name, limits in (("lower", lower), ("upper", upper)):
        for value, expected in zip(limits.tolist(), model[name], strict=True):
            assert cases.agrees(value, expected, 1e-6)


def test_a_profile_that_saturates_has_rs_limits() -> None:
    """AFP of 0.1 to 70,232; R: 0.9988379627 to 1.0000234070, with warnings at each point."""
    with (DATA / "afp_profile.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    outcome = np.array([row["y"] == "1" for row in rows])
    x = np.array([[float(row["afp"])] for row in rows])
    lower, upper = profile_limits(outcome, x, logistic(outcome, x), 0.95)
    assert np.exp(lower) == pytest.approx([0.9988379627], rel=1e-9)
    assert np.exp(upper) == pytest.approx([1.0000234070], rel=1e-9)


def cohorts(data: st.DataObject) -> tuple[Any, Any]:
    """Outcomes and one or two covariates, AFP of 1 to 900,000 or a score."""
    n = data.draw(st.integers(8, 40))
    seed = data.draw(st.integers(0, 10_000))
    random = np.random.default_rng(seed)
    columns = [
        np.round(np.exp(random.uniform(0, np.log(900_000), n)), 1)
        if data.draw(st.booleans())
        else random.integers(0, 4, n).astype(float)
        for _ in range(data.draw(st.integers(1, 2)))
    ]
    outcome = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    return outcome, np.column_stack(columns)


@settings(max_examples=100, deadline=None)
@given(st.data(), st.sampled_from([0.8, 0.95, 0.99]))
def test_a_limit_lies_on_its_own_side_of_the_estimate_or_is_missing(
    data: st.DataObject, conf_level: float
) -> None:
    outcome, x = cohorts(data)
    if outcome.all() or not outcome.any():
        return
    fit = logistic(outcome, x)
    lower, upper = profile_limits(outcome, x, fit, conf_level)
    estimable = fit.estimable[1:]
    assert np.isnan(lower[~estimable]).all()
    assert np.isnan(upper[~estimable]).all()
    assert not (lower >= fit.coef[1:]).any()
    assert not (upper <= fit.coef[1:]).any()


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_penalised_limits_lie_on_their_own_sides_too(data: st.DataObject) -> None:
    outcome, x = cohorts(data)
    if outcome.all() or not outcome.any():
        return
    fit = firth_logistic(outcome, x)
    lower, upper = fit.limits(0.95)
    kept = ~fit.dropped
    assert (lower[kept] < fit.coef[kept]).all()
    assert (upper[kept] > fit.coef[kept]).all()


# ---------------------------------------------------------------- which odds ratios exist


def test_a_group_without_the_outcome_has_no_odds_ratio_and_the_others_keep_theirs() -> None:
    outcome = np.array([0, 0, 0, 1, 0, 1, 1, 0, 1, 0], dtype=np.bool_)
    exposed = np.array([1, 1, 1, 0, 0, 0, 0, 0, 0, 0.0])
    age = np.array([50, 62, 71, 44, 58, 66, 49, 73, 55, 60.0])
    fit = logistic(outcome, np.column_stack([exposed, age]))
    assert fit.estimable[1:].tolist() == [False, True]
    assert fit.infinite[1:].tolist() == [True, False]


def test_one_patient_on_the_other_side_makes_the_odds_ratio_finite() -> None:
    outcome = np.arange(12) >= 6
    x = np.arange(12.0)
    assert logistic(outcome, x[:, None]).infinite[1]
    x[5] = 6.5  # beyond the first patient with the outcome
    assert logistic(outcome, x[:, None]).estimable[1]


def test_a_vast_outlier_is_no_separation() -> None:
    """AFP of 2 to 900,000."""
    outcome, x = arrays(MODELS[0])
    assert logistic(outcome, x).estimable.all()


def test_a_rare_group_is_found_among_many_patients() -> None:
    random = np.random.default_rng(4)
    outcome, exposed = random.random(20_000) < 0.3, np.arange(20_000) == 7
    outcome[7] = False
    fit = logistic(outcome, np.column_stack([exposed, random.normal(size=20_000)]).astype(float))
    assert fit.infinite.tolist() == [False, True, False]
