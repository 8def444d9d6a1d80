"""A table as a reader sees it: headings and formatted cells, for every format but JSON and CSV."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, takewhile

from hcc2l import numerals
from hcc2l.abbreviations import spelled_out
from hcc2l.errors import UsageError
from hcc2l.glossary import GLOSSARY
from hcc2l.numerals import NOT_ESTIMABLE
from hcc2l.render.options import RenderOptions
from hcc2l.report import Column, Outline, Report, Row, Suppressed, Table, Value

MARKS = dict(zip("ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ", "abcdefghijklmnoprstuvwxyz", strict=True))
"""The marks of footnotes, with the letters that they are."""
_LEVEL = 1  # the column of levels, in tables with references
_SMALL_P = 0.05
_DECIMALS = {"time": 2, "estimate": 2, "ratio": 2, "probability": 1, "statistic": 2, "criterion": 1}


class Bold(str):
    """A cell in bold."""

    __slots__ = ()


@dataclass(frozen=True)
class Heading:
    """A heading over several columns; an empty one over those that have none."""

    text: str
    columns: int


@dataclass(frozen=True)
class Grid:
    """A table of formatted cells.

    Attributes
    ----------
    headings
        Rows of headings that stand above `headers`, the uppermost first; none in most tables.
    right
        Whether each column is aligned to the right.
    flowing
        Whether the last column holds sentences, which take the rest of a line.
    indents
        How far the first cell of each row is indented: 0 or a small number of steps.
    """

    title: str
    headings: tuple[tuple[Heading, ...], ...]
    headers: tuple[str, ...]
    right: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]
    footnotes: tuple[str, ...]
    flowing: bool = False
    indents: tuple[int, ...] = ()

    def indented(self, step: str) -> tuple[tuple[str, ...], ...]:
        """The rows with so many steps before their first cell."""
        return tuple(
            (step * depth + row[0], *row[1:])
            for depth, row in zip(self.indents, self.rows, strict=True)
        )

    def block(self, i: int) -> range:
        """The columns under the same uppermost heading as column i; else that column alone."""
        start = 0
        for heading in self.headings[0] if self.headings else ():
            if start <= i < start + heading.columns and heading.text:
                return range(start, start + heading.columns)
            start += heading.columns
        return range(i, i + 1)

    @property
    def full_headers(self) -> tuple[str, ...]:
        """Headers with the headings above them, for formats without cells over several columns."""
        above = [[h.text for h in row for _ in range(h.columns)] for row in self.headings]
        return tuple(
            ": ".join(text for text in column if text)
            for column in zip(*above, self.headers, strict=True)
        )


def presented_tables(report: Report, options: RenderOptions) -> list[Table]:
    """The tables of a document: those asked for, else all that have a presentation.

    Raises
    ------
    UsageError
        A table asked for is not in the report, or is for JSON, CSV and Excel only.
    """
    tables = options.chosen(report)
    if options.tables:
        for table in tables:
            if not table.columns:
                raise UsageError(
                    f"The table {table.name!r} is for JSON, CSV and Excel only.",
                    where="--table",
                    hint="Documents hold the tables that are printed on a terminal.",
                )
    return [part for table in tables for part in parts_of(table)]


def document_grids(report: Report, options: RenderOptions) -> list[Grid]:
    """The tables of a document, each with its abbreviations spelled out below it."""
    return grids_of(presented_tables(report, options), report, options)


def grids_of(tables: Sequence[Table], report: Report, options: RenderOptions) -> list[Grid]:
    """Tables as the options ask for them, each with its abbreviations spelled out below it.

    Raises
    ------
    UsageError
        As `plain_grids`.
    """
    return [with_abbreviations(content, report) for content in plain_grids(tables, options)]


def plain_grids(tables: Sequence[Table], options: RenderOptions) -> list[Grid]:
    """Tables as the options ask for them, without their abbreviations.

    Raises
    ------
    UsageError
        Columns are asked for of several tables, or there is no such column.
    """
    names = list(dict.fromkeys(table.name for table in tables))
    if options.columns and len(names) != 1:
        raise UsageError(
            f"The document holds {len(names)} tables; the columns of one can be chosen.",
            where="--columns",
            hint=f"Add --table with one of: {', '.join(names)}.",
        )
    return [
        grid(
            table,
            options.digits,
            options.columns,
            options.reference_rows,
            bold_p=options.bold_p,
        )
        for table in tables
    ]


def with_abbreviations(content: Grid, report: Report) -> Grid:
    """A table with its abbreviations spelled out below it."""
    headings = (heading.text for row in content.headings for heading in row)
    cells = (cell for row in content.rows for cell in row)
    texts = (content.title, *headings, *content.headers, *cells, *content.footnotes)
    meanings = spelled_out(texts, report.provenance.abbreviations)
    if not meanings:
        return content
    return replace(content, footnotes=(*content.footnotes, f"{meanings}."))


def parts_of(table: Table) -> list[Table]:
    """The table as readers see it: one for each value of the key that it takes apart.

    None of a table for JSON and CSV only.
    """
    if not table.columns or not table.apart:
        return [table] if table.columns else []
    (naming,) = (column for column in table.columns if column.keys == (table.apart,))
    columns = tuple(column for column in table.columns if column is not naming)
    rows_of: dict[Value, list[Row]] = {}
    for row in table.rows:
        rows_of.setdefault(row[table.apart], []).append(row)
    return [
        replace(table, title=f"{table.title}: {cell(rows[0], naming)}", rows=tuple(rows),
                columns=columns, apart="")
        for rows in rows_of.values()
    ]  # fmt: skip


def grid(
    table: Table,
    digits: int | None = None,
    columns: str | None = None,
    reference_rows: str = "show",
    *,
    bold_p: bool = False,
) -> Grid:
    """Every cell of a table, formatted by the kind of its key, with groups laid across.

    Parameters
    ----------
    digits, columns, reference_rows, bold_p
        As in `RenderOptions`.

    Raises
    ------
    UsageError
        There is no such column.
    """
    if table.stacked:
        table = _with_headings(table)
    places = list(_places(table.columns, table.rows))
    lines = _without_references(table, _lines(table), places, reference_rows)
    if columns:
        places = _chosen(places, columns)
    named = table.columns[0].keys in (("group",), ("term",), ("variable",), ("endpoint",))
    marks = _marks(places, table.rows)
    rows: list[tuple[str, ...]] = []
    indents: list[int] = []
    previous: Value = None
    for line, folded in lines:
        empty = _empty_beside(line, table.columns)
        cells = [
            "" if empty and place.column in table.columns[1:]
            else _cell_at(line, place, digits, marks)
            for place in places
        ]  # fmt: skip
        if folded:
            cells[_LEVEL] += folded
        if bold_p:
            cells = [
                Bold(text) if _is_small_p(place.row(line), place.column) else text
                for text, place in zip(cells, places, strict=True)
            ]
        depth = sum(line[0][key] is not None for key in table.columns[0].indent)
        indents.append(depth)
        first = line[0][table.columns[0].keys[0]]
        if named and rows and first == previous:
            cells[0] = ""
        previous = first
        rows.append(tuple(cells))
    footnotes = (*_explained(marks, places), *map(numerals.with_p, table.footnotes))
    numbers = [i for i, p in enumerate(places) if i and p.column.form != "sentences"]
    if any(NOT_ESTIMABLE in _words(r[i]) for r in rows for i in numbers):
        footnotes = (*footnotes, f"{NOT_ESTIMABLE}: not estimable.")
    if any(isinstance(text, Bold) for row in rows for text in row):
        footnotes = (*footnotes, f"Bold: {numerals.p_below(_SMALL_P)}.")
    return Grid(
        title=table.title,
        headings=_headings(places),
        headers=tuple(place.header for place in places),
        right=tuple(_kind(place.column) != "text" for place in places),
        rows=tuple(rows),
        footnotes=footnotes,
        flowing=places[-1].column.form == "sentences",
        indents=tuple(indents),
    )


@dataclass(frozen=True)
class _Place:
    """A column where it stands: the values of the keys laid across, and their headings above it.

    A column without a header of its own has the lowest heading as its header.
    """

    column: Column
    values: Mapping[str, Value] = field(default_factory=dict)
    above: tuple[str, ...] = ()

    @property
    def header(self) -> str:
        return _header(self.column) or (self.above[-1] if self.above else "")

    @property
    def headings(self) -> tuple[str, ...]:
        return self.above if self.column.header else self.above[:-1]

    def row(self, line: Sequence[Row]) -> Row | None:
        """The row of a line that holds the column's cell."""
        wanted = self.values.items()
        return next((row for row in line if all(row[key] == v for key, v in wanted)), None)


