"""What deserves a remark in a ROC analysis, as values; `notes` puts them into words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from hcc2l.analyses.roc.curves import MarkerCurve
from hcc2l.analyses.roc.cutoffs import CutoffInterval, middle
from hcc2l.analyses.roc.data import (
    Classes,
    KnownOutcome,
    Patients,
    TimeDependent,
    Window,
    parts_of,
)
from hcc2l.analyses.roc.maxstat import Maxima
from hcc2l.analyses.roc.results import AnalysisSets, Curves, SetCurves
from hcc2l.cohort import Column
from hcc2l.design import Endpoint, Mask
from hcc2l.design.endpoints import resolve_endpoint
from hcc2l.errors import Hcc2lError
from hcc2l.specs import SurvivalSpec
from hcc2l.stats.risk_sets import time_tolerance

FEW_IN_CLASS = 20  # patients
EDGE = 0.05  # smallest share of the patients on either side of a cut-off without a remark
WIDE = 0.5  # share of the patients, or of the range, spanned by the interval of a cut-off
PRIMARY_RESISTANCE = 3.0  # months: progression within three months
EARLY_ENDPOINTS = ("ttp", "pfs")  # those that show an early outcome, the better one first


@dataclass(frozen=True)
class CensoredBy:
    """Patients censored by the time of a time-dependent outcome, of all."""

    patients: int
    total: int
    at: float
    endpoint: Endpoint


@dataclass(frozen=True)
class NoInterval:
    """Time-dependent areas without bootstrap."""


@dataclass(frozen=True)
class CensoredEarly:
    """Patients without the outcome who were censored before it is known, in months."""

    patients: int
    outcome: str
    months: float
    endpoint: str


@dataclass(frozen=True)
class Contradicted:
    """Patients without the outcome who had the event of the endpoint in the window."""

    patients: int
    outcome: str
    window: Window


@dataclass(frozen=True)
class LimitAtCut:
    """Detection limits of a marker equal to a given cut-off, and therefore positive at it."""

    label: str
    sign: Literal["<", ">"]
    cut: float
    cells: int


@dataclass(frozen=True)
class KnownLater:
    """A marker or group that is known only after time 0."""

    label: str
    column: str


@dataclass(frozen=True)
class OwnPatients:
    """The markers, by label, each with the number of its patients, who are not the same."""

    patients: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Skipped:
    """Groups that cannot be analysed, and what each group needs."""

    groups: tuple[str, ...]
    classes: bool
    cutpoints: bool


@dataclass(frozen=True)
class FewInClass:
    """Few patients with, or without, the outcome.

    Attributes
    ----------
    group, marker
        Among whom; None where these are not told apart.
    untestable
        Whether it is a single one, of known outcome.
    """

    group: str | None
    marker: str | None
    patients: int
    positive: bool
    untestable: bool


@dataclass(frozen=True)
class Separated:
    """A combination that separates the classes: its model has no finite estimates."""

    curve: str


@dataclass(frozen=True)
class Collinear:
    """Markers of a combination without a coefficient."""

    curve: str
    parts: tuple[str, ...]


@dataclass(frozen=True)
class Perfect:
    """An area of 1, or 0."""

    curve: str


@dataclass(frozen=True)
class BelowHalf:
    """An area below a half, and what determined the direction."""

    curve: str
    higher: bool
    by: Literal["model", "option", "all patients", "medians"]


@dataclass(frozen=True)
class Tied:
    """Cut-offs that are equally good."""

    curve: str
    cutoffs: int


@dataclass(frozen=True)
class AtEdge:
    """A cut-off with few patients on one side, as a share of all."""

    curve: str
    share: float


@dataclass(frozen=True)
class Wide:
    """An interval of a cut-off that spans much of the patients, or of the range, or of both."""

    curve: str
    interval: CutoffInterval

    @property
    def of_patients(self) -> bool:
        """Whether it spans half of the patients."""
        return self.interval.share >= WIDE

    @property
    def of_range(self) -> bool:
        """Whether it spans half of the observed range."""
        return self.interval.of_range >= WIDE


@dataclass(frozen=True)
class OptimisticCutoffs:
    """Cut-offs chosen in the patients in whom they are evaluated, without validation."""


@dataclass(frozen=True)
class OptimisticCutpoints:
    """Maximally selected cut-points of markers, with or without intervals."""

    labels: tuple[str, ...]
    with_intervals: bool


DataFinding = (
    CensoredBy | NoInterval | CensoredEarly | Contradicted | LimitAtCut | KnownLater | OwnPatients
    | Skipped
)  # fmt: skip
ResultFinding = (
    FewInClass | Separated | Collinear | Perfect | BelowHalf | Tied | AtEdge | Wide
    | OptimisticCutoffs | OptimisticCutpoints
)  # fmt: skip


def of_known_outcome(data: KnownOutcome) -> Iterator[DataFinding]:
    """Findings on the outcome and the cut-offs given."""
    if data.window is None:
        yield from _censored_early(data)
    else:
        yield from _contradicted(data, data.window)
    yield from _limits_at_cuts(data.patients, data.classes)


def of_time_dependent(data: TimeDependent) -> Iterator[DataFinding]:
    """Findings on the outcome and the cut-offs given."""
    early = ~data.survival.event & ~data.beyond
    if early.any():
        yield CensoredBy(int(early.sum()), early.size, data.at, data.survival.endpoint)
    if not data.patients.spec.samples:
        yield NoInterval()
    yield from _limits_at_cuts(data.patients, data.classes)


def of_patients(patients: Patients, sets: AnalysisSets) -> Iterator[DataFinding]:
    """Markers and a group that are known only later; who is evaluated, and who cannot be."""
    used = [(m.label, column) for m in patients.markers.values() for column in m.columns]
    if patients.group is not None:
        used.append((patients.group.label, patients.group.column))
    for label, column in used:
        if patients.cohort.known_after_start(column):
            yield KnownLater(label, column)
    if patients.differ_by_marker:
        markers = patients.markers.values()
        yield OwnPatients(tuple((m.label, sets.patients_with(m.name)) for m in markers))
    if sets.skipped:
        spec = patients.spec
        yield Skipped(sets.skipped, spec.has_curve, spec.criterion == "maxstat")


def of_curves(patients: Patients, curves: Curves, *, known: bool) -> Iterator[ResultFinding]:
    """Findings on the curves, of a known outcome or not: every group's classes, every marker."""
    for subset in curves.sets:
        yield from _few_in_class(patients, subset, known=known)
    for subset in curves.sets:
        for marker in subset.markers:
            called = patients.curve_name(marker.group, marker.name)
            yield from _of_area(patients, called, marker)
            yield from _of_cutoffs(subset, called, marker)
    if not curves.validated and any(marker.chosen for marker in curves.markers):
        yield OptimisticCutoffs()


