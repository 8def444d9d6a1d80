"""Delimited text: separator, decimal sign and encoding are detected; rows must fit the header."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Sequence
from functools import partial

import numpy as np

from hcc2l.cohort import Column
from hcc2l.errors import InputError, UsageError
from hcc2l.number_format import file_decimal
from hcc2l.readers.raw import (
    LARGE,
    SEPARATORS,
    Content,
    RawTable,
    ReadOptions,
    check_header,
    column_from_texts,
    no_rows,
    wrong_width,
)

_SAMPLE = 262_144  # characters in which separator and decimal sign are detected
_SEPARATOR_WORDS = {"comma": ",", "semicolon": ";", "tab": "\t", "\\t": "\t", "bar": "|"}


def read(content: Content, options: ReadOptions, name: str) -> RawTable:
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
        content = _unzipped(bytes(content), name)
    if len(content) >= LARGE and not options.encoding and _is_ascii(content):
        text, encoding = content[:_SAMPLE].decode(), None
        utf8: Content | None = content
    else:
        text, encoding = _decoded(bytes(content), options.encoding, name)
        if not text or text.isspace():
            raise InputError("The file is empty.", where=name, hint="Export the cohort again.")
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        utf8 = text.encode() if len(text) >= LARGE else None
    sep, decimal, remarks = _dialect(text[:_SAMPLE], options, encoding)
    if utf8 is not None:
        from hcc2l.readers.large import read_large

        table = read_large(utf8, sep, decimal, options, name, remarks)
        if table is not None:
            return table
        text = bytes(utf8).decode()
    return _read_small(text, sep, decimal, options, name, remarks)


def _is_ascii(content: Content) -> bool:
    """Whether the bytes are printable ASCII without carriage returns; they are not copied."""
    data = np.frombuffer(content, dtype=np.uint8)
    return bool(data.max() < 128 and data.min() > 8 and content.find(b"\r") < 0)


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
        raise InputError(
            f"A quoted cell is not closed, or text follows its closing quotation mark ({error}).",
            where=f"{name}, line {before + 1}",
            hint='Double every quotation mark inside a quoted cell: "".',
        ) from None
    if not records:
        raise InputError("The file is empty.", where=name, hint="Export the cohort again.")
    names = check_header(records[0], name)
    options = options.with_id(names)
    if len(records) == 1:
        raise no_rows(name)
    width = len(names)
    for record, line in zip(records, lines, strict=True):
        if len(record) != width:
            raise wrong_width(name, line, len(record), width, sep)
    columns = dict(zip(names, zip(*records[1:], strict=True), strict=True))

    def make(column: str) -> Column:
        return column_from_texts(column, [c.strip() for c in columns[column]], options, decimal)

    return RawTable(
        names=names,
        rows=len(records) - 1,
        read=lambda columns: {n: partial(make, n) for n in columns},
        place=lambda row: f"line {lines[row + 1]}",
        remarks=remarks,
    )


def _unzipped(content: bytes, name: str) -> bytes:
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error):
        raise InputError(
            "The gzip file is damaged.", where=name, hint="Compress the file again."
        ) from None


def _decoded(content: bytes, encoding: str | None, name: str) -> tuple[str, str | None]:
    """The text, and the name of its encoding where that had to be detected."""
    if content[:4] == b"PK\x03\x04":
        raise UsageError(
            "This is a zip archive, probably an Excel workbook, not a text file.",
            where=name,
            hint="Rename the file to .xlsx.",
        )
    if encoding:
        return _decoded_as(content, encoding, name), None
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _utf16(content, "utf-16", name), "UTF-16"
    if b"\0" in content[:65536]:
        for guess in ("utf-16-le", "utf-16-be"):
            zeros = content[1 if guess == "utf-16-le" else 0 : 4096 : 2]
            if zeros.count(0) > 0.8 * len(zeros):
                return _utf16(content, guess, name), "UTF-16 without a byte-order mark"
        raise _not_text(name)
    try:
        return content.decode("utf-8").removeprefix("\ufeff"), None
    except UnicodeDecodeError:
        pass
    if sum(content[:65536].count(bytes([b])) for b in (*range(9), *range(14, 32), 127)) > 2:
        raise _not_text(name)
    try:
        return content.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InputError(
            "The encoding cannot be detected: the text is not valid UTF-8, UTF-16 or Windows-1252.",
            where=f"{name}, line {line}",
            hint="Specify it with --encoding, such as --encoding gb18030 or --encoding latin-1.",
        ) from None


def _utf16(content: bytes, encoding: str, name: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise _not_text(name) from None


def _decoded_as(content: bytes, encoding: str, name: str) -> str:
    """The text, decoded as the user specifies."""
    try:
        return content.decode(encoding).removeprefix("\ufeff")
    except LookupError:
        raise UsageError(
            f"Unknown encoding {encoding!r}.",
            where="--encoding",
            hint="Use one such as utf-8, latin-1 or gb18030, or omit --encoding to detect it.",
        ) from None
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InputError(
            f"The text is not valid {encoding}.",
            where=f"{name}, line {line}",
            hint="Omit --encoding to detect the encoding.",
        ) from None


def _not_text(name: str) -> InputError:
    return InputError(
        "This is not a text file.",
        where=name,
        hint="Export the cohort as CSV, or rename the file to match its format (.xlsx, .sav).",
    )


def _dialect(
    text: str, options: ReadOptions, encoding: str | None
) -> tuple[str, str | None, tuple[str, ...]]:
    """Separator, decimal sign (None if no cell shows it), and remarks on what was detected."""
    sample = [line for line in text.splitlines()[:500] if line.strip()]
    sep = _separator(options.sep, sample)
    decimal = options.decimal
    if decimal is None:
        cells = (cell.strip() for record in csv.reader(sample, delimiter=sep) for cell in record)
        decimal = file_decimal(cells)
    if decimal is None and sep != ";":  # semicolons separate where the comma is the decimal sign
        decimal = "."
    return sep, decimal, _remarks(options, sep, decimal, encoding)


def _separator(given: str | None, sample: Sequence[str]) -> str:
    """The separator that is given, else the one that splits most lines like the header."""
    if given is not None:
        sep = _SEPARATOR_WORDS.get(given, given)
        if len(sep) != 1:
            raise UsageError(
                f"{given!r} is not a separator.", where="--sep", hint="Use one of , ; tab |"
            )
        return sep
    best, best_score = ",", (0.0, 0)
    for sep in SEPARATORS:
        try:
            widths = [len(next(csv.reader([line], delimiter=sep))) for line in sample]
        except (csv.Error, StopIteration):
            continue
        if widths[0] < 2:
            continue
        alike = sum(w == widths[0] for w in widths) / len(widths)
        if (alike, widths[0]) > best_score:
            best, best_score = sep, (alike, widths[0])
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
