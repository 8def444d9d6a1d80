"""What a statistician would remark about a logistic regression."""

from __future__ import annotations

from collections.abc import Sequence

from hcc2l.cohort import Cohort
from hcc2l.design.model import ModelTerm
from hcc2l.report import Note


def later_notes(cohort: Cohort, terms: Sequence[ModelTerm]) -> list[Note]:
    """Warnings of covariates that are determined only after baseline."""
    return [
        Note("warning", "known-after-start",
             f"{term.label} is determined only after baseline, whereas a covariate must be known "
             "before the outcome. Drop it, or, if it was known at baseline, set role = "
             f'"baseline" for {term.column} in hcc2l.toml.')
        for term in terms
        if cohort.known_after_start(term.column)
    ]  # fmt: skip
