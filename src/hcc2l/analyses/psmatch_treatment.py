"""Who is treated: `--treat` as a column, a level, or both."""

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
    """The two treatments that are compared.

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
        """The names of the groups, the treated first."""
        return self.treated, self.control


def resolve_treatment(cohort: Cohort, spec: PsmatchSpec, account: RowAccount) -> Treatment:
    """Find the treatment, and leave out the rows that have neither of the two.

    Raises
    ------
    UsageError
        `--treat` fits nothing or several columns, or the column has more levels than two.
    AnalysisError
        All patients have the same treatment.
    """
    name, level = _column_and_level(cohort, spec, account.keep)
    found = factor(cohort, name, spec, "--treat", account.keep)
    occurring = [found.levels[i] for i in np.unique(found.codes[account.keep]) if i >= 0]
    if len(occurring) < 2:
        who = "The only patient has" if account.analysed == 1 else (
            f"All {account.analysed} patients have"
        )  # fmt: skip
        only = repr(occurring[0]) if occurring else "no value"
        raise AnalysisError(
            f"{who} {only} in {name}: there is nothing to compare.",
            where=f"--treat {spec.treat}",
            hint="Name another column, or look at the rows left out by --where.",
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
    table = np.full(len(found.levels) + 1, -1, dtype=np.int64)
    table[found.levels.index(treated)], table[found.levels.index(control)] = 1, 0
    account.drop(found.codes < 0, f"{name} missing")
    codes = table[found.codes]
    account.drop(codes < 0, f"{name} neither {printable(treated)} nor {printable(control)}")
    return Treatment(name, cohort.label(name), treated, control, codes)


def _refuse_several(
    spec: PsmatchSpec, name: str, levels: list[str], wanted: str, treated: str | None = None
) -> None:
    if len(levels) == 2:
        return
    others = [level for level in levels if level != treated]
    example = quote(others[0] if treated else f"{name}={others[0]}")
    option = wanted.partition(" ")[0]
    raise UsageError(
        f"{name} has {len(levels)} levels: {quoted_list(levels, 12)}; two are compared.",
        where=f"--treat {spec.treat}",
        hint=f"Say {'which is compared with' if treated else 'which is the treated one'}: "
        f"{wanted}, such as {option} {example}.",
    )


def _column_and_level(cohort: Cohort, spec: PsmatchSpec, keep: Mask) -> tuple[str, str | None]:
    """The column that is meant, and the level, None when the column alone was named."""
    text = spec.treat or ""
    if text in cohort.names and _occurring(cohort, text, keep) <= 2:
        return text, None
    before, equals, after = text.partition("=")
    if equals and (before.strip() in cohort.names or not _having(cohort, text, keep)):
        return known_column(before, cohort.names, "--treat"), after.lstrip("=").strip()
    own = cohort.dictionary.treatment
    if own in cohort.names and own is not None and _has(cohort, own, text, keep):
        return own, text
    columns = _having(cohort, text, keep)
    if len(columns) > 1:
        raise UsageError(
            f"{text!r} is a level of {len(columns)} columns: {quoted_list(columns, 12)}.",
            where=f"--treat {text}",
            hint=f"Say which: --treat {quote(f'{columns[0]}={text}')}.",
        )
    if columns:
        return columns[0], text
    if text in cohort.names:
        return text, None
    hint = _near(cohort, text, own, keep)
    raise UsageError(
        f"{text!r} is neither a column of two values nor a level of a column.",
        where=f"--treat {text}",
        hint=hint,
    )


def _near(cohort: Cohort, text: str, own: str | None, keep: Mask) -> str:
    """What may have been meant: levels of the treatment column, else columns."""
    if own in cohort.names and own is not None:
        texts, codes = distinct(cohort.column(own))
        levels = natural_order(texts[i] for i in np.unique(codes[keep]) if i >= 0)
        near = did_you_mean(text, [*levels, *cohort.names], listed=0)
        return near or f"Levels of {own}: {quoted_list(levels, 12)}."
    near = did_you_mean(text, cohort.names, listed=0)
    return near or f"Write --treat COL=LEVEL. Columns: {quoted_list(cohort.names, 20)}."


def _having(cohort: Cohort, text: str, keep: Mask) -> list[str]:
    """The columns with a level of that name."""
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
    cohort: Cohort, name: str, said: str | None, levels: list[str], option: str
) -> str | None:
    """The level that is meant; None when none was said."""
    if said is None:
        return None
    found = [level for level in levels if level in matching(said, cohort.column(name), levels)]
    if not found:
        raise UsageError(
            f"{name} has no level {said!r} among the patients.",
            where=f"{option} {said}",
            hint=did_you_mean(said, levels) or f"Levels: {quoted_list(levels, 12)}.",
        )
    return found[0]
