"""What a statistician would say of any regression."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hcc2l.analyses.regression import Fitted, Model, Regression
from hcc2l.analyses.regression_tables import term_rows
from hcc2l.design import Mask
from hcc2l.design.model import ModelColumn
from hcc2l.report import Note, Value

EVENTS_PER_PARAMETER = 10


def regression_notes(data: Regression, models: Sequence[Model], fitted: Fitted) -> list[Note]:
    """What a statistician would say of any regression."""
    final = fitted.final
    notes = [
        Note("info", "option-without-effect", f"{option} is without effect: it belongs to {to}.")
        for option, to in data.spec.without_effect.items()
    ]
    if final is not None:
        smaller = min(final.events, final.n - final.events) if data.ratio == "or" else final.events
        each = smaller / max(final.df, 1)
        if each < EVENTS_PER_PARAMETER:
            notes.append(
                Note("warning", "few-events-per-parameter",
                     f"{smaller} events for {final.df} parameter{'s' if final.df != 1 else ''}: "
                     f"{each:.1f} each, fewer than "
                     f"{EVENTS_PER_PARAMETER}. The multivariable model may be overfitted; use "
                     "fewer covariates.")
            )  # fmt: skip
    for model in models:
        notes += _fit_notes(data, model)
    notes += _unit_notes(data, models)
    if fitted.steps and final is None:
        why = "none lowers AIC" if data.spec.stepwise == "aic" else "none had p below the limit"
        text = f"No covariate was chosen for the multivariable model: {why}."
        notes.append(Note("warning", "nothing-selected", text))
    chosen = data.spec.select is not None or data.spec.stepwise is not None
    if chosen and data.spec.models[1] and final is not None:
        notes.append(
            Note("warning", "selection",
                 "The multivariable model was chosen by what is significant in these patients: its "
                 "intervals are too narrow and its p too small. Report every covariate that was "
                 "tried, and say so.")
        )  # fmt: skip
    return notes


def _unit_notes(data: Regression, models: Sequence[Model]) -> list[Note]:
    """Numbers whose ratio for one unit is 1 to the digits that are printed."""

    def below(value: Value, limit: float) -> bool:
        return isinstance(value, float) and abs(value) < limit

    tiny = dict.fromkeys(
        row["term"]
        for model in models
        for row in term_rows(data, model)
        if row["level"] is None and below(row["p"], 0.05)
        if all(isinstance(v, float) and below(v - 1.0, 5e-4) for v in (row["lower"], row["upper"]))
    )
    ratio = "hazard" if data.ratio == "hr" else "odds"
    return [
        Note("info", "unit-too-small",
             f"The {ratio} ratio of {term} is that of one unit, too small a step to print: cut it "
             f"({term}@median), or add a column in larger units.")
        for term in tiny
    ]  # fmt: skip


def _fit_notes(data: Regression, model: Model) -> list[Note]:
    notes = []
    if model.firth is not None and not model.firth.converged:
        notes.append(
            Note("warning", "not-converged",
                 f"The maximum of the penalised likelihood of the model {model.name!r} was not "
                 "reached. Do not report its numbers; use fewer covariates.")
        )  # fmt: skip
    ratio = "hazard" if data.ratio == "hr" else "odds"
    for column, dropped, infinite in zip(
        model.matrix.columns, model.dropped, model.infinite, strict=True
    ):
        name = column.term if column.level is None else f"{column.term} {column.level}"
        if dropped:
            notes.append(
                Note("warning", "column-dropped",
                     f"{name} is constant or follows from the covariates before it; it was left "
                     f"out of the model {model.name!r}.")
            )  # fmt: skip
        if infinite:
            notes.append(
                Note("warning", "coefficient-infinite",
                     f"The coefficient of {name} in the model {model.name!r} runs away: "
                     f"{_empty_cell(data, model, column)}, so its {ratio} ratio is 0 or infinite. "
                     "Do not report the number; merge levels, describe the group, or fit the "
                     "penalised likelihood with --firth.")
            )  # fmt: skip
    return notes


def _empty_cell(data: Regression, model: Model, column: ModelColumn) -> str:
    """Which group has no event, or nothing but events."""
    term = next((t for t in model.terms if t.text == column.term), None)
    groups: dict[str, Mask] = {}
    if term is not None and term.factor is not None:
        codes, levels = term.factor.codes, term.factor.levels
        named = (column.level, column.reference)
        groups = {v: codes == i for i, v in enumerate(levels) if v in named}
    elif term is not None and term.values is not None:
        values = np.unique(term.values[model.rows])
        if values.size == 2:
            groups = {f"{term.text} {v:g}": term.values == v for v in values}
    for name, inside in groups.items():
        n, events = int((inside & model.rows).sum()), int(data.event[inside & model.rows].sum())
        if events in (0, n):
            share = "none" if events == 0 else "all"
            return f"{share} of the {n} patients with {name} had the event"
    which = "its values" if len(model.terms) == 1 else "the covariates together"
    return f"{which} tell those with the event from those without"
