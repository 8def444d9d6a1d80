"""Figures of a validation: calibration, decision curves, areas under the ROC curve over time."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from hcc2l.figures.style import PAPER, Paper, colour, dashes, sized
from hcc2l.numerals import percent
from hcc2l.report import (
    AreasFigure,
    BenefitCurve,
    CalibrationFigure,
    DecisionFigure,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Picture

# Inches, as in `Paper`.
SIDE, SMALLEST_SIDE = 2.6, 1.6  # of a calibration panel
STRIP = 0.42  # the histogram below it
WIDTH, HEIGHT = 3.4, 2.5  # of a decision curve
LINE = 0.155  # of a legend
LEFT, RIGHT, BELOW, ABOVE = 0.62, 0.14, 0.5, 0.3
GREY = "0.55"
_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)


def draw_calibration(figure: CalibrationFigure, paper: Paper = PAPER) -> Picture:
    """Squares with the groups, the curve with its band, and the diagonal, above histograms."""
    columns = min(3, len(figure.titles))
    others = LEFT + RIGHT
    side = paper.wide(SIDE * columns, SMALLEST_SIDE * columns, others * columns) / columns
    rest = STRIP + BELOW + ABOVE
    rows = -(-len(figure.titles) // columns)
    side = min(side, paper.tall(side * rows, SMALLEST_SIDE * rows, rest * rows) / rows)
    picture, places = _grid(len(figure.titles), columns, side, side, below=STRIP + BELOW)
    for panel, (axes, title) in enumerate(zip(places, figure.titles, strict=True)):
        axes.plot([0, 1], [0, 1], color=GREY, linewidth=0.8, linestyle=(0, (4, 3)), zorder=1)
        for line in (c for c in figure.curves if c.panel == panel):
            axes.fill_between(line.predicted, line.lower, line.upper, color=colour(0), alpha=0.18,
                              linewidth=0, zorder=2)  # fmt: skip
            axes.plot(line.predicted, line.observed, color=colour(0), linewidth=1.4, zorder=3)
        for groups in (g for g in figure.groups if g.panel == panel):
            _draw_groups(axes, groups.predicted, groups.observed, groups.lower, groups.upper)
        _percents(axes.xaxis, axes.yaxis)
        axes.set_xlim(-0.015, 1.015)
        axes.set_ylim(-0.015, 1.015)
        axes.set_xticklabels([])
        axes.set_title(textwrap.fill(title, 36), loc="left", fontsize=sized(8.5))
        if panel % columns == 0:
            axes.set_ylabel(figure.y_label)
        _draw_histogram(picture, axes, figure, panel)
    return picture


def _draw_groups(
    axes: Axes, predicted: Sequence[float], observed: Sequence[float],
    lower: Sequence[float | None], upper: Sequence[float | None],
) -> None:  # fmt: skip
    for x, low, high in zip(predicted, lower, upper, strict=True):
        if low is not None and high is not None:
            axes.plot([x, x], [low, high], color="0.25", linewidth=0.9, zorder=4)
    axes.plot(predicted, observed, linestyle="none", marker="o", markersize=4, color="0.1",
              zorder=5)  # fmt: skip


def _draw_histogram(
    picture: Picture, axes: Axes, figure: CalibrationFigure, panel: int
) -> None:  # fmt: skip
    """Numbers of patients by predicted risk, below the square and on its axis."""
    height = picture.get_figheight()
    place = axes.get_position()
    strip = picture.add_axes(
        (place.x0, place.y0 - STRIP / height, place.width, (STRIP - 0.08) / height)
    )
    for bars in (h for h in figure.histograms if h.panel == panel):
        widths = [high - low for low, high in zip(bars.lower, bars.upper, strict=True)]
        strip.bar(bars.lower, bars.n, widths, align="edge", color="0.7", linewidth=0)
        strip.set_ylim(0, max(bars.n))
    strip.set_xlim(-0.015, 1.015)
    strip.set_yticks([])
    strip.spines["left"].set_visible(False)
    strip.set_xticks(_SHARES, [percent(t, 0) if t else "0" for t in _SHARES])
    strip.set_xlabel(figure.x_label)


def draw_benefits(figure: DecisionFigure, paper: Paper = PAPER) -> Picture:
    """Net benefit against the threshold, a panel for each time, under one legend."""
    columns = min(2, len(figure.titles))
    labels = list(dict.fromkeys(curve.label for curve in figure.curves))
    titled = any(figure.titles)
    legend = LINE * len(labels) + 0.1
    width = paper.wide(WIDTH * columns, SMALLEST_SIDE * columns, (LEFT + RIGHT) * columns) / columns
    rows = -(-len(figure.titles) // columns)
    rest = (BELOW + (ABOVE if titled else 0.12)) * rows + legend
    height = paper.tall(HEIGHT * rows, 1.2 * rows, rest) / rows
    picture, places = _grid(len(figure.titles), columns, width, height, below=BELOW, top=legend,
                            above=ABOVE if titled else 0.12)  # fmt: skip
    for panel, (axes, title) in enumerate(zip(places, figure.titles, strict=True)):
        curves = [curve for curve in figure.curves if curve.panel == panel]
        for i, curve in enumerate(curves):
            _draw_benefit(axes, curve, labels.index(curve.label), len(curves) - i)
        shown = [
            v for c in curves if c.label != "Treat all" for v in c.net_benefit if v is not None
        ]
        top = max([v for c in curves for v in c.net_benefit if v is not None])
        axes.set_ylim(min(-0.05, min(shown)) - 0.02 * top, 1.05 * top)
        axes.set_xlim(min(curves[0].threshold), max(curves[0].threshold))
        axes.xaxis.set_major_formatter(lambda value, _: percent(value, 0))
        axes.set_title(title, loc="left", fontsize=sized(8.5))
        axes.set_xlabel("Threshold: treated from a risk of")
        if panel % columns == 0:
            axes.set_ylabel("Net benefit")
    _legend_above(picture, places[0], len(labels))
    return picture


def _draw_benefit(axes: Axes, curve: BenefitCurve, i: int, from_last: int) -> None:
    points = [(t, v) for t, v in zip(curve.threshold, curve.net_benefit, strict=True)
              if v is not None]  # fmt: skip
    x, y = [t for t, _ in points], [v for _, v in points]
    if from_last == 1:  # treat none
        axes.plot(x, y, color="0.2", linewidth=0.9, linestyle=(0, (1, 1.5)), label=curve.label)
    elif from_last == 2:  # treat all
        axes.plot(x, y, color=GREY, linewidth=1.1, label=curve.label)
    else:
        axes.plot(x, y, color=colour(i), linestyle=dashes(i), linewidth=1.5, label=curve.label,
                  zorder=3)  # fmt: skip


def draw_areas(figure: AreasFigure, paper: Paper = PAPER) -> Picture:
    """Areas over time with their bands, where there are few scores, under a legend."""
    legend = LINE * len(figure.curves) + 0.1
    width = paper.wide(WIDTH, SMALLEST_SIDE, LEFT + RIGHT)
    height = paper.tall(HEIGHT, 1.2, BELOW + 0.12 + legend)
    picture, (axes,) = _grid(1, 1, width, height, below=BELOW, top=legend, above=0.12)
    axes.axhline(0.5, color=GREY, linewidth=0.8, linestyle=(0, (4, 3)), zorder=1)
    for i, curve in enumerate(figure.curves):
        if len(figure.curves) <= 2:
            axes.fill_between(curve.time, curve.lower, curve.upper, color=colour(i), alpha=0.15,
                              linewidth=0, zorder=2)  # fmt: skip
        axes.plot(curve.time, curve.auc, color=colour(i), linestyle=dashes(i), linewidth=1.5,
                  label=curve.label, zorder=3)  # fmt: skip
    lowest = min(v for c in figure.curves for v in (c.lower if len(figure.curves) <= 2 else c.auc))
    axes.set_ylim(min(0.4, lowest - 0.02), 1.0)
    axes.set_xlim(left=0)
    axes.set_xlabel(figure.x_label)
    axes.set_ylabel("AUC")
    _legend_above(picture, axes, len(figure.curves))
    return picture


def _grid(
    count: int, columns: int, width: float, height: float, *, below: float, top: float = 0.0,
    above: float = ABOVE,
) -> tuple[Picture, list[Axes]]:  # fmt: skip
    """Axes of one size in rows, with `below` and `above` each, and `top` above all."""
    from matplotlib.figure import Figure as MplFigure

    each_width, each_height = width + LEFT + RIGHT, height + below + above
    rows = -(-count // columns)
    whole_width, whole_height = each_width * columns, each_height * rows + top
    picture = MplFigure(figsize=(whole_width, whole_height))
    places = []
    for i in range(count):
        x = (i % columns) * each_width + LEFT
        y = whole_height - top - (i // columns + 1) * each_height + below
        box = (x / whole_width, y / whole_height, width / whole_width, height / whole_height)
        places.append(picture.add_axes(box))
    return picture, places


def _percents(*axes: object) -> None:
    for axis in axes:
        axis.set_ticks(_SHARES, [percent(t, 0) if t else "0" for t in _SHARES])  # type: ignore[attr-defined]


def _legend_above(picture: Picture, axes: Axes, entries: int) -> None:
    place = axes.get_position()
    picture.legend(
        handles=axes.get_legend_handles_labels()[0][:entries], loc="upper left",
        bbox_to_anchor=(place.x0, 1.0), alignment="left", handlelength=2.6, borderaxespad=0.1,
        borderpad=0.2, labelspacing=0.3,
    )  # fmt: skip
