"""Markdown, for manuscripts and issue trackers."""

from __future__ import annotations

import re

from hcc2l.render.grid import Grid, grid, outline_lines, presented_tables
from hcc2l.render.options import RenderOptions
from hcc2l.report import Report


def render(report: Report, options: RenderOptions) -> str:
    """The tables with footnotes, the notes, the methods, and the footer."""
    parts = [f"# {_text(report.title)}"]
    if report.outline is not None:
        lines = [f"{'  ' * depth}- {_text(line)}" for depth, line in outline_lines(report.outline)]
        parts += [f"**{_text(report.outline.title)}**", "\n".join(lines)]
    parts += [_table(grid(table, options.digits)) for table in presented_tables(report)]
    if report.notes:
        parts.append("## Notes")
        parts.append("\n".join(f"- {_text(note.text)}" for note in report.notes))
    if report.show_methods:
        references = [f"{i}. {_text(r)}" for i, r in enumerate(report.references, start=1)]
        parts += ["## Methods", _text(report.methods), "\n".join(references)]
    parts.append("  \n".join(f"*{_text(line)}*" for line in report.provenance.footer))
    return "\n\n".join(part for part in parts if part) + "\n"


def _table(content: Grid) -> str:
    """Aligned in the source too, so that it reads well as plain text."""
    header = [_text(h) for h in content.full_headers]
    rows = [
        ["\u2003" * depth + _text(row[0]), *map(_text, row[1:])]
        for depth, row in zip(content.indents, content.rows, strict=True)
    ]
    widths = [max(3, *(len(line[i]) for line in [header, *rows])) for i in range(len(header))]

    def line(cells: list[str]) -> str:
        padded = [
            c.rjust(w) if right else c.ljust(w)
            for c, w, right in zip(cells, widths, content.right, strict=True)
        ]
        return "| " + " | ".join(padded) + " |"

    rule = "|" + "|".join(
        "-" * (w + 1) + (":" if right else "-")
        for w, right in zip(widths, content.right, strict=True)
    )
    lines = [f"**{_text(content.title)}**", "", line(header), rule + "|", *map(line, rows)]
    if content.footnotes:
        lines += ["", " ".join(_text(n) for n in content.footnotes)]
    return "\n".join(lines)


def _text(text: str) -> str:
    """Characters that Markdown or a table would take for its own, escaped."""
    return re.sub(r"([\\|`*\[\]<])", r"\\\1", re.sub(r"\s+", " ", text)).replace("_", "\\_")
