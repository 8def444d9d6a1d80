"""How numbers are written in a column: decimal sign, thousands separator, detection limits."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_LEADING_ZERO = re.compile(r"[+-]?0\d")
_LIMIT = re.compile(r"([<>]=?|[≤≥])\s*(.+)")
_OTHER = {".": ",", ",": "."}
# 1,118 may be 1118 or 1.118; 0,118 and 1118,5 can only be decimals.
_TWO_READINGS = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
_GROUPED = {
    decimal: re.compile(rf"[+-]?[1-9]\d{{0,2}}(?:\{mark}\d{{3}})+(?:\{decimal}\d*)?")
    for decimal, mark in _OTHER.items()
}
EXAMPLES = 3  # cells that a message shows


def number_text(value: float) -> str:
    """The shortest text that reads back as the same number: `1`, `0.5`, `1e-07`."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e21 else repr(value)


@dataclass(frozen=True)
class NumberFormat:
    """The decimal sign of a column, and the thousands separator where it has one.

    Attributes
    ----------
    decimal
        ``.`` or ``,``.
    grouped
        Whether the other sign separates groups of three digits; if not, a cell with it is text.
    cells, examples
        The number of cells whose format differs from that of the file, and some of them.
    doubtful
        Cells that have two readings, when nothing in the column decides between them; none of
        its cells with a decimal sign is then read.
    """

    decimal: str = "."
    grouped: bool = False
    cells: int = 0
    examples: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()

    def plain(self, text: str) -> str | None:
        """A number with a decimal point and no thousands separator; None if it is not a number."""
        number = text
        if "," in number or "." in number:
            if self.doubtful:
                return None
            if self.grouped and _GROUPED[self.decimal].fullmatch(number):
                number = number.replace(_OTHER[self.decimal], "")
            if _OTHER[self.decimal] in number:
                return None
            number = number.replace(",", ".")
        if _NUMBER.fullmatch(number) is None or _LEADING_ZERO.match(number):
            return None
        return number if math.isfinite(float(number)) else None

    def parse(self, text: str) -> float | None:
        """A cell as a correctly rounded number; None for `007`, `1_000` and every text."""
        number = self.plain(text)
        return None if number is None else float(number)

    def limit(self, text: str) -> float | None:
        """The number of a detection limit such as `<0.5`, `>= 10000`; None for other cells."""
        match = _LIMIT.fullmatch(text)
        return self.parse(match[2]) if match else None

    def plain_cell(self, text: str) -> str:
        """A cell as a plain comma-separated file would hold it: `1118`, `<0.5`; texts as they are.

        No digit changes.
        """
        match = _LIMIT.fullmatch(text)
        number = self.plain(match[2] if match else text)
        if number is None:
            return text
        return text.replace(match[2], number) if match else number


POINT = NumberFormat()
_FORMS = (NumberFormat(".", grouped=True), NumberFormat(",", grouped=True))


def parse_number(text: str) -> float | None:
    """A cell with a decimal point as a correctly rounded number, or None."""
    return POINT.parse(text)


def decimal_sign(cell: str) -> str:
    """The decimal sign that a cell proves; ``?`` when it has two readings, empty when it has none.

    `22,59`, `0,118` and `1.234.567` prove a comma, `1,234.5` a point; `1,118` has two readings.
    """
    number = cell
    if cell[:1] in ("<", ">", "≤", "≥"):
        match = _LIMIT.fullmatch(cell)
        number = match[2] if match else cell
    if "," not in number and "." not in number:
        return ""
    if _TWO_READINGS.fullmatch(number):
        return "?"
    return next((form.decimal for form in _FORMS if form.plain(number) is not None), "")


def is_number_somehow(cell: str) -> bool:
    """Whether a cell is a number or a limit, whichever the decimal sign."""
    return any(_reads(form, cell) for form in _FORMS)


def column_format(
    counts: Mapping[str, int], file_decimal: str | None, given: str | None
) -> NumberFormat:
    """The format of one column, from its distinct cells and how often each occurs.

    Parameters
    ----------
    file_decimal
        The decimal sign of the file; None where nothing in it shows one, and a point is no more
        likely than a comma.
    given
        The decimal sign that the user or the dictionary gave; it decides.
    """
    marked = [cell for cell in counts if "," in cell or "." in cell]
    if given is None and file_decimal == "." and not any("," in cell for cell in marked):
        return POINT
    signs = {cell: decimal_sign(cell) for cell in marked}
    proven = set(signs.values()) - {"", "?"}
    two_readings = [cell for cell, sign in signs.items() if sign == "?"]
    decimal = given or (proven.pop() if len(proven) == 1 else None)
    if decimal is None and proven:  # points and commas: not numbers until the cells are corrected
        return NumberFormat(file_decimal or ".")
    if decimal is None:
        if any(not _fits(cell, file_decimal) for cell in two_readings):
            return NumberFormat(doubtful=tuple(two_readings[:EXAMPLES]))
        return NumberFormat(file_decimal or ".")
    form = NumberFormat(decimal, grouped=True)
    separated = [c for c in marked if _OTHER[decimal] in c and _reads(form, c)]
    against = given is None and decimal != (file_decimal or ".")
    told = separated or ([c for c in marked if _reads(form, c)] if against else [])
    return NumberFormat(
        decimal, bool(separated), sum(counts[c] for c in told), tuple(told[:EXAMPLES])
    )


def _fits(cell: str, file_decimal: str | None) -> bool:
    """Whether a cell of two readings is a plain number of the file: `1.118` among points."""
    return file_decimal == "." and "," not in cell


def _reads(form: NumberFormat, cell: str) -> bool:
    return form.parse(cell) is not None or form.limit(cell) is not None


def file_decimal(cells: Iterable[str]) -> str | None:
    """The decimal sign that most cells of a file prove; None when none proves any."""
    signs = [decimal_sign(cell) for cell in cells]
    points, commas = signs.count("."), signs.count(",")
    if points == commas == 0:
        return None
    return "," if commas > points else "."
