"""Units as exports write them: in a row below the header, or in a column's name."""

from __future__ import annotations

import re

from hcc2l.vocabulary import plain_unit

_TIMES = ("days", "weeks", "months", "years")
_OTHERS = frozenset((
    "%", "ng/ml", "ng/l", "pg/ml", "µg/l", "ug/l", "mg/dl", "mg/l", "g/l", "g/dl", "mmol/l",
    "µmol/l", "umol/l", "nmol/l", "meq/l", "u/l", "iu/l", "iu/ml", "u/ml", "ku/l", "mau/ml", "kpa",
    "mm", "cm", "mm2", "cm2", "kg", "g", "kg/m2", "kg/m²", "m2", "m²", "s", "sec", "mmhg", "gy",
    "mg", "mg/d", "mg/day", "points", "score", "ratio", "/µl", "/ul", "/nl", "1/nl", "1/µl",
    "10^9/l", "x10^9/l", "×10^9/l", "10e9/l", "10⁹/l", "x10⁹/l", "×10⁹/l", "10^3/ul", "10^3/µl",
    "10^12/l", "k/ul", "k/µl", "tsd/µl", "giga/l", "gpt/l", "cells/µl", "0/1", "1/0",
))  # fmt: skip
# `dd/mm/yyyy` in any language: `TT.MM.JJJJ`, `jj/mm/aaaa`; and two words to choose from: `sí/no`.
_DATE_FORM = re.compile(r"([^\W\d_])\1{1,3}([./-])([^\W\d_])\3{1,3}\2([^\W\d_])\4{1,3}")
_CHOICE = re.compile(r"[^\W\d_]{1,12} ?/ ?[^\W\d_]{1,12}")


def is_unit(text: str) -> bool:
    """Whether a text is a unit: `ng/ml`, `Jahre`."""
    word = text.strip().strip("[]()").strip().casefold().replace("μ", "µ")
    return word in _OTHERS or plain_unit(word) is not None


def is_coding(text: str) -> bool:
    """Whether a text says how cells are written: `sí/no`, `TT.MM.JJJJ`, `0 = alive, 1 = dead`."""
    word = text.strip().strip("[]()").strip().casefold()
    written = "=" in word or _DATE_FORM.fullmatch(word) or _CHOICE.fullmatch(word)
    return bool(written) and not is_unit(text)


def unit_of(text: str) -> str:
    """A unit as the analyses know it: `Monate` is months; others as they are written."""
    word = text.strip().strip("[]()").strip()
    unit = plain_unit(word)
    return unit if unit in _TIMES else word


def unit_in_name(name: str) -> str | None:
    """The unit in the last brackets of a name, or behind its last comma, if it is a known one."""
    match = re.search(r"[\[(（]([^\[\]()（）]+)[\])）]\s*$|,\s*([^,]+)$", name)
    text = (match[1] or match[2]).strip() if match else ""
    return unit_of(text) if is_unit(text) else None
