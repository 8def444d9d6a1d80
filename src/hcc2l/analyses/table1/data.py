"""What a table of characteristics describes: the groups, the variables, pairs and weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from hcc2l import design
from hcc2l.analyses.accounting import refuse_no_rows, rows_where
from hcc2l.analyses.table1.columns import baseline_columns, from_psmatch, is_number
from hcc2l.analyses.table1.requests import Requests, requests
from hcc2l.cohort import Cohort
from hcc2l.design import Factor, Floats, Ints, Mask, RowAccount
from hcc2l.design.factors import factor
from hcc2l.design.model import usable_column
from hcc2l.design.rows import numbers
from hcc2l.errors import AnalysisError, UsageError, no_column, quoted_list
from hcc2l.levels import affirmative, distinct
from hcc2l.multiselect import MultiSelect
from hcc2l.specs import Table1Spec
from hcc2l.stats.weighting import effective_size
from hcc2l.terms import Parser, Term, known_column
from hcc2l.vocabulary import unit_in
from hcc2l.wording import in_sentence

ALL = "all"  # the group of all patients


@dataclass(frozen=True, eq=False)
class Group:
    """Patients in one column of the table.

    Attributes
    ----------
    rows
        Indices of its analysed rows.
    weights
        Shape (n,), of its rows; None without weights.
    """

    name: str
    rows: Ints
    weights: Floats | None

    @property
    def n(self) -> int:
        """Number of patients."""
        return int(self.rows.size)

    @property
    def effective_n(self) -> float | None:
        """Effective number of patients by their weights; None without weights."""
        return None if self.weights is None else effective_size(self.weights)


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


@dataclass(frozen=True, eq=False)
class Table1Data:
    """Everything the tables are made from.

    Attributes
    ----------
    by
        The term that makes the groups, on the analysed rows; None without one.
    weights
        Shape (n,); None without weights.
    sets
        The pair or set of each analysed row, from 0; None without pairs.
    after_baseline
        The variables that are known only after time 0.
    not_described
        The columns that are not described by default, by the reason.
    matched
        Whether the rows are those that psmatch saved.
    """

    spec: Table1Spec
    account: RowAccount
    requests: Requests
    variables: tuple[Variable, ...]
    by: Factor | None
    by_ordered: bool
    weights: Floats | None
    sets: Ints | None
    after_baseline: tuple[Variable, ...]
    not_described: dict[str, list[str]]
    matched: bool

    @property
    def n(self) -> int:
        """Number of patients."""
        return self.account.analysed

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The groups that are compared, the reference first; one of all patients without --by."""
        if self.by is None:
            return (self.everyone,)
        order = np.argsort(self.by.codes, kind="stable")
        ends = np.cumsum(np.bincount(self.by.codes, minlength=len(self.by.levels)))[:-1]
        parts = np.split(order, ends)
        return tuple(map(self._group, self.by.levels, parts))

    @cached_property
    def everyone(self) -> Group:
        """All patients as a group."""
        return self._group(ALL, np.arange(self.n))

    def _group(self, name: str, rows: Ints) -> Group:
        return Group(name, rows, None if self.weights is None else self.weights[rows])

    @property
    def compared(self) -> int:
        """The number of groups that are compared; 0 without --by."""
        return len(self.by.levels) if self.by else 0


