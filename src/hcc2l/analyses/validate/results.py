"""What a validation finds: measures, comparisons, calibration, net benefit, groups of scores."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise, permutations

import numpy as np

from hcc2l.analyses.validate.data import Predictor, Time, ValidationData
from hcc2l.analyses.validate.measures import (
    COMPARED,
    Measure,
    curve_of,
    of_predictor,
    overall,
    patients_of,
)
from hcc2l.analyses.validate.optimism import Corrected, optimism
from hcc2l.analyses.validate.recalibration import Recalibration, recalibrations
from hcc2l.design import Floats, Ints
from hcc2l.number_format import number_text
from hcc2l.stats import calibration
from hcc2l.stats.cox import cox
from hcc2l.stats.kaplan_meier import kaplan_meier, quantiles
from hcc2l.stats.logistic import logistic
from hcc2l.stats.net_benefit import benefit, binary_net_benefit, net_benefit
from hcc2l.stats.tails import chi_square_tail, normal_quantile, normal_tail

MOST_GROUPS = 10
EVENTS_PER_GROUP = 20
GRID = 51  # points of a calibration curve
STEP = 0.05  # between thresholds
_MOST_LEVELS = 12  # distinct values that make a score one of groups


@dataclass(frozen=True)
class Comparison:
    """A measure of one score less that of another in the same patients."""

    score_a: str
    score_b: str
    difference: Measure


@dataclass(frozen=True)
class Calibration:
    """Calibration of a predictor by a time: in groups, and as a curve.

    Attributes
    ----------
    grid
        Predicted risks of the curve; empty where there is none. `observed`, `lower` and `upper`
        have its shape.
    """

    score: str
    time: Time
    groups: tuple[calibration.GroupRisk, ...]
    grid: Floats
    observed: Floats
    lower: Floats
    upper: Floats


@dataclass(frozen=True)
class Benefit:
    """Net benefit of a predictor at each threshold; NaN where follow-up does not tell."""

    score: str
    time: Time
    threshold: Floats
    net_benefit: Floats
    treat_all: Floats


@dataclass(frozen=True)
class ScoreGroup:
    """The patients with one value of a score, and their ratio to those with the value before.

    Attributes
    ----------
    median
        Of a survival time; else NaN.
    ratio, lower, upper, p
        Hazard ratio, or odds ratio, to the group before; 1 without limits for the first.
    """

    score: str
    level: str
    n: int
    events: int
    median: float
    ratio: float
    lower: float
    upper: float
    p: float


@dataclass(frozen=True)
class Likelihood:
    """The model of a score alone, as a number: its log-likelihood, AIC, and test.

    Attributes
    ----------
    aic
        NaN for a model made in these patients, whose parameters were estimated in them.
    """

    score: str
    loglik: float
    aic: float
    statistic: float
    p: float


@dataclass(frozen=True)
class Gain:
    """What `score_a` adds to the likelihood of a model of `score_b`."""

    score_a: str
    score_b: str
    statistic: float
    p: float


@dataclass(frozen=True)
class Validation:
    """All results; `corrected` holds the optimism of the models made in these patients."""

    measures: tuple[tuple[Predictor, tuple[Measure, ...]], ...]
    corrected: dict[str, Corrected]
    comparisons: tuple[Comparison, ...]
    calibration: tuple[Calibration, ...]
    benefits: tuple[Benefit, ...]
    recalibrations: tuple[Recalibration, ...]
    groups: tuple[ScoreGroup, ...]
    likelihoods: tuple[Likelihood, ...]
    gains: tuple[Gain, ...]

    def of(self, score: str, measure: str, time: Time = None) -> Measure | None:
        """A measure of a score; None where there is none."""
        found = (m for p, measured in self.measures if p.name == score for m in measured)
        return next((m for m in found if (m.measure, m.time) == (measure, time)), None)


def validation(data: ValidationData) -> Validation:
    """Everything that is estimated."""
    measured = tuple((p, tuple(of_predictor(data, p))) for p in data.predictors)
    made_here = [p for p in data.predictors if p.shared] if data.spec.boot else []
    known = [(p, time) for time in data.times for p in data.predictors if time in p.risks]
    return Validation(
        measures=measured,
        corrected={p.name: optimism(data, p) for p in made_here},
        comparisons=tuple(_comparisons(measured, data.spec.conf_level)),
        calibration=tuple(_calibration(data, p, time) for p, time in known),
        benefits=tuple(_benefit(data, p, time) for p, time in known),
        recalibrations=tuple(
            r for p, time in known if p.model is not None for r in recalibrations(data, p, time)
        ),
        groups=tuple(g for p in data.predictors for g in _groups(data, p)),
        likelihoods=tuple(_likelihood(data, p) for p in data.predictors),
        gains=tuple(_gain(data, a, b) for a, b in permutations(data.predictors, 2)),
    )


def _comparisons(
    measured: Sequence[tuple[Predictor, Sequence[Measure]]], conf_level: float
) -> Iterator[Comparison]:  # fmt: skip
    for (a, of_a), (b, of_b) in combinations(measured, 2):
        for first in of_a:
            for second in of_b:
                same = (first.measure, first.time) == (second.measure, second.time)
                if same and first.influenced and second.influenced and first.measure in COMPARED:
                    d = first.influenced.minus(second.influenced)
                    yield Comparison(a.name, b.name, Measure(
                        first.measure, first.time, d.estimate, d.std_err, *d.limits(conf_level),
                        d.p(),
                    ))  # fmt: skip


def group_count(data: ValidationData, time: Time) -> int:
    """Number of groups of risk: about 20 events in each, from 3 to 10."""
    return min(MOST_GROUPS, max(3, int(data.by_then(time).sum()) // EVENTS_PER_GROUP))


def _calibration(data: ValidationData, predictor: Predictor, time: Time) -> Calibration:
    patients, risk = patients_of(data), predictor.risks[time]
    groups, level = grouped(data, risk, time), data.spec.conf_level
    curve, none = curve_of(patients, risk, time), np.zeros(0)
    if curve is None:
        return Calibration(predictor.name, time, groups, none, none, none, none)
    grid = np.linspace(risk.min(), risk.max(), GRID)
    return Calibration(predictor.name, time, groups, grid, *curve.observed(grid, level))


def grouped(
    data: ValidationData, risk: Floats, time: Time
) -> tuple[calibration.GroupRisk, ...]:  # fmt: skip
    """Predicted and observed risk in groups of predicted risk."""
    group = calibration.risk_groups(risk, group_count(data, time))
    level = data.spec.conf_level
    if time is None:
        return tuple(calibration.binary_group_risks(data.event, risk, group, level))
    return tuple(calibration.group_risks(data.time, data.event, risk, time, group, level))


def thresholds(data: ValidationData, step: float = STEP) -> Floats:
    """Risks at which patients would be treated, from the lowest to the highest."""
    low, high = data.spec.threshold_range
    steps = max(round((high - low) / step), 1)
    return np.round(np.linspace(low, high, steps + 1), 12)


def _benefit(data: ValidationData, predictor: Predictor, time: Time) -> Benefit:
    return benefit_at(data, predictor, time, thresholds(data))


def benefit_at(
    data: ValidationData, predictor: Predictor, time: Time, at: Floats
) -> Benefit:  # fmt: skip
    """The net benefit at some thresholds."""
    risk = predictor.risks[time]
    if time is None:
        found = binary_net_benefit(data.event, risk, at)
    else:
        found = net_benefit(data.time, data.event, risk, time, at)
    share = overall(patients_of(data), risk, time).observed
    everyone = np.array([benefit(share, t) for t in at.tolist()])
    return Benefit(predictor.name, time, at, found, everyone)


def mean_benefit(sets: Sequence[Benefit]) -> Benefit:
    """The net benefit averaged over the sets."""
    mean: Floats = np.mean([one.net_benefit for one in sets], axis=0)
    return replace(sets[0], net_benefit=mean)


def levels_of(predictor: Predictor) -> tuple[tuple[str, ...], Ints] | None:
    """The values of a score of few values in ascending order, with each patient's; else None."""
    distinct, codes = np.unique(predictor.values, return_inverse=True)
    if predictor.linear or distinct.size > _MOST_LEVELS:
        return None
    if predictor.levels:
        names = tuple(predictor.levels[int(v)] for v in distinct)
    else:
        names = tuple(number_text(float(v)) for v in distinct)
    return names, codes.astype(np.int64)


