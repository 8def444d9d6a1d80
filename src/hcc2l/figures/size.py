"""The size of a figure: letters and drawing brought to the width and height asked for."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable
from typing import TYPE_CHECKING

from hcc2l.errors import UsageError
from hcc2l.figures.style import LETTERS, FigureStyle, Paper, sized

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Picture

INCH = 25.4  # millimetres
SMALLEST = 5.0  # points of ordinary letters, which journals still print
TITLE_LINE, BELOW_TITLE, MARGIN = 0.165, 0.1, 0.08  # inches, as in `Paper`
TITLE_CHARACTER = 0.083
ATTEMPTS = 4
TOLERANCE = 1e-6

Drawer = Callable[[Paper], "Picture"]


def fitted(drawer: Drawer, style: FigureStyle) -> Picture:
    """The picture in the size of the style, under its title; sets matplotlib's settings.

    Letters get smaller where the figure does not fit otherwise, unless their size was asked for.

    Raises
    ------
    UsageError
        It does not fit.
    """
    scale = (style.font_size or LETTERS) / LETTERS
    picture = _drawn(drawer, style, scale)
    for _ in range(ATTEMPTS):
        excess = max(_excess(picture, style, scale))
        if excess <= 1 + TOLERANCE:
            break
        if style.font_size or LETTERS * scale / excess < SMALLEST:
            raise _does_not_fit(drawer, style)
        scale /= excess
        picture = _drawn(drawer, style, scale)
    width, height = _inches(style, 1.0)
    w, h = picture.get_size_inches()
    picture.set_size_inches(width or w * scale, height or h * scale)
    return picture


def _drawn(drawer: Drawer, style: FigureStyle, scale: float) -> Picture:
    """The picture with its title, in the units of `Paper`."""
    import matplotlib as mpl

    mpl.rcParams.update(style.settings(scale))
    width, height = _inches(style, scale)
    if not style.title:
        return drawer(Paper(width, height))
    usual = width or drawer(Paper(width, height)).get_figwidth()
    lines = textwrap.wrap(style.title, max(8, int((usual - 2 * MARGIN) / TITLE_CHARACTER)))
    above = TITLE_LINE * len(lines) + BELOW_TITLE
    picture = drawer(Paper(width, None if height is None else height - above))
    _entitle(picture, "\n".join(lines), above)
    return picture


def _entitle(picture: Picture, title: str, above: float) -> None:
    """A title above the picture, which gets taller."""
    width, height = picture.get_size_inches()
    taller = height + above
    for axes in picture.axes:
        x, y, w, h = axes.get_position().bounds
        axes.set_position((x, y * height / taller, w, h * height / taller))
    picture.set_size_inches(width, taller)
    picture.text(
        MARGIN / width, 1 - MARGIN / taller, title, ha="left", va="top", fontweight="bold",
        fontsize=sized(9), linespacing=1.2,
    )  # fmt: skip


def _inches(style: FigureStyle, scale: float) -> tuple[float | None, float | None]:
    """Width and height asked for, in inches that are `scale` times as long."""
    width, height = (side and side / INCH / scale for side in (style.width, style.height))
    return width, height


def _excess(picture: Picture, style: FigureStyle, scale: float) -> tuple[float, float]:
    """How many times as wide and as high as asked for the picture is; 1 where nothing was asked."""
    sizes = zip(picture.get_size_inches(), _inches(style, scale), strict=True)
    width, height = (side / asked if asked else 1.0 for side, asked in sizes)
    return width, height


def _does_not_fit(drawer: Drawer, style: FigureStyle) -> UsageError:
    """The error, with the size that would do with the letters asked for, or the smallest ones."""
    letters = style.font_size or SMALLEST
    picture = _drawn(drawer, style, letters / LETTERS)
    wide, tall = _excess(picture, style, letters / LETTERS)
    option, asked, side = (
        ("--width", style.width, 0) if wide >= tall else ("--height", style.height, 1)
    )
    needed = math.ceil(picture.get_size_inches()[side] * letters / LETTERS * INCH)
    smaller = ", or a smaller --font-size" if letters > SMALLEST else ""
    return UsageError(
        f"The figure does not fit {asked:g} mm with letters of {letters:g} points.",
        where=option,
        hint=f"Use {option} {needed} or more{smaller}.",
    )
