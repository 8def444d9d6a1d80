"""Logistic regression: univariable and multivariable odds ratios, selection, checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import version
from typing import Any

import numpy as np

from hcc2l.analyses.cox_text import (
    FIRTH,
    bootstrap_sentences,
    interaction_sentences,
    model_sentences,
)
from hcc2l.analyses.forest import forest_figure
from hcc2l.analyses.monotone import empty_group, groups_of
from hcc2l.analyses.performance import HARRELL, performance_table
from hcc2l.analyses.regression import (
    Fitted,
    Model,
    Profile,
    exclude_incomplete,
    fit_models,
    interaction,
    number,
    penalised,
    refuse_unfit,
    term_tests,
    tested_model,
)
from hcc2l.analyses.regression_notes import regression_notes
from hcc2l.analyses.regression_tables import model_row, regression_table, terms_table, test_tables
from hcc2l.analyses.rows import account_notes, provenance, reading_notes, refuse_no_rows
from hcc2l.analyses.wording import in_sentence
from hcc2l.cohort import Cohort
from hcc2l.design import Floats, Ints, Mask, RowAccount, apply_conditions
from hcc2l.design.endpoints import read_event
from hcc2l.design.model import ModelColumn, ModelMatrix, ModelTerm, model_matrix, model_term
from hcc2l.errors import AnalysisError
from hcc2l.report import Column, Note, Report, Table, Value
from hcc2l.specs import LogisticSpec
from hcc2l.stats import logistic as estimator
from hcc2l.stats.firth import firth_logistic
from hcc2l.stats.linear_algebra import linear_predictor
from hcc2l.stats.roc import auc
from hcc2l.terms import split_assignment

_COX = "Cox DR. The regression analysis of binary sequences. J R Stat Soc B 1958;20:215–242."
_HOSMER = (
    "Hosmer DW, Lemeshow S. Goodness of fit tests for the multiple logistic regression model. "
    "Commun Stat Theory Methods 1980;9:1043–1069."
)
FIRTH_LOGISTIC = (
    "Heinze G, Schemper M. A solution to the problem of separation in logistic regression. "
    "Stat Med 2002;21:2409–2419."
)


@dataclass(frozen=True)
class LogisticData:
    """The outcome, shape (n,) over the rows of the cohort.

    `rows` are those complete but for the covariates.
    """

    spec: LogisticSpec
    account: RowAccount
    outcome: str
    event: Mask
    rows: Mask
    labels: dict[str, str]
    ratio: str = "or"

    def fit(
        self,
        terms: Sequence[ModelTerm],
        rows: Mask,
        name: str,
        kind: str,
        subgroup: str | None = None,
        matrix: ModelMatrix | None = None,
    ) -> Model:
        """Fit the model of some terms on some rows.

        Raises
        ------
        AnalysisError
            No row, no outcome, a covariate with one level, or more parameters than outcomes.
        """
        matrix = matrix or model_matrix(terms, rows)
        refuse_unfit(self, terms, rows, matrix, name)
        event = self.event[rows]
        if event.all():
            raise AnalysisError(
                f"All {event.size} patients have the outcome.", where=f"model {name!r}",
                hint="Check which value is the outcome: --outcome COL=VALUE.",
            )  # fmt: skip
        described: dict[str, Any] = {
            "name": name, "kind": kind, "subgroup": subgroup, "terms": tuple(terms), "rows": rows,
            "matrix": matrix,
        }  # fmt: skip
        if self.spec.firth:
            firth = firth_logistic(event, matrix.x)
            fitted = 1.0 / (1.0 + np.exp(-firth.linear_predictor))
            describe = cache(lambda: _details(None, None, event, fitted))
            return penalised(firth, self.spec.conf_level, event, describe=describe, **described)
        fit = estimator.logistic(event, matrix.x)
        slopes = slice(1, None)
        variance = fit.variance[slopes, slopes]
        coef, known = fit.coef[slopes], ~fit.dropped[slopes]
        wald = float(coef[known] @ np.linalg.solve(variance[np.ix_(known, known)], coef[known]))

        @cache
        def profile() -> Profile:
            return Profile(*estimator.profile_limits(event, matrix.x, fit, self.spec.conf_level))

        return Model(
            coef=coef, std_err=fit.std_err[slopes], robust_std_err=None, variance=variance,
            dropped=~known, infinite=fit.infinite[slopes],
            unreached=known & ~(fit.estimable | fit.infinite)[slopes], df=fit.df, n=fit.n,
            events=fit.events,
            loglik_null=fit.loglik_null, loglik=fit.loglik, aic=fit.aic,
            describe=cache(lambda: _details(wald, fit.score, event, fit.fitted)),
            profile=profile if self.spec.ci == "profile" else None, **described,
        )  # fmt: skip

    def resampled(self, rows: Ints) -> LogisticData:
        """The data of some rows of the cohort, which may repeat."""
        return replace(self, event=self.event[rows], rows=np.ones(rows.size, dtype=np.bool_))

    def why_infinite(self, model: Model, column: ModelColumn) -> str:
        """How a covariate separates patients with the outcome from the others, as a clause."""
        term = next((t for t in model.terms if t.text == column.term), None)
        reason = empty_group(groups_of(term, column, model.rows), self.event, all_too=True)
        several = len(model.terms) > 1
        return reason or (
            f"{'the covariates together separate' if several else 'its values separate'} the "
            "patients with the event from those without"
        )

    def discrimination(self, rows: Mask, score: Floats) -> float:
        """Area under the ROC curve of a linear predictor."""
        return auc(self.event[rows], score)

    def calibration_slope(self, rows: Mask, score: Floats) -> float:
        """Coefficient of a linear predictor as the only covariate."""
        return float(estimator.logistic(self.event[rows], score[:, None]).coef[1])

    def measures(self, model: Model) -> dict[str, float | None]:
        """AUC, Brier score, and the calibration slope."""
        details, score = (
            model.describe(),
            linear_predictor(model.matrix.x, np.nan_to_num(model.coef)),
        )
        area, brier = details["auc"], details["brier_score"]
        return {
            "auc": area if isinstance(area, float) else None,
            "brier_score": brier if isinstance(brier, float) else None,
            "calibration_slope": number(self.calibration_slope(model.rows, score)),
        }


def _details(
    wald: float | None, score: float | None, event: Mask, fitted: Floats
) -> dict[str, Value]:
    hosmer = estimator.hosmer_lemeshow(event, fitted)
    return {
        "wald_statistic": wald,
        "score_statistic": score,
        "auc": number(auc(event, fitted)),
        "brier_score": float(np.mean((fitted - event) ** 2)),
        "hosmer_lemeshow_statistic": hosmer.statistic if hosmer else None,
        "hosmer_lemeshow_df": hosmer.df if hosmer else None,
        "hosmer_lemeshow_p": number(hosmer.p) if hosmer else None,
    }


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
    data, terms = _prepare(cohort, spec)
    candidates = list(terms.values())
    fitted = fit_models(data, candidates)
    exclude_incomplete(data, data.account, candidates, fitted.final)
    tables = _tables(data, terms, fitted)
    more: list[Note] = []
    if spec.performance:
        performance, more = performance_table(data, candidates, fitted)
        tables.append(performance)
    column, _, value = data.outcome.partition("=")
    outcome = f"{cohort.label(column)}{' = ' + value if value else ''}"
    methods, references = _methods(data, fitted, cohort, outcome)
    return Report(
        title=f"{outcome}: logistic regression — {cohort.title}",
        provenance=provenance(
            "logistic", cohort, data.account,
            spec.settings() | {"outcome": data.outcome, "ci": _interval(spec)},
            [f"Outcome {data.outcome}",
             f"logistic regression, {'Firth penalised' if spec.firth else 'maximum'} likelihood",
             f"{spec.conf_level * 100:g}% CI ({_interval(spec).replace('wald', 'Wald')})"],
        ),
        tables=tuple(tables),
        notes=(*reading_notes(cohort), *account_notes(data.account),
               *regression_notes(data, _models(fitted), fitted), *_later_notes(cohort, terms),
               *more),
        draw=lambda: forest_figure(data, tables, f"Odds ratio, {in_sentence(outcome)}"),
        methods=methods,
        references=references,
        show_methods=spec.methods,
    )  # fmt: skip


def _prepare(cohort: Cohort, spec: LogisticSpec) -> tuple[LogisticData, dict[str, ModelTerm]]:
    account = RowAccount(cohort)
    apply_conditions(cohort, account, spec.where)
    refuse_no_rows(account)
    cohort.check_ids(account.keep)
    name, value = split_assignment(spec.outcome or "", cohort.names, "--outcome")
    event, _ = read_event(cohort.column(name), value, "--outcome", account.keep)
    account.drop(event < 0, f"{name} missing")
    refuse_no_rows(account)
    texts = dict.fromkeys(spec.covariates)
    terms = {t: model_term(cohort, t, spec, "-x", account.keep, [name]) for t in texts}
    labels = {t: term.label for t, term in terms.items()}
    outcome = name if value is None else f"{name}={value}"
    return LogisticData(spec, account, outcome, event == 1, account.keep.copy(), labels), terms


def _later_notes(cohort: Cohort, terms: dict[str, ModelTerm]) -> list[Note]:
    """Warnings of covariates that are determined only after baseline."""
    return [
        Note("warning", "known-after-start",
             f"{term.label} is determined only after baseline, whereas a covariate must be known "
             "before the outcome. Drop it, or, if it was known at baseline, set role = "
             f'"baseline" for {term.column} in hcc2l.toml.')
        for term in terms.values()
        if cohort.known_after_start(term.column)
    ]  # fmt: skip


def _models(fitted: Fitted) -> tuple[Model, ...]:
    return (*fitted.alone, *((fitted.final,) if fitted.final else ()))


def _tables(data: LogisticData, terms: dict[str, ModelTerm], fitted: Fitted) -> list[Table]:
    models = _models(fitted)
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


def _interval(spec: LogisticSpec) -> str:
    """The kind of limits; those of the penalised likelihood are always profiled."""
    return "profile" if spec.firth else spec.ci


def _methods(
    data: LogisticData, fitted: Fitted, cohort: Cohort, outcome: str
) -> tuple[str, tuple[str, ...]]:
    """The methods paragraph, written from what was run, and its references."""
    spec, cited = data.spec, [_COX]
    kind = "profile-likelihood" if _interval(spec) == "profile" else "Wald"
    sentences = ["The data are synthetic."] if cohort.source.synthetic else []
    sentences.append(
        f"Odds ratios for {in_sentence(outcome)} with {spec.conf_level * 100:g}% {kind} confidence "
        f"intervals were estimated by logistic regression{' with ' + FIRTH if spec.firth else ''}."
    )
    if spec.firth:
        sentences.append("The p-values are those of penalised likelihood-ratio tests.")
        cited.append(FIRTH_LOGISTIC)
    sentences += model_sentences(spec, fitted, cohort)
    sentences += interaction_sentences(spec, fitted, bool(spec.interaction))
    if spec.performance:
        sentences.append(
            "The performance of the multivariable model was measured by the area under the ROC "
            "curve, the Brier score and the calibration slope."
        )
        cited.append(HARRELL)
    sentences += bootstrap_sentences(spec)
    if any(model.describe()["hosmer_lemeshow_p"] is not None for model in _models(fitted)):
        sentences.append("Calibration was assessed by the Hosmer–Lemeshow test.")
        cited.append(_HOSMER)
    sentences.append(f"Analyses were performed with hcc2l {version('hcc2l')}.")
    return " ".join(sentences), tuple(cited)
