"""Parquet files, by pyarrow."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hcc2l.cohort import Column
from hcc2l.errors import InputError
from hcc2l.readers.arrow import days_of, number_column, strings, surely_distinct, text_column
from hcc2l.readers.raw import RawTable, ReadOptions, check_header, column_from_cells, no_rows

_FIRST, _LAST = np.datetime64("0001-01-01"), np.datetime64("9999-12-31")


def read(content: bytes, options: ReadOptions, name: str) -> RawTable:
    """The table in a Parquet file; only the columns in use are read.

    Raises
    ------
    InputError
        The file is damaged, or empty.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(pa.BufferReader(content))
    except (pa.ArrowException, OSError):
        raise _damaged(name) from None
    names = check_header(file.schema_arrow.names, name)
    stored = dict(zip(names, file.schema_arrow.names, strict=True))
    options = options.with_id(names)
    rows = file.metadata.num_rows
    if rows == 0:
        raise no_rows(name)

    def table_of(*columns: str) -> Any:
        try:
            return file.read(columns=[stored[n] for n in columns], use_threads=False)
        except (pa.ArrowException, OSError):
            raise _damaged(name) from None

    def read_columns(columns: tuple[str, ...]) -> dict[str, Callable[[], Column]]:
        table = table_of(*columns)
        return {n: partial(_column, n, table.column(stored[n]), options, name) for n in columns}

    def distinct(column: str) -> bool:
        texts = table_of(column).column(0)
        return pa.types.is_string(texts.type) and surely_distinct(texts)

    return RawTable(
        names=names,
        rows=rows,
        read=read_columns,
        place=lambda row: f"row {row + 1}",
        surely_distinct=distinct,
    )


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
