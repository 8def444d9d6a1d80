"""Columns of cohorts from arrow arrays: long columns are converted whole, not cell by cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from hcc2l.cohort import Column
from hcc2l.number_format import POINT, NumberFormat, decimal_sign, number_text
from hcc2l.readers.raw import ReadOptions, column_from_texts, dated, measured

_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
_LEADING_ZERO = r"^[+-]?0\d"


def surely_distinct(texts: Any) -> bool:
    """Whether ids ascend, so that none can occur twice, whatever its blanks and capitals."""
    import pyarrow.compute as pc

    texts = texts.combine_chunks()
    if pc.any(pc.match_substring_regex(texts, r"\s")).as_py():
        texts = pc.utf8_trim_whitespace(texts)
    texts = pc.utf8_lower(pc.utf8_normalize(texts, form="NFKC"))
    return bool(pc.all(pc.less(texts[:-1], texts[1:])).as_py())


def text_column(
    name: str, texts: Any, options: ReadOptions, decimal: str | None, commas: bool = True
) -> Column:
    """A column from strings; repeated ones are converted once, long columns of numbers by pyarrow.

    Parameters
    ----------
    texts
        A chunked array of strings.
    decimal
        The decimal sign of the file; None where nothing shows it.
    commas
        Whether a cell may contain a comma.
    """
    import pyarrow.compute as pc

    head = texts.slice(0, 65536)
    if pc.count_distinct(head).as_py() > len(head) // 2 and len(head) > 1000:
        trimmed = pc.utf8_trim_whitespace(texts)
        column = _numbers(name, trimmed, options, decimal, commas)
        if column is not None:
            return column
        return column_from_texts(name, trimmed.to_pylist(), options, decimal)
    encoded = texts.combine_chunks().dictionary_encode()
    codes = np.from_dlpack(encoded.indices)  # to_numpy would import pandas
    distinct = [text.strip() for text in encoded.dictionary.to_pylist()]
    repeats = np.bincount(codes, minlength=len(distinct)).tolist()
    column = column_from_texts(name, distinct, options, decimal, repeats)
    canonical = [column.text(i) for i in range(len(distinct))]
    known = tuple(dict.fromkeys(text for text in canonical if text))
    places = {text: i for i, text in enumerate(known)}
    table = np.array([places.get(text, -1) for text in canonical], dtype=np.int64)

    def in_rows(cells: Mapping[int, str]) -> dict[int, str]:
        rows = np.flatnonzero(np.isin(codes, list(cells))).tolist() if cells else []
        return {row: cells[codes[row]] for row in rows}

    written = column.written
    return replace(
        column,
        values=column.values[codes],
        coded=(known, table[codes]),
        limits=in_rows(column.limits),
        broken=in_rows(column.broken),
        written=None if written is None else lambda row: written(int(codes[row])),
    )


def _is_missing(texts: Any, name: str, options: ReadOptions) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.is_in(texts, value_set=pa.array(sorted(options.missing_for(name))))


def _numbers(
    name: str, texts: Any, options: ReadOptions, decimal: str | None, commas: bool
) -> Column | None:
    """The column as numbers, correctly rounded, or None when a cell is not one."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if name in options.as_text | options.as_list | options.as_date:
        return None
    form = _plain_format(name, texts, options, decimal, commas)
    if form is None:
        return None
    missing, typed = _is_missing(texts, name, options), texts
    if form.decimal == ",":
        texts = pc.replace_substring(texts, pattern=",", replacement=".")
    good = pc.and_not(
        pc.match_substring_regex(texts, _NUMBER),
        pc.match_substring_regex(texts, _LEADING_ZERO),
    )
    limits: dict[int, str] = {}
    if not pc.all(pc.or_(good, missing)).as_py():
        odd = pc.indices_nonzero(pc.invert(pc.or_(good, missing)))
        if 2 * len(odd) > len(texts) and name not in options.as_number:
            return None  # mostly texts: the cells need not be checked one by one
        for row, cell in zip(odd.to_pylist(), typed.take(odd).to_pylist(), strict=True):
            if form.limit(cell) is None:
                return None
            limits[row] = cell
        bare = pc.replace_substring_regex(texts, pattern=r"^[<>≤≥]=?\s*", replacement="")
        texts = pc.if_else(pc.or_(good, missing), texts, bare)
    plain = pc.replace_substring_regex(texts, pattern=r"^\+", replacement="")
    known = pc.if_else(missing, pa.scalar(None, pa.string()), plain)
    values: np.ndarray[Any, np.dtype[np.float64]] = (
        pc.cast(known, pa.float64()).combine_chunks().to_numpy(zero_copy_only=False)
    )
    if np.isinf(values).any():
        return None
    if limits and not measured(
        name, values, list(limits), np.ones(values.size, dtype=np.int64), options
    ):
        return None
    return Column(
        name, "number", values, limits=limits, format=form,
        written=lambda row: form.plain_cell(typed[row].as_py()),
    )  # fmt: skip


def _plain_format(
    name: str, texts: Any, options: ReadOptions, decimal: str | None, commas: bool
) -> NumberFormat | None:
    """The format of a column without thousands separators; None where that is not certain."""
    import pyarrow.compute as pc

    def occurs(sign: str) -> bool:
        return bool(pc.any(pc.match_substring(texts, sign)).as_py())

    decimal = options.decimal_for(name) or decimal
    comma = commas and occurs(",")
    if decimal != "," and not comma and (decimal == "." or not occurs(".")):
        return POINT
    if decimal == "," and not occurs("."):
        head = texts.slice(0, 1000).to_pylist()
        if options.decimal_for(name) or "," in {decimal_sign(cell) for cell in head}:
            return NumberFormat(",")
    return None


def number_column(name: str, values: Any, options: ReadOptions) -> Column:
    """A column from numbers: a chunked array of integers or floats, null where missing."""
    import pyarrow as pa
    import pyarrow.compute as pc

    floats: np.ndarray[Any, np.dtype[np.float64]] = (
        pc.cast(values, pa.float64(), safe=False).combine_chunks().to_numpy(zero_copy_only=False)
    )
    codes = [float(code) for code in options.missing_for(name) if _is_number(code)]
    if codes:
        floats = np.where(np.isin(floats, codes), np.nan, floats)
    whole = pa.types.is_integer(values.type)

    def written(row: int) -> str:
        value = values[row].as_py()
        return str(value) if whole else number_text(value)

    return dated(Column(name, "number", floats, written=written), options)


def _is_number(code: str) -> bool:
    """Whether a missing-value code is a number as it is written for a number: 999, not 999.0."""
    try:
        return number_text(float(code)) == code
    except (ValueError, OverflowError):
        return False
