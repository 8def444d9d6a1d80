"""Maximally selected log-rank statistics: the cut-points of every marker in every group."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from hcc2l.analyses.roc.cutoffs import (
    Cutoff,
    CutoffInterval,
    above_cutpoint,
    cutoff_interval,
)
from hcc2l.analyses.roc.data import AnalysisSet, MaximallySelected
from hcc2l.analyses.roc.results import AnalysisSets
from hcc2l.design import Floats, Ints, Mask
from hcc2l.errors import AnalysisError
from hcc2l.repetition import repeated
from hcc2l.specs import RocSpec
from hcc2l.stats import maxstat as stats
from hcc2l.stats.logrank import logrank
from hcc2l.stats.roc import RocCurve


@dataclass(frozen=True)
class Maximum:
    """The maximally selected statistic of one marker in one group.

    Attributes
    ----------
    name
        Of the marker.
    p
        By each method, the one to report first: ``hl`` (up to 150 patients), ``lau94``, ``lau92``.
    p_unadjusted
        Of the log-rank test at the cut-point, without adjustment.
    """

    group: str
    name: str
    n: int
    events: int
    maximum: stats.MaxStat
    p: dict[str, float]
    p_unadjusted: float

    @property
    def reported(self) -> str:
        """The method whose p is to be reported."""
        return next(iter(self.p))


@dataclass(frozen=True)
class Maxima:
    """The maximum of every marker in every group.

    Attributes
    ----------
    intervals
        Each of them with the interval of its cut-point; empty without bootstrap.
    """

    maxima: tuple[Maximum, ...]
    intervals: tuple[tuple[Maximum, CutoffInterval], ...]

    def choose(self, group: str, marker: str, curve: RocCurve) -> list[Cutoff]:
        """The cut-off on a ROC curve that divides as the cut-point of the marker."""
        return [
            above_cutpoint(curve, found.maximum.cutpoint)
            for found in self.maxima
            if (found.group, found.name) == (group, marker)
        ]


def has_cutpoints(data: MaximallySelected, patients: AnalysisSet) -> bool:
    """Whether every marker of a set has an admissible cut-point; without events none has."""
    rows = patients.rows
    scores = stats.logrank_scores(data.survival.time[rows], data.survival.event[rows])
    values = (data.patients.markers[name].values[rows] for name in patients.markers)
    return all(_maxstat(data, of_marker, scores) is not None for of_marker in values)


def maxima(data: MaximallySelected, sets: AnalysisSets) -> Maxima:
    """The cut-points of all markers, and their intervals if there are bootstrap samples.

    Raises
    ------
    AnalysisError
        There are no events, or a marker has no admissible cut-point.
    """
    found: list[Maximum] = []
    intervals: list[tuple[Maximum, CutoffInterval]] = []
    for subset in sets.analysed:
        of_set = [_maximum(data, subset.group, name, subset.rows) for name in subset.markers]
        found += of_set
        if data.patients.spec.samples:
            intervals += zip(of_set, _intervals(data, subset.rows, of_set), strict=True)
    return Maxima(tuple(found), tuple(intervals))


def _maxstat(data: MaximallySelected, values: Floats, scores: Floats) -> stats.MaxStat | None:
    low = data.patients.spec.min_prop
    return stats.maxstat(values, scores, low, 1 - low)


def _maximum(data: MaximallySelected, group: str, name: str, rows: Mask) -> Maximum:
    time, event = data.survival.time[rows], data.survival.event[rows]
    if not event.any():
        raise AnalysisError("No patient has the event.", where="--criterion maxstat",
                            hint="Check the endpoint.")  # fmt: skip
    marker, low = data.patients.markers[name], data.patients.spec.min_prop
    values, scores = marker.values[rows], stats.logrank_scores(time, event)
    maximum = _maxstat(data, values, scores)
    if maximum is None:
        raise AnalysisError(
            f"{marker.label} has no cut-point with at least {low * 100:g}% of the patients on "
            "either side.", where=f"--min-prop {low:g}",
            hint="Lower --min-prop, or remove the marker.",
        )  # fmt: skip
    test = logrank(time, event, (values > maximum.cutpoint).astype(np.int64), 2)
    return Maximum(
        group=group, name=name, n=values.size, events=int(event.sum()), maximum=maximum,
        p=_adjusted(maximum, values, scores, low), p_unadjusted=test.p,
    )  # fmt: skip


def _adjusted(
    maximum: stats.MaxStat, values: Floats, scores: Floats, low: float
) -> dict[str, float]:
    """P by each method, the one to report first."""
    exact = stats.p_hothorn_lausen(values, scores, low, 1 - low)
    p = {} if math.isnan(exact) else {"hl": exact}
    p["lau94"] = stats.p_lausen_1994(maximum.statistic, values.size, maximum.low)
    p["lau92"] = stats.p_lausen_1992(maximum.statistic, low, 1 - low)
    return p


def _intervals(
    data: MaximallySelected, rows: Mask, found: Sequence[Maximum]
) -> list[CutoffInterval]:
    """The interval of each cut-point, chosen anew in the same bootstrap samples."""
    spec, time, event = data.patients.spec, data.survival.time[rows], data.survival.event[rows]
    values = [data.patients.markers[one.name].values[rows] for one in found]

    def cutpoints(drawn: Ints) -> list[float]:
        scores = stats.logrank_scores(time[drawn], event[drawn])
        chosen = (_maxstat(data, of_marker[drawn], scores) for of_marker in values)
        return [math.nan if best is None else best.cutpoint for best in chosen]

    samples = repeated(
        cutpoints, _samples(time.size, spec), spec.samples, "Bootstrap", spec.workers
    )
    return [
        cutoff_interval(one.maximum.cutpoint, of_samples, of_marker, spec.conf_level)
        for one, of_samples, of_marker in zip(found, np.array(samples).T, values, strict=True)
    ]


def _samples(n: int, spec: RocSpec) -> Iterator[Ints]:
    """The rows of each bootstrap sample, shape (n,)."""
    rng = np.random.default_rng(spec.seed)
    for _ in range(spec.samples):
        yield rng.integers(0, n, n)
