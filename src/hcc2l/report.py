"""What an analysis returns: tidy tables with a presentation, notes, figures and provenance.

A report knows nothing of how it will be shown. Values are raw and unrounded, `None` where a
number cannot be estimated; a renderer writes them by the kind of their key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Value = str | int | float | bool | tuple[str, ...] | None  # a tuple: a list of texts
Row = Mapping[str, Value]
Form = Literal["value", "interval", "effect", "summary", "fraction"]


@dataclass(frozen=True)
class Column:
    """A column as a person sees it: one key, or several that make one cell.

    Attributes
    ----------
    header
        The column's heading.
    keys
        The keys of its cell: one for `value`; estimate, lower, upper for `interval`, which is
        written ``7.43 (6.64-13.60)`` with an en dash, and for `effect`, which is an interval of a
        ratio, `reference` where 1 has no limits, and a dash where the row is not in the model
        (a fourth key, the model's n, tells that from a ratio that is not estimable);
        count and share for `summary`, ``36 (90.0%)``, and where these are missing the further keys
        median and quartiles, ``60 (55-66)``; two counts for `fraction`, ``31/40``.
    kind
        How numbers are written, where it is not the glossary's kind of the first key.
    decimals
        Decimals, where they are not the kind's usual ones.
    labels
        What to show for a text value: ``logrank`` -> ``Log-rank``.
    """

    header: str
    keys: tuple[str, ...]
    form: Form = "value"
    kind: str | None = None
    decimals: int | None = None
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """Tidy rows under glossary keys, and how they are presented.

    Attributes
    ----------
    name
        The table's name in JSON and for ``--table``.
    title
        Its caption.
    keys
        Every key, in order; each row has all of them.
    rows
        One thing a row.
    columns
        What a person sees; empty when the table is for machines only (JSON and CSV).
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
    """A line of text and the lines below it, for what is a tree: every format draws the branches.

    `title`, of the outermost line alone, is its heading.
    """

    text: str
    below: tuple[Outline, ...] = ()
    title: str = ""


@dataclass(frozen=True)
class Note:
    """Something a statistician would say about this analysis.

    `code` is stable, for scripts; `text` says what and what to do about it. `which` names rows by
    id or line, for the person at the terminal; documents, which travel, leave it out.
    """

    level: Literal["info", "warning"]
    code: str
    text: str
    which: str = ""


@dataclass(frozen=True)
class Figure:
    """A drawing that is asked for by kind and made from finished tables."""

    kind: str
    tables: Mapping[str, Table]
    options: Mapping[str, Value | tuple[Value, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Excluded:
    """Rows left out for one reason; `which` names them by id or line, for the note."""

    reason: str
    rows: int
    which: tuple[str, ...] = ()


@dataclass(frozen=True)
class Provenance:
    """Where the numbers come from: enough to make them again."""

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
        What the tables say, as a tree of lines above them.
    draw
        Makes the figure; a call, because a curve of many points is worth making only when drawn.
    save
        Makes the cohort with the columns that the analysis adds, as a CSV text.
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
