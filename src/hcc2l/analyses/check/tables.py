"""The tables of a check: columns, levels, endpoints, scores, findings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hcc2l.analyses.check.data import Found, FoundColumn, FoundEndpoint
from hcc2l.analyses.check.finding import Finding
from hcc2l.analyses.check.scores import FoundScore
from hcc2l.cohort import printable
from hcc2l.errors import quoted_list
from hcc2l.number_format import number_text
from hcc2l.report import Column, Row, Table
from hcc2l.vocabulary import normal, unit_in
from hcc2l.wording import counted, listed

_LEVELS_SHOWN, _ROWS_SHOWN, _ROWS_LISTED = 6, 5, 100

COLUMN_KEYS = (
    "name", "label", "meaning", "field", "type", "role", "unit", "n", "missing", "distinct",
    "minimum", "maximum", "levels", "converted", "understood", "content",
)  # fmt: skip
ENDPOINT_KEYS = (
    "name", "label", "source", "time", "event", "unit", "n", "events", "median", "lower", "upper",
    "follow_up", "options", "understood",
)  # fmt: skip
FINDING_KEYS = ("severity", "code", "column", "rows", "count", "text", "remedy", "finding")


def check_tables(
    found: Found, scores: Sequence[FoundScore], findings: Sequence[Finding], ci: str
) -> tuple[Table, ...]:
    """Every table, in the order of the screen."""
    return (
        _columns(found),
        _levels(found),
        _endpoints(found.endpoints, scores, ci),
        _scores(scores),
        _findings(found, findings),
    )


def _columns(found: Found) -> Table:
    return Table(
        "columns", "Columns", COLUMN_KEYS, tuple(_column(column) for column in found.columns),
        (
            Column("Column", ("name",)),
            Column("Read as", ("understood",)),
            Column("Missing", ("missing",)),
            Column("Values", ("content", "converted"), form="sentences"),
        ),
    )  # fmt: skip


def _column(column: FoundColumn) -> Row:
    low, high = _range(column)
    return {
        "name": _plain(column.name),
        "label": column.label or (column.known.label if column.known else None),
        "meaning": column.reading,
        "field": column.code,
        "type": column.type,
        "role": column.role,
        "unit": column.unit,
        "n": int(column.present.sum()),
        "missing": column.missing,
        "distinct": column.different,
        "minimum": low,
        "maximum": high,
        "levels": tuple(column.levels) or None,
        "converted": _converted(column) or None,
        "understood": _understood(column),
        "content": _content(column, low, high),
    }


def _plain(name: str) -> str:
    """A name on one line."""
    return " ".join(name.split())


def _understood(column: FoundColumn) -> str:
    """What a column is, in words: `AFP, ng/mL`, `date of death`, `group`."""
    label = column.label or (column.known.label if column.known else "")
    kind = {"text": "free text", "id": "patient"}.get(column.reading, column.reading)
    told = label and normal(label) != normal(column.name)
    words = printable(label) if told else kind
    if column.reading == "multi-select":
        words = f"{words}, several values" if told else "several values"
    told_unit = column.unit and column.reading == "number" and unit_in(words) is None
    return f"{words}, {column.unit}" if told_unit else words


def _range(column: FoundColumn) -> tuple[str | float | None, str | float | None]:
    """The smallest and the largest number or date; of dates of birth, the year alone."""
    if column.reading == "date" and column.days is not None:
        known = column.days[~np.isnat(column.days)]
        if not known.size:
            return None, None
        length = 4 if column.code == "birth_date" else 10
        return str(known.min())[:length], str(known.max())[:length]
    if column.reading == "number" and column.numbers is not None:
        numbers = column.numbers[~np.isnan(column.numbers)]
        if numbers.size:
            return float(numbers.min()), float(numbers.max())
    return None, None


def _content(column: FoundColumn, low: str | float | None, high: str | float | None) -> str:
    """Range, or levels with their rows, as text."""
    if not column.different:
        return "empty"
    if column.reading in ("group", "multi-select"):
        labels = column.value_labels
        parts = [
            f"{printable(labels.get(level, level))} ({rows})"
            for level, rows in list(column.levels.items())[:_LEVELS_SHOWN]
        ]
        more = len(column.levels) - len(parts)
        return ", ".join(parts) + (f" and {more} more" if more > 0 else "")
    if low is None:
        return f"{column.different} different"
    if isinstance(low, str) or isinstance(high, str):
        return f"{low} to {high}"
    assert high is not None
    assert column.median is not None
    joined = " to " if low < 0 else "–"
    return f"{_short(low)}{joined}{_short(high)}, median {_short(column.median)}"


def _short(number: float) -> str:
    return number_text(float(f"{number:.6g}")).replace("-", "−")


def _converted(column: FoundColumn) -> str:
    """An example of what was converted: `22,59 → 22.59`, `>20000 → 20000`."""
    examples = []
    if column.format.examples and column.reading == "number" and not column.doubtful:
        cell = column.format.examples[0]
        examples.append(f"{cell} → {column.format.plain_cell(cell)}")
    elif column.with_comma:
        examples.append(f"{column.with_comma} → {column.with_comma.replace(',', '.')}")
    if column.limits and column.reading == "number":
        row, cell = next(iter(column.limits.items()))
        assert column.numbers is not None
        examples.append(f"{cell} → {_short(float(column.numbers[row]))}")
    if column.reading == "date" and column.days is not None:
        examples += _converted_date(column)
    return f"({'; '.join(examples)})" if examples else ""


def _converted_date(column: FoundColumn) -> list[str]:
    """A date that the file writes otherwise."""
    assert column.days is not None
    known = np.flatnonzero(~np.isnat(column.days))
    if not known.size or column.code == "birth_date":
        return []
    row = int(known[0])
    if column.serial:
        assert column.numbers is not None
        return [f"{number_text(float(column.numbers[row]))} → {column.days[row]}"]
    cell = column.cell(row) if column.texts else ""
    return [f"{cell} → {column.days[row]}"] if cell and cell != str(column.days[row]) else []


def _levels(found: Found) -> Table:
    rows: tuple[Row, ...] = tuple(
        {"name": _plain(column.name), "level": column.value_labels.get(level, level), "n": n}
        for column in found.columns
        for level, n in column.levels.items()
    )
    return Table("levels", "Levels", ("name", "level", "n"), rows)


def _endpoints(endpoints: Sequence[FoundEndpoint], scores: Sequence[FoundScore], ci: str) -> Table:
    rows: tuple[Row, ...] = tuple(
        {
            "name": e.name, "label": e.label, "source": e.source, "time": e.time_name,
            "event": e.event_name, "unit": e.unit, "n": e.n, "events": e.events,
            "median": e.median, "lower": e.lower, "upper": e.upper, "follow_up": e.follow_up,
            "options": " ".join(e.options) or f"--endpoint {e.name}",
            "understood": e.described,
        }
        for e in endpoints
        if not e.problem
    )  # fmt: skip
    units = {row["unit"] for row in rows}
    unit = f", {next(iter(units))}" if len(units) == 1 and None not in units else ""
    columns = (
        Column("Endpoint", ("label",)),
        Column("From", ("understood",)),
        Column("n", ("n",)),
        Column("Events", ("events",)),
        Column(f"Median{unit} {ci}", ("median", "lower", "upper"), form="interval"),
        Column("Follow-up", ("follow_up",)),
    )
    footnotes = _computable(scores)
    if not rows:
        return Table("endpoints", "Endpoints", ENDPOINT_KEYS, ())
    return Table("endpoints", "Endpoints", ENDPOINT_KEYS, rows, columns, footnotes)


def _computable(scores: Sequence[FoundScore]) -> tuple[str, ...]:
    """A sentence on the scores that can be computed, those of the same columns together."""
    names: dict[tuple[str, ...], list[str]] = {}
    for score in scores:
        if score.available:
            names.setdefault(score.parts, []).append(score.name)
    able = [f"{', '.join(of)} (from {', '.join(parts)})" for parts, of in names.items()]
    return (f"Scores that can be computed: {'; '.join(able)}.",) if able else ()


def _scores(scores: Sequence[FoundScore]) -> Table:
    rows: tuple[Row, ...] = tuple(
        {"name": s.name, "parts": s.parts, "available": s.available, "missing_parts": s.missing}
        for s in scores
    )
    return Table("scores", "Scores", ("name", "parts", "available", "missing_parts"), rows)


def _findings(found: Found, findings: Sequence[Finding]) -> Table:
    rows = tuple(_finding(found, finding) for finding in findings)
    columns = (
        Column("Finding", ("severity",)),
        Column("", ("finding",), form="sentences"),
    )
    if not rows:
        return Table("findings", "Findings", FINDING_KEYS, ())
    counts = [
        counted(n, kind)
        for kind in ("error", "warning", "note")
        if (n := sum(finding.severity == kind for finding in findings))
    ]
    footnotes: tuple[str, ...] = ()
    if any(finding.paste.startswith("[") for finding in findings):
        footnotes = (
            "--write-dictionary hcc2l.toml writes these lines of the dictionary as comments, for "
            "you to choose from.",
        )
    return Table("findings", f"Findings: {listed(counts)}", FINDING_KEYS, rows, columns, footnotes)


def _finding(found: Found, finding: Finding) -> Row:
    places = [found.place(row) for row in finding.rows[:_ROWS_LISTED]]
    numbers = tuple(place.rpartition(" ")[2] for place in places)
    column = _plain(finding.column) if finding.column else None
    sheet = found.cohort.source.sheet if column or places else None
    where = f"sheet {printable(sheet)!r}" if sheet else None
    place = _place(where, column, places, numbers, len(finding.rows))
    said = (place, finding.text, finding.advice)
    return {
        "severity": finding.severity,
        "code": finding.code,
        "column": column,
        "rows": numbers or None,
        "count": len(finding.rows) or None,
        "text": f"{finding.text} ({where})" if where else finding.text,
        "remedy": finding.remedy or None,
        "finding": "\n".join(
            part for part in (" ".join(filter(None, said)), finding.paste) if part
        ),
    }


def _place(
    sheet: str | None, column: str | None, places: Sequence[str], numbers: Sequence[str], count: int
) -> str | None:
    """Sheet, column and rows in words: `death_date, rows 7, 9 and 3 more:`."""
    rows = ""
    if places:
        word = places[0].rpartition(" ")[0]
        more = [*numbers[:_ROWS_SHOWN], *range(count - min(count, _ROWS_SHOWN))]
        rows = f"{word}{'s' if count > 1 else ''} {quoted_list(more, _ROWS_SHOWN)}"
    words = ", ".join(part for part in (sheet, column, rows) if part)
    return f"{words}:" if words else None
