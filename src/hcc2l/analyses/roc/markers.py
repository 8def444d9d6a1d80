"""The markers of a ROC analysis: columns, or scores computed from them, with their units."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from hcc2l.cohort import Cohort
from hcc2l.design import Floats, Mask, factor
from hcc2l.design.dates import looks_like_dates
from hcc2l.design.model import refuse_own
from hcc2l.design.rows import numbers
from hcc2l.errors import InputError, UsageError, did_you_mean, no_column, quoted_list
from hcc2l.report import Note
from hcc2l.scores import DECIMALS, SCALES, knows_unit, laboratory, plain_unit, pni, units_of
from hcc2l.specs import RocSpec
from hcc2l.terms import Parser, Term
from hcc2l.wording import in_sentence

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
    """

    name: str
    label: str
    unit: str | None
    values: Floats
    columns: tuple[str, ...]
    laboratory: str | None = None
    levels: tuple[str, ...] = ()
    notes: tuple[Note, ...] = field(default=(), compare=False)


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
    return {
        m.name: m
        for m in (_marker(cohort, parser, t, keep, of_outcome) for t in dict.fromkeys(texts))
    }


def _default_markers(cohort: Cohort) -> list[str]:
    """Those of AFP, ALT and PNI that are in the cohort or can be computed from it."""
    by_kind = {laboratory(name): name for name in reversed(cohort.names)}
    names = [by_kind[kind] for kind in DEFAULT if kind in by_kind]
    if "pni" not in by_kind and {"albumin", "lymphocytes"} <= set(by_kind):
        names.append("pni")
    if not names:
        raise UsageError(
            "There is no AFP, ALT or PNI in the cohort.", where="--marker",
            hint=f"Use --marker COLUMN. Columns: {quoted_list(cohort.names, 20)}.",
        )  # fmt: skip
    return names


def _marker(
    cohort: Cohort, parser: Parser, text: str, keep: Mask, of_outcome: tuple[str, ...]
) -> Marker:
    option = f"--marker {text}"
    if text.casefold() == "pni" and "pni" not in {n.casefold() for n in cohort.names}:
        return _computed_pni(cohort, text, keep, of_outcome)
    (term,) = parser.terms([text], "--marker")
    refuse_own(term.column, option, of_outcome)
    column = cohort.column(term.column)
    if term.column == cohort.id_column:
        raise UsageError(f"{term.column} identifies the patients.", where=option, hint="Remove it.")
    if column.kind == "date" or looks_like_dates(column):
        raise UsageError(
            f"{term.column} is a date.",
            where=option,
            hint="Use a number derived from it, such as age.",
        )
    term.refuse_scale("A ROC curve is the same on any scale")
    if term.makes_groups:
        return _grouped(cohort, term, keep)
    values = numbers(cohort, term.column, keep)
    kind = laboratory(term.column)
    if kind is not None:
        _refuse_negative(cohort, term.column, values, keep)
    unit = cohort.dictionary.column(term.column).unit
    return Marker(
        text, cohort.label(term.column), unit, values, (term.column,), kind,
        notes=_unit_notes(cohort, term.column, kind, values, keep),
    )  # fmt: skip


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
    return Marker(term.text, label, None, ranks[groups.codes], (term.column,), levels=levels)


def _refuse_negative(cohort: Cohort, name: str, values: Floats, keep: Mask) -> None:
    with np.errstate(invalid="ignore"):
        bad = np.flatnonzero(keep & (values < 0))
    if bad.size:
        rows = quoted_list(cohort.row_name(int(i)) for i in bad)
        raise InputError(
            f"{bad.size} row{'s have' if bad.size > 1 else ' has'} a negative value of "
            f"{in_sentence(cohort.label(name))}: {rows}.",
            where=f"{cohort.source.name}, column {name}",
            hint="Correct the cells; if a number such as -9 means missing, use --na -9.",
        )


