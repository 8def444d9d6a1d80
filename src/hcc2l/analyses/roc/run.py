"""ROC analysis: areas, cut-offs and their validation, time-dependent curves, maxstat."""

from __future__ import annotations

from hcc2l.analyses.accounting import provenance
from hcc2l.analyses.roc.data import RocData, prepare
from hcc2l.analyses.roc.figure import roc_figure
from hcc2l.analyses.roc.methods import conventions, roc_methods
from hcc2l.analyses.roc.notes import roc_notes
from hcc2l.analyses.roc.results import analyse
from hcc2l.analyses.roc.tables import roc_tables
from hcc2l.cohort import Cohort
from hcc2l.errors import UsageError
from hcc2l.report import Report
from hcc2l.specs import RocSpec


def run(cohort: Cohort, spec: RocSpec) -> Report:
    """The report of a ROC analysis.

    Raises
    ------
    UsageError
        An option names a column that is not in the cohort, or that cannot be a marker.
    InputError
        The cohort's cells are wrong.
    AnalysisError
        No rows remain, all or none of the patients have the outcome, or a marker is constant.
    """
    data = prepare(cohort, spec)
    if spec.compare and len(data.label_of) < 2 and data.group is None:
        raise UsageError(
            "There is nothing to compare: there is only one marker, and there are no groups.",
            where="--compare", hint="Name another --marker, or add --combine A+B or --by TERM.",
        )  # fmt: skip
    results, skipped = analyse(data)
    tables = roc_tables(data, results)
    text, references = roc_methods(data, results, tables)
    return Report(
        title=f"{_title(data)} — {cohort.title}",
        provenance=provenance("roc", cohort, data.account, _settings(data), conventions(data)),
        tables=tuple(tables),
        notes=tuple(roc_notes(data, results, skipped)),
        draw=lambda: roc_figure(data, results, tables),
        methods=text,
        references=references,
        show_methods=spec.methods,
    )


def _title(data: RocData) -> str:
    if data.positive is not None:
        return f"{data.outcome[:1].upper()}{data.outcome[1:]}: ROC analysis"
    assert data.survival is not None
    return f"{data.survival.endpoint.label}: cut-points"


def _settings(data: RocData) -> dict[str, object]:
    spec = data.spec
    settings = spec.settings() | {
        "marker": list(data.markers), "boot": spec.samples, "outcome": data.outcome_code or None,
    }  # fmt: skip
    if data.survival is not None:
        settings |= data.survival.endpoint.settings
    return settings
