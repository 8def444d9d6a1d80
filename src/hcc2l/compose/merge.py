"""Tables of several runs as one: side by side under spanned headings, or one below the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from hcc2l.render.grid import Grid, Heading
from hcc2l.wording import in_sentence

ABSENT = "–"  # what a line says where a table does not have it


def beside(tables: Sequence[Grid], labels: Sequence[str], title: str) -> Grid:
    """The tables under the names of their runs; lines with the same names are one.

    The columns that name a line are those before the first number, in all tables the same.
    """
    naming = min(_naming(table) for table in tables)
    lines = _in_one_order([[_name(table, i, naming) for i in range(len(table.rows))]
                           for table in tables])  # fmt: skip
    rows, depths = [], []
    for name in lines:
        row = list(name[-1][1])
        for table in tables:
            row += _cells(table, name, naming)
        rows.append(tuple(row))
        depths.append(name[-1][0])
    first = tables[0]
    return Grid(
        title=title,
        headings=_spanned(tables, labels, naming),
        headers=(*first.headers[:naming], *(h for t in tables for h in t.headers[naming:])),
        right=(*first.right[:naming], *(r for t in tables for r in t.right[naming:])),
        rows=tuple(_once(rows)),
        footnotes=_footnotes(tables, labels),
        indents=tuple(depths),
    )


def stacked(tables: Sequence[Grid], labels: Sequence[str], title: str) -> Grid:
    """The tables one below the other, each under the name of its run.

    Raises
    ------
    ValueError
        Their columns differ, but for the name of the first.
    """
    first = tables[0]
    if any(table.headers[1:] != first.headers[1:] for table in tables):
        raise ValueError("columns differ")
    named = first.headers[0] if len({table.headers[0] for table in tables}) == 1 else ""
    rows, indents = [], []
    for table, label in zip(tables, labels, strict=True):
        rows += [(label, *[""] * (len(first.headers) - 1)), *table.rows]
        indents += [0, *(depth + 1 for depth in table.indents)]
    return replace(
        first,
        title=title,
        headers=(named, *first.headers[1:]),
        rows=tuple(rows),
        indents=tuple(indents),
        footnotes=_footnotes(tables, labels),
    )


# How far a line is indented and the cells that name it, below those of the lines it stands under.
_Name = tuple[tuple[int, tuple[str, ...]], ...]


def _naming(table: Grid) -> int:
    """How many columns name a line: the texts before the first number, at least one."""
    return max(1, next((i for i, right in enumerate(table.right) if right), len(table.right)))


def _name(table: Grid, i: int, naming: int) -> _Name:
    """The name of a line, with the cells that stand once for several lines filled in.

    A level `Missing` has the name of its variable too, as others have such a level.
    """
    cells = list(table.rows[i][:naming])
    above = i
    while not cells[0] and above and naming > 1:
        above -= 1
        cells[0] = table.rows[above][0]
    depth = table.indents[i]
    parent = next((j for j in range(i - 1, -1, -1) if table.indents[j] < depth), None)
    names = () if parent is None else _name(table, parent, naming)
    return (*names, (depth, tuple(cells)))


def _in_one_order(lists: Sequence[Sequence[_Name]]) -> list[_Name]:
    """Every name once; those that only a later table has stand behind the line before them."""
    result = list(dict.fromkeys(lists[0]))
    for names in lists[1:]:
        at = 0
        for name in dict.fromkeys(names):
            if name in result:
                at = result.index(name) + 1
            else:
                result.insert(at, name)
                at += 1
    return result


def _cells(table: Grid, name: _Name, naming: int) -> Iterable[str]:
    for i, row in enumerate(table.rows):
        if _name(table, i, naming) == name:
            return row[naming:]
    return [ABSENT if right else "" for right in table.right[naming:]]


def _once(rows: Sequence[tuple[str, ...]]) -> Iterable[tuple[str, ...]]:
    """The rows, the first cell empty where it is that of the row above."""
    previous = None
    for row in rows:
        yield ("", *row[1:]) if row[0] == previous and row[0] else row
        previous = row[0]


def _spanned(
    tables: Sequence[Grid], labels: Sequence[str], naming: int
) -> tuple[tuple[Heading, ...], ...]:
    """The labels over their tables, and below them the headings that the tables have."""
    widths = [len(table.headers) - naming for table in tables]
    top = tuple(Heading(text, width) for text, width in zip(labels, widths, strict=True))
    result = [(Heading("", naming), *top)]
    for depth in range(max(len(table.headings) for table in tables)):
        texts: list[tuple[str, int]] = [("", -1)] * naming
        for number, table in enumerate(tables):
            row = table.headings[depth] if depth < len(table.headings) else ()
            spread = [
                (h.text, 1000 * number + i) for i, h in enumerate(row) for _ in range(h.columns)
            ]
            texts += spread[naming:] or [("", -1)] * widths[number]
        merged = [(text, len(list(same))) for (text, _), same in groupby(texts)]
        result.append(tuple(Heading(text, columns) for text, columns in merged))
    return tuple(result)


def _footnotes(tables: Sequence[Grid], labels: Sequence[str]) -> tuple[str, ...]:
    """Every footnote once; those on one matter that differ (`Model: …`) with the names of runs."""
    said: dict[str, set[str]] = {}
    for table in tables:
        for note in table.footnotes:
            matter, colon, _ = note.partition(": ")
            said.setdefault(matter if colon else note, set()).add(note)
    result = []
    for table, label in zip(tables, labels, strict=True):
        for note in table.footnotes:
            matter, colon, text = note.partition(": ")
            differs = colon and len(said[matter]) > 1
            result.append(f"{matter} ({in_sentence(label)}): {text}" if differs else note)
    return tuple(dict.fromkeys(result))
