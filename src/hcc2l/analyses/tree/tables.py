"""The tables of a tree analysis."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from hcc2l.analyses.tree.data import TreeData
from hcc2l.analyses.tree.findings import leaf_groups, missing_at_splits
from hcc2l.cohort import Cohort
from hcc2l.numerals import plain
from hcc2l.report import Column, Row, Table, Value, finite
from hcc2l.stats import kaplan_meier as estimator
from hcc2l.stats.kaplan_meier import KaplanMeier
from hcc2l.stats.logrank import logrank
from hcc2l.stats.tree import Node


def tree_tables(data: TreeData, cohort: Cohort) -> list[Table]:
    """The tables that need the tree alone."""
    tables = [_nodes(data), _splits(data), _tests(data), _leaf_tests(data)]
    if data.spec.assignments:
        tables.append(_assignments(data, cohort))
    return tables


def curve(data: TreeData, node: int) -> KaplanMeier:
    """The Kaplan-Meier curve of the patients in a node."""
    rows = data.tree.rows(node)
    return estimator.kaplan_meier(data.distinct.take(rows), data.event[rows])


def labels(data: TreeData) -> Mapping[str, str]:
    """The candidates' labels by their terms."""
    return {c.term: c.label for c in data.candidates}


def _nodes(data: TreeData) -> Table:
    rows = tuple(_node(data, node) for node in data.tree.nodes)
    times = [row[key] for row in rows for key in ("median", "lower", "upper")]
    columns = (
        Column("Patients", ("words",)), Column("Node", ("node",)), Column("n", ("n",)),
        Column("Events", ("events",)),
        Column(f"Median{data.unit} {data.ci}", ("median", "lower", "upper"), form="interval",
               decimals=data.outcome.endpoint.decimals(times)),
    )  # fmt: skip
    missing = missing_at_splits(data)
    notes = ("Patients with a missing value at a split are counted on the larger side.",)
    return Table(
        "nodes", "Nodes of the tree", tuple(rows[0]), rows, columns, notes if missing else ()
    )


def _node(data: TreeData, node: Node) -> Row:
    rows = data.tree.rows(node.number)
    median = estimator.quantiles(
        curve(data, node.number), (0.5,), "log", data.spec.conf_level
    )[0]  # fmt: skip
    row: dict[str, Value] = {
        "node": node.number,
        "parent": node.parent,
        "depth": node.depth,
        "n": node.n,
        "events": int(data.event[rows].sum()),
        "terminal": node.split is None,
        **dict.fromkeys(("variable", "kind", "cutpoint", "left_levels", "right_levels")),
        **dict.fromkeys(("missing_to", "n_missing", "left", "right")),
        "median": finite(median.estimate),
        "lower": finite(median.lower),
        "upper": finite(median.upper),
        **dict.fromkeys(("statistic", "p_adjusted", "cut_statistic")),
        "rule": data.rule(node.number),
        "words": data.words(node.number),
    }
    if node.split is not None:
        candidate = data.candidate(node.split)
        test = node.associations[node.split.covariate]
        numeric = candidate.kind == "numeric"
        left, right = data.sides(node.split)
        row |= {
            "variable": candidate.term,
            "kind": candidate.kind,
            "cutpoint": node.split.cutpoint if numeric else None,
            "left_levels": None if numeric else left,
            "right_levels": None if numeric else right,
            "missing_to": "left" if node.split.missing_left else "right",
            "n_missing": node.n_missing,
            "left": node.left,
            "right": node.right,
            "statistic": test.statistic,
            "p_adjusted": test.p_adjusted,
            "cut_statistic": node.split.statistic,
        }
    return row


def _splits(data: TreeData) -> Table:
    """The best and the second-best candidate of every node that was tested."""
    keys = ("node", "variable", "statistic", "p", "p_adjusted", "sides", "second", "second_p",
            "second_p_adjusted")  # fmt: skip
    rows: list[Row] = []
    for node in data.tree.nodes:
        ranked = [j for j in node.ranked() if node.associations[j].tested]
        if not ranked:
            continue
        best, sides = node.associations[ranked[0]], None
        if node.left is not None and node.right is not None:
            both = (data.last_condition(child) for child in (node.left, node.right))
            sides = " | ".join(both)
        row: dict[str, Value] = {
            "node": node.number, "variable": data.candidates[ranked[0]].term,
            "statistic": best.statistic, "p": best.p, "p_adjusted": best.p_adjusted,
            "sides": sides, "second": None, "second_p": None, "second_p_adjusted": None,
        }  # fmt: skip
        if len(ranked) > 1:
            second = node.associations[ranked[1]]
            row |= {"second": data.candidates[ranked[1]].term, "second_p": second.p,
                    "second_p_adjusted": second.p_adjusted}  # fmt: skip
        rows.append(row)
    named = labels(data)
    p = "p" if data.spec.adjust == "none" else "Adjusted p"
    columns = (
        Column("Node", ("node",)), Column("Best candidate", ("variable",), labels=named),
        Column(p, ("p_adjusted",)), Column("Split", ("sides",)),
        Column("Second", ("second",), labels=named), Column(p, ("second_p_adjusted",)),
    )  # fmt: skip
    best_p = p[0].lower() + p[1:]
    notes = (f"A node is split if the {best_p} of the best candidate is below "
             f"{plain(data.spec.alpha)} and a cut leaves enough patients on both "
             "sides.",)  # fmt: skip
    title = "Best and second-best candidate of each node"
    return Table("splits", title, keys, tuple(rows), columns if rows else (), notes)


def _tests(data: TreeData) -> Table:
    rows: list[Row] = []
    maximum = data.spec.statistic == "max"
    for node in data.tree.nodes:
        for rank, j in enumerate(node.ranked(), start=1):
            test = node.associations[j]
            rows.append(
                {"node": node.number, "variable": data.candidates[j].term, "rank": rank,
                 "statistic": test.statistic, "df": None if maximum else test.df, "p": test.p,
                 "p_adjusted": test.p_adjusted, "possible": test.criterion >= 0}
            )  # fmt: skip
    return Table("tests", "Candidates of each node", tuple(rows[0]), tuple(rows))


def _leaf_tests(data: TreeData) -> Table:
    keys = ("test", "statistic", "df", "p")
    leaves = leaf_groups(data)
    count = len(leaves.levels)
    title = f"Comparison of the {count} leaves"
    if count < 2:
        return Table("leaf_tests", title, keys, ())
    test = logrank(data.distinct, data.event, leaves.codes, count)
    row: Row = {"test": "logrank", "statistic": finite(test.statistic), "df": test.df,
                "p": finite(test.p)}  # fmt: skip
    columns = (
        Column("Test", ("test",), labels={"logrank": "Log-rank"}), Column("χ²", ("statistic",)),
        Column("df", ("df",)), Column("p", ("p",)),
    )  # fmt: skip
    notes = ("The leaves were chosen to differ in survival, so this p is descriptive only.",)
    return Table("leaf_tests", title, keys, (row,), columns, notes)


def _assignments(data: TreeData, cohort: Cohort) -> Table:
    ids = cohort.column(cohort.id_column) if cohort.id_column in cohort.names else None
    rows = tuple(
        {"row": row + 1, "id": (ids.text(row) or None) if ids else None, "node": leaf}
        for row, leaf in zip(
            np.flatnonzero(data.outcome.account.keep).tolist(), data.tree.leaf.tolist(),
            strict=True,
        )
    )  # fmt: skip
    return Table("assignments", "Leaf of every patient", ("row", "id", "node"), rows)
