"""The tree as lines of text, one a node."""

from __future__ import annotations

from hcc2l.analyses.tree.data import TreeData
from hcc2l.numerals import p_equation
from hcc2l.report import Outline, Row, Table


def outline(data: TreeData, nodes: Table) -> Outline:
    """The tree, one line for each node."""
    rows = {int(str(row["node"])): row for row in nodes.rows}
    times = [row[key] for row in nodes.rows for key in ("median", "lower", "upper")]
    decimals = data.outcome.endpoint.decimals(times)

    def branch(number: int, title: str = "") -> Outline:
        node = data.tree.nodes[number - 1]
        below = () if node.left is None or node.right is None else (node.left, node.right)
        return Outline(_line(data, rows[number], decimals), tuple(branch(n) for n in below), title)

    return branch(1, "Tree")


def _line(data: TreeData, row: Row, decimals: int) -> str:
    number = int(str(row["node"]))
    node = data.tree.nodes[number - 1]
    who = "All patients"
    if node.parent is not None:
        above = data.tree.nodes[node.parent - 1].split
        assert above is not None
        who = f"{data.candidate(above).name} {data.last_condition(number)}"
    counts = f"n = {row['n']}, {row['events']} event{'' if row['events'] == 1 else 's'}"
    if node.split is not None:
        p = p_equation(node.associations[node.split.covariate].p_adjusted)
        return f"[{number}] {who} ({counts}), split by {data.candidate(node.split).label}, {p}"
    median, lower, upper = (_time(row[key], decimals) for key in ("median", "lower", "upper"))
    unit = data.outcome.endpoint.unit
    return (f"[{number}] {who}: {counts}, median {median} ({lower}–{upper})"
            f"{f' {unit}' if unit else ''}")  # fmt: skip


def _time(value: object, decimals: int) -> str:
    return f"{value:.{decimals}f}" if isinstance(value, (int, float)) else "NE"
