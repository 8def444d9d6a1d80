"""The report of `hcc2l adverse`."""

from __future__ import annotations

from hcc2l.analyses.accounting import account_notes, provenance
from hcc2l.analyses.adverse.data import AdverseData, prepare
from hcc2l.analyses.adverse.figure import adverse_figure
from hcc2l.analyses.adverse.methods import adverse_methods, conventions
from hcc2l.analyses.adverse.notes import adverse_notes
from hcc2l.analyses.adverse.tables import adverse_tables
from hcc2l.analyses.cautions import reading_notes
from hcc2l.cohort import Cohort
from hcc2l.report import Report
from hcc2l.specs import AdverseSpec
from hcc2l.wording import in_sentence


def run(cohort: Cohort, spec: AdverseSpec) -> Report:
    """The report on the adverse events of a cohort.

    Raises
    ------
    UsageError
        An option names what is not there, or a band that has no grades.
    InputError
        A cell cannot be read, or the patient of an event is not in the cohort.
    AnalysisError
        No rows, no events, or a single group.
    """
    account, data = prepare(cohort, spec)
    reading = data.reading
    settings = spec.settings() | {
        "bands": [band.name for band in data.bands],
        "events_sha256": reading.sha256,
        **{key: reading.columns.get(key) for key in ("id", "term", "grade")},
    }
    text, references = adverse_methods(data, cohort)
    return Report(
        title=_title(cohort, data),
        provenance=provenance("adverse", cohort, account, settings, conventions(data)),
        tables=tuple(adverse_tables(data)),
        notes=(*reading_notes(cohort), *account_notes(account), *adverse_notes(data)),
        draw=lambda: adverse_figure(data),
        methods=text,
        references=references,
        show_methods=spec.methods,
    )


def _title(cohort: Cohort, data: AdverseData) -> str:
    by = f" by {in_sentence(data.by)}" if data.by else ""
    return f"Adverse events{by} — {cohort.title}"
