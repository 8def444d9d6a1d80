"""The table of exposures: naive, landmark and time-dependent analyses side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from hcc2l.analyses.cox.changes import Changes
from hcc2l.analyses.cox.data import CoxData
from hcc2l.analyses.regression.models import Fitted, Model, complete
from hcc2l.analyses.regression.tables import term_rows
from hcc2l.design import Mask
from hcc2l.design.model import ModelTerm
from hcc2l.errors import AnalysisError
from hcc2l.numerals import confidence, number
from hcc2l.report import Column, Row, Table, Value
from hcc2l.wording import counted, in_sentence

KEYS = ("term", "analysis", "landmark", "n", "exposed", "events", "hr", "lower", "upper", "p")
ANALYSES = {"naive": "Naive", "landmark": "Landmark", "time-dependent": "Time-dependent"}
_EFFECT = ("hr", "lower", "upper", "p")


@dataclass(frozen=True)
class _Fixed:
    """One analysis with exposures that do not change: its data, terms and landmark."""

    name: str
    landmark: float | None
    data: CoxData
    terms: Mapping[str, ModelTerm]


def exposures_table(data: CoxData, fitted: Fitted) -> Table | None:
    """Each exposure by each analysis; None where no model has an exposure.

    The models are those of the time-dependent analysis with the same covariates: the multivariable
    one, else that of the exposure alone.
    """
    changes = data.changes
    if changes is None:
        return None
    model_of = {}
    for text in changes.exposures:
        models = [m for m in (fitted.final, *fitted.alone) if m and _has(m, text)]
        if models:
            model_of[text] = models[0]
    if not model_of:
        return None
    analyses = [_naive(data, changes), *(_landmark(data, changes, t) for t in _landmarks(data))]
    rows: list[Row] = []
    for text, model in model_of.items():
        rows += [_fixed_row(analysis, text, model) for analysis in analyses]
        rows.append(_row(data, model, text, "time-dependent", None))
    return Table(
        "exposures", "Exposures that begin later", KEYS, tuple(rows), _columns(data, rows),
        _footnotes(data, model_of),
    )  # fmt: skip


def _landmarks(data: CoxData) -> list[float]:
    return sorted(set(data.spec.landmark))


def _has(model: Model, text: str) -> bool:
    return text in {term.text for term in model.terms}


def _naive(data: CoxData, changes: Changes) -> _Fixed:
    """From time 0, as if it had been known then who was ever going to be exposed."""
    assert changes.fixed is not None
    fixed = changes.fixed
    terms = changes.as_of(fixed.time, np.zeros(fixed.time.size))
    return _Fixed("naive", None, _as_in(fixed, data), terms)


def _landmark(data: CoxData, changes: Changes, landmark: float) -> _Fixed:
    """From the landmark, with what is known then; those not at risk after it do not count."""
    assert changes.fixed is not None
    fixed = _as_in(changes.fixed, data)
    later = fixed.rows & (fixed.time > landmark + changes.tolerance)
    at = np.full(fixed.time.size, landmark)
    fixed = replace(fixed, time=fixed.time - landmark, rows=later)
    return _Fixed("landmark", landmark, fixed, changes.as_of(at, at))


def _as_in(fixed: CoxData, data: CoxData) -> CoxData:
    """The rows of the cohort with the options that the models were fitted with."""
    return replace(fixed, spec=data.spec, _latest={})


def _fixed_row(analysis: _Fixed, text: str, model: Model) -> Row:
    terms = [analysis.terms[term.text] for term in model.terms]
    rows = complete(analysis.data, terms)
    try:
        fit = analysis.data.fit(terms, rows, model.name, model.kind)
    except AnalysisError:  # nobody is exposed by then, or nobody has the event
        counts = _counts(analysis.data, rows, analysis.terms[text])
        return {
            "term": text, "analysis": analysis.name, "landmark": analysis.landmark, **counts,
            **dict.fromkeys(_EFFECT),
        }  # fmt: skip
    return _row(analysis.data, fit, text, analysis.name, analysis.landmark)


def _row(data: CoxData, model: Model, text: str, name: str, landmark: float | None) -> Row:
    term = next(term for term in model.terms if term.text == text)
    found = next((row for row in term_rows(data, model) if row["term"] == text), {})
    return {
        "term": text, "analysis": name, "landmark": landmark, **_counts(data, model.rows, term),
        **{key: found.get(key) for key in _EFFECT},
    }  # fmt: skip


def _counts(data: CoxData, rows: Mask, term: ModelTerm) -> dict[str, Value]:
    """Patients, those of them who are exposed at some time, and events."""
    assert term.factor is not None
    return {
        "n": data.patients_among(rows),
        "exposed": data.patients_among(rows & (term.factor.codes == 1)),
        "events": int(data.event[rows].sum()),
    }


def _columns(data: CoxData, rows: Sequence[Row]) -> tuple[Column, ...]:
    unit = data.outcome.endpoint.unit
    several = len({row["term"] for row in rows}) > 1
    places = max((len(f"{t:g}".partition(".")[2]) for t in data.spec.landmark), default=0)
    at = Column(f"Landmark{f', {unit}' if unit else ''}", ("landmark",), kind="statistic",
                decimals=places)  # fmt: skip
    ci = confidence(data.spec.conf_level)
    return (
        *([Column("Exposure", ("term",), labels=data.labels)] if several else []),
        Column("Analysis", ("analysis",), labels=ANALYSES),
        *([at] if data.spec.landmark else []),
        Column("n", ("n",)), Column("Exposed", ("exposed",)), Column("Events", ("events",)),
        Column(f"HR ({ci})", ("hr", "lower", "upper", "n"), form="effect"), Column("p", ("p",)),
    )  # fmt: skip


def _footnotes(data: CoxData, models: Mapping[str, Model]) -> tuple[str, ...]:
    texts = [
        "Naive: exposed from time 0 if exposed at any time.",
        *(["Landmark: exposed if exposed by the landmark, in the patients at risk after it, with "
           "time counted from it; who is exposed later counts as unexposed."]
          if data.spec.landmark else []),
        "Time-dependent: unexposed until the exposure begins, exposed from then on.",
    ]  # fmt: skip
    if any(len(model.terms) > 1 for model in models.values()):
        texts.append("All are adjusted for the other covariates of the model.")
    return " ".join(texts), *(_why(data, *item) for item in models.items())


def _why(data: CoxData, text: str, model: Model) -> str:
    """Why the naive analysis differs: the time that the exposed had to survive unexposed."""
    assert data.changes is not None
    assert data.changes.fixed is not None
    fixed = data.changes.fixed
    when = data.changes.timing(text)
    analysed = np.zeros(fixed.time.size, dtype=np.bool_)
    if data.patient is not None:
        analysed[data.patient[model.rows]] = True
    late = (when.during | when.at_end) & analysed
    waited = np.minimum(data.changes.exposures[text].begins, fixed.time)[late]
    unit = data.outcome.endpoint.unit or "units of time"
    name = in_sentence(data.labels[text])
    if not late.any():
        return f"No patient was followed before {name} began, so the analyses hardly differ."
    return (
        f"{counted(int(late.sum()), 'patient')} had to survive {number(float(waited.sum()), 0)} "
        f"{unit} in all before {name} began. The naive analysis counts this time, in which they "
        "could not have an event, as exposed, which makes the hazard of the exposed too low "
        "(immortal-time bias)."
    )
