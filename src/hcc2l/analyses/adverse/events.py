"""An adverse event in every patient, and how the events were read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from hcc2l.analyses.adverse.grades import Band
from hcc2l.design import Ints, Mask


@dataclass(frozen=True)
class Event:
    """One adverse event, or any of several, in every patient: each once, at the highest grade.

    Attributes
    ----------
    name, label
        As in the file, and for readers.
    known
        Shape (n,): whether it is known if the patient had it.
    present
        Shape (n,): whether the patient had it.
    grade
        Shape (n,): the highest grade; 0 where there is no event, or where no grade is known.
    graded
        Whether grades are known at all.
    """

    name: str
    label: str
    known: Mask
    present: Mask
    grade: Ints
    graded: bool = True

    def within(self, band: Band) -> Mask:
        """Whether each patient had it in a band of grades, shape (n,)."""
        return band.holds(self.present, self.grade)

    def take(self, keep: Mask) -> Event:
        """The event in the kept patients."""
        return replace(
            self, known=self.known[keep], present=self.present[keep], grade=self.grade[keep]
        )

    @property
    def ungraded(self) -> int:
        """Patients who had it, of unknown grade."""
        return int((self.present & (self.grade == 0)).sum()) if self.graded else 0


def any_event(events: Sequence[Event]) -> Event:
    """Any of the events: known where one of them is, at the highest grade of all."""
    known = np.array([event.known for event in events])
    present = np.array([event.present for event in events])
    grade = np.array([event.grade for event in events])
    return Event(
        "any event",
        "Any adverse event",
        np.asarray(known.any(axis=0)),
        np.asarray(present.any(axis=0)),
        grade.max(axis=0),
        all(event.graded for event in events),
    )


@dataclass(frozen=True)
class Reading:
    """How adverse events were read, for the notes and the provenance.

    Attributes
    ----------
    file, sha256
        The file of events; None for columns of the cohort.
    columns
        The columns of the file: of `id`, `term` and `grade`.
    recognised
        Those of them that were recognised by their names.
    remarks
        What the reader remarked.
    spellings
        Event -> the spellings that were merged in it, with their rows.
    without_event
        Rows without an event, or of grade 0.
    yes_no
        Columns of the cohort that were read as no and yes, not as grades.
    """

    file: str | None = None
    sha256: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    recognised: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    spellings: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    without_event: int = 0
    yes_no: tuple[str, ...] = ()
