"""Reading cells as dates."""

from __future__ import annotations

import re
import shlex
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hcc2l.cohort import Cohort, Column
from hcc2l.design.rows import Mask, row_where
from hcc2l.errors import InputError
from hcc2l.levels import distinct

_TIME = r"(?:[T ].*)?"
_YEAR_FIRST = re.compile(
    rf"(\d{{4}})\s*[-/.年년]\s*(\d{{1,2}})\s*[-/.月월]\s*(\d{{1,2}})\s*[.日일]?{_TIME}"
)
_DOTTED = re.compile(rf"(\d{{1,2}})\.\s?(\d{{1,2}})\.\s?(\d{{4}}|\d{{2}}){_TIME}")
_SLASHED = re.compile(rf"(\d{{1,2}})[/-](\d{{1,2}})[/-](\d{{4}}|\d{{2}}){_TIME}")
_DAY_MONTH = re.compile(
    r"(\d{1,2})(?:er|º)?[-/. ]*(?:de )?([^\W\d_]{3,})[-/., ]*(?:del? )?(\d{4}|\d{2})(?: ?[гr]\.?)?"
)
_YEAR_MONTH = re.compile(r"(\d{4})[-. ]+([^\W\d_]{3,})[-. ]+(\d{1,2})\.?")
_MONTH_DAY = re.compile(r"([^\W\d_]{3,})\.? (\d{1,2}),? (\d{4})")
_TWO_DIGITS = re.compile(r"(\d\d)([./-])(\d\d)\2(\d\d)")
_FEWEST = 6  # dates of two digits that show whether the year comes first
_FORMS = (_YEAR_FIRST, _DOTTED, _SLASHED)
# How the months begin, without accents; in Polish and Czech, where two begin alike, in full.
_MONTHS = (
    "jan janv oca ene gen янв ιαν styczen stycznia sty leden ledna",
    "feb fev sub фев φεβ luty lutego lut unor unora",
    "mar maa mrt мар μαρ marzec brezen brezna",
    "apr avr abr nis апр απρ kwiecien kwietnia kwi duben dubna",
    "may mai mag mei maj маи мая μαι kveten kvetna",
    "jun juin haz giu июн ιουν czerwiec czerwca cze cerven cervna",
    "jul juil tem lug июл ιουλ lipiec lipca lip cervenec cervence",
    "aug aou agu ago авг αυγ sierpien sierpnia sie srpen srpna",
    "sep eyl set сен σεπ szep wrzesien wrzesnia wrz zari",
    "oct okt eki ott out окт οκτ pazdziernik pazdziernika paz rijen rijna",
    "nov kas ноя νοε listopad listopadu listopada lis",
    "dec dez dic ara дек δεκ grudzien grudnia gru prosinec prosince",
)
_MONTH_OF = {word: i for i, words in enumerate(_MONTHS, start=1) for word in words.split()}
_IN_FULL = frozenset(["sty", "lut", "kwi", "cze", "lip", "sie", "wrz", "paz", "lis", "gru"])
_BIRTH = re.compile(
    r"birth|dob|geb|naiss|doğum|nacim|nascit|nascim|urodz|naroz|szület|födel|fødsel"
    r"|γέννησ|рожд|ميلاد|생년|출생|出生|生年",
    re.IGNORECASE,
)
# Whole numbers that are taken for days of a spreadsheet: 1982 to 2036.
FIRST_SERIAL, _LAST_SERIAL = 30_000, 50_000
FAR = np.datetime64("2100-01-01", "D")  # later dates stand for "none"
_PIVOT = 69  # of years with two digits, as POSIX and R: 68 is 2068, 69 is 1969


def looks_like_dates(column: Column) -> bool:
    """Whether every cell of a text column has the form of a date."""
    if column.kind != "text":
        return False
    texts = distinct(column)[0]
    return bool(texts) and all(any(f.fullmatch(t) for f in _FORMS) for t in texts)


