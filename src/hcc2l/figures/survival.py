"""Survival or cumulative-incidence curves with numbers at risk below the axis."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from string import ascii_uppercase
from typing import TYPE_CHECKING, Any

from hcc2l.figures.style import PAPER, Paper, colour, dashes, sized
from hcc2l.numerals import tick
from hcc2l.report import Curve, SurvivalFigure, SurvivalPanels

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Picture

# Inches, as in `Paper`.
WIDTH = 5.0
PLOT_HEIGHT, LOWEST = 2.9, 1.0
LEFT, RIGHT = 0.62, 0.15  # the left margin is wider beside long names
MARGIN, ABOVE = 0.08, 0.12  # left of names and letters; above all that is above a plot
PLOT_WIDTH, NARROWEST = WIDTH - LEFT - RIGHT, 1.5
ROW_HEIGHT = 0.17
WRAPPED_LINE = 0.125  # each further line of a wrapped name
LEGEND_LINE = 0.165
TITLE_LINE = 0.22  # above the legend of a panel
LABEL_WIDTH, LABEL_NARROW = 22, 12  # characters at which the name of a group is wrapped
NARROW = 4.0  # where names are wrapped earlier
LEGEND_WIDTH = 60  # characters above a plot of the usual width
LEGEND_CHARACTERS = 78  # the same with the lines beside the names
TICK_CHARACTER, ANNOTATION_CHARACTER = 0.075, 0.067
CORE = 0.55  # points: the line within a dashed curve


def draw(figure: SurvivalFigure, paper: Paper = PAPER) -> Picture:
    """The curves under their legend, with the numbers at risk below the ticks."""
    return draw_panels(SurvivalPanels((figure,), ("",)), paper)


def draw_panels(figure: SurvivalPanels, paper: Paper = PAPER) -> Picture:
    """Survival figures row by row; those of a row begin and end at the same heights.

    Panels of the same groups stand under one legend.
    """
    from matplotlib.figure import Figure as MplFigure

    count = len(figure.panels)
    columns = min(figure.columns or count, count)
    narrow = paper.width is not None and paper.width / columns < NARROW
    lines = [_risk_lines(p.groups, p.cumulative_events, narrow=narrow) for p in figure.panels]
    left = max(map(_left, figure.panels, lines))
    least = (NARROWEST + left + RIGHT) * columns
    width = paper.wide((WIDTH + left - LEFT) * columns, least, 0.0)
    each = width / columns
    plot = each - left - RIGHT
    shared = count > 1 and _have_one_legend(figure.panels)
    legend = _legend_height(figure.panels[0], width - left - RIGHT) if shared else 0.0
    rows = [range(first, min(first + columns, count)) for first in range(0, count, columns)]
    above = [_above(figure, row, 0.0 if shared else plot) for row in rows]
    below = [_below([lines[i] for i in row]) for row in rows]
    rest = legend + sum(above) + sum(below)
    tall = paper.tall(PLOT_HEIGHT * len(rows), LOWEST * len(rows), rest) / len(rows)
    height = tall * len(rows) + rest
    picture = MplFigure(figsize=(width, height))
    highest = max(_highest(panel) for panel in figure.panels)
    top = height - legend
    for row, over, under in zip(rows, above, below, strict=True):
        bottom = top - over - tall
        for place, i in enumerate(row):
            corner = (place * each + left) / width, bottom / height
            axes = picture.add_axes((*corner, plot / width, tall / height))
            _draw_heading(axes, figure, i, over, left)
            if figure.panels[i].show == "hazard":
                axes.set_ylim(0.0, highest * 1.05 or 1.0)
            _draw_panel(axes, figure.panels[i], lines[i], left, with_legend=not shared)
        top = bottom - under
    if shared:
        at = left / width, 1 - (legend + ABOVE / 2) / height
        _draw_legend(picture, figure.panels[0], width - left - RIGHT, at, picture.transFigure)
    return picture


def _left(figure: SurvivalFigure, lines: Sequence[_RiskLine]) -> float:
    """The margin on the left, where the groups are named beside their numbers."""
    widest = max(len(part) for line in lines for part in line.label.splitlines())
    return LEFT if len(figure.groups) == 1 else max(LEFT, 0.2 + 0.075 * widest)


def _above(figure: SurvivalPanels, row: Sequence[int], plot: float) -> float:
    """The height above the plots of a row; without legends where the width of a plot is 0."""
    legends = [_legend_height(figure.panels[i], plot) if plot else 0.0 for i in row]
    titled = figure.letters or any(figure.titles[i] for i in row)
    return ABOVE + max(legends) + (TITLE_LINE if titled else 0.0)


def _below(lines: Sequence[Sequence[_RiskLine]]) -> float:
    """The height below the plots of a row, as the longest table of numbers at risk needs it."""
    return 0.45 + ROW_HEIGHT * 1.3 + max(sum(line.height for line in table) for table in lines)


def _have_one_legend(panels: Sequence[SurvivalFigure]) -> bool:
    """Whether what a legend says is the same of all panels."""

    def entries(panel: SurvivalFigure) -> object:
        causes = {curve.cause for curve in panel.curves} if panel.rising else set()
        models = [(model.group, model.model) for model in panel.models]
        return panel.legend, panel.groups, panel.captions, causes, models

    return all(entries(panel) == entries(panels[0]) for panel in panels)


def _draw_heading(axes: Axes, figure: SurvivalPanels, i: int, above: float, left: float) -> None:
    """The letter of a panel in the margin, and its title, at the upper end of what is above."""
    width, height = _inches(axes)
    y = 1 + (above - ABOVE) / height
    look: dict[str, Any] = {"transform": axes.transAxes, "va": "top", "fontweight": "bold"}
    if figure.letters:
        axes.text((MARGIN - left) / width, y, ascii_uppercase[i], fontsize=sized(11), **look)
    if figure.titles[i]:
        axes.text(0.0, y, figure.titles[i], fontsize=sized(9), **look)


def _draw_panel(
    axes: Axes, figure: SurvivalFigure, lines: Sequence[_RiskLine], left: float, *,
    with_legend: bool,
) -> None:  # fmt: skip
    """Curves with their legend and numbers at risk; `left` is the margin in inches."""
    width, _ = _inches(axes)
    _set_axes(axes, figure, _ticks(figure, width))
    for code, level in enumerate(figure.groups):
        curves = [curve for curve in figure.curves if curve.group == level]
        for number, curve in enumerate(curves):
            _draw_curve(axes, figure, curve, code, thin=number > 0)
    _draw_medians(axes, figure)
    _draw_models(axes, figure)
    if with_legend:
        _draw_legend(_picture(axes), figure, width, (0.0, 1.0), axes.transAxes)
    if figure.annotation:
        y, vertical = (0.04, "bottom") if _rises(figure) else (0.97, "top")
        axes.text(
            0.99, y, _wrapped(figure.annotation, width), transform=axes.transAxes, ha="right",
            va=vertical, zorder=6,
            bbox={"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 1.5},
        )  # fmt: skip
    _draw_at_risk(axes, figure, lines, left)


def _picture(axes: Axes) -> Picture:
    picture = axes.get_figure(root=True)
    assert picture is not None
    return picture


def _wrapped(annotation: str, width: float) -> str:
    """The lines of a text within the axes, of a width in inches."""
    characters = int(width / ANNOTATION_CHARACTER)
    whole = re.sub(r"p ([=<>]) ", "p\u00a0\\1\u00a0", annotation)  # p stays with its value
    lines = (textwrap.fill(line, characters) for line in whole.splitlines())
    return "\n".join(lines).replace("\u00a0", " ")


def _rises(figure: SurvivalFigure) -> bool:
    """Whether the curves rise from 0, as all do but those of survival."""
    return figure.rising or figure.show != "survival"


def _inches(axes: Axes) -> tuple[float, float]:
    """Width and height of the axes."""
    width, height = _picture(axes).get_size_inches()
    place = axes.get_position()
    return float(width * place.width), float(height * place.height)


def _ticks(figure: SurvivalFigure, width: float) -> tuple[float, ...]:
    """The ticks, every second or third of them where their numbers would touch."""
    shown = [n for at_risk in figure.at_risk for n in at_risk.n_risk]
    longest = max(len(text) for text in (*map(tick, figure.ticks), *map(figure.count, shown)))
    most = width / (TICK_CHARACTER * (longest + 1))
    end = figure.x_max * 1.02 or 1.0
    inside = [t for t in figure.ticks if t <= end]
    span = (inside[-1] - inside[0]) / end if inside else 0.0
    every = next(k for k in range(1, len(inside) + 2) if span * most * k >= len(inside) - 1)
    return tuple(inside[::every])


def _set_axes(axes: Axes, figure: SurvivalFigure, ticks: Sequence[float]) -> None:
    axes.set_xlim(0.0, figure.x_max * 1.02 or 1.0)
    axes.set_xticks(ticks, [tick(t) for t in ticks])
    if figure.show != "hazard":  # whose panels have a height in common
        axes.set_ylim(0.0, 1.02)
        axes.set_yticks([0, 0.25, 0.5, 0.75, 1.0], ["0", "25%", "50%", "75%", "100%"])
    axes.set_xlabel(figure.x_label)
    axes.set_ylabel(figure.y_label)


def _highest(figure: SurvivalFigure) -> float:
    """The highest cumulative hazard within the time axis; bands may leave the picture above it."""
    return max(
        (h for curve in figure.curves for t, h in zip(curve.time, curve.estimate, strict=True)
         if t <= figure.x_max), default=0.0,
    )  # fmt: skip


def _draw_curve(axes: Axes, figure: SurvivalFigure, curve: Curve, code: int, *, thin: bool) -> None:
    """A curve with its band and censoring marks; that of the competing event is `thin`."""
    start = 0.0 if _rises(figure) else 1.0
    time, estimate = [0.0, *curve.time], [start, *curve.estimate]
    axes.step(
        time, estimate, where="post", color=colour(code), linestyle=dashes(code),
        linewidth=0.9 if thin else 1.5, alpha=0.75 if thin else 1.0, zorder=3,
        path_effects=_unbroken(code),
    )  # fmt: skip
    if thin:
        return
    if figure.bands:
        lower, upper = ([start, *_carried(limits, start)] for limits in (curve.lower, curve.upper))
        axes.fill_between(
            time, lower, upper, step="post", color=colour(code), alpha=0.13, linewidth=0, zorder=1
        )
    steps = zip(curve.time, curve.estimate, curve.n_censor, strict=True)
    censored = [(t, s) for t, s, n in steps if n]
    if censored and figure.censor_marks and not figure.rising:
        axes.plot(
            *zip(*censored, strict=True), linestyle="none", marker="|", markersize=4.5,
            markeredgewidth=0.8, color=colour(code), zorder=4,
        )  # fmt: skip


def _unbroken(code: int) -> list[Any]:
    """A thin line within a dashed curve, so that no gap looks like a step or a censoring mark."""
    from matplotlib.patheffects import Normal, Stroke

    whole = {"dash_offset": 0, "dash_list": None}
    return [Stroke(linewidth=CORE, dashes=whole), Normal()] if code else []


def _carried(values: Sequence[float | None], start: float) -> list[float]:
    """Limits; where there is none (S = 0, or 1 on the log-log scale), the last one before."""
    result, last = [], start
    for value in values:
        last = last if value is None else value
        result.append(last)
    return result


def _draw_medians(axes: Axes, figure: SurvivalFigure) -> None:
    reached = [(i, m) for i, m in enumerate(figure.medians) if m is not None]
    if not reached or figure.show == "hazard":
        return
    grey = {"color": "0.45", "linewidth": 0.7, "linestyle": (0, (4, 3)), "zorder": 2}
    axes.plot([0, max(m for _, m in reached)], [0.5, 0.5], **grey)  # type: ignore[arg-type]  # matplotlib types no **style
    for code, median in reached:
        axes.plot([median, median], [0, 0.5], **{**grey, "color": colour(code)})  # type: ignore[arg-type]  # matplotlib types no **style


def _draw_models(axes: Axes, figure: SurvivalFigure) -> None:
    for code, level in enumerate(figure.groups):
        models = [model for model in figure.models if model.group == level]
        for number, model in enumerate(models):
            axes.plot(
                model.time, model.estimate, color=colour(code), linewidth=0.9,
                linestyle=dashes(number + 2), zorder=2,
            )  # fmt: skip


def _legend_handles(figure: SurvivalFigure, width: float) -> list[Any]:
    """Legend entries of groups, causes and models, above a plot of a width in inches."""
    from matplotlib.lines import Line2D

    levels = figure.groups
    characters = max(12, _characters(LEGEND_WIDTH, width))

    def line(label: str, **look: Any) -> Line2D:
        return Line2D([], [], label=textwrap.fill(label, characters), **look)

    handles = []
    if len(levels) == 1 and figure.models:
        handles.append(line("Kaplan–Meier", color=colour(0), linestyle=dashes(0), linewidth=1.5))
    if len(levels) > 1:
        handles += [
            line(f"{level}, {caption}" if caption else level, color=colour(i),
                 linestyle=dashes(i), linewidth=1.5, path_effects=_unbroken(i))
            for i, (level, caption) in enumerate(zip_longest(levels, figure.captions))
        ]  # fmt: skip
    if figure.rising:
        causes = dict.fromkeys(str(curve.cause) for curve in figure.curves)
        handles += [
            line(c, color="0.25", linewidth=w) for w, c in zip((1.5, 0.9), causes, strict=True)
        ]
    numbers: dict[str, int] = {}
    for model in figure.models:
        level = model.group
        number = numbers[level] = numbers.get(level, -1) + 1
        label = f"{level}, {model.model}" if len(levels) > 1 else model.model
        look = {"color": colour(levels.index(level)), "linestyle": dashes(number + 2)}
        handles.append(line(label, linewidth=0.9, **look))
    return handles


def _legend_columns(handles: Sequence[Any], width: float) -> int:
    """The number of legend columns that fit above a plot of a width in inches."""
    longest = max((len(part) for h in handles for part in h.get_label().splitlines()), default=1)
    fitting = _characters(LEGEND_CHARACTERS, width) // (longest + 9)
    return max(1, min(len(handles), 4, fitting))


def _legend_height(figure: SurvivalFigure, width: float) -> float:
    """Height of the legend above a plot of a width, both in inches."""
    handles = _legend_handles(figure, width)
    columns = _legend_columns(handles, width)
    rows = [handles[i : i + columns] for i in range(0, len(handles), columns)]
    lines = sum(max(len(h.get_label().splitlines()) for h in row) for row in rows)
    heading = _legend_title(figure, width).count("\n") + 1 if figure.legend and handles else 0
    return LEGEND_LINE * (lines + heading)


def _legend_title(figure: SurvivalFigure, width: float) -> str:
    return textwrap.fill(figure.legend or "", max(12, _characters(70, width)))


def _characters(usual: int, width: float) -> int:
    """The characters above a plot of a width in inches, if so many are above the usual one."""
    return int(usual * width / PLOT_WIDTH + 1e-6)


def _draw_legend(
    picture: Picture, figure: SurvivalFigure, width: float, at: tuple[float, float], units: Any
) -> None:
    """The legend above a plot of a width in inches, in level order row by row.

    It hides no curve: `at`, in `units`, is its lower left corner.
    """
    handles = _legend_handles(figure, width)
    if not handles:
        return
    columns = _legend_columns(handles, width)
    by_column = [handle for i in range(columns) for handle in handles[i::columns]]
    picture.legend(
        handles=by_column, ncols=columns, title=_legend_title(figure, width) or None,
        loc="lower left", bbox_to_anchor=at, bbox_transform=units,
        alignment="left", handlelength=2.6, borderaxespad=0.1, borderpad=0.2, labelspacing=0.3,
        columnspacing=1.6,
    )  # fmt: skip


@dataclass(frozen=True)
class _RiskLine:
    """A line of numbers below the axis: its label, its group, and whether they are events."""

    label: str
    code: int
    events: bool

    @property
    def height(self) -> float:
        return ROW_HEIGHT + WRAPPED_LINE * self.label.count("\n")


def _risk_lines(levels: Sequence[str], with_events: bool, *, narrow: bool) -> list[_RiskLine]:
    lines, width = [], LABEL_NARROW if narrow else LABEL_WIDTH
    for code, level in enumerate(levels):
        label = "All" if len(levels) == 1 and level == "all" else textwrap.fill(level, width)
        lines.append(_RiskLine(label, code, events=False))
        if with_events:
            lines.append(_RiskLine("  events", code, events=True))
    return lines


def _draw_at_risk(
    axes: Axes, figure: SurvivalFigure, lines: Sequence[_RiskLine], left: float
) -> None:
    """Numbers centred under the ticks, in the colour of their curve."""
    width, height = _inches(axes)
    shown = set(_ticks(figure, width))
    place = axes.get_xaxis_transform()
    y = -0.47 / height
    heading = figure.at_risk_heading
    if figure.cumulative_events:
        heading += " and cumulative events"
    margin = (MARGIN - left) / width
    axes.text(margin, y, heading, transform=axes.transAxes, ha="left", va="center",
              fontweight="bold", fontsize=sized(7.5))  # fmt: skip
    above = ROW_HEIGHT
    for line in lines:
        y -= (above + line.height) / 2 / height
        above = line.height
        ink = colour(line.code) if len(figure.groups) > 1 else "black"
        look: dict[str, Any] = {
            "va": "center",
            "color": ink,
            "fontsize": sized(7.5),
            "linespacing": 1.2,
        }
        axes.text(margin, y, line.label, transform=axes.transAxes, ha="left", **look)
        numbers = figure.at_risk[line.code]
        values = numbers.cumulative_events if line.events else numbers.n_risk
        for time, n in zip(numbers.time, values, strict=True):
            if time in shown:
                axes.text(time, y, figure.count(n), transform=place, ha="center", **look)