def _groups(data: ValidationData, predictor: Predictor) -> Iterator[ScoreGroup]:
    levels = levels_of(predictor)
    if levels is None:
        return
    names, codes = levels
    ratios = [(1.0, math.nan, math.nan, math.nan), *(
        _ratio(data, codes, low, high) for low, high in pairwise(range(len(names)))
    )]  # fmt: skip
    for code, (name, ratio) in enumerate(zip(names, ratios, strict=True)):
        rows, median = codes == code, math.nan
        if data.outcome is not None:
            curve = kaplan_meier(data.time[rows], data.event[rows])
            median = quantiles(curve, (0.5,), "log", data.spec.conf_level)[0].estimate
        yield ScoreGroup(
            predictor.name, name, int(rows.sum()), int(data.event[rows].sum()), median, *ratio
        )  # fmt: skip


def _ratio(data: ValidationData, codes: Ints, low: int, high: int) -> tuple[float, ...]:
    """Hazard or odds ratio of a group to the one before, in a model of these two."""
    rows = (codes == low) | (codes == high)
    x = (codes[rows] == high).astype(np.float64)[:, None]
    event = data.event[rows]
    if not event.any():
        return (math.nan,) * 4
    if data.outcome is not None:
        fit = cox(data.time[rows], event, x)
        coef, std_err, exists = fit.coef[0], fit.std_err[0], fit.estimable[0]
    else:
        if event.all():
            return (math.nan,) * 4
        binary = logistic(event, x)
        coef, std_err, exists = binary.coef[1], binary.std_err[1], binary.estimable[1]
    if not exists:
        return (math.nan,) * 4
    half = normal_quantile(data.spec.conf_level) * std_err
    limits = (float(np.exp(value)) for value in (coef, coef - half, coef + half))
    return (*limits, 2.0 * normal_tail(abs(float(coef / std_err))))


