"""Survival curves in a terminal: dots of braille letters, with axes and numbers at risk as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hcc2l.errors import UsageError
from hcc2l.numerals import number, percent, tick
from hcc2l.report import Curve, Figure, SurvivalFigure, SurvivalPanels

WIDEST = 100  # columns
ROWS = 16  # lines of the plot
ACROSS, DOWN = 2, 4  # dots of a braille letter
BLANK = 0x2800  # the braille letter without dots
DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # by row and column
# Of each group: a colour of the terminal, and which dots of the line are set, as a pattern.
INKS = (34, 33, 32, 35, 36, 31)
PATTERNS = ("1", "1110", "10", "110", "11110", "1000")
RISING_STEPS = (0.1, 0.2, 0.25, 0.5, 1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class _Scale:
    """From times and heights to dots: `across` and `down` of them, to `end` and up to `top`."""

    across: int
    down: int
    end: float
    top: float

    def column(self, time: float) -> int:
        return round(time / self.end * (self.across - 1))

    def row(self, height: float) -> int:
        inside = min(max(height / self.top, 0.0), 1.0)
        return round((1.0 - inside) * (self.down - 1))


def draw_text(figure: Figure, width: int, *, colour: bool) -> str:
    """The curves as text of at most `width` columns, in colours of the terminal or without.

    Raises
    ------
    UsageError
        The figure is not one of survival curves.
    """
    if isinstance(figure, SurvivalPanels):
        panels = zip(figure.titles, figure.panels, strict=True)
        return "\n".join(f"{title}\n{_draw(panel, width, colour)}" for title, panel in panels)
    if isinstance(figure, SurvivalFigure):
        return _draw(figure, width, colour)
    raise UsageError(
        "Only survival curves can be drawn in the terminal.",
        where="--plot -",
        hint="Write this figure to a file: --plot figure.pdf.",
    )


def _draw(figure: SurvivalFigure, width: int, colour: bool) -> str:
    """One plot with its labels, legend and numbers at risk."""
    names = ["All" if g == "all" else f"{i} {g}" for i, g in enumerate(figure.groups, start=1)]
    labels = _labels(figure)
    left = max(len(text) for text in (*(name[:24] for name in names), *labels.values())) + 1
    columns = max(20, min(width, WIDEST) - left - 4)
    top = max(labels)
    scale = _Scale(columns * ACROSS, ROWS * DOWN, figure.x_max or 1.0, top)
    cells = _cells(figure, scale)
    lines = [f"{'':{left}} {figure.y_label}"]
    at_row = {scale.row(height) // DOWN: text for height, text in labels.items()}
    for row in range(ROWS):
        text = "".join(_painted(*cells.get((row, c), (" ", None)), colour) for c in range(columns))
        axis = "┤" if row in at_row else "│"
        lines.append(f"{at_row.get(row, ''):>{left}}{axis}{text}".rstrip())
    shown = _apart(figure, scale)
    marks = {scale.column(t) // ACROSS for t in shown}
    lines.append(f"{'':{left}}└" + "".join("┬" if c in marks else "─" for c in range(columns)))
    lines.append(_under(figure.ticks, list(map(tick, figure.ticks)), shown, scale, left, ""))
    lines += [f"{'':{left}} {figure.x_label}", "", figure.at_risk_heading]
    for i, (name, at_risk) in enumerate(zip(names, figure.at_risk, strict=True)):
        numbers = [figure.count(n) for n in at_risk.n_risk]
        label = _painted(name[:24], i if len(names) > 1 else None, colour)
        padded = label + " " * (left - len(name[:24]))
        lines.append(_under(at_risk.time, numbers, shown, scale, left, padded))
    causes = list(dict.fromkeys(str(curve.cause) for curve in figure.curves if curve.cause))
    if causes:
        lines += ["", f"Lines: {causes[0]}; with more gaps: {causes[-1]}"]
    if figure.annotation:
        lines += ["", *figure.annotation.splitlines()]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _labels(figure: SurvivalFigure) -> dict[float, str]:
    """The heights that are labelled, the highest of which is the upper end of the axis."""
    if figure.show != "hazard":
        return {share: percent(share, 0) for share in (0.0, 0.25, 0.5, 0.75, 1.0)}
    highest = max(h for curve in figure.curves for h in curve.estimate) or 1.0
    step = next((s for s in RISING_STEPS if highest / s <= 4), highest / 4)
    steps = range(int(-(-highest // step)) + 1)
    return {step * i: number(step * i, 2 if step == 0.25 else 1) for i in steps}


def _cells(figure: SurvivalFigure, scale: _Scale) -> dict[tuple[int, int], tuple[str, int | None]]:
    """The letters of the plot by row and column, with the group whose colour each has."""
    dots: dict[tuple[int, int], int] = {}
    ink: dict[tuple[int, int], int | None] = {}
    ends: dict[tuple[int, int], tuple[str, int | None]] = {}
    several = len(figure.groups) > 1
    for code, group in enumerate(figure.groups):
        curves = [curve for curve in figure.curves if curve.group == group]
        for i, curve in enumerate(curves):
            path = list(_path(figure, curve, scale))
            pattern = PATTERNS[(code + 3 * i) % len(PATTERNS)]
            for place, (x, y) in enumerate(path):
                if pattern[place % len(pattern)] == "1":
                    cell = y // DOWN, x // ACROSS
                    dots[cell] = dots.get(cell, 0) | DOTS[y % DOWN][x % ACROSS]
                    ink[cell] = code if several else None
            x, y = path[-1]
            if several and i == 0:
                ends[y // DOWN, min(x // ACROSS + 1, scale.across // ACROSS - 1)] = (
                    str(code + 1), code,
                )  # fmt: skip
    letters = {cell: (chr(BLANK + bits), ink[cell]) for cell, bits in dots.items()}
    return letters | ends


def _path(figure: SurvivalFigure, curve: Curve, scale: _Scale) -> Iterator[tuple[int, int]]:
    """The dots of a step function from its start to its last time, one after the other."""
    rises = figure.rising or figure.show != "survival"
    x, y = 0, scale.row(0.0 if rises else 1.0)
    yield x, y
    for time, height in zip(curve.time, curve.estimate, strict=True):
        to_x = scale.column(min(time, scale.end))
        for across in range(x + 1, to_x + 1):
            yield across, y
        x = to_x
        if time > scale.end:
            return
        to_y = scale.row(height)
        step = 1 if to_y > y else -1
        for down in range(y + step, to_y + step, step) if to_y != y else ():
            yield x, down
        y = to_y


def _apart(figure: SurvivalFigure, scale: _Scale) -> set[float]:
    """The ticks whose numbers do not touch, from the left."""
    shown: set[float] = set()
    free = -WIDEST
    for i, t in enumerate(figure.ticks):
        texts = [tick(t), *(figure.count(at_risk.n_risk[i]) for at_risk in figure.at_risk)]
        half = (max(map(len, texts)) + 1) // 2
        middle = scale.column(t) // ACROSS
        if t <= scale.end and middle - half >= free:
            shown.add(t)
            free = middle + half + 1
    return shown


def _under(
    times: Sequence[float],
    texts: Sequence[str],
    shown: set[float],
    scale: _Scale,
    left: int,
    label: str,
) -> str:
    """A line of texts centred under their ticks, behind a label that fills the left margin."""
    line = ""
    for time, text in zip(times, texts, strict=True):
        if time in shown:
            start = max(left, left + 1 + scale.column(time) // ACROSS - len(text) // 2)
            line = f"{line:{start}}{text}" if start > len(line) else f"{line} {text}"
    return (label or " " * left) + line[left:]


def _painted(text: str, group: int | None, colour: bool) -> str:
    """The text in the colour of a group."""
    if not colour or group is None:
        return text
    return f"\033[{INKS[group % len(INKS)]}m{text}\033[0m"
