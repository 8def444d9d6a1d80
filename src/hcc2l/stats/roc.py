"""ROC curves as in R's pROC: areas with DeLong's variance, operating points, cut-offs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hcc2l.stats.risk_sets import TIE_TOLERANCE, Floats, Ints
from hcc2l.stats.tails import normal_quantile, normal_tail

Mask = NDArray[np.bool_]
Criterion = Literal["youden", "topleft"]
Focus = Literal["specificity", "sensitivity"]


@dataclass(frozen=True)
class RocCurve:
    """Every operating point of a marker, from all rows positive to none.

    Attributes
    ----------
    levels
        Shape (k,): distinct values in ascending order; negated where low values are positive.
    tp, fp
        Shape (k + 1,): (weighted) numbers of positive rows with and without the outcome; a value is
        positive at or above the threshold, or at or below it where not `higher`.
    """

    levels: Floats
    tp: Floats
    fp: Floats
    higher: bool

    @property
    def threshold(self) -> Floats:
        """Thresholds, shape (k + 1,): minus infinity, midpoints of neighbours, infinity.

        In descending order where low values are positive, as in pROC.
        """
        between = (self.levels[:-1] + self.levels[1:]) / 2
        rising = np.concatenate(([-np.inf], between, [np.inf]))
        return rising if self.higher else -rising

    @property
    def positives(self) -> float:
        """(Weighted) number of rows with the outcome."""
        return float(self.tp[0])

    @property
    def negatives(self) -> float:
        """(Weighted) number of rows without the outcome."""
        return float(self.fp[0])

    @property
    def sensitivity(self) -> Floats:
        """Sensitivity at each threshold, shape (k + 1,)."""
        return np.asarray(self.tp / self.tp[0])

    @property
    def specificity(self) -> Floats:
        """Specificity at each threshold, shape (k + 1,)."""
        return np.asarray((self.fp[0] - self.fp) / self.fp[0])


@dataclass(frozen=True)
class Area:
    """An area under the curve; `std_err` is NaN with a single row in either class."""

    auc: float
    std_err: float

    def limits(self, conf_level: float) -> tuple[float, float]:
        """Normal limits on the plain scale, truncated to 0 and 1, as pROC's ``ci.auc``."""
        half = normal_quantile(conf_level) * self.std_err
        if math.isnan(half):
            return math.nan, math.nan
        return max(self.auc - half, 0.0), min(self.auc + half, 1.0)

    @property
    def p(self) -> float:
        """Two-sided p against an area of one half; NaN without a positive standard error."""
        if not self.std_err > 0:
            return math.nan
        return 2.0 * normal_tail(abs((self.auc - 0.5) / self.std_err))


@dataclass(frozen=True)
class AreaTest:
    """The difference between two areas (first - second) and its test.

    `df` is infinite for a normal statistic; `statistic` and `p` are NaN where the difference has
    no variance.
    """

    difference: float
    std_err: float
    statistic: float
    df: float
    p: float

    def limits(self, conf_level: float) -> tuple[float, float]:
        """Limits of the difference, by the distribution of the statistic."""
        quantile = normal_quantile(conf_level)
        if math.isfinite(self.df):
            from scipy.special import stdtrit

            quantile = float(stdtrit(self.df, 0.5 + conf_level / 2))
        half = quantile * self.std_err
        return self.difference - half, self.difference + half


def levels_of(values: Floats, higher: bool) -> tuple[Floats, Ints]:
    """Distinct values, from the least to the most suggestive of the outcome, and each row's index.

    Where low values are positive, the values returned are negated, so that they ascend as well.
    """
    levels, index = np.unique(values if higher else -values, return_inverse=True)
    return levels, index.astype(np.int64)


