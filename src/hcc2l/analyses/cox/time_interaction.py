"""The hazard ratio of a term before and after cuts of the follow-up (--interaction-with-time)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from hcc2l.analyses.cox.data import CoxData
from hcc2l.analyses.periods import FOOTNOTE, cuts_between_events, period_row
from hcc2l.analyses.regression.models import Fitted, Model, tested_model
from hcc2l.design import Ints
from hcc2l.design.model import ModelMatrix, ModelTerm
from hcc2l.errors import AnalysisError, UsageError
from hcc2l.numerals import confidence, plain
from hcc2l.report import Column, Note, Row, Table, finite
from hcc2l.stats.changing_hazards import Period, equality
from hcc2l.stats.episodes import episodes
from hcc2l.stats.tails import chi_square_tail, normal_quantile, normal_tail
from hcc2l.wording import in_sentence, listed

_OPTION = "--interaction-with-time"
_TESTS = {"likelihood-ratio": "Likelihood ratio", "wald": "Wald"}


@dataclass(frozen=True)
class _ByPeriod:
    """The model with a hazard ratio of the term for each period, beside that with one.

    Attributes
    ----------
    places
        Shape (columns of the term, periods): of the products in the matrix of the model.
    events
        Shape (periods,).
    """

    term: ModelTerm
    cuts: tuple[float, ...]
    one: Model
    model: Model
    places: Ints
    events: Ints

    @property
    def estimable(self) -> bool:
        """Whether every period has a hazard ratio, so that they can be compared."""
        return bool(self.model.estimable[self.places].all())


def time_interaction_tables(
    data: CoxData, terms: Mapping[str, ModelTerm], fitted: Fitted
) -> list[Table]:
    """The hazard ratios by period and the tests that they are equal.

    Raises
    ------
    UsageError
        The term is not a covariate, or has no single hazard ratio; a cut is not between events.
    AnalysisError
        The term is not in the multivariable model, or the model has too few events.
    """
    found = _by_period(data, _term(data, terms), fitted)
    return [_piecewise(data, found), _tests(data, found)]


def _term(data: CoxData, terms: Mapping[str, ModelTerm]) -> ModelTerm:
    text = data.spec.interaction_with_time or ""
    if text not in terms:
        raise UsageError(
            f"{text!r} is not among the covariates.",
            where=_OPTION,
            hint=f"Add it: -x …,{text}.",
        )
    if terms[text].spline is not None:
        raise UsageError(
            f"{text} is a spline, which has no single hazard ratio to compare between periods.",
            where=_OPTION,
            hint="Name a term without a spline, such as the column itself or a cut.",
        )
    return terms[text]


def _by_period(data: CoxData, term: ModelTerm, fitted: Fitted) -> _ByPeriod:
    one = tested_model(fitted)
    if one is None or term.text not in {other.text for other in one.terms}:
        raise AnalysisError(
            f"{term.text} is not in the multivariable model.",
            where=_OPTION,
            hint="Specify the model in advance, without --select, --stepwise or --drop-constant."
            if one is not None
            else "The model did not reach its maximum: use fewer covariates.",
        )
    cuts = cuts_between_events(data.spec.split, data.time[one.rows & data.event])
    long, row, period = _cut(data, one, cuts)
    x, columns, places = [], [], []
    for j, column in enumerate(one.matrix.columns):
        values = one.matrix.x[row, j]
        if column.term != term.text:
            x.append(values)
            columns.append(column)
            continue
        places.append(range(len(x), len(x) + len(cuts) + 1))
        x += [values * (period == k) for k in range(len(cuts) + 1)]
        columns += [column] * (len(cuts) + 1)
    kept = np.flatnonzero(one.rows)[row]
    matrix = ModelMatrix(np.column_stack(x), tuple(columns), one.matrix.knots)
    model = long.fit(
        [other.take(kept) for other in one.terms], long.rows, one.name, one.kind, matrix=matrix
    )
    events = np.bincount(period[long.event], minlength=len(cuts) + 1)
    return _ByPeriod(term, cuts, one, model, np.array(places), events)


def _cut(data: CoxData, one: Model, cuts: Sequence[float]) -> tuple[CoxData, Ints, Ints]:
    """The rows of a model cut at these times; of which row each is a part, and its period.

    An event at a cut belongs to the earlier period. Without `--entry` a row is at risk from before
    time 0, so that events at time 0 count.
    """
    kept = np.flatnonzero(one.rows)
    time = data.time[kept]
    start = np.full(kept.size, -1.0) if data.entry is None else data.entry[kept]
    who, when = np.repeat(np.arange(kept.size), len(cuts)), np.tile(cuts, kept.size)
    rows = episodes(start, time, who, when)
    at = kept[rows.patient]
    cluster = rows.patient if data.cluster is None and one.robust_std_err is not None else None
    long = data.resampled(at)
    long = replace(
        long, time=rows.stop, entry=rows.start, event=rows.last & data.event[at],
        patient=at if data.patient is None else long.patient,
        cluster=long.cluster if cluster is None else cluster,
    )  # fmt: skip
    period = np.searchsorted(np.array(cuts), rows.start + rows.tolerance, side="right")
    return long, rows.patient, period.astype(np.int64)


def _periods(found: _ByPeriod, of_column: Ints, conf_level: float) -> list[Period]:
    """The hazard ratios of one column of the term; NaN where there is none."""
    model = found.model
    std_errs = model.std_err if model.robust_std_err is None else model.robust_std_err
    bounds = pairwise((0.0, *found.cuts, math.inf))
    periods = []
    for (start, end), place, events in zip(bounds, of_column, found.events, strict=True):
        coef, std_err = float(model.coef[place]), float(std_errs[place])
        if not model.estimable[place]:
            coef = std_err = math.nan
        half = normal_quantile(conf_level) * std_err
        p = 2.0 * normal_tail(abs(coef / std_err)) if std_err > 0 else math.nan
        periods.append(Period(start, end, int(events), coef, std_err, coef - half, coef + half, p))
    return periods


def _piecewise(data: CoxData, found: _ByPeriod) -> Table:
    term, model, unit = found.term, found.model, data.outcome.endpoint.unit
    rows: list[Row] = [
        {"model": model.name, "term": term.text, "level": model.matrix.columns[places[0]].level,
         "reference": model.matrix.columns[places[0]].reference, **period_row(period)}
        for places in found.places
        for period in _periods(found, places, data.spec.conf_level)
    ]  # fmt: skip
    several = len(found.places) > 1
    columns = (
        *([Column("Level", ("level",))] if several else []),
        Column(f"Period{f', {unit}' if unit else ''}", ("period",)), Column("Events", ("events",)),
        Column(f"HR ({confidence(data.spec.conf_level)})", ("hr", "lower", "upper"),
               form="interval"),
        Column("p", ("p",)),
    )  # fmt: skip
    title = f"Hazard ratio by period: {in_sentence(data.labels[term.text])}"
    if term.factor is not None:
        level, reference = rows[0]["level"], rows[0]["reference"]
        title += f", versus {reference}" if several else f", {level} versus {reference}"
    notes = (
        FOOTNOTE,
        *(["Adjusted for the other covariates of the model, each of which has one hazard ratio."]
          if len(model.terms) > 1 else []),
    )  # fmt: skip
    return Table("piecewise", title, tuple(rows[0]), tuple(rows), columns, (" ".join(notes),))


def _tests(data: CoxData, found: _ByPeriod) -> Table:
    """Whether the hazard ratios are equal; no likelihood ratio where the variance is robust."""
    model, places = found.model, found.places
    tests: dict[str, tuple[float, int, float]] = {}
    df = places.size - len(places)
    if model.robust_std_err is None:
        statistic = max(2.0 * (model.loglik - found.one.loglik), 0.0)
        tests["likelihood-ratio"] = (statistic, df, chi_square_tail(df, statistic))
    every = places.ravel()
    if found.estimable:
        variance = model.variance[np.ix_(every, every)]
        tests["wald"] = equality(model.coef[places], variance)
    else:
        tests = dict.fromkeys((*tests, "wald"), (math.nan, df, math.nan))
    rows: list[Row] = [
        {"model": model.name, "term": found.term.text, "test": name, "statistic": finite(value),
         "df": df, "p": finite(p)}
        for name, (value, df, p) in tests.items()
    ]  # fmt: skip
    columns = (
        Column("Test", ("test",), labels=_TESTS), Column("χ²", ("statistic",)),
        Column("df", ("df",)), Column("p", ("p",)),
    )  # fmt: skip
    title = f"Change of the hazard ratio with time: {in_sentence(data.labels[found.term.text])}"
    return Table("time_interaction", title, tuple(rows[0]), tuple(rows), columns)


def looking_note() -> Note:
    """What a test is worth whose cut was chosen by its result."""
    return Note(
        "warning", "chosen-after-looking",
        "If the covariate or the times between periods were chosen after the curves or the test of "
        "proportional hazards were seen, the p-value of the interaction is too small and the "
        "hazard ratios differ too much. Report the times that the protocol specified, or say "
        "that they were chosen afterwards.",
    )  # fmt: skip


def time_interaction_sentences(data: CoxData, tables: Sequence[Table]) -> list[str]:
    """How hazard ratios by period were estimated and tested."""
    tests = [row for table in tables if table.name == "time_interaction" for row in table.rows]
    if not tests:
        return []
    words = {"likelihood-ratio": "the likelihood ratio", "wald": "Wald's test"}
    tested = [words[str(row["test"])] for row in tests if row["p"] is not None]
    cuts = listed([plain(t) for t in sorted(set(data.spec.split))])
    unit = f" {data.outcome.endpoint.unit}" if data.outcome.endpoint.unit else ""
    name = in_sentence(data.labels[str(tests[0]["term"])])
    return [
        f"Hazard ratios of {name} before and after {cuts}{unit} were estimated by adding an "
        "interaction with the period to the model"
        + (f", which was tested by {listed(tested)}." if tested else ".")
    ]
