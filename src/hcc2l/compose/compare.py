"""What a data update moved: the numbers of a study against those of its last JSON."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from hcc2l import numerals
from hcc2l.glossary import GLOSSARY
from hcc2l.render.grid import Grid
from hcc2l.wording import counted

SIGNIFICANT = 0.05
# Limits of an interval, and what they are limits of: the first measure that the row has, with the
# value of no effect.
_INTERVALS: tuple[tuple[str, str, Mapping[str, float]], ...] = (
    ("lower", "upper", {"hr": 1.0, "or": 1.0, "ratio": 1.0, "difference": 0.0, "auc": 0.5}),
    ("mean_lower", "mean_upper", {"mean_difference": 0.0}),
)
_ROUNDING = 1e-9  # relative: less is the last digits of a calculation
_SMALLEST_P = 0.0001  # below which p is not written out
NEW, GONE = "new", "gone"
_NAMING = ("time", "landmark", "quantile")  # numbers that name a row, beside its texts

Cells = Callable[["Change"], tuple[str, ...]]


@dataclass(frozen=True)
class Change:
    """A number that moved, or a row or an entry that came or went.

    Attributes
    ----------
    entry, table, row
        Where: the id of the entry, the table, and the texts that name the row.
    key
        Of the number; empty for a whole row.
    old, new
        None where there is no number, or no row.
    conclusion
        What the change means, if it crosses a limit; of a row, whether it is new or gone.
    """

    entry: str
    table: str
    row: str
    key: str
    old: float | None
    new: float | None
    conclusion: str = ""

    @property
    def is_p(self) -> bool:
        """Whether the number is a p-value."""
        return _is_p(self.key)

    @property
    def difference(self) -> float | None:
        """New − old."""
        return None if self.old is None or self.new is None else self.new - self.old

    @property
    def relative(self) -> float | None:
        """The difference as a share of the old number; None of p and where that number is 0."""
        if self.is_p or self.difference is None or not self.old:
            return None
        return self.difference / abs(self.old)


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
            yield Change(entry, table, row, "", None, None, NEW if was is None else GONE)
            continue
        for key in now:
            if _moved(was.get(key), now[key]):
                told = _conclusion(key, was, now)
                yield Change(entry, table, row, key, _number(was.get(key)), _number(now[key]), told)


def _named(rows: Sequence[Mapping[str, Any]]) -> dict[tuple[str, ...], Mapping[str, Any]]:
    """The rows by what names them, and by their place among rows of the same name."""
    named: dict[tuple[str, ...], Mapping[str, Any]] = {}
    for row in rows:
        texts = tuple(_texts(row))
        place = 0
        while (*texts, str(place)) in named:
            place += 1
        named[*texts, str(place)] = row
    return named


def _texts(row: Mapping[str, Any]) -> Iterator[str]:
    for key, value in row.items():
        number = _number(value)
        if isinstance(value, str):
            yield value
        elif key in _NAMING and number is not None:
            yield f"{key} {number:g}"


def _moved(old: Any, new: Any) -> bool:
    a, b = _number(old), _number(new)
    if a is None or b is None:
        return a is not b
    return not math.isclose(a, b, rel_tol=_ROUNDING, abs_tol=_ROUNDING)


def _number(value: Any) -> float | None:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if is_number else None


def _is_p(key: str) -> bool:
    return key in GLOSSARY and GLOSSARY[key].kind == "p"


def _conclusion(key: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """What a p or the limit of an interval says now that it did not say before."""
    was, now = _number(old.get(key)), _number(new.get(key))
    if was is None or now is None:
        return "now estimable" if was is None else "no longer estimable"
    if _is_p(key) and (was < SIGNIFICANT) != (now < SIGNIFICANT):
        return f"{'now' if now < SIGNIFICANT else 'no longer'} below {SIGNIFICANT}"
    for lower, upper, measures in _INTERVALS:
        null = next((value for measure, value in measures.items() if measure in new), None)
        if key in (lower, upper) and null is not None and (was > null) != (now > null):
            excluded = _excludes(new, lower, upper, null)
            return f"now {'excludes' if excluded else 'includes'} {null:g}"
    return ""


def _excludes(row: Mapping[str, Any], lower: str, upper: str, null: float) -> bool:
    low, high = _number(row.get(lower)), _number(row.get(upper))
    return (low is not None and low > null) or (high is not None and high < null)


# ---------------------------------------------------------------- as a person reads it


def summary(moved: Sequence[Change]) -> str:
    """`2 conclusions changed; 14 numbers moved; 1 row is new or gone.`."""
    if not moved:
        return "No number moved."
    concluded = sum(bool(change.key and change.conclusion) for change in moved)
    numbers = sum(bool(change.key) for change in moved)
    rows = len(moved) - numbers
    parts = [f"{counted(numbers, 'number')} moved"]
    if concluded:
        parts.insert(0, f"{counted(concluded, 'conclusion')} changed")
    if rows:
        parts.append(f"{counted(rows, 'row')} came or went")
    return "; ".join(parts) + "."


def tables(moved: Sequence[Change]) -> list[Grid]:
    """Conclusions that changed, then rows that came or went, then the other numbers."""
    concluded = [change for change in moved if change.key and change.conclusion]
    rows = [change for change in moved if not change.key]
    others = [change for change in moved if change.key and not change.conclusion]
    headers = ("Number", "Before", "Now")
    made = [
        _grid("Conclusions that changed", (*headers, "Conclusion"), concluded, _with_conclusion),
        _came_or_went(rows),
        _grid("Other numbers that moved", (*headers, "Change", "%"), others, _with_difference),
    ]
    return [grid for grid in made if grid.rows]


def _grid(title: str, headers: tuple[str, ...], moved: Sequence[Change], cells: Cells) -> Grid:
    """A line for each change, below its row, its table and its entry."""
    lines: list[tuple[int, tuple[str, ...]]] = []
    empty = ("",) * (len(headers) - 1)
    for (entry, table), of in groupby(moved, key=lambda change: (change.entry, change.table)):
        lines.append((0, (f"{entry}, {table}" if table else entry, *empty)))
        for row, of_row in groupby(of, key=lambda change: change.row):
            numbers = [change for change in of_row if change.key]
            if row and numbers:
                lines.append((1, (row, *empty)))
            lines += [(2, (change.key, *cells(change))) for change in numbers]
    right = tuple(header in ("Before", "Now", "Change", "%") for header in headers)
    indents, rows = zip(*lines, strict=True) if lines else ((), ())
    return Grid(title, (), headers, right, tuple(rows), (), indents=tuple(indents))


def _came_or_went(moved: Sequence[Change]) -> Grid:
    rows = tuple((_place(change), change.conclusion) for change in moved)
    title, headers = "Rows that came or went", ("Row", "")
    return Grid(title, (), headers, (False,) * 2, rows, (), indents=(0,) * len(rows))


def _place(change: Change) -> str:
    return ", ".join(filter(None, (change.entry, change.table, change.row)))


def _with_conclusion(change: Change) -> tuple[str, ...]:
    return *_before_and_now(change), change.conclusion


def _with_difference(change: Change) -> tuple[str, ...]:
    relative = "" if change.relative is None else _signed(f"{100 * change.relative:+.1f}")
    difference = change.difference
    moved = "" if difference is None else _signed(f"{difference:+.3g}")
    return *_before_and_now(change), moved, relative


def _before_and_now(change: Change) -> tuple[str, str]:
    return _written(change.old, p=change.is_p), _written(change.new, p=change.is_p)


def _written(value: float | None, *, p: bool) -> str:
    if value is None:
        return numerals.NOT_ESTIMABLE
    if p and value < _SMALLEST_P:
        return f"<{_SMALLEST_P}"
    return numerals.count(value) if value == int(value) else _signed(f"{value:.4g}")


def _signed(text: str) -> str:
    return text.replace("-", "−")
