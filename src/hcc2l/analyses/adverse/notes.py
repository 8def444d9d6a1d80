"""Notes of an analysis of adverse events: what is wrong, in which patients, and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from hcc2l.analyses.adverse.data import AdverseData
from hcc2l.analyses.adverse.events import Event, Reading
from hcc2l.analyses.adverse.findings import (
    FEWEST,
    approximate,
    fatal_beyond,
    rare,
    reasons_approximate,
    tested,
    ungraded,
    without_value,
)
from hcc2l.analyses.adverse.grades import ANY, Band
from hcc2l.errors import quoted_list
from hcc2l.numerals import number, p_below
from hcc2l.report import Note
from hcc2l.wording import counted, in_sentence, listed

SIGNIFICANT = 0.05
MANY_TESTS = 5
_MOST = 8  # events that a note names
_WHAT = {"id": "patients", "term": "events", "grade": "grades"}


def adverse_notes(data: AdverseData) -> list[Note]:
    """Notes on the reading of the events, on their grades, and on the comparisons."""
    return [*_reading_notes(data.reading), *_grade_notes(data), *_test_notes(data)]


def _reading_notes(reading: Reading) -> list[Note]:
    notes = [Note("info", "events-file", f"{reading.file}: {r}.") for r in reading.remarks]
    if reading.recognised:
        columns = listed([f"{_WHAT[key]} by {reading.columns[key]}" for key in reading.recognised])
        text = f"{reading.file}: {columns}, recognised by the names of the columns."
        notes.append(Note("info", "columns-recognised", text))
    if reading.file and "grade" not in reading.columns:
        text = f"{reading.file}: no column was recognised as the grades, so that events are counted"
        text += " at any grade. If there is one, name it with --grade."
        notes.append(Note("info", "no-grades", text))
    if reading.without_event:
        rows = counted(reading.without_event, "row")
        text = f"{reading.file}: {rows} without an event, or of grade 0, did not count."
        notes.append(Note("info", "no-event", text))
    for term, spellings in reading.spellings.items():
        others = [f"{text!r} ({n})" for text, n in spellings.items() if text != term]
        text = f"{reading.file}: {quoted_list(others)} was counted as {term!r}, which differs only "
        text += "in capitals, blanks or full-width letters."
        notes.append(Note("info", "spellings-merged", text))
    if reading.yes_no:
        text = f"Read as no and yes, without grades: {quoted_list(reading.yes_no, _MOST)}."
        notes.append(Note("info", "no-grades", text))
    return notes


def _grade_notes(data: AdverseData) -> list[Note]:
    notes = []
    unknown = ungraded(data)
    if unknown and data.bands != (ANY,):
        events = quoted_list((f"{label} ({n})" for label, n in unknown.items()), _MOST)
        notes.append(
            Note("warning", "grade-unknown",
                 f"Patients with an event of unknown grade: {events}. They count as having the "
                 "event, but in no band of grades. Complete the grades.")
        )  # fmt: skip
    fatal = fatal_beyond(data)
    if fatal:
        notes.append(
            Note("warning", "grade-5",
                 f"{counted(fatal, 'patient')} had an adverse event of grade 5, which counts in no "
                 "band but any. Use --bands any,3-5, or add the band 5.")
        )  # fmt: skip
    absent = without_value(data)
    if absent:
        columns = quoted_list((f"{name} ({n})" for name, n in absent.items()), _MOST)
        notes.append(
            Note("warning", "event-missing",
                 f"Patients without a value: {columns}. They are excluded from the percentages of "
                 "that event; any adverse event is counted from their other values.")
        )  # fmt: skip
    if data.unlisted:
        labels = quoted_list((event.label for event in data.unlisted), _MOST)
        bands = listed([in_sentence(band.label) for band in data.bands], "or")
        notes.append(
            Note("info", "events-not-listed",
                 f"Not in the table, as no patient analysed had them in {bands}: {labels}.")
        )  # fmt: skip
    return notes


def _test_notes(data: AdverseData) -> list[Note]:
    notes = []
    poor = _named(approximate(data), data)
    poor += ["the reasons for stopping"] if reasons_approximate(data) else []
    if poor:
        notes.append(
            Note("warning", "small-expected-counts",
                 f"The chi-square test is unreliable, with an expected count below 5: "
                 f"{quoted_list(poor, _MOST)}. Merge rare levels, or report "
                 "the counts alone.")
        )  # fmt: skip
    few = rare(data)
    if few:
        notes.append(
            Note("info", "rare-events",
                 f"Fewer than {FEWEST} patients had: {quoted_list(_named(few, data), _MOST)}. A "
                 "test of so few events has little power; a large p-value does not show that the "
                 "groups are similar.")
        )  # fmt: skip
    tests = len(tested(data))
    if tests > MANY_TESTS:
        notes.append(
            Note("info", "many-tests",
                 f"{tests} comparisons were made, of which about {number(tests * SIGNIFICANT, 1)} "
                 f"would have {p_below(SIGNIFICANT)} by chance alone. Interpret single p-values as "
                 "exploratory.")
        )  # fmt: skip
    return notes


def _named(comparisons: Sequence[tuple[Event, Band]], data: AdverseData) -> list[str]:
    """The events compared, with the band where the table has several."""
    if len(data.bands) == 1:
        return [event.label for event, _ in comparisons]
    return [f"{event.label} ({in_sentence(band.label)})" for event, band in comparisons]
