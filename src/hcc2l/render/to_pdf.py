"""PDF documents, set by Typst without a network and without the fonts of the computer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory

from hcc2l.figures.fonts import families_for
from hcc2l.render import document as parts_of
from hcc2l.render.document import Document, Part, document_of, pages_of
from hcc2l.render.grid import MARKS, Bold, Grid, Heading, outline_lines
from hcc2l.render.options import RenderOptions
from hcc2l.render.page import INDENT, MARGIN, Page, bound, figure_size
from hcc2l.report import Report

# Libertinus comes with Typst, DejaVu with matplotlib: the same letters on every computer. Those
# that both lack, such as Chinese ones, are taken from a font of the system.
_FONTS = ("Libertinus Serif", "DejaVu Sans")
_SETTINGS = f"""\
#set text(size: 10pt, lang: "en", region: "GB")
#set par(leading: 0.6em, spacing: 1em)
#set table(stroke: none, inset: (x: {MARGIN}cm, y: 2.5pt))
#set table.cell(breakable: false)
#set list(indent: 0.4em)
#set enum(indent: 0.4em)
#set figure.caption(separator: ". ")
#show figure: set align(left)
#show figure.caption: strong
#show figure.where(kind: table): set figure.caption(position: top)
#show figure.where(kind: table): set block(breakable: true)
#show heading.where(level: 1): set text(size: 13pt)
#show heading.where(level: 2): set text(size: 11pt)
#show heading: set block(above: 1.4em, below: 0.8em, sticky: true)
#let entire(body) = layout(page => {{
  let fits = measure(body, width: page.width).height <= page.height
  block(width: 100%, breakable: not fits, inset: (top: 0.6em, bottom: 0.6em), body)
}})
#let small(body) = text(size: 8pt, par(body))
"""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def render(report: Report, options: RenderOptions) -> bytes:
    """The document of one report."""
    return render_document(document_of(report, options))


def render_document(document: Document) -> bytes:
    """The parts one after the other, on pages turned as their tables need.

    Warns
    -----
    MissingLetters
        No font of the system has some letters.
    """
    import matplotlib
    import typst

    with TemporaryDirectory() as name:
        folder = Path(name)
        for i, picture in enumerate(document.pictures):
            (folder / f"{i}.png").write_bytes(picture.png)
        for face in ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"):
            copy(Path(matplotlib.get_data_path(), "fonts", "ttf", face), folder)
        text = markup(document)
        fonts = ", ".join(map(_string, (*_FONTS, *families_for(text))))
        source = folder / "document.typ"
        source.write_text(f"#set text(font: ({fonts}))\n{text}", encoding="utf-8")
        content: bytes = typst.compile(source, root=folder, font_paths=[folder])
    return content


def markup(document: Document) -> str:
    """The document as Typst reads it, with its figures in the files `0.png`, `1.png` and so on.

    Every text is a string, in which no character is markup.
    """
    pages = pages_of(document)
    turned = pages[0] is not None and pages[0].landscape if pages else False
    lines = [
        f"#set document(title: {_string(document.title)}, author: (), date: none)",
        f'#set page(paper: "a4", margin: 2cm, numbering: "1", flipped: {_boolean(turned)})',
        _SETTINGS,
        f"#heading(level: 1, {_text(document.title)})",
    ]
    images = iter(range(len(document.pictures)))
    for part, page in zip(document.parts, pages, strict=True):
        landscape = page is not None and page.landscape
        if landscape != turned:
            turned = landscape
            lines.append(f"#set page(flipped: {_boolean(turned)})")
        lines += _part(part, page, images)
    return "\n".join(lines) + "\n"


def _part(part: Part, page: Page | None, images: Iterator[int]) -> Iterator[str]:
    match part:
        case parts_of.Section(text):
            yield f"#heading(level: 2, {_text(text)})"
        case parts_of.Paragraph(text):
            yield f"#par({_text(text)})"
        case parts_of.Points(texts, numbered):
            if texts:
                yield f"#{'enum' if numbered else 'list'}({', '.join(map(_text, texts))})"
        case parts_of.Branches(outline):
            yield f"#par(strong({_text(outline.title)}))"
            for depth, line in outline_lines(outline):
                yield f"#pad(left: {2 * depth}em, {_text(line)})"
        case parts_of.NumberedTable(content, number):
            assert page is not None
            yield from _table(content, page, number)
        case parts_of.Picture():
            yield from _picture(part, next(images))
        case parts_of.SmallPrint(texts):
            yield from (f"#small({_text(line)})" for line in texts)


def _picture(picture: parts_of.Picture, image: int) -> Iterator[str]:
    width = figure_size(picture.png)[0]
    yield f"#counter(figure.where(kind: image)).update({picture.number - 1})"
    yield (
        f"#figure(caption: {_text(picture.caption)}, "
        f'image("{image}.png", width: {width:.2f}cm, alt: {_string(picture.description)}))'
    )


def _table(content: Grid, page: Page, number: int | None) -> Iterator[str]:
    """A table with its caption and footnotes, on one page if it fits; the head is on every page.

    One without a number is not counted.
    """
    if number is not None:
        yield f"#counter(figure.where(kind: table)).update({number - 1})"
    numbering = "" if number is not None else ", numbering: none"
    yield f"#entire[#figure(kind: table{numbering}, caption: {_text(content.title)}, {{"
    yield f"  set text(size: {page.size:g}pt)"
    yield "  set par(leading: 0.5em)"
    yield f"  table(columns: ({' '.join(f'{width:.2f}cm,' for width in page.widths)}),"
    yield f"    align: ({' '.join('right,' if right else 'left,' for right in content.right)}),"
    yield "    table.header(table.hline(stroke: 1pt),"
    for headings in content.headings:
        yield f"      {' '.join(map(_heading, headings))}"
    headers = (f"table.cell(align: bottom, strong({_text(bound(h))}))," for h in content.headers)
    yield f"      {' '.join(headers)}"
    yield "      table.hline(stroke: 0.5pt)),"
    for row, depth in zip(content.rows, content.indents, strict=True):
        yield f"    {' '.join(_cells(row, content.right, depth))}"
    yield "    table.hline(stroke: 1pt))"
    yield "})"
    if content.footnotes:
        yield f"#small({_text(' '.join(content.footnotes))})"
    yield "]"


def _heading(heading: Heading) -> str:
    """A heading over its columns, with a line below it that does not touch those beside it."""
    if not heading.text:
        return f"table.cell(colspan: {heading.columns})[],"
    line = "width: 100%, stroke: (bottom: 0.5pt), inset: (bottom: 3pt)"
    inside = f"block({line}, strong({_text(heading.text)}))"
    return f"table.cell(colspan: {heading.columns}, align: center, {inside}),"


def _cells(row: Sequence[str], right: Sequence[bool], depth: int) -> Iterator[str]:
    for i, (text, number) in enumerate(zip(row, right, strict=True)):
        cell = f"strong({_text(text)})" if isinstance(text, Bold) else _text(text)
        if number:  # never broken
            cell = f"box({cell})"
        elif i == 0 and depth:
            cell = f"pad(left: {INDENT * depth:g}cm, {cell})"
        yield f"{cell},"


def _text(text: str) -> str:
    """A text as it stands, with the marks of footnotes raised."""
    written = f"text({_string(text)})"
    for mark, letter in MARKS.items():
        written = written.replace(mark, f'") + super("{letter}") + text("')
    return written


def _string(text: str) -> str:
    """A string of Typst, on one line; JSON writes quotation marks and backslashes as Typst does."""
    return json.dumps(_CONTROL.sub(" ", text), ensure_ascii=False)


def _boolean(value: bool) -> str:
    return "true" if value else "false"
