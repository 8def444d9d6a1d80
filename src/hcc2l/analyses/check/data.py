"""What was found in a cohort; cells that cannot be read are kept rather than refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from hcc2l.cohort import Cohort, Column
from hcc2l.design import Floats, Ints, Mask
from hcc2l.design.dates import FAR, days_of, has_date_form, largest_slashed, year_seems_first
from hcc2l.dictionary import looks_post_baseline
from hcc2l.levels import distinct, event_levels, natural_order
from hcc2l.multiselect import MultiSelect
from hcc2l.number_format import POINT, NumberFormat, is_number_somehow, number_text
from hcc2l.vocabulary import Field, Scale, Stored, plain_unit, recognise, unit_in

Reading = Literal["number", "group", "multi-select", "date", "text", "id"]
Days = NDArray[np.datetime64]

MAX_LEVELS = 12  # a column of text with more different values is not a grouping variable
MAX_CODES, LARGEST_CODE = 12, 20  # a column of codes or counts: 0, 1, 2, 3
_MOST = 0.8  # of the cells have the form that decides how a column is read
_LONG_TEXT = 40  # characters; levels are shorter
_SERIALS = (30000, 60000)  # days since 1899-12-30, as a spreadsheet stores the years 1982 to 2064
_DAY_0 = np.datetime64("1899-12-30", "D")
NO_DAY = np.datetime64("NaT", "D")


@dataclass(frozen=True, eq=False)
class FoundColumn:
    """One column as it is understood; arrays have one entry per checked row.

    Attributes
    ----------
    name
        As it stands in the file.
    label
        The dictionary's label, else the file's; None without one.
    known
        What its name denotes; None when it is not known.
    reading
        How it is read.
    type
        ``numeric``, ``factor``, ``ordered``, ``date`` or ``text``, as models take it.
    role
        The dictionary's, else that of the field; None when neither says.
    unit
        As the dictionary, the name or the label of the file states it.
    present
        Shape (n,): False where the cell is empty or a missing-value code.
    texts, codes
        The distinct texts, and each row's index among them (-1 missing); empty for measured
        numbers and for dates that the file stores as such.
    numbers
        Shape (n,), NaN where there is none; None if the column holds no numbers.
    days
        Shape (n,), NaT where there is none; None if the column holds no dates.
    levels
        Level -> rows, in order, of a group; of a multi-select column, a row may have several.
    limits
        Detection limits, by row.
    with_comma
        A number as the file has it, where decimals have a comma.
    words
        Words that were read as missing, with the number of their cells.
    serial
        Whether its dates are stored as numbers of days.
    declared, declared_levels
        Whether the dictionary describes it, and whether it, or the file, gives its levels.
    """

    name: str
    label: str | None
    known: Field | None
    reading: Reading
    type: str
    role: str | None
    unit: str | None
    present: Mask
    different: int
    texts: tuple[str, ...] = ()
    codes: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    numbers: Floats | None = None
    days: Days | None = None
    levels: Mapping[str, int] = field(default_factory=dict)
    limits: Mapping[int, str] = field(default_factory=dict)
    format: NumberFormat = POINT
    doubtful: tuple[str, ...] = ()
    words: Mapping[str, int] = field(default_factory=dict)
    value_labels: Mapping[str, str] = field(default_factory=dict)
    with_comma: str = ""
    serial: bool = False
    declared: bool = False
    declared_levels: bool = False

    @property
    def code(self) -> str | None:
        """The code of the field."""
        return self.known.code if self.known else None

    @property
    def missing(self) -> int:
        """The number of rows without a value."""
        return int((~self.present).sum())

    @cached_property
    def unread(self) -> Ints:
        """Rows with a cell that is not the number or the date that the column holds."""
        absent = ~self.present
        if self.days is not None:
            absent = absent | ~np.isnat(self.days)
        elif self.numbers is not None:
            absent = absent | ~np.isnan(self.numbers)
        else:
            absent = np.ones_like(self.present)
        return np.flatnonzero(~absent)

    @cached_property
    def event_levels(self) -> tuple[str, ...]:
        """The levels that mean the event; empty where the values do not tell."""
        return event_levels(self.name, self.levels)

    @cached_property
    def events(self) -> Ints | None:
        """Shape (n,): 1 event, 0 none, -1 unknown; None where the values do not tell."""
        if not self.texts:
            return None
        if not self.event_levels:
            return None
        table = np.array(
            [*(int(text in self.event_levels) for text in self.texts), -1], dtype=np.int64
        )
        return table[self.codes]

    @cached_property
    def median(self) -> float | None:
        """The median of its numbers; None without any."""
        if self.numbers is None or np.isnan(self.numbers).all():
            return None
        with np.errstate(over="ignore"):
            return float(np.nanmedian(self.numbers))

    @cached_property
    def scale(self) -> Scale | None:
        """The unit of its field that is stated, else the one that most values fit, if one does."""
        if self.known is None or not self.known.scales:
            return None
        scales = self.known.scales
        stated = plain_unit(self.unit or "")
        if stated is not None:
            return next((s for s in scales if s.unit == stated), None)
        middle = self.median
        if middle is None:
            return None
        fits = sorted((s for s in scales if s.low <= middle <= s.high), key=self._inside)
        if len(fits) > 1 and self._inside(fits[-1]) == self._inside(fits[-2]):
            return None
        return fits[-1] if fits else None

    def _inside(self, scale: Scale) -> int:
        assert self.numbers is not None
        return int(((self.numbers >= scale.low) & (self.numbers <= scale.high)).sum())

    def cell(self, row: int) -> str:
        """The cell of a column of text, as it stands."""
        return self.texts[self.codes[row]] if self.codes[row] >= 0 else ""


@dataclass(frozen=True)
class FoundEndpoint:
    """One endpoint with its patients, events, median and follow-up.

    Attributes
    ----------
    source
        ``dictionary``, ``recognised`` (by the names of its columns), or ``proposed``: it must be
        asked for.
    columns
        Its columns: time or start first.
    time_name, event_name
        The column of the time, or of the start, and the event.
    described
        What it is computed from, in words.
    options, lines
        How to ask for it: options of the command line, lines of the dictionary.
    problem, hint
        Why it cannot be computed, and what to do; empty if it can.
    """

    name: str
    label: str
    source: str
    columns: tuple[str, ...]
    time_name: str
    event_name: str
    unit: str | None
    described: str = ""
    n: int | None = None
    events: int | None = None
    median: float | None = None
    lower: float | None = None
    upper: float | None = None
    follow_up: float | None = None
    options: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    problem: str = ""
    hint: str = ""


@dataclass(frozen=True, eq=False)
class Found:
    """What was found in a cohort, and where its rows stand in the file.

    Attributes
    ----------
    rows
        Indices of the rows that are checked, those of `--where`.
    slashed
        The largest first and second number in dates with slashes, of the whole file.
    """

    cohort: Cohort
    rows: Ints
    columns: tuple[FoundColumn, ...]
    slashed: tuple[int, int]
    endpoints: tuple[FoundEndpoint, ...] = ()

    @property
    def n(self) -> int:
        """The number of rows that are checked."""
        return int(self.rows.size)

    def place(self, row: int) -> str:
        """Where a row stands in the file: `line 12`, `row 12`."""
        return self.cohort.row_place(int(self.rows[row]))

    def column(self, name: str) -> FoundColumn:
        """The column of that name."""
        return next(column for column in self.columns if column.name == name)

    def all_of(self, code: str) -> list[FoundColumn]:
        """The columns whose names denote a field."""
        return [column for column in self.columns if column.code == code]

    def of(self, code: str) -> FoundColumn | None:
        """The first column whose name denotes a field."""
        return next(iter(self.all_of(code)), None)

    @cached_property
    def id(self) -> FoundColumn | None:
        """The column that identifies patients: the cohort's, else the one that looks like it."""
        if self.cohort.dictionary.id == "":
            return None
        return next((column for column in self.columns if column.reading == "id"), None)


