"""Markers, scores and classes before and after: the report of `hcc2l change`."""

from __future__ import annotations

from hcc2l.analyses.accounting import provenance
from hcc2l.analyses.cautions import reading_notes
from hcc2l.analyses.change.data import prepare
from hcc2l.analyses.change.figure import change_figure
from hcc2l.analyses.change.methods import change_methods, conventions, tests_shown
from hcc2l.analyses.change.notes import change_notes
from hcc2l.analyses.change.results import between_groups, changes
from hcc2l.analyses.change.tables import shift_table, summary_table, tests_table
from hcc2l.cohort import Cohort
from hcc2l.report import Report
from hcc2l.specs import ChangeSpec


def run(cohort: Cohort, spec: ChangeSpec) -> Report:
    """The report of a comparison of before and after, within patients.

    Raises
    ------
    UsageError
        A column is not in the cohort, or the two of a pair cannot be compared.
    InputError
        Cells of the cohort cannot be read.
    AnalysisError
        Fewer than two patients have both values of a pair.
    """
    data = prepare(cohort, spec)
    found, between = changes(data), list(between_groups(data))
    text, references = change_methods(cohort, data, found, [test.name for _, test in between])
    labels = ", ".join(dict.fromkeys(pair.label for pair in data.pairs))
    return Report(
        title=f"{labels}: before and after — {cohort.title}",
        provenance=provenance(
            "change", cohort, data.account, spec.settings(), conventions(data, tests_shown(found))
        ),
        tables=(
            summary_table(data, found, between),
            shift_table(data, found),
            tests_table(found, between),
        ),
        notes=(*reading_notes(cohort), *change_notes(cohort, data, found, between)),
        draw=lambda: change_figure(data, found),
        methods=text,
        references=references,
        show_methods=spec.methods,
    )
