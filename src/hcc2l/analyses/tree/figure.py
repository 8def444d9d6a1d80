"""The data of the figure of a tree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hcc2l.analyses.survival_figure import numbers, time_axis, time_label
from hcc2l.analyses.tree.data import TreeData
from hcc2l.analyses.tree.tables import curve
from hcc2l.report import LeafAtRisk, LeafCurve, Numbers, Row, Table, TreeFigure, TreeNode
from hcc2l.stats.risk_sets import time_tolerance
from hcc2l.stats.tree import Node


def _caption(data: TreeData, leaves: Sequence[Row]) -> str:
    """The caption, which explains the numbers of all leaves."""
    unit = data.outcome.endpoint.unit
    caption = f"Median {data.ci}{f' in {unit}' if unit else ''}."
    if any(row[key] is None for row in leaves for key in ("median", "lower", "upper")):
        caption += " NE: not estimable."
    if len(leaves) > 1 and data.spec.adjust == "bonferroni":
        return f"{caption} p is adjusted for the number of variables (Bonferroni)."
    return f"{caption} p is not adjusted." if len(leaves) > 1 else caption


def tree_figure(data: TreeData, nodes: Table) -> TreeFigure:
    """The figure: variable and p of each split, conditions of branches, curves of the leaves."""
    limits = [nodes.numbers(key) for key in ("median", "lower", "upper")]
    endpoint = data.outcome.endpoint
    end, ticks = time_axis(data.spec, float(data.time.max()), endpoint.unit)
    return TreeFigure(
        nodes=tuple(
            _node(data, node, *of_node)
            for node, *of_node in zip(data.tree.nodes, *limits, strict=True)
        ),
        curves=tuple(_leaf(data, leaf.number) for leaf in data.tree.leaves),
        caption=_caption(data, [row for row in nodes.rows if row["terminal"]]),
        x_label=time_label(endpoint.unit),
        y_label=endpoint.label,
        ticks=ticks,
        x_max=end,
        decimals=endpoint.decimals([value for values in limits for value in values]),
        censor_marks=data.spec.censor_ticks,
        at_risk=tuple(_at_risk(data, ticks)) if data.spec.at_risk else (),
    )


def _at_risk(data: TreeData, ticks: Numbers) -> Iterator[LeafAtRisk]:
    tolerance = time_tolerance(data.time)
    for leaf in data.tree.leaves:
        time = data.time[data.tree.rows(leaf.number)]
        at_risk = (float((time >= t - tolerance).sum()) for t in ticks)
        yield LeafAtRisk(leaf.number, ticks, tuple(at_risk))


def _node(
    data: TreeData, node: Node, median: float | None, lower: float | None, upper: float | None
) -> TreeNode:
    label = p = None
    if node.split is not None:
        label = data.candidate(node.split).label
        p = node.associations[node.split.covariate].p_adjusted
    rows = data.tree.rows(node.number)
    return TreeNode(
        node=node.number, left=node.left, right=node.right, n=node.n,
        events=int(data.event[rows].sum()), median=median, lower=lower, upper=upper,
        label=label, p=p,
        condition=data.last_condition(node.number) if node.parent else None,
    )  # fmt: skip


def _leaf(data: TreeData, node: int) -> LeafCurve:
    fit = curve(data, node)
    return LeafCurve(node, numbers(fit.time), numbers(fit.survival), numbers(fit.n_censor))
