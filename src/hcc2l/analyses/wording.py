"""Labels, lists and small numbers as they stand inside a sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence


def in_sentence(label: str) -> str:
    """A label as it stands inside a sentence: names and abbreviations keep their capital."""
    first, _, rest = label.partition(" ")
    proper = re.search(r"[A-Z0-9]", first[1:]) or re.match(r"[A-Z][a-z]", rest)
    return label if proper else label[:1].lower() + label[1:]


def listed(names: Sequence[str]) -> str:
    """`age, sex and AFP`."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def counted(number: int) -> str:
    """A number in words up to nine, as in a text."""
    words = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    return words[number] if number < len(words) else str(number)
