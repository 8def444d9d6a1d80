"""Delayed entry: rows that are at risk from an entry to a time, one or several of a patient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from shlex import quote

import numpy as np

from hcc2l.analyses.outcome import Outcome
from hcc2l.cohort import Cohort, same_patient
from hcc2l.design import Endpoint, Floats, Ints, Mask, RowAccount
from hcc2l.design.dates import looks_like_dates, read_dates
from hcc2l.design.endpoints import DAYS_PER, converted, days_between
from hcc2l.design.rows import numbers
from hcc2l.dictionary import unit_from_name
from hcc2l.errors import InputError, UsageError
from hcc2l.levels import distinct
from hcc2l.numerals import plain
from hcc2l.report import Note
from hcc2l.stats.risk_sets import time_tolerance
from hcc2l.terms import known_column
from hcc2l.wording import counted, in_sentence

_SHOWN = 5  # pairs of rows that a message shows
_FROM_THE_BEGINNING = -1.0  # the entry of rows that enter before time 0: before every time

AT_RISK_FOOTNOTE = (
    "At risk: under observation just before that time; the numbers can rise, since patients enter "
    "late."
)
AT_RISK_HEADING = "Number at risk (delayed entry: it can rise)"

Pairs = Sequence[tuple[int, int]]


@dataclass(frozen=True)
class DelayedEntry:
    """When rows come under observation, and whose they are.

    Attributes
    ----------
    column, label
        The column of entries, and its label.
    time
        Shape (n,) over the rows of the cohort: a row is at risk at t when time < t <= its end.
    patient
        Shape (n,): codes of the patients; None where each has one row.
    rows, patients, late, gaps
        Numbers of rows and patients, of patients who enter after time 0, and of those with gaps
        between their rows.
    after_event
        Rows with an event, each with a later row of the same patient.
    """

    column: str
    label: str
    time: Floats
    patient: Ints | None
    rows: int
    patients: int
    late: int
    gaps: int
    after_event: Pairs


def delayed_entry(cohort: Cohort, option: str, outcome: Outcome) -> DelayedEntry:
    """The entry of every row; rows without one, or that end by it, are excluded.

    Raises
    ------
    UsageError
        There is no such column, or it holds dates and the endpoint does not.
    InputError
        Rows of one patient overlap, or a cell cannot be read.
    """
    account, endpoint = outcome.account, outcome.endpoint
    column = known_column(option, cohort.nameable, "--entry")
    entry = _entry_times(cohort, column, endpoint, account.keep)
    account.drop_missing(np.isnan(entry), column)
    tolerance = time_tolerance(endpoint.time[account.keep])
    with np.errstate(invalid="ignore"):
        late = endpoint.time <= entry + tolerance
    account.drop(late, f"entry ({column}) not before the end of follow-up")
    rows = np.flatnonzero(account.keep)
    patient = _patients(cohort, rows)
    first, gaps = entry[rows], 0
    after_event: Pairs = ()
    if patient is not None:
        gaps, after_event = _successions(cohort, endpoint, entry, patient, rows, tolerance)
        order = rows[np.lexsort((entry[rows], patient[rows]))]
        first = entry[order[np.unique(patient[order], return_index=True)[1]]]
    return DelayedEntry(
        column=column,
        label=cohort.label(column),
        time=np.where(entry < 0, _FROM_THE_BEGINNING, entry),
        patient=patient,
        rows=rows.size,
        patients=first.size,
        late=int((first > 0).sum()),
        gaps=gaps,
        after_event=after_event,
    )


def _entry_times(cohort: Cohort, name: str, endpoint: Endpoint, keep: Mask) -> Floats:
    """The entries in the unit of the endpoint, NaN where missing; dates count from its start."""
    column = cohort.column(name)
    if column.kind != "date" and not looks_like_dates(column):
        entry = numbers(cohort, name, keep)
        unit = cohort.unit(name) or unit_from_name(name) or endpoint.file_unit or endpoint.unit
        if endpoint.unit is None or unit in (None, endpoint.unit):
            return entry
        return converted(entry, unit, endpoint.unit, name)
    if not endpoint.from_dates:
        raise UsageError(
            f"{name} has dates, but the times of the endpoint, {endpoint.time_columns[0]}, do not "
            "come from dates.",
            where="--entry",
            hint="Give the endpoint by dates as well (--start COL --end COL --event COL), or the "
            "entry as a time.",
        )
    start = endpoint.time_columns[0]
    dates = read_dates(cohort, (start, name), keep)
    return days_between(dates[start], dates[name]) / DAYS_PER[endpoint.unit or "months"]


def _patients(cohort: Cohort, rows: Ints) -> Ints | None:
    """Codes of the patients, shape (n,); None where none of the rows repeats an id."""
    name = cohort.id_column
    if name is None or name not in cohort.names:
        return None
    column = cohort.column(name)
    texts, codes = distinct(column)
    place: dict[str, int] = {}
    known = np.array([place.setdefault(same_patient(t), len(place)) for t in texts] + [-1])
    patient = known[codes]
    unknown = np.flatnonzero(patient < 0)  # each without an id is a patient
    patient[unknown] = len(place) + np.arange(unknown.size)
    return patient if np.unique(patient[rows]).size < rows.size else None


def _successions(
    cohort: Cohort, endpoint: Endpoint, entry: Floats, patient: Ints, rows: Ints, tolerance: float
) -> tuple[int, Pairs]:
    """Patients with gaps between their rows; and rows with an event, each with the row after it.

    Raises
    ------
    InputError
        Rows of a patient overlap.
    """
    order = rows[np.lexsort((entry[rows], patient[rows]))]
    before, after = order[:-1], order[1:]
    same = patient[before] == patient[after]
    gap = entry[after] - endpoint.time[before]
    overlap = same & (gap < -tolerance)
    if overlap.any():
        pairs = _pairs(before, after, overlap)
        raise _in_conflict(
            cohort,
            f"{counted(len(pairs), 'row')} of {_of_patients(patient, pairs)} overlap"
            f"{'s' if len(pairs) == 1 else ''} the row before:",
            [f"{_interval(entry, endpoint, a)} and {_interval(entry, endpoint, b)}"
             for a, b in pairs],
            pairs,
            "A patient cannot be at risk twice at one time: correct the times, select rows with "
            "--where, or name the column that identifies patients in hcc2l.toml (id = …).",
        )  # fmt: skip
    apart = np.unique(patient[before[same & (gap > tolerance)]])
    return apart.size, _pairs(before, after, same & (endpoint.event[before] == 1))


def refuse_after_event(cohort: Cohort, entry: DelayedEntry, endpoint: Endpoint) -> None:
    """InputError where patients are observed after their event: a curve ends with it."""
    pairs = entry.after_event
    if pairs:
        assert entry.patient is not None
        raise _in_conflict(
            cohort,
            f"{_of_patients(entry.patient, pairs)} {'are' if len(pairs) > 1 else 'is'} observed "
            "after the event:",
            [f"{endpoint.event_name} at {plain(endpoint.time[a])}" for a, _ in pairs],
            pairs,
            f"If {endpoint.event_name} can happen only once, it belongs to the last row of a "
            "patient: correct the others. For events that recur: hcc2l cox --cluster.",
        )


def _in_conflict(
    cohort: Cohort, text: str, found: Sequence[str], pairs: Pairs, hint: str
) -> InputError:
    lines = [
        f"{cohort.row_where(a)} and {cohort.row_place(b)}: {what}"
        for what, (a, b) in zip(found[:_SHOWN], pairs, strict=False)
    ]
    more = f"\n  and {len(pairs) - _SHOWN} more" if len(pairs) > _SHOWN else ""
    return InputError(
        f"{text}\n  " + "\n  ".join(lines) + more, where=cohort.source.name, hint=hint
    )


def _pairs(before: Ints, after: Ints, which: Mask) -> list[tuple[int, int]]:
    return list(zip(before[which].tolist(), after[which].tolist(), strict=True))


def _of_patients(patient: Ints, pairs: Pairs) -> str:
    return counted(len({int(patient[a]) for a, _ in pairs}), "patient")


def _interval(entry: Floats, endpoint: Endpoint, row: int) -> str:
    return f"{plain(entry[row])}–{plain(endpoint.time[row])}"


def from_time(
    account: RowAccount, endpoint: Endpoint, entry: Floats | None, begin: float
) -> Floats:
    """The entries of those who are at risk after `begin`; the others are excluded."""
    time, event = endpoint.time, endpoint.event
    at = f"by the start of the curves, {begin:g} {endpoint.unit or ''}".strip()
    early = time <= begin + time_tolerance(time[account.keep])
    account.drop(early & (event > 0), f"event {at}")
    account.drop(early & (event == 0), f"censored {at}")
    return np.full(time.size, begin) if entry is None else np.maximum(entry, begin)


def joined(
    time: Floats, entry: Floats, patient: Ints, keep: Mask, groups: Sequence[Ints]
) -> tuple[Mask, Floats]:
    """The kept rows with those of a patient that follow each other made one, and their entries.

    Otherwise the end of a row within follow-up would pass for censoring. Rows in different groups
    stay apart. No row follows an event (`refuse_after_event`).
    """
    rows = np.flatnonzero(keep)
    order = rows[np.lexsort((entry[rows], patient[rows]))]
    before, after = order[:-1], order[1:]
    follows = patient[before] == patient[after]
    follows &= entry[after] <= time[before] + time_tolerance(time[rows])
    for codes in groups:
        follows &= codes[before] == codes[after]
    first = order[np.concatenate(([True], ~follows))]
    last = order[np.concatenate((~follows, [True]))]
    kept, entries = np.zeros(keep.size, dtype=np.bool_), entry.copy()
    kept[last], entries[last] = True, entry[first]
    return kept, entries


def entry_notes(entry: DelayedEntry) -> list[Note]:
    """What delayed entry means for the numbers of a report."""
    notes = []
    if entry.late:
        text = (
            f"{entry.late} of {entry.patients} patients come under observation after time 0. They "
            f"are at risk from {in_sentence(entry.label)} on, so that numbers at risk can rise."
        )
        notes.append(Note("info", "delayed-entry", text))
    if entry.patient is None:
        return notes
    text = f"{entry.rows} rows belong to {entry.patients} patients; n counts patients, not rows."
    notes.append(Note("info", "rows-of-patients", text))
    if entry.gaps:
        have = "patients have gaps between their rows, during which they are"
        if entry.gaps == 1:
            have = "patient has a gap between the rows, during which the patient is"
        notes.append(Note("info", "follow-up-gaps", f"{entry.gaps} {have} not at risk."))
    return notes


def events_note(entry: DelayedEntry, cohort: Cohort, *, robust: bool) -> list[Note]:
    """A warning of patients who are at risk again after an event."""
    if not entry.after_event:
        return []
    assert entry.patient is not None
    who = _of_patients(entry.patient, entry.after_event)
    text = (
        f"{who} {'is' if who.startswith('1 ') else 'are'} at risk again after an event. If it can "
        "happen only once, such as death, it belongs to the last row of a patient: correct the "
        "others."
    )
    if not robust:
        text += (
            " If it recurs, the events of one patient are not independent: add --cluster "
            f"{quote(cohort.id_column or 'ID')} for robust standard errors."
        )
    shown = [cohort.row_name(row) for row, _ in entry.after_event[:_SHOWN]]
    more = ", …" if len(entry.after_event) > _SHOWN else ""
    return [Note("warning", "events-repeated", text, which=f"{', '.join(shown)}{more}")]


def entry_sentence(entry: DelayedEntry) -> str:
    """Delayed entry in a methods paragraph."""
    sentence = (
        f"Patients were counted as at risk from {in_sentence(entry.label)} on (delayed entry)"
    )
    if entry.patient is None:
        return f"{sentence}."
    return f"{sentence}; the follow-up of {entry.patients} patients consists of {entry.rows} rows."
