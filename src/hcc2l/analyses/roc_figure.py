"""The figures of a ROC analysis, as finished tables."""

from __future__ import annotations

from collections.abc import Sequence

from hcc2l.analyses.roc_data import RocData
from hcc2l.analyses.roc_results import GroupResult
from hcc2l.analyses.roc_search import curve_table, judged_of, statistics_table
from hcc2l.analyses.roc_tables import direction_words, rule
from hcc2l.report import Figure, Row, Table, Value

LOG_SPAN = 50.0  # a marker whose largest value is so many times its smallest gets a log axis


def roc_figure(data: RocData, results: Sequence[GroupResult], tables: Sequence[Table]) -> Figure:
    """The figure that `--which` asks for."""
    which = data.spec.figure
    if which == "maxstat":
        options = _panels(data, [(r.name, s.name) for r in results for s in r.selected])
        assert data.survival is not None
        options["y_label"] = "Standardised log-rank statistic"
        options["x_labels"] = tuple(_axis(data, s.name) for r in results for s in r.selected)
        maxima = next(t for t in tables if t.name == "maxstat")
        return Figure("maxstat", {"statistics": statistics_table(results), "maxstat": maxima},
                      options)  # fmt: skip
    options = _panels(data, [(one.group, one.name) for _, one in judged_of(results)])
    options["x_labels"] = tuple(_axis(data, one.name) for _, one in judged_of(results))
    options["ci"] = f"{data.spec.conf_level * 100:g}% CI"
    steps = which == "thresholds"
    drawn = {"curve": _steps(results) if steps else curve_table(results),
             "points": _points(data, results, tables),
             "markers": next(t for t in tables if t.name == "markers")}  # fmt: skip
    return Figure("thresholds" if steps else "roc", drawn, options)


def _steps(results: Sequence[GroupResult]) -> Table:
    """Rates of a cut-off at each observed value; they change there, and not halfway between.

    The last row of a curve, `cutoff` null, is of a cut-off beyond all values.
    """
    rows: list[Row] = []
    for result, one in judged_of(results):
        curve = one.curve
        at = [*(curve.levels if curve.higher else -curve.levels).tolist(), None]
        rates = curve.sensitivity.tolist(), curve.specificity.tolist()
        for cutoff, se, sp in zip(at, *rates, strict=True):
            rows.append({"group": result.name, "marker": one.name, "cutoff": cutoff,
                         "sensitivity": se, "specificity": sp})  # fmt: skip
    return Table("steps", "Rates by cut-off", tuple(rows[0]), tuple(rows))


def _panels(data: RocData, keys: Sequence[tuple[str, str]]) -> dict[str, Value | tuple[Value, ...]]:
    """Groups and markers of the curves in order, and what each is called."""
    labels, grouped = data.label_of, data.group is not None
    one_marker = len({name for _, name in keys}) == 1
    names = []
    for group, name in keys:
        shown = group if grouped and one_marker else labels[name]
        names.append(f"{labels[name]}, {group}" if grouped and not one_marker else shown)
    only = labels[keys[0][1]] if grouped and one_marker else None
    return {
        "groups": tuple(g for g, _ in keys), "names": tuple(n for _, n in keys),
        "labels": tuple(names), "log": tuple(_spans(data, name) for _, name in keys),
        "legend": f"{only}, by {data.group.label}" if only and data.group is not None else None,
    }  # fmt: skip


def _spans(data: RocData, name: str) -> bool:
    """Whether a marker's own axis is a logarithmic one."""
    if name not in data.markers:
        return False
    values = data.markers[name].values
    if float(values.min()) < 0:
        return False
    return float(values.max()) / float(values[values > 0].min()) > LOG_SPAN  # a 0 has its own place


def _axis(data: RocData, name: str) -> str:
    if name not in data.markers:
        return f"Predicted probability ({data.label_of[name]})"
    marker = data.markers[name]
    return f"{marker.label}, {marker.unit}" if marker.unit else marker.label


def _points(data: RocData, results: Sequence[GroupResult], tables: Sequence[Table]) -> Table:
    """The cut-offs on the curves, with what is written beside them."""
    judged = {(one.group, one.name): one for _, one in judged_of(results)}
    rows: list[Row] = []
    for cut in next(t for t in tables if t.name == "cutoffs").rows:
        key = (str(cut["group"]), str(cut["marker"]))
        rows.append({"group": key[0], "marker": key[1], "criterion": cut["criterion"],
                     "threshold": cut["threshold"], "sensitivity": cut["sensitivity"],
                     "specificity": cut["specificity"],
                     "rule": rule(data, judged[key], cut["threshold"]),
                     "direction": direction_words(data, key[1], judged[key].higher)})  # fmt: skip
    return Table("points", "Cut-offs", tuple(rows[0]), tuple(rows))
