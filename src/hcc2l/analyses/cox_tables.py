"""The tables of a cox analysis, tidy and as a paper prints them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from hcc2l.analyses.cox_models import CoxData, Model
from hcc2l.design.model import ModelTerm
from hcc2l.report import Column, Row, Table, Value

TERM_KEYS = (
    "model", "kind", "subgroup", "term", "level", "reference", "n", "events", "coef", "std_err",
    "robust_std_err", "hr", "lower", "upper", "statistic", "p",
)  # fmt: skip
MODEL_KEYS = (
    "model", "kind", "n", "events", "ties", "loglik_null", "loglik", "lr_statistic", "lr_df",
    "lr_p", "wald_statistic", "wald_df", "wald_p", "score_statistic", "score_df", "score_p",
    "concordance", "concordance_std_err", "aic",
)  # fmt: skip
TEST_KEYS = ("model", "term", "statistic", "df", "p")
INTERACTION_KEYS = ("term_a", "term_b", "statistic", "df", "p")
STEP_KEYS = ("step", "action", "term", "statistic", "df", "p", "aic")


@dataclass(frozen=True)
class CoxResults:
    """Everything that was fitted and tested; `final` is the multivariable model, if any."""

    models: tuple[Model, ...]
    final: Model | None
    steps: tuple[Row, ...] = ()
    ph_tests: tuple[Row, ...] = ()
    term_tests: tuple[Row, ...] = ()
    interactions: tuple[Row, ...] = ()

    def with_tests(self, ph_tests: Sequence[Row], term_tests: Sequence[Row]) -> CoxResults:
        """The same with the tests of the final model."""
        return replace(self, ph_tests=tuple(ph_tests), term_tests=tuple(term_tests))

    def with_models(self, models: Sequence[Model]) -> CoxResults:
        """The same with more models."""
        return replace(self, models=(*self.models, *models))

    def with_interactions(self, rows: Sequence[Row]) -> CoxResults:
        """The same with tests of interaction."""
        return replace(self, interactions=tuple(rows))


def number(value: float) -> float | None:
    """A float for a report: None when it is not finite."""
    return float(value) if math.isfinite(value) else None


def cox_tables(data: CoxData, results: CoxResults) -> list[Table]:
    """Every table; `terms` and `models` are tidy, `regression` is what a paper prints."""
    terms = Table("terms", "Terms of every model", TERM_KEYS,
                  tuple(r for m in results.models for r in term_rows(data, m)))  # fmt: skip
    tables = [terms]
    if any(m.kind != "subgroup" for m in results.models):
        tables.append(_regression(data, results))
    if any(m.kind == "subgroup" for m in results.models):
        tables.append(_subgroup_table(data, results))
    tables.append(_models(data, results))
    label = _labels(data)
    term = Column("Variable", ("term",), labels=label)
    test = (Column("χ²", ("statistic",)), Column("df", ("df",)), Column("p", ("p",)))
    if results.steps:
        tables.append(
            Table("selection", "Selection of the model", STEP_KEYS, results.steps,
                  (Column("Step", ("step",)), Column("Action", ("action",)), term, *test,
                   Column("AIC after", ("aic",))))
        )  # fmt: skip
    if results.term_tests:
        several = any(int(str(row["df"])) > 1 for row in results.term_tests)
        tables.append(
            Table("term_tests", "Each variable as a whole (likelihood ratio)", TEST_KEYS,
                  results.term_tests, (term, *test) if several else ())
        )  # fmt: skip
    if results.ph_tests:
        tables.append(
            Table("ph_tests", f"Proportional hazards (score test, {data.spec.ph_transform})",
                  TEST_KEYS, results.ph_tests, (term, *test))
        )  # fmt: skip
    if results.interactions:
        tables.append(
            Table("interactions", "Interactions (likelihood ratio)", INTERACTION_KEYS,
                  results.interactions,
                  (Column("Variable", ("term_a",), labels=label),
                   Column("by", ("term_b",), labels=label), *test))
        )  # fmt: skip
    return tables


def _labels(data: CoxData) -> dict[str, str]:
    return {**data.labels, "GLOBAL": "Global"}


def term_rows(data: CoxData, model: Model) -> list[Row]:
    """One row a column of the model; `statistic` is Wald's z."""
    from scipy.special import ndtr, ndtri

    fit = model.fit
    z = float(ndtri(0.5 + data.spec.conf_level / 2))
    robust = fit.robust_std_err
    used = fit.std_err if robust is None else robust
    rows: list[Row] = []
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        lower, upper = np.exp(fit.coef - z * used), np.exp(fit.coef + z * used)
        ratio, statistic = np.exp(fit.coef), fit.coef / used
    for i, column in enumerate(model.matrix.columns):
        rows.append(
            {"model": model.name, "kind": model.kind, "subgroup": model.subgroup,
             "term": column.term, "level": column.level, "reference": column.reference,
             "n": fit.n, "events": fit.events, "coef": number(fit.coef[i]),
             "std_err": number(fit.std_err[i]),
             "robust_std_err": None if robust is None else number(robust[i]),
             "hr": number(ratio[i]), "lower": number(lower[i]), "upper": number(upper[i]),
             "statistic": number(statistic[i]),
             "p": number(2.0 * float(ndtr(-abs(statistic[i]))))}
        )  # fmt: skip
    return rows


