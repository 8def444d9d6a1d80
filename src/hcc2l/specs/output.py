"""Options on the output of every command."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hcc2l.formats import FILE_FORMATS, TEXT_FORMATS
from hcc2l.house_styles import STYLES
from hcc2l.specs.figure import FigureOptions
from hcc2l.specs.options import OUTPUT, option
from hcc2l.wording import listed


@dataclass(frozen=True, kw_only=True)
class OutputOptions(FigureOptions):
    """Formats and files of a command's output, and how its figure is drawn."""

    out: Sequence[str] = option(
        (), "Also write the result to a file, in the format of its extension: "
        f"{' '.join(f'.{name}' for name in FILE_FORMATS)}.",
        metavar="FILE", panel=OUTPUT, commas=False, in_dictionary=False,
    )  # fmt: skip
    plot: Sequence[str] = option(
        (), "Write the figure to a file: .png .svg .pdf .tiff .eps; - draws survival curves in the "
        "terminal.",
        metavar="FILE", panel=OUTPUT, commas=False, in_dictionary=False,
    )  # fmt: skip
    format: str = option(
        "table", f"Format of standard output: {listed(TEXT_FORMATS, 'or')}.",
        metavar="FORMAT", panel=OUTPUT, choices=TEXT_FORMATS,
    )  # fmt: skip
    json: bool = option(False, "Short for --format json.", panel=OUTPUT, in_dictionary=False)
    table: str | None = option(
        None, "The tables of documents and workbooks, or the one of CSV (default: the first).",
        metavar="NAME[,NAME…]", panel=OUTPUT, in_dictionary=False,
    )  # fmt: skip
    columns: str | None = option(
        None, "The columns of a document's one table by their headers, in this order, beside those "
        "that name its rows.",
        metavar="HEADER[,HEADER…]", panel=OUTPUT, in_dictionary=False,
    )  # fmt: skip
    reference_rows: str = option(
        "show", "Reference levels: show their rows, hide them, or fold them into the labels of the "
        "other levels, as in B (vs. A).",
        metavar="NAME", panel=OUTPUT, choices=("show", "hide", "fold"),
    )  # fmt: skip
    bold_p: bool = option(
        False, "Print p below 0.05 in bold in documents.", panel=OUTPUT, in_dictionary=False
    )
    template: str | None = option(
        None, "A Word document (.docx) whose styles and page set-up the .docx of --out takes.",
        metavar="FILE", panel=OUTPUT, in_dictionary=False,
    )  # fmt: skip
    save: str | None = option(
        None, "Save the cohort with the new columns, as .csv.",
        metavar="FILE", panel=OUTPUT, in_dictionary=False,
    )  # fmt: skip
    style: str = option(
        "default", f"How a journal writes numbers: {listed(tuple(STYLES), 'or')}.",
        metavar="NAME", panel=OUTPUT, choices=tuple(STYLES),
    )  # fmt: skip
    digits: int | None = option(
        None, "Decimal places of times, estimates and statistics in tables.",
        metavar="N", panel=OUTPUT, high=15,
    )  # fmt: skip
    min_cell: int | None = option(
        None, "Suppress numbers of 1 to K−1 patients, and what would tell them.",
        metavar="K", panel=OUTPUT, low=1,
    )  # fmt: skip
    quiet: bool = option(
        False, "Print no notes on standard error.", panel=OUTPUT, short="-q", place=1
    )

    @property
    def printed(self) -> str:
        """The format of standard output."""
        return "json" if self.json else self.format
