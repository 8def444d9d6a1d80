"""Terms of a regression model as columns of numbers, with the rows that have them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from hcc2l.cohort import Cohort, Column
from hcc2l.design.dates import looks_like_dates
from hcc2l.design.factors import MAX_LEVELS, Factor, cuts_of, factor
from hcc2l.design.rows import Floats, Ints, Mask, numbers
from hcc2l.errors import AnalysisError, InputError, UsageError, quoted_list
from hcc2l.levels import distinct
from hcc2l.number_format import parse_number
from hcc2l.terms import Scale, Term
from hcc2l.wording import counted


@dataclass(frozen=True)
class Spline:
    """What is asked of a restricted cubic spline.

    Attributes
    ----------
    knots
        Their number.
    reference
        The value that others are compared with, in the unit of the column; None for the median.
    cuts
        The cut-points that the column has elsewhere, which the curve is compared with.
    label
        Of the column, with its unit.
    """

    knots: int
    reference: float | None
    cuts: tuple[float, ...]
    label: str


@dataclass(frozen=True)
class ModelTerm:
    """One covariate of a model.

    Attributes
    ----------
    text
        The term as typed.
    values
        Shape (n,): the number itself, or None for a factor.
    factor
        The groups of a factor, or None for a number.
    scale
        On which a number is, as its label says; None for the number itself.
    spline
        Of the number on its scale; None for a straight line.
    """

    text: str
    column: str
    label: str
    values: Floats | None
    factor: Factor | None
    scale: Scale | None = None
    spline: Spline | None = None

    @property
    def missing(self) -> Mask:
        """Shape (n,): True where the covariate is missing."""
        if self.factor is not None:
            return np.asarray(self.factor.codes < 0)
        return np.isnan(self.values) if self.values is not None else np.zeros(0, dtype=np.bool_)

    def varies(self, rows: Mask) -> bool:
        """Whether it has more than one value, or level, on the rows of a mask."""
        values = self.values if self.factor is None else self.factor.codes
        assert values is not None
        return np.unique(values[rows]).size > 1

    def take(self, rows: Ints) -> ModelTerm:
        """The covariate of some rows, which may repeat."""
        if self.factor is not None:
            return replace(self, factor=replace(self.factor, codes=self.factor.codes[rows]))
        return replace(self, values=None if self.values is None else self.values[rows])


@dataclass(frozen=True)
class ModelColumn:
    """One column of the design matrix: a number, a level against the reference, or of a spline.

    The columns of a spline have the levels ``linear``, ``nonlinear 1``, ``nonlinear 2`` …
    """

    term: str
    level: str | None
    reference: str | None


@dataclass(frozen=True)
class ModelMatrix:
    """The design matrix of some terms on some rows; treatment coding, no intercept.

    Attributes
    ----------
    x
        Shape (kept rows, p).
    columns
        Length p.
    knots
        Of each spline, by its term, on the scale of the term.
    """

    x: Floats
    columns: tuple[ModelColumn, ...]
    knots: Mapping[str, Floats] = field(default_factory=dict)

    @property
    def terms(self) -> tuple[str, ...]:
        """The term of each column."""
        return tuple(column.term for column in self.columns)


def model_term(cohort: Cohort, term: Term, keep: Mask, outcome: Sequence[str]) -> ModelTerm:
    """A covariate; `outcome` are columns of the outcome, which are refused.

    Raises
    ------
    UsageError
        A column of the outcome, the id, or a date.
    """
    column = usable_column(cohort, term, outcome)
    label = cohort.label(term.column)
    entry = cohort.dictionary.column(term.column)
    as_factor = (
        term.makes_groups
        or bool(term.cuts_of_option)
        or (column.kind == "text" and not number_with_errors(cohort, column))
        or entry.type in ("factor", "ordered")
        or bool(entry.levels)
    )
    if term.knots is not None:
        return _spline_term(cohort, term, column, keep)
    if as_factor and term.scale is None:
        return group_term(cohort, term, keep, outcome)
    values = numbers(cohort, term.column, keep)
    if term.scale is not None:
        label, values = _on_scale(cohort, term, term.scale, values, keep)
    elif entry.unit:
        label = f"{label}, {entry.unit}"
    return ModelTerm(term.text, term.column, label, values, None, term.scale)


def _spline_term(cohort: Cohort, term: Term, column: Column, keep: Mask) -> ModelTerm:
    """A restricted cubic spline of a number, or of its logarithm.

    Raises
    ------
    UsageError
        The column has levels, or `--ref` is not a number.
    """
    entry, label = cohort.dictionary.column(term.column), cohort.label(term.column)
    declared = entry.type in ("factor", "ordered") or bool(entry.levels)
    if declared or (column.kind == "text" and not number_with_errors(cohort, column)):
        raise UsageError(
            f"{term.column} has levels; only a number has a spline.",
            where=term.where,
            hint=f"Name the column itself: {term.option} {term.column}.",
        )
    assert term.knots is not None
    values = numbers(cohort, term.column, keep)
    label = f"{label}, {entry.unit}" if entry.unit else label
    of = ""
    if term.scale is not None:
        _, values = _on_scale(cohort, term, term.scale, values, keep)
        of = "" if term.scale.kind == "per" else ", log"
    cuts = cuts_of(cohort, replace(term, knots=None), keep)
    spline = Spline(term.knots, _reference(term), cuts, label)
    whole = f"{label} (spline{of})"
    return ModelTerm(term.text, term.column, whole, values, None, term.scale, spline)


def _reference(term: Term) -> float | None:
    """The value of `--ref` that the curve is compared with; None where there is none."""
    if not term.references:
        return None
    given = term.references[-1]
    value = parse_number(given.value or "")
    if value is None:
        raise UsageError(
            f"The reference of a spline is a number, not {given.value or ''!r}.",
            where=given.where,
            hint=f"Write --ref {term.column}=VALUE, or omit it for the median.",
        )
    return value


def on_scale(values: Floats, scale: Scale | None) -> Floats:
    """Numbers of a column on the scale of a term; NaN or infinite where there is no logarithm."""
    if scale is None:
        return values
    with np.errstate(invalid="ignore", divide="ignore"):
        if scale.kind == "per":
            return values / scale.unit
        return np.log2(values) if scale.kind == "log2" else np.log(values)


def off_scale(values: Floats, scale: Scale | None) -> Floats:
    """Numbers on the scale of a term in the unit of the column again."""
    if scale is None:
        return values
    if scale.kind == "per":
        return values * scale.unit
    return np.exp2(values) if scale.kind == "log2" else np.exp(values)


def _on_scale(
    cohort: Cohort, term: Term, scale: Scale, values: Floats, keep: Mask
) -> tuple[str, Floats]:
    """The label and the values of a number on another scale.

    Raises
    ------
    InputError
        A value of which the logarithm is asked is 0 or negative.
    """
    label = cohort.label(term.column)
    unit = cohort.dictionary.column(term.column).unit
    if scale.kind == "per":
        per = f"(per {scale.unit:g}{' ' + unit if unit else ''})"
        return f"{label} {per}", on_scale(values, scale)
    bad = np.flatnonzero(keep & (values <= 0))
    if bad.size:
        raise InputError(
            f"The logarithm of {term.column} does not exist in {counted(bad.size, 'patient')} with "
            f"a value of 0 or below: {quoted_list(cohort.row_name(int(i)) for i in bad)}.",
            where=f"{cohort.source.name}, column {term.column}",
            hint="Correct the cells, exclude these rows with --where, or cut the column into "
            f"groups: {term.column}@median.",
        )
    words = "per doubling" if scale.kind == "log2" else "natural logarithm"
    return f"{label} ({words})", on_scale(values, scale)


def number_with_errors(cohort: Cohort, column: Column) -> bool:
    """Whether a text column is a number with a few wrong cells, which are then reported."""
    if cohort.dictionary.column(column.name).type == "numeric":
        return True
    texts, codes = distinct(column)
    if len(texts) <= MAX_LEVELS:  # may be groups: 0, 1, 2 or more
        return False
    if column.format.doubtful:
        return True
    known = np.array([column.format.parse(text) is not None for text in texts])
    return bool(known[codes[codes >= 0]].mean() > 0.5)


def usable_column(cohort: Cohort, term: Term, outcome: Sequence[str]) -> Column:
    """The column of a covariate or a marker; `outcome` are columns of the outcome.

    Raises
    ------
    UsageError
        A column of the outcome, the id, or a date.
    """
    several = cohort.multi_select(term.column)
    if several and not term.asks_for_values:
        raise several.overlap(term.where)
    column = several.cells if several else cohort.column(term.column)
    for source in cohort.sources(term.column):
        refuse_own(source, term.where, outcome)
    if term.column == cohort.id_column:
        raise UsageError(
            f"{term.column} identifies the patients.", where=term.where, hint="Remove it."
        )
    if column.kind == "date" or looks_like_dates(column):
        raise UsageError(
            f"{term.column} is a date.",
            where=term.where,
            hint="Use a number derived from it, such as age.",
        )
    return column


def varying(terms: Sequence[ModelTerm], rows: Mask, *, together: bool) -> list[ModelTerm]:
    """The covariates with more than one value where they are known.

    Parameters
    ----------
    rows
        Shape (n,): the rows that are analysed where a covariate is known.
    together
        Whether a model of all is fitted, so that they must vary where all are known.

    Raises
    ------
    AnalysisError
        None of them varies.
    """
    kept = [term for term in terms if term.varies(rows & ~term.missing)]
    while together and kept:
        complete = rows & ~np.any([term.missing for term in kept], axis=0)
        constant = [term for term in kept if not term.varies(complete)]
        if not constant or not complete.any():
            break
        kept = [term for term in kept if term not in constant]
    if not kept:
        raise AnalysisError(
            "Every covariate has the same value in all patients analysed.",
            where="--drop-constant",
            hint="Name other covariates, or analyse more patients.",
        )
    return kept


def refuse_own(column: str, where: str, outcome: Sequence[str]) -> None:
    """UsageError for a column of the outcome used as a covariate, stratum or subgroup."""
    if column in outcome:
        raise UsageError(
            f"{column} is part of the outcome and cannot be a covariate, stratum or subgroup.",
            where=where,
            hint="Drop it.",
        )


def group_term(cohort: Cohort, term: Term, keep: Mask, outcome: Sequence[str]) -> ModelTerm:
    """A term as groups; `outcome` are columns of the outcome, which are refused."""
    for source in cohort.sources(term.column):
        refuse_own(source, term.where, outcome)
    groups = factor(cohort, term, keep)
    return ModelTerm(term.text, groups.column, groups.label, None, groups)


def model_matrix(
    terms: Sequence[ModelTerm], rows: Mask, knots: Mapping[str, Floats] | None = None
) -> ModelMatrix:
    """The design matrix on the rows of a mask, which must be complete in every term.

    Parameters
    ----------
    knots
        Of splines, by their terms; those that the rows give where None.

    Raises
    ------
    AnalysisError
        The rows have too few values for a spline.
    """
    parts: list[Floats] = []
    columns: list[ModelColumn] = []
    used: dict[str, Floats] = {}
    for term in terms:
        if term.spline is not None:
            given = None if knots is None else knots[term.text]
            used[term.text], basis = _spline_columns(term, rows, given)
            parts.append(basis)
            levels = ("linear", *(f"nonlinear {j}" for j in range(1, basis.shape[1])))
            columns += [ModelColumn(term.text, level, None) for level in levels]
            continue
        if term.factor is None:
            assert term.values is not None
            parts.append(term.values[rows])
            columns.append(ModelColumn(term.text, None, None))
            continue
        groups = term.factor.take(rows)
        for code, level in enumerate(groups.levels[1:], start=1):
            parts.append((groups.codes == code).astype(np.float64))
            columns.append(ModelColumn(term.text, level, groups.levels[0]))
    n = int(rows.sum())
    x = np.column_stack(parts) if parts else np.zeros((n, 0))
    return ModelMatrix(x, tuple(columns), used)


def _spline_columns(term: ModelTerm, rows: Mask, knots: Floats | None) -> tuple[Floats, Floats]:
    """The knots of a spline, and its columns on the rows of a mask."""
    from hcc2l.stats.splines import FEWEST_KNOTS, basis, default_knots

    assert term.values is not None
    assert term.spline is not None
    values = term.values[rows]
    if knots is None and values.size:
        knots = default_knots(values, term.spline.knots)
        if knots.size < FEWEST_KNOTS:
            raise AnalysisError(
                f"A spline of {term.column} needs at least {FEWEST_KNOTS + 2} different values, "
                f"none of them shared by most patients; there are {np.unique(values).size} in the "
                f"{counted(values.size, 'patient')} of this model.",
                where=f"-x {term.text}",
                hint=f"Use the number itself, {term.column}, or groups: {term.column}@VALUE.",
            )
    if knots is None:  # no rows, which is refused elsewhere
        knots = np.arange(FEWEST_KNOTS, dtype=np.float64)
    return knots, basis(values, knots)
