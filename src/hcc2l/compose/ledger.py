"""The ledger of a study: where each published number stands in our results."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from hcc2l.compose.published import MADE, Item, Printed, Published
from hcc2l.compose.study import Study
from hcc2l.errors import UsageError, did_you_mean

Row = Mapping[str, Any]
Tables = Mapping[str, Sequence[Row]]
Results = Mapping[str, Sequence[Tables]]  # the runs of an entry; an entry that failed is not in it

CHECKLIST = "checklist"  # the entry that a study file asks for by a key of its own
PLACE_KEYS: dict[str, type | tuple[type, ...]] = {
    "entry": str, "run": int, "table": str, "where": dict, "key": str, "times": (int, Decimal),
    "equals": (str, int, Decimal), "over": dict, "minus": dict, "contradicted": str, "cannot": str,
}  # fmt: skip
ITEM_KEYS: dict[str, type | tuple[type, ...]] = {
    "id": str, "entry": str, "run": int, "table": str, "where": dict, "groups": dict, "at": dict,
    "contradicted": str, "cannot": str,
}  # fmt: skip

# What our tables call a field of the paper; the first key that the row has a number under.
_KEYS = {
    "n": ("count", "n"), "denom": ("denominator", "n"), "pct": ("percent",),
    "median_months": ("median",), "pfs_months": ("median",), "os_months": ("median",),
    "ci_low": ("lower",), "ci_high": ("upper",), "cutoff": ("threshold",),
    "n_excluded": ("excluded",),
}  # fmt: skip
_PER_CENT = ("pct", "sensitivity", "specificity", "survival_pct")  # where our tables hold shares
_BANDS = {"any_grade": "any", "grade3_4": "3-4", "grade_ge3": "3-5"}
_READ = ("times", "equals", "over", "minus")  # of a place; all other keys are as written
_HEADING = re.compile(r"\s*\[\[\s*item\s*\]\]")


@dataclass(frozen=True)
class Place:
    """Where a value stands in our results.

    Attributes
    ----------
    where
        What its row holds under some keys; an empty text stands for null.
    key
        Of the value; empty for the usual one.
    times
        What our value is multiplied by; None for the usual factor.
    equals
        What we hold where the paper uses words; None for the published text.
    over, minus
        The place of what our value is divided by, or of what is subtracted from it.
    contradicted, cannot
        Why the paper contradicts this value, or why it cannot be reached.
    """

    entry: str = ""
    run: int = 0
    table: str = ""
    where: Mapping[str, Any] = field(default_factory=dict)
    key: str = ""
    times: float | None = None
    equals: str | Decimal | None = None
    over: Place | None = None
    minus: Place | None = None
    contradicted: str = ""
    cannot: str = ""


@dataclass(frozen=True)
class Line:
    """An item of the ledger.

    Attributes
    ----------
    number
        Its line in the file.
    groups
        What a group of the paper is called in our rows, where the names differ.
    at
        The places of single values, by their path or a part of it: `p`, `primary`, `primary.n`.
    """

    number: int
    id: str
    place: Place
    groups: Mapping[str, str] = field(default_factory=dict)
    at: Mapping[str, Place] = field(default_factory=dict)

    def place_of(self, path: str) -> Place:
        """The place of a value: its own if it has one, else that of the item."""
        parts = [at for at in self.at if _is_part(at, path)]
        return self.at[max(parts, key=len)] if parts else self.place


@dataclass(frozen=True)
class Ledger:
    """The lines of a ledger, by the id of their item."""

    path: Path
    lines: Mapping[str, Line]


def _is_part(part: str, path: str) -> bool:
    """Whether a path goes through a part: `values.primary.n` through `primary` and `primary.n`."""
    return f".{part}." in f".{path}."


class NotFoundError(Exception):
    """A place that our results do not have; its text says what is missing."""


class NotMadeError(NotFoundError):
    """A place in an entry that could not be made."""


def read_ledger(path: Path, published: Published, study: Study) -> Ledger:
    """The ledger of a study, checked against its paper and its study file.

    Raises
    ------
    UsageError
        The file cannot be read or has faults; all of them are listed with their line.
    """
    try:
        text = path.read_text(encoding="utf-8")
        raw = tomllib.loads(text, parse_float=Decimal)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"The ledger cannot be read: {reason}.", where=str(path)) from None
    records = raw.pop("item", [])
    starts = [i for i, line in enumerate(text.split("\n"), start=1) if _HEADING.match(line)]
    lines: dict[str, Line] = {}
    faults = [f"  there is no key {key!r} in a ledger." for key in raw]
    for number, record in zip(starts, records, strict=False):
        found = list(_faults(record, published, study))
        if not found and record["id"] in lines:
            found.append(f"line {lines[record['id']].number} is on the same item.")
        faults += [f"  line {number}, {record.get('id', 'item')}: {fault}" for fault in found]
        if not found:
            lines[record["id"]] = _line(number, record)
    if faults:
        raise UsageError("The ledger has faults:\n" + "\n".join(faults), where=str(path))
    return Ledger(path, lines)


def _line(number: int, record: Mapping[str, Any]) -> Line:
    own = {key: record[key] for key in PLACE_KEYS if key in record}
    return Line(
        number=number,
        id=record["id"],
        place=_place(own),
        groups=record.get("groups", {}),
        at={path: _place(own | values) for path, values in record.get("at", {}).items()},
    )


def _place(values: Mapping[str, Any]) -> Place:
    times, equals = values.get("times"), values.get("equals")
    own = {key: value for key, value in values.items() if key not in _READ}
    over, minus = (
        _place(own | values[key]) if key in values else None for key in ("over", "minus")
    )
    return Place(
        **own,
        over=over,
        minus=minus,
        times=None if times is None else float(times),
        equals=Decimal(equals) if isinstance(equals, int) else equals,
    )


def _faults(record: Mapping[str, Any], published: Published, study: Study) -> Iterator[str]:
    """What is wrong with an item, before anything is run."""
    yield from _faults_of_keys(record, ITEM_KEYS)
    item = published.by_id.get(str(record.get("id")))
    if item is None:
        named = record.get("id")
        yield (
            f"{published.study} publishes no item of this id. "
            f"{did_you_mean(str(named), published.by_id, 0)}"
            if named
            else "id is missing."
        )
        return
    at = record.get("at", {})
    if not isinstance(at, dict) or not all(isinstance(place, dict) for place in at.values()):
        yield 'at: write [item.at."…"] below the item.'
        return
    paths = [*(value.path for value in item.values), *item.texts]
    for path, place in at.items():
        if not any(_is_part(path, known) for known in paths):
            yield f"at: the item has no value {path!r}. {did_you_mean(path, paths)}"
        for part in (place, *_others(place)):
            yield from (f"at {path}: {fault}" for fault in _faults_of_keys(part, PLACE_KEYS))
    if len(item.groups) > 1 and "group" in record.get("where", {}):
        yield "where: the item has several groups; name them under groups."
    for group in record.get("groups", {}):
        if group not in item.groups:
            yield f"groups: the item has no group {group!r}. {did_you_mean(group, item.groups)}"
    for place in (record, *at.values()):
        for part in (place, *_others(place)):
            yield from _faults_of_entry(part, study)
    if not record.get("cannot") and not item.outside and not _has_place(record, item):
        yield "entry is missing; or cannot = why there is none."


def _others(place: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The places that a place is divided by or from which it is a difference."""
    found = (place.get(key) for key in ("over", "minus"))
    return [other for other in found if isinstance(other, dict)]


