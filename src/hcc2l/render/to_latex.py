"""LaTeX tables with booktabs, to be included in a document with the input command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hcc2l.render import document as parts_of
from hcc2l.render.document import Document, Part, document_of
from hcc2l.render.grid import MARKS, Bold, Grid, Heading, outline_lines
from hcc2l.render.options import RenderOptions
from hcc2l.render.page import MARGIN, Page, bound, figure_size, lines_of, page_for
from hcc2l.report import Report

_NEEDS = (
    "% needs \\usepackage{booktabs,array,longtable,pdflscape} and margins of 2 cm on A4;\n"
    "% letters beyond Latin need lualatex and a font that has them"
)
_PREAMBLE = r"""\documentclass[a4paper]{article}
\usepackage[margin=2cm]{geometry}
\usepackage{booktabs,array,longtable,pdflscape,graphicx,iftex}
\ifpdftex\usepackage[T1]{fontenc}\fi
\begin{document}"""
_SIZES = {9.0: r"\small", 8.0: r"\footnotesize", 7.0: r"\scriptsize"}
_HIGH = (30, 20)  # lines of a table on one page, upright and landscape; a higher one is divided
_SPECIAL = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "<": r"\ensuremath{<}", ">": r"\ensuremath{>}", "≥": r"\ensuremath{\geq}",
    "≤": r"\ensuremath{\leq}", "≠": r"\ensuremath{\neq}", "−": r"\ensuremath{-}",
    "–": "--", "—": "---", "χ": r"\ensuremath{\chi}", "²": r"\textsuperscript{2}",
    "…": r"\ldots{}", "³": r"\textsuperscript{3}", "µ": r"\ensuremath{\mu}",
    "[": "{[}", "]": "{]}", "*": "{*}",  # which would be an option of the line before
    "\n": " ", "\r": " ", "\u00a0": "~", "±": r"\ensuremath{\pm}", "°": r"\textdegree{}",
    "α": r"\ensuremath{\alpha}", "β": r"\ensuremath{\beta}",
    "γ": r"\ensuremath{\gamma}", "κ": r"\ensuremath{\kappa}",
    "→": r"\ensuremath{\rightarrow}", "×": r"\ensuremath{\times}", "⁹": r"\textsuperscript{9}",
    **{mark: rf"\textsuperscript{{{letter}}}" for mark, letter in MARKS.items()},
}  # fmt: skip


def render(report: Report, options: RenderOptions) -> str:
    """The tables of one report, for the input command; notes and origin as comments."""
    return render_document(document_of(report, options))


def render_document(document: Document, figures: Mapping[int, str] | None = None) -> str:
    """The parts one after the other, in a document that compiles if it is a whole one.

    Parameters
    ----------
    figures
        The image file of each figure, by its number; one that has none is its caption alone.
    """
    if not document.whole:
        parts = [f"{_comment(document.title)}\n{_NEEDS}", *map(_excerpt, document.parts)]
        return "\n\n".join(part for part in parts if part) + "\n"
    parts = [_PREAMBLE, f"\\section*{{{escape(document.title)}}}"]
    parts += [_part(part, figures or {}) for part in document.parts]
    return "\n\n".join([*(part for part in parts if part), r"\end{document}"]) + "\n"


def _excerpt(part: Part) -> str:
    """A part of one command's result: what a manuscript does not print is a comment."""
    match part:
        case parts_of.Section():
            return ""
        case parts_of.Points(texts) | parts_of.SmallPrint(texts):
            return "\n".join(map(_comment, texts))
        case _:
            return _part(part, {})


def _part(part: Part, figures: Mapping[int, str]) -> str:
    match part:
        case parts_of.Section(text):
            return rf"\subsection*{{{escape(text)}}}"
        case parts_of.Paragraph(text):
            return escape(text)
        case parts_of.Points(texts, numbered):
            kind = "enumerate" if numbered else "itemize"
            # A list of covariates has no blank where a line could break.
            items = "\n".join(
                rf"  \item {escape(text)}".replace(",", r",\allowbreak{}") for text in texts
            )
            return f"\\begin{{{kind}}}\\sloppy\n{items}\n\\end{{{kind}}}" if texts else ""
        case parts_of.Branches(outline):
            lines = outline_lines(outline)
            body = "".join(f"\\hspace*{{{2 * d}em}}{escape(t)}\\par\n" for d, t in lines)
            return f"\\textbf{{{escape(outline.title)}}}\\par\n{body}".rstrip()
        case parts_of.NumberedTable(content, number):
            return _table(content, counted=number is not None)
        case parts_of.Picture():
            return _picture(part, figures)
        case parts_of.SmallPrint(texts):
            return rf"{{\footnotesize {' '.join(map(escape, texts))}\par}}"


