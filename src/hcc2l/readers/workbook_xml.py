"""What a workbook (.xlsx, .ods) says about its cells beside their values, read from its XML.

python-calamine gives values, and the merged cells of .xlsx: cells with an error, and formulas whose
result was never stored, come as empty, and nothing tells what is hidden.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from xml.etree import ElementTree

from hcc2l.errors import InputError
from hcc2l.readers.cells import NO_VALUE

_ATTRIBUTE = re.compile(rb'([\w:]+)="([^"]*)"')
_COLUMN = re.compile(rb"<col\b([^>]*?)/?>")
_HIDDEN_ROW = re.compile(rb'<row\b([^>]*\bhidden="(?:1|true)"[^>]*)>')
_ERROR = re.compile(rb'<c\b([^>]*\bt="e"[^>]*)>(.*?)</c>', re.DOTALL)
_FORMULA = re.compile(rb"<c\b([^>/]*)><f\b(.*?)</c>", re.DOTALL)
_VALUE = re.compile(rb"<v\b[^>]*>([^<]+)</v>")
_MOST_ROWS, _MOST_COLUMNS = 1_048_576, 16_384
# Of parts that are not there, cut, encrypted (RuntimeError), no XML, or without numbers in it.
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, ElementTree.ParseError, KeyError, ValueError, RuntimeError,
    EOFError, OSError,
)  # fmt: skip
_ROW = re.compile(rb'<row\b[^>]*?\br="(\d+)"')
_CELL = re.compile(rb'<c\b[^>]*?\br="([A-Z]+\d+)"')
_FAR_CELL = re.compile(rb'<c\b[^>]*?\br="(?:[A-Z]{3,}\d+|[A-Z]+\d{8,})"')
# A sheet is read as a rectangle: with so many cells, and fewer than one in 100 filled, it is none.
_LARGEST, _LEAST_FILLED = 20_000_000, 100


@dataclass(frozen=True)
class SheetNotes:
    """What a sheet hides, and cells without a value; rows and columns are numbered from 0.

    Attributes
    ----------
    faults
        Cells that show an error or whose formula has no stored result -> what to show for them.
    formulas
        Cells that hold a formula.
    merged
        Merged cells of .ods: first row, first column, last row, last column.
    """

    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    faults: Mapping[tuple[int, int], str] = field(default_factory=dict)
    formulas: frozenset[tuple[int, int]] = frozenset()
    merged: tuple[tuple[int, int, int, int], ...] = ()


def unpacked_size(content: bytes) -> int:
    """The bytes of all parts of a workbook once they are decompressed; 0 for .xls."""
    try:
        return sum(part.file_size for part in zipfile.ZipFile(io.BytesIO(content)).infolist())
    except _DAMAGED:
        return 0


def read_notes(content: bytes) -> dict[str, SheetNotes]:
    """The notes on every sheet of a workbook, by name; none for .xls.

    Raises
    ------
    InputError
        A cell lies beyond the sheet, or far from all others.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        if "content.xml" in archive.namelist():
            return _open_document(archive.read("content.xml"))
        book = archive.read("xl/workbook.xml")
        relations = archive.read("xl/_rels/workbook.xml.rels")
    except _DAMAGED:
        return {}  # a damaged workbook is refused by python-calamine
    targets = {}
    for match in re.finditer(rb"<Relationship\b([^>]*)>", relations):
        attributes = _attributes(match[1])
        targets[attributes.get("Id", "")] = attributes.get("Target", "")
    notes = {}
    for match in re.finditer(rb"<sheet\b([^>]*)>", book):
        attributes = _attributes(match[1])
        target = targets.get(attributes.get("r:id", ""), "")
        path = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
        try:
            xml = archive.read(posixpath.normpath(path))
            _refuse_stray_cells(xml, attributes.get("name", ""))
            notes[attributes.get("name", "")] = _notes(xml)
        except _DAMAGED:  # the sheet itself is read, or refused, elsewhere
            continue
    return notes


_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"


def _open_document(xml: bytes) -> dict[str, SheetNotes]:
    """The notes on the sheets of an .ods workbook."""
    return {
        table.get(f"{_TABLE}name", ""): _table_notes(table)
        for table in ElementTree.fromstring(xml).iter(f"{_TABLE}table")
    }


