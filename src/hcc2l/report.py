"""The result of an analysis: tidy tables with their presentation, notes, figures, provenance.

A report knows nothing of its rendering. Values are raw and unrounded, `None` where a number cannot
be estimated; renderers format them by the kind of their key.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Value = str | int | float | bool | tuple[str, ...] | None  # a tuple: a list of texts
Row = Mapping[str, Value]
Form = Literal["value", "interval", "effect", "summary", "fraction"]


@dataclass(frozen=True)
class Column:
    """A column for readers: one key, or several that are combined in one cell.

    Attributes
    ----------
    header
        The column's heading.
    keys
        The keys of its cell: one for `value`; estimate, lower, upper for `interval`, which is
        written ``7.43 (6.64-13.60)`` with an en dash, and for `effect`: a ratio of 1 without limits
        is written `reference`, and any other estimate that is null, because another row has it, is
        a dash; a fourth key of either is null where the row is not in the model, which is a dash
        too; count and share for `summary`,
        ``36 (90.0%)``, and where these are missing the further keys median and quartiles,
        ``60 (55-66)``; two counts for `fraction`, ``31/40``.
    kind
        Kind that decides the format of numbers, if not the glossary's kind of the first key.
    decimals
        Decimal places, if not the usual ones of the kind.
    labels
        Labels of text values: ``logrank`` -> ``Log-rank``.
    """

    header: str
    keys: tuple[str, ...]
    form: Form = "value"
    kind: str | None = None
    decimals: int | None = None
    labels: Mapping[str, str] = field(default_factory=dict)


def finite(value: float) -> float | None:
    """A number as a report holds it: None where it does not exist or is infinite."""
    return float(value) if math.isfinite(value) else None


@dataclass(frozen=True)
class Table:
    """Tidy rows under glossary keys, with their presentation.

    Attributes
    ----------
    name
        The table's name in JSON and for ``--table``.
    title
        Its caption.
    keys
        Keys in order; each row has all of them.
    rows
        One record each.
    columns
        Columns for readers; empty if the table is for JSON and CSV only.
    footnotes
        Sentences below the table.
    """

    name: str
    title: str
    keys: tuple[str, ...]
    rows: tuple[Row, ...]
    columns: tuple[Column, ...] = ()
    footnotes: tuple[str, ...] = ()

    def column(self, key: str) -> tuple[Value, ...]:
        """The values of one key, row by row."""
        return tuple(row[key] for row in self.rows)


@dataclass(frozen=True)
class Outline:
    """A line of text and the lines below it, for results that form a tree.

    `title`, the heading, is that of the outermost line only.
    """

    text: str
    below: tuple[Outline, ...] = ()
    title: str = ""


@dataclass(frozen=True)
class Note:
    """A remark that a statistician would make about this analysis.

    `code` is stable, for scripts; `text` says what is wrong and what to do. `which` names rows by
    id or line, on the terminal only: documents are passed on and must not name patients.
    """

    level: Literal["info", "warning"]
    code: str
    text: str
    which: str = ""


@dataclass(frozen=True)
class Figure:
    """A figure of some kind, drawn from finished tables."""

    kind: str
    tables: Mapping[str, Table]
    options: Mapping[str, Value | tuple[Value, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Excluded:
    """Rows excluded for one reason; `which` names them by id or line, for the note."""

    reason: str
    rows: int
    which: tuple[str, ...] = ()


@dataclass(frozen=True)
class Provenance:
    """Origin of the numbers, sufficient to reproduce them."""

    command: str
    version: str
    source: str
    sha256: str
    synthetic: bool
    rows: int
    analysed: int
    excluded: tuple[Excluded, ...]
    settings: Mapping[str, object]
    footer: tuple[str, ...] = ()
    argv: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """The result of one analysis.

    Attributes
    ----------
    outline
        A summary of the tables as a tree of lines, printed above them.
    draw
        Returns the figure; a function, because its points are computed only if it is drawn.
    save
        Returns the cohort with the columns that the analysis adds, as CSV text.
    """

    title: str
    provenance: Provenance
    tables: tuple[Table, ...]
    notes: tuple[Note, ...] = ()
    outline: Outline | None = None
    draw: Callable[[], Figure] | None = field(default=None, compare=False, repr=False)
    save: Callable[[], str] | None = field(default=None, compare=False, repr=False)
    methods: str = ""
    references: tuple[str, ...] = ()
    show_methods: bool = False

    def table(self, name: str) -> Table:
        """The table of that name; KeyError when there is none."""
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(name)
