"""Figures of values before and after: a line for each patient, a box on either side."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from hcc2l.figures.style import colour
from hcc2l.numerals import count, log_tick
from hcc2l.report import ChangeFigure, PairedBox, PairedLines, PairedPanel

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Picture

WIDTH, HEIGHT = 1.95, 2.5  # inches of a panel
LEFT, LEFT_OF_LOG = 0.62, 0.88  # with room for 100 000
BELOW, LINE = 0.5, 0.145
BOX = 0.2  # width of a box; the lines go from 0 to 1
BESIDE = 0.22  # from the end of the lines to the middle of a box
TICK, TITLE = 15, 30  # characters of a line
WIDEST = 5.0  # points of a line of many patients
THIN, THINNEST = 0.7, 0.35  # of one patient
GREY = "0.55"
DIRECTIONS = {1: ("higher", colour(1)), -1: ("lower", colour(0)), 0: ("unchanged", GREY)}


def draw(figure: ChangeFigure) -> Picture:
    """All panels in rows; panels of one variable have one axis."""
    from matplotlib.figure import Figure as MplFigure

    columns = figure.columns
    rows = -(-len(figure.panels) // columns)
    labels = [text for p in figure.panels for text in (p.before_label, p.after_label)]
    ticks = LINE * max(_wrapped(text, TICK).count("\n") + 1 for text in labels)
    titles = [_wrapped(panel.title or "", TITLE) for panel in figure.panels]
    above = LINE * max(title.count("\n") + 1 if title else 0 for title in titles) + 0.32
    left = LEFT_OF_LOG if any(panel.log for panel in figure.panels) else LEFT
    each_width, each_height = left + WIDTH, above + HEIGHT + BELOW + ticks
    width, height = each_width * columns + 0.15, each_height * rows
    picture = MplFigure(figsize=(width, height))
    limits = _limits(figure)
    for place, panel in enumerate(figure.panels):
        x = left + each_width * (place % columns)
        y = height - each_height * (place // columns) - above - HEIGHT
        axes = picture.add_axes((x / width, y / height, WIDTH / width, HEIGHT / height))
        lines = figure.lines[place]
        _draw_lines(axes, lines)
        _draw_boxes(axes, [box for box in figure.boxes if box.panel == place])
        _scale(axes, panel, limits[panel.scale])
        axes.set_xlim(-BESIDE - BOX, 1 + BESIDE + BOX)
        axes.set_xticks(
            [0, 1], [_wrapped(t, TICK) for t in (panel.before_label, panel.after_label)]
        )
        axes.set_ylabel(_wrapped(panel.y_label, TITLE))
        axes.set_title(titles[place], loc="left", fontsize=8.5, pad=18, linespacing=1.1)
        _annotate(axes, panel, lines)
        _legend(axes, lines, (BELOW + ticks - 0.3) / HEIGHT)
    return picture


def _wrapped(text: str, width: int) -> str:
    return textwrap.fill(text, width)


def _draw_lines(axes: Axes, lines: PairedLines) -> None:
    """The patients; a line is wider where more have the same two values."""
    opacity = min(0.85, max(0.25, 55 / len(lines.n)))
    each = min(THIN, WIDEST / max(lines.n))
    for before, after, n in zip(lines.before, lines.after, lines.n, strict=True):
        direction = (after > before) - (after < before)
        axes.plot(
            [0, 1], [before, after], color=DIRECTIONS[direction][1], alpha=opacity,
            linewidth=max(THINNEST, each * n), zorder=2 if direction else 1.9,
        )  # fmt: skip


def _draw_boxes(axes: Axes, boxes: Sequence[PairedBox]) -> None:
    """A box to the left of the lines, and one to the right."""
    for box in boxes:
        x = -BESIDE if box.time == "before" else 1 + BESIDE
        stats = {
            "med": box.median,
            "q1": box.q1,
            "q3": box.q3,
            "whislo": box.low,
            "whishi": box.high,
        }
        line = {"color": "0.15", "linewidth": 0.9}
        face = {"facecolor": "0.92", "edgecolor": "0.15", "linewidth": 0.9}
        axes.bxp(
            [stats], positions=[x], widths=BOX, showfliers=False, patch_artist=True,
            manage_ticks=False, boxprops=face,
            medianprops={"color": "0.15", "linewidth": 1.8}, whiskerprops=line, capprops=line,
        )  # fmt: skip


def _limits(figure: ChangeFigure) -> dict[int, tuple[float, float, float]]:
    """The smallest, the smallest positive and the largest value of every scale."""
    values: dict[int, list[float]] = {}
    for panel, lines in zip(figure.panels, figure.lines, strict=True):
        values.setdefault(panel.scale, []).extend((*lines.before, *lines.after))
    return {
        scale: (min(v), min((x for x in v if x > 0), default=1.0), max(v))
        for scale, v in values.items()
    }


def _scale(axes: Axes, panel: PairedPanel, limits: tuple[float, float, float]) -> None:
    """The axis of the values: logarithmic if they span orders of magnitude, with 0 at its end."""
    from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

    low, least, high = limits
    if not panel.log:
        room = 0.05 * (high - low) or 0.5
        axes.set_ylim(low - room, high + room)
        axes.yaxis.set_major_locator(
            MaxNLocator(7, steps=[1, 2, 2.5, 5, 10], integer=_whole(limits))
        )
        return
    room = (high / least) ** 0.05
    if low == 0:
        axes.set_yscale("symlog", linthresh=least, linscale=0.5)
        first, last = math.ceil(math.log10(least)), math.floor(math.log10(high))
        axes.set_yticks([0, *(10.0**k for k in range(first, last + 1))])
        axes.set_ylim(-0.2 * least, high * room)
    else:
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(numticks=7))
        axes.set_ylim(least / room, high * room)
    axes.yaxis.set_major_formatter(
        FuncFormatter(lambda value, _: log_tick(value) if value else "0")
    )
    axes.yaxis.set_minor_formatter(NullFormatter())


def _whole(limits: tuple[float, float, float]) -> bool:
    return all(value.is_integer() for value in limits)


def _annotate(axes: Axes, panel: PairedPanel, lines: PairedLines) -> None:
    """The number of patients and the test, above the panel."""
    text = f"n = {count(sum(lines.n))}; {panel.annotation}"
    axes.text(0, 1.03, text, transform=axes.transAxes, ha="left", va="bottom", fontsize=7.2)


def _legend(axes: Axes, lines: PairedLines, below: float) -> None:
    """Below the panel: how many patients have a higher, a lower and the same value after."""
    from matplotlib.lines import Line2D

    found = dict.fromkeys(DIRECTIONS, 0.0)
    for before, after, n in zip(lines.before, lines.after, lines.n, strict=True):
        found[(after > before) - (after < before)] += n
    handles = [
        Line2D([], [], color=shade, linewidth=1.6, label=f"{count(found[direction])} {word}")
        for direction, (word, shade) in DIRECTIONS.items()
        if found[direction]
    ]
    axes.legend(
        handles=handles, loc="upper center", bbox_to_anchor=(0.5, -below), ncols=len(handles),
        fontsize=6.8, handlelength=1.1, handletextpad=0.4, columnspacing=0.9, borderaxespad=0,
        borderpad=0,
    )  # fmt: skip
