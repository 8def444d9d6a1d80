"""SPSS, Stata and SAS files, by pyreadstat; value labels become the levels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from hcc2l.cohort import Column
from hcc2l.errors import InputError
from hcc2l.number_format import number_text
from hcc2l.readers.raw import RawTable, ReadOptions, check_header, column_from_cells, no_rows


def read_sav(content: bytes, options: ReadOptions, name: str) -> RawTable:
    """The table in an SPSS file."""
    del content  # pyreadstat reads the file itself
    import pyreadstat

    return _read(pyreadstat.read_sav, "SPSS", options, name)


def read_dta(content: bytes, options: ReadOptions, name: str) -> RawTable:
    """The table in a Stata file."""
    del content  # pyreadstat reads the file itself
    import pyreadstat

    return _read(pyreadstat.read_dta, "Stata", options, name)


def read_sas(content: bytes, options: ReadOptions, name: str) -> RawTable:
    """The table in a SAS file."""
    del content  # pyreadstat reads the file itself
    import pyreadstat

    return _read(pyreadstat.read_sas7bdat, "SAS", options, name)


def read_xpt(content: bytes, options: ReadOptions, name: str) -> RawTable:
    """The table in a SAS transport file."""
    del content  # pyreadstat reads the file itself
    import pyreadstat

    return _read(pyreadstat.read_xport, "SAS transport", options, name)


def _read(
    parse: Callable[..., tuple[dict[str, Any], Any]],
    program: str,
    options: ReadOptions,
    name: str,
) -> RawTable:
    import pyreadstat

    try:
        data, meta = parse(name, encoding=options.encoding, output_format="dict")
    except (pyreadstat.ReadstatError, UnicodeDecodeError, ValueError, OverflowError) as error:
        raise InputError(
            f"The {program} file cannot be read ({error}).",
            where=name,
            hint=f"Save it again in {program}, or specify its --encoding.",
        ) from None
    names = check_header(list(data), name)
    options = options.with_id(names)
    cells = dict(zip(names, data.values(), strict=True))
    rows = len(next(iter(cells.values()))) if cells else 0
    if rows == 0:
        raise no_rows(name)

    def read(columns: tuple[str, ...]) -> dict[str, Callable[[], Column]]:
        return {n: partial(_column, n, list(cells[n]), meta, options) for n in columns}

    return RawTable(names=names, rows=rows, read=read, place=lambda row: f"row {row + 1}")


def _column(name: str, cells: list[Any], meta: Any, options: ReadOptions) -> Column:
    """One column; labels replace codes when every value that occurs has a label."""
    cells = [c.strip() if isinstance(c, str) else c for c in cells]
    column = column_from_cells(name, cells, options)
    label = (meta.column_names_to_labels or {}).get(name) or None
    labels = {
        _code(code): str(text).strip()
        for code, text in (meta.variable_value_labels or {}).get(name, {}).items()
    }
    present = {column.text(row) for row in range(len(cells))} - {""}
    if not labels or column.kind == "date" or not present <= set(labels):
        return replace(column, label=label)
    texts = [labels.get(column.text(row)) for row in range(len(cells))]
    text_column = column_from_cells(name, texts, replace(options, as_text=options.as_text | {name}))
    levels = tuple(dict.fromkeys(labels[c] for c in labels))
    codes = {text: code for code, text in labels.items()}
    return replace(text_column, levels=levels, codes=codes, label=label)


def _code(code: object) -> str:
    return number_text(float(code)) if isinstance(code, (int, float)) else str(code).strip()