def _places(
    columns: Sequence[Column], rows: Sequence[Row], above: _Place | None = None
) -> Iterator[_Place]:
    """The columns from left to right, those laid across repeated for every value in the rows."""
    values, texts = (above.values, above.above) if above else ({}, ())
    for column in columns:
        if not column.across:
            if above is None or any(row[key] is not None for row in rows for key in column.keys):
                yield _Place(column, values, texts)
            continue
        key = column.keys[0]
        for value in dict.fromkeys(row[key] for row in rows):
            inside = [row for row in rows if row[key] == value]
            heading = cell(inside[0], column)
            yield from _places(
                column.across, inside, _Place(column, {**values, key: value}, (*texts, heading))
            )


def _with_headings(table: Table) -> Table:
    """The table with its stacked key as headings in the first column, above their rows."""
    (naming,) = (column for column in table.columns if column.keys[0] == table.stacked)
    first, *rest = (column for column in table.columns if column is not naming)
    rows: list[Row] = []
    for value in dict.fromkeys(row[table.stacked] for row in table.rows):
        inside = [row for row in table.rows if row[table.stacked] == value]
        heading = {first.keys[0]: cell(inside[0], naming)}
        rows += [dict.fromkeys(table.keys) | heading, *inside]
    columns = (replace(first, indent=(table.stacked,)), *rest)
    return replace(table, rows=tuple(rows), columns=columns, stacked="")


