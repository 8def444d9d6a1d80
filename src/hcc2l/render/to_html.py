"""A self-contained HTML page."""

from __future__ import annotations

from base64 import b64encode
from html import escape

from hcc2l.render.grid import Grid, Heading, grid, presented_tables
from hcc2l.render.options import RenderOptions
from hcc2l.report import Outline, Report

_STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; color: #1a1a1a; max-width: 62rem; margin: 2rem auto;
  padding: 0 1rem; }
h1 { font-size: 1.35rem; } h2 { font-size: 1.1rem; }
table { border-collapse: collapse; margin: 1.4rem 0 .3rem; border-top: 1.5px solid;
  border-bottom: 1.5px solid; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding-bottom: .4rem; }
th { border-bottom: 1px solid; text-align: left; vertical-align: bottom; }
th, td { padding: .25rem 1rem .25rem 0; } .right { text-align: right; }
img { max-width: 100%; width: 36rem; margin: 1.4rem 0; }
.notes, footer { color: #555; font-size: .87rem; } footer { margin-top: 2rem; }
"""


def render(report: Report, options: RenderOptions) -> str:
    """The tables with footnotes, the notes, the methods, and the footer."""
    body = [f"<h1>{escape(report.title)}</h1>"]
    if report.outline is not None:
        body.append(f"<h2>{escape(report.outline.title)}</h2>\n<ul>{_items(report.outline)}</ul>")
    body += [_table(grid(table, options.digits)) for table in presented_tables(report)]
    if options.figure:
        data = b64encode(options.figure).decode()
        body.append(f'<img alt="{escape(report.title)}" src="data:image/png;base64,{data}">')
    if report.notes:
        items = "\n".join(f"<li>{escape(note.text)}</li>" for note in report.notes)
        body.append(f"<h2>Notes</h2>\n<ul>\n{items}\n</ul>")
    if report.show_methods:
        items = "\n".join(f"<li>{escape(r)}</li>" for r in report.references)
        body.append(f"<h2>Methods</h2>\n<p>{escape(report.methods)}</p>\n<ol>\n{items}\n</ol>")
    footer = "<br>\n".join(escape(line) for line in report.provenance.footer)
    body.append(f"<footer>{footer}</footer>")
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{escape(report.title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


def _items(outline: Outline) -> str:
    below = "".join(_items(line) for line in outline.below)
    return f"<li>{escape(outline.text)}{f'<ul>{below}</ul>' if below else ''}</li>\n"


def _table(content: Grid) -> str:
    def line(cells: tuple[str, ...], tag: str, depth: int = 0) -> str:
        written = [
            f"<{tag}{' class=right' if right else ''}>{escape(text)}</{tag}>"
            for text, right in zip(cells, content.right, strict=True)
        ]
        if depth:
            written[0] = written[0].replace(
                "<td", f'<td style="padding-left: {1.2 * depth:g}em"', 1
            )
        return "<tr>" + "".join(written) + "</tr>"

    above = "".join(_headings(row) for row in content.headings)
    rows = "\n".join(
        line(row, "td", depth) for depth, row in zip(content.indents, content.rows, strict=True)
    )
    notes = " ".join(escape(n) for n in content.footnotes)
    return (
        f"<table>\n<caption>{escape(content.title)}</caption>\n"
        f"<thead>{above}{line(content.headers, 'th')}</thead>\n<tbody>\n{rows}\n</tbody>\n</table>"
        + (f'\n<p class="notes">{notes}</p>' if notes else "")
    )


def _headings(row: tuple[Heading, ...]) -> str:
    cells = [
        f'<th colspan="{h.columns}" scope="colgroup">{escape(h.text)}</th>'
        if h.text
        else f'<td colspan="{h.columns}"></td>'
        for h in row
    ]
    return "<tr>" + "".join(cells) + "</tr>"
