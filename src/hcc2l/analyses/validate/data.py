"""The patients of a validation, with what each score, model or column predicts for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hcc2l.analyses.accounting import refuse_no_rows, rows_where
from hcc2l.analyses.outcome import Outcome, survival_outcome
from hcc2l.analyses.regression.saved_model import SavedModel, read_model
from hcc2l.analyses.validate.application import Applied, applied, rows_of_origin
from hcc2l.analyses.validate.scores import Score, read_risk, read_score
from hcc2l.cohort import Cohort
from hcc2l.design import Floats, Mask, RowAccount
from hcc2l.design.endpoints import endpoint_columns, read_event
from hcc2l.design.imputation import Imputations
from hcc2l.errors import AnalysisError, UsageError
from hcc2l.readers import beside
from hcc2l.specs import ValidateSpec
from hcc2l.stats.calibration_curve import linked
from hcc2l.stats.risk_sets import time_tolerance
from hcc2l.terms import Parser, Term
from hcc2l.wording import counted

Time = float | None  # of a prediction; None for an outcome that is known in every patient


@dataclass(frozen=True)
class Predictor:
    """A score, a model or a column of risks, in the patients analysed.

    Attributes
    ----------
    values
        Shape (n,): higher for a worse prognosis.
    levels
        Of a score of groups, whose values are places among them; empty for numbers.
    columns
        Of the cohort, from which it is computed.
    risks
        Predicted risk by time, shape (n,); empty where none is known.
    linear
        The linear predictor by time, shape (n,): what the calibration slope multiplies. Of a model,
        the same at all times, and under None where it predicts no risk.
    model
        With the terms as they were read, where there is one.
    shared
        The number of patients in whom the model was made.
    """

    name: str
    label: str
    values: Floats
    levels: tuple[str, ...]
    columns: tuple[str, ...]
    risks: Mapping[Time, Floats]
    linear: Mapping[Time, Floats]
    model: Applied | None = None
    shared: int = 0


@dataclass(frozen=True)
class ValidationData:
    """What is analysed; arrays have shape (n,) over the patients with a value of everything.

    Attributes
    ----------
    outcome
        The survival endpoint; None with `--outcome`.
    code
        The event, or the outcome, by its column.
    time
        Shape (n,); without a survival endpoint empty.
    times
        Of the predictions: those of `--at`, or None alone.
    predictors
        The scores first, then the models, then the columns of risks.
    imputed
        The completed cohorts over which the results are pooled; what is predicted of a patient is
        then the mean over them.
    sets
        The data of each completed cohort.
    """

    cohort: Cohort
    spec: ValidateSpec
    account: RowAccount
    outcome: Outcome | None
    code: str
    time: Floats
    event: Mask
    times: tuple[Time, ...]
    predictors: tuple[Predictor, ...]
    imputed: Imputations | None = None
    sets: tuple[ValidationData, ...] = ()

    @property
    def n(self) -> int:
        """Number of patients."""
        return int(self.event.size)

    @property
    def unit(self) -> str:
        """The unit of the times; empty where it is not known or there is none."""
        return "" if self.outcome is None else self.outcome.endpoint.unit or ""

    @property
    def labels(self) -> dict[str, str]:
        """The label of each score or model, by name."""
        return {predictor.name: predictor.label for predictor in self.predictors}

    def at(self, time: Time) -> str:
        """`12 months`; empty without a time."""
        return "" if time is None else f"{time:g} {self.unit}".strip()

    def by_then(self, time: Time) -> Mask:
        """Who had the event by a time, shape (n,)."""
        if time is None:
            return self.event
        return np.asarray(self.event & (self.time <= time + time_tolerance(self.time)))


@dataclass(frozen=True)
class Requested:
    """What a validation names, and the patients whose outcome is known.

    Attributes
    ----------
    outcome, code
        As of `ValidationData`.
    columns
        Of the outcome.
    event
        Shape (n,) over all rows.
    of_models
        The terms of each model, by its path.
    """

    account: RowAccount
    outcome: Outcome | None
    columns: tuple[str, ...]
    code: str
    event: Mask
    scores: Sequence[Term]
    risks: Sequence[Term]
    models: Mapping[str, SavedModel]
    of_models: Mapping[str, Sequence[Term]]

    @property
    def terms(self) -> list[Term]:
        """Of the scores, the columns of risks and the models."""
        of_models = (term for terms in self.of_models.values() for term in terms)
        return [*self.scores, *self.risks, *of_models]


def requested(cohort: Cohort, spec: ValidateSpec) -> Requested:
    """What is validated, and in whom if nothing of it is missing; raises as `prepare`."""
    models = {
        path: read_model(str(beside(cohort, path))) for path in dict.fromkeys(spec.model)
    }  # fmt: skip
    _refuse_repeated([*spec.score, *spec.risk, *(m.name for m in models.values())])
    for path, model in models.items():
        _refuse_kind(path, model, spec)
    parser = Parser(cohort.nameable, spec.cut, spec.ref)
    scores, risks = parser.terms(spec.score, "--score"), parser.terms(spec.risk, "--risk")
    of_models = {
        path: parser.terms([term.term for term in model.terms], f"--model {path}, term")
        for path, model in models.items()
    }
    asked = parser.assignment(spec.outcome, "--outcome")
    named: list[Term] = [*scores, *risks, *(t for terms in of_models.values() for t in terms)]
    of_endpoint = [asked.column] if asked else endpoint_columns(cohort, spec)
    cohort.load([*of_endpoint, cohort.id_column or "", *(term.column for term in named)])
    account = rows_where(cohort, parser.conditions(spec.where))
    if asked is not None:
        known, _ = read_event(cohort, asked, account.keep)
        account.drop_missing(known < 0, asked.column)
        refuse_no_rows(account)
        return Requested(account, None, (asked.column,), asked.name, known == 1, scores, risks,
                         models, of_models)  # fmt: skip
    outcome = survival_outcome(cohort, spec, account)
    endpoint = outcome.endpoint
    return Requested(account, outcome, endpoint.columns, endpoint.event_name, endpoint.event == 1,
                     scores, risks, models, of_models)  # fmt: skip


def prepare(cohort: Cohort, spec: ValidateSpec) -> ValidationData:
    """The patients with the outcome and a value of every score and model.

    Raises
    ------
    UsageError
        A column or a level that is not in the cohort, a model of another kind of outcome.
    InputError
        A file that holds no model; cells that are wrong.
    AnalysisError
        No rows or no events remain, no patient is followed until a time, a score is constant.
    """
    request = requested(cohort, spec)
    account, outcome, columns = request.account, request.outcome, request.columns
    read = [read_score(cohort, term, account.keep, columns) for term in request.scores]
    columns_of_risk = [read_risk(cohort, term, account.keep, columns) for term in request.risks]
    predicted = [
        applied(cohort, path, request.models[path], terms, account.keep, columns,
                None if outcome is None else outcome.endpoint)
        for path, terms in request.of_models.items()
    ]  # fmt: skip
    for score in (*read, *columns_of_risk):
        account.drop_missing(np.isnan(score.values), score.column)
    for model_applied in predicted:
        for term in model_applied.terms:
            account.drop_missing(term.missing, term.column)
    refuse_no_rows(account)
    keep = account.keep
    times: tuple[Time, ...] = (None,) if outcome is None else tuple(spec.at)
    data = ValidationData(
        cohort=cohort, spec=spec, account=account, outcome=outcome, code=request.code,
        time=np.zeros(0) if outcome is None else outcome.endpoint.time[keep],
        event=request.event[keep], times=times,
        predictors=(
            *(_of_score(score, keep) for score in read),
            *(_of_model(cohort, one, times, keep) for one in predicted),
            *(_of_risk(score, times, keep, timed=outcome is not None) for score in columns_of_risk),
        ),
    )  # fmt: skip
    _refuse_unanswerable(data)
    return data


def _refuse_repeated(names: Sequence[str]) -> None:
    repeated = [name for i, name in enumerate(names) if name in names[:i]]
    if repeated:
        raise UsageError(
            f"{repeated[0]!r} is named twice.", where="hcc2l validate",
            hint="Name each score once; give each model file its own \"name\".",
        )  # fmt: skip


def _refuse_kind(path: str, model: SavedModel, spec: ValidateSpec) -> None:
    """UsageError for a model of another kind of outcome."""
    if model.kind == "cox" and spec.outcome is not None:
        raise UsageError(
            "This is a Cox model; it predicts the event of a survival endpoint by a time.",
            where=f"--model {path}", hint="Give --at T instead of --outcome.",
        )  # fmt: skip
    if model.kind == "logistic" and spec.outcome is None:
        raise UsageError(
            "This is a logistic model; it predicts an outcome that is known in every patient.",
            where=f"--model {path}", hint="Give that outcome: --outcome response=PD.",
        )  # fmt: skip


def _of_score(score: Score, keep: Mask) -> Predictor:
    return Predictor(
        score.name, score.label, score.values[keep], score.levels, (score.column,), {}, {}
    )  # fmt: skip


def _of_model(cohort: Cohort, model: Applied, times: Sequence[Time], keep: Mask) -> Predictor:
    linear = model.linear_predictor[keep]
    risks = {t: risk for t in times if (risk := model.risk(linear, t)) is not None}
    shared = int((rows_of_origin(cohort, model.saved) & keep).sum())
    name = model.saved.name
    columns = tuple(dict.fromkeys(term.column for term in model.terms))
    by_time = dict.fromkeys(risks or [None], linear)
    return Predictor(name, name, linear, (), columns, risks, by_time, model, shared)


def _of_risk(score: Score, times: Sequence[Time], keep: Mask, *, timed: bool) -> Predictor:
    risk = score.values[keep]
    linear = linked(risk, timed=timed)
    return Predictor(
        score.name, score.label, risk, (), (score.column,), {times[0]: risk}, {times[0]: linear}
    )  # fmt: skip


def _refuse_unanswerable(data: ValidationData) -> None:
    """AnalysisError where the outcome or a score does not vary, or follow-up is too short."""
    if not data.event.any():
        raise AnalysisError(
            f"None of the {counted(data.n, 'patient')} had the event ({data.code}).",
            where="--outcome" if data.outcome is None else "--event",
            hint="Check which value is the event: COL=VALUE.",
        )  # fmt: skip
    if data.outcome is None and data.event.all():
        raise AnalysisError(
            f"All of the {counted(data.n, 'patient')} have the outcome {data.code}.",
            where="--outcome", hint="Check which value is the outcome: COL=VALUE.",
        )  # fmt: skip
    for time in data.times:
        _refuse_time(data, time)
    for predictor in data.predictors:
        if np.unique(predictor.values).size == 1:
            raise AnalysisError(
                f"{predictor.label} has the same value in all {data.n} patients.",
                where=predictor.name, hint="A constant predicts nothing; remove it, or check "
                "the column and --where.",
            )  # fmt: skip


def _refuse_time(data: ValidationData, time: Time) -> None:
    if time is None:
        return
    tolerance = time_tolerance(data.time)
    if not (data.time > time + tolerance).any():
        raise AnalysisError(
            f"No patient was followed beyond {data.at(time)}; the longest follow-up is "
            f"{data.time.max():g}.",
            where=f"--at {time:g}", hint="Choose an earlier time.",
        )  # fmt: skip
    if not data.by_then(time).any():
        raise AnalysisError(
            f"No patient had the event by {data.at(time)}.", where=f"--at {time:g}",
            hint="Choose a later time.",
        )  # fmt: skip
