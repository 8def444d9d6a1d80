"""The columns that are described unless others are named, and why the rest are not."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from hcc2l.cohort import Cohort, Column
from hcc2l.design.dates import looks_like_dates
from hcc2l.design.factors import MAX_LEVELS
from hcc2l.design.model import number_with_errors
from hcc2l.dictionary import patient_columns
from hcc2l.levels import distinct
from hcc2l.readers.rows import REDCAP_COLUMNS
from hcc2l.vocabulary import Field, recognise

PSMATCH_COLUMNS = ("pair", "propensity", "weight")  # what `psmatch --save` adds
_FEW, _CODES = 5, 12  # different whole numbers that are groups: of any name, of a known group
_SERIALS = (30000, 60000)  # days since 1899-12-30: the years 1982 to 2064
_FIRST = 1000  # rows that tell what a column holds


def baseline_columns(
    cohort: Cohort, used: Collection[str]
) -> tuple[list[str], dict[str, list[str]]]:
    """Columns known at baseline, in the order of the file; and the others, by the reason.

    `used` are those that make the groups, the pairs or the weights.
    """
    cohort.load(name for name in cohort.names if name != cohort.id_column)
    described: list[str] = []
    others: dict[str, list[str]] = {}
    several = {column: s.name for s in cohort.multi_selects.values() for column in s.columns}
    for name in dict.fromkeys(several.get(name, name) for name in cohort.names):
        if name in used:
            continue
        reason = _why_not(cohort, name)
        if reason is None:
            described.append(name)
        else:
            others.setdefault(reason, []).append(name)
    return described, others


def from_psmatch(cohort: Cohort) -> bool:
    """Whether the file has the columns that `psmatch --save` adds."""
    return all(name in cohort.names for name in PSMATCH_COLUMNS)


def _why_not(cohort: Cohort, name: str) -> str | None:
    """Why a column is not described by default; None if it is."""
    if name in cohort.multi_selects:
        later = cohort.known_after_start(name)
        return "are outcomes or known only after baseline" if later else None
    entry = cohort.dictionary.column(name)
    if name == cohort.id_column or entry.role == "id":
        return "identify patients"
    column = cohort.as_it_stands(name)
    field = field_of(cohort, column)
    by_name = bool(patient_columns([name])) or (field is not None and field.form == "id")
    if by_name and entry.role is None:
        return "identify patients"
    if name in cohort.hidden:
        return "are hidden in the workbook"
    if name in PSMATCH_COLUMNS and from_psmatch(cohort):
        return "come from psmatch"
    if name in REDCAP_COLUMNS:
        return "say what a row of REDCap is"
    later = field is not None and field.role in ("outcome", "post-baseline")
    if cohort.known_after_start(name) or (later and entry.role is None):
        return "are outcomes or known only after baseline"
    if entry.type == "date" or looks_like_dates(column) or _holds_dates(column):
        return "are dates"
    if column.missing.all():
        return "are empty"
    return "are free text" if _is_free_text(cohort, column, field) else None


def field_of(cohort: Cohort, column: Column) -> Field | None:
    """What the name of a column, or else its label, denotes; see `hcc2l.vocabulary`."""
    stored = column.kind
    first = column.values[:_FIRST]
    known = first[~np.isnan(first)] if stored == "number" else ()
    different = np.unique(known).size if stored == "number" else len(set(first.tolist()))
    names = (column.name, column.label, cohort.dictionary.column(column.name).label)
    found = (recognise(name, stored, different) for name in names if name)
    return next((field for field in found if field), None)


def _holds_dates(column: Column) -> bool:
    """Whether a column is of dates, also if a spreadsheet stored them as numbers of days."""
    if column.kind != "number":
        return column.kind == "date"
    first, last = _SERIALS
    values = column.values[~column.missing]
    inside = bool(values.size) and first <= values.min() and values.max() <= last
    return inside and recognise(column.name, "date", values.size) is not None


def _is_free_text(cohort: Cohort, column: Column, field: Field | None) -> bool:
    entry = cohort.dictionary.column(column.name)
    if column.kind != "text" or entry.levels or entry.recoding or column.levels:
        return False
    if entry.type is not None:
        return entry.type == "text"
    if field is not None and field.form == "text":
        return True
    return len(distinct(column)[0]) > MAX_LEVELS and not number_with_errors(cohort, column)


def is_number(cohort: Cohort, column: Column) -> bool:
    """Whether a column is described by its median or mean, rather than by its levels.

    Whole numbers with few different values are levels, unless the dictionary declares them numeric
    or the name denotes a measurement; 0 and 1 always are.
    """
    entry = cohort.dictionary.column(column.name)
    if entry.type in ("factor", "ordered") or entry.levels:
        return False
    if column.kind == "text":
        return number_with_errors(cohort, column)
    values = column.values[~column.missing]
    if not values.size or not _whole(values[:_FIRST]) or np.ptp(values) > 2 * _CODES:
        return True
    if not _whole(values):
        return True
    different = np.unique(values)
    if np.isin(different, (0, 1)).all():
        return False
    if entry.type == "numeric":
        return True
    field = field_of(cohort, column)
    if field is not None and field.form in ("number", "duration"):
        return True
    return different.size > (_CODES if field is not None and field.form == "group" else _FEW)


def _whole(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> bool:
    return bool((values == np.floor(values)).all())
