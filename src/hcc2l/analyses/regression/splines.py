"""The curves of splines: their tests, their ratios, and how other forms of the marker fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from hcc2l.analyses.regression.models import (
    Fitted,
    Model,
    Regression,
    interaction_model,
    test_of_columns,
)
from hcc2l.analyses.regression.tables import MODELS
from hcc2l.design import Factor, Floats, Mask
from hcc2l.design.model import ModelTerm, off_scale, on_scale
from hcc2l.errors import AnalysisError
from hcc2l.number_format import number_text
from hcc2l.numerals import confidence, cutpoint, in_text
from hcc2l.report import Column, Row, Table, finite
from hcc2l.stats.splines import Relative, basis, relative
from hcc2l.wording import listed

POINTS = 101  # of a curve, beside the reference, knots and percentiles of the marker
PERCENTILES = (5, 25, 50, 75, 95)
DIGITS = 12  # of values that were on another scale
FEW_DIGITS = 20  # values from here on are written with one decimal place, others with two
TESTS = {"overall": "Overall", "nonlinear": "Non-linearity"}
FORMS = {
    "linear": "Straight line",
    "log2": "Logarithm (per doubling)",
    "rcs": "Spline",
    "cut": "Groups",
}


@dataclass(frozen=True)
class SplineCurve:
    """The ratios along a spline, of all patients or in each group of an interaction.

    Attributes
    ----------
    name
        The term, or ``A:B`` of an interaction.
    by
        The groups of the interaction; None without one. All are compared with the reference value
        in the first group.
    values
        Shape (rows of the model,): of the column, in its unit.
    reference
        In that unit.
    """

    name: str
    term: ModelTerm
    model: Model
    by: ModelTerm | None
    values: Floats
    reference: float

    @property
    def knots(self) -> Floats:
        """The knots in the unit of the column, ascending."""
        return _short(off_scale(self.model.matrix.knots[self.term.text], self.term.scale))

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups of the interaction, the reference first; `all` without one."""
        if self.by is None:
            return ("all",)
        assert self.by.factor is not None
        return self.by.factor.take(self.model.rows).levels

    @property
    def shown(self) -> Floats:
        """The values that a table shows, ascending: percentiles and the reference."""
        return np.unique([*_short(np.percentile(self.values, PERCENTILES)), self.reference])

    @property
    def grid(self) -> Floats:
        """The values that are drawn: evenly spaced on the scale of the term, and percentiles."""
        low, high = self.values.min(), self.values.max()
        first, last = on_scale(np.array([low, high]), self.term.scale).tolist()
        even = _short(off_scale(np.linspace(first, last, POINTS), self.term.scale))
        dense = _short(np.percentile(self.values, range(1, 100)))
        chosen = np.concatenate([even[1:-1], dense, [low, high], self.knots, self.shown])
        return np.unique(chosen[(chosen >= low) & (chosen <= high)])

    def ratios(self, values: Floats, group: str) -> Relative | None:
        """The ratios of some values in a group; None where they cannot be estimated."""
        levels = self.groups
        columns = self._columns(values, levels.index(group))
        reference = self._columns(np.array([self.reference]), 0)
        used = (np.abs(columns).max(axis=0) > 0) | (reference[0] != 0)
        if not self.model.estimable[used].all():
            return None
        coef, variance = self.model.coef[used], self.model.variance[np.ix_(used, used)]
        return relative(columns[:, used], reference[0, used], coef, variance)

    def _columns(self, values: Floats, place: int) -> Floats:
        """The columns of the model for some values in one group, the other covariates at 0."""
        matrix = self.model.matrix
        spline = basis(on_scale(values, self.term.scale), matrix.knots[self.term.text])
        x = np.zeros((values.size, len(matrix.columns)))
        names = np.array([column.term for column in matrix.columns])
        x[:, names == self.term.text] = spline
        if self.by is None or place == 0:
            return x
        level = np.zeros(len(self.groups) - 1)
        level[place - 1] = 1.0
        x[:, names == self.by.text] = level
        first, _, _ = self.name.partition(":")
        pair = (spline, level[None, :].repeat(values.size, axis=0))
        a, b = pair if first == self.term.text else pair[::-1]
        x[:, names == self.name] = np.einsum("ni,nj->nij", a, b).reshape(values.size, -1)
        return x


