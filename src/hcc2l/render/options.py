"""Options of presentation."""

from __future__ import annotations

from dataclasses import dataclass

from hcc2l.errors import UsageError, did_you_mean
from hcc2l.report import Report, Table


@dataclass(frozen=True)
class RenderOptions:
    """Presentation of a report; nothing here changes a number.

    Attributes
    ----------
    digits
        Decimal places of estimates, times and statistics; the usual ones when None.
    table
        The names of the tables that CSV (one), documents and workbooks hold, with commas between
        them; when None, CSV holds the first and the others hold all.
    columns
        The headers of the columns of a document's one table, with commas between them, beside
        those that name its rows; all when None.
    reference_rows
        Whether the rows of reference levels are shown (``show``), hidden (``hide``), or named
        in the labels of the others (``fold``).
    bold_p
        Whether documents print p below 0.05 in bold.
    template
        The Word document whose styles and page set-up a document (docx) takes.
    width
        Width of the terminal, in columns.
    colour
        Whether the terminal shows colours.
    figure
        The figure as PNG, for documents that include it (html, pdf, docx).
    """

    digits: int | None = None
    table: str | None = None
    columns: str | None = None
    reference_rows: str = "show"
    bold_p: bool = False
    template: bytes | None = None
    width: int = 100
    colour: bool = False
    figure: bytes | None = None

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of the tables asked for; none for all."""
        return tuple(name.strip() for name in (self.table or "").split(",") if name.strip())

    def chosen(self, report: Report) -> tuple[Table, ...]:
        """The tables asked for, in that order; all of the report when none were.

        Raises
        ------
        UsageError
            There is no such table in the report.
        """
        names = [table.name for table in report.tables]
        for name in self.tables:
            if name not in names:
                raise UsageError(
                    f"There is no table {name!r} in this analysis.",
                    where="--table",
                    hint=did_you_mean(name, names),
                )
        return tuple(report.table(name) for name in self.tables) or report.tables
