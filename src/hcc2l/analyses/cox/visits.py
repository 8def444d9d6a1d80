"""Covariates measured at visits: a file with a row for each visit, patient and date or time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from hcc2l.analyses.accounting import known_id_column
from hcc2l.cohort import Cohort, same_patient
from hcc2l.design import Endpoint, Floats, Ints, Mask
from hcc2l.design.exposures import holds_dates, in_unit, times_of_dates
from hcc2l.design.model import ModelTerm, model_term
from hcc2l.design.rows import numbers
from hcc2l.dictionary import unit_from_name
from hcc2l.errors import InputError, UsageError, quoted_list
from hcc2l.readers import read_beside
from hcc2l.stats.episodes import Episodes
from hcc2l.terms import QUANTILES, Term
from hcc2l.vocabulary import column_named
from hcc2l.wording import counted

_TIMES = ("visit_time", "time", "visit", "t")


@dataclass(frozen=True)
class Visits:
    """The values of covariates at visits; arrays of shape (k,) over the visits.

    Attributes
    ----------
    file, sha256, column
        The file's name and checksum, and its column of dates or times.
    patient
        The row of the cohort.
    time
        Since time 0, in the unit of the endpoint.
    terms
        The covariates at the visits, shape (k,).
    before
        Those that the cohort has too, shape (rows of the cohort,): they hold until the first visit.
    """

    file: str
    sha256: str
    column: str
    patient: Ints
    time: Floats
    terms: Mapping[str, ModelTerm]
    before: Mapping[str, ModelTerm]

    def at(self, rows: Episodes) -> dict[str, ModelTerm]:
        """Each covariate in rows of patients: its value at the last visit that has one."""
        return {text: self._at(rows, text) for text in self.terms}

    def _at(self, rows: Episodes, text: str) -> ModelTerm:
        term, before = self.terms[text], self.before.get(text)
        known = np.flatnonzero(~term.missing)
        latest = rows.latest(self.patient[known], self.time[known])
        visit = known[np.maximum(latest, 0)] if known.size else np.zeros(latest.size, dtype=int)
        if term.factor is not None:
            codes = before.factor.codes[rows.patient] if before and before.factor else -1
            if known.size:
                codes = np.where(latest >= 0, term.factor.codes[visit], codes)
            codes = np.broadcast_to(np.asarray(codes, dtype=np.int64), latest.shape)
            return replace(term, factor=replace(term.factor, codes=codes))
        assert term.values is not None
        values = before.values[rows.patient] if before and before.values is not None else np.nan
        if known.size:
            values = np.where(latest >= 0, term.values[visit], values)
        return replace(term, values=np.broadcast_to(np.asarray(values, np.float64), latest.shape))


def open_visits(cohort: Cohort, path: str) -> Cohort:
    """The file of ``--visits`` as a table.

    Raises
    ------
    InputError
        The file does not exist or cannot be read.
    UsageError
        It is the cohort itself.
    """
    file = read_beside(cohort, path, id_column=lambda names: _id_column(cohort, names))
    if file.source.sha256 == cohort.source.sha256 and file.names == cohort.names:
        raise UsageError(
            "The cohort and the file of visits are the same table.",
            where="--visits",
            hint="Give the cohort, with a row for every patient, before --visits.",
        )
    return file


def read_visits(
    cohort: Cohort, file: Cohort, covariates: Sequence[Term], endpoint: Endpoint, keep: Mask
) -> Visits:
    """The visits of the patients analysed, with the covariates that the file has.

    Raises
    ------
    UsageError
        The file has no column of patients or of times, or none of the covariates.
    InputError
        A visit has no patient of the cohort, no time, or two values at one time.
    """
    changing = [term for term in covariates if _measured(cohort, file, term)]
    if not changing:
        raise UsageError(
            f"No covariate is a column of {file.source.file}.",
            where="--visits",
            hint=f"Name one with -x. Columns: {quoted_list(file.names, 60)}.",
        )
    _refuse_quantiles(changing)
    id_column = _id_column(cohort, file.names)
    if id_column is None:
        raise UsageError(
            f"There is no column of patients in {file.source.file}.",
            where="--visits",
            hint=f"Call it as in the cohort. Columns: {quoted_list(file.names, 60)}.",
        )
    patient = _patients(cohort, file, id_column, keep)
    time_column = _time_column(file, id_column, [term.column for term in changing])
    rows = patient >= 0
    time = _times(cohort, file, time_column, endpoint, patient)
    kept = np.flatnonzero(rows)
    at_visits = {term.text: model_term(file, term, rows, endpoint.columns) for term in changing}
    before = {
        term.text: model_term(cohort, term, keep, endpoint.columns)
        for term in changing
        if term.column in cohort.nameable or cohort.computable(term.column)
    }
    for text, of_cohort in before.items():
        at_visits[text], before[text] = _alike(at_visits[text], of_cohort, file)
    _refuse_contradictions(file, patient, time, list(at_visits.values()))
    return Visits(
        file.source.file, file.source.sha256, time_column, patient[kept], time[kept],
        {text: term.take(kept) for text, term in at_visits.items()}, before,
    )  # fmt: skip


def _measured(cohort: Cohort, file: Cohort, term: Term) -> bool:
    """Whether the file has a covariate, or the parts of one that is no column of the cohort."""
    if term.column in file.names:
        return True
    return term.column not in cohort.names and file.computable(term.column)


def _refuse_quantiles(terms: Sequence[Term]) -> None:
    for term in terms:
        cuts = term.cuts or term.cuts_of_option
        if cuts and cuts[0] in QUANTILES:
            raise UsageError(
                f"{term.text} has no fixed cut-point: the values change from visit to visit.",
                where=term.where,
                hint=f"Name the cut-point: {term.column}@VALUE.",
            )


def _id_column(cohort: Cohort, names: Sequence[str]) -> str | None:
    """The column of patients: called as in the cohort, else recognised."""
    if cohort.id_column in names:
        return cohort.id_column
    return column_named(names, "patient_id")


def _patients(cohort: Cohort, file: Cohort, name: str, keep: Mask) -> Ints:
    """The row of the cohort of each visit, shape (visits,); -1 for patients not analysed.

    Raises
    ------
    InputError
        A visit has no patient, or one who is not in the cohort; or a patient has several rows.
    """
    own = cohort.column(known_id_column(cohort, cohort.source.name))
    known = [same_patient(own.text(row)) for row in range(cohort.rows)]
    row_of: dict[str, int] = {}
    for row in np.flatnonzero(keep).tolist():
        if known[row] in row_of:
            raise InputError(
                f"Patient {own.text(row)!r} has several rows in the cohort.",
                where=cohort.source.name,
                hint="With --visits, give the cohort with one row for each patient.",
            )
        row_of[known[row]] = row
    column = file.column(name)
    texts = [column.text(row) for row in range(file.rows)]
    ids = [same_patient(text) for text in texts]
    everybody = frozenset(filter(None, known))
    unknown = [row for row, patient in enumerate(ids) if patient not in everybody]
    if unknown:
        named = quoted_list(
            f"{repr(texts[row]) if texts[row] else 'no id'} ({file.row_place(row)})"
            for row in unknown
        )
        are = "belongs to a patient" if len(unknown) == 1 else "belong to patients"
        raise InputError(
            f"{counted(len(unknown), 'visit')} {are} not in the cohort: {named}.",
            where=f"{file.source.name}, column {name}",
            hint="Correct the ids, or give the whole cohort and select its patients with --where: "
            "visits of patients whom --where excludes are not used.",
        )
    return np.array([row_of.get(patient, -1) for patient in ids], dtype=np.int64)


def _time_column(file: Cohort, id_column: str, covariates: Sequence[str]) -> str:
    """The column of the dates or times of the visits, by its name or because it alone has dates.

    Raises
    ------
    UsageError
        None is recognised.
    """
    others = [name for name in file.names if name not in (id_column, *covariates)]
    everything = np.ones(file.rows, dtype=np.bool_)
    dates = [name for name in others if holds_dates(file.recoded(name), everything)]
    if len(dates) == 1:
        return dates[0]
    named = column_named(dates or others, "visit_date")
    if named is None and not dates:
        words = {name.casefold().replace(" ", "_"): name for name in reversed(others)}
        stated = [name for name in others if unit_from_name(name)]
        named = next((words[word] for word in _TIMES if word in words), None)
        named = named or (stated[0] if len(stated) == 1 else None)
    if named is None:
        what = "Several columns hold dates" if dates else "No column is known to hold the time"
        raise UsageError(
            f"{what}: {quoted_list(dates or others, 12)}.",
            where=f"{file.source.name}",
            hint="Call the column of the visits' dates visit_date, or that of their times since "
            "time 0 visit_time.",
        )
    return named


def _times(cohort: Cohort, file: Cohort, name: str, endpoint: Endpoint, patient: Ints) -> Floats:
    """The times of the visits since time 0, shape (visits,)."""
    rows = patient >= 0
    where = f"{file.source.name}, column {name}"
    if holds_dates(file.column(name), rows):
        time = times_of_dates(file, name, cohort, endpoint, rows, where, patient)
    else:
        time = in_unit(file, name, numbers(file, name, rows), endpoint, rows)
    absent = np.flatnonzero(rows & np.isnan(time))
    if absent.size:
        named = quoted_list(map(file.row_where, absent.tolist()))
        have = f"{counted(absent.size, 'visit')} {'has' if absent.size == 1 else 'have'}"
        raise InputError(
            f"{have} no date or time: {named}.", where=where, hint="Fill in the cells."
        )
    return time


def _alike(visits: ModelTerm, cohort: ModelTerm, file: Cohort) -> tuple[ModelTerm, ModelTerm]:
    """A covariate of the visits and of the cohort with the same levels.

    Raises
    ------
    UsageError
        It is a number in one of them only.
    """
    if (visits.factor is None) != (cohort.factor is None):
        kinds = ("a number", "groups") if visits.factor is None else ("groups", "a number")
        raise UsageError(
            f"{visits.column} is {kinds[0]} in {file.source.file}, but {kinds[1]} in the cohort.",
            where="--visits",
            hint=f"Declare it in hcc2l.toml: [columns.{visits.column}] with type and levels.",
        )
    if visits.factor is None or cohort.factor is None:
        return visits, cohort
    levels = tuple(dict.fromkeys([*cohort.factor.levels, *visits.factor.levels]))
    ranks = tuple(range(len(levels)))
    place = np.array([*(levels.index(level) for level in visits.factor.levels), -1])
    recoded = place[visits.factor.codes].astype(np.int64)
    return (
        replace(visits, factor=replace(visits.factor, levels=levels, ranks=ranks, codes=recoded)),
        replace(cohort, factor=replace(cohort.factor, levels=levels, ranks=ranks)),
    )


def _refuse_contradictions(
    file: Cohort, patient: Ints, time: Floats, terms: Sequence[ModelTerm]
) -> None:
    """InputError for two values of one patient at one time."""
    for term in terms:
        values = term.values if term.factor is None else term.factor.codes.astype(np.float64)
        assert values is not None
        rows = np.flatnonzero((patient >= 0) & ~term.missing)
        order = rows[np.lexsort((values[rows], time[rows], patient[rows]))]
        first, second = order[:-1], order[1:]
        same = (patient[first] == patient[second]) & (time[first] == time[second])
        both = np.flatnonzero(same & (values[first] != values[second]))
        if both.size:
            a, b = sorted((int(first[both[0]]), int(second[both[0]])))
            more = f", and {both.size - 1} more" if both.size > 1 else ""
            raise InputError(
                f"Two visits of one patient at one time have different values of {term.column}: "
                f"{file.row_where(a)} and {file.row_place(b)}{more}.",
                where=f"{file.source.name}, column {term.column}",
                hint="Delete the visit that does not count.",
            )
