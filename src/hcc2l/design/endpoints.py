"""Endpoints: times and events from a column of times or from dates."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hcc2l.cohort import Cohort, Column
from hcc2l.column import occurrences, small
from hcc2l.design.chosen_endpoint import chosen_endpoint
from hcc2l.design.dates import looks_like_dates, read_dates
from hcc2l.design.rows import Floats, Ints, Mask, numbers
from hcc2l.dictionary import EndpointEntry, endpoint_label, unit_from_name
from hcc2l.errors import AnalysisError, InputError, UsageError, did_you_mean, quoted_list
from hcc2l.levels import (
    ENGLISH_PAIRS,
    affirmative,
    distinct,
    event_levels,
    matching,
    natural_order,
)
from hcc2l.specs import SurvivalSpec
from hcc2l.terms import Assignment, known_column, parse_assignment

_DAY = np.timedelta64(1, "D")
_PART = 10_000  # times looked at at once, of which the first mostly show whether all are whole
Days = NDArray[np.datetime64]
DAYS_PER = {"days": 1.0, "weeks": 7.0, "months": 30.4375, "years": 365.25}
# Other languages need COL=VALUE: an event must not be guessed.
_EVENT_WORDS = {"0": 0, "1": 1} | {
    word: value for pair in ENGLISH_PAIRS for value, words in enumerate(pair) for word in words
}


@dataclass(frozen=True)
class Endpoint:
    """A resolved endpoint; arrays have one entry per row of the cohort.

    Attributes
    ----------
    time
        Shape (n,), in `unit`; NaN where unknown.
    event
        Shape (n,): 1 event, 0 none, -1 unknown; 2 the competing event.
    unit
        The unit of `time`: days, weeks, months or years; None when it is not known.
    event_name
        The event by its columns: `death`, `status=2`, `progression_date or death_date`.
    time_columns
        The column of times; or the dates: start, end or ends, and the date of censoring.
    event_column
        The column of the event; None where dates tell.
    file_unit
        The unit of the column of times in the file, where it was converted to `unit`.
    recognised
        Whether it was recognised by its column names.
    other_values
        Values of the event column that are treated as censored, when there are several.
    """

    name: str
    label: str
    unit: str | None
    time: Floats
    event: Ints
    event_name: str
    time_columns: tuple[str, ...]
    event_column: str | None = None
    file_unit: str | None = None
    recognised: bool = False
    other_values: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns from which it was computed."""
        return self.time_columns + ((self.event_column,) if self.event_column else ())

    @property
    def from_dates(self) -> bool:
        """Whether the times were computed from dates."""
        return len(self.time_columns) > 1

    @property
    def computed(self) -> bool:
        """Whether the times are not those of the file: from dates, or in another unit."""
        return self.from_dates or self.file_unit is not None

    @property
    def described(self) -> str:
        """The columns and the event, for the footer: `os_months, death`."""
        first, last = self.time_columns[0], self.time_columns[-1]
        if self.event_column is None:
            return f"{first} to {self.event_name}, else {last}"
        if self.from_dates:
            return f"{first} to {last}, {self.event_name}"
        return f"{first}{f' in {self.file_unit}' if self.file_unit else ''}, {self.event_name}"

    @property
    def settings(self) -> dict[str, object]:
        """The options that define it, as resolved."""
        first, *dates = self.time_columns
        censor = dates.pop() if self.event_column is None else None
        return {
            "endpoint": self.name,
            "time": None if self.from_dates else first,
            "event": self.event_name,
            "start": first if self.from_dates else None,
            "end": dates,
            "censor": censor,
            "unit": self.file_unit or self.unit,
            "time_unit": self.unit,
            "label": self.label,
        }

    @cached_property
    def whole(self) -> bool:
        """Whether all times are whole numbers."""
        parts = (self.time[at : at + _PART] for at in range(0, self.time.size, _PART))
        return all(bool(np.all(np.isnan(t) | (t == np.floor(t)))) for t in parts)

    def decimals(self, values: Sequence[object]) -> int:
        """Decimal places of times: 0 when data and values are whole numbers, else 1 or 2."""
        if not self.whole:
            return 2
        times = [float(v) for v in values if isinstance(v, (int, float))]
        return 0 if all(t.is_integer() for t in times) else 1


def endpoint_columns(cohort: Cohort, spec: SurvivalSpec) -> list[str]:
    """Columns of the endpoint, unchecked, so that they can be read in one pass."""
    entry = cohort.endpoints().get(spec.endpoint, EndpointEntry(spec.endpoint))
    events = [e.partition("=")[0] for e in (spec.event, entry.event) if e]
    ends = [name for text in spec.end for name in (text, *text.split(","))]
    names = [spec.time, spec.start, *ends, spec.censor, *events]
    names += [entry.time, entry.start, *entry.end, entry.censor]
    return [name for name in names if name]


