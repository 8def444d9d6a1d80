"""Parquet files, by pyarrow."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from typing import Any

from hcc2l.cohort import Column
from hcc2l.errors import InputError
from hcc2l.readers.raw import RawTable, ReadOptions, check_header, column_from_cells, no_rows


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
        file = pq.ParquetFile(io.BytesIO(content))
    except (pa.ArrowException, OSError):
        raise InputError(
            "The file is damaged or not a Parquet file.",
            where=name,
            hint="Write the file again, or export the cohort as CSV.",
        ) from None
    names = check_header(file.schema_arrow.names, name)
    options = options.with_id(names)
    rows = file.metadata.num_rows
    if rows == 0:
        raise no_rows(name)

    def make(column: str, cells: list[Any]) -> Column:
        return column_from_cells(column, cells, options)

    def read_columns(columns: tuple[str, ...]) -> dict[str, Callable[[], Column]]:
        table = file.read(columns=list(columns))
        return {n: partial(make, n, table.column(n).to_pylist()) for n in columns}

    return RawTable(names=names, rows=rows, read=read_columns, place=lambda row: f"row {row + 1}")
