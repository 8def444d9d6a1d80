"""Figures of values before and after: a line for each patient, a box on either side."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from hcc2l.figures.style import PAPER, Paper, colour, sized
from hcc2l.numerals import count, log_tick
from hcc2l.report import ChangeFigure, PairedBox, PairedLines, PairedPanel

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Picture

WIDTH, HEIGHT = 1.95, 2.5  # inches of a panel
NARROWEST, LOWEST = 1.7, 1.5
LEFT, LEFT_OF_LOG = 0.62, 0.88  # with room for 100 000
BELOW, LINE = 0.5, 0.145
BOX = 0.2  # width of a box; the lines go from 0 to 1
BESIDE = 0.22  # from the end of the lines to the middle of a box
TICK, TITLE = 15, 30  # characters of a line
CHARACTER = 0.049  # inches, of the line of the test
WIDEST = 5.0  # points of a line of many patients
THIN, THINNEST = 0.7, 0.35  # of one patient
GREY = "0.55"
WORDS = {1: "higher", -1: "lower", 0: "unchanged"}


def draw(figure: ChangeFigure, paper: Paper = PAPER) -> Picture:
    """All panels in rows; panels of one variable have one axis."""
    from matplotlib.figure import Figure as MplFigure

    columns = figure.columns
    rows = -(-len(figure.panels) // columns)
    labels = [text for p in figure.panels for text in (p.before_label, p.after_label)]
    ticks = LINE * max(_wrapped(text, TICK).count("\n") + 1 for text in labels)
    titles = [_wrapped(panel.title or "", TITLE) for panel in figure.panels]
    above = LINE * max(title.count("\n") + 1 if title else 0 for title in titles) + 0.32
    left = LEFT_OF_LOG if any(panel.log for panel in figure.panels) else LEFT
    wide = paper.wide(WIDTH * columns, NARROWEST * columns, left * columns + 0.15) / columns
    tests = [_test(*pair, wide) for pair in zip(figure.panels, figure.lines, strict=True)]
    further = max(test.count("\n") for test in tests)
    above += LINE * further
    tall = paper.tall(HEIGHT * rows, LOWEST * rows, (above + BELOW + ticks) * rows) / rows
    each_width, each_height = left + wide, above + tall + BELOW + ticks
    width, height = each_width * columns + 0.15, each_height * rows
    picture = MplFigure(figsize=(width, height))
    limits = _limits(figure)
    for place, panel in enumerate(figure.panels):
        x = left + each_width * (place % columns)
        y = height - each_height * (place // columns) - above - tall
        axes = picture.add_axes((x / width, y / height, wide / width, tall / height))
        lines = figure.lines[place]
        _draw_lines(axes, lines)
        _draw_boxes(axes, [box for box in figure.boxes if box.panel == place])
        _scale(axes, panel, limits[panel.scale])
        axes.set_xlim(-BESIDE - BOX, 1 + BESIDE + BOX)
        axes.set_xticks(
            [0, 1], [_wrapped(t, TICK) for t in (panel.before_label, panel.after_label)]
        )
        axes.set_ylabel(_wrapped(panel.y_label, TITLE))
        axes.set_title(
            titles[place],
            loc="left",
            fontsize=sized(8.5),
            pad=sized(18 + 9 * further),
            linespacing=1.1,
        )
        axes.text(0, 1.03, tests[place], transform=axes.transAxes, ha="left", va="bottom",
                  fontsize=sized(7.2), linespacing=1.1)  # fmt: skip
        _legend(axes, lines, (BELOW + ticks - 0.3) / tall)
    return picture


def _shade(direction: int) -> str:
    """The colour of patients with a higher, a lower or the same value after."""
    return colour(1) if direction > 0 else colour(0) if direction < 0 else GREY


def _wrapped(text: str, width: int) -> str:
    return textwrap.fill(text, width)


def _draw_lines(axes: Axes, lines: PairedLines) -> None:
    """The patients; a line is wider where more have the same two values."""
    opacity = min(0.85, max(0.25, 55 / len(lines.n)))
    each = min(THIN, WIDEST / max(lines.n))
    for before, after, n in zip(lines.before, lines.after, lines.n, strict=True):
        direction = (after > before) - (after < before)
        axes.plot(
            [0, 1], [before, after], color=_shade(direction), alpha=opacity,
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


def _test(panel: PairedPanel, lines: PairedLines, width: float) -> str:
    """The number of patients and the test, for above a panel of so many inches."""
    n = f"n = {count(sum(lines.n))}"
    text = f"{n}; {panel.annotation}"
    return text if CHARACTER * len(text) <= width else f"{n}\n{panel.annotation}"


def _legend(axes: Axes, lines: PairedLines, below: float) -> None:
    """Below the panel: how many patients have a higher, a lower and the same value after."""
    from matplotlib.lines import Line2D

    found = dict.fromkeys(WORDS, 0.0)
    for before, after, n in zip(lines.before, lines.after, lines.n, strict=True):
        found[(after > before) - (after < before)] += n
    handles = [
        Line2D(
            [],
            [],
            color=_shade(direction),
            linewidth=1.6,
            label=f"{count(found[direction])} {word}",
        )
        for direction, word in WORDS.items()
        if found[direction]
    ]
    axes.legend(
        handles=handles, loc="upper center", bbox_to_anchor=(0.5, -below), ncols=len(handles),
        fontsize=sized(6.8), handlelength=1.1, handletextpad=0.4, columnspacing=0.9,
        borderaxespad=0, borderpad=0,
    )  # fmt: skip
