"""The figure of adverse events: bars of patients by event, group and grade."""

from __future__ import annotations

from hcc2l.analyses.adverse.data import ALL, AdverseData
from hcc2l.analyses.adverse.grades import ANY, Band
from hcc2l.report import AdverseFigure, EventBar
from hcc2l.wording import in_sentence


def adverse_figure(data: AdverseData) -> AdverseFigure:
    """Bars of all grades of the table, with those of its severest band inside them."""
    drawn = _drawn(data.bands)
    bars = tuple(
        EventBar(event.label, _group(level), band.label, int((inside & event.within(band)).sum()),
                 int(inside.sum()))
        for event in data.events
        for level in data.patients.levels
        for inside in [event.known & data.patients.inside(level)]
        for band in drawn
    )  # fmt: skip
    of_grade = f" ({in_sentence(drawn[0].label)})" if data.graded and len(drawn) == 1 else ""
    return AdverseFigure(bars, f"Patients, %{of_grade}")


def _group(level: str) -> str:
    return "All patients" if level == ALL else level


def _drawn(bands: tuple[Band, ...]) -> tuple[Band, ...]:
    """The widest band and the one with the highest grades, where there are two."""
    wide = ANY if ANY in bands else min(bands, key=lambda b: (b.low or 0, -b.high))
    severe = max(bands, key=lambda b: (b.low or 0, b.high))
    inside = wide == ANY or ((severe.low or 0) >= (wide.low or 0) and severe.high <= wide.high)
    return (wide, severe) if severe != wide and inside else (wide,)
