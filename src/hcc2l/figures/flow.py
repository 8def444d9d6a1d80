"""The diagram of a flow of patients: boxes on a spine, exclusions beside it, arms below it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import TYPE_CHECKING

from hcc2l import numerals
from hcc2l.figures.style import FONT, PAPER, Paper, sized
from hcc2l.report import FlowBox, FlowFigure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Picture

# Inches, as in `Paper`; letters in points.
NARROWEST = 3.5  # a column of a journal
ARM, ARM_MANY, MANY = 1.62, 1.3, 5  # the width of an arm; the second from five arms on
ARM_NARROW = 1.1  # where the width of the paper is given
MARGIN = 0.06
SPINE, SPINE_ALONE = 2.3, 1.7  # the widest box of the spine, with and without arms
EXCLUSIONS = 2.3  # their widest frame
BETWEEN = 0.12  # arms side by side
PAD = 0.07  # between a frame and its text
LETTERS, SMALL = 8.0, 7.0
LINE = 1.25 / 72  # for each point of the letters
ARROW, FORK = 0.24, 0.36  # the shortest, and the shortest to several arms
TURN = 0.2  # above the arms, where their arrows part
AROUND = 0.08  # above and below exclusions
ASIDE, BESIDE = 0.2, 0.06  # from an arrow to a frame of exclusions, and to those of an arm
INDENT = "  "
GREY = "0.2"


@dataclass(frozen=True)
class _Column:
    """Where a box may stand: the middle of its arms, and the space that they take."""

    x: float
    left: float
    right: float


@dataclass(frozen=True)
class _Block:
    """Lines of text, in a frame or not, with the left and the upper end."""

    lines: tuple[str, ...]
    letters: float
    left: float
    top: float
    width: float
    height: float
    framed: bool

    @property
    def middle(self) -> float:
        """Half-way up."""
        return self.top - self.height / 2


@dataclass(frozen=True)
class _Plan:
    """Every box and what is excluded from it, by number, below an upper edge at 0."""

    width: float
    height: float
    boxes: dict[int, _Block]
    sides: dict[int, _Block]


def draw(figure: FlowFigure, paper: Paper = PAPER) -> Picture:
    """The picture: every box centred above those below it."""
    from matplotlib.figure import Figure as MplFigure

    below = _below(figure)
    columns, width = _columns(below, paper, aside=bool(figure.exclusions))
    plan = _plan(figure, below, columns, width)
    height = paper.tall(plan.height, plan.height, 0.0)
    picture = MplFigure(figsize=(plan.width, height))
    canvas = picture.add_axes((0, 0, 1, 1))
    canvas.set_xlim(0, plan.width)
    canvas.set_ylim(-height, 0)
    canvas.axis("off")
    for number, block in plan.boxes.items():
        _draw_arrows(canvas, columns[number].x, block, [
            (columns[child].x, plan.boxes[child].top) for child in below[number]
        ])  # fmt: skip
        _draw_block(canvas, block, centred=True)
    for number, block in plan.sides.items():
        if block.framed:
            _draw_arrow(canvas, (columns[number].x, block.middle), (block.left, block.middle))
        _draw_block(canvas, block, centred=False)
    return picture


def _below(figure: FlowFigure) -> dict[int, tuple[int, ...]]:
    """The boxes below each box, from left to right."""
    return {
        box.box: tuple(other.box for other in figure.boxes if other.parent == box.box)
        for box in figure.boxes
    }


def _levels(below: dict[int, tuple[int, ...]]) -> list[tuple[int, ...]]:
    """The boxes of each step."""
    levels: list[tuple[int, ...]] = [(next(iter(below)),)]
    while following := tuple(box for above in levels[-1] for box in below[above]):
        levels.append(following)
    return levels


def _columns(
    below: dict[int, tuple[int, ...]], paper: Paper, *, aside: bool
) -> tuple[dict[int, _Column], float]:
    """Where the boxes stand from left to right, and the width of the picture.

    A spine without arms stands on the left if there are exclusions aside.
    """
    ends = _ends(below, next(iter(below)))
    arm = ARM if len(ends) < MANY else ARM_MANY
    width = max(NARROWEST, len(ends) * arm + 2 * MARGIN)
    least = max(NARROWEST, len(ends) * ARM_NARROW + 2 * MARGIN)
    width = paper.wide(width, least, 0.0)
    if len(ends) == 1:
        x = MARGIN + SPINE_ALONE / 2 if aside else width / 2
        return dict.fromkeys(below, _Column(x, MARGIN, width - MARGIN)), width
    arm = (width - 2 * MARGIN) / len(ends)
    columns: dict[int, _Column] = {}
    for number in reversed(below):  # those below a box before the box
        if number in ends:
            left = MARGIN + ends.index(number) * arm
            columns[number] = _Column(left + arm / 2, left, left + arm)
        else:
            first, last = columns[below[number][0]], columns[below[number][-1]]
            columns[number] = _Column((first.x + last.x) / 2, first.left, last.right)
    return columns, width


def _ends(below: dict[int, tuple[int, ...]], box: int) -> list[int]:
    """The boxes at the ends of the arms, from left to right."""
    return [end for child in below[box] for end in _ends(below, child)] if below[box] else [box]


def _plan(
    figure: FlowFigure,
    below: dict[int, tuple[int, ...]],
    columns: dict[int, _Column],
    width: float,
) -> _Plan:
    """The blocks of every step, one below the other."""
    found = {box.box: box for box in figure.boxes}
    levels = _levels(below)
    arms = max(map(len, levels)) > 1
    spine = [level[0] for level in takewhile(lambda level: len(level) == 1, levels)]
    boxes: dict[int, _Block] = {}
    sides: dict[int, _Block] = {}
    lines = {
        n: _box_lines(found[n], (SPINE if arms else SPINE_ALONE) if n in spine else _room(column))
        for n, column in columns.items()
    }
    top = -MARGIN
    for level in levels:
        alike = spine if level[0] in spine else level
        widest = max(_widest(lines[n], LETTERS) for n in alike) + 2 * PAD
        tall = max(_tall(lines[n], LETTERS) for n in level) + 2 * PAD
        for n in level:
            left = columns[n].x - widest / 2
            boxes[n] = _Block(lines[n], LETTERS, left, top, widest, tall, framed=True)
        top -= tall
        beside = {n: _side(figure, n, columns[n], top - AROUND, framed=n in spine) for n in level}
        sides |= {n: block for n, block in beside.items() if block.lines}
        top -= _gap([block for block in beside.values() if block.lines], level, below)
    frame = max((block.width for block in sides.values() if block.framed), default=0.0)
    sides = {n: replace(b, width=frame) if b.framed else b for n, b in sides.items()}
    return _Plan(width, MARGIN - top, boxes, sides)


def _gap(
    beside: Sequence[_Block], level: Sequence[int], below: dict[int, tuple[int, ...]]
) -> float:
    """The space below a step, for exclusions and arrows."""
    tallest = max((block.height for block in beside), default=0.0)
    aside = tallest + 2 * AROUND if beside else 0.0
    if not any(below[n] for n in level):
        return aside
    if any(len(below[n]) > 1 for n in level):
        return max(aside + TURN, FORK)
    return max(aside, ARROW)


def _room(column: _Column) -> float:
    return column.right - column.left - BETWEEN


def _box_lines(box: FlowBox, widest: float) -> tuple[str, ...]:
    """The label, and the number of patients."""
    n = f"n = {numerals.count(box.n)}"
    if box.percent is not None:
        n += f" ({numerals.percent(box.percent, 1)})"
    return (*_wrapped(box.label, widest - 2 * PAD, LETTERS), n)


def _side(figure: FlowFigure, number: int, column: _Column, top: float, *, framed: bool) -> _Block:
    """Who is excluded from a box: in a frame beside the spine, as text beside the arrow of an arm.

    It has no lines where no patient is.
    """
    excluded = [e for e in figure.exclusions if e.box == number]
    letters = LETTERS - 0.5 if framed else SMALL
    inset = PAD if framed else 0.0
    left = column.x + (ASIDE if framed else BESIDE)
    room = min(column.right - left, EXCLUSIONS) - 2 * inset
    reasons = [(e.reason, f"(n\u00a0=\u00a0{numerals.count(e.excluded)})") for e in excluded]
    lines: list[str] = []
    if framed and excluded:
        total = sum(e.excluded for e in excluded)
        lines.append(f"Excluded (n = {numerals.count(total)})")
        if len(reasons) == 1:
            ((reason, _),) = reasons
            reasons = [] if reason.casefold() == "excluded" else [(reason, "")]
    for reason, n in reasons:
        if framed:
            lines += _indented(f"{reason} {n}".strip(), room, letters)
        else:
            lines += [*_wrapped(reason, room, letters), n]
    width = _widest(lines, letters) + 2 * inset if lines else 0.0
    tall = _tall(lines, letters) + 2 * inset
    return _Block(tuple(lines), letters, left, top, width, tall, framed)


def _indented(text: str, room: float, letters: float) -> list[str]:
    """The lines of a text, the second and further ones indented."""
    if _wide(text, letters) <= room:
        return [text]
    first, *more = _wrapped(text, room - _wide(INDENT, letters), letters)
    return [first, *(INDENT + line for line in more)]


def _wrapped(text: str, room: float, letters: float) -> list[str]:
    """The lines of a text, each narrower than the room: broken at blanks, and behind slashes.

    Between Chinese or Japanese letters there is no blank to break at, nor in a word that is wider
    than the room: they are broken anywhere.
    """
    lines = [""]
    for piece in re.findall(r"[^ /\u2e80-\u9fff\uac00-\ud7af\uff00-\uffef]+/? *|[^ ] *", text):
        if lines[-1] and _wide((lines[-1] + piece).rstrip(), letters) > room:
            lines.append("")
        lines[-1] += piece
        while _wide(lines[-1].rstrip(), letters) > room and len(lines[-1]) > 1:
            line = lines[-1]
            fits = [i for i in range(1, len(line)) if _wide(line[:i], letters) <= room]
            lines[-1:] = [line[: max(fits, default=1)], line[max(fits, default=1) :]]
    return [line.strip(" ") for line in lines]


def _wide(text: str, letters: float) -> float:
    """The width of a text; a letter of another font, Chinese for example, is as wide as high."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    square = "".join("—" if unicodedata.east_asian_width(c) in "WF" else c for c in text)
    font = FontProperties(family=FONT, size=letters)
    width, _, _ = text_to_path.get_text_width_height_descent(square, font, ismath=False)
    return float(width) / 72


