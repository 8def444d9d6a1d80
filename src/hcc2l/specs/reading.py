"""Options on reading the cohort, which every command takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hcc2l.specs.options import COHORT_FILE, Options, option

MAX_SIZE = 2_000_000_000  # bytes


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
        None, "Worksheet of a workbook (default: the one that holds the cohort).",
        metavar="NAME", panel=COHORT_FILE,
    )  # fmt: skip
    header: str | None = option(
        None, "Row of the header, or its two rows (default: detected).",
        metavar="N[,N]", panel=COHORT_FILE,
    )  # fmt: skip
    max_size: int = option(
        MAX_SIZE, "Read at most this many bytes.", metavar="BYTES", panel=COHORT_FILE, low=1
    )
