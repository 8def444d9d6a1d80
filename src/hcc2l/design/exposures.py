"""Exposures that begin after time 0: what the options and the dictionary say, and when they begin.

An exposure is a term by its name, although it is no column of the cohort.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hcc2l.cohort import Cohort, Column, printable
from hcc2l.design.dates import FIRST_SERIAL, has_date_form, read_dates
from hcc2l.design.endpoints import DAYS_PER, Endpoint, converted, days_between
from hcc2l.design.factors import Factor
from hcc2l.design.rows import Floats, Mask, numbers
from hcc2l.dictionary import unit_from_name
from hcc2l.errors import InputError, UsageError, quoted_list
from hcc2l.levels import distinct, natural_order
from hcc2l.number_format import parse_number
from hcc2l.terms import Parser, Term, known_column
from hcc2l.wording import counted, listed

UNEXPOSED, EXPOSED = "unexposed", "exposed"


@dataclass(frozen=True)
class Exposure:
    """An exposure, and when it begins in every row of the cohort.

    Attributes
    ----------
    name
        The term.
    column
        The column of dates or times.
    begins
        Shape (n,): since time 0, in the unit of the endpoint; NaN for never.
    """

    name: str
    column: str
    label: str
    begins: Floats

    def factor(self, exposed: Mask) -> Factor:
        """The exposure as groups, where it is known whether rows are exposed; shape (m,)."""
        return Factor(
            self.name, self.column, self.label, (UNEXPOSED, EXPOSED), exposed.astype(np.int64),
            (0, 1),
        )  # fmt: skip


def named_exposures(cohort: Cohort, when: Sequence[str]) -> dict[str, str]:
    """The column of every exposure, by name: those of the dictionary, then those of `--when`.

    Raises
    ------
    UsageError
        A text is not ``NAME=COL``, or one name is given twice.
    """
    given: dict[str, str] = {}
    for text in when:
        name, equals, column = (part.strip() for part in text.partition("="))
        if not (name and equals and column) or "," in name:
            raise UsageError(
                f"{text!r} does not name an exposure and its column.",
                where="--when",
                hint="Write NAME=COL, such as --when third_line=third_line_date.",
            )
        if name in given:
            raise UsageError(
                f"The exposure {name!r} is given twice.",
                where="--when",
                hint="Give each exposure a name of its own.",
            )
        given[name] = column
    return {**cohort.dictionary.exposures, **given}


def used_exposures(cohort: Cohort, when: Sequence[str], terms: Sequence[str]) -> tuple[str, ...]:
    """The exposures that terms name, as ``NAME=COL``.

    Raises
    ------
    UsageError
        `--when` gives an exposure that no term names.
    """
    known = named_exposures(cohort, when)
    named = {re.split(r"[@<>=!≥≤]| in | not in ", text)[0].strip().casefold() for text in terms}
    named |= {text.strip().casefold() for text in terms}
    used = [name for name in known if name.casefold() in named]
    given = [text.partition("=")[0].strip() for text in when]
    idle = [name for name in given if name not in used]
    if idle:
        raise UsageError(
            f"The exposure{'s' if len(idle) > 1 else ''} {listed(idle)} "
            f"{'are' if len(idle) > 1 else 'is'} not used.",
            where="--when",
            hint=f"Name it as a term: km --by {idle[0]}, or cox -x {idle[0]}.",
        )
    return tuple(f"{name}={known[name]}" for name in used)


def refuse_other_forms(terms: Sequence[Term], names: Sequence[str]) -> None:
    """UsageError for a term that makes something else of an exposure, or another reference."""
    for term in terms:
        if term.column not in names:
            continue
        if term.text != term.column or term.references or term.cuts_of_option:
            what = "--ref or --cut" if term.text == term.column else term.text
            raise UsageError(
                f"{term.column} is an exposure with the levels {UNEXPOSED} and {EXPOSED}; {what} "
                "does not apply to it.",
                where=term.where,
                hint=f"Name it alone: {term.option} {term.column}.",
            )


def parser_of(cohort: Cohort, when: Sequence[str], cut: Sequence[str], ref: Sequence[str],
              more: Sequence[str] = ()) -> Parser:  # fmt: skip
    """A parser of terms that knows the exposures, and `more` names."""
    names = [text.partition("=")[0].strip() for text in when]
    return Parser(tuple(dict.fromkeys([*cohort.nameable, *names, *more])), cut, ref)


def read_exposures(
    cohort: Cohort, when: Sequence[str], endpoint: Endpoint, keep: Mask
) -> dict[str, Exposure]:
    """When exposures begin, by name; only the cells of `keep` rows are checked.

    Raises
    ------
    UsageError
        A column does not exist or belongs to the outcome, has no times, or has dates where the
        date at time 0 is not known.
    InputError
        A cell is not a date, or not a number.
    """
    found = {}
    for text in when:
        name, _, column = (part.strip() for part in text.partition("="))
        in_dictionary = cohort.dictionary.exposures.get(name) == column
        where = f"--when {text}"
        if in_dictionary:
            where = f"{cohort.dictionary.path}, exposures.{name}.start"
        column = known_column(column, cohort.nameable, where)
        if column in endpoint.columns:
            raise UsageError(
                f"{column} is part of the outcome, so it cannot begin an exposure.",
                where=where,
                hint="Name the date or the time at which the exposure begins.",
            )
        begins = _begins(cohort, column, endpoint, keep, where)
        found[name] = Exposure(name, column, exposure_label(cohort, name), begins)
    return found


def exposure_label(cohort: Cohort, name: str) -> str:
    """The label of an exposure: of the column of its name, else the name in words."""
    in_file = name in cohort.names
    return cohort.label(name) if in_file else printable(cohort.dictionary.label(name))


def _begins(cohort: Cohort, name: str, endpoint: Endpoint, keep: Mask, where: str) -> Floats:
    column = cohort.column(name)
    if holds_dates(column, keep):
        return times_of_dates(cohort, column.name, cohort, endpoint, keep, where)
    if column.kind == "text":
        levels = natural_order(distinct(column)[0])
        if levels and all(parse_number(level) is None for level in levels):
            raise _not_a_time(name, levels, where)
    times = numbers(cohort, name, keep)
    known = times[keep & ~np.isnan(times)]
    if known.size and np.isin(known, (0.0, 1.0)).all():
        raise _not_a_time(name, ("0", "1"), where)
    return in_unit(cohort, name, times, endpoint, keep)


def _not_a_time(name: str, levels: Sequence[str], where: str) -> UsageError:
    shown = quoted_list(levels[:3]) + (", …" if len(levels) > 3 else "")
    return UsageError(
        f"{name} holds {shown}: it says whether there was an exposure, not when it began.",
        where=where,
        hint="Name the column of its date, or of the time since time 0. Where neither is known, "
        "use the column itself from a landmark: --landmark T.",
    )


def in_unit(cohort: Cohort, name: str, times: Floats, endpoint: Endpoint, keep: Mask) -> Floats:
    """Times of a column in the unit of the endpoint, shape (n,).

    A column that states no unit has that of the endpoint's own times in the file.

    Raises
    ------
    InputError
        A time is infinite.
    UsageError
        The column states another unit than the endpoint, whose own is not known.
    """
    bad = np.flatnonzero(keep & np.isinf(times))
    if bad.size:
        rows = quoted_list(cohort.row_name(int(i)) for i in bad)
        raise InputError(
            f"{counted(bad.size, 'row')} {'has' if bad.size == 1 else 'have'} an infinite time: "
            f"{rows}.",
            where=f"{cohort.source.name}, column {name}",
            hint="Leave the cells empty where there is no time.",
        )
    stated = cohort.unit(name) or unit_from_name(name)
    unit = stated or endpoint.file_unit or endpoint.unit
    if unit is None or endpoint.unit is None or unit == endpoint.unit:
        return times
    return converted(times, unit, endpoint.unit, name)


def times_of_dates(
    table: Cohort, name: str, cohort: Cohort, endpoint: Endpoint, keep: Mask, where: str,
    patient: np.ndarray[tuple[int], np.dtype[np.int64]] | None = None,
) -> Floats:  # fmt: skip
    """Dates of a table as times since time 0, in the unit of the endpoint.

    Parameters
    ----------
    keep
        Shape (n,): the rows of `table` whose cells are checked.
    patient
        Shape (n,): the row of the cohort of each row of `table`; of the cohort itself without.

    Raises
    ------
    UsageError
        The endpoint is not computed from dates.
    """
    if not endpoint.from_dates:
        raise UsageError(
            f"{name} holds dates, but the date at time 0 is not known: {endpoint.label} is read "
            f"from a column of times, {endpoint.time_columns[0]}.",
            where=where,
            hint="Define the endpoint by its dates (--start COL --end COL --event COL), or give "
            "the time since time 0 instead of the date.",
        )
    start_name = endpoint.time_columns[0]
    if patient is None:
        dates = read_dates(cohort, [*endpoint.time_columns, name], keep)
        start, when = dates[start_name], dates[name]
    else:
        everybody = ~np.isnan(endpoint.time)
        start = read_dates(cohort, endpoint.time_columns, everybody)[start_name][patient]
        when = read_dates(table, [name], keep)[name]
    assert endpoint.unit is not None
    return days_between(start, when) / DAYS_PER[endpoint.unit]


def holds_dates(column: Column, keep: Mask) -> bool:
    """Whether a column holds dates, also such as days of a spreadsheet, and not times."""
    if column.kind == "date":
        return True
    if column.kind == "number":
        known = column.values[keep & ~column.missing]
        return bool(known.size and (known >= FIRST_SERIAL).all())
    texts = distinct(column)[0]
    return 2 * sum(map(has_date_form, texts)) > len(texts)
