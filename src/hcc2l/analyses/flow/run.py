"""The report of `hcc2l flow`: the patients at each step, and why others were excluded."""

from __future__ import annotations

from hcc2l.analyses.accounting import account_notes, provenance
from hcc2l.analyses.cautions import reading_notes
from hcc2l.analyses.computed import score_references
from hcc2l.analyses.flow.data import prepare
from hcc2l.analyses.flow.figure import flow_figure
from hcc2l.analyses.flow.methods import flow_methods
from hcc2l.analyses.flow.tables import steps_table
from hcc2l.cohort import Cohort
from hcc2l.report import Report
from hcc2l.specs import FlowSpec


def run(cohort: Cohort, spec: FlowSpec) -> Report:
    """The report of the flow of a cohort's patients.

    Raises
    ------
    UsageError
        An option cannot be read, or the stated numbers do not add up.
    InputError
        A patient has several rows, or the matched patients are not those of the cohort.
    AnalysisError
        A step leaves no rows.
    """
    data = prepare(cohort, spec)
    settings = spec.settings() | {"levels": [list(arm.levels) for arm in data.arms]}
    return Report(
        title=f"Flow of patients — {cohort.title}",
        provenance=provenance("flow", cohort, data.remaining, settings, []),
        tables=(steps_table(data),),
        notes=(*reading_notes(cohort), *account_notes(data.account)),
        draw=lambda: flow_figure(data),
        methods=flow_methods(cohort, data),
        references=tuple(score_references(cohort)),
        show_methods=spec.methods,
    )