def _lines(table: Table) -> list[list[Row]]:
    """The rows of each line: those that agree in the keys before one that is laid across."""
    across = _keys_across(table.columns)
    if not across:
        return [[row] for row in table.rows]
    naming = list(takewhile(lambda key: key not in across, table.keys))
    lines: dict[tuple[Value, ...], list[Row]] = {}
    for row in table.rows:
        lines.setdefault(tuple(row[key] for key in naming), []).append(row)
    return list(lines.values())


def _keys_across(columns: Sequence[Column]) -> set[str]:
    """The keys that are laid across, those under others too."""
    return {
        key
        for column in columns
        if column.across
        for key in (column.keys[0], *_keys_across(column.across))
    }


def _without_references(
    table: Table, lines: Sequence[list[Row]], places: Sequence[_Place], shown: str
) -> list[tuple[list[Row], str]]:
    """The lines, each with what is added to its level; those of references only if they are shown.

    A reference is folded into the labels of the other levels of its variable, ``B (vs. A)``.
    """
    if shown == "show" or "level" not in table.keys or table.columns[_LEVEL].keys != ("level",):
        return [(line, "") for line in lines]
    effects = [place for place in places if place.column.form == "effect"]
    first_levels = {
        line[0]["term"]: line[0]["level"]
        for line in lines
        if any(_is_reference(place.row(line), place.column) for place in effects)
    }
    kept = []
    for line in lines:
        reference = first_levels.get(line[0].get("term"))
        if reference is None or line[0]["level"] != reference:
            folded = reference is not None and shown == "fold"
            kept.append((line, f" (vs. {reference})" if folded else ""))
    return kept


def _is_reference(row: Row | None, column: Column) -> bool:
    """Whether the cell of an effect is that of a reference level: a ratio of 1 without limits."""
    if row is None or _kind(column) != "ratio":
        return False
    return [row[key] for key in column.keys[:3]] == [1.0, None, None]


def _is_small_p(row: Row | None, column: Column) -> bool:
    """Whether a cell is a p below 0.05, before it is rounded."""
    if row is None or _kind(column) != "p":
        return False
    p = row[column.keys[0]]
    return isinstance(p, float) and p < _SMALL_P


def _chosen(places: Sequence[_Place], wanted: str) -> list[_Place]:
    """The columns that name the rows, then those asked for, kept together below their headings.

    Raises
    ------
    UsageError
        No column has such a header.
    """
    naming = next((i for i, place in enumerate(places) if _kind(place.column) != "text"), 0) or 1
    found: list[_Place] = []
    for name in _split(wanted, {name for place in places for name in _names(place)}):
        matching = [place for place in places if name in _names(place)]
        if not matching:
            headers = dict.fromkeys(place.header for place in places[naming:])
            raise UsageError(
                f"There is no column {name!r} in this table.",
                where="--columns",
                hint=f"Its columns are: {'; '.join(headers)}.",
            )
        found += [place for place in matching if place not in (*places[:naming], *found)]
    blocks = [_block(place) for place in found]
    return [*places[:naming], *sorted(found, key=lambda place: blocks.index(_block(place)))]


def _block(place: _Place) -> str:
    """What stands above a column, else the column itself."""
    return place.above[0] if place.above else place.header