def _short(values: Floats) -> Floats:
    """Numbers without the rounding of a logarithm and back: 227.4, not 227.39999999999998."""
    with np.errstate(divide="ignore"):
        magnitude = np.floor(np.log10(np.abs(values)))
    power = 10.0 ** (DIGITS - 1 - np.where(np.isfinite(magnitude), magnitude, 0.0))
    return np.asarray(np.round(values * power) / power, dtype=np.float64)


def _of_column(term: ModelTerm) -> Floats:
    """The values of a spline in the unit of its column, shape (n,)."""
    assert term.values is not None
    return term.values if term.scale is None else _short(off_scale(term.values, term.scale))


def spline_curves(
    data: Regression, terms: Mapping[str, ModelTerm], fitted: Fitted
) -> list[SplineCurve]:
    """The curves of the multivariable model, or of univariable ones, and those by group.

    Raises
    ------
    AnalysisError
        A reference lies outside the values of the model.
    """
    curves = []
    for text in dict.fromkeys(data.spec.covariates):
        term = terms[text]
        if term.spline is None:
            continue
        models = [fitted.final, *fitted.alone]
        model = next((m for m in models if m is not None and text in m.matrix.knots), None)
        if model is not None:
            curves.append(_curve(text, term, model, None))
        curves += [
            _curve(f"{a.text}:{b.text}", term, interaction_model(data, a, b, fitted.final), by)
            for a, b in _pairs(data, terms) if text in (a.text, b.text)
            for by in (a, b) if by.factor is not None
        ]  # fmt: skip
    return curves


def _pairs(
    data: Regression, terms: Mapping[str, ModelTerm]
) -> Iterator[tuple[ModelTerm, ModelTerm]]:
    for text in data.spec.interaction:
        a, b = (terms[part.strip()] for part in text.split(":"))
        yield a, b


def _curve(name: str, term: ModelTerm, model: Model, by: ModelTerm | None) -> SplineCurve:
    assert term.spline is not None
    values = _of_column(term)[model.rows]
    given, low, high = term.spline.reference, float(values.min()), float(values.max())
    if given is not None and not low <= given <= high:
        raise AnalysisError(
            f"The reference {number_text(given)} lies outside the values of {term.column} in this "
            f"model, {cutpoint(low)} to {cutpoint(high)}.",
            where=f"--ref {term.column}={number_text(given)}",
            hint="Choose a value that occurs, or omit --ref for the median.",
        )
    reference = float(_short(np.median(values, keepdims=True))[0]) if given is None else given
    return SplineCurve(name, term, model, by, values, reference)


def spline_tables(data: Regression, fitted: Fitted, curves: Sequence[SplineCurve]) -> list[Table]:
    """Tests, ratios at percentiles, other forms; for JSON and CSV also knots and whole curves."""
    return [
        _tests(data, fitted),
        *([_ratios(data, curves)] if curves else []),
        *([_forms(data, curves)] if curves else []),
        _knots(fitted),
        *([_whole(data, curves)] if curves else []),
    ]


def _splines(model: Model) -> list[ModelTerm]:
    return [term for term in model.terms if term.spline is not None]


