"""Labels and lists as sentences have them."""

from __future__ import annotations

from collections.abc import Sequence

PROPER_NAMES = ("Barcelona", "Child", "Milan", "Okuda")


def in_sentence(label: str) -> str:
    """A label inside a sentence: `overall survival`, but `AFP` and `Child-Pugh class`."""
    first, *_ = label.split() or [""]
    if first in PROPER_NAMES or any(letter.isupper() for letter in first[1:]):
        return label
    if len(first) == 1:  # `T stage`
        return label
    return label[:1].lower() + label[1:]


def joined(words: Sequence[str], last: str = "and") -> str:
    """`AFP`, `AFP and ALT`, `AFP, ALT and PNI`."""
    return f"{', '.join(words[:-1])} {last} {words[-1]}" if len(words) > 1 else words[0]


def counted(count: int, noun: str) -> str:
    """`1 patient`, `2 patients`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
