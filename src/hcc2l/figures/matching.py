"""Love plots and mirrored histograms of propensity scores."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from hcc2l.figures.style import colour
from hcc2l.report import Figure

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


def draw_love(figure: Figure) -> Picture:
    """Love plot: absolute standardised differences, the largest before matching on top."""
    from matplotlib.figure import Figure as MplFigure

    samples, titles = (_texts(figure.options[key]) for key in ("samples", "titles"))
    rows = sorted(figure.tables["balance"].rows, key=lambda row: _size(row["smd_before"]))
    names = [textwrap.fill(str(row["variable"]), LABEL_WIDTH) for row in rows]
    places, top = _places(names)
    left = 0.25 + CHARACTER * max(len(part) for name in names for part in name.splitlines())
    tall = LINE * (top + 0.6)
    below = 0.5 + 0.15 * str(figure.options["x_label"]).count("\n")
    width, height = left + PLOT_WIDTH + 0.2, tall + below + 0.35
    picture = MplFigure(figsize=(width, height))
    axes = picture.add_axes(
        (left / width, below / height, PLOT_WIDTH / width, tall / height)
    )  # fmt: skip
    threshold = float(str(figure.options["threshold"]))
    axes.axvline(threshold, color="0.4", linewidth=0.8, linestyle=(0, (4, 3)), zorder=1)
    for i, sample in enumerate(samples):
        points = [
            (_size(row[f"smd_{sample}"]), y)
            for y, row in zip(places, rows, strict=True)
            if row[f"smd_{sample}"] is not None
        ]
        axes.plot(
            [x for x, _ in points], [y for _, y in points], linestyle="none",
            marker=MARKERS[i], markersize=5, color=colour(i), zorder=3 + i,
            markerfacecolor="white" if i == 0 else colour(i), label=titles[i], clip_on=False,
        )  # fmt: skip
    for y, row in zip(places, rows, strict=True):
        if any(row[f"smd_{sample}"] is None for sample in samples):
            axes.annotate(
                "NE", (0.0, y), xytext=(4, 0), textcoords="offset points", va="center", color="0.3"
            )
    axes.set_yticks(places, names)
    axes.set_ylim(-0.3, top + 0.3)
    axes.grid(axis="y", color="0.9", linewidth=0.6, zorder=0)
    axes.tick_params(axis="y", length=0, pad=6)
    highest = max(_size(row[f"smd_{sample}"]) for row in rows for sample in samples)
    axes.set_xlim(0.0, max(highest * 1.08, threshold * 2))
    axes.set_xlabel(str(figure.options["x_label"]))
    axes.legend(
        loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=len(samples), borderaxespad=0.2,
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


def draw_scores(figure: Figure) -> Picture:
    """Mirrored histograms, one panel per sample: the treated upwards, the controls downwards."""
    from matplotlib.figure import Figure as MplFigure

    samples, titles, levels = (
        _texts(figure.options[key]) for key in ("samples", "titles", "levels")
    )
    label = textwrap.fill(str(figure.options["x_label"]), PANEL_WIDTH)
    beside = sum(map(len, levels)) < PANEL_WIDTH * len(samples)
    bottom, head = 0.55 + 0.13 * label.count("\n"), 0.45 if beside else 0.65
    width, height = 0.75 + len(samples) * (PANEL + 0.45), PANEL + bottom + head
    picture = MplFigure(figsize=(width, height))
    ticks = _ticks(max(_size(row["n"]) for row in figure.tables["scores"].rows))
    for i, (sample, title) in enumerate(zip(samples, titles, strict=True)):
        x = 0.75 + i * (PANEL + 0.45)
        axes = picture.add_axes((x / width, bottom / height, PANEL / width, PANEL / height))
        _draw_bars(axes, figure, sample, levels)
        axes.set_yticks(ticks, [f"{abs(tick):g}" for tick in ticks])
        axes.set_ylim(1.02 * ticks[0], 1.02 * ticks[-1])
        axes.set_title(title, loc="left", pad=4)
        axes.set_xlabel(label)
        if i == 0:
            axes.set_ylabel("Patients, weighted" if figure.options["weighted"] else "Patients")
    picture.legend(
        *picture.axes[0].get_legend_handles_labels(), loc="upper left",
        ncols=2 if beside else 1,
        bbox_to_anchor=(0.75 / width, 1.0), borderaxespad=0.4, handlelength=1.2,
    )  # fmt: skip
    return picture


def _draw_bars(axes: Axes, figure: Figure, sample: str, levels: list[str]) -> None:
    table = figure.tables["scores"]
    of_sample = [row for row in table.rows if row["sample"] == sample]
    for code, level in enumerate(levels):
        rows = [row for row in of_sample if row["group"] == level]
        sign = 1.0 if code == 0 else -1.0
        axes.bar(
            [_size(row["lower"]) for row in rows], [sign * _size(row["n"]) for row in rows],
            width=[_size(row["upper"]) - _size(row["lower"]) for row in rows], align="edge",
            color=colour(code), edgecolor="white", linewidth=0.5, label=level, zorder=2,
        )  # fmt: skip
    axes.axhline(0.0, color="black", linewidth=0.8, zorder=3)
    axes.set_xlim(0.0, 1.0)


def _ticks(highest: float) -> list[float]:
    """Symmetric ticks, the last one not below the tallest bar of any panel."""
    from matplotlib.ticker import MaxNLocator

    ticks = MaxNLocator(7, integer=True, symmetric=True).tick_values(-highest, highest)
    return [float(tick) for tick in ticks]


def _texts(value: Any) -> list[str]:
    return [str(v) for v in (value if isinstance(value, tuple) else (value,))]


def _size(value: object) -> float:
    return abs(float(value)) if isinstance(value, (int, float)) else 0.0