def find(cohort: Cohort, keep: Mask) -> Found:
    """Every column of a cohort, on the rows of `keep`."""
    found = find_columns(cohort, keep, cohort.names)
    return replace(found, columns=tuple(_with_id(cohort, list(found.columns))))


def find_columns(cohort: Cohort, keep: Mask, names: Sequence[str]) -> Found:
    """Some columns of a cohort, on the rows of `keep`."""
    cohort.load(names)
    several = _several_values(cohort)
    columns = {name: cohort.as_it_stands(name) for name in names}
    cells = {name: distinct(c) for name, c in columns.items() if c.kind == "text"}
    slashed = largest_slashed(text for texts, _ in cells.values() for text in texts)
    order = cohort.dictionary.date_order or _order(slashed)
    rows = np.flatnonzero(keep)
    found = [
        _found(cohort, columns[name], cells.get(name), order, rows)
        if name not in several
        else _found_several(cohort, several[name], rows)
        for name in names
        if name not in several or name == several[name].columns[0]
    ]
    return Found(cohort, rows, tuple(found), slashed)


def _several_values(cohort: Cohort) -> dict[str, MultiSelect]:
    """The column with several values that each column of the file belongs to, if it does."""
    return {
        name: several
        for several in cohort.multi_selects.values()
        for name in several.columns
        if not several.measured
    }


