"""Our values at the places that a ledger names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hcc2l.compose.ledger import Line, Place
from hcc2l.compose.published import Printed
from hcc2l.errors import did_you_mean

Row = Mapping[str, Any]
Tables = Mapping[str, Sequence[Row]]
Results = Mapping[str, Sequence[Tables]]  # the runs of an entry; an entry that failed is not in it

# What our tables call a field of the paper; the first key that the row has a number under.
_KEYS = {
    "n": ("count", "n"), "denom": ("denominator", "n"), "pct": ("percent",),
    "median_months": ("median",), "pfs_months": ("median",), "os_months": ("median",),
    "ci_low": ("lower",), "ci_high": ("upper",), "cutoff": ("threshold",),
    "n_excluded": ("excluded",),
}  # fmt: skip
_PER_CENT = ("pct", "sensitivity", "specificity", "survival_pct")  # where our tables hold shares
_BANDS = {"any_grade": "any", "grade3_4": "3-4", "grade_ge3": "3-5"}


class NotFoundError(Exception):
    """A place that our results do not have; its text says what is missing."""


class NotMadeError(NotFoundError):
    """A place in an entry that could not be made."""


@dataclass(frozen=True)
class Found:
    """A value of ours.

    Attributes
    ----------
    number
        In the unit of the paper; None where it could not be estimated.
    where
        Its place in JSON: `table-1.2 rows [variable=sex, group=all] count`.
    """

    number: float | None
    where: str


def find(value: Printed, line: Line, results: Results) -> Found:
    """Our value of a published one.

    Raises
    ------
    NotFoundError
        Our results do not have the place that the ledger names.
    """
    place = line.place_of(value.path)
    ours = _found(value, place, line, results)
    if place.over is not None:
        divisor = _found(value, place.over, line, results)
        return _joined(ours, "/", divisor, lambda a, b: a / b if b else None)
    if place.minus is not None:
        less = _found(value, place.minus, line, results)
        return _joined(ours, "−", less, lambda a, b: a - b)
    return ours


def _joined(
    one: Found, sign: str, other: Found, joined: Callable[[float, float], float | None]
) -> Found:
    """Two values as one; None where one of them is."""
    a, b = one.number, other.number
    number = None if a is None or b is None else joined(a, b)
    return Found(number, f"{one.where} {sign} {other.where}")


def _found(value: Printed, place: Place, line: Line, results: Results) -> Found:
    """The number at a place."""
    row, where = _row(value, place, line.groups, results)
    keys = (place.key,) if place.key else _KEYS.get(value.field, (value.field,))
    found = {key: row[key] for key in keys if key in row}
    numbers = {key: n for key, n in found.items() if isinstance(n, int | float)}
    if not numbers and found and all(number is None for number in found.values()):
        return Found(None, f"{where} {next(iter(found))}")
    if not numbers and value.field == "pct" and not place.key:
        return _share(value, line, results)
    if not numbers:
        raise NotFoundError(
            f"the row has no number under {' or '.join(keys)}; it has {', '.join(row)}."
        )
    usual = 100.0 if value.field in _PER_CENT else 1.0
    key, number = next(iter(numbers.items()))
    return Found(float(number) * (usual if place.times is None else place.times), f"{where} {key}")


def find_text(path: str, line: Line, results: Results) -> str:
    """What our results hold where the paper has words, as text.

    Raises
    ------
    NotFoundError
        Our results do not have the place that the ledger names.
    """
    place = line.place_of(path)
    row, _ = _row(Printed(path, None), place, line.groups, results)
    key = place.key or path
    if key not in row:
        raise NotFoundError(f"the row has no key {key!r}; it has {', '.join(row)}.")
    ours = row[key]
    return ", ".join(map(str, ours)) if isinstance(ours, list | tuple) else str(ours)


def _share(value: Printed, line: Line, results: Results) -> Found:
    """A percentage from its count and its denominator, where the row has none."""
    above = value.path.removesuffix("pct")
    n, denominator = (find(Printed(above + key, None), line, results) for key in ("n", "denom"))
    return _joined(n, "/", denominator, lambda a, b: 100 * a / b if b else None)


def _row(
    value: Printed, place: Place, groups: Mapping[str, str], results: Results
) -> tuple[Row, str]:
    """The row of a place, and the place as text.

    Raises
    ------
    NotFoundError
        The table has no such row, or several.
    """
    if not place.entry:
        raise NotFoundError(f"{value.path} has no entry.")
    if place.entry not in results:
        raise NotMadeError(f"{place.entry} could not be made.")
    tables = results[place.entry][place.run]
    if place.table not in tables:
        raise NotFoundError(
            f"{place.entry} has no table {place.table!r}. {did_you_mean(place.table, tables)}"
        )
    rows = tables[place.table]
    keys = list(rows[0]) if rows else []
    where = dict(place.where)
    if value.group and "group" in keys:
        where.setdefault("group", groups.get(value.group, value.group))
    band = _BANDS.get(value.path.split(".")[0])
    if band and "band" in keys:
        where.setdefault("band", band)
    unknown = [key for key in where if key not in keys]
    if unknown and rows:
        raise NotFoundError(
            f"{place.entry} {place.table} has no column {unknown[0]!r}. "
            f"{did_you_mean(unknown[0], keys)}"
        )
    found = [row for row in rows if all(_same(row[key], sought) for key, sought in where.items())]
    if len(found) != 1:
        sought = ", ".join(f"{key} = {text!r}" for key, text in where.items())
        raise NotFoundError(
            f"{place.entry} {place.table} has {len(found) or 'no'} rows"
            f"{' where ' if sought else ''}{sought}. {_nearest(rows, where)}".rstrip()
        )
    several = len(results[place.entry]) > 1
    entry = f"{place.entry}.{place.run + 1}" if several else place.entry
    named = ", ".join(f"{key}={'null' if text == '' else text}" for key, text in where.items())
    return found[0], f"{entry} {place.table}" + (f" [{named}]" if named else "")


def _same(ours: Any, sought: Any) -> bool:
    """Whether a cell is what the ledger names: numbers as numbers, an empty text as null."""
    if ours is None or sought == "":
        return ours in (None, "") and sought == ""
    try:
        return float(ours) == float(sought)
    except (TypeError, ValueError):
        return str(ours) == str(sought)


def _nearest(rows: Sequence[Row], where: Mapping[str, Any]) -> str:
    """What the rows hold under the first key for which none fits."""
    left = list(rows)
    for key, sought in where.items():
        fitting = [row for row in left if _same(row[key], sought)]
        if left and not fitting:
            values = dict.fromkeys(str(row[key]) for row in left)
            return f"{key}: {did_you_mean(str(sought), values)}"
        left = fitting
    others = [key for key in left[0] if len({str(row[key]) for row in left}) > 1] if left else []
    return f"They differ in {', '.join(others[:4])}." if others else ""
