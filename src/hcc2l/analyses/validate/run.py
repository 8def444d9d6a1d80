"""Validation of scores and models: the report of `hcc2l validate`."""

from __future__ import annotations

from hcc2l.analyses.accounting import account_notes, provenance
from hcc2l.analyses.cautions import reading_notes, row_notes
from hcc2l.analyses.validate.data import prepare
from hcc2l.analyses.validate.figure import validation_figure
from hcc2l.analyses.validate.methods import conventions, validation_methods
from hcc2l.analyses.validate.notes import validation_notes
from hcc2l.analyses.validate.results import validation
from hcc2l.analyses.validate.tables import validation_tables
from hcc2l.cohort import Cohort
from hcc2l.report import Report
from hcc2l.specs import ValidateSpec


def run(cohort: Cohort, spec: ValidateSpec) -> Report:
    """The report of a validation.

    Raises
    ------
    UsageError
        An option or a model names what is not in the cohort, or is in another unit.
    InputError
        A file holds no model, or cells of the cohort cannot be read.
    AnalysisError
        No rows or events remain, no patient is followed until a time, or a score is constant.
    """
    data = prepare(cohort, spec)
    found = validation(data)
    text, references = validation_methods(data, found)
    settings = spec.settings()
    if data.outcome is None:
        notes = [*reading_notes(cohort, data.code), *account_notes(data.account)]
        title = f"{data.code}: validation"
    else:
        settings |= data.outcome.endpoint.settings
        notes = row_notes(cohort, data.outcome)
        title = f"{data.outcome.endpoint.label}: validation"
    return Report(
        title=f"{title} — {cohort.title}",
        provenance=provenance("validate", cohort, data.account, settings, conventions(data)),
        tables=tuple(validation_tables(data, found)),
        notes=(*notes, *validation_notes(data, found)),
        draw=lambda: validation_figure(data, found),
        methods=text,
        references=references,
        show_methods=spec.methods,
    )
