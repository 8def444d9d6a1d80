"""The output formats: how each is rendered, and what it can hold."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Format:
    """An output format.

    Attributes
    ----------
    renderer
        The module whose ``render(report, options)`` returns the content, text or bytes.
    text
        Whether it is text, which can be printed.
    file
        Whether it is written to files too, whose names end in the name of the format.
    figure
        Whether it includes the figure, if there is one.
    needs
        A package that is installed with the format's name as an extra, ``hcc2l[pdf]``.
    """

    renderer: str
    text: bool = True
    file: bool = True
    figure: bool = False
    needs: str = ""


FORMATS = {
    "table": Format("hcc2l.render.to_terminal", file=False),
    "json": Format("hcc2l.render.to_json"),
    "csv": Format("hcc2l.render.to_csv"),
    "md": Format("hcc2l.render.to_markdown"),
    "html": Format("hcc2l.render.to_html", figure=True),
    "tex": Format("hcc2l.render.to_latex"),
    "docx": Format("hcc2l.render.to_docx", text=False, figure=True),
    "xlsx": Format("hcc2l.render.to_xlsx", text=False),
    "pdf": Format("hcc2l.render.to_pdf", text=False, figure=True, needs="typst"),
}
TEXT_FORMATS = tuple(name for name, described in FORMATS.items() if described.text)
FILE_FORMATS = tuple(name for name, described in FORMATS.items() if described.file)
