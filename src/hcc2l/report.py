"""The result of an analysis: tidy tables with their presentation, notes, figures, provenance.

A report does not depend on the output format. Values are unrounded, and `None` where a number is
not estimable; renderers format them by the kind of their key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Value = str | int | float | bool | tuple[str, ...] | None  # a tuple: a list of texts
Row = Mapping[str, Value]
Form = Literal["value", "interval", "effect", "summary"]


@dataclass(frozen=True)
class Column:
    """A column as it is displayed: one key, or several that are combined in one cell.

    Attributes
    ----------
    header
        The column's heading.
    keys
        The keys of its cell: one for `value`; estimate, lower, upper for `interval`, which is
        written ``7.43 (6.64-13.60)`` with an en dash, and for `effect`, which is an interval of a
        ratio, `reference` where 1 has no limits, and a dash where the row is not in the model;
        count and share for `summary`, ``36 (90.0%)``, and where these are missing the further keys
        median and quartiles, ``60 (55-66)``.
    kind
        The format of numbers, if not the glossary's kind of the first key.
    decimals
        Decimals, if not those of the kind.
    labels
        The text displayed for a value: ``logrank`` -> ``Log-rank``.
    """

    header: str
    keys: tuple[str, ...]
    form: Form = "value"
    kind: str | None = None
    decimals: int | None = None
    labels: Mapping[str, str] = field(default_factory=dict)


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
        The keys, in order; each row has all of them.
    rows
        One observation per row.
    columns
        The columns displayed; empty for a table that only JSON and CSV contain.
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
    """A line of text and the lines below it, for a tree whose branches each format draws.

    `title` is the heading, of the outermost line alone.
    """

    text: str
    below: tuple[Outline, ...] = ()
    title: str = ""


@dataclass(frozen=True)
class Note:
    """A statistician's remark on this analysis.

    `code` is stable, for scripts; `text` states the problem and the remedy. `which` names rows by
    id or line at the terminal; documents, which may be shared, omit it.
    """

    level: Literal["info", "warning"]
    code: str
    text: str
    which: str = ""


@dataclass(frozen=True)
class Figure:
    """A drawing of a given kind, made from finished tables."""

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
    """The origin of the numbers, sufficient to reproduce them."""

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
        The tables in words, as a tree of lines above them.
    draw
        Returns the figure; a function, because its curves are computed only when drawn.
    save
        Returns the cohort with the columns added by the analysis, as CSV text.
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