def prepare(cohort: Cohort, spec: Table1Spec) -> Table1Data:
    """The groups and the variables of the analysed rows.

    Raises
    ------
    UsageError
        An option names a column that is not in the cohort, or one that cannot be described.
    InputError
        A cell that is needed cannot be read.
    AnalysisError
        No rows remain, or a single group.
    """
    parser = Parser(cohort.nameable, spec.cut, spec.ref)
    by = parser.term(spec.by, "--by")
    account = rows_where(cohort, parser.conditions(spec.where))
    groups = design.groups(cohort, by, account) if by else None
    pairing = known_column(spec.pair, cohort.names, "--pair") if spec.pair else None
    sets = _sets(cohort, pairing, account)
    weighting = parser.term(spec.weights, "--weights")
    weights = design.weights(cohort, weighting, account) if weighting else None
    refuse_no_rows(account)
    rows = np.flatnonzero(account.keep)
    if groups:
        groups = groups.take(account.keep)
        _refuse_groups(groups, spec, account)
    used = {t.column for t in (by, weighting) if t} | ({pairing} if pairing else set())
    names: Sequence[str] = spec.covariates
    not_described: dict[str, list[str]] = {}
    if not names:
        names, not_described = baseline_columns(cohort, used)
        if not names:
            raise AnalysisError(
                "The cohort has no baseline column to describe.",
                where=cohort.source.name,
                hint="Name variables: -x age,sex.",
            )
    reader = _VariableReader(cohort, parser, spec, account, rows, by)
    variables = tuple(reader.variable(text) for text in dict.fromkeys(names))
    asked = requests(spec, variables)
    _refuse_statistics(asked, variables)
    return Table1Data(
        spec=spec, account=account, requests=asked, variables=variables, by=groups,
        by_ordered=bool(by and groups and _ordered(cohort, by, groups)),
        weights=None if weights is None else weights[rows],
        sets=None if sets is None else np.unique(sets[rows], return_inverse=True)[1],
        after_baseline=tuple(v for v in variables if cohort.known_after_start(v.column)),
        not_described=not_described, matched=from_psmatch(cohort),
    )  # fmt: skip


def _sets(cohort: Cohort, name: str | None, account: RowAccount) -> Ints | None:
    """The pair of each row of the cohort; rows without one are excluded."""
    if name is None:
        return None
    sets = distinct(cohort.column(name))[1]
    account.drop_missing(sets < 0, name)
    return sets


def _refuse_groups(groups: Factor, spec: Table1Spec, account: RowAccount) -> None:
    if len(groups.levels) < 2:
        reasons = ", ".join(f"{e.reason} ({e.rows})" for e in account.excluded)
        hint = "Omit --by, or analyse more patients."
        if spec.pair:
            hint = "Controls that were matched more than once have no pair: use --weights weight."
        raise AnalysisError(
            f"All patients analysed have the same {groups.column}: {groups.levels[0]}.",
            where=f"--by {groups.term}",
            hint=f"{hint} Excluded: {reasons}." if reasons else hint,
        )
    if spec.total and ALL in groups.levels:
        raise UsageError(
            f"{groups.column} has a level {ALL!r}, which is the name of the total here.",
            where="--total",
            hint=f"Omit --total, or rename the level: labels of {groups.column} in hcc2l.toml.",
        )
    if spec.pair and len(groups.levels) != 2:
        raise UsageError(
            f"Pairs are of two groups, but {groups.column} has {len(groups.levels)}: "
            f"{quoted_list(groups.levels)}.",
            where="--pair",
            hint="Omit --pair, or select two groups with --where.",
        )


def _refuse_statistics(asked: Requests, variables: Sequence[Variable]) -> None:
    """UsageError for a statistic of numbers that is asked for a variable with levels."""
    for variable in variables:
        if variable.values is None and variable.text in asked.statistic:
            raise UsageError(
                f"{variable.text} is described by its levels: {quoted_list(variable.levels)}.",
                where=f"--statistic {variable.text}={asked.statistic[variable.text][0]}",
                hint=f"For a median or a mean, name the column itself: {variable.column}.",
            )


def _ordered(cohort: Cohort, term: Term, groups: Factor) -> bool:
    """Whether groups have an order: those of a number, or of an ordered column."""
    number = cohort.column(term.column).kind == "number"
    return bool(groups.cuts) or number or cohort.ordered(term.column)


@dataclass(frozen=True)
class _VariableReader:
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
            with_other += f" {yes[0]}"
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
            _ordered(cohort, term, groups),
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
