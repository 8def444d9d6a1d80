"""The tables of a ROC analysis."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import cast

import numpy as np

from hcc2l.analyses.regression.models import number
from hcc2l.analyses.roc.data import RocData
from hcc2l.analyses.roc.results import Cutoff, GroupResult, Judged, compare_samples, quantile_limits
from hcc2l.analyses.roc.search import (
    INTERVALS,
    curve_table,
    judged_of,
    machine_table,
    maxstat_tables,
    naming,
    optimism_table,
    statistics_table,
)
from hcc2l.report import Column, Row, Table, Value
from hcc2l.stats import roc
from hcc2l.stats.multiplicity import adjust
from hcc2l.stats.proportions import proportion_limits
from hcc2l.wording import in_sentence

CRITERIA = {"youden": "Youden", "topleft": "Closest to (0, 1)", "maxstat": "Max. log-rank",
            "fixed": "Fixed"}  # fmt: skip


RATES = ("sensitivity", "specificity", "ppv", "npv", "accuracy")


def roc_tables(data: RocData, results: Sequence[GroupResult]) -> list[Table]:
    """All tables; those of the curve only with an outcome."""
    tables: list[Table] = []
    if data.positive is not None:
        cutoffs = list(_cutoff_rows(data, results))
        tables += [_markers(data, results), _cutoffs(cutoffs), _summary(data, results, cutoffs)]
        tables += _partial(data, results)
        tables += _comparisons(data, results)
        tables += _combinations(results)
    tables += maxstat_tables(data, results)
    if data.spec.samples:
        tables.append(optimism_table(data, results))
    if data.spec.curve and data.positive is not None:
        tables.append(curve_table(results))
    if data.spec.curve and data.spec.criterion == "maxstat":
        tables.append(statistics_table(results))
    return tables


def _markers(data: RocData, results: Sequence[GroupResult]) -> Table:
    rows: list[Row] = []
    for result, marker in judged_of(results):
        area = marker.area
        rows.append(
            {"group": result.name, "marker": marker.name, "outcome": data.outcome_code,
             "n": int(result.positive.size), "positives": int(result.positive.sum()),
             "direction": "higher" if marker.higher else "lower", "auc": number(area.auc),
             "std_err": number(area.std_err), "lower": number(marker.limits[0]),
             "upper": number(marker.limits[1]), "p": number(area.p)}
        )  # fmt: skip
    return machine_table("markers", "Areas under the ROC curve", rows)


def _cutoff_rows(data: RocData, results: Sequence[GroupResult]) -> Iterator[Row]:
    for result, marker in judged_of(results):
        for place, cut in enumerate(marker.cutoffs):
            yield {"group": result.name, "marker": marker.name, "criterion": cut.criterion,
                   "threshold": number(cut.threshold),
                   "observed": number(roc.observed(marker.curve, cut.place)),
                   **_operating_point(data, result, marker, cut, place)}  # fmt: skip


def _operating_point(
    data: RocData, result: GroupResult, marker: Judged, cut: Cutoff, place: int
) -> dict[str, Value]:
    """Counts and rates at a cut-off, with their limits."""
    curve = marker.curve
    tp, fp = float(curve.tp[cut.place]), float(curve.fp[cut.place])
    fn, tn = curve.positives - tp, curve.negatives - fp
    sides = {"sensitivity": (tp, tp + fn), "specificity": (tn, tn + fp), "ppv": (tp, tp + fp),
             "npv": (tn, tn + fn), "accuracy": (tp + tn, tp + fp + tn + fn)}  # fmt: skip
    lower, upper = _limits(data, result, marker, sides, place)
    point: dict[str, Value] = {
        "youden": number(tp / (tp + fn) - fp / (fp + tn)),
        "tp": _count(tp), "fp": _count(fp), "tn": _count(tn), "fn": _count(fn),
    }  # fmt: skip
    for i, (name, (count, total)) in enumerate(sides.items()):
        point[name] = count / total if total > 0 else None
        point[f"{name}_lower"], point[f"{name}_upper"] = number(lower[i]), number(upper[i])
    sensitivity, specificity = tp / (tp + fn), tn / (tn + fp)
    point["lr_positive"] = sensitivity / (1 - specificity) if fp > 0 else None
    point["lr_negative"] = (1 - sensitivity) / specificity if tn > 0 else None
    return point


def _count(value: float) -> int | float:
    """A (weighted) count; whole numbers as int."""
    return int(value) if float(value).is_integer() else max(value, 0.0)


def _limits(
    data: RocData, result: GroupResult, marker: Judged, sides: dict[str, tuple[float, float]],
    place: int,
) -> tuple[list[float], list[float]]:  # fmt: skip
    """Limits of the rates; with weights, of sensitivity and specificity alone, by bootstrap."""
    if result.weights is None:
        counts, totals = (np.array([side[i] for side in sides.values()]) for i in (0, 1))
        low, high = proportion_limits(counts, totals, data.spec.conf_level, data.spec.ci)
        return low.tolist(), high.tolist()
    lower, upper = [math.nan] * len(sides), [math.nan] * len(sides)
    if marker.samples is not None:
        at = (marker.samples.sensitivity_at, marker.samples.specificity_at)
        for i, (rates, (count, total)) in enumerate(zip(at, list(sides.values())[:2], strict=True)):
            if 0 < count < total:  # 0 and 100% are the same in every sample, without a width
                lower[i], upper[i] = quantile_limits(rates[:, place], data.spec.conf_level)
    return lower, upper


def _cutoffs(rows: Sequence[Row]) -> Table:
    return machine_table("cutoffs", "Cut-offs", rows)


def rule(data: RocData, marker: Judged, threshold: Value) -> str:
    """The values that are positive, `≥400` or `yes`, in enough digits to split alike."""
    if not isinstance(threshold, (int, float)):
        return "–"
    place = roc.place_of(marker.curve, threshold)
    levels = data.markers[marker.name].levels if marker.name in data.markers else ()
    if levels:
        above = math.ceil(threshold) if marker.higher else math.floor(threshold) + 1
        return " or ".join(levels[above:] if marker.higher else levels[:above])
    text = ""
    for digits in range(4 if marker.fit is not None else 7, 18):
        text = _written(threshold, digits)
        if roc.place_of(marker.curve, float(text)) == place:
            break
    return f"{'≥' if marker.higher else '≤'}{text}".replace("-", "−")


def _written(value: float, digits: int) -> str:
    """A number in some significant digits, without an exponent up to 10^15."""
    text = f"{value:.{digits}g}"
    if "e+" in text and abs(value) < 1e15:
        return f"{float(text):.0f}"
    return text


def direction_words(data: RocData, name: str, higher: bool) -> str:
    """`Higher AFP → primary resistance`."""
    label = data.label_of[name]
    levels = data.markers[name].levels if name in data.markers else ()
    if len(levels) == 2:
        return f"{label}: {levels[int(higher)]} → {data.outcome}"
    if name in data.spec.combine:
        return f"Higher predicted probability ({label}) → {data.outcome}"
    return f"{'Higher' if higher else 'Lower'} {label} → {data.outcome}"


def _summary(data: RocData, results: Sequence[GroupResult], cutoffs: Sequence[Row]) -> Table:
    """The table of a paper: one row for each cut-off, the area beside the first of each marker."""
    rows: list[Row] = []
    markers = {(marker.group, marker.name): marker for _, marker in judged_of(results)}
    sizes = {r.name: (int(r.positive.size), int(r.positive.sum())) for r in results}
    seen: set[tuple[str, str]] = set()
    for cut in cutoffs:
        key = (str(cut["group"]), str(cut["marker"]))
        marker, first = markers[key], key not in seen
        seen.add(key)
        n, positives = sizes[key[0]]
        rates = {
            f"{r}{end}": cut[f"{r}{end}"] for r in RATES[:4] for end in ("", "_lower", "_upper")
        }
        rows.append(
            {"group": key[0], "marker": key[1], "n": n, "positives": positives,
             "auc": number(marker.area.auc) if first else None,
             "lower": number(marker.limits[0]) if first else None,
             "upper": number(marker.limits[1]) if first else None,
             "p": number(marker.area.p) if first else None,
             "criterion": cut["criterion"],
             "rule": rule(data, marker, cut["threshold"]),
             "observed": cut["observed"], **rates}
        )  # fmt: skip
    return Table("summary", _summary_title(data, results), tuple(rows[0]), tuple(rows),
                 tuple(_summary_columns(data, cutoffs)), _summary_notes(data, results))  # fmt: skip


def _summary_title(data: RocData, results: Sequence[GroupResult]) -> str:
    if data.group is not None:
        return f"Markers of {data.outcome}, by {in_sentence(data.group.label)}"
    positive = results[0].positive
    return f"Markers of {data.outcome}: {int(positive.sum())} of {positive.size} patients"


def _summary_columns(data: RocData, cutoffs: Sequence[Row]) -> Iterator[Column]:
    ci = f"({data.spec.conf_level * 100:g}% CI)"
    marker = Column("Marker", ("marker",), labels=data.label_of)
    if data.group is not None:
        yield Column(data.group.label, ("group",))
        yield marker
        yield Column("n", ("n",))
        yield Column("With outcome", ("positives",))
    else:
        yield marker
    yield Column(f"AUC {ci}", ("auc", "lower", "upper"), form="effect", kind="estimate", decimals=3)
    yield Column("p", ("p",))
    if len({row["criterion"] for row in cutoffs}) > 1:
        yield Column("Cut-off by", ("criterion",), labels=CRITERIA)
    yield Column("Positive if", ("rule",))
    if data.spec.observed:
        yield Column("Observed", ("observed",))
    timed = data.spec.at is not None
    for name, label in (("sensitivity", "Sensitivity"), ("specificity", "Specificity"),
                        ("ppv", "PPV"), ("npv", "NPV")):  # fmt: skip
        if timed and name in ("ppv", "npv"):
            yield Column(label, (name,))
        else:
            keys = (name, f"{name}_lower", f"{name}_upper")
            yield Column(f"{label} {ci}", keys, form="interval")


def _summary_notes(data: RocData, results: Sequence[GroupResult]) -> tuple[str, ...]:
    names = dict.fromkeys((marker.name, marker.higher) for _, marker in judged_of(results))
    words = "; ".join(direction_words(data, name, higher) for name, higher in names)
    criterion = {
        "youden": "Cut-off: largest Youden index.",
        "topleft": "Cut-off: closest to the top-left corner (0, 1).",
        "maxstat": "Cut-off: largest log-rank statistic.",
    }[data.spec.criterion]
    if data.spec.at is None:
        interval = INTERVALS[data.spec.ci]
        how = f"AUC: DeLong, p against 0.5. Proportions: {interval} intervals."
    else:
        how = "Cumulative/dynamic ROC curve, weighted by inverse probability of censoring"
        how += "; bootstrap intervals." if data.spec.samples else "."
    return f"{words}.", f"{criterion} {how}"


def _partial(data: RocData, results: Sequence[GroupResult]) -> list[Table]:
    if data.spec.partial is None:
        return []
    focus, _, low = data.spec.partial.partition("=")
    rows: list[Row] = []
    for result, marker in judged_of(results):
        area, corrected = roc.partial_area(marker.curve, float(low), cast(roc.Focus, focus))
        rows.append({"group": result.name, "marker": marker.name, "partial_auc": number(area),
                     "partial_auc_corrected": number(corrected)})  # fmt: skip
    columns = (
        Column("Partial AUC", ("partial_auc",), decimals=3),
        Column("Corrected", ("partial_auc_corrected",), decimals=3),
    )
    note = "Corrected (McClish): 0.5 for an uninformative marker, 1 for a perfect one."
    title = f"Partial AUC at a {focus} of {float(low):g} or higher"
    return [Table("partial", title, tuple(rows[0]), tuple(rows),
                  (*naming(data), *columns), (note,))]  # fmt: skip


def _comparisons(data: RocData, results: Sequence[GroupResult]) -> list[Table]:
    if not data.spec.compare:
        return []
    tables = []
    rows: list[Row] = []
    for result in results:
        for first, second in combinations(result.judged, 2):
            test = _paired(data, result, first, second)
            rows.append({"group": result.name, "marker_a": first.name, "marker_b": second.name,
                         **_tested(data, test)})  # fmt: skip
    test_columns = (
        Column(f"Difference ({data.spec.conf_level * 100:g}% CI)", ("difference", "lower", "upper"),
               form="interval", decimals=3),
        Column("z", ("statistic",)), Column("p", ("p",)),
    )  # fmt: skip
    welch = (test_columns[0], Column("t", ("statistic",)), Column("df", ("df",)), test_columns[-1])
    several = (Column("p, Holm", ("p_adjusted",)),)
    if rows:
        adjusted = _with_holm(rows)
        pair = (Column("Marker", ("marker_a",), labels=data.label_of),
                Column("versus", ("marker_b",), labels=data.label_of))  # fmt: skip
        naming = pair if data.group is None else (Column(data.group.label, ("group",)), *pair)
        columns = (*naming, *test_columns, *(several if len(rows) > 1 else ()))
        how = "DeLong, paired" if data.spec.at is None else "paired bootstrap"
        tables.append(Table("comparisons", f"Differences of AUC ({how})", tuple(adjusted[0]),
                            tuple(adjusted), columns))  # fmt: skip
    between = _group_rows(data, results)
    if between:
        adjusted = _with_holm(between)
        columns = (
            Column("Marker", ("marker",), labels=data.label_of), Column("Group", ("group_b",)),
            Column("versus", ("group_a",)), *(welch if data.spec.at is None else test_columns),
            *(several if len(between) > 1 else ()),
        )  # fmt: skip
        how = "DeLong, unpaired" if data.spec.at is None else "bootstrap"
        tables.append(Table("group_comparisons", f"Differences of AUC between groups ({how})",
                            tuple(adjusted[0]), tuple(adjusted), columns))  # fmt: skip
    return tables


def _paired(data: RocData, result: GroupResult, first: Judged, second: Judged) -> roc.AreaTest:
    if data.spec.at is not None:
        return compare_samples(first, second)
    components = [
        roc.placements(m.values, result.positive, higher=m.higher) for m in (first, second)
    ]
    return roc.compare_paired(*components)


def _group_rows(data: RocData, results: Sequence[GroupResult]) -> list[Row]:
    rows: list[Row] = []
    for a, b in combinations(results, 2):
        for first, second in zip(a.judged, b.judged, strict=True):
            sizes = (b.positive.size, a.positive.size)
            test = roc.compare_unpaired(
                second.area, first.area, sizes, normal=data.spec.at is not None
            )
            rows.append({"marker": first.name, "group_a": a.name, "group_b": b.name,
                         **_tested(data, test),
                         "df": number(test.df)})  # fmt: skip
    return rows


def _tested(data: RocData, test: roc.AreaTest) -> dict[str, Value]:
    lower, upper = test.limits(data.spec.conf_level)
    return {"difference": number(test.difference), "std_err": number(test.std_err),
            "lower": number(lower), "upper": number(upper),
            "statistic": number(test.statistic), "p": number(test.p)}  # fmt: skip


def _with_holm(rows: Sequence[Row]) -> list[Row]:
    values = [row["p"] for row in rows]
    p = np.array([v if isinstance(v, float) else math.nan for v in values])
    return [
        {**row, "p_adjusted": number(q)} for row, q in zip(rows, adjust(p, "holm"), strict=True)
    ]


def _combinations(results: Sequence[GroupResult]) -> list[Table]:
    """Coefficients of the logistic model of each combination, to apply it in other patients."""
    rows: list[Row] = []
    for result, marker in judged_of(results):
        if marker.fit is None:
            continue
        terms = ["(intercept)", *(part.strip() for part in marker.name.split("+"))]
        for term, coef, std_err in zip(terms, marker.fit.coef, marker.fit.std_err, strict=True):
            rows.append({"group": result.name, "marker": marker.name, "term": term,
                         "coef": number(coef), "std_err": number(std_err)})  # fmt: skip
    return (
        [machine_table("combinations", "Logistic models of the combinations", rows)] if rows else []
    )
