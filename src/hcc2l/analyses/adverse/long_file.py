"""Adverse events from a file with a row for each event: patient, term, grade."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from hcc2l.analyses.accounting import known_id_column
from hcc2l.analyses.adverse.events import Event, Reading
from hcc2l.analyses.adverse.grades import grade
from hcc2l.cohort import Cohort, distinct, printable, same_patient
from hcc2l.design import Ints, Mask
from hcc2l.errors import InputError, UsageError, did_you_mean, quoted_list
from hcc2l.readers import read_beside
from hcc2l.specs import AdverseSpec
from hcc2l.vocabulary import column_named, says_no_event
from hcc2l.wording import counted

_FIELDS = {"id": "patient_id", "term": "adverse_event", "grade": "grade"}
_MEANING = {"id": "patients", "term": "events", "grade": "grades"}


def read_events(cohort: Cohort, spec: AdverseSpec) -> Cohort:
    """The file of ``--events`` as a table.

    Raises
    ------
    InputError
        The file does not exist or cannot be read.
    UsageError
        It is the cohort itself.
    """
    assert spec.events is not None
    given = _given(spec)
    file = read_beside(
        cohort, spec.events, id_column=lambda names: _id_of_events(names, given, cohort.id_column)
    )
    if file.source.sha256 == cohort.source.sha256 and file.names == cohort.names:
        raise UsageError(
            "The cohort and the file of adverse events are the same table.",
            where="--events",
            hint="Give the cohort, with a row for every patient treated, before --events: it also "
            "has the patients without an adverse event.",
        )
    return file


def events_of_file(
    cohort: Cohort, file: Cohort, spec: AdverseSpec, keep: Mask
) -> tuple[list[Event], Reading]:
    """The events of a file in every row of the cohort, in the order of the file.

    Raises
    ------
    UsageError
        A column does not exist, or the cohort has no ids.
    InputError
        A cell is no grade, a row has no patient or no event, or its patient is not in the cohort.
    """
    given = _given(spec)
    columns = _columns(cohort, file, given)
    file.load(columns.values())
    grades, rows_graded = _grades(file, columns.get("grade"))
    terms, spellings = _terms(file, columns["term"])
    happened = np.array([term is not None for term in terms]) & (grades != 0)
    _refuse_rows_without_event(file, columns, terms, rows_graded & (grades > 0))
    rows, of_events = _patients(cohort, file, columns["id"], happened, keep)
    events = _in_patients(terms, grades, happened, rows, of_events)
    names = {event.name for event in events}
    reading = Reading(
        file=file.source.file,
        sha256=file.source.sha256,
        columns=columns,
        recognised=tuple(key for key in columns if not given[key]),
        remarks=file.source.remarks,
        spellings={k: v for k, v in spellings.items() if len(v) > 1 and k in names},
        without_event=int((~happened).sum()),
    )
    return events, reading


def _given(spec: AdverseSpec) -> dict[str, str | None]:
    """The columns that options name."""
    return {"id": spec.id, "term": spec.term, "grade": spec.grade}


def _column(
    key: str, names: Sequence[str], given: Mapping[str, str | None], of_cohort: str | None
) -> str | None:
    """The column of ids, events or grades: as given, called as in the cohort, else recognised."""
    if given[key] is None and key == "id" and of_cohort in names:
        return of_cohort
    return given[key] or column_named(names, _FIELDS[key])


def _id_of_events(
    names: Sequence[str], given: Mapping[str, str | None], of_cohort: str | None
) -> str | None:
    """The column of ids if a table has one of events too, for a workbook with several sheets."""
    is_sought = _column("term", names, given, of_cohort) in names
    return _column("id", names, given, of_cohort) if is_sought else None


def _columns(cohort: Cohort, file: Cohort, given: Mapping[str, str | None]) -> dict[str, str]:
    """The columns of ids, terms and grades; there may be no column of grades."""
    columns = {}
    for key in _FIELDS:
        name = _column(key, file.names, given, cohort.id_column)
        if name is None and key == "grade":
            continue
        if name not in file.names:
            missing = f"no column {name!r}" if name else f"no column of {_MEANING[key]}"
            hint = (
                did_you_mean(name or "", file.names) or f"Columns: {quoted_list(file.names, 60)}."
            )
            raise UsageError(
                f"There is {missing} in the file of adverse events.",
                where=f"{file.source.name}, --{key}",
                hint=hint if name else f"Name it with --{key}. {hint}",
            )
        columns[key] = name
    return columns


def _grades(file: Cohort, name: str | None) -> tuple[Ints, Mask]:
    """The grade of each row, -1 where unknown, and whether one is known."""
    if name is None:
        return np.full(file.rows, -1), np.zeros(file.rows, dtype=np.bool_)
    texts, codes = distinct(file.column(name))
    grades = [grade(text) for text in texts]
    wrong = [i for i, number in enumerate(grades) if number is None]
    if wrong:
        rows = np.flatnonzero(np.isin(codes, wrong))
        first, more = int(rows[0]), rows.size - 1
        others = (
            f"; nor {'is' if more == 1 else 'are'} {counted(more, 'other cell')}" if more else ""
        )
        raise InputError(
            f"{texts[codes[first]]!r} is not a grade of the CTCAE{others}.",
            where=f"{file.source.name}, column {name}, {file.row_where(first)}",
            hint="Grades are 1 to 5, also written Grade 3, G3 or III; 0 is no event, and an empty "
            "cell an unknown grade. Correct the cells, or name another column with --grade.",
        )
    known = np.array([*(number or 0 for number in grades), -1])[codes]
    return known.astype(np.int64), codes >= 0


def _terms(file: Cohort, name: str) -> tuple[list[str | None], dict[str, dict[str, int]]]:
    """The event of each row in its commonest spelling, None without one; the spellings of each."""
    column = file.column(name)
    cells = [printable(column.text(row)) for row in range(file.rows)]
    counts = Counter(cell for cell in cells if cell and not says_no_event(cell))
    spellings: dict[str, dict[str, int]] = {}
    for cell in sorted(counts, key=lambda text: (-counts[text], text)):
        spellings.setdefault(_folded(cell), {})[cell] = counts[cell]
    commonest = {next(iter(of)): of for of in spellings.values()}
    term_of = {cell: term for term, of in commonest.items() for cell in of}
    return [term_of.get(cell) for cell in cells], commonest


def _folded(text: str) -> str:
    """An event without capitals, full-width letters and surplus blanks."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _refuse_rows_without_event(
    file: Cohort, columns: Mapping[str, str], terms: Sequence[str | None], graded: Mask
) -> None:
    column = file.column(columns["term"])
    rows = [row for row in np.flatnonzero(graded).tolist() if terms[row] is None]
    if rows:
        have = f"{counted(len(rows), 'row')} {'has' if len(rows) == 1 else 'have'}"
        empty = "no event" if column.missing[rows[0]] else f"the event {column.text(rows[0])!r}"
        raise InputError(
            f"{have} a grade but {empty}: {quoted_list(map(file.row_place, rows))}.",
            where=f"{file.source.name}, column {columns['term']}",
            hint="Name the event, or delete the grade.",
        )


