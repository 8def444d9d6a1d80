"""Kaplan–Meier analysis: medians, survival at times, log-rank family, competing risks."""

from __future__ import annotations

from dataclasses import replace

from hcc2l.analyses.accounting import provenance
from hcc2l.analyses.cautions import row_notes
from hcc2l.analyses.km.data import KmData, prepare
from hcc2l.analyses.km.figure import km_figure
from hcc2l.analyses.km.methods import conventions, km_methods
from hcc2l.analyses.km.notes import km_notes
from hcc2l.analyses.km.tables import km_tables
from hcc2l.cohort import Cohort
from hcc2l.numerals import plain
from hcc2l.report import Report
from hcc2l.specs import KmSpec


def run(cohort: Cohort, spec: KmSpec) -> Report:
    """The report of a Kaplan–Meier analysis of a cohort.

    Raises
    ------
    UsageError
        An option names something that is not in the cohort.
    InputError
        A cell that is needed cannot be read.
    AnalysisError
        No rows, no events, or a single group to compare.
    """
    if spec.when or cohort.dictionary.exposures:
        from hcc2l.design.exposures import used_exposures

        used = used_exposures(cohort, spec.when, [spec.by] if spec.by else [])
        spec = replace(spec, when=used)
    if spec.imputes:
        from hcc2l.analyses.km.pooled import pooled_groups, pooled_report

        pooled = pooled_groups(cohort, spec)
        if pooled is not None:
            return pooled_report(cohort, *pooled)
    outcome, data = prepare(cohort, spec)
    tables = km_tables(data)
    notes = [*row_notes(cohort, outcome), *km_notes(cohort, data, tables)]
    if spec.imputes:
        from hcc2l.analyses.imputed import nothing_imputed

        notes += nothing_imputed()
    settings = spec.settings() | outcome.endpoint.settings
    settings |= {
        "levels": list(data.levels),
        "trend_levels": data.trend_levels if spec.trend else None,
    }
    text, references = km_methods(data, cohort, outcome.account, tables)
    return Report(
        title=_title(cohort, data),
        provenance=provenance("km", cohort, outcome.account, settings, conventions(data)),
        tables=tuple(tables),
        notes=tuple(notes),
        draw=lambda: km_figure(data, tables),
        methods=text,
        references=references,
        show_methods=spec.methods,
    )


def _title(cohort: Cohort, data: KmData) -> str:
    title = data.endpoint.label
    if data.spec.competing:
        title = f"Cumulative incidence of {data.endpoint.event_name}"
    if data.group:
        title += f" by {data.group.label}"
    if data.spec.landmark is not None:
        title += f", from a landmark at {plain(data.spec.landmark)}"
        title += f" {data.endpoint.unit}" if data.endpoint.unit else ""
    return f"{title} — {cohort.title}"