def read_dates(
    cohort: Cohort, names: Sequence[str], keep: Mask
) -> dict[str, NDArray[np.datetime64]]:
    """Columns as dates (datetime64[D], NaT where missing or not in `keep`), all in one order.

    Accepted are dates with the year first, `31.12.2020`, `31-Dec-2020`, and `12/31/2020` or
    `31/12/2020` where cells of the cohort or `date_order` in the dictionary decide which it is;
    the same with years of two digits, if all of a column are; and columns of numbers that are the
    days of a spreadsheet. What was inferred is recorded in the cohort (`Cohort.date_readings`).

    Raises
    ------
    InputError
        A cell is not a date, or its order of day and month is not known.
    """
    order = _Order.find(cohort, names)
    result = {}
    for name in names:
        column = cohort.column(name)
        if column.kind == "date":
            result[name] = column.values
        elif column.kind == "number" and column.values[keep & ~column.missing].size:
            result[name] = _numbered(cohort, column, keep)
        else:
            result[name] = _written(cohort, column, keep, order)
        _refuse_placeholders(cohort, column, result[name], keep)
    return result


def _refuse_placeholders(
    cohort: Cohort, column: Column, days: NDArray[np.datetime64], keep: Mask
) -> None:
    """Refuse dates such as 31.12.9999, which stand for none."""
    far = np.flatnonzero(keep & (days >= FAR))
    if far.size:
        text = column.text(int(far[0]))
        raise _no_date(cohort, column, int(far[0]), f"Correct the cell.{_if_missing(text)}")


def _if_missing(text: str) -> str:
    return f" If it means that there is no date, use --na {shlex.quote(text)}."


def _numbered(cohort: Cohort, column: Column, keep: Mask) -> NDArray[np.datetime64]:
    """A column of numbers: days of a spreadsheet, or dates such as 20201231."""
    rows = np.flatnonzero(keep & ~column.missing)
    numbers = column.values[rows]
    days = np.full(cohort.rows, np.datetime64("NaT", "D"))
    outside = (numbers < FIRST_SERIAL) | (numbers > _LAST_SERIAL)
    if not outside.any():
        days[rows] = np.datetime64("1899-12-30") + np.floor(numbers).astype("timedelta64[D]")
        cohort.date_readings[column.name] = (
            f"numbers such as {column.text(int(rows[0]))} were read as days of a spreadsheet, "
            f"{_range(days[rows])}"
        )
        return days
    for row in rows.tolist():
        text = column.text(row)
        day = _day(text[:4], text[4:6], text[6:]) if re.fullmatch(r"(19|20)\d{6}", text) else None
        if day is None:
            first = int(rows[np.argmax(outside)])
            raise _no_date(
                cohort, column, first, "Write dates as 2020-12-31. If these are days of a "
                f'spreadsheet, set type = "date" for {column.name} in hcc2l.toml.',
            )  # fmt: skip
        days[row] = day
    return days


def _written(cohort: Cohort, column: Column, keep: Mask, order: _Order) -> NDArray[np.datetime64]:
    """A column of text as dates."""
    days = np.full(cohort.rows, np.datetime64("NaT", "D"))
    rows = np.flatnonzero(keep & ~column.missing).tolist()
    texts = {row: column.text(row) for row in rows}
    if order.order != "ymd" and not order.given and year_seems_first(texts.values()):
        raise _no_date(
            cohort, column, rows[0], "The year seems to come first. Set "
            'date_order = "ymd" in hcc2l.toml if it does, else "dmy" or "mdy".',
        )  # fmt: skip
    parts = {text: _parts(text, order.order) for text in set(texts.values())}
    years = [p[0] for p in parts.values() if p is not None]
    short = bool(years) and all(len(year) == 2 for year in years)
    latest = max((int(y) for y in years if len(y) == 4), default=0) or order.latest
    read: dict[str, np.datetime64] = {}
    for row, text in texts.items():
        if text not in read:
            found = parts[text]
            day = None
            if found is not None and (len(found[0]) == 4 or short):
                year = found[0] if not short else _century(found[0], column.name, latest)
                day = _day(year, found[1], found[2])
            if day is None:
                raise _no_date(cohort, column, row, _remedy(text, found, order, short))
            read[text] = day
        days[row] = read[text]
    said = []
    if short:
        said.append(f"years of two digits were read as {_range(days[rows])}")
    if order.inferred and any(_SLASHED.fullmatch(text) for text in read):
        first = "month" if order.order == "mdy" else "day"
        said.append(f"the {first} was read as coming first, as {order.inferred} shows")
    if said:
        cohort.date_readings[column.name] = "; ".join(said)
    return days


