"""Tables of the search for a cut-off: bootstrap, maximally selected statistics, curves."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from hcc2l.analyses.regression.models import number
from hcc2l.analyses.roc.data import RocData
from hcc2l.analyses.roc.results import Cutoff, GroupResult, Judged, quantile_limits
from hcc2l.design import Floats
from hcc2l.report import Column, Row, Table

INTERVALS = {"wilson": "Wilson", "clopper-pearson": "Clopper–Pearson"}


METHODS = {"hl": "Hothorn–Lausen", "lau92": "Lausen–Schumacher 1992",
           "lau94": "Lausen–Schumacher 1994"}  # fmt: skip


RATES_AND_AREAS = (
    "sensitivity_apparent", "sensitivity_oob", "specificity_apparent", "specificity_oob",
    "youden_apparent", "youden_oob", "youden_corrected", "auc_apparent", "auc_corrected",
)  # fmt: skip


WITHIN = "Within: share of the patients whose value lies within the interval of the cut-off."


def judged_of(results: Sequence[GroupResult]) -> Iterator[tuple[GroupResult, Judged]]:
    """Every marker with a ROC curve, with the result of its group."""
    for result in results:
        for marker in result.judged:
            yield result, marker


def machine_table(name: str, title: str, rows: Sequence[Row]) -> Table:
    """A table for JSON and CSV alone."""
    return Table(name, title, tuple(rows[0]), tuple(rows))


def naming(data: RocData) -> tuple[Column, ...]:
    """The columns that identify a row: group, if any, and marker."""
    marker = Column("Marker", ("marker",), labels=data.label_of)
    return (marker,) if data.group is None else (Column(data.group.label, ("group",)), marker)


def optimism_table(data: RocData, results: Sequence[GroupResult]) -> Table:
    """The bootstrap of every chosen cut-off: its interval, and performance in other patients."""
    if data.spec.criterion == "maxstat":
        return _cutpoint_table(data, results)
    rows = [_optimism_row(data, result, marker) for result, marker in judged_of(results)]
    columns = [
        *_interval_columns(data),
        Column("Sensitivity", ("sensitivity_apparent",)),
        Column("out of bag", ("sensitivity_oob",)),
        Column("Specificity", ("specificity_apparent",)),
        Column("out of bag", ("specificity_oob",)),
        Column("Youden", ("youden_apparent",)), Column("corrected", ("youden_corrected",)),
        Column("AUC", ("auc_apparent",), decimals=3),
        Column("corrected", ("auc_corrected",), decimals=3),
    ]  # fmt: skip
    notes = (
        WITHIN,
        "Out of bag: mean in the patients outside each bootstrap sample, at the cut-off chosen in "
        "that sample.",
        "Corrected: apparent value minus mean optimism (value in the sample minus value in all "
        "patients).",
    )
    title = f"Internal validation of the cut-offs ({data.spec.samples} bootstrap samples)"
    return Table("optimism", title, tuple(rows[0]), tuple(rows), tuple(columns), notes)


def _cutpoint_table(data: RocData, results: Sequence[GroupResult]) -> Table:
    """The bootstrap interval of every maximally selected cut-point."""
    rows: list[Row] = []
    for result in results:
        for marker in result.selected:
            assert marker.samples is not None
            row: Row = {
                "group": result.name, "marker": marker.name,
                "samples": int(np.isfinite(marker.samples).sum()),
                **interval(data, marker.maximum.cutpoint, marker.samples, marker.values),
                **dict.fromkeys(RATES_AND_AREAS),
            }  # fmt: skip
            rows.append(row)
    title = f"Intervals of the cut-points ({data.spec.samples} bootstrap samples)"
    columns = _interval_columns(data)
    return Table("optimism", title, tuple(rows[0]), tuple(rows), columns, (WITHIN,))


def _interval_columns(data: RocData) -> tuple[Column, ...]:
    level = f"{data.spec.conf_level * 100:g}%"
    return (
        *naming(data),
        Column(f"Cut-off ({level} CI)", ("threshold", "threshold_lower", "threshold_upper"),
               form="interval"),
        Column("Within", ("share_within",), decimals=0),
    )  # fmt: skip


def interval(
    data: RocData, threshold: float, samples: Floats, values: Floats
) -> dict[str, float | None]:
    """A cut-off, its percentile limits, and the share of the patients between them."""
    lower, upper = quantile_limits(samples, data.spec.conf_level)
    share = float(((values >= lower) & (values <= upper)).mean())
    return {"threshold": number(threshold), "threshold_lower": number(lower),
            "threshold_upper": number(upper),
            "share_within": None if math.isnan(lower) else share}  # fmt: skip


def _optimism_row(data: RocData, result: GroupResult, marker: Judged) -> Row:
    samples, curve = marker.samples, marker.curve
    assert samples is not None
    cut = chosen_cutoff(marker)
    sensitivity, specificity = curve.sensitivity[cut.place], curve.specificity[cut.place]
    youden = float(sensitivity + specificity - 1)
    # Where samples choose the direction, choosing it is part of the optimism.
    auc_optimism = samples.auc - samples.auc_original
    return {"group": result.name, "marker": marker.name,
            "samples": int(np.isfinite(samples.youden).sum()),
            **interval(data, cut.threshold, samples.threshold, marker.values),
            "sensitivity_apparent": number(float(sensitivity)),
            "sensitivity_oob": number(_mean(samples.sensitivity_out)),
            "specificity_apparent": number(float(specificity)),
            "specificity_oob": number(_mean(samples.specificity_out)),
            "youden_apparent": number(youden),
            "youden_oob": number(_mean(samples.sensitivity_out + samples.specificity_out - 1)),
            "youden_corrected": number(youden - _mean(samples.youden - samples.youden_original)),
            "auc_apparent": number(marker.area.auc),
            "auc_corrected": number(marker.area.auc - _mean(auc_optimism))}  # fmt: skip


def chosen_cutoff(marker: Judged) -> Cutoff:
    """The cut-off chosen by the criterion; the middle one of several, as in the samples."""
    tied = [cut for cut in marker.cutoffs if cut.criterion != "fixed"]
    return tied[(len(tied) - 1) // 2]


def _mean(values: Floats) -> float:
    finite = values[np.isfinite(values)]
    return float(finite.mean()) if finite.size else math.nan


def maxstat_tables(data: RocData, results: Sequence[GroupResult]) -> list[Table]:
    """The maximally selected cut-points, one row for each method of adjusting p."""
    rows: list[Row] = []
    for result in results:
        for marker in result.selected:
            best = marker.maximum
            for method, p in marker.p:
                rows.append(
                    {"group": result.name, "marker": marker.name, "n": marker.values.size,
                     "events": marker.events, "cutpoint": best.cutpoint,
                     "n_low": int(best.low[best.best]), "statistic": best.statistic,
                     "p": number(p), "method": method, "p_unadjusted": number(marker.p_unadjusted)}
                )  # fmt: skip
    if not rows:
        return []
    columns = (*naming(data), Column("n", ("n",)), Column("Events", ("events",)),
               Column("Cut-point", ("cutpoint",)), Column("n ≤ cut-point", ("n_low",)),
               Column("Statistic", ("statistic",)), Column("p", ("p",)),
               Column("p adjusted by", ("method",), labels=METHODS))  # fmt: skip
    assert data.survival is not None
    label = data.survival.endpoint.label
    share = f"{data.spec.min_prop * 100:g}%"
    notes = (
        f"All cut-points with at least {share} of the patients on either side were examined; p is "
        "adjusted for this search. Report the first p of each marker.",
    )
    title = f"{label}: maximally selected log-rank statistic"
    return [Table("maxstat", title, tuple(rows[0]), tuple(rows), columns, notes)]


def curve_table(results: Sequence[GroupResult]) -> Table:
    """Every operating point of every curve; at the first all patients are positive."""
    rows: list[Row] = []
    for result, marker in judged_of(results):
        curve = marker.curve
        arrays = (curve.threshold, curve.sensitivity, curve.specificity)
        for t, se, sp in zip(*(a.tolist() for a in arrays), strict=True):
            rows.append({"group": result.name, "marker": marker.name, "threshold": number(t),
                         "sensitivity": se, "specificity": sp})  # fmt: skip
    return machine_table("curve", "Operating points", rows)


def statistics_table(results: Sequence[GroupResult]) -> Table:
    """The standardised log-rank statistic of every cut-point."""
    rows: list[Row] = []
    for result in results:
        for marker in result.selected:
            arrays = (marker.maximum.cutpoints, marker.maximum.statistics, marker.maximum.low)
            for cut, statistic, low in zip(*(a.tolist() for a in arrays), strict=True):
                rows.append({"group": result.name, "marker": marker.name, "cutpoint": cut,
                             "n_low": low, "statistic": statistic})  # fmt: skip
    return machine_table("statistics", "Log-rank statistic of every cut-point", rows)
