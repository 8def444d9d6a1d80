"""The survival tree by conditional inference: splits, rules, leaves, stability."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from hcc2l.analyses.rows import provenance, row_notes
from hcc2l.analyses.tree_data import TreeData, assign, in_order_of_ids, prepare, rules
from hcc2l.analyses.tree_figure import tree_figure
from hcc2l.analyses.tree_forest import importance
from hcc2l.analyses.tree_stability import stability
from hcc2l.analyses.tree_tables import tree_tables
from hcc2l.analyses.tree_text import conventions, notes, outline, tree_methods
from hcc2l.cohort import Cohort
from hcc2l.design import Ints
from hcc2l.report import Report
from hcc2l.specs import TreeSpec


@dataclass(frozen=True)
class FittedTree:
    """A tree that was grown on one cohort and assigns the patients of any other.

    Attributes
    ----------
    report
        What `hcc2l.tree` gives.
    rules
        Leaf -> who is in it, in words.
    """

    report: Report
    rules: Mapping[int, str]
    _data: TreeData = field(repr=False, compare=False)

    def assign(self, cohort: Cohort | str | Path) -> Ints:
        """The leaf of every patient of a cohort, or of its file, shape (rows,).

        It needs no endpoint.

        A missing value goes to the side that was the larger one where the tree was grown.

        Raises
        ------
        UsageError
            The cohort lacks a column that the tree splits by.
        InputError
            A cell is no number, or a level that the tree does not know.
        """
        if not isinstance(cohort, Cohort):
            from hcc2l.readers import read_cohort

            cohort = read_cohort(cohort)
        return assign(self._data, cohort, np.ones(cohort.rows, dtype=np.bool_))


def run(cohort: Cohort, spec: TreeSpec) -> Report:
    """Analyse a cohort; see `fit`."""
    return fit(cohort, spec).report


def fit(cohort: Cohort, spec: TreeSpec) -> FittedTree:
    """Grow a tree on a cohort.

    Raises
    ------
    UsageError
        An option names what the cohort has not, or a candidate that cannot be one.
    InputError
        The cohort's cells are wrong.
    AnalysisError
        No rows, no events, or a candidate of which no value is known.
    """
    data = prepare(cohort, spec)
    tables = tree_tables(data, cohort)
    if spec.boot:
        tables.append(stability(in_order_of_ids(data, cohort)))
    if spec.forest:
        tables.append(importance(in_order_of_ids(data, cohort)))
    endpoint = data.outcome.endpoint
    settings = spec.settings() | {
        "endpoint": endpoint.name,
        "time": endpoint.columns[0],
        "event": endpoint.event_name,
        "unit": endpoint.unit,
    }
    text, references = tree_methods(data, cohort)
    report = Report(
        title=f"{endpoint.label}: survival tree — {cohort.title}",
        provenance=provenance("tree", cohort, data.outcome.account, settings, conventions(data)),
        tables=tuple(tables),
        notes=(*row_notes(cohort, data.outcome), *notes(data, cohort)),
        outline=outline(data, tables[0]),
        draw=lambda: tree_figure(data, tables[0]),
        save=lambda: _saved(data, cohort),
        methods=text,
        references=references,
        show_methods=spec.methods,
    )
    return FittedTree(report, rules(data), data)


def _saved(data: TreeData, cohort: Cohort) -> str:
    """The whole cohort with the leaf of every analysed patient, as CSV."""
    leaf = [""] * cohort.rows
    keep = data.outcome.account.keep
    for row, number in zip(np.flatnonzero(keep).tolist(), data.tree.leaf.tolist(), strict=True):
        leaf[row] = f"node {number}"  # a text: a number would enter a model as a slope
    return cohort.to_csv({"node": leaf}, np.ones(cohort.rows, dtype=np.bool_))
