"""What a paper printed: the items of `published.json`, each value with the digits it has there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from hcc2l.errors import UsageError

GROUPED = ("values", "any_grade", "grade3_4", "grade_ge3")  # hold values by group
MADE = ("tables", "figures")  # items that are a whole table or figure
_NO_VALUES = ("ci_level", "node", "trust")
_SIGNS = {"p": "p_op"}  # the key that says whether a value is printed as =, < or >
_STATUS = "_status"  # of a limit: `ci_high_status`
_RATIO = ("hr", "or", "ci_low", "ci_high")
_NOT_IMAGE = "image only"


@dataclass(frozen=True)
class Printed:
    """One value of an item.

    Attributes
    ----------
    path
        Where it stands in the item: `n`, `values.primary.pct`.
    number
        None for a limit that the paper calls not estimable.
    sign
        `=`, or `<` or `>` for a p-value of which the paper prints a bound.
    trust
        The value to believe where the paper contradicts itself, else None.
    withdrawn
        Whether the paper contradicts itself and no value can be believed.
    """

    path: str
    number: Decimal | None
    sign: str = "="
    trust: Decimal | None = None
    withdrawn: bool = False

    @property
    def field(self) -> str:
        """What is printed: `pct` of `values.primary.pct`, `p` of `p_matched`."""
        parts = self.path.split(".")
        if parts[0] == "survival_pct":
            return parts[0]
        return "p" if parts[-1].startswith("p_") else parts[-1]

    @property
    def group(self) -> str:
        """The group whose value it is; empty for a value of all."""
        parts = self.path.split(".")
        return ".".join(parts[1:-1]) if parts[0] in GROUPED else ""


@dataclass(frozen=True)
class Item:
    """A line, cell, table or figure of a paper.

    Attributes
    ----------
    kind
        The section of `published.json`: `baseline`, `km`, `cox`, `tables` …
    values
        The numbers; none when they can be seen in an image only.
    texts
        What is stated in words, by its key.
    note
        What is doubtful about it.
    """

    id: str
    kind: str
    values: tuple[Printed, ...]
    texts: Mapping[str, str]
    note: str = ""

    @property
    def short_id(self) -> str:
        """The id without the name of the study."""
        return self.id.partition(".")[2]

    @property
    def outside(self) -> bool:
        """Whether the paper shows an image and prints nothing that could be compared."""
        if self.kind in MADE:
            return self.texts.get("content", "").lower() == _NOT_IMAGE
        return not self.values

    @property
    def groups(self) -> list[str]:
        """The groups in the order of the paper."""
        return [group for group in dict.fromkeys(value.group for value in self.values) if group]


@dataclass(frozen=True)
class Published:
    """A paper: its short name and its items, in its order."""

    study: str
    short: str
    items: tuple[Item, ...]

    @property
    def by_id(self) -> dict[str, Item]:
        """The items by their ids."""
        return {item.id: item for item in self.items}


def read_published(path: Path) -> Published:
    """The items of a `published.json`.

    Numbers keep the digits they are written with, which say how far the paper rounded.

    Raises
    ------
    UsageError
        The file cannot be read, or holds no items.
    """
    try:
        text = path.read_text(encoding="utf-8")
        raw = json.loads(text, parse_float=Decimal, parse_int=Decimal)
        items = tuple(
            _item(kind, record)
            for kind, section in raw.items()
            if isinstance(section, list)
            for record in section
        )
        return Published(raw["study"], raw["meta"]["short"], items)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        reason = getattr(error, "strerror", None) or f"it is no published.json ({error})"
        raise UsageError(
            f"The published numbers cannot be read: {reason}.", where=str(path)
        ) from None


def _item(kind: str, record: Mapping[str, Any]) -> Item:
    values = _with_zeros(tuple(_values(record)))
    texts = {key: value for key, value in record.items() if isinstance(value, str)}
    return Item(
        id=record["id"],
        kind=kind,
        values=tuple(_trusted(values, record.get("trust") or {})),
        texts=texts,
        note=texts.get("note", ""),
    )


def _trusted(values: Sequence[Printed], trust: Mapping[str, Any]) -> Iterator[Printed]:
    """The values, with what is to be believed instead, which is named by the end of their path.

    What is to be believed of something else than a value, or in words, is a remark for people.
    """
    for value in values:
        for path, number in _leaves(trust):
            named = value.path == path or value.path.endswith(f".{path}")
            if named and (number is None or isinstance(number, Decimal)):
                value = replace(value, trust=number, withdrawn=number is None)
        yield value


def _with_zeros(values: Sequence[Printed]) -> tuple[Printed, ...]:
    """The zeros at the end of a ratio or of its limits, which JSON drops: 1.2 (0.88–1.66) is 1.20.

    A paper prints a ratio and its limits with the same decimals.
    """
    ratio = [v for v in values if v.field in _RATIO and v.number is not None]
    if not any(v.field in ("hr", "or") for v in ratio):
        return tuple(values)
    finest = min((exponent(v.number) for v in ratio if v.number is not None), default=0)
    step = Decimal(1).scaleb(finest)
    return tuple(
        replace(v, number=v.number.quantize(step)) if v in ratio and v.number is not None else v
        for v in values
    )


def exponent(number: Decimal) -> int:
    """The power of ten of its last digit: -2 of 1.20."""
    return int(number.as_tuple().exponent)


def _leaves(record: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in record.items():
        path = f"{above}.{key}" if above else key
        if isinstance(value, dict):
            yield from _leaves(value, path)
        else:
            yield path, value


def _values(record: Mapping[str, Any]) -> Iterator[Printed]:
    for key, value in record.items():
        if key in _NO_VALUES:
            continue
        if isinstance(value, dict) and {"value", "op"} <= value.keys():  # a p-value with its sign
            if value["value"] is not None:
                yield Printed(key, value["value"], value["op"])
        elif isinstance(value, dict):
            for path, number in _leaves(value, key):
                if isinstance(number, Decimal):
                    yield Printed(path, number)
        elif isinstance(value, Decimal):
            yield Printed(key, value, record.get(_SIGNS.get(key, "")) or "=")
        elif value is None and record.get(f"{key}{_STATUS}") == "not_estimable":
            yield Printed(key, None)
