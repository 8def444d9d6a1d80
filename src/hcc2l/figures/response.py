"""Stacked bars of tumour response, and waterfall plots of the best change."""

from __future__ import annotations

import math
import textwrap
import unicodedata
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from hcc2l.report import PatientChange, ResponseBar, ResponseFigure, WaterfallFigure
from hcc2l.wording import counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Picture

# From Okabe and Ito's palette, the first darker; neighbours differ in grey as well.
COLOURS = {
    "CR": "#004C80", "PR": "#56B4E9", "SD": "#F0E442", "PD": "#D55E00", "NE": "#BDBDBD",
    "Not recorded": "#FFFFFF",
}  # fmt: skip
_ON_DARK = ("CR", "PD")
_HATCHED = "Not recorded"
BAR, PITCH = 0.86, 1.12  # inches, width of a bar and from bar to bar
TALL = 3.2
LEGEND = 1.15  # inches, width
NAME_WIDTH = 15  # characters at which the name of a group is wrapped
SMALLEST = 4.5  # percent, of a segment with a label inside
CUT = 100.0  # percent, at which growth is cut
PANEL = 6.2  # inches, width of all panels of a waterfall
GAP = 0.25
CHARACTER = 0.07  # inches, of a title
THIN = 0.8  # percent, height of a bar of 0


def draw(figure: ResponseFigure) -> Picture:
    """Bars from CR at the bottom, so that ORR and DCR are heights; a panel for each criterion."""
    from matplotlib.figure import Figure as MplFigure

    criteria = list(dict.fromkeys(bar.criterion for bar in figure.bars))
    panels = [[bar for bar in figure.bars if bar.criterion == name] for name in criteria]
    names = [_wrapped(bar.group, NAME_WIDTH) for bar in figure.bars]
    lines = max(name.count("\n") for name in names)
    wide = PITCH * len(panels[0]) + 0.15
    titles = [_wrapped(name, max(18, int(wide / 0.075))) for name in criteria]
    bottom = 0.52 + 0.14 * lines + (0.22 if figure.legend else 0.0)
    top = 0.42 + 0.16 * max(1 + title.count("\n") if title else 0 for title in titles)
    left = 0.62
    width = left + len(panels) * (wide + GAP) + LEGEND
    height = bottom + TALL + top
    picture = MplFigure(figsize=(width, height))
    for i, (title, bars) in enumerate(zip(titles, panels, strict=True)):
        x = left + i * (wide + GAP)
        axes = picture.add_axes((x / width, bottom / height, wide / width, TALL / height))
        _draw_bars(axes, bars, alone=figure.legend is None)
        axes.set_title(title, loc="left", pad=28)
        if figure.legend:
            axes.set_xlabel(figure.legend, labelpad=5)
        if i == 0:
            axes.set_ylabel(figure.y_label)
        else:
            axes.set_yticklabels([])
    present = {
        what for bar in figure.bars for what, n in zip(bar.response, bar.count, strict=True) if n
    }
    shown = [what for what in COLOURS if what in present]
    _add_legend(picture, shown, 1 - (LEGEND - 0.05) / width, (bottom + TALL) / height, _style)
    return picture