def _patients(
    cohort: Cohort, file: Cohort, name: str, happened: Mask, keep: Mask
) -> tuple[Ints, Ints]:
    """The patients, numbered from 0, of the rows of the cohort and of those of the file; -1 none.

    Raises
    ------
    InputError
        An event has no patient, or one who is not in the cohort.
    """
    own = known_id_column(cohort, cohort.source.name)
    ids = cohort.column(own)
    anonymous = np.flatnonzero(keep & ids.missing)
    if anonymous.size:
        raise InputError(
            f"{counted(anonymous.size, 'patient')} cannot be found in the file of adverse events "
            f"without an id: {quoted_list(map(cohort.row_place, anonymous.tolist()))}.",
            where=f"{cohort.source.name}, column {own}",
            hint="Fill in the ids, or exclude these rows with --where.",
        )
    known = [same_patient(ids.text(row)) for row in range(cohort.rows)]
    number = {key: i for i, key in enumerate(filter(None, dict.fromkeys(known)))}
    column = file.column(name)
    texts = [column.text(row) for row in range(file.rows)]
    of_events = np.array([number.get(same_patient(text), -1) for text in texts], dtype=np.int64)
    unknown = np.flatnonzero(happened & (of_events < 0)).tolist()
    if unknown:
        raise _unknown_patients(cohort, file, name, [(texts[row], row) for row in unknown])
    return np.array([number.get(key, -1) for key in known], dtype=np.int64), of_events


def _unknown_patients(
    cohort: Cohort, file: Cohort, name: str, rows: Sequence[tuple[str, int]]
) -> InputError:
    """The error for events whose patients are not in the cohort."""
    named = quoted_list(
        f"{repr(text) if text else 'no id'} ({file.row_place(row)})" for text, row in rows
    )
    are = "belongs to a patient" if len(rows) == 1 else "belong to patients"
    hint = (
        "Correct the ids, or give the whole cohort and select its patients with --where: events of "
        "patients whom --where excludes are not counted."
    )
    if cohort.source.bundled:
        hint = "Give your cohort before --events: hcc2l adverse COHORT --events FILE."
    return InputError(
        f"{counted(len(rows), 'adverse event')} {are} not in the cohort: {named}.",
        where=f"{file.source.name}, column {name}",
        hint=hint,
    )


def _in_patients(
    terms: Sequence[str | None], grades: Ints, happened: Mask, rows: Ints, of_events: Ints
) -> list[Event]:
    """Each event in every row of the cohort, at the highest grade of the rows of the file.

    Parameters
    ----------
    rows, of_events
        The patients of the rows of the cohort, and of the file.
    """
    happening = np.flatnonzero(happened)
    named = [str(terms[row]) for row in happening.tolist()]
    place = {term: i for i, term in enumerate(dict.fromkeys(named))}
    where = (np.array([place[term] for term in named], dtype=np.int64), of_events[happening])
    size = (len(place), int(rows.max(initial=-1)) + 2)  # the last is that of rows without an id
    present, highest = np.zeros(size, dtype=np.bool_), np.zeros(size, dtype=np.int64)
    present[where] = True
    np.maximum.at(highest, where, grades[happening])
    graded = bool((highest > 0).any())
    known = np.ones(rows.size, dtype=np.bool_)
    return [
        Event(term, _capital(term), known, present[i, rows], highest[i, rows], graded)
        for term, i in place.items()
    ]


def _capital(term: str) -> str:
    """A term as the first word of a line: `fatigue` is `Fatigue`, `eGFR decreased` stays."""
    first = term.split(maxsplit=1)[0]
    return term[:1].upper() + term[1:] if first.islower() else term
