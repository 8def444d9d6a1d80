"""The bootstrap of ROC curves: samples of all markers at once, optimism, intervals."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields

import numpy as np

from hcc2l.analyses.roc.curves import MarkerCurve
from hcc2l.analyses.roc.cutoffs import CutoffInterval, cutoff_interval, middle
from hcc2l.design import Floats
from hcc2l.repetition import repeated
from hcc2l.specs import RocSpec
from hcc2l.stats.roc import Criterion
from hcc2l.stats.roc_bootstrap import Resampled, draw_counts, resample

BATCH = 100  # bootstrap samples at a time
CELLS = 2_000_000  # and of no more cells than these

Weights = tuple[Floats, Floats]  # of cases and of controls


@dataclass(frozen=True)
class Drawn:
    """Weights of cases and of controls in b bootstrap samples of n rows.

    Attributes
    ----------
    inside, outside
        Shape (b, n) each: in the samples, and in the rows outside each sample.
    original
        Shape (n,) each: in the data.
    """

    inside: Weights
    original: Weights
    outside: Weights


def drawn(counts: Floats, inside: Weights, original: Weights) -> Drawn:
    """Samples in which each row occurs `counts` times, shape (b, n)."""
    absent = (counts == 0).astype(np.float64)
    return Drawn(inside, original, (absent * original[0], absent * original[1]))


def bootstrapped(
    of_batch: Callable[[Floats], Sequence[Sequence[Resampled]]], rows: int, spec: RocSpec
) -> list[Resampled]:
    """All samples of each marker.

    `of_batch` takes how often each row occurs in each of some samples, shape (b, rows), and gives
    those of each marker, in parts.
    """
    batch = max(1, min(BATCH, CELLS // rows))
    batches = repeated(
        of_batch, _batches(rows, batch, spec), math.ceil(spec.samples / batch), "Bootstrap",
        spec.workers,
    )  # fmt: skip
    return [
        _merged([part for parts in of_marker for part in parts])
        for of_marker in zip(*batches, strict=True)
    ]


def _batches(rows: int, batch: int, spec: RocSpec) -> Iterator[Floats]:
    rng = np.random.default_rng(spec.seed)
    for start in range(0, spec.samples, batch):
        yield draw_counts(rng, rows, min(batch, spec.samples - start))


def resampled(
    marker: MarkerCurve, values: Floats, samples: Drawn, criterion: Criterion, *, free: bool
) -> Resampled:
    """Cut-offs of a marker with some values, chosen anew in each sample.

    With `free` each sample chooses the direction as well.
    """
    return resample(
        values, *samples.inside, samples.original, samples.outside, higher=marker.higher,
        free=free, criterion=criterion,
        fixed=np.array([cut.threshold for cut in marker.cutoffs]),
    )  # fmt: skip


def _merged(batches: Sequence[Resampled]) -> Resampled:
    names = [f.name for f in fields(Resampled)]
    return Resampled(**{n: np.concatenate([getattr(b, n) for b in batches]) for n in names})


@dataclass(frozen=True)
class Optimism:
    """The chosen cut-off of a marker in the patients analysed, and as expected in others.

    Attributes
    ----------
    interval
        The cut-off, the middle one of several that tie, with its interval.
    sensitivity_oob, specificity_oob, youden_oob
        Means in the patients outside each sample, at the cut-off chosen in it.
    youden_corrected, auc_corrected
        The apparent value minus the mean difference between a sample and all patients.
    """

    marker: str
    interval: CutoffInterval
    sensitivity: float
    sensitivity_oob: float
    specificity: float
    specificity_oob: float
    youden: float
    youden_oob: float
    youden_corrected: float
    auc: float
    auc_corrected: float


def optimism(marker: MarkerCurve, samples: Resampled, conf_level: float) -> Optimism:
    """The optimism of the chosen cut-off of a marker."""
    cut = middle(marker.cutoffs)
    sensitivity = float(marker.curve.sensitivity[cut.place])
    specificity = float(marker.curve.specificity[cut.place])
    youden, auc = float(sensitivity + specificity - 1), marker.area.auc
    return Optimism(
        marker=marker.name,
        interval=cutoff_interval(cut.threshold, samples.threshold, marker.values, conf_level),
        sensitivity=sensitivity,
        sensitivity_oob=_mean(samples.sensitivity_out),
        specificity=specificity,
        specificity_oob=_mean(samples.specificity_out),
        youden=youden,
        youden_oob=_mean(samples.sensitivity_out + samples.specificity_out - 1),
        youden_corrected=youden - _mean(samples.youden - samples.youden_original),
        auc=auc,
        # Where samples choose the direction, choosing it is part of the optimism.
        auc_corrected=auc - _mean(samples.auc - samples.auc_original),
    )


def _mean(values: Floats) -> float:
    finite = values[np.isfinite(values)]
    return float(finite.mean()) if finite.size else math.nan
