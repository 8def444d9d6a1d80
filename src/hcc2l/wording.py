"""Labels, lists and counts as they stand inside a sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence

_EPONYMS = ("Barcelona", "Charlson", "Child", "Edmondson", "Karnofsky", "Milan", "Okuda")


_WORDS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def in_sentence(label: str) -> str:
    """A label inside a sentence: `Age` is `age`; AFP, Child-Pugh class, T stage stay."""
    word = re.match(r"[^\W\d_]+([-–][A-Z]|\d)?", label)
    if word is None or word[1] or word[0] in _EPONYMS or not word[0][1:].islower():
        return label
    return label[0].lower() + label[1:]


def listed(items: Sequence[str], last: str = "and") -> str:
    """`AFP`, `AFP and ALT`, `AFP, ALT and PNI`."""
    return f"{', '.join(items[:-1])} {last} {items[-1]}" if len(items) > 1 else items[0]


def counted(count: int, noun: str) -> str:
    """`1 patient`, `2 patients`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def in_words(number: int) -> str:
    """A number in words up to nine, as in running text."""
    return _WORDS[number] if number < len(_WORDS) else str(number)
