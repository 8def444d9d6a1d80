"""Figures of imputed values: beside the observed ones, and over the iterations of their chains."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hcc2l.figures.style import PAPER, Paper, colour, sized
from hcc2l.numerals import log_tick
from hcc2l.report import ImputationFigure, ImputationTrace, ObservedImputed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Picture

HEIGHT, LOWEST = 1.0, 0.75  # inches of a panel
WIDTHS = (2.3, 1.45, 1.45)  # of the distribution and the two traces
NARROWEST = 0.7  # of these widths
LEFT, GAP = 0.62, 0.62
ABOVE, BETWEEN, BELOW = 0.62, 0.62, 0.45
THIN, OPACITY = 0.6, 0.45  # of the line of one imputation
BAR = 0.38
LEVEL = 11  # characters of a line below a bar


def draw(figure: ImputationFigure, paper: Paper = PAPER) -> Picture:
    """A row for each column: its distributions, and mean and SD by iteration."""
    from matplotlib.figure import Figure as MplFigure

    rows = len(figure.panels)
    beside = LEFT + 2 * GAP + 0.12
    wide = paper.wide(sum(WIDTHS), NARROWEST * sum(WIDTHS), beside)
    widths = [wide * width / sum(WIDTHS) for width in WIDTHS]
    rest = ABOVE + BELOW + BETWEEN * (rows - 1)
    tall = paper.tall(HEIGHT * rows, LOWEST * rows, rest) / rows
    width, height = beside + wide, rest + tall * rows
    picture = MplFigure(figsize=(width, height))
    for place, panel in enumerate(figure.panels):
        x, y = LEFT, height - ABOVE - tall - place * (tall + BETWEEN)
        axes = []
        for each in widths:
            axes.append(picture.add_axes((x / width, y / height, each / width, tall / height)))
            x += each + GAP
        found = [one for one in figure.distributions if one.panel == place]
        traces = [trace for trace in figure.traces if trace.panel == place]
        _distributions(axes[0], found, log=panel.log)
        axes[0].set_title(panel.title, loc="left", fontsize=sized(8.5), pad=sized(4))
        of = " of logarithms" if panel.log_model else ""
        _trace(axes[1], [(trace.iteration, trace.mean) for trace in traces], f"Mean{of}")
        _trace(axes[2], [(trace.iteration, trace.sd) for trace in traces], f"SD{of}")
        if place == rows - 1:
            for trace_axes in axes[1:]:
                trace_axes.set_xlabel("Iteration")
    _legend(picture, figure.traces, height)
    return picture


def _distributions(axes: Axes, found: Sequence[ObservedImputed], *, log: bool) -> None:
    """Distribution functions of a number, or bars of its categories."""
    observed, *imputed = found
    if any(observed.level):
        _bars(axes, observed, imputed)
        return
    thin: dict[str, Any] = {"color": colour(1), "linewidth": THIN, "alpha": OPACITY}
    thick: dict[str, Any] = {"color": colour(0), "linewidth": 1.6}
    for one in (*imputed, observed):
        line = thick if one is observed else thin
        axes.step((one.value[0], *one.value), (0.0, *one.share), where="post", **line)
    axes.set_ylim(0, 1.02)
    axes.set_yticks([0, 0.5, 1], ["0%", "50%", "100%"])
    if log:
        from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

        axes.set_xscale("log")
        axes.xaxis.set_major_locator(LogLocator(numticks=5))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: log_tick(value)))
        axes.xaxis.set_minor_formatter(NullFormatter())


def _bars(axes: Axes, observed: ObservedImputed, imputed: Sequence[ObservedImputed]) -> None:
    """The shares of the levels: observed, and imputed with a dot for each imputation."""
    shares = [[one.share[i] for one in imputed] for i in range(len(observed.value))]
    left = [at - BAR / 2 for at in observed.value]
    right = [at + BAR / 2 for at in observed.value]
    axes.bar(left, observed.share, BAR, color=colour(0))
    axes.bar(right, [sum(of) / max(len(of), 1) for of in shares], BAR, color=colour(1), alpha=0.7)
    for at, of in zip(right, shares, strict=True):
        axes.plot([at] * len(of), of, ".", color="0.25", markersize=2.5, alpha=OPACITY)
    labels = [textwrap.fill(level, LEVEL) for level in observed.level]
    axes.set_xticks(list(observed.value), labels, fontsize=sized(7 if len(labels) < 5 else 6))
    axes.set_ylim(0, None)
    axes.yaxis.set_major_formatter(lambda share, _: f"{100 * share:g}%")


def _trace(
    axes: Axes, lines: Sequence[tuple[Sequence[float], Sequence[float | None]]], name: str
) -> None:
    """A measure of the imputed values, a line for each imputation."""
    from matplotlib.ticker import MaxNLocator

    for iteration, values in lines:
        known = [float("nan") if value is None else value for value in values]
        axes.plot(iteration, known, color=colour(1), linewidth=THIN, alpha=OPACITY)
    axes.set_title(name, loc="left", fontsize=sized(8), pad=sized(4))
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(4))


def _legend(picture: Picture, traces: Sequence[ImputationTrace], height: float) -> None:
    """Above the panels: which line is what."""
    from matplotlib.lines import Line2D

    sets = max(trace.imputation for trace in traces)
    handles = [
        Line2D([], [], color=colour(0), linewidth=1.6, label="Observed"),
        Line2D([], [], color=colour(1), linewidth=1.2, alpha=0.8, label=f"Imputed ({sets} sets)"),
    ]
    picture.legend(
        handles=handles, loc="upper left", bbox_to_anchor=(0.02, 1 - 0.04 / height), ncols=2,
        fontsize=sized(7.5), borderaxespad=0, handlelength=1.4,
    )  # fmt: skip
