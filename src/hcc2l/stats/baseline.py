"""Survival predicted by a Cox model: baseline hazard, and curves averaged over a cohort."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hcc2l.stats.linear_algebra import linear_predictor
from hcc2l.stats.partial_likelihood import Ties, ordered, state_at
from hcc2l.stats.risk_sets import Floats, Ints, Times, distinct_times

_CELLS = 2_000_000  # patients x times held in memory


@dataclass(frozen=True)
class Baseline:
    """The cumulative hazard of one stratum at covariates equal to their means.

    Attributes
    ----------
    time
        Shape (m,): times of events, ascending.
    hazard
        Shape (m,): cumulative hazard.
    variance
        Shape (m,): its variance for known coefficients.
    pull
        Shape (m, p): its derivative by the coefficients, the integral of the mean covariates.
    """

    time: Floats
    hazard: Floats
    variance: Floats
    pull: Floats

    def at(self, times: Floats) -> tuple[Floats, Floats, Floats]:
        """Hazard, variance and pull at given times: step functions, 0 before the first event."""
        i = np.searchsorted(self.time, times, side="right")
        zero = np.zeros((1, self.pull.shape[1]))
        return (
            np.concatenate(([0.0], self.hazard))[i],
            np.concatenate(([0.0], self.variance))[i],
            np.concatenate((zero, self.pull))[i],
        )


@dataclass(frozen=True)
class Prediction:
    """Predictions of a fitted Cox model, from the columns that were estimated.

    Attributes
    ----------
    coef, variance, centre
        Shape (p,), (p, p), (p,): of the estimated columns; `centre` are their means.
    kept
        Shape (all columns,): whether each was estimated.
    strata
        One baseline per stratum, by code.
    """

    coef: Floats
    variance: Floats
    centre: Floats
    kept: NDArray[np.bool_]
    strata: tuple[Baseline, ...]

    @property
    def times(self) -> Floats:
        """Times at which any predicted curve falls, ascending."""
        return np.unique(np.concatenate([b.time for b in self.strata]))

    def relative_hazard(self, x: Floats) -> Floats:
        """exp(linear predictor) against the means, shape (n,), of rows of all columns."""
        kept = x[:, self.kept] - self.centre
        return np.asarray(np.exp(linear_predictor(kept, self.coef)), dtype=np.float64)

    def survival(self, x: Floats, stratum: Ints, times: Floats) -> Floats:
        """Predicted S(t), shape (n, times), of rows with covariates `x` and codes of strata."""
        relative = self.relative_hazard(x)
        hazard = np.array([b.at(times)[0] for b in self.strata])
        return np.asarray(np.exp(-relative[:, None] * hazard[stratum]), dtype=np.float64)

    def average(
        self, x: Floats, stratum: Ints, weights: Floats | None = None
    ) -> tuple[Floats, Floats, Floats]:
        """Times, mean predicted S(t) of some patients, and its standard error.

        The variance is that of Gail and Byar, Biom J 1986;28:587–599 (delta method, of the
        coefficients and of the baseline hazard); for one patient that of R's
        ``survfit(coxph(...), newdata)``.
        """
        times = self.times
        share = np.full(x.shape[0], 1.0) if weights is None else weights
        share = share / share.sum()
        relative, centred = self.relative_hazard(x), x[:, self.kept] - self.centre
        mean, variance = np.zeros(times.size), np.zeros(times.size)
        slope = np.zeros((times.size, self.coef.size))
        for code, base in enumerate(self.strata):
            inside = stratum == code
            hazard, of_hazard, pull = base.at(times)
            risk, columns = relative[inside], centred[inside]
            for part in _parts(times.size, int(inside.sum())):
                survival = np.exp(-np.outer(hazard[part], risk)) * share[inside]
                mean[part] += survival.sum(axis=1)
                falling = survival * risk
                total = falling.sum(axis=1)
                variance[part] += total**2 * of_hazard[part]
                slope[part] += (falling @ columns) * hazard[part, None]
                slope[part] -= total[:, None] * pull[part]
        variance += np.einsum("ti,ij,tj->t", slope, self.variance, slope)
        return times, mean, np.sqrt(variance)


def _parts(times: int, rows: int) -> list[slice]:
    size = max(1, _CELLS // max(rows, 1))
    return [slice(i, i + size) for i in range(0, times, size)]


def prediction(
    time: Times,
    event: NDArray[np.bool_],
    x: Floats,
    coef: Floats,
    variance: Floats,
    *,
    ties: Ties = "efron",
    strata: Ints | None = None,
    weights: Floats | None = None,
) -> Prediction:
    """The predictions of a model, from the rows that it was fitted to.

    The hazard is Efron's with Efron's ties and Breslow's with Breslow's, as in R's
    ``survfit.coxph``.

    Parameters
    ----------
    time
        Shape (n,); as `DistinctTimes`, rows may have an entry.
    coef, variance
        Of all columns of `x`, NaN for dropped ones.
    """
    kept = ~np.isnan(coef)
    distinct = distinct_times(time)
    data = ordered(distinct, event, x[:, kept], ties, strata, weights)
    state = state_at(data, coef[kept] * data.scale)
    steps, unshifted = data.term_weight / state.total, np.exp(-state.shift)
    hazard = data.per_slot(steps) * unshifted
    by_total = data.per_slot(steps / state.total)
    squared = by_total * unshifted**2
    mean = state.s1 * by_total - state.d1 * data.per_slot(steps / state.total * data.term_share)
    mean *= unshifted * data.scale[:, None]
    slot_time = distinct.times[distinct.index[data.order[data.begins]]]
    baselines = []
    for first in np.unique(data.first):
        inside = slice(int(first), int(data.last[first]))
        falls = data.deaths[inside] > 0
        baselines.append(
            Baseline(
                slot_time[inside][falls],
                np.cumsum(hazard[inside][falls]),
                np.cumsum(squared[inside][falls]),
                np.cumsum(mean[:, inside][:, falls], axis=1).T,
            )
        )
    inner = variance[np.ix_(kept, kept)]
    return Prediction(coef[kept], inner, x[:, kept].mean(axis=0), kept, tuple(baselines))
