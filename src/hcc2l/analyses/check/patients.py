"""Rows that are not one patient each."""

from __future__ import annotations

import unicodedata
from shlex import quote

import numpy as np

from hcc2l.analyses.check.data import Found, FoundColumn
from hcc2l.analyses.check.finding import (
    Finding,
    Findings,
    rows_where,
)
from hcc2l.analyses.check.toml import text
from hcc2l.number_format import number_text
from hcc2l.wording import counted


def repeated_patients(found: Found) -> Findings:
    """Patients with several rows; ids are compared without blanks, capitals and width."""
    column = found.id
    if column is None:
        return
    ids = [_folded_id(value) for value in _texts(column)]
    first: dict[str, int] = {}
    repeats = [i for i, value in enumerate(ids) if value and first.setdefault(value, i) != i]
    if not repeats:
        return
    patients = len(first)
    same = [i for i in repeats if _identical(found, i, first[ids[i]], column)]
    exact = _texts(column)
    alike = [i for i in repeats if exact[i] != exact[first[ids[i]]]]
    rows = counted(len(repeats), "row")
    said = f"{rows} {'repeat' if len(repeats) > 1 else 'repeats'} a patient "
    said += f"({len(ids)} rows, {patients} patients)"
    if same:
        said += f"; {len(same)} of them {'are' if len(same) > 1 else 'is'} identical to the first"
    if alike:
        verb = "differ" if len(alike) > 1 else "differs"
        said += f"; {counted(len(alike), 'id')} {verb} only in blanks or capitals"
    remedy = f"Keep one row per patient, for example with --where; if {column.name} does not "
    remedy += "identify patients, set id = false."
    if len(repeats) > 0.5 * len(ids):
        remedy = (
            "This looks like one row per visit. Select one with --where, such as the first "
            "visit, if that row holds the outcome."
        )
    yield Finding("error", "repeated-id", column.name, tuple(repeats), said + ".", remedy)


def _texts(column: FoundColumn) -> list[str]:
    if column.texts:
        names = (*column.texts, "")
        return [names[code] for code in column.codes.tolist()]
    assert column.numbers is not None
    return ["" if np.isnan(v) else number_text(float(v)) for v in column.numbers]


def _folded_id(value: str) -> str:
    plain = value if value.isascii() else unicodedata.normalize("NFKC", value)
    return "".join(plain.split()).casefold()


def _identical(found: Found, a: int, b: int, id_column: FoundColumn) -> bool:
    """Whether two rows agree in every column but the id."""
    for column in found.columns:
        if column is id_column:
            continue
        if column.texts:
            same = column.codes[a] == column.codes[b]
        elif column.days is not None:
            same = column.days[a] == column.days[b] or not (column.present[a] or column.present[b])
        else:
            assert column.numbers is not None
            same = column.numbers[a] == column.numbers[b] or not (
                column.present[a] or column.present[b]
            )
        if not same:
            return False
    return True


def missing_ids(found: Found) -> Findings:
    """Rows without an id."""
    if found.id is not None and found.id.missing:
        rows = rows_where(~found.id.present)
        yield Finding(
            "warning", "id-missing", found.id.name, rows,
            f"{counted(len(rows), 'row')} without an id.", "Add the id, or exclude the rows with "
            f"--where {quote(f'{found.id.name} present')}.",
        )  # fmt: skip


def unknown_id(found: Found) -> Findings:
    """A column that looks like the patients' id but is not known by that name."""
    if found.id is not None and found.cohort.id_column is None:
        yield Finding(
            "note", "id-not-declared", found.id.name, (),
            "This column seems to identify the patients.", paste=f"id = {text(found.id.name)}",
        )  # fmt: skip


def nearly_empty_rows(found: Found) -> Findings:
    """Rows with a single filled cell, such as headings of sections and footnotes."""
    if len(found.columns) < 4:
        return
    filled = np.sum([column.present for column in found.columns], axis=0)
    rows = rows_where(filled <= 1)
    if rows:
        yield Finding(
            "warning", "nearly-empty-row", None, rows,
            f"{counted(len(rows), 'row')} with one filled cell or none: a heading or a footnote "
            "rather than a patient.", "Remove the rows, or exclude them with --where.",
        )  # fmt: skip
