"""Scores and columns of predicted risks, read from the cohort."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hcc2l.cohort import Cohort
from hcc2l.design import Floats, Mask
from hcc2l.design.factors import Factor
from hcc2l.design.model import model_term, usable_column
from hcc2l.design.rows import numbers
from hcc2l.errors import InputError, UsageError, quoted_list
from hcc2l.terms import Term
from hcc2l.wording import counted

# Stages and grades, whose natural order is that of prognosis: 0, A, B7, 2a, II.
_STAGE = re.compile(r"[A-D]?\d{0,2}[a-d]?\d?|[IVX]{1,4}[ABCabc]?|T\d[ab]?|[<≥].*|.*–<.*|no|yes")


@dataclass(frozen=True)
class Score:
    """A score over all rows of the cohort.

    Attributes
    ----------
    values
        Shape (n,), NaN where unknown: a number, or a place among `levels`.
    """

    name: str
    label: str
    column: str
    values: Floats
    levels: tuple[str, ...] = ()


def read_score(cohort: Cohort, term: Term, keep: Mask, outcome: Sequence[str]) -> Score:
    """A score: a number on any scale, or groups in an order.

    Raises
    ------
    UsageError
        A column of the outcome, an id or a date; groups without an order.
    """
    if term.knots is not None:
        raise UsageError(
            f"{term.text} is a spline, which has several coefficients, not a score.",
            where=term.where,
            hint=f"Name the number itself, {term.column}; a spline belongs in a model (--model).",
        )
    read = model_term(cohort, term, keep, outcome)
    if read.factor is None:
        assert read.values is not None
        return Score(term.text, read.label, term.column, read.values)
    levels = _in_order(read.factor)
    declared = cohort.dictionary.column(term.column).levels or cohort.ordered(term.column)
    if not declared and not all(_STAGE.fullmatch(level) for level in levels):
        raise UsageError(
            f"The levels of {term.column} have no known order: {quoted_list(levels)}.",
            where=term.where,
            hint="List them in hcc2l.toml from the best to the worst prognosis: "
            f"[columns.{term.column}] levels = [...].",
        )
    places = np.array([*read.factor.ranks, np.nan])  # the last for -1, missing
    return Score(term.text, read.label, term.column, places[read.factor.codes], levels)


def _in_order(factor: Factor) -> tuple[str, ...]:
    return tuple(level for _, level in sorted(zip(factor.ranks, factor.levels, strict=True)))


def read_risk(cohort: Cohort, term: Term, keep: Mask, outcome: Sequence[str]) -> Score:
    """A column of predicted probabilities.

    Raises
    ------
    UsageError
        A term that is not a column, or a column of the outcome.
    InputError
        A value is not a probability.
    """
    if term.makes_groups or term.scale is not None or term.knots is not None:
        raise UsageError(
            f"{term.text} is not a column of predicted risks.", where=term.where,
            hint=f"Name the column itself: --risk {term.column}.",
        )  # fmt: skip
    usable_column(cohort, term, outcome)
    values = numbers(cohort, term.column, keep)
    with np.errstate(invalid="ignore"):
        bad = np.flatnonzero(keep & ((values < 0) | (values > 1)))
    if bad.size:
        raise InputError(
            f"{counted(bad.size, 'value')} of {term.column} "
            f"{'is' if bad.size == 1 else 'are'} not between 0 and 1: "
            f"{quoted_list(cohort.row_name(int(i)) for i in bad)}.",
            where=f"{cohort.source.name}, column {term.column}",
            hint="A predicted risk is a probability, such as 0.35 for 35%. A score without "
            "probabilities belongs in --score.",
        )
    return Score(term.text, cohort.label(term.column), term.column, values)
