"""Parametric survival models of one group, fitted by maximum likelihood."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hcc2l.stats.risk_sets import Floats

Family = Literal["exponential", "weibull", "lognormal", "loglogistic"]
MAX_STEPS = 100
CLOSE = 1e-12  # twice the log-likelihood still to be gained; the step that follows is the last
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
    """Whether the likelihood has no bound as the scale shrinks to a spike at the only event."""
    at = np.unique(time[event])
    return bool(at.size == 1 and not (time[~event] > at[0]).any())


def _maximum_likelihood(
    time: Floats, event: NDArray[np.bool_], family: Family
) -> tuple[float, float]:
    """Location and scale at the maximum; NaN when Newton's method does not converge.

    lifelines stops its search up to 3e-5 before the maximum, so Newton steps follow. The likelihood
    is concave in (location / scale, 1 / scale) for these families (Burridge, J R Stat Soc B
    1981;43:41–45): the maximum is the only one, wherever the search starts.
    """
    if family == "exponential":  # closed form: time at risk per event
        return float(np.log(time.sum() / event.sum())), 1.0
    log_time = np.log(time)
    centre = float(log_time.mean())
    y = log_time - centre
    location, scale = _lifelines_fit(np.exp(y), event, family)
    at = np.array([location / scale, 1.0 / scale])
    log_likelihood, gradient, hessian = _derivatives(at, y, event, family)
    for _ in range(MAX_STEPS):
        step = np.linalg.solve(-hessian, gradient)
        if not np.isfinite(step).all():
            break
        close = bool(gradient @ step < CLOSE)
        while not close and not _climbs(at + step, y, event, family, log_likelihood):
            step = step / 2
            if np.abs(step).max() < 1e-12:
                return float("nan"), float("nan")
        at = at + step
        if close:
            return float(centre + at[0] / at[1]), float(1.0 / at[1])
        log_likelihood, gradient, hessian = _derivatives(at, y, event, family)
    return float("nan"), float("nan")


def _climbs(
    at: Floats, y: Floats, event: NDArray[np.bool_], family: Family, log_likelihood: float
) -> bool:
    if at[1] <= 0:
        return False
    with np.errstate(over="ignore", invalid="ignore"):  # a step that goes too far is halved
        return bool(_derivatives(at, y, event, family)[0] > log_likelihood)


def _lifelines_fit(time: Floats, event: NDArray[np.bool_], family: Family) -> tuple[float, float]:
    """Location and scale as lifelines finds them; the exponential's when it finds none."""
    import lifelines

    fitter = {
        "weibull": lifelines.WeibullFitter,
        "lognormal": lifelines.LogNormalFitter,
        "loglogistic": lifelines.LogLogisticFitter,
    }[family]()
    fallback = float(np.log(time.sum() / event.sum())), 1.0
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it is only where Newton's method starts
            fitter.fit(time, event)
    except (lifelines.exceptions.ConvergenceError, ValueError):
        return fallback
    if family == "lognormal":
        location, scale = float(fitter.mu_), float(fitter.sigma_)
    elif family == "weibull":
        location, scale = float(np.log(fitter.lambda_)), float(1.0 / fitter.rho_)
    else:
        location, scale = float(np.log(fitter.alpha_)), float(1.0 / fitter.beta_)
    return (location, scale) if np.isfinite([location, scale]).all() and scale > 0 else fallback


def _derivatives(
    at: Floats, y: Floats, event: NDArray[np.bool_], family: Family
) -> tuple[float, Floats, Floats]:
    """Log-likelihood of log times `y`, its gradient (2,) and Hessian (2, 2).

    `at` is (location / scale, 1 / scale).
    """
    z = at[1] * y - at[0]
    value, first, second = _log_terms(z, event, family)
    deaths = float(event.sum())
    log_likelihood = float(value.sum()) + deaths * float(np.log(at[1]))
    gradient = np.array([-first.sum(), first @ y + deaths / at[1]])
    mixed = -float(second @ y)
    curvature = float(second @ y**2) - deaths / at[1] ** 2
    return log_likelihood, gradient, np.array([[second.sum(), mixed], [mixed, curvature]])


def _log_terms(
    z: Floats, event: NDArray[np.bool_], family: Family
) -> tuple[Floats, Floats, Floats]:
    """Log density of events and log survival of censored rows at z, with two derivatives."""
    from scipy.special import expit, log_ndtr

    if family == "lognormal":
        log_density, log_survival = -0.5 * z**2 - 0.5 * np.log(2 * np.pi), log_ndtr(-z)
        mills = np.exp(log_density - log_survival)
        return (
            np.where(event, log_density, log_survival),
            np.where(event, -z, -mills),
            np.where(event, -1.0, -mills * (mills - z)),
        )
    if family == "loglogistic":
        log_survival, share, times = -np.logaddexp(0.0, z), expit(z), np.where(event, 2.0, 1.0)
        return (
            np.where(event, z, 0.0) + times * log_survival,
            np.where(event, 1.0, 0.0) - times * share,
            -times * share * (1.0 - share),
        )
    hazard = np.exp(z)
    return np.where(event, z, 0.0) - hazard, np.where(event, 1.0, 0.0) - hazard, -hazard


def _log_likelihood(
    time: Floats, event: NDArray[np.bool_], family: Family, location: float, scale: float
) -> float:
    terms, _, _ = _log_terms((np.log(time) - location) / scale, event, family)
    jacobian = np.log(scale) + np.log(time)  # from the density of z to that of the time
    return float(np.sum(terms - np.where(event, jacobian, 0.0)))


def _median_mean(family: Family, location: float, scale: float) -> tuple[float, float]:
    from scipy.special import gamma

    centre = float(np.exp(location))
    if family == "lognormal":
        return centre, float(np.exp(location + scale**2 / 2))
    if family == "loglogistic":
        mean = centre * np.pi * scale / np.sin(np.pi * scale) if scale < 1 else float("nan")
        return centre, float(mean)
    return centre * float(np.log(2.0)) ** scale, centre * float(gamma(1.0 + scale))
