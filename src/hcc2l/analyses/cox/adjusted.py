"""Survival curves by the levels of a covariate, adjusted for the others."""

from __future__ import annotations

import numpy as np

from hcc2l.analyses.cox.data import CoxData
from hcc2l.analyses.regression.models import Model
from hcc2l.design import Floats
from hcc2l.errors import AnalysisError, UsageError, quoted_list
from hcc2l.numerals import confidence
from hcc2l.report import Column, Row, Table, finite
from hcc2l.stats.kaplan_meier import KaplanMeier, confidence_limits, quantiles

GROUP_KEYS = ("group", "n", "events", "median", "lower", "upper")


CURVE_KEYS = ("group", "time", "estimate", "std_err", "lower", "upper")


def adjusted_tables(data: CoxData, model: Model | None) -> list[Table]:
    """Tables of the adjusted median by level, and of the curves, of `--adjusted-curves`.

    Survival is predicted for every patient of the model at each level and averaged.

    Raises
    ------
    UsageError
        The term is not a covariate, or is a number.
    AnalysisError
        The multivariable model does not contain it.
    """
    text = data.spec.adjusted_curves or ""
    levels = _levels(data, model, text)
    assert model is not None
    predict = data.prediction(model)
    strata = data.strata_of(model.rows)
    codes = np.zeros(model.n, dtype=np.int64) if strata is None else strata
    weights = None if data.weights is None else data.weights[model.rows]
    unit = f", {data.outcome.endpoint.unit}" if data.outcome.endpoint.unit else ""
    groups: list[Row] = []
    curves: list[Row] = []
    for level in levels:
        time, survival, std_err = predict.average(_as_if(model, text, level), codes, weights)
        curve = _curve(time, survival, std_err)
        (median,) = quantiles(curve, (0.5,), "log", data.spec.conf_level)
        inside = _inside(model, text, level)
        groups.append(
            {"group": level, "n": int(inside.sum()),
             "events": int(data.event[model.rows][inside].sum()),
             "median": finite(median.estimate), "lower": finite(median.lower),
             "upper": finite(median.upper)}
        )  # fmt: skip
        lower, upper = confidence_limits(survival, curve.std_err_log, "log", data.spec.conf_level)
        arrays = (time, survival, std_err, lower, upper)
        for t, s, e, low, high in zip(*(a.tolist() for a in arrays), strict=True):
            curves.append({"group": level, "time": t, "estimate": s, "std_err": finite(e),
                           "lower": finite(low), "upper": finite(high)})  # fmt: skip
    ci = f"({confidence(data.spec.conf_level)})"
    columns = (
        Column(data.labels[text], ("group",)), Column("n", ("n",)), Column("Events", ("events",)),
        Column(f"Median{unit} {ci}", ("median", "lower", "upper"), form="interval"),
    )  # fmt: skip
    foot = (f"Mean survival predicted for all {model.n} patients of the multivariable model, as if "
            "each had the level shown; n and events are as observed.",)  # fmt: skip
    return [
        Table("adjusted", "Adjusted survival", GROUP_KEYS, tuple(groups), columns, foot),
        Table("adjusted_curve", "Adjusted survival curves", CURVE_KEYS, tuple(curves)),
    ]


def _levels(data: CoxData, model: Model | None, text: str) -> tuple[str, ...]:
    where = f"--adjusted-curves {text}"
    if text not in data.spec.covariates:
        raise UsageError(
            f"{text!r} is not among the covariates.", where=where, hint=f"Add it: -x …,{text}."
        )
    term = next((t for t in model.terms if t.text == text), None) if model else None
    if model is None or term is None:
        raise AnalysisError(
            f"{text} is not in a multivariable model, so its curves cannot be adjusted.",
            where=where,
            hint="Drop --univariable, --select or --stepwise.",
        )
    if term.factor is None:
        raise UsageError(
            f"{text} is numeric and has no groups to draw curves for.",
            where=where,
            hint=f"Cut it, both here and in -x: {term.column}@median.",
        )
    columns = zip(model.matrix.columns, model.dropped, strict=True)
    dropped = [c.level for c, absent in columns if absent and c.term == text]
    if dropped:
        raise AnalysisError(
            f"The other covariates or strata determine {quoted_list(dropped)} completely.",
            where=where,
            hint="Drop the covariate or stratum that duplicates this one.",
        )
    return term.factor.take(model.rows).levels


def _as_if(model: Model, text: str, level: str) -> Floats:
    """The covariates of the model's patients with one level of a term for all."""
    x = model.matrix.x.copy()
    for i, column in enumerate(model.matrix.columns):
        if column.term == text:
            x[:, i] = float(column.level == level)
    return x


def _inside(model: Model, text: str, level: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Whether each of the model's patients has a level, shape (n,)."""
    term = next(t for t in model.terms if t.text == text)
    assert term.factor is not None
    return np.asarray(
        term.factor.codes[model.rows] == term.factor.levels.index(level), dtype=np.bool_
    )


def _curve(time: Floats, survival: Floats, std_err: Floats) -> KaplanMeier:
    """The curve as a Kaplan–Meier estimate without counts, for its quantiles and limits."""
    none = np.zeros(time.size)
    with np.errstate(divide="ignore", invalid="ignore"):
        return KaplanMeier(time, none, none, none, survival, std_err / survival, 0)
