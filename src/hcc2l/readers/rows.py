"""The rows of a table that was found in a sheet or text, as the patients of a cohort."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from hcc2l.cohort import Column, same_patient
from hcc2l.errors import InputError, no_column, quoted_list
from hcc2l.number_format import file_decimal
from hcc2l.readers.layout import Grid, SheetTable, find_table
from hcc2l.readers.raw import (
    RawTable,
    ReadOptions,
    column_from_cells,
    column_from_texts,
    column_name,
    no_rows,
)

# Columns in which REDCap says what a row is: the rows of one patient differ there by design.
_EVENT, _INSTRUMENT, _INSTANCE = (
    ("redcap_event_name", "Event Name"),
    ("redcap_repeat_instrument", "Repeat Instrument"),
    ("redcap_repeat_instance", "Repeat Instance"),
)
CONFLICTS = 5  # that a message shows


def read_grid(
    grid: Grid, options: ReadOptions, where: str, *, texts_only: bool = False,
    decimal: str | None = None, remarks: tuple[str, ...] = (),
) -> RawTable:  # fmt: skip
    """The table in a grid, its columns ready to be typed.

    Parameters
    ----------
    texts_only
        Whether every cell is text.
    decimal
        The decimal sign of the file; None to find it in the cells of text.

    Raises
    ------
    InputError
        The grid holds no table with rows, or rows to be merged contradict each other.
    """
    table = find_table(
        grid, where, header=options.header, id=options.id, sections=options.sections
    )
    if not table.rows:
        raise no_rows(where)
    if options.merge is not None:
        table = _merged(table, options.merge, options, grid.word, where)
    names, rows, numbers = table.names, table.rows, table.numbers
    options = options.with_id(names)
    columns = dict(zip(names, zip(*rows, strict=True), strict=True))
    if decimal is None and not texts_only:
        decimal = file_decimal(cell for row in rows for cell in row if isinstance(cell, str))
        if decimal == "," and options.decimal is None:
            remarks = (*remarks, "numbers stored as text were read with decimal commas")

    def make(column: str) -> Column:
        cells = columns[column]
        if texts_only:
            texts = [None if c is None else c.strip() for c in cells]
            return column_from_texts(column, texts, options, decimal)
        cells = [c.strip() if isinstance(c, str) else c for c in cells]
        return column_from_cells(column, cells, options, decimal)

    return RawTable(
        names=names,
        rows=len(rows),
        read=lambda names: {n: partial(make, n) for n in names},
        place=lambda row: f"{grid.word} {numbers[row]}",
        remarks=(*remarks, *table.remarks),
        units=table.units,
        hidden=table.hidden,
    )


def _merged(
    table: SheetTable, column: str, options: ReadOptions, word: str, where: str
) -> SheetTable:
    """One row for each patient: the cells that the patient's rows fill, where they agree.

    Rows of a repeating instrument of REDCap are measurements, not patients: they are left out.
    """
    names = table.names
    if column not in names:
        raise no_column(column, names, "hcc2l.toml, rows.merge")
    at = names.index(column)
    by_design = {j for j, name in enumerate(names) if name in (*_EVENT, *_INSTRUMENT, *_INSTANCE)}
    instrument = next((names.index(name) for name in _INSTRUMENT if name in names), None)
    missing = options.missing
    groups: dict[str, list[int]] = {}
    repeats: dict[str, int] = {}
    for i, row in enumerate(table.rows):
        repeat = "" if instrument is None else _text(row[instrument])
        if repeat:
            repeats[repeat] = repeats.get(repeat, 0) + 1
        else:
            id = _text(row[at])
            groups.setdefault(same_patient(id) if id else f"\0{i}", []).append(i)
    rows, conflicts = [], []
    for members in groups.values():
        first = list(table.rows[members[0]])
        source = dict.fromkeys(range(len(names)), members[0])
        for i in members[1:]:
            for j, cell in enumerate(table.rows[i]):
                if _text(cell) in missing or j == at:
                    continue
                if _text(first[j]) in missing:
                    first[j], source[j] = cell, i
                elif _text(first[j]) != _text(cell) and j not in by_design:
                    a, b = table.numbers[source[j]], table.numbers[i]
                    conflicts.append(
                        f"{_text(first[at])}, {names[j]}: {_text(first[j])!r} in {word} {a}, "
                        f"{_text(cell)!r} in {word} {b}"
                    )
        rows.append(first)
    if conflicts:
        count = len(conflicts)
        raise InputError(
            f"{count} cell{'s of rows' if count > 1 else ' of rows'} to be merged "
            f"contradict{'' if count > 1 else 's'} another:\n  "
            + "\n  ".join(conflicts[:CONFLICTS])
            + (f"\n  and {count - CONFLICTS} more" if count > CONFLICTS else ""),
            where=f"{where}, rows.merge = {column!r}",
            hint="Correct the cells, or keep one row per patient.",
        )
    together = sum(map(len, groups.values()))
    remarks = []
    if together > len(rows):
        remarks = [f"{together} rows were merged by {column} into {len(rows)}"]
    if repeats:
        listed = quoted_list(f"{name!r} ({n} rows)" for name, n in repeats.items())
        remarks.append(f"rows of the repeating instrument {listed} were left out")
    return replace(
        table,
        rows=rows,
        numbers=[table.numbers[members[0]] for members in groups.values()],
        remarks=(*table.remarks, *remarks),
    )


def _text(cell: Any) -> str:
    return column_name(cell)

