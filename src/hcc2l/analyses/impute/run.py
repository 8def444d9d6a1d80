"""The report of `hcc2l impute`: what was imputed, how, and whether the chains have settled."""

from __future__ import annotations

from hcc2l.analyses.accounting import account_notes, provenance
from hcc2l.analyses.cautions import endpoint_notes, reading_notes
from hcc2l.analyses.computed import opening_sentences, score_references
from hcc2l.analyses.imputation import (
    imputation_notes,
    imputation_references,
    imputation_sentences,
    imputation_table,
)
from hcc2l.analyses.impute.data import ImputeData, prepare
from hcc2l.analyses.impute.figure import imputation_figure
from hcc2l.analyses.impute.notes import impute_notes
from hcc2l.analyses.impute.tables import convergence_table, values_table
from hcc2l.analyses.outcome import computed_sentences
from hcc2l.cohort import Cohort
from hcc2l.design.stacked import stacked_csv
from hcc2l.report import Report
from hcc2l.specs import ImputeSpec
from hcc2l.wording import counted


def run(cohort: Cohort, spec: ImputeSpec) -> Report:
    """The report of an imputation; `save` gives the cohort and all completed ones.

    Raises
    ------
    UsageError
        A term or an endpoint is not in the cohort, or a term is an id, a date or an outcome.
    InputError
        Cells cannot be read.
    AnalysisError
        No rows remain, or a column has no value.
    """
    data = prepare(cohort, spec)
    imputed = data.imputed
    events = [endpoint.event_name for endpoint in data.endpoints]
    settings = spec.settings() | {
        "impute": imputed.sets,
        "iterations": imputed.iterations,
        "endpoints": [endpoint.name for endpoint in data.endpoints],
    }
    return Report(
        title=f"Multiple imputation — {cohort.title}",
        provenance=provenance("impute", cohort, data.account, settings, _conventions(data)),
        tables=(
            imputation_table(imputed),
            *((values_table(cohort, imputed),) if imputed.model.imputed else ()),
            convergence_table(imputed),
        ),
        notes=(
            *reading_notes(cohort, *events),
            *(note for endpoint in data.endpoints for note in endpoint_notes(endpoint)),
            *account_notes(data.account),
            *impute_notes(data),
            *imputation_notes(imputed, data.endpoints),
        ),
        draw=lambda: imputation_figure(cohort, imputed),
        save=lambda: stacked_csv(cohort, imputed),
        methods=" ".join(_methods(cohort, data)),
        references=(*score_references(cohort), *imputation_references(imputed)),
        show_methods=spec.methods,
    )


def _conventions(data: ImputeData) -> list[str]:
    """The footer's second line."""
    imputed = data.imputed
    return [
        f"{counted(imputed.sets, 'imputation')} by chained equations",
        f"{imputed.iterations} iterations", f"seed {imputed.seed}",
    ]  # fmt: skip


def _methods(cohort: Cohort, data: ImputeData) -> list[str]:
    """The methods paragraph."""
    return [
        *opening_sentences(cohort),
        *(s for endpoint in data.endpoints for s in computed_sentences(endpoint, cohort)),
        *imputation_sentences(data.imputed, cohort),
    ]
