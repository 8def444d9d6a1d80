"""The models and tests of a logistic regression."""

from __future__ import annotations

from dataclasses import dataclass

from hcc2l.analyses.logistic.data import LogisticData
from hcc2l.analyses.regression.models import (
    Fitted,
    TermTests,
    fit_models,
    interaction,
    term_tests,
    tested_model,
)
from hcc2l.design.model import ModelTerm
from hcc2l.report import Row


@dataclass(frozen=True)
class LogisticResults:
    """Everything that was fitted and tested."""

    fitted: Fitted
    term_tests: TermTests | None
    interactions: tuple[Row, ...]


def logistic_results(
    data: LogisticData, terms: dict[str, ModelTerm], candidates: list[ModelTerm]
) -> LogisticResults:
    """Everything that the options ask to be fitted and tested."""
    fitted = fit_models(data, candidates)
    checked = tested_model(fitted)
    interactions = [interaction(data, terms, text, fitted.final) for text in data.spec.interaction]
    return LogisticResults(
        fitted=fitted,
        term_tests=term_tests(data, checked) if checked else None,
        interactions=tuple(interactions),
    )
