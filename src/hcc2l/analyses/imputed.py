"""An analysis in imputed data sets: the completed cohorts, and how to say what was completed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from hcc2l import references
from hcc2l.analyses.imputation import (
    imputation_references,
    imputation_sentences,
    imputations_from_file,
)
from hcc2l.cohort import Cohort, Column
from hcc2l.design import Floats, Mask
from hcc2l.design.imputation import Imputations, imputation_model, impute
from hcc2l.design.rows import numbers
from hcc2l.errors import UsageError
from hcc2l.number_format import parse_number
from hcc2l.report import Note
from hcc2l.specs import RegressionSpec
from hcc2l.specs.imputation import ImputationOptions
from hcc2l.terms import QUANTILES, Term


def completed(
    cohort: Cohort,
    spec: ImputationOptions,
    terms: Sequence[Term],
    rows: Mask,
    outcomes: Mapping[str, Floats],
) -> Imputations | None:
    """The cohort completed as the options say; None where nothing is missing, or to be imputed.

    Arguments as of `imputation_model`.

    Raises
    ------
    UsageError
        A column with gaps is cut at its median, or into groups of equal size.
    """
    if not spec.imputes:
        return None
    _refuse_quantiles(cohort, terms, rows)
    model = imputation_model(cohort, terms, rows, outcomes)
    if spec.imputations is not None:
        return imputations_from_file(cohort, spec.imputations, model)
    if not model.imputed:
        return None
    return impute(cohort, model, sets=spec.impute or "auto", seed=spec.seed, workers=spec.workers)


def _refuse_quantiles(cohort: Cohort, terms: Sequence[Term], rows: Mask) -> None:
    for term in terms:
        cuts = term.cuts or term.cuts_of_option
        if not cuts or cuts[0] not in QUANTILES:
            continue
        if np.isnan(numbers(cohort, term.column, rows)[rows]).any():
            raise UsageError(
                f"The cut-points of {term.text} would differ between the imputed data sets.",
                where=term.where,
                hint=f"Name the cut-point: {term.column}@VALUE.",
            )


@dataclass(frozen=True)
class Shift:
    """A number added to the imputed values of a column."""

    column: str
    by: float


def shifts_of(spec: RegressionSpec, cohort: Cohort) -> tuple[Shift, ...]:
    """The changes of `--shift`.

    Raises
    ------
    UsageError
        It is not a column of the cohort and a number.
    """
    found = []
    for text in spec.shift:
        name, equals, number = text.rpartition("=")
        by = parse_number(number)
        if not equals or by is None:
            raise UsageError(
                f"{text!r} is not a column and a number.",
                where="--shift",
                hint="Write COL=D, such as albumin=-0.3.",
            )
        if name not in cohort.names:
            raise UsageError(
                f"There is no column {name!r} in the cohort.",
                where=f"--shift {text}",
                hint="Name a column with missing values.",
            )
        found.append(Shift(name, by))
    return tuple(found)


def shifted(imputed: Imputations, shifts: Sequence[Shift]) -> tuple[Cohort, ...]:
    """The completed cohorts with numbers added to imputed values.

    Raises
    ------
    UsageError
        A column has no imputed numbers.
    """
    gaps = {c.name: c.gaps for c in imputed.model.imputed if not c.levels}
    for shift in shifts:
        if shift.column not in gaps:
            raise UsageError(
                f"No number of {shift.column} was imputed.",
                where="--shift",
                hint=f"Choose from: {', '.join(gaps)}." if gaps else "Omit --shift.",
            )
    return tuple(
        one.with_columns({s.column: _moved(one, s, gaps[s.column]) for s in shifts})
        for one in imputed.cohorts
    )


def _moved(cohort: Cohort, shift: Shift, gaps: Mask) -> Column:
    """A column of numbers, with a number added in its former gaps."""
    column = cohort.column(shift.column)
    values = cohort.numbers(shift.column, gaps | ~column.missing)
    return replace(
        column, kind="number", values=np.where(gaps, values + shift.by, values), coded=None,
        limits={}, written=None,
    )  # fmt: skip


def nothing_imputed() -> list[Note]:
    """The note where no value was missing."""
    text = "No value of the variables analysed is missing, so nothing was imputed."
    return [Note("info", "nothing-imputed", text)]


def pooling_sentences(imputed: Imputations, cohort: Cohort) -> tuple[list[str], list[str]]:
    """How values were imputed and estimates pooled, for the methods, and what they cite."""
    pooled = "Estimates were pooled by Rubin's rules with the degrees of freedom of Barnard and "
    return (
        [*imputation_sentences(imputed, cohort), f"{pooled}Rubin."],
        [*imputation_references(imputed), references.RUBIN_1987, references.BARNARD_RUBIN_1999],
    )
