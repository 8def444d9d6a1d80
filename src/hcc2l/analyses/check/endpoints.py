"""The endpoints of a cohort: those at hand, and those that its columns could make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from shlex import quote

import numpy as np

from hcc2l.analyses.check.data import Days, Found, FoundColumn, FoundEndpoint
from hcc2l.analyses.check.toml import array, text
from hcc2l.design import Floats, Ints, Mask, resolve_endpoint
from hcc2l.design.endpoints import DAYS_PER, days_between, to_first_event
from hcc2l.errors import Hcc2lError, InputError, quoted_list
from hcc2l.levels import ENGLISH_PAIRS, affirmative
from hcc2l.specs import SurvivalSpec
from hcc2l.stats import kaplan_meier as estimator

# Values of an event that need no COL=VALUE.
_UNDERSTOOD = {"0", "1"} | {w for pair in ENGLISH_PAIRS for words in pair for w in words}


def find_endpoints(found: Found, conf_level: float) -> tuple[FoundEndpoint, ...]:
    """The endpoints of the dictionary, those recognised by name, and those that are proposed."""
    at_hand = [_at_hand(found, name, conf_level) for name in found.cohort.endpoints()]
    names = {e.name for e in at_hand if e.source == "dictionary" or not e.problem}
    proposed = [
        endpoint
        for name, make in (("os", _survival), ("pfs", _progression_free))
        if name not in names
        for endpoint in [make(found, conf_level)]
        if endpoint is not None
    ]
    replaced = {endpoint.name for endpoint in proposed}
    return (*(e for e in at_hand if not (e.problem and e.name in replaced)), *proposed)


def _at_hand(found: Found, name: str, conf_level: float) -> FoundEndpoint:
    """An endpoint that every command has, or why it cannot be computed."""
    cohort = found.cohort
    entry = cohort.endpoints()[name]
    source = "recognised" if entry.recognised else "dictionary"
    parts = [entry.time, (entry.event or "").partition("=")[0], entry.start, *entry.end]
    columns = tuple(part for part in [*parts, entry.censor] if part)
    keep = np.zeros(cohort.rows, dtype=np.bool_)
    keep[found.rows] = True
    try:
        endpoint = resolve_endpoint(cohort, SurvivalSpec(endpoint=name), keep)
    except Hcc2lError as error:
        message = error.message
        if isinstance(error, InputError):  # it names patients
            message = "a cell of its columns cannot be used."
        return FoundEndpoint(
            name, entry.label or name, source, columns, entry.time or entry.start or "",
            entry.event or " or ".join(entry.end), entry.unit, problem=message,
            hint="" if isinstance(error, InputError) else error.hint or "",
        )  # fmt: skip
    return _described(
        FoundEndpoint(
            name, endpoint.label, source, endpoint.columns, endpoint.columns[0],
            endpoint.event_name, endpoint.unit, described=endpoint.described,
        ),
        endpoint.time[found.rows],
        endpoint.event[found.rows],
        conf_level,
    )  # fmt: skip


def _survival(found: Found, conf_level: float) -> FoundEndpoint | None:
    """Overall survival from a duration and an event, else from dates, by recognised columns.

    None where two columns could each be one of its parts: that choice is the analyst's.
    """
    if any(len(found.all_of(code)) > 1 for code in ("os_time", "death", "start_date")):
        return None
    time = next((c for c in found.all_of("os_time") if c.numbers is not None), None)
    event = found.of("death")
    if time is not None and event is not None:
        return _from_columns("os", "Overall survival", time, event, conf_level)
    start, died = found.of("start_date"), found.of("death_date")
    last = found.of("last_contact")
    if start is None or last is None:
        return None
    if died is not None:
        return _from_dates("os", "Overall survival", start, [died], last, conf_level)
    if event is not None:
        return _from_last_contact(start, last, event, conf_level)
    return None


def _progression_free(found: Found, conf_level: float) -> FoundEndpoint | None:
    """Progression-free survival, likewise."""
    label = "Progression-free survival"
    time, event = found.of("pfs_time"), found.of("progression")
    if time is not None and time.numbers is not None and event is not None:
        return _from_columns("pfs", label, time, event, conf_level)
    start, last = found.of("start_date"), found.of("last_contact")
    dates = [found.of("progression_date"), found.of("death_date")]
    ends = [date for date in dates if date is not None]
    if start is None or last is None or len(ends) < 2:
        return None
    return _from_dates("pfs", label, start, ends, last, conf_level)


def _from_columns(
    name: str, label: str, time: FoundColumn, event: FoundColumn, conf_level: float
) -> FoundEndpoint:
    value, problem, hint = _event_value(event)
    event_name = f"{event.name}={value}" if value else event.name
    lines = (
        f"[endpoints.{name}]",
        f"time = {text(time.name)}",
        f"event = {text(event_name)}",
        f'unit = "{time.unit or likely_unit(time)}"'
        + ("" if time.unit else "  # by its values: check"),
    )
    options = (f"--time {quote(time.name)}", f"--event {quote(event_name)}")
    endpoint = FoundEndpoint(
        name, label, "proposed", (time.name, event.name), time.name, event_name, time.unit,
        f"{time.name}, {event_name}", options=options, lines=lines, problem=problem, hint=hint,
    )  # fmt: skip
    if event.events is None:
        return endpoint
    assert time.numbers is not None
    return _described(endpoint, time.numbers, event.events, conf_level)


def _from_last_contact(
    start: FoundColumn, last: FoundColumn, event: FoundColumn, conf_level: float
) -> FoundEndpoint:
    """Start, last contact and status: the last contact of a patient who died is the death."""
    value, problem, hint = _event_value(event)
    event_name = f"{event.name}={value}" if value else event.name
    endpoint = FoundEndpoint(
        "os", "Overall survival", "proposed", (start.name, last.name, event.name),
        start.name, event_name, "months", f"{start.name} to {last.name}, {event_name}",
        options=(f"--start {quote(start.name)}", f"--end {quote(last.name)}",
                 f"--event {quote(event_name)}"),
        lines=("[endpoints.os]", f"start = {text(start.name)}", f"end = [{text(last.name)}]",
               f"event = {text(event_name)}"),
        problem=problem, hint=hint,
    )  # fmt: skip
    dates = _dates(start, last)
    if event.events is None or dates is None:
        return endpoint
    time = days_between(*dates) / DAYS_PER["months"]
    return _described(endpoint, time, event.events, conf_level)


def _from_dates(
    name: str,
    label: str,
    start: FoundColumn,
    ends: Sequence[FoundColumn],
    last: FoundColumn,
    conf_level: float,
) -> FoundEndpoint:
    """Dates of the events and a date of last contact."""
    names = [end.name for end in ends]
    ending = ",".join(names)
    endpoint = FoundEndpoint(
        name, label, "proposed", (start.name, *names, last.name),
        start.name, " or ".join(names), "months",
        f"{start.name} to {' or '.join(names)}, else {last.name}",
        options=(f"--start {quote(start.name)}", f"--end {quote(ending)}",
                 f"--censor {quote(last.name)}"),
        lines=(f"[endpoints.{name}]", f"start = {text(start.name)}", f"end = {array(names)}",
               f"censor = {text(last.name)}"),
    )  # fmt: skip
    dates = _dates(start, *ends, last)
    if dates is None:
        return endpoint
    days, event = to_first_event(dates[0], dates[1:-1], dates[-1])
    return _described(endpoint, days / DAYS_PER["months"], event, conf_level)


def _dates(*columns: FoundColumn) -> list[Days] | None:
    """The dates of every column, shape (n,) each; None if a column has none."""
    dates = [c.days for c in columns if c.days is not None and not np.isnat(c.days).all()]
    return dates if len(dates) == len(columns) else None


def likely_unit(time: FoundColumn) -> str:
    """Days for times above 200, else months."""
    if time.numbers is None or np.isnan(time.numbers).all():
        return "months"
    return "days" if np.nanmax(time.numbers) > 200 else "months"


def _event_value(event: FoundColumn) -> tuple[str, str, str]:
    """The value to name as the event, empty if it goes without saying; else what is unclear."""
    if event.events is None:
        levels = list(event.levels)
        guess = {"1 2": "2", "0 1": "0"}.get(" ".join(levels), "VALUE")
        if not levels:
            return guess, f"the values of {event.name} are not those of an event.", ""
        said = f"which of the values {quoted_list(levels)} of {event.name} is the event?"
        return guess, said, "Name it:" if guess == "VALUE" else f"If it is {guess}:"
    plain = event.event_levels == affirmative(event.levels)
    if plain and all(level.casefold() in _UNDERSTOOD for level in event.levels):
        return "", "", ""
    return event.event_levels[0], "", ""


def _described(
    endpoint: FoundEndpoint, time: Floats, event: Ints, conf_level: float
) -> FoundEndpoint:
    """The endpoint with its numbers, from the rows that have a time and an event."""
    known: Mask = ~np.isnan(time) & (event >= 0) & (time >= 0)
    if not known.any():
        return replace(endpoint, n=0, events=0)
    times, happened = time[known], event[known] == 1
    median = estimator.quantiles(
        estimator.kaplan_meier(times, happened), (0.5,), "log", conf_level
    )[0]
    follow = estimator.quantiles(
        estimator.kaplan_meier(times, ~happened), (0.5,), "log", conf_level
    )[0]
    return replace(
        endpoint,
        n=int(known.sum()),
        events=int(happened.sum()),
        median=_number(median.estimate),
        lower=_number(median.lower),
        upper=_number(median.upper),
        follow_up=_number(follow.estimate),
    )


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
