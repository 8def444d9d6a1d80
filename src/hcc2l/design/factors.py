"""Terms as groups, and case weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from shlex import quote

import numpy as np

from hcc2l.cohort import Cohort, Column, number_text, printable
from hcc2l.design.conditions import bound, compare
from hcc2l.design.levels import distinct, matching, natural_order
from hcc2l.design.rows import Floats, Ints, Mask, numbers
from hcc2l.errors import AnalysisError, InputError, UsageError, did_you_mean, quoted_list
from hcc2l.specs import AnalysisSpec
from hcc2l.terms import OPPOSITE, SIGNS, Term, parse_cuts, parse_term, split_assignment

MAX_LEVELS = 12  # more groups than a figure or a reader can hold apart


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
        Each level's place in level order, whichever is the reference; for trends.
    cuts
        The cut-points, where the groups are those of a number that was cut.
    """

    term: str
    column: str
    label: str
    levels: tuple[str, ...]
    codes: Ints
    ranks: tuple[int, ...]
    cuts: tuple[float, ...] = ()

    def take(self, keep: Mask) -> Factor:
        """The kept rows, without levels that no longer occur."""
        codes = self.codes[keep]
        used = np.unique(codes)
        recode = np.full(len(self.levels), -1, dtype=np.int64)
        recode[used] = np.arange(used.size)
        return replace(
            self,
            codes=recode[codes],
            levels=tuple(self.levels[i] for i in used),
            ranks=tuple(np.argsort(np.argsort([self.ranks[i] for i in used])).tolist()),
        )


def factor(cohort: Cohort, text: str, spec: AnalysisSpec, option: str, keep: Mask) -> Factor:
    """A term as groups over all rows; `keep` are the rows that a median is taken over.

    Raises
    ------
    UsageError
        A number without a cut, a column that is a name or a date, or more than 12 groups.
    """
    term = parse_term(text, cohort.names, option)
    column = cohort.column(term.column)
    label = cohort.label(term.column)
    cuts: tuple[float, ...] = ()
    if term.comparison:
        levels, codes = _compared(cohort, term, column, option, keep)
        shown = f"{label} {_comparison_sign(term)} {term.comparison[1]}"
        label = shown if levels == ("no", "yes") else label
    else:
        cuts = _cuts_of(cohort, term, spec, option, keep)
        if cuts:
            levels, codes = _cut(numbers(cohort, term.column, keep, to_cut=True), cuts)
        else:
            levels, codes = _levels(cohort, column, option, text, keep)
    ordered = levels
    levels, codes = _with_reference(term, spec, levels, codes, cohort)
    ranks = tuple(ordered.index(level) for level in levels)
    unit = cohort.dictionary.column(term.column).unit
    if unit and any(sign in levels[0] for sign in "<≥≤>"):
        label = f"{label}, {unit}"
    names = tuple(printable(level) for level in levels)
    return Factor(text, term.column, label, names, codes, ranks, cuts)


def _compared(
    cohort: Cohort, term: Term, column: Column, option: str, keep: Mask
) -> tuple[tuple[str, ...], Ints]:
    """The two sides of a comparison; the one that it does not name is the reference."""
    assert term.comparison is not None
    operator, value = term.comparison
    if operator in ("==", "!="):
        texts, codes = distinct(column)
        found = matching(value, column, texts)
        if not found:
            raise UsageError(
                f"{column.name} has no value {value!r}.",
                where=f"{option} {term.text}",
                hint=did_you_mean(value, natural_order(texts)),
            )
        table = np.array([*(int((t in found) == (operator == "==")) for t in texts), -1])
        return ("no", "yes"), table[codes].astype(np.int64)
    values = numbers(cohort, term.column, keep, to_cut=True)
    limit = bound(value, term.text, option)
    shown = number_text(limit)
    chosen = np.where(np.isnan(values), -1, compare(values, operator, limit)).astype(np.int64)
    return (f"{OPPOSITE[operator]}{shown}", f"{SIGNS[operator]}{shown}"), chosen


def _comparison_sign(term: Term) -> str:
    assert term.comparison is not None
    return {"==": "=", "!=": "≠"}.get(term.comparison[0], term.comparison[0])


def _cuts_of(
    cohort: Cohort, term: Term, spec: AnalysisSpec, option: str, keep: Mask
) -> tuple[float, ...]:
    """Cut-points of a term: its own, those of --cut, those of the dictionary; else none."""
    said: tuple[float | str, ...] = term.cuts
    if not said:
        for text in spec.cut:
            name, value = split_assignment(text, cohort.names, "--cut")
            if name == term.column:
                said = parse_cuts(value or "", f"--cut {text}")
    if not said and (term.dictionary_cut or cohort.column(term.column).kind == "number"):
        said = cohort.dictionary.column(term.column).cut
        if not said and term.dictionary_cut:
            raise UsageError(
                f"The dictionary has no cut-point for {term.column}.",
                where=f"{option} {term.text}",
                hint=f"Write {term.column}@VALUE or {term.column}@median.",
            )
    if said == ("median",):
        values = numbers(cohort, term.column, keep)[keep]
        if np.isnan(values).all():
            raise AnalysisError(
                f"All values of {term.column} are missing.", where=f"{option} {term.text}"
            )
        said = (float(np.nanmedian(values)),)
    return tuple(float(c) for c in said)


