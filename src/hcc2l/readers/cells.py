"""What cells hold beside plain numbers: words for missing, errors, signs around a number."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable

from hcc2l.number_format import is_number_somehow
from hcc2l.vocabulary import plain_unit

# Words that mean missing among numbers and in groups. "no" and "none" never do.
_WORDS = frozenset((
    "unknown", "unk", "not known", "not done", "not available", "not determined",
    "not tested", "not assessed", "not measured", "unbekannt", "nicht bekannt",
    "nicht bestimmt", "nicht erhoben", "nicht durchgeführt", "keine angabe", "k.a.",
    "k. a.", "inconnu", "inconnue", "non connu", "non fait", "non disponible",
    "non renseigné", "desconocido", "desconocida", "no disponible", "no realizado",
    "sconosciuto", "non noto", "non eseguito", "desconhecido", "onbekend", "ukjent",
    "ukendt", "okänd", "nieznane", "nieznany", "brak danych", "bilinmiyor", "bilinmeyen",
    "неизвестно", "нет данных", "άγνωστο", "미상", "모름", "불명", "미시행", "알 수 없음",
    "nieznana", "nie oznaczono", "nie wykonano", "neznámo", "neznámý", "neznámá", "neuvedeno",
    "nevyšetřeno", "nezjištěno", "не известно", "не определено", "не определялось",
    "не исследовано",
    "غير معروف", "غير متوفر", "desconhecida", "não disponível", "não realizado", "não informado",
    "ignorado", "sconosciuta", "non nota", "sin datos", "no consta", "no determinado",
    "non déterminé", "non renseignée", "ismeretlen", "nincs adat", "niet bekend", "niet bepaald",
    "okänt", "ej utfört", "yapılmadı", "veri yok", "확인불가", "자료없음", "결측", "측정안함",
    "无数据", "無資料", "未检测", "未檢測", "未检查", "缺失", "データなし", "未検査", "欠測",
    "不明", "未知", "不详", "不詳", "未查", "未检", "未做", "未検", "未測定", "未実施",
))  # fmt: skip
# Short forms that may be a level of a group, so that they mean missing among numbers only.
_SHORT = frozenset(("n.d.", "n.d", "nd", "n/d", "missing", "н/д"))
_ERRORS = re.compile(
    r"#(REF!|N/A|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|GETTING_DATA"
    r"|NV|WERT!|BEZUG!|ZAHL!|VALEUR!|NOM\?|NOMBRE!)|Err:5\d\d"
)
NO_VALUE = "#formula"  # a cell whose formula the workbook stores without its result
# A thousands mark other than a point or comma: no-break, thin and narrow blanks, apostrophes.
_GROUPED = re.compile(r"([<>]=?|[≤≥])?\s*[+-]?\d{1,3}([\xa0\u2009\u202f'’]\d{3})+([.,]\d+)?")
_UNIT = re.compile(r"(.*\d) ?([^\d\s.,].*)", re.DOTALL)  # after a number: `64 ans`, `12 %`
_RAISED = ("<super>", "<sub>", "<circle>", "<compat>")  # kinds of letters in Unicode
_GROUP_MARKS = str.maketrans("", "", "\xa0\u2009\u202f'’")


def is_error(cell: str) -> bool:
    """Whether a cell is an error of a spreadsheet: `#REF!`, or a formula without a result."""
    return cell[:1] in ("#", "E") and (cell == NO_VALUE or _ERRORS.fullmatch(cell) is not None)


def is_missing_word(cell: str, among_numbers: bool) -> bool:
    """Whether a cell is a word that means missing: `unknown`, `not done`, `n.d.`."""
    word = " ".join(cell.casefold().split())
    return word in _WORDS or (among_numbers and word in _SHORT)


def plain_numbers(cells: Iterable[str], marks: Collection[str]) -> dict[str, tuple[str, str]]:
    """Cells that are numbers once a sign is taken away: the number, and what was taken.

    Full-width digits, blanks and apostrophes between thousands, units and percent signs where every
    number of the column has the same one, and the `marks` that the dictionary declares.
    """
    cells = list(cells)
    plain: dict[str, tuple[str, str]] = {}
    for cell in cells:
        text, taken = cell, ""
        mark = next((m for m in marks if m and cell.endswith(m)), None)
        if mark is not None and is_number_somehow(cell[: -len(mark)].strip()):
            text, taken = cell[: -len(mark)].strip(), f"the mark {mark}"
        if _GROUPED.fullmatch(text):
            text, taken = text.translate(_GROUP_MARKS), "the blank or apostrophe between thousands"
        elif not text.isascii():
            narrow = unicodedata.normalize("NFKC", text).strip()
            if narrow != text and is_number_somehow(narrow) and not _raised(text):
                text, taken = narrow, "full-width digits"
        if taken:
            plain[cell] = text, taken
    return plain | _with_unit(cells)


def _raised(text: str) -> bool:
    """Whether a text has superscripts and the like: 5² is not 52."""
    return any(unicodedata.decomposition(letter).startswith(_RAISED) for letter in text)


def _with_unit(cells: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Numbers with a unit or percent sign, without it; none unless all numbers have the same."""
    found, units = {}, set()
    for cell in cells:
        if is_number_somehow(cell):
            return {}
        match = _UNIT.fullmatch(cell)
        if match and is_number_somehow(match[1]) and plain_unit(match[2]):
            units.add(plain_unit(match[2]))
            sign = "percent sign" if plain_unit(match[2]) == "%" else f"unit {match[2]}"
            found[cell] = match[1], f"the {sign}"
    return found if len(units) == 1 else {}
