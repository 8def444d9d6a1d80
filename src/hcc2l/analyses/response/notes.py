"""What a statistician would remark about an analysis of response."""

from __future__ import annotations

from shlex import quote

from hcc2l.analyses.cautions import FEW_PATIENTS
from hcc2l.analyses.response.data import ResponseData
from hcc2l.analyses.response.findings import (
    change_is_proportion,
    contradictions,
    evaluable_shares,
    sparse,
    tiny_groups,
    without_duration,
)
from hcc2l.cohort import Cohort
from hcc2l.numerals import percent
from hcc2l.report import Note
from hcc2l.wording import counted, listed


def response_notes(cohort: Cohort, data: ResponseData) -> list[Note]:
    """The notes on the responses, the groups, the tests, the durations and the changes."""
    notes = _response_notes(data)
    if data.group:
        notes += _group_notes(cohort, data)
        notes += _evaluable_notes(data)
        notes += _test_notes(data)
    notes += _duration_notes(data)
    notes += _change_notes(data)
    text = (
        "Response is known only after baseline, and patients must survive to be assessed. Do not "
        "compare survival by response from time 0; use a landmark (hcc2l km --by "
        f"{quote(data.criteria[0].name)} --landmark T)."
    )
    return [*notes, Note("info", "response-after-baseline", text)]


def _response_notes(data: ResponseData) -> list[Note]:
    notes = []
    if data.recognised:
        name = data.criteria[0].name
        text = f"The best response is the column {name}, recognised by its name."
        notes.append(Note("info", "response-recognised", text))
    for criterion in data.criteria:
        unknown = int((criterion.codes < 0).sum())
        if unknown:
            text = (
                f"{criterion.name}: no response is recorded for {counted(unknown, 'patient')}. "
                "Among all patients they count as no response; rates among those with a recorded "
                "response are in the table rates."
            )
            notes.append(Note("info", "response-missing", text))
    return notes


def _group_notes(cohort: Cohort, data: ResponseData) -> list[Note]:
    notes, group = [], data.group
    assert group is not None
    if cohort.known_after_start(group.column):
        text = (
            f"{group.label} is determined only after time 0, so that its groups may be a result of "
            "the response rather than a cause of it. Compare groups that were known at baseline, "
            f'or, if this one was, set role = "baseline" for {group.column} in hcc2l.toml.'
        )
        notes.append(Note("warning", "group-after-baseline", text))
    tiny = tiny_groups(data)
    if tiny:
        names = ", ".join(f"{level} ({n})" for level, n in tiny)
        text = (
            f"Fewer than {FEW_PATIENTS} patients in: {names}. Their rates have intervals over "
            "most of 0–100%; report the numbers of patients."
        )
        notes.append(Note("warning", "tiny-group", text))
    return notes


def _evaluable_notes(data: ResponseData) -> list[Note]:
    notes = []
    for criterion, shares in evaluable_shares(data):
        named = ", ".join(f"{level} {percent(share, 1)}" for level, share in shares)
        text = (
            f"{criterion.label}: the proportion of evaluable patients differs between groups "
            f"({named}). Rates among evaluable patients then compare differently selected "
            "patients; report the rates of all patients."
        )
        notes.append(Note("warning", "evaluable-differs", text))
    return notes


def _test_notes(data: ResponseData) -> list[Note]:
    notes = []
    names = [criterion.label for criterion in sparse(data)]
    if names:
        advice = "Rely on ORR and DCR, whose tests are exact where counts are small."
        if len(data.levels) > 2:  # Fisher's test is for two groups
            advice = "So are those of single rates where counts are small: report the counts."
        text = (
            f"The chi-square test of all categories ({listed(names)}) has expected counts below 5, "
            f"so its p-value is approximate. {advice}"
        )
        notes.append(Note("warning", "expected-counts", text))
    text = (
        "Each response and each rate is tested separately, and the p-values are not independent. "
        "Report the test of the rate that was planned, usually ORR."
    )
    return [*notes, Note("info", "multiple-tests", text)]


def _duration_notes(data: ResponseData) -> list[Note]:
    duration, notes = data.duration, []
    if duration is None:
        return []
    absent = without_duration(data)
    if absent:
        have = "has" if absent == 1 else "have"
        text = (
            f"{counted(absent, 'responder')} {have} no duration of response, because "
            f"{duration.column} or the endpoint is missing. Complete the cells, or report their "
            "number."
        )
        notes.append(Note("warning", "duration-missing", text))
    if data.group:
        text = (
            "Durations of response are those of responders, who are not comparable between "
            "groups even in a randomised trial. Describe them; do not infer an effect."
        )
        notes.append(Note("warning", "duration-of-responders", text))
    return notes


def _change_notes(data: ResponseData) -> list[Note]:
    change, notes = data.change, []
    if change is None:
        return []
    if change_is_proportion(data):
        text = (
            f"All changes in {change.column} lie between −1 and 1 and were read as percentages. "
            "If they are proportions, multiply them by 100."
        )
        notes.append(Note("warning", "change-as-proportion", text))
    against = contradictions(data)
    if against:
        text = (
            f"{counted(against, 'patient')} with CR or PR {'has' if against == 1 else 'have'} a "
            f"best change ({change.column}) that is no decrease by at least 30%. Check the "
            "responses and the measurements."
        )
        notes.append(Note("warning", "change-contradicts", text))
    return notes
