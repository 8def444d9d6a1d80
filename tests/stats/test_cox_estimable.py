"""Which hazard ratios exist: monotone likelihoods, maxima out of reach, variances below 0."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hcc2l.stats.cox import cox
from hcc2l.stats.partial_likelihood import ordered, state_at
from hcc2l.stats.separation import unbounded

B = np.array([1, 1, 1, 0, 0, 0, 0, 0, 0, 0.0])[:, None]
DEATH = np.array([1, 1, 1, 1, 0, 1, 0, 1, 1, 0], dtype=np.bool_)
EARLY = np.array([1, 2, 3, 4, 5, 6, 7, 8, 9, 10.0])
MIXED = np.array([1, 5.5, 9.5, 4, 5, 6, 7, 8, 9, 10.0])


def test_a_group_whose_events_all_come_first_has_no_hazard_ratio() -> None:
    fit = cox(EARLY, DEATH, B)
    assert fit.infinite.tolist() == [True]
    assert fit.estimable.tolist() == [False]


def test_a_group_that_had_every_event_in_any_order_has_one() -> None:
    """R's coxph: coef 0.6185813, se 0.7836172."""
    fit = cox(MIXED, DEATH, B)
    assert fit.estimable.tolist() == [True]
    assert fit.coef == pytest.approx([0.6185812910370947], rel=1e-6)
    assert fit.std_err == pytest.approx([0.7836171830461754], rel=1e-6)


def test_one_event_out_of_order_makes_the_maximum_finite() -> None:
    """Group B has the first and the third event; R's coxph converges."""
    time = np.array([1.0, 2, 3, 4, 5, 6])
    x = np.array([1, 0, 1, 0, 0, 0.0])[:, None]
    assert cox(time, np.ones(6, dtype=np.bool_), x).estimable.all()
    x = np.array([1, 1, 0, 0, 0, 0.0])[:, None]
    assert not cox(time, np.ones(6, dtype=np.bool_), x).estimable.any()


def test_strata_are_ordered_apart() -> None:
    """In each stratum the exposed die first, in the whole sample they do not."""
    time = np.array([1.0, 2, 3, 4, 5, 6, 7, 8])
    x = np.array([1, 1, 0, 0, 1, 1, 0, 0.0])[:, None]
    event, strata = np.ones(8, dtype=np.bool_), np.repeat([0, 1], 4)
    assert cox(time, event, x).estimable.all()
    assert cox(time, event, x, strata=strata).infinite.all()


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_a_tied_event_in_the_other_group_makes_the_maximum_finite(ties: str) -> None:
    time = np.array([1.0, 2, 2, 3, 4])
    x = np.array([1, 1, 0, 0, 0.0])[:, None]
    for event, infinite in (([1, 1, 0, 1, 1], True), ([1, 1, 1, 1, 1], False)):
        fit = cox(time, np.array(event, dtype=np.bool_), x, ties=ties)  # type: ignore[arg-type]  # of TIES
        assert fit.infinite.tolist() == [infinite]


def test_only_the_columns_that_have_no_maximum_are_named() -> None:
    age = np.array([50, 62, 71, 44, 58, 66, 49, 73, 55, 60.0])
    fit = cox(EARLY, DEATH, np.column_stack([age, B]))
    assert fit.infinite.tolist() == [False, True]
    assert fit.estimable.tolist() == [True, False]


def test_weights_that_are_next_to_nothing_do_not_hold_the_maximum() -> None:
    """Overlap weights of 3e-9: the model-based standard error is 43, the robust one 0.46."""
    time = np.array([11, 4, 4, 4, 8, 21, 10.23, 7, 4, 3.63, 11, 3, 2.52, 6, 4, 8, 0])
    event = np.ones(17, dtype=np.bool_)
    event[[6, 9, 12]] = False
    x = np.ones((17, 1))
    x[[0, 4, 6, 15]] = 0
    tiny, third = 3.2753e-9, 1 / 3
    weights = np.array([0.625, 0.375, tiny, tiny, 2 / 3, tiny, 0.625, third, tiny, 0.375, tiny,
                        tiny, 0.375, 0.375, third, 0.625, 0.375])  # fmt: skip
    fit = cox(time, event, x, weights=weights, robust=True)
    assert fit.estimable.tolist() == [False]
    assert cox(time, event, x).estimable.tolist() == [True]


