"""Options of figures: those of every figure, and those of survival curves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from hcc2l.palettes import DEFAULT_PALETTE, PALETTES
from hcc2l.specs.options import Options, option
from hcc2l.wording import listed

FIGURE = "Figure"
Show = Literal["survival", "risk", "hazard"]
SURVIVAL_FIGURE = ("--xlim", "--xticks", "--no-censor-ticks", "--bands", "--show")


@dataclass(frozen=True, kw_only=True)
class FigureOptions(Options):
    """Size, letters and colours of every figure."""

    width: float | None = option(
        None, "Width in mm, such as 85 for one column of a journal, 175 for two.",
        metavar="MM", panel=FIGURE, low=30, high=1000,
    )  # fmt: skip
    height: float | None = option(
        None, "Height in mm.", metavar="MM", panel=FIGURE, low=20, high=1000
    )
    dpi: int = option(
        300, "Dots per inch of .png and .tiff.", metavar="N", panel=FIGURE, low=50, high=2400
    )
    font_size: float | None = option(
        None, "Points of the letters (default: 8, or fewer where --width needs it).",
        metavar="PT", panel=FIGURE, low=4, high=48,
    )  # fmt: skip
    palette: str = option(
        DEFAULT_PALETTE, f"Colours: {listed(tuple(PALETTES), 'or')}.",
        metavar="NAME", panel=FIGURE, choices=tuple(PALETTES),
    )  # fmt: skip
    title: str | None = option(
        None, "A title above the figure.", metavar="TEXT", panel=FIGURE, in_dictionary=False
    )


@dataclass(frozen=True, kw_only=True)
class TimeAxisOptions(Options):
    """The time axis of survival curves, and their censoring marks."""

    xlim: float | None = option(
        None, "End of the time axis of the figure.", metavar="T", panel=FIGURE, ends=False
    )
    xticks: Sequence[float] = option(
        (), "Ticks of the time axis: every T, or at each of several times.",
        metavar="T[,T…]", panel=FIGURE,
    )  # fmt: skip
    censor_ticks: bool = option(True, "Mark censored patients on the curves.", panel=FIGURE)


@dataclass(frozen=True, kw_only=True)
class SurvivalFigureOptions(TimeAxisOptions):
    """What a figure of survival curves shows."""

    bands: bool | None = option(
        None, "Confidence bands (default: up to three groups).", panel=FIGURE
    )
    show: Show = option(
        "survival", "Curves of survival, of the risk 1 - S, or of the cumulative hazard (hazard).",
        metavar="WHAT", panel=FIGURE,
    )  # fmt: skip
