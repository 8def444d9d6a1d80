"""The data of the figures of a ROC analysis."""

from __future__ import annotations

from collections.abc import Sequence

from hcc2l.analyses.roc.data import Classes, MaximallySelected, Patients
from hcc2l.analyses.roc.maxstat import Maxima
from hcc2l.analyses.roc.maxstat_tables import statistics_table
from hcc2l.analyses.roc.results import Curves
from hcc2l.analyses.roc.rules import direction_words, rule
from hcc2l.analyses.roc.tables import curve_table
from hcc2l.report import Figure, Row, Table, Value
from hcc2l.wording import in_sentence

LOG_SPAN = 50.0  # ratio of the largest to the smallest positive value above which the axis is log


def maxstat_figure(data: MaximallySelected, maxima: Maxima, tables: Sequence[Table]) -> Figure:
    """The log-rank statistic of every cut-point."""
    options = _panels(data.patients, [(found.group, found.name) for found in maxima.maxima])
    options["y_label"] = "Standardised log-rank statistic"
    options["x_labels"] = tuple(_axis(data.patients, found.name) for found in maxima.maxima)
    table = next(t for t in tables if t.name == "maxstat")
    return Figure("maxstat", {"statistics": statistics_table(maxima), "maxstat": table}, options)


def curve_figure(
    patients: Patients, classes: Classes, curves: Curves, tables: Sequence[Table]
) -> Figure:
    """The ROC curves, or the rates by threshold, as `--which` selects."""
    options = _panels(patients, [(marker.group, marker.name) for marker in curves.markers])
    options["x_labels"] = tuple(_axis(patients, marker.name) for marker in curves.markers)
    options["ci"] = f"{patients.spec.conf_level * 100:g}% CI"
    steps = patients.spec.figure == "thresholds"
    drawn = {"curve": _steps(curves) if steps else curve_table(curves),
             "points": _points(patients, classes, curves, tables),
             "markers": next(t for t in tables if t.name == "markers")}  # fmt: skip
    return Figure("thresholds" if steps else "roc", drawn, options)


def _steps(curves: Curves) -> Table:
    """Rates of a cut-off at each observed value, where they change.

    The last row of each curve, `cutoff` null, is that of a cut-off beyond all values.
    """
    rows: list[Row] = []
    for marker in curves.markers:
        curve = marker.curve
        at = [*(curve.levels if curve.higher else -curve.levels).tolist(), None]
        rates = curve.sensitivity.tolist(), curve.specificity.tolist()
        for cutoff, se, sp in zip(at, *rates, strict=True):
            rows.append({"group": marker.group, "marker": marker.name, "cutoff": cutoff,
                         "sensitivity": se, "specificity": sp})  # fmt: skip
    return Table("steps", "Rates by cut-off", tuple(rows[0]), tuple(rows))


def _panels(
    patients: Patients, keys: Sequence[tuple[str, str]]
) -> dict[str, Value | tuple[Value, ...]]:
    """Groups and markers of the curves in order, with their labels."""
    labels, grouped = patients.label_of, patients.group is not None
    one_marker = len({name for _, name in keys}) == 1
    names = []
    for group, name in keys:
        short = group if grouped and one_marker else labels[name]
        names.append(f"{labels[name]}, {group}" if grouped and not one_marker else short)
    only = labels[keys[0][1]] if grouped and one_marker else None
    legend = None
    if only and patients.group is not None:
        legend = f"{only}, by {in_sentence(patients.group.label)}"
    return {
        "groups": tuple(g for g, _ in keys), "names": tuple(n for _, n in keys),
        "labels": tuple(names), "log": tuple(_spans(patients, name) for _, name in keys),
        "legend": legend,
    }  # fmt: skip


def _spans(patients: Patients, name: str) -> bool:
    """Whether a marker's axis is logarithmic."""
    if name not in patients.markers:
        return False
    values = patients.markers[name].values
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


def _points(patients: Patients, classes: Classes, curves: Curves, tables: Sequence[Table]) -> Table:
    """The cut-offs on the curves, with their labels."""
    markers = {(marker.group, marker.name): marker for marker in curves.markers}
    rows: list[Row] = []
    for cut in next(t for t in tables if t.name == "cutoffs").rows:
        group, name = str(cut["group"]), str(cut["marker"])
        marker = markers[group, name]
        rows.append({"group": group, "marker": name, "criterion": cut["criterion"],
                     "threshold": cut["threshold"], "sensitivity": cut["sensitivity"],
                     "specificity": cut["specificity"],
                     "rule": rule(patients, marker, cut["threshold"]),
                     "direction": direction_words(patients, classes, name, marker.higher),
                     })  # fmt: skip
    return Table("points", "Cut-offs", tuple(rows[0]), tuple(rows))