def _widest(lines: Sequence[str], letters: float) -> float:
    return max(_wide(line, letters) for line in lines)


def _tall(lines: Sequence[str], letters: float) -> float:
    return len(lines) * letters * LINE


def _draw_block(canvas: Axes, block: _Block, *, centred: bool) -> None:
    from matplotlib.patches import Rectangle

    if block.framed:
        corner = (block.left, block.top - block.height)
        canvas.add_patch(
            Rectangle(corner, block.width, block.height, facecolor="white", edgecolor=GREY,
                      linewidth=0.8, zorder=2)
        )  # fmt: skip
    inset = PAD if block.framed else 0.0
    x = block.left + (block.width / 2 if centred else inset)
    canvas.text(
        x, block.middle, "\n".join(block.lines), fontsize=sized(block.letters), va="center",
        ha="center" if centred else "left", multialignment="center" if centred else "left",
        linespacing=1.2, zorder=3,
    )  # fmt: skip


def _draw_arrows(
    canvas: Axes, x: float, block: _Block, ends: Sequence[tuple[float, float]]
) -> None:
    """From a box straight down to the box below it, or to a bar and from there to the arms."""
    foot = block.top - block.height
    if not ends:
        return
    if len(ends) == 1:
        _draw_arrow(canvas, (x, foot), ends[0])
        return
    turn = ends[0][1] + TURN
    canvas.plot([x, x], [foot, turn], color=GREY, linewidth=0.8, zorder=1)
    canvas.plot([ends[0][0], ends[-1][0]], [turn, turn], color=GREY, linewidth=0.8, zorder=1)
    for end in ends:
        _draw_arrow(canvas, (end[0], turn), end)


def _draw_arrow(canvas: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    look = {"arrowstyle": "-|>,head_width=0.22,head_length=0.45", "color": GREY,
            "linewidth": 0.8, "shrinkA": 0, "shrinkB": 0, "mutation_scale": 9}  # fmt: skip
    canvas.annotate("", end, start, arrowprops=look, zorder=1)
