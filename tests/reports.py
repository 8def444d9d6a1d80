"""What tests pick from a report: rows of a table, codes of notes, the text of a note."""

from __future__ import annotations

from typing import Any

from hcc2l.report import Report


def rows_of(report: Report, table: str, **where: Any) -> list[Any]:
    """The rows of a table that have these values."""
    return [r for r in report.table(table).rows if all(r[k] == v for k, v in where.items())]


def codes(report: Report) -> list[str]:
    """The codes of the notes, in order."""
    return [note.code for note in report.notes]


def note(report: Report, code: str) -> str:
    """The text of the note of that code, of which there is one (repeated at most)."""
    (text,) = {n.text for n in report.notes if n.code == code}
    return text