def roc_curve(
    values: Floats, positive: Mask, *, higher: bool = True, weights: Floats | None = None
) -> RocCurve:
    """The ROC curve of a marker.

    Parameters
    ----------
    values
        Shape (n,), finite.
    positive
        Shape (n,): whether a row has the outcome; both classes must occur.
    higher
        Whether high values are positive.
    weights
        Shape (n,), not negative: those of a time-dependent outcome or of a bootstrap sample.
    """
    if weights is None:
        levels, cases, controls = _counts(values if higher else -values, positive)
    else:
        counted = weights > 0
        weights, positive = weights[counted], positive[counted]
        levels, index = levels_of(values[counted], higher)
        of = np.where(positive, weights, 0.0)
        sums = [np.bincount(index, weights=w, minlength=levels.size) for w in (of, weights - of)]
        cases, controls = sums[0].astype(np.float64), sums[1].astype(np.float64)
    return RocCurve(levels, _at_least(cases), _at_least(controls), higher)


def _counts(values: Floats, positive: Mask) -> tuple[Floats, Floats, Floats]:
    """Distinct values, and the numbers of cases and controls with each; by sorting alone."""
    levels = np.unique(values)
    below = np.searchsorted(np.sort(values[positive]), levels, side="right")
    all_below = np.searchsorted(np.sort(values), levels, side="right")
    cases = np.diff(below, prepend=0).astype(np.float64)
    return levels, cases, np.diff(all_below, prepend=0) - cases


def _at_least(counts: Floats) -> Floats:
    """Sums from each index to the end, then 0."""
    return np.append(np.cumsum(counts[::-1])[::-1], 0.0)


def auc(positive: Mask, score: Floats) -> float:
    """Area under the ROC curve of a score: the Mann-Whitney probability, ties counting half.

    NaN without rows of both classes.
    """
    if not positive.any() or positive.all():
        return math.nan
    return area_of(roc_curve(score, positive))


def area_of(curve: RocCurve) -> float:
    """Area under a curve, by the trapezoidal rule."""
    between = -np.diff(curve.fp) * (curve.tp[:-1] + curve.tp[1:]) / 2
    return float(between.sum() / (curve.positives * curve.negatives))


def partial_area(curve: RocCurve, low: float, focus: Focus) -> tuple[float, float]:
    """Area where specificity (or sensitivity) is at least `low`: raw, and standardised by McClish.

    The standardised area is 0.5 for an uninformative marker and 1 for a perfect one (McClish, Med
    Decis Making 1989;9:190–195; pROC's ``partial.auc.correct``). It is NaN below the diagonal,
    where it is not defined.
    """
    x, y = 1 - curve.specificity[::-1], curve.sensitivity[::-1]
    if focus == "sensitivity":  # the curve seen from the opposite corner
        x, y = 1 - curve.sensitivity, curve.specificity
    upto = 1 - low
    begin, end = np.minimum(x[:-1], upto), np.minimum(x[1:], upto)
    width = x[1:] - x[:-1]
    slope = np.divide(y[1:] - y[:-1], width, out=np.zeros_like(width), where=width > 0)
    height = y[:-1] + slope * ((begin + end) / 2 - x[:-1])
    area = float(np.sum((end - begin) * height))
    least = upto * upto / 2
    if area < least - TIES:
        return area, math.nan
    return area, (1 + (area - least) / (upto - least)) / 2


def higher_is_positive(values: Floats, positive: Mask) -> bool:
    """Whether high values are positive by pROC's rule: the median of the cases is not the lower."""
    return bool(np.median(values[~positive]) <= np.median(values[positive]))


def delong(values: Floats, positive: Mask, *, higher: bool = True) -> Area:
    """Area with DeLong's standard error, in O(n log n).

    DeLong, DeLong and Clarke-Pearson, Biometrics 1988;44:837–845, by the ranks of Sun and Xu,
    IEEE Signal Process Lett 2014;21:1389–1393.
    """
    _, cases, controls = _counts(values if higher else -values, positive)
    m, n = float(cases.sum()), float(controls.sum())
    of_cases, of_controls = _level_placements(cases, controls)
    area = float(cases @ of_cases) / m
    if min(m, n) < 2:  # rounding must not turn 0/0 into a number
        return Area(area, math.nan)
    variance = float(cases @ (of_cases - area) ** 2) / (m - 1) / m
    variance += float(controls @ (of_controls - area) ** 2) / (n - 1) / n
    return Area(area, math.sqrt(variance))