def _unit_notes(
    cohort: Cohort, name: str, kind: str | None, values: Floats, keep: Mask
) -> tuple[Note, ...]:
    """Warnings where the range of a laboratory value does not fit its unit."""
    known = values[keep & ~np.isnan(values)]
    if kind is None or not known.size:
        return ()
    detected, label = units_of(kind, known), cohort.label(name)
    declared = cohort.dictionary.column(name).unit
    notes = []
    if detected.zeros:
        notes.append(
            Note("warning", "zeros",
                 f"{label}: {detected.zeros} of {known.size} values "
                 f"{'is' if detected.zeros == 1 else 'are'} 0, which is implausible. If 0 means "
                 "missing, use --na 0; if it means below the detection limit, these patients are "
                 "tied at the lowest value.")
        )  # fmt: skip
    foreign = declared is not None and not knows_unit(kind, declared)
    if kind == "afp" and declared and foreign:
        notes.append(
            Note("warning", "units",
                 f"{label} is in {declared}, but published cut-offs (20, 200, 400) are in ng/mL. "
                 "Convert the values: 1 kU/L (IU/mL) is 1.21 ng/mL.")
        )  # fmt: skip
    elif detected.strays and not foreign:
        look, fit = ("looks", "fits") if detected.strays == 1 else ("look", "fit")
        other = (
            f"{look} like {detected.stray_unit}" if detected.stray_unit else f"{fit} no known unit"
        )
        notes.append(
            Note("warning", "mixed-units",
                 f"{label}: {detected.strays} of {known.size} values {other}, whereas the others "
                 f"look like {detected.unit}. Check whether two units were used; if so, convert "
                 "the cells or exclude these rows with --where.")
        )  # fmt: skip
    elif (
        declared
        and detected.unit
        and not foreign
        and plain_unit(declared) != plain_unit(detected.unit)
    ):
        notes.append(
            Note("warning", "units",
                 f"The declared unit of {in_sentence(label)} is {declared}, but the values look "
                 f"like {detected.unit}. Correct the unit in hcc2l.toml.")
        )  # fmt: skip
    return tuple(notes)


def _computed_pni(cohort: Cohort, name: str, keep: Mask, of_outcome: tuple[str, ...]) -> Marker:
    """PNI from albumin and lymphocytes in any of their units; see `scores.pni`."""
    columns = {}
    for kind in ("albumin", "lymphocytes"):
        named = [n for n in cohort.names if laboratory(n) == kind]
        if not named:
            error = no_column(name, cohort.names, f"--marker {name}")
            error.hint = (
                f"PNI is computed from albumin and lymphocytes, but there is no column {kind!r}. "
                f"{did_you_mean(kind, cohort.names, listed=0)}".strip()
            )
            raise error
        columns[kind] = named[0]
    for column in columns.values():
        refuse_own(column, f"--marker {name}", of_outcome)
    parts, sources = {}, []
    for kind, column in columns.items():
        values, unit = _in_scale(cohort, column, kind, keep)
        parts[kind] = values
        sources.append(f"{column} ({unit})")
    text = f"PNI = albumin (g/L) + 5 × lymphocytes (10^9/L), computed from {' and '.join(sources)}."
    notes = [Note("info", "pni-computed", text)]
    for kind, column in columns.items():
        notes += _unit_notes(cohort, column, kind, numbers(cohort, column, keep), keep)
    return Marker(
        name, "PNI", None, pni(parts["albumin"], parts["lymphocytes"]), tuple(columns.values()),
        "pni", notes=tuple(notes),
    )  # fmt: skip


def _in_scale(cohort: Cohort, column: str, kind: str, keep: Mask) -> tuple[Floats, str]:
    """A laboratory value in the unit of the score, and the unit in which it was given.

    Raises
    ------
    InputError
        Its values are in two units or in no known unit, or the declared unit is another.
    """
    declared, scale = cohort.dictionary.column(column).unit, SCALES[kind]
    units = " or ".join([scale.unit, *(other[0] for other in scale.others)])
    if declared is not None and not knows_unit(kind, declared):
        raise InputError(
            f"{cohort.label(column)} is in {declared}, from which PNI cannot be computed.",
            where=f"{cohort.source.name}, column {column}",
            hint=f"PNI needs {units}: convert the cells (a percentage of leucocytes needs the "
            "leucocyte count), or correct the unit in hcc2l.toml."
            if "%" in declared
            else f"PNI needs {units}: convert the cells, or correct the unit in hcc2l.toml.",
        )
    values = numbers(cohort, column, keep)
    _refuse_negative(cohort, column, values, keep)
    known = keep & ~np.isnan(values)
    if not known.any():
        return values, scale.unit
    detected = units_of(kind, values[known])
    if detected.unit is not None and not detected.strays:
        return np.round(values * detected.factor, DECIMALS), detected.unit
    if detected.unit is None:
        message = f"The values of {in_sentence(cohort.label(column))} are not in {units}."
    else:
        other = f"in {detected.stray_unit}" if detected.stray_unit else "in no known unit"
        verb = "value is" if detected.strays == 1 else "values are"
        message = f"{detected.strays} {verb} {other}, the others in {detected.unit}."
    raise InputError(
        message,
        where=f"{cohort.source.name}, column {column}",
        hint=f"PNI needs one unit, {units}: convert the cells, or exclude rows with --where.",
    )
