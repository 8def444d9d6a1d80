"""The cohort: an immutable table of patients, with its dictionary and its source."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from shlex import quote
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hcc2l.column import Column as Column
from hcc2l.derived import FORMULAS, Derived
from hcc2l.dictionary import (
    DerivedEntry,
    Dictionary,
    EndpointEntry,
    looks_post_baseline,
    patient_columns,
    recognise_endpoints,
    recognise_id,
    recognise_interval,
)
from hcc2l.errors import InputError, UsageError, did_you_mean, no_column, quoted_list
from hcc2l.levels import distinct as distinct
from hcc2l.levels import matching as matching
from hcc2l.multiselect import MultiSelect, checkboxes, from_cells, from_checkboxes
from hcc2l.number_format import NumberFormat, number_text
from hcc2l.recoding import MISSING, Levels, Recoding
from hcc2l.scores import Score, score_named
from hcc2l.scores.compute import Computed, Part, absent_part, choose_parts, compute, parts_hint
from hcc2l.scores.laboratory import graded_by_scores, is_measured, laboratory, plain_unit
from hcc2l.vocabulary import imputation_column, names_a_patient
from hcc2l.wording import counted, in_sentence, listed

if TYPE_CHECKING:
    import pandas as pd

MIN_PATIENTS = 10  # with several rows each, in a column without a telling name
MIN_ALIKE = 3  # columns that agree in all rows of every patient
MIN_IDS = 20  # cells of a column without a telling name that may still identify patients
MAX_REPEATS = 5  # rows of a repeated patient that a message shows
MAX_MIXED = 20  # distinct cells of a column that may be codes with texts among them


_OUTCOME = re.compile(
    r"(?<![a-z])(os|pfs|ttp|surv|death|dead|died|deceas|status|event|follow|months|days)",
    re.IGNORECASE,
)


_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]+")  # no XML holds them


def printable(text: str) -> str:
    """A text on one line, without control characters."""
    return _CONTROL.sub(" ", text).strip()


def _folded(text: str) -> str:
    """A text without capitals, blanks and accents, to compare spellings of one word."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in letters if not (unicodedata.combining(c) or c.isspace()))


def same_patient(text: str) -> str:
    """An id without blanks around it, capitals and full-width letters, to find one patient."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return text.strip().casefold()


@dataclass(frozen=True)
class Source:
    """The source of a cohort.

    Attributes
    ----------
    name
        The path as given, `standard input`, or the name of the bundled cohort; for messages.
    sha256
        Of the file's bytes.
    synthetic
        Whether the data are synthetic.
    bundled
        Whether it is the bundled cohort, used because none was given.
    remarks
        How the file was read, where that had to be detected.
    modified
        The day on which the file was last changed; None for standard input.
    reading
        The options that were given for reading it, by name.
    sheet
        The sheet that was read, of a workbook with several.
    """

    name: str
    sha256: str
    synthetic: bool = False
    bundled: bool = False
    remarks: tuple[str, ...] = ()
    modified: date | None = None
    reading: Mapping[str, object] = field(default_factory=dict)
    sheet: str | None = None

    @property
    def file(self) -> str:
        """The file's name without its folder, for documents."""
        if self.bundled:
            return self.name
        return printable(self.name.replace("\\", "/").rpartition("/")[2])


# Columns are parsed together and built one by one when they are used.
ReadColumns = Callable[[tuple[str, ...]], dict[str, Callable[[], Column]]]
RowPlace = Callable[[int], str]

_MARKED = re.compile(r"[<>≤≥]?\s*[+-]?\d[\d.,]*\s*([^\w\s.,%<>≤≥=/+-]+)")


