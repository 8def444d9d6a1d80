"""A nomogram: scales below each other, from points to risks."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from hcc2l.figures.style import PAPER, Paper, sized
from hcc2l.report import NomogramFigure, NomogramScale

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Picture

# Inches, as in `Paper`.
WIDTH, NARROWEST = 4.6, 2.4  # of the scales
LABEL, MARGIN = 1.5, 0.18
ROW = 0.44
CHARACTER = 0.068  # of a tick's text
_LABEL_CHARACTERS = 22


def draw(figure: NomogramFigure, paper: Paper = PAPER) -> Picture:
    """The scales on one axis of points from 0 to 100, their labels on the left."""
    from matplotlib.figure import Figure as MplFigure

    rows = len(figure.scales)
    width = paper.wide(WIDTH, NARROWEST, LABEL + MARGIN)
    height = paper.tall(ROW * rows, 0.3 * rows, MARGIN)
    picture = MplFigure(figsize=(width + LABEL + MARGIN, height + MARGIN))
    whole_width, whole_height = picture.get_size_inches()
    axes = picture.add_axes(
        (LABEL / whole_width, MARGIN / 2 / whole_height, width / whole_width, height / whole_height)
    )
    axes.set_axis_off()
    axes.set_xlim(0, 100)
    axes.set_ylim(rows - 0.4, -0.6)
    for row, scale in enumerate(figure.scales):
        axes.text(
            -0.12 * 100 / width, row, textwrap.fill(scale.label, _LABEL_CHARACTERS), ha="right",
            va="center", fontsize=sized(8), clip_on=False,
        )  # fmt: skip
        if scale.position:
            _draw_scale(axes, scale, row, width)
    return picture


def _draw_scale(axes: Axes, scale: NomogramScale, row: int, width: float) -> None:
    """The line with its ticks; a text that would touch the one before is dropped."""
    axes.plot([min(scale.position), max(scale.position)], [row, row], color="0.15", linewidth=0.9)
    taken = {True: -1e9, False: -1e9}  # the end of the latest text above and below
    ticks = sorted(zip(scale.position, scale.text, scale.above, strict=True))
    for place, text, above in ticks:
        half = CHARACTER * len(text) * 100 / width / 2
        side = above
        if place - half < taken[side] and not any(up for _, _, up in ticks):
            side = True  # crowded levels go above
        axes.plot([place, place], [row, row + (-0.14 if side else 0.14)], color="0.15",
                  linewidth=0.8, clip_on=False)  # fmt: skip
        if place - half < taken[side]:
            continue
        axes.text(place, row + (-0.2 if side else 0.2), text, ha="center",
                  va="bottom" if side else "top", fontsize=sized(7), clip_on=False)  # fmt: skip
        taken[side] = place + half
