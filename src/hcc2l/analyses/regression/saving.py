"""A fitted regression as a saved model."""

from __future__ import annotations

from pathlib import Path

from hcc2l.analyses.regression.models import Model, Regression
from hcc2l.analyses.regression.saved_model import Kind, Origin, SavedBaseline, SavedModel, SavedTerm
from hcc2l.cohort import Cohort
from hcc2l.design.model import ModelTerm
from hcc2l.errors import AnalysisError
from hcc2l.number_format import number_text


def saved_model(
    cohort: Cohort, data: Regression, model: Model, kind: Kind, endpoint: str, *,
    unit: str | None = None, intercept: float | None = None, baseline: SavedBaseline | None = None,
) -> SavedModel:  # fmt: skip
    """The file of a model that can be applied to other patients."""
    spec = data.spec
    selection = None if spec.stepwise is None else f"stepwise {spec.stepwise}"
    if spec.select is not None:
        selection = f"select {spec.select:g}"
    return SavedModel(
        name=Path(spec.save_model).stem,
        kind=kind,
        terms=tuple(_saved_term(cohort, model, term) for term in model.terms),
        endpoint=endpoint,
        unit=unit,
        intercept=intercept,
        baseline=baseline,
        made_from=Origin(
            file=cohort.source.file, sha256=cohort.source.sha256, where=tuple(spec.where),
            n=model.n, events=model.events, selection=selection,
        ),
    )  # fmt: skip


def model_to_save(model: Model | None) -> Model:
    """The multivariable model, if all of its coefficients exist.

    Raises
    ------
    AnalysisError
        There is none, or it cannot predict.
    """
    if model is None:
        raise AnalysisError(
            "There is no multivariable model to save.", where="--save-model",
            hint="Drop --univariable, or choose other covariates.",
        )  # fmt: skip
    lost = [
        c for c, exists in zip(model.matrix.columns, model.estimable, strict=True) if not exists
    ]
    if lost:
        name = lost[0].term if lost[0].level is None else f"{lost[0].term}, level {lost[0].level}"
        raise AnalysisError(
            f"The model cannot be saved, because it has no estimate for {name}.",
            where="--save-model", hint="Drop this covariate, merge its levels, or use --firth.",
        )  # fmt: skip
    return model


def _saved_term(cohort: Cohort, model: Model, term: ModelTerm) -> SavedTerm:
    """A term with its coefficients; cut-points of these patients are written as numbers."""
    columns = zip(model.matrix.columns, model.coef.tolist(), strict=True)
    of_term = [(column.level, coef) for column, coef in columns if column.term == term.text]
    unit = cohort.unit(term.column)
    if term.spline is not None:
        knots = tuple(model.matrix.knots[term.text].tolist())
        return SavedTerm(
            term.text, unit, None, knots=knots, coefs=tuple(coef for _, coef in of_term)
        )  # fmt: skip
    if term.factor is None:
        return SavedTerm(term.text, unit, of_term[0][1])
    text = term.text
    if term.factor.cuts:
        text = f"{term.column}@{'/'.join(map(number_text, term.factor.cuts))}"
    reference = term.factor.take(model.rows).levels[0]
    levels = {reference: 0.0} | {str(level): coef for level, coef in of_term}
    return SavedTerm(text, unit, None, levels=levels)
