"""The ledger of a study: where each published number stands in our results."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from hcc2l.compose.published import MADE, Item, Published
from hcc2l.compose.study import Study
from hcc2l.errors import UsageError, did_you_mean

CHECKLIST = "checklist"  # the entry that a study file asks for by a key of its own
PLACE_KEYS: dict[str, type | tuple[type, ...]] = {
    "entry": str, "run": int, "table": str, "where": dict, "key": str, "times": (int, Decimal),
    "equals": (str, int, Decimal), "over": dict, "minus": dict, "contradicted": str, "cannot": str,
}  # fmt: skip
ITEM_KEYS: dict[str, type | tuple[type, ...]] = {
    "id": str, "entry": str, "run": int, "table": str, "where": dict, "groups": dict, "at": dict,
    "contradicted": str, "cannot": str,
}  # fmt: skip

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
    over = values.get("over")
    minus = values.get("minus")
    return Place(
        **own,
        over=None if over is None else _place({"times": 1} | own | over),
        minus=None if minus is None else _place(own | minus),
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
    if study.checklists:
        runs[CHECKLIST] = 1
    if name is not None and name not in runs:
        yield f"the study has no entry {name!r}. {did_you_mean(str(name), runs)}"
    elif name is not None and not 0 <= run < runs[name]:
        yield f"run: {name} has {runs[name]} of them; the first is 0."
