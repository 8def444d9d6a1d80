"""Markers: columns of numbers and scores, or groups of them, whose use as a test is judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from hcc2l.cohort import Cohort, Column
from hcc2l.design import Floats, Mask, factor
from hcc2l.design.model import model_term, usable_column
from hcc2l.design.rows import numbers
from hcc2l.design.units import unit_notes
from hcc2l.errors import UsageError, quoted_list
from hcc2l.report import Note
from hcc2l.scores.compute import refuse_negative
from hcc2l.scores.laboratory import is_measured, laboratory, measured
from hcc2l.specs import RocSpec
from hcc2l.terms import Parser, Scale, Term

DEFAULT = ("afp", "alt", "pni")


@dataclass(frozen=True)
class Marker:
    """A marker; `values` has shape (n,), NaN where unknown, over all rows of the cohort.

    Attributes
    ----------
    columns
        The columns it comes from.
    levels
        The groups, where the marker is a cut or a comparison: a value is a place among them.
    knots, scale
        Of the spline that its cut-offs are compared with; None without one.
    """

    name: str
    label: str
    unit: str | None
    values: Floats
    columns: tuple[str, ...]
    levels: tuple[str, ...] = ()
    notes: tuple[Note, ...] = field(default=(), compare=False)
    knots: int | None = None
    scale: Scale | None = None


def resolve_markers(
    cohort: Cohort, spec: RocSpec, parser: Parser, keep: Mask, of_outcome: tuple[str, ...]
) -> dict[str, Marker]:
    """The markers by name, including those of `--combine`; `of_outcome` are the outcome's columns.

    Raises
    ------
    UsageError
        A column does not exist, belongs to the outcome, or holds dates or identifiers.
    InputError
        A cell is not a number, a value is impossible (negative), or there are two units.
    """
    texts = list(spec.marker) or ([] if spec.combine else _default_markers(cohort))
    for text in spec.combine:
        parts = [part.strip() for part in text.split("+")]
        if len(set(parts)) < 2 or not all(parts):
            raise UsageError(
                f"{text!r} is not a combination.", where="--combine",
                hint="Write two or more markers: --combine afp+alt.",
            )  # fmt: skip
        texts += parts
        _refuse_splines(parser, parts)
    return {
        m.name: m
        for m in (_marker(cohort, parser, t, keep, of_outcome) for t in dict.fromkeys(texts))
    }


def _refuse_splines(parser: Parser, parts: Sequence[str]) -> None:
    """UsageError for a spline in a combination, which adds the values themselves."""
    for term in parser.terms(parts, "--combine"):
        if term.knots is not None:
            raise UsageError(
                f"{term.text} is a spline, and markers are combined as they are.",
                where="--combine", hint=f"Name the column itself: {term.column}.",
            )  # fmt: skip


def _default_markers(cohort: Cohort) -> list[str]:
    """Those of AFP, ALT and PNI that are in the cohort or can be computed from it."""
    by_kind = {laboratory(name): name for name in reversed(cohort.names)}
    names = [by_kind.get(kind, kind) for kind in DEFAULT
             if kind in by_kind or cohort.computable(kind)]  # fmt: skip
    if not names:
        raise UsageError(
            "There is no AFP, ALT or PNI in the cohort.", where="--marker",
            hint=f"Use --marker COLUMN. Columns: {quoted_list(cohort.names, 20)}.",
        )  # fmt: skip
    return names


def _marker(
    cohort: Cohort, parser: Parser, text: str, keep: Mask, of_outcome: tuple[str, ...]
) -> Marker:
    (term,) = parser.terms([text], "--marker")
    if term.knots is not None:
        model_term(cohort, term, keep, of_outcome)  # refuses levels, and the logarithm of 0
    else:
        term.refuse_scale("A ROC curve is the same on any scale")
    column = usable_column(cohort, term, of_outcome)
    if term.makes_groups or _is_class(cohort, column):
        return _grouped(cohort, term, keep)
    values = numbers(cohort, term.column, keep)
    kind = laboratory(term.column)
    notes: tuple[Note, ...] = ()
    if kind is not None and is_measured(kind) and term.column in cohort.names:
        where = f"{cohort.source.name}, column {term.column}"
        kept = np.where(keep, values, np.nan)
        if not measured(kind).signed:
            refuse_negative(cohort.label(term.column), kept, where, cohort.row_name)
        notes = unit_notes(cohort, term.column, kind, kept[~np.isnan(kept)])
    unit = cohort.dictionary.column(term.column).unit
    return Marker(
        text, cohort.label(term.column), unit, values, cohort.sources(term.column), notes=notes,
        knots=term.knots, scale=term.scale,
    )  # fmt: skip


def _is_class(cohort: Cohort, column: Column) -> bool:
    """Whether a column is the class of a computed score, such as the ALBI grade."""
    return bool(column.levels) and cohort.computable(column.name)


def _grouped(cohort: Cohort, term: Term, keep: Mask) -> Marker:
    """A marker from a comparison or a cut, `AFP ≥400`; its values are places among its levels."""
    groups = factor(cohort, term, keep)
    levels = tuple(level for _, level in sorted(zip(groups.ranks, groups.levels, strict=True)))
    ranks = np.array([*groups.ranks, np.nan])  # the last for -1, missing
    label = groups.label
    if len(levels) == 2 and levels != ("no", "yes"):
        unit = cohort.dictionary.column(term.column).unit
        label = f"{cohort.label(term.column)} {levels[1]}{' ' + unit if unit else ''}"
        levels = ("no", "yes")
    sources = cohort.sources(term.column)
    return Marker(term.text, label, None, ranks[groups.codes], sources, levels=levels)
