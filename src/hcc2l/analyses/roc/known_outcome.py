"""ROC curves against a known outcome: DeLong's areas, combinations, optimism by bootstrap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import cast

import numpy as np

from hcc2l.analyses.roc.bootstrap import (
    Drawn,
    Optimism,
    bootstrapped,
    drawn,
    optimism,
    resampled,
)
from hcc2l.analyses.roc.comparisons import delong_differences
from hcc2l.analyses.roc.curves import MarkerCurve, cutoffs_of
from hcc2l.analyses.roc.cutoffs import Choose, counts_at, rate_limits
from hcc2l.analyses.roc.data import AnalysisSet, KnownOutcome, Patients, parts_of
from hcc2l.analyses.roc.results import AnalysisSets, Curves, SetCurves, compared
from hcc2l.design import Floats, Mask
from hcc2l.stats import roc
from hcc2l.stats.logistic import LogisticFit, logistic
from hcc2l.stats.roc_bootstrap import Resampled


def has_both_classes(data: KnownOutcome, patients: AnalysisSet) -> bool:
    """Whether there are patients with the outcome and patients without it."""
    positive = data.classes.positive[patients.rows]
    return bool(positive.any() and not positive.all())


def known_curves(data: KnownOutcome, sets: AnalysisSets, choose: Choose) -> Curves:
    """The curves of every set, with cut-offs as `choose` selects them."""
    results = [_of_set(data, subset, choose) for subset in sets.analysed]
    return compared(data.patients, results, normal=False)


def _of_set(data: KnownOutcome, subset: AnalysisSet, choose: Choose) -> SetCurves:
    spec, rows, positive = data.patients.spec, subset.rows, data.classes.positive[subset.rows]
    curves = tuple(_curves(data, subset, choose))
    validation: list[Optimism] = []
    if spec.samples and spec.criterion != "maxstat":
        samples = _samples(data, rows, curves)
        validation = [optimism(m, s, spec.conf_level) for m, s in zip(curves, samples, strict=True)]
    differences = delong_differences(positive, curves) if spec.compare else ()
    return SetCurves(
        group=subset.group,
        n=positive.size,
        positives=int(positive.sum()),
        negatives=int((~positive).sum()),
        markers=curves,
        optimism=tuple(validation),
        differences=tuple(differences),
    )


def _curves(data: KnownOutcome, subset: AnalysisSet, choose: Choose) -> Iterator[MarkerCurve]:
    group, rows = subset.group, subset.rows
    positive = data.classes.positive[rows]

    def curve_of(
        name: str, values: Floats, higher: bool, model: LogisticFit | None = None
    ) -> MarkerCurve:
        spec = data.patients.spec
        curve = roc.roc_curve(values, positive, higher=higher)
        area = roc.delong(values, positive, higher=higher)
        cutoffs = cutoffs_of(group, name, curve, choose, data.classes)
        return MarkerCurve(
            group=group, name=name, values=values, higher=higher, curve=curve, area=area,
            limits=area.limits(spec.conf_level), cutoffs=cutoffs,
            rate_limits=tuple(rate_limits(counts_at(curve, cut), spec.conf_level, spec.ci)
                              for cut in cutoffs),
            model=model,
        )  # fmt: skip

    for name in subset.markers:
        values = data.patients.markers[name].values[rows]
        yield curve_of(name, values, data.classes.higher[name])
    for name in data.patients.spec.combine:
        model = logistic(positive, _parts(data.patients, name, rows))
        yield curve_of(name, model.fitted, True, model)


def _parts(patients: Patients, combination: str, rows: Mask) -> Floats:
    """Values of the markers of a combination, shape (rows, markers)."""
    names = parts_of(combination)
    return np.column_stack([patients.markers[name].values[rows] for name in names])


def _samples(data: KnownOutcome, rows: Mask, curves: Sequence[MarkerCurve]) -> list[Resampled]:
    """Bootstrap samples, the same for all markers; each in the order of `curves`."""
    of_batch = partial(_of_batch, data, rows, curves)
    return bootstrapped(of_batch, int(rows.sum()), data.patients.spec)


def _of_batch(
    data: KnownOutcome, rows: Mask, curves: Sequence[MarkerCurve], counts: Floats
) -> list[list[Resampled]]:
    """Some samples, shape (b, n), of every marker."""
    samples = _drawn(data.classes.positive[rows], counts)
    return [
        [_resampled(data, marker, marker.values, samples)]
        if marker.model is None
        else list(_refitted(data, marker, rows, counts))
        for marker in curves
    ]


def _drawn(positive: Mask, counts: Floats) -> Drawn:
    cases, controls = positive.astype(np.float64), (~positive).astype(np.float64)
    return drawn(counts, (counts * cases, counts * controls), (cases, controls))


def _resampled(
    data: KnownOutcome, marker: MarkerCurve, values: Floats, samples: Drawn
) -> Resampled:
    spec = data.patients.spec
    free = spec.direction == "auto" and data.patients.group is None and marker.model is None
    return resampled(marker, values, samples, cast(roc.Criterion, spec.criterion), free=free)


def _refitted(
    data: KnownOutcome, marker: MarkerCurve, rows: Mask, counts: Floats
) -> Iterator[Resampled]:
    """Samples of a combination, its model refitted in each of them and applied to all rows."""
    positive, x = data.classes.positive[rows], _parts(data.patients, marker.name, rows)
    for often in counts:
        sample = np.repeat(np.arange(often.size), often.astype(np.int64))
        if positive[sample].any() and not positive[sample].all():
            values = _predicted(logistic(positive[sample], x[sample]), x)
            yield _resampled(data, marker, values, _drawn(positive, often[None]))


def _predicted(fit: LogisticFit, x: Floats) -> Floats:
    """Probabilities of other rows, shape (n,), without the columns that the fit dropped."""
    kept = ~fit.dropped
    linear = fit.coef[0] + x[:, kept[1:]] @ fit.coef[1:][kept[1:]]
    return np.asarray(1 / (1 + np.exp(-np.clip(linear, -700, 700))))
