"""The outcome of a logistic regression and the fit of its models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from hcc2l.analyses.accounting import refuse_no_rows, rows_where
from hcc2l.analyses.regression.models import (
    Model,
    Profile,
    penalised,
    refuse_unfit,
    varying_covariates,
)
from hcc2l.analyses.regression.monotone import empty_group, groups_of
from hcc2l.cohort import Cohort
from hcc2l.design import Floats, Ints, Mask, RowAccount
from hcc2l.design.endpoints import read_event
from hcc2l.design.model import ModelColumn, ModelMatrix, ModelTerm, model_matrix, model_term
from hcc2l.errors import AnalysisError
from hcc2l.report import Value, finite
from hcc2l.specs import LogisticSpec
from hcc2l.stats import logistic as estimator
from hcc2l.stats.firth import firth_logistic
from hcc2l.stats.linear_algebra import linear_predictor
from hcc2l.stats.roc import auc
from hcc2l.terms import Parser


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
    constant: tuple[ModelTerm, ...]
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

    def patients_among(self, rows: Mask) -> int:
        """How many patients some rows belong to: each has one row."""
        return int(rows.sum())

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
            "calibration_slope": finite(self.calibration_slope(model.rows, score)),
        }


def _details(
    wald: float | None, score: float | None, event: Mask, fitted: Floats
) -> dict[str, Value]:
    hosmer = estimator.hosmer_lemeshow(event, fitted)
    return {
        "wald_statistic": wald,
        "score_statistic": score,
        "auc": finite(auc(event, fitted)),
        "brier_score": float(np.mean((fitted - event) ** 2)),
        "hosmer_lemeshow_statistic": hosmer.statistic if hosmer else None,
        "hosmer_lemeshow_df": hosmer.df if hosmer else None,
        "hosmer_lemeshow_p": finite(hosmer.p) if hosmer else None,
    }


def prepare(cohort: Cohort, spec: LogisticSpec) -> tuple[LogisticData, dict[str, ModelTerm]]:
    """The outcome of the rows that have it, and the covariates by their text.

    The covariates of the data's options are those that `--drop-constant` keeps.
    """
    parser = Parser(cohort.nameable, spec.cut, spec.ref)
    covariates = parser.terms(spec.covariates, "-x")
    outcome = parser.assignment(spec.outcome, "--outcome")
    assert outcome is not None  # the spec has seen to it
    account = rows_where(cohort, parser.conditions(spec.where))
    event, _ = read_event(cohort, outcome, account.keep)
    account.drop_missing(event < 0, outcome.column)
    refuse_no_rows(account)
    terms = {t.text: model_term(cohort, t, account.keep, [outcome.column]) for t in covariates}
    labels = {t: term.label for t, term in terms.items()}
    spec, constant = varying_covariates(spec, terms, account.keep)
    data = LogisticData(spec, account, outcome.name, event == 1, account.keep, labels, constant)
    return data, terms


def limits_kind(spec: LogisticSpec) -> str:
    """The kind of limits; those of the penalised likelihood are always profiled."""
    return "profile" if spec.firth else spec.ci
