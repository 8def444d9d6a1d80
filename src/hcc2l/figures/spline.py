"""Ratios along a marker: curve and band, the reference, and how the patients are spread."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from hcc2l.figures.style import PAPER, Paper, colour, dashes, sized
from hcc2l.numerals import log_tick, tick
from hcc2l.report import MarkerDensity, MarkerValues, RatioCurve, SplineFigure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Picture

# Inches, as in `Paper`.
WIDTH, NARROWEST = 3.3, 1.9
HEIGHT, LOWEST = 2.6, 1.5
LEFT, RIGHT, BELOW = 0.75, 0.25, 0.5
LINE = 0.15  # of the tests above a panel, and of the legend below it
CHARACTER = 0.068
X_TICK = 0.55  # at least, from one to the next
DENSITY = 0.16  # share of the height that the density takes
RUG = 0.035
MOST_PATIENTS = 2000  # with more, the rug is a bar and only the density tells anything
TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
FINE_TICKS = (0.5, 0.6, 0.8, 1, 1.25, 1.5, 2)
WIDEST = 20.0  # of a band, which may have no end; curves themselves are never cut
GREY = "0.55"


def draw(figure: SplineFigure, paper: Paper = PAPER) -> Picture:
    """The panels side by side, two in a row at most, on one axis of ratios."""
    from matplotlib.figure import Figure as MplFigure

    count = len(figure.x_labels)
    above = 0.12 + LINE * max(text.count("\n") + 1 for text in figure.annotations)
    below = BELOW + (LINE * 1.6 if any(figure.legends) else 0.0)
    columns = min(count, 2)
    rows = -(-count // columns)
    beside = (LEFT + RIGHT) * columns
    wide = paper.wide(WIDTH * columns, NARROWEST * columns, beside) / columns
    outside = (above + below) * rows
    tall = paper.tall(HEIGHT * rows, LOWEST * rows, outside) / rows
    width, height = columns * (LEFT + wide + RIGHT), rows * (above + tall + below)
    picture = MplFigure(figsize=(width, height))
    limits = _limits(figure.curves)
    for panel in range(count):
        x = LEFT + (panel % columns) * (LEFT + wide + RIGHT)
        y = height - (panel // columns) * (above + tall + below) - above - tall
        axes = picture.add_axes((x / width, y / height, wide / width, tall / height))
        _draw_panel(axes, figure, panel, limits, (wide, tall))
    return picture


def _limits(curves: Sequence[RatioCurve]) -> tuple[float, float]:
    """The range of the ratios: of all curves, and of their bands as far as `WIDEST`."""
    ratios = [r for c in curves for r in c.ratio if r is not None and 0 < r < math.inf] or [1.0]
    band = [b for c in curves for b in (*c.lower, *c.upper) if b is not None and b > 0]
    within = [min(max(b, 1 / WIDEST), WIDEST) for b in band]
    low, high = min(*ratios, *within, 0.8), max(*ratios, *within, 1.25)
    return low / 1.05, high * 1.05


def _draw_panel(
    axes: Axes, figure: SplineFigure, panel: int, limits: tuple[float, float],
    inches: tuple[float, float],
) -> None:  # fmt: skip
    wide, tall = inches
    curves = [curve for curve in figure.curves if curve.panel == panel]
    low, high = limits
    below = (low / high) ** (DENSITY / (1 - DENSITY))  # room for the density
    if figure.log[panel]:
        axes.set_xscale("log")
    axes.set_yscale("log")
    first, last = curves[0].value[0], curves[0].value[-1]
    axes.set_xlim(first, last)
    axes.set_ylim(low * below, high)
    axes.axhline(1.0, color=GREY, linewidth=0.8, zorder=1)
    axes.axvline(figure.references[panel], color=GREY, linewidth=0.8, linestyle=":", zorder=1)
    for density in figure.densities:
        if density.panel == panel:
            _draw_density(axes, density)
    for patients in figure.patients:
        if patients.panel == panel:
            _draw_rug(axes, patients)
    for i, curve in enumerate(curves):
        _draw_curve(axes, curve, i)
    _set_ticks(axes, limits, max(3, int(wide / X_TICK)), log=figure.log[panel])
    axes.set_xlabel(textwrap.fill(figure.x_labels[panel], int((wide + 0.4) / CHARACTER)))
    axes.set_ylabel(textwrap.fill(figure.y_label, 40))
    axes.text(0, 1 + 0.06 / tall, figure.annotations[panel], transform=axes.transAxes, ha="left",
              va="bottom", fontsize=sized(7.5), linespacing=1.2)  # fmt: skip
    if len(curves) > 1:
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -(BELOW - 0.02) / tall),
                    ncols=len(curves), fontsize=sized(7.5), handlelength=2.4, columnspacing=1.2,
                    borderaxespad=0, borderpad=0)  # fmt: skip


def _draw_curve(axes: Axes, curve: RatioCurve, i: int) -> None:
    ratio = [math.nan if r is None else r for r in curve.ratio]
    lower, upper = (
        [math.nan if limit is None else limit for limit in limits]
        for limits in (curve.lower, curve.upper)
    )
    axes.fill_between(curve.value, lower, upper, color=colour(i), alpha=0.15, linewidth=0)
    axes.plot(curve.value, ratio, color=colour(i), linestyle=dashes(i), linewidth=1.5,
              label=curve.group)  # fmt: skip


def _draw_density(axes: Axes, density: MarkerDensity) -> None:
    """At the foot of the panel, on no axis of its own."""
    top = max(density.density)
    if top == 0:
        return
    heights = [RUG + 0.005 + (DENSITY - RUG - 0.02) * d / top for d in density.density]
    axes.fill_between(density.value, RUG + 0.005, heights, transform=axes.get_xaxis_transform(),
                      color="0.85", linewidth=0, zorder=0.5)  # fmt: skip


def _draw_rug(axes: Axes, patients: MarkerValues) -> None:
    if len(patients.value) > MOST_PATIENTS:
        return
    axes.vlines(sorted(set(patients.value)), 0, RUG, transform=axes.get_xaxis_transform(),
                color="0.35", linewidth=0.4, alpha=0.7)  # fmt: skip


def _set_ticks(axes: Axes, limits: tuple[float, float], most: int, *, log: bool) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter, NullLocator

    low, high = limits
    coarse = [t for t in TICKS if low <= t <= high]
    fine = [t for t in FINE_TICKS if low <= t <= high]
    ticks = coarse if len(coarse) > 2 or len(fine) < 3 else fine
    axes.set_yticks(ticks, [tick(t) for t in ticks])
    axes.yaxis.set_minor_locator(NullLocator())
    if not log:
        axes.xaxis.set_major_locator(MaxNLocator(most, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _value_tick(value)))
    axes.xaxis.set_minor_formatter(NullFormatter())


def _value_tick(value: float) -> str:
    """`2.5`, `400`, `20 000`."""
    return log_tick(value) if value >= 1000 else tick(value)
