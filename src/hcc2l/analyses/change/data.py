"""The data of a comparison of before and after: the patients with both values of each pair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hcc2l.analyses.accounting import refuse_no_rows, rows_where
from hcc2l.analyses.change.columns import Columns, read_columns
from hcc2l.cohort import Cohort
from hcc2l.design import Factor, Floats, Ints, Mask, RowAccount, groups
from hcc2l.errors import AnalysisError, UsageError
from hcc2l.number_format import number_text
from hcc2l.report import Excluded
from hcc2l.specs import ChangeSpec
from hcc2l.stats.balance import ROUNDING, is_binary
from hcc2l.terms import Condition, Parser
from hcc2l.vocabulary import unit_in

WIDEST_SCORE = 12  # whole numbers that span more are not classes


@dataclass(frozen=True)
class Numbers:
    """Numbers before and after, shape (n,) each."""

    before: Floats
    after: Floats

    @property
    def change(self) -> Floats:
        """After less before, shape (n,)."""
        return self.after - self.before

    @property
    def is_constant(self) -> bool:
        """Whether the differences are the same but for the binary form of decimals."""
        largest = max(float(np.abs(v).max(initial=0)) for v in (self.before, self.after))
        return bool(np.ptp(self.change) <= ROUNDING * largest)


@dataclass(frozen=True)
class Classes:
    """Classes before and after, shape (n,) each: places among the levels."""

    levels: tuple[str, ...]
    before: Ints
    after: Ints


@dataclass(frozen=True)
class Pair:
    """A variable before and after, of the n patients with both values.

    Attributes
    ----------
    variable
        Its name in tables: that of the column before, with that of the column after where several
        pairs have one column before.
    label, before_label, after_label
        Of the variable, and of its columns.
    numbers, classes
        The variable as numbers, as classes, or as both: a score, and a number that was cut.
    is_cut
        Whether the classes are those of a number that was cut.
    group
        Shape (n,): each patient's place among the groups; 0 where there is one.
    before_analysed, before_alone
        Numbers, else places of classes, before: of these patients, and of those without a value
        after.
    excluded
        Patients without one of the two values, by reason; of several pairs without those who have
        no pair with both.
    """

    variable: str
    columns: tuple[str, str]
    label: str
    before_label: str
    after_label: str
    unit: str | None
    numbers: Numbers | None
    classes: Classes | None
    is_cut: bool
    group: Ints
    before_analysed: Floats
    before_alone: Floats
    excluded: tuple[Excluded, ...]

    @property
    def n(self) -> int:
        """Number of patients with both values."""
        return int(self.group.size)

    @property
    def label_with_unit(self) -> str:
        """`AFP, ng/mL`."""
        return f"{self.label}, {self.unit}" if self.unit else self.label

    @property
    def are_classes_shown(self) -> bool:
        """Whether there are classes that are not just the values of a score."""
        return self.classes is not None and (self.is_cut or self.numbers is None)


@dataclass(frozen=True)
class ChangeData:
    """The pairs of columns, with the groups of `--by` over the cohort's rows (None without)."""

    spec: ChangeSpec
    account: RowAccount
    conditions: tuple[Condition, ...]
    group: Factor | None
    pairs: tuple[Pair, ...]

    @property
    def groups(self) -> tuple[str, ...]:
        """The names of the groups; `all` where there is one."""
        return self.group.levels if self.group else ("all",)


def prepare(cohort: Cohort, spec: ChangeSpec) -> ChangeData:
    """The pairs of columns of a spec, in the patients with both values.

    Raises
    ------
    UsageError
        A column is not in the cohort, or the two of a pair cannot be compared.
    InputError
        Cells of the cohort cannot be read.
    AnalysisError
        Fewer than two patients have both values of a pair.
    """
    parser = Parser(cohort.nameable, spec.cut_of_columns, spec.ref)
    before = [parser.terms([text], "--before")[0] for text in spec.before]
    after = [parser.terms([text], "--after")[0] for text in spec.after]
    by, conditions = parser.term(spec.by, "--by"), parser.conditions(spec.where)
    terms = dict.fromkeys(zip(before, after, strict=True))
    cohort.load([term.column for pair in terms for term in pair] + ([by.column] if by else []))
    account = rows_where(cohort, conditions)
    group = groups(cohort, by, account) if by else None
    refuse_no_rows(account)
    read = [read_columns(cohort, *pair, spec.cut_of_all, account.keep) for pair in terms]
    _refuse_cut_of_classes(spec, read)
    everyone = account.keep.copy()
    if len(read) > 1:
        missing = np.all([np.any(columns.missing, axis=0) for columns in read], axis=0)
        account.drop(missing, "a value missing in every pair")
    earlier = len(account.excluded)
    accounts = [_with_both(account, columns) for columns in read]
    if len(read) == 1:
        (account,) = accounts
    kept = group.take(account.keep) if group else None
    codes = np.zeros(cohort.rows, dtype=np.int64)
    codes[account.keep] = kept.codes if kept else 0
    names = [columns.before for columns in read]
    pairs = tuple(
        _pair(
            cohort, columns, own.keep, everyone, codes, tuple(own.excluded[earlier:]),
            both=names.count(columns.before) > 1,
        )
        for columns, own in zip(read, accounts, strict=True)
    )  # fmt: skip
    return ChangeData(spec, account, conditions, kept, pairs)


