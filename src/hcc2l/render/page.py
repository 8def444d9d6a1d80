"""How a table fits a page: column widths by content, the size of the type, the orientation."""

from __future__ import annotations

import re
import struct
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

from hcc2l.render.grid import Bold, Grid

PORTRAIT, LANDSCAPE = 17.0, 25.7  # cm between the margins of an A4 page
_HIGHEST = 21.0  # cm of a figure, which leaves room for its caption
_DOTS = 300 / 2.54  # per cm of a figure
MARGIN = 0.12  # cm, on both sides of a cell's text
_SMALLER = (8.0, 7.0)  # points
_CM_PER_POINT = 2.54 / 72
INDENT = 0.4  # cm a step
_BOLD = 1.1  # as wide as the plain type
_NARROW, _WIDE = "fijlrtI.,:;'|!()[]- ", "mwMW%ABCDEFGHKNOPQRSUVXYZ"


@dataclass(frozen=True)
class Paper:
    """What a page offers; the default is A4 with margins of 2 cm.

    Attributes
    ----------
    portrait, landscape
        Width between the margins, in cm.
    size
        Of the type of tables, in points.
    breadth
        How much wider than the usual type that of the tables may be.
    """

    portrait: float = PORTRAIT
    landscape: float = LANDSCAPE
    size: float = 9.0
    breadth: float = 1.0


A4 = Paper()


@dataclass(frozen=True)
class Page:
    """The page that a table needs.

    Attributes
    ----------
    widths
        Of each column, in cm; they sum to no more than the width of the page, unless the table does
        not fit any.
    size
        Of the type, in points.
    reduced
        Whether that is smaller than the tables of the paper.
    """

    widths: tuple[float, ...]
    landscape: bool
    size: float
    reduced: bool = False


def page_for(content: Grid, paper: Paper = A4) -> Page:
    """The first page on which the table stands without a break inside a number or a word.

    Portrait before landscape, large type before small; headings and names take several lines before
    the page is turned.
    """
    smaller = [size for size in _SMALLER if size < paper.size]
    for available, landscape in ((paper.portrait, False), (paper.landscape, True)):
        for size in (paper.size, *smaller) if landscape else (paper.size,):
            widths = _fitted(content, available, size * paper.breadth)
            if widths is not None:
                return Page(widths, landscape, size, size < paper.size)
    smallest = min((paper.size, *smaller))
    widths = tuple(_at_least(content, smallest * paper.breadth))
    return Page(widths, True, smallest, smallest < paper.size)


def figure_size(png: bytes, paper: Paper = A4) -> tuple[float, float]:
    """Width and height of a figure in cm: as it was drawn, or smaller to fit an upright page."""
    width, height = (side / _DOTS for side in struct.unpack(">II", png[16:24]))
    scale = min(1.0, paper.portrait / width, _HIGHEST / height)
    return width * scale, height * scale


def lines_of(content: Grid, page: Page) -> int:
    """How many lines the rows of a table take on its page."""

    def lines(text: str, width: float) -> int:
        """Rounded, as a column that is just as wide as its text breaks none."""
        return ceil(round(text_width(text, page.size) / (width - 2 * MARGIN), 6)) if text else 1

    return sum(max(map(lines, row, page.widths)) for row in content.rows)


def bound(header: str) -> str:
    """A header whose parentheses are not broken: ``HR (95% CI)`` breaks before them alone."""
    return re.sub(r"\([^()]*\)", lambda inside: inside[0].replace(" ", "\u00a0"), header)


def text_width(text: str, size: float) -> float:
    """Width of a line in cm, a little generous, in a proportional type of that size."""
    bold = _BOLD if isinstance(text, Bold) else 1.0
    return sum(map(_em, text)) * size * bold * _CM_PER_POINT


def _em(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WF":
        return 1.0
    if unicodedata.combining(character):
        return 0.0
    return 0.36 if character in _NARROW else 0.8 if character in _WIDE else 0.6


def _fitted(content: Grid, available: float, size: float) -> tuple[float, ...] | None:
    """Widths with as few broken lines as the page allows; None if it is too narrow.

    Names get what is spare before headers do: a broken name makes its row higher, a broken header
    the head alone.
    """
    widths = _at_least(content, size)
    most = _on_one_line(content, size)
    half = [
        max(at_least, min(width, available / 2))
        for at_least, width in zip(widths, most, strict=True)
    ]
    spare = available - sum(widths)
    if spare < 0:
        return None
    # A sentence needs several lines anyway: it takes more than half when the others have enough.
    for goal, right in ((half, False), (most, True), (most, False)):
        columns = [i for i, numbers in enumerate(content.right) if numbers == right]
        wanted = sum(goal[i] - widths[i] for i in columns)
        share = min(1.0, spare / wanted) if wanted else 0.0
        for i in columns:
            widths[i] += share * (goal[i] - widths[i])
        spare -= share * wanted
    return tuple(widths)


def _at_least(content: Grid, size: float) -> list[float]:
    """Widths at which names and headers break between words, and numbers not at all."""
    widths = []
    for i, right in enumerate(content.right):
        cells = [row[i] for row in content.rows]
        unbroken = cells if right else [word for cell in cells for word in cell.split()]
        header = _widest(bound(content.headers[i]).split(" "), size * _BOLD)
        widths.append(max(_widest(unbroken, size), header) + _indented(content, i))
    return _under_headings(content, widths, size)


def _on_one_line(content: Grid, size: float) -> list[float]:
    """Widths at which no cell and no header needs a second line."""
    widths = []
    for i, header in enumerate(content.headers):
        cells = _widest((row[i] for row in content.rows), size)
        widths.append(max(cells, _widest([header], size * _BOLD)) + _indented(content, i))
    return _under_headings(content, widths, size)


def _widest(texts: Iterable[str], size: float) -> float:
    return max((text_width(text, size) for text in texts), default=0.0) + 2 * MARGIN


def _indented(content: Grid, i: int) -> float:
    return INDENT * max(content.indents, default=0) if i == 0 else 0.0


def _under_headings(content: Grid, widths: Sequence[float], size: float) -> list[float]:
    """The widths, with the columns under a heading as wide as its longest word."""
    result = list(widths)
    for row in content.headings:
        start = 0
        for heading in row:
            under = range(start, start + heading.columns)
            start = under.stop
            missing = _widest(heading.text.split(), size * _BOLD) - sum(result[i] for i in under)
            for i in under:
                result[i] += max(0.0, missing) / heading.columns
    return result
