"""Terms as groups, and case weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from shlex import quote

import numpy as np

from hcc2l.cohort import Cohort, Column, printable
from hcc2l.column import occurrences
from hcc2l.design.conditions import bound, compare, has_one_of
from hcc2l.design.rows import Floats, Ints, Mask, RowAccount, numbers
from hcc2l.errors import AnalysisError, InputError, UsageError, did_you_mean, quoted_list
from hcc2l.levels import distinct, matching, natural_order
from hcc2l.number_format import number_text
from hcc2l.terms import OPPOSITE, QUANTILES, SIGNS, Term
from hcc2l.wording import listed

MAX_LEVELS = 12  # more groups cannot be distinguished in a figure


@dataclass(frozen=True)
class Factor:
    """A term as groups.

    Attributes
    ----------
    codes
        Shape (n,): index into `levels`, -1 where missing.
    levels
        The reference first, the others in level order.
    ranks
        Each level's rank in level order, whichever is the reference; for tests for trend.
    cuts
        The cut-points, where a number was cut into groups.
    """

    term: str
    column: str
    label: str
    levels: tuple[str, ...]
    codes: Ints
    ranks: tuple[int, ...]
    cuts: tuple[float, ...] = ()

    def take(self, keep: Mask) -> Factor:
        """The factor on the kept rows, without levels that no longer occur."""
        codes = self.codes if keep.all() else self.codes[keep]
        if occurrences(codes, len(self.levels)).all() and codes.min() >= 0:
            return replace(self, codes=codes)
        used = np.unique(codes)
        recode = np.full(len(self.levels), -1, dtype=np.int64)
        recode[used] = np.arange(used.size)
        return replace(
            self,
            codes=recode[codes],
            levels=tuple(self.levels[i] for i in used),
            ranks=tuple(np.argsort(np.argsort([self.ranks[i] for i in used])).tolist()),
        )


def factor(cohort: Cohort, term: Term, keep: Mask, limit: int | None = MAX_LEVELS) -> Factor:
    """A term as groups, over all rows; a median cut-point is that of the `keep` rows.

    Raises
    ------
    UsageError
        A number without a cut-point, an unknown value, or more than `limit` groups that the
        dictionary does not declare; without a limit, more than half as many as rows (ids).
    """
    if term.scale is not None or term.knots is not None:
        what = "a number on another scale" if term.knots is None else "a spline"
        raise UsageError(
            f"{term.text} is {what}, not groups.",
            where=term.where,
            hint=f"Cut it into groups: {term.column}@median, or {term.column}@VALUE.",
        )
    several = cohort.multi_select(term.column)
    if several and not term.asks_for_values:
        raise several.overlap(term.where)
    label = cohort.label(term.column)
    cuts: tuple[float, ...] = ()
    if term.comparison:
        levels, codes = _compared(cohort, term, keep)
        if levels == ("no", "yes"):
            label = f"{label}{_comparison_words(term, several is not None)}"
    else:
        cuts = cuts_of(cohort, term, keep)
        if cuts:
            levels, codes = _cut(numbers(cohort, term.column, keep, to_cut=True), cuts)
        else:
            levels, codes = _levels(cohort, cohort.column(term.column), term, keep, limit)
    ordered = levels
    levels, codes = _with_reference(term, levels, codes, cohort)
    ranks = tuple(ordered.index(level) for level in levels)
    unit = cohort.dictionary.column(term.column).unit
    if unit and any(sign in levels[0] for sign in "<≥≤>"):
        label = f"{label}, {unit}"
    names = tuple(printable(level) for level in levels)
    return Factor(term.text, term.column, label, names, codes, ranks, cuts)


def _compared(cohort: Cohort, term: Term, keep: Mask) -> tuple[tuple[str, ...], Ints]:
    """The two sides of a comparison; the one that it does not name is the reference."""
    assert term.comparison is not None
    operator, named = term.comparison
    if operator in ("==", "!=", "in", "not in"):
        has = has_one_of(cohort, term.column, named, term.where)
        if operator in ("!=", "not in"):
            has = np.where(has < 0, has, 1 - has)
        return ("no", "yes"), has
    values = numbers(cohort, term.column, keep, to_cut=True)
    limit = bound(named[0], term.text, term.option)
    number = number_text(limit)
    codes = np.where(np.isnan(values), -1, compare(values, operator, limit)).astype(np.int64)
    return (f"{OPPOSITE[operator]}{number}", f"{SIGNS[operator]}{number}"), codes


def _comparison_words(term: Term, of_several: bool) -> str:
    """The comparison as it stands after the column's label: ` = 2`, ` A5 or A6`, `: HBV`.

    With `of_several`, the column has several values for one patient.
    """
    assert term.comparison is not None
    operator, named = term.comparison
    if of_several or operator in ("in", "not in"):
        negated = "not " if operator in ("not in", "!=") else ""
        return f"{':' if of_several else ''} {negated}{listed(named, 'or')}"
    return f" {'=' if operator == '==' else '≠'} {named[0]}"


def cuts_of(cohort: Cohort, term: Term, keep: Mask) -> tuple[float, ...]:
    """Cut-points of a term: its own, else those of --cut, else the dictionary's; may be empty."""
    cuts = term.cuts or term.cuts_of_option
    if not cuts and (term.dictionary_cut or cohort.column(term.column).kind == "number"):
        cuts = cohort.dictionary.column(term.column).cut
        if not cuts and term.dictionary_cut:
            raise UsageError(
                f"There is no cut-point for {term.column} in the dictionary.",
                where=term.where,
                hint=f"Write {term.column}@VALUE or {term.column}@median.",
            )
    if cuts and cuts[0] in QUANTILES:
        values = numbers(cohort, term.column, keep)[keep]
        if np.isnan(values).all():
            raise AnalysisError(f"All values of {term.column} are missing.", where=term.where)
        return _quantiles(values, QUANTILES[str(cuts[0])], term)
    return tuple(float(c) for c in cuts)


