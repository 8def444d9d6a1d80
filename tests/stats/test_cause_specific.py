"""Cumulative incidence predicted by cause-specific models, case by case as R has it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hcc2l.stats.baseline import Prediction, prediction
from hcc2l.stats.cause_specific import standardised_incidence
from hcc2l.stats.cox import cox
from hcc2l.stats.partial_likelihood import Ties
from tests.reference import cases
from tests.stats.test_fine_gray import REGRESSIONS, analysed, cohort, design

PREDICTED = [case["id"] for case in REGRESSIONS if "csc_predicted" in case["expected"]]


def models(time: Any, cause: Any, x: Any, ties: Ties = "efron") -> list[Prediction]:
    """The model of each cause."""
    fits = [cox(time, cause == of, x, ties=ties) for of in (1, 2)]
    return [
        prediction(time, cause == of, x, fit.coef, fit.variance, ties=ties)
        for of, fit in zip((1, 2), fits, strict=True)
    ]


@pytest.mark.parametrize("case", REGRESSIONS, ids=cases.name)
@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_cause_specific_coefficients_are_those_of_r(case: dict[str, Any], ties: Ties) -> None:
    _, time, cause, x, _ = analysed(case["id"])
    for of, expected in enumerate(case["expected"]["cause_specific"], start=1):
        fit, rows = cox(time, cause == of, x, ties=ties), expected[ties]["coefficients"]
        np.testing.assert_allclose(fit.coef, [r["coef"] for r in rows], rtol=1e-6)
        np.testing.assert_allclose(fit.std_err, [r["se"] for r in rows], rtol=1e-6)


@pytest.mark.parametrize("case_id", PREDICTED)
@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_predictions_are_those_of_risk_regression(case_id: str, ties: Ties) -> None:
    case, time, cause, x, _ = analysed(case_id)
    fitted = models(time, cause, x, ties)
    new, prefix = case["arguments"]["newdata"], "efron_" if ties == "efron" else ""
    at = np.array(case["arguments"]["times"], dtype=float)
    for j, row in enumerate(case["expected"]["csc_predicted"]):
        values = design(case, [{name: str(v[j]) for name, v in new.items()}])
        for form in ("product_limit", "exponential"):
            found = standardised_incidence(
                fitted, values, float(at.max()), exponential=form == "exponential"
            )
            wanted = [[p[prefix + form] for p in cause["cif"]] for cause in row["causes"]]
            np.testing.assert_allclose(found.at(at), wanted, rtol=1e-6)


@pytest.mark.parametrize("case_id", PREDICTED)
def test_standardised_incidences_are_those_of_risk_regression(case_id: str) -> None:
    case, time, cause, x, _ = analysed(case_id)
    arguments = case["arguments"]
    fitted = models(time, cause, x, "breslow")
    at = np.array(arguments["times"], dtype=float)
    column = arguments["covariates"].index(arguments["standardise"])
    for level, expected in enumerate(case["expected"]["csc_standardised"]):
        as_if = x.copy()
        as_if[:, column] = level
        found = standardised_incidence(fitted, as_if, float(at.max()), exponential=False)
        wanted = [[point["cif"] for point in cause["cif"]] for cause in expected["causes"]]
        np.testing.assert_allclose(found.at(at), wanted, rtol=1e-6)


@pytest.mark.parametrize("seed", range(20))
def test_incidences_and_survival_add_up_to_1(seed: int) -> None:
    time, cause, x = cohort(seed)
    found = standardised_incidence(models(time, cause, x), x, float(np.median(time)))
    assert not found.exponential
    np.testing.assert_allclose(found.incidence.sum(axis=0) + found.survival, 1.0, atol=1e-12)
    assert (np.diff(found.incidence, axis=1) >= 0).all()


def test_where_the_product_is_negative_before_an_event_survival_is_exponential() -> None:
    time, cause, x = cohort(4)
    late = np.argsort(time)[-2:]
    cause[late], x[late, 0] = 1, -5.0  # so that the hazards of others are above 1 there
    fitted = models(time, cause, x)
    found = standardised_incidence(fitted, x, float(time.max()))
    assert found.exponential
    assert (found.survival > 0).all()
    assert not standardised_incidence(fitted, x, float(np.median(time))).exponential


def last_event(remaining: int) -> tuple[Any, Any, Any]:
    """A cohort whose last event happens among as many patients, of low risk."""
    time, cause, x = cohort(5)
    late = np.argsort(time)[-remaining:]
    cause[late], time[late], x[late, 0] = 0, time[late[0]], 2.0
    cause[late[0]] = 1
    return time, cause, x


def test_a_product_that_the_last_event_makes_negative_for_some_is_kept() -> None:
    time, cause, x = last_event(2)
    fitted, until = models(time, cause, x), float(time.max())
    found = standardised_incidence(fitted, x, until)
    assert not found.exponential
    assert (np.diff(found.incidence, axis=1) >= 0).all()
    assert any(standardised_incidence(fitted, row[None], until).exponential for row in x)


def test_a_mean_above_1_is_that_of_no_product() -> None:
    time, cause, x = last_event(1)
    fitted, until = models(time, cause, x), float(time.max())
    product = standardised_incidence(fitted, x, until, exponential=False)
    assert product.survival[-1] < 0
    assert standardised_incidence(fitted, x, until).exponential


def test_a_mean_is_weighted() -> None:
    time, cause, x = cohort(5)
    fitted, until = models(time, cause, x), float(np.median(time))
    weights = np.arange(1, time.size + 1)
    again = np.repeat(np.arange(time.size), weights)
    found = standardised_incidence(fitted, x, until, weights.astype(float))
    repeated = standardised_incidence(fitted, x[again], until)
    np.testing.assert_allclose(found.incidence, repeated.incidence, rtol=1e-10)
    np.testing.assert_allclose(found.survival, repeated.survival, rtol=1e-10)
