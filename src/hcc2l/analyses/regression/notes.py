"""Notes on any regression: too few events, selection, estimates that do not exist."""

from __future__ import annotations

from collections.abc import Sequence

from hcc2l.analyses.cautions import constant_notes
from hcc2l.analyses.regression.findings import (
    Information,
    information,
    ratios_printed_as_one,
)
from hcc2l.analyses.regression.models import Fitted, Model, Regression
from hcc2l.errors import quoted_list
from hcc2l.numerals import number, p_below
from hcc2l.report import Note
from hcc2l.stats.sample_size import SHRINKAGE, USUAL_SHARE
from hcc2l.wording import counted

_REMEDY = (
    "Merge levels, describe these patients individually, or use Firth's penalised likelihood "
    "(--firth)."
)


def regression_notes(data: Regression, models: Sequence[Model], fitted: Fitted) -> list[Note]:
    """Notes on the fitted models and on how they were selected."""
    final = fitted.final
    notes = [
        Note("info", "option-without-effect", f"{option} has no effect without {needed}.")
        for option, needed in data.spec.without_effect.items()
    ]
    notes += constant_notes(data.constant)
    if final is not None:
        learnt = information(data, final)
        if learnt.too_little:
            notes.append(few_events_note(learnt))
    for model in models:
        notes += _fit_notes(data, model)
    notes += _unit_notes(data, models)
    if fitted.steps and final is None:
        criterion = f"had {p_below(data.spec.select or data.spec.stays_below)}"
        if data.spec.stepwise == "aic":
            criterion = "lowered the AIC"
        text = f"There is no multivariable model: no covariate {criterion}."
        notes.append(Note("warning", "nothing-selected", text))
    if fitted.misjudged:
        notes.append(_misjudged_note(data, fitted))
    selected = data.spec.select is not None or data.spec.stepwise is not None
    if selected and data.spec.models[1] and final is not None:
        notes.append(
            Note("warning", "selection",
                 "The covariates of the multivariable model were selected by their association "
                 "with the outcome in these patients, so its confidence intervals are too narrow "
                 "and its p-values too small. Report all covariates that were tested and how they "
                 "were selected.")
        )  # fmt: skip
    return notes


def knot_notes(fitted: Fitted) -> list[Note]:
    """Notes on splines with fewer knots than were asked for."""
    found = {
        term.text: (term.spline.knots, len(model.matrix.knots[term.text]))
        for model in fitted.models
        for term in model.terms
        if term.spline is not None
    }
    return [
        Note("info", "fewer-knots",
             f"{text} has {used} knots instead of {asked}, because the patients have too few "
             f"different values. Report {used} knots.")
        for text, (asked, used) in found.items() if used < asked
    ]  # fmt: skip


def few_events_note(learnt: Information, model: str = "the multivariable model") -> Note:
    """What too few events carry, and what to expect of a model."""
    source = "from its likelihood ratio" if learnt.has_likelihood else "for the same R²"
    carried = counted(learnt.carried, "parameter") if learnt.carried else "no parameter"
    return Note(
        "warning", "few-events-per-parameter",
        f"{counted(learnt.events, 'event')} in {counted(learnt.n, 'patient')} "
        f"{'carries' if learnt.events == 1 else 'carry'} {carried} at a shrinkage of "
        f"{SHRINKAGE} (Riley's criteria, for a model that explains {USUAL_SHARE:.0%} of the "
        f"largest possible Cox–Snell R²); {model} has {learnt.parameters}. The "
        f"shrinkage to expect of it is {number(learnt.shrinkage, 2)} ({source}): in new patients "
        "its predictions will be too extreme. Use fewer covariates, or shrink the coefficients.",
    )  # fmt: skip


def _misjudged_note(data: Regression, fitted: Fitted) -> Note:
    labels = quoted_list(data.labels[text] for text in fitted.misjudged)
    several = len(fitted.misjudged) > 1
    instead = "--firth" if data.spec.select is not None else "--stepwise lr or --firth"
    return Note(
        "warning", "wald-selection",
        f"{labels} {'were' if several else 'was'} excluded from the multivariable model because "
        f"{'their Wald p-values were' if several else 'its Wald p-value was'} near 1, although "
        f"{'they predict' if several else 'it predicts'} the outcome perfectly in some patients: "
        f"the Wald test fails where the estimate is infinite. Use {instead}.",
    )  # fmt: skip


def _unit_notes(data: Regression, models: Sequence[Model]) -> list[Note]:
    """Notes on numbers whose ratio per unit is printed as 1."""
    ratio = "hazard" if data.ratio == "hr" else "odds"
    return [
        Note("info", "unit-too-small",
             f"The {ratio} ratio of {term} is per unit and therefore very close to 1. Give it in "
             f"larger units ({term.partition('@')[0]}@per{unit}) or per doubling "
             f"({term.partition('@')[0]}@log2).")
        for term, unit in ratios_printed_as_one(data, models).items()
    ]  # fmt: skip


def _fit_notes(data: Regression, model: Model) -> list[Note]:
    notes = []
    if model.firth is not None and not model.firth.converged:
        notes.append(
            Note("warning", "not-converged",
                 f"The penalised-likelihood fit of the model {model.name!r} did not converge. Do "
                 "not report its estimates; use fewer covariates.")
        )  # fmt: skip
    ratio = "hazard" if data.ratio == "hr" else "odds"
    for column, dropped, infinite, unreached in zip(
        model.matrix.columns, model.dropped, model.infinite, model.unreached, strict=True
    ):
        name = column.term if column.level is None else f"{column.term} {column.level}"
        if dropped:
            notes.append(
                Note("warning", "column-dropped",
                     f"{name} is constant or a linear combination of the covariates before it, "
                     f"and was dropped from the model {model.name!r}.")
            )  # fmt: skip
        if infinite:
            notes.append(
                Note("warning", "coefficient-infinite",
                     f"The {ratio} ratio of {name} in the model {model.name!r} cannot be "
                     f"estimated: {data.why_infinite(model, column)}. {_REMEDY}")
            )  # fmt: skip
        if unreached:
            notes.append(
                Note("warning", "coefficient-infinite",
                     f"The estimate for {name} in the model {model.name!r} does not converge: it "
                     "depends on a few extreme values or on hardly any events. Cut or "
                     "log-transform the covariate, or use Firth's penalised likelihood (--firth).")
            )  # fmt: skip
    return notes