def test_a_separated_model_of_several_columns_has_no_hazard_ratio_at_all() -> None:
    """Four patients; R warns that variables 2 and 3 may be infinite, and SE of 1 is 22,997."""
    x = np.array([[0, 2, 0], [1, 3, 1], [1, 1, 2], [0, 3, 2.0]])
    fit = cox(np.array([3.7, 4.09, 4.08, 35.31]), np.ones(4, dtype=np.bool_), x)
    assert not fit.estimable.any()


def test_a_maximum_out_of_the_range_of_floats_is_finite_but_unreached() -> None:
    """R's coxph gives up here (NA); the likelihood is highest at 0.00184."""
    afp = [922447.8, 3230.2, 3.4, 29.7, 264.8, 265, 11.1, 21.8, 45, 18.4, 16.8, 184.2, 168.9,
           132.2, 112.7]  # fmt: skip
    event = np.ones(15, dtype=np.bool_)
    event[[7, 8, 14]] = False
    fit = cox(np.arange(1.0, 16), event, np.array(afp)[:, None])
    assert fit.infinite.tolist() == [False]
    assert fit.unreached.tolist() == [True]
    assert fit.estimable.tolist() == [False]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_the_likelihood_keeps_rising_exactly_where_there_is_no_maximum(data: st.DataObject) -> None:
    """By brute force: far out in some direction the likelihood is at least as high as nearby."""
    n = data.draw(st.integers(4, 9))
    integers = st.integers(0, 2)
    rows = data.draw(st.lists(st.tuples(integers, integers), min_size=n, max_size=n))
    time = np.array(data.draw(st.lists(st.integers(1, 6), min_size=n, max_size=n)), dtype=float)
    event = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    x = np.array(rows, dtype=float)
    if not event.any():
        return
    fit = cox(time, event, x)
    if fit.dropped.any():
        return
    prepared = ordered(time, event, x, "efron", None, None)

    def loglik(direction: tuple[float, ...], length: float) -> float:
        return state_at(prepared, np.array(direction) * prepared.scale * length).loglik

    # Differences of covariates are whole numbers up to 2: so are the edges of every cone.
    directions = [d for d in product(range(-4, 5), repeat=2) if any(d)]
    rising = any(loglik(d, 5) >= loglik(d, 4) - 1e-13 for d in directions)
    assert fit.infinite.any() == rising


def test_a_variance_below_zero_is_no_standard_error() -> None:
    """Rounding alone: eight patients, two of them with any weight."""
    fit = replace(cox(MIXED, DEATH, B), variance=np.array([[-1e-9]]))
    assert np.isnan(fit.std_err).all()
    assert fit.estimable.tolist() == [False]


def test_the_iteration_stops_where_rs_does() -> None:
    """R's `fit$iter` is 4, so that the last digits are R's."""
    assert cox(MIXED, DEATH, B).iterations == 4


def test_a_direction_is_found_among_many_rows_as_among_all_at_once() -> None:
    """The linear programme takes in the rows that matter; the answer is that of all rows."""
    from scipy.optimize import linprog

    random = np.random.default_rng(5)
    rows = random.normal(size=(3000, 4))
    rows[:, 3] = np.abs(rows[:, 3]) * (random.random(3000) < 0.01)  # never below 0
    open_end = linprog([0, 0, 0, -1], A_ub=-rows, b_ub=np.zeros(3000), bounds=(-1, 1)).x[3]
    assert open_end == 1.0
    assert unbounded(rows).tolist() == [False, False, False, True]
    rows[17] = [0.0, 0.0, 0.0, -1.0]
    assert not unbounded(rows).any()
