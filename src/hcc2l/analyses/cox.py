"""Cox regression: univariable and multivariable models, selection, subgroups, checks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hcc2l.analyses.cox_figure import cox_figure
from hcc2l.analyses.cox_models import (
    CoxData,
    Model,
    complete,
    fit_model,
    likelihood_ratio,
    prepare,
    wald_test,
)
from hcc2l.analyses.cox_tables import CoxResults, cox_tables, number
from hcc2l.analyses.cox_text import conventions, cox_methods
from hcc2l.analyses.rows import provenance, row_notes
from hcc2l.cohort import Cohort
from hcc2l.design import Mask
from hcc2l.design.model import ModelColumn, ModelMatrix, ModelTerm
from hcc2l.dictionary import looks_post_baseline
from hcc2l.errors import AnalysisError, UsageError
from hcc2l.report import Note, Report, Row
from hcc2l.specs import CoxSpec
from hcc2l.stats.proportional_hazards import proportional_hazards

EVENTS_PER_PARAMETER = 10


def run(cohort: Cohort, spec: CoxSpec) -> Report:
    """Analyse a cohort.

    Raises
    ------
    UsageError
        An option names what the cohort has not, or a covariate that cannot be one.
    InputError
        The cohort's cells are wrong.
    AnalysisError
        No rows, no events, a covariate with one level, or more parameters than events.
    """
    data, terms = prepare(cohort, spec)
    results = _results(data, terms)
    for model in results.models:
        if model.kind in ("multivariable", "stepwise"):
            for term in model.terms:
                data.outcome.account.drop(term.missing, f"{term.column} missing")
    tables = cox_tables(data, results)
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
        notes=(*row_notes(cohort, data.outcome), *_notes(cohort, data, results)),
        draw=lambda: cox_figure(data, results, tables),
        methods=text,
        references=references,
        show_methods=spec.methods,
    )


# ---------------------------------------------------------------- models


def _results(data: CoxData, terms: dict[str, ModelTerm]) -> CoxResults:
    spec = data.spec
    wanted = [terms[text] for text in dict.fromkeys(spec.covariates)]
    univariable, multivariable = spec.models
    models: list[Model] = []
    steps: list[Row] = []
    alone = []
    if wanted and (univariable or spec.select is not None):
        alone = [fit_model(data, [t], complete(data, [t]), t.text, "univariable") for t in wanted]
        models += alone if univariable else []
    final = None
    if wanted and multivariable:
        if spec.stepwise is not None:
            final, steps = _stepwise(data, wanted)
        else:
            chosen, steps = _selected(data, wanted, alone)
            if chosen:
                rows = complete(data, chosen)
                final = fit_model(data, chosen, rows, "multivariable", "multivariable")
        models += [final] if final else []
    results = CoxResults(tuple(models), final, tuple(steps))
    checked = final or (alone[0] if len(alone) == 1 else None)
    if checked is not None:
        results = results.with_tests(_ph_tests(data, checked), _term_tests(data, checked))
    interactions = [_interaction(data, terms, text) for text in spec.interaction]
    if spec.subgroups is not None:
        subgroup_models, more = _subgroups(data, terms)
        results = results.with_models(subgroup_models)
        interactions += more
    return results.with_interactions(interactions)


def _selected(
    data: CoxData, wanted: Sequence[ModelTerm], alone: Sequence[Model]
) -> tuple[list[ModelTerm], list[Row]]:
    """The terms whose univariable p is below `--select`; all of them without it."""
    if data.spec.select is None:
        return list(wanted), []
    steps: list[Row] = []
    chosen = []
    for number_, (term, model) in enumerate(zip(wanted, alone, strict=True), start=1):
        statistic, df, p = wald_test(model, term.text)
        enters = p < data.spec.select
        chosen += [term] if enters else []
        steps.append(_step(number_, "entered" if enters else "kept out", term, statistic, df, p))
    return chosen, steps


def _step(
    step: int, action: str, term: ModelTerm, statistic: float, df: int | None, p: float,
    aic: float = float("nan"),
) -> Row:  # fmt: skip
    return {"step": step, "action": action, "term": term.text, "statistic": number(statistic),
            "df": df, "p": number(p), "aic": number(aic)}  # fmt: skip


def _stepwise(data: CoxData, wanted: Sequence[ModelTerm]) -> tuple[Model | None, list[Row]]:
    """Backward elimination on the complete cases of all candidates."""
    spec, rows = data.spec, complete(data, wanted)
    current = list(wanted)
    steps: list[Row] = []
    while current:
        model = fit_model(data, current, rows, "stepwise", "stepwise")
        candidates = []
        for term in current:
            if spec.stepwise == "wald":
                statistic, df, p = wald_test(model, term.text)
            else:
                statistic, df, p = likelihood_ratio(data, model, term.text)
            candidates.append((term, statistic, df, p, model.fit.aic + statistic - 2 * df))
        if spec.stepwise == "aic":
            term, statistic, df, p, aic = min(candidates, key=lambda c: c[4])
            if aic >= model.fit.aic:
                return model, steps
        else:
            term, statistic, df, p, aic = max(candidates, key=lambda c: c[3])
            if p < spec.stay:
                return model, steps
        aic = aic if spec.stepwise != "wald" else float("nan")
        steps.append(_step(len(steps) + 1, "removed", term, statistic, df, p, aic))
        current = [t for t in current if t is not term]
    return None, steps


def _ph_tests(data: CoxData, model: Model) -> list[Row]:
    rows = model.rows
    strata = None if data.strata is None else np.unique(data.strata[rows], return_inverse=True)[1]
    if data.spec.ph_transform == "log" and (data.time[rows] <= 0).any():
        raise AnalysisError(
            "The logarithm of time 0 is not defined.", where="--ph-transform log",
            hint="Use --ph-transform km.",
        )  # fmt: skip
    found = proportional_hazards(
        data.time[rows], data.event[rows], model.matrix.x, model.fit, model.matrix.terms,
        transform=data.spec.ph_transform,  # type: ignore[arg-type]
        ties="breslow" if data.spec.ties == "breslow" else "efron",
        strata=strata, weights=None if data.weights is None else data.weights[rows],
    )  # fmt: skip
    return [
        {"model": model.name, "term": t.term, "statistic": number(t.statistic), "df": t.df,
         "p": number(t.p)}
        for t in found
    ]  # fmt: skip


def _term_tests(data: CoxData, model: Model) -> list[Row]:
    tests: list[Row] = []
    for term in model.terms:
        statistic, df, p = likelihood_ratio(data, model, term.text)
        tests.append({"model": model.name, "term": term.text, "statistic": number(statistic),
                      "df": df, "p": number(p)})  # fmt: skip
    return tests


def _interaction(data: CoxData, terms: dict[str, ModelTerm], text: str) -> Row:
    names = [part.strip() for part in text.split(":")]
    if len(names) != 2:
        raise UsageError(
            f"{text!r} is not an interaction.", where="--interaction", hint="Write A:B."
        )
    for name in names:
        if name not in terms:
            raise UsageError(
                f"{name!r} is not among the covariates.", where=f"--interaction {text}",
                hint=f"Add it: -x …,{name}.",
            )  # fmt: skip
    a, b = (terms[name] for name in names)
    return _interaction_test(data, a, b)


def _interaction_test(data: CoxData, a: ModelTerm, b: ModelTerm) -> Row:
    """Likelihood-ratio test of the products of two terms, beside both."""
    from scipy.special import chdtrc

    rows = complete(data, [a, b])
    both = fit_model(data, [a, b], rows, f"{a.text}, {b.text}", "multivariable")
    parts = both.matrix
    first = [i for i, c in enumerate(parts.columns) if c.term == a.text]
    second = [i for i, c in enumerate(parts.columns) if c.term == b.text]
    products = [(parts.x[:, i] * parts.x[:, j], i, j) for i in first for j in second]
    columns = tuple(ModelColumn(f"{a.text}:{b.text}", None, None) for _ in products)
    x = np.column_stack([parts.x, *(p for p, _, _ in products)])
    matrix = ModelMatrix(x, parts.columns + columns)
    full = fit_model(data, [a, b], rows, f"{a.text}:{b.text}", "multivariable", matrix=matrix)
    statistic, df = 2 * (full.fit.loglik - both.fit.loglik), full.fit.df - both.fit.df
    return {"term_a": a.text, "term_b": b.text, "statistic": number(statistic), "df": df,
            "p": number(float(chdtrc(df, statistic))) if df else None}  # fmt: skip


def _subgroups(data: CoxData, terms: dict[str, ModelTerm]) -> tuple[list[Model], list[Row]]:
    """The effect of a term within each level of others, and whether it differs between them."""
    spec = data.spec
    assert spec.subgroups is not None
    effect = terms[spec.subgroups]
    models = [fit_model(data, [effect], complete(data, [effect]), "all", "subgroup", "all")]
    tests = []
    for text in spec.within:
        by = data.within[text]
        assert by.factor is not None
        tests.append(_interaction_test(data, effect, by))
        rows = complete(data, [effect, by])
        for code, level in enumerate(by.factor.levels):
            inside = rows & (by.factor.codes == code)
            if not data.event[inside].any() or _levels(effect, inside) < 2:
                continue
            name = f"{text}={level}"
            models.append(fit_model(data, [effect], inside, name, "subgroup", name))
    return models, tests


def _levels(term: ModelTerm, rows: Mask) -> int:
    if term.factor is None:
        return 2
    return int(np.unique(term.factor.codes[rows]).size)


# ---------------------------------------------------------------- notes


def _notes(cohort: Cohort, data: CoxData, results: CoxResults) -> list[Note]:
    notes = []
    final = results.final
    if final is not None:
        per_parameter = final.fit.events / max(final.fit.df, 1)
        if per_parameter < EVENTS_PER_PARAMETER:
            notes.append(
                Note("warning", "few-events-per-parameter",
                     f"{final.fit.events} events for {final.fit.df} parameters: "
                     f"{per_parameter:.1f} each, fewer than {EVENTS_PER_PARAMETER}. The "
                     "multivariable model may be overfitted; use fewer covariates.")
            )  # fmt: skip
    for model in results.models:
        notes += _fit_notes(model)
    for row in results.ph_tests:
        p = row["p"]
        if row["term"] != "GLOBAL" and isinstance(p, float) and p < 0.05:
            notes.append(
                Note("warning", "hazards-not-proportional",
                     f"The hazard ratio of {row['term']} changes with time (p = {p:.3f}): one "
                     "number averages over it. Stratify by it (--strata), look at periods with "
                     "--landmark, or compare restricted means (hcc2l km --tau).")
            )  # fmt: skip
    if data.spec.select is not None or data.spec.stepwise is not None:
        notes.append(
            Note("warning", "selection",
                 "The multivariable model was chosen by its p-values: its intervals are too "
                 "narrow and its p too small. Report every covariate that was tried, and say so.")
        )  # fmt: skip
    for text in dict.fromkeys(data.spec.covariates):
        column = text.partition("@")[0]
        if data.spec.landmark is None and looks_post_baseline(cohort.dictionary, column):
            notes.append(
                Note("warning", "immortal-time",
                     f"{data.labels[text]} is known only some time after the start: as a "
                     "covariate it looks into the future (immortal-time bias). Use --landmark.")
            )  # fmt: skip
    return notes


def _fit_notes(model: Model) -> list[Note]:
    notes = []
    for column, dropped, infinite in zip(
        model.matrix.columns, model.fit.dropped, model.fit.infinite, strict=True
    ):
        name = column.term if column.level is None else f"{column.term} {column.level}"
        if dropped:
            notes.append(
                Note("warning", "column-dropped",
                     f"{name} is constant or follows from the covariates before it; it was left "
                     f"out of the model {model.name!r}.")
            )  # fmt: skip
        if infinite:
            notes.append(
                Note("warning", "coefficient-infinite",
                     f"The coefficient of {name} in the model {model.name!r} runs away: one of "
                     "its groups has no event, so its hazard ratio is 0 or infinite. Do not "
                     "report the number; merge levels or describe the group.")
            )  # fmt: skip
    return notes
