"""A nomogram of a saved model, and its equation."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from hcc2l.analyses.regression.saved_model import SavedModel, SavedTerm
from hcc2l.analyses.validate.application import Applied, contribution
from hcc2l.analyses.validate.data import Time, ValidationData
from hcc2l.design import Floats
from hcc2l.design.model import ModelTerm, on_scale
from hcc2l.errors import AnalysisError
from hcc2l.number_format import number_text
from hcc2l.numerals import percent, plain
from hcc2l.report import NomogramFigure, NomogramScale
from hcc2l.wording import listed

_RISKS = (0.01, 0.02, 0.05, *(k / 10 for k in range(1, 10)), 0.95, 0.98, 0.99)
_TICKS = 8  # about so many on a scale
_DECADES = 30  # the ratio of largest to smallest value beyond which ticks are at 1, 2 and 5


def nomogram(data: ValidationData) -> NomogramFigure:
    """The nomogram of the only model, over the values of the patients analysed.

    Raises
    ------
    AnalysisError
        There are several models, or no term of the model varies.
    """
    models = [p.model for p in data.predictors if p.model is not None]
    if len(models) != 1:
        raise AnalysisError(
            "A nomogram is of one model.", where="--which nomogram", hint="Name one --model."
        )
    (model,) = models
    terms = [_ticks(data, term, known)
             for term, known in zip(model.terms, model.saved.terms, strict=True)]  # fmt: skip
    widest = max(float(np.ptp(added)) for _, _, added in terms)
    if widest == 0:
        raise AnalysisError("All coefficients of the model are 0.", where="--which nomogram")
    point = widest / 100
    scales = [_scale("Points", _even(100.0), 1.0)]
    for label, texts, added in terms:
        places = (added - added.min()) / point
        steps = np.sign(np.diff(places))
        turns = bool((steps < 0).any() and (steps > 0).any())  # a spline
        back = np.concatenate(([False], steps < 0)) & turns
        scales.append(NomogramScale(label, tuple(places.tolist()), texts, tuple(back.tolist())))
    least = (model.saved.intercept or 0.0) + sum(float(added.min()) for _, _, added in terms)
    total = sum(float(np.ptp(added)) for _, _, added in terms) / point
    scales.append(_scale("Total points", _even(total), 100.0 / total))
    scales += _risk_scales(data, model, least, point, total)
    return NomogramFigure(tuple(scales))


def _ticks(
    data: ValidationData, term: ModelTerm, known: SavedTerm
) -> tuple[str, tuple[str, ...], Floats]:
    """Label of a term, texts of its ticks, and what each adds to the linear predictor."""
    label, unit = data.cohort.label(term.column), data.cohort.unit(term.column)
    if known.levels is not None:
        return term.label, tuple(known.levels), np.array(list(known.levels.values()))
    values = data.cohort.numbers(term.column)[data.account.keep]
    ticks = _nice(float(values.min()), float(values.max()))
    texts = tuple(plain(value) for value in ticks.tolist())
    added = contribution(known, on_scale(ticks, term.scale))
    return f"{label}, {unit}" if unit else label, texts, added


def _nice(low: float, high: float) -> Floats:
    """Round numbers from about `low` to about `high`."""
    if low == high:
        return np.array([low])
    if low > 0 and high / low > _DECADES:
        first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
        marks = np.array([m * 10.0**k for k in range(first, last + 1) for m in (1, 2, 5)])
        inside = (marks >= low * 0.999) & (marks <= high * 1.001)
        kept = marks[inside]
        return kept if kept.size <= 2 * _TICKS else kept[::3]
    step = _step(high - low)
    return np.asarray(np.arange(math.floor(low / step), math.ceil(high / step) + 1) * step)


def _step(span: float) -> float:
    size = 10.0 ** math.floor(math.log10(max(span, 1e-300) / _TICKS))
    return next(size * m for m in (1, 2, 5, 10) if span / (size * m) <= _TICKS)


def _even(end: float) -> Floats:
    step = _step(end)
    return np.asarray(np.arange(math.floor(end / step + 1e-9) + 1) * step)


def _scale(label: str, values: Floats, factor: float) -> NomogramScale:
    texts = tuple(plain(value) for value in values.tolist())
    return NomogramScale(
        label, tuple((values * factor).tolist()), texts, (False,) * values.size
    )  # fmt: skip


def _risk_scales(
    data: ValidationData, model: Applied, least: float, point: float, total: float
) -> Iterator[NomogramScale]:
    """The risk at each number of total points, by each time."""
    for time in data.times:
        linear = _linear_at(model.saved, time)
        if linear is None:
            continue
        places = (linear - least) / point
        known = [(p, place) for p, place in zip(_RISKS, places.tolist(), strict=True)
                 if 0 <= place <= total]  # fmt: skip
        by = f" by {data.at(time)}" if time is not None else ""
        yield NomogramScale(
            f"Risk{by}", tuple(place * 100 / total for _, place in known),
            tuple(percent(p, 0) for p, _ in known), (False,) * len(known),
        )  # fmt: skip


def _linear_at(saved: SavedModel, time: Time) -> Floats | None:
    """The linear predictors with the risks of `_RISKS`; None where no risk is known."""
    risks = np.array(_RISKS)
    if time is None:
        return np.asarray(np.log(risks / (1 - risks)))
    survival = None if saved.baseline is None else saved.baseline.at(time)
    if saved.baseline is None or survival is None or survival == 1:
        return None
    return np.asarray(
        saved.baseline.linear_predictor + np.log(np.log1p(-risks) / math.log(survival))
    )


def equation(data: ValidationData, model: Applied) -> str:
    """The model as a formula: its linear predictor, and the risk by each time."""
    saved = model.saved
    parts = [] if saved.intercept is None else [_signed(saved.intercept)]
    for term, known in zip(model.terms, saved.terms, strict=True):
        parts += _in_words(term, known)
    text = f"LP = {' + '.join(parts)}".replace("+ −", "− ")
    if saved.kind == "logistic":
        return f"{text}; risk = 1/(1 + exp(−LP))"
    for time in data.times:
        survival = None if saved.baseline is None or time is None else saved.baseline.at(time)
        if saved.baseline is not None and survival is not None:
            centre = saved.baseline.linear_predictor
            inner = f"LP + {_signed(-centre)}".replace("+ −", "− ") if centre else "LP"
            text += f"; risk by {data.at(time)} = 1 − {survival:.4g}^exp({inner})"
    return text


def _in_words(term: ModelTerm, known: SavedTerm) -> list[str]:
    if known.levels is not None:
        return [f"{_signed(coef)} × [{term.text} is {level}]"
                for level, coef in known.levels.items() if coef]  # fmt: skip
    name = term.column
    if term.scale is not None:
        name = {"log2": f"log₂({name})", "log": f"ln({name})"}.get(
            term.scale.kind, f"{name}/{number_text(term.scale.unit)}"
        )
    if known.coefs is not None and known.knots is not None:
        coefs = listed([_signed(coef) for coef in known.coefs])
        knots = listed([f"{knot:.4g}" for knot in known.knots])
        return [f"spline of {name} (knots {knots}; coefficients {coefs})"]
    return [f"{_signed(known.coef or 0.0)} × {name}"]


def _signed(value: float) -> str:
    return f"{value:.4g}".replace("-", "−")
