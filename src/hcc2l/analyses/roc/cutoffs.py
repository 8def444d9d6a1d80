"""Cut-offs on a ROC curve: those chosen, those given, and what they achieve."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from hcc2l.design import Floats
from hcc2l.design.markers import Marker
from hcc2l.errors import UsageError
from hcc2l.number_format import parse_number
from hcc2l.specs import RocSpec
from hcc2l.stats import roc
from hcc2l.stats.proportions import ProportionInterval, proportion_limits

Limits = tuple[float, float]


@dataclass(frozen=True)
class Cutoff:
    """A cut-off, the criterion that chose it, and the index of its operating point."""

    criterion: str
    threshold: float
    place: int


# The cut-offs of a marker in a group: (group, marker, its curve) -> all that tie for the best.
Choose = Callable[[str, str, roc.RocCurve], list[Cutoff]]


def best_by(criterion: str) -> Choose:
    """The choice of the best operating points by ``youden`` or ``topleft``."""

    def choose(_group: str, _marker: str, curve: roc.RocCurve) -> list[Cutoff]:
        places = roc.best(curve, cast(roc.Criterion, criterion)).tolist()
        return [Cutoff(criterion, float(curve.threshold[place]), place) for place in places]

    return choose


def above_cutpoint(curve: roc.RocCurve, cutpoint: float) -> Cutoff:
    """The cut-off that divides as a maximally selected cut-point, whose low group holds it."""
    if curve.higher:
        place = int(np.searchsorted(curve.levels, cutpoint, side="right"))
    else:
        place = int(np.searchsorted(curve.levels, -cutpoint, side="left"))
    return Cutoff("maxstat", float(curve.threshold[place]), place)


def given(curve: roc.RocCurve, values: Iterable[float]) -> list[Cutoff]:
    """The cut-offs of `--at-cut`."""
    return [Cutoff("fixed", value, roc.place_of(curve, value)) for value in values]


def given_cutoffs(spec: RocSpec, markers: Mapping[str, Marker]) -> dict[str, tuple[float, ...]]:
    """The cut-offs of `--at-cut`, by marker or combination.

    Raises
    ------
    UsageError
        There is no such marker, it has groups instead of numbers, or a cut-off is no number.
    """
    found: dict[str, tuple[float, ...]] = {}
    for text in spec.at_cut:
        name, values = _marker_and_cutoffs(text, (*markers, *spec.combine))
        if name in markers and markers[name].levels:
            raise UsageError(
                f"{markers[name].label} is already divided into groups.",
                where=f"--at-cut {text}",
                hint="Remove this cut-off, or give the column itself as --marker.",
            )  # fmt: skip
        cuts = [parse_number(v.strip()) for v in values.replace("/", ",").split(",")]
        if None in cuts:
            raise UsageError(
                f"{values!r} is not a list of numbers.", where="--at-cut",
                hint="Write afp=400 or afp=20,400.",
            )  # fmt: skip
        found[name] = (*found.get(name, ()), *(c for c in cuts if c is not None))
    return found


def _marker_and_cutoffs(text: str, names: Sequence[str]) -> tuple[str, str]:
    """The two sides of `afp=20,400`; a marker's own name may hold a sign: `afp>=400`."""
    whole = max((k for k in names if text.startswith(f"{k}=")), key=len, default=None)
    if whole is not None:
        return whole, text[len(whole) + 1 :]
    name, equals, values = text.partition("=")
    if not equals:
        raise UsageError(
            f"{text!r} gives no cut-off.", where="--at-cut", hint="Write afp=400 or afp=20,400."
        )
    if name.strip() not in names:
        raise UsageError(
            f"{name.strip()!r} is not among the markers.", where="--at-cut",
            hint=f"Markers: {', '.join(names)}.",
        )  # fmt: skip
    return name.strip(), values


