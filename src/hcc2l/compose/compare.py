"""What a data update moved: the numbers of a study against those of its last JSON."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hcc2l import numerals

SIGNIFICANT = 0.05
_RATIOS = ("hr", "or")  # whose interval is compared with 1; those of differences with 0
_ROUNDING = 1e-9  # relative: less is the last digits of a calculation


@dataclass(frozen=True)
class Change:
    """A number that moved, or a row that came or went.

    Attributes
    ----------
    entry, table, row
        Where: the id of the entry, the table, and the texts that name the row.
    key
        Of the number; empty for a whole row.
    old, new
        None where there is no number, or no row.
    conclusion
        What the change means, if it crosses a limit; else empty.
    """

    entry: str
    table: str
    row: str
    key: str
    old: float | None
    new: float | None
    conclusion: str = ""

    def __str__(self) -> str:
        """One line: ``table-2 terms [child_pugh, B] p 0.03 → 0.06: no longer below 0.05``."""
        where = f"{self.entry} {self.table} [{self.row}]"
        if not self.key:
            return f"{where}: {self.conclusion}"
        values = f"{_written(self.old)} → {_written(self.new)}"
        return f"{where} {self.key} {values}" + (f": {self.conclusion}" if self.conclusion else "")


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    """Every number that moved between two studies as JSON holds them."""
    before = {entry["id"]: entry["report"] for entry in old["entries"]}
    after = {entry["id"]: entry["report"] for entry in new["entries"]}
    for name in dict.fromkeys((*before, *after)):
        was, now = before.get(name), after.get(name)
        if was is None or now is None:
            if was is not now:
                told = "has a result now" if was is None else "has no result any more"
                yield Change(name, "", "", "", None, None, told)
            continue
        for table in dict.fromkeys((*was["tables"], *now["tables"])):
            rows = was["tables"].get(table, []), now["tables"].get(table, [])
            yield from _of_rows(name, table, *rows)


def _of_rows(
    entry: str, table: str, old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]
) -> Iterator[Change]:
    before, after = _named(old), _named(new)
    for name in dict.fromkeys((*before, *after)):
        was, now = before.get(name), after.get(name)
        row = ", ".join(name[:-1])
        if was is None or now is None:
            yield Change(entry, table, row, "", None, None, "new" if was is None else "gone")
            continue
        for key in now:
            if _moved(was.get(key), now[key]):
                said = _conclusion(key, was, now)
                yield Change(entry, table, row, key, _number(was.get(key)), _number(now[key]), said)


def _named(rows: Sequence[Mapping[str, Any]]) -> dict[tuple[str, ...], Mapping[str, Any]]:
    """The rows by the texts in them, and by their place among rows of the same texts."""
    named: dict[tuple[str, ...], Mapping[str, Any]] = {}
    for row in rows:
        texts = tuple(str(value) for value in row.values() if isinstance(value, str))
        place = 0
        while (*texts, str(place)) in named:
            place += 1
        named[*texts, str(place)] = row
    return named


def _moved(old: Any, new: Any) -> bool:
    a, b = _number(old), _number(new)
    if a is None or b is None:
        return a is not b
    return not math.isclose(a, b, rel_tol=_ROUNDING, abs_tol=_ROUNDING)


def _number(value: Any) -> float | None:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if is_number else None


def _conclusion(key: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """What a p or the limit of an interval says now that it did not say before."""
    was, now = _number(old.get(key)), _number(new.get(key))
    if was is None or now is None:
        return "can be estimated now" if was is None else "cannot be estimated any more"
    if key in ("p", "p_adjusted") and (was < SIGNIFICANT) != (now < SIGNIFICANT):
        return f"{'now' if now < SIGNIFICANT else 'no longer'} below {SIGNIFICANT}"
    if key in ("lower", "upper"):
        ratio = any(name in new for name in _RATIOS)
        null = 1.0 if ratio else 0.0
        differs = "difference" in new or ratio
        if differs and (was > null) != (now > null):
            return f"the interval {'excludes' if _excludes(new, null) else 'includes'} {null:g} now"
    return ""


def _excludes(row: Mapping[str, Any], null: float) -> bool:
    lower, upper = _number(row.get("lower")), _number(row.get("upper"))
    return (lower is not None and lower > null) or (upper is not None and upper < null)


def _written(value: float | None) -> str:
    if value is None:
        return "–"
    return numerals.count(value) if value == int(value) else f"{value:.4g}".replace("-", "−")
