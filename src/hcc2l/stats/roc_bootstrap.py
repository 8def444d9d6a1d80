"""Many bootstrap samples of a ROC curve at once: cut-offs, and what they promise and keep."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hcc2l.stats.risk_sets import Floats, Ints
from hcc2l.stats.roc import TIES, Criterion, Mask, levels_of, merit


@dataclass(frozen=True)
class Resampled:
    """What each of b samples gives; arrays have shape (b,), NaN where a class is missing.

    Attributes
    ----------
    threshold
        The cut-off found in the sample; the middle one of several that tie.
    higher
        Whether high values are positive in the sample.
    youden, sensitivity_out, specificity_out
        Of this cut-off: Youden's index in the sample; and among the rows left out of it.
    youden_original
        Youden's index of this cut-off in the original data.
    auc, auc_original
        Area in the sample, and in the original data with the sample's direction.
    sensitivity_at, specificity_at
        Shape (b, t): of fixed thresholds, in the original direction.
    """

    threshold: Floats
    higher: Mask
    youden: Floats
    youden_original: Floats
    sensitivity_out: Floats
    specificity_out: Floats
    auc: Floats
    auc_original: Floats
    sensitivity_at: Floats
    specificity_at: Floats


def draw_counts(rng: np.random.Generator, rows: int, samples: int) -> Floats:
    """How often each row stands in each sample, shape (samples, rows)."""
    drawn = rng.integers(0, rows, (samples, rows))
    drawn += np.arange(samples)[:, None] * rows
    counts = np.bincount(drawn.ravel(), minlength=samples * rows)
    return counts.reshape(samples, rows).astype(np.float64)


def resample(
    values: Floats,
    cases: Floats,
    controls: Floats,
    original: tuple[Floats, Floats],
    out: tuple[Floats, Floats],
    *,
    higher: bool,
    free: bool,
    criterion: Criterion,
    fixed: Floats,
) -> Resampled:
    """Find the cut-off in every sample and try it elsewhere.

    Parameters
    ----------
    values
        Shape (n,).
    cases, controls
        Shape (b, n): weight of each row in each sample, where it has the outcome, where not.
    original
        The same in the original data, shape (n,) each.
    out
        The same of the rows left out of each sample, shape (b, n) each.
    higher, free
        Direction in the original data, and whether each sample chooses its own by the medians.
    fixed
        Shape (t,): thresholds that are looked at in every sample.
    """
    levels, index = levels_of(values, higher=True)
    order = np.argsort(index, kind="stable")
    starts = np.searchsorted(index[order], np.arange(levels.size))

    def by_level(weights: Floats) -> Floats:
        return np.asarray(np.add.reduceat(weights[..., order], starts, axis=-1))

    inside = by_level(cases), by_level(controls)
    whole = by_level(original[0]), by_level(original[1])
    left = by_level(out[0]), by_level(out[1])
    up = np.full(cases.shape[0], higher)
    if free:
        up = _middle(levels, inside[1]) <= _middle(levels, inside[0])
    found = np.full((7, up.size), np.nan)
    for way in (True, False):
        rows = up == way
        if rows.any():
            bag = inside[0][rows], inside[1][rows]
            rest = left[0][rows], left[1][rows]
            found[:, rows] = _one_way(levels, bag, rest, whole, way, criterion)
    at = _at_fixed(levels, inside, fixed, higher)
    return Resampled(
        threshold=found[0], higher=up, youden=found[1], youden_original=found[2],
        sensitivity_out=found[3], specificity_out=found[4], auc=found[5], auc_original=found[6],
        sensitivity_at=at[0], specificity_at=at[1],
    )  # fmt: skip


def _middle(levels: Floats, counts: Floats) -> Floats:
    """Median of each sample's values, given how often each occurs; shape (b,)."""
    upto = np.cumsum(counts, axis=1)
    total = upto[:, -1:]
    low = np.argmax(upto >= np.floor((total + 1) / 2), axis=1)
    high = np.argmax(upto >= np.ceil((total + 1) / 2), axis=1)
    return np.asarray((levels[low] + levels[high]) / 2)


def _beyond(counts: Floats) -> Floats:
    """Weight of each level and those above it; last axis."""
    return np.asarray(np.cumsum(counts[..., ::-1], axis=-1)[..., ::-1])


