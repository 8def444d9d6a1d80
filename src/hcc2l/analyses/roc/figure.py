"""The data of the figures of a ROC analysis."""

from __future__ import annotations

from collections.abc import Sequence

from hcc2l.analyses.roc.data import RocData
from hcc2l.analyses.roc.results import GroupResult
from hcc2l.analyses.roc.search import curve_table, judged_of, statistics_table
from hcc2l.analyses.roc.tables import direction_words, rule
from hcc2l.report import Figure, Row, Table, Value
from hcc2l.wording import in_sentence

LOG_SPAN = 50.0  # ratio of the largest to the smallest positive value above which the axis is log


def roc_figure(data: RocData, results: Sequence[GroupResult], tables: Sequence[Table]) -> Figure:
    """The figure that `--which` selects."""
    which = data.spec.figure
    if which == "maxstat":
        options = _panels(data, [(r.name, s.name) for r in results for s in r.selected])
        assert data.survival is not None
        options["y_label"] = "Standardised log-rank statistic"
        options["x_labels"] = tuple(_axis(data, s.name) for r in results for s in r.selected)
        maxima = next(t for t in tables if t.name == "maxstat")
        return Figure("maxstat", {"statistics": statistics_table(results), "maxstat": maxima},
                      options)  # fmt: skip
    options = _panels(data, [(marker.group, marker.name) for _, marker in judged_of(results)])
    options["x_labels"] = tuple(_axis(data, marker.name) for _, marker in judged_of(results))
    options["ci"] = f"{data.spec.conf_level * 100:g}% CI"
    steps = which == "thresholds"
    drawn = {"curve": _steps(results) if steps else curve_table(results),
             "points": _points(data, results, tables),
             "markers": next(t for t in tables if t.name == "markers")}  # fmt: skip
    return Figure("thresholds" if steps else "roc", drawn, options)


def _steps(results: Sequence[GroupResult]) -> Table:
    """Rates of a cut-off at each observed value, where they change.

    The last row of each curve, `cutoff` null, is that of a cut-off beyond all values.
    """
    rows: list[Row] = []
    for result, marker in judged_of(results):
        curve = marker.curve
        at = [*(curve.levels if curve.higher else -curve.levels).tolist(), None]
        rates = curve.sensitivity.tolist(), curve.specificity.tolist()
        for cutoff, se, sp in zip(at, *rates, strict=True):
            rows.append({"group": result.name, "marker": marker.name, "cutoff": cutoff,
                         "sensitivity": se, "specificity": sp})  # fmt: skip
    return Table("steps", "Rates by cut-off", tuple(rows[0]), tuple(rows))


def _panels(data: RocData, keys: Sequence[tuple[str, str]]) -> dict[str, Value | tuple[Value, ...]]:
    """Groups and markers of the curves in order, with their labels."""
    labels, grouped = data.label_of, data.group is not None
    one_marker = len({name for _, name in keys}) == 1
    names = []
    for group, name in keys:
        short = group if grouped and one_marker else labels[name]
        names.append(f"{labels[name]}, {group}" if grouped and not one_marker else short)
    only = labels[keys[0][1]] if grouped and one_marker else None
    legend = None
    if only and data.group is not None:
        legend = f"{only}, by {in_sentence(data.group.label)}"
    return {
        "groups": tuple(g for g, _ in keys), "names": tuple(n for _, n in keys),
        "labels": tuple(names), "log": tuple(_spans(data, name) for _, name in keys),
        "legend": legend,
    }  # fmt: skip


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


def _points(data: RocData, results: Sequence[GroupResult], tables: Sequence[Table]) -> Table:
    """The cut-offs on the curves, with their labels."""
    judged = {(marker.group, marker.name): marker for _, marker in judged_of(results)}
    rows: list[Row] = []
    for cut in next(t for t in tables if t.name == "cutoffs").rows:
        key = (str(cut["group"]), str(cut["marker"]))
        rows.append({"group": key[0], "marker": key[1], "criterion": cut["criterion"],
                     "threshold": cut["threshold"], "sensitivity": cut["sensitivity"],
                     "specificity": cut["specificity"],
                     "rule": rule(data, judged[key], cut["threshold"]),
                     "direction": direction_words(data, key[1], judged[key].higher)})  # fmt: skip
    return Table("points", "Cut-offs", tuple(rows[0]), tuple(rows))