def _cut(values: Floats, cuts: Sequence[float]) -> tuple[tuple[str, ...], Ints]:
    """Groups closed on the left: <200, 200-<400, >=400."""
    shown = [number_text(c) for c in cuts]
    middle = [f"{a}–<{b}" for a, b in pairwise(shown)]
    codes = np.searchsorted(np.asarray(cuts), values, side="right").astype(np.int64)
    codes[np.isnan(values)] = -1
    return (f"<{shown[0]}", *middle, f"≥{shown[-1]}"), codes


def _levels(
    cohort: Cohort, column: Column, option: str, text: str, keep: Mask
) -> tuple[tuple[str, ...], Ints]:
    """The kept rows' values as levels, in the dictionary's, the file's, or natural order."""
    texts, codes = distinct(column)
    kept = [texts[i] for i in np.unique(codes[keep]) if i >= 0]
    declared = cohort.dictionary.column(column.name).levels
    levels = declared or column.levels or natural_order(kept)
    unknown = [t for t in kept if t not in levels]
    if unknown:
        raise InputError(
            f"{column.name} has values that are not among the levels of the dictionary: "
            f"{quoted_list(repr(u) for u in unknown)}.",
            where=cohort.source.name,
            hint=f"Levels: {quoted_list(levels, 12)}. Correct the cells, add the level, or say "
            'missing = ["…"] for this column.',
        )
    if not declared:
        _refuse_many(cohort, column, kept, f"{option} {text}", option)
    places = {level: i for i, level in enumerate(levels)}
    table = np.array([*(places.get(t, -1) for t in texts), -1], dtype=np.int64)
    return tuple(levels), table[codes]


def _refuse_many(
    cohort: Cohort, column: Column, texts: Sequence[str], where: str, option: str
) -> None:
    """Refuse a number that was not cut, and a text with too many values to be groups."""
    grouped = cohort.dictionary.column(column.name).type in ("factor", "ordered")
    many = len(texts) > MAX_LEVELS
    continuous = column.kind == "number" and any("." in t or "e" in t for t in texts)
    if column.kind == "number" and (many or (continuous and not grouped)):
        raise UsageError(
            f"{column.name} is a number with {len(texts)} values, not a group.",
            where=where,
            hint=f"Cut it: {option} {quote(f'{column.name}@median')}, or @VALUE for @median.",
        )
    if many:
        raise UsageError(
            f"{column.name} has {len(texts)} different values; a table or a curve for each "
            "would say nothing.",
            where=where,
            hint=f"Group them first, or choose some with --where '{column.name} in …,…'.",
        )


def _with_reference(
    term: Term, spec: AnalysisSpec, levels: tuple[str, ...], codes: Ints, cohort: Cohort
) -> tuple[tuple[str, ...], Ints]:
    """Move the reference level, where one is said, to the front."""
    reference = None
    entry = cohort.dictionary.column(term.column)
    if not term.comparison and not term.cuts:
        reference = entry.reference if entry.reference in levels else None
    for text in spec.ref:
        name, value = split_assignment(text, cohort.names, "--ref")
        if name != term.column:
            continue
        if value not in levels:
            raise UsageError(
                f"{term.column} has no level {value!r}.",
                where=f"--ref {text}",
                hint=did_you_mean(value or "", levels),
            )
        reference = value
    if reference is None or reference == levels[0]:
        return levels, codes
    first = levels.index(reference)
    order = [first, *(i for i in range(len(levels)) if i != first)]
    table = np.append(np.argsort(order), -1)
    return tuple(levels[i] for i in order), table[codes].astype(np.int64)


def weights(cohort: Cohort, name: str, keep: Mask) -> Floats:
    """Case weights, shape (n,), NaN where missing.

    Raises
    ------
    InputError
        A weight is zero or negative.
    """
    column = parse_term(name, cohort.names, "--weights").column
    values = numbers(cohort, column, keep)
    bad = np.flatnonzero(keep & (values <= 0))
    if bad.size:
        rows = quoted_list(cohort.row_name(int(i)) for i in bad)
        raise InputError(
            f"Case weights must be above 0; {bad.size} {'are' if bad.size > 1 else 'is'} not: "
            f"{rows}.",
            where=f"{cohort.source.name}, column {column}",
            hint="Leave these rows out with --where.",
        )
    return values
