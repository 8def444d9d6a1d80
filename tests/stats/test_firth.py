"""Firth's penalised likelihood, against the package `firthmodels` and by what must hold."""

from __future__ import annotations

import numpy as np
import pytest
from firthmodels import FirthCoxPH, FirthLogisticRegression
from numpy.typing import NDArray

from hcc2l.stats.firth import FirthFit, firth_cox, firth_logistic

Case = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]


def case(seed: int, separated: bool) -> Case:
    """Covariates, times and events of 40 patients; the last covariate may tell all events."""
    random = np.random.default_rng(seed)
    x = np.column_stack([random.normal(60, 9, 40), random.integers(0, 2, (40, 2))])
    time, event = random.exponential(10, 40), random.random(40) < 0.6
    return x, time, event & (x[:, 2] == 0) if separated else event


CASES = [(1, False), (2, False), (3, True), (4, True)]


def check(fit: FirthFit, coef: NDArray[np.float64], limits: object, p: object) -> None:
    assert fit.converged
    # The package stops when its gradient is small: what is left is in standard errors.
    assert np.all(np.abs(fit.coef - coef) < 1e-6 * fit.std_err)
    lower, upper = fit.limits(0.95)
    assert np.column_stack([lower, upper]) == pytest.approx(limits, rel=1e-6, abs=1e-7)
    assert fit.p() == pytest.approx(p, rel=1e-5)


@pytest.mark.parametrize(("seed", "separated"), CASES)
def test_cox_agrees_with_firthmodels(seed: int, separated: bool) -> None:
    x, time, event = case(seed, separated)
    oracle = FirthCoxPH(gtol=1e-7, xtol=1e-6, max_iter=500, max_halfstep=50).fit(x, (event, time))
    oracle.lrt()
    limits = oracle.conf_int(method="pl", max_iter=500, tol=1e-9)
    fit = firth_cox(time, event, x, ties="breslow")
    check(fit, oracle.coef_, limits, oracle.lrt_pvalues_)
    assert fit.loglik == pytest.approx(oracle.loglik_, rel=1e-9)
    assert fit.std_err == pytest.approx(oracle.bse_, rel=1e-6)


@pytest.mark.parametrize(("seed", "separated"), CASES)
def test_logistic_agrees_with_firthmodels(seed: int, separated: bool) -> None:
    x, _, event = case(seed, separated)
    oracle = FirthLogisticRegression(gtol=1e-5, xtol=1e-5, max_iter=500, max_halfstep=50)
    oracle.fit(x, event)
    oracle.lrt()
    limits = oracle.conf_int(method="pl", max_iter=500, tol=1e-9)
    fit = firth_logistic(event, x)
    check(fit, oracle.coef_, limits[:3], oracle.lrt_pvalues_[:3])
    assert fit.loglik == pytest.approx(oracle.loglik_, rel=1e-9)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_the_estimate_is_where_the_penalised_likelihood_is_highest(ties: str) -> None:
    """The analytic gradient, third moments and tied times included, against small steps."""
    x, time, event = case(5, separated=True)
    fit = firth_cox(np.ceil(time / 4), event, x, ties=ties)  # type: ignore[arg-type]  # of TIES
    scaled = fit._estimate
    for j in range(scaled.size):
        for step in (-1e-3, 1e-3):
            moved = scaled + step * (np.arange(scaled.size) == j)
            assert fit._evaluate(moved)[0] < fit.loglik
        ahead, behind = (
            fit._evaluate(np.zeros(scaled.size) + s * (np.arange(scaled.size) == j))[0]
            for s in (1e-5, -1e-5)
        )
        assert (ahead - behind) / 2e-5 == pytest.approx(
            fit._evaluate(np.zeros(scaled.size))[1][j], rel=1e-6
        )


def test_a_two_by_two_table_gets_half_a_patient_in_each_cell() -> None:
    exposed = np.repeat([0.0, 1.0], [12, 8])[:, None]
    outcome = np.array([True] * 5 + [False] * 7 + [True] * 8)
    (coef,) = firth_logistic(outcome, exposed).coef
    assert coef == pytest.approx(np.log((8.5 / 0.5) / (5.5 / 7.5)), rel=1e-9)


@pytest.mark.parametrize("fit", [firth_cox, firth_logistic])
def test_units_of_a_covariate_scale_its_coefficient_alone(fit: object) -> None:
    x, time, event = case(6, separated=True)
    first = (time,) if fit is firth_cox else ()
    plain = fit(*first, event, x)  # type: ignore[operator]  # one of two functions
    scaled = fit(*first, event, x * [1000.0, 1.0, 1.0] + 7.0)  # type: ignore[operator]  # the same
    assert scaled.coef * [1000.0, 1.0, 1.0] == pytest.approx(plain.coef, rel=1e-7)
    assert scaled.p() == pytest.approx(plain.p(), rel=1e-7)


def test_columns_that_follow_from_others_are_dropped() -> None:
    x, time, event = case(7, separated=False)
    double = np.column_stack([x, x[:, 0] * 2])
    for fit, plain in (
        (firth_cox(time, event, double), firth_cox(time, event, x)),
        (firth_logistic(event, double), firth_logistic(event, x)),
    ):
        assert fit.dropped.tolist() == [False, False, False, True]
        assert fit.coef[:3] == pytest.approx(plain.coef, rel=1e-8)
        assert np.isnan(fit.limits(0.95)[0][3])


def test_limits_of_some_columns_are_those_of_all() -> None:
    x, time, event = case(1, False)
    fit = firth_cox(time, event, x)
    lower, upper = fit.limits(0.95, np.array([True, False, True]))
    every = np.array(fit.limits(0.95))
    assert np.isnan([lower[1], upper[1]]).all()
    np.testing.assert_array_equal(np.array([lower, upper])[:, [0, 2]], every[:, [0, 2]])


def test_columns_that_differ_by_orders_of_magnitude_end_in_time() -> None:
    """Powers of a marker that spans orders of magnitude, as the columns of a spline are."""
    random = np.random.default_rng(7)
    marker = random.lognormal(3, 2, 60)
    x = np.column_stack([marker, marker**3 / marker.max() ** 2, random.normal(size=60)])
    fit = firth_logistic(random.random(60) < 0.4, x)
    assert np.isfinite(fit.coef).all()
    assert np.isfinite(fit.p()).all()
