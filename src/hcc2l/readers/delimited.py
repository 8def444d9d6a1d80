"""Delimited text: separator, decimal sign and encoding are detected; rows must fit the header."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

import numpy as np

from hcc2l.errors import InputError, UsageError
from hcc2l.number_format import file_decimal
from hcc2l.readers.blocks import Held, LargeFile
from hcc2l.readers.content import unzipped
from hcc2l.readers.encodings import decoded
from hcc2l.readers.layout import Grid
from hcc2l.readers.raw import LARGE, SEPARATORS, RawTable, ReadOptions
from hcc2l.readers.rows import read_grid

_SAMPLE = 262_144  # characters in which separator and decimal sign are detected
_BLOCK = 1 << 18  # bytes that fit the cache of a processor
_STATED = re.compile(r'\ufeff?"?sep=([^\n"])"?\n', re.IGNORECASE)
_SEPARATOR_WORDS = {"comma": ",", "semicolon": ";", "tab": "\t", "\\t": "\t", "bar": "|"}


def read(content: bytes, options: ReadOptions, name: str) -> RawTable:
    """The table in delimited text, gzipped or not.

    Raises
    ------
    InputError
        The file is not text, a quoted cell is not closed, or a row is longer or shorter than the
        header (with its line).
    UsageError
        The file is an Excel workbook with the wrong extension, or --sep is not one character.
    """
    if content[:2] == b"\x1f\x8b":
        content = unzipped(content, options.max_size, name)
    if len(content) >= LARGE and not options.encoding and _is_ascii(content):
        text, encoding = content[:_SAMPLE].decode(), None
        utf8: bytes | None = content
    else:
        text, encoding = decoded(content, options.encoding, name)
        if not text or text.isspace():
            raise InputError("The file is empty.", where=name, hint="Export the cohort again.")
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        utf8 = text.encode() if len(text) >= LARGE else None
    stated = _STATED.match(text)
    if stated:  # Excel writes the separator above the header
        options = replace(options, sep=options.sep or stated[1])
        text = text[stated.end() :]
        text, utf8 = f"\n{text}", None
    sep, decimal, remarks = _dialect(text[:_SAMPLE], options, encoding)
    plain = not (options.header or options.merge or options.sections)
    if utf8 is not None and plain:
        from hcc2l.readers.large import read_large

        table = read_large(Held(utf8), sep, decimal, options, name, remarks)
        if table is not None:
            return table
    if utf8 is not None:
        text = utf8.decode()
    return _read_small(text, sep, decimal, options, name, remarks)


def read_file(file: LargeFile, options: ReadOptions, name: str) -> RawTable | None:
    """The table in a large file of ASCII text; None where all its bytes must be looked at.

    Raises
    ------
    InputError
        As `read`; or the file changed while it was read.
    """
    sample = file.start(_SAMPLE)
    if not sample.isascii() or options.encoding or options.header or options.merge:
        return None
    text = sample.decode()
    if options.sections or _STATED.match(text) or "\r" in text:
        return None
    from hcc2l.readers.large import read_large

    sep, decimal, remarks = _dialect(text, options, None)
    return read_large(file, sep, decimal, options, name, remarks)


def _is_ascii(content: bytes) -> bool:
    """Whether the bytes are printable ASCII without carriage returns; they are not copied."""
    data = np.frombuffer(content, dtype=np.uint8)
    blocks = (data[start : start + _BLOCK] for start in range(0, data.size, _BLOCK))
    return (
        all(block.max() < 128 and block.min() > 8 for block in blocks) and content.find(b"\r") < 0
    )


def _read_small(
    text: str,
    sep: str,
    decimal: str | None,
    options: ReadOptions,
    name: str,
    remarks: tuple[str, ...],
) -> RawTable:
    records, lines = [], []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sep, strict=True)
    before = 0
    try:
        for record in reader:
            if any(cell.strip() for cell in record):
                records.append(record)
                lines.append(before + 1)
            before = reader.line_num
    except csv.Error as error:
        if "field limit" in str(error):
            raise InputError(
                f"A cell has more than {csv.field_size_limit():,} characters.",
                where=f"{name}, line {before + 1}",
                hint="Close the quotation mark with which the cell begins, or shorten the cell.",
            ) from None
        raise InputError(
            f"A quoted cell is not closed, or text follows its closing quotation mark ({error}).",
            where=f"{name}, line {before + 1}",
            hint='Double every quotation mark inside a quoted cell: "".',
        ) from None
    if not records:
        raise InputError("The file is empty.", where=name, hint="Export the cohort again.")
    grid = Grid(records, lines, word="line", separator=sep)
    return read_grid(grid, options, name, texts_only=True, decimal=decimal, remarks=remarks)


def _dialect(
    text: str, options: ReadOptions, encoding: str | None
) -> tuple[str, str | None, tuple[str, ...]]:
    """Separator, decimal sign (None if no cell shows it), and remarks on what was detected."""
    sample = [line for line in text.splitlines()[:500] if line.strip()]
    sep = _separator(options.sep, sample)
    decimal = options.decimal
    if decimal is None:
        decimal = file_decimal(_cells(sample, sep))
    if decimal is None and sep != ";":  # semicolons separate where the comma is the decimal sign
        decimal = "."
    return sep, decimal, _remarks(options, sep, decimal, encoding)


def _cells(lines: Sequence[str], sep: str) -> Iterator[str]:
    """The cells of some lines, up to one that is too long; what is wrong there is told later."""
    with suppress(csv.Error):
        for record in csv.reader(lines, delimiter=sep):
            yield from map(str.strip, record)


def _separator(given: str | None, sample: Sequence[str]) -> str:
    """The separator that is given, else the one that splits most lines alike."""
    if given is not None:
        sep = _SEPARATOR_WORDS.get(given, given)
        if len(sep) != 1:
            raise UsageError(
                f"{given!r} is not a separator.", where="--sep", hint="Use one of , ; tab |"
            )
        return sep
    best, best_score = ",", (0.0, False, 0)
    for sep in SEPARATORS:
        try:
            widths = [len(next(csv.reader([line], delimiter=sep))) for line in sample]
        except (csv.Error, StopIteration):
            continue
        usual, lines = Counter(widths).most_common(1)[0] if widths else (0, 0)
        if usual < 2:
            continue
        score = lines / len(widths), widths[0] == usual, usual
        if score > best_score:
            best, best_score = sep, score
    return best


def _remarks(
    options: ReadOptions, sep: str, decimal: str | None, encoding: str | None
) -> tuple[str, ...]:
    """How the file was read, where it is not a plain comma-separated file."""
    parts = []
    if options.sep is None and sep != ",":
        parts.append(f"{SEPARATORS[sep]}-separated text")
    if options.decimal is None and decimal == ",":
        parts.append("decimal commas")
    if encoding:
        parts.append(f"encoding {encoding}")
    return (f"read as {', '.join(parts)}",) if parts else ()
