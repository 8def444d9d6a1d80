"""The tables of a Cox analysis, tidy and as a paper prints them."""

from __future__ import annotations

from collections.abc import Sequence

from hcc2l.analyses.cox.data import CoxData
from hcc2l.analyses.cox.labels import PH_SCALES, comparison, subgroup_name
from hcc2l.analyses.cox.results import CoxResults
from hcc2l.analyses.regression.models import TEST_KEYS, Model
from hcc2l.analyses.regression.tables import (
    model_row,
    regression_table,
    term_rows,
    terms_table,
    test_tables,
)
from hcc2l.errors import AnalysisError
from hcc2l.numerals import confidence
from hcc2l.report import Column, Row, Table, Value


def cox_tables(data: CoxData, results: CoxResults) -> list[Table]:
    """Every table; `terms` and `models` are tidy, `regression` is what a paper prints."""
    fitted = results.fitted
    if not results.models:
        raise AnalysisError(
            "No covariate was selected for the multivariable model.",
            where="--select" if data.spec.select is not None else "--stepwise",
            hint="Add --univariable to see each covariate, or specify the model in advance.",
        )
    tables = [terms_table(data, results.models)]
    if fitted.alone or fitted.final:
        tables.append(regression_table(data, fitted.alone, fitted.final, "Hazard ratios"))
    if results.subgroups:
        tables.append(_subgroup_table(data, results))
    tables.append(_models(data, results.models))
    tables += test_tables(data, fitted, results.term_tests, results.interactions)
    if results.ph_tests:
        labels = {**data.labels, "GLOBAL": "Global"}
        columns = (Column("Variable", ("term",), labels=labels), Column("χ²", ("statistic",)),
                   Column("df", ("df",)), Column("p", ("p",)))  # fmt: skip
        title = f"Proportional hazards (score test, {PH_SCALES[data.spec.ph_transform]})"
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


def _subgroup_table(data: CoxData, results: CoxResults) -> Table:
    """The hazard ratio in each subgroup, with the counts of both groups compared."""
    p_of = {str(row["term_b"]): row["p"] for row in results.interactions}
    rows = tuple(
        {**row, **_compared(data, model, row),
         "interaction_p": p_of.get(model.name.rpartition("=")[0])}
        for model in results.subgroups
        for row in term_rows(data, model)
    )  # fmt: skip
    levels = list(dict.fromkeys(str(row["level"]) for row in rows))
    compared, reference = (rows[0][key] for key in ("level", "reference"))
    counts = [Column("Events/n", ("events", "n"), form="fraction")]
    if compared is not None:
        heading = "Level" if len(levels) > 1 else str(compared)
        counts = [
            Column(f"{heading}, events/n", ("level_events", "level_n"), form="fraction"),
            Column(f"{reference}, events/n", ("reference_events", "reference_n"), form="fraction"),
        ]
    labels = {model.name: subgroup_name(data, model.name) for model in results.subgroups}
    columns = (
        Column("Subgroup", ("subgroup",), labels=labels),
        *([Column("Level", ("level",))] if len(levels) > 1 else []), *counts,
        Column(f"HR ({confidence(data.spec.conf_level)})", ("hr", "lower", "upper", "n"),
               form="effect"),
        Column("p", ("p",)), Column("p (interaction)", ("interaction_p",)),
    )  # fmt: skip
    title = f"Hazard ratio by subgroup, {comparison(data, results)}"
    return Table("subgroups", title, tuple(rows[0]), rows, columns)


def _compared(data: CoxData, model: Model, row: Row) -> dict[str, Value]:
    """Patients and events of the level and of the reference; null for a number."""
    (term,) = model.terms
    counts: dict[str, Value] = {}
    for name in ("level", "reference"):
        counts[f"{name}_n"] = counts[f"{name}_events"] = None
        if term.factor is not None:
            code = term.factor.levels.index(str(row[name]))
            inside = model.rows & (term.factor.codes == code)
            counts[f"{name}_n"] = data.patients_among(inside)
            counts[f"{name}_events"] = int(data.event[inside].sum())
    return counts
