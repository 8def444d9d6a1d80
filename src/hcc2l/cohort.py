"""The cohort: an immutable table of patients, with its dictionary and where it came from."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from hcc2l.dictionary import (
    Dictionary,
    EndpointEntry,
    looks_post_baseline,
    recognise_endpoints,
    recognise_id,
)
from hcc2l.errors import InputError, UsageError, did_you_mean, no_column, quoted_list

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["number", "text", "date"]
MAX_MIXED = 20  # different cells of a column that may be codes, with some texts among them


@dataclass(frozen=True)
class Column:
    """One variable of every patient.

    Attributes
    ----------
    kind
        ``number``, ``text`` or ``date``.
    values
        Shape (n,): float64 with NaN, object (str or None), or datetime64[D] with NaT.
    levels
        Order of the levels where the file says one (value labels of SPSS and Stata).
    codes
        Label -> code, for columns whose codes were replaced by value labels.
    label
        The file's own label of the variable.
    coded
        Distinct texts and each row's index among them (-1 missing), where a reader has them.
    limits
        Row -> cell, where a number was typed as a detection limit (``<0.5``) and read as it.
    """

    name: str
    kind: Kind
    values: NDArray[Any]
    levels: tuple[str, ...] = ()
    codes: Mapping[str, str] = field(default_factory=dict)
    label: str | None = None
    coded: tuple[tuple[str, ...], NDArray[np.int64]] | None = None
    limits: Mapping[int, str] = field(default_factory=dict)

    @property
    def beside_limits(self) -> NDArray[Any]:
        """Numbers to compare with a cut-point, shape (n,): `<20` is below 20, and `>5` above 5."""
        if not self.limits:
            return self.values
        values = self.values.copy()
        for row, cell in self.limits.items():
            if re.match(r"[<>](?!=)", cell):
                values[row] = np.nextafter(values[row], np.inf if cell[0] == ">" else -np.inf)
        return values

    @property
    def missing(self) -> NDArray[np.bool_]:
        """Shape (n,): True where the cell is empty or a missing-value code."""
        absent: NDArray[np.bool_]
        if self.coded is not None:
            absent = self.coded[1] < 0
        elif self.kind == "number":
            absent = np.isnan(self.values)
        elif self.kind == "date":
            absent = np.isnat(self.values)
        else:
            absent = np.array([value is None for value in self.values.tolist()], dtype=np.bool_)
        return absent

    def text(self, row: int) -> str:
        """The cell as text; empty where missing."""
        value = self.values[row]
        if self.kind == "number":
            return "" if np.isnan(value) else number_text(float(value))
        if self.kind == "date":
            return "" if np.isnat(value) else str(value)
        return "" if value is None else str(value)


def number_text(value: float) -> str:
    """A number as the shortest text that reads back as it: `1`, `0.5`, `1e-07`."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


def printable(text: str) -> str:
    """A text on one line, without control characters that a terminal would obey."""
    return _CONTROL.sub(" ", text).strip()


_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_LEADING_ZERO = re.compile(r"[+-]?0\d")


def parse_number(text: str, decimal: str = ".") -> float | None:
    """A cell as a correctly rounded number, or None; `007` and `1_000` are not numbers."""
    if decimal == ",":
        if "." in text:  # 1.840 may be 1840 or 1.84: not a number until somebody says which
            return None
        text = text.replace(",", ".")
    if _NUMBER.fullmatch(text) and not _LEADING_ZERO.match(text):
        value = float(text)
        return value if math.isfinite(value) else None
    return None


_LIMIT = re.compile(r"(?:[<>]=?|[≤≥])\s*(.+)")


def parse_limit(text: str, decimal: str = ".") -> float | None:
    """The number of a detection limit such as `<0.5`, `>= 10000`; None when the cell is none."""
    found = _LIMIT.fullmatch(text)
    return parse_number(found[1], decimal) if found else None