def _wrapped(text: str, width: int) -> str:
    """The text in lines of so many letters; Korean, Chinese and Japanese ones take two places."""
    wide = any(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return textwrap.fill(text, width // 2 if wide else width)


def _draw_bars(axes: Axes, bars: list[ResponseBar], *, alone: bool) -> None:
    for x, bar in enumerate(bars):
        base = 0.0
        for what, count, percent in zip(bar.response, bar.count, bar.percent, strict=True):
            if not count:
                continue
            axes.bar(x, percent, width=BAR / PITCH, bottom=base, **_style(what), zorder=2)
            if percent >= SMALLEST:
                axes.text(
                    x, base + percent / 2, f"{count} ({percent:.0f}%)", ha="center", va="center",
                    fontsize=7.5, color="white" if what in _ON_DARK else "black", zorder=3,
                    bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8}
                    if what == _HATCHED else None,
                )  # fmt: skip
            base += percent
        axes.text(x, 101.5, bar.rates, ha="center", va="bottom", fontsize=7.5, linespacing=1.15)
    names = [f"n = {b.n}" if alone else f"{_wrapped(b.group, NAME_WIDTH)}\nn = {b.n}"
             for b in bars]  # fmt: skip
    axes.set_xticks(range(len(bars)), names)
    axes.tick_params(axis="x", length=0)
    axes.set_xlim(-0.5 - 0.07, len(bars) - 0.5 + 0.07)
    axes.set_ylim(0, 100)
    axes.set_yticks([0, 20, 40, 60, 80, 100])


def _style(what: str) -> dict[str, Any]:
    style: dict[str, Any] = {"facecolor": COLOURS[what], "edgecolor": "white", "linewidth": 0.6}
    if what == _HATCHED:
        style |= {"edgecolor": "0.45", "hatch": "////"}
    return style


def _add_legend(
    picture: Picture, shown: list[str], x: float, y: float, style: Callable[[str], dict[str, Any]]
) -> None:
    """The responses, the last one first, as the bars are drawn by `style`."""
    from matplotlib.patches import Patch

    handles = [Patch(**style(what), label=what) for what in reversed(shown)]
    picture.legend(
        handles=handles, loc="upper left", bbox_to_anchor=(x, y), borderaxespad=0.0,
        handlelength=1.1, handleheight=1.1, labelspacing=0.5,
    )  # fmt: skip


def _narrow_style(what: str) -> dict[str, Any]:
    """The style of a bar too narrow for a hatch."""
    if what == _HATCHED:
        return {"facecolor": COLOURS[what], "edgecolor": "0.35", "linewidth": 0.4}
    return {"facecolor": COLOURS[what], "edgecolor": "none"}


def draw_waterfall(figure: WaterfallFigure) -> Picture:
    """A bar for each patient, growth on the left; lines at the limits of RECIST."""
    from matplotlib.figure import Figure as MplFigure

    groups = list(dict.fromkeys(patient.group for patient in figure.patients))
    panels = [[p for p in figure.patients if p.group == group] for group in groups]
    each = (PANEL - GAP * (len(panels) - 1)) / len(figure.patients)
    titles = [
        _wrapped(f"{group} (n={len(patients)})", max(8, int(each * len(patients) / CHARACTER)))
        for group, patients in zip(groups, panels, strict=True)
    ]
    lines = max(title.count("\n") for title in titles) if len(panels) > 1 else 0
    left, bottom, top = 0.68, 0.42, 0.35 + 0.15 * lines if len(panels) > 1 else 0.15
    width, height = left + PANEL + LEGEND + 0.1, bottom + TALL + top
    picture = MplFigure(figsize=(width, height))
    changes = [patient.change for patient in figure.patients]
    lowest = min(*changes, figure.limits[0] - 10)
    highest = min(max(*changes, figure.limits[1] + 10), CUT)
    x = left
    for i, (title, patients) in enumerate(zip(titles, panels, strict=True)):
        wide = each * len(patients)
        axes = picture.add_axes((x / width, bottom / height, wide / width, TALL / height))
        x += wide + GAP
        _draw_changes(axes, patients, figure.limits, marker=min(3.0, 60 * each))
        axes.set_ylim(lowest * 1.04, highest * 1.06)
        axes.set_yticks(range(20 * math.ceil(lowest / 20), int(highest) + 1, 20))
        if len(panels) > 1:
            axes.set_title(title, loc="left")
        if i == 0:
            axes.set_ylabel(figure.y_label)
        else:
            axes.set_yticklabels([])
    for limit in figure.limits:
        text = f"{'+' if limit > 0 else '−'}{abs(limit):.0f}%"
        axes.annotate(text, (1.0, limit), (3, 0), xycoords=axes.get_yaxis_transform(),
                      textcoords="offset points", va="center", fontsize=7.5)  # fmt: skip
    present = {patient.response for patient in figure.patients}
    shown = [what for what in reversed(COLOURS) if what in present]
    _add_legend(picture, shown, 1 - LEGEND / width, (bottom + TALL) / height, _narrow_style)
    footnote = counted(len(changes), "patient") + " with a measured change."
    if max(changes) > CUT:
        footnote += f" ▲ Growth cut at +{CUT:.0f}% (largest: +{max(changes):.0f}%)."
    picture.text(left / width, 0.12 / height, footnote, fontsize=7.5, va="bottom")
    return picture


def _draw_changes(
    axes: Axes, patients: list[PatientChange], limits: tuple[float, float], marker: float
) -> None:
    for x, patient in enumerate(patients):
        tall = min(patient.change, CUT) or THIN
        axes.bar(x, tall, width=0.86, **_narrow_style(patient.response), zorder=2)
        if patient.change > CUT:
            axes.plot(x, CUT * 1.025, marker="^", markersize=marker, color="black",
                      markeredgewidth=0, clip_on=False)  # fmt: skip
    axes.axhline(0.0, color="black", linewidth=0.8, zorder=3)
    for limit in limits:
        axes.axhline(limit, color="0.25", linewidth=0.8, linestyle=(0, (4, 3)), zorder=3)
    axes.set_xlim(-0.6, len(patients) - 0.4)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
