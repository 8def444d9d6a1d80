"""Options of presentation."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RenderOptions:
    """Presentation of a report; nothing here changes a number.

    Attributes
    ----------
    digits
        Decimal places of estimates, times and statistics; the usual ones when None.
    table
        The table printed as CSV; the first when None.
    width
        Width of the terminal, in columns.
    colour
        Whether the terminal shows colours.
    figure
        The figure as PNG, for documents that include it (html, docx).
    """

    digits: int | None = None
    table: str | None = None
    width: int = 100
    colour: bool = False
    figure: bytes | None = None
