"""Dates and events that contradict each other, or cannot be read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hcc2l.analyses.check.data import NO_DAY, Found, FoundColumn
from hcc2l.analyses.check.finding import (
    CORRECT,
    Finding,
    Findings,
    for_example,
    in_column,
    rows_where,
)
from hcc2l.design.dates import is_slashed, year_seems_first
from hcc2l.design.endpoints import DAYS_PER, days_between
from hcc2l.wording import counted, listed

_LATER_DATES = {
    "death_date": "Death",
    "progression_date": "Progression",
    "last_contact": "Last contact",
}
_TOLERANCE = 5.0  # days by which a duration may differ from its dates


def dates_before_start(found: Found) -> Findings:
    """Death, progression or last contact before the start of treatment."""
    start = found.of("start_date")
    if start is None or start.days is None:
        return
    for field, word in _LATER_DATES.items():
        for column in found.all_of(field):
            rows = rows_where(column.days < start.days) if column.days is not None else ()
            if rows:
                yield Finding(
                    "error", "date-before-start", column.name, rows,
                    f"{word} before the start of treatment ({start.name}).", CORRECT,
                )  # fmt: skip


def dates_after_death(found: Found) -> Findings:
    """Progression or last contact after death, unless the date of death is itself impossible."""
    death, start = found.of("death_date"), found.of("start_date")
    if death is None or death.days is None:
        return
    died = death.days
    if start is not None and start.days is not None:
        died = np.where(died < start.days, NO_DAY, died)
    for field, word in _LATER_DATES.items():
        for column in found.all_of(field):
            rows = rows_where(column.days > died) if column.days is not None else ()
            if rows:
                yield Finding(
                    "warning", "date-after-death", column.name, rows,
                    f"{word} after the date of death ({death.name}).", CORRECT,
                )  # fmt: skip


def events_and_dates(found: Found) -> Findings:
    """An event without its date, or a date without the event."""
    for event, date in (
        (found.of("death"), found.of("death_date")),
        (found.of("progression"), found.of("progression_date")),
    ):
        if event is None or date is None or event.events is None or _composite(event):
            continue
        dead = event.code == "death"
        undated = rows_where((event.events == 1) & ~date.present)
        if undated:
            yield Finding(
                "error", "event-without-date", event.name, undated,
                f"{'Death' if dead else 'Progression'} without a date in {date.name}.", CORRECT,
            )  # fmt: skip
        dated = rows_where((event.events == 0) & date.present)
        if dated:
            yield Finding(
                "error", "date-without-event", event.name, dated,
                f"{'Alive' if dead else 'No progression'}, but with a date in {date.name}.",
                CORRECT,
            )  # fmt: skip


def _composite(event: FoundColumn) -> bool:
    """Whether death counts as the event too, so that its date may be that of death."""
    return "pfs" in event.name.casefold()


def durations_and_dates(found: Found) -> Findings:
    """A duration that its own dates contradict."""
    start, time, last = found.of("start_date"), found.of("os_time"), found.of("last_contact")
    death = found.of("death_date")
    if start is None or time is None or time.numbers is None or time.unit not in DAYS_PER:
        return
    ends = [c.days for c in (death, last) if c is not None and c.days is not None]
    if start.days is None or not ends:
        return
    until = ends[0] if len(ends) == 1 else np.where(np.isnat(ends[0]), ends[1], ends[0])
    days = days_between(start.days, until)
    known = days >= 0
    if death is not None and last is None:
        known &= death.present
    stated = time.numbers * DAYS_PER[time.unit]
    rounding = 0.05 * DAYS_PER[time.unit]
    rows = rows_where(known & (np.abs(days - stated) > _TOLERANCE + rounding))
    if rows:
        yield Finding(
            "error", "duration-and-dates", time.name, rows,
            f"The time differs by more than {_TOLERANCE:g} days from the dates.",
            CORRECT,
        )  # fmt: skip


def impossible_dates(found: Found) -> Findings:
    """Dates after the day of the file, or before any patient could have been treated."""
    modified = found.cohort.source.modified
    for column in found.columns:
        if column.days is None:
            continue
        if modified is not None:
            rows = rows_where(column.days > np.datetime64(modified, "D"))
            if rows:
                yield Finding(
                    "error", "date-in-future", column.name, rows,
                    f"{counted(len(rows), 'date')} after the day on which the file was last "
                    "changed.", _or_missing(column, rows),
                )  # fmt: skip
        earliest = "1890-01-01" if column.code == "birth_date" else "1950-01-01"
        rows = rows_where(column.days < np.datetime64(earliest, "D"))
        if rows:
            yield Finding(
                "error", "date-impossible", column.name, rows,
                f"{counted(len(rows), 'date')} before {earliest[:4]}.", CORRECT,
            )  # fmt: skip


def _or_missing(column: FoundColumn, rows: Sequence[int]) -> str:
    """What to do about dates in the future; one such as 31.12.9999 stands for none."""
    assert column.days is not None
    day = str(column.days[rows[0]])
    if day < "2100":
        return CORRECT
    return f"{CORRECT} If they mean that there is no date, use --na {day}."


def date_orders(found: Found) -> Findings:
    """Dates with slashes of which nothing shows whether the day or the month comes first."""
    backwards = [c.name for c in found.columns if _year_seems_first(found, c)]
    if backwards:
        yield Finding(
            "warning", "date-order", None, (),
            f"The year seems to come first in dates of two digits: {listed(backwards)}.",
            "State the order (ymd, dmy or mdy):", 'date_order = "ymd"',
        )  # fmt: skip
        return
    mixed, unclear = _orders(found)
    names = [c.name for c in found.columns if c.days is not None and any(map(is_slashed, c.texts))]
    if not names or not (mixed or unclear):
        return
    paste = 'date_order = "dmy"'
    if mixed:
        yield Finding(
            "error", "date-order", None, (),
            f"Some dates have the day first, others the month: {listed(names)}.",
            "Correct those in one order, and state the other one (dmy or mdy):", paste,
        )  # fmt: skip
    else:
        yield Finding(
            "warning", "date-order", None, (),
            f"No cell shows whether the day or the month comes first: {listed(names)}.",
            "State the order (dmy or mdy):", paste,
        )  # fmt: skip


def _year_seems_first(found: Found, column: FoundColumn) -> bool:
    """Whether dates such as `19.03.28` may begin with the year, and no order is stated."""
    stated = found.cohort.dictionary.date_order is not None
    return column.days is not None and not stated and year_seems_first(column.texts)


def _orders(found: Found) -> tuple[bool, bool]:
    """Whether the file has both orders of day and month, and whether nothing shows which."""
    first, second = found.slashed
    if found.cohort.dictionary.date_order or not first:
        return False, False
    return first > 12 and second > 12, first <= 12 and second <= 12


def unread_dates(found: Found) -> Findings:
    """Cells among dates that are no dates."""
    unordered = any(_orders(found))
    for column in found.columns:
        if column.days is None or column.serial or _year_seems_first(found, column):
            continue
        rows = [r for r in column.unread.tolist() if not (unordered and is_slashed(column.cell(r)))]
        if rows:
            yield Finding(
                "error", "date-unreadable", column.name, tuple(rows),
                f"{counted(len(rows), 'cell')} cannot be read as a date"
                f"{for_example(column.cell(rows[0]))}.",
                "Write dates as 2020-12-31, or give the text with --na if it means missing.",
            )  # fmt: skip


def serial_dates(found: Found) -> Findings:
    """Days counted by a spreadsheet."""
    for column in found.columns:
        if column.serial and column.days is not None:
            known = column.days[~np.isnat(column.days)]
            yield Finding(
                "warning", "date-serials", column.name, (),
                f"The numbers are days since 1899-12-30, {known.min()} to {known.max()}.",
                paste=in_column(column, 'type = "date"'),
            )  # fmt: skip
