"""Parametric models against R's survreg."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hcc2l.stats.parametric import FAMILIES, fit_parametric
from tests.reference import cases
from tests.stats.test_kaplan_meier import MORE, lung


@pytest.mark.parametrize("family", FAMILIES)
def test_fits_agree_with_survreg(family: str) -> None:
    data, expected = lung(), MORE["parametric"][family]
    fit = fit_parametric(data["time"], data["event"], family)  # type: ignore[arg-type]  # one of the families
    assert fit is not None
    assert cases.agrees(fit.aic, expected["aic"])
    assert cases.agrees(fit.log_likelihood, expected["loglik"])
    assert cases.agrees(fit.median, expected["median"], 1e-6)
    assert cases.agrees(fit.mean, expected["mean"], 1e-6)


@pytest.mark.parametrize("case", MORE["survreg"], ids=lambda c: f"{c['file']} / {c['unit']:g}")
@pytest.mark.parametrize("family", FAMILIES)
def test_fits_are_at_the_maximum_in_any_unit_of_time(case: Any, family: Any) -> None:
    # R: survreg(..., control = survreg.control(rel.tolerance = 1e-14))
    column, value = case["event"]
    rows = cases._file(f"data/{case['file']}")
    time = np.array([float(r[case["time"]]) for r in rows]) / case["unit"]
    expected = case["models"][family]
    fit = fit_parametric(time, np.array([r[column] == value for r in rows]), family)
    assert fit is not None
    assert cases.agrees(fit.location, expected["location"], 1e-10)
    assert cases.agrees(fit.scale, expected["scale"], 1e-10)
    assert cases.agrees(fit.log_likelihood, expected["loglik"])
    assert cases.agrees(fit.aic, expected["aic"])


@pytest.mark.parametrize("case", MORE["survreg_small"])
@pytest.mark.parametrize("family", FAMILIES)
def test_fits_of_small_cohorts_are_at_the_maximum(case: Any, family: Any) -> None:
    expected = case["models"][family]
    fit = fit_parametric(np.array(case["time"]), np.array(case["event"], dtype=bool), family)
    assert fit is not None
    assert cases.agrees(fit.location, expected["location"])
    assert cases.agrees(fit.scale, expected["scale"])
    assert cases.agrees(fit.log_likelihood, expected["loglik"])


def test_a_start_from_nowhere_ends_at_the_same_maximum(monkeypatch: pytest.MonkeyPatch) -> None:
    data = lung()
    near = [fit_parametric(data["time"], data["event"], family) for family in FAMILIES]
    for start in ((-4.0, 30.0), (9.0, 0.05)):
        monkeypatch.setattr("hcc2l.stats.parametric._lifelines_fit", lambda *_, s=start: s)
        far = [fit_parametric(data["time"], data["event"], family) for family in FAMILIES]
        for a, b in zip(near, far, strict=True):
            assert a is not None
            assert b is not None
            assert (a.location, a.scale) == pytest.approx((b.location, b.scale), rel=1e-12)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_unit_of_time_scales_median_and_mean(family: str) -> None:
    data = lung()
    days = fit_parametric(data["time"], data["event"], family)  # type: ignore[arg-type]  # one of the families
    months = fit_parametric(data["time"] / 30.4375, data["event"], family)  # type: ignore[arg-type]  # one of the families
    assert days is not None
    assert months is not None
    assert months.median * 30.4375 == pytest.approx(days.median, rel=1e-6)
    assert months.scale == pytest.approx(days.scale, rel=1e-6)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_fitted_curve_passes_its_own_median_at_one_half(family: str) -> None:
    data = lung()
    fit = fit_parametric(data["time"], data["event"], family)  # type: ignore[arg-type]  # one of the families
    assert fit is not None
    assert fit.survival(np.array([0.0, fit.median])) == pytest.approx([1.0, 0.5])


def test_a_loglogistic_with_heavy_tail_has_no_mean() -> None:
    rng = np.random.default_rng(1)
    time = np.exp(3 * rng.logistic(size=300))
    fit = fit_parametric(time, np.ones(300, dtype=bool), "loglogistic")
    assert fit is not None
    assert np.isnan(fit.mean)
