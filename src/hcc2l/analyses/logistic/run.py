"""Logistic regression: univariable and multivariable odds ratios, selection, checks."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from hcc2l.analyses.accounting import account_notes, provenance
from hcc2l.analyses.cautions import reading_notes
from hcc2l.analyses.logistic.data import LogisticData, limits_kind, prepare
from hcc2l.analyses.logistic.figure import logistic_figure
from hcc2l.analyses.logistic.methods import logistic_methods
from hcc2l.analyses.logistic.notes import later_notes
from hcc2l.analyses.logistic.results import logistic_results
from hcc2l.analyses.logistic.tables import logistic_tables
from hcc2l.analyses.regression.models import account_of_final
from hcc2l.analyses.regression.notes import knot_notes, regression_notes
from hcc2l.analyses.regression.performance import performance_table
from hcc2l.cohort import Cohort
from hcc2l.numerals import confidence
from hcc2l.report import Note, Report
from hcc2l.specs import LogisticSpec
from hcc2l.terms import Parser
from hcc2l.wording import in_sentence

if TYPE_CHECKING:
    from hcc2l.analyses.regression.pooled import PooledRegression
    from hcc2l.analyses.regression.splines import SplineCurve


def run(cohort: Cohort, spec: LogisticSpec) -> Report:
    """The report of a logistic regression.

    Raises
    ------
    UsageError
        An option names a column that is not in the cohort, or one that cannot be a covariate.
    InputError
        A cell of the cohort is invalid.
    AnalysisError
        No rows, no outcome, a covariate with one level, or more parameters than outcomes.
    """
    data, terms = prepare(cohort, spec)
    candidates = [terms[text] for text in dict.fromkeys(data.spec.covariates)]
    pooled = _pooled(cohort, data)
    results = logistic_results(data, terms, candidates, pooled)
    fitted = results.fitted
    account = data.account
    if pooled is None:
        account = account_of_final(data, account, candidates, fitted.final)
    tables = logistic_tables(data, results)
    more: list[Note] = []
    curves: list[SplineCurve] = []
    if any(term.spline for term in candidates):
        from hcc2l.analyses.regression.splines import spline_curves, spline_tables

        curves = spline_curves(data, terms, fitted)
        tables += spline_tables(data, fitted, curves)
        more += knot_notes(fitted)
    if spec.imputes:
        from hcc2l.analyses.regression.pooled import pooling_notes, pooling_tables

        more += pooling_notes(data, pooled, results.fitted)
        tables += pooling_tables(pooled, results.fitted) if pooled else []
    if spec.performance:
        performance, of_bootstrap = performance_table(data, candidates, fitted)
        tables.append(performance)
        more += of_bootstrap
    column, _, value = data.outcome.partition("=")
    outcome = f"{cohort.label(column)}{' = ' + value if value else ''}"
    save = None
    if spec.save_model is not None:
        from hcc2l.analyses.logistic.saved import model_file

        save = model_file(cohort, data, fitted.final)
    methods, references = logistic_methods(data, results, cohort, outcome, curves)
    return Report(
        title=f"{outcome}: logistic regression — {cohort.title}",
        provenance=provenance(
            "logistic", cohort, account,
            spec.settings() | {"outcome": data.outcome, "ci": limits_kind(spec)},
            [f"Outcome {data.outcome}",
             f"logistic regression, {'Firth penalised' if spec.firth else 'maximum'} likelihood",
             f"{confidence(spec.conf_level)} ({limits_kind(spec).replace('wald', 'Wald')})",
             *([f"{pooled.imputed.sets} imputed data sets, Rubin's rules"] if pooled else [])],
        ),
        tables=tuple(tables),
        notes=(*reading_notes(cohort, data.outcome), *account_notes(account),
               *regression_notes(pooled or data, fitted.models, fitted),
               *later_notes(cohort, candidates),
               *more),
        draw=lambda: logistic_figure(data, tables, f"Odds ratio, {in_sentence(outcome)}", curves),
        methods=methods,
        references=references,
        show_methods=spec.methods,
        save=save,
    )  # fmt: skip


def _pooled(cohort: Cohort, data: LogisticData) -> PooledRegression | None:
    """The regression in imputed data sets, where the options ask for them."""
    spec = data.spec
    if not spec.imputes:
        return None
    from hcc2l.analyses.regression.pooled import in_imputed_sets

    terms = Parser(cohort.nameable, spec.cut, spec.ref).terms(spec.covariates, "-x")
    outcomes = {data.outcome: data.event.astype(np.float64)}
    return in_imputed_sets(cohort, data, terms, outcomes, partial(prepare, spec=spec))
