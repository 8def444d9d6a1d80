"""Figures of ROC curves, of rates against the cut-off, and of the log-rank statistic."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from hcc2l.figures.style import COLOURS, colour, dashes
from hcc2l.numerals import p_equation
from hcc2l.report import Figure, Row, Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Picture

SIDE = 3.4  # inches of the square
PANEL_WIDTH, PANEL_HEIGHT = 3.0, 2.3
LINE = 0.155  # inches for each line of the legend
BESIDE = 4  # most cut-offs that are labelled beside their points
LEGEND_WIDTH = 47
GREY = "0.45"
STAGGER = 3  # heights of the texts above neighbouring lines


def draw(figure: Figure) -> Picture:
    """All curves in one square, with the line of no discrimination and the labelled cut-offs."""
    from matplotlib.figure import Figure as MplFigure

    names, labels = _keys(figure), _texts(figure, "labels")
    beside = len(figure.tables["points"].rows) <= BESIDE
    entries = []
    for key, label in zip(names, labels, strict=True):
        lines = _entry(label, _area(figure, key))
        if not beside:
            points = _of(figure.tables["points"], key)
            lines += [_point(row) for row in points if row["criterion"] != "fixed"][:1]
        entries.append("\n".join(lines))
    title = figure.options["legend"]
    count = sum(entry.count("\n") + 1 for entry in entries) + (1 if title else 0)
    legend = LINE * count + 0.06
    width, height = SIDE + 0.83, SIDE + 0.56 + legend
    picture = MplFigure(figsize=(width, height))
    axes = picture.add_axes((0.66 / width, 0.5 / height, SIDE / width, SIDE / height))
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=0.8, linestyle=(0, (4, 3)), zorder=1)
    for i, key in enumerate(names):
        rows = _of(figure.tables["curve"], key)
        axes.plot(
            [1 - _float(r["specificity"]) for r in rows], [_float(r["sensitivity"]) for r in rows],
            color=colour(i), linestyle=_dashes(i), linewidth=1.5, label=entries[i], zorder=3,
        )  # fmt: skip
    _mark_cutoffs(axes, figure, names, beside=beside)
    ticks = [0, 0.25, 0.5, 0.75, 1]
    percents = [f"{t:.0%}" if t else "0" for t in ticks]
    axes.set_xticks(ticks, percents)
    axes.set_yticks(ticks, percents)
    axes.set_xlim(-0.015, 1.015)
    axes.set_ylim(-0.015, 1.015)
    axes.set_aspect("equal")
    axes.set_xlabel("1 − specificity")
    axes.set_ylabel("Sensitivity")
    _legend(picture, axes, str(title) if title else None)
    return picture


def _entry(label: str, area: str) -> list[str]:
    """Lines of a legend entry; the area and its interval stay on one line."""
    whole = f"{label}: {area}"
    if len(whole) <= LEGEND_WIDTH:
        return [whole]
    return [*textwrap.wrap(f"{label}:", LEGEND_WIDTH), area]


def _dashes(i: int) -> tuple[int, tuple[float, ...]]:
    """Line style of the i-th curve; a colour used again has another one."""
    return dashes(i + i // len(COLOURS))


def _legend(picture: Picture, axes: Axes, title: str | None) -> None:
    """The legend, above the axes where it hides no curve."""
    picture.legend(
        handles=axes.get_legend_handles_labels()[0], title=title, loc="lower left",
        bbox_to_anchor=(0.0, 1.0), bbox_transform=axes.transAxes, alignment="left",
        handlelength=2.6, borderaxespad=0.1, borderpad=0.2, labelspacing=0.3,
    )  # fmt: skip


def _area(figure: Figure, key: tuple[str, str]) -> str:
    """`AUC 0.725 (95% CI 0.608–0.842)`."""
    (row,) = _of(figure.tables["markers"], key)
    text = f"AUC {_float(row['auc']):.3f}"
    if row["lower"] is None or row["upper"] is None:
        return text
    limits = f"{_float(row['lower']):.3f}–{_float(row['upper']):.3f}"
    return f"{text} ({figure.options['ci']} {limits})"


def _point(row: Row) -> str:
    """`≥67.6 (Se 81%, Sp 67%)`."""
    return (
        f"{row['rule']} (Se {_float(row['sensitivity']):.0%}, Sp {_float(row['specificity']):.0%})"
    )


def _mark_cutoffs(
    axes: Axes, figure: Figure, names: Sequence[tuple[str, str]], *, beside: bool
) -> None:
    """A dot at each cut-off, labelled beside it where there is no other text."""
    from matplotlib.patheffects import withStroke

    taken: list[tuple[float, float]] = []
    for i, key in enumerate(names):
        for row in _of(figure.tables["points"], key):
            if row["threshold"] is None:
                continue
            x, y = 1 - _float(row["specificity"]), _float(row["sensitivity"])
            chosen = row["criterion"] != "fixed"
            axes.plot([x], [y], marker="o", markersize=5 if chosen else 3.8, color=colour(i),
                      markerfacecolor=colour(i) if chosen else "white", zorder=5)  # fmt: skip
            if not beside:
                continue  # labels would hide the curves; they are in the legend
            text = _point(row)
            place = _free(x, y, taken, len(text))
            taken.append(place)
            axes.annotate(
                text, (x, y), place, fontsize=6.5, color=colour(i), va="center", zorder=6,
                arrowprops={"arrowstyle": "-", "color": colour(i), "linewidth": 0.5},
                path_effects=[withStroke(linewidth=1.6, foreground="white")],
            )  # fmt: skip


def _free(
    x: float, y: float, taken: Sequence[tuple[float, float]], length: int
) -> tuple[float, float]:
    """Position of a label below and to the right of its dot, clear of those already placed."""
    width = 0.0155 * length
    left = min(max(x + 0.06, 0.02), 1 - width)
    for step in range(40):
        for height in (y - 0.055 - 0.045 * step, y + 0.045 + 0.045 * step):
            if not 0.02 <= height <= 0.98:
                continue
            if all(abs(height - h) > 0.042 or left > o + width or o > left + width
                   for o, h in taken):  # fmt: skip
                return left, height
    return left, y


# ---------------------------------------------------------------- against the marker


def draw_thresholds(figure: Figure) -> Picture:
    """Sensitivity and specificity against the cut-off, one panel for each curve."""
    panels = list(zip(_keys(figure), _texts(figure, "labels"), _texts(figure, "x_labels"),
                      _flags(figure, "log"), strict=True))  # fmt: skip
    picture, all_axes = _grid(panels, with_legend=True)
    crowd = max(len(_of(figure.tables["points"], key)) for key, *_ in panels)
    highest = min(crowd, STAGGER)
    for place, (axes, (key, label, x_label, log)) in enumerate(zip(all_axes, panels, strict=True)):
        rows = _of(figure.tables["curve"], key)
        x, order, where = _stairs([_float(r["cutoff"]) for r in rows[:-1]], log=bool(log))
        rows = [rows[i] for i in order]
        for i, (name, text) in enumerate((("sensitivity", "Sensitivity"),
                                          ("specificity", "Specificity"))):  # fmt: skip
            axes.step(x, [_float(r[name]) for r in rows], color=colour(i), linestyle=dashes(i),
                      linewidth=1.4, label=text, where=where, zorder=3)  # fmt: skip
        _mark_lines(axes, _of(figure.tables["points"], key))
        axes.set_ylim(-0.015, 1.015)
        axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "25%", "50%", "75%", "100%"])
        _own_axis(axes, x[1:-1], log=bool(log), label=str(x_label))
        if len(panels) > 1:
            axes.set_title(_wrapped(label), loc="left", fontsize=8.5, pad=6 + 8 * highest)
        if place == 0:
            picture.legend(handles=axes.get_legend_handles_labels()[0], loc="upper left", ncols=2,
                           bbox_to_anchor=(0.0, 1.0), handlelength=2.6)  # fmt: skip
    return picture


def _stairs(
    values: Sequence[float], *, log: bool
) -> tuple[list[float], list[int], Literal["pre", "post"]]:
    """Positions of the steps and both ends in ascending order, their rows, and the step style.

    `values` ascend where values at or above the cut-off are positive, and descend where values at
    or below it are; one more row, after theirs, is that of a cut-off beyond the last value.
    """
    low, high = min(values), max(values)
    pad = 0.05 * (high - low)
    before, after = low - pad, high + pad
    if log:
        least = min((v for v in values if v > 0), default=1.0)
        factor = (high / least) ** 0.05
        before, after = (least / factor if low > 0 else -0.3 * least), high * factor
    last = len(values)
    if values[0] <= values[-1]:
        return [before, *values, after], [0, *range(last + 1)], "pre"
    return [before, *reversed(values), after], [*range(last, -1, -1), 0], "post"


def _mark_lines(axes: Axes, points: Sequence[Row]) -> None:
    """A line at each cut-off, with its rule above the axes, neighbours at different heights."""
    finite = sorted((p for p in points if p["threshold"] is not None),
                   key=lambda p: _float(p["threshold"]))  # fmt: skip
    for place, row in enumerate(finite):
        chosen = row["criterion"] != "fixed"
        axes.axvline(_float(row["threshold"]), color="0.25" if chosen else GREY, zorder=2,
                     linewidth=0.9 if chosen else 0.7,
                     linestyle="-" if chosen else (0, (4, 3)))  # fmt: skip
        axes.annotate(
            str(row["rule"]), (_float(row["threshold"]), 1.0), (0, 3 + 8 * (place % STAGGER)),
            ha="center", va="bottom", xycoords=("data", "axes fraction"),
            textcoords="offset points", fontsize=6.8, color="0.15" if chosen else GREY,
        )  # fmt: skip


def draw_statistics(figure: Figure) -> Picture:
    """The standardised log-rank statistic of every cut-point, one panel for each marker."""
    panels = list(zip(_keys(figure), _texts(figure, "labels"), _texts(figure, "x_labels"),
                      _flags(figure, "log"), strict=True))  # fmt: skip
    picture, all_axes = _grid(panels, with_legend=False)
    for axes, (key, label, x_label, log) in zip(all_axes, panels, strict=True):
        rows = _of(figure.tables["statistics"], key)
        best = _of(figure.tables["maxstat"], key)[0]
        axes.plot([_float(r["cutpoint"]) for r in rows], [_float(r["statistic"]) for r in rows],
                  color=colour(0), linewidth=1.2, marker="." if len(rows) < 40 else None,
                  zorder=3)  # fmt: skip
        x, y = _float(best["cutpoint"]), _float(best["statistic"])
        axes.axvline(x, color="0.25", linewidth=0.9, zorder=2)
        axes.plot([x], [y], marker="o", markersize=4.5, color=colour(1), zorder=4)
        axes.annotate(
            f"{x:.7g}, {p_equation(_float(best['p']))}", (x, 1.0), (0, 3), ha="center", va="bottom",
            xycoords=("data", "axes fraction"), textcoords="offset points", fontsize=6.8,
        )  # fmt: skip
        axes.set_ylim(0, y * 1.08)
        _own_axis(axes, [_float(r["cutpoint"]) for r in rows], log=bool(log), label=str(x_label))
        if len(panels) > 1:
            axes.set_title(_wrapped(label), loc="left", fontsize=8.5, pad=14)
    for axes in all_axes[:: _columns(len(panels))]:
        axes.set_ylabel(str(figure.options["y_label"]))
    return picture


Panel = tuple[tuple[str, str], str, str, bool]  # group and marker, label, x label, logarithmic


def _columns(count: int) -> int:
    return 1 if count == 1 else (2 if count in (2, 4) else 3)


def _grid(panels: Sequence[Panel], *, with_legend: bool) -> tuple[Picture, list[Axes]]:
    """Panels in rows of at most three, with room for labels of several lines."""
    from matplotlib.figure import Figure as MplFigure

    count = len(panels)
    below = LINE * max(_wrapped(x_label).count("\n") for _, _, x_label, _ in panels)
    above = LINE * max(_wrapped(label).count("\n") for _, label, _, _ in panels)
    if count == 1:  # without a title
        above = 0.0
    columns = _columns(count)
    rows = -(-count // columns)
    top = 0.5 if with_legend else 0.2
    each_width, each_height = PANEL_WIDTH + 0.62, PANEL_HEIGHT + 0.85 + below + above
    width = each_width * columns + 0.12
    height = each_height * rows + top
    picture = MplFigure(figsize=(width, height))
    all_axes = []
    for i in range(count):
        x = 0.56 + (i % columns) * each_width
        y = height - top - (i // columns + 1) * each_height + 0.5 + below
        place = (x / width, y / height, PANEL_WIDTH / width, PANEL_HEIGHT / height)
        all_axes.append(picture.add_axes(place))
    return picture, all_axes


def _own_axis(axes: Axes, values: Sequence[float], *, log: bool, label: str) -> None:
    """The axis of a marker: logarithmic if it spans orders of magnitude, with 0 at its edge."""
    axes.set_xlabel(_wrapped(label))
    if not log:
        axes.margins(x=0.03)
        return
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    least = min((v for v in values if v > 0), default=1.0)
    if min(values) == 0:
        axes.set_xscale("symlog", linthresh=least, linscale=0.5)
        first, last = math.ceil(math.log10(least)), math.floor(math.log10(max(values)))
        step = (last - first) // 6 + 1
        axes.set_xticks([0, *(10.0**k for k in range(first, last + 1, step))])
        axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: _plain(v)))
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.set_xlim(left=-0.3 * least)
        return
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(numticks=6))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: _plain(v)))
    axes.xaxis.set_minor_formatter(NullFormatter())


def _plain(value: float) -> str:
    """`10 000`, `0.1`: a tick without an exponent."""
    return f"{value:,.0f}".replace(",", "\u2009") if value >= 1 else f"{value:g}"


def _wrapped(label: str) -> str:
    return textwrap.fill(label, 42)


def _keys(figure: Figure) -> list[tuple[str, str]]:
    """Group and marker of every curve."""
    return list(zip(_texts(figure, "groups"), _texts(figure, "names"), strict=True))


def _of(table: Table, key: tuple[str, str]) -> list[Row]:
    return [row for row in table.rows if (row["group"], row["marker"]) == key]


def _texts(figure: Figure, name: str) -> list[str]:
    value = figure.options[name]
    return [str(v) for v in (value if isinstance(value, tuple) else (value,))]


def _flags(figure: Figure, name: str) -> list[bool]:
    value = figure.options[name]
    return [bool(v) for v in (value if isinstance(value, tuple) else (value,))]


def _float(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) else float("nan")