def _models(data: CoxData, results: CoxResults) -> Table:
    from scipy.special import chdtrc

    rows: list[Row] = []
    for model in results.models:
        fit = model.fit

        def p(statistic: float, df: int = fit.df) -> Value:
            return number(float(chdtrc(df, statistic))) if df else None

        rows.append(
            {"model": model.name, "kind": model.kind, "n": fit.n, "events": fit.events,
             "ties": data.spec.ties, "loglik_null": fit.loglik_null, "loglik": fit.loglik,
             "lr_statistic": fit.lr, "lr_df": fit.df, "lr_p": p(fit.lr),
             "wald_statistic": fit.wald, "wald_df": fit.df, "wald_p": p(fit.wald),
             "score_statistic": fit.score, "score_df": fit.df, "score_p": p(fit.score),
             "concordance": number(model.concordance.concordance),
             "concordance_std_err": number(model.concordance.std_err), "aic": fit.aic}
        )  # fmt: skip
    columns = (
        Column("Model", ("model",), labels=_labels(data)), Column("n", ("n",)),
        Column("Events", ("events",)), Column("C", ("concordance",), decimals=3),
        Column("SE", ("concordance_std_err",), decimals=3), Column("LR χ²", ("lr_statistic",)),
        Column("df", ("lr_df",)), Column("p", ("lr_p",)), Column("AIC", ("aic",)),
    )  # fmt: skip
    return Table("models", "Models", MODEL_KEYS, tuple(rows), columns)


def _regression(data: CoxData, results: CoxResults) -> Table:
    """One row a level, reference rows shown, univariable and multivariable side by side."""
    alone = {m.terms[0].text: m for m in results.models if m.kind == "univariable"}
    final = results.final
    terms: dict[str, ModelTerm] = {}
    for model in results.models:
        if model.kind != "subgroup":
            terms |= {term.text: term for term in model.terms}
    rows: list[Row] = []
    for text in dict.fromkeys(data.spec.covariates):
        if text not in terms:
            continue
        term, uni = terms[text], alone.get(text)
        counted = uni or final
        assert counted is not None
        for level in _shown_levels(term, counted):
            inside = counted.rows.copy()
            if level is not None and term.factor is not None:
                inside &= term.factor.codes == term.factor.levels.index(level)
            rows.append(
                {"term": text, "level": level, "n": int(inside.sum()),
                 "events": int(data.event[inside].sum()),
                 **_effect("uni", data, uni, term, level),
                 **_effect("multi", data, final, term, level)}
            )  # fmt: skip
    keys = ("term", "level", "n", "events", "uni_hr", "uni_lower", "uni_upper", "uni_p",
            "multi_hr", "multi_lower", "multi_upper", "multi_p")  # fmt: skip
    ci = f"({data.spec.conf_level * 100:g}% CI)"
    columns = [Column("Variable", ("term",), labels=_labels(data)), Column("Level", ("level",)),
               Column("n", ("n",)), Column("Events", ("events",))]  # fmt: skip
    for prefix, title, there in (("uni", "Univariable", bool(alone)),
                                 ("multi", "Multivariable", final is not None)):  # fmt: skip
        if there:
            effect = (f"{prefix}_hr", f"{prefix}_lower", f"{prefix}_upper")
            columns.append(Column(f"{title} HR {ci}", effect, form="effect"))
            columns.append(Column("p", (f"{prefix}_p",)))
    notes = [_size_note(alone, final)] if final is not None else []
    return Table("regression", "Hazard ratios", keys, tuple(rows), tuple(columns), tuple(notes))


def _size_note(alone: dict[str, Model], final: Model) -> str:
    text = f"Multivariable model: {final.fit.n} patients, {final.fit.events} events."
    if any(m.fit.n != final.fit.n for m in alone.values()):
        text += " n and events of each row are those of its univariable model."
    return text


def _shown_levels(term: ModelTerm, model: Model) -> list[str | None]:
    if term.factor is None:
        return [None]
    return list(term.factor.take(model.rows).levels)


def _effect(
    prefix: str, data: CoxData, model: Model | None, term: ModelTerm, level: str | None
) -> dict[str, Value]:
    """Hazard ratio of one level in one model: 1 without limits for the reference."""
    empty: dict[str, Value] = dict.fromkeys(
        (f"{prefix}_hr", f"{prefix}_lower", f"{prefix}_upper", f"{prefix}_p")
    )
    if model is None or term.text not in {t.text for t in model.terms}:
        return empty
    for row in term_rows(data, model):
        if row["term"] == term.text and row["level"] == level:
            return {f"{prefix}_{k}": row[k] for k in ("hr", "lower", "upper", "p")}
    if term.factor is not None and level == term.factor.take(model.rows).levels[0]:
        return empty | {f"{prefix}_hr": 1.0}
    return empty


def _subgroup_table(data: CoxData, results: CoxResults) -> Table:
    rows = tuple(row for m in results.models if m.kind == "subgroup" for row in term_rows(data, m))
    ci = f"({data.spec.conf_level * 100:g}% CI)"
    labels = {m.name: _subgroup_name(data, m.name) for m in results.models if m.kind == "subgroup"}
    columns = (
        Column("Subgroup", ("subgroup",), labels=labels), Column("n", ("n",)),
        Column("Events", ("events",)), Column("Level", ("level",)),
        Column(f"HR {ci}", ("hr", "lower", "upper"), form="effect"), Column("p", ("p",)),
    )  # fmt: skip
    effect = data.labels[data.spec.subgroups or ""]
    return Table("subgroups", f"Effect of {effect} in subgroups", TERM_KEYS, rows, columns)


def _subgroup_name(data: CoxData, name: str) -> str:
    text, equals, level = name.rpartition("=")
    return f"{data.labels.get(text, text)}: {level}" if equals else "All patients"