def _has_place(record: Mapping[str, Any], item: Item) -> bool:
    """Whether the item, or each of its values, has an entry or a reason why it has none."""
    if record.get("entry"):
        return True
    at = record.get("at", {})
    placed = [path for path, place in at.items() if place.get("entry") or place.get("cannot")]
    return item.kind not in MADE and all(
        any(_is_part(path, value.path) for path in placed) for value in item.values
    )


def _faults_of_keys(
    record: Mapping[str, Any], known: Mapping[str, type | tuple[type, ...]]
) -> Iterator[str]:
    for key, value in record.items():
        if key not in known:
            yield f"there is no key {key!r}. {did_you_mean(key, known)}"
        elif not isinstance(value, known[key]) or isinstance(value, bool):
            yield f"{key}: {value!r} cannot be read here."


def _faults_of_entry(place: Mapping[str, Any], study: Study) -> Iterator[str]:
    """An entry that the study does not have, or a run that the entry does not have."""
    name, run = place.get("entry"), place.get("run", 0)
    runs = {entry.id: len(entry.runs) for entry in study.entries if entry.runs}
    if study.checklist:
        runs[CHECKLIST] = 1
    if name is not None and name not in runs:
        yield f"the study has no entry {name!r}. {did_you_mean(str(name), runs)}"
    elif name is not None and not 0 <= run < runs[name]:
        yield f"run: {name} has {runs[name]} of them; the first is 0."