def _table_notes(table: ElementTree.Element) -> SheetNotes:
    hidden_columns: set[int] = set()
    position = 0
    for column in table.iter(f"{_TABLE}table-column"):
        count = _number(column, "columns-repeated")
        if column.get(f"{_TABLE}visibility", "visible") != "visible":
            hidden_columns.update(range(position, min(position + count, _MOST_COLUMNS)))
        position += count
    hidden_rows: set[int] = set()
    merged = []
    number = 0
    for row in table.iter(f"{_TABLE}table-row"):
        count = _number(row, "rows-repeated")
        if row.get(f"{_TABLE}visibility", "visible") != "visible":
            hidden_rows.update(range(number, number + min(count, _MOST_ROWS)))
        position = 0
        for cell in row:
            down, across = _number(cell, "rows-spanned"), _number(cell, "columns-spanned")
            if down > 1 or across > 1:
                merged.append((number, position, number + down - 1, position + across - 1))
            position += _number(cell, "columns-repeated")
        number += count
    return SheetNotes(frozenset(hidden_rows), frozenset(hidden_columns), merged=tuple(merged))


def _number(element: ElementTree.Element, what: str) -> int:
    return int(element.get(f"{_TABLE}number-{what}", "1"))


def _refuse_stray_cells(xml: bytes, sheet: str) -> None:
    """InputError if a cell lies so far from the others that the sheet would not fit in memory."""
    last_row = max(map(int, _ROW.findall(xml, max(xml.rfind(b"<row"), 0))), default=0)
    if _FAR_CELL.search(xml) is None and last_row < _LEAST_FILLED * xml.count(b"<row"):
        return
    names = [name.decode() for name in _CELL.findall(xml)]
    cells = [_position(name) for name in names]
    rows = max((row for row, _ in cells), default=0) + 1
    columns = max((column for _, column in cells), default=0) + 1
    if rows > _MOST_ROWS or columns > _MOST_COLUMNS:
        beyond = next(
            n for n, (row, column) in zip(names, cells, strict=True)
            if row >= _MOST_ROWS or column >= _MOST_COLUMNS
        )  # fmt: skip
        raise InputError(
            f"The workbook is damaged: it has a cell {beyond[:20]}, which no sheet has.",
            where=f"sheet {sheet!r}",
            hint="Open it in Excel and save it again as .xlsx or CSV.",
        )
    if rows * columns > max(_LARGEST, _LEAST_FILLED * len(cells)):
        stray = names[max(range(len(cells)), key=lambda i: (cells[i][0] + 1) * (cells[i][1] + 1))]
        raise InputError(
            f"Cell {stray} lies far from the table.",
            where=f"sheet {sheet!r}",
            hint="Delete it, or copy the table to a new sheet.",
        )


def _attributes(text: bytes) -> dict[str, str]:
    return {
        key.decode(): unescape(value.decode(errors="replace"))
        for key, value in _ATTRIBUTE.findall(text)
    }


def _notes(xml: bytes) -> SheetNotes:
    columns: set[int] = set()
    for match in _COLUMN.finditer(xml[: max(xml.find(b"<sheetData"), 0)]):
        attributes = _attributes(match[1])
        if attributes.get("hidden") in ("1", "true"):
            last = min(int(attributes["max"]), _MOST_COLUMNS)
            columns.update(range(int(attributes["min"]) - 1, last))
    rows = {int(_attributes(match[1])["r"]) - 1 for match in _HIDDEN_ROW.finditer(xml)}
    faults, formulas = {}, set()
    for match in _FORMULA.finditer(xml) if b"<f" in xml else ():
        attributes = _attributes(match[1])
        cell = _position(attributes["r"])
        formulas.add(cell)
        if attributes.get("t") != "str" and _VALUE.search(match[2]) is None:
            faults[cell] = NO_VALUE
    for match in _ERROR.finditer(xml) if b't="e"' in xml else ():
        value = _VALUE.search(match[2])
        faults[_position(_attributes(match[1])["r"])] = value[1].decode() if value else NO_VALUE
    return SheetNotes(frozenset(rows), frozenset(columns), faults, frozenset(formulas))


def _position(reference: str) -> tuple[int, int]:
    """Row and column of `B7`, from 0."""
    letters = reference.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = 26 * column + ord(letter) - 64
    return int(reference[len(letters) :]) - 1, column - 1
