"""What a document says, part by part; every document format writes these parts."""

from __future__ import annotations

from dataclasses import dataclass

from hcc2l.render.grid import Grid, document_grids
from hcc2l.render.options import RenderOptions
from hcc2l.render.page import A4, Page, Paper, page_for
from hcc2l.render.remarks import remarks
from hcc2l.report import Outline, Report


@dataclass(frozen=True)
class Section:
    """A heading."""

    text: str


@dataclass(frozen=True)
class Paragraph:
    """Running text."""

    text: str


@dataclass(frozen=True)
class Points:
    """A list, with bullets or numbered."""

    texts: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True)
class Branches:
    """A tree under its title."""

    outline: Outline


@dataclass(frozen=True)
class NumberedTable:
    """A table with its number; None for one that is not counted."""

    content: Grid
    number: int | None


@dataclass(frozen=True)
class Picture:
    """A figure as PNG with its caption, and what it shows for readers who do not see it."""

    png: bytes
    description: str
    caption: str
    number: int


@dataclass(frozen=True)
class SmallPrint:
    """Lines on the origin of the numbers."""

    lines: tuple[str, ...]


Part = Section | Paragraph | Points | Branches | NumberedTable | Picture | SmallPrint


@dataclass(frozen=True)
class Document:
    """A title and the parts below it.

    `whole` is a document that stands for itself, with numbered tables and figures; otherwise it is
    the result of one command, from which a manuscript takes a table.
    """

    title: str
    parts: tuple[Part, ...]
    whole: bool = False

    @property
    def pictures(self) -> list[Picture]:
        """The figures."""
        return [part for part in self.parts if isinstance(part, Picture)]


def document_of(report: Report, options: RenderOptions) -> Document:
    """The document of one report: tables with footnotes, figure, notes, methods, origin."""
    parts: list[Part] = []
    if report.outline is not None:
        parts.append(Branches(report.outline))
    grids = document_grids(report, options)
    parts += [NumberedTable(content, number) for number, content in enumerate(grids, start=1)]
    if options.figure:
        parts.append(Picture(options.figure, report.title, report.title, 1))
    notes = remarks(report)
    if notes:
        parts += [Section("Notes"), Points(tuple(notes))]
    if report.show_methods:
        parts += [Section("Methods"), Paragraph(report.methods)]
        parts.append(Points(report.references, numbered=True))
    parts.append(SmallPrint(report.provenance.footer))
    return Document(report.title, tuple(parts))


def pages_of(document: Document, paper: Paper = A4) -> list[Page | None]:
    """The page of each part: of a table its own, of a heading that of what follows it.

    None for a part that stands on any upright page.
    """
    pages: list[Page | None] = []
    for part in reversed(document.parts):
        if isinstance(part, NumberedTable):
            pages.append(page_for(part.content, paper))
        else:
            pages.append(pages[-1] if pages and isinstance(part, Section) else None)
    return pages[::-1]
