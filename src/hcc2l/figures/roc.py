"""Figures of ROC curves, of rates against the cut-off, and of the log-rank statistic."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from hcc2l.figures.style import PAPER, Paper, colour, colours, dashes, sized
from hcc2l.numerals import cutpoint, limits, log_tick, number, p_equation, percent
from hcc2l.report import (
    CutoffPoint,
    MaxstatFigure,
    RatesByCutoff,
    RocCurve,
    RocFigure,
    StatisticByCutpoint,
    ThresholdsFigure,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Picture

# Inches, as in `Paper`.
SIDE, SMALLEST_SIDE = 3.4, 1.8  # of the square
PANEL_WIDTH, PANEL_HEIGHT = 3.0, 2.3
NARROWEST, LOWEST = 1.8, 1.0  # of a panel
LINE = 0.155  # inches for each line of the legend
FARTHER = 0.25  # from its dot, as a share of the side: what a text goes to avoid the diagonal
BESIDE = 4  # most cut-offs that are labelled beside their points
LEGEND_WIDTH = 47
GREY = "0.45"
CHARACTER, LETTER_HEIGHT, CLEAR = 0.0155, 0.04, 0.012  # of a text in the usual square
STAGGER = 3  # heights of the texts above neighbouring lines


def draw(figure: RocFigure, paper: Paper = PAPER) -> Picture:
    """All curves in one square, with the line of no discrimination and the labelled cut-offs."""
    from matplotlib.figure import Figure as MplFigure

    beside = len(figure.points) <= BESIDE
    side = paper.wide(SIDE, SMALLEST_SIDE, 0.83)
    characters = int(LEGEND_WIDTH * side / SIDE)
    entries = []
    for curve in figure.curves:
        lines = _entry(curve.label, _area(curve, figure.ci), characters)
        if not beside:
            lines += _listed_cutoffs(figure, curve)
        entries.append("\n".join(lines))
    title = textwrap.fill(figure.legend, characters) if figure.legend else None
    count = sum(text.count("\n") + 1 for text in (*entries, *([title] if title else [])))
    legend = LINE * count + 0.06
    width = side + 0.83
    side = min(side, paper.tall(side, SMALLEST_SIDE, 0.56 + legend))
    height = paper.tall(side + 0.56 + legend, side + 0.56 + legend, 0.0)
    picture = MplFigure(figsize=(width, height))
    axes = picture.add_axes((0.66 / width, 0.5 / height, side / width, side / height))
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=0.8, linestyle=(0, (4, 3)), zorder=1)
    for i, curve in enumerate(figure.curves):
        axes.plot(
            [1 - specificity for specificity in curve.specificity], curve.sensitivity,
            color=colour(i), linestyle=_dashes(i), linewidth=1.5, label=entries[i], zorder=3,
        )  # fmt: skip
    _mark_cutoffs(axes, figure, side, beside=beside)
    ticks = [0, 0.25, 0.5, 0.75, 1]
    percents = [percent(t, 0) if t else "0" for t in ticks]
    axes.set_xticks(ticks, percents)
    axes.set_yticks(ticks, percents)
    axes.set_xlim(-0.015, 1.015)
    axes.set_ylim(-0.015, 1.015)
    axes.set_aspect("equal")
    axes.set_xlabel("1 − specificity")
    axes.set_ylabel("Sensitivity")
    _legend(picture, axes, title)
    return picture


def _entry(label: str, area: str, characters: int) -> list[str]:
    """Lines of a legend entry; the area and its interval stay on one line where they can."""
    whole = f"{label}: {area}"
    if len(whole) <= characters:
        return [whole]
    return [*textwrap.wrap(f"{label}:", characters), *textwrap.wrap(area, characters)]


def _dashes(i: int) -> tuple[int, tuple[float, ...]]:
    """Line style of the i-th curve; a colour used again has another one."""
    return dashes(i + i // colours())


def _legend(picture: Picture, axes: Axes, title: str | None) -> None:
    """The legend, above the axes where it hides no curve."""
    picture.legend(
        handles=axes.get_legend_handles_labels()[0], title=title, loc="lower left",
        bbox_to_anchor=(0.0, 1.0), bbox_transform=axes.transAxes, alignment="left",
        handlelength=2.6, borderaxespad=0.1, borderpad=0.2, labelspacing=0.3,
    )  # fmt: skip


def _area(curve: RocCurve, ci: str) -> str:
    """`AUC 0.725 (95% CI 0.608–0.842)`."""
    text = f"AUC {_area_text(curve.auc)}"
    if curve.lower is None or curve.upper is None:
        return text
    return f"{text} ({ci} {limits(curve.lower, curve.upper, _area_text)})"


def _area_text(area: float | None) -> str:
    return number(area, 3)


def _point(point: CutoffPoint, rules: str) -> str:
    """`≥67.6 (Se 81%, Sp 67%)`."""
    rates = f"Se {percent(point.sensitivity, 0)}, Sp {percent(point.specificity, 0)}"
    return f"{rules} ({rates})"


def _mark_cutoffs(axes: Axes, figure: RocFigure, side: float, *, beside: bool) -> None:
    """A dot at each cut-off, with its text where it hides no curve; `side` is in inches."""
    from matplotlib.patheffects import withStroke

    taken = _Taken(figure.curves, side)
    for i, curve in enumerate(figure.curves):
        for same in _by_place(_points_of(figure, curve)):
            x, y = 1 - same[0].specificity, same[0].sensitivity
            chosen = any(point.criterion != "fixed" for point in same)
            axes.plot([x], [y], marker="o", markersize=5 if chosen else 3.8, color=colour(i),
                      markerfacecolor=colour(i) if chosen else "white", zorder=5)  # fmt: skip
            if not beside:
                continue  # texts would hide the curves; they are in the legend
            text = _point(same[0], _rules(same))
            axes.annotate(
                text, (x, y), taken.place(x, y, len(text)), fontsize=sized(6.5), color=colour(i),
                va="center", zorder=6,
                arrowprops={"arrowstyle": "-", "color": colour(i), "linewidth": 0.5},
                path_effects=[withStroke(linewidth=1.6, foreground="white")],
            )  # fmt: skip


def _listed_cutoffs(figure: RocFigure, curve: RocCurve) -> list[str]:
    """Lines of the legend for the cut-offs on a curve, with dots where there are two kinds."""
    dots = any(point.criterion == "fixed" for point in figure.points)
    lines = []
    for same in _by_place(_points_of(figure, curve)):
        dot = "● " if any(point.criterion != "fixed" for point in same) else "○ "
        lines.append((dot if dots else "") + _point(same[0], _rules(same)))
    return lines


def _rules(same: Sequence[CutoffPoint]) -> str:
    """`≥400 and ≥410`, of cut-offs with the same rates."""
    return " and ".join(dict.fromkeys(point.rule for point in same))


def _by_place(marked: Sequence[CutoffPoint]) -> list[list[CutoffPoint]]:
    """The cut-offs on a curve, those with the same rates together."""
    places: dict[tuple[float, float], list[CutoffPoint]] = {}
    for point in marked:
        if point.threshold is not None:
            places.setdefault((point.specificity, point.sensitivity), []).append(point)
    return list(places.values())


class _Taken:
    """What no text may stand on: curves, cut-offs, other texts. The square has sides of 1.

    Nor on the line of no discrimination, where there is a place that is not.
    """

    def __init__(self, curves: Sequence[RocCurve], side: float) -> None:
        import numpy as np

        self.unit = SIDE / side  # an inch of the usual square
        lines = [
            np.column_stack([1 - np.array(c.specificity), np.array(c.sensitivity)]) for c in curves
        ]
        steps = np.linspace(0.0, 1.0, 60)[:, None, None]
        dense = [(a[:-1] + steps * (a[1:] - a[:-1])).reshape(-1, 2) for a in lines]
        self.ink = np.concatenate(dense)
        self.diagonal = np.repeat(np.linspace(0.0, 1.0, 400)[:, None], 2, axis=1)

    def place(self, x: float, y: float, length: int) -> tuple[float, float]:
        """Left end and middle of a text, in the free place that is nearest to its dot."""
        import numpy as np

        width, half = CHARACTER * length * self.unit, LETTER_HEIGHT * self.unit / 2
        lefts = np.linspace(0.01, max(0.01, 0.99 - width), 45)
        heights = np.linspace(0.02, 0.98, 65)
        left, height = (grid.ravel() for grid in np.meshgrid(lefts, heights))
        near = np.clip(x, left, left + width)
        away = np.hypot(near - x, height - y)
        below_right = (near >= x) & (height <= y)
        order = np.argsort(away + np.where(below_right, 0.0, 0.05), kind="stable")
        pad = CLEAR * self.unit

        def free(i: int, ink: Floats) -> bool:
            inside = (
                (ink[:, 0] > left[i] - pad) & (ink[:, 0] < left[i] + width + pad)
                & (np.abs(ink[:, 1] - height[i]) < half + pad)
            )  # fmt: skip
            return not inside.any()

        nearest = None  # that is on no curve
        for i in (i for i in order if away[i] >= pad + half and free(i, self.ink)):
            nearest = i if nearest is None else nearest
            if away[i] > away[nearest] + FARTHER:
                break
            if free(i, self.diagonal):
                nearest = i
                break
        i = order[0] if nearest is None else nearest
        box = np.linspace(left[i], left[i] + width, 40)
        self.ink = np.concatenate([
            self.ink, *(np.column_stack([box, np.full(40, height[i] + d)]) for d in (-half, half)),
        ])  # fmt: skip
        return float(left[i]), float(height[i])


# ---------------------------------------------------------------- against the marker


def draw_thresholds(figure: ThresholdsFigure, paper: Paper = PAPER) -> Picture:
    """Sensitivity and specificity against the cut-off, one panel for each curve."""
    picture, all_axes = _grid(figure.curves, paper, with_legend=True)
    crowd = max(len(_points_of(figure, curve)) for curve in figure.curves)
    highest = min(crowd, STAGGER)
    for place, (axes, curve) in enumerate(zip(all_axes, figure.curves, strict=True)):
        cutoffs = [cutoff for cutoff in curve.cutoff if cutoff is not None]
        x, order, where = _stairs(cutoffs, log=curve.log)
        for i, (rates, text) in enumerate(((curve.sensitivity, "Sensitivity"),
                                           (curve.specificity, "Specificity"))):  # fmt: skip
            axes.step(x, [rates[j] for j in order], color=colour(i), linestyle=dashes(i),
                      linewidth=1.4, label=text, where=where, zorder=3)  # fmt: skip
        _mark_lines(axes, _points_of(figure, curve))
        axes.set_ylim(-0.015, 1.015)
        axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "25%", "50%", "75%", "100%"])
        _own_axis(axes, x[1:-1], log=curve.log, label=curve.x_label)
        if len(figure.curves) > 1:
            axes.set_title(
                _wrapped(curve.label), loc="left", fontsize=sized(8.5), pad=sized(6 + 8 * highest)
            )
        if place == 0:
            picture.legend(
                handles=axes.get_legend_handles_labels()[0], loc="upper left", ncols=2,
                bbox_to_anchor=_upper_left(axes), bbox_transform=axes.transAxes, handlelength=2.6,
            )  # fmt: skip
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


def _mark_lines(axes: Axes, points: Sequence[CutoffPoint]) -> None:
    """A line at each cut-off, with its rule above the axes, neighbours at different heights."""
    known = [(p.threshold, p) for p in points if p.threshold is not None]
    finite = sorted(known, key=lambda pair: pair[0])
    for place, (threshold, point) in enumerate(finite):
        chosen = point.criterion != "fixed"
        axes.axvline(threshold, color="0.25" if chosen else GREY, zorder=2,
                     linewidth=0.9 if chosen else 0.7,
                     linestyle="-" if chosen else (0, (4, 3)))  # fmt: skip
        axes.annotate(
            point.rule, (threshold, 1.0), (0, sized(3 + 8 * (place % STAGGER))),
            ha="center", va="bottom", xycoords=("data", "axes fraction"),
            textcoords="offset points", fontsize=sized(6.8), color="0.15" if chosen else GREY,
        )  # fmt: skip


def draw_statistics(figure: MaxstatFigure, paper: Paper = PAPER) -> Picture:
    """The standardised log-rank statistic of every cut-point, one panel for each marker."""
    picture, all_axes = _grid(figure.curves, paper, with_legend=False)
    for axes, curve in zip(all_axes, figure.curves, strict=True):
        axes.plot(curve.cutpoint, curve.statistic, color=colour(0), linewidth=1.2,
                  marker="." if len(curve.cutpoint) < 40 else None, zorder=3)  # fmt: skip
        x, y = curve.best, curve.largest
        axes.axvline(x, color="0.25", linewidth=0.9, zorder=2)
        axes.plot([x], [y], marker="o", markersize=4.5, color=colour(1), zorder=4)
        axes.annotate(
            f"{cutpoint(x)}, {p_equation(curve.p)}", (x, 1.0), (0, sized(3)), ha="center",
            va="bottom", xycoords=("data", "axes fraction"), textcoords="offset points",
            fontsize=sized(6.8),
        )  # fmt: skip
        axes.set_ylim(0, y * 1.08)
        _own_axis(axes, curve.cutpoint, log=curve.log, label=curve.x_label)
        if len(figure.curves) > 1:
            axes.set_title(_wrapped(curve.label), loc="left", fontsize=sized(8.5), pad=sized(14))
    left = min(axes.get_position().x0 for axes in all_axes)
    for axes in all_axes:
        if axes.get_position().x0 == left:
            axes.set_ylabel(figure.y_label)
    return picture


def _upper_left(axes: Axes) -> tuple[float, float]:
    """The corner of the picture, in units of the axes."""
    place = axes.get_position()
    return -place.x0 / place.width, 1 + (1 - place.y1) / place.height


def _columns(count: int) -> int:
    return 1 if count == 1 else (2 if count in (2, 4) else 3)


def _grid(
    panels: Sequence[RatesByCutoff | StatisticByCutpoint], paper: Paper, *, with_legend: bool
) -> tuple[Picture, list[Axes]]:
    """Panels in rows of at most three, with room for labels of several lines."""
    from matplotlib.figure import Figure as MplFigure

    count = len(panels)
    below = LINE * max(_wrapped(panel.x_label).count("\n") for panel in panels)
    above = LINE * max(_wrapped(panel.label).count("\n") for panel in panels)
    if count == 1:  # without a title
        above = 0.0
    columns = _columns(count)
    if paper.width is not None:
        columns = max(1, min(columns, int(paper.width / (NARROWEST + 0.62))))
    rows = -(-count // columns)
    top = 0.5 if with_legend else 0.2
    plot = paper.wide(PANEL_WIDTH * columns, NARROWEST * columns, 0.62 * columns + 0.12) / columns
    others = 0.85 + below + above
    tall = paper.tall(PANEL_HEIGHT * rows, LOWEST * rows, others * rows + top) / rows
    each_width, each_height = plot + 0.62, tall + others
    width = each_width * columns + 0.12
    height = each_height * rows + top
    picture = MplFigure(figsize=(width, height))
    all_axes = []
    for i in range(count):
        x = 0.56 + (i % columns) * each_width
        y = height - top - (i // columns + 1) * each_height + 0.5 + below
        place = (x / width, y / height, plot / width, tall / height)
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
        axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: log_tick(v)))
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.set_xlim(left=-0.3 * least)
        return
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(numticks=6))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: log_tick(v)))
    axes.xaxis.set_minor_formatter(NullFormatter())


def _wrapped(label: str) -> str:
    return textwrap.fill(label, 42)


def _points_of(
    figure: RocFigure | ThresholdsFigure, curve: RocCurve | RatesByCutoff
) -> list[CutoffPoint]:
    key = (curve.group, curve.marker)
    return [point for point in figure.points if (point.group, point.marker) == key]
