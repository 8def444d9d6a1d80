"""Cause-specific hazards and Fine and Gray's model beside each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from hcc2l.analyses.cox.data import CoxData
from hcc2l.analyses.regression.findings import information
from hcc2l.analyses.regression.models import Model
from hcc2l.analyses.regression.notes import few_events_note
from hcc2l.analyses.regression.tables import term_rows
from hcc2l.errors import AnalysisError, quoted_list
from hcc2l.numerals import confidence
from hcc2l.report import Column, Note, Row, Table
from hcc2l.stats.fine_gray import FineGrayFit, fine_gray
from hcc2l.wording import counted

MODELS = {"cause-specific": "Cause-specific", "fine-gray": "Fine–Gray"}
KEYS = ("cause", "term", "level", "reference", "model", "coef", "std_err", "hr", "lower", "upper",
        "statistic", "p")  # fmt: skip
_QUESTIONS = (
    "Cause-specific hazard ratios tell what changes the rate of the event in patients still free "
    "of both events (aetiology, effect of treatment); Fine–Gray ratios tell what changes its "
    "cumulative incidence (prognosis)."
)


def competing_terms(data: CoxData, model: Model) -> tuple[Table, list[Note]]:
    """Both models of each cause, on the patients and covariates of the multivariable model.

    Raises
    ------
    AnalysisError
        None of these patients had the competing event.
    """
    assert data.causes is not None
    rows: list[Row] = []
    notes: list[Note] = []
    for code, name in data.causes.numbered:
        events = int((data.causes.cause[model.rows] == code).sum())
        if not events:
            raise AnalysisError(
                f"None of the {model.n} patients of the multivariable model had the event {name}.",
                where=f"--competing {data.spec.competing}",
                hint="Drop the covariate whose missing values exclude them, or omit --competing.",
            )
        if model.df > events:
            notes.append(_unfitted(name, events, model))
            continue
        learnt = information(*cause_specific(data, model, code))
        if code == 2 and learnt.too_little:  # of the endpoint's event its own model tells
            notes.append(few_events_note(learnt, f"the model of {name}"))
        rows += _beside(data, model, code, name)
    notes += _not_estimable(data, rows)
    return _table(data, rows), notes


def cause_specific(data: CoxData, model: Model, code: int) -> tuple[CoxData, Model]:
    """The data in which one cause is the event, and the model with the same covariates."""
    assert data.causes is not None
    if code == 1:
        return data, model
    of_cause = replace(data, event=data.causes.cause == code, _latest={})
    return of_cause, of_cause.fit(
        model.terms, model.rows, model.name, model.kind, matrix=model.matrix
    )


def subdistribution(data: CoxData, model: Model, code: int) -> FineGrayFit:
    """Fine and Gray's model of a cause, on the patients and covariates of a model."""
    assert data.causes is not None
    rows, censoring = model.rows, data.causes.censoring
    groups = None if censoring is None else censoring.take(rows).codes
    cluster = None
    if data.cluster is not None:
        cluster = np.unique(data.cluster[rows], return_inverse=True)[1]
    return fine_gray(
        data.time[rows], data.causes.cause[rows], model.matrix.x, code, censoring_group=groups,
        weights=None if data.weights is None else data.weights[rows], cluster=cluster,
    )  # fmt: skip


def _beside(data: CoxData, model: Model, code: int, name: str) -> Iterator[Row]:
    """For each coefficient, its rows of both models of a cause."""
    of_cause, specific = cause_specific(data, model, code)
    fit = subdistribution(data, model, code)
    other = replace(
        specific, coef=fit.coef, std_err=fit.std_err, robust_std_err=None, variance=fit.variance,
        dropped=fit.dropped, infinite=fit.infinite, unreached=fit.unreached,
    )  # fmt: skip
    pairs = zip(term_rows(of_cause, specific), term_rows(of_cause, other), strict=True)
    for pair in pairs:
        for kind, row in zip(MODELS, pair, strict=True):
            used = row["std_err"] if row["robust_std_err"] is None else row["robust_std_err"]
            found = {**row, "model": kind, "cause": name, "std_err": used}
            yield {key: found[key] for key in KEYS}


def _table(data: CoxData, rows: list[Row]) -> Table:
    ci = confidence(data.spec.conf_level)
    model = Column(
        "Model", ("model",), labels=MODELS,
        across=(Column(f"HR ({ci})", ("hr", "lower", "upper"), form="interval", kind="ratio"),
                Column("p", ("p",))),
    )  # fmt: skip
    columns = (
        Column("Event", ("cause",)), Column("Variable", ("term",), labels=data.labels),
        Column("Level", ("level",)), model,
    )  # fmt: skip
    return Table(
        "competing_terms", "Cause-specific and Fine–Gray models", KEYS,
        tuple(rows), columns, (*_references(data, rows), _QUESTIONS, *_weighted(data)),
        apart="cause",
    )  # fmt: skip


def _weighted(data: CoxData) -> tuple[str, ...]:
    if data.weights is None and data.cluster is None:
        return ()
    return ("Fine–Gray: robust standard errors; the distribution of censoring was estimated "
            "without weights and taken as known.",)  # fmt: skip


def _references(data: CoxData, rows: list[Row]) -> tuple[str, ...]:
    """Names the reference levels: `Child-Pugh class A, BCLC stage B`."""
    levels = {str(row["term"]): str(row["reference"]) for row in rows if row["reference"]}
    if not levels:
        return ()
    words = ", ".join(f"{data.labels[term]} {level}" for term, level in levels.items())
    return (f"Reference level{'s' if len(levels) > 1 else ''}: {words}.",)


def _unfitted(name: str, events: int, model: Model) -> Note:
    return Note(
        "warning", "cause-not-fitted",
        f"No model of {name} was fitted: {counted(model.df, 'parameter')} cannot be estimated from "
        f"{counted(events, 'event')}. Use fewer covariates.",
    )  # fmt: skip


def _not_estimable(data: CoxData, rows: list[Row]) -> list[Note]:
    """A warning that names the ratios that do not exist."""
    names = dict.fromkeys(
        data.labels[str(row["term"])] + ("" if row["level"] is None else f" {row['level']}")
        + f" ({row['cause']})"
        for row in rows
        if row["hr"] is None
    )  # fmt: skip
    if not names:
        return []
    return [
        Note("warning", "competing-not-estimable",
             f"Some ratios of the models of competing events do not exist: {quoted_list(names)}. "
             "The event occurred in no patient with a level, or in none without it, or the "
             "covariate is a combination of others. Merge levels, or use fewer covariates.")
    ]  # fmt: skip
