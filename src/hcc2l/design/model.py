"""Terms of a regression model as columns of numbers, with the rows that have them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from hcc2l.cohort import Cohort, Column
from hcc2l.design.dates import looks_like_dates
from hcc2l.design.factors import MAX_LEVELS, Factor, factor
from hcc2l.design.levels import distinct
from hcc2l.design.rows import Floats, Ints, Mask, numbers
from hcc2l.errors import UsageError
from hcc2l.specs import AnalysisSpec
from hcc2l.terms import parse_term


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
    """

    text: str
    column: str
    label: str
    values: Floats | None
    factor: Factor | None

    @property
    def missing(self) -> Mask:
        """Shape (n,): True where the covariate is missing."""
        if self.factor is not None:
            return np.asarray(self.factor.codes < 0)
        return np.isnan(self.values) if self.values is not None else np.zeros(0, dtype=np.bool_)

    def take(self, rows: Ints) -> ModelTerm:
        """The covariate of some rows, which may repeat."""
        if self.factor is not None:
            return replace(self, factor=replace(self.factor, codes=self.factor.codes[rows]))
        return replace(self, values=None if self.values is None else self.values[rows])


@dataclass(frozen=True)
class ModelColumn:
    """One column of the design matrix: a number, or a level against the reference."""

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
    """

    x: Floats
    columns: tuple[ModelColumn, ...]

    @property
    def terms(self) -> tuple[str, ...]:
        """The term of each column."""
        return tuple(column.term for column in self.columns)


def model_term(
    cohort: Cohort, text: str, spec: AnalysisSpec, option: str, keep: Mask, outcome: Sequence[str]
) -> ModelTerm:
    """A covariate; `outcome` are columns of the outcome, which are refused.

    Raises
    ------
    UsageError
        An unknown column, a column of the outcome, the id, or a date.
    """
    term = parse_term(text, cohort.names, option)
    column = cohort.column(term.column)
    label = cohort.label(term.column)
    where = f"{option} {text}"
    for source in cohort.sources(term.column):
        refuse_own(source, where, outcome)
    if term.column == cohort.id_column:
        raise UsageError(f"{term.column} identifies the patients.", where=where, hint="Remove it.")
    if column.kind == "date" or looks_like_dates(column):
        raise UsageError(
            f"{term.column} is a date.",
            where=where,
            hint="Use a number derived from it, such as age.",
        )
    entry = cohort.dictionary.column(term.column)
    as_factor = (
        term.comparison is not None
        or bool(term.cuts)
        or term.dictionary_cut
        or any(cut.partition("=")[0] == term.column for cut in spec.cut)
        or (column.kind == "text" and not _number_with_errors(cohort, column))
        or entry.type in ("factor", "ordered")
        or bool(entry.levels)
    )
    if as_factor:
        groups = factor(cohort, text, spec, option, keep)
        return ModelTerm(text, term.column, groups.label, None, groups)
    unit = f", {entry.unit}" if entry.unit else ""
    return ModelTerm(text, term.column, label + unit, numbers(cohort, term.column, keep), None)


def _number_with_errors(cohort: Cohort, column: Column) -> bool:
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


def refuse_own(column: str, where: str, outcome: Sequence[str]) -> None:
    """UsageError for a column of the outcome used as a covariate, stratum or subgroup."""
    if column in outcome:
        raise UsageError(
            f"{column} is part of the outcome and cannot be a covariate, stratum or subgroup.",
            where=where,
            hint="Drop it.",
        )


def group_term(
    cohort: Cohort, text: str, spec: AnalysisSpec, option: str, keep: Mask, outcome: Sequence[str]
) -> ModelTerm:
    """A term as groups, for subgroups."""
    for source in cohort.sources(parse_term(text, cohort.names, option).column):
        refuse_own(source, f"{option} {text}", outcome)
    groups = factor(cohort, text, spec, option, keep)
    return ModelTerm(text, groups.column, groups.label, None, groups)


def model_matrix(terms: Sequence[ModelTerm], rows: Mask) -> ModelMatrix:
    """The design matrix on the rows of a mask, which must be complete in every term."""
    parts: list[Floats] = []
    columns: list[ModelColumn] = []
    for term in terms:
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
    return ModelMatrix(x, tuple(columns))