def _quantiles(values: Floats, groups: int, term: Term) -> tuple[float, ...]:
    """The cut-points of groups of equal size; R's ``quantile``."""
    if groups == 2:
        return (float(np.nanmedian(values)),)
    known = values[~np.isnan(values)]
    quantiles = np.quantile(known, np.arange(1, groups) / groups)
    cuts = tuple(_rounded(float(quantile), known) for quantile in quantiles)
    if len(set(cuts)) < groups - 1 or cuts[0] <= known.min():
        raise AnalysisError(
            f"{term.column} cannot be cut into {groups} groups: too many patients have the same "
            "value.",
            where=term.where,
            hint=f"Name the cut-points: {term.column}@VALUE/VALUE.",
        )
    return cuts


def _rounded(cut: float, values: Floats) -> float:
    """A cut-point with as few decimals as divide the values in the same way."""
    above = values >= cut
    shorter = (round(cut, decimals) for decimals in range(17))
    return next((c for c in shorter if np.array_equal(values >= c, above)), cut)


def _cut(values: Floats, cuts: Sequence[float]) -> tuple[tuple[str, ...], Ints]:
    """Levels and codes of groups that are closed on the left: <200, 200–<400, ≥400."""
    limits = [number_text(c) for c in cuts]
    middle = [f"{a}–<{b}" for a, b in pairwise(limits)]
    codes = np.searchsorted(np.asarray(cuts), values, side="right").astype(np.int64)
    codes[np.isnan(values)] = -1
    return (f"<{limits[0]}", *middle, f"≥{limits[-1]}"), codes


