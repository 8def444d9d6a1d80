"""A finding: something in the file that deserves a look."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from hcc2l.analyses.check.data import FoundColumn
from hcc2l.analyses.check.toml import key
from hcc2l.design import Mask

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
MISSING_WORDS = frozenset(
    ["unknown", "unk", "not known", "not done", "not available", "not assessed", "n.d.", "nd", "n.a.", "missing", "unbekannt", "nicht bekannt", "k.a.", "keine angabe", "inconnu", "non fait", "nc", "desconocido", "no disponible", "sconosciuto", "desconhecido", "bilinmiyor", "nieznany", "nieznane", "brak danych", "onbekend", "미상", "모름", "不明", "不详", "未知", "未検", "неизвестно"]
)


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
    remedy
        What to do: an option, a line of the dictionary, or the cells to correct.
    """

    severity: Severity
    code: str
    column: str | None
    rows: tuple[int, ...]
    text: str
    remedy: str


Findings = Iterator[Finding]
CORRECT = "Correct the cells."


def rows_where(where: Mask | Sequence[int]) -> tuple[int, ...]:
    where = np.asarray(where)
    return tuple((np.flatnonzero(where) if where.dtype == np.bool_ else where).tolist())


def in_column(column: FoundColumn, line: str) -> str:
    """A line for the dictionary, with the table it belongs to."""
    return f"[columns.{key(column.name)}] {line}"


def rows_with(column: FoundColumn, levels: Iterable[str]) -> tuple[int, ...]:
    wanted = set(levels)
    return rows_where(np.isin(column.codes, [i for i, t in enumerate(column.texts) if t in wanted]))