def find(value: Printed, line: Line, results: Results) -> float | None:
    """Our value, in the unit of the paper; None where we could not estimate it.

    Raises
    ------
    NotFoundError
        Our results do not have the place that the ledger names.
    """
    place = line.place_of(value.path)
    ours = _found(value, place, line, results)
    if place.over is not None:
        divisor = _found(value, place.over, line, results)
        return ours / divisor if ours is not None and divisor else None
    if place.minus is not None:
        less = _found(value, place.minus, line, results)
        return None if ours is None or less is None else ours - less
    return ours


def _found(value: Printed, place: Place, line: Line, results: Results) -> float | None:
    """The number at a place."""
    row = _row(value, place, line.groups, results)
    keys = (place.key,) if place.key else _KEYS.get(value.field, (value.field,))
    found = [row[key] for key in keys if key in row]
    numbers = [number for number in found if isinstance(number, int | float)]
    if not numbers and found and all(number is None for number in found):
        return None
    if not numbers and value.field == "pct" and not place.key:
        return _share(value, line, results)
    if not numbers:
        raise NotFoundError(f"the row has no number under {' or '.join(keys)}; it has {_has(row)}.")
    usual = 100.0 if value.field in _PER_CENT else 1.0
    return float(numbers[0]) * (usual if place.times is None else place.times)


def find_text(path: str, line: Line, results: Results) -> str:
    """What our results hold where the paper has words, as text.

    Raises
    ------
    NotFoundError
        Our results do not have the place that the ledger names.
    """
    place = line.place_of(path)
    row = _row(Printed(path, None), place, line.groups, results)
    key = place.key or path
    if key not in row:
        raise NotFoundError(f"the row has no key {key!r}; it has {_has(row)}.")
    ours = row[key]
    return ", ".join(map(str, ours)) if isinstance(ours, list | tuple) else str(ours)


def _share(value: Printed, line: Line, results: Results) -> float | None:
    """A percentage from its count and its denominator, where the row has none."""
    above = value.path.removesuffix("pct")
    n, denominator = (find(Printed(above + key, None), line, results) for key in ("n", "denom"))
    return 100 * n / denominator if n is not None and denominator else None


def _row(value: Printed, place: Place, groups: Mapping[str, str], results: Results) -> Row:
    """The row of a place.

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
    return found[0]


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
        if not fitting:
            values = dict.fromkeys(str(row[key]) for row in left)
            return f"{key}: {did_you_mean(str(sought), values)}"
        left = fitting
    others = [key for key in left[0] if len({str(row[key]) for row in left}) > 1] if left else []
    return f"They differ in {', '.join(others[:4])}." if others else ""


def _has(row: Row) -> str:
    return ", ".join(row)
