"""Forest plots: names and counts on the left, ratios on a log axis, numbers on the right."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hcc2l.figures.style import colour
from hcc2l.numerals import NOT_ESTIMABLE, p_value, ratio_interval, reference, tick, with_p
from hcc2l.report import ForestFigure, ForestRow

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Picture

LINE = 0.19  # inches per row
PLOT_WIDTH = 2.1
NUMBERS_WIDTH = 2.25
INTERACTION_WIDTH = 1.0
CHARACTER = 0.068
TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
WIDEST = (0.05, 20.0)  # an interval that leaves this range is clipped and gets an arrow
Panel = Sequence[ForestRow]


@dataclass(frozen=True)
class _Line:
    """A line of the forest, and the row whose counts it shows; None for the name of a factor."""

    text: str
    indent: int
    row: ForestRow | None


@dataclass(frozen=True)
class _Counts:
    """A column of events and patients: heading, cells, and width in inches."""

    heading: str
    cells: tuple[str, ...]
    width: float


def draw(figure: ForestFigure) -> Picture:
    """One forest per panel, side by side, with common rows."""
    from matplotlib.figure import Figure as MplFigure

    panels = [[row for row in figure.rows if row.panel == i] for i, _ in enumerate(figure.titles)]
    lines = _lines(panels[0])
    counts = _count_columns(figure.counts, lines)
    left = CHARACTER * max(len(line.text) + 2 * line.indent for line in lines) + 0.2
    left += sum(column.width for column in counts)
    interaction = any(row.interaction_p is not None for row in panels[0])
    numbers = NUMBERS_WIDTH + (INTERACTION_WIDTH if interaction else 0.0)
    width = left + len(panels) * (PLOT_WIDTH + numbers) + 0.1
    below = 0.75 if figure.favours else 0.5
    height = LINE * (len(lines) + 2) + 0.25 + below
    picture = MplFigure(figsize=(width, height))
    bottom, top = below / height, 1 - 0.12 / height
    low, high = _range(figure.rows)
    for i, panel in enumerate(panels):
        x = left + i * (PLOT_WIDTH + numbers)
        axes = picture.add_axes((x / width, bottom, PLOT_WIDTH / width, top - bottom))
        _set_axes(axes, len(lines), low, high)
        axes.set_xlabel(figure.x_label, fontsize=7.5, labelpad=18.0 if figure.favours else 4.0)
        _draw_favours(axes, figure.favours)
        if i == 0:
            _draw_names(axes, lines, left, figure.heading, counts)
        _draw_effects(axes, panel, lines, low, high)
        heading = f"{figure.ratio} ({figure.ci})"
        if len(panels) > 1:
            heading = f"{figure.titles[i]} {heading}"
        _draw_numbers(axes, panel, lines, heading)
        if interaction:
            _draw_interactions(axes, lines)
    return picture


def _lines(panel: Panel) -> list[_Line]:
    """The lines of the forest: a heading per factor, then its levels."""
    lines: list[_Line] = []
    previous = None
    for row in panel:
        if row.level is None:
            lines.append(_Line(row.term, 0, row))
        else:
            if row.name != previous:  # no heading of its own
                lines.append(_Line(row.term, 0, None))
            lines.append(_Line(row.level, 1, row))
        previous = row.name
    return lines


def _count_columns(headings: Sequence[str], lines: Sequence[_Line]) -> list[_Counts]:
    """Events and patients: of the level and, if there is a heading for it, of the reference."""
    columns = []
    for heading, counts in zip(headings, (_of_level, _of_reference), strict=False):
        cells = tuple(counts(line.row) if line.row else "" for line in lines)
        longest = max(len(text) for text in (heading, *cells))
        columns.append(_Counts(heading, cells, CHARACTER * 1.12 * longest + 0.12))
    return columns


def _of_level(row: ForestRow) -> str:
    """`31/40`, or nothing where a line has no counts."""
    return "" if row.n is None else f"{row.events}/{row.n}"


def _of_reference(row: ForestRow) -> str:
    return "" if row.reference_n is None else f"{row.reference_events}/{row.reference_n}"


def _range(rows: Sequence[ForestRow]) -> tuple[float, float]:
    values = [1.0]
    for row in rows:
        values += [v for v in (row.ratio, row.lower, row.upper) if v is not None and v > 0]
    low = max(WIDEST[0], min(values))
    high = min(WIDEST[1], max(values))
    return min(low, 0.8) / 1.1, max(high, 1.25) * 1.1


def _set_axes(axes: Axes, lines: int, low: float, high: float) -> None:
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    axes.set_ylim(lines - 0.4, -1.4)
    inside = [t for t in TICKS if low <= t <= high]
    if len(inside) < 3:
        inside = [t for t in (0.5, 0.75, 1, 1.5, 2) if low <= t <= high]
    axes.set_xticks(inside, [tick(t) for t in inside])
    axes.minorticks_off()
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.axvline(1.0, color="0.4", linewidth=0.8, zorder=1)


def _draw_favours(axes: Axes, favours: Sequence[str]) -> None:
    """Below the axis, the group with the lower hazard on each side of 1."""
    if not favours:
        return
    low, high = axes.get_xlim()
    one = math.log(1 / low) / math.log(high / low)
    inches = axes.get_position().height * axes.figure.get_figheight()  # type: ignore[union-attr]  # a Figure
    look: dict[str, Any] = {"transform": axes.transAxes, "va": "top", "fontsize": 7}
    y = -0.27 / inches
    axes.text(one - 0.02, y, f"← favours {favours[0]}", ha="right", **look)
    axes.text(one + 0.02, y, f"favours {favours[1]} →", ha="left", **look)


def _draw_names(
    axes: Axes, lines: Sequence[_Line], left: float, heading: str, counts: Sequence[_Counts]
) -> None:
    place = axes.get_yaxis_transform()

    def x(inches: float) -> float:
        return (inches - left) / PLOT_WIDTH

    look: dict[str, Any] = {"transform": place, "va": "center", "fontsize": 8}
    axes.text(x(0.08), -1, heading, ha="left", fontweight="bold", **look)
    for y, line in enumerate(lines):
        axes.text(x(0.08 + 0.14 * line.indent), y, line.text, ha="left", **look)
    end = left - 0.12
    for column in reversed(counts):
        axes.text(x(end), -1, column.heading, ha="right", fontweight="bold", **look)
        for y, cell in enumerate(column.cells):
            if cell:
                axes.text(x(end), y, cell, ha="right", **look)
        end -= column.width


def _effect_of(panel: Panel, line: _Line) -> ForestRow | None:
    """The row of a panel that a line shows; None for headings and terms not in its model."""
    shown = line.row
    if shown is None:
        return None
    key = (shown.name, shown.term, shown.level)
    return next((row for row in panel if (row.name, row.term, row.level) == key), None)


def _draw_effects(
    axes: Axes, panel: Panel, lines: Sequence[_Line], low: float, high: float
) -> None:
    widths = [_width(row) for row in panel if _width(row)]
    narrowest = min(widths, default=1.0)
    for y, line in enumerate(lines):
        row = _effect_of(panel, line)
        if row is None or row.ratio is None or row.ratio <= 0:
            continue
        if row.lower is None and row.upper is None:
            if row.p is None:  # the reference
                axes.plot([1.0], [y], marker="o", color="white", markeredgecolor="0.3",
                          markersize=4, zorder=3)  # fmt: skip
            continue
        lower = row.lower if row.lower is not None else 0.0
        upper = row.upper if row.upper is not None else math.inf
        visible = max(lower, low), min(upper, high)
        axes.plot(visible, [y, y], color=colour(0), linewidth=1.1, zorder=2)
        for clipped, end, marker in ((lower < low, low, "<"), (upper > high, high, ">")):
            if clipped:
                axes.plot([end], [y], marker=marker, color=colour(0), markersize=4, clip_on=False)
        if low <= row.ratio <= high:
            size = 3.0 + 4.0 * narrowest / (_width(row) or narrowest)  # by information
            axes.plot([row.ratio], [y], marker="s", color=colour(0), markersize=size, zorder=3)


def _width(row: ForestRow) -> float:
    """Width of the interval on the log scale; 0 without one."""
    if not row.lower or not row.upper:
        return 0.0
    return math.log(row.upper / row.lower)


def _draw_numbers(axes: Axes, panel: Panel, lines: Sequence[_Line], heading: str) -> None:
    place = axes.get_yaxis_transform()
    look: dict[str, Any] = {"transform": place, "va": "center", "fontsize": 8}
    end = 1 + (NUMBERS_WIDTH - 0.12) / PLOT_WIDTH
    axes.text(1.06, -1, heading, ha="left", fontweight="bold", **look)
    axes.text(end, -1, with_p("p"), ha="right", fontweight="bold", **look)
    for y, line in enumerate(lines):
        row = _effect_of(panel, line)
        if row is None or not _written(row):
            continue
        axes.text(1.06, y, _written(row), ha="left", **look)
        if row.p is not None:
            axes.text(end, y, p_value(row.p), ha="right", **look)


def _draw_interactions(axes: Axes, lines: Sequence[_Line]) -> None:
    """The p of each interaction beside the heading of its subgroups."""
    place = axes.get_yaxis_transform()
    look: dict[str, Any] = {"transform": place, "va": "center", "ha": "right", "fontsize": 8}
    end = 1 + (NUMBERS_WIDTH + INTERACTION_WIDTH - 0.12) / PLOT_WIDTH
    axes.text(end, -1, with_p("p (interaction)"), fontweight="bold", **look)
    for y, line in enumerate(lines):
        if line.row is not None and line.row.interaction_p is not None:
            axes.text(end, y, p_value(line.row.interaction_p), **look)


def _written(row: ForestRow) -> str:
    """The ratio with its interval, `reference`, or `NE`; nothing for the heading of subgroups."""
    if row.n is None:
        return ""
    if row.ratio is None:
        return NOT_ESTIMABLE
    if row.lower is None and row.upper is None:
        return reference() if row.p is None else NOT_ESTIMABLE
    return ratio_interval(row.ratio, row.lower, row.upper)
