"""Reports as text or files; a renderer knows the report only, never the analysis."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from hcc2l.errors import UsageError, did_you_mean
from hcc2l.files import write_files
from hcc2l.formats import FILE_FORMATS, FORMATS, TEXT_FORMATS
from hcc2l.render.options import RenderOptions
from hcc2l.report import Report


def render_report(report: Report, format: str = "table", **options: object) -> str:  # noqa: A002 - the option's name
    """A report as text, in one of the formats that can be printed.

    Parameters
    ----------
    report
        What an analysis returned.
    format
        ``table``, ``json``, ``csv``, ``md``, ``html`` or ``tex``.
    **options
        The fields of `RenderOptions`: ``digits``, ``table`` (for csv), ``width``, ``colour``.

    Raises
    ------
    UsageError
        There is no such format or table.
    """
    if format not in FORMATS:
        hint = did_you_mean(format, FORMATS)
        raise UsageError(f"{format!r} is not an output format.", hint=hint)
    if format not in TEXT_FORMATS:
        hint = f'Write it to a file: hcc2l.write_report(report, "report.{format}").'
        raise UsageError(f"{format!r} is not text.", hint=hint)
    return _render(report, format, options).decode()


def render_file(report: Report, path: str | Path, **options: object) -> bytes:
    """The content of a report's file, in the format that its ending names.

    Parameters
    ----------
    report, **options
        As in `render_report`.
    path
        The file, which is not written; it ends in one of `FILE_FORMATS`.

    Raises
    ------
    UsageError
        There is no such format or table.
    """
    return _render(report, file_format(path), options)


def write_report(report: Report, path: str | Path, **options: object) -> None:
    """Write a report to a file: .json, .csv, .md, .html, .tex, .docx, .xlsx or .pdf.

    Parameters
    ----------
    report, **options
        As in `render_report`.
    path
        The file; its ending names the format.

    Raises
    ------
    UsageError
        The ending is no known one, there is no such table, or the file is read-only.
    InputError
        The file cannot be written.
    """
    write_files({str(path): render_file(report, path, **options)})


def file_format(path: str | Path) -> str:
    """The format of a file, by its ending.

    Raises
    ------
    UsageError
        The ending is that of no format, or of one whose package is not installed.
    """
    suffix = Path(path).suffix.removeprefix(".").lower()
    if suffix not in FILE_FORMATS:
        endings = " ".join(f".{name}" for name in FILE_FORMATS)
        raise UsageError(
            f"{str(path)!r} does not have a known file extension.",
            where="--out",
            hint=f"Use one of {endings}; for a figure, use --plot.",
        )
    check_installed(suffix)
    return suffix


def check_installed(name: str) -> None:
    """Refuse a format whose package is not installed.

    Raises
    ------
    UsageError
        The message says how to install it.
    """
    package = FORMATS[name].needs
    if package and find_spec(package) is None:
        raise UsageError(
            f"A .{name} file needs the package {package}, which is not installed.",
            where="--out",
            hint=f"Install it: pip install 'hcc2l[{name}]', or pip install '.[{name}]' in a clone. "
            "Or write .docx or .html.",
        )


def _render(report: Report, name: str, options: dict[str, object]) -> bytes:
    render = import_module(FORMATS[name].renderer).render
    if not FORMATS[name].figure:
        options = options | {"figure": None}
    content: str | bytes = render(
        report,
        RenderOptions(**options),  # type: ignore[arg-type]  # fields of RenderOptions
    )
    # A file name that is not UTF-8 has no letters that a document could hold.
    return content.encode(errors="replace") if isinstance(content, str) else content