def middle(cutoffs: Sequence[Cutoff]) -> Cutoff:
    """The cut-off chosen by the criterion; the middle one of several, as in the samples."""
    tied = [cut for cut in cutoffs if cut.criterion != "fixed"]
    return tied[(len(tied) - 1) // 2]


@dataclass(frozen=True)
class CutoffInterval:
    """A cut-off, its bootstrap limits (NaN without any), and what lies between them.

    Attributes
    ----------
    samples
        The samples in which a cut-off could be chosen.
    share
        Share of the patients whose value lies within the limits.
    of_range
        Width of the interval as a share of the range of the values.
    """

    threshold: float
    lower: float
    upper: float
    conf_level: float
    samples: int
    share: float
    of_range: float


def cutoff_interval(
    threshold: float, samples: Floats, values: Floats, conf_level: float
) -> CutoffInterval:
    """The interval of a cut-off from the cut-offs chosen in bootstrap samples, NaN without one."""
    lower, upper = quantile_limits(samples, conf_level)
    share = of_range = math.nan
    if not math.isnan(lower):
        share = float(((values >= lower) & (values <= upper)).mean())
        spread = float(np.ptp(values))
        of_range = (upper - lower) / spread if spread > 0 else math.nan
    count = int(np.isfinite(samples).sum())
    return CutoffInterval(threshold, lower, upper, conf_level, count, share, of_range)


def quantile_limits(values: Floats, conf_level: float) -> Limits:
    """Percentile limits of the finite values; NaN without any."""
    finite = values[np.isfinite(values)]
    if not finite.size:
        return math.nan, math.nan
    tail = (1 - conf_level) / 2
    lower, upper = np.quantile(finite, (tail, 1 - tail)).tolist()
    return lower, upper


@dataclass(frozen=True)
class Counts:
    """(Weighted) numbers of patients on either side of a cut-off, with and without the outcome."""

    tp: float
    fp: float
    tn: float
    fn: float

    @property
    def proportions(self) -> dict[str, tuple[float, float]]:
        """Numerator and denominator of each rate."""
        tp, fp, tn, fn = self.tp, self.fp, self.tn, self.fn
        return {"sensitivity": (tp, tp + fn), "specificity": (tn, tn + fp), "ppv": (tp, tp + fp),
                "npv": (tn, tn + fn), "accuracy": (tp + tn, tp + fp + tn + fn)}  # fmt: skip

    @property
    def youden(self) -> float:
        """Youden's index."""
        return self.tp / (self.tp + self.fn) - self.fp / (self.fp + self.tn)

    @property
    def lr_positive(self) -> float:
        """Likelihood ratio of a positive result; infinite without false positives."""
        sensitivity, specificity = self._rates
        return sensitivity / (1 - specificity) if self.fp > 0 else math.inf

    @property
    def lr_negative(self) -> float:
        """Likelihood ratio of a negative result; infinite without true negatives."""
        sensitivity, specificity = self._rates
        return (1 - sensitivity) / specificity if self.tn > 0 else math.inf

    @property
    def _rates(self) -> tuple[float, float]:
        return self.tp / (self.tp + self.fn), self.tn / (self.tn + self.fp)


def counts_at(curve: roc.RocCurve, cut: Cutoff) -> Counts:
    """The numbers of patients on either side of a cut-off."""
    tp, fp = float(curve.tp[cut.place]), float(curve.fp[cut.place])
    return Counts(tp, fp, tn=curve.negatives - fp, fn=curve.positives - tp)


def rate_limits(counts: Counts, conf_level: float, method: ProportionInterval) -> dict[str, Limits]:
    """Confidence limits of every rate, by Wilson or Clopper and Pearson."""
    proportions = counts.proportions
    numerators, denominators = (np.array(part) for part in zip(*proportions.values(), strict=True))
    lower, upper = proportion_limits(numerators, denominators, conf_level, method)
    limits = zip(lower.tolist(), upper.tolist(), strict=True)
    return dict(zip(proportions, limits, strict=True))
