"""The numbers of a ROC analysis, group by group: areas, cut-offs, bootstrap, comparisons."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from hcc2l.analyses.roc.data import RocData
from hcc2l.design import Floats, Mask
from hcc2l.errors import AnalysisError
from hcc2l.progress import track
from hcc2l.stats import maxstat as selected
from hcc2l.stats import roc
from hcc2l.stats.logistic import LogisticFit, logistic
from hcc2l.stats.logrank import logrank
from hcc2l.stats.risk_sets import time_tolerance
from hcc2l.stats.roc_bootstrap import Resampled, draw_counts, resample
from hcc2l.stats.tails import normal_tail
from hcc2l.stats.time_dependent import outcome_weights

BATCH = 100  # bootstrap samples at a time


CELLS = 2_000_000  # and of no more cells than these


@dataclass(frozen=True)
class Cutoff:
    """A cut-off, the criterion that chose it, and the index of its operating point."""

    criterion: str
    threshold: float
    place: int


@dataclass(frozen=True)
class Judged:
    """One marker, or combination, in one group.

    Attributes
    ----------
    values
        Shape (n,) over the rows of the group.
    samples
        Its bootstrap samples, or None.
    fit
        The logistic model of a combination, else None.
    """

    group: str
    name: str
    values: Floats
    higher: bool
    curve: roc.RocCurve
    area: roc.Area
    limits: tuple[float, float]
    cutoffs: tuple[Cutoff, ...]
    samples: Resampled | None = None
    fit: LogisticFit | None = None


@dataclass(frozen=True)
class Selected:
    """The maximally selected statistic of one marker in one group.

    Attributes
    ----------
    values
        Shape (n,) over the rows of the group.
    p
        p by each method.
    samples
        Shape (b,): the cut-point chosen in each bootstrap sample, NaN without one; or None.
    """

    group: str
    name: str
    values: Floats
    maximum: selected.MaxStat
    events: int
    p: tuple[tuple[str, float], ...]
    p_unadjusted: float
    samples: Floats | None = None


@dataclass(frozen=True)
class GroupResult:
    """Results of one group; `positive` and `weights` have shape (n,) over its rows."""

    name: str
    rows: Mask
    positive: Mask
    weights: tuple[Floats, Floats] | None
    judged: tuple[Judged, ...]
    selected: tuple[Selected, ...]


def analyse(data: RocData) -> tuple[list[GroupResult], list[str]]:
    """Results of each group, and the groups that cannot be analysed.

    Raises
    ------
    AnalysisError
        No group has patients of both classes, or a marker has no admissible cut-point.
    """
    results, skipped = [], []
    for name, rows in data.groups:
        if data.group is None or _can_be_analysed(data, rows):
            results.append(_group(data, name, rows))
        else:
            skipped.append(name)
    if not results:
        raise AnalysisError(
            "No group can be analysed: each needs patients with and without the outcome, "
            "variation in every marker and, for maxstat, events and an admissible cut-point.",
            where="--by", hint="Remove --by, or choose larger groups.",
        )  # fmt: skip
    return results, skipped


def _can_be_analysed(data: RocData, rows: Mask) -> bool:
    if any(np.ptp(marker.values[rows]) == 0 for marker in data.markers.values()):
        return False
    if data.spec.criterion == "maxstat":
        assert data.event is not None
        names = data.markers if data.event[rows].any() else ()
        if not names or any(_maximum(data, name, rows)[1] is None for name in names):
            return False
    if data.positive is None:
        return True
    positive = data.positive[rows]
    if data.spec.at is None:
        return bool(positive.any() and not positive.all())
    return bool(positive.any() and _beyond(data, rows).any())


def _beyond(data: RocData, rows: Mask) -> Mask:
    """Which of some rows are followed beyond the time of `--at`."""
    assert data.time is not None
    assert data.spec.at is not None
    return np.asarray(data.time[rows] > data.spec.at + time_tolerance(data.time))


def _group(data: RocData, name: str, rows: Mask) -> GroupResult:
    maxima: tuple[Selected, ...] = ()
    if data.spec.criterion == "maxstat":
        maxima = tuple(_selected(data, name, marker, rows) for marker in data.markers)
        if data.spec.samples:
            maxima = _reselected(data, rows, maxima)
    if data.positive is None:
        return GroupResult(name, rows, np.zeros(0, dtype=np.bool_), None, (), maxima)
    weights = None
    if data.spec.at is not None:
        assert data.time is not None
        assert data.event is not None
        weights = outcome_weights(data.time[rows], data.event[rows], data.spec.at)
    positive = data.positive[rows]
    judged = [
        _judge(data, name, marker, m.values[rows], data.higher[marker], positive, weights, maxima)
        for marker, m in data.markers.items()
    ]
    for text in data.spec.combine:
        fit, values = combination(data, text, rows, positive)
        judged.append(_judge(data, name, text, values, True, positive, weights, (), fit))
    if data.spec.samples and (data.spec.criterion != "maxstat" or data.spec.at is not None):
        judged = _bootstrapped(data, rows, positive, weights, judged)
    return GroupResult(name, rows, positive, weights, tuple(judged), maxima)


def combination(
    data: RocData, text: str, rows: Mask, positive: Mask
) -> tuple[LogisticFit, Floats]:  # fmt: skip
    """The logistic model of a combination of markers, and its fitted probabilities."""
    x = _parts(data, text, rows)
    fit = logistic(positive, x)
    return fit, fit.fitted


def _parts(data: RocData, text: str, rows: Mask) -> Floats:
    return np.column_stack([data.markers[part.strip()].values[rows] for part in text.split("+")])


def _judge(
    data: RocData, group: str, name: str, values: Floats, higher: bool, positive: Mask,
    weights: tuple[Floats, Floats] | None, maxima: Sequence[Selected],
    fit: LogisticFit | None = None,
) -> Judged:  # fmt: skip
    if weights is None:
        curve = roc.roc_curve(values, positive, higher=higher)
        area = roc.delong(values, positive, higher=higher)
        limits = area.limits(data.spec.conf_level)
    else:
        curve = roc.roc_curve(values, positive, higher=higher, weights=weights[0] + weights[1])
        area, limits = roc.Area(roc.area_of(curve), math.nan), (math.nan, math.nan)
    cutoffs = _cutoffs(data, name, curve, maxima)
    return Judged(group, name, values, higher, curve, area, limits, tuple(cutoffs), fit=fit)


def _cutoffs(
    data: RocData, name: str, curve: roc.RocCurve, maxima: Sequence[Selected]
) -> list[Cutoff]:
    """The cut-offs chosen by the criterion, all ties, then those of `--at-cut`."""
    threshold = curve.threshold
    criterion = data.spec.criterion
    if criterion != "maxstat":
        places = roc.best(curve, criterion).tolist()
        cuts = [Cutoff(criterion, float(threshold[p]), p) for p in places]
    else:
        cuts = []
        for maximum in maxima:
            if maximum.name == name:
                # The low group holds the cut-point itself; the midpoint above it splits alike.
                cut = maximum.maximum.cutpoint
                place = int(
                    np.searchsorted(curve.levels, cut, side="right")
                    if curve.higher
                    else np.searchsorted(curve.levels, -cut, side="left")
                )
                cuts.append(Cutoff("maxstat", float(threshold[place]), place))
    for value in data.fixed.get(name, ()):
        cuts.append(Cutoff("fixed", value, roc.place_of(curve, value)))
    return cuts


def _bootstrapped(
    data: RocData, rows: Mask, positive: Mask, weights: tuple[Floats, Floats] | None,
    judged: Sequence[Judged],
) -> list[Judged]:  # fmt: skip
    """Every marker with its bootstrap samples, which are the same for all markers."""
    n, samples = positive.size, data.spec.samples
    rng = np.random.default_rng(data.spec.seed)
    batch = max(1, min(BATCH, CELLS // n))
    parts: list[list[Resampled]] = [[] for _ in judged]
    for number in track(range(math.ceil(samples / batch)), "Bootstrap"):
        counts = draw_counts(rng, n, min(batch, samples - number * batch))
        sets = _classes(data, rows, positive, weights, counts)
        for place, marker in enumerate(judged):
            if marker.fit is None:
                parts[place].append(_resampled(data, marker, marker.values, sets))
            else:
                parts[place] += _refitted(data, marker, rows, positive, counts)
    finished = []
    for marker, batches in zip(judged, parts, strict=True):
        merged = Resampled(
            *(np.concatenate([getattr(r, f) for r in batches]) for f in Resampled.__annotations__)
        )
        finished.append(_with_interval(data, marker, merged))
    return finished


Pair = tuple[Floats, Floats]


def _classes(
    data: RocData, rows: Mask, positive: Mask, weights: Pair | None, counts: Floats
) -> tuple[Pair, Pair, Pair]:
    """Weights of cases and controls in each sample, in all data, and outside each sample."""
    outside = (counts == 0).astype(np.float64)
    if weights is None:
        original = positive.astype(np.float64), (~positive).astype(np.float64)
        inside = counts * original[0], counts * original[1]
    else:
        assert data.time is not None
        assert data.event is not None
        assert data.spec.at is not None
        original = weights
        inside = outcome_weights(data.time[rows], data.event[rows], data.spec.at, counts)
    return inside, original, (outside * original[0], outside * original[1])


def _resampled(
    data: RocData, marker: Judged, values: Floats, sets: tuple[Pair, Pair, Pair]
) -> Resampled:
    """A batch of bootstrap samples of one marker."""
    inside, original, outside = sets
    criterion = "youden" if data.spec.criterion == "maxstat" else data.spec.criterion
    plain = data.group is None and data.spec.at is None and marker.fit is None
    free = plain and data.spec.direction == "auto"
    return resample(
        values, *inside, original, outside, higher=marker.higher, free=free,
        criterion=criterion,
        fixed=np.array([cut.threshold for cut in marker.cutoffs]),
    )  # fmt: skip


def _refitted(
    data: RocData, marker: Judged, rows: Mask, positive: Mask, counts: Floats
) -> list[Resampled]:
    """Bootstrap samples of a combination, its model refitted in each and applied to all data."""
    x, samples = _parts(data, marker.name, rows), []
    for often in counts:
        drawn = np.repeat(np.arange(often.size), often.astype(np.int64))
        if not positive[drawn].any() or positive[drawn].all():
            continue
        fit = logistic(positive[drawn], x[drawn])
        kept = ~fit.dropped
        linear = fit.coef[0] + x[:, kept[1:]] @ fit.coef[1:][kept[1:]]
        values = 1 / (1 + np.exp(-np.clip(linear, -700, 700)))
        sets = _classes(data, rows, positive, None, often[None])
        samples.append(_resampled(data, marker, values, sets))
    return samples


def _with_interval(data: RocData, marker: Judged, samples: Resampled) -> Judged:
    """The marker with its samples, and the interval of a time-dependent area from them."""
    limits, area = marker.limits, marker.area
    if data.spec.at is not None:
        areas = area_samples(samples, marker.higher)
        limits = quantile_limits(areas, data.spec.conf_level)
        area = roc.Area(area.auc, float(np.nanstd(areas, ddof=1)) if areas.size > 1 else math.nan)
    return replace(marker, area=area, limits=limits, samples=samples)


def area_samples(samples: Resampled, higher: bool) -> Floats:
    """Areas of the samples, all in one direction, shape (b,)."""
    return np.where(samples.higher == higher, samples.auc, 1 - samples.auc)


def quantile_limits(values: Floats, conf_level: float) -> tuple[float, float]:
    """Percentile limits of the finite values; NaN without any."""
    finite = values[np.isfinite(values)]
    if not finite.size:
        return math.nan, math.nan
    tail = (1 - conf_level) / 2
    lower, upper = np.quantile(finite, (tail, 1 - tail)).tolist()
    return lower, upper


def compare_samples(first: Judged, second: Judged) -> roc.AreaTest:
    """The difference between two time-dependent areas, tested by their common bootstrap samples."""
    assert first.samples is not None
    assert second.samples is not None
    difference = first.area.auc - second.area.auc
    both = area_samples(first.samples, first.higher) - area_samples(second.samples, second.higher)
    std_err = float(np.nanstd(both, ddof=1))
    if not std_err > 0:
        return roc.AreaTest(difference, std_err, math.nan, math.inf, math.nan)
    z = difference / std_err
    return roc.AreaTest(difference, std_err, z, math.inf, 2 * normal_tail(abs(z)))


def _maximum(
    data: RocData, name: str, rows: Mask
) -> tuple[Floats, selected.MaxStat | None]:  # fmt: skip
    """Log-rank scores, and the statistics of all cut-points; None without any."""
    assert data.time is not None
    assert data.event is not None
    scores = selected.logrank_scores(data.time[rows], data.event[rows])
    low = data.spec.min_prop
    return scores, selected.maxstat(data.markers[name].values[rows], scores, low, 1 - low)


def _selected(data: RocData, group: str, name: str, rows: Mask) -> Selected:
    """The maximally selected log-rank statistic of one marker, with p by each method."""
    assert data.time is not None
    assert data.event is not None
    time, event, values = data.time[rows], data.event[rows], data.markers[name].values[rows]
    if not event.any():
        raise AnalysisError("No patient has the event.", where="--criterion maxstat",
                            hint="Check the endpoint.")  # fmt: skip
    low = data.spec.min_prop
    scores, maximum = _maximum(data, name, rows)
    if maximum is None:
        raise AnalysisError(
            f"{data.markers[name].label} has no cut-point with at least {low * 100:g}% of the "
            "patients on either side.", where=f"--min-prop {low:g}",
            hint="Lower --min-prop, or remove the marker.",
        )  # fmt: skip
    p = [("lau94", selected.p_lausen_1994(maximum.statistic, values.size, maximum.low)),
         ("lau92", selected.p_lausen_1992(maximum.statistic, low, 1 - low))]  # fmt: skip
    exact = selected.p_hothorn_lausen(values, scores, low, 1 - low)
    if not math.isnan(exact):
        p.insert(0, ("hl", exact))
    test = logrank(time, event, (values > maximum.cutpoint).astype(np.int64), 2)
    return Selected(group, name, values, maximum, int(event.sum()), tuple(p), test.p)


def _reselected(
    data: RocData, rows: Mask, maxima: Sequence[Selected]
) -> tuple[Selected, ...]:  # fmt: skip
    """Every marker with the cut-points chosen in the same bootstrap samples."""
    assert data.time is not None
    assert data.event is not None
    time, event, low = data.time[rows], data.event[rows], data.spec.min_prop
    rng = np.random.default_rng(data.spec.seed)
    cutpoints = np.full((len(maxima), data.spec.samples), np.nan)
    for sample in track(range(data.spec.samples), "Bootstrap"):
        drawn = rng.integers(0, time.size, time.size)
        scores = selected.logrank_scores(time[drawn], event[drawn])
        for place, marker in enumerate(maxima):
            best = selected.maxstat(marker.values[drawn], scores, low, 1 - low)
            if best is not None:
                cutpoints[place, sample] = best.cutpoint
    return tuple(replace(m, samples=c) for m, c in zip(maxima, cutpoints, strict=True))
