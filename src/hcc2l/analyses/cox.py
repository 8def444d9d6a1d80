"""Cox regression: univariable and multivariable models, selection, subgroups, checks."""

from __future__ import annotations

from hcc2l.analyses.adjusted import adjusted_tables
from hcc2l.analyses.cox_figure import cox_figure
from hcc2l.analyses.cox_models import CoxData, prepare
from hcc2l.analyses.cox_tables import CoxResults, cox_tables
from hcc2l.analyses.cox_text import conventions, cox_methods
from hcc2l.analyses.performance import performance_table
from hcc2l.analyses.regression import (
    Fitted,
    Model,
    complete,
    exclude_incomplete,
    fit_models,
    interaction,
    interaction_test,
    number,
    term_tests,
    tested_model,
)
from hcc2l.analyses.regression_notes import regression_notes
from hcc2l.analyses.rows import provenance, row_notes
from hcc2l.cohort import Cohort
from hcc2l.design.model import ModelTerm
from hcc2l.errors import AnalysisError
from hcc2l.numerals import p_equation
from hcc2l.report import Note, Report, Row
from hcc2l.specs import CoxSpec
from hcc2l.stats.proportional_hazards import proportional_hazards


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
    candidates = [terms[text] for text in dict.fromkeys(spec.covariates)]
    results = _results(data, terms, candidates)
    exclude_incomplete(data, data.outcome.account, candidates, results.fitted.final)
    tables = cox_tables(data, results)
    more: list[Note] = []
    if spec.adjusted_curves is not None:
        tables += adjusted_tables(data, results.fitted.final)
    if spec.performance:
        performance, more = performance_table(data, candidates, results.fitted)
        tables.append(performance)
    settings = spec.settings() | {
        "endpoint": data.outcome.endpoint.name,
        "time": data.outcome.endpoint.columns[0],
        "event": data.outcome.endpoint.event_name,
        "unit": data.outcome.endpoint.unit,
    }
    text, references = cox_methods(data, results, cohort)
    return Report(
        title=f"{data.outcome.endpoint.label}: Cox regression — {cohort.title}",
        provenance=provenance("cox", cohort, data.outcome.account, settings, conventions(data)),
        tables=tuple(tables),
        notes=(*row_notes(cohort, data.outcome), *_notes(cohort, data, results), *more),
        draw=lambda: cox_figure(data, results, tables),
        methods=text,
        references=references,
        show_methods=spec.methods,
    )


def _results(data: CoxData, terms: dict[str, ModelTerm], candidates: list[ModelTerm]) -> CoxResults:
    spec = data.spec
    fitted = fit_models(data, candidates) if candidates else Fitted((), None, ())
    checked = tested_model(fitted)
    interactions = [interaction(data, terms, text, fitted.final) for text in spec.interaction]
    subgroups: list[Model] = []
    skipped: list[str] = []
    if spec.subgroups is not None:
        subgroups, more, skipped = _subgroups(data, terms)
        interactions += more
    return CoxResults(
        fitted=fitted,
        subgroups=tuple(subgroups),
        ph_tests=tuple(_ph_tests(data, checked)) if checked and not spec.firth else (),
        term_tests=tuple(term_tests(data, checked)) if checked else (),
        interactions=tuple(interactions),
        skipped=tuple(skipped),
    )


def _ph_tests(data: CoxData, model: Model) -> list[Row]:
    rows = model.rows
    if data.spec.ph_transform == "log" and (data.time[rows] <= 0).any():
        raise AnalysisError(
            "Some patients have time 0, whose logarithm is not defined.",
            where="--ph-transform log",
            hint="Use --ph-transform km.",
        )  # fmt: skip
    tests = proportional_hazards(
        data.time[rows], data.event[rows], model.matrix.x, model.coef, model.dropped,
        model.matrix.terms,
        transform=data.spec.ph_transform,  # type: ignore[arg-type]  # a choice, checked by the spec
        ties=data.ties, strata=data.strata_of(rows),
        weights=None if data.weights is None else data.weights[rows],
    )  # fmt: skip
    return [
        {"model": model.name, "term": t.term, "statistic": number(t.statistic), "df": t.df,
         "p": number(t.p)}
        for t in tests
    ]  # fmt: skip


def _subgroups(
    data: CoxData, terms: dict[str, ModelTerm]
) -> tuple[list[Model], list[Row], list[str]]:
    """Models of one term in each subgroup, tests of interaction, and subgroups without a model."""
    spec = data.spec
    assert spec.subgroups is not None
    effect = terms[spec.subgroups]
    models = [data.fit([effect], complete(data, [effect]), "all", "subgroup", "all")]
    tests, skipped = [], []
    for text in spec.within:
        by = data.within[text]
        assert by.factor is not None
        rows = complete(data, [effect, by])
        for code, level in enumerate(by.factor.levels):
            inside = rows & (by.factor.codes == code)
            name = f"{text}={level}"
            try:
                models.append(data.fit([effect], inside, name, "subgroup", name))
            except AnalysisError:
                if inside.any():
                    skipped.append(f"{data.labels[text]} {level}")
        tests.append(interaction_test(data, effect, by))
    return models, tests, skipped


# ---------------------------------------------------------------- notes


def _notes(cohort: Cohort, data: CoxData, results: CoxResults) -> list[Note]:
    notes = regression_notes(data, results.models, results.fitted)
    for row in results.ph_tests:
        p = row["p"]
        if row["term"] != "GLOBAL" and isinstance(p, float) and p < 0.05:
            notes.append(
                Note("warning", "hazards-not-proportional",
                     f"The hazard ratio of {row['term']} appears to change over time "
                     f"({p_equation(p)}), so a single hazard ratio is only an average. Stratify by "
                     "it (--strata), count time from a landmark (--landmark T), or compare "
                     "restricted mean survival times (hcc2l km --tau T).")
            )  # fmt: skip
    for name, column in data.columns.items():
        if not data.spec.landmark and cohort.known_after_start(column):
            notes.append(
                Note("warning", "immortal-time",
                     f"{data.labels[name]} is determined only after time 0, and patients must "
                     "survive long enough for it to be observed, so its hazard ratio is biased "
                     "(immortal-time bias). Count time from a landmark at which it is known "
                     '(--landmark T), or, if it was known at baseline, set role = "baseline" '
                     f"for {column} in hcc2l.toml.")
            )  # fmt: skip
    if results.skipped:
        notes.append(
            Note("warning", "subgroup-not-fitted",
                 "No hazard ratio was estimated in subgroups with too few patients or events, or "
                 "in which the effect variable does not vary: "
                 f"{'; '.join(results.skipped)}. Merge these levels with others.")
        )  # fmt: skip
    return notes
