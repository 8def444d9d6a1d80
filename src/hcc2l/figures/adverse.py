"""Bars of adverse events: a butterfly of two groups, or one panel for each group."""

from __future__ import annotations

import math
import textwrap
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

from matplotlib.colors import to_rgb

from hcc2l.figures.style import colour
from hcc2l.numerals import tick
from hcc2l.report import AdverseFigure, EventBar

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Picture

LINE = 0.2  # inches per event
BAR = 0.68  # of a line
CHARACTER = 0.063
LABEL_WIDTH = 40  # characters at which the name of an event is wrapped
PANEL = 2.5  # inches, width of the bars of a group
BETWEEN = 0.25
TINT = 0.62  # share of white in the bars of the wider band
HEADING = 0.3


def draw(figure: AdverseFigure) -> Picture:
    """Two groups back to back, else one panel for each group; common lines, names on the left."""
    from matplotlib.figure import Figure as MplFigure

    groups = list(dict.fromkeys(bar.group for bar in figure.bars))
    bands = list(dict.fromkeys(bar.band for bar in figure.bars))
    events = list(dict.fromkeys(bar.event for bar in figure.bars))
    names = [_wrapped(event) for event in events]
    places, depth = _places(names)
    mirrored = len(groups) == 2
    gap = 0.0 if mirrored else BETWEEN
    left = 0.2 + CHARACTER * max(_columns(line) for name in names for line in name.splitlines())
    below = 0.5 + (0.25 if len(bands) > 1 else 0.0)
    width = left + len(groups) * (PANEL + gap) + 0.15
    height = LINE * depth + below + HEADING
    picture = MplFigure(figsize=(width, height))
    highest = _end_of_axis(figure.bars)
    for i, group in enumerate(groups):
        x = left + i * (PANEL + gap)
        box = (x / width, below / height, PANEL / width, LINE * depth / height)
        axes = picture.add_axes(box)
        bars = [bar for bar in figure.bars if bar.group == group]
        _draw_bars(axes, bars, bands, dict(zip(events, places, strict=True)), i)
        to_left = mirrored and i == 0
        axes.set_xlim((highest, 0.0) if to_left else (0.0, highest))
        axes.set_ylim(depth, 0.0)
        _set_axes(axes, highest, mirrored=mirrored and i == 1)
        axes.set_title(f"{group} (n = {bars[0].n})", loc="center" if mirrored else "left", pad=5)
        if i == 0:
            axes.set_yticks(places, names)
            axes.tick_params(axis="y", length=0, pad=6)
        else:
            axes.set_yticks([])
    middle = (left + (len(groups) * (PANEL + gap) - gap) / 2) / width
    picture.text(middle, (below - 0.33) / height, figure.x_label, ha="center", va="top",
                 fontsize=8.5)  # fmt: skip
    if len(bands) > 1:
        _draw_legend(picture, bands, len(groups), (middle, 0.0))
    return picture


def _draw_bars(
    axes: Axes,
    bars: Sequence[EventBar],
    bands: Sequence[str],
    places: dict[str, float],
    group: int,
) -> None:
    """The bars of a group, each with its percentage; those of the narrower band are dark."""
    for i, band in enumerate(bands):
        of_band = [bar for bar in bars if bar.band == band]
        light = i == 0 and len(bands) > 1
        y = [places[bar.event] for bar in of_band]
        axes.barh(
            y, [bar.percent for bar in of_band], height=BAR, linewidth=0, zorder=2 + i,
            color=_tint(colour(group)) if light else colour(group),
        )  # fmt: skip
    ends = [bar for bar in bars if bar.band == bands[0]]
    inner = {bar.event: bar for bar in bars if bar.band == bands[-1]}
    for bar in ends:
        texts = [bar, inner[bar.event]] if len(bands) > 1 else [bar]
        text = " / ".join(f"{b.percent:.0f}" for b in texts)
        axes.annotate(
            text, (bar.percent, places[bar.event]), xytext=(3 * _sign(axes, group), 0),
            textcoords="offset points", va="center", fontsize=6.5, color="0.25",
        )  # fmt: skip


def _sign(axes, group):
    return 1
