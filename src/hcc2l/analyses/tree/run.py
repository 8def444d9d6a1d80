"""Conditional inference survival trees: splits, rules, leaves, stability."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from hcc2l.analyses.accounting import provenance
from hcc2l.analyses.cautions import row_notes
from hcc2l.analyses.tree.data import TreeData, assign, in_order_of_ids, prepare, rules
from hcc2l.analyses.tree.figure import tree_figure
from hcc2l.analyses.tree.importance import importance
from hcc2l.analyses.tree.methods import conventions, tree_methods
from hcc2l.analyses.tree.notes import tree_notes
from hcc2l.analyses.tree.outline import outline
from hcc2l.analyses.tree.stability import stability
from hcc2l.analyses.tree.tables import tree_tables
from hcc2l.cohort import Cohort
from hcc2l.design import Ints
from hcc2l.report import Report
from hcc2l.specs import TreeSpec


@dataclass(frozen=True)
class FittedTree:
    """A tree grown on one cohort, which assigns the patients of any cohort to its leaves.

    Attributes
    ----------
    report
        The report of `hcc2l.tree`.
    rules
        Leaf -> its patients, in words.
    """

    report: Report
    rules: Mapping[int, str]
    _data: TreeData = field(repr=False, compare=False)

    def assign(self, cohort: Cohort | str | Path) -> Ints:
        """The leaf of every patient of a cohort, or of its file, shape (rows,).

        No endpoint is needed. Missing values go to the side that was larger in training.

        Raises
        ------
        UsageError
            A column that the tree splits by is not in the cohort.
        InputError
            A cell is not a number, or holds a level that did not occur in training.
        """
        if not isinstance(cohort, Cohort):
            from hcc2l.readers import read_cohort

            cohort = read_cohort(cohort)
        return assign(self._data, cohort, np.ones(cohort.rows, dtype=np.bool_))


def run(cohort: Cohort, spec: TreeSpec) -> Report:
    """The report of a tree analysis; see `fit`."""
    return fit(cohort, spec).report


def fit(cohort: Cohort, spec: TreeSpec) -> FittedTree:
    """The tree of a cohort, with its report.

    Raises
    ------
    UsageError
        An option names a column that is not in the cohort, or that cannot be a candidate.
    InputError
        The cohort's cells are wrong.
    AnalysisError
        There are no rows or no events, or a candidate has no known value.
    """
    data = prepare(cohort, spec)
    tables = tree_tables(data, cohort)
    if spec.boot:
        tables.append(stability(in_order_of_ids(data, cohort)))
    if spec.forest:
        tables.append(importance(in_order_of_ids(data, cohort)))
    endpoint = data.outcome.endpoint
    settings = spec.settings() | endpoint.settings
    text, references = tree_methods(data, cohort)
    report = Report(
        title=f"{endpoint.label}: survival tree — {cohort.title}",
        provenance=provenance("tree", cohort, data.outcome.account, settings, conventions(data)),
        tables=tuple(tables),
        notes=(*row_notes(cohort, data.outcome), *tree_notes(data, cohort)),
        outline=outline(data, tables[0]),
        draw=lambda: tree_figure(data, tables[0]),
        save=lambda: _saved(data, cohort),
        methods=text,
        references=references,
        show_methods=spec.methods,
    )
    return FittedTree(report, rules(data), data)


def _saved(data: TreeData, cohort: Cohort) -> str:
    """The cohort with the leaf of every analysed patient, as CSV."""
    leaf = [""] * cohort.rows
    keep = data.outcome.account.keep
    for row, number in zip(np.flatnonzero(keep).tolist(), data.tree.leaf.tolist(), strict=True):
        leaf[row] = f"node {number}"  # text, as a number would enter a model as a slope
    return cohort.to_csv({"node": leaf}, np.ones(cohort.rows, dtype=np.bool_))
