"""Distinct values of a column, and their natural order."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from hcc2l.column import Column
from hcc2l.number_format import number_text
from hcc2l.vocabulary import asks_if_alive

_ROMAN = {
    "I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "VIII": 8, "IX": 9, "X": 10,
}  # fmt: skip

_MANY = 12  # more are identifiers rather than levels
# Words for "no" and for "yes", or for "alive" and for "dead", by language: what 0 and 1 mean.
Pair = tuple[tuple[str, ...], tuple[str, ...]]
ENGLISH_PAIRS: tuple[Pair, ...] = (
    (("no", "n"), ("yes", "y")),
    (("false", "f"), ("true", "t")),
    (("alive", "censored"), ("dead", "deceased", "died")),
)
_ANSWERS: tuple[Pair, ...] = (
    *ENGLISH_PAIRS[:2],
    (("unchecked",), ("checked",)),
    (("-",), ("+",)),
    (("nein", "n"), ("ja", "j")),
    (("non", "n"), ("oui", "o")),
    (("hayır", "hayir"), ("evet",)),
    (("no", "n"), ("sí", "sì", "si", "s")),
    (("não", "nao", "n"), ("sim", "s")),
    (("nee", "nej", "nei"), ("ja",)),
    (("nie",), ("tak",)),
    (("ne",), ("ano", "áno", "da")),
    (("nem",), ("igen",)),
    (("нет",), ("да",)),
    (("όχι",), ("ναι",)),
    (("لا",), ("نعم",)),
    (("아니오", "아니요"), ("예", "네")),
    (("없음", "무"), ("있음", "유")),
    (("음성",), ("양성",)),
    (("否",), ("是",)),
    (("無", "无", "没有", "沒有"), ("有",)),
    (("阴性", "陰性"), ("阳性", "陽性")),
    (("いいえ",), ("はい",)),
    (("なし", "無し"), ("あり", "有り")),
)  # fmt: skip
_STATES: tuple[Pair, ...] = (
    ENGLISH_PAIRS[2],
    (("living",), ("dead", "deceased")),
    (("lebt", "lebend", "am leben"), ("verstorben", "tot", "gestorben", "exitus", "†")),
    (("vivant", "vivante", "vivant(e)", "en vie"),
     ("décédé", "décédée", "décédé(e)", "decede", "mort", "morte", "décès", "dcd")),
    (("sağ", "sag", "hayatta", "yaşıyor"), ("ex", "ölü", "exitus", "eksitus", "öldü", "vefat")),
    (("vivo", "viva", "vivo/a"),
     ("muerto", "muerta", "fallecido", "fallecida", "exitus", "éxitus", "deceduto", "deceduta",
      "morto", "morta", "falecido", "falecida", "óbito", "obito")),
    (("levend", "leeft", "in leven"), ("overleden", "dood")),
    (("żyje", "żywy", "żyjący"), ("zmarł", "zmarła", "zmarły", "zgon", "nie żyje")),
    (("žije", "živý", "živ"), ("zemřel", "zemřela", "zomrel", "mrtvý", "umro")),
    (("él", "élő"), ("elhunyt", "meghalt", "halott")),
    (("levande", "lever", "levende", "i live"), ("död", "avliden", "død", "avdød")),
    (("жив", "жива", "живой"), ("умер", "умерла", "мертв", "смерть")),
    (("ζει", "εν ζωή"), ("απεβίωσε", "νεκρόσ", "θάνατοσ")),  # in lower case, ς is σ
    (("حي", "حية", "على قيد الحياة"), ("متوفى", "متوفي", "متوفاة", "وفاة", "ميت")),
    (("생존", "생존중"), ("사망",)),
    (("存活", "生存", "生存中", "健在"), ("死亡", "已故", "去世")),
)  # fmt: skip
_PAIRS = (*_ANSWERS, *_STATES)


def distinct(column: Column) -> tuple[list[str], NDArray[np.int64]]:
    """The distinct texts of a column, and each row's index among them (-1 where missing)."""
    if column.coded is not None:
        return list(column.coded[0]), column.coded[1]
    missing = column.missing
    if column.kind == "number":
        values, inverse = np.unique(column.values[~missing], return_inverse=True)
        texts = [number_text(float(v)) for v in values]
    else:
        cells = [str(v) for v in column.values[~missing].tolist()]
        place = {text: i for i, text in enumerate(dict.fromkeys(cells))}
        texts, inverse = list(place), np.array([place[t] for t in cells], dtype=np.int64)
    codes = np.full(missing.size, -1, dtype=np.int64)
    codes[~missing] = inverse
    return texts, codes


def matching(value: str, column: Column, texts: Sequence[str]) -> set[str]:
    """The distinct texts that match: `value` itself, the same number, or the label of its code."""
    matches = {t for t in texts if t == value}
    if not matches and column.kind == "number":
        try:
            matches = {t for t in texts if float(t) == float(value)}
        except ValueError:
            matches = set()
    return matches or {t for t in texts if column.codes.get(t) == value}


def natural_order(texts: Iterable[str]) -> tuple[str, ...]:
    """Levels as a person would list them: numbers as numbers, Roman numerals, then words.

    Words are compared without case, with the numbers inside them as numbers (`T2` before `T10`);
    `<65` comes first and `>75` last. "No" comes before "yes" in every language of the table, as
    0 comes before 1, and "alive" before "dead".
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
        rest = [(0, float(p), "") if p[0].isdecimal() else (1, 0.0, p) for p in parts]
        return [(0, side, ""), *rest]

    return _no_before_yes(sorted(items, key=lambda t: (key(t), t)))


def _no_before_yes(levels: list[str]) -> tuple[str, ...]:
    """Move a "no" and its "yes" to the front; letters (`n`, `j`) only where there are no others."""
    if len(levels) > _MANY:
        return tuple(levels)
    words = [unicodedata.normalize("NFKC", level).strip().casefold() for level in levels]
    if len(levels) > 2:
        words = ["" if len(word) == 1 and word.isascii() else word for word in words]
    for negative, affirmative in _PAIRS:
        no = [level for level, word in zip(levels, words, strict=True) if word in negative]
        yes = [level for level, word in zip(levels, words, strict=True) if word in affirmative]
        if no and yes:
            return (*no, *yes, *(level for level in levels if level not in (*no, *yes)))
    return tuple(levels)


def event_levels(name: str, levels: Iterable[str]) -> tuple[str, ...]:
    """The levels of a column that mean the event; empty where the words do not tell.

    Of a column that asks whether the patient is alive, or censored, these are the levels that mean
    "no". Whether its 1 means alive is not known: `생존여부` may be coded 1 for death.
    """
    levels = tuple(levels)
    yes = affirmative(levels)
    if not asks_if_alive(name) or affirmative(levels, _STATES):
        return yes
    no = tuple(level for level in levels if level not in yes)
    return no if yes and affirmative(levels, _ANSWERS) else ()


def affirmative(
    levels: Iterable[str], pairs: Sequence[Pair] = (*_PAIRS, (("0",), ("1",)))
) -> tuple[str, ...]:
    """The levels that mean "yes" or "dead", where the others all mean "no" or "alive".

    Empty when the words do not tell, as with 1 and 2.
    """
    words = {level: unicodedata.normalize("NFKC", level).strip().casefold() for level in levels}
    for negative, positive in pairs:
        yes = tuple(level for level, word in words.items() if word in positive)
        if yes and all(word in (*negative, *positive) for word in words.values()):
            return yes
    return ()
