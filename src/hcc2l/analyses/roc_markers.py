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
from hcc2l.terms import Term, parse_term

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
    cohort: Cohort, spec: RocSpec, keep: Mask, own: tuple[str, ...]
) -> dict[str, Marker]:
    """The markers by name, those of `--combine` among them; `own` are columns of the outcome.

    Raises
    ------
    UsageError
        No such column, the outcome's own, a date, or a name.
    InputError
        Cells that are no numbers, or that cannot be: negative, or of two units.
    """
    wanted = list(spec.marker) or ([] if spec.combine else _at_hand(cohort))
    for text in spec.combine:
        parts = [part.strip() for part in text.split("+")]
        if len(set(parts)) < 2 or not all(parts):
            raise UsageError(
                f"{text!r} is not a combination.", where="--combine",
                hint="Write two or more markers: --combine afp+alt.",
            )  # fmt: skip
        wanted += parts
    return {m.name: m for m in (_marker(cohort, spec, t, keep, own) for t in dict.fromkeys(wanted))}


def _at_hand(cohort: Cohort) -> list[str]:
    """Those of AFP, ALT and PNI that the cohort has, or that can be computed."""
    by_kind = {laboratory(name): name for name in reversed(cohort.names)}
    found = [by_kind[kind] for kind in DEFAULT if kind in by_kind]
    if "pni" not in by_kind and {"albumin", "lymphocytes"} <= set(by_kind):
        found.append("pni")
    if not found:
        raise UsageError(
            "The cohort has no AFP, ALT or PNI.", where="--marker",
            hint=f"Name the markers: --marker COLUMN. Columns: {quoted_list(cohort.names, 20)}.",
        )  # fmt: skip
    return found


def _marker(cohort: Cohort, spec: RocSpec, text: str, keep: Mask, own: tuple[str, ...]) -> Marker:
    option = f"--marker {text}"
    if text.casefold() == "pni" and "pni" not in {n.casefold() for n in cohort.names}:
        return _computed_pni(cohort, text, keep, own)
    term = parse_term(text, cohort.names, "--marker")
    refuse_own(term.column, option, own)
    column = cohort.column(term.column)
    if term.column == cohort.id_column:
        raise UsageError(f"{term.column} names the patients.", where=option, hint="Leave it out.")
    if column.kind == "date" or looks_like_dates(column):
        raise UsageError(
            f"{term.column} is a date.",
            where=option,
            hint="Use a number made from it, such as age.",
        )
    if term.comparison or term.cuts or term.dictionary_cut:
        return _grouped(cohort, spec, term, keep)
    values = numbers(cohort, term.column, keep)
    kind = laboratory(term.column)
    if kind is not None:
        _refuse_negative(cohort, term.column, values, keep)
    unit = cohort.dictionary.column(term.column).unit
    return Marker(
        text, cohort.label(term.column), unit, values, (term.column,), kind,
        notes=_unit_notes(cohort, term.column, kind, values, keep),
    )  # fmt: skip


def _grouped(cohort: Cohort, spec: RocSpec, term: Term, keep: Mask) -> Marker:
    """A cut or a comparison: `AFP ≥400`, which a patient has or not; or several groups."""
    groups = factor(cohort, term.text, spec, "--marker", keep)
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
            f"{bad.size} row{'s have' if bad.size > 1 else ' has'} a negative value, which "
            f"{cohort.label(name)} cannot have: {rows}.",
            where=f"{cohort.source.name}, column {name}",
            hint="Correct the cells; if a number such as -1 or -9 means missing, say --na -9.",
        )


