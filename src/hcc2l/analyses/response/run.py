"""Tumour response: categories, rates with intervals, comparisons, duration and depth."""

from __future__ import annotations

from hcc2l.analyses.accounting import account_notes, provenance
from hcc2l.analyses.cautions import endpoint_notes, reading_notes
from hcc2l.analyses.response.data import ResponseData, prepare
from hcc2l.analyses.response.figure import response_figure
from hcc2l.analyses.response.methods import conventions, response_methods
from hcc2l.analyses.response.notes import response_notes
from hcc2l.analyses.response.tables import response_tables
from hcc2l.cohort import Cohort
from hcc2l.report import Note, Report
from hcc2l.specs import ResponseSpec
from hcc2l.wording import in_sentence, listed


def run(cohort: Cohort, spec: ResponseSpec) -> Report:
    """The report of the responses of a cohort.

    Raises
    ------
    UsageError
        An option names something that is not in the cohort, or no response column is recognised.
    InputError
        A cell that is needed cannot be read, or is no response.
    AnalysisError
        No rows, no responses, or a single group to compare.
    """
    data = prepare(cohort, spec)
    tables = response_tables(data)
    named = {table.name: table for table in tables}
    settings = spec.settings() | {
        "response": [criterion.name for criterion in data.criteria],
        "levels": list(data.levels),
    }
    if data.duration:
        settings |= data.duration.endpoint.settings
    text, references = response_methods(cohort, data, named)
    return Report(
        title=_title(cohort, data),
        provenance=provenance("response", cohort, data.account, settings, conventions(data, named)),
        tables=tuple(tables),
        notes=tuple(_notes(cohort, data)),
        draw=lambda: response_figure(data, named),
        methods=text,
        references=references,
        show_methods=spec.methods,
    )


def _notes(cohort: Cohort, data: ResponseData) -> list[Note]:
    endpoint = data.duration.endpoint if data.duration else None
    events = [endpoint.event_name] if endpoint else []
    notes = reading_notes(cohort, *events, *(criterion.name for criterion in data.criteria))
    notes += endpoint_notes(endpoint) if endpoint else []
    notes += [
        Note(
            "info",
            "option-without-effect",
            f"{option} has no effect here: it applies only with {to}.",
        )
        for option, to in data.spec.without_effect.items()
    ]
    return [*notes, *account_notes(data.account), *response_notes(cohort, data)]


def _title(cohort: Cohort, data: ResponseData) -> str:
    title = listed([criterion.label for criterion in data.criteria])
    if data.group:
        title += f" by {in_sentence(data.group.label)}"
    return f"{title} — {cohort.title}"
