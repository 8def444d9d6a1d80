"""Completed cohorts in one file, one below the other: `.imp` is 0 for the cohort with gaps.

This is the form of R's ``mice::complete(data, "long", include = TRUE)``; SPSS calls the column
`Imputation_`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

import numpy as np

from hcc2l.cohort import Cohort, Column, same_patient
from hcc2l.design.imputation import ImputationModel, Imputations
from hcc2l.design.rows import Ints, Mask
from hcc2l.errors import InputError, UsageError, quoted_list
from hcc2l.levels import distinct
from hcc2l.number_format import parse_number
from hcc2l.vocabulary import imputation_column
from hcc2l.wording import counted

SET_COLUMN, ROW_COLUMN = ".imp", ".id"
COUNTING = (SET_COLUMN, ROW_COLUMN, "Imputation_")
_TOLERANCE = 1e-9  # of numbers that another program has written


def stacked_csv(cohort: Cohort, imputed: Imputations) -> str:
    """All rows of the cohort with gaps and of the completed ones, as CSV text.

    Raises
    ------
    UsageError
        The cohort has a column of that name.
    """
    by_lower = {name.casefold(): name for name in cohort.names}
    taken = imputation_column(cohort.names) or by_lower.get(ROW_COLUMN)
    if taken is not None:
        raise UsageError(
            f"The cohort already has the column {taken!r}, which numbers imputations.",
            where="--save",
            hint="Impute the cohort with gaps, in a file without it.",
        )
    cohort.load(cohort.names)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([SET_COLUMN, ROW_COLUMN, *cohort.names])
    for number, one in enumerate((cohort, *imputed.cohorts)):
        columns = [one.as_it_stands(name) for name in cohort.names]
        for row in range(cohort.rows):
            writer.writerow([number, row + 1, *(column.cell(row) for column in columns)])
    return text.getvalue()


def imputations_of(cohort: Cohort, model: ImputationModel, stacked: Cohort) -> Imputations:
    """The completed cohorts of a stacked file.

    Parameters
    ----------
    model
        What the analysis needs completed; other columns stay as they are in the cohort.
    stacked
        The file, read as a table.

    Raises
    ------
    UsageError
        It has no column of imputations.
    InputError
        Its rows are not those of the cohort, or have other values; there is no set with gaps, or
        fewer than two imputations; a set has gaps, or levels that are not in the cohort.
    """
    of_set = _rows_of_sets(stacked)
    original, *rest = (_matched(cohort, stacked, number, rows) for number, rows in of_set.items())
    for number, rows in zip(of_set, (original, *rest), strict=True):
        _refuse_other_values(cohort, model, stacked, number, rows)
    stacked.load(of.name for of in model.completed)
    cohorts = []
    for number, rows in zip(list(of_set)[1:], rest, strict=True):
        columns = {}
        for of in model.completed:
            column = _column(cohort, stacked, of.name).with_cells_of(rows)
            _refuse_gaps(stacked, number, column, of.gaps, rows)
            columns[of.name] = column
        cohorts.append(cohort.with_columns(columns))
    return Imputations(model, tuple(cohorts))


def _rows_of_sets(stacked: Cohort) -> Mapping[int, Ints]:
    """The rows of each set, by its number from 0."""
    name = imputation_column(stacked.names)
    if name is None:
        raise UsageError(
            f"The file has no column {SET_COLUMN} that numbers the imputations.",
            where=stacked.source.name,
            hint=f"Stack the cohort with gaps ({SET_COLUMN} = 0) and the completed ones (1, 2, …), "
            "as hcc2l impute --save does. SPSS calls the column Imputation_.",
        )
    column = stacked.as_it_stands(name)
    where = f"{stacked.source.name}, column {name}"
    numbers = []
    for row in range(stacked.rows):
        cell = column.codes.get(column.text(row), column.text(row))
        if not cell.isdecimal():
            raise InputError(
                f"{cell!r} is not the number of an imputation.",
                where=f"{where}, {stacked.row_place(row)}",
                hint="Number them 0 (with gaps), 1, 2, …",
            )
        numbers.append(int(cell))
    of_row = np.array(numbers, dtype=np.int64)
    found = {int(number): np.flatnonzero(of_row == number) for number in np.unique(of_row)}
    if 0 not in found:
        raise InputError(
            "The file has no original set: no row is numbered 0.",
            where=where,
            hint='Add the cohort with gaps as imputation 0; in R, complete(data, "long", '
            "include = TRUE).",
        )
    if len(found) < 3:
        raise InputError(
            f"The file has {'a single imputation' if len(found) == 2 else 'no imputation'}.",
            where=where,
            hint="Results can be pooled from two imputations; give 20 or more.",
        )
    return found


def _matched(cohort: Cohort, stacked: Cohort, number: int, rows: Ints) -> Ints:
    """The rows of a set in the order of the cohort: by id, by `.id`, or as they stand."""
    where = f"{stacked.source.name}, imputation {number}"
    if rows.size != cohort.rows:
        raise InputError(
            f"Imputation {number} has {counted(rows.size, 'row')}, the cohort {cohort.rows}.",
            where=where,
            hint="Impute this cohort, with all of its rows.",
        )
    name = cohort.id_column
    if name in cohort.names and name in stacked.names and name is not None:
        ids, own = _ids(stacked, name, rows), _ids(cohort, name, np.arange(cohort.rows))
        place = dict(zip(ids, rows.tolist(), strict=True))
        absent = [i for i in own if i not in place]
        if absent:
            raise InputError(
                f"Imputation {number} has no row of {quoted_list(absent)}.",
                where=f"{where}, column {name}",
                hint="Its rows must be those of the cohort.",
            )
        if len(place) == len(ids):
            return np.array([place[i] for i in own], dtype=np.int64)
    if ROW_COLUMN in stacked.names:
        numbers = [stacked.as_it_stands(ROW_COLUMN).text(row) for row in rows.tolist()]
        at = dict(zip(numbers, rows.tolist(), strict=True))
        wanted = [str(i + 1) for i in range(cohort.rows)]
        if all(n in at for n in wanted):
            return np.array([at[n] for n in wanted], dtype=np.int64)
    return rows


def _ids(cohort: Cohort, name: str, rows: Ints) -> list[str]:
    column = cohort.as_it_stands(name)
    return [same_patient(column.text(row)) for row in rows.tolist()]


def _refuse_other_values(
    cohort: Cohort, model: ImputationModel, stacked: Cohort, number: int, rows: Ints
) -> None:
    """InputError where a set has another value than the cohort in a cell that is known."""
    gaps = {of.name: of.gaps for of in model.completed}
    names = [name for name in cohort.names if name in stacked.names and name != cohort.id_column]
    cohort.load(names)
    stacked.load(names)
    for name in names:
        own, other = cohort.as_it_stands(name), stacked.as_it_stands(name)
        if own.kind != other.kind:
            continue
        differs = _differs(own, other.with_cells_of(rows)) & ~gaps.get(name, own.missing)
        if differs.any():
            row = int(np.flatnonzero(differs)[0])
            raise InputError(
                f"{name} of {cohort.row_name(row)} is {own.text(row)!r} in the cohort, but "
                f"{other.text(int(rows[row]))!r} in imputation {number}.",
                where=f"{stacked.source.name}, column {name}, {stacked.row_place(int(rows[row]))}",
                hint="The file must be made from this cohort: values that are known are the same "
                "in every imputation.",
            )


def _differs(own: Column, other: Column) -> Mask:
    """The rows, shape (n,), whose known value is another."""
    if own.kind == "number":
        same = np.isclose(own.values, other.values, rtol=_TOLERANCE, atol=0)
    else:
        pairs = zip(own.values.tolist(), other.values.tolist(), strict=True)
        same = np.array([str(a).strip() == str(b).strip() for a, b in pairs], dtype=np.bool_)
    return np.asarray(~same & ~own.missing)


def _column(cohort: Cohort, stacked: Cohort, name: str) -> Column:
    """A column of the file that has the kind and the levels of the cohort's."""
    if name not in stacked.names:
        raise InputError(
            f"The file has no column {name!r}, which has gaps in the cohort.",
            where=stacked.source.name,
            hint="Impute every covariate of the analysis.",
        )
    own, column = cohort.as_it_stands(name), stacked.as_it_stands(name)
    known = set(distinct(own)[0])
    foreign = sorted(set(distinct(column)[0]) - known)
    if own.kind == "number" and column.kind == "text":
        words = [text for text in foreign if parse_number(text) is None]
        if words:
            raise InputError(
                f"{name} is a number in the cohort, but not here: {quoted_list(map(repr, words))}.",
                where=f"{stacked.source.name}, column {name}",
                hint="Write every imputed value as a number.",
            )
    if own.kind != column.kind or (own.kind == "text" and foreign):
        raise InputError(
            f"{name} has levels that are not in the cohort: {quoted_list(map(repr, foreign))}.",
            where=f"{stacked.source.name}, column {name}",
            hint="Write the levels as they are in the cohort.",
        )
    return column


def _refuse_gaps(
    stacked: Cohort, number: int, column: Column, gaps: Mask,
    rows: Ints,
) -> None:  # fmt: skip
    """InputError where a set still has a gap in a row that is analysed."""
    left = np.flatnonzero(gaps & column.missing)
    if left.size:
        raise InputError(
            f"{column.name} has no value in {counted(left.size, 'row')} of imputation {number}.",
            where=f"{stacked.source.name}, column {column.name}, "
            f"{stacked.row_place(int(rows[left[0]]))}",
            hint="Every imputation must be complete in the patients analysed.",
        )
