"""A column before and a column after, read as numbers or as classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from hcc2l.cohort import Cohort
from hcc2l.design import Floats, Ints, Mask, factor
from hcc2l.design.model import ModelTerm, model_term
from hcc2l.design.rows import numbers
from hcc2l.errors import AnalysisError, UsageError, quoted_list
from hcc2l.levels import natural_order
from hcc2l.number_format import parse_number
from hcc2l.scores.laboratory import plain_unit
from hcc2l.terms import QUANTILES, Term, parse_cuts


@dataclass(frozen=True)
class Columns:
    """A pair of columns over all rows of the cohort, shape (rows,) each.

    Attributes
    ----------
    before, after
        The names of the columns.
    numbers
        Both as numbers, NaN where missing; None where they hold classes.
    levels, codes
        Both as classes, -1 where missing: of the columns, or of numbers that were cut; no levels
        for numbers that were not.
    """

    before: str
    after: str
    numbers: tuple[Floats, Floats] | None
    levels: tuple[str, ...]
    codes: tuple[Ints, Ints] | None

    @property
    def missing(self) -> tuple[Mask, Mask]:
        """Where each is missing."""
        if self.numbers is not None:
            first, second = (np.isnan(values) for values in self.numbers)
        else:
            assert self.codes is not None
            first, second = (codes < 0 for codes in self.codes)
        return first, second


def read_columns(
    cohort: Cohort, before: Term, after: Term, cut_of_all: str | None, keep: Mask
) -> Columns:
    """Two columns as numbers or as classes; only the `keep` rows must be readable.

    Raises
    ------
    UsageError
        They are one column, terms instead of columns, dates or ids, of different kinds or units,
        or have no class in common; or classes were to be cut.
    InputError
        A cell is not a number.
    AnalysisError
        All values of a column are missing.
    """
    _refuse_terms(before, after)
    for term in (before, after):
        if cohort.column(term.column).missing[keep].all():
            raise AnalysisError(
                f"All values of {term.column} are missing.", where=term.where,
                hint="Name another column, or check --where.",
            )  # fmt: skip
    terms = [replace(term, cuts_of_option=(), references=()) for term in (before, after)]
    read = [model_term(cohort, term, keep, ()) for term in terms]
    are_numbers = [_is_number(cohort, term) for term in read]
    if are_numbers[0] != are_numbers[1]:
        number, other = (before, after) if are_numbers[0] else (after, before)
        raise UsageError(
            f"{number.column} is a number, and {other.column} is not: they cannot be compared.",
            where=f"--before {before.text} --after {after.text}",
            hint="Name two columns of one kind; `hcc2l check` shows how each column is read.",
        )
    cuts = _cuts(before, after, cut_of_all if are_numbers[0] else None)
    if not are_numbers[0]:
        if cuts:
            raise UsageError(
                f"{before.column} holds classes, which cannot be cut.",
                where=f"--cut {before.column}=…", hint="Omit it: the classes are compared.",
            )  # fmt: skip
        return _classes(read[0], read[1])
    _refuse_units(cohort, before, after)
    values = tuple(numbers(cohort, term.column, keep) for term in terms)
    pair = Columns(before.column, after.column, (values[0], values[1]), (), None)
    if not cuts:
        return pair
    cut = [factor(cohort, replace(term, cuts=cuts), keep) for term in terms]
    return replace(pair, levels=cut[0].levels, codes=(cut[0].codes, cut[1].codes))


def _refuse_terms(before: Term, after: Term) -> None:
    for term in (before, after):
        if term.makes_groups or term.scale is not None or term.knots is not None:
            raise UsageError(
                f"{term.text} is more than a column.", where=term.where,
                hint=f"Name the column itself, {term.option} {term.column}; --cut makes classes of "
                "both columns.",
            )  # fmt: skip
    if before.column == after.column:
        raise UsageError(
            f"{before.column} is given as the column before and as the column after.",
            where=after.where,
            hint="Name the column of the later value: --before afp --after afp_week8.",
        )


def _is_number(cohort: Cohort, term: ModelTerm) -> bool:
    """Whether a column holds numbers; the levels of an ordered score may be numbers too."""
    if term.factor is None:
        return True
    if cohort.dictionary.column(term.column).type == "factor":
        return False
    return all(parse_number(level) is not None for level in term.factor.levels)


def _cuts(before: Term, after: Term, of_all: str | None) -> tuple[float | str, ...]:
    """The cut-points of a pair: those of `--cut` for either column, else those for all pairs."""
    given = [term.cuts_of_option for term in (before, after) if term.cuts_of_option]
    if len(set(given)) > 1:
        raise UsageError(
            f"--cut gives different cut-points for {before.column} and {after.column}.",
            where="--cut", hint=f"Give one of them, such as --cut {before.column}=400; it applies "
            "to both.",
        )  # fmt: skip
    cuts = given[0] if given else ()
    if not given and of_all is not None:
        try:
            cuts = parse_cuts(of_all, "--cut")
        except UsageError as error:
            error.hint = f"Write --cut 400, or --cut {before.column}=400."
            raise
    if cuts and cuts[0] in QUANTILES:
        raise UsageError(
            f"{cuts[0]} would be another cut-point before and after.", where="--cut",
            hint=f"Give the number: --cut {before.column}=400.",
        )  # fmt: skip
    return cuts


def _refuse_units(cohort: Cohort, before: Term, after: Term) -> None:
    first, second = (cohort.unit(term.column) for term in (before, after))
    if first and second and plain_unit(first) != plain_unit(second):
        raise UsageError(
            f"{before.column} is in {first} and {after.column} in {second}.",
            where=f"--before {before.text} --after {after.text}",
            hint="Convert one of them, or correct its unit in hcc2l.toml.",
        )


def _classes(before: ModelTerm, after: ModelTerm) -> Columns:
    """Two factors with common levels: those of the column before, then those of the other."""
    assert before.factor is not None
    assert after.factor is not None
    used = [
        [level for i, level in enumerate(f.levels) if (f.codes == i).any()]
        for f in (before.factor, after.factor)
    ]
    if not set(used[0]) & set(used[1]):
        raise UsageError(
            f"{before.column} and {after.column} have no class in common: "
            f"{quoted_list(used[0])}; {quoted_list(used[1])}.",
            where=f"--before {before.text} --after {after.text}",
            hint="Name two columns of the same variable, or give their classes the same names with "
            "labels in hcc2l.toml.",
        )
    levels = _merged(before.factor.levels, after.factor.levels)
    first, second = (
        np.array([*(levels.index(level) for level in f.levels), -1])[f.codes].astype(np.int64)
        for f in (before.factor, after.factor)
    )
    return Columns(before.column, after.column, None, levels, (first, second))


def _merged(before: Sequence[str], after: Sequence[str]) -> tuple[str, ...]:
    """The levels of both: in the order of one that has all of them, else in natural order."""
    for most, others in ((before, after), (after, before)):
        if set(others) <= set(most):
            return tuple(most)
    return natural_order(dict.fromkeys([*before, *after]))
