"""Whether the values of a laboratory value fit the unit that the dictionary states."""

from __future__ import annotations

from hcc2l.cohort import Cohort
from hcc2l.design.rows import Floats
from hcc2l.report import Note
from hcc2l.scores.laboratory import FoundUnit, find_unit, knows_unit, plain_unit
from hcc2l.wording import in_sentence


def unit_notes(cohort: Cohort, name: str, kind: str, known: Floats) -> tuple[Note, ...]:
    """Warnings on a laboratory value that is used as it stands.

    Parameters
    ----------
    name
        The column.
    kind
        The analyte, a key of `laboratory.ANALYTES`.
    known
        Its values without the missing ones.
    """
    if not known.size:
        return ()
    declared, label = cohort.unit(name), cohort.label(name)
    found = find_unit(kind, known)
    notes = zeros_notes(label, found, known.size)
    if kind == "afp" and declared and plain_unit(declared) != plain_unit("ng/mL"):
        text = (
            f"{label} is in {declared}, but published cut-offs (20, 200, 400) are in ng/mL. "
            "Convert the values: 1 kU/L (IU/mL) is 1.21 ng/mL."
        )
        return (*notes, Note("warning", "units", text))
    if declared and not knows_unit(kind, declared):
        return notes
    if not found.strays or found.unit is None:
        return (*notes, *declared_unit_notes(label, declared, found))
    look, fit = ("looks", "fits") if found.strays == 1 else ("look", "fit")
    other = f"{look} like {found.stray_unit.name}" if found.stray_unit else f"{fit} no known unit"
    text = (
        f"{label}: {found.strays} of {known.size} values {other}, whereas the others look like "
        f"{found.unit.name}. Check whether two units were used; if so, convert the cells or "
        "exclude these rows with --where."
    )
    return (*notes, Note("warning", "mixed-units", text))


def zeros_notes(label: str, found: FoundUnit, values: int) -> tuple[Note, ...]:
    """A warning of zeros among the known values of a laboratory value, which cannot be 0."""
    if not found.zeros:
        return ()
    text = (
        f"{label}: {found.zeros} of {values} values {'is' if found.zeros == 1 else 'are'} 0, "
        "which is implausible. If 0 means missing, use --na 0; if it means below the detection "
        "limit, these patients are tied at the lowest value."
    )
    return (Note("warning", "zeros", text),)


def declared_unit_notes(label: str, declared: str | None, found: FoundUnit) -> tuple[Note, ...]:
    """A warning that the values look like another unit than that of the dictionary."""
    if declared is None or found.unit is None:
        return ()
    if plain_unit(declared) == plain_unit(found.unit.name):
        return ()
    text = (
        f"The declared unit of {in_sentence(label)} is {declared}, but the values look like "
        f"{found.unit.name}. Correct the unit in hcc2l.toml."
    )
    return (Note("warning", "units", text),)
