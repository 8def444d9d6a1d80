"""The tables of a cox analysis, tidy and as a paper prints them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hcc2l.analyses.cox_models import CoxData
from hcc2l.analyses.regression import TEST_KEYS, Fitted, Model
from hcc2l.analyses.regression_tables import (
    model_row,
    regression_table,
    term_rows,
    terms_table,
    test_tables,
)
from hcc2l.errors import AnalysisError
from hcc2l.report import Column, Row, Table

_SCALES = {
    "km": "Kaplan–Meier time scale",
    "identity": "time itself",
    "rank": "ranks of time",
    "log": "logarithm of time",
}


@dataclass(frozen=True)
class CoxResults:
    """Everything that was fitted and tested."""

    fitted: Fitted
    subgroups: tuple[Model, ...]
    ph_tests: tuple[Row, ...]
    term_tests: tuple[Row, ...]
    interactions: tuple[Row, ...]
    skipped: tuple[str, ...] = ()

    @property
    def models(self) -> tuple[Model, ...]:
        """Every model, in the order of the tables."""
        final = self.fitted.final
        return (*self.fitted.alone, *((final,) if final else ()), *self.subgroups)


def cox_tables(data: CoxData, results: CoxResults) -> list[Table]:
    """Every table; `terms` and `models` are tidy, `regression` is what a paper prints."""
    fitted = results.fitted
    if not results.models:
        raise AnalysisError(
            "No covariate was selected for the multivariable model.",
            where="--select" if data.spec.select is not None else "--stepwise",
            hint="Add --univariable to see them, or choose the covariates beforehand.",
        )
    tables = [terms_table(data, results.models)]
    if fitted.alone or fitted.final:
        tables.append(regression_table(data, fitted.alone, fitted.final, "Hazard ratios"))
    if results.subgroups:
        tables.append(_subgroup_table(data, results.subgroups))
    tables.append(_models(data, results.models))
    tables += test_tables(data, fitted, results.term_tests, results.interactions)
    if results.ph_tests:
        labels = {**data.labels, "GLOBAL": "Global"}
        columns = (Column("Variable", ("term",), labels=labels), Column("χ²", ("statistic",)),
                   Column("df", ("df",)), Column("p", ("p",)))  # fmt: skip
        title = f"Proportional hazards (score test, {_SCALES[data.spec.ph_transform]})"
        tables.append(Table("ph_tests", title, TEST_KEYS, results.ph_tests, columns))
    return tables


def _models(data: CoxData, models: Sequence[Model]) -> Table:
    rows = tuple(model_row(model) for model in models)
    columns = (
        Column("Model", ("model",), labels=data.labels), Column("n", ("n",)),
        Column("Events", ("events",)), Column("C", ("concordance",), decimals=3),
        Column("SE", ("concordance_std_err",), decimals=3), Column("LR χ²", ("lr_statistic",)),
        Column("df", ("lr_df",)), Column("p", ("lr_p",)), Column("AIC", ("aic",)),
    )  # fmt: skip
    return Table("models", "Models", tuple(rows[0]), rows, columns)


def _subgroup_table(data: CoxData, models: Sequence[Model]) -> Table:
    rows = tuple(row for model in models for row in term_rows(data, model))
    ci = f"({data.spec.conf_level * 100:g}% CI)"
    labels = {model.name: subgroup_name(data, model.name) for model in models}
    columns = (
        Column("Subgroup", ("subgroup",), labels=labels), Column("n", ("n",)),
        Column("Events", ("events",)), Column("Level", ("level",)),
        Column(f"HR {ci}", ("hr", "lower", "upper"), form="effect"), Column("p", ("p",)),
    )  # fmt: skip
    effect = data.labels[data.spec.subgroups or ""]
    return Table("subgroups", f"Effect of {effect} in subgroups", tuple(rows[0]), rows, columns)


def subgroup_name(data: CoxData, name: str) -> str:
    """`sex=male` in words."""
    text, equals, level = name.rpartition("=")
    return f"{data.labels.get(text, text)}: {level}" if equals else "All patients"
