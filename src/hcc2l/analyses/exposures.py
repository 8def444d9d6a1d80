"""Notes on exposures that begin later, and how they were analysed, for `km` and `cox`."""

from __future__ import annotations

import numpy as np

from hcc2l.cohort import Cohort, printable
from hcc2l.design import Mask
from hcc2l.design.exposures import Exposure
from hcc2l.report import Note
from hcc2l.stats.episodes import Timing
from hcc2l.wording import counted, in_sentence

_NAMED = 10


def exposure_notes(
    cohort: Cohort, exposure: Exposure, when: Timing, start: str = "time 0"
) -> list[Note]:
    """Notes on when an exposure begins, on its name, and on what it cannot tell.

    Parameters
    ----------
    when
        Masks of shape (n,), over the rows of the cohort.
    start
        Where follow-up begins, in words.
    """
    name = exposure.label
    notes = [
        Note("info", "exposure-not-causal",
             f"Whether and when {in_sentence(name)} begins depends on the course of the disease, "
             "so the comparison is an association and not the effect of the exposure. Report it as "
             "such.")
    ]  # fmt: skip
    if exposure.name in cohort.names and exposure.name != exposure.column:
        notes.append(
            Note("info", "exposure-is-column",
                 f"{exposure.name} is also a column of the cohort. As a term it is the exposure "
                 f"that begins at {exposure.column}; the column itself is not used.")
        )  # fmt: skip
    if when.before.any():
        notes.append(
            Note("info", "exposure-before-start",
                 f"{name} begins at or before {start} in {_patients(when.before)}, who "
                 f"{_count(when.before)} as exposed from the start.",
                 which=_names(cohort, when.before))
        )  # fmt: skip
    late = when.at_end | when.after_end
    if late.any():
        places = {"at": when.at_end, "after": when.after_end}
        parts = [
            f"{where} the end of follow-up in {_patients(mask)}"
            for where, mask in places.items()
            if mask.any()
        ]
        notes.append(
            Note("warning", "exposure-at-end",
                 f"{name} begins {' and '.join(parts)}, who {_count(late)} as unexposed "
                 "throughout. Check these dates.",
                 which=_names(cohort, late))
        )  # fmt: skip
    return notes


def _patients(mask: Mask) -> str:
    return counted(int(mask.sum()), "patient")


def _count(mask: Mask) -> str:
    return "counts" if mask.sum() == 1 else "count"


def _names(cohort: Cohort, mask: Mask) -> str:
    rows = np.flatnonzero(mask).tolist()
    named = [printable(cohort.row_name(row)) for row in rows[:_NAMED]]
    return ", ".join([*named, *(["…"] if len(rows) > _NAMED else [])])


def how_exposed(label: str) -> str:
    """How an exposure is analysed, as a sentence of the methods paragraph."""
    return (
        f"{label} was analysed as a time-dependent exposure: follow-up before it began counted as "
        "unexposed, follow-up thereafter as exposed."
    )
