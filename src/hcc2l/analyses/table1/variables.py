"""The variables that a table describes, read from their terms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from hcc2l.analyses.table1.columns import is_number
from hcc2l.cohort import Cohort
from hcc2l.design import Factor, Floats, Ints, Mask, RowAccount
from hcc2l.design.factors import factor
from hcc2l.design.model import usable_column
from hcc2l.design.rows import numbers
from hcc2l.errors import UsageError, no_column
from hcc2l.levels import affirmative
from hcc2l.multiselect import MultiSelect
from hcc2l.specs import Table1Spec
from hcc2l.terms import Parser, Term
from hcc2l.vocabulary import unit_in
from hcc2l.wording import in_sentence


@dataclass(frozen=True, eq=False)
class Variable:
    """A variable that is described; arrays have one entry per analysed row.

    Attributes
    ----------
    text
        The term as typed.
    values
        A number, NaN where missing; None for levels.
    levels, codes
        The levels in their order, and the index of each row's, -1 where missing.
    ordered
        Whether the levels are.
    among
        The rows that are described at all, where these are the patients with another variable.
    members
        The values of a column that has several for one patient, each as a variable with the levels
        no and yes; the levels are then their labels, and there are no codes.
    nested
        The variable whose levels stand below those of this one.
    few_numbers
        Whether the levels are the numbers of a column that was not declared to be one of levels.
    """

    text: str
    column: str
    label: str
    values: Floats | None = None
    levels: tuple[str, ...] = ()
    codes: Ints | None = None
    ordered: bool = False
    among: Mask | None = None
    members: tuple[Variable, ...] = ()
    nested: Variable | None = None
    few_numbers: bool = False

    @cached_property
    def missing(self) -> Mask:
        """Shape (n,): True where it is missing."""
        if self.values is not None:
            return np.isnan(self.values)
        if self.members:
            return self.members[0].missing
        assert self.codes is not None
        return np.asarray(self.codes < 0)

    @property
    def yes(self) -> int | None:
        """The level that one line tells, of a variable with the levels no and yes."""
        telling = affirmative(self.levels)
        if len(self.levels) != 2 or len(telling) != 1 or self.nested or self.members:
            return None
        return self.levels.index(telling[0])


@dataclass(frozen=True)
class VariableReader:
    """Reads the variables of the analysed rows."""

    cohort: Cohort
    parser: Parser
    spec: Table1Spec
    account: RowAccount
    rows: Ints
    by: Term | None

    def variable(self, text: str) -> Variable:
        """A variable: a term, one with another below its levels, or of the patients with another.

        Raises
        ------
        UsageError
            A part names no column, or one that cannot be described.
        """
        outer, sign, inner = self._parted(text)
        if not sign:
            return self._described(self._term(text))
        if sign == "/":
            variable = self._described(self._term(outer), as_levels=True)
            below = self._described(self._term(inner), as_levels=True)
            return replace(variable, nested=below)
        variable, other = self._described(self._term(outer)), self._term(inner)
        if variable.members:
            raise UsageError(
                f"A patient can have several values of {outer}.",
                where=f"-x {text}",
                hint=f"Describe it by itself, -x {outer}, in the patients of --where.",
            )
        levels = factor(self.cohort, other, self.account.keep)
        yes = affirmative(levels.levels) if not other.comparison else levels.levels[1:]
        if len(yes) != 1 or len(levels.levels) != 2:
            raise UsageError(
                f"{inner} does not have the levels no and yes.",
                where=f"-x {text}",
                hint=f"Compare it with the value that is meant: {outer}%{other.column}==VALUE.",
            )
        among = levels.codes[self.rows] == levels.levels.index(yes[0])
        with_other = in_sentence(levels.label)
        if yes[0] != "yes" and other.comparison:
            label, unit = self.cohort.label(other.column), self.cohort.unit(other.column)
            with_other = " ".join(filter(None, (in_sentence(label), yes[0], unit)))
        label = f"{variable.label}, of those with {with_other}"
        return replace(variable, text=text, label=label, among=among)

    def _parted(self, text: str) -> tuple[str, str, str]:
        """The two variables of `a/b` and `a%b` with the sign between them; else the text alone."""
        names = self.cohort.nameable
        if text.strip() in names:
            return text, "", ""
        for sign in "%/":
            for at in [i for i, character in enumerate(text) if character == sign]:
                outer, inner = text[:at].strip(), text[at + 1 :].strip()
                if self._names_a_column(outer) and self._names_a_column(inner):
                    return outer, sign, inner
        outer, sign, inner = text.partition("%")
        if not sign:
            outer, sign, inner = text.partition("/")
        if sign and "@" not in outer and self._names_a_column(outer):
            raise no_column(inner, names, f"-x {text}")
        return text, "", ""

    def _names_a_column(self, text: str) -> bool:
        try:
            self.parser.term(text, "-x")
        except UsageError:
            return False
        return True

    def _term(self, text: str) -> Term:
        (term,) = self.parser.terms([text], "-x")
        term.refuse_scale("Numbers are described as they are")
        if self.by and term.column == self.by.column:
            raise UsageError(
                f"{term.column} makes the groups itself.",
                where=term.where,
                hint="Remove it from -x.",
            )
        return term

    def _described(self, term: Term, *, as_levels: bool = False) -> Variable:
        cohort = self.cohort
        several = None if term.makes_groups else cohort.multi_select(term.column)
        if several is not None and not as_levels:
            return self._of_several(term, several)
        column = usable_column(cohort, term, ())
        cut = term.makes_groups or bool(term.cuts_of_option)
        named = any(t.rpartition("=")[0] in (term.text, term.column) for t in self.spec.statistic)
        if not cut and not as_levels and (named or is_number(cohort, column)):
            label, unit = cohort.label(term.column), cohort.unit(term.column)
            if unit and unit_in(label) is None:
                label = f"{label}, {unit}"
            values = numbers(cohort, term.column, self.account.keep)[self.rows]
            return Variable(term.text, term.column, label, values)
        if not cut and column.kind == "number":
            term = replace(term, references=())  # a number keeps its order
        groups = _in_level_order(factor(cohort, term, self.account.keep, limit=None))
        entry = cohort.dictionary.column(term.column)
        declared = entry.type in ("factor", "ordered") or bool(entry.levels)
        return Variable(
            term.text, term.column, groups.label, None, groups.levels, groups.codes[self.rows],
            is_ordered(cohort, term, groups),
            few_numbers=column.kind == "number" and not (cut or as_levels or declared),
        )  # fmt: skip

    def _of_several(self, term: Term, several: MultiSelect) -> Variable:
        """A column with several values for one patient."""
        members = tuple(
            Variable(
                term.text, term.column, member.label, levels=("no", "yes"),
                codes=np.where(several.missing, -1, several.selected[:, at])[self.rows],
            )
            for at, member in enumerate(several.members)
        )  # fmt: skip
        label = self.cohort.label(term.column)
        return Variable(term.text, term.column, label, levels=several.labels, members=members)


def _in_level_order(groups: Factor) -> Factor:
    """The levels in their order, whichever is the reference."""
    order = np.argsort(groups.ranks)
    codes = np.append(np.argsort(order), -1)[groups.codes]
    return replace(groups, levels=tuple(groups.levels[i] for i in order), codes=codes,
                   ranks=tuple(range(order.size)))  # fmt: skip


def is_ordered(cohort: Cohort, term: Term, groups: Factor) -> bool:
    """Whether groups have an order: those of a number, or of an ordered column."""
    number = cohort.column(term.column).kind == "number"
    return bool(groups.cuts) or number or cohort.ordered(term.column)
