"""The table inside a sheet: its header, its units, its patients, and what stands around them.

Exports put titles above the header, a second header line or units below it, headings between the
patients, totals and footnotes below them. All readers of sheets and texts ask here, and whatever
was not taken for a patient is named in a remark.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from typing import Any

from hcc2l.dictionary import patient_columns, recognise_id
from hcc2l.errors import InputError, UsageError, quoted_list
from hcc2l.number_format import is_number_somehow
from hcc2l.readers.cells import is_missing_word
from hcc2l.readers.raw import check_header, column_name, wrong_width
from hcc2l.readers.units import is_coding, is_unit, unit_in_name, unit_of
from hcc2l.vocabulary import names_a_patient

_SEARCHED = 30  # rows in which the header is looked for
ROW_NUMBERS = "the first column has no name and numbers the rows; it was excluded"
_JUDGED = 1000  # rows that show how a table is filled, and what its ids look like
_TOTALS = re.compile(
    r"(sub)?totals?|mean|means|median|sum|average|avg|sd|std|min|max|minimum|maximum|count|range|iqr"
    r"|summe|gesamt|mittel|mittelwert|anzahl|total général|moyenne|médiane|somme|effectif|toplam"
    r"|ortalama|media|mediana|totale|suma|합계|평균|총계|합|合计|合計|总计|總計|平均|平均値|总数|中位数",
    re.IGNORECASE,
)
_ABSENT = frozenset(("na", "n/a", ".", "-", "?", "null", "none", "nan"))
_SIZE = re.compile(r"n\s*[=:]\s*\d+", re.IGNORECASE)
_SECTION_SIZE = re.compile(r"\s*[(\[]\s*n\s*=\s*(\d+)\s*[)\]]\s*$", re.IGNORECASE)
_UNIT_ROW = re.compile(
    r"(units?|einheit(en)?|unités?|birim|unidad(es)?|unità|jednost\w+"
    r"|jednotk\w+|единиц\w+|ед\.? ?изм\.?|단위|单位|單位|単位)\s*:?",
    re.I,
)
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\.?|\d{4}年.*")


@dataclass(frozen=True)
class Grid:
    """The cells of a sheet or of a text, without its blank rows.

    Attributes
    ----------
    rows
        Cells row by row, None where empty; rows may differ in length.
    numbers
        The number of each row as the program that wrote it shows it, from 1.
    word
        What that program calls a row.
    merged
        Ranges of merged cells: first row, first column, last row, last column, from 0.
    formulas
        Cells that hold a formula, as row and column from 0.
    hidden_rows, hidden_columns
        Numbers from 0.
    separator
        Of a text, in which every row must be as long as the header.
    """

    rows: Sequence[list[Any]]
    numbers: Sequence[int]
    word: str = "row"
    merged: Collection[tuple[int, int, int, int]] = ()
    formulas: Collection[tuple[int, int]] = ()
    hidden_rows: Collection[int] = ()
    hidden_columns: Collection[int] = ()
    separator: str | None = None


@dataclass(frozen=True)
class SheetTable:
    """A table found in a grid: as many cells in every row as there are names.

    Attributes
    ----------
    numbers
        The number of each row, as in the grid.
    header
        The number of the (last) header row.
    units
        Units by column, from a row of units or from the names.
    hidden
        Columns that the workbook hides.
    remarks
        What was inferred, and every row that was excluded.
    """

    names: tuple[str, ...]
    rows: list[list[Any]]
    numbers: list[int]
    header: int = 1
    units: Mapping[str, str] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    remarks: tuple[str, ...] = ()


def find_table(
    grid: Grid,
    where: str,
    *,
    header: tuple[int, ...] = (),
    id_column: str | None = None,
    sections: str | None = None,
) -> SheetTable:
    """The table in a grid.

    Parameters
    ----------
    header
        The numbers of its header rows, one or two; empty to find them.
    id_column
        The column that identifies patients, None to recognise it.
    sections
        A column to be made of headings between the rows.

    Raises
    ------
    InputError
        A column name occurs twice, a cell lies beyond the header, or a row has too many cells.
    UsageError
        There is no such header row.
    """
    rows = [list(row) for row in grid.rows] if grid.merged else grid.rows
    lines = _given_lines(grid, header, where) if header else _header_lines(rows, grid.numbers)
    last = lines[-1]
    names, units = _names(rows, lines, grid)
    place = f"{where}, {grid.word} {grid.numbers[last]}"
    if grid.separator is None:
        _refuse_beyond(rows[last + 1 :], grid.numbers[last + 1 :], len(names), grid.word, where)
    remarks = _header_remarks(grid, lines, bool(header))
    first = last + 1
    if first < len(rows) and _is_units(rows[first], rows[first + 1 :]):
        units |= _units_of(rows[first][: len(names)])
        texts = quoted_list(repr(str(c).strip()) for c in rows[first] if _is_filled(c))
        remarks.append(f"{grid.word} {grid.numbers[first]} holds units, not a patient ({texts})")
        first += 1
    width = len(names)
    repeated = [i for i in range(first, len(rows)) if rows[i] == rows[last]]
    remarks += _repeated_headers(grid, repeated)
    below = [i for i in range(first, len(rows)) if rows[i] != rows[last]]
    cells = (rows[i] for i in below)
    body = [row if len(row) == width else (row + [None] * width)[:width] for row in cells]
    numbers = [grid.numbers[i] for i in below]
    remarks += _fill_merged(body, numbers, grid.merged, names)
    names, body, kept, dropped = _without_blank_columns(names, body)
    remarks += dropped
    checked = check_header(names, place)
    numbered = [f"'{new}'" for old, new in zip(names, checked, strict=True) if old and old != new]
    if numbered:
        remarks.append(f"names that repeat were numbered: {quoted_list(numbered)}")
    body, numbers, more, extra = _patients(checked, body, numbers, grid, id_column, sections)
    if grid.separator is not None:
        _refuse_other_widths(grid, set(numbers), len(rows[last]), where)
    hidden = frozenset(
        name for name, j in zip(checked, kept, strict=True) if j in grid.hidden_columns
    )
    remarks += more + _hidden_remarks(grid, checked, kept, body, numbers)
    by_name = {n: unit_in_name(n) or units.get(j) for n, j in zip(checked, kept, strict=True)}
    return SheetTable(
        names=(*checked, *extra),
        rows=body,
        numbers=numbers,
        header=grid.numbers[last],
        units={name: unit for name, unit in by_name.items() if unit},
        hidden=hidden,
        remarks=tuple(remarks),
    )


def _is_filled(cell: Any) -> bool:
    return cell is not None and not (isinstance(cell, str) and not cell.strip())


def _is_text(cell: Any) -> bool:
    """Whether a cell holds words rather than a number or a date."""
    if not isinstance(cell, str) or not cell.strip():
        return False
    text = cell.strip()
    if is_number_somehow(text) or _DATE.fullmatch(text):
        return False
    return text.casefold() not in _ABSENT and not is_missing_word(text, among_numbers=True)


def _filled(row: Sequence[Any]) -> set[int]:
    """The columns in which a row has cells."""
    return {j for j, cell in enumerate(row) if _is_filled(cell)}


def _fill(row: Sequence[Any]) -> int:
    """The number of cells that are not empty; of long files, so it counts in C."""
    return len(row) - row.count(None) - row.count("")


def _number_columns(rows: Sequence[Sequence[Any]]) -> set[int]:
    """The columns most of whose first cells are numbers or dates."""
    numbers: Counter[int] = Counter()
    filled: Counter[int] = Counter()
    for row in rows[:50]:
        for j, cell in enumerate(row):
            if _is_filled(cell):
                filled[j] += 1
                numbers[j] += not _is_text(cell)
    return {j for j in filled if 2 * numbers[j] > filled[j]}


# ---------------------------------------------------------------- the header


def _given_lines(grid: Grid, header: tuple[int, ...], where: str) -> list[int]:
    absent = [number for number in header if number not in grid.numbers]
    if absent:
        raise UsageError(
            f"{grid.word.capitalize()} {absent[0]} is empty or does not exist.",
            where=f"--header, {where}",
            hint="Give the number of the header row, or of its two rows, such as --header 2,3.",
        )
    return sorted(list(grid.numbers).index(number) for number in header)


def _header_lines(rows: Sequence[Sequence[Any]], numbers: Sequence[int]) -> list[int]:
    """The header: the first row unless it is a title above a fuller row of names."""
    fills = [_fill(row) for row in rows[:_JUDGED]]
    usual = sorted(fills)[len(fills) // 2]
    at = _row_of_names(rows, fills, usual)
    completes = False
    if not at and 2 * fills[0] < usual:
        at = _row_above_numbers(rows, fills, usual)
        completes = bool(at) and not _filled(rows[at - 1]) <= _filled(rows[at])
    names = [column_name(cell) for cell in rows[at] if _is_filled(cell)]
    repeats = len(set(names)) < len(names)
    follows = bool(at) and numbers[at] - numbers[at - 1] == 1 and fills[at - 1] > 1
    if follows and (repeats or completes):
        return [at - 1, at]
    return [at, at + 1] if _is_second_line(rows, at, repeats) else [at]


def _row_of_names(rows: Sequence[Sequence[Any]], fills: Sequence[int], usual: int) -> int:
    """The first row of texts that is as full as the others, below rows half as full; 0 for none."""
    for i in range(1, min(_SEARCHED, len(fills) - 1)):
        fuller = fills[i] >= 0.7 * usual and all(2 * above <= fills[i] for above in fills[:i])
        if fuller and all(map(_is_text, filter(_is_filled, rows[i]))):
            return i if _number_columns(rows[i + 1 :]) else 0
    return 0


def _row_above_numbers(rows: Sequence[Sequence[Any]], fills: Sequence[int], usual: int) -> int:
    """The last row of texts before columns of numbers begin, units aside; 0 where they do not."""
    columns = _number_columns(rows)
    for i in range(1, min(_SEARCHED, len(fills))):
        cells = [rows[i][j] for j in _filled(rows[i]) & columns]
        if 2 * fills[i] > usual and cells and 2 * sum(map(_is_text, cells)) < len(cells):
            return i - 2 if i > 2 and _is_units(rows[i - 1], rows[i:]) else i - 1
    return 0


def _is_second_line(rows: Sequence[Sequence[Any]], at: int, repeats: bool) -> bool:
    """Whether the row below names what the header leaves blank or repeats."""
    if len(rows) < at + 3:
        return False
    top, below = rows[at], rows[at + 1]
    if not all(map(_is_text, filter(_is_filled, below))):
        return False
    filled = _filled(below)
    blank = {j for j in filled if j >= len(top) or not _is_filled(top[j])}
    if not (blank or repeats) or not filled & _number_columns(rows[at + 2 :]):
        return False
    return repeats or not _is_filled(below[0]) or len(filled) > _fill(top)


def _names(
    rows: Sequence[Sequence[Any]], lines: Sequence[int], grid: Grid
) -> tuple[list[str], dict[int, str]]:
    """The names of the columns, empty where there are none, and the units of their groups."""
    last = rows[lines[-1]]
    if len(lines) == 1:
        names = [column_name(cell) for cell in last]
        while names and not names[-1] and grid.separator is None:
            names.pop()
        return names, _band_units(rows, lines[0])
    if len(lines) > 2:
        raise UsageError("At most two rows can be the header.", where="--header", hint="Give two.")
    top = rows[lines[0]]
    width = max(
        (j for row in (top, last) for j, c in enumerate(row, 1) if _is_filled(c)), default=0
    )
    upper = [column_name(cell) for cell in [*top, *[None] * width][:width]]
    lower = [column_name(cell) for cell in [*last, *[None] * width][:width]]
    groups = list(upper)
    for j in range(1, width):
        if not upper[j] and lower[j]:
            groups[j] = groups[j - 1]
    complete = all(lower)  # the lower line names every column; the upper one only groups them
    names, units = [], {}
    count = Counter(lower)
    for j, (group, name) in enumerate(zip(groups, lower, strict=True)):
        unit = unit_in_name(group)
        if unit:
            units[j] = unit
        single = complete and count[name] == 1
        names.append(name if single or not group else f"{group} {name}".strip())
    return names, units


def _band_units(rows: Sequence[Sequence[Any]], at: int) -> dict[int, str]:
    """The units of groups in a row above the header: `Outcome (months)` above two columns."""
    band = rows[at - 1] if at else []
    units: dict[int, str] = {}
    if _fill(band) < 2:  # a title
        return units
    unit: str | None = None
    for j in range(len(rows[at])):
        if j < len(band) and _is_filled(band[j]):
            unit = unit_in_name(column_name(band[j]))
        if unit:
            units[j] = unit
    return units


def _header_remarks(grid: Grid, lines: Sequence[int], given: bool) -> list[str]:
    numbers = grid.numbers
    remarks = []
    if len(lines) == 2:
        a, b = (numbers[i] for i in lines)
        remarks.append(f"{grid.word}s {a} and {b} are the header; repeated names were joined")
    above = [i for i in range(lines[0]) if _fill(grid.rows[i])]
    if above and not given:
        remarks.append(
            f"the header was found in {grid.word} {numbers[lines[-1]]}; "
            f"{_listed(grid, above)} above it {'were' if len(above) > 1 else 'was'} excluded "
            "(--header N if that is wrong)"
        )
    return remarks


def _listed(grid: Grid, indices: Sequence[int]) -> str:
    """Rows by number, the first ones with their text: `rows 64 ('Mean'), 65 ('Total')`."""
    return named_rows(grid.word, [(grid.numbers[i], grid.rows[i]) for i in indices])


def named_rows(word: str, rows: Sequence[tuple[int, Sequence[Any]]]) -> str:
    """Rows by number and first text."""
    parts = []
    for number, row in rows[:6]:
        text = next((str(c).strip() for c in row if _is_filled(c)), "")
        text = " ".join(text.split())
        short = text if len(text) <= 40 else text[:39] + "…"
        parts.append(f"{number} ({short!r})" if short else f"{number}")
    more = f" and {len(rows) - 6} more" if len(rows) > 6 else ""
    return f"{word}{'s' if len(rows) > 1 else ''} {', '.join(parts)}{more}"


def _refuse_beyond(
    rows: Sequence[Sequence[Any]], numbers: Sequence[int], width: int, word: str, where: str
) -> None:
    """Refuse a table in which a cell stands to the right of the header."""
    for number, row in zip(numbers, rows, strict=True):
        stray = [j for j in range(width, len(row)) if _is_filled(row[j])]
        if stray:
            raise InputError(
                f"There is a cell to the right of the header, in column {stray[0] + 1}.",
                where=f"{where}, {word} {number}",
                hint="Name its column in the header, clear the cell, or, if the header is another "
                f"{word}, give its number with --header.",
            )


def _refuse_other_widths(grid: Grid, patients: Collection[int], width: int, where: str) -> None:
    """Refuse a text in which the row of a patient is longer or shorter than the header."""
    for number, row in zip(grid.numbers, grid.rows, strict=True):
        if len(row) != width and number in patients:
            raise wrong_width(where, number, len(row), width, grid.separator or "")


def _is_units(row: Sequence[Any], below: Sequence[Sequence[Any]]) -> bool:
    """Whether a row below the header holds units: no id, and units where numbers follow."""
    filled = {j: cell for j, cell in enumerate(row) if _is_filled(cell)}
    first = filled.pop(0, None)
    if first is not None and not (isinstance(first, str) and _UNIT_ROW.fullmatch(first.strip())):
        return False
    if not filled or not below or not all(isinstance(c, str) for c in filled.values()):
        return False
    known = [j for j, cell in filled.items() if is_unit(cell) or is_coding(cell)]
    return 3 * len(known) >= 2 * len(filled) and bool(set(known) & _number_columns(below))


def _units_of(row: Sequence[Any]) -> dict[int, str]:
    """The units in a row below the header, by column."""
    return {j: unit_of(c) for j, c in enumerate(row) if _is_text(c) and not is_coding(c)}


# ---------------------------------------------------------------- the body


def _repeated_headers(grid: Grid, repeated: Sequence[int]) -> list[str]:
    """A remark on rows that repeat the header, as on printed pages."""
    if not repeated:
        return []
    verb = "repeat the header and were" if len(repeated) > 1 else "repeats the header and was"
    return [f"{_listed(grid, repeated)} {verb} excluded"]


def _fill_merged(
    body: list[list[Any]],
    numbers: Sequence[int],
    merged: Iterable[tuple[int, int, int, int]],
    names: Sequence[str],
) -> list[str]:
    """Fill merged cells down, inside their ranges only."""
    at = {number - 1: i for i, number in enumerate(numbers)}
    filled: dict[str, Counter[str]] = {}
    for top, left, bottom, _ in sorted(merged):
        if bottom == top or top not in at or left >= len(names):
            continue
        value = body[at[top]][left]
        for row in range(top + 1, bottom + 1):
            if row in at and _is_filled(value) and not _is_filled(body[at[row]][left]):
                body[at[row]][left] = value
                filled.setdefault(names[left], Counter())[str(value).strip()] += 1
    return [
        f"merged cells of {name} were filled down: "
        + quoted_list([f"{text!r} ({count} rows)" for text, count in counts.items()], 5)
        for name, counts in filled.items()
    ]


def _without_blank_columns(
    names: Sequence[str], body: list[list[Any]]
) -> tuple[list[str], list[list[Any]], list[int], list[str]]:
    """The table without columns that have neither name nor cell, nor nameless row numbers."""
    used = [j for j, name in enumerate(names) if name or any(_is_filled(row[j]) for row in body)]
    remarks = []
    if len(used) > 2 and used[0] == 0 and not names[0] and _counts_rows([r[0] for r in body]):
        used = used[1:]
        remarks = [ROW_NUMBERS]
    if len(used) == len(names):
        return list(names), body, used, remarks
    return [names[j] for j in used], [[row[j] for j in used] for row in body], used, remarks


def _counts_rows(cells: Sequence[Any]) -> bool:
    """Whether cells number the rows, from 1 or from 0."""
    if len(cells) < 2:
        return False
    texts = [column_name(cell) for cell in cells]
    return texts in (
        [str(i) for i in range(1, len(texts) + 1)], [str(i) for i in range(len(texts))],
    )  # fmt: skip


def _patients(
    names: tuple[str, ...],
    body: list[list[Any]],
    numbers: list[int],
    grid: Grid,
    id_column: str | None,
    sections: str | None,
) -> tuple[list[list[Any]], list[int], list[str], tuple[str, ...]]:
    """The rows of patients; headings, totals and footnotes are excluded and named."""
    found = _other_rows(names, body, numbers, grid, _id_position(names, id_column))
    if found is None:
        return body, numbers, [], ()
    left_out, headings = found
    remarks = []
    if left_out:
        rows = [(numbers[i], body[i]) for i in sorted(left_out)]
        verb = "were" if len(rows) > 1 else "was"
        remarks.append(
            f"{named_rows(grid.word, rows)} {verb} excluded: totals and notes, not patients"
        )
    kept = [i for i in range(len(body)) if i not in left_out | headings]
    extra: tuple[str, ...] = ()
    if headings:
        said, texts = _headings(body, numbers, headings, kept, grid.word, sections)
        remarks.append(said)
        if sections is not None:
            extra = (sections,)
            body = [[*row, texts.get(i)] for i, row in enumerate(body)]
    elif sections is not None:
        raise UsageError(
            "There are no headings between the rows.", where="hcc2l.toml, rows.sections",
            hint="Remove this line.",
        )  # fmt: skip
    return [body[i] for i in kept], [numbers[i] for i in kept], remarks, extra


def _other_rows(
    names: tuple[str, ...], body: list[list[Any]], numbers: list[int], grid: Grid, at: int
) -> tuple[set[int], set[int]] | None:
    """Totals and footnotes, and headings between the patients; None where no row is a patient.

    Parameters
    ----------
    at
        The position of the column of ids, whose form tells patients from other rows.
    """
    width = len(names)
    wide = [row for row in body[:_JUDGED] if 2 * _fill(row) > width]
    shapes = {_shape(row[at]) for row in wide if _is_filled(row[at]) and not _is_total(row, at)}

    def is_patient(row: Sequence[Any]) -> bool:
        return _is_filled(row[at]) and _shape(row[at]) in shapes

    thin = {i for i, row in enumerate(body) if 2 * _fill(row) <= width}
    sparse = [i for i in sorted(thin) if not is_patient(body[i])]
    left_out = {
        i
        for i, row in enumerate(body)
        if (i in thin or not row[0] or _may_be_total(row[0]))
        and _is_total(row, at)
        and (i in thin or not is_patient(row))
    }
    summing = {row for row, _ in grid.formulas}
    left_out |= {
        i
        for i, row in enumerate(body)
        if numbers[i] - 1 in summing and not is_patient(row) and _sums_up(row, numbers[i], grid)
    }
    few = max(1, width // 4) if width > 2 else 0
    strange = left_out | {i for i in sparse if _is_note(body[i], at, few)}
    end = len(body)
    while end - 1 in strange:
        end -= 1
        left_out.add(end)
    if end == 0 or not shapes:
        return None
    return left_out, {i for i in sparse if i < end and i not in left_out and _is_heading(body[i])}


def _is_heading(row: Sequence[Any]) -> bool:
    """Whether a row of several columns holds one text alone."""
    return len(row) > 2 and _fill(row) == 1 and _is_text(next(filter(_is_filled, row), None))


def _headings(
    body: Sequence[Sequence[Any]],
    numbers: Sequence[int],
    headings: Collection[int],
    kept: Sequence[int],
    word: str,
    sections: str | None,
) -> tuple[str, dict[int, str]]:
    """A remark on headings between the rows, and the heading of each row."""
    heading: str | None = None
    texts: dict[int, str] = {}
    announced: dict[str, int] = {}
    for i in range(len(body)):
        if i in headings:
            text = column_name(next(filter(_is_filled, body[i])))
            size = _SECTION_SIZE.search(text)
            heading = _SECTION_SIZE.sub("", text)
            if size:
                announced[heading] = announced.get(heading, 0) + int(size[1])
        elif heading is not None:
            texts[i] = heading
    counts = Counter(texts[i] for i in kept if i in texts)
    wrong = [f"{t!r} says n = {n}, but {counts[t]} rows follow" for t, n in announced.items()
             if counts[t] != n]  # fmt: skip
    rows = [(numbers[i], body[i]) for i in sorted(headings)]
    remark = f"{named_rows(word, rows)} {'are headings' if len(rows) > 1 else 'is a heading'}"
    if sections is None:
        remark += ', not patients; sections = "arm" under [rows] in hcc2l.toml makes them a column'
    else:
        remark += f" and became the column {sections}"
    return remark + "".join(f"; {text}" for text in wrong), texts


def _id_position(names: Sequence[str], id_column: str | None) -> int:
    """The position of the column that identifies patients, else of the first column."""
    named = filter(names_a_patient, names)
    name = id_column or recognise_id(names) or next(chain(patient_columns(names), named), None)
    return names.index(name) if name in names else 0


def _shape(cell: Any) -> str:
    """The form of an id: digits as 9, letters as a; `P001` and `P2` are alike."""
    text = str(cell).strip()
    if isinstance(cell, date):
        return "date"
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+([.,]\d+)*", "9", text))


def _is_note(row: Sequence[Any], at: int, few: int) -> bool:
    """Whether a row of few cells, which is no patient, holds words: `Data cut-off: 31 March`."""
    words = any(map(_is_text, row))
    return words and (_fill(row) <= few or _is_text(row[at]))


def _may_be_total(cell: Any) -> bool:
    """A fast look at the first cell of a row, before `_is_total` looks closely."""
    return isinstance(cell, str) and _TOTALS.match(cell) is not None


def _is_total(row: Sequence[Any], at: int) -> bool:
    """Whether a row begins with a word such as Mean, Total, n = 84, in or beside the id column."""
    for cell in row[: max(at, 1) + 1]:
        if _is_filled(cell):
            text = cell.strip().rstrip(" :=.") if isinstance(cell, str) else ""
            return bool(_TOTALS.fullmatch(text) or _SIZE.match(text))
    return False


def _sums_up(row: Sequence[Any], number: int, grid: Grid) -> bool:
    """Whether most of the cells of a row are formulas."""
    if not grid.formulas:
        return False
    formulas = sum((number - 1, j) in grid.formulas for j in range(len(row)))
    return 2 * formulas > _fill(row)


# ---------------------------------------------------------------- what is hidden


def _hidden_remarks(
    grid: Grid,
    names: Sequence[str],
    kept: Sequence[int],
    body: Sequence[Sequence[Any]],
    numbers: Sequence[int],
) -> list[str]:
    """What the workbook hides but was read."""
    remarks = []
    columns = [f"{letters(j)} ({n})" for n, j in zip(names, kept, strict=True)
               if j in grid.hidden_columns]  # fmt: skip
    if columns:
        verb = "s {} are" if len(columns) > 1 else " {} is"
        remarks.append(
            f"column{verb.format(quoted_list(columns))} hidden in the workbook, but read"
        )
    rows = [i for i, number in enumerate(numbers) if number - 1 in grid.hidden_rows]
    if rows:
        listed = quoted_list([str(numbers[i]) for i in rows], 8)
        word = f"{len(rows)} rows are" if len(rows) > 1 else "1 row is"
        remarks.append(
            f"{word} hidden in the workbook, perhaps by a filter, but read (row"
            f"{'s' if len(rows) > 1 else ''} {listed}){_condition(names, body, set(rows))}"
        )
    return remarks


def _condition(names: Sequence[str], body: Sequence[Sequence[Any]], rows: Collection[int]) -> str:
    """The column whose values separate hidden from visible rows, if one does."""
    for j, name in enumerate(names):
        hidden = {column_name(row[j]) for i, row in enumerate(body) if i in rows}
        shown = {column_name(row[j]) for i, row in enumerate(body) if i not in rows}
        if shown and len(hidden) <= 3 and len(shown) <= 20 and not hidden & shown:
            values = quoted_list(sorted(repr(value) if value else "empty" for value in hidden))
            return f"; they are the rows in which {name} is {values}"
    return ""


def letters(column: int) -> str:
    """The letters of a column, from 0, as spreadsheets show them."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text
