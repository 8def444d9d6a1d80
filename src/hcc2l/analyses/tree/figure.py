"""The data of the figure of a tree."""

from __future__ import annotations

from collections.abc import Sequence

from hcc2l.analyses.survival_figure import axis_ticks
from hcc2l.analyses.tree.data import TreeData
from hcc2l.analyses.tree.tables import curve
from hcc2l.numerals import p_equation
from hcc2l.report import Figure, Row, Table, Value


def _caption(data: TreeData, leaves: Sequence[Row]) -> str:
    """The caption, which explains the numbers of all leaves."""
    unit = data.outcome.endpoint.unit
    caption = f"Median {data.ci}{f' in {unit}' if unit else ''}."
    if any(row[key] is None for row in leaves for key in ("median", "lower", "upper")):
        caption += " NE: not estimable."
    if len(leaves) > 1 and data.spec.adjust == "bonferroni":
        return f"{caption} p is adjusted for the number of variables (Bonferroni)."
    return f"{caption} p is not adjusted." if len(leaves) > 1 else caption


def tree_figure(data: TreeData, nodes: Table) -> Figure:
    """The figure: variable and p of each split, conditions of branches, curves of the leaves."""
    drawn: list[Row] = []
    limits = ("median", "lower", "upper")
    for node, row in zip(data.tree.nodes, nodes.rows, strict=True):
        p = None
        label = None
        if node.split is not None:
            label = data.candidate(node.split).label
            p = p_equation(node.associations[node.split.covariate].p_adjusted)
        drawn.append(
            {**{k: row[k] for k in ("node", "left", "right", "n", "events", *limits)},
             "label": label, "p_text": p,
             "condition": data.last_condition(node.number) if node.parent else None}
        )  # fmt: skip
    rows: list[Row] = []
    for leaf in data.tree.leaves:
        c = curve(data, leaf.number)
        for t, s, d in zip(c.time.tolist(), c.survival.tolist(), c.n_censor.tolist(), strict=True):
            rows.append({"node": leaf.number, "time": t, "estimate": s, "n_censor": d})
    endpoint = data.outcome.endpoint
    longest = float(data.time.max())
    ticks = axis_ticks(longest, endpoint.unit)
    options: dict[str, Value | tuple[Value, ...]] = {
        "x_label": f"Time ({endpoint.unit})" if endpoint.unit else "Time",
        "y_label": endpoint.label,
        "ticks": ticks,
        "x_max": longest,
        "caption": _caption(data, [row for row in nodes.rows if row["terminal"]]),
        "decimals": endpoint.decimals([row[k] for row in nodes.rows for k in limits]),
    }
    tables = {
        "nodes": Table("nodes", "Nodes", tuple(drawn[0]), tuple(drawn)),
        "curve": Table("curve", "Curves", ("node", "time", "estimate", "n_censor"), tuple(rows)),
    }
    return Figure("tree", tables, options)
