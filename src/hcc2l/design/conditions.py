"""Rows that meet the conditions of `--where`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np

from hcc2l.cohort import Cohort, Column
from hcc2l.design.dates import read_dates
from hcc2l.design.rows import Floats, Ints, Mask, RowAccount, numbers
from hcc2l.errors import UsageError, did_you_mean
from hcc2l.levels import distinct, matching, natural_order
from hcc2l.number_format import parse_number
from hcc2l.terms import Condition

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def apply_conditions(cohort: Cohort, account: RowAccount, conditions: Iterable[Condition]) -> None:
    """Exclude rows that do not meet every `--where`, counted by condition."""
    for condition in conditions:
        several = cohort.multi_select(condition.column)
        missing = several.missing if several else cohort.column(condition.column).missing
        if condition.operator == "missing":
            account.drop(~missing, f"not where {condition.text}")
            continue
        account.drop_missing(missing, condition.column)
        if condition.operator != "present":
            account.drop(~_meets(cohort, condition, account.keep), f"not where {condition.text}")


def _meets(cohort: Cohort, condition: Condition, keep: Mask) -> Mask:
    """Whether each row meets a condition, shape (n,)."""
    name, operator = condition.column, condition.operator
    if operator in (">=", "<=", ">", "<"):
        value = condition.values[0]
        if _ISO_DATE.fullmatch(value):
            dates = read_dates(cohort, [name], keep)[name]
            days = (dates - _day(value, condition.text)) / np.timedelta64(1, "D")
            return compare(np.where(np.isnat(dates), np.nan, days), operator, 0.0)
        limit = bound(value, condition.text, "--where")
        return compare(numbers(cohort, name, keep, to_cut=True), operator, limit)
    has = has_one_of(cohort, name, condition.values, f"--where {condition.text!r}")
    return np.asarray((has == 1) == (operator in ("==", "in")), dtype=np.bool_)


def _day(text: str, condition: str) -> np.datetime64:
    """The day of a condition.

    Raises
    ------
    UsageError
        There is no such day in the calendar.
    """
    try:
        return np.datetime64(text, "D")
    except ValueError:
        raise UsageError(
            f"{text!r} in {condition!r} is no day of the calendar.", where="--where"
        ) from None


def has_one_of(cohort: Cohort, name: str, values: Sequence[str], where: str) -> Ints:
    """Whether each patient has one of the values of a column, shape (n,): 1, 0, or -1 missing.

    Raises
    ------
    UsageError
        A value does not occur.
    """
    several = cohort.multi_select(name)
    if several is None:
        column = cohort.column(name)
        texts, codes = distinct(column)
        matches = _accepted(values, column, texts, where)
        return np.array([*(text in matches for text in texts), -1], dtype=np.int64)[codes]
    has = np.zeros(cohort.rows, dtype=np.bool_)
    for value in values:
        place = several.place(value)
        if place is None:
            raise _no_value(value, name, where, several.labels)
        has |= several.selected[:, place]
    return np.where(several.missing, -1, has).astype(np.int64)


def _accepted(
    named: Iterable[str], column: Column, texts: Sequence[str], where: str
) -> frozenset[str]:
    """The levels of a column that are named.

    Raises
    ------
    UsageError
        A name is no level.
    """
    found: set[str] = set()
    for value in named:
        matches = matching(value, column, texts)
        if not matches:
            raise _no_value(value, column.name, where, natural_order(texts))
        found |= matches
    return frozenset(found)


def _no_value(value: str, column: str, where: str, known: Sequence[str]) -> UsageError:
    return UsageError(
        f"There is no value {value!r} in {column}.", where=where, hint=did_you_mean(value, known)
    )


def bound(text: str, whole: str, option: str) -> float:
    """The number that a comparison compares with.

    Raises
    ------
    UsageError
        It is not a number.
    """
    value = parse_number(text)
    if value is None:
        raise UsageError(
            f"{text!r} in {whole!r} is not a number.",
            where=option,
            hint="Compare with one number, such as 'age>=18', or one date, such as "
            "'start>=2021-12-31'; give each further condition in its own --where.",
        )
    return value


def compare(values: Floats, operator: str, bound: float) -> Mask:
    """Whether each value meets a comparison, shape (n,); False for NaN."""
    with np.errstate(invalid="ignore"):
        if operator == ">=":
            return np.asarray(values >= bound)
        if operator == "<=":
            return np.asarray(values <= bound)
        return np.asarray(values > bound if operator == ">" else values < bound)
