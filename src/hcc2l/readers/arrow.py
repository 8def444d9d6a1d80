"""Columns of cohorts from arrow arrays: long columns are converted whole, not cell by cell.

`pa.array`, `pa.scalar` and `to_numpy` import pandas, which takes longer than reading a million
rows: arrays and scalars are made from buffers instead, and become NumPy's through DLPack.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hcc2l.cohort import Column
from hcc2l.column import Spread, occurrences, small
from hcc2l.number_format import POINT, NumberFormat, decimal_sign, number_text
from hcc2l.readers.raw import ReadOptions, column_from_texts, dated, measured

Floats = NDArray[np.float64]

_TOGETHER = 16  # batches of which strings that repeat are looked up at once
_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
_LEADING_ZERO = r"^[+-]?0\d"


class Ascent:
    """Whether ids ascend, so that none can occur twice, whatever its blanks and capitals.

    As texts do, or the shorter before the longer: P9 before P10.

    Attributes
    ----------
    holds
        Whether all cells so far ascend.
    """

    def __init__(self) -> None:
        self._last: Any = None
        self._as_texts, self._by_length = True, True

    @property
    def holds(self) -> bool:
        """Whether all cells so far ascend in one of the two orders."""
        return self._as_texts or self._by_length

    def watched(self, batches: Iterable[Any], name: str) -> Iterator[Any]:
        """The same record batches, of which a column is looked at."""
        for batch in batches:
            self.add(batch.column(name))
            yield batch

    def add(self, cells: Any) -> None:
        """Look at further cells, an array of strings."""
        import pyarrow.compute as pc

        if not self.holds or not len(cells):
            return
        cells = pc.utf8_trim_whitespace(cells)
        if pc.all(pc.string_is_ascii(cells)).as_py():
            cells = pc.ascii_lower(cells)
        else:
            cells = pc.utf8_lower(pc.utf8_normalize(cells, form="NFKC"))
        pairs = [(cells[:-1], cells[1:])]
        if self._last is not None:
            pairs.append((self._last, cells[:1]))
        for before, after in pairs:
            less = pc.less(before, after)
            self._as_texts = self._as_texts and bool(pc.all(less).as_py())
            short, long = pc.binary_length(before), pc.binary_length(after)
            by_length = pc.or_(pc.less(short, long), pc.and_(pc.equal(short, long), less))
            self._by_length = self._by_length and bool(pc.all(by_length).as_py())
        self._last = cells[len(cells) - 1]


@dataclass(frozen=True)
class Repeated:
    """Texts that repeat: each once, and each row's place among them, shape (n,)."""

    texts: tuple[str, ...]
    places: NDArray[Any]

    def __len__(self) -> int:
        return self.places.size


def compact_columns(batches: Iterable[Any], names: Sequence[str]) -> dict[str, Any]:
    """Columns of strings from record batches: arrays of strings, or `Repeated` where they repeat.

    Their first thousands of cells show whether they do.
    """
    import pyarrow as pa

    chunks: dict[str, list[Any]] = {name: [] for name in names}
    places: dict[str, list[NDArray[Any]]] = {name: [] for name in names}
    known: dict[str, dict[str, int] | None] = {}
    for batch in batches:
        for name in names:
            cells = batch.column(name)
            if name not in known:
                repeats = len(cells) > 1000 and not _mostly_distinct(cells)
                known[name] = {} if repeats else None
            chunks[name].append(cells)
            texts = known[name]
            if texts is not None and len(chunks[name]) == _TOGETHER:
                places[name].append(_places(pa.chunked_array(chunks[name]), texts))
                chunks[name] = []
    columns: dict[str, Any] = {}
    for name, parts in chunks.items():
        texts = known.get(name)
        if texts is None:
            columns[name] = pa.chunked_array(parts, pa.string())
        else:
            last = _places(pa.chunked_array(parts, pa.string()), texts)
            columns[name] = Repeated(tuple(texts), np.concatenate([*places[name], last]))
    return columns


def _places(cells: Any, texts: dict[str, int]) -> NDArray[Any]:
    """Each string's place among `texts`, to which new ones are added; shape (n,)."""
    encoded = cells.dictionary_encode().combine_chunks()
    places = [texts.setdefault(text, len(texts)) for text in encoded.dictionary.to_pylist()]
    table = small(np.array(places, dtype=np.int64))
    found: NDArray[Any] = table[np.from_dlpack(encoded.indices)]
    return found


