"""Parametric survival models of one group, fitted by lifelines."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hcc2l.stats.risk_sets import Floats

Family = Literal["exponential", "weibull", "lognormal", "loglogistic"]
FAMILIES: tuple[Family, ...] = ("exponential", "weibull", "lognormal", "loglogistic")


@dataclass(frozen=True)
class ParametricFit:
    """A fitted distribution of the survival time.

    Attributes
    ----------
    family
        The distribution.
    location, scale
        R's ``survreg`` parameters: log T = location + scale * error.
    log_likelihood, aic
        In the units of the data; AIC = -2 log-likelihood + 2 (parameters), as ``AIC(survreg)``.
    median, mean
        Of the fitted distribution, extrapolated beyond follow-up; NaN where infinite
        (a log-logistic with scale >= 1 has no mean).
    """

    family: Family
    location: float
    scale: float
    log_likelihood: float
    aic: float
    median: float
    mean: float

    def survival(self, time: Floats) -> Floats:
        """S(t) at times of shape (m,), all >= 0."""
        from scipy.special import ndtr

        with np.errstate(divide="ignore"):
            z = (np.log(time) - self.location) / self.scale
        if self.family == "lognormal":
            return np.asarray(ndtr(-z), dtype=np.float64)
        if self.family == "loglogistic":
            return np.asarray(1.0 / (1.0 + np.exp(z)), dtype=np.float64)
        return np.asarray(np.exp(-np.exp(z)), dtype=np.float64)


def fit_parametric(time: Floats, event: NDArray[np.bool_], family: Family) -> ParametricFit | None:
    """Fit one family by maximum likelihood; None when the fit does not converge.

    Parameters
    ----------
    time
        Shape (n,), all > 0.
    event
        Shape (n,), at least one True.
    """
    if family != "exponential" and _unbounded(time, event):
        return None
    location, scale = _maximum_likelihood(time, event, family)
    if not (np.isfinite(location) and np.isfinite(scale)):
        return None
    log_likelihood = _log_likelihood(time, event, family, location, scale)
    parameters = 1 if family == "exponential" else 2
    median, mean = _median_mean(family, location, scale)
    return ParametricFit(
        family, location, scale, log_likelihood, 2 * parameters - 2 * log_likelihood, median, mean
    )


def _unbounded(time: Floats, event: NDArray[np.bool_]) -> bool:
    """Whether the likelihood grows for ever as the scale shrinks to a spike at the only event."""
    at = np.unique(time[event])
    return bool(at.size == 1 and not (time[~event] > at[0]).any())


def _maximum_likelihood(
    time: Floats, event: NDArray[np.bool_], family: Family
) -> tuple[float, float]:
    import lifelines

    if family == "exponential":  # closed form: time at risk per event
        return float(np.log(time.sum() / event.sum())), 1.0
    unit = float(np.exp(np.mean(np.log(time))))  # the optimiser wants numbers near 1
    fitter = {
        "weibull": lifelines.WeibullFitter,
        "lognormal": lifelines.LogNormalFitter,
        "loglogistic": lifelines.LogLogisticFitter,
    }[family]()

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", lifelines.exceptions.StatisticalWarning)
            fitter.fit(time / unit, event, fit_options={"ftol": 1e-14, "gtol": 1e-10})
    except (lifelines.exceptions.ConvergenceError, lifelines.exceptions.StatisticalWarning):
        return float("nan"), float("nan")
    if family == "lognormal":
        return float(fitter.mu_ + np.log(unit)), float(fitter.sigma_)
    if family == "weibull":
        return float(np.log(fitter.lambda_ * unit)), float(1.0 / fitter.rho_)
    return float(np.log(fitter.alpha_ * unit)), float(1.0 / fitter.beta_)


def _log_likelihood(
    time: Floats, event: NDArray[np.bool_], family: Family, location: float, scale: float
) -> float:
    from scipy.special import log_ndtr

    z = (np.log(time) - location) / scale
    if family == "lognormal":
        log_density, log_survival = -0.5 * z**2 - 0.5 * np.log(2 * np.pi), log_ndtr(-z)
    elif family == "loglogistic":
        log_survival = -np.logaddexp(0.0, z)
        log_density = z + 2 * log_survival
    else:
        log_survival = -np.exp(z)
        log_density = z + log_survival
    jacobian = np.log(scale) + np.log(time)
    return float(np.sum(np.where(event, log_density - jacobian, log_survival)))


def _median_mean(family: Family, location: float, scale: float) -> tuple[float, float]:
    from scipy.special import gamma

    centre = float(np.exp(location))
    if family == "lognormal":
        return centre, float(np.exp(location + scale**2 / 2))
    if family == "loglogistic":
        mean = centre * np.pi * scale / np.sin(np.pi * scale) if scale < 1 else float("nan")
        return centre, float(mean)
    return centre * float(np.log(2.0)) ** scale, centre * float(gamma(1.0 + scale))
