"""LaTeX tables with booktabs, to be included in a document with the input command."""

from __future__ import annotations

from hcc2l.render.grid import Grid, Heading, grid, outline_lines, presented_tables
from hcc2l.render.options import RenderOptions
from hcc2l.report import Report

_SPECIAL = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "<": r"\ensuremath{<}", ">": r"\ensuremath{>}", "≥": r"\ensuremath{\geq}",
    "≤": r"\ensuremath{\leq}", "≠": r"\ensuremath{\neq}", "−": r"\ensuremath{-}",
    "–": "--", "—": "---", "χ": r"\ensuremath{\chi}", "²": r"\textsuperscript{2}",
    "…": r"\ldots{}", "³": r"\textsuperscript{3}", "µ": r"\ensuremath{\mu}",
    "→": r"\ensuremath{\rightarrow}", "×": r"\ensuremath{\times}", "⁹": r"\textsuperscript{9}",
    **{mark: rf"\textsuperscript{{{letter}}}" for mark, letter in zip(
        "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ", "abcdefghijklmnoprstuvwxyz", strict=True)},
}  # fmt: skip


def render(report: Report, options: RenderOptions) -> str:
    """One table environment for each table; notes and footer as comments."""
    parts = [f"% {report.title}\n% needs \\usepackage{{booktabs}}"]
    if report.outline is not None:
        lines = outline_lines(report.outline)
        body = "".join(f"\\hspace*{{{2 * d}em}}{escape(t)}\\par\n" for d, t in lines)
        parts.append(f"\\textbf{{{escape(report.outline.title)}}}\\par\n{body}".rstrip())
    parts += [_table(grid(table, options.digits)) for table in presented_tables(report)]
    if report.show_methods:
        references = "\n".join(f"% {r}" for r in report.references)
        parts.append(f"{escape(report.methods)}\n{references}")
    comments = [f"% {note.text}" for note in report.notes]
    comments += [f"% {line}" for line in report.provenance.footer]
    return "\n\n".join([*parts, "\n".join(comments)]) + "\n"


def _table(content: Grid) -> str:
    align = "".join("r" if right else "l" for right in content.right)

    def line(cells: tuple[str, ...]) -> str:
        return "  " + " & ".join(escape(c) for c in cells) + r" \\"

    above = "".join(_headings(row) for row in content.headings)
    rows = "\n".join(
        line(row).replace("  ", rf"  \hspace*{{{depth}em}}" if depth else "  ", 1)
        for depth, row in zip(content.indents, content.rows, strict=True)
    )
    notes = " ".join(escape(n) for n in content.footnotes)
    return (
        "\\begin{table}[htbp]\n  \\centering\n"
        f"  \\caption{{{escape(content.title)}}}\n"
        f"  \\begin{{tabular}}{{{align}}}\n  \\toprule\n"
        f"{above}{line(content.headers)}\n  \\midrule\n"
        f"{rows}\n  \\bottomrule\n  \\end{{tabular}}\n"
        + (f"  \\par\\smallskip{{\\footnotesize {notes}}}\n" if notes else "")
        + "\\end{table}"
    )


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


def escape(text: str) -> str:
    """Text that LaTeX prints as it stands."""
    return "".join(_SPECIAL.get(character, character) for character in text)
