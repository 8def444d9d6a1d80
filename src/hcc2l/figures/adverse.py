"""Bars of adverse events: a butterfly of two groups, or one panel for each group."""

from __future__ import annotations

import math
import textwrap
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hcc2l.figures.style import colour
from hcc2l.report import AdverseFigure, EventBar

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Picture

LINE = 0.2  # inches per event
BAR = 0.68  # of a line
CHARACTER = 0.063
NAME_WIDTH, TITLE_WIDTH = 40, 32  # characters at which names of events and groups are wrapped
PANEL = 2.5  # inches, width of the bars of a group
BETWEEN = 0.25
HEADING, AXIS, LEGEND = 0.3, 0.5, 0.22
TINT = 0.6  # share of white in the bars of the wider band


def draw(figure: AdverseFigure) -> Picture:
    """Two groups back to back, else one panel for each group; common lines, names on the left."""
    from matplotlib.figure import Figure as MplFigure

    groups = list(dict.fromkeys(bar.group for bar in figure.bars))
    events = list(dict.fromkeys(bar.event for bar in figure.bars))
    bands = list(dict.fromkeys(bar.band for bar in figure.bars))
    names = [_wrapped(event, NAME_WIDTH) for event in events]
    titles = [_wrapped(f"{g} (n = {_patients(figure, g)})", TITLE_WIDTH) for g in groups]
    places, depth = _places(names)
    mirrored = len(groups) == 2
    step = PANEL + (0.0 if mirrored else BETWEEN)
    left = 0.2 + CHARACTER * max(_columns(line) for name in names for line in name.splitlines())
    right = left + (len(groups) - 1) * step + PANEL
    below = AXIS + (LEGEND if len(bands) > 1 else 0.0)
    tall = LINE * depth
    heading = HEADING * (1 + 0.55 * max(title.count("\n") for title in titles))
    width, height = right + 0.2, below + tall + heading
    picture = MplFigure(figsize=(width, height))
    ticks, end = _axis(figure.bars)
    for i, group in enumerate(groups):
        box = ((left + i * step) / width, below / height, PANEL / width, tall / height)
        axes = picture.add_axes(box)
        to_left = mirrored and i == 0
        axes.set_xlim((end, 0.0) if to_left else (0.0, end))
        axes.set_ylim(depth, 0.0)
        axes.set_xticks(ticks[1:] if mirrored and i else ticks)  # one 0 for both
        axes.set_yticks(places if i == 0 else [], names if i == 0 else [])
        axes.tick_params(axis="y", length=0, pad=6)
        axes.spines["left"].set_visible(not to_left)
        axes.set_title(titles[i], loc="center" if mirrored else "left", pad=5)
        axes.axhline(_lines(names[0]), color="0.75", linewidth=0.6, zorder=1)  # below any event
        bars = [bar for bar in figure.bars if bar.group == group]
        _draw_bars(axes, bars, dict(zip(events, places, strict=True)), colour(i), to_left=to_left)
    middle = (left + right) / 2
    picture.text(middle / width, (below - 0.36) / height, figure.x_label, ha="center", va="center",
                 fontsize=8.5)  # fmt: skip
    _draw_legend(picture, bands, len(groups), middle)
    return picture


def _draw_bars(
    axes: Axes, bars: Sequence[EventBar], places: dict[str, float], hue: str, *, to_left: bool
) -> None:
    """The bars of a group with their percentages, those of the narrower band dark."""
    bands = list(dict.fromkeys(bar.band for bar in bars))
    for i, band in enumerate(bands):
        of_band = [bar for bar in bars if bar.band == band]
        fill = hue if i == len(bands) - 1 else _tinted(hue)
        axes.barh([places[bar.event] for bar in of_band], [bar.percent for bar in of_band],
                  height=BAR, linewidth=0, color=fill, zorder=2 + i)  # fmt: skip
    for event, y in places.items():
        of_event = [bar for bar in bars if bar.event == event]
        text = " | ".join(_whole(bar.percent) for bar in of_event if bar.count)
        axes.annotate(
            text or "0", (of_event[0].percent, y), xytext=(-3 if to_left else 3, 0),
            textcoords="offset points", ha="right" if to_left else "left",
            va="center", fontsize=6.5, color="0.2",
        )  # fmt: skip


def _whole(percent: float) -> str:
    """A percentage beside its bar, halves rounded up: `3` for 2.5%."""
    return "<1" if percent < 0.5 else f"{math.floor(percent + 0.5)}"


def _draw_legend(picture: Picture, bands: Sequence[str], groups: int, middle: float) -> None:
    """The bands below the axis, each in the colours of all groups; none for a single band."""
    if len(bands) < 2:
        return
    from matplotlib.legend_handler import HandlerTuple
    from matplotlib.patches import Patch

    width, height = picture.get_size_inches()
    hues = [colour(i) for i in range(groups)]
    keys: Any = [
        tuple(Patch(color=hue if i == len(bands) - 1 else _tinted(hue)) for hue in hues)
        for i in range(len(bands))
    ]
    picture.legend(
        keys, list(bands), handler_map={tuple: HandlerTuple(ndivide=None, pad=0.0)},
        loc="center", bbox_to_anchor=(middle / width, 0.14 / height), ncols=len(bands),
        borderaxespad=0.0, handlelength=0.9 * groups, columnspacing=1.6,
    )  # fmt: skip


def _axis(bars: Sequence[EventBar]) -> tuple[list[float], float]:
    """The ticks of the axis of percentages, and its end, with room for the number of a bar."""
    from matplotlib.ticker import MaxNLocator

    highest = max([1.0, *(bar.percent for bar in bars)])
    ticks = [
        float(t) for t in MaxNLocator(5, steps=[1, 2, 5, 10]).tick_values(0.0, highest) if t <= 100
    ]
    return ticks, max(ticks[-1], 1.18 * highest)


def _tinted(hue: str) -> str:
    """A lighter colour of the same hue."""
    from matplotlib.colors import to_hex, to_rgb

    red, green, blue = (c + (1 - c) * TINT for c in to_rgb(hue))
    return to_hex((red, green, blue))


def _patients(figure: AdverseFigure, group: str) -> int:
    """The patients of a group."""
    return next(bar.n for bar in figure.bars if bar.group == group)


def _wrapped(text: str, width: int) -> str:
    """A text in lines of at most so many columns; wide letters take two."""
    return textwrap.fill(text, max(1, width * len(text) // max(1, _columns(text))))


def _columns(text: str) -> int:
    """The width of a text in columns of a fixed font."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _lines(name: str) -> float:
    """The height of a name, in lines of the figure."""
    return 1.0 + 0.6 * name.count("\n")


def _places(names: Sequence[str]) -> tuple[list[float], float]:
    """The middle of each line from the top, and the end of the last; any event stands apart."""
    places, depth = [], 0.0
    for name in names:
        places.append(depth + _lines(name) / 2)
        depth += _lines(name)
    return places, depth
