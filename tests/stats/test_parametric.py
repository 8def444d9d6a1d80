"""Parametric models against R's survreg."""

from __future__ import annotations

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
