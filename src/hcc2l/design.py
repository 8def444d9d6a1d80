"""From a cohort and a spec to NumPy arrays: endpoints, terms, levels, complete cases.

Frames and texts end here; `stats` gets arrays. Every row that is left out is counted by reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hcc2l.cohort import Cohort, Column, number_text, parse_number
from hcc2l.dictionary import EndpointEntry, endpoint_label, unit_from_name
from hcc2l.errors import AnalysisError, InputError, UsageError, did_you_mean, quoted_list
from hcc2l.report import Excluded
from hcc2l.specs import AnalysisSpec
from hcc2l.terms import (
    OPPOSITE,
    SIGNS,
    Condition,
    Term,
    parse_condition,
    parse_cuts,
    parse_term,
    split_assignment,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

DAYS_PER = {"days": 1.0, "weeks": 7.0, "months": 30.4375, "years": 365.25}
MAX_LEVELS = 12  # more groups than a figure or a reader can hold apart
_NAMED_ROWS = 10


@dataclass
class RowAccount:
    """Which rows are still in, and why the others are not."""

    cohort: Cohort
    keep: Mask = field(init=False)
    excluded: list[Excluded] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.keep = np.ones(self.cohort.rows, dtype=np.bool_)

    def drop(self, rows: Mask, reason: str) -> None:
        """Leave out rows (shape (n,)); only those still in are counted."""
        leaving = np.flatnonzero(rows & self.keep)
        if leaving.size:
            which = tuple(self.cohort.row_name(int(i)) for i in leaving[:_NAMED_ROWS])
            self.excluded.append(Excluded(reason, int(leaving.size), which))
            self.keep[leaving] = False

    @property
    def analysed(self) -> int:
        """Number of rows still in."""
        return int(self.keep.sum())


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

    @property
    def whole(self) -> bool:
        """Whether all times are whole numbers."""
        known = self.time[~np.isnan(self.time)]
        return bool(np.all(known == np.floor(known)))


@dataclass(frozen=True)
class Factor:
    """A term as groups.

    Attributes
    ----------
    codes
        Shape (n,): index into `levels`, -1 where missing.
    levels
        In level order; the first is the reference.
    """

    term: str
    column: str
    label: str
    levels: tuple[str, ...]
    codes: Ints

    def take(self, keep: Mask) -> Factor:
        """The kept rows, without levels that no longer occur."""
        codes = self.codes[keep]
        used = np.unique(codes)
        recode = np.full(len(self.levels), -1, dtype=np.int64)
        recode[used] = np.arange(used.size)
        return replace(self, codes=recode[codes], levels=tuple(self.levels[i] for i in used))


# ---------------------------------------------------------------- endpoints


def resolve_endpoint(cohort: Cohort, spec: AnalysisSpec) -> Endpoint:
    """The endpoint that the spec asks for.

    Raises
    ------
    UsageError
        No such endpoint or column, or an event column that needs ``COL=VALUE``.
    InputError
        A time that is negative or no number, or dates that cannot be read.
    """
    known = cohort.endpoints()
    entry = known.get(spec.endpoint)
    if spec.time is not None or spec.event is not None:
        entry = _said_on_the_spot(spec, entry)
        return _from_columns(cohort, entry, "--time", "--event")
    if entry is None:
        hint = did_you_mean(spec.endpoint, known)
        raise UsageError(
            f"The cohort has no endpoint {spec.endpoint!r}.",
            where="--endpoint",
            hint=f"{hint} Or say it on the spot: --time COLUMN --event COLUMN.".strip(),
        )
    if entry.start:
        return _from_dates(cohort, entry)
    if entry.recognised:
        return _from_columns(cohort, entry, "recognised time", "recognised event")
    place = f"hcc2l.toml, endpoints.{entry.name}"
    return _from_columns(cohort, entry, f"{place}.time", f"{place}.event")


def _said_on_the_spot(spec: AnalysisSpec, entry: EndpointEntry | None) -> EndpointEntry:
    """`--time` and `--event`; one of them alone replaces that part of the named endpoint."""
    time = spec.time or (entry.time if entry else None)
    event = spec.event or (entry.event if entry else None)
    if time is None or event is None:
        absent, given = ("--event", "--time") if event is None else ("--time", "--event")
        raise UsageError(
            f"{given} was given without {absent}.",
            where=given,
            hint="An endpoint said on the spot needs both: --time os_months --event death.",
        )
    if entry is not None and entry.time == time:
        return replace(entry, event=event, recognised=False)
    return EndpointEntry("custom", time, event)


def endpoint_columns(cohort: Cohort, spec: AnalysisSpec) -> list[str]:
    """Columns that the endpoint will need, to read them in one pass; no checks."""
    entry = cohort.endpoints().get(spec.endpoint, EndpointEntry(spec.endpoint))
    events = [e.partition("=")[0] for e in (spec.event, entry.event) if e]
    names = [spec.time, *events, entry.time, entry.start, *entry.end, entry.censor]
    return [name for name in names if name]


def _from_columns(
    cohort: Cohort, entry: EndpointEntry, time_option: str, event_option: str
) -> Endpoint:
    assert entry.time is not None
    assert entry.event is not None
    time_name = parse_term(entry.time, cohort.names, time_option).column
    event_name, value = split_assignment(entry.event, cohort.names, event_option)
    time = numbers(cohort, time_name)
    _refuse_negative(cohort, time, time_name)
    event, others = read_event(cohort.column(event_name), value, event_option)
    dictionary_unit = cohort.dictionary.column(time_name).unit
    return Endpoint(
        name=entry.name,
        label=entry.label or endpoint_label(time_name) or cohort.label(time_name),
        unit=entry.unit or dictionary_unit or unit_from_name(time_name),
        time=time,
        event=event,
        event_name=event_name if value is None else f"{event_name}={value}",
        columns=(time_name, event_name),
        recognised=entry.recognised,
        other_values=others,
    )


def _from_dates(cohort: Cohort, entry: EndpointEntry) -> Endpoint:
    assert entry.start is not None
    assert entry.censor is not None
    names = [
        parse_term(n, cohort.names, f"endpoints.{entry.name}").column
        for n in (entry.start, *entry.end, entry.censor)
    ]
    dates = read_dates(cohort, names)
    start, ends, censor = dates[names[0]], [dates[n] for n in names[1:-1]], dates[names[-1]]
    first = np.fmin.reduce(np.array(ends))  # fmin passes over NaT: whichever came first
    happened = ~np.isnat(first)
    until = np.where(happened, first, censor)
    days = (until - start) / np.timedelta64(1, "D")
    known = ~(np.isnat(until) | np.isnat(start))
    time = np.where(known, days, np.nan)
    unit = entry.unit or "months"
    _refuse_negative(cohort, time, f"{names[0]} … {names[-1]}", what="date before the start")
    return Endpoint(
        name=entry.name,
        label=entry.label or endpoint_label(entry.name) or entry.name,
        unit=unit,
        time=time / DAYS_PER[unit],
        event=np.where(known, happened, -1).astype(np.int64),
        event_name=" or ".join(names[1:-1]),
        columns=tuple(names),
    )


def _refuse_negative(cohort: Cohort, time: Floats, name: str, what: str = "negative time") -> None:
    bad = np.flatnonzero((time < 0) | np.isinf(time))
    if bad.size:
        rows = quoted_list(cohort.row_name(int(i)) for i in bad)
        raise InputError(
            f"{bad.size} row{'s have' if bad.size > 1 else ' has'} a {what}: {rows}.",
            where=f"{cohort.source.name}, column {name}",
            hint="Correct the cells, or leave these rows out with --where.",
        )


_EVENT_WORDS = {
    "1": 1, "yes": 1, "true": 1, "dead": 1, "y": 1, "deceased": 1, "died": 1, "t": 1,
    "0": 0, "no": 0, "false": 0, "alive": 0, "n": 0, "censored": 0, "f": 0,
}  # fmt: skip


def read_event(column: Column, value: str | None, option: str) -> tuple[Ints, tuple[str, ...]]:
    """Events as 1, none as 0, unknown as -1, shape (n,); and the other values, when several.

    Raises
    ------
    UsageError
        The values are not a known pair and no ``COL=VALUE`` says which means the event; the
        value does not occur; or the column is a duration.
    """
    texts, codes = _distinct(column)
    levels = natural_order(texts)
    if len(texts) > 10 and column.kind == "number":
        raise UsageError(
            f"{column.name} looks like a duration, not an event: it has {len(texts)} different "
            "numbers.",
            where=option,
            hint="The event is a column such as death (0/1), or COL=VALUE.",
        )
    if value is None:
        meaning = [_EVENT_WORDS.get(t.casefold()) for t in texts]
        if None in meaning:
            example = levels[-1] if levels else "1"
            raise UsageError(
                f"{column.name} has the values {quoted_list(levels)}; which of them means the "
                "event is not clear.",
                where=option,
                hint=f"Say it: --event '{column.name}={example}'.",
            )
        table = np.array([*meaning, -1], dtype=np.int64)
        return table[codes], ()
    wanted = _matching(value, column, texts)
    if not wanted:
        raise UsageError(
            f"{column.name} has no value {value!r}.",
            where=option,
            hint=did_you_mean(value, levels) or f"It has {quoted_list(levels)}.",
        )
    table = np.array([*(int(t in wanted) for t in texts), -1], dtype=np.int64)
    others = tuple(t for t in levels if t not in wanted)
    return table[codes], others if len(others) > 1 else ()


def _matching(value: str, column: Column, texts: Sequence[str]) -> set[str]:
    """The distinct texts that `value` means: itself, the same number, or the label of its code."""
    found = {t for t in texts if t == value}
    if not found and column.kind == "number":
        try:
            found = {t for t in texts if float(t) == float(value)}
        except ValueError:
            found = set()
    return found or {t for t in texts if column.codes.get(t) == value}


def add_competing(cohort: Cohort, endpoint: Endpoint, text: str) -> tuple[Endpoint, str]:
    """The endpoint with the competing event marked 2, and that event's name.

    A row that has both events keeps the endpoint's own: it came first.
    """
    option = "--competing"
    name, value = split_assignment(text, cohort.names, option)
    competing, _ = read_event(cohort.column(name), value, option)
    event = np.where((endpoint.event == 0) & (competing == 1), 2, endpoint.event)
    if not (event == 2).any():
        raise AnalysisError(
            f"No patient has the competing event {text!r} without the endpoint's own.",
            where=option,
            hint="Check the value; the endpoint must not already count it as its event.",
        )
    others = tuple(o for o in endpoint.other_values if name not in endpoint.columns or o != value)
    described = name if value is None else f"{name}={value}"
    rest = others if len(others) > 1 else ()
    return replace(endpoint, event=event, other_values=rest), described


# ---------------------------------------------------------------- numbers and dates


def numbers(cohort: Cohort, name: str) -> Floats:
    """A column as numbers, shape (n,), NaN where missing.

    Raises
    ------
    InputError
        A cell is not a number: which, and where.
    """
    column = cohort.column(name)
    if column.kind == "number":
        return np.asarray(column.values, dtype=np.float64)
    bad = [
        i
        for i in np.flatnonzero(~column.missing)
        if column.kind == "date" or parse_number(str(column.values[i])) is None
    ]
    if not bad:  # declared as text, but numbers all the same
        cells = [parse_number(column.text(i)) for i in range(cohort.rows)]
        return np.array([np.nan if c is None else c for c in cells])
    cell = column.text(int(bad[0]))
    hint = "Correct the cell, or say with --na that this text means missing."
    if re.fullmatch(r"[+-]?\d+,\d+", cell):
        hint = "It has a decimal comma where other cells have a point; write one or the other."
    elif len(bad) == int((~column.missing).sum()):
        hint = "This column holds no numbers at all; is it the right one?"
    raise InputError(
        f"{cell!r} is not a number"
        + (f"; nor are {len(bad) - 1} more cells" if len(bad) > 1 else "")
        + ".",
        where=f"{cohort.source.name}, column {name}, {_row_where(cohort, int(bad[0]))}",
        hint=hint,
    )


def _row_where(cohort: Cohort, row: int) -> str:
    place, name = cohort.row_place(row), cohort.row_name(row)
    return place if place == name else f"{place} ({name})"


def read_dates(cohort: Cohort, names: Sequence[str]) -> dict[str, NDArray[np.datetime64]]:
    """Columns as dates (datetime64[D], NaT where missing), read alike.

    ISO dates, `31.12.2020`, and `12/31/2020` or `31/12/2020` where the cells themselves or
    `date_order` in the dictionary say which.
    """
    order = cohort.dictionary.date_order or _slash_order(cohort, names)
    result = {}
    for name in names:
        column = cohort.column(name)
        if column.kind == "date":
            result[name] = column.values
            continue
        values = np.full(cohort.rows, np.datetime64("NaT"), dtype="datetime64[D]")
        for i in np.flatnonzero(~column.missing):
            values[i] = _date(column.text(int(i)), order, cohort, name, int(i))
        result[name] = values
    return result


_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_ISO = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})([T ].*)?")


def _slash_order(cohort: Cohort, names: Sequence[str]) -> str | None:
    first = second = 0
    for name in names:
        column = cohort.column(name)
        if column.kind != "text":
            continue
        for text in {t for t in column.values.tolist() if t is not None}:
            match = _SLASHED.fullmatch(text)
            if match:
                first, second = max(first, int(match[1])), max(second, int(match[2]))
    if first > 12 >= second:
        return "dmy"
    return "mdy" if second > 12 >= first else None


def _date(text: str, order: str | None, cohort: Cohort, name: str, row: int) -> np.datetime64:
    iso, dotted, slashed = _ISO.fullmatch(text), _DOTTED.fullmatch(text), _SLASHED.fullmatch(text)
    hint = "Write dates as 2020-12-31."
    parts: tuple[str, str, str] | None = None
    if iso:
        parts = iso[1], iso[2], iso[3]
    elif dotted:
        parts = dotted[3], dotted[2], dotted[1]
    elif slashed and order == "dmy":
        parts = slashed[3], slashed[2], slashed[1]
    elif slashed and order == "mdy":
        parts = slashed[3], slashed[1], slashed[2]
    elif slashed:
        hint = (
            'Day or month first cannot be told from the cells; say date_order = "dmy" or "mdy" '
            "in hcc2l.toml, or write dates as 2020-12-31."
        )
    if parts:
        try:
            return np.datetime64(f"{parts[0]}-{int(parts[1]):02d}-{int(parts[2]):02d}", "D")
        except ValueError:
            pass
    raise InputError(
        f"{text!r} is not a date that can be read.",
        where=f"{cohort.source.name}, column {name}, {_row_where(cohort, row)}",
        hint=hint,
    )


# ---------------------------------------------------------------- conditions and terms


def apply_conditions(cohort: Cohort, account: RowAccount, texts: Iterable[str]) -> None:
    """Leave out the rows that do not meet every `--where`, counted by condition."""
    for text in texts:
        condition = parse_condition(text, cohort.names)
        column = cohort.column(condition.column)
        missing = column.missing
        if condition.operator == "missing":
            account.drop(~missing, f"not where {text}")
            continue
        account.drop(missing, f"{condition.column} missing")
        if condition.operator != "present":
            account.drop(~_meets(cohort, column, condition), f"not where {text}")


def _meets(cohort: Cohort, column: Column, condition: Condition) -> Mask:
    operator = condition.operator
    if operator in (">=", "<=", ">", "<"):
        values = numbers(cohort, column.name)
        bound = _bound(condition.values[0], condition.text, "--where")
        return _compare(values, operator, bound)
    texts, codes = _distinct(column)
    wanted: set[str] = set()
    for value in condition.values:
        found = _matching(value, column, texts)
        if not found:
            raise UsageError(
                f"{column.name} has no value {value!r}.",
                where=f"--where {condition.text!r}",
                hint=did_you_mean(value, natural_order(texts)),
            )
        wanted |= found
    chosen = np.array([*(t in wanted for t in texts), False])
    return np.asarray(chosen[codes] == (operator in ("==", "in")), dtype=np.bool_)


def _bound(text: str, whole: str, option: str) -> float:
    bound = parse_number(text)
    if bound is None:
        raise UsageError(f"{text!r} in {whole!r} is not a number.", where=option)
    return bound


def _compare(values: Floats, operator: str, bound: float) -> Mask:
    with np.errstate(invalid="ignore"):
        if operator == ">=":
            return np.asarray(values >= bound)
        if operator == "<=":
            return np.asarray(values <= bound)
        return np.asarray(values > bound if operator == ">" else values < bound)


def factor(cohort: Cohort, text: str, spec: AnalysisSpec, option: str, keep: Mask) -> Factor:
    """A term as groups over all rows; `keep` are the rows that a median is taken over.

    Raises
    ------
    UsageError
        A number without a cut, a column that is a name or a date, or more than 12 groups.
    """
    term = parse_term(text, cohort.names, option)
    column = cohort.column(term.column)
    label = cohort.label(term.column)
    if term.comparison:
        levels, codes = _compared(cohort, term, column)
        shown = f"{label} {_comparison_sign(term)} {term.comparison[1]}"
        label = shown if levels == ("no", "yes") else label
    else:
        cuts = _cuts_of(cohort, term, spec, option, keep)
        if cuts:
            levels, codes = _cut(numbers(cohort, term.column), cuts)
        else:
            levels, codes = _levels(cohort, column, option, text, keep)
    levels, codes = _with_reference(term, spec, levels, codes, cohort)
    unit = cohort.dictionary.column(term.column).unit
    if unit and any(sign in levels[0] for sign in "<≥≤>"):
        label = f"{label}, {unit}"
    return Factor(text, term.column, label, levels, codes)


def _compared(cohort: Cohort, term: Term, column: Column) -> tuple[tuple[str, ...], Ints]:
    assert term.comparison is not None
    operator, value = term.comparison
    if operator in ("==", "!="):
        texts, codes = _distinct(column)
        found = _matching(value, column, texts)
        if not found:
            raise UsageError(
                f"{column.name} has no value {value!r}.",
                where=term.text,
                hint=did_you_mean(value, natural_order(texts)),
            )
        table = np.array([*(int((t in found) == (operator == "==")) for t in texts), -1])
        return ("no", "yes"), table[codes].astype(np.int64)
    values = numbers(cohort, term.column)
    bound = _bound(value, term.text, "term")
    shown = number_text(bound)
    chosen = np.where(np.isnan(values), -1, _compare(values, operator, bound)).astype(np.int64)
    return (f"{OPPOSITE[operator]}{shown}", f"{SIGNS[operator]}{shown}"), chosen


def _comparison_sign(term: Term) -> str:
    assert term.comparison is not None
    return {"==": "=", "!=": "≠"}.get(term.comparison[0], term.comparison[0])


def _cuts_of(
    cohort: Cohort, term: Term, spec: AnalysisSpec, option: str, keep: Mask
) -> tuple[float, ...]:
    """Cut-points of a term: its own, those of --cut, those of the dictionary; else none."""
    said: tuple[float | str, ...] = term.cuts
    if not said:
        for text in spec.cut:
            name, value = split_assignment(text, cohort.names, "--cut")
            if name == term.column:
                said = parse_cuts(value or "", f"--cut {text}")
    if not said and (term.dictionary_cut or cohort.column(term.column).kind == "number"):
        said = cohort.dictionary.column(term.column).cut
        if not said and term.dictionary_cut:
            raise UsageError(
                f"The dictionary has no cut-point for {term.column}.",
                where=f"{option} {term.text}",
                hint=f"Write {term.column}@VALUE or {term.column}@median.",
            )
    if said == ("median",):
        values = numbers(cohort, term.column)[keep]
        if np.isnan(values).all():
            raise AnalysisError(f"All values of {term.column} are missing.", where=option)
        said = (float(np.nanmedian(values)),)
    return tuple(float(c) for c in said)


def _cut(values: Floats, cuts: Sequence[float]) -> tuple[tuple[str, ...], Ints]:
    """Groups closed on the left: <200, 200-<400, >=400."""
    shown = [number_text(c) for c in cuts]
    middle = [f"{a}–<{b}" for a, b in pairwise(shown)]
    codes = np.searchsorted(np.asarray(cuts), values, side="right").astype(np.int64)
    codes[np.isnan(values)] = -1
    return (f"<{shown[0]}", *middle, f"≥{shown[-1]}"), codes


def _levels(
    cohort: Cohort, column: Column, option: str, text: str, keep: Mask
) -> tuple[tuple[str, ...], Ints]:
    """The kept rows' values as levels, in the dictionary's, the file's, or natural order."""
    texts, codes = _distinct(column)
    kept = [texts[i] for i in np.unique(codes[keep]) if i >= 0]
    declared = cohort.dictionary.column(column.name).levels
    levels = declared or column.levels or natural_order(kept)
    unknown = [t for t in kept if t not in levels]
    if unknown:
        raise InputError(
            f"{column.name} has values that are not among the levels of the dictionary: "
            f"{quoted_list(repr(u) for u in unknown)}.",
            where=cohort.source.name,
            hint=f"Levels: {quoted_list(levels, 12)}. Correct the cells, add the level, or say "
            'missing = ["…"] for this column.',
        )
    if not declared:
        _refuse_many(cohort, column, kept, f"{option} {text}", option)
    places = {level: i for i, level in enumerate(levels)}
    table = np.array([*(places.get(t, -1) for t in texts), -1], dtype=np.int64)
    return tuple(levels), table[codes]


