"""The data of the figures of a ROC analysis."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

from hcc2l.analyses.regression.models import number
from hcc2l.analyses.roc.data import RocData
from hcc2l.analyses.roc.results import GroupResult, Judged, Selected
from hcc2l.analyses.roc.search import judged_of
from hcc2l.analyses.roc.tables import rule
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
    Table,
    ThresholdsFigure,
)
from hcc2l.wording import in_sentence

LOG_SPAN = 50.0  # ratio of the largest to the smallest positive value above which the axis is log


def roc_figure(data: RocData, results: Sequence[GroupResult], tables: Sequence[Table]) -> Figure:
    """The figure that `--which` selects."""
    if data.spec.figure == "maxstat":
        return MaxstatFigure(tuple(_statistics(data, results)), "Standardised log-rank statistic")
    markers = [marker for _, marker in judged_of(results)]
    points = tuple(_points(data, markers, next(t for t in tables if t.name == "cutoffs")))
    label = _labels(data, [marker.name for marker in markers])
    if data.spec.figure == "thresholds":
        return ThresholdsFigure(tuple(_rates(data, m, label(m)) for m in markers), points)
    legend = None
    if data.group is not None and len({marker.name for marker in markers}) == 1:
        legend = f"{data.label_of[markers[0].name]}, by {in_sentence(data.group.label)}"
    ci = confidence(data.spec.conf_level)
    return RocFigure(tuple(_curve(m, label(m)) for m in markers), points, legend, ci)


def _labels(data: RocData, names: Sequence[str]) -> Callable[[Judged | Selected], str]:
    """How curves are called: by their marker, their group, or both, whichever tells them apart."""
    one_marker = len(set(names)) == 1

    def label(marker: Judged | Selected) -> str:
        text = data.label_of[marker.name]
        if data.group is None:
            return text
        return marker.group if one_marker else f"{text}, {marker.group}"

    return label


def _curve(marker: Judged, label: str) -> RocCurve:
    lower, upper = (number(limit) for limit in marker.limits)
    return RocCurve(
        group=marker.group, marker=marker.name, label=label, auc=marker.area.auc, lower=lower,
        upper=upper, sensitivity=numbers(marker.curve.sensitivity),
        specificity=numbers(marker.curve.specificity),
    )  # fmt: skip


def _rates(data: RocData, marker: Judged, label: str) -> RatesByCutoff:
    """Rates of a cut-off at each observed value where they change."""
    curve = marker.curve
    return RatesByCutoff(
        group=marker.group, marker=marker.name, label=label, x_label=_axis(data, marker.name),
        log=_spans(data, marker.name),
        cutoff=(*numbers(curve.levels if curve.higher else -curve.levels), None),
        sensitivity=numbers(curve.sensitivity), specificity=numbers(curve.specificity),
    )  # fmt: skip


def _points(data: RocData, markers: Sequence[Judged], cutoffs: Table) -> Iterator[CutoffPoint]:
    """The cut-offs on the curves, with the rule that each is."""
    judged = {(marker.group, marker.name): marker for marker in markers}
    rates = zip(cutoffs.numbers("sensitivity"), cutoffs.numbers("specificity"), strict=True)
    thresholds = cutoffs.numbers("threshold")
    for row, threshold, of_row in zip(cutoffs.rows, thresholds, rates, strict=True):
        key = (str(row["group"]), str(row["marker"]))
        sensitivity, specificity = (math.nan if rate is None else rate for rate in of_row)
        yield CutoffPoint(
            *key, str(row["criterion"]), threshold, sensitivity, specificity,
            rule(data, judged[key], threshold),
        )  # fmt: skip


def _statistics(data: RocData, results: Sequence[GroupResult]) -> Iterator[StatisticByCutpoint]:
    """The statistic of every cut-point; the p of the largest is the one to be reported."""
    selected = [marker for result in results for marker in result.selected]
    label = _labels(data, [marker.name for marker in selected])
    for marker in selected:
        maximum = marker.maximum
        yield StatisticByCutpoint(
            group=marker.group, marker=marker.name, label=label(marker),
            x_label=_axis(data, marker.name), log=_spans(data, marker.name),
            best=maximum.cutpoint, largest=maximum.statistic, p=marker.p[0][1],
            cutpoint=numbers(maximum.cutpoints), statistic=numbers(maximum.statistics),
        )  # fmt: skip


def _spans(data: RocData, name: str) -> bool:
    """Whether a marker's axis is logarithmic."""
    if name not in data.markers:
        return False
    values = data.markers[name].values
    if float(values.min()) < 0:
        return False
    return (
        float(values.max()) / float(values[values > 0].min()) > LOG_SPAN
    )  # 0 has a place of its own


def _axis(data: RocData, name: str) -> str:
    if name not in data.markers:
        return f"Predicted probability ({data.label_of[name]})"
    marker = data.markers[name]
    return f"{marker.label}, {marker.unit}" if marker.unit else marker.label
