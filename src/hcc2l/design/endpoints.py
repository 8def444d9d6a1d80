"""Endpoints: times and events from columns or from dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from hcc2l.cohort import Cohort, Column
from hcc2l.design.dates import read_dates
from hcc2l.design.levels import ENGLISH_PAIRS, distinct, matching, natural_order
from hcc2l.design.rows import Floats, Ints, Mask, numbers
from hcc2l.dictionary import EndpointEntry, endpoint_label, unit_from_name
from hcc2l.errors import AnalysisError, InputError, UsageError, did_you_mean, quoted_list
from hcc2l.specs import SurvivalSpec
from hcc2l.terms import parse_term, split_assignment

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
        days, weeks, months, years; None when nothing says it.
    event_name
        The event as columns say it: `death`, `status=2`, `progression_date or death_date`.
    columns
        The columns it was made from.
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
        known = self.time[~np.isnan(self.time)]
        return bool(np.all(known == np.floor(known)))

    def decimals(self, values: Sequence[object]) -> int:
        """Decimals of times: none when the data and the values are whole, else one or two."""
        if not self.whole:
            return 2
        known = [float(v) for v in values if isinstance(v, (int, float))]
        return 0 if all(v.is_integer() for v in known) else 1


def resolve_endpoint(cohort: Cohort, spec: SurvivalSpec, keep: Mask | None = None) -> Endpoint:
    """The endpoint that the spec asks for; only the cells of `keep` rows are checked.

    Raises
    ------
    UsageError
        No such endpoint or column, or an event column that needs ``COL=VALUE``.
    InputError
        A time that is negative or no number, or dates that cannot be read.
    """
    if keep is None:
        keep = np.ones(cohort.rows, dtype=np.bool_)
    known = cohort.endpoints()
    entry = known.get(spec.endpoint)
    if spec.time is not None or spec.event is not None:
        entry = _said_on_the_spot(spec, entry)
        return _from_columns(cohort, entry, keep, "--time", "--event")
    if entry is None:
        hint = did_you_mean(spec.endpoint, known, listed=9) if known else ""
        raise UsageError(
            f"The cohort has no endpoint {spec.endpoint!r}.",
            where="--endpoint",
            hint=f"{hint} Say it on the spot, --time COLUMN --event COLUMN, or in hcc2l.toml. "
            f"Columns: {quoted_list(cohort.names, 20)}.".strip(),
        )
    if entry.start:
        return _from_dates(cohort, entry, keep)
    if entry.recognised:
        return _from_columns(cohort, entry, keep, "recognised time", "recognised event")
    place = f"hcc2l.toml, endpoints.{entry.name}"
    return _from_columns(cohort, entry, keep, f"{place}.time", f"{place}.event")


def _said_on_the_spot(spec: SurvivalSpec, entry: EndpointEntry | None) -> EndpointEntry:
    """`--time` and `--event`; one of them alone replaces that part of the named endpoint."""
    time = spec.time or (entry.time if entry else None)
    event = spec.event or (entry.event if entry else None)
    if time is None or event is None:
        absent, given = ("--event", "--time") if event is None else ("--time", "--event")
        raise UsageError(
            f"{given} was given without {absent}.",
            where=given,
            hint="An endpoint said on the spot needs both: --time COLUMN --event COLUMN.",
        )
    if entry is not None and entry.time == time:
        return replace(entry, event=event, recognised=False, label=None)
    return EndpointEntry("custom", time, event)


def endpoint_columns(cohort: Cohort, spec: SurvivalSpec) -> list[str]:
    """Columns that the endpoint will need, to read them in one pass; no checks."""
    entry = cohort.endpoints().get(spec.endpoint, EndpointEntry(spec.endpoint))
    events = [e.partition("=")[0] for e in (spec.event, entry.event) if e]
    names = [spec.time, *events, entry.time, entry.start, *entry.end, entry.censor]
    return [name for name in names if name]


def _from_columns(
    cohort: Cohort, entry: EndpointEntry, keep: Mask, time_option: str, event_option: str
) -> Endpoint:
    assert entry.time is not None
    assert entry.event is not None
    time_name = parse_term(entry.time, cohort.names, time_option).column
    event_name, value = split_assignment(entry.event, cohort.names, event_option)
    time = numbers(cohort, time_name, keep)
    _refuse_negative(cohort, time, keep, time_name)
    event, others = read_event(cohort.column(event_name), value, event_option, keep)
    said = event_name if value is None else f"{event_name}={value}"
    dictionary_unit = cohort.dictionary.column(time_name).unit
    return Endpoint(
        name=entry.name,
        label=entry.label or endpoint_label(time_name, said) or f"Time to {said}",
        unit=entry.unit or dictionary_unit or unit_from_name(time_name),
        time=time,
        event=event,
        event_name=said,
        columns=(time_name, event_name),
        recognised=entry.recognised,
        other_values=others,
    )


def _from_dates(cohort: Cohort, entry: EndpointEntry, keep: Mask) -> Endpoint:
    assert entry.start is not None
    assert entry.censor is not None
    names = [
        parse_term(n, cohort.names, f"endpoints.{entry.name}").column
        for n in (entry.start, *entry.end, entry.censor)
    ]
    dates = read_dates(cohort, names, keep)
    start, ends, censor = dates[names[0]], [dates[n] for n in names[1:-1]], dates[names[-1]]
    first = np.fmin.reduce(np.array(ends))  # fmin passes over NaT: whichever came first
    happened = ~np.isnat(first)
    until = np.where(happened, first, censor)
    days = (until - start) / np.timedelta64(1, "D")
    known = ~(np.isnat(until) | np.isnat(start))
    time = np.where(known, days, np.nan)
    unit = entry.unit or "months"
    _refuse_negative(cohort, time, keep, f"{names[0]} … {names[-1]}", "date before the start")
    return Endpoint(
        name=entry.name,
        label=entry.label or entry.name,
        unit=unit,
        time=time / DAYS_PER[unit],
        event=np.where(known, happened, -1).astype(np.int64),
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
            hint="Correct the cells, or leave these rows out with --where.",
        )


def read_event(
    column: Column, value: str | None, option: str, keep: Mask
) -> tuple[Ints, tuple[str, ...]]:
    """Events as 1, none as 0, unknown as -1, shape (n,); and the other values, when several.

    Only the values of `keep` rows need to have a meaning.

    Raises
    ------
    UsageError
        The values are not a known pair and no ``COL=VALUE`` says which means the event; the
        value does not occur; or the column is a duration.
    """
    texts, codes = distinct(column)
    occurring = [texts[i] for i in np.unique(codes[keep]) if i >= 0]
    levels = natural_order(occurring)
    if len(levels) > 10 and column.kind == "number":
        raise UsageError(
            f"{column.name} looks like a duration, not an event: it has {len(levels)} different "
            "numbers.",
            where=option,
            hint="The event is a column such as death (0/1), or COL=VALUE.",
        )
    if value is None:
        _refuse_unclear(column.name, levels, option)
        meaning = [_EVENT_WORDS.get(text.casefold(), -1) for text in texts]
        return np.array([*meaning, -1], dtype=np.int64)[codes], ()
    wanted = matching(value, column, texts)
    if not wanted:
        raise UsageError(
            f"{column.name} has no value {value!r}.",
            where=option,
            hint=did_you_mean(value, levels) or f"It has {quoted_list(levels)}.",
        )
    table = np.array([*(int(t in wanted) for t in texts), -1], dtype=np.int64)
    others = tuple(t for t in levels if t not in wanted)
    return table[codes], others if len(others) > 1 else ()


def _refuse_unclear(name: str, levels: Sequence[str], option: str) -> None:
    """Refuse values of which nobody said which means the event."""
    if all(level.casefold() in _EVENT_WORDS for level in levels):
        return
    kind, said = ("outcome", "--outcome") if option == "--outcome" else ("event", "--event")
    if len(levels) > 10:
        raise UsageError(
            f"{name} does not look like an {kind}: it has {len(levels)} different values.",
            where=option,
            hint=f"The {kind} is a column such as death (0/1), or COL=VALUE.",
        )
    raise UsageError(
        f"{name} has the values {quoted_list(levels)}; which of them means the {kind} is not "
        "clear.",
        where=option,
        hint=f"Say it: {said} '{name}=2' if 2 means the {kind}."
        if levels == ("1", "2")
        else f"Say it: {said} '{name}=VALUE', with the value that means the {kind}.",
    )


def add_competing(
    cohort: Cohort, endpoint: Endpoint, text: str, keep: Mask
) -> tuple[Endpoint, str]:
    """The endpoint with the competing event marked 2 (-1 where unknown), and that event's name.

    A row that has both events keeps the endpoint's own: it came first.
    """
    option = "--competing"
    name, value = split_assignment(text, cohort.names, option)
    competing, _ = read_event(cohort.column(name), value, option, keep)
    event = np.where((endpoint.event == 0) & (competing == 1), 2, endpoint.event)
    # Without its own event, a row whose competing event is unknown is not known to be censored.
    event = np.where((endpoint.event == 0) & (competing < 0), -1, event)
    if not (event[keep] == 2).any():
        raise AnalysisError(
            f"No patient has the competing event {text!r} without the endpoint's own.",
            where=option,
            hint="Check the value; the endpoint must not already count it as its event.",
        )
    others = tuple(o for o in endpoint.other_values if name not in endpoint.columns or o != value)
    described = name if value is None else f"{name}={value}"
    rest = others if len(others) > 1 else ()
    return replace(endpoint, event=event, other_values=rest), described