def _refuse_many(
    cohort: Cohort, column: Column, texts: Sequence[str], where: str, option: str
) -> None:
    """Refuse a number that was not cut, and a text with too many values to be groups."""
    grouped = cohort.dictionary.column(column.name).type in ("factor", "ordered")
    many = len(texts) > MAX_LEVELS
    continuous = column.kind == "number" and any("." in t or "e" in t for t in texts)
    if column.kind == "number" and (many or (continuous and not grouped)):
        raise UsageError(
            f"{column.name} is a number with {len(texts)} values, not a group.",
            where=where,
            hint=f"Cut it: {option} {column.name}@median, or {option} {column.name}@VALUE.",
        )
    if many:
        raise UsageError(
            f"{column.name} has {len(texts)} different values; a table or a curve for each "
            "would say nothing.",
            where=where,
            hint="Group them first, or choose some with --where "
            f"'{column.name} in {texts[0]},{texts[1]}'.",
        )


def _with_reference(
    term: Term, spec: AnalysisSpec, levels: tuple[str, ...], codes: Ints, cohort: Cohort
) -> tuple[tuple[str, ...], Ints]:
    """Move the reference level, where one is said, to the front."""
    reference = None
    entry = cohort.dictionary.column(term.column)
    if not term.comparison and not term.cuts:
        reference = entry.reference if entry.reference in levels else None
    for text in spec.ref:
        name, value = split_assignment(text, cohort.names, "--ref")
        if name != term.column:
            continue
        if value not in levels:
            raise UsageError(
                f"{term.column} has no level {value!r}.",
                where=f"--ref {text}",
                hint=did_you_mean(value or "", levels),
            )
        reference = value
    if reference is None or reference == levels[0]:
        return levels, codes
    first = levels.index(reference)
    order = [first, *(i for i in range(len(levels)) if i != first)]
    table = np.append(np.argsort(order), -1)
    return tuple(levels[i] for i in order), table[codes].astype(np.int64)


