"""A self-contained HTML page."""

from __future__ import annotations

from base64 import b64encode
from html import escape

from hcc2l.render import document as parts_of
from hcc2l.render.document import Document, Part, document_of
from hcc2l.render.grid import Bold, Grid, Heading
from hcc2l.render.options import RenderOptions
from hcc2l.render.page import figure_size
from hcc2l.report import Outline, Report

_STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.45 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto;
  padding: 0 1rem; }
h1 { font-size: 1.35rem; } h2 { font-size: 1.1rem; }
.wide { overflow-x: auto; margin: 1.4rem 0 .3rem; }
table { border-collapse: collapse; border-top: 1.5px solid; border-bottom: 1.5px solid;
  font-variant-numeric: tabular-nums; }
caption, figcaption { text-align: left; font-weight: 600; padding-bottom: .4rem; }
th { border-bottom: 1px solid; text-align: left; vertical-align: bottom; }
thead td { border: 0; } th[colspan] { text-align: center; }
th, td { padding: .25rem 1rem .25rem 0; } .right { text-align: right; }
td.right { white-space: nowrap; }
figure { margin: 1.4rem 0; }
img { max-width: 100%; margin: 1.4rem 0; background: white; }
.notes, footer { opacity: .75; font-size: .87rem; } footer { margin-top: 2rem; }
@media print { :root { color-scheme: light; } body { max-width: none; margin: 0; font-size: 9pt; }
  thead { display: table-header-group; } tr, img { break-inside: avoid; }
  .wide { overflow: visible; } }
"""


def render(report: Report, options: RenderOptions) -> str:
    """The document of one report."""
    return render_document(document_of(report, options))


def render_document(document: Document) -> str:
    """The parts one after the other, figures included."""
    body = [f"<h1>{escape(document.title)}</h1>"]
    body += [_part(part, whole=document.whole) for part in document.parts]
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{escape(document.title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


def _part(part: Part, *, whole: bool) -> str:
    match part:
        case parts_of.Section(text):
            return f"<h2>{escape(text)}</h2>"
        case parts_of.Paragraph(text):
            return f"<p>{escape(text)}</p>"
        case parts_of.Points(texts, numbered):
            items = "\n".join(f"<li>{escape(text)}</li>" for text in texts)
            return f"<ol>\n{items}\n</ol>" if numbered else f"<ul>\n{items}\n</ul>"
        case parts_of.Branches(outline):
            return f"<h2>{escape(outline.title)}</h2>\n<ul>{_items(outline)}</ul>"
        case parts_of.NumberedTable(content, number):
            return _table(content, f"Table {number}. " if whole and number else "")
        case parts_of.Picture():
            return _picture(part, f"Figure {part.number}. " if whole else "")
        case parts_of.SmallPrint(texts):
            lines = "<br>\n".join(map(escape, texts))
            return f"<footer>{lines}</footer>"


def _items(outline: Outline) -> str:
    below = "".join(_items(line) for line in outline.below)
    return f"<li>{escape(outline.text)}{f'<ul>{below}</ul>' if below else ''}</li>\n"


def _picture(picture: parts_of.Picture, number: str) -> str:
    data = b64encode(picture.png).decode()
    width = figure_size(picture.png)[0]
    image = (
        f'<img alt="{escape(picture.description)}" style="width: {width:.1f}cm" '
        f'src="data:image/png;base64,{data}">'
    )
    if not picture.caption:
        return image
    caption = f"<figcaption>{number}{escape(picture.caption)}</figcaption>"
    return f"<figure>\n{image}\n{caption}\n</figure>"


def _table(content: Grid, number: str) -> str:
    def line(cells: tuple[str, ...], tag: str, depth: int = 0) -> str:
        indent = f' style="padding-left: {1.2 * depth:g}em"' if depth else ""
        attributes = [indent, *("" for _ in cells[1:])]
        written = [
            f"<{tag}{' class=right' if right else ''}{attribute}>{_cell(text)}</{tag}>"
            for text, right, attribute in zip(cells, content.right, attributes, strict=True)
        ]
        return "<tr>" + "".join(written) + "</tr>"

    above = "".join(_headings(row) for row in content.headings)
    rows = "\n".join(
        line(row, "td", depth) for depth, row in zip(content.indents, content.rows, strict=True)
    )
    notes = " ".join(escape(n) for n in content.footnotes)
    return (
        f'<div class="wide">\n<table>\n<caption>{number}{escape(content.title)}</caption>\n'
        f"<thead>{above}{line(content.headers, 'th')}</thead>\n<tbody>\n{rows}\n</tbody>\n"
        "</table>\n</div>" + (f'\n<p class="notes">{notes}</p>' if notes else "")
    )


def _cell(text: str) -> str:
    return f"<b>{escape(text)}</b>" if isinstance(text, Bold) else escape(text)


def _headings(row: tuple[Heading, ...]) -> str:
    cells = [
        f'<th colspan="{h.columns}" scope="colgroup">{escape(h.text)}</th>'
        if h.text
        else f'<td colspan="{h.columns}"></td>'
        for h in row
    ]
    return "<tr>" + "".join(cells) + "</tr>"
