"""The tables of any regression, tidy and as a paper prints them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hcc2l.analyses.regression.models import (
    INTERACTION_KEYS,
    STEP_KEYS,
    TEST_KEYS,
    Fitted,
    Model,
    Regression,
    TermTests,
    test_of_columns,
)
from hcc2l.design.model import ModelTerm
from hcc2l.numerals import confidence
from hcc2l.report import Column, LaterTable, Row, Suppressed, Table, Value, finite
from hcc2l.stats.tails import chi_square_tail, normal_quantile, normal_tail

MODELS = {
    "univariable": "Univariable",
    "multivariable": "Multivariable",
    "complete-cases": "Complete cases",
}


def term_rows(data: Regression, model: Model) -> list[Row]:
    """One row per column of the model; null where the ratio does not exist.

    A column of a spline has a coefficient but no ratio.
    """
    z = normal_quantile(data.spec.conf_level)
    used = model.std_err if model.robust_std_err is None else model.robust_std_err
    profile = model.profile() if model.profile else None
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        lower = np.exp(profile.lower if profile else model.coef - z * used)
        upper = np.exp(profile.upper if profile else model.coef + z * used)
        ratio, statistic = np.exp(model.coef), model.coef / used
    p = profile.p if profile else None
    if p is None:
        p = np.array([2.0 * normal_tail(abs(z_i)) for z_i in statistic.tolist()])
    robust = np.full(used.size, np.nan) if model.robust_std_err is None else model.robust_std_err
    estimates = {"coef": model.coef, "std_err": model.std_err, "robust_std_err": robust,
                 data.ratio: ratio, "lower": lower, "upper": upper, "statistic": statistic,
                 "p": p}  # fmt: skip
    no_ratio = dict.fromkeys((data.ratio, "lower", "upper"))
    return [
        {"model": model.name, "kind": model.kind, "subgroup": model.subgroup,
         "term": column.term, "level": column.level, "reference": column.reference,
         "n": model.n, "events": model.events,
         **{key: finite(values[i]) if exists else None for key, values in estimates.items()},
         **(no_ratio if column.term in model.matrix.knots else {})}
        for i, (column, exists) in enumerate(
            zip(model.matrix.columns, model.estimable.tolist(), strict=True)
        )
    ]  # fmt: skip


def terms_table(data: Regression, models: Sequence[Model]) -> Table:
    """Every coefficient of every model; for JSON and CSV."""
    rows = tuple(
        {**row, **pooled} for model in models
        for row, pooled in zip(term_rows(data, model), _pooled(model, models), strict=True)
    )  # fmt: skip
    return Table("terms", "Terms of every model", tuple(rows[0]), rows)


def _pooled(model: Model, models: Sequence[Model]) -> list[Row]:
    """Degrees of freedom and fraction of missing information, where any model is pooled."""
    size = len(model.matrix.columns)
    if all(other.pooled is None for other in models):
        return [{}] * size
    if model.pooled is None:
        return [{"df": None, "fmi": None}] * size
    return [
        {"df": finite(df), "fmi": finite(fmi)}
        for df, fmi in zip(
            model.pooled.df.tolist(), model.pooled.missing_information.tolist(), strict=True
        )
    ]


def regression_table(
    data: Regression, alone: Sequence[Model], final: Model | None, title: str,
    complete_cases: Model | None = None,
) -> Table:  # fmt: skip
    """One row per model and level, reference included; the models are laid across for readers."""
    by_term = {model.terms[0].text: model for model in alone}
    rows: list[Row] = []
    for text in dict.fromkeys(data.spec.covariates):
        models = {
            "univariable": by_term.get(text), "multivariable": final,
            "complete-cases": complete_cases,
        }  # fmt: skip
        fitted = {name: m for name, m in models.items() if m is not None and _has_term(m, text)}
        first = next(iter(fitted.values()), None)
        if first is None:
            continue
        term = next(t for t in first.terms if t.text == text)
        rows += [
            {"term": text, "level": level, "model": name, **_counts(data, model, term, level),
             **_effect(data, model, term, level)}
            for level in _levels(term, first)
            for name, model in fitted.items()
        ]  # fmt: skip
    heading = f"{data.ratio.upper()} ({confidence(data.spec.conf_level)})"
    effect = Column(heading, (data.ratio, "lower", "upper", "n"), form="effect")
    estimates = (effect, Column("p", ("p",)))
    stacked = data.spec.layout == "stacked"
    model = Column("Model", ("model",), labels=MODELS, across=() if stacked else estimates)
    columns = (
        Column("Variable", ("term",), labels=data.labels), Column("Level", ("level",)),
        Column("n", ("n",)), Column("Events", ("events",)), model,
        *(estimates if stacked else ()),
    )  # fmt: skip
    notes = [_size_note(alone, final, stacked=stacked)] if final is not None else []
    every = [*alone, *([final] if final is not None else [])]
    if any(fit.matrix.knots for fit in every):
        notes.append(_curve_note(data, every))
    if complete_cases is not None:
        notes += [
            f"Complete cases: {complete_cases.n} patients, {complete_cases.events} events.",
            "n and events of levels are means over the imputed data sets.",
        ]
    return Table(
        "regression", title, tuple(rows[0]), tuple(rows), columns, tuple(notes),
        stacked="model" if stacked else "",
    )  # fmt: skip


def _size_note(alone: Sequence[Model], final: Model, *, stacked: bool) -> str:
    text = f"Multivariable model: {final.n} patients, {final.events} events."
    if not stacked and any(model.n != final.n for model in alone):
        text += " The n and events of each row are those of its univariable model."
    return text


def _curve_note(data: Regression, models: Sequence[Model]) -> str:
    robust = any(model.robust_std_err is not None for model in models)
    ratio = "hazard" if data.ratio == "hr" else "odds"
    return (
        f"Curve: a spline has no single {ratio} ratio. Its p is that of the overall "
        f"{'Wald' if robust else 'likelihood-ratio'} test."
    )


def _levels(term: ModelTerm, model: Model) -> list[str | None]:
    return [None] if term.factor is None else list(term.factor.take(model.rows).levels)


def _has_term(model: Model, text: str) -> bool:
    return text in {term.text for term in model.terms}


def _counts(data: Regression, model: Model, term: ModelTerm, level: str | None) -> dict[str, Value]:
    """Patients and events of a level in a model; of a pooled one the means of its sets."""
    if model.pooled is not None:
        each = [
            _counts(data, one, next(t for t in one.terms if t.text == term.text), level)
            for one in model.sets
        ]
        return {
            key: round(sum(int(str(counts[key])) for counts in each) / len(each))
            for key in ("n", "events")
        }
    inside = model.rows.copy()
    if level is not None and term.factor is not None:
        inside &= term.factor.codes == term.factor.levels.index(level)
    return {"n": data.patients_among(inside), "events": int(data.event[inside].sum())}


def _effect(data: Regression, model: Model, term: ModelTerm, level: str | None) -> dict[str, Value]:
    """The ratio of one level in one model: 1 without limits for the reference."""
    keys = (data.ratio, "lower", "upper", "p")
    if term.spline is not None:
        of_term = np.array([column.term == term.text for column in model.matrix.columns])
        *_, p = test_of_columns(data, model, of_term)
        return dict.fromkeys(keys) | {data.ratio: Suppressed("curve"), "p": finite(p)}
    for row in term_rows(data, model):
        if row["term"] == term.text and row["level"] == level:
            return {key: row[key] for key in keys}
    reference = term.factor is not None and level == term.factor.take(model.rows).levels[0]
    return dict.fromkeys(keys) | {data.ratio: 1.0 if reference else None}


def model_rows(models: Sequence[Model]) -> tuple[Row, ...]:
    """The rows of the table `models`, all with the keys of any."""
    rows = [model_row(model) for model in models]
    keys = dict.fromkeys(key for row in rows for key in row)
    return tuple({**dict.fromkeys(keys), **row} for row in rows)


def model_row(model: Model) -> Row:
    """A row of the table `models`: the common keys, then those of the kind of regression."""

    def p(statistic: Value) -> Value:
        known = isinstance(statistic, float)
        return finite(chi_square_tail(model.df, float(str(statistic)))) if known else None

    rest = dict(model.describe())
    wald, score = rest.pop("wald_statistic"), rest.pop("score_statistic")
    loglik: float | None = model.loglik
    lr: float | None = 2.0 * (model.loglik - model.loglik_null)
    aic = finite(model.aic)
    if model.pooled is not None or model.unreached.any():  # these belong to the maximum
        loglik = lr = aic = wald = None
    return {"model": model.name, "kind": model.kind, "n": model.n, "events": model.events,
            "loglik_null": finite(model.loglik_null), "loglik": loglik, "lr_statistic": lr,
            "lr_df": model.df, "lr_p": p(lr), "wald_statistic": wald, "wald_df": model.df,
            "wald_p": p(wald), "score_statistic": score, "score_df": model.df,
            "score_p": p(score), "aic": aic, **rest}  # fmt: skip


def test_tables(
    data: Regression, fitted: Fitted, tests: TermTests | None, interactions: Sequence[Row]
) -> list[Table]:
    """The tables of selection, tests of whole terms, and interactions, where there are any."""
    label = dict(data.labels)
    term = Column("Variable", ("term",), labels=label)
    test = (Column("χ²", ("statistic",)), Column("df", ("df",)), Column("p", ("p",)))
    tables = []
    if fitted.steps:
        after = [Column("AIC after", ("aic",))] if fitted.steps[0]["aic"] is not None else []
        columns = (Column("Step", ("step",)), Column("Action", ("action",)), term, *test, *after)
        title = "Selection of the model"
        tables.append(Table("selection", title, STEP_KEYS, fitted.steps, columns))
    if tests:
        title = "Overall tests of variables (likelihood ratio)"
        columns = (term, *test) if tests.several else ()
        table = Table("term_tests", title, TEST_KEYS, (), columns)
        tables.append(LaterTable.of(table, tests.rows))
    if interactions:
        pair = (Column("Variable", ("term_a",), labels=label),
                Column("by", ("term_b",), labels=label), Column("n", ("n",)),
                Column("Events", ("events",)))  # fmt: skip
        title = "Interactions (likelihood ratio)"
        tables.append(
            Table("interactions", title, INTERACTION_KEYS, tuple(interactions), (*pair, *test))
        )
    return tables