def _names(place: _Place) -> set[str]:
    """How a column is asked for: its header, alone or after the headings above it."""
    full = ": ".join([*place.headings, place.header])
    return {place.header.casefold(), full.casefold()}


def _split(wanted: str, known: set[str]) -> list[str]:
    """Names with commas between them, of which some hold commas: ``n, Median, months (95% CI)``."""
    parts = [part.strip().casefold() for part in wanted.split(",")]
    names = []
    while parts:
        longest = (n for n in range(len(parts), 0, -1) if ", ".join(parts[:n]) in known)
        taken = next(longest, 1)
        names.append(", ".join(parts[:taken]))
        parts = parts[taken:]
    return [name for name in names if name]


def _headings(places: Sequence[_Place]) -> tuple[tuple[Heading, ...], ...]:
    """The rows of headings over several columns, the uppermost first."""
    result = []
    for depth in range(1, max(len(place.headings) for place in places) + 1):
        row = []
        for _, group in groupby(places, key=lambda place: _values_above(place, depth)):
            under = list(group)
            text = under[0].headings[depth - 1] if len(under[0].headings) >= depth else ""
            row.append(Heading(text, len(under)))
        result.append(tuple(row))
    return tuple(result)


def _values_above(place: _Place, depth: int) -> list[Value]:
    return list(place.values.values())[:depth] if len(place.headings) >= depth else []


def _cell_at(
    line: Sequence[Row], place: _Place, digits: int | None, marks: Mapping[Value, str]
) -> str:
    """A cell of a line with its mark; one whose row is missing is empty or a dash, by its kind.

    A marked cell without a value for its mark, such as the p of a level, is empty.
    """
    row, column = place.row(line), place.column
    if row is None:
        return "" if _kind(column) == "text" else "–"
    if not column.mark:
        return cell(row, column, digits)
    known = row[column.keys[0]] is not None
    text = cell(row, column, digits) if row[column.mark] is not None else ""
    return text + (marks[row[column.mark]] if known else "")


def _empty_beside(line: Sequence[Row], columns: Sequence[Column]) -> bool:
    """Whether a line below another has no value in any column, such as p, that is not laid across.

    Those columns are then empty: what they tell stands in the line of the variable.
    """
    beside = [column for column in columns[1:] if not column.across]
    return bool(columns[0].indent) and all(line[0][c.mark or c.keys[0]] is None for c in beside)


def _marks(places: Sequence[_Place], rows: Sequence[Row]) -> dict[Value, str]:
    """The mark of each value that has a footnote, in the order of the rows; "" for a single one."""
    values = dict.fromkeys(
        row[place.column.mark]
        for row in rows
        for place in places
        if place.column.mark and row[place.column.keys[0]] is not None
        if all(row[key] == value for key, value in place.values.items())
    )
    values.pop(None, None)
    letters = tuple(MARKS) if len(values) > 1 else ("",)
    return dict(zip(values, letters, strict=False))


def _explained(marks: Mapping[Value, str], places: Sequence[_Place]) -> tuple[str, ...]:
    """The footnote of the marks, such as ``ᵃ Mann–Whitney; ᵇ χ².``, if there are any."""
    if not marks:
        return ()
    columns = [place.column for place in places if place.column.mark]
    labels = {value: text for column in columns for value, text in column.labels.items()}
    texts = [f"{mark} {labels[str(value)]}".strip() for value, mark in marks.items()]
    alone = "" if len(texts) > 1 else f"{_header(columns[0])}: "
    return (f"{alone}{'; '.join(texts)}.",)


def cell(row: Row, column: Column, digits: int | None = None) -> str:
    """One cell: a value, an estimate with its interval, or a summary."""
    kind = _kind(column)
    decimals = _decimals(column, kind, digits)
    values = [row[key] for key in column.keys]
    written = values[:3] if column.form == "effect" else values
    hidden = next((value for value in written if isinstance(value, Suppressed)), None)
    if hidden is not None and column.form not in ("size", "fraction"):
        return str(hidden)
    if column.form == "value":
        value = values[0]
        if isinstance(value, str):
            return column.labels.get(value, value)
        return write(value, kind, decimals)
    if column.form == "sentences":
        return " ".join(str(value) for value in values if value)
    if column.form == "summary":
        return _summary(values, column.decimals if digits is None else digits)
    if column.form == "description":
        return _description(values, digits)
    if column.form == "size":
        size = f"n={write(values[1], 'count', 0)}".replace("=<", "<")  # suppressed: n<5
        return f"{column.labels.get(str(values[0]), values[0])} ({size})"
    if column.form == "fraction":
        return "/".join(write(value, "count", 0) for value in values)
    return _with_limits(row, column, kind, digits)