def _picture(picture: parts_of.Picture, figures: Mapping[int, str]) -> str:
    """A figure with its caption, from the file beside the document."""
    if picture.number not in figures:
        return escape(f"Figure {picture.number}. {picture.caption}")
    return (
        "\\begin{figure}[htbp]\n  \\centering\n"
        f"  \\includegraphics[width={figure_size(picture.png)[0]:.2f}cm]"
        f"{{{figures[picture.number]}}}\n"
        f"  \\caption{{{escape(picture.caption)}}}\n\\end{{figure}}"
    )


def _table(content: Grid, *, counted: bool = True) -> str:
    """A floating table; or one that goes over pages, with its head on each."""
    page = page_for(content)
    over_pages = lines_of(content, page) > _HIGH[page.landscape]

    def line(cells: Sequence[str], depth: int = 0) -> str:
        indent = rf"\hspace*{{{depth}em}}" if depth else ""
        return f"  {indent}{' & '.join(map(_cell, cells))} \\\\"

    columns, head = _columns_and_head(content, page)
    title = escape(content.title)
    caption = f"  \\caption{{{title}}}" if counted else f"  {{\\bfseries {title}\\par\\smallskip}}"
    uncount = ""
    if over_pages and not counted:  # LaTeX counts a table over pages that has no caption
        caption = f"  \\multicolumn{{{len(content.headers)}}}{{@{{}}l}}{{\\bfseries {title}}}"
        uncount = "\\addtocounter{table}{-1}\n"
    size = f"{_SIZES[page.size]}\\setlength{{\\tabcolsep}}{{{MARGIN:.2f}cm}}"
    rows = "\n".join(map(line, content.rows, content.indents))
    notes = " ".join(escape(n) for n in content.footnotes)
    below = f"  \\par\\smallskip{{\\footnotesize {notes}\\par}}\n" if notes else ""
    if over_pages:
        table = (
            f"{{{size}\n\\begin{{longtable}}{{@{{}}{columns}@{{}}}}\n{caption}\\\\\n"
            f"  \\toprule\n{head}  \\midrule\n  \\endfirsthead\n"
            f"  \\toprule\n{head}  \\midrule\n  \\endhead\n  \\bottomrule\n  \\endfoot\n"
            f"{rows}\n\\end{{longtable}}\n{uncount}{below}}}"
        )
    else:
        table = (
            f"\\begin{{table}}[htbp]\n  \\centering\n{caption}\n  {size}\n"
            f"  \\begin{{tabular}}{{@{{}}{columns}@{{}}}}\n  \\toprule\n"
            f"{head}  \\midrule\n"
            f"{rows}\n  \\bottomrule\n  \\end{{tabular}}\n{below}\\end{{table}}"
        )
    return f"\\begin{{landscape}}\n{table}\n\\end{{landscape}}" if page.landscape else table


def _columns_and_head(content: Grid, page: Page) -> tuple[str, str]:
    """The columns of a table as LaTeX declares them, and the rows of its head."""

    def column(i: int, kind: str) -> str:
        side = "left" if content.right[i] else "right"
        return rf">{{\ragged{side}\arraybackslash}}{kind}{{{page.widths[i] - 2 * MARGIN:.2f}cm}}"

    align = "".join(f"\n    {column(i, 'p')}" for i in range(len(content.headers)))
    columns = [column(i, "b") for i in range(len(content.headers))]
    columns[0], columns[-1] = f"@{{}}{columns[0]}", f"{columns[-1]}@{{}}"
    headers = " &\n  ".join(
        rf"\multicolumn{{1}}{{{described}}}{{{escape(bound(header))}}}"
        for described, header in zip(columns, content.headers, strict=True)
    )
    return align, f"{''.join(map(_headings, content.headings))}  {headers} \\\\\n"


def _cell(text: str) -> str:
    return rf"\textbf{{{escape(text)}}}" if isinstance(text, Bold) else escape(text)


def _headings(row: tuple[Heading, ...]) -> str:
    """A row of headings over several columns, each with a rule below it."""
    cells, rules, column = [], [], 1
    for heading in row:
        end = column + heading.columns - 1
        if heading.text:
            cells.append(rf"\multicolumn{{{heading.columns}}}{{c}}{{{escape(heading.text)}}}")
            rules.append(rf"\cmidrule(lr){{{column}-{end}}}")
        else:
            cells.append(" & " * (heading.columns - 1))
        column = end + 1
    return f"  {' & '.join(cells)} \\\\\n  {' '.join(rules)}\n"


def _comment(text: str) -> str:
    """A comment on one line, whatever line breaks a label has."""
    return f"% {' '.join(text.split())}"


def escape(text: str) -> str:
    """Text that LaTeX prints as it stands."""
    return "".join(_SPECIAL.get(character, character) for character in text)
