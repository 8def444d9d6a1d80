"""CSV: one tidy table with the rows and keys of JSON."""

from __future__ import annotations

import csv
import io

from hcc2l.errors import UsageError
from hcc2l.render.options import RenderOptions
from hcc2l.report import Report, Value, told

# Excel takes the full-width signs of Chinese and Japanese keyboards for the usual ones.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def render(report: Report, options: RenderOptions) -> str:
    """One table by its name; the first when no name is given.

    Raises
    ------
    UsageError
        There is no such table in the report, or several are asked for.
    """
    if len(options.tables) > 1:
        raise UsageError(
            "CSV holds one table.",
            where="--table",
            hint=f"Name one, such as {options.tables[0]}, or use --out with .xlsx.",
        )
    table = options.chosen(report)[0]
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(table.keys)
    for row in table.rows:
        writer.writerow([_field(told(row[key])) for key in table.keys])
    return file.getvalue()


def _field(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        value = "|".join(value)
    return safe_text(value) if isinstance(value, str) else repr(value)


def safe_text(text: str) -> str:
    """The text, quoted where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