def _with_limits(row: Row, column: Column, kind: str, digits: int | None) -> str:
    """An estimate with its interval; see `Column`."""
    decimals = _decimals(column, kind, digits)
    values = [row[key] for key in column.keys]
    numbers = [v if isinstance(v, (int, float)) else None for v in values[:3]]
    estimate, lower, upper = numbers
    in_model = values[3:] != [None]
    repeated = column.form == "effect" and kind != "ratio" and estimate is None
    if not in_model or repeated:
        return "–"
    if column.form == "effect" and _is_reference(row, column):
        return numerals.reference()
    if kind == "statistic" and lower is None and upper is None:
        return write(estimate, kind, decimals)
    if kind == "ratio":
        asked = column.decimals if digits is None else digits
        return numerals.ratio_interval(estimate, lower, upper, asked)
    return numerals.interval(estimate, lower, upper, lambda v: write(v, kind, decimals))


def _summary(values: list[Value], decimals: int | None) -> str:
    """`36 (90.0%)` for a level, `60 (55–66)` for a numeric variable."""
    if values[0] is not None:
        return _count_and_share(values[0], values[1])
    quartiles = [float(v) for v in values[2:] if isinstance(v, (int, float))]
    if not quartiles:
        return "–"
    if decimals is None:
        whole = all(v.is_integer() for v in quartiles)
        decimals = 0 if whole or min(quartiles) >= 10 else 1
    median, low, high = quartiles
    return numerals.interval(median, low, high, lambda v: numerals.number(v, decimals))


def _count_and_share(count: Value, share: Value) -> str:
    if not isinstance(count, (int, float)) or not isinstance(share, (int, float)):
        return f"{write(count, 'count', 0)} ({write(share, 'probability', 1)})"
    patients = round(count / share) if share else 0
    return f"{numerals.count(count)} ({numerals.percent_of(share, patients)})"


def _description(values: list[Value], digits: int | None) -> str:
    """`36 (90.0%)`, `60 (55–66)` or `60.2 ± 8.1`; a count or a percentage that stands alone."""
    places, count, share, *rest = values
    if all(value is None for value in values):  # the heading of levels
        return ""
    if count is not None or share is not None:
        if count is None:
            return write(share, "probability", 1)
        return write(count, "count", 0) if share is None else _count_and_share(count, share)
    decimals = digits if digits is not None else places if isinstance(places, int) else 1
    numbers = [float(v) for v in rest if isinstance(v, (int, float))]
    if len(numbers) == 3:
        middle, low, high = numbers
        return numerals.interval(middle, low, high, lambda v: numerals.number(v, decimals))
    return " ± ".join(numerals.number(v, decimals) for v in numbers) or "–"


def write(value: Value, kind: str, decimals: int) -> str:
    """A value formatted by its kind; a missing estimate is `NE`, any other missing value a dash."""
    if value is None and kind == "text":
        return ""
    if value is None:
        return NOT_ESTIMABLE if kind in ("time", "estimate", "ratio", "probability") else "–"
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, (str, bool)):
        return str(value)
    if kind == "p":
        return numerals.p_value(value)
    if kind in ("count", "degrees"):
        return numerals.count(value)
    if kind == "probability":
        return numerals.percent(value, decimals)
    if kind == "ratio":
        return numerals.ratio(value, decimals)
    return numerals.number(value, decimals)


def outline_lines(outline: Outline, depth: int = 0) -> list[tuple[int, str]]:
    """Every line of an outline with its depth, from the top."""
    lines = [(depth, outline.text)]
    for below in outline.below:
        lines += outline_lines(below, depth + 1)
    return lines


def _header(column: Column) -> str:
    """The header of a column; the letter of p is that of the house style."""
    return numerals.with_p(column.header) if _kind(column) == "p" else column.header


def _kind(column: Column) -> str:
    return column.kind or GLOSSARY[column.keys[0]].kind


def _decimals(column: Column, kind: str, digits: int | None) -> int:
    if digits is not None and kind in _DECIMALS:
        return digits
    return column.decimals if column.decimals is not None else _DECIMALS.get(kind, 0)


def _words(text: str) -> list[str]:
    return re.split(r"[\s()–-]+", text)
