"""The tables of the ROC curves."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from typing import cast

from hcc2l.analyses.roc.comparisons import GroupDifference, MarkerDifference, holm
from hcc2l.analyses.roc.curves import MarkerCurve
from hcc2l.analyses.roc.cutoffs import CutoffInterval, counts_at
from hcc2l.analyses.roc.data import Classes, KnownOutcome, Patients, TimeDependent, parts_of
from hcc2l.analyses.roc.results import Curves
from hcc2l.analyses.roc.rules import direction_words, rule
from hcc2l.numerals import confidence, confidence_level, plain
from hcc2l.report import Column, Row, Table, Value, finite
from hcc2l.stats import roc
from hcc2l.wording import in_sentence

CRITERIA = {"youden": "Youden", "topleft": "Closest to (0, 1)", "maxstat": "Max. log-rank",
            "fixed": "Fixed"}  # fmt: skip
CHOICES = {"youden": "largest Youden index", "topleft": "closest to the top-left corner (0, 1)",
           "maxstat": "largest log-rank statistic"}  # fmt: skip
INTERVALS = {"wilson": "Wilson", "clopper-pearson": "Clopper–Pearson"}
RATES = {"sensitivity": "Sensitivity", "specificity": "Specificity", "ppv": "PPV", "npv": "NPV"}
WITHIN = "Within: share of the patients whose value lies within the interval of the cut-off."
OWN_PATIENTS = (
    "Each marker was evaluated in all patients in whom it was known; the AUCs and cut-offs of "
    "different markers must not be compared."
)


def known_tables(data: KnownOutcome, curves: Curves) -> list[Table]:
    """Areas, cut-offs, comparisons and combinations, of a known outcome."""
    patients, classes = data.patients, data.classes
    interval = INTERVALS[patients.spec.ci]
    how = f"AUC: DeLong, p against 0.5. Proportions: {interval} intervals."
    statistic = Column("t", ("statistic",)), Column("df", ("df",))
    return [
        _markers(classes, curves),
        _cutoffs(curves),
        _summary(patients, classes, curves, limited=tuple(RATES), how=how),
        *_partial(patients, curves),
        *_between_markers(patients, curves, "DeLong, paired"),
        *_between_groups(patients, curves, "DeLong, unpaired", statistic),
        *_combinations(curves),
        *_optimism(patients, curves),
    ]


def timed_tables(data: TimeDependent, curves: Curves) -> list[Table]:
    """Areas, cut-offs and comparisons, of a time-dependent outcome."""
    patients, classes = data.patients, data.classes
    bootstrap = "; bootstrap intervals" if patients.spec.samples else ""
    how = f"Cumulative/dynamic ROC curve, weighted by inverse probability of censoring{bootstrap}."
    limited = "sensitivity", "specificity"
    return [
        _markers(classes, curves),
        _cutoffs(curves),
        _summary(patients, classes, curves, limited=limited, how=how),
        *_partial(patients, curves),
        *_between_markers(patients, curves, "paired bootstrap"),
        *_between_groups(patients, curves, "bootstrap", (Column("z", ("statistic",)),)),
        *_optimism(patients, curves),
    ]


def machine_table(name: str, title: str, rows: Sequence[Row]) -> Table:
    """A table for JSON and CSV alone."""
    return Table(name, title, tuple(rows[0]), tuple(rows))


def naming(patients: Patients) -> tuple[Column, ...]:
    """The columns that identify a row: group, if any, and marker."""
    marker = Column("Marker", ("marker",), labels=patients.label_of)
    if patients.group is None:
        return (marker,)
    return Column(patients.group.label, ("group",)), marker


def _markers(classes: Classes, curves: Curves) -> Table:
    rows: list[Row] = [
        {"group": subset.group, "marker": marker.name, "outcome": classes.code, "n": subset.n,
         "positives": subset.positives, "direction": "higher" if marker.higher else "lower",
         "auc": finite(marker.area.auc), "std_err": finite(marker.area.std_err),
         "lower": finite(marker.limits[0]), "upper": finite(marker.limits[1]),
         "p": finite(marker.area.p)}
        for subset in curves.sets for marker in subset.markers
    ]  # fmt: skip
    return machine_table("markers", "Areas under the ROC curve", rows)


def _cutoffs(curves: Curves) -> Table:
    rows: list[Row] = [
        {"group": marker.group, "marker": marker.name, "criterion": cut.criterion,
         "threshold": finite(cut.threshold),
         "observed": finite(roc.observed(marker.curve, cut.place)),
         **_operating_point(marker, index)}
        for marker in curves.markers for index, cut in enumerate(marker.cutoffs)
    ]  # fmt: skip
    return machine_table("cutoffs", "Cut-offs", rows)


def _operating_point(marker: MarkerCurve, index: int) -> dict[str, Value]:
    """Counts and rates at one of the cut-offs of a marker, with their limits."""
    counts = counts_at(marker.curve, marker.cutoffs[index])
    point: dict[str, Value] = {
        "youden": finite(counts.youden), "tp": _count(counts.tp), "fp": _count(counts.fp),
        "tn": _count(counts.tn), "fn": _count(counts.fn),
    }  # fmt: skip
    for name in counts.proportions:
        point |= _rate(marker, index, name)
    return point | {
        "lr_positive": finite(counts.lr_positive), "lr_negative": finite(counts.lr_negative),
    }  # fmt: skip


def _rate(marker: MarkerCurve, index: int, name: str) -> dict[str, Value]:
    """A rate at one of the cut-offs of a marker, with its limits."""
    count, total = counts_at(marker.curve, marker.cutoffs[index]).proportions[name]
    lower, upper = marker.rate_limits[index].get(name, (math.nan, math.nan))
    return {name: count / total if total > 0 else None,
            f"{name}_lower": finite(lower), f"{name}_upper": finite(upper)}  # fmt: skip


def _count(value: float) -> int | float:
    """A (weighted) count; whole numbers as int."""
    return int(value) if float(value).is_integer() else max(value, 0.0)


def _summary(
    patients: Patients, classes: Classes, curves: Curves, limited: Collection[str], how: str
) -> Table:
    """The table of a paper; `limited` are the rates with limits, `how` they were estimated."""
    rows = list(_summary_rows(patients, curves))
    names = dict.fromkeys((marker.name, marker.higher) for marker in curves.markers)
    words = "; ".join(direction_words(patients, classes, *name) for name in names)
    notes = [f"{words}.", f"Cut-off: {CHOICES[patients.spec.criterion]}. {how}"]
    if patients.differ_by_marker:
        notes.append(OWN_PATIENTS)
    title = _summary_title(patients, classes)
    columns = tuple(_summary_columns(patients, rows, limited))
    return Table("summary", title, tuple(rows[0]), tuple(rows), columns, tuple(notes))


def _summary_rows(patients: Patients, curves: Curves) -> Iterator[Row]:
    """One row for each cut-off, the area beside the first of each marker."""
    for subset in curves.sets:
        for marker in subset.markers:
            for index, cut in enumerate(marker.cutoffs):
                area = (marker.area.auc, *marker.limits, marker.area.p)
                shown = [finite(value) if index == 0 else None for value in area]
                row: dict[str, Value] = {
                    "group": subset.group, "marker": marker.name, "n": subset.n,
                    "positives": subset.positives,
                    **dict(zip(("auc", "lower", "upper", "p"), shown, strict=True)),
                    "criterion": cut.criterion,
                    "rule": rule(patients, marker, finite(cut.threshold)),
                    "observed": finite(roc.observed(marker.curve, cut.place)),
                }  # fmt: skip
                for name in RATES:
                    row |= _rate(marker, index, name)
                yield row


def _summary_title(patients: Patients, classes: Classes) -> str:
    if patients.group is not None:
        return f"Markers of {classes.words}, by {in_sentence(patients.group.label)}"
    if patients.differ_by_marker:
        return f"Markers of {classes.words}"
    positive = classes.positive
    return f"Markers of {classes.words}: {int(positive.sum())} of {positive.size} patients"


def _summary_columns(
    patients: Patients, rows: Sequence[Row], limited: Collection[str]
) -> Iterator[Column]:
    ci = f"({confidence(patients.spec.conf_level)})"
    yield from naming(patients)
    if patients.group is not None or patients.differ_by_marker:
        yield Column("n", ("n",))
        yield Column("With outcome", ("positives",))
    yield Column(f"AUC {ci}", ("auc", "lower", "upper"), form="effect", kind="estimate", decimals=3)
    yield Column("p", ("p",))
    if len({row["criterion"] for row in rows}) > 1:
        yield Column("Cut-off by", ("criterion",), labels=CRITERIA)
    yield Column("Positive if", ("rule",))
    if patients.spec.observed:
        yield Column("Observed", ("observed",))
    for name, label in RATES.items():
        if name in limited:
            keys = (name, f"{name}_lower", f"{name}_upper")
            yield Column(f"{label} {ci}", keys, form="interval")
        else:
            yield Column(label, (name,))


def _partial(patients: Patients, curves: Curves) -> Iterator[Table]:
    if patients.spec.partial is None:
        return
    focus, _, low = patients.spec.partial.partition("=")
    rows: list[Row] = []
    for marker in curves.markers:
        area, corrected = roc.partial_area(marker.curve, float(low), cast(roc.Focus, focus))
        rows.append({"group": marker.group, "marker": marker.name, "partial_auc": finite(area),
                     "partial_auc_corrected": finite(corrected)})  # fmt: skip
    columns = (
        *naming(patients),
        Column("Partial AUC", ("partial_auc",), decimals=3),
        Column("Corrected", ("partial_auc_corrected",), decimals=3),
    )
    note = "Corrected (McClish): 0.5 for an uninformative marker, 1 for a perfect one."
    title = f"Partial AUC at a {focus} of {plain(float(low))} or higher"
    yield Table("partial", title, tuple(rows[0]), tuple(rows), columns, (note,))


def _between_markers(patients: Patients, curves: Curves, how: str) -> Iterator[Table]:
    """Differences between markers; `how` they were tested."""
    differences = curves.between_markers
    if not differences:
        return
    rows: list[Row] = [
        {"group": d.group, "marker_a": d.marker_a, "marker_b": d.marker_b,
         **_tested(patients, d), "p_adjusted": finite(p)}
        for d, p in zip(differences, holm(differences), strict=True)
    ]  # fmt: skip
    labels = patients.label_of
    pair = (
        Column("Marker", ("marker_a",), labels=labels),
        Column("versus", ("marker_b",), labels=labels),
    )
    group = () if patients.group is None else (Column(patients.group.label, ("group",)),)
    columns = (*group, *pair, *_test_columns(patients, rows, (Column("z", ("statistic",)),)))
    title = f"Differences of AUC ({how})"
    yield Table("comparisons", title, tuple(rows[0]), tuple(rows), columns)


def _between_groups(
    patients: Patients, curves: Curves, how: str, statistic: tuple[Column, ...]
) -> Iterator[Table]:
    """Differences between groups; `how` they were tested, and the columns of the statistic."""
    differences = curves.between_groups
    if not differences:
        return
    rows: list[Row] = [
        {"marker": d.marker, "group_a": d.group_a, "group_b": d.group_b, **_tested(patients, d),
         "df": finite(d.test.df), "p_adjusted": finite(p)}
        for d, p in zip(differences, holm(differences), strict=True)
    ]  # fmt: skip
    columns = (
        Column("Marker", ("marker",), labels=patients.label_of), Column("Group", ("group_b",)),
        Column("versus", ("group_a",)), *_test_columns(patients, rows, statistic),
    )  # fmt: skip
    title = f"Differences of AUC between groups ({how})"
    yield Table("group_comparisons", title, tuple(rows[0]), tuple(rows), columns)


def _tested(patients: Patients, difference: MarkerDifference | GroupDifference) -> dict[str, Value]:
    test = difference.test
    lower, upper = test.limits(patients.spec.conf_level)
    return {"difference": finite(test.difference), "std_err": finite(test.std_err),
            "lower": finite(lower), "upper": finite(upper),
            "statistic": finite(test.statistic), "p": finite(test.p)}  # fmt: skip


def _test_columns(
    patients: Patients, rows: Sequence[Row], statistic: tuple[Column, ...]
) -> Iterator[Column]:
    level = confidence_level(patients.spec.conf_level)
    keys = ("difference", "lower", "upper")
    yield Column(f"Difference ({level} CI)", keys, form="interval", decimals=3)
    yield from statistic
    yield Column("p", ("p",))
    if len(rows) > 1:
        yield Column("p, Holm", ("p_adjusted",))


def _combinations(curves: Curves) -> Iterator[Table]:
    """Coefficients of the logistic model of each combination, to apply it in other patients."""
    rows: list[Row] = []
    for marker in curves.markers:
        if marker.model is not None:
            terms = ["(intercept)", *parts_of(marker.name)]
            for term, coef, std_err in zip(
                terms, marker.model.coef, marker.model.std_err, strict=True
            ):
                rows.append({"group": marker.group, "marker": marker.name, "term": term,
                             "coef": finite(coef), "std_err": finite(std_err)})  # fmt: skip
    if rows:
        yield machine_table("combinations", "Logistic models of the combinations", rows)


def _optimism(patients: Patients, curves: Curves) -> Iterator[Table]:
    """The bootstrap of every chosen cut-off: its interval, and performance in other patients."""
    if not curves.validated:
        return
    rows: list[Row] = [
        {"group": subset.group, "marker": o.marker, **interval_cells(o.interval),
         "sensitivity_apparent": finite(o.sensitivity),
         "sensitivity_oob": finite(o.sensitivity_oob),
         "specificity_apparent": finite(o.specificity),
         "specificity_oob": finite(o.specificity_oob),
         "youden_apparent": finite(o.youden), "youden_oob": finite(o.youden_oob),
         "youden_corrected": finite(o.youden_corrected),
         "auc_apparent": finite(o.auc), "auc_corrected": finite(o.auc_corrected)}
        for subset in curves.sets for o in subset.optimism
    ]  # fmt: skip
    columns = (
        *interval_columns(patients),
        Column("Sensitivity", ("sensitivity_apparent",)),
        Column("out of bag", ("sensitivity_oob",)),
        Column("Specificity", ("specificity_apparent",)),
        Column("out of bag", ("specificity_oob",)),
        Column("Youden", ("youden_apparent",)), Column("corrected", ("youden_corrected",)),
        Column("AUC", ("auc_apparent",), decimals=3),
        Column("corrected", ("auc_corrected",), decimals=3),
    )  # fmt: skip
    notes = (
        WITHIN,
        "Out of bag: mean in the patients outside each bootstrap sample, at the cut-off chosen in "
        "that sample.",
        "Corrected: apparent value minus mean optimism (value in the sample minus value in all "
        "patients).",
    )
    title = f"Internal validation of the cut-offs ({patients.spec.samples} bootstrap samples)"
    yield Table("optimism", title, tuple(rows[0]), tuple(rows), columns, notes)


def interval_columns(patients: Patients) -> tuple[Column, ...]:
    """The columns of the interval of a cut-off."""
    level = confidence_level(patients.spec.conf_level)
    keys = ("threshold", "threshold_lower", "threshold_upper")
    return (*naming(patients), Column(f"Cut-off ({level} CI)", keys, form="interval"),
            Column("Within", ("share_within",), decimals=0))  # fmt: skip


def interval_cells(interval: CutoffInterval) -> dict[str, Value]:
    """A cut-off, its percentile limits, and the share of the patients between them."""
    return {"samples": interval.samples, "threshold": finite(interval.threshold),
            "threshold_lower": finite(interval.lower), "threshold_upper": finite(interval.upper),
            "share_within": finite(interval.share)}  # fmt: skip


def curve_table(curves: Curves) -> Table:
    """Every operating point of every curve; at the first all patients are positive."""
    rows: list[Row] = []
    for marker in curves.markers:
        curve = marker.curve
        arrays = (curve.threshold, curve.sensitivity, curve.specificity)
        for t, se, sp in zip(*(a.tolist() for a in arrays), strict=True):
            rows.append({"group": marker.group, "marker": marker.name, "threshold": finite(t),
                         "sensitivity": se, "specificity": sp})  # fmt: skip
    return machine_table("curve", "Operating points", rows)
