"""The two treatments compared: `--treat` as a column, a level, or both."""

from __future__ import annotations

from dataclasses import dataclass
from shlex import quote

import numpy as np

from hcc2l.cohort import Cohort, printable
from hcc2l.design import Ints, Mask, RowAccount, factor
from hcc2l.design.levels import distinct, matching, natural_order
from hcc2l.errors import AnalysisError, UsageError, did_you_mean, quoted_list
from hcc2l.specs import PsmatchSpec
from hcc2l.terms import known_column


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


def resolve_treatment(cohort: Cohort, spec: PsmatchSpec, account: RowAccount) -> Treatment:
    """The treatment and its control; rows with neither of the two are excluded from `account`.

    Raises
    ------
    UsageError
        `--treat` matches nothing or several columns, or the column has more than two levels.
    AnalysisError
        All patients have the same treatment.
    """
    name, level = _column_and_level(cohort, spec, account.keep)
    groups = factor(cohort, name, spec, "--treat", account.keep)
    occurring = [groups.levels[i] for i in np.unique(groups.codes[account.keep]) if i >= 0]
    if len(occurring) < 2:
        who = "The only patient has" if account.analysed == 1 else (
            f"All {account.analysed} patients have"
        )  # fmt: skip
        only = repr(occurring[0]) if occurring else "no value"
        raise AnalysisError(
            f"{who} {only} in {name}: there is nothing to compare.",
            where=f"--treat {spec.treat}",
            hint="Name another column, or check the rows excluded by --where.",
        )
    control = _level(cohort, name, spec.control, occurring, "--control")
    treated = _level(cohort, name, level, occurring, "--treat")
    if treated is None:  # the column alone was named: the reference is the control
        _refuse_several(spec, name, occurring, "--treat COL=LEVEL")
        control = control or occurring[0]
        treated = next(other for other in occurring if other != control)
    elif control is None:
        others = [other for other in occurring if other != treated]
        _refuse_several(spec, name, occurring, "--control LEVEL", treated)
        control = others[0]
    if treated == control:
        raise UsageError(
            f"{treated!r} cannot be compared with itself.",
            where=f"--control {spec.control}",
            hint=f"Levels of {name}: {', '.join(occurring)}.",
        )
    table = np.full(len(groups.levels) + 1, -1, dtype=np.int64)
    table[groups.levels.index(treated)], table[groups.levels.index(control)] = 1, 0
    account.drop_missing(groups.codes < 0, name)
    codes = table[groups.codes]
    account.drop(codes < 0, f"{name} neither {printable(treated)} nor {printable(control)}")
    return Treatment(name, cohort.label(name), treated, control, codes)


def _refuse_several(
    spec: PsmatchSpec, name: str, levels: list[str], syntax: str, treated: str | None = None
) -> None:
    if len(levels) == 2:
        return
    others = [level for level in levels if level != treated]
    example = quote(others[0] if treated else f"{name}={others[0]}")
    option = syntax.partition(" ")[0]
    raise UsageError(
        f"{name} has {len(levels)} levels ({quoted_list(levels, 12)}); only two can be compared.",
        where=f"--treat {spec.treat}",
        hint=f"Name the {'control' if treated else 'treated'} level with {syntax}, for example "
        f"{option} {example}.",
    )


def _column_and_level(cohort: Cohort, spec: PsmatchSpec, keep: Mask) -> tuple[str, str | None]:
    """Column and level named by `--treat`; the level is None if only a column was named."""
    text = spec.treat or ""
    if text in cohort.names and _occurring(cohort, text, keep) <= 2:
        return text, None
    before, equals, after = text.partition("=")
    if equals and (before.strip() in cohort.names or not _having(cohort, text, keep)):
        return known_column(before, cohort.names, "--treat"), after.lstrip("=").strip()
    declared = cohort.dictionary.treatment
    if declared in cohort.names and declared is not None and _has(cohort, declared, text, keep):
        return declared, text
    columns = _having(cohort, text, keep)
    if len(columns) > 1:
        raise UsageError(
            f"{text!r} is a level of {len(columns)} columns: {quoted_list(columns, 12)}.",
            where=f"--treat {text}",
            hint=f"Name the column, for example --treat {quote(f'{columns[0]}={text}')}.",
        )
    if columns:
        return columns[0], text
    if text in cohort.names:
        return text, None
    raise UsageError(
        f"{text!r} is neither a column with two values nor a level of any column.",
        where=f"--treat {text}",
        hint=_near(cohort, text, declared, keep),
    )


def _near(cohort: Cohort, text: str, declared: str | None, keep: Mask) -> str:
    """A hint with the nearest level of the declared treatment column, else the nearest column."""
    if declared in cohort.names and declared is not None:
        texts, codes = distinct(cohort.column(declared))
        levels = natural_order(texts[i] for i in np.unique(codes[keep]) if i >= 0)
        near = did_you_mean(text, [*levels, *cohort.names], listed=0)
        return near or f"Levels of {declared}: {quoted_list(levels, 12)}."
    near = did_you_mean(text, cohort.names, listed=0)
    return near or f"Write --treat COL=LEVEL. Columns: {quoted_list(cohort.names, 20)}."


def _having(cohort: Cohort, text: str, keep: Mask) -> list[str]:
    """Names of the columns with a level of that name."""
    cohort.load(cohort.names)
    return [
        name for name in cohort.names if name != cohort.id_column and _has(cohort, name, text, keep)
    ]


def _has(cohort: Cohort, name: str, text: str, keep: Mask) -> bool:
    column = cohort.as_it_stands(name)
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


def _level(
    cohort: Cohort, name: str, text: str | None, levels: list[str], option: str
) -> str | None:
    """The level that a text names; None without a text."""
    if text is None:
        return None
    named = [level for level in levels if level in matching(text, cohort.column(name), levels)]
    if not named:
        raise UsageError(
            f"{name} has no level {text!r} among the patients.",
            where=f"{option} {text}",
            hint=did_you_mean(text, levels) or f"Levels: {quoted_list(levels, 12)}.",
        )
    return named[0]
