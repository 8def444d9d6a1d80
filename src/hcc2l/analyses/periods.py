"""Hazard ratios before and after cuts of the follow-up: what km, cox and psmatch say alike."""

from __future__ import annotations

import math
from collections.abc import Sequence

from hcc2l.design import Floats
from hcc2l.errors import UsageError
from hcc2l.numerals import plain
from hcc2l.report import Note, Table, Value, finite
from hcc2l.stats.changing_hazards import Period

FOOTNOTE = "An event at the end of a period belongs to it."
_LARGEST = 700.0  # whose exponential is still a number


def cuts_between_events(cuts: Sequence[float], events: Floats) -> tuple[float, ...]:
    """The cuts in ascending order; `events` are the times of the events.

    Raises
    ------
    UsageError
        A cut is not a time between two events.
    """
    for cut in sorted(cuts):
        if not events.min() <= cut < events.max():
            raise UsageError(
                f"{plain(cut)} has no event on one of its sides; events happen from "
                f"{plain(float(events.min()))} to {plain(float(events.max()))}.",
                where="--split",
                hint="Choose a time between.",
            )
    return tuple(sorted(set(cuts)))


def period_words(start: float, end: float) -> str:
    """`0–6`, `after 6`."""
    return f"after {plain(start)}" if end == math.inf else f"{plain(start)}–{plain(end)}"


def period_row(period: Period) -> dict[str, Value]:
    """The keys of a period in the table `piecewise`; null where there is no hazard ratio."""
    return {
        "period": period_words(period.start, period.end), "start": period.start,
        "end": finite(period.end), "events": period.events, "hr": _ratio(period.coef),
        "lower": _ratio(period.lower), "upper": _ratio(period.upper), "p": finite(period.p),
    }  # fmt: skip


def _ratio(coef: float) -> float | None:
    return finite(math.exp(coef)) if coef < _LARGEST else None


def period_notes(tables: Sequence[Table]) -> list[Note]:
    """Names the periods that have no hazard ratio."""
    periods = [
        f"{row['period']} ({row['endpoint']})" if "endpoint" in row else str(row["period"])
        for table in tables
        if table.name == "piecewise"
        for row in table.rows
        if row["hr"] is None
    ]
    if not periods:
        return []
    text = (
        f"No hazard ratio can be estimated for the period{'s' if len(periods) > 1 else ''} "
        f"{', '.join(periods)}: the likelihood has no maximum, as when all events are in one "
        "group. The hazard ratios cannot be compared. Choose another time for --split."
    )
    return [Note("warning", "period-not-estimable", text)]