def _tests(data: Regression, fitted: Fitted) -> Table:
    """Overall and of non-linearity, in every model."""
    rows: list[Row] = []
    for model in fitted.models:
        for term in _splines(model):
            for test, columns in tested(model, term).items():
                statistic, df, p = test_of_columns(data, model, columns)
                rows.append({"model": model.name, "term": term.text, "test": test,
                             "statistic": finite(statistic), "df": df, "p": finite(p)})  # fmt: skip
    robust = any(model.robust_std_err is not None for model in fitted.models)
    kinds = {m.name: MODELS["univariable" if m.kind == "univariable" else "multivariable"]
             for m in fitted.models}  # fmt: skip
    columns_ = (
        Column("Variable", ("term",), labels=data.labels),
        Column("Model", ("model",), labels=kinds), Column("Test", ("test",), labels=TESTS),
        Column("χ²", ("statistic",)), Column("df", ("df",)), Column("p", ("p",)),
    )  # fmt: skip
    title = f"Tests of splines ({'Wald' if robust else 'likelihood ratio'})"
    keys = ("model", "term", "test", "statistic", "df", "p")
    return Table("spline_tests", title, keys, tuple(rows), columns_)


def tested(model: Model, term: ModelTerm) -> dict[str, Mask]:
    """The columns of a spline that each of its tests leaves out."""
    columns = model.matrix.columns
    overall = np.array([column.term == term.text for column in columns])
    return {
        "overall": overall,
        "nonlinear": overall & np.array([column.level != "linear" for column in columns]),
    }


def curve_rows(data: Regression, curve: SplineCurve, values: Floats) -> Iterator[Row]:
    """The ratios of some values, group by group."""
    for group in curve.groups:
        found = curve.ratios(values, group)
        blank = np.full(values.size, np.nan)
        ratio = blank if found is None else found.ratio
        lower, upper = (blank, blank) if found is None else found.limits(data.spec.conf_level)
        for i, value in enumerate(values.tolist()):
            yield {"term": curve.name, "group": group, "value": value,
                   "reference": curve.reference, data.ratio: finite(ratio[i]),
                   "lower": finite(lower[i]), "upper": finite(upper[i])}  # fmt: skip


def _ratios(data: Regression, curves: Sequence[SplineCurve]) -> Table:
    """The ratios at some percentiles of the marker, and 1 without limits at the reference."""
    rows = tuple(
        {**row, **(dict.fromkeys(("lower", "upper")) if row[data.ratio] == 1.0 else {})}
        for curve in curves
        for row in curve_rows(data, curve, curve.shown)
    )
    ratio = data.ratio.upper()
    fewest = min(np.abs(curve.shown).max() for curve in curves)
    group = [Column("Group", ("group",), labels={"all": "All patients"})]
    columns = (
        Column("Variable", ("term",), labels=curve_labels(data, curves)),
        *(group if any(curve.by for curve in curves) else []),
        Column("Value", ("value",), kind="count" if fewest >= FEW_DIGITS else None),
        Column(f"{ratio} ({confidence(data.spec.conf_level)})", (data.ratio, "lower", "upper"),
               form="effect"),
    )  # fmt: skip
    places = listed([f"{p}th" for p in PERCENTILES])
    notes = [f"The values are the reference and the {places} percentiles of the patients of the "
             "model."]  # fmt: skip
    if any(curve.by for curve in curves):
        notes.append("All groups are compared with the reference value in the first of them.")
    title = "Hazard ratios along the splines" if ratio == "HR" else "Odds ratios along the splines"
    return Table("spline_ratios", title, tuple(rows[0]), rows, columns, tuple(notes))


def curve_labels(data: Regression, curves: Sequence[SplineCurve]) -> dict[str, str]:
    """The label of each curve: that of its term, or of the two of an interaction."""
    return {
        curve.name: data.labels[curve.term.text]
        + ("" if curve.by is None else f" by {data.labels[curve.by.text]}")
        for curve in curves
    }


def _whole(data: Regression, curves: Sequence[SplineCurve]) -> Table:
    rows = tuple(row for curve in curves for row in curve_rows(data, curve, curve.grid))
    return Table("spline_curve", "Curves of the splines", tuple(rows[0]), rows)


