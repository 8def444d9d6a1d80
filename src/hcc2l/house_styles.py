"""How journals write numbers, as data with the source of the rules.

A journal states few of these rules. A rule that is not known is that of `DEFAULT`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class HouseStyle:
    """The conventions of a journal.

    Attributes
    ----------
    source, as_of
        Where the rules stand, and the year or month of what was read.
    p, p_value
        The letter, and the word in sentences.
    p_spaced
        Whether spaces stand around its sign: ``p = 0.03`` or ``P=0.03``.
    p_zero
        Whether a zero stands before its decimal mark.
    p_decimals
        From which p on how many decimal places, the largest p first; a p below the last is written
        as smaller than it.
    decimal_mark
        The point of every number.
    between_limits
        What stands between two limits that are not negative.
    reference
        The cell of a reference level.
    whole_percent_below
        The number of patients below which their percentages have no decimal places.
    """

    journal: str
    source: str
    as_of: str
    p: str = "p"
    p_value: str = "p-value"
    p_spaced: bool = True
    p_zero: bool = True
    p_decimals: tuple[tuple[float, int], ...] = ((0.001, 3),)
    decimal_mark: str = "."
    between_limits: str = "–"
    reference: str = "reference"
    whole_percent_below: int = 0


_TWO_OR_THREE = ((0.01, 2), (0.001, 3))  # decimal places of p
_TWO_DIGITS = ((0.1, 2), (0.01, 3), (0.0001, 4))

DEFAULT = HouseStyle("none in particular", "hcc2l", "2026")
STYLES = {
    "default": DEFAULT,
    "nejm": HouseStyle(
        "The New England Journal of Medicine",
        "statistical reporting guidelines of its instructions for authors (p); tables of its "
        "articles (limits, reference)",
        "July 2019",
        p="P", p_value="P value", p_spaced=False, p_decimals=_TWO_OR_THREE, between_limits=" to ",
        reference="Reference",
    ),
    "jama": HouseStyle(
        "JAMA and the JAMA Network",
        "AMA Manual of Style, 11th edition (p, limits); instructions for authors (percentages); "
        "tables of its articles (reference)",
        "2020",
        p="P", p_value="P value", p_zero=False, p_decimals=_TWO_OR_THREE, between_limits="-",
        reference="1 [Reference]", whole_percent_below=200,
    ),
    "lancet": HouseStyle(
        "The Lancet and its specialty journals",
        "formatting guidelines for submission (decimal point); information for authors (p, "
        "percentages); tables of its articles (limits, reference)",
        "2012; articles: 2023",
        p_value="p value", p_spaced=False, p_decimals=_TWO_DIGITS, decimal_mark="·",
        reference="1 (ref)", whole_percent_below=10_000,
    ),
    "bmj": HouseStyle(
        "The BMJ",
        "tables of its articles; no rule on decimal places is known",
        "2023",
        p="P", p_value="P value", p_spaced=False, between_limits=" to ",
        reference="1.00 (reference)",
    ),
    "hepatology": HouseStyle(
        "Hepatology",
        "tables of its articles; no rule on numbers is known",
        "2023",
        p_value="p value",
    ),
    "jhep": HouseStyle(
        "Journal of Hepatology",
        "tables of its articles; no rule on numbers is known",
        "2023",
        p_value="p value",
    ),
}  # fmt: skip

_CURRENT: ContextVar[HouseStyle] = ContextVar("house_style", default=DEFAULT)


def house_style() -> HouseStyle:
    """The style in which numbers are written now."""
    return _CURRENT.get()


@contextmanager
def written_in(name: str) -> Iterator[None]:
    """Within it, numbers are written in the style of that name."""
    token = _CURRENT.set(STYLES[name])
    try:
        yield
    finally:
        _CURRENT.reset(token)
