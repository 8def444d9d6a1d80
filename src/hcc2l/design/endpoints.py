"""Endpoints: times and events from columns or from dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from hcc2l.cohort import Cohort
from hcc2l.design.dates import read_dates
from hcc2l.design.levels import ENGLISH_PAIRS, distinct, matching, natural_order
from hcc2l.design.rows import Floats, Ints, Mask, numbers
from hcc2l.dictionary import EndpointEntry, endpoint_label, unit_from_name
from hcc2l.errors import AnalysisError, InputError, UsageError, did_you_mean, quoted_list
from hcc2l.specs import SurvivalSpec
from hcc2l.terms import Assignment, parse_assignment, parse_term

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
        days, weeks, months or years; None when it is not known.
    event_name
        The event by its columns: `death`, `status=2`, `progression_date or death_date`.
    columns
        The columns from which it was computed.
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
    columns: tuple[str, ...]
    recognised: bool = False
    other_values: tuple[str, ...] = ()

    @property
    def described(self) -> str:
        """The columns and the event, for the footer: `os_months, death`."""
        if len(self.columns) == 2:
            return f"{self.columns[0]}, {self.event_name}"
        return f"{self.columns[0]} to {self.event_name}, else {self.columns[-1]}"

    @cached_property
    def whole(self) -> bool:
        """Whether all times are whole numbers."""
        times = self.time[~np.isnan(self.time)]
        return bool(np.all(times == np.floor(times)))

    def decimals(self, values: Sequence[object]) -> int:
        """Decimal places of times: 0 when data and values are whole numbers, else 1 or 2."""
        if not self.whole:
            return 2
        times = [float(v) for v in values if isinstance(v, (int, float))]
        return 0 if all(t.is_integer() for t in times) else 1


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
    endpoints = cohort.endpoints()
    entry = endpoints.get(spec.endpoint)
    if spec.time is not None or spec.event is not None:
        entry = _given_endpoint(spec, entry)
        return _from_columns(cohort, entry, keep, "--time", "--event")
    if entry is None:
        hint = did_you_mean(spec.endpoint, endpoints, listed=9) if endpoints else ""
        raise UsageError(
            f"There is no endpoint {spec.endpoint!r} in this cohort.",
            where="--endpoint",
            hint=f"{hint} Define it with --time COLUMN --event COLUMN, or in hcc2l.toml. "
            f"Columns: {quoted_list(cohort.names, 20)}.".strip(),
        )
    if entry.start:
        return _from_dates(cohort, entry, keep)
    if entry.recognised:
        return _from_columns(cohort, entry, keep, "recognised time", "recognised event")
    place = f"hcc2l.toml, endpoints.{entry.name}"
    return _from_columns(cohort, entry, keep, f"{place}.time", f"{place}.event")


def _given_endpoint(spec: SurvivalSpec, entry: EndpointEntry | None) -> EndpointEntry:
    """The endpoint of `--time` and `--event`; one alone replaces that part of the named one."""
    time = spec.time or (entry.time if entry else None)
    event = spec.event or (entry.event if entry else None)
    if time is None or event is None:
        absent, given = ("--event", "--time") if event is None else ("--time", "--event")
        raise UsageError(
            f"This option needs {absent} as well.",
            where=given,
            hint="Give both: --time COLUMN --event COLUMN.",
        )
    if entry is not None and entry.time == time:
        return replace(entry, event=event, recognised=False, label=None)
    return EndpointEntry("custom", time, event)


def endpoint_columns(cohort: Cohort, spec: SurvivalSpec) -> list[str]:
    """Columns of the endpoint, unchecked, so that they can be read in one pass."""
    entry = cohort.endpoints().get(spec.endpoint, EndpointEntry(spec.endpoint))
    events = [e.partition("=")[0] for e in (spec.event, entry.event) if e]
    names = [spec.time, *events, entry.time, entry.start, *entry.end, entry.censor]
    return [name for name in names if name]


def _from_columns(
    cohort: Cohort, entry: EndpointEntry, keep: Mask, time_option: str, event_option: str
) -> Endpoint:
    assert entry.time is not None
    assert entry.event is not None
    time_name = parse_term(entry.time, cohort.nameable, time_option).column
    which = parse_assignment(entry.event, cohort.nameable, event_option)
    time = numbers(cohort, time_name, keep)
    _refuse_negative(cohort, time, keep, time_name)
    event, others = read_event(cohort, which, keep)
    dictionary_unit = cohort.dictionary.column(time_name).unit
    return Endpoint(
        name=entry.name,
        label=entry.label or endpoint_label(time_name, which.name) or f"Time to {which.name}",
        unit=entry.unit or dictionary_unit or unit_from_name(time_name),
        time=time,
        event=event,
        event_name=which.name,
        columns=(time_name, which.column),
        recognised=entry.recognised,
        other_values=others,
    )


def _from_dates(cohort: Cohort, entry: EndpointEntry, keep: Mask) -> Endpoint:
    assert entry.start is not None
    assert entry.censor is not None
    names = [
        parse_term(n, cohort.nameable, f"endpoints.{entry.name}").column
        for n in (entry.start, *entry.end, entry.censor)
    ]
    dates = read_dates(cohort, names, keep)
    start, ends, censor = dates[names[0]], [dates[n] for n in names[1:-1]], dates[names[-1]]
    first = np.fmin.reduce(np.array(ends))  # fmin ignores NaT: the earliest date
    happened = ~np.isnat(first)
    until = np.where(happened, first, censor)
    days = (until - start) / np.timedelta64(1, "D")
    observed = ~(np.isnat(until) | np.isnat(start))
    time = np.where(observed, days, np.nan)
    unit = entry.unit or "months"
    _refuse_negative(cohort, time, keep, f"{names[0]} … {names[-1]}", "date before the start")
    return Endpoint(
        name=entry.name,
        label=entry.label or entry.name,
        unit=unit,
        time=time / DAYS_PER[unit],
        event=np.where(observed, happened, -1).astype(np.int64),
        event_name=" or ".join(names[1:-1]),
        columns=tuple(names),
    )


def _refuse_negative(
    cohort: Cohort, time: Floats, keep: Mask, name: str, what: str = "negative time"
) -> None:
    bad = np.flatnonzero(keep & ((time < 0) | np.isinf(time)))
    if bad.size:
        rows = quoted_list(cohort.row_name(int(i)) for i in bad)
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
    occurring = [texts[i] for i in np.unique(codes[keep]) if i >= 0]
    levels = natural_order(occurring)
    if len(levels) > 10 and column.kind == "number":
        raise UsageError(
            f"{column.name} has {len(levels)} different numbers, so it looks like a duration, not "
            "an event.",
            where=option,
            hint="Give a column such as death (0/1), or COL=VALUE.",
        )
    if which.value is None:
        _refuse_unclear(column.name, levels, option)
        meaning = [_EVENT_WORDS.get(text.casefold(), -1) for text in texts]
        return np.array([*meaning, -1], dtype=np.int64)[codes], ()
    matches = matching(which.value, column, texts)
    if not matches:
        raise UsageError(
            f"There is no value {which.value!r} in {column.name}.",
            where=option,
            hint=did_you_mean(which.value, levels) or f"Its values are {quoted_list(levels)}.",
        )
    table = np.array([*(int(t in matches) for t in texts), -1], dtype=np.int64)
    others = tuple(t for t in levels if t not in matches)
    return table[codes], others if len(others) > 1 else ()


def _refuse_unclear(name: str, levels: Sequence[str], option: str) -> None:
    """Refuse values that do not show which of them means the event."""
    if all(level.casefold() in _EVENT_WORDS for level in levels):
        return
    kind = "outcome" if option == "--outcome" else "event"
    flag = option if option.startswith("--") else "--event"
    if len(levels) > 10:
        raise UsageError(
            f"{name} has {len(levels)} different values, too many for an {kind}.",
            where=option,
            hint="Give a column such as death (0/1), or COL=VALUE.",
        )
    raise UsageError(
        f"{name} has the values {quoted_list(levels)}; it is not clear which of them means the "
        f"{kind}.",
        where=option,
        hint=f"If 2 means the {kind}, use {flag} '{name}=2'."
        if levels == ("1", "2")
        else f"Use {flag} '{name}=VALUE', with the value that means the {kind}.",
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
