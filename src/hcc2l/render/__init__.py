"""Reports as text or bytes; a renderer knows the report only, never the analysis."""

from __future__ import annotations

from importlib import import_module

from hcc2l.errors import UsageError, did_you_mean
from hcc2l.render.options import RenderOptions
from hcc2l.report import Report

# format -> "module:function"; a renderer takes (report, options) and returns text or bytes.
RENDERERS = {
    "table": "hcc2l.render.to_terminal:render",
    "json": "hcc2l.render.to_json:render",
    "csv": "hcc2l.render.to_csv:render",
    "md": "hcc2l.render.to_markdown:render",
    "html": "hcc2l.render.to_html:render",
    "tex": "hcc2l.render.to_latex:render",
    "docx": "hcc2l.render.to_docx:render",
    "xlsx": "hcc2l.render.to_xlsx:render",
}
TEXT_FORMATS = ("table", "json", "csv", "md", "html", "tex")
FILE_FORMATS = ("json", "csv", "md", "html", "tex", "docx", "xlsx")


def render_report(report: Report, format: str = "table", **options: object) -> str | bytes:  # noqa: A002 - the option's name
    """A report in one of the formats.

    Parameters
    ----------
    report
        What an analysis returned.
    format
        ``table``, ``json``, ``csv``, ``md``, ``html``, ``tex`` (text), ``docx``, ``xlsx`` (bytes).
    **options
        The fields of `RenderOptions`: ``digits``, ``table`` (for csv), ``width``, ``colour``.

    Raises
    ------
    UsageError
        There is no such format or table.
    """
    if format not in RENDERERS:
        raise UsageError(
            f"{format!r} is not an output format.", hint=did_you_mean(format, RENDERERS)
        )
    module, _, function = RENDERERS[format].partition(":")
    result: str | bytes = getattr(import_module(module), function)(
        report,
        RenderOptions(**options),  # type: ignore[arg-type]  # fields of RenderOptions
    )
    return result
