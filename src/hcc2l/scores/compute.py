"""A score of the patients of a cohort: which columns it needs, and their cells in its units."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hcc2l.errors import InputError, did_you_mean, quoted_list
from hcc2l.scores.laboratory import (
    ANALYTES,
    FoundUnit,
    Graded,
    Unit,
    find_unit,
    measured,
    outside,
)
from hcc2l.scores.score import DECIMALS, Floats, Score
from hcc2l.wording import in_sentence, listed


@dataclass(frozen=True)
class Part:
    """One part of a score as the cohort holds it.

    Attributes
    ----------
    column, label
        The name and the label of the column.
    cells
        Numbers of shape (n,), NaN where missing, of a measured value; else texts, empty where
        missing.
    stated
        Its unit by the dictionary.
    """

    column: str
    label: str
    cells: Floats | Sequence[str]
    stated: str | None = None


@dataclass(frozen=True)
class Computed:
    """A score of every patient, and how it was computed.

    Attributes
    ----------
    values
        Shape (n,); of a class the place among its levels; NaN where a part is missing.
    parts
        By analyte, in the order of the score.
    units
        The unit in which each measured part was given, by analyte.
    """

    score: Score
    values: Floats
    parts: Mapping[str, Part]
    units: Mapping[str, FoundUnit]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it was computed from."""
        return tuple(part.column for part in self.parts.values())

    @property
    def parts_in_words(self) -> tuple[str, ...]:
        """The columns with their units: `albumin (g/L)`."""
        of_parts = []
        for analyte, part in self.parts.items():
            found = self.units.get(analyte)
            unit = found.unit.name if found is not None and found.unit is not None else ""
            of_parts.append(f"{part.column} ({unit})" if unit else part.column)
        return tuple(of_parts)

    @property
    def described(self) -> str:
        """Formula, columns and units as a sentence."""
        score = self.score
        return f"{score.label} = {score.expression}, computed from {listed(self.parts_in_words)}."


def choose_parts(score: Score, columns: Mapping[str, str]) -> dict[str, str]:
    """The column of each part, by analyte, as far as `columns` has it."""
    spare = [name for name in score.either if name in columns][1:]
    return {name: columns[name] for name in score.parts if name in columns and name not in spare}


def absent_part(score: Score, columns: Mapping[str, str]) -> str | None:
    """The first part that is needed and that `columns` does not have; else None."""
    needed = [name for name in score.parts if name not in (*score.optional, *score.either)]
    if score.either and not any(name in columns for name in score.either):
        needed.append(score.either[0])
    return next((name for name in needed if name not in columns), None)


def parts_hint(score: Score, absent: str, names: Sequence[str]) -> str:
    """What a score is computed from, and the part that has no column."""
    needed = [name for name in score.parts if name not in (*score.optional, *score.either)]
    if score.either:
        needed.append(" or ".join(score.either))
    return (
        f"{score.label} is computed from {listed(needed)}, but there is no column {absent!r}. "
        f"{did_you_mean(absent, names, listed=0)}"
    ).strip()


def compute(
    score: Score, parts: Mapping[str, Part], file: str, row: Callable[[int], str]
) -> Computed:
    """A score of every patient.

    Parameters
    ----------
    parts
        By analyte.
    file
        The cohort's name, for messages.
    row
        The name of a row, for messages.

    Raises
    ------
    InputError
        A part is in a foreign unit, in two units, or in none that is known; or a cell is negative
        or no grade.
    """
    values: dict[str, Floats] = {}
    units: dict[str, FoundUnit] = {}
    for analyte, part in parts.items():
        where = f"{file}, column {part.column}"
        if isinstance(ANALYTES[analyte], Graded):
            values[analyte] = _grades(analyte, part, where, row)
            continue
        cells = np.asarray(part.cells, dtype=np.float64)
        if not measured(analyte).signed:
            refuse_negative(part.label, cells, where, row)
        units[analyte] = found = _unit(score, analyte, part, where, row)
        if found.unit is not None:
            cells = _converted(cells, found.unit, analyte, score.parts[analyte])
        values[analyte] = cells
    return Computed(score, score.compute(values), dict(parts), units)


def refuse_negative(label: str, values: Floats, where: str, row: Callable[[int], str]) -> None:
    """InputError for negative values of a laboratory value, shape (n,), NaN where unknown."""
    with np.errstate(invalid="ignore"):
        bad = np.flatnonzero(values < 0)
    if bad.size:
        rows = quoted_list(row(int(i)) for i in bad)
        raise InputError(
            f"{bad.size} row{'s have' if bad.size > 1 else ' has'} a negative value of "
            f"{in_sentence(label)}: {rows}.",
            where=where,
            hint="Correct the cells; if a number such as -9 means missing, use --na -9.",
        )


