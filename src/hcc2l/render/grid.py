"""A table as a reader sees it: headings and formatted cells, for every format but JSON and CSV."""

from __future__ import annotations

from dataclasses import dataclass

from hcc2l.glossary import GLOSSARY
from hcc2l.numerals import p_value
from hcc2l.report import Column, Outline, Report, Row, Table, Value

NOT_ESTIMABLE = "NE"
LARGEST_RATIO = 1000  # larger ones are written `>1000`
_DECIMALS = {"time": 2, "estimate": 2, "ratio": 2, "probability": 1, "statistic": 2, "criterion": 1}


@dataclass(frozen=True)
class Grid:
    """A table of formatted cells; `right` marks the columns that are aligned to the right.

    `flowing` says that the last column takes the rest of a line.
    """

    title: str
    headers: tuple[str, ...]
    right: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]
    footnotes: tuple[str, ...]
    flowing: bool = False


def presented_tables(report: Report) -> list[Table]:
    """Tables with a presentation; the others are for JSON and CSV only."""
    return [table for table in report.tables if table.columns]


def grid(table: Table, digits: int | None = None) -> Grid:
    """Every cell of a table, formatted by the kind of its key."""
    rows: list[tuple[str, ...]] = []
    previous: Value = None
    for row in table.rows:
        cells = [cell(row, column, digits) for column in table.columns]
        if table.columns[0].keys in (("group",), ("term",), ("variable",), ("endpoint",)):
            first = row[table.columns[0].keys[0]]
            if rows and first == previous:
                cells[0] = ""
            previous = first
        rows.append(tuple(cells))
    footnotes = table.footnotes
    numbers = [i for i, c in enumerate(table.columns) if i and c.form != "sentences"]
    if any(NOT_ESTIMABLE in _words(r[i]) for r in rows for i in numbers):
        footnotes = (*footnotes, f"{NOT_ESTIMABLE}: not estimable.")
    return Grid(
        title=table.title,
        headers=tuple(column.header for column in table.columns),
        right=tuple(_kind(column) != "text" for column in table.columns),
        rows=tuple(rows),
        footnotes=footnotes,
        flowing=table.columns[-1].form == "sentences",
    )


def cell(row: Row, column: Column, digits: int | None = None) -> str:
    """One cell: a value, an estimate with its interval, or a summary."""
    kind = _kind(column)
    decimals = _decimals(column, kind, digits)
    values = [row[key] for key in column.keys]
    if column.form == "value":
        value = values[0]
        if isinstance(value, str):
            return column.labels.get(value, value)
        return write(value, kind, decimals)
    if column.form == "sentences":
        return " ".join(str(value) for value in values if value)
    if column.form == "summary":
        return _summary(values, column.decimals if digits is None else digits)
    if column.form == "fraction":
        return "/".join(write(value, "count", 0) for value in values)
    interval, in_model = values[:3], values[3:] != [None]
    repeated = column.form == "effect" and kind != "ratio" and values[0] is None
    if not in_model or repeated:
        return "–"
    if column.form == "effect" and kind == "ratio" and interval == [1.0, None, None]:
        return "reference"
    if all(value is None for value in interval) or (kind == "ratio" and _diverged(interval)):
        return NOT_ESTIMABLE
    if kind == "ratio" and digits is None and _narrow(interval):
        decimals = 4  # otherwise an effect per unit of a wide scale is 1.00 (1.00–1.00)
    estimate, lower, upper = (write(value, kind, decimals) for value in interval)
    negative = any(isinstance(v, (int, float)) and v < 0 for v in interval)
    between = " to " if negative else "–"
    return f"{estimate} ({lower.removesuffix('%')}{between}{upper.removesuffix('%')})"


def _diverged(interval: list[Value]) -> bool:
    """Whether a ratio lies beyond what can be printed and lacks a limit: it does not exist."""
    ratio = interval[0]
    beyond = isinstance(ratio, (int, float)) and not 1 / LARGEST_RATIO <= ratio <= LARGEST_RATIO
    return beyond and None in interval


def _summary(values: list[Value], decimals: int | None) -> str:
    """`36 (90.0%)` for a level, `60 (55–66)` for a numeric variable."""
    if values[0] is not None:
        return f"{write(values[0], 'count', 0)} ({write(values[1], 'probability', 1)})"
    quartiles = [float(v) for v in values[2:] if isinstance(v, (int, float))]
    if not quartiles:
        return "–"
    if decimals is None:
        whole = all(v.is_integer() for v in quartiles)
        decimals = 0 if whole or min(quartiles) >= 10 else 1
    median, low, high = (write(v, "estimate", decimals) for v in quartiles)
    return f"{median} ({low}{' to ' if min(quartiles) < 0 else '–'}{high})"


def write(value: Value, kind: str, decimals: int) -> str:
    """A value formatted by its kind; a missing estimate is `NE`, any other missing value a dash."""
    if value is None and kind == "text":
        return ""
    if value is None:
        return NOT_ESTIMABLE if kind in ("time", "estimate", "ratio", "probability") else "–"
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, (str, bool)):
        return str(value)
    if kind == "p":
        return p_value(value)
    if kind in ("count", "degrees"):
        return f"{value:.1f}".removesuffix(".0")
    if kind == "probability":
        return _signed(f"{100 * value:.{decimals}f}%")
    if kind == "ratio" and value > LARGEST_RATIO:
        return f">{LARGEST_RATIO}"
    return _signed(f"{value:.{decimals}f}")


def outline_lines(outline: Outline, depth: int = 0) -> list[tuple[int, str]]:
    """Every line of an outline with its depth, from the top."""
    lines = [(depth, outline.text)]
    for below in outline.below:
        lines += outline_lines(below, depth + 1)
    return lines


def _narrow(values: list[Value]) -> bool:
    """Whether estimate and limits agree to two decimals."""
    numbers = [v for v in values if isinstance(v, (int, float))]
    return len(numbers) == len(values) and f"{min(numbers):.2f}" == f"{max(numbers):.2f}"


def _kind(column: Column) -> str:
    return column.kind or GLOSSARY[column.keys[0]].kind


def _decimals(column: Column, kind: str, digits: int | None) -> int:
    if digits is not None and kind in _DECIMALS:
        return digits
    return column.decimals if column.decimals is not None else _DECIMALS.get(kind, 0)


def _signed(text: str) -> str:
    if not text.strip("-0.%"):  # the number rounds to zero
        return text.removeprefix("-")
    return text.replace("-", "−", 1)


def _words(text: str) -> list[str]:
    return text.replace("(", " ").replace(")", " ").replace("–", " ").split()
