"""Validation of scores and models: the report of `hcc2l validate`."""

from __future__ import annotations

from hcc2l.analyses.accounting import account_notes, provenance
from hcc2l.analyses.cautions import reading_notes, row_notes
from hcc2l.analyses.validate.data import ValidationData, prepare
from hcc2l.analyses.validate.figure import validation_figure
from hcc2l.analyses.validate.methods import conventions, validation_methods
from hcc2l.analyses.validate.notes import validation_notes
from hcc2l.analyses.validate.results import Validation, validation
from hcc2l.analyses.validate.tables import validation_tables
from hcc2l.cohort import Cohort
from hcc2l.report import Note, Report
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
    if spec.imputes:
        from hcc2l.analyses.validate.pooled import pooled_validation

        pooled = pooled_validation(cohort, spec)
        if pooled is not None:
            return _report(cohort, pooled.data, pooled.found, pooled.complete_cases)
    data = prepare(cohort, spec)
    return _report(cohort, data, validation(data))


def _report(
    cohort: Cohort,
    data: ValidationData,
    found: Validation,
    complete_cases: tuple[ValidationData, Validation] | None = None,
) -> Report:
    spec = data.spec
    more: list[Note] = []
    if spec.imputes:
        from hcc2l.analyses.imputation import imputation_notes
        from hcc2l.analyses.imputed import nothing_imputed

        endpoints = [data.outcome.endpoint] if data.outcome else []
        more = imputation_notes(data.imputed, endpoints) if data.imputed else nothing_imputed()
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
        tables=tuple(validation_tables(data, found, complete_cases)),
        notes=(*notes, *validation_notes(data, found), *more),
        draw=lambda: validation_figure(data, found),
        methods=text,
        references=references,
        show_methods=spec.methods,
    )