def of_maxima(patients: Patients, maxima: Maxima) -> Iterator[ResultFinding]:
    """Findings on the cut-points."""
    labels = tuple(marker.label for marker in patients.markers.values())
    yield OptimisticCutpoints(labels, with_intervals=bool(maxima.intervals))
    for found, interval in maxima.intervals:
        yield from _wide(patients.curve_name(found.group, found.name), interval)


def _censored_early(data: KnownOutcome) -> Iterator[CensoredEarly]:
    """Negatives censored before an outcome such as progression within three months is known.

    Only where the outcome's label or name states such a time, and an endpoint in months shows who
    was followed that long.
    """
    cohort, spec = data.patients.cohort, data.patients.spec
    months = _stated_months(cohort.label(data.column), data.column)
    name = next((e for e in EARLY_ENDPOINTS if e in cohort.endpoints()), None)
    if months is None or name is None:
        return
    keep = data.patients.account.keep
    try:
        endpoint = resolve_endpoint(cohort, SurvivalSpec(endpoint=name), keep)
    except Hcc2lError:  # a cell of a column that the analysis does not use
        return
    if {endpoint.unit, spec.time_unit or "months"} != {"months"}:
        return
    _, censored = _before(endpoint, months, keep)
    if count := int((censored & ~data.classes.positive).sum()):
        yield CensoredEarly(count, data.classes.code, months, name)


