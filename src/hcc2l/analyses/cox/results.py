"""The models and tests of a Cox regression."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hcc2l.analyses.cox.data import CoxData
from hcc2l.analyses.regression.models import (
    Fitted,
    Model,
    TermTests,
    complete,
    fit_models,
    interaction,
    interaction_test,
    term_tests,
    tested_model,
)
from hcc2l.design.model import ModelTerm
from hcc2l.errors import AnalysisError, UsageError
from hcc2l.report import Row, finite
from hcc2l.stats.proportional_hazards import hazards_tests

if TYPE_CHECKING:
    from hcc2l.analyses.regression.pooled import PooledRegression
    from hcc2l.design.imputation import Imputations


def cox_results(
    data: CoxData, terms: dict[str, ModelTerm], candidates: list[ModelTerm],
    pooled: PooledRegression | None = None,
) -> CoxResults:  # fmt: skip
    """Everything that the options ask to be fitted and tested."""
    spec = data.spec
    if pooled is not None:
        from hcc2l.analyses.regression.pooled import fitted_in_sets

        fitted, complete_cases = fitted_in_sets(pooled, candidates)
        return CoxResults(fitted, (), (), None, (), pooled=pooled, complete_cases=complete_cases)
    fitted = fit_models(data, candidates) if candidates else Fitted((), None, ())
    checked = tested_model(fitted)
    interactions = [interaction(data, terms, text, fitted.final) for text in spec.interaction]
    subgroups: list[Model] = []
    skipped: list[str] = []
    if spec.subgroups is not None:
        subgroups, more, skipped = _subgroups(data, terms)
        interactions += more
    return CoxResults(
        fitted=fitted,
        subgroups=tuple(subgroups),
        ph_tests=tuple(_ph_tests(data, checked))
        if checked and not (spec.firth or spec.frailty)
        else (),
        term_tests=term_tests(data, checked) if checked else None,
        interactions=tuple(interactions),
        skipped=tuple(skipped),
    )


def _ph_tests(data: CoxData, model: Model) -> list[Row]:
    rows = model.rows
    if data.spec.ph_transform == "log" and (data.time[rows] <= 0).any():
        raise AnalysisError(
            "Some patients have time 0, whose logarithm is not defined.",
            where="--ph-transform log",
            hint="Use --ph-transform km.",
        )  # fmt: skip
    tests = hazards_tests(
        data.ordered(rows).with_covariates(model.matrix.x), data.event[rows], model.coef,
        model.dropped, model.matrix.terms, data.spec.ph_transform,
    )  # fmt: skip
    return [
        {"model": model.name, "term": t.term, "statistic": finite(t.statistic), "df": t.df,
         "p": finite(t.p)}
        for t in tests
    ]  # fmt: skip


def _subgroups(
    data: CoxData, terms: dict[str, ModelTerm]
) -> tuple[list[Model], list[Row], list[str]]:
    """Models of one term in each subgroup, tests of interaction, and subgroups without a model."""
    spec = data.spec
    assert spec.subgroups is not None
    effect = terms[spec.subgroups]
    if effect.spline is not None:
        raise UsageError(
            f"{effect.text} is a spline, which has no single hazard ratio to compare between "
            "subgroups.",
            where=f"--subgroups {effect.text}",
            hint=f"Draw its curve in each group: -x {effect.text},{spec.within[0]} "
            f"--interaction {effect.text}:{spec.within[0]}.",
        )
    models = [data.fit([effect], complete(data, [effect]), "all", "subgroup", "all")]
    tests, skipped = [], []
    for text in spec.within:
        by = data.within[text]
        assert by.factor is not None
        rows = complete(data, [effect, by])
        for code, level in enumerate(by.factor.levels):
            inside = rows & (by.factor.codes == code)
            name = f"{text}={level}"
            try:
                models.append(data.fit([effect], inside, name, "subgroup", name))
            except AnalysisError:
                if inside.any():
                    skipped.append(f"{data.labels[text]} {level}")
        tests.append(interaction_test(data, effect, by))
    return models, tests, skipped


@dataclass(frozen=True)
class CoxResults:
    """Everything that was fitted and tested."""

    fitted: Fitted
    subgroups: tuple[Model, ...]
    ph_tests: tuple[Row, ...]
    term_tests: TermTests | None
    interactions: tuple[Row, ...]
    skipped: tuple[str, ...] = ()
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
        return (*self.fitted.models, *self.subgroups, *beside)
