"""Optimism of a model in the patients in whom it was made, by the bootstrap."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from hcc2l.analyses.accounting import rows_in_order_of_ids
from hcc2l.analyses.validate.data import Predictor, Time, ValidationData
from hcc2l.analyses.validate.measures import Measure, Patients, measures, patients_of
from hcc2l.design import Floats, Ints
from hcc2l.design.model import ModelTerm, model_matrix
from hcc2l.repetition import repeated
from hcc2l.stats.baseline import prediction
from hcc2l.stats.cox import cox
from hcc2l.stats.linear_algebra import linear_predictor
from hcc2l.stats.logistic import logistic

Optimisms = Mapping[tuple[str, Time], float]  # by measure and time


@dataclass(frozen=True)
class Corrected:
    """Mean optimism of every measure of a model, and the number of samples that gave none."""

    optimism: Optimisms
    failed: int


def optimism(data: ValidationData, predictor: Predictor) -> Corrected:
    """The model fitted anew in each sample, in it less in the patients analysed (Harrell).

    Its terms are those of the model; their selection is not repeated.
    """
    assert predictor.model is not None
    terms = [_kept(data, term) for term in predictor.model.terms]
    everyone = np.ones(data.n, dtype=np.bool_)
    x = model_matrix(terms, everyone).x
    order = _order_of_ids(data)
    random = np.random.default_rng(data.spec.seed)
    gains: dict[tuple[str, Time], list[float]] = defaultdict(list)
    of_samples = repeated(
        partial(_gains, patients_of(data), x, data.times),
        (order[random.integers(0, data.n, data.n)] for _ in range(data.spec.boot)),
        data.spec.boot, "Bootstrap", data.spec.workers,
    )  # fmt: skip
    fitted = [gained for gained in of_samples if gained is not None]
    for gained in fitted:
        for key, gain in gained.items():
            gains[key].append(gain)
    means = {key: float(np.nanmean(values)) for key, values in gains.items()
             if not np.isnan(values).all()}  # fmt: skip
    return Corrected(means, data.spec.boot - len(fitted))


def _gains(
    whole: Patients, x: Floats, times: tuple[Time, ...], sample: Ints
) -> Optimisms | None:  # fmt: skip
    """What the model of a sample gains in it; None where it cannot be fitted."""
    drawn = replace(
        whole, time=whole.time[sample] if whole.timed else whole.time, event=whole.event[sample]
    )  # fmt: skip
    refitted = _refitted(drawn, x[sample])
    if refitted is None:
        return None
    inside = _by_key(_measured(drawn, refitted, x[sample], times))
    outside = _by_key(_measured(whole, refitted, x, times))
    return {key: inside[key] - outside[key] for key in inside if key in outside}


def _kept(data: ValidationData, term: ModelTerm) -> ModelTerm:
    return term.take(np.flatnonzero(data.account.keep).astype(np.int64))


def _order_of_ids(data: ValidationData) -> Ints:
    """The patients analysed by id, so that samples do not depend on the order of the file."""
    kept = np.flatnonzero(data.account.keep)
    rows = rows_in_order_of_ids(data.cohort, data.account.keep)
    return np.searchsorted(kept, rows).astype(np.int64)


@dataclass(frozen=True)
class _Refit:
    """A model of one sample: coefficients, and the baseline hazard or the intercept.

    Attributes
    ----------
    coef
        Shape (p,), 0 for columns that do not vary in the sample.
    centre
        Linear predictor of the patient of the baseline.
    hazard_time, hazard
        The steps of the cumulative baseline hazard; empty for a logistic model.
    """

    coef: Floats
    centre: float
    hazard_time: Floats
    hazard: Floats

    def linear(self, x: Floats) -> Floats:
        return linear_predictor(x, self.coef) - self.centre

    def risk(self, linear: Floats, time: Time) -> Floats:
        if time is None:
            return np.asarray(1.0 / (1.0 + np.exp(-np.clip(linear, -700, 700))))
        passed = np.searchsorted(self.hazard_time, time, side="right")
        hazard = float(self.hazard[passed - 1]) if passed else 0.0
        return np.asarray(-np.expm1(-hazard * np.exp(np.clip(linear, -700, 700))))


def _refitted(drawn: Patients, x: Floats) -> _Refit | None:
    """The model of a sample; None without events or where an estimate is infinite."""
    if not drawn.event.any() or (drawn.event.all() and not drawn.timed):
        return None
    if not drawn.timed:
        binary = logistic(drawn.event, x)
        if binary.infinite.any():
            return None
        coef = np.nan_to_num(binary.coef)
        return _Refit(coef[1:], -float(coef[0]), np.zeros(0), np.zeros(0))
    fit = cox(drawn.time, drawn.event, x)
    if (fit.infinite | fit.unreached).any():
        return None
    model = prediction(drawn.time, drawn.event, x, fit.coef, fit.variance)
    base, centre = model.strata[0], float(model.centre @ model.coef)
    return _Refit(np.nan_to_num(fit.coef), centre, base.time, base.hazard)


def _measured(
    patients: Patients, model: _Refit, x: Floats, times: tuple[Time, ...]
) -> list[Measure]:
    linear = model.linear(x)
    if np.ptp(linear) == 0:
        return []
    risks = {time: model.risk(linear, time) for time in times}
    return measures(patients, linear, risks, dict.fromkeys(risks or [None], linear), times)


def _by_key(found: list[Measure]) -> dict[tuple[str, Time], float]:
    return {(m.measure, m.time): m.estimate for m in found if not math.isnan(m.estimate)}