def _stated_months(label: str, column: str) -> float | None:
    """The months within which an outcome occurs, by its label or the name of its column."""
    if stated := re.search(r"within (\d+(?:\.\d+)?) months?", label.casefold()):
        return float(stated[1])
    return PRIMARY_RESISTANCE if "primary_resistance" in column.casefold() else None


def _contradicted(data: KnownOutcome, window: Window) -> Iterator[Contradicted]:
    events, _ = _before(window.endpoint, window.within, data.patients.account.keep)
    if count := int((events & ~data.classes.positive).sum()):
        yield Contradicted(count, data.classes.code, window)


def _before(endpoint: Endpoint, limit: float, keep: Mask) -> tuple[Mask, Mask]:
    """Analysed rows with the event before a time, and rows censored before it; shape (n,)."""
    time, event = endpoint.time[keep], endpoint.event[keep]
    early = time < limit - time_tolerance(time[~np.isnan(time)])
    return early & (event == 1), early & (event == 0)


def _limits_at_cuts(patients: Patients, classes: Classes) -> Iterator[LimitAtCut]:
    """Detection limits that a given cut-off, equal to them, calls positive."""
    for name, cuts in classes.fixed.items():
        columns = patients.markers[name].columns if name in patients.markers else ()
        if len(columns) != 1:
            continue
        column, keep = patients.cohort.column(columns[0]), patients.account.keep
        sign: Literal["<", ">"] = "<" if classes.higher[name] else ">"
        for cut in cuts:
            if cells := _limits_equal_to(column, sign, cut, keep):
                yield LimitAtCut(patients.markers[name].label, sign, cut, cells)


def _limits_equal_to(column: Column, sign: str, cut: float, keep: Mask) -> int:
    """Number of cells of kept rows that are this detection limit; `<=20` may be 20 itself."""
    return sum(
        cell.startswith(sign)
        and not cell.startswith(f"{sign}=")
        and column.format.limit(cell) == cut
        for row, cell in column.limits.items()
        if keep[row]
    )


def _few_in_class(patients: Patients, subset: SetCurves, *, known: bool) -> Iterator[FewInClass]:
    few = min(subset.positives, subset.negatives)
    if few < FEW_IN_CLASS:
        group = None if patients.group is None else subset.group
        marker = patients.label_of[subset.markers[0].name] if patients.differ_by_marker else None
        untestable = known and few == 1
        yield FewInClass(group, marker, few, subset.positives == few, untestable=untestable)


def _of_area(patients: Patients, called: str, marker: MarkerCurve) -> Iterator[ResultFinding]:
    separated = False
    if marker.model is not None:
        separated = marker.model.separated
        if separated:
            yield Separated(called)
        if marker.model.dropped.any():
            terms = np.array(["", *parts_of(marker.name)])[marker.model.dropped]
            yield Collinear(called, tuple(terms.tolist()))
    if marker.area.auc in (0.0, 1.0) and not separated:
        yield Perfect(called)
    if marker.area.auc < 0.5:
        yield BelowHalf(called, marker.higher, _direction_by(patients, marker))


def _direction_by(
    patients: Patients, marker: MarkerCurve
) -> Literal["model", "option", "all patients", "medians"]:
    if marker.model is not None:
        return "model"
    if patients.spec.direction != "auto":
        return "option"
    return "medians" if patients.group is None else "all patients"


def _of_cutoffs(subset: SetCurves, called: str, marker: MarkerCurve) -> Iterator[ResultFinding]:
    """Findings on the cut-offs that a ROC criterion chose."""
    if not marker.chosen:
        return
    if len(marker.chosen) > 1:
        yield Tied(called, len(marker.chosen))
    at = middle(marker.cutoffs).threshold
    share = float((marker.values >= at if marker.higher else marker.values <= at).mean())
    share = min(share, 1 - share)
    if share < EDGE:
        yield AtEdge(called, share)
    for optimism in subset.optimism:
        if optimism.marker == marker.name:
            yield from _wide(called, optimism.interval)


def _wide(called: str, interval: CutoffInterval) -> Iterator[Wide]:
    wide = Wide(called, interval)
    if wide.of_patients or wide.of_range:
        yield wide
