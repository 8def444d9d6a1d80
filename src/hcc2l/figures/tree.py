"""The figure of a tree: splits above, a Kaplan-Meier panel for each leaf below."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hcc2l import numerals
from hcc2l.figures.style import PAPER, Paper, colour, sized
from hcc2l.report import LeafAtRisk, TreeFigure, TreeNode

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Picture

# Inches, as in `Paper`.
PANEL, PANEL_MANY = 1.45, 0.97  # the second from six leaves on
GAP = 0.2
LEFT, RIGHT = 0.72, 0.15
PANEL_HEIGHT, LOWEST = 1.3, 0.6
AXIS_HEIGHT = 0.45  # below the panels, without the caption
AT_RISK_HEIGHT = 0.17
HEADING = 0.69  # above a panel: node, n and events, median and its interval
LINE = 0.135
LABEL, CONDITION, CONDITION_MANY = 19, 17, 14  # characters before a text is wrapped
BRANCH = 0.18  # below a node, before its branches
CAPTION_LINE = 0.13
CAPTION_CHARACTERS = 15.5  # an inch


@dataclass(frozen=True)
class _Layout:
    """Positions in inches from the lower left corner."""

    x: dict[int, float]
    y: dict[int, float]
    leaves: tuple[int, ...]
    panel: float
    width: float
    height: float
    caption: str
    foot: float  # below the panels
    tall: float  # the panels


def draw(figure: TreeFigure, paper: Paper = PAPER) -> Picture:
    """The picture: splits, branches with their conditions, and leaves on common axes."""
    from matplotlib.figure import Figure as MplFigure

    nodes = {node.node: node for node in figure.nodes}
    place = _layout(nodes, figure, paper)
    picture = MplFigure(figsize=(place.width, place.height))
    canvas = picture.add_axes((0, 0, 1, 1))
    canvas.set_xlim(0, place.width)
    canvas.set_ylim(0, place.height)
    canvas.axis("off")
    for node in figure.nodes:
        if node.children:
            _draw_branches(canvas, place, nodes, node)
    for node in figure.nodes:
        if node.children:
            _draw_split(canvas, place, node)
    for i, number in enumerate(place.leaves):
        _draw_leaf(picture, canvas, place, figure, nodes[number], i)
    middle = (place.x[place.leaves[0]] + place.x[place.leaves[-1]]) / 2
    canvas.text(
        0.08, 0.08, place.caption, ha="left", va="bottom", fontsize=sized(7), linespacing=1.15
    )
    label = place.foot - AXIS_HEIGHT + 0.05 - (AT_RISK_HEIGHT if figure.at_risk else 0.0)
    canvas.text(middle, label, figure.x_label, ha="center", va="bottom", fontsize=sized(8))
    return picture


def _layout(nodes: dict[int, TreeNode], figure: TreeFigure, paper: Paper) -> _Layout:
    leaves = tuple(n for n, node in nodes.items() if not node.children)
    many = len(leaves)
    panel = PANEL if many < 6 else PANEL_MANY
    beside = LEFT + RIGHT + (many - 1) * GAP
    panel = paper.wide(panel * many, PANEL_MANY * many, beside) / many
    x = {n: LEFT + (i + 0.5) * panel + i * GAP for i, n in enumerate(leaves)}
    for number in reversed(nodes):  # children before their parents
        children = nodes[number].children
        if children:
            x[number] = sum(x[child] for child in children) / 2
    if len(leaves) == 1 and paper.width is None:  # room for the heading
        panel *= 1.6
        x = {leaves[0]: LEFT + panel / 2}
    depth = {1: 0}
    for number, node in nodes.items():
        depth |= dict.fromkeys(node.children, depth[number] + 1)
    inner = [n for n in nodes if n not in leaves]
    width = LEFT + len(leaves) * panel + (len(leaves) - 1) * GAP + RIGHT
    caption = textwrap.fill(figure.caption, int((width - 0.16) * CAPTION_CHARACTERS))
    foot = AXIS_HEIGHT + 0.1 + CAPTION_LINE * (caption.count("\n") + 1)
    foot += AT_RISK_HEIGHT if figure.at_risk else 0.0
    levels = max((depth[n] for n in inner), default=-1) + 1
    tallest = [
        max((_node_height(nodes[n]) for n in inner if depth[n] == d), default=0.0)
        + max((_condition_height(nodes, n, panel) for n in inner if depth[n] == d), default=0.0)
        + BRANCH + 0.12
        for d in range(levels)
    ]  # fmt: skip
    rest = foot + HEADING + sum(tallest) + 0.1
    tall = paper.tall(PANEL_HEIGHT, LOWEST, rest)
    floor = foot + tall + HEADING
    height = floor + sum(tallest) + 0.1
    y = {n: height - 0.1 - sum(tallest[: depth[n]]) for n in inner}
    y |= dict.fromkeys(leaves, floor)
    return _Layout(x, y, leaves, panel, width, height, caption, foot, tall)


def _split_text(node: TreeNode) -> str:
    assert node.p is not None
    return f"{textwrap.fill(str(node.label), LABEL)}\n{numerals.p_equation(node.p)}"


def _node_height(node: TreeNode) -> float:
    return LINE * (_split_text(node).count("\n") + 2) + 0.1


def _condition(node: TreeNode, panel: float) -> str:
    return textwrap.fill(str(node.condition), CONDITION if panel >= PANEL else CONDITION_MANY)


def _condition_height(nodes: dict[int, TreeNode], number: int, panel: float) -> float:
    children = (nodes[child] for child in nodes[number].children)
    return LINE * max(_condition(child, panel).count("\n") + 1 for child in children) + 0.06


def _draw_split(canvas: Axes, place: _Layout, node: TreeNode) -> None:
    look: dict[str, Any] = {"ha": "center", "va": "top", "fontsize": sized(8), "zorder": 4}
    x, y = place.x[node.node], place.y[node.node]
    canvas.text(
        x, y - 0.06, f"{node.node}\n{_split_text(node)}", linespacing=1.15,
        bbox={"boxstyle": "round,pad=0.3", "facecolor": "white", "edgecolor": "0.25",
              "linewidth": 0.8}, **look,
    )  # fmt: skip


def _draw_branches(
    canvas: Axes, place: _Layout, nodes: dict[int, TreeNode], node: TreeNode
) -> None:
    """Branches from a node sideways, then down to each child, which never cross."""
    x0, y0 = place.x[node.node], place.y[node.node]
    turn = y0 - _node_height(node) - BRANCH / 2
    ink: dict[str, Any] = {"color": "0.25", "linewidth": 0.8, "zorder": 1}
    canvas.plot([x0] * 2, [y0 - 0.1, turn], **ink)
    for child in node.children:
        x = place.x[child]
        canvas.plot([x0, x, x], [turn, turn, place.y[child] - 0.05], **ink)
        canvas.text(
            x, turn - 0.07, _condition(nodes[child], place.panel), ha="center", va="top",
            fontsize=sized(7.5), linespacing=1.1, zorder=3,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0},
        )  # fmt: skip


def _draw_leaf(
    picture: Picture, canvas: Axes, place: _Layout, figure: TreeFigure, leaf: TreeNode, i: int
) -> None:
    x, floor = place.x[leaf.node], place.foot + place.tall
    many = place.panel < PANEL
    back = {"facecolor": "white", "edgecolor": "none", "pad": 1.0}
    canvas.text(x, floor + 0.47, f"Node {leaf.node}", ha="center", va="bottom", fontsize=sized(8),
                fontweight="bold", zorder=3, bbox=back)  # fmt: skip
    canvas.text(x, floor + 0.05, _heading(leaf, figure.decimals), ha="center", va="bottom",
                fontsize=sized(7) if many else 7.5, linespacing=1.15, zorder=3)  # fmt: skip
    axes = picture.add_axes(
        ((x - place.panel / 2) / place.width, place.foot / place.height,
         place.panel / place.width, place.tall / place.height)
    )  # fmt: skip
    ticks_shown = _ticks(figure, many=many)
    _set_axes(axes, figure, ticks_shown, first=i == 0)
    for at_risk in figure.at_risk:
        if at_risk.node == leaf.node:
            _draw_at_risk(axes, at_risk, ticks_shown, place, first=i == 0)
    curve = next(curve for curve in figure.curves if curve.node == leaf.node)
    axes.step([0.0, *curve.time], [1.0, *curve.estimate], where="post", color=colour(0),
              linewidth=1.3, zorder=3)  # fmt: skip
    steps = zip(curve.time, curve.estimate, curve.n_censor, strict=True)
    ticks = [(t, s) for t, s, n in steps if n]
    if ticks and figure.censor_marks:
        axes.plot(*zip(*ticks, strict=True), linestyle="none", marker="|", markersize=3.5,
                  markeredgewidth=0.7, color=colour(0), zorder=4)  # fmt: skip
    if leaf.median is not None:
        axes.plot([0, leaf.median, leaf.median], [0.5, 0.5, 0], color="0.45", linewidth=0.6,
                  linestyle=(0, (4, 3)), zorder=2)  # fmt: skip


def _heading(leaf: TreeNode, decimals: int) -> str:
    """N and events, the median and its interval, each on a line."""

    def written(value: float | None) -> str:
        return numerals.number(value, decimals)

    interval = numerals.limits(leaf.lower, leaf.upper, written)
    events = f"{leaf.events} event{'' if leaf.events == 1 else 's'}"
    return f"n = {leaf.n}, {events}\nmedian {written(leaf.median)}\n({interval})"


def _draw_at_risk(
    axes: Axes, at_risk: LeafAtRisk, ticks: Sequence[float], place: _Layout, *, first: bool
) -> None:
    """Numbers at risk under the ticks, named beside the first panel."""
    y = -0.3 / place.tall
    for time, n in zip(at_risk.time, at_risk.n_risk, strict=True):
        if time in ticks:
            axes.text(time, y, numerals.count(n), transform=axes.get_xaxis_transform(),
                      ha="center", va="center", fontsize=sized(7))  # fmt: skip
    if first:
        axes.text(-0.12, y, "At risk", transform=axes.transAxes, ha="right", va="center",
                  fontsize=sized(7))  # fmt: skip


def _ticks(figure: TreeFigure, *, many: bool) -> tuple[float, ...]:
    """Ticks with few intervals between them, as the panels are narrow."""
    most = 3 if many else 4
    inside = [t for t in figure.ticks if t <= (figure.x_max * 1.02 or 1.0)]
    return tuple(inside[:: max(1, -(-(len(inside) - 1) // most))])


def _set_axes(axes: Axes, figure: TreeFigure, ticks: Sequence[float], *, first: bool) -> None:
    axes.set_xlim(0.0, figure.x_max * 1.02 or 1.0)
    axes.set_xticks(ticks, [numerals.tick(t) for t in ticks])
    axes.set_ylim(0.0, 1.02)
    names = ["0", "25%", "50%", "75%", "100%"]
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1.0], names if first else [""] * 5)
    axes.tick_params(labelsize=sized(7))
    if first:
        axes.set_ylabel(textwrap.fill(figure.y_label, 22), fontsize=sized(8))