@dataclass(frozen=True)
class _Order:
    """Whether the day or the month comes first in dates with slashes, and how that is known.

    Attributes
    ----------
    order
        ``dmy``, ``mdy``, ``ymd``, or None where nothing decides.
    inferred
        A cell that decides; empty if the dictionary does.
    against
        A cell that contradicts it; the order is then None.
    latest
        The latest year of two digits among the dates, as 20yy; 0 where there is none.
    given
        Whether the dictionary states the order.
    """

    order: str | None = None
    inferred: str = ""
    against: str = ""
    latest: int = 0
    given: bool = False

    @classmethod
    def find(cls, cohort: Cohort, names: Sequence[str]) -> _Order:
        """The order that the cells of these columns show, else those of the other date columns."""
        given = cohort.dictionary.date_order
        slashed = _slashed(cohort.column(name) for name in names)
        visits = _slashed(cohort.column(name) for name in names if not _BIRTH.search(name))
        latest = max((2000 + int(year) for _, year in visits if len(year) == 2
                      and int(year) < _PIVOT), default=0)  # fmt: skip
        if given is not None:
            return cls(given, latest=latest, given=True)
        found = _proof(text for text, _ in slashed)
        if slashed and not any(found.values()):
            others = [n for n in cohort.names if n not in names]
            columns = (cohort.as_it_stands(name) for name in others)
            found = _proof(text for text, _ in _slashed(c for c in columns if looks_like_dates(c)))
        day, month = found["dmy"], found["mdy"]
        if day and month:
            return cls(None, day, month, latest)
        order = "dmy" if day else "mdy" if month else None
        return cls(order, day or month, "", latest)


def _slashed(columns: Iterable[Column]) -> list[tuple[str, str]]:
    """The distinct dates with slashes, and their years."""
    texts = {
        text
        for column in columns
        if column.kind == "text"
        for text in column.values.tolist()
        if text is not None
    }
    found = ((text, _SLASHED.fullmatch(text)) for text in sorted(texts))
    return [(text, match[3]) for text, match in found if match]


def _proof(texts: Iterable[str]) -> dict[str, str]:
    """A cell that only one order can explain, for each order; empty where there is none."""
    proof = {"dmy": "", "mdy": ""}
    for text in texts:
        match = _SLASHED.fullmatch(text)
        if match is None:
            continue
        first, second = int(match[1]), int(match[2])
        if first > 12 >= second and not proof["dmy"]:
            proof["dmy"] = text
        if second > 12 >= first and not proof["mdy"]:
            proof["mdy"] = text
    return proof


def year_seems_first(texts: Iterable[str]) -> bool:
    """Whether dates such as `19.03.28` differ less in their first number than in the last.

    Years of a cohort lie closer together than days of the month.
    """
    found = [_TWO_DIGITS.fullmatch(text) for text in set(texts)]
    parts = [(int(m[1]), int(m[3]), int(m[4])) for m in found if m]
    if len(parts) < _FEWEST or len(parts) < len(found):
        return False
    first, middle, last = zip(*parts, strict=True)
    possible = max(middle) <= 12 and min(middle) >= 1 and max(last) <= 31 and min(last) >= 1
    return bool(possible and max(first) - min(first) < max(last) - min(last))


def _parts(text: str, order: str | None) -> tuple[str, str, str] | None:
    """Year, month and day as they are written; None where the text is not a date."""
    match = _TWO_DIGITS.fullmatch(text)
    if match and order == "ymd":
        return match[1], match[3], match[4]
    match = _YEAR_FIRST.fullmatch(text)
    if match:
        return match[1], match[2], match[3]
    match = _DOTTED.fullmatch(text)
    if match:
        return match[3], match[2], match[1]
    match = _SLASHED.fullmatch(text)
    if match:
        day, month = (match[1], match[2]) if order == "dmy" else (match[2], match[1])
        return (match[3], month, day) if order in ("dmy", "mdy") else None
    match = _DAY_MONTH.fullmatch(text)
    if match and _month(match[2]):
        return match[3], str(_month(match[2])), match[1]
    match = _YEAR_MONTH.fullmatch(text)
    if match and _month(match[2]):
        return match[1], str(_month(match[2])), match[3]
    match = _MONTH_DAY.fullmatch(text)
    if match and _month(match[1]):
        return match[3], str(_month(match[1])), match[2]
    return None


