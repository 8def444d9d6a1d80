"""Cumulative incidence predicted by cause-specific Cox models, one for each cause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hcc2l.stats.baseline import Prediction
from hcc2l.stats.risk_sets import Floats

_CELLS = 2_000_000  # patients x times held in memory
ROUNDING = 1e-12  # of a product that is 0


@dataclass(frozen=True)
class Incidences:
    """Cumulative incidence of each cause, and the probability of none of them.

    Attributes
    ----------
    time
        Shape (m,): times of events of any cause, ascending.
    incidence
        Shape (causes, m).
    survival
        Shape (m,): probability of no event. With the product limit, incidences and survival add up
        to 1.
    exponential
        Whether survival is exp(-cumulative hazard), because the product limit is negative for
        some patient who could still have an event, or in the mean.
    negative
        Whether that is so.
    """

    time: Floats
    incidence: Floats
    survival: Floats
    exponential: bool
    negative: bool

    @property
    def excess(self) -> float:
        """The most by which incidences and survival add up to more than 1; NaN for no numbers."""
        with np.errstate(invalid="ignore"):
            total = self.incidence.sum(axis=0) + self.survival
        return float(np.max(total - 1.0, initial=0.0))

    def at(self, times: Floats) -> Floats:
        """Incidences at given times, shape (causes, times): step functions, 0 before any event."""
        index = np.searchsorted(self.time, times, side="right")
        none = np.zeros((self.incidence.shape[0], 1))
        return np.concatenate((none, self.incidence), axis=1)[:, index]


def standardised_incidence(
    models: Sequence[Prediction],
    x: Floats,
    until: float,
    weights: Floats | None = None,
    *,
    exponential: bool | None = None,
) -> Incidences:
    """Mean of the cumulative incidences predicted for some patients (g-computation).

    For a patient, F_k(t) is the sum over event times s <= t of S(s-) h_k(s), with h_k the hazard of
    cause k predicted for the patient and S the product of 1 - sum of h_k, or with `exponential` the
    exponential of the negative sum: by default for all patients where for any of them the product
    is negative before an event, or the mean is negative. Same as the predictions of R's
    ``riskRegression::CSC``.

    Parameters
    ----------
    models
        One for each cause, without strata, fitted to the same times.
    x
        Shape (n, p): the covariates of the patients.
    until
        The last time of interest.
    weights
        Shape (n,): case weights of the mean.
    """
    times = np.unique(np.concatenate([model.times for model in models]))
    times = times[times <= until]
    steps = [np.diff(model.strata[0].at(times)[0], prepend=0.0) for model in models]
    share = np.ones(x.shape[0]) if weights is None else weights
    share = share / share.sum()
    with np.errstate(over="ignore", invalid="ignore"):  # where a coefficient is without bounds
        risks = [model.relative_hazard(x) for model in models]
        if exponential is not None:
            return _mean(times, risks, steps, share, exponential=exponential)
        product = _mean(times, risks, steps, share, exponential=False)
        if not product.negative:
            return product
        return _mean(times, risks, steps, share, exponential=True)


def _mean(
    times: Floats,
    risks: Sequence[Floats],
    steps: Sequence[Floats],
    share: Floats,
    *,
    exponential: bool,
) -> Incidences:
    """The mean over patients."""
    survival, incidence = np.zeros(times.size), np.zeros((len(steps), times.size))
    negative = False
    size = max(1, _CELLS // max(times.size, 1))
    for start in range(0, share.size, size):
        part = slice(start, start + size)
        hazard = np.zeros((share[part].size, times.size))
        for risk, step in zip(risks, steps, strict=True):
            hazard += np.outer(risk[part], step)
        free = np.exp(-np.cumsum(hazard, axis=1)) if exponential else np.cumprod(1 - hazard, axis=1)
        before = np.concatenate((np.ones((free.shape[0], 1)), free[:, :-1]), axis=1)
        negative = negative or not bool((before >= -ROUNDING).all())
        survival += share[part] @ free
        for k, (risk, step) in enumerate(zip(risks, steps, strict=True)):
            incidence[k] += ((share[part] * risk[part]) @ before) * step
    negative = negative or not bool((survival >= -ROUNDING).all())
    return Incidences(times, np.cumsum(incidence, axis=1), survival, exponential, negative)