def text_column(
    name: str, texts: Any, options: ReadOptions, decimal: str | None, commas: bool = True
) -> Column:
    """A column from strings; repeated ones are converted once, long columns of numbers by pyarrow.

    Parameters
    ----------
    texts
        A chunked array of strings, or `Repeated`.
    decimal
        The decimal sign of the file; None where nothing shows it.
    commas
        Whether a cell may contain a comma.
    """
    import pyarrow.compute as pc

    if not isinstance(texts, Repeated):
        if _mostly_distinct(texts):
            trimmed = pc.utf8_trim_whitespace(texts)
            column = _numbers(name, trimmed, options, decimal, commas)
            if column is not None:
                return column
            return column_from_texts(name, trimmed.to_pylist(), options, decimal)
        known: dict[str, int] = {}
        places = _places(texts, known)
        texts = Repeated(tuple(known), places)
    return _repeated_texts(name, texts, options, decimal)


def _repeated_texts(
    name: str, cells: Repeated, options: ReadOptions, decimal: str | None
) -> Column:
    """A column from strings that repeat, each converted once."""
    rows, distinct = cells.places, [text.strip() for text in cells.texts]
    repeats = occurrences(rows, len(distinct)).tolist()
    column = column_from_texts(name, distinct, options, decimal, repeats)
    canonical = [column.text(i) for i in range(len(distinct))]
    known = tuple(dict.fromkeys(text for text in canonical if text))
    places = {text: i for i, text in enumerate(known)}
    table = np.array([places.get(text, -1) for text in canonical], dtype=np.int64)
    as_they_are = known == tuple(canonical)

    def in_rows(cells: Mapping[int, str]) -> dict[int, str]:
        found = np.flatnonzero(np.isin(rows, list(cells))).tolist() if cells else []
        return {row: cells[int(rows[row])] for row in found}

    written = column.written
    return Spread.of(
        column,
        rows,
        coded=(known, rows if as_they_are else small(table)[rows]),
        limits=in_rows(column.limits),
        broken=in_rows(column.broken),
        written=None if written is None else lambda row: written(int(rows[row])),
    )


def _mostly_distinct(cells: Any) -> bool:
    """Whether a long column repeats few of its cells, as far as its first ones show."""
    import pyarrow.compute as pc

    head = cells.slice(0, 65536)
    return len(head) > 1000 and pc.count_distinct(head).as_py() > len(head) // 2


def _is_missing(texts: Any, name: str, options: ReadOptions) -> Any:
    import pyarrow.compute as pc

    return pc.is_in(texts, value_set=strings(sorted(options.missing_for(name))))


