"""Units as exports write them: in a row below the header, or in a column's name."""

from __future__ import annotations

import re

# What a column of times may say, in the languages of exports -> the unit of an endpoint.
_TIMES = {
    "days": (
        "d", "day", "days", "tag", "tage", "tagen", "jour", "jours", "día", "días", "dia", "dias",
        "giorni", "gün", "dagen", "일", "天", "日",
    ),
    "weeks": (
        "w", "week", "weeks", "woche", "wochen", "semaine", "semaines", "semana", "semanas",
        "settimane", "hafta", "주", "周", "週",
    ),
    "months": (
        "m", "mo", "mon", "month", "months", "monat", "monate", "monaten", "mois", "mes", "meses",
        "mesi", "ay", "maanden", "개월", "월", "月", "个月", "個月", "ヶ月", "か月", "カ月",
    ),
    "years": (
        "y", "yr", "yrs", "year", "years", "jahr", "jahre", "jahren", "an", "ans", "année",
        "années", "año", "años", "ano", "anos", "anni", "yıl", "jaar", "년", "세", "岁", "歳", "年",
    ),
}  # fmt: skip
_TIME_OF = {word: unit for unit, words in _TIMES.items() for word in words}
_OTHERS = frozenset((
    "%", "ng/ml", "ng/l", "pg/ml", "µg/l", "ug/l", "mg/dl", "mg/l", "g/l", "g/dl", "mmol/l",
    "µmol/l", "umol/l", "nmol/l", "meq/l", "u/l", "iu/l", "iu/ml", "u/ml", "ku/l", "mau/ml", "kpa",
    "mm", "cm", "mm2", "cm2", "kg", "g", "kg/m2", "kg/m²", "m2", "m²", "s", "sec", "mmhg", "gy",
    "mg", "mg/d", "mg/day", "points", "score", "ratio", "/µl", "/ul", "/nl", "1/nl", "1/µl",
    "10^9/l", "x10^9/l", "×10^9/l", "10e9/l", "10⁹/l", "x10⁹/l", "×10⁹/l", "10^3/ul", "10^3/µl",
    "10^12/l", "k/ul", "k/µl", "tsd/µl", "giga/l", "gpt/l", "cells/µl", "yes/no", "ja/nein",
    "oui/non", "m/f", "m/w", "f/m", "0/1", "1/0", "yyyy-mm-dd", "dd.mm.yyyy", "dd/mm/yyyy",
    "mm/dd/yyyy",
))  # fmt: skip


def is_unit(text: str) -> bool:
    """Whether a cell is a unit or a coding: `ng/ml`, `Jahre`, `0 = alive, 1 = dead`."""
    word = text.strip().strip("[]()").strip().casefold().replace("μ", "µ")
    return word in _OTHERS or word in _TIME_OF or "=" in word


def unit_of(text: str) -> str:
    """A unit as the analyses know it: `Monate` is months; others as they are written."""
    word = text.strip().strip("[]()").strip()
    return _TIME_OF.get(word.casefold(), word)


def unit_in_name(name: str) -> str | None:
    """The unit in the last brackets of a name, or behind its last comma, if it is a known one."""
    match = re.search(r"[\[(（]([^\[\]()（）]+)[\])）]\s*$|,\s*([^,]+)$", name)
    text = (match[1] or match[2]) if match else ""
    return unit_of(text) if text and is_unit(text) and "=" not in text else None
