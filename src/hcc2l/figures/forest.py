"""Forest plots: a table on the left, hazard ratios on a log axis, numbers on the right."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hcc2l.figures.style import colour
from hcc2l.numerals import p_value
from hcc2l.report import Figure, Row, Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Picture

LINE = 0.19  # inches a row
PLOT_WIDTH = 2.1
NUMBERS_WIDTH = 2.25
CHARACTER = 0.068
TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
WIDEST = (0.05, 20.0)  # an interval that leaves this range is cut and gets an arrow


def draw(figure: Figure) -> Picture:
    """One forest a panel, side by side, rows shared."""
    from matplotlib.figure import Figure as MplFigure

    panels = list(figure.tables.values())
    lines = _lines(panels[0])
    left = CHARACTER * max(len(text) + 2 * indent for text, indent, _ in lines) + 0.95
    width = left + len(panels) * (PLOT_WIDTH + NUMBERS_WIDTH) + 0.1
    height = LINE * (len(lines) + 2) + 0.75
    picture = MplFigure(figsize=(width, height))
    bottom, top = 0.5 / height, 1 - 0.12 / height
    low, high = _range(panels)
    titles = [str(t) for t in _tuple(figure.options["titles"])]
    for i, panel in enumerate(panels):
        x = left + i * (PLOT_WIDTH + NUMBERS_WIDTH)
        axes = picture.add_axes((x / width, bottom, PLOT_WIDTH / width, top - bottom))
        _set_axes(axes, len(lines), low, high, str(figure.options["x_label"]))
        if i == 0:
            _draw_names(axes, lines, left)
        _draw_effects(axes, panel, lines, low, high)
        heading = f"{figure.options['ratio']} ({figure.options['ci']})"
        if len(panels) > 1:
            heading = f"{titles[i]} {heading}"
        _draw_numbers(axes, panel, lines, heading)
    return picture


def _lines(table: Table) -> list[tuple[str, int, Row | None]]:
    """What stands in each line: text, indent, and the row whose effect it shows."""
    lines: list[tuple[str, int, Row | None]] = []
    previous = None
    for row in table.rows:
        if row["level"] is None:
            lines.append((str(row["term"]), 0, row))
        else:
            if row["term"] != previous:  # no heading of its own
                lines.append((str(row["term"]), 0, None))
            lines.append((str(row["level"]), 1, row))
        previous = row["term"]
    return lines


def _range(panels: Sequence[Table]) -> tuple[float, float]:
    values = [1.0]
    for panel in panels:
        for row in panel.rows:
            values += [float(str(row[k])) for k in ("ratio", "lower", "upper") if _positive(row[k])]
    low = max(WIDEST[0], min(values))
    high = min(WIDEST[1], max(values))
    return min(low, 0.8) / 1.1, max(high, 1.25) * 1.1


def _positive(value: Any) -> bool:
    return isinstance(value, (int, float)) and value > 0


def _set_axes(axes: Axes, lines: int, low: float, high: float, label: str) -> None:
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    axes.set_ylim(lines - 0.4, -1.4)
    inside = [t for t in TICKS if low <= t <= high]
    if len(inside) < 3:
        inside = [t for t in (0.5, 0.75, 1, 1.5, 2) if low <= t <= high]
    axes.set_xticks(inside, [f"{t:g}" for t in inside])
    axes.minorticks_off()
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.axvline(1.0, color="0.4", linewidth=0.8, zorder=1)
    axes.set_xlabel(label, fontsize=7.5)


def _draw_names(axes: Axes, lines: Sequence[tuple[str, int, Row | None]], left: float) -> None:
    place = axes.get_yaxis_transform()

    def x(inches: float) -> float:
        return (inches - left) / PLOT_WIDTH

    look: dict[str, Any] = {"transform": place, "va": "center", "fontsize": 8}
    axes.text(x(0.08), -1, "Variable", ha="left", fontweight="bold", **look)
    axes.text(x(left - 0.12), -1, "Events/n", ha="right", fontweight="bold", **look)
    for y, (text, indent, row) in enumerate(lines):
        axes.text(x(0.08 + 0.14 * indent), y, text, ha="left", **look)
        if row is not None and row["n"] is not None:
            axes.text(x(left - 0.12), y, f"{row['events']}/{row['n']}", ha="right", **look)


def _effect_of(panel: Table, line: tuple[str, int, Row | None]) -> Row | None:
    if line[2] is None:
        return None
    for row in panel.rows:
        if (row["term"], row["level"]) == (line[2]["term"], line[2]["level"]):
            return row
    return None


def _draw_effects(
    axes: Axes, panel: Table, lines: Sequence[tuple[str, int, Row | None]], low: float, high: float
) -> None:
    widths = [_width(row) for row in panel.rows if _width(row)]
    narrowest = min(widths, default=1.0)
    for y, line in enumerate(lines):
        row = _effect_of(panel, line)
        if row is None or not _positive(row["ratio"]):
            continue
        ratio = float(str(row["ratio"]))
        if row["lower"] is None and row["upper"] is None:
            if row["p"] is None:  # the reference
                axes.plot([1.0], [y], marker="o", color="white", markeredgecolor="0.3",
                          markersize=4, zorder=3)  # fmt: skip
            continue
        lower = float(str(row["lower"])) if row["lower"] is not None else 0.0
        upper = float(str(row["upper"])) if row["upper"] is not None else math.inf
        shown = max(lower, low), min(upper, high)
        axes.plot(shown, [y, y], color=colour(0), linewidth=1.1, zorder=2)
        for cut, end, marker in ((lower < low, low, "<"), (upper > high, high, ">")):
            if cut:
                axes.plot([end], [y], marker=marker, color=colour(0), markersize=4, clip_on=False)
        if low <= ratio <= high:
            size = 3.0 + 4.0 * narrowest / (_width(row) or narrowest)  # by information
            axes.plot([ratio], [y], marker="s", color=colour(0), markersize=size, zorder=3)


def _width(row: Row) -> float:
    """Width of the interval on the log scale; 0 when it has none."""
    if not (_positive(row["lower"]) and _positive(row["upper"])):
        return 0.0
    return math.log(float(str(row["upper"])) / float(str(row["lower"])))


def _draw_numbers(
    axes: Axes, panel: Table, lines: Sequence[tuple[str, int, Row | None]], heading: str
) -> None:
    place = axes.get_yaxis_transform()
    look: dict[str, Any] = {"transform": place, "va": "center", "fontsize": 8}
    end = 1 + (NUMBERS_WIDTH - 0.12) / PLOT_WIDTH
    axes.text(1.06, -1, heading, ha="left", fontweight="bold", **look)
    axes.text(end, -1, "p", ha="right", fontweight="bold", **look)
    for y, line in enumerate(lines):
        row = _effect_of(panel, line)
        if row is None:
            continue
        axes.text(1.06, y, _written(row), ha="left", **look)
        if row["p"] is not None:
            axes.text(end, y, p_value(float(str(row["p"]))), ha="right", **look)


def _written(row: Row) -> str:
    if row["n"] is None:  # the heading of subgroups
        return "interaction"
    if row["ratio"] is None:
        return "NE"
    if row["lower"] is None and row["upper"] is None:
        return "reference" if row["p"] is None else "NE"
    known = [float(str(row[k])) for k in ("ratio", "lower", "upper") if row[k] is not None]
    decimals = 4 if len(known) == 3 and f"{min(known):.2f}" == f"{max(known):.2f}" else 2
    parts = [
        "NE" if row[k] is None else _shown(float(str(row[k])), decimals)
        for k in ("ratio", "lower", "upper")
    ]
    return f"{parts[0]} ({parts[1]}–{parts[2]})"


def _shown(value: float, decimals: int) -> str:
    return ">1000" if value > 1000 else f"{value:.{decimals}f}"


def _tuple(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else (value,)
