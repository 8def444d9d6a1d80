"""How journals write numbers, as data with the source of every rule.

A journal states few of these rules; others are read from its articles. A rule for which no source
was found is that of `DEFAULT`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass(frozen=True)
class HouseStyle:
    """The conventions of a journal.

    Attributes
    ----------
    sources
        Where each rule that differs from `DEFAULT` was read, with its date, by the name of its
        field; that of `p` is the source of `p_value`, `p_spaced` and `p_zero` too.
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
    sources: Mapping[str, str] = field(default_factory=dict)
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

_JAMA_2022 = "the table of an article of 2022 (doi:10.1001/jama.2022.17811)"
_LANCET_2020 = "the abstract of an article of 2020 (doi:10.1016/S0140-6736(20)30566-3)"

DEFAULT = HouseStyle("none in particular")
STYLES = {
    "default": DEFAULT,
    "nejm": HouseStyle(
        "The New England Journal of Medicine",
        {
            "p": "the abstract of an article of 2020 (doi:10.1056/NEJMoa1915745)",
            "p_decimals": "statistical reporting guidelines for authors, as quoted in 2019 "
            "(doi:10.1136/bmjebm-2019-111264)",
            "between_limits": "the tables of an article of 2021 (doi:10.1056/NEJMoa1901281)",
        },
        p="P", p_value="P value", p_spaced=False, p_decimals=_TWO_OR_THREE,
    ),
    "jama": HouseStyle(
        "JAMA and the JAMA Network",
        {
            "p": _JAMA_2022,
            "p_decimals": "AMA Manual of Style, sections 20.8 and 20.9, as quoted in 2019 "
            "(nascentmc.com/blog)",
            "between_limits": _JAMA_2022,
            "reference": _JAMA_2022,
        },
        p="P", p_value="P value", p_zero=False, p_decimals=_TWO_OR_THREE, between_limits="-",
        reference="1 [Reference]",
    ),
    "lancet": HouseStyle(
        "The Lancet and its specialty journals",
        {
            "p": _LANCET_2020, "p_decimals": _LANCET_2020,
            "decimal_mark": "formatting guidelines for submission, 2012",
            "whole_percent_below": "the abstract of an article of 2018 with 9463 patients "
            "(doi:10.1016/S0140-6736(18)32261-X)",
        },
        p_value="p value", p_spaced=False, p_decimals=_TWO_DIGITS, decimal_mark="·",
        whole_percent_below=10_000,
    ),
    "bmj": HouseStyle(
        "The BMJ",
        {
            "p": "the table of an article of 2008 (doi:10.1136/bmj.39379.359560.AD)",
            "between_limits": "the tables of an article of 2014 (doi:10.1136/bmj.g5992)",
        },
        p="P", p_value="P value", p_spaced=False, between_limits=" to ",
    ),
    "jco": HouseStyle(
        "Journal of Clinical Oncology",
        {
            "p": "the abstract of an article of 2017 (doi:10.1200/JCO.2017.73.8245)",
            "p_decimals": "statistical guidelines of its information for contributors, undated",
        },
        p="P", p_value="P value", p_zero=False, p_decimals=_TWO_OR_THREE,
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