def _knots(fitted: Fitted) -> Table:
    """The knots of every model in the unit of the column; the coefficients belong to them."""
    rows: list[Row] = [
        {"model": model.name, "term": term.text, "knot": i, "value": value}
        for model in fitted.models
        for term in _splines(model)
        for i, value in enumerate(
            _short(off_scale(model.matrix.knots[term.text], term.scale)).tolist(), start=1
        )
    ]
    return Table("spline_knots", "Knots of the splines", ("model", "term", "knot", "value"),
                 tuple(rows))  # fmt: skip


# ---------------------------------------------------------------- other forms of the marker


def _forms(data: Regression, curves: Sequence[SplineCurve]) -> Table:
    """The same model with the marker as a line, per doubling, as spline and in groups."""
    rows: list[Row] = []
    for curve in curves:
        if curve.by is not None:
            continue
        for form, model in _models(data, curve):
            known = not model.unreached.any()
            rows.append({"term": curve.term.text, "form": form,
                         "loglik": model.loglik if known else None, "df": model.df,
                         "aic": finite(model.aic) if known else None})  # fmt: skip
    columns = (
        Column("Variable", ("term",), labels=data.labels),
        Column("Form", ("form",), labels=FORMS), Column("Log-likelihood", ("loglik",)),
        Column("df", ("df",)), Column("AIC", ("aic",)),
    )  # fmt: skip
    notes = [_form_note(data, curve) for curve in curves if curve.by is None]
    notes.append(
        "Same patients and same other covariates; a lower AIC is a better fit. Specify the form in "
        "advance: the p-value of the form that fits best is too small."
    )
    keys = ("term", "form", "loglik", "df", "aic")
    return Table("spline_forms", "Forms of the variable", keys, tuple(rows), columns, tuple(notes))


def _form_note(data: Regression, curve: SplineCurve) -> str:
    """The knots of the spline, and the cut-points of the groups."""
    cuts, given = _cuts(curve)
    knots = listed([in_text(knot) for knot in curve.knots.tolist()])
    where = listed([cutpoint(cut) for cut in cuts])
    label = data.labels[curve.term.text]
    return f"{label}: knots at {knots}; groups cut at {where}{'' if given else ', the median'}."


def _models(data: Regression, curve: SplineCurve) -> Iterator[tuple[str, Model]]:
    """The model of each form on the rows of the curve's model; those that cannot be fitted less."""
    base = curve.model
    raw = _of_column(curve.term)
    straight = replace(curve.term, values=raw, scale=None, spline=None)
    forms = {"linear": straight}
    if (curve.values > 0).all():
        forms["log2"] = replace(straight, values=np.log2(np.where(raw > 0, raw, np.nan)))
    forms |= {"rcs": curve.term, "cut": replace(straight, values=None, factor=_cut(curve, raw))}
    for form, term in forms.items():
        terms = [term if other.text == term.text else other for other in base.terms]
        try:
            model = base if form == "rcs" else data.fit(terms, base.rows, base.name, base.kind)
        except AnalysisError:  # nobody on one side of the cut-point
            continue
        yield form, model


def _cuts(curve: SplineCurve) -> tuple[tuple[float, ...], bool]:
    """The cut-points of the groups, and whether they are the column's own."""
    assert curve.term.spline is not None
    own = curve.term.spline.cuts
    return own or tuple(_short(np.median(curve.values, keepdims=True)).tolist()), bool(own)


def _cut(curve: SplineCurve, raw: Floats) -> Factor:
    """The marker in groups, closed on the left."""
    cuts, _ = _cuts(curve)
    codes = np.searchsorted(np.array(cuts), raw, side="right").astype(np.int64)
    codes[np.isnan(raw)] = -1
    levels = tuple(str(i) for i in range(len(cuts) + 1))
    ranks = tuple(range(len(levels)))
    return Factor(curve.term.text, curve.term.column, curve.term.label, levels, codes, ranks, cuts)
