"""The rows of a table that was found in a sheet or text, as the patients of a cohort."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
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
REDCAP_COLUMNS = (*_EVENT, *_INSTRUMENT, *_INSTANCE)
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
        grid, where, header=options.header, id_column=options.id, sections=options.sections
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
        cells: Sequence[Any] = columns[column]
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

    Rows of a repeating instrument of REDCap are measurements, not patients: they are excluded.
    """
    names = table.names
    if column not in names:
        raise no_column(column, names, "hcc2l.toml, rows.merge")
    at = names.index(column)
    instrument = next((names.index(name) for name in _INSTRUMENT if name in names), None)
    groups: dict[str, list[int]] = {}
    repeats: Counter[str] = Counter()
    for i, row in enumerate(table.rows):
        repeat = "" if instrument is None else column_name(row[instrument])
        if repeat:
            repeats[repeat] += 1
        else:
            patient = column_name(row[at])
            groups.setdefault(same_patient(patient) if patient else f"\0{i}", []).append(i)
    conflicts: list[str] = []
    rows = [_one_row(table, members, at, options, word, conflicts) for members in groups.values()]
    if conflicts:
        raise _contradiction(conflicts, f"{where}, rows.merge = {column!r}")
    together = sum(map(len, groups.values()))
    remarks = []
    if together > len(rows):
        remarks = [f"{together} rows were merged by {column} into {len(rows)}"]
    if repeats:
        listed = quoted_list(f"{name!r} ({n})" for name, n in repeats.items())
        remarks.append(f"rows of repeating instruments were excluded: {listed}")
    return replace(
        table,
        rows=rows,
        numbers=[table.numbers[members[0]] for members in groups.values()],
        remarks=(*table.remarks, *remarks),
    )


def _one_row(
    table: SheetTable, members: Sequence[int], at: int, options: ReadOptions, word: str,
    conflicts: list[str],
) -> list[Any]:  # fmt: skip
    """The rows of one patient as one; cells that contradict another are added to `conflicts`."""
    row = list(table.rows[members[0]])
    source = [members[0]] * len(row)
    for i in members[1:]:
        for j, cell in enumerate(table.rows[i]):
            old, new = column_name(row[j]), column_name(cell)
            if j == at or new in options.missing or old == new:
                continue
            if old in options.missing:
                row[j], source[j] = cell, i
            elif table.names[j] not in (*_EVENT, *_INSTRUMENT, *_INSTANCE):
                conflicts.append(
                    f"{column_name(row[at])}, {table.names[j]}: {old!r} in {word} "
                    f"{table.numbers[source[j]]}, {new!r} in {word} {table.numbers[i]}"
                )
    return row


def _contradiction(conflicts: Sequence[str], where: str) -> InputError:
    count = len(conflicts)
    what = "cells contradict" if count > 1 else "cell contradicts"
    more = f"\n  and {count - CONFLICTS} more" if count > CONFLICTS else ""
    return InputError(
        f"The rows of a patient cannot be merged: {count} {what} another.\n  "
        + "\n  ".join(conflicts[:CONFLICTS])
        + more,
        where=where,
        hint="Correct the cells, or keep one row per patient.",
    )
