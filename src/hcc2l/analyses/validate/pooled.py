"""A validation repeated in imputed data sets, and its results pooled."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from hcc2l.analyses.imputed import completed
from hcc2l.analyses.validate.data import (
    Predictor,
    ValidationData,
    prepare,
    requested,
)
from hcc2l.analyses.validate.measures import Measure, PooledMeasure, curve_of, patients_of
from hcc2l.analyses.validate.recalibration import Recalibration
from hcc2l.analyses.validate.results import (
    GRID,
    Calibration,
    Comparison,
    Validation,
    grouped,
    mean_benefit,
    validation,
)
from hcc2l.cohort import Cohort
from hcc2l.design import Floats
from hcc2l.design.imputation import survival_predictors
from hcc2l.errors import AnalysisError
from hcc2l.specs import ValidateSpec
from hcc2l.stats.calibration_curve import linked, unlinked
from hcc2l.stats.pooling import rubin
from hcc2l.stats.tails import normal_quantile

LOGITS = ("c-harrell", "c-uno", "auc")


@dataclass(frozen=True)
class PooledValidation:
    """The validation over all sets, beside that of the complete cases.

    Attributes
    ----------
    data
        All patients; what is predicted of each is the mean over the sets.
    complete_cases
        None where they cannot be analysed.
    """

    data: ValidationData
    found: Validation
    complete_cases: tuple[ValidationData, Validation] | None


def pooled_validation(cohort: Cohort, spec: ValidateSpec) -> PooledValidation | None:
    """The validation in every completed cohort, pooled; None where nothing is missing.

    Raises
    ------
    UsageError, InputError, AnalysisError
        As `prepare`, and where a column cannot be imputed.
    """
    request = requested(cohort, spec)
    rows = request.account.keep
    if request.outcome is None:
        outcomes: Mapping[str, Floats] = {request.code: np.where(rows, request.event, 0.0)}
    else:
        outcomes = survival_predictors(request.outcome.endpoint, rows)
    imputed = completed(cohort, spec, request.terms, rows, outcomes)
    if imputed is None:
        return None
    alone = replace(spec, impute=None, imputations=None)
    sets = tuple(prepare(one, alone) for one in imputed.cohorts)
    found = [validation(one) for one in sets]
    data = replace(
        sets[0], cohort=cohort, spec=spec, imputed=imputed, sets=sets,
        predictors=tuple(map(_mean_predictor, zip(*(one.predictors for one in sets), strict=True))),
    )  # fmt: skip
    return PooledValidation(data, _pooled(data, found), _complete_cases(cohort, alone))


def _complete_cases(
    cohort: Cohort, spec: ValidateSpec
) -> tuple[ValidationData, Validation] | None:  # fmt: skip
    try:
        data = prepare(cohort, spec)
        return data, validation(data)
    except AnalysisError:
        return None


def _mean_predictor(sets: Sequence[Predictor]) -> Predictor:
    """What a predictor says of each patient, averaged over the sets."""
    first = sets[0]
    return replace(
        first,
        values=np.mean([one.values for one in sets], axis=0),
        risks={t: np.mean([one.risks[t] for one in sets], axis=0) for t in first.risks},
        linear={t: np.mean([one.linear[t] for one in sets], axis=0) for t in first.linear},
    )


def _pooled(data: ValidationData, found: Sequence[Validation]) -> Validation:
    level = data.spec.conf_level
    each = range(len(data.predictors))
    measured = tuple(
        (data.predictors[i], tuple(_measures([one.measures[i][1] for one in found], level)))
        for i in each
    )
    return Validation(
        measures=measured, corrected={},
        comparisons=tuple(
            _comparison(of_sets, level)
            for of_sets in zip(*(one.comparisons for one in found), strict=True)
        ),
        calibration=tuple(
            _calibration(data, i, time)
            for time in data.times for i in each if time in data.predictors[i].risks
        ),
        benefits=tuple(
            mean_benefit(of_sets) for of_sets in zip(*(o.benefits for o in found), strict=True)
        ),
        recalibrations=tuple(
            _recalibration(of_sets)
            for of_sets in zip(*(one.recalibrations for one in found), strict=True)
        ),
        groups=(), likelihoods=(), gains=(),
    )  # fmt: skip


def _measures(sets: Sequence[Sequence[Measure]], conf_level: float) -> Iterator[PooledMeasure]:
    """Every measure that all sets have."""
    by_key = [{(m.measure, m.time): m for m in of_set} for of_set in sets]
    for key in by_key[0]:
        if all(key in of_set for of_set in by_key):
            yield pooled_measure([of_set[key] for of_set in by_key], conf_level)


def pooled_measure(sets: Sequence[Measure], conf_level: float) -> PooledMeasure:
    """A measure of all sets by Rubin's rules, large samples being assumed.

    C and AUC are pooled as logits, observed / expected as logarithms, the others as they are; those
    without a standard error, and those at the end of their scale in some set, are averaged.
    """
    first = sets[0]
    key = first.measure, first.time
    if first.measure == "observed":  # no outcome is imputed, so that all sets agree
        return PooledMeasure(*key, first.estimate, first.std_err, first.lower, first.upper)
    values = np.array([m.estimate for m in sets])
    on_scale, errors = values, np.array([m.std_err for m in sets])
    as_logit, as_log = first.measure in LOGITS, first.measure == "o/e"
    with np.errstate(divide="ignore", invalid="ignore"):
        if as_logit:
            on_scale, errors = _logit(values), errors / (values * (1.0 - values))
        elif as_log:
            width = np.log([m.upper / m.lower for m in sets])
            on_scale, errors = np.log(values), width / (2.0 * normal_quantile(conf_level))
    if not np.isfinite([on_scale, errors]).all():
        return PooledMeasure(*key, float(values.mean()))
    null = 1.0 if first.measure == "slope" else 0.0
    pooled = rubin(on_scale - null, errors**2)
    back = _expit if as_logit else _exp if as_log else np.asarray
    middle, lower, upper = (
        float(back(value + null)) for value in (pooled.estimate, *pooled.limits(conf_level))
    )
    return PooledMeasure(
        *key, middle, math.nan if as_logit or as_log else float(pooled.std_err), lower, upper,
        math.nan if math.isnan(first.p) else float(pooled.p),
        df=float(pooled.df), fmi=float(pooled.missing_information),
    )  # fmt: skip


def _inside(values: Floats) -> bool:
    return bool(((values > 0) & (values < 1)).all())


def _logit(values: Floats) -> Floats:
    return np.asarray(np.log(values) - np.log1p(-values))


def _expit(values: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-values)))


def _exp(values: Floats) -> Floats:
    return np.asarray(np.exp(values))


def _comparison(sets: Sequence[Comparison], conf_level: float) -> Comparison:
    differences = [replace(one.difference, measure="difference") for one in sets]
    pooled = pooled_measure(differences, conf_level)
    return replace(sets[0], difference=replace(pooled, measure=sets[0].difference.measure))


def _calibration(data: ValidationData, i: int, time: float | None) -> Calibration:
    """Groups of the mean risk of each patient, and the pooled curve."""
    predictor = data.predictors[i]
    groups, none = grouped(data, predictor.risks[time], time), np.zeros(0)
    risks = [one.predictors[i].risks[time] for one in data.sets]
    curves = [curve_of(patients_of(data), risk, time) for risk in risks]
    low, high = max(risk.min() for risk in risks), min(risk.max() for risk in risks)
    if not low < high or any(curve is None for curve in curves):
        return Calibration(predictor.name, time, groups, none, none, none, none)
    grid, level, timed = np.linspace(low, high, GRID), data.spec.conf_level, time is not None
    found = [curve.observed(grid, level) for curve in curves if curve is not None]
    middle, lower, upper = (
        linked(np.array([one[k] for one in found]), timed=timed) for k in range(3)
    )
    pooled = rubin(middle, ((upper - lower) / (2.0 * normal_quantile(level))) ** 2)
    observed = [unlinked(v, timed=timed) for v in (pooled.estimate, *pooled.limits(level))]
    return Calibration(
        predictor.name, time, groups, grid, observed[0], observed[1], observed[2]
    )  # fmt: skip


def _recalibration(sets: Sequence[Recalibration]) -> Recalibration:
    """Parameters averaged over the sets; baseline survival as its complementary log-log."""
    survival = np.array([one.survival for one in sets])
    if _inside(survival):
        survival = np.exp(-np.exp(np.log(-np.log(survival)).mean(keepdims=True)))
    return replace(
        sets[0], survival=float(survival.mean()),
        intercept=float(np.mean([one.intercept for one in sets])),
        slope=float(np.mean([one.slope for one in sets])),
    )  # fmt: skip
