"""The notes that every analysis shares: reading, endpoint, excluded rows, small groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hcc2l.analyses.accounting import account_notes
from hcc2l.analyses.computed import score_notes
from hcc2l.analyses.outcome import Outcome
from hcc2l.cohort import Cohort
from hcc2l.column import occurrences
from hcc2l.design import (
    Endpoint,
    Factor,
    Mask,
)
from hcc2l.design.model import ModelTerm
from hcc2l.errors import quoted_list
from hcc2l.multiselect import MultiSelect
from hcc2l.number_format import NumberFormat
from hcc2l.report import Note
from hcc2l.wording import counted, listed

FEW_EVENTS = 10


FEW_PATIENTS = 5


def row_notes(cohort: Cohort, outcome: Outcome, *events: str) -> list[Note]:
    """Notes on reading, the endpoint and excluded rows; `events` are further columns of events."""
    notes = reading_notes(cohort, outcome.endpoint.event_name, *events)
    return notes + endpoint_notes(outcome.endpoint) + account_notes(outcome.account)


def endpoint_notes(endpoint: Endpoint) -> list[Note]:
    """Notes on how the endpoint was recognised and which values count as censored."""
    notes = []
    if endpoint.recognised:
        notes.append(
            Note(
                "info",
                "endpoint-recognised",
                f"{endpoint.label} was recognised by the column names "
                f"{', '.join(endpoint.columns)}.",
            )
        )
    if endpoint.other_values:
        notes.append(
            Note(
                "warning",
                "event-values",
                f"{endpoint.event_column} also has the values "
                f"{quoted_list(endpoint.other_values)}; patients with any of these are treated as "
                "censored. If one of them is a competing event, use hcc2l km --competing.",
            )
        )
    return notes


def reading_notes(cohort: Cohort, *events: str) -> list[Note]:
    """Notes on what was inferred when the cohort was read.

    `events` are columns of events, whose words are understood in capitals or not.
    """
    notes = [Note("info", "reading", f"{cohort.source.file}: {r}.") for r in cohort.source.remarks]
    notes += [_number_format_note(name, form) for name, form in cohort.number_formats().items()]
    if cohort.dictionary.id is None and cohort.id_column is not None:
        text = f"Patients are identified by the column {cohort.id_column}, recognised by its name."
        notes.append(Note("info", "id-recognised", text))
    for name, limits in cohort.limits().items():
        kinds = quoted_list(dict.fromkeys(limits.values()))
        count = "1 cell is a detection limit"
        if len(limits) > 1:
            count = f"{len(limits)} cells are detection limits"
        text = f"{name}: {count} ({kinds}); the limit itself is used as the value."
        notes.append(Note("info", "detection-limits", text))
    notes += _cell_notes(cohort)
    for recoding in cohort.recodings():
        text = f"{recoding.column} was recoded as hcc2l.toml says: {recoding.described}."
        notes.append(Note("info", "recoded", text))
    notes += [_several_values_note(several) for several in cohort.several_values()]
    for name, cells in cohort.mixed().items():
        text = (
            f"{name} is treated as a grouping variable because it contains "
            f"{quoted_list(map(repr, cells))} as well as numbers. Correct the cells, declare a "
            "code for missing values (--na), or, if groups are intended, set "
            f'type = "factor" for {name} in hcc2l.toml.'
        )
        notes.append(Note("warning", "numbers-as-groups", text))
    for name, spellings in cohort.similar_levels(*events).items():
        notes += [_similar_levels_note(name, rows) for rows in spellings]
    notes += score_notes(cohort)
    absent = cohort.dictionary_columns_absent()
    if absent:
        notes.append(Note("info", "dictionary-columns", absent.strip()))
    return notes


def _several_values_note(several: MultiSelect) -> Note:
    """How many patients have several values of a column, and how it was read."""
    patients = counted(int((~several.missing).sum()), "patient")
    text = f"{several.name}: {several.several} of {patients} have more than one value"
    if several.columns != (several.name,):
        text += f"; read from the checkboxes in {counted(len(several.columns), 'column')}"
    for counts in several.spellings:
        spelt = [f"{spelling!r} ({n})" for spelling, n in counts.items()]
        text += f"; {listed(spelt)} were read as one value"
    return Note("info", "several-values", f"{text}.")


def _cell_notes(cohort: Cohort) -> list[Note]:
    """Notes on cells that were understood otherwise than as they are written."""
    notes = []
    for name, words in cohort.words_for_missing().items():
        listed = quoted_list([f"{word!r} ({count})" for word, count in words.items()], 6)
        text = (
            f"{name}: cells with {listed} were read as missing. If one is a level, list the levels "
            f"of {name} in hcc2l.toml."
        )
        notes.append(Note("info", "missing-words", text))
    for name, signs in cohort.taken_signs().items():
        for sign, (count, example) in signs.items():
            cells = f"{count} cell{'s' if count > 1 else ''} such as {example!r}"
            text = f"{name}: {cells} were read as numbers without {sign}."
            if sign.endswith("digits"):
                text = f"{name}: {cells} were read as numbers with {sign}."
            notes.append(Note("info", "signs-in-numbers", text))
    for name, reading in cohort.date_readings.items():
        notes.append(Note("info", "dates", f"{name}: {reading}."))
    for name, code in cohort.suspected_codes().items():
        text = (
            f"{name}: {code[0]} occurs in {code[1]} cells and lies far beyond all other values. If "
            f'it means missing, set missing = ["{code[0]}"] for {name} in hcc2l.toml.'
        )
        notes.append(Note("warning", "missing-code", text))
    return notes


def _number_format_note(name: str, form: NumberFormat) -> Note:
    """A warning that signs among the digits of a column were read against the plain form."""
    first = form.examples[0]
    sign = "comma" if form.decimal == "," else "point"
    meaning = f"decimal {sign}s, unlike the rest of the file"
    if form.grouped:
        meaning = f"thousands separators, because the decimal sign of the column is the {sign}"
    cells = f"{form.cells} cell{'s' if form.cells > 1 else ''} ({quoted_list(form.examples)})"
    text = (
        f"{name}: the {'points' if (form.decimal == ',') == form.grouped else 'commas'} in {cells} "
        f"were read as {meaning}; {first} is {form.plain_cell(first)}. If that is wrong, correct "
        "the cells or use --decimal."
    )
    return Note("warning", "number-format", text)


def _similar_levels_note(name: str, rows: Mapping[str, int]) -> Note:
    """A warning that levels of a column may be spellings of one."""
    levels = [f"{level!r} ({count})" for level, count in rows.items()]
    text = (
        f"{name}: {', '.join(levels[:-1])} and {levels[-1]} differ only in capitals, blanks or "
        "accents but are treated as different levels. If they are one level, correct the cells, or "
        "merge them in hcc2l.toml; hcc2l check prints the lines."
    )
    return Note("warning", "similar-levels", text)


def post_baseline_note(cohort: Cohort, factor: Factor, landmark: float | None) -> list[Note]:
    """A warning of immortal time where groups are known only after time zero."""
    if landmark or not cohort.known_after_start(factor.column):
        return []
    return [
        Note(
            "warning",
            "immortal-time",
            f"{factor.label} is determined only after time 0, and patients must survive long "
            "enough for it to be observed, so the groups are not comparable from time 0 "
            "(immortal-time bias). Compare them from a landmark at which it is known "
            "(--landmark T), by an exposure that begins at its date (--when NAME=COL), or, if it "
            f'was known at baseline, set role = "baseline" for {factor.column} in hcc2l.toml.',
        )
    ]


def group_size_notes(factor: Factor, event: Mask) -> list[Note]:
    """Warnings of groups with few patients or few events."""
    tiny: list[str] = []
    few: list[str] = []
    patients = occurrences(factor.codes, len(factor.levels))
    events = occurrences(factor.codes, len(factor.levels), event)
    for level, n, d in zip(factor.levels, patients.tolist(), events.tolist(), strict=True):
        if n < FEW_PATIENTS:
            tiny.append(f"{level} ({n})")
        elif d < FEW_EVENTS:
            few.append(f"{level} ({d})")
    notes = []
    if tiny:
        notes.append(
            Note(
                "warning",
                "tiny-group",
                f"Fewer than {FEW_PATIENTS} patients in: {', '.join(tiny)}. Their curves and any "
                "test that involves them are unreliable; describe these patients individually.",
            )
        )
    if few:
        notes.append(
            Note(
                "warning",
                "few-events",
                f"Fewer than {FEW_EVENTS} events in: {', '.join(few)}. Medians and p-values for "
                "these groups are unstable; report the numbers of events and interpret with "
                "caution.",
            )
        )
    return notes


def constant_notes(constant: Sequence[ModelTerm]) -> list[Note]:
    """A note on the covariates that `--drop-constant` dropped."""
    if not constant:
        return []
    names = listed([term.text for term in constant])
    text = f"{names} has the same value in all patients analysed and was dropped"
    if len(constant) > 1:
        text = f"{names} have the same value in all patients analysed and were dropped"
    return [Note("warning", "constant-dropped", f"{text}, as --drop-constant asks.")]