def resolve_endpoint(cohort: Cohort, spec: SurvivalSpec, keep: Mask | None = None) -> Endpoint:
    """The endpoint that the spec asks for; only the cells of `keep` rows are checked.

    Raises
    ------
    UsageError
        No such endpoint or column, or an event column that needs ``COL=VALUE``.
    InputError
        A time is negative or not a number, or a date cannot be read.
    """
    if keep is None:
        keep = np.ones(cohort.rows, dtype=np.bool_)
    chosen = chosen_endpoint(cohort, spec)
    if chosen.entry.start:
        return _from_dates(cohort, chosen.entry, keep, chosen.place, spec.time_unit)
    return _from_columns(cohort, chosen.entry, keep, chosen.place, spec.time_unit)


def _from_columns(
    cohort: Cohort, entry: EndpointEntry, keep: Mask, place: str, time_unit: str | None
) -> Endpoint:
    assert entry.time is not None
    assert entry.event is not None
    time_name = known_column(entry.time, cohort.nameable, f"{place}time")
    which = parse_assignment(entry.event, cohort.nameable, f"{place}event")
    time = numbers(cohort, time_name, keep)
    _refuse_negative(cohort, time, keep, time_name)
    event, others = read_event(cohort, which, keep)
    unit = entry.unit or cohort.unit(time_name) or unit_from_name(time_name)
    shown = time if time_unit is None else converted(time, unit, time_unit, time_name)
    return Endpoint(
        name=entry.name,
        label=entry.label or endpoint_label(time_name, which.name) or f"Time to {which.name}",
        unit=time_unit or unit,
        time=shown,
        event=event,
        event_name=which.name,
        time_columns=(time_name,),
        event_column=which.column,
        file_unit=None if shown is time else unit,
        recognised=entry.recognised,
        other_values=others,
    )


def converted(time: Floats, unit: str | None, time_unit: str, column: str) -> Floats:
    """Times in another unit; months have 30.4375 days, years 365.25.

    Raises
    ------
    UsageError
        Their unit is not known.
    """
    known = (unit or "").casefold().removesuffix("s") + "s"  # a dictionary may have "Month"
    if known not in DAYS_PER:
        stated = f"{unit!r} is not a unit of time" if unit else "their unit is not known"
        raise UsageError(
            f"The times in {column} cannot be converted to {time_unit}: {stated}.",
            where="--time-unit",
            hint=f"State their unit with --unit: {', '.join(DAYS_PER)}.",
        )
    return time if known == time_unit else time * DAYS_PER[known] / DAYS_PER[time_unit]


def _from_dates(
    cohort: Cohort, entry: EndpointEntry, keep: Mask, place: str, time_unit: str | None
) -> Endpoint:
    """Times from the start to one date, with a status; or to the first event, else censored."""
    assert entry.start is not None
    names = (entry.start, *entry.end, *([entry.censor] if entry.censor else []))
    dates = read_dates(cohort, names, keep)
    start, last = dates[names[0]], dates[names[-1]]
    event_column, event_name = None, " or ".join(entry.end)
    others: tuple[str, ...] = ()
    if entry.event is None:
        days, event = to_first_event(start, [dates[name] for name in entry.end], last)
    else:
        which = parse_assignment(entry.event, cohort.nameable, f"{place}event")
        event, others = read_event(cohort, which, keep)
        event_column, event_name = which.column, which.name
        days = days_between(start, last)
    unit = time_unit or entry.unit or "months"
    _refuse_negative(cohort, days, keep, f"{names[0]} … {names[-1]}", "date before the start")
    return Endpoint(
        name=entry.name,
        label=entry.label or f"Time to {event_name}",
        unit=unit,
        time=days / DAYS_PER[unit],
        event=event,
        event_name=event_name,
        time_columns=names,
        event_column=event_column,
        other_values=others,
    )


def days_between(start: Days, until: Days) -> Floats:
    """Days from one date to another, shape (n,); NaN where either is missing."""
    return np.asarray((until - start) / _DAY, dtype=np.float64)  # NaN from NaT


def to_first_event(start: Days, ends: Sequence[Days], last: Days) -> tuple[Floats, Ints]:
    """Days from the start to the first event, else to the last contact; and the events.

    Parameters
    ----------
    ends
        Dates of events, shape (n,) each; NaT where there was none.

    Returns
    -------
    days, event
        Shape (n,): NaN, and -1, where the time is unknown; 1 event, 0 none.
    """
    first = np.fmin.reduce(np.array(ends))  # fmin ignores NaT
    happened = ~np.isnat(first)
    days = days_between(start, np.where(happened, first, last))
    return days, np.where(np.isnan(days), -1, happened).astype(np.int64)


