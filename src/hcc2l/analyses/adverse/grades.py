"""Grades of adverse events as cells write them, and the bands in which they are counted."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from hcc2l.design import Ints, Mask
from hcc2l.errors import UsageError
from hcc2l.vocabulary import says_no_event

HIGHEST = 5  # death, in the CTCAE
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5}
# `Grade 3`, `G3`, `CTCAE grade III`, `3 - severe`, `3 (severe)`, `3级`; not `3-4`.
_GRADE = re.compile(
    r"(?:(?:ctcae|ctc|grade|grad|grado|graad|derece|stopien|gr|g|グレード|등급|степень)[\s.:_°]*)*"
    r"(?P<number>\d+|i{1,3}|iv|v)(?:\.0+)?\s*(?:°|级|級|등급|度)?\s*"
    r"(?:[-–:=,]\s*[^\d]*|\([^\d]*\))?"
)


def grade(text: str) -> int | None:
    """The grade that a cell states, 0 (no event) to 5; None if it states none."""
    words = unicodedata.normalize("NFKC", text).strip().casefold()
    if says_no_event(text):
        return 0
    found = _GRADE.fullmatch(words)
    if found is None:
        return None
    number = _ROMAN.get(found["number"]) or int(found["number"])
    return number if number <= HIGHEST else None


@dataclass(frozen=True)
class Band:
    """Grades that are counted together; any grade, and unknown ones, if `low` is None."""

    low: int | None = None
    high: int = HIGHEST

    @property
    def name(self) -> str:
        """As options and JSON write it: `any`, `3-4`, `5`."""
        if self.low is None:
            return "any"
        return f"{self.low}" if self.low == self.high else f"{self.low}-{self.high}"

    @property
    def label(self) -> str:
        """As tables write it: `Any grade`, `Grade 3–4`, `Grade ≥3`."""
        if self.low is None:
            return "Any grade"
        if self.low == self.high:
            return f"Grade {self.low}"
        return f"Grade ≥{self.low}" if self.high == HIGHEST else f"Grade {self.low}–{self.high}"

    def holds(self, present: Mask, grades: Ints) -> Mask:
        """Whether the events of patients, shape (n,), are in the band."""
        if self.low is None:
            return present
        return present & (grades >= self.low) & (grades <= self.high)


ANY = Band()


def parse_bands(texts: Sequence[str]) -> tuple[Band, ...]:
    """The bands of ``--bands``, each once.

    Raises
    ------
    UsageError
        A text is neither `any` nor a grade nor a range of grades.
    """
    return tuple(dict.fromkeys(_band(text.strip()) for text in texts))


def _band(text: str) -> Band:
    if text.casefold() == "any":
        return ANY
    found = re.fullmatch(r"([1-5])(?:\s*[-–]\s*([1-5]))?", text)
    if found is None or int(found[2] or found[1]) < int(found[1]):
        raise UsageError(
            f"{text!r} is not a band of grades.",
            where="--bands",
            hint="Write any, one grade such as 5, or a range such as 3-4 or 3-5 (grade 3 and "
            "higher).",
        )
    return Band(int(found[1]), int(found[2] or found[1]))
