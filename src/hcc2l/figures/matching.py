"""Love plots and mirrored histograms of propensity scores."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from hcc2l.figures.style import PAPER, Paper, colour, sized
from hcc2l.numerals import NOT_ESTIMABLE, tick
from hcc2l.report import LoveFigure, ScoreHistogram, ScoresFigure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Picture

LINE = 0.2  # inches per covariate
PLOT_WIDTH, NARROWEST = 3.4, 1.3
CHARACTER = 0.065
LABEL_WIDTH, LABEL_NARROW = 46, 22  # characters at which a covariate's name is wrapped
NARROW = 5.0  # inches, where it is wrapped earlier
PANEL, PANEL_NARROW = 2.9, 1.2  # inches, width and height of a histogram
PANEL_WIDTH = 40  # characters below it
MARKERS = ("o", "s", "D")


def draw_love(figure: LoveFigure, paper: Paper = PAPER) -> Picture:
    """Love plot: absolute standardised differences, the largest before matching on top."""
    from matplotlib.figure import Figure as MplFigure

    before = figure.series[0]
    order = sorted(range(len(before.variable)), key=lambda i: abs(before.smd[i] or 0.0))
    narrow = paper.width is not None and paper.width < NARROW
    longest = LABEL_NARROW if narrow else LABEL_WIDTH
    names = [textwrap.fill(before.variable[i], longest) for i in order]
    sizes = [[_size(series.smd[i]) for i in order] for series in figure.series]
    places, top = _places(names)
    left = 0.25 + CHARACTER * max(len(part) for name in names for part in name.splitlines())
    plot = paper.wide(PLOT_WIDTH, NARROWEST, left + 0.2)
    label = figure.x_label if plot == PLOT_WIDTH else textwrap.fill(figure.x_label, int(plot * 14))
    below = 0.5 + 0.15 * label.count("\n")
    tall = paper.tall(LINE * (top + 0.6), 0.7 * LINE * (top + 0.6), below + 0.35)
    width, height = left + plot + 0.2, tall + below + 0.35
    picture = MplFigure(figsize=(width, height))
    axes = picture.add_axes(
        (left / width, below / height, plot / width, tall / height)
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
    axes.tick_params(axis="y", length=0, pad=sized(6))
    highest = max(x or 0.0 for of_series in sizes for x in of_series)
    axes.set_xlim(0.0, max(highest * 1.08, figure.threshold * 2))
    axes.set_xlabel(label)
    axes.legend(
        loc="lower left", ncols=len(figure.series), borderaxespad=0.2,
        bbox_to_anchor=(0.0 if plot >= PLOT_WIDTH else (0.2 - left) / plot, 1.0),
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


def draw_scores(figure: ScoresFigure, paper: Paper = PAPER) -> Picture:
    """Mirrored histograms, one panel per sample: the treated upwards, the controls downwards."""
    from matplotlib.figure import Figure as MplFigure

    samples = list(dict.fromkeys(h.sample for h in figure.histograms))
    groups = list(dict.fromkeys(h.group for h in figure.histograms))
    count = len(samples)
    plot = paper.wide(PANEL * count, PANEL_NARROW * count, 0.75 + 0.45 * count) / count
    characters = int(PANEL_WIDTH * plot / PANEL)
    label = textwrap.fill(figure.x_label, characters)
    beside = sum(map(len, groups)) < characters * count
    bottom, head = 0.55 + 0.13 * label.count("\n"), 0.45 if beside else 0.65
    tall = paper.tall(PANEL, PANEL_NARROW, bottom + head)
    width, height = 0.75 + count * (plot + 0.45), tall + bottom + head
    picture = MplFigure(figsize=(width, height))
    ticks = _ticks(max(max(h.n) for h in figure.histograms))
    for i, sample in enumerate(samples):
        x = 0.75 + i * (plot + 0.45)
        axes = picture.add_axes((x / width, bottom / height, plot / width, tall / height))
        _draw_bars(axes, [h for h in figure.histograms if h.sample == sample])
        axes.set_yticks(ticks, [tick(abs(place)) for place in ticks])
        axes.set_ylim(1.02 * ticks[0], 1.02 * ticks[-1])
        axes.set_title(sample, loc="left", pad=sized(4))
        axes.set_xlabel(label)
        if i == 0:
            axes.set_ylabel("Patients, weighted" if figure.weighted else "Patients")
    picture.legend(
        *picture.axes[0].get_legend_handles_labels(), loc="upper left",
        ncols=2 if beside else 1,
        bbox_to_anchor=(0.0, 1 + head / tall), bbox_transform=picture.axes[0].transAxes,
        borderaxespad=0.4, handlelength=1.2,
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
