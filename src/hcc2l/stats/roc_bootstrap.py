"""Bootstrap samples of a ROC curve, many at once: cut-offs, and rates inside and outside them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hcc2l.stats.risk_sets import Floats, Ints
from hcc2l.stats.roc import TIES, Criterion, Mask, levels_of, merit


@dataclass(frozen=True)
class Resampled:
    """Results of b bootstrap samples; arrays have shape (b,), NaN where a class is absent.

    Attributes
    ----------
    threshold
        The cut-off chosen in the sample; the middle one of several that tie.
    higher
        Whether high values are positive in the sample.
    youden, sensitivity_out, specificity_out
        Of this cut-off: Youden's index in the sample, and the rates in the rows outside it.
    youden_original
        Youden's index of this cut-off in the original data.
    auc, auc_original
        Area in the sample, and in the original data with the sample's direction.
    sensitivity_at, specificity_at
        Shape (b, t): rates of fixed thresholds, in the original direction.
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
    """Number of times each row occurs in each sample, shape (samples, rows)."""
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
    """Cut-offs chosen in each sample, with their performance inside and outside it.

    Parameters
    ----------
    values
        Shape (n,).
    cases, controls
        Shape (b, n): weight of each row in each sample as a case, and as a control.
    original
        The same in the original data, shape (n,) each.
    out
        The same for the rows outside each sample, shape (b, n) each.
    higher, free
        Direction in the original data, and whether each sample chooses its own by the medians.
    fixed
        Shape (t,): thresholds evaluated in every sample.
    """
    levels, index = levels_of(values, higher=True)
    order = np.argsort(index, kind="stable")
    starts = np.searchsorted(index[order], np.arange(levels.size))

    def by_level(weights: Floats) -> Floats:
        return np.asarray(np.add.reduceat(weights[..., order], starts, axis=-1))

    inside = by_level(cases), by_level(controls)
    whole = by_level(original[0]), by_level(original[1])
    outside = by_level(out[0]), by_level(out[1])
    up = np.full(cases.shape[0], higher)
    if free:
        up = _middle(levels, inside[1]) <= _middle(levels, inside[0])
    results = np.full((7, up.size), np.nan)
    for direction in (True, False):
        rows = up == direction
        if rows.any():
            bag = inside[0][rows], inside[1][rows]
            rest = outside[0][rows], outside[1][rows]
            results[:, rows] = _one_direction(levels, bag, rest, whole, direction, criterion)
    at = _at_fixed(levels, inside, fixed, higher)
    return Resampled(
        threshold=results[0], higher=up, youden=results[1], youden_original=results[2],
        sensitivity_out=results[3], specificity_out=results[4], auc=results[5],
        auc_original=results[6],
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


def _one_direction(
    levels: Floats,
    inside: tuple[Floats, Floats],
    outside: tuple[Floats, Floats],
    whole: tuple[Floats, Floats],
    higher: bool,
    criterion: Criterion,
) -> tuple[Floats, ...]:
    """Threshold, Youden's index inside and in all data, both rates outside, both areas."""
    if not higher:
        levels = -levels[::-1]
        inside, outside, whole = (
            (a[..., ::-1], b[..., ::-1]) for a, b in (inside, outside, whole)
        )  # fmt: skip
    tp, fp = _beyond(inside[0]), _beyond(inside[1])
    with np.errstate(divide="ignore", invalid="ignore"):
        sensitivity, false_positive = tp / tp[:, :1], fp / fp[:, :1]
        area = _areas(*inside)
        area_whole = _areas(whole[0][None], whole[1][None])[0]
    score = merit(sensitivity, false_positive, criterion)
    occurs = inside[0] + inside[1] > 0
    occurs[np.arange(occurs.shape[0]), np.argmax(occurs, axis=1)] = False  # all rows positive
    score = np.where(occurs, score, -np.inf)
    top = score.max(axis=1, keepdims=True)
    tied = np.cumsum(score >= top - TIES, axis=1)
    place = np.argmax(tied >= (tied[:, -1:] + 1) // 2, axis=1)
    threshold = _halfway(levels, inside[0] + inside[1] > 0, place)
    rows = np.arange(place.size)
    youden = sensitivity[rows, place] - false_positive[rows, place]
    # Other values occur elsewhere: the cut-off itself, not its index, is carried over.
    carried = np.searchsorted(levels, threshold, side="left")
    out_se, out_fp = _shares(outside, carried)
    whole_se, whole_fp = _shares((whole[0][None], whole[1][None]), carried)
    unknown = ~(np.isfinite(area) & np.isfinite(top[:, 0]))
    threshold, youden = (np.where(unknown, np.nan, a) for a in (threshold, youden))
    return (
        threshold if higher else -threshold, youden, np.where(unknown, np.nan, whole_se - whole_fp),
        out_se, 1 - out_fp, area, np.where(unknown, np.nan, area_whole),
    )  # fmt: skip


def _halfway(levels: Floats, occurs: Mask, place: Ints) -> Floats:
    """Midpoint of the level at `place` and the level before it that occurs in the sample."""
    known = np.where(occurs, np.arange(levels.size), -1)
    before = np.maximum.accumulate(known, axis=1)
    previous = before[np.arange(place.size), np.maximum(place - 1, 0)]
    return np.asarray((levels[place] + levels[previous]) / 2)


def _areas(cases: Floats, controls: Floats) -> Floats:
    """Area under each curve, shape (b,)."""
    beaten = np.cumsum(controls, axis=1) - controls / 2
    return np.asarray((cases * beaten).sum(axis=1) / (cases.sum(axis=1) * controls.sum(axis=1)))


def _shares(weights: tuple[Floats, Floats], place: Ints) -> tuple[Floats, Floats]:
    """Shares of cases and of controls at or beyond an index; NaN in an empty class."""
    shares = []
    for part in weights:
        beyond = np.concatenate([_beyond(part), np.zeros((part.shape[0], 1))], axis=1)
        row = np.arange(place.size) if part.shape[0] > 1 else np.zeros(place.size, dtype=np.int64)
        with np.errstate(divide="ignore", invalid="ignore"):
            shares.append(beyond[row, place] / beyond[row, 0])
    return shares[0], shares[1]


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
