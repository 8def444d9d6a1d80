"""Markdown, for manuscripts and issue trackers."""

from __future__ import annotations

import re

from hcc2l.render import document as parts_of
from hcc2l.render.document import Document, Part, document_of
from hcc2l.render.grid import Bold, Grid, outline_lines
from hcc2l.render.options import RenderOptions
from hcc2l.report import Report

INDENT = "\u2003"  # which Markdown does not take for a margin


def render(report: Report, options: RenderOptions) -> str:
    """The document of one report."""
    return render_document(document_of(report, options))


def render_document(document: Document) -> str:
    """The parts one after the other; a figure is its caption alone, as text holds no image."""
    parts = [f"# {_text(document.title)}"]
    parts += [_part(part, whole=document.whole) for part in document.parts]
    return "\n\n".join(part for part in parts if part) + "\n"


def _part(part: Part, *, whole: bool) -> str:
    match part:
        case parts_of.Section(text):
            return f"## {_text(text)}"
        case parts_of.Paragraph(text):
            return _text(text)
        case parts_of.Points(texts, numbered):
            marks = [f"{i}." if numbered else "-" for i in range(1, len(texts) + 1)]
            return "\n".join(f"{m} {_text(t)}" for m, t in zip(marks, texts, strict=True))
        case parts_of.Branches(outline):
            lines = [f"{'  ' * depth}- {_text(line)}" for depth, line in outline_lines(outline)]
            return f"**{_text(outline.title)}**\n\n" + "\n".join(lines)
        case parts_of.NumberedTable(content, number):
            return table(content, f"Table {number}. " if whole and number else "")
        case parts_of.Picture(caption=caption, number=number):
            return f"**Figure {number}. {_text(caption)}**" if caption else ""
        case parts_of.SmallPrint(texts):
            return "  \n".join(f"*{_text(line)}*" for line in texts)


def table(content: Grid, number: str = "") -> str:
    """Aligned in the source too, so that it reads well as plain text."""
    header = [_text(h) for h in content.full_headers]
    rows = [
        [INDENT * depth + _text(row[0]), *map(_cell, row[1:])]
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
    lines = [f"**{number}{_text(content.title)}**", "", line(header), rule + "|", *map(line, rows)]
    if content.footnotes:
        lines += ["", " ".join(_text(n) for n in content.footnotes)]
    return "\n".join(lines)


def _cell(text: str) -> str:
    return f"**{_text(text)}**" if isinstance(text, Bold) else _text(text)


def _text(text: str) -> str:
    """Characters that Markdown or a table would take for its own, escaped."""
    return re.sub(r"([\\|`*\[\]<])", r"\\\1", re.sub(r"\s+", " ", text)).replace("_", "\\_")
