"""What the figures of a ROC analysis show: curves, rates by cut-off, statistics by cut-point."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from hcc2l.analyses.roc.curves import MarkerCurve
from hcc2l.analyses.roc.cutoffs import counts_at
from hcc2l.analyses.roc.data import MaximallySelected, Patients
from hcc2l.analyses.roc.maxstat import Maxima, Maximum
from hcc2l.analyses.roc.results import Curves
from hcc2l.analyses.roc.rules import rule
from hcc2l.analyses.survival_figure import numbers
from hcc2l.numerals import confidence
from hcc2l.report import (
    CutoffPoint,
    Figure,
    MaxstatFigure,
    RatesByCutoff,
    RocCurve,
    RocFigure,
    StatisticByCutpoint,
    ThresholdsFigure,
    finite,
)
from hcc2l.wording import in_sentence

LOG_SPAN = 50.0  # ratio of the largest to the smallest positive value above which the axis is log


def maxstat_figure(data: MaximallySelected, maxima: Maxima) -> Figure:
    """The log-rank statistic of every cut-point."""
    label = _labels(data.patients, [found.name for found in maxima.maxima])
    statistics = (_statistic(data.patients, found, label(found)) for found in maxima.maxima)
    return MaxstatFigure(tuple(statistics), "Standardised log-rank statistic")


def curve_figure(patients: Patients, curves: Curves, outcome: str | None = None) -> Figure:
    """The ROC curves, or the rates by threshold, as `--which` selects.

    The legend names the outcome if it is given: the event by a time.
    """
    markers = curves.markers
    points = tuple(_points(patients, markers))
    label = _labels(patients, [marker.name for marker in markers])
    if patients.spec.figure == "thresholds":
        return ThresholdsFigure(tuple(_rates(patients, m, label(m)) for m in markers), points)
    legend = None if outcome is None else outcome[:1].upper() + outcome[1:]
    if patients.group is not None and len({marker.name for marker in markers}) == 1:
        only = patients.label_of[markers[0].name]
        by = f"{only}, by {in_sentence(patients.group.label)}"
        legend = by if legend is None else f"{legend}: {by}"
    ci = confidence(patients.spec.conf_level)
    return RocFigure(tuple(_curve(m, label(m)) for m in markers), points, legend, ci)


def _labels(patients: Patients, names: Sequence[str]) -> Callable[[MarkerCurve | Maximum], str]:
    """How curves are called: by their marker, their group, or both, whichever tells them apart.

    Where the patients differ by marker, with their number.
    """
    one_marker = len(set(names)) == 1

    def label(marker: MarkerCurve | Maximum) -> str:
        text = patients.label_of[marker.name]
        if patients.group is not None:
            text = marker.group if one_marker else f"{text}, {marker.group}"
        return f"{text} (n = {marker.n})" if patients.differ_by_marker else text

    return label


def _curve(marker: MarkerCurve, label: str) -> RocCurve:
    lower, upper = (finite(limit) for limit in marker.limits)
    return RocCurve(
        group=marker.group, marker=marker.name, label=label, auc=marker.area.auc, lower=lower,
        upper=upper, sensitivity=numbers(marker.curve.sensitivity),
        specificity=numbers(marker.curve.specificity),
    )  # fmt: skip


def _rates(patients: Patients, marker: MarkerCurve, label: str) -> RatesByCutoff:
    """Rates of a cut-off at each observed value where they change."""
    curve = marker.curve
    return RatesByCutoff(
        group=marker.group, marker=marker.name, label=label, x_label=_axis(patients, marker.name),
        log=_spans(patients, marker.name),
        cutoff=(*numbers(curve.levels if curve.higher else -curve.levels), None),
        sensitivity=numbers(curve.sensitivity), specificity=numbers(curve.specificity),
    )  # fmt: skip


def _points(patients: Patients, markers: Sequence[MarkerCurve]) -> Iterator[CutoffPoint]:
    """The cut-offs on the curves, with the rule that each is."""
    for marker in markers:
        for cut in marker.cutoffs:
            rates = counts_at(marker.curve, cut).proportions
            sensitivity, specificity = (
                count / total for count, total in (rates["sensitivity"], rates["specificity"])
            )
            threshold = finite(cut.threshold)
            yield CutoffPoint(
                marker.group, marker.name, cut.criterion, threshold, sensitivity, specificity,
                rule(patients, marker, threshold),
            )  # fmt: skip


def _statistic(patients: Patients, found: Maximum, label: str) -> StatisticByCutpoint:
    """The statistic of every cut-point; the p of the largest is the one to be reported."""
    maximum = found.maximum
    return StatisticByCutpoint(
        group=found.group, marker=found.name, label=label, x_label=_axis(patients, found.name),
        log=_spans(patients, found.name), best=maximum.cutpoint, largest=maximum.statistic,
        p=found.p[found.reported], cutpoint=numbers(maximum.cutpoints),
        statistic=numbers(maximum.statistics),
    )  # fmt: skip


def _spans(patients: Patients, name: str) -> bool:
    """Whether a marker's axis is logarithmic."""
    if name not in patients.markers:
        return False
    values = patients.markers[name].values[patients.known(name)]
    if float(values.min()) < 0:
        return False
    return (
        float(values.max()) / float(values[values > 0].min()) > LOG_SPAN
    )  # 0 has a place of its own


def _axis(patients: Patients, name: str) -> str:
    if name not in patients.markers:
        return f"Predicted probability ({patients.label_of[name]})"
    marker = patients.markers[name]
    return f"{marker.label}, {marker.unit}" if marker.unit else marker.label
