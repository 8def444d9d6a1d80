"""Web pages that programs save under the name of a workbook: the one table in them."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from hcc2l.errors import InputError
from hcc2l.readers.encodings import decoded
from hcc2l.readers.layout import Grid
from hcc2l.readers.raw import RawTable, ReadOptions
from hcc2l.readers.rows import read_grid


def is_html(content: bytes) -> bool:
    """Whether a file begins as a web page, or as the XML that holds one."""
    head = content[:2048].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").replace(b"\0", b"").lower()
    return head.startswith((b"<!doctype html", b"<html", b"<table")) or b"<html" in head[:500]


def read_html(content: bytes, options: ReadOptions, name: str) -> RawTable:
    """The table in a web page.

    Raises
    ------
    InputError
        The page holds no table, or several.
    """
    parser = _Tables()
    declared = re.search(rb"charset=[\"']?([\w-]+)", content[:4096])
    encoding = options.encoding or (declared[1].decode() if declared else None)
    text, _ = decoded(content, encoding, name)
    parser.feed(text)
    tables = [t for t in parser.tables if len(t) > 1 and max(map(len, t)) > 1]
    if len(tables) != 1:
        raise InputError(
            f"This is a web page with {len(tables) or 'no'} tables, not a workbook.",
            where=name,
            hint="Open it in Excel or LibreOffice and save the table as .xlsx or CSV.",
        )
    rows = [[cell or None for cell in row] for row in tables[0]]
    filled = [i for i, row in enumerate(rows) if any(row)]
    grid = Grid([rows[i] for i in filled], [i + 1 for i in filled])
    remark = "this is a web page, not a workbook; the table in it was read"
    return read_grid(grid, options, name, remarks=(remark,))


class _Tables(HTMLParser):
    """The tables of a page, as rows of texts.

    A cell over several columns leaves the others empty; one over several rows stands in each.
    """

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self._cell: list[str] | None = None
        self._rows, self._columns = 1, 1
        self._from_above: dict[tuple[int, int], str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a table, a row or a cell."""
        if tag == "table":
            self.tables.append([])
            self._from_above = {}
        elif tag == "tr" and self.tables:
            self.tables[-1].append([])
        elif tag in ("td", "th") and self.tables and self.tables[-1]:
            self._end_cell()
            spans = dict(attrs)
            self._rows = _count(spans.get("rowspan"), 65_534)
            self._columns = _count(spans.get("colspan"), 1000)
            self._cell = []
        elif tag == "br" and self._cell is not None:
            self._cell.append(" ")

    def handle_data(self, data: str) -> None:
        """Add text to the cell."""
        if self._cell is not None:
            self._cell.append(data)

    def handle_endtag(self, tag: str) -> None:
        """End a cell."""
        if tag in ("td", "th", "tr", "table"):
            self._end_cell()

    def _end_cell(self) -> None:
        if self._cell is None:
            return
        number, row = len(self.tables[-1]) - 1, self.tables[-1][-1]
        while (number, len(row)) in self._from_above:
            row.append(self._from_above[number, len(row)])
        text = " ".join("".join(self._cell).split())
        for below in range(number + 1, number + self._rows):
            self._from_above[below, len(row)] = text
        row += [text, *[""] * (self._columns - 1)]
        self._cell = None


def _count(text: str | None, most: int) -> int:
    """The rows or columns of a cell: at most what browsers take."""
    if text is None or not text.isdecimal():
        return 1
    return most if len(text) > 9 else min(max(int(text), 1), most)