def _levels(
    cohort: Cohort, column: Column, term: Term, keep: Mask, limit: int | None
) -> tuple[tuple[str, ...], Ints]:
    """Levels of the kept rows, in the order of the dictionary or file, else natural order."""
    texts, codes = distinct(column)
    kept = [texts[i] for i in np.flatnonzero(occurrences(codes, len(texts), keep))]
    declared = cohort.dictionary.column(column.name).levels
    levels = declared or column.levels or natural_order(kept)
    known = frozenset(levels)
    unknown = [t for t in kept if t not in known]
    if unknown:
        raise InputError(
            f"{column.name} has values that are not among its levels in the dictionary: "
            f"{quoted_list(repr(u) for u in unknown)}.",
            where=cohort.source.name,
            hint=f"Levels: {quoted_list(levels, 12)}. Correct the cells, add the level, or set "
            f'missing = ["…"] for {column.name} in hcc2l.toml.',
        )
    if not declared:
        most = max(MAX_LEVELS, int(keep.sum()) // 2) if limit is None else limit
        _refuse_many(cohort, column, kept, term, most)
    places = {level: i for i, level in enumerate(levels)}
    table = np.array([*(places.get(t, -1) for t in texts), -1], dtype=np.int64)
    return tuple(levels), table[codes]


def _refuse_many(
    cohort: Cohort, column: Column, texts: Sequence[str], term: Term, limit: int
) -> None:
    """Refuse a number without cut-points, and text with too many values for groups.

    A column that the dictionary declares a factor may have any number of them.
    """
    if cohort.dictionary.column(column.name).type in ("factor", "ordered"):
        return
    many = len(texts) > limit
    continuous = column.kind == "number" and any("." in t or "e" in t for t in texts)
    if column.kind == "number" and (many or continuous):
        raise UsageError(
            f"{column.name} is a number with {len(texts)} values, not a grouping variable.",
            where=term.where,
            hint=f"Cut it into groups: {term.option} {quote(f'{column.name}@median')}, or "
            f"{quote(f'{column.name}@VALUE')}.",
        )
    if many:
        raise UsageError(
            f"{column.name} has {len(texts)} different values, too many for groups.",
            where=term.where,
            hint=f"Merge values, or select some with --where '{column.name} in …,…'; if all are "
            f'groups, set type = "factor" for {column.name} in hcc2l.toml.',
        )


def _with_reference(
    term: Term, levels: tuple[str, ...], codes: Ints, cohort: Cohort
) -> tuple[tuple[str, ...], Ints]:
    """Levels and codes with the reference first: that of --ref, else the dictionary's."""
    reference = None
    entry = cohort.dictionary.column(term.column)
    if not term.comparison and not term.cuts:
        reference = entry.reference if entry.reference in levels else None
    for given in term.references:
        value = given.value or ""
        named = [value] if value in levels else matching(value, cohort.column(term.column), levels)
        if len(named) != 1:
            raise UsageError(
                f"There is no level {value!r} in {term.column}.",
                where=given.where,
                hint=did_you_mean(value, levels),
            )
        (reference,) = named
    if reference is None or reference == levels[0]:
        return levels, codes
    first = levels.index(reference)
    order = [first, *(i for i in range(len(levels)) if i != first)]
    table = np.append(np.argsort(order), -1)
    return tuple(levels[i] for i in order), table[codes].astype(np.int64)


def groups(cohort: Cohort, term: Term, account: RowAccount) -> Factor:
    """A term as groups, over all rows; rows that belong to no group are excluded."""
    made = factor(cohort, term, account.keep)
    account.drop_missing(made.codes < 0, made.column)
    return made


def strata(cohort: Cohort, term: Term, account: RowAccount) -> Factor:
    """A term as strata, of any number, over all rows; rows that belong to none are excluded."""
    made = factor(cohort, term, account.keep, limit=None)
    account.drop_missing(made.codes < 0, made.column)
    return made


def weights(cohort: Cohort, term: Term, account: RowAccount) -> Floats:
    """Case weights, shape (n,), over all rows; rows without one are excluded.

    Raises
    ------
    InputError
        A weight is zero or negative.
    UsageError
        The term is more than a column.
    """
    if term.makes_groups or term.scale is not None or term.knots is not None:
        raise UsageError(
            f"Case weights are a column of numbers, not {term.text}.",
            where=term.where,
            hint=f"Name the column itself: {term.option} {term.column}.",
        )
    values = numbers(cohort, term.column, account.keep)
    bad = np.flatnonzero(account.keep & (values <= 0))
    if bad.size:
        rows = quoted_list(cohort.row_name(int(i)) for i in bad)
        raise InputError(
            f"Case weights must be positive, but {bad.size} {'are' if bad.size > 1 else 'is'} not: "
            f"{rows}.",
            where=f"{cohort.source.name}, column {term.column}",
            hint="Exclude these rows with --where.",
        )
    account.drop_missing(np.isnan(values), term.column)
    return values
