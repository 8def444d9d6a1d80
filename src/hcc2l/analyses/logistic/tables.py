"""The tables of a logistic regression."""

from __future__ import annotations

from hcc2l.analyses.logistic.data import LogisticData
from hcc2l.analyses.logistic.results import LogisticResults
from hcc2l.analyses.regression.tables import model_rows, regression_table, terms_table, test_tables
from hcc2l.errors import AnalysisError
from hcc2l.report import Column, Table


def logistic_tables(data: LogisticData, results: LogisticResults) -> list[Table]:
    """Every table."""
    fitted = results.fitted
    models = results.models
    if not models:
        raise AnalysisError(
            "No covariate was selected for the multivariable model.",
            where="--select" if data.spec.select is not None else "--stepwise",
            hint="Add --univariable to see each covariate, or specify the model in advance.",
        )  # fmt: skip
    rows = model_rows(models)
    columns: tuple[Column, ...] = (
        Column("Model", ("model",), labels=data.labels), Column("n", ("n",)),
        Column("Events", ("events",)), Column("AUC", ("auc",), decimals=3),
        Column("LR χ²", ("lr_statistic",)), Column("df", ("lr_df",)), Column("p", ("lr_p",)),
        Column("Hosmer–Lemeshow p", ("hosmer_lemeshow_p",)), Column("AIC", ("aic",)),
    )  # fmt: skip
    if results.pooled is not None:  # the others are of one set
        columns = columns[:3]
    return [
        terms_table(data, models),
        regression_table(data, fitted.alone, fitted.final, "Odds ratios", results.complete_cases),
        Table("models", "Models", tuple(rows[0]), rows, columns),
        *test_tables(data, fitted, results.term_tests, results.interactions),
    ]