def _found_several(cohort: Cohort, several: MultiSelect, rows: Ints) -> FoundColumn:
    """A column with several values for one patient, or a question with its checkboxes."""
    texts, codes = distinct(several.cells)
    different = np.unique(codes[rows][codes[rows] >= 0]).size
    counts = several.selected[rows].sum(axis=0).tolist()
    return _made(
        cohort, several.cells, "multi-select", rows, different,
        texts=tuple(texts), codes=codes[rows],
        levels=dict(zip(several.labels, counts, strict=True)),
    )  # fmt: skip


def _order(slashed: tuple[int, int]) -> str | None:
    first, second = slashed
    if first > 12 >= second:
        return "dmy"
    return "mdy" if second > 12 >= first else None


def _found(
    cohort: Cohort,
    column: Column,
    cells: tuple[list[str], Ints] | None,
    order: str | None,
    rows: Ints,
) -> FoundColumn:
    """One column, of whatever kind."""
    if column.kind == "date":
        values = column.values[rows]
        count = int(np.unique(values[~np.isnat(values)]).size)
        return _made(cohort, column, "date", rows, count, stored="date", days=values)
    if column.kind == "number":
        return _found_number(cohort, column, rows)
    assert cells is not None
    texts, codes = cells[0], cells[1][rows]
    counts = np.bincount(codes[codes >= 0], minlength=len(texts))
    used = int((counts > 0).sum())
    shared: dict[str, Any] = {"texts": tuple(texts), "codes": codes}
    if column.name == cohort.id_column:
        return _made(cohort, column, "id", rows, used, **shared)
    days = _days(texts, counts, order, column.name)
    if days is not None and cohort.dictionary.date_order is None and year_seems_first(texts):
        days = np.full(len(texts), NO_DAY)
    if days is not None:
        table = np.append(np.where(days < FAR, days, NO_DAY), NO_DAY)
        return _made(cohort, column, "date", rows, used, stored="date", days=table[codes], **shared)
    return _found_text(cohort, column, rows, used, counts, shared)


def _days(texts: Sequence[str], counts: Ints, order: str | None, name: str) -> Days | None:
    """The dates of distinct texts, NaT where a text is none; None if most are not."""
    if not any(map(has_date_form, texts[:200])):
        named = texts and recognise(name, "date", len(texts))
        digits = named and sum(c.isdigit() for c in texts[0]) >= 4
        return np.full(len(texts), NO_DAY) if digits and not texts[0].isdigit() else None
    alike = sum(int(n) for text, n in zip(texts, counts, strict=True) if has_date_form(text))
    return days_of(texts, order, name) if alike >= _MOST * counts.sum() else None


