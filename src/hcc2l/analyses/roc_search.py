"""Tables of the search for a cut-off: its bootstrap, maximally selected statistics, curves."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from hcc2l.analyses.regression import number
from hcc2l.analyses.roc_data import RocData
from hcc2l.analyses.roc_results import GroupResult, Judged, quantile_limits
from hcc2l.design import Floats
from hcc2l.report import Column, Row, Table

INTERVALS = {"wilson": "Wilson", "clopper-pearson": "Clopper–Pearson"}
METHODS = {"hl": "Hothorn–Lausen", "lau92": "Lausen–Schumacher 1992",
           "lau94": "Lausen–Schumacher 1994"}  # fmt: skip


def judged_of(results: Sequence[GroupResult]) -> Iterator[tuple[GroupResult, Judged]]:
    """Every marker of every group."""
    for result in results:
        for one in result.judged:
            yield result, one


def machine_table(name: str, title: str, rows: Sequence[Row]) -> Table:
    """A table for machines."""
    return Table(name, title, tuple(rows[0]), tuple(rows))


def naming(data: RocData) -> tuple[Column, ...]:
    """The columns that say which row it is."""
    marker = Column("Marker", ("marker",), labels=data.label_of)
    return (marker,) if data.group is None else (Column(data.group.label, ("group",)), marker)


# ---------------------------------------------------------------- bootstrap


def optimism_table(data: RocData, results: Sequence[GroupResult]) -> Table:
    """What the bootstrap says of every found cut-off."""
    rows = [_optimism_row(data, result, one) for result, one in judged_of(results)]
    ci = f"{data.spec.conf_level * 100:g}%"
    columns = [
        Column(f"Cut-off ({ci} limits)", ("threshold", "threshold_lower", "threshold_upper"),
               form="interval"),
        Column("Sensitivity", ("sensitivity_apparent",)),
        Column("out of bag", ("sensitivity_oob",)),
        Column("Specificity", ("specificity_apparent",)),
        Column("out of bag", ("specificity_oob",)),
        Column("Youden", ("youden_apparent",)), Column("corrected", ("youden_corrected",)),
        Column("AUC", ("auc_apparent",), decimals=3),
        Column("corrected", ("auc_corrected",), decimals=3),
    ]  # fmt: skip
    notes = (
        "Out of bag: mean in the patients outside each sample, by the cut-off found in it.",
        "Corrected: less the mean optimism, the index in the sample less that in all patients.",
    )
    title = f"What the cut-offs promise and keep ({data.spec.samples} bootstrap samples)"
    return Table("optimism", title, tuple(rows[0]), tuple(rows), (*naming(data), *columns), notes)


def _optimism_row(data: RocData, result: GroupResult, one: Judged) -> Row:
    found, curve = one.samples, one.curve
    assert found is not None
    cut = one.cutoffs[_middle_of_ties(one)]
    known = np.isfinite(found.youden)
    sensitivity, specificity = curve.sensitivity[cut.place], curve.specificity[cut.place]
    youden = float(sensitivity + specificity - 1)
    limits = quantile_limits(found.threshold, data.spec.conf_level)
    # Where samples choose the direction, the data's own is what is optimistic.
    lost = found.auc - found.auc_original
    return {"group": result.name, "marker": one.name, "samples": int(known.sum()),
            "threshold": number(cut.threshold), "threshold_lower": number(limits[0]),
            "threshold_upper": number(limits[1]),
            "sensitivity_apparent": number(float(sensitivity)),
            "sensitivity_oob": number(_mean(found.sensitivity_out)),
            "specificity_apparent": number(float(specificity)),
            "specificity_oob": number(_mean(found.specificity_out)),
            "youden_apparent": number(youden),
            "youden_oob": number(_mean(found.sensitivity_out + found.specificity_out - 1)),
            "youden_corrected": number(youden - _mean(found.youden - found.youden_original)),
            "auc_apparent": number(one.area.auc),
            "auc_corrected": number(one.area.auc - _mean(lost))}  # fmt: skip


def _middle_of_ties(one: Judged) -> int:
    """Of several cut-offs that tie, the middle one, as in the samples."""
    tied = [i for i, cut in enumerate(one.cutoffs) if cut.criterion != "fixed"]
    return tied[(len(tied) - 1) // 2]


def _mean(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else math.nan


# ---------------------------------------------------------------- survival, curves


def maxstat_tables(data: RocData, results: Sequence[GroupResult]) -> list[Table]:
    """The cut-points of the largest log-rank statistic, a row a method of adjusting p."""
    rows: list[Row] = []
    for result in results:
        for one in result.selected:
            for method, p in one.p:
                rows.append(
                    {"group": result.name, "marker": one.name, "n": one.n, "events": one.events,
                     "cutpoint": one.found.cutpoint, "n_low": int(one.found.low[one.found.best]),
                     "statistic": one.found.statistic, "p": number(p), "method": method,
                     "p_unadjusted": number(one.p_unadjusted)}
                )  # fmt: skip
    if not rows:
        return []
    columns = (*naming(data), Column("n", ("n",)), Column("Events", ("events",)),
               Column("Cut-point", ("cutpoint",)), Column("n up to it", ("n_low",)),
               Column("Statistic", ("statistic",)), Column("p", ("p",)),
               Column("p adjusted by", ("method",), labels=METHODS))  # fmt: skip
    assert data.survival is not None
    label = data.survival.endpoint.label
    share = f"{data.spec.min_prop * 100:g}%"
    notes = (
        f"Cut-points that leave at least {share} of the patients on either side were tried; p is "
        "adjusted for that. Report the first p of a marker.",
    )
    title = f"{label}: maximally selected log-rank statistic"
    return [Table("maxstat", title, tuple(rows[0]), tuple(rows), columns, notes)]


def curve_table(results: Sequence[GroupResult]) -> Table:
    """Every operating point of every curve; the first calls everybody positive."""
    rows: list[Row] = []
    for result, one in judged_of(results):
        arrays = (one.curve.threshold, one.curve.sensitivity, one.curve.specificity)
        for t, se, sp in zip(*(a.tolist() for a in arrays), strict=True):
            rows.append({"group": result.name, "marker": one.name, "threshold": number(t),
                         "sensitivity": se, "specificity": sp})  # fmt: skip
    return machine_table("curve", "Every operating point", rows)


def statistics_table(results: Sequence[GroupResult]) -> Table:
    """The standardised log-rank statistic of every cut-point."""
    rows: list[Row] = []
    for result in results:
        for one in result.selected:
            arrays = (one.found.cutpoints, one.found.statistics, one.found.low)
            for cut, statistic, low in zip(*(a.tolist() for a in arrays), strict=True):
                rows.append({"group": result.name, "marker": one.name, "cutpoint": cut,
                             "n_low": low, "statistic": statistic})  # fmt: skip
    return machine_table("statistics", "Log-rank statistic of every cut-point", rows)
