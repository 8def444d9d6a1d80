"""How to show a report."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RenderOptions:
    """Presentation only; nothing here changes a number.

    Attributes
    ----------
    digits
        Decimals of estimates, times and statistics; the usual ones when None.
    table
        The table that csv prints; the first when None.
    width
        Columns of the terminal.
    colour
        Whether the terminal shows colour.
    figure
        The figure as PNG, for documents that can hold one (html, docx).
    """

    digits: int | None = None
    table: str | None = None
    width: int = 100
    colour: bool = False
    figure: bytes | None = None