def weights(cohort: Cohort, name: str) -> Floats:
    """Case weights, shape (n,), NaN where missing.

    Raises
    ------
    InputError
        A weight is zero or negative.
    """
    column = parse_term(name, cohort.names, "--weights").column
    values = numbers(cohort, column)
    bad = np.flatnonzero(values <= 0)
    if bad.size:
        rows = quoted_list(cohort.row_name(int(i)) for i in bad)
        raise InputError(
            f"Case weights must be above 0; {bad.size} {'are' if bad.size > 1 else 'is'} not: "
            f"{rows}.",
            where=f"{cohort.source.name}, column {column}",
            hint="Leave these rows out with --where.",
        )
    return values


# ---------------------------------------------------------------- levels


def _distinct(column: Column) -> tuple[list[str], Ints]:
    """The distinct texts of a column, and each row's index among them (-1 where missing)."""
    if column.coded is not None:
        return list(column.coded[0]), column.coded[1]
    missing = column.missing
    if column.kind == "number":
        values, inverse = np.unique(column.values[~missing], return_inverse=True)
        texts = [number_text(float(v)) for v in values]
    else:
        known = [str(v) for v in column.values[~missing].tolist()]
        place = {text: i for i, text in enumerate(dict.fromkeys(known))}
        texts, inverse = list(place), np.array([place[t] for t in known], dtype=np.int64)
    codes = np.full(missing.size, -1, dtype=np.int64)
    codes[~missing] = inverse
    return texts, codes


_ROMAN = {
    "I": 1,
    "II": 2,
    "III": 3,
    "IV": 4,
    "V": 5,
    "VI": 6,
    "VII": 7,
    "VIII": 8,
    "IX": 9,
    "X": 10,
}


def natural_order(texts: Iterable[str]) -> tuple[str, ...]:
    """Levels as a person would list them: numbers as numbers, Roman numerals, then words.

    Words are compared without case, with the numbers inside them as numbers (`T2` before `T10`).
    """
    items = list(texts)
    try:
        return tuple(sorted(items, key=float))
    except ValueError:
        pass
    if items and all(t.upper() in _ROMAN for t in items):
        return tuple(sorted(items, key=lambda t: _ROMAN[t.upper()]))

    def key(text: str) -> list[tuple[int, float, str]]:
        parts = re.findall(r"\d+(?:\.\d+)?|\D+", text.casefold())
        return [(0, float(p), "") if p[0].isdigit() else (1, 0.0, p) for p in parts]

    return tuple(sorted(items, key=lambda t: (key(t), t)))
