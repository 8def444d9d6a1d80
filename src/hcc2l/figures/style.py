"""The style of every figure: its size, its letters, its colours.

Letters and colours are matplotlib's settings while a figure is drawn, where `sized` and `colour`
find them; a drawer is given the size of its paper.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hcc2l.palettes import DEFAULT_PALETTE, PALETTES

COLOURS = PALETTES[DEFAULT_PALETTE]
# Line styles differ as well as colours, for printing in grey.
DASHES: tuple[tuple[int, tuple[float, ...]], ...] = (
    (0, ()), (0, (5, 1.5)), (0, (1.5, 1.2)), (0, (6, 1.5, 1.5, 1.5)), (0, (9, 2)),
    (0, (3, 1.2, 1.2, 1.2, 1.2, 1.2)), (0, (2.5, 2.5)), (0, (1, 3)),
)  # fmt: skip

LETTERS = 8.0  # points, unless others are asked for
FONT = "DejaVu Sans"  # comes with matplotlib, so that figures are the same everywhere
STYLE: dict[Any, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": [FONT],
    "font.size": LETTERS,
    "axes.labelsize": 8.5,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 9.0,
    "xtick.labelsize": 8.0,
    "ytick.labelsize": 8.0,
    "xtick.major.width": 0.8,
    "ytick.major.width": 0.8,
    "xtick.major.size": 3.0,
    "ytick.major.size": 3.0,
    "lines.solid_capstyle": "butt",
    "legend.frameon": False,
    "text.parse_math": False,  # a $ in a label is a dollar
    "svg.hashsalt": "hcc2l",
    "svg.fonttype": "none",
    "pdf.fonttype": 42,
    "ps.fonttype": 42,
    "figure.dpi": 100.0,
}


# Settings in points that grow with the letters.
_SIZES: dict[Any, float] = {
    **{key: STYLE[key] for key in ("font.size", "axes.labelsize", "axes.titlesize",
                                   "xtick.labelsize", "ytick.labelsize")},
    "axes.labelpad": 4.0, "axes.titlepad": 6.0, "xtick.major.pad": 3.5, "ytick.major.pad": 3.5,
}  # fmt: skip


@dataclass(frozen=True)
class FigureStyle:
    """How a figure is drawn, whatever it shows.

    Attributes
    ----------
    width, height
        Millimetres; those that the drawer chooses when None.
    dpi
        Dots per inch of images made of dots.
    font_size
        Points of ordinary letters, which others are in proportion to; 8 when None, or fewer if
        the width or the height needs it.
    title
        Above the figure.
    """

    width: float | None = None
    height: float | None = None
    dpi: int = 300
    font_size: float | None = None
    palette: str = DEFAULT_PALETTE
    title: str | None = None

    def settings(self, scale: float) -> dict[Any, Any]:
        """Matplotlib's settings, with letters of `scale` times the usual size."""
        colours = list(PALETTES[self.palette])
        sizes = {key: scale * size for key, size in _SIZES.items()}
        return {**STYLE, **sizes, "axes.prop_cycle": f"cycler('color', {colours})"}


@dataclass(frozen=True)
class Paper:
    """The size of a figure that was asked for, in inches where ordinary letters have 8 points.

    A drawer lays out its figure in these units whatever the size of its letters will be. It makes
    a figure of this size if it can, and else the smallest that is larger.
    """

    width: float | None = None
    height: float | None = None

    def wide(self, usual: float, least: float, rest: float) -> float:
        """The width of a plot beside which there is `rest`."""
        return usual if self.width is None else max(least, self.width - rest)

    def tall(self, usual: float, least: float, rest: float) -> float:
        """The height of a plot above and below which there is `rest`."""
        return usual if self.height is None else max(least, self.height - rest)


PAPER = Paper()


def sized(size: float) -> float:
    """A size in points beside letters of 8 points, in proportion to those of the figure."""
    from matplotlib import rcParams

    return size * float(rcParams["font.size"]) / LETTERS


def colour(i: int) -> str:
    """The i-th group's colour in the palette of the figure."""
    from matplotlib import rcParams

    palette: list[str] = rcParams["axes.prop_cycle"].by_key()["color"]
    return palette[i % len(palette)]


def colours() -> int:
    """The number of colours before the palette of the figure begins again."""
    from matplotlib import rcParams

    return len(rcParams["axes.prop_cycle"])


def dashes(i: int) -> tuple[int, tuple[float, ...]]:
    """The i-th group's line style."""
    return DASHES[i % len(DASHES)]