class Cohort:
    """A cohort of patients, one per row; immutable.

    A column is read when it is first used; `load` reads several in one pass.

    Attributes
    ----------
    hidden
        Columns that the workbook hides.
    date_readings
        What was inferred when a column was read as dates, by column; filled by `read_dates`.
    """

    def __init__(
        self,
        *,
        source: Source,
        dictionary: Dictionary,
        names: tuple[str, ...],
        rows: int,
        read: ReadColumns,
        place: RowPlace,
        surely_distinct: Callable[[str], bool] | None = None,
        units: Mapping[str, str] | None = None,
        hidden: frozenset[str] = frozenset(),
    ) -> None:
        self.source = source
        self.dictionary = dictionary
        self.names = names
        self.rows = rows
        self._read = read
        self._place = place
        self._surely_distinct = surely_distinct
        self._units = units or {}
        self.hidden = hidden
        self._parsed: dict[str, Callable[[], Column]] = {}
        self._columns: dict[str, Column] = {}
        self._recoded: dict[str, tuple[Column, Recoding]] = {}
        self._used: dict[str, Column] = {}
        self._as_numbers: set[str] = set()
        self._computed: dict[str, Computed | Derived] = {}
        self._computed_used: dict[str, Computed | Derived] = {}
        self._several_used: dict[str, MultiSelect] = {}
        self.date_readings: dict[str, str] = {}

    def __repr__(self) -> str:
        return f"<Cohort {self.source.name}: {self.rows} rows, {len(self.names)} columns>"

    @property
    def title(self) -> str:
        """The title for headings: the dictionary's, else the file's name."""
        if self.source.bundled:
            return "bundled synthetic cohort"
        return printable(self.dictionary.title or "") or self.source.file

    @property
    def id_column(self) -> str | None:
        """The column that identifies patients: the dictionary's, else one recognised by name."""
        if self.dictionary.id is None:
            return recognise_id(self.names)
        return self.dictionary.id or None

    @property
    def nameable(self) -> tuple[str, ...]:
        """What a term can name beside scores: columns of the file and of the dictionary, members.

        The members are those of `multi_selects`.
        """
        of_fields = [*self.multi_selects, *self._members]
        return tuple(dict.fromkeys([*self.names, *self.dictionary.derived, *of_fields]))

    def unused(self) -> Cohort:
        """The same cohort with no column used yet, so that its notes are those of one analysis."""
        other = copy(self)
        other._used, other._computed_used, other._as_numbers = {}, {}, set()
        other._several_used = {}
        other.date_readings = {}
        return other

    def with_columns(self, columns: Mapping[str, Column]) -> Cohort:
        """The same cohort with other cells in some columns of the file, and all that follows.

        Scores and derived columns are computed from the new cells; this cohort stays as it is.
        """
        other = self.unused()
        other._parsed = dict(self._parsed)
        other._columns = {n: c for n, c in self._columns.items() if n in self.names} | dict(columns)
        other._recoded, other._computed = {}, {}
        return other

    def without_column(self, name: str) -> Cohort:
        """The same cohort without a column of the file; a score of that name is then computed."""
        other = self.with_columns({})
        other.names = tuple(n for n in self.names if n != name)
        other._columns.pop(name, None)
        return other

    def load(self, names: Iterable[str]) -> None:
        """Read several columns in one pass over the file."""
        unread = tuple(n for n in dict.fromkeys(names) if n in self.names and n not in self._parsed)
        if unread:
            self._parsed.update(self._read(unread))

    def column(self, name: str) -> Column:
        """One column, for an analysis: of the file, or a score or another computed from it.

        Raises
        ------
        UsageError
            There is no such column; near names, or the parts of the score, are named.
        InputError
            Its numbers can be read in two ways, or a cell is an error of the spreadsheet.
        """
        several = self.multi_select(name)
        if several is not None:
            raise several.overlap(f"{self.source.name}, column {name}")
        column = self.recoded(name)
        if name in self._members:
            self.multi_select(self._members[name][0])
        elif name in self.names:
            self._used[name] = column
        else:
            for source in self.sources(name):
                self.column(source)
            self._computed_used[name] = self._computed[name]
        if column.doubtful:
            raise self._two_readings(column)
        if column.broken:
            raise self._broken_cells(column)
        return column

    def recoded(self, name: str) -> Column:
        """One column, for checking, with the labels and groups of the dictionary.

        Raises
        ------
        UsageError
            There is no such column; near names are suggested.
        InputError
            It has values that the dictionary neither labels nor groups.
        """
        if name in self._members:
            return self._member(name)
        levels = self.dictionary.column(name).recoding
        column = self.as_it_stands(name)
        if not levels or column.doubtful or column.broken:
            return column
        if name not in self._recoded:
            self._recoded[name] = self._recode(column, levels, f"columns.{name}")
        return self._recoded[name][0]

    def multi_select(self, name: str) -> MultiSelect | None:
        """One of `multi_selects` by its name, for an analysis; None for any other column.

        Raises
        ------
        UsageError
            The dictionary splits a column of numbers.
        InputError
            The dictionary names some of the values, and a cell holds another.
        """
        found = self.multi_selects.get(name)
        if found is None:
            return None
        table = f"columns.{name}"
        if found.measured:
            sign = self.dictionary.column(name).split
            raise UsageError(
                f"{name} holds numbers or dates, and no cell has two values with {sign!r} between "
                "them.",
                where=f"{self.dictionary.path}, {table}.split",
                hint="Remove split, or name the column that holds several values.",
            )
        for column in found.columns:
            self._used[column] = self.as_it_stands(column)
            if self._used[column].broken:
                raise self._broken_cells(self._used[column])
        if found.unnamed:
            rows = np.flatnonzero(np.any(list(found.unnamed.values()), axis=0))
            kind = "label or group" if self.dictionary.column(name).recoding else "level"
            raise self._not_recoded(name, list(found.unnamed), rows, table, kind)
        self._several_used[name] = found
        return found

    @cached_property
    def multi_selects(self) -> Mapping[str, MultiSelect]:
        """The columns with several values for one patient as they stand, for checking, by name.

        They are those that the dictionary splits, and the questions with checkboxes of REDCap.
        """
        entries = self.dictionary.columns
        boxes = checkboxes(self.names)
        split = [n for n in self.names if n in entries and entries[n].split]
        self.load([*split, *(column for of in boxes.values() for column in of.values())])
        found = {}
        for name in split:
            entry = entries[name]
            found[name] = from_cells(
                self.as_it_stands(name), entry.split or "", entry.recoding, entry.levels,
                {*entry.missing, *self.dictionary.missing},
            )  # fmt: skip
        for name, columns in boxes.items():
            entry = self.dictionary.column(name)
            of_choices = {choice: self.as_it_stands(c) for choice, c in columns.items()}
            several = from_checkboxes(name, of_choices, entry.recoding, entry.levels)
            if several is not None:
                found[name] = several
        return found

    @cached_property
    def _members(self) -> dict[str, tuple[str, int]]:
        """What terms call the members: name -> column with several values, place of the member.

        Columns that the file has, other than the checkboxes themselves, win; so do columns that
        the dictionary derives, and levels that it gives to a checkbox.
        """
        return {
            name: (several.name, at)
            for several in reversed(list(self.multi_selects.values()))
            for at, member in enumerate(several.members)
            for name in member.names
            if (name in several.columns or name not in self.names)
            and name not in self.dictionary.derived
            and not self.dictionary.column(name).describes_levels
        }

    def _member(self, name: str) -> Column:
        """A member of a column with several values, as a column with the levels no and yes."""
        of, at = self._members[name]
        return self.multi_selects[of].variable(at, name)

    def _recode(self, column: Column, levels: Levels, table: str) -> tuple[Column, Recoding]:
        """A column with the new levels of a table of the dictionary, and what became of each."""
        texts, codes = distinct(column)
        level_of = levels.of(texts, lambda value: matching(value, column, texts))
        left = [text for text in texts if text not in level_of]
        if left and levels.other != MISSING:
            in_left = np.isin(codes, [texts.index(text) for text in left])
            raise self._not_recoded(column.name, left, np.flatnonzero(in_left), table)
        names = levels.names
        places = [names.index(level_of[text]) if text in level_of else -1 for text in texts]
        new = np.array([*places, -1], dtype=np.int64)[codes]
        rows = np.bincount(codes[codes >= 0], minlength=len(texts)).tolist()
        counts = {
            level: {
                t: n for t, n in zip(texts, rows, strict=True) if n and level_of.get(t) == level
            }
            for level in (*names, None)
        }
        singles = {level: next(iter(of)) for level, of in counts.items() if level and len(of) == 1}
        recoded = Column(
            column.name, "text", np.array([*names, None], dtype=object)[new], names, singles,
            column.label, (names, new),
        )  # fmt: skip
        return recoded, Recoding(column.name, {level: of for level, of in counts.items() if of})

    def _not_recoded(
        self, name: str, left: Sequence[str], rows: NDArray[np.int64], table: str,
        kind: str = "label or group",
    ) -> InputError:  # fmt: skip
        """The error for values without a new level."""
        named = quoted_list(self.row_name(row) for row in rows.tolist())
        return InputError(
            f"{name} has values in no {kind} of [{table}] in hcc2l.toml: "
            f"{quoted_list(repr(text) for text in left)} ({counted(rows.size, 'row')}: {named}).",
            where=f"{self.source.name}, column {name}",
            hint=f'Add them there, or set other = "{MISSING}" to treat them as missing.',
        )

    def recodings(self) -> tuple[Recoding, ...]:
        """What became of the values of the columns used so far that have new levels."""
        used = {*self._used, *self._computed_used}
        return tuple(recoding for name, (_, recoding) in self._recoded.items() if name in used)

    def as_it_stands(self, name: str) -> Column:
        """One column, for checking or writing; as text if its numbers are ambiguous.

        Raises
        ------
        UsageError
            There is no such column; near names are suggested.
        """
        if name not in self._columns:
            self.load([name])
            self._columns[name] = (
                self._parsed[name]() if name in self.names else self._compute(name)
            )
        return self._columns[name]

    def parsed(self, name: str) -> list[float | None]:
        """The numbers in a column of text, one per row; None where a cell is no number.

        Raises
        ------
        InputError
            The numbers can be read in two ways.
        """
        column = self.column(name)
        if column.format.doubtful:
            raise self._two_readings(column)
        self._as_numbers.add(name)
        return [column.format.parse(column.text(row)) for row in range(self.rows)]

    def _two_readings(self, column: Column) -> InputError:
        """The error for a column of numbers such as 1,118 when nothing shows what the comma is."""
        cell = column.format.doubtful[0]
        comma = "," in cell
        sign, other = ("comma", ".") if comma else ("point", ",")
        separated = cell.replace(",", "").replace(".", "")
        return InputError(
            f"The numbers in {column.name} are ambiguous: the {sign} in "
            f"{quoted_list(column.format.doubtful)} may be a thousands separator or the decimal "
            "sign.",
            where=f"{self.source.name}, column {column.name}",
            hint=f"Use --decimal {other} if {cell} means {separated}, or --decimal "
            f"{',' if comma else '.'} if it means {cell.replace(',', '.')}.",
        )

    def _broken_cells(self, column: Column) -> InputError:
        """The error for cells such as #REF!, which are not empty but have no value."""
        cells = [f"{text} ({self._place(row)})" for row, text in column.broken.items()]
        have = f"{len(cells)} cell{'s have' if len(cells) > 1 else ' has'}"
        if "#formula" in column.broken.values():
            what = "a formula whose result the workbook does not hold"
            hint = "Open the workbook in Excel or LibreOffice and save it: this stores the results."
        else:
            what = "an error instead of a value"
            codes = ", ".join(f'"{text}"' for text in dict.fromkeys(column.broken.values()))
            hint = (
                "Correct the cells in the workbook, or declare them as missing: "
                f"missing = [{codes}] for {column.name} in hcc2l.toml."
            )
        return InputError(
            f"{have} {what}: {quoted_list(cells)}.",
            where=f"{self.source.name}, column {column.name}",
            hint=hint,
        )

    def words_for_missing(self) -> dict[str, Mapping[str, int]]:
        """Words read as missing in the columns used so far, by column, with their cells."""
        return {name: c.words for name, c in self._used.items() if c.words}

    def suspected_codes(self) -> dict[str, tuple[str, int]]:
        """Numbers such as 999 that may mean missing in the columns used so far, with their cells.

        They consist of nines, repeat, and lie far beyond all other values of the column.
        """
        found = {}
        for name, column in self._used.items():
            if column.kind != "number" or self.dictionary.column(name).missing:
                continue
            ends = column.ends
            for code in (-9.0, -99.0, -999.0, -9999.0, 9.0, 99.0, 999.0, 9999.0):
                if code not in ends:  # so that it does not lie beyond the others
                    continue
                values = column.values[~np.isnan(column.values)]
                others = values[values != code]
                count = values.size - others.size
                if count < 2 or not others.size:
                    continue
                beyond = others.min() >= 0 if code < 0 else 2 * others.max() < code
                if beyond:
                    found[name] = number_text(code), int(count)
                    break
        return found

    def taken_signs(self) -> dict[str, Mapping[str, tuple[int, str]]]:
        """Signs taken away from numbers in the columns used so far: cells, and one of them."""
        return {name: c.taken for name, c in self._used.items() if c.taken}

    def mixed(self) -> dict[str, list[str]]:
        """Texts among numbers, by column, in the columns treated as grouping variables for them.

        Only columns used so far that are mostly numbers and not described in the dictionary;
        limits such as `≥3` are levels.
        """
        texts_of: dict[str, list[str]] = {}
        for name, column in self._used.items():
            entry = self.dictionary.column(name)
            described = entry.type or entry.levels or entry.recoding or entry.split
            if column.kind != "text" or described or name == self.id_column:
                continue
            counts, form = column.counts(), column.format
            odd = {t for t in counts if form.parse(t) is None and form.limit(t) is None}
            few = len(counts) <= MAX_MIXED
            if odd and few and 2 * sum(counts[text] for text in odd) < sum(counts.values()):
                texts_of[name] = sorted(odd)
        return texts_of

    def similar_levels(self, *events: str) -> dict[str, list[dict[str, int]]]:
        """Levels that differ only in capitals, blanks or accents, with the rows of each.

        Of the columns of text used so far, except the id and `events`, columns of events, whose
        words are understood in upper or lower case.
        """
        similar: dict[str, list[dict[str, int]]] = {}
        for name, column in self._used.items():
            if column.kind != "text" or name in (*events, self.id_column, *self.multi_selects):
                continue
            spellings: dict[str, dict[str, int]] = {}
            for text, rows in column.counts().items():
                spellings.setdefault(_folded(text), {})[text] = rows
            declared = set(self.dictionary.column(name).levels)
            groups = [g for g in spellings.values() if len(g) > 1 and not declared.issuperset(g)]
            if groups:
                similar[name] = groups
        return similar

    def several_values(self) -> tuple[MultiSelect, ...]:
        """The columns used so far that have several values for one patient."""
        return tuple(self._several_used.values())

    def limits(self) -> dict[str, Mapping[int, str]]:
        """Detection limits read as numbers in the columns used so far, by column and row."""
        return {name: c.limits for name, c in self._used.items() if c.limits}

    def number_formats(self) -> dict[str, NumberFormat]:
        """Formats of the columns used so far whose numbers differ in format from the file's."""
        return {
            name: column.format
            for name, column in self._used.items()
            if column.format.cells and (column.kind == "number" or name in self._as_numbers)
        }

    def label(self, name: str) -> str:
        """The column's label: the dictionary's, else the file's, else its name in words."""
        label = self.dictionary.column(name).label
        if label is None and name in self._members:
            of, at = self._members[name]
            label = f"{self.label(of)}: {self.multi_selects[of].members[at].label}"
        elif label is None:
            several = self.multi_selects.get(name)
            label = several.label if several else self.as_it_stands(name).label
        return printable(label or self.dictionary.label(name))

    def unit(self, name: str) -> str | None:
        """The column's unit: the dictionary's, else the one that the file states."""
        return self.dictionary.column(name).unit or self._units.get(name)

    def row_name(self, row: int) -> str:
        """The patient's id, else the row's place in the file."""
        if self.id_column in self.names and self.id_column is not None:
            text = self.column(self.id_column).text(row)
            if text:
                return printable(text)
        return self._place(row)

    def row_place(self, row: int) -> str:
        """The row's place in the file: `line 12`, `row 12`."""
        return self._place(row)

    def row_where(self, row: int) -> str:
        """A row's place in the file and the patient's id, for a message."""
        place, name = self.row_place(row), self.row_name(row)
        return place if place == name else f"{place} ({name})"

    def numbers(
        self, name: str, keep: NDArray[np.bool_] | None = None, *, to_cut: bool = False
    ) -> NDArray[np.float64]:
        """A column as numbers, shape (n,), NaN where missing; only `keep` rows must be numbers.

        With `to_cut`, a detection limit lies just beyond its number: `<20` is below 20.

        Raises
        ------
        InputError
            A cell is not a number.
        UsageError
            It is the class of a computed score.
        """
        column = self.column(name)
        if name in self._members:
            of, at = self._members[name]
            several = self.multi_selects[of]
            return np.where(several.missing, np.nan, several.selected[:, at])
        if column.kind == "number":
            values = column.beside_limits if to_cut else column.values
            return np.asarray(values, dtype=np.float64)
        if name not in self.names:
            raise UsageError(
                f"{name} is a class ({', '.join(column.levels)}), not a number.",
                where=self.source.name,
                hint=f"Select its levels: '{name}=={column.levels[0]}' or '{name} in …,…'.",
            )
        form, cells = column.format, self.parsed(name)
        needed = ~column.missing if keep is None else ~column.missing & keep
        bad = [int(i) for i in np.flatnonzero(needed) if cells[i] is None]
        if not bad:  # declared as text but numeric, or the other cells are excluded
            return np.array([np.nan if c is None else c for c in cells], dtype=np.float64)
        # A detection limit is a number unless the column holds other text; name that text first.
        bad = [i for i in bad if form.limit(column.text(i)) is None] or bad
        bad.sort(
            key=lambda i: _MARKED.fullmatch(column.text(i)) is None
        )  # the remedy for all others
        cell = column.text(bad[0])
        marked = _MARKED.fullmatch(cell)
        hint = "Correct the cell, or give its text with --na if it means missing."
        if form.decimal == "." and re.fullmatch(r"[+-]?\d+,\d+", cell):
            hint = (
                "It has a decimal comma where other cells have a point. Use one of them throughout."
            )
        elif form.decimal == "," and re.fullmatch(r"[+-]?\d+\.\d+", cell):
            hint = (
                "It has a point where other cells have a decimal comma. Use one of them throughout."
            )
        elif marked:
            hint = (
                f'If the mark does not change the number, set marks = ["{marked[1]}"] for {name} '
                "in hcc2l.toml; otherwise correct the cells."
            )
        elif form.limit(cell) is not None:
            hint = (
                f'If it is a detection limit, set type = "numeric" for {name} in hcc2l.toml; the '
                "limit itself is then used as the value."
            )
        elif len(bad) == int(needed.sum()):
            hint = "This column contains no numbers. Choose another column."
        raise InputError(
            f"{cell!r} is not a number"
            + {1: "", 2: "; nor is 1 other cell"}.get(
                len(bad), f"; nor are {len(bad) - 1} other cells"
            )
            + ".",
            where=f"{self.source.name}, column {name}, {self.row_where(bad[0])}",
            hint=hint,
        )

    def computable(self, name: str) -> bool:
        """Whether `name` is no column of the file, and can be computed from those at hand."""
        entry, score = self.dictionary.derived.get(name), score_named(name)
        stated: Mapping[str, str] = {}
        if name in self.names:
            return False
        if entry is not None:
            if any(not self._at_hand(column) for column in entry.columns):
                return False
            if entry.score is None:
                return True
            score, stated = score_named(entry.score), entry.parts
        return score is not None and absent_part(score, {**self.analytes(), **stated}) is None

    def _at_hand(self, name: str) -> bool:
        return name in self.names or name in self._members or self.computable(name)

    def computed(self) -> tuple[Computed, ...]:
        """The scores used so far."""
        return tuple(c for c in self._computed_used.values() if isinstance(c, Computed))

    def derived(self) -> tuple[Derived, ...]:
        """The columns used so far that the dictionary computes, except scores."""
        return tuple(c for c in self._computed_used.values() if isinstance(c, Derived))

    def not_derived(self) -> tuple[str, ...]:
        """The columns used so far that the dictionary would compute, were they not in the file."""
        return tuple(name for name in self._used if name in self.dictionary.derived)

    def sources(self, name: str) -> tuple[str, ...]:
        """The columns that a column comes from: itself, or the parts of a computed score."""
        if name in self.names:
            return (name,)
        if name in self.multi_selects or name in self._members:
            of, _ = self._members.get(name, (name, 0))
            return self.multi_selects[of].columns
        self.as_it_stands(name)
        return tuple(dict.fromkeys(self._computed[name].columns))

    def parts(self, name: str) -> tuple[str, ...]:
        """The columns that a column is computed from, with their units: `albumin (g/L)`."""
        self.as_it_stands(name)
        if name in self._members:
            return self.sources(name)
        return self._computed[name].parts_in_words

    def missing_reason(self, name: str) -> str:
        """Why rows without a value of a column are excluded; of a score with its parts."""
        if name in self.names or name in self.multi_selects or name in self._members:
            return f"{name} missing"
        return f"{name} missing (no {listed(self.sources(name), 'or')})"

    def ordered(self, name: str) -> bool:
        """Whether the levels of a column are ordered, as the dictionary says or a score's are."""
        declared, derived = self.dictionary.column(name).type, self.dictionary.derived.get(name)
        in_file = name in self.names or name in self._members
        of_score = not in_file and (derived is None or derived.score is not None)
        return declared == "ordered" or (declared is None and of_score)

    def analytes(self) -> dict[str, str]:
        """The column of each analyte at hand: as the dictionary says, else recognised by name.

        A finding without a column may be given by a score.
        """
        by_name = {laboratory(name): name for name in reversed(self.names)}
        stated = {self.dictionary.column(name).part: name for name in reversed(self.names)}
        analytes = {key: name for key, name in (by_name | stated).items() if key is not None}
        for key, name in graded_by_scores().items():
            score = score_named(name)
            if key not in analytes and score and absent_part(score, analytes) is None:
                analytes[key] = name
        return analytes

    def _compute(self, name: str) -> Column:
        """A derived column, or else a score; computed once."""
        entry = self.dictionary.derived.get(name)
        if entry is not None:
            return self._derive(entry)
        if name in self._members:
            return self._member(name)
        score = score_named(name)
        if score is None:
            raise no_column(name, self.nameable, self.source.name)
        return self._score(name, score, self.analytes())

    def _score(self, name: str, score: Score, analytes: Mapping[str, str]) -> Column:
        """A score as a column, from the columns of its analytes."""
        absent = absent_part(score, analytes)
        if absent is not None:
            error = no_column(name, self.nameable, self.source.name)
            error.hint = parts_hint(score, absent, self.names)
            raise error
        columns = choose_parts(score, analytes)
        self.load(columns.values())
        parts = {key: self._part(score, key, column) for key, column in columns.items()}
        computed = compute(score, parts, self.source.name, self.row_where)
        self._computed[name] = computed
        if not score.levels:
            return Column(name, "number", computed.values, label=score.label)
        codes = np.where(np.isnan(computed.values), -1, computed.values).astype(np.int64)
        texts = np.array([*score.levels, None], dtype=object)[codes]
        return Column(
            name, "text", texts, score.levels, label=score.label, coded=(score.levels, codes)
        )

    def _derive(self, entry: DerivedEntry) -> Column:
        """A column that the dictionary computes from others.

        Raises
        ------
        UsageError
            A column that it names does not exist, or the two are in different units.
        InputError
            A value is in no group, is no number, or cannot be the base of a percentage.
        """
        table = f"derived.{entry.name}"
        for name in entry.columns:
            if not self._at_hand(name):
                raise no_column(name, self.nameable, f"{self.dictionary.path}, {table}")
        label = entry.label or self.dictionary.label(entry.name)
        score = score_named(entry.score) if entry.score else None
        if score is not None:
            named = replace(score, name=entry.name, label=label, title=in_sentence(label))
            return self._score(entry.name, named, {**self.analytes(), **entry.parts})
        if entry.of is not None:
            column, recoding = self._recode(self.column(entry.of), entry.recoding, table)
            expression = f"groups of {entry.of}: {recoding.described}"
            self._computed[entry.name] = Derived(
                entry.name, label, entry.columns, entry.columns, expression
            )
            return replace(column, name=entry.name, label=label, codes={})
        return self._combine(entry, label)

    def _combine(self, entry: DerivedEntry, label: str) -> Column:
        """A number from two columns."""
        formula = FORMULAS[entry.formula]
        units = [self.dictionary.column(name).unit for name in entry.columns]
        if formula.same_unit and all(units) and len({plain_unit(unit or "") for unit in units}) > 1:
            raise UsageError(
                f"{entry.columns[0]} is in {units[0]}, but {entry.columns[1]} in {units[1]}.",
                where=f"{self.dictionary.path}, derived.{entry.name}",
                hint="Convert one of the columns, or correct its unit.",
            )
        first, second = (self.numbers(name) for name in entry.columns)
        if entry.percent:
            self._refuse_negative_base(entry, first)
        values = formula.values(first, second)
        absent = np.isnan(values) & ~np.isnan(first) & ~np.isnan(second)
        parts = [f"{n} ({u})" if u else n for n, u in zip(entry.columns, units, strict=True)]
        expression = formula.expression.format(*parts)
        self._computed[entry.name] = Derived(
            entry.name, label, tuple(parts), entry.columns, expression, int(absent.sum())
        )
        return Column(entry.name, "number", values, label=label)

    def _refuse_negative_base(self, entry: DerivedEntry, base: NDArray[np.float64]) -> None:
        """InputError for a percentage of a negative number, whose sign would be reversed."""
        with np.errstate(invalid="ignore"):
            negative = np.flatnonzero(base < 0)
        if negative.size:
            named = quoted_list(self.row_name(row) for row in negative.tolist())
            raise InputError(
                f"{entry.columns[0]} is negative in {counted(negative.size, 'row')}: {named}.",
                where=f"{self.dictionary.path}, derived.{entry.name}",
                hint="A percentage needs a base above 0: omit percent for the difference, or "
                "correct the cells.",
            )

    def _part(self, score: Score, analyte: str, name: str) -> Part:
        """A column as a part of a score: numbers, or the texts of a finding in grades."""
        column, label = self.column(name), self.label(name)
        if not is_measured(analyte):
            return Part(name, label, [column.text(row) for row in range(self.rows)])
        try:
            numbers = self.numbers(name)
        except InputError as error:
            error.hint = (
                f"{score.label} is computed from this column. Correct the cell, give its text with "
                "--na if it means missing, or name another column in hcc2l.toml: part = "
                f'"{analyte}".'
            )
            raise
        return Part(name, label, numbers, self.unit(name))

    def endpoints(self) -> dict[str, EndpointEntry]:
        """Endpoints by name: the dictionary's, and those recognised by common column names."""
        recognised = recognise_endpoints(self.names)
        if self.hidden:
            recognised = {n: e for n, e in recognised.items() if not self._hidden_rivals(e)}
        return {**recognised, **self.dictionary.endpoints}

    def hidden_endpoint(self) -> str:
        """A sentence on an endpoint that is not used because its columns are hidden, or nothing."""
        for entry in recognise_endpoints(self.names).values():
            rivals = self._hidden_rivals(entry)
            if rivals and entry.name not in self.dictionary.endpoints:
                return (
                    f"The columns {entry.time} and {entry.event} are hidden in the workbook, and "
                    f"{quoted_list(rivals)} may be the current ones: name those you mean."
                )
        return ""

    def _hidden_rivals(self, entry: EndpointEntry) -> list[str]:
        """Visible columns that may be meant where the workbook hides those of an endpoint."""
        if not {entry.time, entry.event} & self.hidden:
            return []
        return [n for n in self.names if n not in self.hidden and _OUTCOME.search(n)]

    def known_after_start(self, column: str) -> bool:
        """Whether a column is known only after time 0; the columns of every endpoint are."""
        role = self.dictionary.column(column).role
        if column in self._computed and role is None:
            return any(self.known_after_start(part) for part in self.sources(column))
        parts = [p for e in self.endpoints().values() for p in (e.time, e.event, *e.end) if p]
        of_outcome = column in {part.partition("=")[0].strip() for part in parts}
        if column in self._members and role is None and not of_outcome:
            return self.known_after_start(self._members[column][0])
        return (of_outcome and role is None) or looks_post_baseline(self.dictionary, column)

    def check_ids(
        self,
        keep: NDArray[np.bool_] | None = None,
        cluster: str | None = None,
        *,
        intervals: bool = False,
    ) -> None:
        """Refuse a cohort in which a patient occurs twice, among the rows of `keep` if given.

        Rows of one patient may repeat the id when `cluster`, the column of ``--cluster``, is the
        id; never when they are intervals of time from a start to a stop, unless these are analysed
        as `intervals` (``--entry``).

        Raises
        ------
        InputError
            A patient has more than one row.
        UsageError
            The dictionary's id column is not in the cohort.
        """
        rows = np.ones(self.rows, dtype=np.bool_) if keep is None else keep
        self._refuse_imputations(rows)
        if not intervals:
            self._refuse_intervals(rows)
        name = self.id_column or self._unnamed_id(rows)
        if name is None or name == cluster:
            return
        if intervals and name == self.id_column and name in self.names:
            return
        if name not in self.names:
            raise no_column(name, self.names, f"{self.dictionary.path}, id")
        if self._surely_distinct and self._surely_distinct(name):
            return
        repeats = self._repeats(name, rows)
        if repeats:
            raise self._repeated_ids(name, repeats, rows)

    def _unnamed_id(self, keep: NDArray[np.bool_]) -> str | None:
        """A column that identifies patients despite its name, where ids repeat.

        It is called like a patient's number, or it is the first column and its texts all are codes.
        Few of them repeat; or many do, because a row is an event of REDCap or a visit: then other
        columns, such as sex, stand alike in all rows of a patient.
        """
        if self.dictionary.id is not None:
            return None
        named = [n for n in self.names if patient_columns([n]) or names_a_patient(n)]
        first = self.names[0]
        for name in dict.fromkeys([*named, first]):
            if self.dictionary.column(name).role not in (None, "id"):
                continue
            if name not in named and not self._holds_codes(name, keep):
                continue
            repeats = self._repeats(name, keep)
            few = len(repeats) <= keep.sum() // 10
            if repeats and (few or self._redcap_event or self._alike_within(name, repeats)):
                return name
        return None

    def _holds_codes(self, name: str, keep: NDArray[np.bool_]) -> bool:
        """Whether every row has a text, all of one form with digits: `P-001`, `P-002`."""
        column = self.as_it_stands(name)
        if column.kind != "text":
            return False
        texts = column.values[keep & ~column.missing].tolist()
        if len(texts) < MIN_IDS or len(texts) < keep.sum():
            return False
        forms = {re.sub(r"\d+", "9", re.sub(r"[^\W\d]+", "a", same_patient(t))) for t in texts}
        return len(forms) == 1 and "9" in forms.pop()

    def _alike_within(self, name: str, repeats: Sequence[tuple[int, int]]) -> bool:
        """Whether the rows of each of many patients agree in several columns that vary."""
        if len({first for first, _ in repeats}) < MIN_PATIENTS:
            return False
        self.load(self.names)
        columns = (self.as_it_stands(n) for n in self.names if n != name)
        return sum(_varies_between_only(column, repeats) for column in columns) >= MIN_ALIKE

    def _repeated_ids(
        self, name: str, repeats: Sequence[tuple[int, int]], keep: NDArray[np.bool_]
    ) -> InputError:
        """The error for patients with several rows: the rows, and where they differ."""
        count, column = len(repeats), self.as_it_stands(name)
        first, second = repeats[0]
        text = column.text(first)
        ids = int(np.count_nonzero(keep & ~column.missing)) - count
        places = f"{text!r} occurs at {self._place(first)} and {self._place(second)}; "
        places += f"{count} row{'s repeat' if count > 1 else ' repeats'} an id."
        if 2 * count >= ids:
            differing = self._differing(repeats, name)
            verb = "differ" if len(differing) > 1 else "differs"
            varying = f"; {quoted_list(differing)} {verb} within a patient" if differing else ""
            places += f" The file has {count + ids} rows of {ids} patients{varying}."
        else:
            lines = [self._repeat(name, a, b) for a, b in repeats[:MAX_REPEATS]]
            more = f"\n  and {count - MAX_REPEATS} more" if count > MAX_REPEATS else ""
            places += "\n  " + "\n  ".join(lines) + more
        rounded = ""
        if column.rounded:
            rounded = "Numbers in this file keep at most 16 digits: store longer ids as text. "
        return InputError(
            places,
            where=f"{self.source.name}, column {name}",
            hint=f"{rounded}{self._event_rows()}Select one row per patient with --where, or merge "
            f'rows that do not contradict each other: merge = "{name}" under [rows] in hcc2l.toml. '
            f"To keep several rows per patient, use cox with --cluster {quote(name)}. If this "
            'column does not identify patients, name the one that does in hcc2l.toml (id = "…"), '
            "or set id = false.",
        )

    def _repeat(self, name: str, first: int, second: int) -> str:
        """Two rows of one patient: where they stand, and the cells that differ."""
        column = self.as_it_stands(name)
        a, b = column.text(first), column.text(second)
        ids = repr(a) if a == b else f"{a!r} and {b!r}"
        differing = self._differing([(first, second)], name)
        cells = [
            f"{n} ({self.as_it_stands(n).text(first)!r}, {self.as_it_stands(n).text(second)!r})"
            for n in differing
        ]
        how = f"differ in {quoted_list(cells)}" if cells else "have the same cells"
        return f"{ids}: {self._place(first)} and {self._place(second)} {how}"

    def _differing(self, pairs: Sequence[tuple[int, int]], name: str) -> list[str]:
        """The columns in which rows of one patient differ."""
        self.load(self.names)
        columns = [self.as_it_stands(n) for n in self.names if n != name]
        return [c.name for c in columns if any(c.text(a) != c.text(b) for a, b in pairs[:1000])]

    @property
    def _redcap_event(self) -> str | None:
        """The column in which REDCap names the event of a row."""
        return next((n for n in ("redcap_event_name", "Event Name") if n in self.names), None)

    def _event_rows(self) -> str:
        """For an export of REDCap, the condition that keeps the event with the endpoint."""
        event = self._redcap_event
        times = [e.time for e in self.endpoints().values() if e.time in self.names]
        if event is None or not times:
            return ""
        column, time = self.as_it_stands(event), self.as_it_stands(str(times[0]))
        filled = Counter(column.text(int(row)) for row in np.flatnonzero(~time.missing))
        if not filled:
            return ""
        return (
            f"This is an export of REDCap: try --where '{event}=={filled.most_common(1)[0][0]}'. "
        )

    def _refuse_imputations(self, keep: NDArray[np.bool_]) -> None:
        """Refuse several imputations of the same patients, one below the other."""
        name = imputation_column(self.names)
        if name is None:
            return
        sets = {self.as_it_stands(name).text(int(row)) for row in np.flatnonzero(keep)}
        if len(sets) > 1:
            raise InputError(
                f"The file holds {len(sets)} copies of the same patients, numbered by {name}: "
                "imputations. Together they would be analysed as other patients.",
                where=f"{self.source.name}, column {name}",
                hint=f"Analyse the cohort with gaps, or a single one: --where '{name}==0' is the "
                "cohort with gaps.",
            )

    def _refuse_intervals(self, keep: NDArray[np.bool_]) -> None:
        """Refuse several rows of one patient that are intervals from a start to a stop."""
        pair = recognise_interval(self.names)
        if pair is None or any(self.as_it_stands(name).kind != "number" for name in pair):
            return
        start, stop = pair
        names = dict.fromkeys([self.id_column or "", *patient_columns(self.names)])
        for name in names:
            repeats = self._repeats(name, keep) if name in self.names else []
            if not repeats:
                continue
            (first, second), count = repeats[0], len(repeats)
            text = self.as_it_stands(name).text(first)
            raise InputError(
                f"{text!r} occurs at {self._place(first)} and {self._place(second)} with the times "
                f"{start} and {stop}: {count} row{'s repeat' if count > 1 else ' repeats'} a "
                "patient. These rows are intervals of follow-up, but each would be analysed as a "
                "patient followed from time 0.",
                where=f"{self.source.name}, column {name}",
                hint="Select one row per patient with --where, or analyse the intervals (km, cox): "
                f"--entry {quote(start)} --time {quote(stop)}. --cluster would correct the "
                "standard errors, not the times.",
            )

    def _repeats(self, name: str, keep: NDArray[np.bool_]) -> list[tuple[int, int]]:
        """Rows that repeat an id, each after the first row that has it.

        Ids are compared without blanks around them, capitals and full-width letters.
        """
        column = self.as_it_stands(name)
        rows = np.flatnonzero(keep & ~column.missing).tolist()
        values = column.values[rows].tolist()
        if column.kind == "text":
            values = list(map(same_patient, values))
        if len(set(values)) == len(values):
            return []
        first: dict[object, int] = {}
        pairs = [(first.setdefault(v, row), row) for v, row in zip(values, rows, strict=True)]
        return [(a, b) for a, b in pairs if a != b]

    def dictionary_columns_absent(self) -> str | None:
        """A sentence on columns that the dictionary names and that are not in the cohort."""
        named, known = self.dictionary.named_columns(), self.nameable
        absent = [n for n in named if n not in known and not self.computable(n)]
        if not absent:
            return None
        hint = " ".join(did_you_mean(n, self.names) for n in absent[:1] if len(self.names) > 30)
        return (
            "The dictionary names columns that are not in the cohort: "
            f"{quoted_list(absent)}. {hint}"
        )

    def to_csv(self, added: Mapping[str, Sequence[str]], keep: NDArray[np.bool_]) -> str:
        """The kept rows of the cohort and additional columns, as CSV text.

        Parameters
        ----------
        added
            Cells of the additional columns, one for every row of the cohort.
        keep
            Shape (n,): True for the rows to write.

        Raises
        ------
        UsageError
            A column of that name is in the cohort already.
        """
        import csv
        import io

        taken = [name for name in added if name in self.names]
        if taken:
            what = "columns" if len(taken) > 1 else "column"
            raise UsageError(
                f"The cohort already has the {what} {quoted_list(taken)}.",
                where="--save",
                hint=f"Rename the {what} in the cohort.",
            )
        self.load(self.names)
        columns = [self.as_it_stands(name) for name in self.names]
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([*(column.name for column in columns), *added])
        for row in np.flatnonzero(keep).tolist():
            cells = (column.cell(row) for column in columns)
            writer.writerow([*cells, *(column[row] for column in added.values())])
        return text.getvalue()

    def to_pandas(self) -> pd.DataFrame:
        """The cohort as a pandas frame: numbers, text and dates; missing as NaN, None and NaT."""
        import pandas as pd

        self.load(self.names)
        as_in_file = {name for of in self.multi_selects.values() for name in of.columns}
        columns = [
            self.as_it_stands(name) if name in as_in_file else self.column(name)
            for name in self.names
        ]
        return pd.DataFrame({column.name: column.values for column in columns})


def _varies_between_only(column: Column, repeats: Sequence[tuple[int, int]]) -> bool:
    """Whether cells differ between patients, but never between the rows of one."""
    cells: dict[int, set[str]] = {}
    for first, row in repeats:
        cells.setdefault(first, set()).update({column.text(first), column.text(row)} - {""})
    found = list(cells.values())
    return max(map(len, found)) == 1 and len(set().union(*found)) > 1
