"""The tables of a logistic regression."""

from __future__ import annotations

from hcc2l.analyses.logistic.data import LogisticData
from hcc2l.analyses.regression.models import (
    Fitted,
    Model,
    interaction,
    term_tests,
    tested_model,
)
from hcc2l.analyses.regression.tables import model_row, regression_table, terms_table, test_tables
from hcc2l.design.model import ModelTerm
from hcc2l.errors import AnalysisError
from hcc2l.report import Column, Table


def fitted_models(fitted: Fitted) -> tuple[Model, ...]:
    """Every model, in the order of the tables."""
    return (*fitted.alone, *((fitted.final,) if fitted.final else ()))


def logistic_tables(data: LogisticData, terms: dict[str, ModelTerm], fitted: Fitted) -> list[Table]:
    """Every table."""
    models = fitted_models(fitted)
    if not models:
        raise AnalysisError(
            "No covariate was selected for the multivariable model.",
            where="--select" if data.spec.select is not None else "--stepwise",
            hint="Add --univariable to see each covariate, or specify the model in advance.",
        )  # fmt: skip
    rows = tuple(model_row(model) for model in models)
    columns = (
        Column("Model", ("model",), labels=data.labels), Column("n", ("n",)),
        Column("Events", ("events",)), Column("AUC", ("auc",), decimals=3),
        Column("LR χ²", ("lr_statistic",)), Column("df", ("lr_df",)), Column("p", ("lr_p",)),
        Column("Hosmer–Lemeshow p", ("hosmer_lemeshow_p",)), Column("AIC", ("aic",)),
    )  # fmt: skip
    checked = tested_model(fitted)
    tests = term_tests(data, checked) if checked else []
    interactions = [interaction(data, terms, text, fitted.final) for text in data.spec.interaction]
    return [
        terms_table(data, models),
        regression_table(data, fitted.alone, fitted.final, "Odds ratios"),
        Table("models", "Models", tuple(rows[0]), rows, columns),
        *test_tables(data, fitted, tests, interactions),
    ]