def _unit(
    score: Score, analyte: str, part: Part, where: str, row: Callable[[int], str]
) -> FoundUnit:
    """The one unit of a part; without a value there is none.

    Raises
    ------
    InputError
        Its values are in two units or in no known unit, or the stated unit is another.
    """
    of = measured(analyte)
    cells = np.asarray(part.cells, dtype=np.float64)
    names = listed([unit.name or "plain numbers" for unit in of.units], "or")
    if part.stated is not None and of.unit(part.stated) is None:
        leucocytes = " (a percentage of leucocytes needs the leucocyte count)"
        raise InputError(
            f"{part.label} is in {part.stated}, from which {score.label} cannot be computed.",
            where=where,
            hint=f"{score.label} needs {names}: convert the cells"
            f"{leucocytes if '%' in part.stated else ''}, or correct the unit in hcc2l.toml.",
        )
    found = find_unit(analyte, cells, part.stated)
    if found.unit is None:
        if found.zeros == np.count_nonzero(~np.isnan(cells)):
            return found
        raise InputError(
            f"The values of {in_sentence(part.label)} are not in {names}.",
            where=where,
            hint=f"{score.label} needs {names}: convert the cells, or state their unit in "
            f'hcc2l.toml: unit = "…" for {part.column}.',
        )
    _refuse_strays(score, analyte, part, found, where, row)
    return found


def _refuse_strays(
    score: Score, analyte: str, part: Part, found: FoundUnit, where: str, row: Callable[[int], str]
) -> None:
    """InputError for values that cannot be in the unit of the others."""
    assert found.unit is not None
    unit, units = found.unit, measured(analyte).units
    strays = outside(measured(analyte), unit, np.asarray(part.cells, dtype=np.float64))
    if not strays.size:
        return
    rows = quoted_list(row(int(i)) for i in strays)
    are = "value is" if strays.size == 1 else "values are"
    if len(units) == 1:
        raise InputError(
            f"{strays.size} {are} not possible: {rows}.",
            where=where,
            hint=f"{score.label} needs values from {unit.low:g} to below {unit.high:g}"
            f"{' ' + unit.name if unit.name else ''}: correct the cells.",
        )
    other = f"in {found.stray_unit.name}" if found.stray_unit else "in no known unit"
    raise InputError(
        f"{strays.size} {are} {other}, the others in {unit.name}: {rows}.",
        where=where,
        hint=f"{score.label} needs one unit, {listed([u.name for u in units], 'or')}: convert the "
        "cells.",
    )


def _converted(cells: Floats, given: Unit, analyte: str, wanted: str) -> Floats:
    """A laboratory value in the unit that a formula takes."""
    needed = measured(analyte).unit(wanted)
    if needed is None or needed is given:
        return cells
    return np.asarray(np.round(cells * (given.factor / needed.factor), DECIMALS))


def _grades(analyte: str, part: Part, where: str, row: Callable[[int], str]) -> Floats:
    """The grades of a finding, shape (n,), from words or numbers.

    Raises
    ------
    InputError
        A cell is no grade.
    """
    graded = ANALYTES[analyte]
    assert isinstance(graded, Graded)
    texts = np.array([str(cell).strip().casefold() for cell in part.cells])
    distinct, codes = np.unique(texts, return_inverse=True)
    table = np.array([graded.words.get(_plain_word(text), np.nan) for text in distinct.tolist()])
    values: Floats = table[codes]
    numbers = {text for text in distinct.tolist() if text.isdigit()}
    doubt = None
    if graded.points and numbers and "0" not in numbers:
        doubt = "grades, or points, of which 1 means none"
    elif graded.yes and numbers == {"0", "1"}:
        doubt = "grades, or no and yes"
    if doubt:
        raise InputError(
            f"The numbers of {in_sentence(part.label)} may be {doubt}.", where=where,
            hint=f"Write {graded.write}.",
        )  # fmt: skip
    bad = np.flatnonzero(np.isnan(values) & (texts != ""))
    if bad.size:
        raise InputError(
            f"{part.cells[bad[0]]!r} is not a grade of {analyte.replace('_', ' ')}.",
            where=f"{where}, {row(int(bad[0]))}", hint=f"Write {graded.write}.",
        )  # fmt: skip
    return values


def _plain_word(text: str) -> str:
    """A grade without the word for it: `grade 2` is `2`."""
    return text.removeprefix("grade").removeprefix("class").strip()
