"""Reading cells as dates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from hcc2l.cohort import Cohort, Column
from hcc2l.design.rows import Mask, row_where
from hcc2l.errors import InputError

_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_ISO = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})([T ].*)?")


def looks_like_dates(column: Column) -> bool:
    """Whether every cell of a text column has the form of a date."""
    if column.kind != "text":
        return False
    texts = {text for text in column.values.tolist() if text is not None}
    forms = (_ISO, _DOTTED, _SLASHED)
    return bool(texts) and all(any(f.fullmatch(t) for f in forms) for t in texts)


def read_dates(
    cohort: Cohort, names: Sequence[str], keep: Mask
) -> dict[str, NDArray[np.datetime64]]:
    """Columns as dates (datetime64[D], NaT where missing or not in `keep`), all in one order.

    Accepted are ISO dates, `31.12.2020`, and `12/31/2020` or `31/12/2020` where the cells
    themselves or `date_order` in the dictionary decide which it is.

    Raises
    ------
    InputError
        A cell is not a date, or its order of day and month is not known.
    """
    order = cohort.dictionary.date_order or _slash_order(cohort, names)
    result = {}
    for name in names:
        column = cohort.column(name)
        if column.kind == "date":
            result[name] = column.values
            continue
        values = np.full(cohort.rows, np.datetime64("NaT", "D"))
        for i in np.flatnonzero(~column.missing & keep):
            values[i] = _date(column.text(int(i)), order, cohort, name, int(i))
        result[name] = values
    return result


def _slash_order(cohort: Cohort, names: Sequence[str]) -> str | None:
    texts: set[str] = set()
    for name in names:
        column = cohort.column(name)
        if column.kind == "text":
            texts.update(t for t in column.values.tolist() if t is not None)
    first, second = largest_slashed(texts)
    if first > 12 >= second:
        return "dmy"
    return "mdy" if second > 12 >= first else None


def largest_slashed(texts: Iterable[str]) -> tuple[int, int]:
    """The largest first and second number of `31/12/2020`; one above 12 is a day."""
    first = second = 0
    for match in filter(None, map(_SLASHED.fullmatch, texts)):
        first, second = max(first, int(match[1])), max(second, int(match[2]))
    return first, second


def is_slashed(text: str) -> bool:
    """Whether a cell is a date with slashes, whose order it does not always show."""
    return _SLASHED.fullmatch(text) is not None


def has_date_form(text: str) -> bool:
    """Whether a cell has the form of a date, with the order of day and month known or not."""
    return any(form.fullmatch(text) for form in (_ISO, _DOTTED, _SLASHED))


def days_of(texts: Sequence[str], order: str | None) -> NDArray[np.datetime64]:
    """The dates of the distinct texts of a column, NaT where a text is none; nothing is refused."""
    days = np.full(len(texts), np.datetime64("NaT", "D"))
    for i, text in enumerate(texts):
        try:
            day = _day(text, order)
        except ValueError:  # no such day in the calendar
            continue
        if day is not None:
            days[i] = day
    return days


def _day(text: str, order: str | None) -> np.datetime64 | None:
    """The date of a cell; None where it holds none or its order is not known.

    Raises
    ------
    ValueError
        There is no such day in the calendar.
    """
    iso, dotted, slashed = _ISO.fullmatch(text), _DOTTED.fullmatch(text), _SLASHED.fullmatch(text)
    parts: tuple[str, str, str] | None = None
    if iso:
        parts = iso[1], iso[2], iso[3]
    elif dotted:
        parts = dotted[3], dotted[2], dotted[1]
    elif slashed and order == "dmy":
        parts = slashed[3], slashed[2], slashed[1]
    elif slashed and order == "mdy":
        parts = slashed[3], slashed[1], slashed[2]
    if parts is None:
        return None
    return np.datetime64(f"{parts[0]}-{int(parts[1]):02d}-{int(parts[2]):02d}", "D")


def _date(text: str, order: str | None, cohort: Cohort, name: str, row: int) -> np.datetime64:
    hint = "Write dates as 2020-12-31."
    try:
        day = _day(text, order)
    except ValueError:
        day, hint = None, "There is no such day in the calendar. Correct the cell."
    if day is not None:
        return day
    if order is None and is_slashed(text):
        hint = (
            "The cells do not show whether the day or the month comes first. Set "
            'date_order = "dmy" or "mdy" in hcc2l.toml, or write dates as 2020-12-31.'
        )
    raise InputError(
        f"{text!r} cannot be read as a date.",
        where=f"{cohort.source.name}, column {name}, {row_where(cohort, row)}",
        hint=hint,
    )