def _refuse_cut_of_classes(spec: ChangeSpec, read: Sequence[Columns]) -> None:
    if spec.cut_of_all is not None and all(columns.numbers is None for columns in read):
        raise UsageError(
            "All columns hold classes, which cannot be cut.",
            where=f"--cut {spec.cut_of_all}", hint="Omit it: the classes are compared.",
        )  # fmt: skip


def _with_both(account: RowAccount, columns: Columns) -> RowAccount:
    """The rows with both values of a pair; AnalysisError if there are fewer than two."""
    own = account.copy()
    for name, missing in zip((columns.before, columns.after), columns.missing, strict=True):
        own.drop_missing(missing, name)
    if own.analysed < 2:
        who = "Only 1 patient has" if own.analysed else "No patient has"
        reasons = "; ".join(f"{e.reason}: {e.rows}" for e in own.excluded)
        raise AnalysisError(
            f"{who} a value of both {columns.before} and {columns.after}; two are needed.",
            where=account.cohort.source.name,
            hint=f"Excluded: {reasons}." if reasons else "",
        )
    return own


def _pair(
    cohort: Cohort,
    columns: Columns,
    keep: Mask,
    everyone: Mask,
    codes: Ints,
    excluded: tuple[Excluded, ...],
    *,
    both: bool,
) -> Pair:
    """The patients `keep` of `everyone`, that is of those selected and in a group.

    `codes` are the groups over all rows; with `both`, the name has that of the column after too.
    """
    before_label, after_label = (cohort.label(name) for name in (columns.before, columns.after))
    numbers, classes = _numbers(columns, keep), _classes(columns, keep)
    no_before, no_after = columns.missing
    alone = everyone & ~no_before & no_after
    if numbers and not classes:
        classes = _score_classes(numbers)
    if numbers and _is_no_yes(numbers):
        numbers = None
    values = columns.numbers if columns.numbers is not None else columns.codes
    assert values is not None
    unit = cohort.unit(columns.before) or cohort.unit(columns.after)
    return Pair(
        variable=f"{columns.before} → {columns.after}" if both else columns.before,
        columns=(columns.before, columns.after),
        label=f"{before_label} → {after_label}" if both else before_label,
        before_label=before_label,
        after_label=after_label,
        unit=None if unit_in(before_label) else unit,  # as in "AFP (ng/mL)"
        numbers=numbers,
        classes=classes,
        is_cut=columns.numbers is not None and columns.codes is not None,
        group=codes[keep],
        before_analysed=values[0][keep].astype(np.float64),
        before_alone=values[0][alone].astype(np.float64),
        excluded=excluded,
    )


def _numbers(columns: Columns, keep: Mask) -> Numbers | None:
    if columns.numbers is None:
        return None
    before, after = (values[keep] for values in columns.numbers)
    return Numbers(before, after)


def _classes(columns: Columns, keep: Mask) -> Classes | None:
    """The classes of the columns; of three and more, those that occur before or after."""
    if columns.codes is None:
        return None
    before, after = (codes[keep] for codes in columns.codes)
    if len(columns.levels) == 2:
        return Classes(columns.levels, before, after)
    used = np.unique([before, after])
    levels = tuple(columns.levels[i] for i in used)
    return Classes(levels, np.searchsorted(used, before), np.searchsorted(used, after))


def _is_no_yes(numbers: Numbers) -> bool:
    """Whether no value is other than 0 and 1."""
    return is_binary(numbers.before) and is_binary(numbers.after)


def _score_classes(numbers: Numbers) -> Classes | None:
    """The values of a score, whole numbers close together; None of any other number."""
    values = np.unique([numbers.before, numbers.after])
    if _is_no_yes(numbers):
        values = np.array([0.0, 1.0])
    if np.ptp(values) > WIDEST_SCORE or (values != np.round(values)).any():
        return None
    before, after = (np.searchsorted(values, v) for v in (numbers.before, numbers.after))
    return Classes(tuple(number_text(float(v)) for v in values), before, after)
