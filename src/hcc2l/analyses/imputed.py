"""An analysis in imputed data sets: the completed cohorts, and how to say what was completed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from hcc2l import references
from hcc2l.cohort import Cohort, Column
from hcc2l.design import Floats, Mask
from hcc2l.design.imputation import Imputations, imputation_model, impute
from hcc2l.design.stacked import imputations_of, set_column
from hcc2l.errors import UsageError
from hcc2l.number_format import parse_number
from hcc2l.numerals import percent_of
from hcc2l.readers import read_beside
from hcc2l.report import Column as Shown
from hcc2l.report import Note, Row, Table
from hcc2l.specs.imputation import ImputationOptions
from hcc2l.terms import Term
from hcc2l.wording import counted, in_sentence, listed

METHODS = {
    "pmm": "predictive mean matching",
    "logistic": "logistic regression",
    "multinomial": "multinomial logistic regression",
    "ordinal": "proportional-odds regression",
}
MOSTLY_MISSING = 0.5
"""Share of missing values above which a column is remarked on."""


def completed(
    cohort: Cohort,
    spec: ImputationOptions,
    terms: Sequence[Term],
    rows: Mask,
    outcomes: Mapping[str, Floats],
) -> Imputations | None:
    """The cohort completed as the options say; None where nothing is missing, or to be imputed.

    Arguments as of `imputation_model`.
    """
    if not spec.imputes:
        return None
    model = imputation_model(cohort, terms, rows, outcomes)
    if spec.imputations is not None:
        stacked = read_beside(cohort, spec.imputations, id_column=set_column)
        return imputations_of(cohort, model, stacked)
    if not model.imputed:
        return None
    return impute(cohort, model, sets=spec.impute or "auto", seed=spec.seed)


@dataclass(frozen=True)
class Shift:
    """A number added to the imputed values of a column."""

    column: str
    by: float


def shifts_of(spec: ImputationOptions, cohort: Cohort) -> tuple[Shift, ...]:
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


def imputed_table(imputed: Imputations) -> Table:
    """The columns that were completed, and in how many patients."""
    n = int(imputed.model.rows.sum())
    rows: list[Row] = [
        {"variable": column.name, "n": n, "missing": int(column.gaps.sum()),
         "percent": float(column.gaps.sum()) / n,
         "method": None if imputed.seed is None else METHODS[column.method or "pmm"]}
        for column in imputed.model.imputed
    ]  # fmt: skip
    labels = {column.name: column.label for column in imputed.model.imputed}
    shown = (
        Shown("Variable", ("variable",), labels=labels),
        Shown("Imputed", ("missing",)),
        Shown("%", ("percent",)),
        *(() if imputed.seed is None else (Shown("Method", ("method",)),)),
    )
    title = f"Values imputed in each of {imputed.sets} data sets"
    return Table("imputed", title, ("variable", "n", "missing", "percent", "method"), tuple(rows),
                 shown)  # fmt: skip


def imputation_notes(imputed: Imputations | None) -> list[Note]:
    """What a reader must know of the imputed values; None where no value was missing."""
    if imputed is None:
        return [
            Note("info", "nothing-imputed",
                 "No value of the variables analysed is missing, so nothing was imputed.")
        ]  # fmt: skip
    n = int(imputed.model.rows.sum())
    mostly = [
        f"{column.label} ({percent_of(column.gaps.sum(), n)})"
        for column in imputed.model.imputed
        if column.gaps.sum() > MOSTLY_MISSING * n
    ]
    if not mostly:
        return []
    return [
        Note("warning", "mostly-missing",
             f"More than half of the values of {listed(mostly)} were imputed: results for "
             f"{'it' if len(mostly) == 1 else 'them'} depend on the imputation model. Compare with "
             "the complete cases, and vary the imputed values (--shift).")
    ]  # fmt: skip


def imputation_sentences(imputed: Imputations | None) -> tuple[list[str], list[str]]:
    """Sentences of the methods paragraph, and what they cite."""
    if imputed is None:
        return [], []
    model = imputed.model
    names = listed([in_sentence(column.label) for column in model.imputed])
    some = counted(model.incomplete, "patient")
    if imputed.seed is None:
        how = f"{imputed.sets} imputed data sets were analysed"
        sentences = [f"Missing values of {names} ({some}) had been imputed; {how}."]
    else:
        by = listed(list(dict.fromkeys(
            f"{METHODS[c.method]} for {_kind(c.method)}" for c in model.imputed if c.method
        )))  # fmt: skip
        predictors = [c.label for c in model.columns if not c.gaps.any()]
        others = [in_sentence(p) for p in predictors] + list(model.outcomes)
        sentences = [
            f"Missing values of {names} ({some}) were imputed {imputed.sets} times by chained "
            f"equations ({imputed.iterations} iterations; {by}; seed {imputed.seed}). The "
            "imputation model contained all variables of the analysis"
            + (f", with {listed(others)} as complete predictors." if others else ".")
        ]
    sentences.append(
        "Estimates were pooled by Rubin's rules with the degrees of freedom of Barnard and Rubin."
    )
    cited = [references.RUBIN_1987, references.BARNARD_RUBIN_1999]
    if imputed.seed is not None:
        cited = [references.VAN_BUUREN_2011, references.WHITE_ROYSTON_2009, *cited]
    return sentences, cited


def _kind(method: str) -> str:
    return {
        "pmm": "numbers", "logistic": "variables with two levels",
        "multinomial": "unordered variables", "ordinal": "ordered variables",
    }[method]  # fmt: skip