def _fit(data: ValidationData, *predictors: Predictor) -> tuple[float, float]:
    """Log-likelihood of a model of some predictors, and of none."""
    x = np.column_stack([_covariate(p) for p in predictors])
    if data.outcome is None:
        binary = logistic(data.event, x)
        return binary.loglik, binary.loglik_null
    fit = cox(data.time, data.event, x)
    return fit.loglik, fit.loglik_null


def _covariate(predictor: Predictor) -> Floats:
    """What enters a model: the linear predictor where there is one, else the score."""
    return next(iter(predictor.linear.values()), predictor.values)


def _likelihood(data: ValidationData, predictor: Predictor) -> Likelihood:
    loglik, null = _fit(data, predictor)
    statistic = max(2.0 * (loglik - null), 0.0)
    parameters = 1 if data.outcome is not None else 2
    aic = math.nan if predictor.shared else 2.0 * parameters - 2.0 * loglik
    return Likelihood(predictor.name, loglik, aic, statistic, chi_square_tail(1, statistic))


def _gain(data: ValidationData, a: Predictor, b: Predictor) -> Gain:
    statistic = max(2.0 * (_fit(data, a, b)[0] - _fit(data, b)[0]), 0.0)
    return Gain(a.name, b.name, statistic, chi_square_tail(1, statistic))
