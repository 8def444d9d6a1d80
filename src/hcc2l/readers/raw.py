"""The interface of the readers, and the conversion of cells into columns."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

import numpy as np

from hcc2l.cohort import Column, ReadColumns, RowPlace
from hcc2l.dictionary import recognise_id
from hcc2l.errors import InputError, quoted_list
from hcc2l.number_format import NumberFormat, column_format, is_number_somehow, number_text
from hcc2l.readers.cells import is_error, is_missing_word, plain_numbers
from hcc2l.specs.reading import MAX_SIZE


@dataclass(frozen=True)
class ReadOptions:
    """Reading options of the user or the dictionary; None where they are to be detected.

    Attributes
    ----------
    id
        The column that identifies patients; None to recognise it by name, empty if there is none.
    missing, missing_in
        Texts that mean missing, everywhere and by column.
    as_text
        Columns kept as text even when they look like numbers.
    as_list
        Columns of which a cell may hold several values: `1,3` is no number there.
    as_number, as_group
        Columns in which cells such as ``<0.5`` are always detection limits, or always levels.
    id_column
        Of another table than a cohort: its column of ids, by the names of its columns; None if
        these are not the columns of that table.
    max_size
        The largest number of bytes that is read.
    counting
        Columns of which the dictionary knows nothing: only an empty cell is missing there.
    """

    id: str | None = None
    sep: str | None = None
    decimal: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    missing: frozenset[str] = frozenset({""})
    missing_in: Mapping[str, frozenset[str]] = field(default_factory=dict)
    as_text: frozenset[str] = frozenset()
    as_list: frozenset[str] = frozenset()
    as_number: frozenset[str] = frozenset()
    as_group: frozenset[str] = frozenset()
    as_date: frozenset[str] = frozenset()
    levels_in: Mapping[str, frozenset[str]] = field(default_factory=dict)
    decimal_in: Mapping[str, str] = field(default_factory=dict)
    marks_in: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    header: tuple[int, ...] = ()
    merge: str | None = None
    sections: str | None = None
    id_column: Callable[[Sequence[str]], str | None] | None = None
    max_size: int = MAX_SIZE
    counting: frozenset[str] = frozenset()

    def with_id(self, names: Sequence[str]) -> ReadOptions:
        """These options, with the column that identifies patients among those kept as text."""
        find = self.id_column or recognise_id
        name = find(names) if self.id is None else self.id
        return replace(self, id=name or "", as_text=self.as_text | {name or ""})

    def decimal_for(self, name: str) -> str | None:
        """The decimal sign of one column, where it is given."""
        return self.decimal_in.get(name, self.decimal)

    def missing_for(self, name: str, cells: Sequence[Any] = ()) -> frozenset[str]:
        """All texts that mean missing in one column; beside `+`, a `-` means no."""
        if name in self.counting:
            return frozenset({""})
        declared = self.missing_in.get(name, frozenset())
        return (self.missing - {"-"} if "+" in cells else self.missing) | declared


# From this size on, pyarrow reads only the columns in use; below, its import takes longer than it
# saves.
LARGE = 2_000_000
SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


@dataclass(frozen=True)
class RawTable:
    """A table that can be read column by column.

    Attributes
    ----------
    units
        Units that the file states, by column.
    hidden
        Columns that a workbook hides.
    surely_distinct
        Where a reader provides it, a fast test that no value of a column repeats.
    sheet
        The sheet of a workbook that has others too.
    """

    names: tuple[str, ...]
    rows: int
    read: ReadColumns
    place: RowPlace
    remarks: tuple[str, ...] = ()
    surely_distinct: Callable[[str], bool] | None = None
    units: Mapping[str, str] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    sheet: str | None = None


Reader = Callable[[Any, ReadOptions, str], RawTable]


_EXACT = 2.0**53  # from here on, not every whole number is a float
MAX_CODES, LARGEST_CODE = 12, 20  # of a column of codes or counts: 0, 1, 2, ≥3


def column_from_texts(
    name: str,
    texts: Sequence[str | None],
    options: ReadOptions,
    file_decimal: str | None = None,
    repeats: Sequence[int] | None = None,
) -> Column:
    """A column from cells of text: numbers when every cell that is not missing is one.

    Detection limits (``<0.5``, ``>10000``) among numbers are read as the limit.

    Parameters
    ----------
    file_decimal
        The decimal sign of the file, None where nothing shows it.
    repeats
        How many cells each text stands for, where they are distinct texts.
    """
    missing = options.missing_for(name, texts)
    cells = [None if t is None or t in missing else t for t in texts]
    return dated(_column(name, cells, {}, options, file_decimal, repeats), options)


def dated(column: Column, options: ReadOptions) -> Column:
    """A column of numbers as dates, where the dictionary says that it holds dates."""
    if column.name not in options.as_date or column.kind != "number":
        return column
    if not (np.isnan(column.values) | ((column.values > 0) & (column.values < 100_000))).all():
        return column
    return Column(column.name, "date", _days_of_numbers(column.values), label=column.label)


def _column(
    name: str,
    cells: list[str | None],
    typed: Mapping[int, float],
    options: ReadOptions,
    file_decimal: str | None,
    repeats: Sequence[int] | None = None,
) -> Column:
    """A column from cells of text, None where missing; `typed` are those stored as numbers."""
    if name == options.id:
        return Column(name, "text", _objects(cells))
    counts: Counter[str] = Counter()
    for i, cell in enumerate(cells):
        if cell is not None and i not in typed:
            counts[cell] += 1 if repeats is None else repeats[i]
    errors = set(filter(is_error, counts))
    if errors:
        broken = {i: str(c) for i, c in enumerate(cells) if c in errors and i not in typed}
        cells = [None if i in broken else c for i, c in enumerate(cells)]
        column = _column(name, cells, typed, options, file_decimal, repeats)
        return replace(column, broken=broken)
    if name not in options.as_text | options.as_list:
        numeric = _numeric(name, cells, typed, counts, options, file_decimal, repeats)
        if numeric is not None:
            return numeric
    form = column_format(counts, file_decimal, options.decimal_for(name))
    if name in options.as_text:
        return Column(name, "text", _objects(cells), format=form)
    declared = options.levels_in.get(name, frozenset())
    words = {c: n for c, n in counts.items()
             if is_missing_word(c, among_numbers=False) and c not in declared}  # fmt: skip
    if form.decimal == ",":  # stored numbers are written as their neighbours are
        cells = [
            c.replace(".", ",") if c is not None and i in typed else c for i, c in enumerate(cells)
        ]
    if words and len(words) < len(counts):
        cells = [None if c in words else c for c in cells]
    else:
        words = {}
    return Column(name, "text", _objects(cells), format=form, words=words)


def _numeric(
    name: str,
    cells: list[str | None],
    typed: Mapping[int, float],
    counts: Counter[str],
    options: ReadOptions,
    file_decimal: str | None,
    repeats: Sequence[int] | None,
) -> Column | None:
    """The column as numbers, or as text whose numbers are ambiguous; None when it is other text."""
    column = _as_numbers(name, cells, typed, counts, options, file_decimal, repeats)
    if column is not None and all(map(str.isascii, counts)):
        return column
    plain = plain_numbers(counts, options.marks_in.get(name, ()))
    declared = options.levels_in.get(name, frozenset())
    words = {c: n for c, n in counts.items() if is_missing_word(c, True) and c not in declared}
    if words and not (typed or plain or any(map(is_number_somehow, counts))):
        return None
    if not plain and not words:
        return column
    read = {cell: plain[cell][0] if cell in plain else cell for cell in counts}
    read_cells = [None if c is None or c in words else read.get(c, c) for c in cells]
    read_counts: Counter[str] = Counter()
    taken: dict[str, tuple[int, str]] = {}
    for cell, n in counts.items():
        if cell not in words:
            read_counts[read[cell]] += n
        if cell in plain:
            sign = plain[cell][1]
            taken[sign] = taken.get(sign, (0, ""))[0] + n, cell
    column = _as_numbers(name, read_cells, typed, read_counts, options, file_decimal, repeats)
    return None if column is None else replace(column, words=words, taken=taken)


def _as_numbers(
    name: str,
    cells: list[str | None],
    typed: Mapping[int, float],
    counts: Counter[str],
    options: ReadOptions,
    file_decimal: str | None,
    repeats: Sequence[int] | None,
) -> Column | None:
    form = column_format(counts, file_decimal, options.decimal_for(name))
    if form.doubtful and all(map(is_number_somehow, counts)):
        doubtful = () if name in options.as_group else form.doubtful
        return Column(name, "text", _objects(cells), format=form, doubtful=doubtful)
    numbers = [
        typed[i] if i in typed else np.nan if cell is None else form.parse(cell)
        for i, cell in enumerate(cells)
    ]
    limits = [i for i, number in enumerate(numbers) if number is None]
    for i in limits:
        numbers[i] = form.limit(str(cells[i]))
        if numbers[i] is None:
            return None
    values = np.array(numbers, dtype=np.float64)
    weights = np.ones(values.size) if repeats is None else np.asarray(repeats)
    if limits and not measured(name, values, limits, weights, options):
        return None
    return Column(
        name, "number", values, limits={i: str(cells[i]) for i in limits}, format=form,
        written=lambda row: _written(row, cells, typed, form),
    )  # fmt: skip


def _written(
    row: int, cells: Sequence[str | None], typed: Mapping[int, float], form: NumberFormat
) -> str:
    cell = cells[row] or ""
    return cell if row in typed else form.plain_cell(cell)


def measured(
    name: str,
    values: np.ndarray[Any, np.dtype[np.float64]],
    limits: Sequence[int],
    repeats: np.ndarray[Any, np.dtype[Any]],
    options: ReadOptions,
) -> bool:
    """Whether a column of numbers and limits is a measurement rather than a grouping variable.

    It is when most cells are plain numbers, and not just a few small whole ones: 0, 1, 2, ≥3 are
    groups, and so are <65, ≥65.
    """
    if name in options.as_number or name in options.as_group:
        return name in options.as_number
    plain = ~np.isnan(values)
    plain[list(limits)] = False
    if 2 * repeats[list(limits)].sum() >= repeats[plain].sum() + repeats[list(limits)].sum():
        return False
    distinct = np.unique(values[plain])
    whole = bool((distinct == np.floor(distinct)).all())
    return not (whole and distinct.size <= MAX_CODES and distinct[-1] <= LARGEST_CODE)


def column_from_cells(
    name: str, cells: Sequence[Any], options: ReadOptions, file_decimal: str | None = None
) -> Column:
    """A column from typed cells (Excel, SPSS, Stata, SAS, Parquet): numbers, dates, else text."""
    missing = options.missing_for(name, cells)
    known = [None if _is_missing(c, missing) else c for c in cells]
    present = [c for c in known if c is not None]
    if present and all(isinstance(c, (date, datetime)) for c in present):
        days = [None if c is None else np.datetime64(c.strftime("%Y-%m-%d"), "D") for c in known]
        return Column(name, "date", np.array(days, dtype="datetime64[D]"))
    if name not in options.as_text and all(_is_plain_number(c) for c in present):
        numbers = [np.nan if c is None else float(c) for c in known]
        values = np.array(numbers, dtype=np.float64)
        column = Column(name, "number", values, written=lambda row: _cell_text(known[row]))
        return dated(column, options)
    texts = [None if c is None else _cell_text(c) for c in known]
    typed = {i: float(c) for i, c in enumerate(known) if c is not None and _is_plain_number(c)}
    column = dated(_column(name, texts, typed, options, file_decimal), options)
    rounded = any(isinstance(known[i], float) and abs(v) >= _EXACT for i, v in typed.items())
    return replace(column, rounded=rounded)


def _days_of_numbers(values: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, Any]:
    """Days of a spreadsheet, in which 1 is 1900-01-01 and 43831 is 2020-01-01, as dates."""
    days = np.full(values.shape, np.datetime64("NaT", "D"))
    known = ~np.isnan(values)
    days[known] = np.datetime64("1899-12-30") + np.floor(values[known]).astype("timedelta64[D]")
    return days


def _is_missing(cell: object, missing: frozenset[str]) -> bool:
    if cell is None or (isinstance(cell, float) and np.isnan(cell)):
        return True
    return _cell_text(cell) in missing


def _is_plain_number(cell: object) -> bool:
    return isinstance(cell, (int, float, np.number)) and not isinstance(cell, (bool, np.bool_))


def _cell_text(cell: object) -> str:
    if isinstance(cell, (bool, np.bool_)):
        return "true" if cell else "false"
    if isinstance(cell, (int, np.integer)):
        return str(int(cell))
    if isinstance(cell, (float, np.number)):
        return number_text(float(cell))
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d")
    return str(cell).strip()


def _objects(cells: Sequence[str | None]) -> np.ndarray[Any, np.dtype[Any]]:
    values = np.empty(len(cells), dtype=object)
    values[:] = cells
    return values


def column_name(cell: Any) -> str:
    """A column's name: any run of blanks and line breaks is one blank; empty if there is none."""
    if cell is None:
        return ""
    text = _cell_text(cell)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return " ".join(text.split())


