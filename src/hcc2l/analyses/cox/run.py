"""Cox regression: univariable and multivariable models, selection, subgroups, checks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from hcc2l.analyses.accounting import provenance
from hcc2l.analyses.cautions import row_notes
from hcc2l.analyses.cox.adjusted import adjusted_tables
from hcc2l.analyses.cox.data import CoxData, prepare
from hcc2l.analyses.cox.figure import cox_figure
from hcc2l.analyses.cox.frailty import frailty_tables
from hcc2l.analyses.cox.methods import conventions, cox_methods
from hcc2l.analyses.cox.notes import cox_notes
from hcc2l.analyses.cox.results import CoxResults, cox_results
from hcc2l.analyses.cox.tables import cox_tables
from hcc2l.analyses.regression.models import Model, account_of_final, tested_model
from hcc2l.analyses.regression.notes import knot_notes
from hcc2l.analyses.regression.performance import performance_table
from hcc2l.cohort import Cohort
from hcc2l.design import RowAccount
from hcc2l.design.model import ModelTerm
from hcc2l.report import Figure, Note, Report, Table
from hcc2l.specs import CoxSpec
from hcc2l.terms import Parser

if TYPE_CHECKING:
    from hcc2l.analyses.regression.pooled import PooledRegression
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
    if spec.when or cohort.dictionary.exposures:
        from hcc2l.design.exposures import used_exposures

        spec = replace(spec, when=used_exposures(cohort, spec.when, spec.covariates))
    data, terms = prepare(cohort, spec)
    candidates = [terms[text] for text in dict.fromkeys(data.spec.covariates)]
    pooled = _pooled(cohort, data)
    results = cox_results(data, terms, candidates, pooled)
    account = _account(data, candidates, results)
    outcome = replace(data.outcome, account=account)
    tables = cox_tables(data, results)
    tables += frailty_tables(data, tested_model(results.fitted))
    more: list[Note] = []
    curves: list[SplineCurve] = []
    if any(term.spline for term in candidates):
        from hcc2l.analyses.regression.splines import spline_curves, spline_tables

        curves = spline_curves(data, terms, results.fitted)
        tables += spline_tables(data, results.fitted, curves)
        more += knot_notes(results.fitted)
    if spec.interaction_with_time is not None:
        from hcc2l.analyses.cox.time_interaction import looking_note, time_interaction_tables
        from hcc2l.analyses.periods import period_notes

        tables += time_interaction_tables(data, terms, results.fitted)
        more += [looking_note(), *period_notes(tables)]
    if spec.imputes:
        from hcc2l.analyses.regression.pooled import pooling_notes, pooling_tables

        more += pooling_notes(data, pooled, results.fitted, [data.outcome.endpoint])
        tables += pooling_tables(pooled, results.fitted) if pooled else []
    if data.changes is not None:
        from hcc2l.analyses.cox.exposures import exposures_table

        exposures = exposures_table(data, results.fitted)
        tables += [exposures] if exposures else []
    if spec.adjusted_curves is not None:
        tables += adjusted_tables(data, results.fitted.final)
    if spec.performance:
        performance, of_bootstrap = performance_table(data, candidates, results.fitted)
        tables.append(performance)
        more += of_bootstrap
    draw: Callable[[], Figure] = partial(cox_figure, data, results, tables, curves)
    if spec.competing is not None and results.fitted.final is not None:
        of_causes, draw = _compete(data, results.fitted.final, tables, draw)
        more += of_causes
    save = None
    if spec.save_model is not None:
        from hcc2l.analyses.cox.saved import model_file

        save = model_file(cohort, data, results.fitted.final)
    settings = spec.settings() | data.outcome.endpoint.settings
    text, references = cox_methods(data, results, cohort, curves, tables)
    return Report(
        title=f"{data.outcome.endpoint.label}: Cox regression — {cohort.title}",
        provenance=provenance("cox", cohort, account, settings, conventions(data, results)),
        tables=tuple(tables),
        notes=(*row_notes(cohort, outcome), *cox_notes(cohort, data, results), *more),
        draw=draw,
        save=save,
        methods=text,
        references=references,
        show_methods=spec.methods,
    )


def _account(data: CoxData, candidates: Sequence[ModelTerm], results: CoxResults) -> RowAccount:
    """The account of rows that ends at the n of the multivariable model."""
    account, final = data.outcome.account, results.fitted.final
    if results.pooled is not None:
        return account
    if data.changes is not None:
        return data.changes.account_of_final(data, account, final, candidates)
    return account_of_final(data, account, candidates, final)


def _compete(
    data: CoxData, model: Model, tables: list[Table], draw: Callable[[], Figure]
) -> tuple[list[Note], Callable[[], Figure]]:
    """Adds the tables of competing events; returns their notes, and what the figure is."""
    from hcc2l.analyses.cox.competing import competing_terms
    from hcc2l.analyses.cox.incidence import (
        adjusted_incidence,
        incidence_figure,
        incidence_notes,
        incidence_table,
    )

    terms, notes = competing_terms(data, model)
    tables.insert([table.name for table in tables].index("models"), terms)
    if data.spec.adjusted_incidence is None:
        return notes, draw
    found = adjusted_incidence(data, model)
    tables.append(incidence_table(data, model, found))
    if data.spec.which in (None, "adjusted"):
        draw = partial(incidence_figure, data, model, found)
    return notes + incidence_notes(data, found), draw


def _pooled(cohort: Cohort, data: CoxData) -> PooledRegression | None:
    """The regression in imputed data sets, where the options ask for them."""
    spec = data.spec
    if not spec.imputes:
        return None
    from hcc2l.analyses.regression.pooled import in_imputed_sets
    from hcc2l.design.imputation import survival_predictors

    terms = Parser(cohort.nameable, spec.cut, spec.ref).terms(
        [*spec.covariates, *([spec.strata] if spec.strata else [])], "-x"
    )
    outcomes = survival_predictors(data.outcome.endpoint, data.rows)
    return in_imputed_sets(cohort, data, terms, outcomes, partial(prepare, spec=spec))
