"""What is remarkable in a validation, as values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from hcc2l.analyses.validate.data import Predictor, Time, ValidationData
from hcc2l.analyses.validate.measures import Measure, PooledMeasure
from hcc2l.analyses.validate.results import Validation, levels_of
from hcc2l.stats.risk_sets import time_tolerance

FEW_EVENTS = 100  # Collins, Ogundimu and Altman, Stat Med 2016;35:214–226
FEW_AT_RISK = 10
MUCH_MISSING = 0.5  # fraction of missing information
CONCORDANCE = ("c-harrell", "auc")  # of all follow-up, or of a known outcome


def made_here(data: ValidationData) -> list[Predictor]:
    """The models that were made in patients who are analysed."""
    return [p for p in data.predictors if p.shared]


def known_later(data: ValidationData) -> list[str]:
    """The columns of scores and models that are known only after time 0."""
    columns = dict.fromkeys(column for p in data.predictors for column in p.columns)
    return [column for column in columns if data.cohort.known_after_start(column)]


def without_risk(data: ValidationData) -> list[Predictor]:
    """The scores that predict no risk, being no models."""
    return [p for p in data.predictors if p.model is None and not p.risks]


def without_baseline(data: ValidationData) -> Iterator[tuple[Predictor, list[Time]]]:
    """The models whose survival at some of the times is not known."""
    for predictor in data.predictors:
        lost = [t for t in data.times if t not in predictor.risks]
        if predictor.model is not None and lost:
            yield predictor, lost


def reversed_scores(found: Validation) -> Iterator[tuple[Predictor, Measure]]:
    """Scores of which higher values go with a better prognosis, limits included."""
    for predictor, measured in found.measures:
        for m in measured:
            below = m.estimate < 0.5 and not m.upper >= 0.5  # without limits where it is 0
            if m.time is None and m.measure in CONCORDANCE and below:
                yield predictor, m


def not_monotone(data: ValidationData, found: Validation) -> Iterator[tuple[Predictor, list[str]]]:
    """Scores of groups in which the prognosis does not worsen with every step; and at which."""
    for predictor in data.predictors:
        if levels_of(predictor) is None:
            continue
        groups = [g for g in found.groups if g.score == predictor.name]
        steps = [
            f"{before.level} to {after.level}"
            for before, after in pairwise(groups)
            if after.ratio < 1
        ]
        if steps:
            yield predictor, steps


def at_risk_after(data: ValidationData) -> Iterator[tuple[float, int]]:
    """The times beyond which few patients are followed, and how many."""
    for time in data.times:
        if time is not None:
            n = int(np.sum(data.time > time + time_tolerance(data.time)))
            if n < FEW_AT_RISK:
                yield time, n


def off_the_diagonal(found: Validation) -> Iterator[tuple[Predictor, Measure]]:
    """Observed / expected and slopes whose limits exclude 1."""
    for predictor, measured in found.measures:
        for m in measured:
            if m.measure in ("o/e", "slope") and (m.lower > 1 or m.upper < 1):
                yield predictor, m


@dataclass(frozen=True)
class OtherEndpoint:
    """A model of another endpoint than the one analysed."""

    predictor: Predictor
    endpoint: str


def other_endpoints(data: ValidationData) -> Iterator[OtherEndpoint]:
    """The models that name another endpoint."""
    here = data.code if data.outcome is None else data.outcome.endpoint.label
    for predictor in data.predictors:
        stated = predictor.model.saved.endpoint if predictor.model else None
        if stated is not None and stated.casefold() != here.casefold():
            yield OtherEndpoint(predictor, stated)


def without_curve(found: Validation) -> list[str]:
    """The names of predictors without a calibration curve."""
    return list(dict.fromkeys(c.score for c in found.calibration if not c.grid.size))


def with_missing_information(found: Validation) -> list[str]:
    """Labels of predictors on a measure of which missing values would have told most."""
    return [
        predictor.label
        for predictor, measured in found.measures
        if any(isinstance(m, PooledMeasure) and m.fmi > MUCH_MISSING for m in measured)
    ]


def carried_forward(found: Validation) -> Iterator[tuple[str, Time, int]]:
    """Groups of risk whose follow-up ends before the time: score, time and their number."""
    for c in found.calibration:
        ended = sum(not g.followed for g in c.groups)
        if ended:
            yield c.score, c.time, ended
