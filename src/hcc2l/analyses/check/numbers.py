"""Numbers that cannot be read, or cannot be."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np

from hcc2l.analyses.check.data import Found, FoundColumn
from hcc2l.analyses.check.finding import (
    CORRECT,
    MISSING_WORDS,
    Finding,
    Findings,
    for_example,
    in_column,
    rows_where,
)
from hcc2l.analyses.check.toml import array, text
from hcc2l.errors import quoted_list
from hcc2l.number_format import number_text
from hcc2l.scores.laboratory import ANALYTES
from hcc2l.wording import counted, listed

_ADULT, _OLDEST = 18, 110
_CODE = re.compile(r"-?9+|-[1-8]")  # 999, -99, -1: codes that stand for missing values


def ambiguous_numbers(found: Found) -> Findings:
    """Numbers such as 1,118 when nothing shows what the comma is."""
    for column in found.columns:
        if column.doubtful:
            line = in_column(column, 'decimal = ","')
            yield Finding(
                "warning", "number-ambiguous", column.name, (),
                f"The mark in {quoted_list(column.doubtful)} may separate thousands or decimals.",
                "Use --decimal . or --decimal , or state it for this column:", line,
            )  # fmt: skip


def number_formats(found: Found) -> Findings:
    """Numbers written otherwise than in the rest of the file."""
    for column in found.columns:
        if column.format.cells and column.reading == "number" and not column.doubtful:
            example = column.format.examples[0]
            yield Finding(
                "note", "number-format", column.name, (),
                f"{counted(column.format.cells, 'cell')} such as {example} "
                f"{'were' if column.format.cells > 1 else 'was'} read as "
                f"{column.format.plain_cell(example)}.",
                "If that is wrong, use --decimal.",
            )  # fmt: skip


def wrong_cells(found: Found) -> Findings:
    """Cells among numbers that are no numbers: marks, words for missing, slips."""
    for column in found.columns:
        if column.reading != "number" or column.doubtful or not column.texts:
            continue
        unread = column.unread.tolist()
        if not unread:
            continue
        marked: dict[str, list[int]] = {}
        words: Counter[str] = Counter()
        others: list[int] = []
        for row in unread:
            cell = column.cell(row)
            number = re.fullmatch(r"(.*\d)\s*([^\d\s.,]{1,2})", cell)
            if number and column.format.parse(number[1]) is not None:
                marked.setdefault(number[2], []).append(row)
            elif cell.casefold() in MISSING_WORDS:
                words[cell] += 1
            else:
                others.append(row)
        yield from _marks(column, marked)
        if words:
            rows = tuple(row for row in unread if column.cell(row) in words)
            counts = listed([f"{word!r} ({n})" for word, n in words.items()])
            yield Finding(
                "warning", "missing-word", column.name, rows,
                f"{counts} among numbers: missing values?",
                paste=in_column(column, f"missing = {array(words)}"),
            )  # fmt: skip
        if others:
            yield Finding(
                "warning", "number-unreadable", column.name, tuple(others),
                f"{counted(len(others), 'cell')} among numbers cannot be read"
                f"{for_example(column.cell(others[0]))}.",
                "Correct the cells, or give the text with --na if it means missing.",
            )  # fmt: skip


def _marks(column: FoundColumn, marked: dict[str, list[int]]) -> Findings:
    for mark, rows in marked.items():
        yield Finding(
            "warning", "number-with-mark", column.name, tuple(rows),
            f"{counted(len(rows), 'number')} with the mark {mark!r}.",
            paste=in_column(column, f"marks = {array([mark])}"),
        )  # fmt: skip


def missing_codes(found: Found) -> Findings:
    """Numbers such as 999 or -9 that stand for a missing value."""
    for column in found.columns:
        if column.numbers is None or column.days is not None or column.reading == "id":
            continue
        codes = _likely_codes(column)
        for code in codes:
            rows = rows_where(column.numbers == code)
            shown = number_text(code)
            yield Finding(
                "warning", "missing-code", column.name, rows,
                f"{shown} in {counted(len(rows), 'row')}, far from all other values: a code for "
                "missing?", paste=in_column(column, f'missing = ["{shown}"]'),
            )  # fmt: skip


def _likely_codes(column: FoundColumn) -> list[float]:
    """Values of nines beyond all others, or negative ones in a column without other negatives."""
    assert column.numbers is not None
    values, counts = np.unique(column.numbers[~np.isnan(column.numbers)], return_counts=True)
    codes = []
    for value, n in zip(values.tolist(), counts.tolist(), strict=True):
        if not _CODE.fullmatch(number_text(value)):
            continue
        others = values[values != value]
        plain = others[(others >= 0) & ~np.isin(others, (99, 999, 9999, 99999))]
        if not plain.size:
            continue
        negative = (
            value < 0
            and bool((others[others < 0] == others[others < 0]).all())
            and all(_CODE.fullmatch(number_text(v)) for v in others[others < 0].tolist())
        )
        beyond = value > 3 * plain.max() if n == 1 else value > 1.5 * plain.max()
        few = value == 9 and plain.max() <= 5 and column.reading == "group"
        if negative or (value >= 99 and beyond) or few:
            codes.append(value)
    return codes


def mixed_units(found: Found) -> Findings:
    """Values that are impossible in the column's unit and usual in another one."""
    for column in found.columns:
        scale = column.scale
        if scale is None or column.numbers is None or column.known is None:
            continue
        for other in column.known.scales:
            if other is scale:
                continue
            inside = (column.numbers >= other.low) & (column.numbers <= other.high)
            outside = (column.numbers > 0) & (
                (column.numbers < scale.low) | (column.numbers > scale.high)
            )
            rows = rows_where(inside & outside & ~np.isin(column.numbers, _likely_codes(column)))
            if rows:
                values = [number_text(float(column.numbers[row])) for row in rows]
                yield Finding(
                    "warning", "mixed-units", column.name, rows,
                    f"{quoted_list(values)} among values in {scale.unit}: in {other.unit}?",
                    f"Convert the cells to {scale.unit}.",
                )  # fmt: skip
                break


