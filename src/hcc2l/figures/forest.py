"""Forest plots: names and counts on the left, ratios on a log axis, numbers on the right."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hcc2l.figures.style import PAPER, Paper, colour, sized
from hcc2l.numerals import NOT_ESTIMABLE, p_value, ratio_interval, reference, tick, with_p
from hcc2l.report import ForestFigure, ForestRow

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Picture

# Inches, as in `Paper`.
LINE, TIGHT = 0.19, 0.145  # per row
PLOT_WIDTH, NARROWEST = 2.1, 1.0
NUMBERS_WIDTH, NUMBERS_NARROW = 2.25, 1.85
WITHOUT_P = 0.6  # what no column of p saves
INTERACTION_WIDTH = 1.0
CHARACTER = 0.068
TICKS = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20)
FINE_TICKS = (0.5, 0.75, 1, 1.5, 2)
BETWEEN_TICKS = 0.26
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


def draw(figure: ForestFigure, paper: Paper = PAPER) -> Picture:
    """One forest per panel, side by side, with common rows."""
    from matplotlib.figure import Figure as MplFigure

    panels = [[row for row in figure.rows if row.panel == i] for i, _ in enumerate(figure.titles)]
    lines = _lines(panels[0])
    counts = _count_columns(figure.counts, lines)
    left = CHARACTER * max(len(line.text) + 2 * line.indent for line in lines) + 0.2
    left += sum(column.width for column in counts)
    interaction = any(row.interaction_p is not None for row in panels[0])
    headings = [f"{figure.ratio} ({figure.ci})"] * len(panels)
    if len(panels) > 1:
        headings = [
            f"{title} {heading}" for title, heading in zip(figure.titles, headings, strict=True)
        ]
    numbers = NUMBERS_WIDTH
    if paper.width is not None:
        numbers = max(NUMBERS_NARROW, CHARACTER * 1.12 * max(map(len, headings)) + 0.45)
    if all(row.p is None for row in figure.rows):
        numbers -= WITHOUT_P
    beside = numbers + (INTERACTION_WIDTH if interaction else 0.0)
    count = len(panels)
    plot = paper.wide(PLOT_WIDTH * count, NARROWEST * count, left + count * beside + 0.1) / count
    width = left + count * (plot + beside) + 0.1
    label = figure.x_label
    if paper.width is not None:  # it may reach over the numbers
        label = textwrap.fill(label, int((plot + numbers) / CHARACTER))
    below = (0.75 if figure.favours else 0.5) + 0.13 * label.count("\n")
    rows = len(lines) + 2
    height = paper.tall(LINE * rows, TIGHT * rows, 0.25 + below) + 0.25 + below
    picture = MplFigure(figsize=(width, height))
    bottom, top = below / height, 1 - 0.12 / height
    ticks = _ticks(figure.rows)
    for i, panel in enumerate(panels):
        x = left + i * (plot + beside)
        axes = picture.add_axes((x / width, bottom, plot / width, top - bottom))
        _set_axes(axes, len(lines), ticks, plot)
        axes.set_xlabel(label, fontsize=sized(7.5),
                        labelpad=sized(18.0 if figure.favours else 4.0))  # fmt: skip
        _draw_favours(axes, figure.favours)
        if i == 0:
            _draw_names(axes, lines, (left, plot), figure.heading, counts)
        _draw_effects(axes, panel, lines)
        _draw_numbers(axes, panel, lines, headings[i], (numbers - 0.12) / plot)
        if interaction:
            _draw_interactions(axes, lines, (beside - 0.12) / plot)
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


def _ticks(rows: Sequence[ForestRow]) -> tuple[float, ...]:
    """Ticks of which the first and the last span all intervals, and 1 lies between them."""
    values = [0.9, 1.1]
    for row in rows:
        values += [v for v in (row.ratio, row.lower, row.upper) if v is not None and v > 0]
    low, high = max(WIDEST[0], min(values)), min(WIDEST[1], max(values))
    ticks = FINE_TICKS if FINE_TICKS[0] <= low and high <= FINE_TICKS[-1] else TICKS
    first = max(t for t in ticks if t <= low)
    last = min(t for t in ticks if t >= high)
    return tuple(t for t in ticks if first <= t <= last)


def _labelled(ticks: Sequence[float], plot: float) -> list[float]:
    """Those of the ticks whose numbers do not touch on a plot of a width in inches."""
    inch = plot / math.log(ticks[-1] / ticks[0])
    labelled: list[float] = []
    for t in sorted(ticks, key=lambda t: (t != 1, t not in (ticks[0], ticks[-1]))):
        if all(abs(math.log(t / other)) * inch >= BETWEEN_TICKS for other in labelled):
            labelled.append(t)
    return sorted(labelled)


def _set_axes(axes: Axes, lines: int, ticks: Sequence[float], plot: float) -> None:
    axes.set_xscale("log")
    axes.set_xlim(ticks[0] / 1.05, ticks[-1] * 1.05)
    axes.set_ylim(lines - 0.4, -1.4)
    labelled = _labelled(ticks, plot)
    axes.set_xticks(ticks, [tick(t) if t in labelled else "" for t in ticks])
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
    look: dict[str, Any] = {"transform": axes.transAxes, "va": "top", "fontsize": sized(7)}
    y = -0.27 / inches
    axes.text(one - 0.02, y, f"← favours {favours[0]}", ha="right", **look)
    axes.text(one + 0.02, y, f"favours {favours[1]} →", ha="left", **look)


def _draw_names(
    axes: Axes,
    lines: Sequence[_Line],
    sizes: tuple[float, float],
    heading: str,
    counts: Sequence[_Counts],
) -> None:
    """Names and counts; `sizes` are the widths of their column and of the plot."""
    place = axes.get_yaxis_transform()
    left, plot = sizes

    def x(inches: float) -> float:
        return (inches - left) / plot

    look: dict[str, Any] = {"transform": place, "va": "center", "fontsize": sized(8)}
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


def _draw_effects(axes: Axes, panel: Panel, lines: Sequence[_Line]) -> None:
    low, high = axes.get_xlim()
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


def _draw_numbers(
    axes: Axes, panel: Panel, lines: Sequence[_Line], heading: str, beyond: float
) -> None:
    """Ratios beside the plot, and p, which ends `beyond` it, in widths of the plot."""
    place = axes.get_yaxis_transform()
    look: dict[str, Any] = {"transform": place, "va": "center", "fontsize": sized(8)}
    end = 1 + beyond
    axes.text(1.06, -1, heading, ha="left", fontweight="bold", **look)
    if any(row.p is not None for row in panel):
        axes.text(end, -1, with_p("p"), ha="right", fontweight="bold", **look)
    for y, line in enumerate(lines):
        row = _effect_of(panel, line)
        if row is None or not _written(row):
            continue
        axes.text(1.06, y, _written(row), ha="left", **look)
        if row.p is not None:
            axes.text(end, y, p_value(row.p), ha="right", **look)


def _draw_interactions(axes: Axes, lines: Sequence[_Line], beyond: float) -> None:
    """The p of each interaction beside the heading of its subgroups."""
    place = axes.get_yaxis_transform()
    look: dict[str, Any] = {
        "transform": place,
        "va": "center",
        "ha": "right",
        "fontsize": sized(8),
    }
    end = 1 + beyond
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