def _month(word: str) -> int | None:
    """The number of a month by its name: `Dec`, `Dezember`, `juil`, `września`."""
    letters = unicodedata.normalize("NFKD", word.casefold())
    plain = "".join(c for c in letters if not unicodedata.combining(c))
    begins = [plain[:n] for n in (4, 3) if plain[:n] not in _IN_FULL]
    return next((_MONTH_OF[w] for w in (plain, *begins) if w in _MONTH_OF), None)


def _century(year: str, name: str, latest: int) -> str:
    """A year of two digits with its century; births lie before the latest visit."""
    full = 2000 + int(year) if int(year) < _PIVOT else 1900 + int(year)
    if _BIRTH.search(name) and full > (latest or 2000):
        full -= 100
    return str(full)


def _day(year: str, month: str, day: str) -> np.datetime64 | None:
    """The day in the calendar; None where there is no such day."""
    try:
        return np.datetime64(f"{year}-{int(month):02d}-{int(day):02d}", "D")
    except ValueError:
        return None


def _range(days: NDArray[np.datetime64]) -> str:
    return f"{np.nanmin(days)} to {np.nanmax(days)}"


def _remedy(text: str, parts: tuple[str, str, str] | None, order: _Order, short: bool) -> str:
    """What to do about a cell that is not a date."""
    if _SLASHED.fullmatch(text) and order.order is None:
        if order.against:
            return (
                f"{order.inferred} shows that the day comes first, {order.against} that the month "
                'does. Correct the cells, or set date_order = "dmy" or "mdy" in hcc2l.toml.'
            )
        return (
            "The cells do not show whether the day or the month comes first. Set "
            'date_order = "dmy" or "mdy" in hcc2l.toml, or write dates as 2020-12-31.'
        )
    if parts is not None and len(parts[0]) == 2 and not short:
        return "Other years of this column have four digits. Write dates as 2020-12-31."
    if parts is not None:
        return f"There is no such day in the calendar. Correct the cell.{_if_missing(text)}"
    return f"Write dates as 2020-12-31.{_if_missing(text)}"


def _no_date(cohort: Cohort, column: Column, row: int, hint: str) -> InputError:
    return InputError(
        f"{column.text(row)!r} cannot be read as a date.",
        where=f"{cohort.source.name}, column {column.name}, {row_where(cohort, row)}",
        hint=hint,
    )


def has_date_form(text: str) -> bool:
    """Whether a cell has the form of a date, with the order of day and month known or not."""
    return any(form.fullmatch(text) for form in _FORMS) or _parts(text, None) is not None


def is_slashed(text: str) -> bool:
    """Whether a cell is a date with slashes, whose order it does not always show."""
    return _SLASHED.fullmatch(text) is not None


def largest_slashed(texts: Iterable[str]) -> tuple[int, int]:
    """The largest first and second number of `31/12/2020`; one above 12 is a day."""
    first = second = 0
    for match in filter(None, map(_SLASHED.fullmatch, texts)):
        first, second = max(first, int(match[1])), max(second, int(match[2]))
    return first, second


def days_of(texts: Sequence[str], order: str | None, name: str = "") -> NDArray[np.datetime64]:
    """The dates of the distinct texts of a column, NaT where a text is none; nothing is refused."""
    found = [_parts(text, order) for text in texts]
    years = [parts[0] for parts in found if parts is not None]
    short = bool(years) and all(len(year) == 2 for year in years)
    latest = max((int(year) for year in years if len(year) == 4), default=0)
    days = np.full(len(texts), np.datetime64("NaT", "D"))
    for i, parts in enumerate(found):
        if parts is None or (len(parts[0]) == 2 and not short):
            continue
        year = _century(parts[0], name, latest) if short else parts[0]
        day = _day(year, parts[1], parts[2])
        if day is not None:
            days[i] = day
    return days
