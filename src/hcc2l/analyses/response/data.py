"""The rows of a response analysis as arrays: responses, groups, pairs, duration, change."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hcc2l import design
from hcc2l.analyses.accounting import refuse_no_rows, rows_where
from hcc2l.analyses.best_response import RESPONSES, has_response, is_response, read_response
from hcc2l.analyses.response.duration import Duration, read_duration
from hcc2l.cohort import Cohort
from hcc2l.cohort import Column as CohortColumn
from hcc2l.design import Factor, Floats, Ints, Mask, RowAccount
from hcc2l.errors import AnalysisError, InputError, UsageError, quoted_list
from hcc2l.levels import distinct
from hcc2l.numerals import confidence
from hcc2l.report import Column
from hcc2l.specs import ResponseSpec
from hcc2l.terms import Parser, known_column
from hcc2l.vocabulary import recognise

DENOMINATORS = ("all", "known", "evaluable")
NOT_RECORDED = "not recorded"
_SHRINKAGE = -100.0  # a tumour cannot lose more


@dataclass(frozen=True)
class Criterion:
    """The responses by one criterion.

    Attributes
    ----------
    codes
        Shape (n,): index into `RESPONSES`, -1 where no response is recorded.
    evaluable
        Shape (n,): whether the response is one of those that `--evaluable` names.
    """

    name: str
    label: str
    codes: Ints
    evaluable: Mask

    def within(self, denominator: str) -> Mask:
        """The rows of a denominator: all, known or evaluable."""
        if denominator == "all":
            return np.ones(self.codes.size, dtype=np.bool_)
        return self.evaluable if denominator == "evaluable" else np.asarray(self.codes >= 0)

    def counted(self, what: str) -> Mask:
        """The rows with a response or within a rate, or those without a recorded response."""
        return (
            np.asarray(self.codes < 0) if what == NOT_RECORDED else has_response(self.codes, what)
        )


@dataclass(frozen=True)
class Pairs:
    """Matched sets; `sets`, shape (n,), counts from 0, and each has at most one `treated` row."""

    column: str
    sets: Ints
    treated: Mask


@dataclass(frozen=True)
class Change:
    """Best change in percent of baseline, shape (n,), NaN where unknown."""

    column: str
    label: str
    percent: Floats


@dataclass(frozen=True)
class ResponseData:
    """The analysed rows; arrays have shape (n,)."""

    spec: ResponseSpec
    account: RowAccount
    group: Factor | None
    criteria: tuple[Criterion, ...]
    recognised: bool
    pairs: Pairs | None
    duration: Duration | None
    change: Change | None
    patients: tuple[str, ...]

    @property
    def levels(self) -> tuple[str, ...]:
        """Names of the groups, `all` when there is one."""
        return self.group.levels if self.group else ("all",)

    @property
    def codes(self) -> Ints:
        """Index of each row's group."""
        return self.group.codes if self.group else np.zeros(self.n, dtype=np.int64)

    @property
    def n(self) -> int:
        """Number of patients."""
        return int(self.criteria[0].codes.size)

    @property
    def sizes(self) -> list[int]:
        """Number of patients of each group."""
        return [int((self.codes == code).sum()) for code in range(len(self.levels))]

    @property
    def criterion_column(self) -> tuple[Column, ...]:
        """The first column of every table, where there are several criteria."""
        if len(self.criteria) == 1:
            return ()
        labels = {c.name: c.label for c in self.criteria}
        return (Column("Response", ("variable",), labels=labels),)

    @property
    def ci(self) -> str:
        """`95% CI` for headers."""
        return confidence(self.spec.conf_level)


def prepare(cohort: Cohort, spec: ResponseSpec) -> ResponseData:
    """Responses of the rows analysed, with groups, pairs, durations and changes if requested.

    Raises
    ------
    UsageError
        An option names no column, or none or several columns are recognised as best response.
    InputError
        A cell is no response, a pair has too many rows, a date or a change is impossible.
    AnalysisError
        No rows, no response, or a single group.
    """
    parser = Parser(cohort.nameable, spec.cut, spec.ref)
    by = parser.term(spec.by, "--by")
    names = [known_column(name, cohort.nameable, "--response") for name in spec.response]
    columns = list(dict.fromkeys(names)) or [_recognised(cohort)]
    if by is not None and by.column in columns:
        raise UsageError(
            f"{by.column} is the response itself.",
            where=f"--by {by.text}",
            hint="Group by something that was known at baseline, such as the treatment.",
        )
    account = rows_where(cohort, parser.conditions(spec.where))
    group = design.groups(cohort, by, account) if by else None
    pair = known_column(spec.pair, cohort.nameable, "--pair") if spec.pair else None
    if pair:
        account.drop_missing(cohort.column(pair).missing, pair)
    refuse_no_rows(account)
    keep = account.keep
    group = group.take(keep) if group else None
    if group and len(group.levels) < 2:
        raise AnalysisError(
            f"All {account.analysed} patients analysed are in one group, {group.levels[0]!r}.",
            where=f"--by {spec.by}",
            hint="Omit --by, or check which rows --where and missing values exclude.",
        )
    responses = {name: read_response(cohort, name, keep) for name in columns}
    criteria = tuple(_criterion(cohort, spec, name, responses[name][keep]) for name in columns)
    responders = np.logical_or.reduce([has_response(codes, "ORR") for codes in responses.values()])
    return ResponseData(
        spec=spec,
        account=account,
        group=group,
        criteria=criteria,
        recognised=not names,
        pairs=_pairs(cohort, pair, group, keep) if pair and group else None,
        duration=read_duration(cohort, spec, keep, keep & responders),
        change=_change(cohort, spec, keep),
        patients=_patients(cohort, keep) if spec.best_change else (),
    )