def _refuse_negative(
    cohort: Cohort, time: Floats, keep: Mask, name: str, what: str = "negative time"
) -> None:
    if np.fmin.reduce(time) >= 0 and np.fmax.reduce(time) < np.inf:  # NaN where there is no time
        return
    bad = np.flatnonzero(keep & ((time < 0) | np.isinf(time)))
    if bad.size:
        rows = quoted_list(cohort.row_name(int(i)) for i in bad)
        what = f"{what} or an infinite one" if np.isinf(time[bad]).any() else what
        raise InputError(
            f"{bad.size} row{'s have' if bad.size > 1 else ' has'} a {what}: {rows}.",
            where=f"{cohort.source.name}, column {name}",
            hint="Correct the cells, or exclude these rows with --where.",
        )


def read_event(cohort: Cohort, which: Assignment, keep: Mask) -> tuple[Ints, tuple[str, ...]]:
    """Events (1), no events (0) and unknown (-1), shape (n,); and the other values, if several.

    Only the values of `keep` rows are checked.

    Raises
    ------
    UsageError
        The values are not a known pair and ``COL=VALUE`` was not given; the value does not occur;
        or the column is a duration.
    """
    column, option = cohort.column(which.column), which.option
    texts, codes = distinct(column)
    occurring = [texts[i] for i in np.flatnonzero(occurrences(codes, len(texts), keep))]
    levels = natural_order(occurring)
    if len(levels) > 10 and column.kind == "number":
        raise UsageError(
            f"{column.name} has {len(levels)} different numbers, so it looks like a duration, not "
            "an event.",
            where=option,
            hint="Give a column such as death (0/1), or COL=VALUE.",
        )
    if which.value is None:
        _refuse_unclear(column, levels, option)
        meaning = [_EVENT_WORDS.get(text.casefold(), -1) for text in texts]
        return small(np.array([*meaning, -1]))[codes], ()
    matches = matching(which.value, column, texts)
    if not matches:
        raise UsageError(
            f"There is no value {which.value!r} in {column.name}.",
            where=option,
            hint=did_you_mean(which.value, levels) or f"Its values are {quoted_list(levels)}.",
        )
    table = small(np.array([*(int(t in matches) for t in texts), -1]))
    others = tuple(t for t in levels if t not in matches)
    return table[codes], others if len(others) > 1 else ()


def _refuse_unclear(column: Column, levels: Sequence[str], option: str) -> None:
    """Refuse values that do not show which of them means the event."""
    name, kind = column.name, "outcome" if option == "--outcome" else "event"
    events, yes = event_levels(name, levels), affirmative(levels)
    if kind == "event" and events and events != yes:
        raise UsageError(
            f"{name} seems to ask whether the patient is alive or censored, so that {yes[0]} would "
            "not mean the event.",
            where=option,
            hint=f"Name the value of the event: --event {shlex.quote(f'{name}={events[0]}')}.",
        )
    if all(level.casefold() in _EVENT_WORDS for level in levels):
        return
    if kind == "event" and (column.kind == "date" or looks_like_dates(column)):
        raise UsageError(
            f"{name} has dates, not a status.",
            where=option,
            hint=f"If they are the dates of the event: --start COL --end {shlex.quote(name)} "
            "--censor LAST_CONTACT.",
        )
    flag = option if option.startswith("--") else "--event"
    if len(levels) > 10:
        raise UsageError(
            f"{name} has {len(levels)} different values, too many for an {kind}.",
            where=option,
            hint="Give a column such as death (0/1), or COL=VALUE.",
        )
    likely = f": perhaps '{name}={events[0]}'" if len(events) == 1 else ""
    raise UsageError(
        f"{name} has the values {quoted_list(levels)}; it is not clear which of them means the "
        f"{kind}.",
        where=option,
        hint=f"If 2 means the {kind}, use {flag} '{name}=2'."
        if levels == ("1", "2")
        else f"Use {flag} '{name}=VALUE', with the value that means the {kind}{likely}.",
    )


def add_competing(cohort: Cohort, endpoint: Endpoint, which: Assignment, keep: Mask) -> Endpoint:
    """The endpoint with the competing event coded 2, and -1 where it is not known.

    A row with both events counts for the endpoint, whose event came first.
    """
    competing, _ = read_event(cohort, which, keep)
    event = np.where((endpoint.event == 0) & (competing == 1), 2, endpoint.event)
    # Without the endpoint's event, a row is censored only if the competing event is known.
    event = np.where((endpoint.event == 0) & (competing < 0), -1, event)
    if not (event[keep] == 2).any():
        raise AnalysisError(
            f"No patient has the competing event {which.text!r} without the event of the endpoint.",
            where=which.option,
            hint="Check the value: it must not be one that the endpoint counts as its event.",
        )
    of_endpoint = which.column in endpoint.columns
    others = tuple(o for o in endpoint.other_values if not of_endpoint or o != which.value)
    return replace(endpoint, event=event, other_values=others if len(others) > 1 else ())
