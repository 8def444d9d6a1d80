"""Cox regression: univariable and multivariable models, selection, subgroups, checks."""

from __future__ import annotations

from dataclasses import replace

from hcc2l.analyses.accounting import provenance
from hcc2l.analyses.cautions import row_notes
from hcc2l.analyses.cox.adjusted import adjusted_tables
from hcc2l.analyses.cox.data import prepare
from hcc2l.analyses.cox.figure import cox_figure
from hcc2l.analyses.cox.methods import conventions, cox_methods
from hcc2l.analyses.cox.notes import cox_notes
from hcc2l.analyses.cox.results import cox_results
from hcc2l.analyses.cox.tables import cox_tables
from hcc2l.analyses.regression.models import account_of_final
from hcc2l.analyses.regression.performance import performance_table
from hcc2l.cohort import Cohort
from hcc2l.report import Note, Report
from hcc2l.specs import CoxSpec


def run(cohort: Cohort, spec: CoxSpec) -> Report:
    """The report of a Cox regression.

    Raises
    ------
    UsageError
        An option names a column that is not in the cohort, or one that cannot be a covariate.
    InputError
        A cell of the cohort is invalid.
    AnalysisError
        No rows, no events, a covariate with one level, or more parameters than events.
    """
    if spec.when or cohort.dictionary.exposures:
        from hcc2l.design.exposures import used_exposures

        spec = replace(spec, when=used_exposures(cohort, spec.when, spec.covariates))
    data, terms = prepare(cohort, spec)
    candidates = [terms[text] for text in dict.fromkeys(data.spec.covariates)]
    results = cox_results(data, terms, candidates)
    if data.changes is None:
        account = account_of_final(data, data.outcome.account, candidates, results.fitted.final)
    else:
        account = data.changes.account_of_final(
            data, data.outcome.account, results.fitted.final, candidates
        )
    outcome = replace(data.outcome, account=account)
    tables = cox_tables(data, results)
    more: list[Note] = []
    if data.changes is not None:
        from hcc2l.analyses.cox.exposures import exposures_table

        exposures = exposures_table(data, results.fitted)
        tables += [exposures] if exposures else []
    if spec.adjusted_curves is not None:
        tables += adjusted_tables(data, results.fitted.final)
    if spec.performance:
        performance, more = performance_table(data, candidates, results.fitted)
        tables.append(performance)
    settings = spec.settings() | data.outcome.endpoint.settings
    text, references = cox_methods(data, results, cohort)
    return Report(
        title=f"{data.outcome.endpoint.label}: Cox regression — {cohort.title}",
        provenance=provenance("cox", cohort, account, settings, conventions(data)),
        tables=tuple(tables),
        notes=(*row_notes(cohort, outcome), *cox_notes(cohort, data, results), *more),
        draw=lambda: cox_figure(data, results, tables),
        methods=text,
        references=references,
        show_methods=spec.methods,
    )
