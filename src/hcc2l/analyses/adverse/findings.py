"""What is remarkable in the adverse events of a cohort."""

from __future__ import annotations

from collections.abc import Mapping

from hcc2l.analyses.adverse.data import AdverseData
from hcc2l.analyses.adverse.events import Event
from hcc2l.analyses.adverse.grades import HIGHEST, Band
from hcc2l.design import Floats
from hcc2l.stats.counts import SMALL_EXPECTED, expected_counts, without_empty
from hcc2l.stats.test import Test

FEWEST = 5  # patients with an event, below whom a comparison hardly finds a difference


def tested(data: AdverseData) -> list[tuple[Event, Band]]:
    """The events and bands whose comparison gives a p."""
    if not data.patients.compared:
        return []
    return [
        (event, band) for event in data.events for band in data.bands
        if data.test(event, band).p >= 0
    ]  # fmt: skip


def rare(data: AdverseData) -> list[tuple[Event, Band]]:
    """Comparisons of events that fewer than five patients had."""
    return [(event, band) for event, band in tested(data) if event.within(band).sum() < FEWEST]


def approximate(data: AdverseData) -> list[tuple[Event, Band]]:
    """Comparisons by a chi-square test with an expected count below 5."""
    return [
        (event, band)
        for event, band in tested(data)
        if _unreliable(data.test(event, band), data.counts(event, band))
    ]


def reasons_approximate(data: AdverseData) -> bool:
    """Whether the comparison of the reasons for stopping is such a test."""
    reasons = data.reasons
    if reasons is None or not reasons.patients.compared:
        return False
    return _unreliable(reasons.test, reasons.counts)


def _unreliable(test: Test, counts: Floats) -> bool:
    if test.name != "chi-square" or not test.p >= 0:
        return False
    return bool((expected_counts(without_empty(counts)) < SMALL_EXPECTED).any())


def ungraded(data: AdverseData) -> Mapping[str, int]:
    """Patients with an event of unknown grade, by event."""
    return {event.label: event.ungraded for event in data.events[1:] if event.ungraded}


def fatal_beyond(data: AdverseData) -> int:
    """Patients with an event of grade 5 that no band of grades holds, though one has grade 4."""
    severe = [band for band in data.bands if band.low is not None and band.high >= HIGHEST - 1]
    if not severe or any(band.high == HIGHEST for band in severe):
        return 0
    return int((data.events[0].grade == HIGHEST).sum())


def without_value(data: AdverseData) -> Mapping[str, int]:
    """Patients without a value in a column of an event, by column."""
    return {e.name: int((~e.known).sum()) for e in data.events[1:] if not e.known.all()}
