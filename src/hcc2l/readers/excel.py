"""Workbooks of Excel and LibreOffice, by python-calamine."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from hcc2l.dictionary import patient_columns, recognise_id
from hcc2l.errors import Hcc2lError, InputError, UsageError, did_you_mean, quoted_list
from hcc2l.readers.content import too_large
from hcc2l.readers.delimited import read as read_text
from hcc2l.readers.html import is_html, read_html
from hcc2l.readers.layout import Grid, find_table
from hcc2l.readers.raw import RawTable, ReadOptions
from hcc2l.readers.rows import read_grid
from hcc2l.readers.workbook_xml import SheetNotes, read_notes, unpacked_size
from hcc2l.vocabulary import names_a_patient, names_an_outcome

_CODE_LIST = frozenset((
    "code", "codes", "label", "labels", "meaning", "value", "values", "variable", "description",
    "kürzel", "bedeutung", "kode", "signification", "libellé", "anlam", "kod", "코드", "의미",
    "代码", "含义", "コード", "意味",
))  # fmt: skip


def read(content: bytes, options: ReadOptions, name: str) -> RawTable:
    """One sheet as a table: titles, units, totals and hidden parts are found and named.

    Raises
    ------
    InputError
        The workbook is damaged or protected, the sheet is empty, or a cell lies beyond the header.
    UsageError
        There is no such sheet, or two that may be the cohort.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    if is_html(content):
        return read_html(content, options, name)
    if name.lower().endswith(".xls") and not content.startswith((b"\xd0\xcf\x11\xe0", b"PK")):
        table = read_text(content, options, name)
        return replace(table, remarks=("this is a text, not a workbook", *table.remarks))
    if unpacked_size(content) > options.max_size:
        raise too_large(options.max_size, name)
    try:
        notes = read_notes(content)
    except InputError as error:
        raise InputError(error.message, where=f"{name}, {error.where}", hint=error.hint) from None
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [
            _Sheet(
                s.name,
                str(s.visible).endswith(".Visible"),
                _grid(workbook, s.name, notes.get(s.name, SheetNotes())),
            )
            for s in workbook.sheets_metadata
            if "WorkSheet" in str(s.typ) and (options.sheet in (None, s.name))
        ]
    except CalamineError:
        raise _damaged(name) from None
    if not workbook.sheet_names:
        raise _damaged(name)
    if not sheets and options.sheet is None:
        raise InputError(
            "The workbook has no sheet with cells.", where=name, hint="Export the cohort again."
        )
    if options.sheet is not None and not sheets:
        hint = did_you_mean(options.sheet, workbook.sheet_names)
        raise UsageError(
            f"There is no sheet {options.sheet!r} in {name}.", where="--sheet", hint=hint
        )
    sheet = sheets[0] if options.sheet is not None else _cohort_sheet(sheets, options, name)
    where = f"{name}, sheet {sheet.name!r}"
    if not sheet.grid.rows:
        raise InputError("The sheet is empty.", where=where, hint="Choose another with --sheet.")
    others = [repr(s.name) for s in sheets if s is not sheet]
    remarks: tuple[str, ...] = ()
    if others and sheet is sheets[0]:
        remarks = (f"only the first sheet, {sheet.name!r}, was read",)
    elif others:
        remarks = (f"only the sheet {sheet.name!r} was read, not {quoted_list(others)}",)
    table = read_grid(sheet.grid, options, where, remarks=remarks)
    return replace(table, sheet=sheet.name if len(workbook.sheet_names) > 1 else None)


def _damaged(name: str) -> InputError:
    return InputError(
        "The file is damaged, password-protected or not an Excel workbook.",
        where=name,
        hint="Open it in Excel and save it again as .xlsx or CSV.",
    )


@dataclass(frozen=True)
class _Sheet:
    """One worksheet, with its rank as a cohort: whether it has ids, and an outcome."""

    name: str
    visible: bool
    grid: Grid

    def names(self, options: ReadOptions) -> Sequence[str]:
        """The names of its columns; none if it holds no table."""
        try:
            return find_table(self.grid, "", header=options.header, id_column=options.id).names
        except Hcc2lError:
            return ()

    def rank(self, options: ReadOptions) -> tuple[bool, bool, bool]:
        """Whether it is a table that a user can see, whether it has an outcome, and an id."""
        if not self.grid.rows:
            return (False, False, False)
        try:
            table = find_table(self.grid, "", header=options.header, id_column=options.id)
        except Hcc2lError:
            return (False, False, False)
        names = table.names
        code_list = 2 * sum(n.casefold() in _CODE_LIST for n in names) > len(names)
        if code_list or len(names) < 2 or len(table.rows) < 2:
            return (False, False, False)
        outcome = any(map(names_an_outcome, names))
        ids = options.id in names or bool(recognise_id(names) or patient_columns(names))
        ids = ids or any(map(names_a_patient, names))
        return (self.visible, outcome, ids)


def _cohort_sheet(sheets: Sequence[_Sheet], options: ReadOptions, name: str) -> _Sheet:
    """The sheet that holds the cohort: the first, unless only another one has an outcome and ids.

    Raises
    ------
    UsageError
        Several sheets have an outcome and ids.
    """
    if len(sheets) == 1:
        return sheets[0]
    if options.id_column is not None:
        return next((s for s in sheets if options.id_column(s.names(options))), sheets[0])
    ranks = [sheet.rank(options) for sheet in sheets]
    complete = [s for s, rank in zip(sheets, ranks, strict=True) if all(rank)]
    if len(complete) > 1:
        raise UsageError(
            f"{len(complete)} sheets may be the cohort: "
            f"{quoted_list(repr(s.name) for s in complete)}.",
            where=name,
            hint=f"Choose one, such as --sheet {complete[0].name!r}.",
        )
    return sheets[ranks.index(max(ranks))]


def _grid(workbook: Any, name: str, notes: SheetNotes) -> Grid:
    """The cells of a sheet without its blank rows; errors as the text that Excel shows."""
    sheet = workbook.get_sheet_by_name(name)
    cells = sheet.to_python(skip_empty_area=False)
    for (row, column), text in notes.faults.items():
        if row < len(cells) and column < len(cells[row]):
            cells[row][column] = text
    filled = [i for i, row in enumerate(cells) if any(c != "" for c in row)]
    merged = sheet.merged_cell_ranges or ()
    return Grid(
        rows=[cells[i] for i in filled],
        numbers=[i + 1 for i in filled],
        merged=[
            *((top, left, bottom, right) for (top, left), (bottom, right) in merged),
            *notes.merged,
        ],
        formulas=notes.formulas,
        hidden_rows=notes.hidden_rows,
        hidden_columns=notes.hidden_columns,
    )
