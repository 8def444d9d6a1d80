"""The scores that an analysis computed, in its notes, its methods and its references."""

from __future__ import annotations

import numpy as np

from hcc2l.cohort import Cohort
from hcc2l.design.units import declared_unit_notes, zeros_notes
from hcc2l.report import Note


def score_notes(cohort: Cohort) -> list[Note]:
    """How the scores used were computed, and what is doubtful about the units of their parts."""
    notes = []
    for computed in cohort.computed():
        notes.append(Note("info", "score-computed", computed.described))
        for analyte, found in computed.units.items():
            part = computed.parts[analyte]
            known = int(np.count_nonzero(~np.isnan(part.cells)))
            notes += zeros_notes(part.label, found, known)
            notes += declared_unit_notes(part.label, part.stated, found)
    for derived in cohort.derived():
        notes.append(Note("info", "derived-column", derived.described))
    for name in cohort.not_derived():
        text = f"{name} is a column of the cohort, so [derived.{name}] of hcc2l.toml is not used."
        notes.append(Note("info", "derived-column", text))
    return list(dict.fromkeys(notes))


def opening_sentences(cohort: Cohort) -> list[str]:
    """The first sentences of the methods: synthetic data, and how scores were calculated."""
    sentences = ["The data are synthetic."] if cohort.source.synthetic else []
    for computed in cohort.computed():
        score = computed.score
        how = "assigned" if score.levels else "calculated"
        formula = score.expression.replace("10^9", "10⁹")
        sentences.append(f"The {score.title} was {how} as {formula}.")
    return sentences + [f"{d.label} was defined as {d.expression}." for d in cohort.derived()]


def score_references(cohort: Cohort) -> list[str]:
    """The publications of the scores used."""
    of_each = (computed.score.references for computed in cohort.computed())
    return list(dict.fromkeys(reference for references in of_each for reference in references))
