"""Distinct values of a column, and the order a person would list them in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np

from hcc2l.cohort import Column
from hcc2l.design.rows import Ints
from hcc2l.number_format import number_text

_ROMAN = {
    "I": 1,
    "II": 2,
    "III": 3,
    "IV": 4,
    "V": 5,
    "VI": 6,
    "VII": 7,
    "VIII": 8,
    "IX": 9,
    "X": 10,
}


def natural_order(texts: Iterable[str]) -> tuple[str, ...]:
    """Levels as a person would list them: numbers as numbers, Roman numerals, then words.

    Words are compared without case, with the numbers inside them as numbers (`T2` before `T10`);
    `<65` comes first and `>75` last.
    """
    items = list(texts)
    try:
        return tuple(sorted(items, key=lambda t: (float(t), t)))  # long ids may be one float
    except ValueError:
        pass
    if items and all(t.upper() in _ROMAN for t in items):
        return tuple(sorted(items, key=lambda t: _ROMAN[t.upper()]))

    def key(text: str) -> list[tuple[int, float, str]]:
        side = -1.0 if text[:1] in ("<", "≤") else float(text[:1] in (">", "≥"))
        parts = re.findall(r"\d+(?:\.\d+)?|\D+", text.casefold())
        rest = [(0, float(p), "") if p[0].isdigit() else (1, 0.0, p) for p in parts]
        return [(0, side, ""), *rest]

    return tuple(sorted(items, key=lambda t: (key(t), t)))


def distinct(column: Column) -> tuple[list[str], Ints]:
    """The distinct texts of a column, and each row's index among them (-1 where missing)."""
    if column.coded is not None:
        return list(column.coded[0]), column.coded[1]
    missing = column.missing
    if column.kind == "number":
        values, inverse = np.unique(column.values[~missing], return_inverse=True)
        texts = [number_text(float(v)) for v in values]
    else:
        known = [str(v) for v in column.values[~missing].tolist()]
        place = {text: i for i, text in enumerate(dict.fromkeys(known))}
        texts, inverse = list(place), np.array([place[t] for t in known], dtype=np.int64)
    codes = np.full(missing.size, -1, dtype=np.int64)
    codes[~missing] = inverse
    return texts, codes


def matching(value: str, column: Column, texts: Sequence[str]) -> set[str]:
    """The distinct texts that `value` means: itself, the same number, or the label of its code."""
    found = {t for t in texts if t == value}
    if not found and column.kind == "number":
        try:
            found = {t for t in texts if float(t) == float(value)}
        except ValueError:
            found = set()
    return found or {t for t in texts if column.codes.get(t) == value}
