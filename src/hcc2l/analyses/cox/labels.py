"""The names of scales, comparisons and subgroups, as tables, figures and sentences print them."""

from __future__ import annotations

from hcc2l.analyses.cox.data import CoxData
from hcc2l.analyses.cox.results import CoxResults

PH_SCALES = {
    "km": "Kaplan–Meier time scale",
    "identity": "untransformed time",
    "rank": "ranks of time",
    "log": "logarithm of time",
}


def comparison(data: CoxData, results: CoxResults) -> str:
    """What the hazard ratio of the subgroups compares: `lenvatinib v sorafenib`."""
    label = data.labels[data.spec.subgroups or ""]
    columns = results.subgroups[0].matrix.columns
    if columns[0].level is None:
        return f"{label}, per unit"
    if len(columns) > 1:
        return f"{label} (reference {columns[0].reference})"
    return f"{columns[0].level} v {columns[0].reference}"


def subgroup_name(data: CoxData, name: str) -> str:
    """A subgroup in words: `Sex: male` for `sex=male`."""
    text, equals, level = name.rpartition("=")
    return f"{data.labels.get(text, text)}: {level}" if equals else "All patients"