def _found_number(cohort: Cohort, column: Column, rows: Ints) -> FoundColumn:
    """A column of numbers: a measurement, codes, or days counted by a spreadsheet."""
    numbers = column.values[rows]
    values = np.unique(numbers[~np.isnan(numbers)])
    count = int(values.size)
    whole = bool((values == np.floor(values)).all())
    serial = bool(count) and whole and _SERIALS[0] <= values[0] and values[-1] <= _SERIALS[1]
    if serial and recognise(column.name, "date", count):
        days = np.where(np.isnan(numbers), NO_DAY, _DAY_0 + np.nan_to_num(numbers).astype(int))
        return _made(
            cohort, column, "date", rows, count, stored="date", days=days, numbers=numbers,
            serial=True,
        )  # fmt: skip
    named = whole and recognise(column.name, "date", count) is not None
    written = _digits_as_days(numbers) if named else None
    if written is not None:
        return _made(
            cohort, column, "date", rows, count, stored="date", days=written, numbers=numbers
        )
    known = recognise(column.name, "number", count)
    few = whole and count <= MAX_CODES and count > 0 and abs(values).max() <= LARGEST_CODE
    measured = known is not None and known.form in ("number", "duration")
    declared = cohort.dictionary.column(column.name)
    grouped = declared.type in ("factor", "ordered") or bool(declared.levels)
    if count <= MAX_CODES and (grouped or (few and not measured)):
        texts, codes = distinct(column)
        return _made(
            cohort, column, "group", rows, count, numbers=numbers, texts=tuple(texts),
            codes=codes[rows],
        )  # fmt: skip
    comma = column.format.decimal == "," and not whole
    broken = np.flatnonzero(numbers != np.floor(numbers))[:1] if comma else ()
    with_comma = "".join(column.cell(int(rows[i])).replace(".", ",") for i in broken)
    return _made(cohort, column, "number", rows, count, numbers=numbers, with_comma=with_comma)


def _digits_as_days(numbers: Floats) -> Days | None:
    """Numbers such as 20200131 as dates; None if one of them is no date."""
    known = ~np.isnan(numbers)
    texts = [number_text(number) for number in numbers[known].tolist()]
    if not texts or not all(re.fullmatch(r"(19|20)\d{6}", text) for text in texts):
        return None
    days = np.full(numbers.size, NO_DAY)
    days[known] = days_of([f"{text[:4]}-{text[4:6]}-{text[6:]}" for text in texts], None)
    return None if np.isnat(days[known]).any() else days


def _found_text(
    cohort: Cohort,
    column: Column,
    rows: Ints,
    used: int,
    counts: Ints,
    shared: Mapping[str, Any],
) -> FoundColumn:
    """A column of text: numbers with a few other cells, groups, or free text."""
    texts = shared["texts"]
    declared = cohort.dictionary.column(column.name)
    known = recognise(column.name, "text", used)
    measured = known is not None and known.form in ("number", "duration")
    if declared.type not in ("factor", "ordered", "text") and not declared.levels:
        values = [column.format.parse(text) for text in texts]
        limits = [
            column.format.limit(t) if v is None else v for t, v in zip(texts, values, strict=True)
        ]
        numeric = np.array(list(map(is_number_somehow, texts)), dtype=np.bool_)
        share = counts[numeric].sum() / max(int(counts.sum()), 1)
        many = int((counts[numeric] > 0).sum()) > MAX_LEVELS
        if column.doubtful or (share > 0.5 and (measured or (many and share >= _MOST))):
            table = np.array([np.nan if v is None else v for v in [*limits, None]])
            return _made(
                cohort, column, "number", rows, used, numbers=table[shared["codes"]], **shared
            )
    long = any(len(text) > _LONG_TEXT for text, n in zip(texts, counts, strict=True) if n)
    comment = known is not None and known.form == "text"
    grouped = bool(declared.levels) or declared.type in ("factor", "ordered")
    is_text = declared.type == "text" or comment or used > MAX_LEVELS or (long and used > 2)
    reading: Reading = "text" if is_text and not grouped else "group"
    return _made(cohort, column, reading, rows, used, **shared)