# REDCap ends every form with the first of these; other labels occur in several forms, too.
_COMPLETE, _OF_REDCAP = "complete?", ("complete?", "event name", "repeat instrument")


def check_header(names: Sequence[Any], where: str) -> tuple[str, ...]:
    """Column names with single blanks; a column without a name becomes `column_3`.

    In an export of REDCap with labels, names that repeat are numbered: `AFP 1`, `AFP 2`, so that
    neither is taken for the other.

    Raises
    ------
    InputError
        A name occurs twice.
    """
    checked = [column_name(n) or f"column_{i}" for i, n in enumerate(names, start=1)]
    if any(name.casefold() in _OF_REDCAP for name in checked):
        checked = _numbered(checked)
    repeated = [name for name, times in Counter(checked).items() if times > 1]
    if repeated:
        positions = [str(i) for i, n in enumerate(checked, start=1) if n == repeated[0]]
        raise InputError(
            f"The header names {quoted_list(repr(n) for n in repeated)} more than once "
            f"(columns {quoted_list(positions)}).",
            where=where,
            hint="Give every column a different name.",
        )
    return tuple(checked)


def _numbered(names: Sequence[str]) -> list[str]:
    """Names of which those that repeat have their number; the first `Complete?` has none."""
    count, seen = Counter(names), Counter[str]()
    numbered = []
    for name in names:
        seen[name] += 1
        plain = count[name] == 1 or (name.casefold() == _COMPLETE and seen[name] == 1)
        numbered.append(name if plain else f"{name} {seen[name]}")
    return numbered


def no_rows(where: str) -> InputError:
    """The error for a table with a header but no patients."""
    return InputError(
        "The file has a header but no rows.", where=where, hint="Export the cohort again."
    )


def wrong_width(name: str, line: int, cells: int, columns: int, sep: str) -> InputError:
    """The error for a row that is longer or shorter than the header."""
    kind = "longer" if cells > columns else "shorter"
    return InputError(
        f"This row is {kind} than the header: {cells} cells instead of {columns}.",
        where=f"{name}, line {line}",
        hint=f"Look for a stray or missing {SEPARATORS.get(sep, 'separator')} in this line; "
        "enclose cells that contain one in quotation marks.",
    )