@dataclass(frozen=True)
class Source:
    """Where a cohort came from.

    Attributes
    ----------
    name
        The path as given, `standard input`, or the name of the bundled cohort.
    sha256
        Of the file's bytes.
    synthetic
        Whether it is a bundled, synthetic cohort.
    bundled
        Whether it was used because no cohort was named.
    remarks
        What had to be guessed to read it.
    decimal
        Decimal sign of its cells.
    """

    name: str
    sha256: str
    synthetic: bool = False
    bundled: bool = False
    remarks: tuple[str, ...] = ()
    decimal: str = "."


# Columns are parsed together, and built one by one when they are used.
ReadColumns = Callable[[tuple[str, ...]], dict[str, Callable[[], Column]]]
RowPlace = Callable[[int], str]


class Cohort:
    """A cohort of patients, one a row; never changed after it was read.

    Columns are read when they are first asked for; `load` fetches several at once.
    """

    def __init__(
        self,
        *,
        source: Source,
        dictionary: Dictionary,
        names: tuple[str, ...],
        rows: int,
        read: ReadColumns,
        place: RowPlace,
        surely_distinct: Callable[[str], bool] | None = None,
    ) -> None:
        self.source = source
        self.dictionary = dictionary
        self.names = names
        self.rows = rows
        self._read = read
        self._place = place
        self._surely_distinct = surely_distinct
        self._parsed: dict[str, Callable[[], Column]] = {}
        self._columns: dict[str, Column] = {}

    def __repr__(self) -> str:
        return f"<Cohort {self.source.name}: {self.rows} rows, {len(self.names)} columns>"

    @property
    def title(self) -> str:
        """A name for headings: the dictionary's title, else the file's name."""
        if self.source.bundled:
            return "bundled synthetic cohort"
        return (
            printable(self.dictionary.title or "")
            or self.source.name.replace("\\", "/").rpartition("/")[2]
        )

    @property
    def id_column(self) -> str | None:
        """The column that names the patient, said by the dictionary or recognised by name."""
        return self.dictionary.id or recognise_id(self.names)

    def load(self, names: Iterable[str]) -> None:
        """Read several columns in one pass over the file."""
        wanted = tuple(n for n in dict.fromkeys(names) if n in self.names)
        missing = tuple(n for n in wanted if n not in self._parsed)
        if missing:
            self._parsed.update(self._read(missing))

    def column(self, name: str) -> Column:
        """One column.

        Raises
        ------
        UsageError
            The cohort has no such column; near names are suggested.
        """
        if name not in self.names:
            raise no_column(name, self.names, self.source.name)
        if name not in self._columns:
            self.load([name])
            self._columns[name] = self._parsed[name]()
        return self._columns[name]

    def mixed(self) -> dict[str, list[str]]:
        """Texts that keep a column used so far from being numbers, where the dictionary is silent.

        Of columns most of whose cells are numbers; limits such as `≥3` are levels of a group.
        """
        found: dict[str, list[str]] = {}
        for name, column in self._columns.items():
            entry = self.dictionary.column(name)
            if column.kind != "text" or entry.type or entry.levels or name == self.id_column:
                continue
            if column.coded is not None:
                texts, codes = column.coded
                counts = dict(
                    zip(
                        texts,
                        np.bincount(codes[codes >= 0], minlength=len(texts)).tolist(),
                        strict=True,
                    )
                )
            else:
                counts = dict(Counter(column.values[~column.missing].tolist()))
            decimal = self.source.decimal
            odd = {
                text
                for text in counts
                if parse_number(text, decimal) is None and parse_limit(text, decimal) is None
            }
            few = len(counts) <= MAX_MIXED
            if odd and few and 2 * sum(counts[text] for text in odd) < sum(counts.values()):
                found[name] = sorted(odd)
        return found

    def limits(self) -> dict[str, Mapping[int, str]]:
        """Detection limits that were read as numbers, in the columns used so far."""
        return {name: c.limits for name, c in self._columns.items() if c.limits}

    def label(self, name: str) -> str:
        """The column's label: the dictionary's, else the file's, else its name in words."""
        said = self.dictionary.column(name).label
        return printable(said or self.column(name).label or self.dictionary.label(name))

    def row_name(self, row: int) -> str:
        """How to find a row: the patient's id, else its place in the file."""
        if self.id_column in self.names and self.id_column is not None:
            text = self.column(self.id_column).text(row)
            if text:
                return printable(text)
        return self._place(row)

    def row_place(self, row: int) -> str:
        """The row's place in the file: `line 12`, `row 12`."""
        return self._place(row)

    def endpoints(self) -> dict[str, EndpointEntry]:
        """Endpoints by name: the dictionary's, and those recognised by common column names."""
        return {**recognise_endpoints(self.names), **self.dictionary.endpoints}

    def known_after_start(self, column: str) -> bool:
        """Whether a column is known only after time zero; those of every endpoint are."""
        said = [p for e in self.endpoints().values() for p in (e.time, e.event, *e.end) if p]
        of_outcome = column in {part.partition("=")[0].strip() for part in said}
        unsaid = self.dictionary.column(column).role is None
        return (of_outcome and unsaid) or looks_post_baseline(self.dictionary, column)

    def check_ids(self, keep: NDArray[np.bool_] | None = None) -> None:
        """Refuse a cohort in which a patient stands twice, among the rows of `keep` if given.

        Raises
        ------
        InputError
            An id occurs in more than one row.
        UsageError
            The dictionary's id column is not in the cohort.
        """
        name = self.id_column
        if name is None:
            return
        if self._surely_distinct and name in self.names and self._surely_distinct(name):
            return
        if name not in self.names:
            raise no_column(name, self.names, f"{self.dictionary.path}, id")
        column = self.column(name)
        keep = ~column.missing if keep is None else keep & ~column.missing
        known = column.values[keep]
        if len(set(known.tolist())) == known.size:
            return
        seen: dict[object, int] = {}
        for row, value in enumerate(column.values.tolist()):
            if not keep[row]:
                continue
            if value in seen:
                places = f"{self._place(seen[value])} and {self._place(row)}"
                repeated = known.size - len(set(known.tolist()))
                raise InputError(
                    f"{column.text(row)!r} stands at {places}; {repeated} row"
                    f"{'s repeat' if repeated > 1 else ' repeats'} an id.",
                    where=f"{self.source.name}, column {name}",
                    hint="An analysis needs one row a patient: choose them with --where, or, if "
                    'this column does not name the patient, say which does: id = "…" in '
                    "hcc2l.toml.",
                )
            seen[value] = row

    def dictionary_columns_absent(self) -> str | None:
        """A sentence about columns that the dictionary names and the cohort has not."""
        absent = [n for n in self.dictionary.named_columns() if n not in self.names]
        if not absent:
            return None
        hint = " ".join(did_you_mean(n, self.names) for n in absent[:1] if len(self.names) > 30)
        return (
            f"The dictionary names columns that the cohort has not: {quoted_list(absent)}. {hint}"
        )

    def to_csv(self, added: Mapping[str, Sequence[str]], keep: NDArray[np.bool_]) -> str:
        """The cohort as a CSV text, with more columns, of the rows that are kept.

        Parameters
        ----------
        added
            Cells of the new columns, one for every row of the cohort.
        keep
            Shape (n,): which rows.

        Raises
        ------
        UsageError
            The cohort has a column of that name already.
        """
        import csv
        import io

        taken = [name for name in added if name in self.names]
        if taken:
            raise UsageError(
                f"The cohort already has the column {quoted_list(taken)}, which would be lost.",
                where="--save",
                hint="Give that column another name in the cohort.",
            )
        self.load(self.names)
        columns = [self.column(name) for name in self.names]
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([*(column.name for column in columns), *added])
        for row in np.flatnonzero(keep).tolist():
            own = (column.limits.get(row) or column.text(row) for column in columns)
            cells = [*own, *(c[row] for c in added.values())]
            writer.writerow(cells)
        return text.getvalue()

    def to_pandas(self) -> pd.DataFrame:
        """The whole cohort as a pandas frame (numbers, text and dates; missing as NaN/None/NaT)."""
        import pandas as pd

        self.load(self.names)
        return pd.DataFrame({name: self.column(name).values for name in self.names})
