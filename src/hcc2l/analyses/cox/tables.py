"""The tables of a Cox analysis, tidy and as a paper prints them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from hcc2l.analyses.cox.data import CoxData
from hcc2l.analyses.cox.labels import PH_SCALES, comparison, subgroup_name
from hcc2l.analyses.cox.results import CoxResults
from hcc2l.analyses.regression.models import TEST_KEYS, Model
from hcc2l.analyses.regression.tables import (
    model_rows,
    regression_table,
    term_rows,
    terms_table,
    test_tables,
)
from hcc2l.errors import AnalysisError
from hcc2l.numerals import confidence
from hcc2l.report import Column, Row, Table, Value
from hcc2l.stats.tails import normal_quantile


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
        title = "Cause-specific hazard ratios" if data.causes else "Hazard ratios"
        beside = results.complete_cases
        tables.append(regression_table(data, fitted.alone, fitted.final, title, beside))
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
    rows = model_rows(models)
    if any(model.pooled for model in models):
        rows = tuple(_with_limits(row, data.spec.conf_level) for row in rows)
        interval = ("concordance", "concordance_lower", "concordance_upper")
        ci = confidence(data.spec.conf_level)
        pooled = (
            Column("Model", ("model",), labels=data.labels), Column("n", ("n",)),
            Column("Events", ("events",)),
            Column(f"C ({ci})", interval, form="interval", decimals=3),
        )  # fmt: skip
        return Table("models", "Models", tuple(rows[0]), rows, pooled)
    columns = (
        Column("Model", ("model",), labels=data.labels), Column("n", ("n",)),
        Column("Events", ("events",)), Column("C", ("concordance",), decimals=3),
        Column("SE", ("concordance_std_err",), decimals=3), Column("LR χ²", ("lr_statistic",)),
        Column("df", ("lr_df",)), Column("p", ("lr_p",)), Column("AIC", ("aic",)),
    )  # fmt: skip
    return Table("models", "Models", tuple(rows[0]), rows, columns)


def _with_limits(row: Row, conf_level: float) -> Row:
    """A row of `models` with limits of its concordance on the logit scale, as pooled ones have."""
    c, std_err = row["concordance"], row["concordance_std_err"]
    if not (isinstance(c, float) and isinstance(std_err, float) and 0 < c < 1):
        return row
    logit = math.log(c / (1 - c))
    half = normal_quantile(conf_level) * std_err / (c * (1 - c))
    lower, upper = (1 / (1 + math.exp(-logit - side * half)) for side in (-1, 1))
    return {**row, "concordance_lower": lower, "concordance_upper": upper}


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
