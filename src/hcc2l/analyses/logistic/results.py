"""The models and tests of a logistic regression."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hcc2l.analyses.logistic.data import LogisticData
from hcc2l.analyses.regression.models import (
    Fitted,
    Model,
    TermTests,
    fit_models,
    interaction,
    term_tests,
    tested_model,
)
from hcc2l.design.model import ModelTerm
from hcc2l.report import Row

if TYPE_CHECKING:
    from hcc2l.analyses.regression.pooled import PooledRegression
    from hcc2l.design.imputation import Imputations


@dataclass(frozen=True)
class LogisticResults:
    """Everything that was fitted and tested."""

    fitted: Fitted
    term_tests: TermTests | None
    interactions: tuple[Row, ...]
    pooled: PooledRegression | None = None
    complete_cases: Model | None = None

    @property
    def imputed(self) -> Imputations | None:
        """The completed cohorts that were analysed."""
        return None if self.pooled is None else self.pooled.imputed

    @property
    def models(self) -> tuple[Model, ...]:
        """Every model, in the order of the tables."""
        beside = () if self.complete_cases is None else (self.complete_cases,)
        return (*self.fitted.models, *beside)


def logistic_results(
    data: LogisticData, terms: dict[str, ModelTerm], candidates: list[ModelTerm],
    pooled: PooledRegression | None = None,
) -> LogisticResults:  # fmt: skip
    """Everything that the options ask to be fitted and tested."""
    if pooled is not None:
        from hcc2l.analyses.regression.pooled import fitted_in_sets

        fitted, complete_cases = fitted_in_sets(pooled, candidates)
        return LogisticResults(fitted, None, (), pooled, complete_cases)
    fitted = fit_models(data, candidates)
    checked = tested_model(fitted)
    interactions = [interaction(data, terms, text, fitted.final) for text in data.spec.interaction]
    return LogisticResults(
        fitted=fitted,
        term_tests=term_tests(data, checked) if checked else None,
        interactions=tuple(interactions),
    )
