"""Forest plots: names and counts on the left, ratios on a log axis, numbers on the right."""

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

LINE = 0.19  # inches per row
PLOT_WIDTH = 2.1
NUMBERS_WIDTH = 2.25
INTERACTION_WIDTH = 1.0
CHARACTER = 0.068
TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
WIDEST = (0.05, 20.0)  # an interval that leaves this range is clipped and gets an arrow
_COUNTS = (("events", "n"), ("reference_events", "reference_n"))

Line = tuple[str, int, Row | None]  # text, indent, and the row whose counts it shows


def draw(figure: Figure) -> Picture:
    """One forest per panel, side by side, with common rows."""
    from matplotlib.figure import Figure as MplFigure

    panels = list(figure.tables.values())
    lines = _lines(panels[0])
    headings = [str(text) for text in _tuple(figure.options["counts"])]
    favours = [str(text) for text in _tuple(figure.options["favours"])]
    counts = _count_columns(headings, lines)
    left = CHARACTER * max(len(text) + 2 * indent for text, indent, _ in lines) + 0.2
    left += sum(width for _, _, width in counts)
    interaction = any(row["interaction_p"] is not None for row in panels[0].rows)
    numbers = NUMBERS_WIDTH + (INTERACTION_WIDTH if interaction else 0.0)
    width = left + len(panels) * (PLOT_WIDTH + numbers) + 0.1
    below = 0.75 if favours else 0.5
    height = LINE * (len(lines) + 2) + 0.25 + below
    picture = MplFigure(figsize=(width, height))
    bottom, top = below / height, 1 - 0.12 / height
    low, high = _range(panels)
    titles = [str(t) for t in _tuple(figure.options["titles"])]
    for i, panel in enumerate(panels):
        x = left + i * (PLOT_WIDTH + numbers)
        axes = picture.add_axes((x / width, bottom, PLOT_WIDTH / width, top - bottom))
        _set_axes(axes, len(lines), low, high)
        axes.set_xlabel(str(figure.options["x_label"]), fontsize=7.5,
                        labelpad=18.0 if favours else 4.0)  # fmt: skip
        _draw_favours(axes, favours)
        if i == 0:
            kind = "Subgroup" if "subgroups" in figure.tables else "Variable"
            _draw_names(axes, lines, left, kind, counts)
        _draw_effects(axes, panel, lines, low, high)
        heading = f"{figure.options['ratio']} ({figure.options['ci']})"
        if len(panels) > 1:
            heading = f"{titles[i]} {heading}"
        _draw_numbers(axes, panel, lines, heading)
        if interaction:
            _draw_interactions(axes, lines)
    return picture


def _lines(table: Table) -> list[Line]:
    """The lines of the forest: a heading per factor, then its levels."""
    lines: list[Line] = []
    previous = None
    for row in table.rows:
        if row["level"] is None:
            lines.append((str(row["term"]), 0, row))
        else:
            if row["name"] != previous:  # no heading of its own
                lines.append((str(row["term"]), 0, None))
            lines.append((str(row["level"]), 1, row))
        previous = row["name"]
    return lines


def _count_columns(
    headings: Sequence[str], lines: Sequence[Line]
) -> list[tuple[str, tuple[str, str], float]]:
    """The columns of events and patients: heading, keys, and width in inches."""
    columns = []
    for heading, keys in zip(headings, _COUNTS, strict=False):
        cells = [_counts(row, keys) for _, _, row in lines]
        longest = max(len(text) for text in (heading, *cells))
        columns.append((heading, keys, CHARACTER * 1.12 * longest + 0.12))
    return columns


def _counts(row: Row | None, keys: tuple[str, str]) -> str:
    """`31/40`, or nothing where a line has no counts."""
    events, n = keys
    return "" if row is None or row[n] is None else f"{row[events]}/{row[n]}"


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


def _set_axes(axes: Axes, lines: int, low: float, high: float) -> None:
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


def _draw_favours(axes: Axes, favours: Sequence[str]) -> None:
    """Below the axis, the group with the lower hazard on each side of 1."""
    if not favours:
        return
    low, high = axes.get_xlim()
    one = math.log(1 / low) / math.log(high / low)
    inches = axes.get_position().height * axes.figure.get_figheight()  # type: ignore[union-attr]  # a Figure
    look: dict[str, Any] = {"transform": axes.transAxes, "va": "top", "fontsize": 7}
    y = -0.27 / inches
    axes.text(one - 0.02, y, f"← favours {favours[0]}", ha="right", **look)
    axes.text(one + 0.02, y, f"favours {favours[1]} →", ha="left", **look)


