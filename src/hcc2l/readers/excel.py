"""Excel workbooks, by python-calamine."""

from __future__ import annotations

import io
from functools import partial
from typing import Any

from hcc2l.cohort import Column
from hcc2l.errors import InputError, UsageError, did_you_mean
from hcc2l.number_format import file_decimal
from hcc2l.readers.raw import RawTable, ReadOptions, check_header, column_from_cells, no_rows


def read(content: bytes, options: ReadOptions, name: str) -> RawTable:
    """One sheet as a table: the first row is the header, each further row a patient.

    Raises
    ------
    InputError
        The workbook is damaged or protected, the sheet is empty, or a cell lies beyond the header.
    UsageError
        There is no such sheet.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = workbook.sheet_names
        sheet = _sheet(options.sheet, sheets, name)
        cells = workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    except CalamineError:
        raise InputError(
            "The file is damaged, password-protected or not an Excel workbook.",
            where=name,
            hint="Open it in Excel and save it again as .xlsx or CSV.",
        ) from None
    where = f"{name}, sheet {sheet!r}"
    header, rows, numbers = _table(cells, where)
    options = options.with_id(header)
    columns = dict(zip(header, zip(*rows, strict=True), strict=True))
    decimal = file_decimal(cell for row in rows for cell in row if isinstance(cell, str))

    def make(column: str) -> Column:
        return column_from_cells(column, columns[column], options, decimal)

    chosen = options.sheet or len(sheets) == 1
    remark = () if chosen else (f"only the first sheet, {sheet!r}, was read",)
    return RawTable(
        names=header,
        rows=len(rows),
        read=lambda names: {n: partial(make, n) for n in names},
        place=lambda row: f"row {numbers[row]}",
        remarks=remark,
    )


def _sheet(given: str | None, sheets: list[str], name: str) -> str:
    if given is None:
        return sheets[0]
    if given not in sheets:
        hint = did_you_mean(given, sheets)
        raise UsageError(f"There is no sheet {given!r} in {name}.", where="--sheet", hint=hint)
    return given


def _table(
    cells: list[list[Any]], where: str
) -> tuple[tuple[str, ...], list[list[Any]], list[int]]:
    """Header, non-empty rows, and the row numbers as Excel shows them."""
    filled = [(i, row) for i, row in enumerate(cells, start=1) if any(c != "" for c in row)]
    if not filled:
        raise InputError("The sheet is empty.", where=where, hint="Choose another with --sheet.")
    first = filled[0][1]
    width = max(i for i, c in enumerate(first, start=1) if c != "")
    for number, row in filled[1:]:
        stray = [i for i, c in enumerate(row[width:], start=width + 1) if c != ""]
        if stray:
            raise InputError(
                f"There is a cell to the right of the header, in column {stray[0]}.",
                where=f"{where}, row {number}",
                hint="Name its column in the header, or clear the cell.",
            )
    header = check_header([str(c) for c in first[:width]], where)
    if len(filled) == 1:
        raise no_rows(where)
    rows = [[None if c == "" else c for c in row[:width]] for _, row in filled[1:]]
    return header, rows, [number for number, _ in filled[1:]]
