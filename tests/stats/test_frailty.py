"""Gamma frailty shared by the patients of a centre, case by case as R has it at convergence."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hcc2l.stats.cox import CoxFit, cox_ordered
from hcc2l.stats.frailty import FrailtyFit, gamma_frailty
from hcc2l.stats.partial_likelihood import ordered_rows
from tests.reference import cases


def _columns(case: dict[str, Any], rows: list[dict[str, str]]) -> Any:
    """The covariates as R codes them, shape (n, p)."""
    columns = []
    for name in case["arguments"]["covariates"]:
        declared = case["arguments"]["variables"][name]
        if declared["type"] == "numeric":
            columns.append(np.array([float(row[name]) for row in rows]))
        else:
            code = cases.codes(case, rows, name)
            columns += [code == level for level in range(1, len(declared["levels"]))]
    return np.column_stack(columns).astype(float)


def fitted(case: dict[str, Any]) -> tuple[FrailtyFit, CoxFit, list[str]]:
    arguments = case["arguments"]
    needed = [*arguments["covariates"], arguments["centre"]]
    rows = [row for row in cases.rows_of(case) if all(row[name] for name in needed)]
    time, event = cases.time_event(case, rows)
    x = _columns(case, rows)
    names, centre = np.unique([row[arguments["centre"]] for row in rows], return_inverse=True)
    ordered = ordered_rows(time, event, arguments.get("ties", "efron"), None, None)
    plain = cox_ordered(ordered.with_covariates(x), x, None, False)
    return gamma_frailty(ordered, x, centre, plain), plain, [str(name) for name in names]


@pytest.mark.parametrize("case_id", cases.ids("frailty"))
def test_frailty_is_that_of_r_at_convergence(case_id: str) -> None:
    case = cases.case("frailty", case_id)
    expected = case["expected"]["frailty"]
    fit, plain, centres = fitted(case)
    assert fit.theta == pytest.approx(expected["theta"], rel=1e-5)
    assert fit.loglik == pytest.approx(expected["integrated_loglik"], rel=1e-9)
    assert fit.statistic == pytest.approx(expected["lr"]["stat"], rel=1e-6, abs=1e-9)
    assert fit.p == pytest.approx(expected["lr"]["p_half_chi1"], rel=1e-6)
    if expected["theta"] == 0:
        np.testing.assert_array_equal(fit.coef, plain.coef)
        np.testing.assert_array_equal(fit.log_frailty, 0.0)
        return
    std_err = np.sqrt(np.diag(fit.variance))
    np.testing.assert_allclose(fit.coef, [c["coef"] for c in expected["coefficients"]], rtol=1e-6)
    np.testing.assert_allclose(std_err, [c["se"] for c in expected["coefficients"]], rtol=1e-6)
    found = dict(zip(centres, zip(np.exp(fit.log_frailty), fit.events, strict=True), strict=True))
    for one in expected["frailties"]:
        frailty, events = found[one["centre"]]
        assert (frailty, events) == (pytest.approx(one["frailty"], rel=1e-6), one["events"])


def test_frailties_have_a_mean_of_one_and_their_limits_hold_the_centres() -> None:
    fit, _, _ = fitted(cases.case("frailty", "veteran_celltype"))
    assert np.exp(fit.log_frailty).mean() == pytest.approx(1.0, abs=1e-10)
    assert ((fit.log_frailty_std_err > 0.1) & (fit.log_frailty_std_err < fit.theta**0.5)).all()


def simulated(theta: float, seed: int) -> tuple[FrailtyFit, CoxFit]:
    """1,500 patients of 30 centres, whose hazards differ by a gamma factor of that variance."""
    random = np.random.default_rng(seed)
    centre = np.arange(1500) % 30
    factor = random.gamma(1 / theta, theta, 30) if theta else np.ones(30)
    x = random.normal(size=(1500, 1))
    time = random.exponential(1 / (factor[centre] * np.exp(0.5 * x[:, 0])))
    event = time < 2.0
    ordered = ordered_rows(np.minimum(time, 2.0), event, "efron", None, None)
    plain = cox_ordered(ordered.with_covariates(x), x, None, False)
    return gamma_frailty(ordered, x, centre, plain), plain


def test_a_known_variance_between_centres_is_found_and_the_coefficient_with_it() -> None:
    fit, plain = simulated(0.5, seed=1)
    assert 0.3 < fit.theta < 0.8
    assert fit.p < 1e-10
    assert abs(fit.coef[0] - 0.5) < abs(plain.coef[0] - 0.5)


def test_a_column_that_adds_nothing_has_no_coefficient() -> None:
    case = cases.case("frailty", "veteran_celltype")
    rows = cases.rows_of(case)
    time, event = cases.time_event(case, rows)
    karno = np.array([float(row["karno"]) for row in rows])
    x = np.column_stack([karno, 2 * karno])
    _, centre = np.unique([row["celltype"] for row in rows], return_inverse=True)
    ordered = ordered_rows(time, event, "efron", None, None)
    plain = cox_ordered(ordered.with_covariates(x), x, None, False)
    fit = gamma_frailty(ordered, x, centre, plain)
    alone = cox_ordered(ordered.with_covariates(x[:, :1]), x[:, :1], None, False)
    one = gamma_frailty(ordered, x[:, :1], centre, alone)
    assert np.isnan(fit.coef[1])
    assert fit.coef[0] == pytest.approx(one.coef[0], rel=1e-9)
