"""Scores that a file holds beside the columns they are computed from.

Where such a score is missing, it follows from its imputed parts and is not imputed itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from hcc2l.cohort import Cohort, Column
from hcc2l.design.rows import Mask
from hcc2l.errors import Hcc2lError
from hcc2l.number_format import number_text
from hcc2l.scores import score_named

MIN_AGREEING = 10  # rows in which the recorded score is that of its parts


@dataclass(frozen=True)
class RecordedScore:
    """A column of the file that is a score of others.

    Attributes
    ----------
    parts
        The columns of the file that it is computed from.
    gaps
        Shape (n,): the analysed rows without a value.
    """

    name: str
    label: str
    parts: tuple[str, ...]
    gaps: Mask


def recorded_scores(cohort: Cohort, names: Iterable[str], rows: Mask) -> tuple[RecordedScore, ...]:
    """Those of some columns that are scores, and agree with their parts wherever both are known."""
    found = (_recorded(cohort, name, rows) for name in names)
    return tuple(score for score in found if score is not None)


def _recorded(cohort: Cohort, name: str, rows: Mask) -> RecordedScore | None:
    relabelled = name in cohort.dictionary.derived or cohort.dictionary.column(name).recoding
    if score_named(name) is None or relabelled:
        return None
    without = cohort.without_column(name)
    try:
        computed, parts = without.as_it_stands(name), without.sources(name)
    except Hcc2lError:  # a part is absent, or in no known unit
        return None
    column = cohort.as_it_stands(name)
    both = rows & ~column.missing & ~computed.missing
    if int(both.sum()) < MIN_AGREEING or not set(parts) <= set(cohort.names):
        return None
    if not all(_agree(column, computed, row) for row in np.flatnonzero(both).tolist()):
        return None
    return RecordedScore(name, cohort.label(name), parts, rows & column.missing)


def _agree(column: Column, computed: Column, row: int) -> bool:
    """Whether a recorded score is the computed one, rounded as it was recorded."""
    if column.kind == computed.kind == "number":
        decimals = len(column.cell(row).partition(".")[2])
        return bool(abs(column.values[row] - computed.values[row]) <= 0.51 * 10.0**-decimals)
    return column.text(row) == computed.text(row)


def filled_score(completed: Cohort, score: RecordedScore) -> Column:
    """The column in which gaps have the score of the completed parts."""
    column = completed.as_it_stands(score.name)
    computed = completed.without_column(score.name).as_it_stands(score.name)
    if column.kind != "number":
        values = np.where(score.gaps, computed.values, column.values)
        return replace(column, values=values, coded=None)
    texts = [computed.text(row) for row in range(completed.rows)]
    filled = np.array([float(text) if text else np.nan for text in texts])
    gaps, recorded = score.gaps, column.cell
    return replace(
        column,
        values=np.where(gaps, filled, column.values),
        written=lambda row: number_text(float(texts[row])) if gaps[row] else recorded(row),
    )
