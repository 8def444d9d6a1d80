"""What a table of characteristics describes: the groups, the variables, pairs and weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hcc2l import design
from hcc2l.analyses.accounting import refuse_no_rows, rows_where
from hcc2l.analyses.table1.columns import baseline_columns, from_psmatch
from hcc2l.analyses.table1.requests import Requests, requests
from hcc2l.analyses.table1.variables import Variable, VariableReader, is_ordered
from hcc2l.cohort import Cohort
from hcc2l.design import Factor, Floats, Ints, RowAccount
from hcc2l.errors import AnalysisError, UsageError, quoted_list
from hcc2l.levels import distinct
from hcc2l.specs import Table1Spec
from hcc2l.stats.weighting import effective_size
from hcc2l.terms import Parser, known_column

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
    reader = VariableReader(cohort, parser, spec, account, rows, by)
    variables = tuple(reader.variable(text) for text in dict.fromkeys(names))
    asked = requests(spec, variables)
    _refuse_statistics(asked, variables)
    return Table1Data(
        spec=spec, account=account, requests=asked, variables=variables, by=groups,
        by_ordered=bool(by and groups and is_ordered(cohort, by, groups)),
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
