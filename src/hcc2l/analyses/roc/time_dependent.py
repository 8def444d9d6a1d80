"""Time-dependent ROC curves: areas weighted against censoring, intervals by bootstrap."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from hcc2l.analyses.roc.bootstrap import bootstrapped, drawn, optimism, resampled
from hcc2l.analyses.roc.comparisons import bootstrap_differences
from hcc2l.analyses.roc.curves import MarkerCurve, cutoffs_of
from hcc2l.analyses.roc.cutoffs import Choose, Limits, counts_at, quantile_limits
from hcc2l.analyses.roc.data import AnalysisSet, TimeDependent
from hcc2l.analyses.roc.results import AnalysisSets, Curves, SetCurves, compared
from hcc2l.design import Floats, Mask
from hcc2l.stats import roc
from hcc2l.stats.roc_bootstrap import Resampled
from hcc2l.stats.time_dependent import outcome_weights


def has_both_classes(data: TimeDependent, patients: AnalysisSet) -> bool:
    """Whether some patients have the event by the time and some are followed beyond it."""
    rows = patients.rows
    return bool(data.classes.positive[rows].any() and data.beyond[rows].any())


def timed_curves(data: TimeDependent, sets: AnalysisSets, choose: Choose) -> Curves:
    """The curves of every set, with cut-offs as `choose` selects them."""
    results = [_of_set(data, subset, choose) for subset in sets.analysed]
    return compared(data.patients, results, normal=True)


def _of_set(data: TimeDependent, subset: AnalysisSet, choose: Choose) -> SetCurves:
    spec, rows, positive = data.patients.spec, subset.rows, data.classes.positive[subset.rows]
    weights = _weights(data, rows)
    curves = [_curve(data, subset.group, name, rows, weights, choose) for name in subset.markers]
    samples = _samples(data, rows, weights, curves) if spec.samples else []
    if samples:
        curves = [
            _with_intervals(m, s, spec.conf_level) for m, s in zip(curves, samples, strict=True)
        ]
    validated = zip(curves, samples, strict=True) if samples and spec.criterion != "maxstat" else ()
    return SetCurves(
        group=subset.group,
        n=positive.size,
        positives=int(positive.sum()),
        negatives=int((weights[1] > 0).sum()),
        markers=tuple(curves),
        optimism=tuple(optimism(m, s, spec.conf_level) for m, s in validated),
        differences=tuple(bootstrap_differences(curves, samples)) if spec.compare else (),
    )


def _weights(
    data: TimeDependent, rows: Mask, counts: Floats | None = None
) -> tuple[Floats, Floats]:
    survival = data.survival
    return outcome_weights(survival.time[rows], survival.event[rows], data.at, counts)


def _curve(
    data: TimeDependent, group: str, name: str, rows: Mask, weights: tuple[Floats, Floats],
    choose: Choose,
) -> MarkerCurve:  # fmt: skip
    """The curve of a marker, before the bootstrap gives it intervals."""
    values, higher = data.patients.markers[name].values[rows], data.classes.higher[name]
    curve = roc.roc_curve(
        values, data.classes.positive[rows], higher=higher, weights=weights[0] + weights[1]
    )
    cutoffs = cutoffs_of(group, name, curve, choose, data.classes)
    return MarkerCurve(
        group=group, name=name, values=values, higher=higher, curve=curve,
        area=roc.Area(roc.area_of(curve), math.nan), limits=(math.nan, math.nan),
        cutoffs=cutoffs, rate_limits=({},) * len(cutoffs),
    )  # fmt: skip


def _samples(
    data: TimeDependent, rows: Mask, weights: tuple[Floats, Floats], curves: Sequence[MarkerCurve]
) -> list[Resampled]:
    """Bootstrap samples, the same for all markers, with weights computed anew in each."""
    of_batch = partial(_of_batch, data, rows, weights, curves)
    return bootstrapped(of_batch, int(rows.sum()), data.patients.spec)


def _of_batch(
    data: TimeDependent, rows: Mask, weights: tuple[Floats, Floats],
    curves: Sequence[MarkerCurve], counts: Floats,
) -> list[list[Resampled]]:  # fmt: skip
    """Some samples, shape (b, n), of every marker."""
    spec = data.patients.spec
    criterion = "youden" if spec.criterion == "maxstat" else spec.criterion
    samples = drawn(counts, _weights(data, rows, counts), weights)
    return [[resampled(marker, marker.values, samples, criterion, free=False)] for marker in curves]


def _with_intervals(marker: MarkerCurve, samples: Resampled, conf_level: float) -> MarkerCurve:
    """The marker with standard error and limits from its samples."""
    std_err = float(np.nanstd(samples.auc, ddof=1)) if samples.auc.size > 1 else math.nan
    return replace(
        marker,
        area=roc.Area(marker.area.auc, std_err),
        limits=quantile_limits(samples.auc, conf_level),
        rate_limits=tuple(
            dict(_rate_limits(marker, samples, place, conf_level))
            for place in range(len(marker.cutoffs))
        ),
    )


def _rate_limits(
    marker: MarkerCurve, samples: Resampled, place: int, conf_level: float
) -> Iterator[tuple[str, Limits]]:
    """Limits of sensitivity and specificity at the cut-off at `place`.

    A rate of 0 or 100% is the same in every sample; its interval would have no width.
    """
    proportions = counts_at(marker.curve, marker.cutoffs[place]).proportions
    sampled = {"sensitivity": samples.sensitivity_at, "specificity": samples.specificity_at}
    for name, rates in sampled.items():
        count, total = proportions[name]
        if 0 < count < total:
            yield name, quantile_limits(rates[:, place], conf_level)
