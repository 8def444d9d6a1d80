"""Survival or cumulative-incidence curves with numbers at risk below the axis."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hcc2l.figures.style import colour, dashes
from hcc2l.report import Figure, Row, Table

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


def draw(figure: Figure) -> Picture:
    """The curves under their legend, with the numbers at risk below the ticks."""
    return _draw_side_by_side([figure], [""])


def draw_panels(figure: Figure) -> Picture:
    """Several survival figures side by side, each under its title.

    The tables and the annotation of a panel have its name as a prefix: ``before.curve``.
    """
    names = [str(name) for name in _tuple(figure.options["panels"])]
    panels = []
    for name in names:
        tables = {
            key.removeprefix(f"{name}."): table
            for key, table in figure.tables.items()
            if key.startswith(f"{name}.")
        }
        annotation = figure.options[f"{name}.annotation"]
        panels.append(Figure("survival", tables, {**figure.options, "annotation": annotation}))
    return _draw_side_by_side(panels, [str(t) for t in _tuple(figure.options["titles"])])


def _draw_side_by_side(panels: Sequence[Figure], titles: Sequence[str]) -> Picture:
    """One axes per panel, for panels with the same groups, all of the same height."""
    from matplotlib.figure import Figure as MplFigure

    levels = [str(level) for level in _tuple(panels[0].options["levels"])]
    lines = _risk_lines(levels, bool(panels[0].options["cumulative_events"]))
    left = 0.62 if len(levels) == 1 else max(0.62, 0.2 + 0.075 * _widest(levels))
    bottom = 0.45 + ROW_HEIGHT * 1.3 + sum(line.height for line in lines)
    handles = _legend_handles(panels[0], levels)
    top = 0.12 + _legend_height(panels[0], handles, _legend_columns(handles))
    top += TITLE_LINE if any(titles) else 0.0
    each, height = WIDTH + left - 0.62, PLOT_HEIGHT + bottom + top
    width = each * len(panels)
    picture = MplFigure(figsize=(width, height))
    for i, (panel, title) in enumerate(zip(panels, titles, strict=True)):
        axes = picture.add_axes(
            ((i * each + left) / width, bottom / height, (each - left - 0.15) / width,
             PLOT_HEIGHT / height)
        )  # fmt: skip
        if title:
            axes.text(0.0, 1 + (top - 0.12) / PLOT_HEIGHT, title, transform=axes.transAxes,
                      ha="left", va="top", fontweight="bold", fontsize=9)  # fmt: skip
        _draw_panel(axes, panel, levels, lines, left)
    return picture


def _draw_panel(
    axes: Axes, figure: Figure, levels: list[str], lines: Sequence[_RiskLine], left: float
) -> None:
    """Curves with their legend and numbers at risk; `left` is the margin in inches."""
    handles = _legend_handles(figure, levels)
    _set_axes(axes, figure)
    for code, level in enumerate(levels):
        _draw_group(axes, figure, code, level)
    if figure.options["median"]:
        _draw_medians(axes, figure.tables["groups"], levels)
    if "models" in figure.tables:
        _draw_models(axes, figure.tables["models"], levels)
    if handles:
        _draw_legend(axes, figure, handles, _legend_columns(handles))
    if figure.options["annotation"]:
        y, vertical = (0.04, "bottom") if figure.options["rising"] else (0.97, "top")
        axes.text(
            0.99, y, str(figure.options["annotation"]), transform=axes.transAxes, ha="right",
            va=vertical, zorder=6,
            bbox={"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 1.5},
        )  # fmt: skip
    _draw_at_risk(axes, figure, levels, lines, left)


def _set_axes(axes: Axes, figure: Figure) -> None:
    ticks = [float(t) for t in _numbers(figure.options["ticks"])]
    longest = float(str(figure.options["x_max"]))
    axes.set_xlim(0.0, longest * 1.02 or 1.0)
    axes.set_xticks(ticks, [f"{t:g}" for t in ticks])
    axes.set_ylim(0.0, 1.02)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1.0], ["0", "25%", "50%", "75%", "100%"])
    axes.set_xlabel(str(figure.options["x_label"]))
    axes.set_ylabel(str(figure.options["y_label"]))


def _rows(table: Table, **where: str | None) -> list[Row]:
    return [row for row in table.rows if all(row[key] == value for key, value in where.items())]


def _draw_group(axes: Axes, figure: Figure, code: int, level: str) -> None:
    curve = figure.tables["curve"]
    rising = bool(figure.options["rising"])
    start = 0.0 if rising else 1.0
    rows = _rows(curve, group=level)
    causes = list(dict.fromkeys(row["cause"] for row in rows)) if rising else [None]
    for number, cause in enumerate(causes):
        steps = [row for row in rows if cause is None or row["cause"] == cause]
        time = [0.0, *(_float(row["time"]) for row in steps)]
        estimate = [start, *(_float(row["estimate"]) for row in steps)]
        lower = [start, *_carried([row["lower"] for row in steps], start)]
        upper = [start, *_carried([row["upper"] for row in steps], start)]
        thin = number > 0  # the competing event, drawn lighter
        axes.step(
            time, estimate, where="post", color=colour(code), linestyle=dashes(code),
            linewidth=0.9 if thin else 1.5, alpha=0.75 if thin else 1.0, zorder=3,
            path_effects=_unbroken(code),
        )  # fmt: skip
        if not thin:
            axes.fill_between(
                time, lower, upper, step="post", color=colour(code), alpha=0.13, linewidth=0,
                zorder=1,
            )  # fmt: skip
            censored = [(_float(r["time"]), _float(r["estimate"])) for r in steps if r["n_censor"]]
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


def _carried(values: Sequence[Any], start: float) -> list[float]:
    """Limits; where there is none (S = 0, or 1 on the log-log scale), the last one before."""
    result, last = [], start
    for value in values:
        last = last if value is None else float(value)
        result.append(last)
    return result


def _draw_medians(axes: Axes, groups: Table, levels: Sequence[str]) -> None:
    medians = [row["median"] for level in levels for row in _rows(groups, group=level)]
    reached = [(i, float(m)) for i, m in enumerate(medians) if isinstance(m, (int, float))]
    if not reached:
        return
    grey = {"color": "0.45", "linewidth": 0.7, "linestyle": (0, (4, 3)), "zorder": 2}
    axes.plot([0, max(m for _, m in reached)], [0.5, 0.5], **grey)  # type: ignore[arg-type]  # matplotlib types no **style
    for code, median in reached:
        axes.plot([median, median], [0, 0.5], **{**grey, "color": colour(code)})  # type: ignore[arg-type]  # matplotlib types no **style


def _draw_models(axes: Axes, models: Table, levels: Sequence[str]) -> None:
    for code, level in enumerate(levels):
        rows = _rows(models, group=level)
        for number, model in enumerate(dict.fromkeys(row["model"] for row in rows)):
            points = [row for row in rows if row["model"] == model]
            axes.plot(
                [_float(r["time"]) for r in points], [_float(r["estimate"]) for r in points],
                color=colour(code), linewidth=0.9, linestyle=dashes(number + 2), zorder=2,
            )  # fmt: skip


def _legend_handles(figure: Figure, levels: Sequence[str]) -> list[Any]:
    """Legend entries of groups, causes and models."""
    from matplotlib.lines import Line2D

    def line(label: str, **look: Any) -> Line2D:
        return Line2D([], [], label=textwrap.fill(label, LEGEND_WIDTH), **look)

    handles = []
    if len(levels) == 1 and "models" in figure.tables:
        handles.append(line("Kaplan–Meier", color=colour(0), linestyle=dashes(0), linewidth=1.5))
    if len(levels) > 1:
        handles += [
            line(level, color=colour(i), linestyle=dashes(i), linewidth=1.5,
                 path_effects=_unbroken(i))
            for i, level in enumerate(levels)
        ]  # fmt: skip
    if figure.options["rising"]:
        causes = dict.fromkeys(str(row["cause"]) for row in figure.tables["curve"].rows)
        handles += [
            line(c, color="0.25", linewidth=w) for w, c in zip((1.5, 0.9), causes, strict=True)
        ]
    if "models" in figure.tables:
        models = dict.fromkeys(
            (str(row["group"]), str(row["model"])) for row in figure.tables["models"].rows
        )
        numbers: dict[str, int] = {}
        for level, model in models:
            number = numbers[level] = numbers.get(level, -1) + 1
            label = f"{level}, {model}" if len(levels) > 1 else model
            look = {"color": colour(levels.index(level)), "linestyle": dashes(number + 2)}
            handles.append(line(label, linewidth=0.9, **look))
    return handles


def _legend_columns(handles: Sequence[Any]) -> int:
    """The number of legend columns that fit the width."""
    longest = max((len(part) for h in handles for part in h.get_label().splitlines()), default=1)
    return max(1, min(len(handles), 4, 78 // (longest + 9)))


def _legend_height(figure: Figure, handles: Sequence[Any], columns: int) -> float:
    """Height of the legend in inches."""
    per_column = -(-len(handles) // columns) if handles else 0
    rows = sum(
        max(len(h.get_label().splitlines()) for h in handles[i::per_column])
        for i in range(per_column)
    )
    return LEGEND_LINE * (rows + (1 if handles and figure.options["legend"] else 0))


def _draw_legend(axes: Axes, figure: Figure, handles: Sequence[Any], columns: int) -> None:
    """The legend above the axes, where it hides no curve."""
    picture = axes.get_figure()
    assert picture is not None
    title = figure.options["legend"]
    picture.legend(
        handles=handles, ncols=columns, title=textwrap.fill(str(title), 70) if title else None,
        loc="lower left", bbox_to_anchor=(0.0, 1.0), bbox_transform=axes.transAxes,
        alignment="left", handlelength=2.6, borderaxespad=0.1, borderpad=0.2, labelspacing=0.3,
        columnspacing=1.6,
    )  # fmt: skip


@dataclass(frozen=True)
class _RiskLine:
    """A line of numbers below the axis: its label, its group and the key of its numbers."""

    label: str
    code: int
    key: str

    @property
    def height(self) -> float:
        return ROW_HEIGHT + WRAPPED_LINE * self.label.count("\n")


def _risk_lines(levels: Sequence[str], with_events: bool) -> list[_RiskLine]:
    lines = []
    for code, level in enumerate(levels):
        label = "All" if len(levels) == 1 and level == "all" else textwrap.fill(level, LABEL_WIDTH)
        lines.append(_RiskLine(label, code, "n_risk"))
        if with_events:
            lines.append(_RiskLine("  events", code, "cumulative_events"))
    return lines


def _draw_at_risk(
    axes: Axes, figure: Figure, levels: Sequence[str], lines: Sequence[_RiskLine], left: float
) -> None:
    """Numbers centred under the ticks, in the colour of their curve."""
    picture = axes.get_figure()
    assert picture is not None
    height = picture.get_figheight() * axes.get_position().height  # type: ignore[union-attr]  # axes are in a picture
    width = axes.get_position().width * picture.get_figwidth()  # type: ignore[union-attr]  # axes are in a picture
    place = axes.get_xaxis_transform()
    y = -0.47 / height
    heading = "Number at risk"
    if figure.options["cumulative_events"]:
        heading += " and cumulative events"
    margin = (0.08 - left) / width
    axes.text(margin, y, heading, transform=axes.transAxes, ha="left", va="center",
              fontweight="bold", fontsize=7.5)  # fmt: skip
    table = figure.tables["at_risk"]
    above = ROW_HEIGHT
    for line in lines:
        y -= (above + line.height) / 2 / height
        above = line.height
        ink = colour(line.code) if len(levels) > 1 else "black"
        look: dict[str, Any] = {"va": "center", "color": ink, "fontsize": 7.5, "linespacing": 1.2}
        axes.text(margin, y, line.label, transform=axes.transAxes, ha="left", **look)
        for row in _rows(table, group=levels[line.code]):
            number = f"{_float(row[line.key]):.1f}".removesuffix(".0")
            axes.text(_float(row["time"]), y, number, transform=place, ha="center", **look)


def _widest(levels: Sequence[str]) -> int:
    return max(len(line) for level in levels for line in textwrap.wrap(level, LABEL_WIDTH) or [""])


def _tuple(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else (value,)


def _numbers(value: object) -> list[float]:
    return [float(str(v)) for v in _tuple(value)]


def _float(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) else float("nan")