def _made(
    cohort: Cohort,
    column: Column,
    reading: Reading,
    rows: Ints,
    count: int,
    *,
    stored: Stored | None = None,
    **content: Any,
) -> FoundColumn:
    """A column with what its name, the dictionary and the file say about it."""
    entry = cohort.dictionary.column(column.name)
    if stored is None:
        stored = "number" if column.kind == "number" else "text"
    names = [column.name, column.label, entry.label]
    known = next((f for f in (recognise(n, stored, count) for n in names if n) if f), None)
    if column.name == cohort.id_column or entry.role == "id":
        reading, known = "id", known if known and known.form == "id" else None
    role = entry.role or (known.role if known else None)
    if not entry.role and role != "outcome" and cohort.known_after_start(column.name):
        role = "post-baseline" if looks_post_baseline(cohort.dictionary, column.name) else "outcome"
    levels: dict[str, int] = content.pop("levels", {})
    if reading == "group":
        levels = _levels(content["texts"], content["codes"], entry.levels or column.levels)
    offset = {int(row): i for i, row in enumerate(rows)} if column.limits else {}
    kinds = {"number": "numeric", "date": "date", "id": "text", "text": "text"}
    usual = "numeric" if column.kind == "number" else "factor"
    return FoundColumn(
        name=column.name,
        label=entry.label or column.label,
        known=known,
        reading=reading,
        type=entry.type or kinds.get(reading, usual),
        role=role,
        unit=entry.unit or _unit(column, cohort.unit(column.name), known),
        present=~column.missing[rows],
        different=count,
        levels=levels,
        limits={offset[row]: cell for row, cell in column.limits.items() if row in offset},
        format=column.format,
        doubtful=column.doubtful,
        words=column.words,
        value_labels={code: label for label, code in column.codes.items()},
        declared=column.name in cohort.dictionary.columns,
        declared_levels=bool(entry.levels or entry.groups or entry.labels or column.levels),
        **content,
    )


def _levels(texts: Sequence[str], codes: Ints, declared: Iterable[str]) -> dict[str, int]:
    counts = np.bincount(codes[codes >= 0], minlength=len(texts)).tolist()
    rows = {text: n for text, n in zip(texts, counts, strict=True) if n}
    order = [level for level in declared if level in rows]
    order += [level for level in natural_order(rows) if level not in order]
    return {level: rows[level] for level in order}


def _unit(column: Column, of_file: str | None, known: Field | None) -> str | None:
    """The unit in the name, the label or a row of the file; a duration may end in `_m`."""
    stated = unit_in(column.name) or (unit_in(column.label) if column.label else None)
    if stated is None and of_file is not None:
        return plain_unit(of_file) or of_file
    if stated is None and known is not None and known.form == "duration" and "_" in column.name:
        stated = plain_unit(column.name.rpartition("_")[2])
    return stated


def _with_id(cohort: Cohort, columns: list[FoundColumn]) -> list[FoundColumn]:
    """The columns, one of them marked as the id where the cohort does not know it.

    It is the column whose name says so, else the first if nearly all of its values differ.
    """
    if cohort.id_column is not None or cohort.dictionary.id == "" or not columns:
        return columns
    named = [i for i, c in enumerate(columns) if c.known and c.known.form == "id"]
    at = named[0] if named else _first_distinct(columns)
    if at is None:
        return columns
    return [replace(c, reading="id", levels={}) if i == at else c for i, c in enumerate(columns)]


def _first_distinct(columns: Sequence[FoundColumn]) -> int | None:
    first = columns[0]
    known = int(first.present.sum())
    plain = first.known is None and first.reading in ("text", "number") and known > MAX_LEVELS
    if first.numbers is not None and (np.floor(first.numbers) != first.numbers).any():
        return None
    return 0 if plain and first.different >= 0.9 * known else None