def impossible_values(found: Found) -> Findings:
    """Negative and impossible values, by what the column holds."""
    for column in found.columns:
        if column.known is None or column.numbers is None or column.days is not None:
            continue
        values = column.numbers
        codes = np.isin(values, _likely_codes(column))
        scales = column.known.scales
        if column.known.form == "duration" or (scales and min(s.low for s in scales) >= 0):
            rows = rows_where((values < 0) & ~codes)
            if rows:
                yield Finding(
                    "error", "negative-value", column.name, rows,
                    f"{counted(len(rows), 'negative value')} of {column.known.label}.", CORRECT,
                )  # fmt: skip
        if not scales:
            continue
        scale = column.scale
        units = [scale] if scale is not None and len(scales) == 1 else list(scales)
        possible = np.zeros(values.size, dtype=np.bool_)
        for unit in units:
            possible |= (values >= unit.low) & (values <= unit.high)
        rows = rows_where(~possible & ~np.isnan(values) & (values >= 0) & ~codes)
        if rows:
            shown = quoted_list(number_text(float(values[row])) for row in rows)
            yield Finding(
                "error", "impossible-value", column.name, rows,
                f"{shown}: impossible for {column.known.label}.", CORRECT,
            )  # fmt: skip
        elif column.code == "age":
            rows = rows_where((values < _ADULT) | (values > _OLDEST))
            if rows:
                shown = quoted_list(number_text(float(values[row])) for row in rows)
                yield Finding(
                    "warning", "unlikely-age", column.name, rows,
                    f"Age {shown} among adults.", CORRECT,
                )  # fmt: skip


def detection_limits(found: Found) -> Findings:
    """Detection limits, for which the limit itself is used."""
    for column in found.columns:
        limits = dict(column.limits)
        if not limits and column.reading == "number" and column.texts:
            with_limit = [
                i for i, t in enumerate(column.texts) if column.format.limit(t) is not None
            ]
            rows = rows_where(np.isin(column.codes, with_limit))
            limits = {row: column.cell(row) for row in rows}
        if limits and column.reading == "number":
            kinds = quoted_list(dict.fromkeys(limits.values()))
            yield Finding(
                "note", "detection-limits", column.name, tuple(limits),
                f"{counted(len(limits), 'detection limit')} ({kinds}).",
                "The limit itself is used as the value.",
            )  # fmt: skip


def units_by_values(found: Found) -> Findings:
    """Laboratory values with several units in use, of which none is stated."""
    units = {
        column: column.scale.unit
        for column in found.columns
        if column.reading == "number" and column.unit is None and column.scale is not None
        and column.known is not None and len(column.known.scales) > 1
    }  # fmt: skip
    if units:
        listing = ", ".join(f"{column.name} in {unit}" for column, unit in units.items())
        column, unit = next(iter(units.items()))
        yield Finding(
            "note", "unit-by-values", None, (), f"Units by the values alone: {listing}.",
            "To state a unit:", in_column(column, f"unit = {text(unit)}"),
        )  # fmt: skip


def parts_of_scores(found: Found) -> Findings:
    """Columns that hold a part of a score under a name by which no score finds it."""
    parts = unnamed_parts(found)
    if parts:
        yield Finding(
            "note", "score-parts", None, (),
            f"Scores do not find their parts by these names: {listed([c.name for c in parts])}.",
            "To name a part:", in_column(parts[0], f"part = {text(str(parts[0].code))}"),
        )  # fmt: skip


def unnamed_parts(found: Found) -> list[FoundColumn]:
    """Columns whose field is a part of a score that has no column yet."""
    at_hand = found.cohort.analytes()
    return [c for c in found.columns if c.code in ANALYTES and c.code not in at_hand]
