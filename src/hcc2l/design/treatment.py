"""The two treatments compared: `--treat` as a level, a column, or both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from shlex import quote

import numpy as np

from hcc2l.cohort import Cohort, Column, printable
from hcc2l.design.factors import factor
from hcc2l.design.rows import Ints, Mask, RowAccount
from hcc2l.errors import AnalysisError, UsageError, did_you_mean, quoted_list
from hcc2l.levels import distinct, matching, natural_order
from hcc2l.terms import Assignment, Parser, parse_assignment


@dataclass(frozen=True)
class Treatment:
    """The two treatments compared.

    Attributes
    ----------
    treated, control
        Levels of the column.
    codes
        Shape (n,): 1 treated, 0 control, -1 neither.
    """

    column: str
    label: str
    treated: str
    control: str
    codes: Ints

    @property
    def levels(self) -> tuple[str, str]:
        """Names of the groups, the treated first."""
        return self.treated, self.control


def resolve_treatment(
    cohort: Cohort, parser: Parser, treat: str, control: str | None, account: RowAccount
) -> Treatment:
    """The treatment and its control; rows with neither of the two are excluded from `account`.

    Parameters
    ----------
    treat
        ``LEVEL``, ``COL`` or ``COL=LEVEL``: the value of `--treat`.
    control
        The level of the control group, the value of `--control`.

    Raises
    ------
    UsageError
        `treat` matches nothing or several columns, or the column has more than two levels.
    AnalysisError
        All patients have the same treatment.
    """
    named = _named(cohort, treat, account.keep)
    (term,) = parser.terms([named.column], "--treat")
    groups = factor(cohort, term, account.keep)
    levels = [groups.levels[i] for i in np.unique(groups.codes[account.keep]) if i >= 0]
    if len(levels) < 2:
        raise _nothing_to_compare(named, levels, account.analysed)
    treated, against = _two_levels(cohort.column(named.column), named, control, levels)
    table = np.full(len(groups.levels) + 1, -1, dtype=np.int64)
    table[groups.levels.index(treated)], table[groups.levels.index(against)] = 1, 0
    codes = table[groups.codes]
    account.drop_missing(groups.codes < 0, named.column)
    neither = f"{named.column} neither {printable(treated)} nor {printable(against)}"
    account.drop(codes < 0, neither)
    return Treatment(named.column, cohort.label(named.column), treated, against, codes)


def _named(cohort: Cohort, text: str, keep: Mask) -> Assignment:
    """What `--treat` names: a column, with a level unless it names the column alone."""
    column_alone = Assignment(text, "--treat", text, None)
    if text in cohort.nameable and _occurring(cohort, text, keep) <= 2:
        return column_alone
    before, equals, _ = text.partition("=")
    if not equals or before.strip() not in cohort.nameable:
        column = _column_of_level(cohort, text, keep)
        if column is not None:
            return Assignment(text, "--treat", column, text)
    if equals:
        return parse_assignment(text, cohort.nameable, "--treat")
    if text in cohort.nameable:
        return column_alone
    raise UsageError(
        f"{text!r} is neither a column with two values nor a level of any column.",
        where=f"--treat {text}",
        hint=_near(cohort, text, keep),
    )


def _column_of_level(cohort: Cohort, text: str, keep: Mask) -> str | None:
    """The column with a level of that name: the declared treatment, else the only one."""
    declared = _declared(cohort)
    if declared is not None and _has(cohort, declared, text, keep):
        return declared
    cohort.load(cohort.names)
    others = [name for name in cohort.names if name != cohort.id_column]
    columns = [name for name in others if _has(cohort, name, text, keep)]
    if len(columns) > 1:
        raise UsageError(
            f"{text!r} is a level of {len(columns)} columns: {quoted_list(columns, 12)}.",
            where=f"--treat {text}",
            hint=f"Name the column, for example --treat {quote(f'{columns[0]}={text}')}.",
        )
    return columns[0] if columns else None


def _declared(cohort: Cohort) -> str | None:
    """The treatment column of the dictionary, if it is in the cohort."""
    declared = cohort.dictionary.treatment
    return declared if declared in cohort.names else None


def _has(cohort: Cohort, name: str, text: str, keep: Mask) -> bool:
    column = cohort.recoded(name)
    if column.kind == "date":
        return False
    if column.kind == "number":
        try:
            float(text)
        except ValueError:
            return any(label == text for label in column.codes)
    texts, codes = distinct(column)
    places = {i for i, other in enumerate(texts) if other in matching(text, column, texts)}
    return bool(places and np.isin(codes[keep], list(places)).any())


def _occurring(cohort: Cohort, name: str, keep: Mask) -> int:
    _, codes = distinct(cohort.column(name))
    return int(np.unique(codes[keep & (codes >= 0)]).size)


def _near(cohort: Cohort, text: str, keep: Mask) -> str:
    """A hint with the nearest level of the declared treatment column, else the nearest column."""
    declared = _declared(cohort)
    if declared is not None:
        texts, codes = distinct(cohort.column(declared))
        levels = natural_order(texts[i] for i in np.unique(codes[keep]) if i >= 0)
        near = did_you_mean(text, [*levels, *cohort.names], listed=0)
        return near or f"Levels of {declared}: {quoted_list(levels, 12)}."
    near = did_you_mean(text, cohort.names, listed=0)
    return near or f"Write --treat COL=LEVEL. Columns: {quoted_list(cohort.names, 20)}."


def _nothing_to_compare(named: Assignment, levels: Sequence[str], patients: int) -> AnalysisError:
    who = "The only patient has" if patients == 1 else f"All {patients} patients have"
    only = repr(levels[0]) if levels else "no value"
    return AnalysisError(
        f"{who} {only} in {named.column}: there is nothing to compare.",
        where=named.where,
        hint="Name another column, or check the rows excluded by --where.",
    )


def _two_levels(
    column: Column, named: Assignment, control: str | None, levels: Sequence[str]
) -> tuple[str, str]:
    """The level of the treated and that of the control, of the levels that occur.

    Where only the column was named, its first level, the reference, is the control.
    """
    against = None if control is None else _level(column, control, levels, "--control")
    treated = None if named.value is None else _level(column, named.value, levels, "--treat")
    if len(levels) > 2 and (treated is None or against is None):
        raise _too_many(named, levels, treated)
    if treated is None:
        against = against or levels[0]
        treated = next(level for level in levels if level != against)
    against = against or next(level for level in levels if level != treated)
    if treated == against:
        raise UsageError(
            f"{treated!r} cannot be compared with itself.",
            where=f"--control {control}",
            hint=f"Levels of {named.column}: {', '.join(levels)}.",
        )
    return treated, against


def _level(column: Column, text: str, levels: Sequence[str], option: str) -> str:
    """The level that a text names."""
    matches = matching(text, column, levels)
    if not matches:
        raise UsageError(
            f"{column.name} has no level {text!r} among the patients.",
            where=f"{option} {text}",
            hint=did_you_mean(text, levels) or f"Levels: {quoted_list(levels, 12)}.",
        )
    return next(level for level in levels if level in matches)


def _too_many(named: Assignment, levels: Sequence[str], treated: str | None) -> UsageError:
    """The error for a column of more than two levels of which too few were named."""
    others = [level for level in levels if level != treated]
    if treated is None:
        hint = "Name the treated level with --treat COL=LEVEL, for example --treat "
        hint += f"{quote(f'{named.column}={others[0]}')}."
    else:
        hint = "Name the control level with --control LEVEL, for example --control "
        hint += f"{quote(others[0])}."
    return UsageError(
        f"{named.column} has {len(levels)} levels ({quoted_list(levels, 12)}); only two can be "
        "compared.",
        where=named.where,
        hint=hint,
    )
