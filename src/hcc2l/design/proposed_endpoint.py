"""An endpoint that a cohort's dates could make: proposed in a message, never assumed."""

from __future__ import annotations

import shlex

from hcc2l.cohort import Cohort
from hcc2l.design.dates import looks_like_dates
from hcc2l.dictionary import EndpointEntry, endpoint_name
from hcc2l.errors import quoted_list
from hcc2l.levels import distinct, event_levels, natural_order
from hcc2l.vocabulary import suggests

_MOST_STATUSES = 6  # values of a status; a column with more is none
_EVENTS = {"os": ("death",), "pfs": ("progression", "death"), "ttp": ("progression",)}


def how_to_define(cohort: Cohort, name: str, dates: list[str]) -> str:
    """A hint on defining an endpoint: the columns of dates, and options to paste if they make one.

    Columns are judged by their names, so the options are a proposal for the reader to check.
    """
    by_columns = "--time COLUMN --event COLUMN, or in hcc2l.toml"
    columns = f"Columns: {quoted_list(cohort.names, 20)}."
    if not dates:
        return f"Define it with {by_columns}. {columns}"
    entry = proposed_endpoint(cohort, name, dates)
    options = "--start COLUMN --end COLUMN --event COLUMN=VALUE"
    if entry is not None:
        options = option_line(entry)
    return (
        f"Define it from the dates in {quoted_list(dates, 9)}: {options}. Or define it with "
        f"{by_columns}. {columns}"
    )


def date_columns(cohort: Cohort) -> list[str]:
    """The columns whose cells all are dates."""
    cohort.load(cohort.names)
    columns = [cohort.as_it_stands(name) for name in cohort.names]
    return [c.name for c in columns if c.kind == "date" or looks_like_dates(c)]


def proposed_endpoint(cohort: Cohort, name: str, dates: list[str]) -> EndpointEntry | None:
    """The endpoint `name` (`os`, `pfs` or `ttp`) from dates; None when one of them is not found."""
    start, last = _named("start", dates), _named("last", dates)
    if start is None or last is None or name not in _EVENTS:
        return None
    others = [date for date in dates if date not in (start, last)]  # not "last contact or death"
    ends = [_named(event, others) for event in _EVENTS[name]]
    found = tuple(end for end in ends if end is not None)
    label = endpoint_name(name)
    if len(found) == len(ends):
        return EndpointEntry(name, start=start, end=found, censor=last, label=label)
    status = _status(cohort, dates) if name == "os" else None
    if status is None:
        return None
    return EndpointEntry(name, start=start, end=(last,), event=status, label=label)


def option_line(entry: EndpointEntry) -> str:
    """The options that define an endpoint from dates, quoted for a shell."""
    parts = {
        "--start": entry.start,
        "--end": ",".join(entry.end),
        "--censor": entry.censor,
        "--event": entry.event,
        "--label": entry.label,
    }
    return " ".join(f"{option} {shlex.quote(text)}" for option, text in parts.items() if text)


def _named(what: str, names: list[str]) -> str | None:
    """The first column whose name says that it holds this."""
    return next((name for name in names if suggests(name, what)), None)


def _status(cohort: Cohort, dates: list[str]) -> str | None:
    """The column, or ``COL=VALUE``, that says whether a patient has died."""
    others = [name for name in cohort.names if name not in dates]
    for what in ("death", "status"):
        for name in others:
            if not suggests(name, what):
                continue
            texts, _ = distinct(cohort.as_it_stands(name))
            levels = natural_order(texts)
            if 0 < len(levels) <= _MOST_STATUSES:
                return f"{name}={(event_levels(name, levels) or ('VALUE',))[0]}"
    return None
