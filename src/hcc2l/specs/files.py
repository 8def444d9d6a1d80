"""Options on reading the cohort and on output, which every command takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hcc2l.specs.options import COHORT_FILE, OUTPUT, Options, option

FORMATS = ("table", "json", "csv", "md", "html", "tex")


@dataclass(frozen=True, kw_only=True)
class OutputOptions(Options):
    """Formats and files of a command's output."""

    format: str = option(
        "table", "Format of standard output: table, json, csv, md, html or tex.",
        metavar="FORMAT", panel=OUTPUT, choices=FORMATS,
    )  # fmt: skip
    json: bool = option(False, "Short for --format json.", panel=OUTPUT, in_dictionary=False)
    table: str | None = option(
        None, "The table printed as CSV (default: the first).",
        metavar="NAME", panel=OUTPUT, in_dictionary=False,
    )  # fmt: skip
    out: Sequence[str] = option(
        (), "Also write the result to a file, in the format of its extension: .json .csv .md .html "
        ".tex .docx .xlsx.",
        metavar="FILE", panel=OUTPUT, commas=False, in_dictionary=False,
    )  # fmt: skip
    plot: Sequence[str] = option(
        (), "Write the figure to a file: .png .svg .pdf.",
        metavar="FILE", panel=OUTPUT, commas=False, in_dictionary=False,
    )  # fmt: skip
    save: str | None = option(
        None, "Save the cohort with the new columns, as .csv.",
        metavar="FILE", panel=OUTPUT, in_dictionary=False,
    )  # fmt: skip
    digits: int | None = option(
        None, "Decimal places of times, estimates and statistics in tables.",
        metavar="N", panel=OUTPUT, high=15,
    )  # fmt: skip
    quiet: bool = option(
        False, "Print no notes on standard error.", panel=OUTPUT, short="-q", place=1
    )

    @property
    def printed(self) -> str:
        """The format of standard output."""
        return "json" if self.json else self.format


@dataclass(frozen=True, kw_only=True)
class ReadingOptions(Options):
    """How the cohort's file is read."""

    config: str | None = option(
        None, "The data dictionary (default: hcc2l.toml beside the cohort, else in the working "
        "folder).",
        metavar="FILE", panel=COHORT_FILE, in_dictionary=False,
    )  # fmt: skip
    na: Sequence[str] = option(
        (), "A further code for missing values.", metavar="VALUE", panel=COHORT_FILE, commas=False
    )
    sep: str | None = option(
        None, "Column separator of a text file: , ; tab |", metavar="CHAR", panel=COHORT_FILE
    )
    decimal: str | None = option(
        None, "Decimal mark of a text file: . or ,", metavar="CHAR", panel=COHORT_FILE
    )
    encoding: str | None = option(
        None, "Character encoding of a text file, such as utf-8 or cp1252.",
        metavar="NAME", panel=COHORT_FILE,
    )  # fmt: skip
    sheet: str | None = option(
        None, "Worksheet of an Excel file (default: the first).", metavar="NAME", panel=COHORT_FILE
    )
