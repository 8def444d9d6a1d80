"""Adverse events from columns of the cohort: grades, or no and yes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hcc2l.analyses.adverse.events import Event, Reading
from hcc2l.analyses.adverse.grades import grade
from hcc2l.cohort import Cohort
from hcc2l.design import Mask
from hcc2l.errors import InputError
from hcc2l.levels import affirmative, distinct
from hcc2l.terms import known_column


def events_of_columns(
    cohort: Cohort, variables: Sequence[str], keep: Mask
) -> tuple[list[Event], Reading]:
    """The events of columns of the cohort in every row, in the order given.

    Raises
    ------
    UsageError
        There is no such column.
    InputError
        A cell of a kept row is neither a grade nor no or yes.
    """
    names = [known_column(name, cohort.nameable, "-x") for name in variables]
    cohort.load(names)
    events = [_event(cohort, name, keep) for name in dict.fromkeys(names)]
    yes_no = tuple(event.name for event in events if not event.graded)
    return events, Reading(yes_no=yes_no)


def _event(cohort: Cohort, name: str, keep: Mask) -> Event:
    """The event of one column; words for no and yes, or 0 and 1 alone, are no grades."""
    texts, codes = distinct(cohort.column(name))
    used = [texts[i] for i in np.unique(codes[keep]) if i >= 0]
    yes = affirmative(texts)
    declared = any((grade(level) or 0) > 1 for level in cohort.dictionary.column(name).levels)
    if texts and (yes or set(texts) <= {"0", "1"}) and not declared:
        grades = [int(text in (yes or ("1",))) for text in texts]
        graded = False
    else:
        _refuse_other_cells(cohort, name, used, keep)
        grades = [grade(text) or 0 for text in texts]
        graded = True
    cells = np.array([*grades, 0], dtype=np.int64)[codes]
    none = np.zeros(cells.size, dtype=np.int64)
    label = cohort.label(name)
    return Event(name, label, codes >= 0, cells > 0, cells if graded else none, graded)


def _refuse_other_cells(cohort: Cohort, name: str, used: Sequence[str], keep: Mask) -> None:
    """InputError for a cell that is no grade."""
    wrong = [text for text in used if grade(text) is None]
    if not wrong:
        return
    column = cohort.column(name)
    row = next(i for i in np.flatnonzero(keep).tolist() if column.text(i) in wrong)
    raise InputError(
        f"{column.text(row)!r} is neither a grade of the CTCAE nor no or yes.",
        where=f"{cohort.source.name}, column {name}, {cohort.row_where(row)}",
        hint="Grades are 0 (no event) to 5, also written Grade 3, G3 or III. Correct the cells, or "
        f"choose another column than {name}.",
    )
