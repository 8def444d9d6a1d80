"""Text for a terminal: tables that fit its width, then the footer."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from math import ceil
from typing import Literal

from rich import box
from rich.align import Align
from rich.cells import cell_len
from rich.console import Console, Group
from rich.padding import Padding
from rich.segment import SegmentLines
from rich.table import Table as RichTable
from rich.text import Text
from rich.tree import Tree

from hcc2l.numerals import p_letter
from hcc2l.render import document as parts
from hcc2l.render.document import Document
from hcc2l.render.grid import Grid, Heading, grid, parts_of
from hcc2l.render.options import RenderOptions
from hcc2l.report import Outline, Report

_GAP = 2
_LABEL_WIDTH = 32


def render(report: Report, options: RenderOptions) -> str:
    """The report as text, with ANSI colours if the options ask for them."""
    console = _console(options.width, colour=options.colour)
    console.print(Text(report.title, style="bold"))
    if report.outline is not None:
        console.print(Text(f"\n{report.outline.title}", style="bold"))
        console.print(_branches(report.outline))
    for table in report.tables:
        for part in parts_of(table):
            content = grid(part, options.digits, reference_rows=options.reference_rows)
            _print_table(console, content)
    console.print()
    for line in report.provenance.footer:
        console.print(Text(line, style="dim"))
    if report.show_methods:
        console.print(Text("\nMethods", style="bold"))
        console.print(Text(report.methods))
        for number, reference in enumerate(report.references, start=1):
            console.print(Padding(Text(f"{number}. {reference}"), (0, 0, 0, 2)))
    return _printed(console)


def render_document(document: Document, width: int, *, colour: bool) -> str:
    """The parts one after the other; a figure is its caption alone."""
    console = _console(width, colour=colour)
    console.print(Text(document.title, style="bold"))
    for part in document.parts:
        match part:
            case parts.Section(text):
                console.print(Text(f"\n{text}", style="bold"))
            case parts.Paragraph(text):
                console.print(Text(f"\n{text}"))
            case parts.Points(texts, numbered):
                for i, text in enumerate(texts, start=1):
                    console.print(
                        Padding(Text(f"{f'{i}.' if numbered else '-'} {text}"), (0, 0, 0, 2))
                    )
            case parts.Branches(outline):
                console.print(Text(f"\n{outline.title}", style="bold"))
                console.print(_branches(outline))
            case parts.NumberedTable(content, number):
                title = f"Table {number}. {content.title}" if number else content.title
                _print_table(console, replace(content, title=title))
            case parts.Picture(caption=caption, number=number):
                console.print(Text(f"\nFigure {number}. {caption}", style="bold"))
            case parts.SmallPrint(texts):
                for text in texts:
                    console.print(Text(text, style="dim"))
    return _printed(console)


def grid_text(content: Grid, width: int) -> str:
    """One table."""
    console = _console(width, colour=False)
    _print_table(console, content)
    return _printed(console)


def _console(width: int, *, colour: bool) -> Console:
    return Console(
        file=io.StringIO(),
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        no_color=not colour,
        highlight=False,
        emoji=False,
        markup=False,
        legacy_windows=False,
    )


def _printed(console: Console) -> str:
    file = console.file
    assert isinstance(file, io.StringIO)
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines()) + "\n"


def _branches(outline: Outline) -> Tree:
    tree = Tree(Text(outline.text), guide_style="dim")
    for below in outline.below:
        tree.children.append(_branches(below))
    return tree


def _print_table(console: Console, content: Grid) -> None:
    console.print()
    console.print(Text(content.title, style="bold"))
    content = replace(content, rows=content.indented("  "))
    for number, (columns, widths) in enumerate(_panels(content, console.width)):
        if number:
            console.print(Text(f"{content.title} (continued)", style="bold"))
        table = RichTable(
            box=box.HORIZONTALS, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold"
        )
        for i in columns:
            justify: Literal["left", "right"] = "right" if content.right[i] else "left"
            header = Text(_heading(content.headers[i], widths[i]), justify=justify)
            table.add_column(
                Align(header, align=justify, vertical="bottom"), justify=justify, width=widths[i]
            )
        names = _flowing(console, content, columns, widths)
        for name, row in zip(names, content.rows, strict=True):
            table.add_row(Text(name), *(Text(row[i]) for i in columns[1:]))
        lines = console.render_lines(table, pad=False)
        texts = [_headings(headings, columns, widths) for headings in content.headings]
        above = [Text(text, style="bold") for text in texts if text.strip()]
        lines[1:1] = console.render_lines(Group(*above), pad=False) if above else []
        console.print(SegmentLines(lines, new_lines=True))
    for note in content.footnotes:
        console.print(Text(note, style="dim"))


def _headings(headings: Sequence[Heading], columns: Sequence[int], widths: Sequence[int]) -> str:
    """A line of headings, each in the middle of a rule over those of its columns that are shown."""
    parts, start = [], 0
    for heading in headings:
        under = [i for i in columns if start <= i < start + heading.columns]
        start += heading.columns
        if under:
            text = Text(f" {heading.text} " if heading.text else "")
            text.truncate(_total(under, widths), overflow="ellipsis")
            text.align("center", _total(under, widths), "─" if heading.text else " ")
            parts.append(text.plain)
    return " " + (" " * _GAP).join(parts)


def _widen(widths: list[int], headings: Sequence[Sequence[Heading]]) -> None:
    """Widen the last column under each heading that is longer than its columns."""
    for row in headings:
        start = 0
        for heading in row:
            under = range(start, start + heading.columns)
            start = under.stop
            if heading.text:
                widths[under[-1]] += max(0, cell_len(heading.text) + 2 - _total(under, widths))


def _total(columns: Sequence[int], widths: Sequence[int]) -> int:
    """Width of neighbouring columns."""
    return sum(widths[i] for i in columns) + _GAP * (len(columns) - 1)


def _flowing(
    console: Console, content: Grid, columns: Sequence[int], widths: Sequence[int]
) -> list[str]:
    """The first column; a name that is higher than its row goes on in the empty cells below it."""

    def lines(row: Sequence[str], i: int) -> list[str]:
        return [line.plain.rstrip() for line in Text(row[i]).wrap(console, widths[i])]

    heights = [max([1, *(len(lines(row, i)) for i in columns[1:])]) for row in content.rows]
    flowing = [row[0] for row in content.rows]
    for i, row in enumerate(content.rows):
        rest = lines(row, 0)
        for place in range(i + 1, len(flowing)):
            height = heights[place - 1]
            if len(rest) <= height or content.rows[place][0]:
                break
            flowing[place - 1], rest = "\n".join(rest[:height]), rest[height:]
            flowing[place] = "\n".join(rest)
    return flowing


def _panels(content: Grid, width: int) -> list[tuple[list[int], list[int]]]:
    """Columns and widths of each panel; every panel begins with the columns that name the row.

    Headings take one line if the whole table then fits, else two.
    """
    count = len(content.headers)
    texts = next((i for i, right in enumerate(content.right[:3]) if right), min(3, count))
    naming = max(1, min(texts, count - 1))
    widths = [_width(content, i, lines=1) for i in range(count)]
    room = max(_LABEL_WIDTH, width * (3 if naming == 3 else 2) // 5)
    for i in (*range(1, naming), 0):
        words = [cell_len(word) for row in content.rows for word in row[i].split()]
        widths[i] = min(widths[i], max([*words, room // 2 if i else room]))
        room -= widths[i]
    if sum(widths) + _GAP * count > width:
        widths = [min(w, _width(content, i, lines=2)) for i, w in enumerate(widths)]
    _widen(widths, content.headings)
    if content.flowing:
        rest = width - sum(w + _GAP for w in widths[:-1]) - _GAP
        widths[-1] = min(widths[-1], max(_LABEL_WIDTH // 2, rest))
    panels: list[list[int]] = [list(range(naming))]
    for i in range(naming, count):
        used = sum(widths[j] + _GAP for j in panels[-1])
        if used + widths[i] + _GAP > width and len(panels[-1]) > naming:
            together = _kept_together(content, panels[-1][naming:], i)
            panels[-1] = [j for j in panels[-1] if j not in together]
            panels.append([*range(naming), *together])
        panels[-1].append(i)
    return [(panel, widths) for panel in panels]


def _kept_together(content: Grid, before: list[int], i: int) -> list[int]:
    """Columns of a full panel that move on with column i: those of its heading or its p-value."""
    block = [j for j in before if j in content.block(i)]
    if block and len(block) < len(before):
        return block
    headers, p = content.headers, p_letter()
    compared = list(before)  # without the p of other comparisons of the same columns
    while headers[i] == p and len(compared) > 1 and headers[compared[-1]] == p:
        compared.pop()
    closed = [place for place, j in enumerate(compared, start=1) if headers[j] == p]
    if closed and headers.count(p) > 1:  # several groups of columns, each ending with its p
        return before[closed[-1] :]
    if headers[i] != p or len(compared) < 2:
        return []
    start = content.block(compared[-1]).start
    return [j for j in before if j >= start] if start > before[0] else before[len(compared) :]


def _heading(header: str, width: int) -> str:
    """A heading, broken before its parenthesis if it is too wide and then fits."""
    broken = header.replace(" (", "\n(")
    fits = max(map(cell_len, broken.split("\n"))) <= width < cell_len(header)
    return broken if fits else header


def _width(content: Grid, i: int, lines: int) -> int:
    """Width of a column: that of its widest cell, or of its heading on so many lines."""
    header = content.headers[i]
    words = [cell_len(word) for word in header.split()]
    cells = [cell_len(row[i]) for row in content.rows]
    heading = cell_len(header) if lines == 1 else ceil(cell_len(header) / lines) + 3
    return max([*cells, *words, min(heading, cell_len(header))], default=1)
