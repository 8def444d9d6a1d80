"""Propensity-score matching: the report of `hcc2l psmatch`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hcc2l.analyses.accounting import account_notes, provenance
from hcc2l.analyses.cautions import endpoint_notes, reading_notes
from hcc2l.analyses.psmatch.balance import (
    Summary,
    balance_table,
    baseline_table,
    flow_table,
    matching_table,
    summarise,
)
from hcc2l.analyses.psmatch.data import MatchData, prepare
from hcc2l.analyses.psmatch.figure import psmatch_figure
from hcc2l.analyses.psmatch.methods import conventions, methods
from hcc2l.analyses.psmatch.notes import effect_notes, hazards_notes, match_notes
from hcc2l.analyses.psmatch.outcomes import (
    absent_effects,
    orders_table,
    outcome_tables,
    response_tables,
)
from hcc2l.analyses.psmatch.propensity import estimand
from hcc2l.analyses.psmatch.scores import (
    overlap_table,
    pairs_table,
    propensity_table,
    row_ids,
    scores_table,
    weights_of,
)
from hcc2l.cohort import Cohort
from hcc2l.number_format import number_text
from hcc2l.report import Note, Report, Table
from hcc2l.specs import PsmatchSpec


def run(cohort: Cohort, spec: PsmatchSpec) -> Report:
    """The report of a propensity-score analysis of a cohort.

    Raises
    ------
    UsageError
        An option names a column that is not in the cohort, or one that cannot be a covariate.
    InputError
        Cells of the cohort cannot be read.
    AnalysisError
        There is only one treatment, no patient has every covariate, the covariates separate the
        treatments completely, or no control lies within the caliper.
    """
    told: list[Note] = []
    if spec.imputes:
        from hcc2l.analyses.imputed import nothing_imputed
        from hcc2l.analyses.psmatch.pooled import pooled_matching, pooled_report

        matched = pooled_matching(cohort, spec)
        if matched is not None:
            return pooled_report(cohort, matched)
        told = nothing_imputed()
        spec = replace(spec, impute=None, imputations=None)
    data = prepare(cohort, spec)
    summaries = summarise(data)
    tables = _tables(cohort, data, summaries)
    t = data.treatment
    settings = spec.settings() | {
        "treatment": t.column,
        "treated": t.treated,
        "control": t.control,
        "estimand": estimand(data.spec) if spec.weighting == "iptw" else None,
        "ratio": spec.controls_each,
        "replace": spec.reuses,
        "endpoints": [outcome.name for outcome in data.outcomes],
        "distance_sd": data.sd,
        "tied_scores": data.tied,
    }
    text, references = methods(data, cohort, summaries, tables)
    return Report(
        title=f"{t.treated} versus {t.control}: propensity-score matching — {cohort.title}",
        provenance=provenance("psmatch", cohort, data.account, settings, conventions(data)),
        tables=tuple(tables),
        notes=(
            *reading_notes(cohort, *(o.endpoint.event_name for o in data.outcomes)),
            *(note for o in data.outcomes for note in endpoint_notes(o.endpoint)),
            *account_notes(data.account),
            *match_notes(cohort, data, summaries),
            *hazards_notes(data, tables),
            *effect_notes(absent_effects(data, tables)),
            *_panel_notes(data, tables),
            *told,
        ),
        draw=lambda: psmatch_figure(data, tables),
        save=lambda: _saved(cohort, data),
        methods=text,
        references=references,
        show_methods=spec.methods,
    )


def _panel_notes(data: MatchData, tables: list[Table]) -> list[Note]:
    if not data.spec.nph:
        return []
    from hcc2l.analyses.psmatch.panel import panel_notes

    return panel_notes(data, tables)


def _tables(cohort: Cohort, data: MatchData, summaries: list[Summary]) -> list[Table]:
    ids = row_ids(cohort, data)
    orders = orders_table(data)
    outcomes = outcome_tables(data)
    if data.spec.nph:
        from hcc2l.analyses.psmatch.panel import with_panel

        outcomes = with_panel(data, outcomes)
    return [
        matching_table(data),
        flow_table(data),
        baseline_table(data, summaries),
        balance_table(data, summaries),
        overlap_table(data),
        *outcomes,
        *response_tables(cohort, data),
        *([orders] if orders else []),
        propensity_table(data),
        pairs_table(data, ids),
        scores_table(data, ids),
    ]


def _saved(cohort: Cohort, data: MatchData) -> str:
    """The matched (or all weighted) patients as CSV, with their pair, propensity and weight."""
    weights = weights_of(data)
    keep = np.zeros(cohort.rows, dtype=np.bool_)
    keep[data.rows[weights > 0]] = True
    added = {name: [""] * cohort.rows for name in ("pair", "propensity", "weight")}
    for i, row in enumerate(data.rows.tolist()):
        added["pair"][row] = str(data.sets[i] + 1) if data.sets[i] >= 0 else ""
        added["propensity"][row] = number_text(float(data.propensity[i]))
        added["weight"][row] = number_text(float(weights[i]))
    return cohort.to_csv(added, keep)