def _recognised(cohort: Cohort) -> str:
    """The one column whose name means best response."""
    named = [name for name in cohort.names if _is_named_response(name)]
    kinds = {name: cohort.as_it_stands(name).kind for name in named}
    found = [name for name in named if kinds[name] == "text"]
    found = found or [name for name in named if kinds[name] == "number"]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(
            f"Several columns may hold the best response: {quoted_list(found)}.",
            where="--response",
            hint=f"Choose one, or several to show side by side: --response {','.join(found)}.",
        )
    alike = [name for name in cohort.names if _has_responses(cohort.as_it_stands(name))]
    hint = f"Use --response COLUMN. Columns: {quoted_list(cohort.names, 20)}."
    if alike:
        have = "has" if len(alike) == 1 else "have"
        hint = f"{quoted_list(alike)} {have} such cells: --response {alike[0]}."
    raise UsageError(
        "No column is recognised by its name as the best response.", where="--response", hint=hint
    )


def _has_responses(column: CohortColumn) -> bool:
    """Whether all cells of a column are responses."""
    texts, _ = distinct(column) if column.kind == "text" else ([], None)
    return bool(texts) and all(map(is_response, texts))


def _is_named_response(name: str) -> bool:
    field = recognise(name, "text", len(RESPONSES))
    return field is not None and field.code == "response"


def _criterion(cohort: Cohort, spec: ResponseSpec, name: str, codes: Ints) -> Criterion:
    if not (codes >= 0).any():
        raise AnalysisError(
            f"No response is recorded in {name} for the {codes.size} patients analysed.",
            where=cohort.source.name,
            hint="Choose another column, or check which rows --where and missing values exclude.",
        )
    evaluable = np.isin(codes, [RESPONSES.index(category) for category in spec.evaluable])
    return Criterion(name, cohort.label(name), codes, evaluable)


def _pairs(cohort: Cohort, name: str, group: Factor, keep: Mask) -> Pairs:
    """The matched sets of two groups: in one of them, each set has one patient at most."""
    if len(group.levels) > 2:
        raise UsageError(
            f"Pairs are of two groups, but {group.term} has {len(group.levels)}.",
            where="--pair",
            hint="Choose two of them with --where, or omit --pair.",
        )
    texts, codes = distinct(cohort.column(name))
    sets = np.unique(codes[keep], return_inverse=True)[1].astype(np.int64)
    number = int(sets.max()) + 1
    for code in (1, 0):
        if np.bincount(sets[group.codes == code], minlength=number).max() <= 1:
            return Pairs(name, sets, np.asarray(group.codes == code))
    rows = np.flatnonzero(keep)[sets == np.argmax(np.bincount(sets))]
    raise InputError(
        f"Pair {texts[codes[rows[0]]]} has several patients of each group: rows "
        f"{quoted_list(cohort.row_name(int(row)) for row in rows)}.",
        where=f"{cohort.source.name}, column {name}",
        hint="A pair, or a matched set, has one patient of one group. Number the pairs as the file "
        "of hcc2l psmatch --save does.",
    )


def _change(cohort: Cohort, spec: ResponseSpec, keep: Mask) -> Change | None:
    if spec.best_change is None:
        return None
    name = known_column(spec.best_change, cohort.nameable, "--best-change")
    percent = cohort.numbers(name, keep)
    bad = np.flatnonzero(keep & ((percent < _SHRINKAGE) | np.isinf(percent)))
    if bad.size:
        rows = quoted_list(cohort.row_name(int(i)) for i in bad)
        raise InputError(
            f"{cohort.column(name).text(int(bad[0]))} is not a change in percent: a tumour cannot "
            f"shrink by more than 100% ({'row' if bad.size == 1 else 'rows'} {rows}).",
            where=f"{cohort.source.name}, column {name}",
            hint="Give the change from baseline in percent, −30 for a decrease by 30%.",
        )
    if np.isnan(percent[keep]).all():
        raise AnalysisError(
            f"No change is recorded in {name} for the patients analysed.",
            where="--best-change",
            hint="Choose another column.",
        )
    return Change(name, cohort.label(name), percent[keep])


def _patients(cohort: Cohort, keep: Mask) -> tuple[str, ...]:
    """The id of each patient analysed, or the row number where there are no ids."""
    rows = np.flatnonzero(keep)
    if cohort.id_column is None or cohort.id_column not in cohort.names:
        return tuple(str(row + 1) for row in rows.tolist())
    column = cohort.column(cohort.id_column)
    return tuple(column.cell(row) for row in rows.tolist())
