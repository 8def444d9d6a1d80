"""Love plots and mirrored histograms of propensity scores."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from hcc2l.figures.style import colour
from hcc2l.numerals import NOT_ESTIMABLE, tick
from hcc2l.report import LoveFigure, ScoreHistogram, ScoresFigure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Picture

LINE = 0.2  # inches per covariate
PLOT_WIDTH = 3.4
CHARACTER = 0.065
LABEL_WIDTH = 46  # characters at which a covariate's name is wrapped
PANEL = 2.9  # inches, width and height of a histogram
PANEL_WIDTH = 40  # characters below it
MARKERS = ("o", "s", "D")


def draw_love(figure: LoveFigure) -> Picture:
    """Love plot: absolute standardised differences, the largest before matching on top."""
    from matplotlib.figure import Figure as MplFigure

    before = figure.series[0]
    order = sorted(range(len(before.variable)), key=lambda i: abs(before.smd[i] or 0.0))
    names = [textwrap.fill(before.variable[i], LABEL_WIDTH) for i in order]
    sizes = [[_size(series.smd[i]) for i in order] for series in figure.series]
    places, top = _places(names)
    left = 0.25 + CHARACTER * max(len(part) for name in names for part in name.splitlines())
    tall = LINE * (top + 0.6)
    below = 0.5 + 0.15 * figure.x_label.count("\n")
    width, height = left + PLOT_WIDTH + 0.2, tall + below + 0.35
    picture = MplFigure(figsize=(width, height))
    axes = picture.add_axes(
        (left / width, below / height, PLOT_WIDTH / width, tall / height)
    )  # fmt: skip
    axes.axvline(figure.threshold, color="0.4", linewidth=0.8, linestyle=(0, (4, 3)), zorder=1)
    for i, series in enumerate(figure.series):
        points = [(x, y) for x, y in zip(sizes[i], places, strict=True) if x is not None]
        axes.plot(
            [x for x, _ in points], [y for _, y in points], linestyle="none",
            marker=MARKERS[i], markersize=5, color=colour(i), zorder=3 + i,
            markerfacecolor="white" if i == 0 else colour(i), label=series.sample, clip_on=False,
        )  # fmt: skip
    for y, *of_row in zip(places, *sizes, strict=True):
        if None in of_row:
            axes.annotate(
                NOT_ESTIMABLE,
                (0.0, y),
                xytext=(4, 0),
                textcoords="offset points",
                va="center",
                color="0.3",
            )
    axes.set_yticks(places, names)
    axes.set_ylim(-0.3, top + 0.3)
    axes.grid(axis="y", color="0.9", linewidth=0.6, zorder=0)
    axes.tick_params(axis="y", length=0, pad=6)
    highest = max(x or 0.0 for of_series in sizes for x in of_series)
    axes.set_xlim(0.0, max(highest * 1.08, figure.threshold * 2))
    axes.set_xlabel(figure.x_label)
    axes.legend(
        loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=len(figure.series), borderaxespad=0.2,
        handletextpad=0.2, columnspacing=1.4,
    )  # fmt: skip
    return picture


def _places(names: list[str]) -> tuple[list[float], float]:
    """Centre of each row, with more room for wrapped names, and the upper end of the last row."""
    places, top = [], 0.0
    for name in names:
        tall = 1.0 + 0.6 * name.count("\n")
        places.append(top + tall / 2)
        top += tall
    return places, top


def draw_scores(figure: ScoresFigure) -> Picture:
    """Mirrored histograms, one panel per sample: the treated upwards, the controls downwards."""
    from matplotlib.figure import Figure as MplFigure

    samples = list(dict.fromkeys(h.sample for h in figure.histograms))
    groups = list(dict.fromkeys(h.group for h in figure.histograms))
    label = textwrap.fill(figure.x_label, PANEL_WIDTH)
    beside = sum(map(len, groups)) < PANEL_WIDTH * len(samples)
    bottom, head = 0.55 + 0.13 * label.count("\n"), 0.45 if beside else 0.65
    width, height = 0.75 + len(samples) * (PANEL + 0.45), PANEL + bottom + head
    picture = MplFigure(figsize=(width, height))
    ticks = _ticks(max(max(h.n) for h in figure.histograms))
    for i, sample in enumerate(samples):
        x = 0.75 + i * (PANEL + 0.45)
        axes = picture.add_axes((x / width, bottom / height, PANEL / width, PANEL / height))
        _draw_bars(axes, [h for h in figure.histograms if h.sample == sample])
        axes.set_yticks(ticks, [tick(abs(place)) for place in ticks])
        axes.set_ylim(1.02 * ticks[0], 1.02 * ticks[-1])
        axes.set_title(sample, loc="left", pad=4)
        axes.set_xlabel(label)
        if i == 0:
            axes.set_ylabel("Patients, weighted" if figure.weighted else "Patients")
    picture.legend(
        *picture.axes[0].get_legend_handles_labels(), loc="upper left",
        ncols=2 if beside else 1,
        bbox_to_anchor=(0.75 / width, 1.0), borderaxespad=0.4, handlelength=1.2,
    )  # fmt: skip
    return picture


def _draw_bars(axes: Axes, histograms: list[ScoreHistogram]) -> None:
    for code, histogram in enumerate(histograms):
        sign = 1.0 if code == 0 else -1.0
        bins = zip(histogram.lower, histogram.upper, strict=True)
        axes.bar(
            histogram.lower, [sign * n for n in histogram.n],
            width=[upper - lower for lower, upper in bins], align="edge", color=colour(code),
            edgecolor="white", linewidth=0.5, label=histogram.group, zorder=2,
        )  # fmt: skip
    axes.axhline(0.0, color="black", linewidth=0.8, zorder=3)
    axes.set_xlim(0.0, 1.0)


def _ticks(highest: float) -> list[float]:
    """Symmetric ticks, the last one not below the tallest bar of any panel."""
    from matplotlib.ticker import MaxNLocator

    ticks = MaxNLocator(7, integer=True, symmetric=True).tick_values(-highest, highest)
    return [float(tick) for tick in ticks]


def _size(difference: float | None) -> float | None:
    return None if difference is None else abs(difference)
