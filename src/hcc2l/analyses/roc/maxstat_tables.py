"""The tables of the maximally selected log-rank statistics."""

from __future__ import annotations

from hcc2l.analyses.roc.data import MaximallySelected
from hcc2l.analyses.roc.maxstat import Maxima
from hcc2l.analyses.roc.tables import (
    WITHIN,
    interval_cells,
    interval_columns,
    machine_table,
    naming,
)
from hcc2l.numerals import plain
from hcc2l.report import Column, Row, Table, finite

METHODS = {"hl": "Hothorn–Lausen", "lau92": "Lausen–Schumacher 1992",
           "lau94": "Lausen–Schumacher 1994"}  # fmt: skip
RATES_AND_AREAS = (  # of a cut-off on a ROC curve; a cut-point of survival has none
    "sensitivity_apparent", "sensitivity_oob", "specificity_apparent", "specificity_oob",
    "youden_apparent", "youden_oob", "youden_corrected", "auc_apparent", "auc_corrected",
)  # fmt: skip


def maxstat_table(data: MaximallySelected, maxima: Maxima) -> Table:
    """The maximally selected cut-points, one row for each method of adjusting p."""
    rows: list[Row] = [
        {"group": found.group, "marker": found.name, "n": found.n, "events": found.events,
         "cutpoint": found.maximum.cutpoint,
         "n_low": int(found.maximum.low[found.maximum.best]),
         "statistic": found.maximum.statistic, "p": finite(p), "method": method,
         "p_unadjusted": finite(found.p_unadjusted)}
        for found in maxima.maxima for method, p in found.p.items()
    ]  # fmt: skip
    columns = (*naming(data.patients), Column("n", ("n",)), Column("Events", ("events",)),
               Column("Cut-point", ("cutpoint",)), Column("n ≤ cut-point", ("n_low",)),
               Column("Statistic", ("statistic",)), Column("p", ("p",)),
               Column("p adjusted by", ("method",), labels=METHODS))  # fmt: skip
    share = f"{plain(data.patients.spec.min_prop * 100)}%"
    note = (
        f"All cut-points with at least {share} of the patients on either side were examined; p is "
        "adjusted for this search. Report the first p of each marker."
    )
    title = f"{data.survival.endpoint.label}: maximally selected log-rank statistic"
    return Table("maxstat", title, tuple(rows[0]), tuple(rows), columns, (note,))


def cutpoint_table(data: MaximallySelected, maxima: Maxima) -> Table:
    """The bootstrap interval of every maximally selected cut-point."""
    rows: list[Row] = [
        {"group": found.group, "marker": found.name, **interval_cells(interval),
         **dict.fromkeys(RATES_AND_AREAS)}
        for found, interval in maxima.intervals
    ]  # fmt: skip
    title = f"Intervals of the cut-points ({data.patients.spec.samples} bootstrap samples)"
    columns = interval_columns(data.patients)
    return Table("optimism", title, tuple(rows[0]), tuple(rows), columns, (WITHIN,))


def statistics_table(maxima: Maxima) -> Table:
    """The standardised log-rank statistic of every cut-point."""
    rows: list[Row] = []
    for found in maxima.maxima:
        maximum = found.maximum
        arrays = (maximum.cutpoints, maximum.statistics, maximum.low)
        for cut, statistic, low in zip(*(a.tolist() for a in arrays), strict=True):
            rows.append({"group": found.group, "marker": found.name, "cutpoint": cut,
                         "n_low": low, "statistic": statistic})  # fmt: skip
    return machine_table("statistics", "Log-rank statistic of every cut-point", rows)