def _numbers(
    name: str, texts: Any, options: ReadOptions, decimal: str | None, commas: bool
) -> Column | None:
    """The column as numbers, correctly rounded, or None when a cell is not one."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if name in options.as_text | options.as_list | options.as_date:
        return None
    form = _plain_format(name, texts, options, decimal, commas)
    if form is None:
        return None
    missing, typed = _is_missing(texts, name, options), texts
    if form.decimal == ",":
        texts = pc.replace_substring(texts, pattern=",", replacement=".")
    good = pc.and_not(
        pc.match_substring_regex(texts, _NUMBER),
        pc.match_substring_regex(texts, _LEADING_ZERO),
    )
    limits: dict[int, str] = {}
    if not pc.all(pc.or_(good, missing)).as_py():
        odd = pc.indices_nonzero(pc.invert(pc.or_(good, missing)))
        if 2 * len(odd) > len(texts) and name not in options.as_number:
            return None  # mostly texts: the cells need not be checked one by one
        for row, cell in zip(odd.to_pylist(), typed.take(odd).to_pylist(), strict=True):
            if form.limit(cell) is None:
                return None
            limits[row] = cell
        bare = pc.replace_substring_regex(texts, pattern=r"^[<>≤≥]=?\s*", replacement="")
        texts = pc.if_else(pc.or_(good, missing), texts, bare)
    plain = pc.replace_substring_regex(texts, pattern=r"^\+", replacement="")
    known = pc.if_else(missing, pa.nulls(1, pa.string())[0], plain)
    values = _floats(pc.cast(known, pa.float64()).combine_chunks())
    if np.isinf(values).any():
        return None
    if limits and not measured(
        name, values, list(limits), np.ones(values.size, dtype=np.int64), options
    ):
        return None
    return Column(
        name, "number", values, limits=limits, format=form,
        written=lambda row: form.plain_cell(typed[row].as_py()),
    )  # fmt: skip


def _plain_format(
    name: str, texts: Any, options: ReadOptions, decimal: str | None, commas: bool
) -> NumberFormat | None:
    """The format of a column without thousands separators; None where that is not certain."""
    import pyarrow.compute as pc

    def occurs(sign: str) -> bool:
        return bool(pc.any(pc.match_substring(texts, sign)).as_py())

    decimal = options.decimal_for(name) or decimal
    comma = commas and occurs(",")
    if decimal != "," and not comma and (decimal == "." or not occurs(".")):
        return POINT
    if decimal == "," and not occurs("."):
        head = texts.slice(0, 1000).to_pylist()
        if options.decimal_for(name) or "," in {decimal_sign(cell) for cell in head}:
            return NumberFormat(",")
    return None


def number_column(name: str, values: Any, options: ReadOptions) -> Column:
    """A column from numbers: a chunked array of integers or floats, null where missing."""
    import pyarrow as pa

    missing = [float(code) for code in options.missing_for(name) if _is_number(code)]
    cells, coded = values.combine_chunks(), None
    if _mostly_distinct(cells):
        floats = _floats(cells)
        if missing:
            floats = np.where(np.isin(floats, missing), np.nan, floats)
    else:
        floats, coded = _repeated(cells, missing)
    whole = pa.types.is_integer(values.type)

    def written(row: int) -> str:
        value = values[row].as_py()
        return str(value) if whole else number_text(value)

    return dated(Column(name, "number", floats, coded=coded, written=written), options)


def _repeated(
    cells: Any, missing: Sequence[float]
) -> tuple[Floats, tuple[tuple[str, ...], NDArray[np.int64]]]:
    """Numbers that repeat: each as a float, and the distinct texts with each row's place."""
    encoded = cells.dictionary_encode(null_encoding="encode")
    rows, each = np.from_dlpack(encoded.indices), _floats(encoded.dictionary).copy()
    each[np.isin(each, missing)] = np.nan
    known = ~np.isnan(each)
    distinct, places = np.unique(each[known], return_inverse=True)
    codes = np.full(each.size, -1, dtype=np.int64)
    codes[known] = places
    return each[rows], (tuple(map(number_text, distinct.tolist())), codes[rows])


def _floats(numbers: Any) -> Floats:
    """An array of numbers as floats, NaN where null, shape (n,)."""
    import pyarrow as pa
    import pyarrow.compute as pc

    nan = pa.Array.from_buffers(pa.float64(), 1, [None, pa.py_buffer(np.array([math.nan]))])[0]
    floats = pc.fill_null(pc.cast(numbers, pa.float64(), safe=False), nan)
    return np.asarray(np.from_dlpack(floats), dtype=np.float64)


def days_of(dates: Any) -> NDArray[np.datetime64]:
    """A chunked array of dates as datetime64[D], NaT where null."""
    import pyarrow as pa
    import pyarrow.compute as pc

    numbers = _floats(pc.cast(dates, pa.int32()).combine_chunks())
    known = ~np.isnan(numbers)
    days = np.full(numbers.shape, np.datetime64("NaT", "D"))
    days[known] = numbers[known].astype("datetime64[D]")
    return days


def strings(texts: Sequence[str]) -> Any:
    """An array of strings."""
    import pyarrow as pa

    cells = [text.encode() for text in texts]
    ends = np.cumsum([0, *map(len, cells)], dtype=np.int32)
    return pa.StringArray.from_buffers(
        len(cells), pa.py_buffer(ends), pa.py_buffer(b"".join(cells))
    )


def _is_number(code: str) -> bool:
    """Whether a missing-value code is a number as it is written for a number: 999, not 999.0."""
    try:
        return number_text(float(code)) == code
    except (ValueError, OverflowError):
        return False
