"""Logistic regression: univariable and multivariable odds ratios, selection, checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np

from hcc2l.analyses.forest import forest_figure
from hcc2l.analyses.regression import (
    Fitted,
    Model,
    fit_models,
    interaction,
    model_row,
    number,
    refuse_unfit,
    regression_notes,
    regression_table,
    term_tests,
    terms_table,
    test_tables,
)
from hcc2l.analyses.rows import account_notes, provenance, reading_notes, refuse_no_rows
from hcc2l.cohort import Cohort
from hcc2l.design import Mask, RowAccount, apply_conditions
from hcc2l.design.endpoints import read_event
from hcc2l.design.model import ModelMatrix, ModelTerm, model_matrix, model_term
from hcc2l.errors import AnalysisError
from hcc2l.report import Column, Report, Table, Value
from hcc2l.specs import LogisticSpec
from hcc2l.stats import logistic as estimator
from hcc2l.stats.roc import auc
from hcc2l.terms import split_assignment

_REFERENCES = (
    "Cox DR. The regression analysis of binary sequences. J R Stat Soc B 1958;20:215-242.",
    "Hosmer DW, Lemeshow S. Goodness of fit tests for the multiple logistic regression model. "
    "Commun Stat Theory Methods 1980;9:1043-1069.",
)


SEPARATED = 10.0  # standard error of a coefficient per standard deviation of its covariate


@dataclass(frozen=True)
class LogisticData:
    """The outcome of every row; shape (n,) over all rows of the cohort.

    `rows` are those with everything but the covariates.
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
                hint="Check the value: --outcome COL=VALUE.",
            )  # fmt: skip
        fit = estimator.logistic(event, matrix.x)
        slopes = slice(1, None)
        variance = fit.variance[slopes, slopes]
        coef, known = fit.coef[slopes], ~fit.dropped[slopes]
        wald = float(coef[known] @ np.linalg.solve(variance[np.ix_(known, known)], coef[known]))
        hosmer = estimator.hosmer_lemeshow(event, fit.fitted)
        details: dict[str, Value] = {
            "wald_statistic": wald,
            "score_statistic": fit.score,
            "auc": number(auc(event, fit.fitted)),
            "hosmer_lemeshow_statistic": hosmer.statistic if hosmer else None,
            "hosmer_lemeshow_df": hosmer.df if hosmer else None,
            "hosmer_lemeshow_p": number(hosmer.p) if hosmer else None,
        }
        lower = upper = None
        if self.spec.ci == "profile":
            low, high = estimator.profile_limits(event, matrix.x, fit, self.spec.conf_level)
            lower, upper = low[slopes], high[slopes]
        # Separation shows as a standard error without bound; R stops and prints it all the same.
        runaway = fit.std_err[slopes] * _spread(matrix) > SEPARATED
        return Model(
            name=name, kind=kind, subgroup=subgroup, terms=tuple(terms), rows=rows, matrix=matrix,
            coef=coef, std_err=fit.std_err[slopes], robust_std_err=None, variance=variance,
            dropped=fit.dropped[slopes], infinite=runaway, df=fit.df, n=fit.n, events=fit.events,
            loglik_null=fit.loglik_null, loglik=fit.loglik, aic=fit.aic, details=details,
            lower=lower, upper=upper,
        )  # fmt: skip


def _spread(matrix: ModelMatrix) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.asarray(matrix.x.std(axis=0), dtype=np.float64)


def run(cohort: Cohort, spec: LogisticSpec) -> Report:
    """Analyse a cohort.

    Raises
    ------
    UsageError
        An option names what the cohort has not, or a covariate that cannot be one.
    InputError
        The cohort's cells are wrong.
    AnalysisError
        No rows, no outcome, a covariate with one level, or more parameters than outcomes.
    """
    data, terms = _prepare(cohort, spec)
    fitted = fit_models(data, [terms[text] for text in dict.fromkeys(spec.covariates)])
    for term in fitted.final.terms if fitted.final else ():
        data.account.drop(term.missing, f"{term.column} missing")
    tables = _tables(data, terms, fitted)
    models = _models(fitted)
    what = f"{cohort.label(data.outcome.partition('=')[0])}"
    said = data.outcome.partition("=")[2]
    title = f"{what}{' = ' + said if said else ''}"
    return Report(
        title=f"{title}: logistic regression — {cohort.title}",
        provenance=provenance(
            "logistic", cohort, data.account, spec.settings() | {"outcome": data.outcome},
            [f"Outcome {data.outcome}", "Logistic regression, maximum likelihood",
             f"{spec.conf_level * 100:g}% CI ({spec.ci.capitalize()})"],
        ),
        tables=tuple(tables),
        notes=(*reading_notes(cohort), *account_notes(data.account),
               *regression_notes(data, models, fitted)),
        draw=lambda: forest_figure(data, tables, f"Odds ratio, {title}"),
        methods=_methods(data, fitted, cohort, title),
        references=_REFERENCES,
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
    said = name if value is None else f"{name}={value}"
    return LogisticData(spec, account, said, event == 1, account.keep.copy(), labels), terms


def _models(fitted: Fitted) -> tuple[Model, ...]:
    return (*fitted.alone, *((fitted.final,) if fitted.final else ()))


def _tables(data: LogisticData, terms: dict[str, ModelTerm], fitted: Fitted) -> list[Table]:
    models = _models(fitted)
    if not models:
        raise AnalysisError(
            "No covariate was selected for the multivariable model.", where="--select",
            hint="Add --univariable to see them, or choose the covariates beforehand.",
        )  # fmt: skip
    rows = tuple(model_row(model) for model in models)
    columns = (
        Column("Model", ("model",), labels=data.labels), Column("n", ("n",)),
        Column("Events", ("events",)), Column("AUC", ("auc",), decimals=3),
        Column("LR χ²", ("lr_statistic",)), Column("df", ("lr_df",)), Column("p", ("lr_p",)),
        Column("Hosmer–Lemeshow p", ("hosmer_lemeshow_p",)), Column("AIC", ("aic",)),
    )  # fmt: skip
    checked = fitted.final or (fitted.alone[0] if len(fitted.alone) == 1 else None)
    tests = term_tests(data, checked) if checked else []
    interactions = [interaction(data, terms, text) for text in data.spec.interaction]
    return [
        terms_table(data, models),
        regression_table(data, fitted.alone, fitted.final, "Odds ratios"),
        Table("models", "Models", tuple(rows[0]), rows, columns),
        *test_tables(data, fitted, tests, interactions),
    ]


def _methods(data: LogisticData, fitted: Fitted, cohort: Cohort, title: str) -> str:
    from hcc2l.analyses.cox_text import selection_sentences

    spec = data.spec
    kind = "profile-likelihood" if spec.ci == "profile" else "Wald"
    said = ["The data are synthetic."] if cohort.source.synthetic else []
    said.append(
        f"Odds ratios for {title[:1].lower() + title[1:]} with {spec.conf_level * 100:g}% {kind} "
        "confidence intervals were estimated by logistic regression."
    )
    said += selection_sentences(spec, fitted)
    said.append("Calibration was checked by the Hosmer–Lemeshow test.")
    said.append(
        "Every model used the patients with complete data for its covariates. Analyses were done "
        f"with hcc2l {version('hcc2l')}."
    )
    return " ".join(said)
