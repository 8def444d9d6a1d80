"""Rows that contradict themselves are refused: no analysis of them can be right."""

from __future__ import annotations

from shlex import quote

from hcc2l.analyses.check import dates
from hcc2l.analyses.check.data import Found, find_columns
from hcc2l.analyses.check.finding import Finding
from hcc2l.cohort import Cohort
from hcc2l.design import Mask
from hcc2l.errors import InputError
from hcc2l.vocabulary import names_an_outcome, recognise
from hcc2l.wording import counted

_CHECKS = (
    dates.dates_before_start, dates.events_and_dates, dates.durations_and_dates,
    dates.impossible_dates,
)  # fmt: skip
_SHOWN = 5  # contradictions that a message shows
_LISTED = 10  # ids that a condition lists
_FEW = 10  # 1 row in so many contradicts; if more do, a column means something else


def refuse_contradictions(cohort: Cohort, keep: Mask) -> None:
    """Refuse rows whose dates, times and events contradict each other.

    The columns are recognised by their names, and compared also where the endpoint uses none of
    them. A field that two columns could be is not compared, nor is one that contradicts the others
    in many rows: it is then another date, such as the start of the first line.

    Raises
    ------
    InputError
        A patient died before the start or without a date, a time differs from its dates, or a date
        lies in the future; with the rows.
    """
    names = [n for n in cohort.names if names_an_outcome(n) and _is_outcome(cohort, n)]
    cohort.load(names)
    if not any(_may_hold_dates(cohort, name) for name in names):
        return
    found = _without_rivals(find_columns(cohort, keep, names))
    most = max(1, found.n // _FEW)
    errors = [error for check in _CHECKS for error in check(found)]
    errors = [e for e in errors if e.severity == "error" and len(e.rows) <= most]
    if errors:
        raise _contradiction(found, errors)


def _is_outcome(cohort: Cohort, name: str) -> bool:
    return cohort.dictionary.column(name).role in (None, "outcome")


def _may_hold_dates(cohort: Cohort, name: str) -> bool:
    """Whether a column is no number, or one whose name denotes a date alone."""
    numeric = any(recognise(name, "number", distinct) for distinct in (2, 99))
    return cohort.as_it_stands(name).kind != "number" or not numeric


def _without_rivals(found: Found) -> Found:
    codes = [column.code for column in found.columns]
    single = tuple(c for c in found.columns if c.code and codes.count(c.code) == 1)
    return Found(found.cohort, found.rows, single, found.slashed)


def _contradiction(found: Found, errors: list[Finding]) -> InputError:
    cohort = found.cohort
    said = [(row, error) for error in errors for row in error.rows]
    rows = sorted({int(found.rows[row]) for row, _ in said})
    lines = [
        f"{cohort.row_where(int(found.rows[row]))}, {error.column}: {error.text}"
        for row, error in sorted(said, key=lambda pair: pair[0])[:_SHOWN]
    ]
    more = f"\n  and {len(said) - _SHOWN} more" if len(said) > _SHOWN else ""
    verb = "contradict themselves" if len(rows) > 1 else "contradicts itself"
    return InputError(
        f"{counted(len(rows), 'row')} {verb}.\n  " + "\n  ".join(lines) + more,
        where=cohort.source.name,
        hint=f"Correct the cells{_exclusion(cohort, rows)}. If a column means something else, give "
        f'it another role in hcc2l.toml: role = "baseline". hcc2l check lists all contradictions.',
    )


def _exclusion(cohort: Cohort, rows: list[int]) -> str:
    """The condition that excludes the rows, where the patients have ids."""
    name = cohort.id_column
    if name not in cohort.names or name is None or len(rows) > _LISTED:
        return ", or exclude the rows with --where"
    ids = [cohort.column(name).text(row) for row in rows]
    if not all(ids) or any("," in text for text in ids):
        return ", or exclude the rows with --where"
    condition = f"{name} not in {','.join(ids)}"
    return f", or exclude the rows: --where {quote(condition)}"
