"""Rows that are not one patient each."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from shlex import quote
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hcc2l.analyses.check.data import Found, FoundColumn
from hcc2l.analyses.check.finding import (
    Finding,
    Findings,
    rows_where,
)
from hcc2l.analyses.check.toml import text
from hcc2l.design import Ints, Mask
from hcc2l.number_format import number_text
from hcc2l.wording import counted


def repeated_patients(found: Found) -> Findings:
    """Patients with several rows; ids are compared without blanks, capitals and width."""
    column = found.id
    if column is None:
        return
    texts, codes = _ids(column)
    patients = _patients(texts)[codes]  # the last patient is the missing id
    known = np.flatnonzero(codes >= 0)
    _, place, number = np.unique(patients[known], return_index=True, return_inverse=True)
    first = known[place][number]
    again = known != first
    rows, firsts = known[again], first[again]
    if not rows.size:
        return
    said = f"{counted(rows.size, 'row')} {'repeat' if rows.size > 1 else 'repeats'} a patient "
    said += f"({found.n} rows, {counted(place.size, 'patient')})"
    same = int(_identical(found, rows, firsts, column).sum())
    if same:
        said += f"; {same} {'are' if same > 1 else 'is'} identical to the patient's first row"
    alike = int((codes[rows] != codes[firsts]).sum())
    if alike:
        verb = "differ" if alike > 1 else "differs"
        said += f"; {counted(alike, 'id')} {verb} only in blanks or capitals"
    advice = f"Keep one row per patient, for example with --where. If {column.name} does not "
    advice += "identify patients, set id = false."
    if 2 * rows.size > found.n:
        advice = (
            "This looks like one row per visit. Select one with --where, such as the first "
            "visit, if that row holds the outcome."
        )
    paste = ""
    if {"redcap_event_name", "Event Name"} & set(found.cohort.names):
        advice, paste = (
            "To merge the events of a patient into one row:",
            f"[rows]\nmerge = {text(column.name)}",
        )
    yield Finding(
        "error", "repeated-id", column.name, tuple(rows.tolist()), f"{said}.", advice, paste
    )


def _ids(column: FoundColumn) -> tuple[Sequence[str], Ints]:
    """The distinct ids, and each row's index among them (-1 missing)."""
    if column.numbers is None or column.texts:
        return column.texts, column.codes
    known = ~np.isnan(column.numbers)
    values, inverse = np.unique(column.numbers[known], return_inverse=True)
    codes = np.full(known.size, -1, dtype=np.int64)
    codes[known] = inverse
    return [number_text(value) for value in values.tolist()], codes


def _patients(ids: Sequence[str]) -> Ints:
    """The number of each id's patient, and -1 at the end."""
    joined = "\0".join(ids)  # a million ids are folded as one text
    plain = joined if joined.isascii() else unicodedata.normalize("NFKC", joined)
    folded = re.sub(r"\s+", "", plain).casefold().split("\0")
    number = {text: i for i, text in enumerate(dict.fromkeys(folded))}
    return np.array([*(number[text] for text in folded), -1], dtype=np.int64)


def _identical(found: Found, rows: Ints, firsts: Ints, id_column: FoundColumn) -> Mask:
    """Whether rows agree with others in every column but the id."""
    same = np.ones(rows.size, dtype=np.bool_)
    for column in found.columns:
        if column is id_column:
            continue
        values: NDArray[Any] | None = column.codes if column.codes.size else column.numbers
        values = column.days if values is None else values
        assert values is not None
        both_missing = ~(column.present[rows] | column.present[firsts])
        same &= (values[rows] == values[firsts]) | both_missing
    return same


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
