"""A finding: something in the file that deserves a look."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from hcc2l.analyses.check.data import FoundColumn
from hcc2l.analyses.check.toml import key
from hcc2l.cohort import printable
from hcc2l.design import Mask

Severity = Literal["error", "warning", "note"]
_LONGEST_EXAMPLE = 15  # characters
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
# Short forms that may mean "not known" but may be levels too, so that they are not read as missing.
MISSING_WORDS = frozenset({
    "n.d.", "n.d", "nd", "n/d", "n.a.", "nc", "missing", "н/д", "b.d.", "s.d.", "?",
})  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """Something in the file that deserves a look.

    Attributes
    ----------
    code
        Stable, for scripts.
    column
        The column concerned; None when it is the rows or several columns.
    rows
        The rows concerned, as indices of the checked rows.
    text
        What stands there.
    advice
        What to do, in words.
    paste
        Options, or lines of the dictionary, that do it.
    """

    severity: Severity
    code: str
    column: str | None
    rows: tuple[int, ...]
    text: str
    advice: str = ""
    paste: str = ""

    @property
    def remedy(self) -> str:
        """What to do, in words and as lines to paste."""
        return "\n".join(part for part in (self.advice, self.paste) if part)


Findings = Iterator[Finding]
CORRECT = "Correct the cells."


def rows_where(mask: Mask) -> tuple[int, ...]:
    """The rows of a mask of shape (n,), as indices."""
    return tuple(np.flatnonzero(mask).tolist())


def in_column(column: FoundColumn, lines: str, table: str = "") -> str:
    """Lines of the dictionary below the heading of a column, or of a table of that column."""
    return f"{heading(column, table)}\n{lines}"


def heading(column: FoundColumn, table: str = "") -> str:
    """The heading of a column in the dictionary: `[columns.afp]`, `[columns.arm.groups]`."""
    return f"[columns.{key(column.name)}{'.' if table else ''}{table}]"


def rows_with(column: FoundColumn, levels: Iterable[str]) -> tuple[int, ...]:
    """The rows of a column that have one of the levels."""
    wanted = set(levels)
    return rows_where(np.isin(column.codes, [i for i, t in enumerate(column.texts) if t in wanted]))


def for_example(cell: str) -> str:
    """A cell as an example, if it is short and has a digit: other texts may name a patient."""
    shown = len(cell) <= _LONGEST_EXAMPLE and any(c.isdigit() for c in cell)
    return f", such as '{printable(cell)}'" if shown else ""