def _level_placements(cases: Floats, controls: Floats) -> tuple[Floats, Floats]:
    """Share of the other class that each distinct value outranks, ties counting half."""
    of_cases = (np.cumsum(controls) - controls / 2) / controls.sum()
    of_controls = 1 - (np.cumsum(cases) - cases / 2) / cases.sum()
    return of_cases, of_controls


def placements(values: Floats, positive: Mask, *, higher: bool = True) -> tuple[Floats, Floats]:
    """DeLong's components of the cases, shape (m,), and of the controls, shape (n - m,).

    The mean of either is the area.
    """
    levels, index = levels_of(values, higher)
    cases = np.bincount(index[positive], minlength=levels.size).astype(np.float64)
    controls = np.bincount(index[~positive], minlength=levels.size).astype(np.float64)
    of_cases, of_controls = _level_placements(cases, controls)
    return of_cases[index[positive]], of_controls[index[~positive]]


def compare_paired(
    first: tuple[Floats, Floats], second: tuple[Floats, Floats]
) -> AreaTest:  # fmt: skip
    """DeLong's test of two markers in the same rows, from their `placements`."""
    difference = float(first[0].mean() - second[0].mean())
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = sum(
            float(np.var(a - b, ddof=1)) / a.size if a.size > 1 else math.nan
            for a, b in zip(first, second, strict=True)
        )
    return _area_test(difference, variance, math.inf)


def compare_unpaired(
    first: Area, second: Area, sizes: tuple[int, int], *, normal: bool = False
) -> AreaTest:
    """DeLong's test of two areas in different patients, as pROC: t with Welch's df.

    With `normal` the statistic is referred to the normal distribution, as for bootstrapped standard
    errors.
    """
    variances = (first.std_err**2, second.std_err**2)
    df = math.inf
    if sum(variances) > 0 and not normal:
        df = sum(variances) ** 2 / sum(
            v * v / (n - 1) for v, n in zip(variances, sizes, strict=True)
        )
    return _area_test(first.auc - second.auc, sum(variances), df)


def _area_test(difference: float, variance: float, df: float) -> AreaTest:
    std_err = math.sqrt(variance)
    if not std_err > TIE_TOLERANCE**2:
        return AreaTest(difference, std_err, math.nan, df, math.nan)
    statistic = difference / std_err
    if math.isinf(df):
        return AreaTest(difference, std_err, statistic, df, 2.0 * normal_tail(abs(statistic)))
    from scipy.special import stdtr

    return AreaTest(difference, std_err, statistic, df, 2.0 * float(stdtr(df, -abs(statistic))))


def best(curve: RocCurve, criterion: Criterion) -> Ints:
    """Indices of the best operating points, all ties, in the curve's order.

    ``youden`` maximises sensitivity + specificity (Youden, Cancer 1950;3:32–35); ``topleft``
    minimises (1 - sensitivity)^2 + (1 - specificity)^2.
    """
    score = merit(curve.tp / curve.tp[0], curve.fp / curve.fp[0], criterion)
    return np.flatnonzero(score >= score.max() - TIES).astype(np.int64)


TIES = 1e-12  # sums of two fractions closer than this differ by rounding alone


def merit(sensitivity: Floats, false_positive: Floats, criterion: Criterion) -> Floats:
    """The quantity that a criterion maximises, in the shape of its arguments."""
    if criterion == "youden":
        return np.asarray(sensitivity - false_positive)
    return np.asarray(-((1 - sensitivity) ** 2) - false_positive**2)


def place_of(curve: RocCurve, threshold: float) -> int:
    """Index of a threshold's operating point; a value equal to the threshold is positive."""
    level = threshold if curve.higher else -threshold
    return int(np.searchsorted(curve.levels, level, side="left"))


def observed(curve: RocCurve, place: int) -> float:
    """The observed value next to the threshold that is positive; NaN where none is."""
    if place >= curve.levels.size:
        return math.nan
    value = float(curve.levels[place])
    return value if curve.higher else -value
