"""The adverse events of the patients analysed, and their groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hcc2l import design
from hcc2l.analyses.accounting import refuse_no_rows, rows_where
from hcc2l.analyses.adverse.columns import events_of_columns
from hcc2l.analyses.adverse.events import Event, Reading, any_event
from hcc2l.analyses.adverse.grades import ANY, Band, parse_bands
from hcc2l.analyses.adverse.long_file import events_of_file, read_events
from hcc2l.cohort import Cohort
from hcc2l.design import Factor, Ints, Mask, RowAccount
from hcc2l.errors import AnalysisError, InputError, UsageError, did_you_mean, quoted_list
from hcc2l.levels import affirmative, distinct, matching, natural_order
from hcc2l.specs import AdverseSpec
from hcc2l.stats.counts import contingency, independent_counts
from hcc2l.stats.test import Test
from hcc2l.terms import Assignment, Parser, Term
from hcc2l.wording import counted

ALL = "all"


@dataclass(frozen=True)
class Patients:
    """Patients in groups: one group, `all`, without ``--by``.

    Attributes
    ----------
    codes
        Shape (n,): index of each patient's group in `levels`.
    """

    levels: tuple[str, ...]
    codes: Ints

    @property
    def compared(self) -> bool:
        """Whether there are groups to compare."""
        return len(self.levels) > 1

    def inside(self, level: str) -> Mask:
        """The patients of a group, or all of them, shape (n,)."""
        if level == ALL and level not in self.levels:
            return np.ones(self.codes.size, dtype=np.bool_)
        return np.asarray(self.codes == self.levels.index(level))


@dataclass(frozen=True)
class Reasons:
    """The reasons for stopping, of all patients, whether their events were documented or not.

    Attributes
    ----------
    codes
        Shape (n,): index of each patient's reason in `levels`, -1 for none.
    """

    label: str
    levels: tuple[str, ...]
    codes: Ints
    patients: Patients

    @property
    def counts(self) -> design.Floats:
        """Patients with each reason that is stated, by group, shape (reasons, groups)."""
        groups = len(self.patients.levels)
        return contingency(self.codes, len(self.levels), self.patients.codes, groups)

    @property
    def test(self) -> Test:
        """Whether the groups differ in the reasons that are stated."""
        return independent_counts(self.counts)


@dataclass(frozen=True)
class AdverseData:
    """The adverse events of the patients analysed.

    Attributes
    ----------
    events
        In the order of the table, any event before all others.
    unlisted
        Events in none of the bands, which are not in the table.
    by
        The label of the groups; None without ``--by``.
    rows
        Patients before those without documentation were excluded.
    """

    spec: AdverseSpec
    patients: Patients
    events: tuple[Event, ...]
    unlisted: tuple[Event, ...]
    bands: tuple[Band, ...]
    reading: Reading
    by: str | None
    rows: int
    reasons: Reasons | None

    @property
    def graded(self) -> bool:
        """Whether any event has grades."""
        return any(event.graded for event in self.events[1:])

    @property
    def columns(self) -> tuple[str, ...]:
        """The groups of the table, with all patients where these are asked for."""
        return (*self.patients.levels, *((ALL,) if self.spec.total else ()))

    def test(self, event: Event, band: Band) -> Test:
        """Whether the groups differ in how many patients had the event in a band."""
        return independent_counts(self.counts(event, band))

    def counts(self, event: Event, band: Band) -> design.Floats:
        """Patients without and with the event, by group, shape (2, groups)."""
        with_event = np.where(event.known, event.within(band), -1).astype(np.int64)
        return contingency(with_event, 2, self.patients.codes, len(self.patients.levels))


def prepare(cohort: Cohort, spec: AdverseSpec) -> tuple[RowAccount, AdverseData]:
    """The patients analysed with their adverse events.

    Raises
    ------
    UsageError
        An option names what is not there, or a band that has no grades.
    InputError
        A cell cannot be read, or the patient of an event is not in the cohort.
    AnalysisError
        No rows, no events, or a single group.
    """
    asked = parse_bands(spec.bands)
    parser = Parser(cohort.nameable, spec.cut, spec.ref)
    by, reasons = parser.term(spec.by, "--by"), parser.term(spec.reasons, "--reasons")
    documented = parser.assignment(spec.documented, "--documented")
    conditions = parser.conditions(spec.where)
    named = (by, reasons, documented, *conditions)
    cohort.load([cohort.id_column or "", *(part.column for part in named if part)])
    file = read_events(cohort, spec) if spec.events else None
    account = rows_where(cohort, conditions)
    group = design.groups(cohort, by, account) if by else None
    refuse_no_rows(account)
    treated = account.keep.copy()
    if file is not None:
        events, reading = events_of_file(cohort, file, spec, treated)
    else:
        events, reading = events_of_columns(cohort, spec.variables, treated)
    if not events:
        raise AnalysisError(
            "There is no adverse event in the file.",
            where=spec.events,
            hint="Check its columns with --term and --grade.",
        )
    if documented:
        _drop_undocumented(cohort, account, documented, events)
        refuse_no_rows(account)
    bands = _bands(asked, events, reading)
    listed, unlisted = _listed([event.take(account.keep) for event in events], bands, spec)
    return account, AdverseData(
        spec=spec,
        patients=_patients(group, account.keep, spec),
        events=(any_event([*listed, *unlisted]), *listed),
        unlisted=tuple(unlisted),
        bands=bands,
        reading=reading,
        by=group.label if group else None,
        rows=int(treated.sum()),
        reasons=_reasons(cohort, reasons, group, treated, spec) if reasons else None,
    )


def _reasons(
    cohort: Cohort, term: Term, group: Factor | None, keep: Mask, spec: AdverseSpec
) -> Reasons:
    """The reasons for stopping of the kept rows."""
    reason = design.factor(cohort, term, keep)
    return Reasons(reason.label, reason.levels, reason.codes[keep], _patients(group, keep, spec))


def _patients(group: Factor | None, keep: Mask, spec: AdverseSpec) -> Patients:
    """The kept rows in their groups.

    Raises
    ------
    AnalysisError
        All are in one group.
    """
    if group is None:
        return Patients((ALL,), np.zeros(int(keep.sum()), dtype=np.int64))
    taken = group.take(keep)
    if len(taken.levels) < 2:
        raise AnalysisError(
            f"All {taken.codes.size} patients analysed are in one group, {taken.levels[0]!r}.",
            where=f"--by {spec.by}",
            hint="Omit --by, or check which rows --where and missing values exclude.",
        )
    if spec.total and ALL in taken.levels:
        raise UsageError(
            f"There is a group named {ALL!r}, as the total is.",
            where="--total",
            hint="Omit --total, or rename the group with labels in hcc2l.toml.",
        )
    return Patients(taken.levels, taken.codes)


def _drop_undocumented(
    cohort: Cohort, account: RowAccount, documented: Assignment, events: Sequence[Event]
) -> None:
    """Exclude the patients whose adverse events were not documented.

    Raises
    ------
    UsageError
        The column does not say yes or no, or there is no such value.
    InputError
        Such a patient has an event.
    """
    column = cohort.column(documented.column)
    texts, codes = distinct(column)
    yes = affirmative(texts)
    if documented.value is not None:
        yes = tuple(matching(documented.value, column, texts))
    if not yes:
        missing = f"There is no value {documented.value!r} in {column.name}."
        raise UsageError(
            missing if documented.value else f"{column.name} does not say yes or no.",
            where=f"--documented {documented.text}",
            hint=did_you_mean(documented.value or "", natural_order(texts))
            + f" Give the value for documented: --documented {column.name}=VALUE.",
        )
    undocumented = account.keep & ~np.isin(codes, [texts.index(text) for text in yes])
    contrary = np.flatnonzero(undocumented & np.any([event.present for event in events], axis=0))
    if contrary.size:
        raise InputError(
            f"{counted(contrary.size, 'patient')} with adverse events "
            f"{'is' if contrary.size == 1 else 'are'} not documented according to {column.name}: "
            f"{quoted_list(map(cohort.row_name, contrary.tolist()))}.",
            where=f"{cohort.source.name}, column {column.name}",
            hint="Correct this column, or the adverse events.",
        )
    account.drop(undocumented, f"adverse events not documented ({documented.name})")


def _bands(asked: Sequence[Band], events: Sequence[Event], reading: Reading) -> tuple[Band, ...]:
    """The bands of the table.

    Raises
    ------
    UsageError
        Grades are asked for, and there are none.
    """
    ungraded = [event.name for event in events if not event.graded]
    if not asked:
        return (ANY,) if ungraded else (ANY, Band(3, 4))
    needing = [band.name for band in asked if band != ANY]
    if needing and ungraded:
        if reading.file:
            what, hint = f"{reading.file} has no grades.", "Name its column of grades with --grade."
        else:
            verb = "holds" if len(ungraded) == 1 else "hold"
            what = f"{quoted_list(ungraded)} {verb} no and yes."
            hint = (
                f"If {ungraded[0]} holds grades, of which only 0 and 1 occur, declare them in "
                f'hcc2l.toml: levels = ["0", "1", "2", "3", "4", "5"] for {ungraded[0]}.'
            )
        raise UsageError(
            f"There is no grade {needing[0]} to count: {what}",
            where="--bands",
            hint=f"Use --bands any. {hint}",
        )
    return tuple(asked)


def _listed(
    events: Sequence[Event], bands: Sequence[Band], spec: AdverseSpec
) -> tuple[list[Event], list[Event]]:
    """The events in the order of the table, and those of a file in none of its bands."""
    occurs = [not spec.events or any(e.within(b).any() for b in bands) for e in events]
    listed = [event for event, shown in zip(events, occurs, strict=True) if shown]
    unlisted = [event for event, shown in zip(events, occurs, strict=True) if not shown]
    if spec.sort == "frequency":
        listed.sort(key=lambda e: (-int(e.within(bands[0]).sum()), e.label.casefold()))
    return listed, unlisted