def _one_way(
    levels: Floats,
    inside: tuple[Floats, Floats],
    left: tuple[Floats, Floats],
    whole: tuple[Floats, Floats],
    higher: bool,
    criterion: Criterion,
) -> tuple[Floats, ...]:
    """Threshold, Youden's index inside and in the whole, both rates outside, both areas."""
    if not higher:
        levels = -levels[::-1]
        inside, left, whole = (
            (a[..., ::-1], b[..., ::-1]) for a, b in (inside, left, whole)
        )  # fmt: skip
    tp, fp = _beyond(inside[0]), _beyond(inside[1])
    with np.errstate(divide="ignore", invalid="ignore"):
        sensitivity, false_positive = tp / tp[:, :1], fp / fp[:, :1]
        area = _areas(*inside)
        area_whole = _areas(whole[0][None], whole[1][None])[0]
    score = merit(sensitivity, false_positive, criterion)
    there = inside[0] + inside[1] > 0
    there[np.arange(there.shape[0]), np.argmax(there, axis=1)] = False  # everybody positive
    score = np.where(there, score, -np.inf)
    top = score.max(axis=1, keepdims=True)
    tied = np.cumsum(score >= top - TIES, axis=1)
    place = np.argmax(tied >= (tied[:, -1:] + 1) // 2, axis=1)
    threshold = _halfway(levels, inside[0] + inside[1] > 0, place)
    rows = np.arange(place.size)
    youden = sensitivity[rows, place] - false_positive[rows, place]
    # Elsewhere other values occur: the cut-off itself, not its place, is carried over.
    carried = np.searchsorted(levels, threshold, side="left")
    out_se, out_fp = _shares(left, carried)
    whole_se, whole_fp = _shares((whole[0][None], whole[1][None]), carried)
    unknown = ~(np.isfinite(area) & np.isfinite(top[:, 0]))
    threshold, youden = (np.where(unknown, np.nan, a) for a in (threshold, youden))
    return (
        threshold if higher else -threshold, youden, np.where(unknown, np.nan, whole_se - whole_fp),
        out_se, 1 - out_fp, area, np.where(unknown, np.nan, area_whole),
    )  # fmt: skip


def _halfway(levels: Floats, there: Mask, place: Ints) -> Floats:
    """Midpoint of the level at `place` and the one before it that occurs in the sample."""
    known = np.where(there, np.arange(levels.size), -1)
    before = np.maximum.accumulate(known, axis=1)
    previous = before[np.arange(place.size), np.maximum(place - 1, 0)]
    return np.asarray((levels[place] + levels[previous]) / 2)


def _areas(cases: Floats, controls: Floats) -> Floats:
    """Area under each curve, shape (b,)."""
    beaten = np.cumsum(controls, axis=1) - controls / 2
    return np.asarray((cases * beaten).sum(axis=1) / (cases.sum(axis=1) * controls.sum(axis=1)))


def _shares(weights: tuple[Floats, Floats], place: Ints) -> tuple[Floats, Floats]:
    """Share of cases and of controls at or beyond a place; NaN without any."""
    found = []
    for part in weights:
        beyond = np.concatenate([_beyond(part), np.zeros((part.shape[0], 1))], axis=1)
        row = np.arange(place.size) if part.shape[0] > 1 else np.zeros(place.size, dtype=np.int64)
        with np.errstate(divide="ignore", invalid="ignore"):
            found.append(beyond[row, place] / beyond[row, 0])
    return found[0], found[1]


def _at_fixed(
    levels: Floats, inside: tuple[Floats, Floats], fixed: Floats, higher: bool
) -> tuple[Floats, Floats]:
    """Sensitivity and specificity of fixed thresholds in each sample, shape (b, t)."""
    shares = []
    for part in inside:
        upto = np.concatenate([np.zeros((part.shape[0], 1)), np.cumsum(part, axis=1)], axis=1)
        total = upto[:, -1:]
        place = np.searchsorted(levels, fixed, side="left" if higher else "right")
        with np.errstate(divide="ignore", invalid="ignore"):
            below = upto[:, place] / total
        shares.append(1 - below if higher else below)
    return shares[0], 1 - shares[1]
