"""Parquet files, by pyarrow."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hcc2l.cohort import Column
from hcc2l.errors import InputError
from hcc2l.readers.arrow import (
    Ascent,
    compact_columns,
    days_of,
    number_column,
    strings,
    text_column,
)
from hcc2l.readers.blocks import Held, Source
from hcc2l.readers.raw import RawTable, ReadOptions, check_header, column_from_cells, no_rows

_BATCH = 1 << 16  # rows
_FIRST, _LAST = np.datetime64("0001-01-01"), np.datetime64("9999-12-31")


def read(content: bytes, options: ReadOptions, name: str) -> RawTable:
    """The table in a Parquet file; only the columns in use are read.

    Raises
    ------
    InputError
        The file is damaged, or empty.
    """
    return read_file(Held(content), options, name)


def read_file(source: Source, options: ReadOptions, name: str) -> RawTable:
    """The same from a file that is not held; each column is read when it is used.

    Raises
    ------
    InputError
        As `read`; or the file changed while it was read.
    """
    with _opened(source, name) as file:
        rows, schema = file.metadata.num_rows, file.schema_arrow
    names = check_header(schema.names, name)
    stored = dict(zip(names, schema.names, strict=True))
    options = options.with_id(names)
    if rows == 0:
        raise no_rows(name)

    def batches(column: str) -> Iterator[Any]:
        with _opened(source, name) as file:
            yield from file.iter_batches(_BATCH, columns=[stored[column]], use_threads=False)

    def column(of: str) -> Column:
        kind = schema.field(schema.get_field_index(stored[of])).type
        if _is_text(kind):
            cells = compact_columns(map(_texts, batches(of)), [stored[of]])
            return text_column(of, cells[stored[of]], options, None)
        with _opened(source, name) as file:
            table = file.read(columns=[stored[of]], use_threads=False)
        return _column(of, table.column(0), options, name)

    def distinct(of: str) -> bool:
        if not _is_text(schema.field(schema.get_field_index(stored[of])).type):
            return False
        ascent = Ascent()
        for batch in batches(of):
            ascent.add(_texts(batch).column(0))
        return ascent.holds

    return RawTable(
        names=names,
        rows=rows,
        read=lambda columns: {n: partial(column, n) for n in columns},
        place=lambda row: f"row {row + 1}",
        surely_distinct=distinct,
    )


@contextmanager
def _opened(source: Source, name: str) -> Iterator[Any]:
    """The Parquet file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with source.opened() as file:
        try:
            yield pq.ParquetFile(file)
        except (pa.ArrowException, OSError):
            raise _damaged(name) from None


def _is_text(kind: Any) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _texts(batch: Any) -> Any:
    """A record batch of one column of strings, empty where null."""
    import pyarrow as pa
    import pyarrow.compute as pc

    cells = pc.fill_null(pc.cast(batch.column(0), pa.string()), strings([""])[0])
    return pa.RecordBatch.from_arrays([cells], names=batch.schema.names)


def _damaged(name: str) -> InputError:
    return InputError(
        "The file is damaged or not a Parquet file.",
        where=name,
        hint="Write the file again, or export the cohort as CSV.",
    )


def _column(name: str, cells: Any, options: ReadOptions, file: str) -> Column:
    """One column; of the types that are rare in cohorts, cell by cell."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = cells.type
    as_text = name in options.as_text
    if (pa.types.is_integer(kind) or pa.types.is_floating(kind)) and not as_text:
        return number_column(name, cells, options)
    if pa.types.is_date32(kind) or (pa.types.is_timestamp(kind) and kind.tz is None):
        return Column(name, "date", _dates(pc.cast(cells, pa.date32(), safe=False), name, file))
    if pa.types.is_dictionary(kind) and pa.types.is_string(kind.value_type):
        cells = pc.cast(cells, pa.string())
    if pa.types.is_string(cells.type) or pa.types.is_large_string(cells.type):
        texts = pc.fill_null(pc.cast(cells, pa.string()), strings([""])[0])
        return text_column(name, texts, options, None)
    try:
        values = cells.to_pylist()
    except (pa.ArrowException, OSError, KeyError, ValueError, OverflowError):
        raise InputError(
            f"The column cannot be read as {kind}.",
            where=f"{file}, column {name}",
            hint="Write it as numbers, dates or text.",
        ) from None
    return column_from_cells(name, values, options)


def _dates(cells: Any, name: str, file: str) -> NDArray[np.datetime64]:
    """The dates of a column.

    Raises
    ------
    InputError
        One is before the year 1 or after 9999.
    """
    days = days_of(cells)
    with np.errstate(invalid="ignore"):
        strange = np.flatnonzero((days < _FIRST) | (days > _LAST))
    if strange.size:
        raise InputError(
            "A date is before the year 1 or after the year 9999.",
            where=f"{file}, column {name}, row {strange[0] + 1}",
            hint="Correct it, or write the column as text.",
        )
    return days
