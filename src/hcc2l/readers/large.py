"""Large delimited text: pandas parses the wanted columns, after every row's width was checked."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hcc2l.cohort import Column
from hcc2l.errors import InputError
from hcc2l.readers.raw import (
    RawTable,
    ReadOptions,
    check_header,
    column_from_texts,
    no_rows,
)

if TYPE_CHECKING:
    import pandas as pd

_NEWLINE, _QUOTE, _ZERO, _NINE = 10, 34, 48, 57
_BLOCK = 1 << 24


def read_large(
    text: str, sep: str, decimal: str, options: ReadOptions, name: str, remarks: tuple[str, ...]
) -> RawTable:
    """Read text of many megabytes; the same columns as the small reader gives."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    header = next(csv.reader(io.StringIO(text[:1_000_000], newline=""), delimiter=sep))
    names = check_header(header, name)
    content = text.encode("utf-8")
    del text
    lines, padded = _check_widths(content, sep, len(names), name)
    rows = lines.size - 1
    if rows == 0:
        raise no_rows(name)
    skipped = lines.size != lines[-1]

    def read(wanted: tuple[str, ...]) -> dict[str, Column]:
        return _parse(content, names, wanted, sep, decimal, options, keep_text=padded)

    return RawTable(
        names=names,
        rows=rows,
        read=read,
        place=lambda row: f"line {lines[row + 1] if skipped else row + 2}",
        remarks=remarks,
    )


def _check_widths(
    content: bytes, sep: str, width: int, name: str
) -> tuple[NDArray[np.int64], bool]:
    """Check every record's number of cells.

    Returns
    -------
    lines : the line on which each record begins (header first), blank lines left out
    padded : whether any cell begins with 0 and another digit (`007`), so must stay text
    """
    from hcc2l.readers.delimited import wrong_width

    data = np.frombuffer(content, dtype=np.uint8)
    separator = ord(sep)
    line, cells, quoted, start = 1, 0, False, 0
    lines: list[NDArray[np.int64]] = []
    padded = False
    while start < data.size:
        block = data[start : start + _BLOCK + 1]  # one byte more, to see what follows a zero
        last = start + _BLOCK >= data.size
        body = block if last else block[:-1]
        outside = np.ones(body.size, dtype=np.bool_)
        if quoted or (body == _QUOTE).any():
            inside = np.cumsum(body == _QUOTE, dtype=np.uint8) & 1
            outside = inside == (1 if quoted else 0)
            quoted = bool((int(inside[-1]) + quoted) % 2)
        padded = padded or _has_padded_number(block, separator)
        breaks = np.flatnonzero((body == _NEWLINE) & outside)
        all_breaks = np.flatnonzero(body == _NEWLINE)
        separators = np.flatnonzero((body == separator) & outside)
        per_line = np.diff(np.searchsorted(separators, breaks), prepend=0)
        if breaks.size:
            per_line[0] += cells
            cells = separators.size - int(np.searchsorted(separators, breaks[-1]))
            begins = _line_numbers(breaks, all_breaks, line, lines)
            empty = np.diff(breaks, prepend=-2 if per_line[0] else -1) == 1
            bad = np.flatnonzero((per_line != width - 1) & ~(empty & (per_line == 0)))
            if bad.size:
                found = int(per_line[bad[0]]) + 1
                raise wrong_width(name, int(begins[bad[0]]), found, width, sep)
            lines.append(begins[~(empty & (per_line == 0))])
        else:
            cells += separators.size
        line += all_breaks.size
        start += _BLOCK
    if quoted:
        raise InputError("A quoted cell is not closed.", where=name)
    if content[-1:] != b"\n":
        if cells != width - 1:
            raise wrong_width(name, line, cells + 1, width, sep)
        lines.append(np.array([line]))
    return np.concatenate(lines), padded


def _line_numbers(
    breaks: NDArray[np.int64],
    all_breaks: NDArray[np.int64],
    line: int,
    done: list[NDArray[np.int64]],
) -> NDArray[np.int64]:
    """Physical line on which each record that ends in this block begins."""
    ends = line + np.searchsorted(all_breaks, breaks)
    begins = np.concatenate(([line], ends[:-1] + 1))
    if not done:
        begins[0] = 1
    return begins


def _has_padded_number(block: NDArray[np.uint8], separator: int) -> bool:
    before, zero, after = block[:-2], block[1:-1], block[2:]
    begins = (before == separator) | (before == _NEWLINE) | (before == _QUOTE)
    digit = (after >= _ZERO) & (after <= _NINE)
    return bool(np.any(begins & (zero == _ZERO) & digit))


def _parse(
    content: bytes,
    names: tuple[str, ...],
    wanted: tuple[str, ...],
    sep: str,
    decimal: str,
    options: ReadOptions,
    *,
    keep_text: bool,
) -> dict[str, Column]:
    import pandas as pd

    def parse(columns: list[str], as_text: bool) -> pd.DataFrame:
        return pd.read_csv(
            io.BytesIO(content),
            sep=sep,
            decimal=decimal,
            header=0,
            names=list(names),
            usecols=columns,
            index_col=False,
            dtype=str if as_text else None,
            keep_default_na=False,
            na_values={n: sorted(options.missing_for(n)) for n in columns},
            float_precision="round_trip",
            skipinitialspace=True,
            engine="c",
            low_memory=False,
        )

    frame = parse(list(wanted), keep_text)
    columns = {}
    for name in wanted:
        values = frame[name]
        plain = values.dtype.kind in "iuf" and name not in options.as_text
        if plain and np.isfinite(values.to_numpy(dtype=np.float64, na_value=np.nan)).any():
            columns[name] = Column(name, "number", values.to_numpy(dtype=np.float64))
            continue
        if values.dtype.kind in "iufb":  # as the file has it: 007, True, inf
            values = parse([name], as_text=True)[name]
        columns[name] = _text_column(name, values, options, decimal)
    return columns


def _text_column(name: str, values: Any, options: ReadOptions, decimal: str) -> Column:
    """Type the distinct texts only; there are few of them in a column of groups."""
    codes, distinct = values.str.strip().factorize()
    column = column_from_texts(name, list(distinct), options, decimal)
    absent: Any = np.nan if column.kind == "number" else None
    table = np.append(column.values, absent)
    return Column(name, column.kind, table[codes])
