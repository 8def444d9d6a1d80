"""The notes of `hcc2l impute` beside those of every imputation."""

from __future__ import annotations

from hcc2l.analyses.impute.data import ImputeData
from hcc2l.report import Note


def impute_notes(data: ImputeData) -> list[Note]:
    """Remarks on an imputation without gaps, or without an outcome."""
    notes = []
    if not data.imputed.model.imputed:
        text = (
            "No column has a missing value in the patients analysed, so all sets are the same. "
            "Analyse the cohort itself."
        )
        notes.append(Note("warning", "no-gaps", text))
    elif not data.endpoints:
        text = (
            "The cohort has no endpoint that could be in the imputation model. Effects on an "
            "outcome that is not in it would be biased towards zero: name the outcome with "
            "--endpoint, or with --time and --event."
        )
        notes.append(Note("warning", "no-outcome", text))
    return notes