def _unit_notes(
    cohort: Cohort, name: str, kind: str | None, values: Floats, keep: Mask
) -> tuple[Note, ...]:
    """What the range of a laboratory value says about its unit, where that is not what is said."""
    known = values[keep & ~np.isnan(values)]
    if kind is None or not known.size:
        return ()
    found, label = units_of(kind, known), cohort.label(name)
    declared = cohort.dictionary.column(name).unit
    notes = []
    if found.zeros:
        notes.append(
            Note("warning", "zeros",
                 f"{label}: {found.zeros} of {known.size} values are 0, which is doubtful. If 0 "
                 "stands for missing, say --na 0; if for a value below the detection limit, these "
                 "patients are tied at the lowest.")
        )  # fmt: skip
    foreign = declared is not None and not knows_unit(kind, declared)
    if kind == "afp" and declared and foreign:
        notes.append(
            Note("warning", "units",
                 f"{label} is in {declared}. The cut-offs of the literature (20, 200, 400) are in "
                 "ng/mL; 1 kU/L, or IU/mL, is 1.21 ng/mL.")
        )  # fmt: skip
    elif found.strays and not foreign:
        other = f"look like {found.stray_unit}" if found.stray_unit else "fit no unit in use"
        notes.append(
            Note("warning", "mixed-units",
                 f"{label}: {found.strays} of {known.size} values {other}, the others like "
                 f"{found.unit}. Was it measured in two units? No cut-off holds for both: convert "
                 "the cells, or leave these rows out with --where.")
        )  # fmt: skip
    elif declared and found.unit and not foreign and plain_unit(declared) != plain_unit(found.unit):
        notes.append(
            Note("warning", "units",
                 f"{label} is declared as {declared}, but its values are those of {found.unit}. "
                 "Correct the unit in hcc2l.toml.")
        )  # fmt: skip
    return tuple(notes)


def _computed_pni(cohort: Cohort, name: str, keep: Mask, own: tuple[str, ...]) -> Marker:
    """PNI from albumin and lymphocytes, whatever their units; see `scores.pni`."""
    columns = {}
    for kind in ("albumin", "lymphocytes"):
        named = [n for n in cohort.names if laboratory(n) == kind]
        if not named:
            error = no_column(name, cohort.names, f"--marker {name}")
            error.hint = (
                f"It is computed from albumin and lymphocytes, but no column is called {kind}. "
                f"{did_you_mean(kind, cohort.names, listed=0)}".strip()
            )
            raise error
        columns[kind] = named[0]
    for column in columns.values():
        refuse_own(column, f"--marker {name}", own)
    parts, said = {}, []
    for kind, column in columns.items():
        values, unit = _in_scale(cohort, column, kind, keep)
        parts[kind] = values
        said.append(f"{column} ({unit})")
    text = f"PNI = albumin (g/L) + 5 × lymphocytes (10^9/L), computed from {' and '.join(said)}."
    notes = [Note("info", "pni-computed", text)]
    for kind, column in columns.items():
        notes += _unit_notes(cohort, column, kind, numbers(cohort, column, keep), keep)
    return Marker(
        name, "PNI", None, pni(parts["albumin"], parts["lymphocytes"]), tuple(columns.values()),
        "pni", notes=tuple(notes),
    )  # fmt: skip


def _in_scale(cohort: Cohort, column: str, kind: str, keep: Mask) -> tuple[Floats, str]:
    """A laboratory value in the unit that scores take, and the unit that it was in.

    Raises
    ------
    InputError
        Its values are of two units, or of none that is known, or it is declared in another.
    """
    declared, scale = cohort.dictionary.column(column).unit, SCALES[kind]
    units = " or ".join([scale.unit, *(other[0] for other in scale.others)])
    if declared is not None and not knows_unit(kind, declared):
        raise InputError(
            f"{cohort.label(column)} is in {declared}, of which PNI cannot be computed.",
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
    found = units_of(kind, values[known])
    if found.unit is not None and not found.strays:
        return np.round(values * found.factor, DECIMALS), found.unit
    if found.unit is None:
        message = f"{cohort.label(column)} is neither in {units}."
    else:
        other = found.stray_unit or "no unit that is known"
        message = f"{found.strays} values are in {other}, the others in {found.unit}."
    raise InputError(
        message,
        where=f"{cohort.source.name}, column {column}",
        hint=f"PNI needs one unit, {units}: convert the cells, or leave rows out with --where.",
    )
