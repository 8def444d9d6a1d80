"""Every finding on a cohort: one small function for each."""

from __future__ import annotations

from collections.abc import Callable

from hcc2l.analyses.check import dates, groups, numbers, outcomes, patients
from hcc2l.analyses.check.data import Found
from hcc2l.analyses.check.finding import (
    SEVERITIES,
    Finding,
    Findings,
)
from hcc2l.errors import did_you_mean
from hcc2l.wording import listed


def columns_without_information(found: Found) -> Findings:
    """Empty and constant columns."""
    empty = [c.name for c in found.columns if not c.present.any()]
    if empty:
        yield Finding("note", "empty-column", None, (), f"Empty: {listed(empty)}.")
    constant = [c.name for c in found.columns if c.different == 1 and c.present.all()]
    if constant:
        text = f"The same value in every row: {listed(constant)}."
        yield Finding("note", "constant", None, (), text)


def free_text(found: Found) -> Findings:
    """Columns of text that are no groups."""
    names = [c.name for c in found.columns if c.reading == "text"]
    if names:
        text = f"Free text, or too many different values for groups: {listed(names)}."
        yield Finding("note", "free-text", None, (), text)


def known_after_baseline(found: Found) -> Findings:
    """What is known only after the start of treatment."""
    names = [c.name for c in found.columns if c.role == "post-baseline" and c.reading != "date"]
    if names:
        yield Finding(
            "note", "after-baseline", None, (), f"Known only after baseline: {listed(names)}.",
            "Used as groups, they need --landmark; as covariates of survival, they bias results.",
        )  # fmt: skip


def absent_columns(found: Found) -> Findings:
    """Columns that the dictionary names and that are not in the file."""
    for name in found.cohort.dictionary.named_columns():
        if name in found.cohort.nameable:
            continue
        yield Finding(
            "warning", "dictionary-column", name, (),
            "The dictionary names this column, but it is not in the file.",
            did_you_mean(name, found.cohort.names, listed=0) or "Correct the dictionary.",
        )  # fmt: skip


Check = Callable[[Found], Findings]
CHECKS: tuple[Check, ...] = (
    patients.repeated_patients, patients.missing_ids, dates.dates_before_start,
    dates.dates_after_death, dates.events_and_dates, dates.durations_and_dates,
    dates.impossible_dates, dates.date_orders, dates.unread_dates, groups.ecog_five,
    groups.words_read_as_missing, numbers.impossible_values, outcomes.endpoints,
    outcomes.no_endpoint, outcomes.rival_columns, numbers.mixed_units, numbers.missing_codes,
    numbers.wrong_cells, numbers.ambiguous_numbers, groups.similar_levels, groups.unexpected_levels,
    groups.missing_words, groups.several_values, groups.unnamed_values, dates.serial_dates,
    patients.nearly_empty_rows, absent_columns, patients.unknown_id, groups.classes_with_points,
    numbers.number_formats, numbers.detection_limits, numbers.units_by_values,
    numbers.parts_of_scores, groups.codes_without_labels, groups.checkboxes,
    columns_without_information, free_text, known_after_baseline,
)  # fmt: skip


def findings(found: Found) -> tuple[Finding, ...]:
    """Every finding, errors first, then warnings, then notes."""
    every = [finding for check in CHECKS for finding in check(found)]
    return tuple(sorted(every, key=lambda finding: SEVERITIES.index(finding.severity)))
