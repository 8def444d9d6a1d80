"""Cox regression: univariable and multivariable models, selection, subgroups, checks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

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
from hcc2l.analyses.regression.notes import knot_notes
from hcc2l.analyses.regression.performance import performance_table
from hcc2l.cohort import Cohort
from hcc2l.report import Note, Report
from hcc2l.specs import CoxSpec

if TYPE_CHECKING:
    from hcc2l.analyses.regression.splines import SplineCurve


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
    data, terms = prepare(cohort, spec)
    candidates = [terms[text] for text in dict.fromkeys(data.spec.covariates)]
    results = cox_results(data, terms, candidates)
    account = account_of_final(data, data.outcome.account, candidates, results.fitted.final)
    outcome = replace(data.outcome, account=account)
    tables = cox_tables(data, results)
    more: list[Note] = []
    curves: list[SplineCurve] = []
    if any(term.spline for term in candidates):
        from hcc2l.analyses.regression.splines import spline_curves, spline_tables

        curves = spline_curves(data, terms, results.fitted)
        tables += spline_tables(data, results.fitted, curves)
        more += knot_notes(results.fitted)
    if spec.adjusted_curves is not None:
        tables += adjusted_tables(data, results.fitted.final)
    if spec.performance:
        performance, of_bootstrap = performance_table(data, candidates, results.fitted)
        tables.append(performance)
        more += of_bootstrap
    save = None
    if spec.save_model is not None:
        from hcc2l.analyses.cox.saved import model_file

        save = model_file(cohort, data, results.fitted.final)
    settings = spec.settings() | data.outcome.endpoint.settings
    text, references = cox_methods(data, results, cohort, curves)
    return Report(
        title=f"{data.outcome.endpoint.label}: Cox regression — {cohort.title}",
        provenance=provenance("cox", cohort, account, settings, conventions(data)),
        tables=tuple(tables),
        notes=(*row_notes(cohort, outcome), *cox_notes(cohort, data, results), *more),
        draw=lambda: cox_figure(data, results, tables, curves),
        save=save,
        methods=text,
        references=references,
        show_methods=spec.methods,
    )