def _draw_names(
    axes: Axes,
    lines: Sequence[Line],
    left: float,
    heading: str,
    counts: Sequence[tuple[str, tuple[str, str], float]],
) -> None:
    place = axes.get_yaxis_transform()

    def x(inches: float) -> float:
        return (inches - left) / PLOT_WIDTH

    look: dict[str, Any] = {"transform": place, "va": "center", "fontsize": 8}
    axes.text(x(0.08), -1, heading, ha="left", fontweight="bold", **look)
    for y, (text, indent, _) in enumerate(lines):
        axes.text(x(0.08 + 0.14 * indent), y, text, ha="left", **look)
    end = left - 0.12
    for title, keys, width in reversed(counts):
        axes.text(x(end), -1, title, ha="right", fontweight="bold", **look)
        for y, (_, _, row) in enumerate(lines):
            if _counts(row, keys):
                axes.text(x(end), y, _counts(row, keys), ha="right", **look)
        end -= width


def _effect_of(panel: Table, line: Line) -> Row | None:
    """The row of a panel that a line shows; None for headings and terms not in its model."""
    if line[2] is None:
        return None
    for row in panel.rows:
        if (row["name"], row["term"], row["level"]) == tuple(
            line[2][key] for key in ("name", "term", "level")
        ):
            return row
    return None


def _draw_effects(axes: Axes, panel: Table, lines: Sequence[Line], low: float, high: float) -> None:
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
        visible = max(lower, low), min(upper, high)
        axes.plot(visible, [y, y], color=colour(0), linewidth=1.1, zorder=2)
        for clipped, end, marker in ((lower < low, low, "<"), (upper > high, high, ">")):
            if clipped:
                axes.plot([end], [y], marker=marker, color=colour(0), markersize=4, clip_on=False)
        if low <= ratio <= high:
            size = 3.0 + 4.0 * narrowest / (_width(row) or narrowest)  # by information
            axes.plot([ratio], [y], marker="s", color=colour(0), markersize=size, zorder=3)


def _width(row: Row) -> float:
    """Width of the interval on the log scale; 0 without one."""
    if not (_positive(row["lower"]) and _positive(row["upper"])):
        return 0.0
    return math.log(float(str(row["upper"])) / float(str(row["lower"])))


def _draw_numbers(axes: Axes, panel: Table, lines: Sequence[Line], heading: str) -> None:
    place = axes.get_yaxis_transform()
    look: dict[str, Any] = {"transform": place, "va": "center", "fontsize": 8}
    end = 1 + (NUMBERS_WIDTH - 0.12) / PLOT_WIDTH
    axes.text(1.06, -1, heading, ha="left", fontweight="bold", **look)
    axes.text(end, -1, "p", ha="right", fontweight="bold", **look)
    for y, line in enumerate(lines):
        row = _effect_of(panel, line)
        if row is None or not _written(row):
            continue
        axes.text(1.06, y, _written(row), ha="left", **look)
        if row["p"] is not None:
            axes.text(end, y, p_value(float(str(row["p"]))), ha="right", **look)


def _draw_interactions(axes: Axes, lines: Sequence[Line]) -> None:
    """The p of each interaction beside the heading of its subgroups."""
    place = axes.get_yaxis_transform()
    look: dict[str, Any] = {"transform": place, "va": "center", "ha": "right", "fontsize": 8}
    end = 1 + (NUMBERS_WIDTH + INTERACTION_WIDTH - 0.12) / PLOT_WIDTH
    axes.text(end, -1, "p (interaction)", fontweight="bold", **look)
    for y, (_, _, row) in enumerate(lines):
        if row is not None and row["interaction_p"] is not None:
            axes.text(end, y, p_value(float(str(row["interaction_p"]))), **look)


def _written(row: Row) -> str:
    """The ratio with its interval, `reference`, or `NE`; nothing for the heading of subgroups."""
    if row["n"] is None:
        return ""
    if row["ratio"] is None:
        return "NE"
    if row["lower"] is None and row["upper"] is None:
        return "reference" if row["p"] is None else "NE"
    known = [float(str(row[k])) for k in ("ratio", "lower", "upper") if row[k] is not None]
    decimals = 4 if len(known) == 3 and f"{min(known):.2f}" == f"{max(known):.2f}" else 2
    parts = [
        "NE" if row[k] is None else _number(float(str(row[k])), decimals)
        for k in ("ratio", "lower", "upper")
    ]
    return f"{parts[0]} ({parts[1]}–{parts[2]})"


def _number(value: float, decimals: int) -> str:
    return ">1000" if value > 1000 else f"{value:.{decimals}f}"


def _tuple(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else (value,)
