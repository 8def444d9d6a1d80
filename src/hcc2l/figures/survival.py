"""Survival or cumulative-incidence curves with numbers at risk below the axis."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hcc2l.figures.style import colour, dashes
from hcc2l.numerals import count, tick
from hcc2l.report import Curve, SurvivalFigure, SurvivalPanels

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Picture

WIDTH = 5.0  # inches; readable when a journal scales it to one column (3.4 in)
PLOT_HEIGHT = 2.9
ROW_HEIGHT = 0.17
WRAPPED_LINE = 0.125  # each further line of a wrapped name
LEGEND_LINE = 0.165
TITLE_LINE = 0.22  # above the legend of a panel
LABEL_WIDTH = 22  # characters at which the name of a group is wrapped
LEGEND_WIDTH = 60
CORE = 0.55  # points: the line within a dashed curve


def draw(figure: SurvivalFigure) -> Picture:
    """The curves under their legend, with the numbers at risk below the ticks."""
    return draw_panels(SurvivalPanels((figure,), ("",)))


def draw_panels(figure: SurvivalPanels) -> Picture:
    """Several survival figures side by side, all of the same height."""
    from matplotlib.figure import Figure as MplFigure

    first = figure.panels[0]
    levels = first.groups
    lines = _risk_lines(levels, first.cumulative_events)
    left = 0.62 if len(levels) == 1 else max(0.62, 0.2 + 0.075 * _widest(levels))
    bottom = 0.45 + ROW_HEIGHT * 1.3 + sum(line.height for line in lines)
    handles = _legend_handles(first)
    top = 0.12 + _legend_height(first, handles, _legend_columns(handles))
    top += TITLE_LINE if any(figure.titles) else 0.0
    each, height = WIDTH + left - 0.62, PLOT_HEIGHT + bottom + top
    width = each * len(figure.panels)
    picture = MplFigure(figsize=(width, height))
    for i, (panel, title) in enumerate(zip(figure.panels, figure.titles, strict=True)):
        axes = picture.add_axes(
            ((i * each + left) / width, bottom / height, (each - left - 0.15) / width,
             PLOT_HEIGHT / height)
        )  # fmt: skip
        if title:
            axes.text(0.0, 1 + (top - 0.12) / PLOT_HEIGHT, title, transform=axes.transAxes,
                      ha="left", va="top", fontweight="bold", fontsize=9)  # fmt: skip
        _draw_panel(axes, panel, lines, left)
    return picture


def _draw_panel(
    axes: Axes, figure: SurvivalFigure, lines: Sequence[_RiskLine], left: float
) -> None:
    """Curves with their legend and numbers at risk; `left` is the margin in inches."""
    handles = _legend_handles(figure)
    _set_axes(axes, figure)
    for code, level in enumerate(figure.groups):
        curves = [curve for curve in figure.curves if curve.group == level]
        for number, curve in enumerate(curves):
            _draw_curve(axes, curve, code, rising=figure.rising, thin=number > 0)
    _draw_medians(axes, figure)
    _draw_models(axes, figure)
    if handles:
        _draw_legend(axes, figure, handles, _legend_columns(handles))
    if figure.annotation:
        y, vertical = (0.04, "bottom") if figure.rising else (0.97, "top")
        axes.text(
            0.99, y, figure.annotation, transform=axes.transAxes, ha="right",
            va=vertical, zorder=6,
            bbox={"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 1.5},
        )  # fmt: skip
    _draw_at_risk(axes, figure, lines, left)


def _set_axes(axes: Axes, figure: SurvivalFigure) -> None:
    axes.set_xlim(0.0, figure.x_max * 1.02 or 1.0)
    axes.set_xticks(figure.ticks, [tick(t) for t in figure.ticks])
    axes.set_ylim(0.0, 1.02)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1.0], ["0", "25%", "50%", "75%", "100%"])
    axes.set_xlabel(figure.x_label)
    axes.set_ylabel(figure.y_label)


def _draw_curve(axes: Axes, curve: Curve, code: int, *, rising: bool, thin: bool) -> None:
    """A curve with its band and censoring marks; that of the competing event is `thin`."""
    start = 0.0 if rising else 1.0
    time, estimate = [0.0, *curve.time], [start, *curve.estimate]
    axes.step(
        time, estimate, where="post", color=colour(code), linestyle=dashes(code),
        linewidth=0.9 if thin else 1.5, alpha=0.75 if thin else 1.0, zorder=3,
        path_effects=_unbroken(code),
    )  # fmt: skip
    if thin:
        return
    lower, upper = ([start, *_carried(limits, start)] for limits in (curve.lower, curve.upper))
    axes.fill_between(
        time, lower, upper, step="post", color=colour(code), alpha=0.13, linewidth=0, zorder=1
    )
    steps = zip(curve.time, curve.estimate, curve.n_censor, strict=True)
    censored = [(t, s) for t, s, n in steps if n]
    if censored and not rising:
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
    if not reached:
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


def _legend_handles(figure: SurvivalFigure) -> list[Any]:
    """Legend entries of groups, causes and models."""
    from matplotlib.lines import Line2D

    levels = figure.groups

    def line(label: str, **look: Any) -> Line2D:
        return Line2D([], [], label=textwrap.fill(label, LEGEND_WIDTH), **look)

    handles = []
    if len(levels) == 1 and figure.models:
        handles.append(line("Kaplan–Meier", color=colour(0), linestyle=dashes(0), linewidth=1.5))
    if len(levels) > 1:
        handles += [
            line(level, color=colour(i), linestyle=dashes(i), linewidth=1.5,
                 path_effects=_unbroken(i))
            for i, level in enumerate(levels)
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


def _legend_columns(handles: Sequence[Any]) -> int:
    """The number of legend columns that fit the width."""
    longest = max((len(part) for h in handles for part in h.get_label().splitlines()), default=1)
    return max(1, min(len(handles), 4, 78 // (longest + 9)))


def _legend_height(figure: SurvivalFigure, handles: Sequence[Any], columns: int) -> float:
    """Height of the legend in inches."""
    per_column = -(-len(handles) // columns) if handles else 0
    rows = sum(
        max(len(h.get_label().splitlines()) for h in handles[i::per_column])
        for i in range(per_column)
    )
    return LEGEND_LINE * (rows + (1 if handles and figure.legend else 0))


def _draw_legend(axes: Axes, figure: SurvivalFigure, handles: Sequence[Any], columns: int) -> None:
    """The legend above the axes, where it hides no curve."""
    picture = axes.get_figure()
    assert picture is not None
    title = textwrap.fill(figure.legend, 70) if figure.legend else None
    picture.legend(
        handles=handles, ncols=columns, title=title, loc="lower left",
        bbox_to_anchor=(0.0, 1.0), bbox_transform=axes.transAxes, alignment="left",
        handlelength=2.6, borderaxespad=0.1, borderpad=0.2, labelspacing=0.3, columnspacing=1.6,
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


def _risk_lines(levels: Sequence[str], with_events: bool) -> list[_RiskLine]:
    lines = []
    for code, level in enumerate(levels):
        label = "All" if len(levels) == 1 and level == "all" else textwrap.fill(level, LABEL_WIDTH)
        lines.append(_RiskLine(label, code, events=False))
        if with_events:
            lines.append(_RiskLine("  events", code, events=True))
    return lines


def _draw_at_risk(
    axes: Axes, figure: SurvivalFigure, lines: Sequence[_RiskLine], left: float
) -> None:
    """Numbers centred under the ticks, in the colour of their curve."""
    picture = axes.get_figure()
    assert picture is not None
    height = picture.get_figheight() * axes.get_position().height  # type: ignore[union-attr]  # axes are in a picture
    width = axes.get_position().width * picture.get_figwidth()  # type: ignore[union-attr]  # axes are in a picture
    place = axes.get_xaxis_transform()
    y = -0.47 / height
    heading = "Number at risk"
    if figure.cumulative_events:
        heading += " and cumulative events"
    margin = (0.08 - left) / width
    axes.text(margin, y, heading, transform=axes.transAxes, ha="left", va="center",
              fontweight="bold", fontsize=7.5)  # fmt: skip
    above = ROW_HEIGHT
    for line in lines:
        y -= (above + line.height) / 2 / height
        above = line.height
        ink = colour(line.code) if len(figure.groups) > 1 else "black"
        look: dict[str, Any] = {"va": "center", "color": ink, "fontsize": 7.5, "linespacing": 1.2}
        axes.text(margin, y, line.label, transform=axes.transAxes, ha="left", **look)
        numbers = figure.at_risk[line.code]
        shown = numbers.cumulative_events if line.events else numbers.n_risk
        for time, n in zip(numbers.time, shown, strict=True):
            axes.text(time, y, count(n), transform=place, ha="center", **look)


def _widest(levels: Sequence[str]) -> int:
    return max(len(line) for level in levels for line in textwrap.wrap(level, LABEL_WIDTH) or [""])
