"""What every analysis says of imputed values: table, notes, methods; and imputations of a file."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np

from hcc2l import references
from hcc2l.cohort import Cohort
from hcc2l.design import Endpoint
from hcc2l.design.imputation import ImputationModel, Imputations, ModelledColumn
from hcc2l.design.recorded_scores import RecordedScore
from hcc2l.design.stacked import COUNTING, imputations_of
from hcc2l.numerals import percent_of
from hcc2l.readers import read_beside
from hcc2l.report import Column, Note, Table
from hcc2l.stats.imputation.mean_matching import DONORS
from hcc2l.stats.logrank import logrank
from hcc2l.vocabulary import imputation_column
from hcc2l.wording import counted, in_sentence, in_words, listed

METHOD_LABELS = {
    "pmm": "predictive mean matching",
    "pmm-log": "predictive mean matching, log scale",
    "logistic": "logistic regression",
    "ordinal": "proportional-odds regression",
    "multinomial": "multinomial logistic regression",
    "computed": "computed from its parts",
}
MOSTLY = 0.5  # share of values above which most of a column is imputed
FEW_KNOWN = 20
BY_OUTCOME = 0.05  # p of the log-rank test of patients with and without a gap


def imputations_from_file(cohort: Cohort, path: str | Path, model: ImputationModel) -> Imputations:
    """The completed cohorts of ``--imputations FILE``; see `imputations_of`."""
    stacked = read_beside(
        cohort, path, counting=COUNTING,
        id_column=lambda names: cohort.id_column if imputation_column(names) else None,
    )  # fmt: skip
    return imputations_of(cohort, model, stacked)


def imputation_table(imputed: Imputations) -> Table:
    """One row for each column of the imputation model: how many values were imputed, and how."""
    model = imputed.model
    n = int(model.rows.sum())
    found = sorted(model.every, key=lambda one: -int(one.gaps.sum()))
    rows = tuple(
        {
            "variable": one.name,
            "label": one.label,
            "method": _method(one) if imputed.chains and one.gaps.any() else None,
            "n": n,
            "n_missing": int(one.gaps.sum()),
            "percent": float(one.gaps.sum()) / n if n else None,
        }
        for one in found
    )
    shown = (
        Column("Column", ("label",)),
        Column("Imputed by", ("method",), labels=METHOD_LABELS),
        Column("n", ("n",)),
        Column("Imputed", ("n_missing", "percent"), form="summary"),
    )
    keys = ("variable", "label", "method", "n", "n_missing", "percent")
    incomplete = f"{counted(model.incomplete, 'patient')} with a missing value"
    footnotes = (f"{counted(imputed.sets, 'imputation')} of {incomplete}.",)
    return Table("imputation", "Values imputed", keys, rows, shown, footnotes)


def _method(column: ModelledColumn | RecordedScore) -> str | None:
    if isinstance(column, RecordedScore):
        return "computed"
    return "pmm-log" if column.method == "pmm" and column.log else column.method


def imputation_notes(imputed: Imputations, endpoints: Sequence[Endpoint] = ()) -> list[Note]:
    """What a statistician would remark on the gaps of a cohort and on their imputation."""
    model = imputed.model
    n = int(model.rows.sum())
    notes = []
    for column in model.imputed:
        missing, label = int(column.gaps.sum()), in_sentence(column.label)
        if missing > MOSTLY * n:
            text = (
                f"{column.label} is missing in {missing} of {n} patients "
                f"({percent_of(missing / n, n)}): most of its values are imputed. Report the "
                "result without it too, and be cautious with its effect."
            )
            notes.append(Note("warning", "mostly-imputed", text))
        elif n - missing < FEW_KNOWN:
            text = (
                f"The missing values of {label} are imputed from those of only "
                f"{counted(n - missing, 'patient')}. Omit it, or analyse more patients."
            )
            notes.append(Note("warning", "few-known", text))
    notes += [note for endpoint in endpoints for note in _notes_by_outcome(model, endpoint)]
    return notes + _notes_on_fits(imputed)


def _notes_by_outcome(model: ImputationModel, endpoint: Endpoint) -> list[Note]:
    """A note on the columns whose gaps depend on the outcome, by the log-rank test."""
    time, event = endpoint.time[model.rows], endpoint.event[model.rows] == 1
    found = []
    for column in model.imputed:
        gaps = column.gaps[model.rows].astype(np.int64)
        if gaps.all():
            continue
        if logrank(time, event, gaps, 2).p < BY_OUTCOME:
            found.append(in_sentence(column.label))
    if not found:
        return []
    text = (
        f"Whether {listed(found, 'or')} is missing depends on {in_sentence(endpoint.label)} "
        "(log-rank test of patients with and without the value, p < 0.05), so the complete cases "
        "are a selected group. The imputation allows for it as far as the other columns explain "
        "it; report the complete-case result beside it."
    )
    return [Note("warning", "gaps-by-outcome", text)]


def _notes_on_fits(imputed: Imputations) -> list[Note]:
    """Notes on predictors that were dropped, and on models that did not converge."""
    notes: list[Note] = []
    if not imputed.chains:
        return notes
    labels = [in_sentence(column.label) for column in imputed.model.imputed]
    fits = imputed.sets * (imputed.iterations or 0)
    failed = np.sum([chain.not_converged for chain in imputed.chains], axis=0)
    dropped = np.sum([chain.dropped for chain in imputed.chains], axis=0)
    if failed.any():
        which = [f"{la} ({k} of {fits} fits)" for la, k in zip(labels, failed, strict=True) if k]
        text = (
            f"The imputation model did not converge for {listed(which)}. There a multinomial model "
            "replaced that of ordered levels; otherwise its last estimates were used. Merge rare "
            "levels, or omit columns that measure the same."
        )
        notes.append(Note("warning", "imputation-not-converged", text))
    if dropped.any():
        which = [la for la, k in zip(labels, dropped, strict=True) if k]
        text = (
            f"In the imputation model of {listed(which)}, predictors that are constant or follow "
            "from others were dropped."
        )
        notes.append(Note("info", "predictors-dropped", text))
    return notes


def imputation_sentences(imputed: Imputations, cohort: Cohort) -> list[str]:
    """How missing values were imputed, for the methods of a manuscript."""
    model = imputed.model
    if not model.imputed:
        return []
    n = int(model.rows.sum())
    each = [f"{in_sentence(one.label)} in {int(one.gaps.sum())}" for one in model.completed]
    sentences = [
        f"Values were missing in {model.incomplete} of {counted(n, 'patient')} "
        f"({percent_of(model.incomplete / n, n)}): {listed(each)}."
    ]
    if not imputed.chains:
        return [*sentences, f"{imputed.sets} imputed data sets were analysed."]
    sentences.append(
        f"Missing values were imputed {imputed.sets} times by chained equations with "
        f"{imputed.iterations} iterations (hcc2l {version('hcc2l')}, seed {imputed.seed}): "
        f"{'; '.join(_how(model))}."
    )
    known = [in_sentence(c.label) for c in model.columns if not c.gaps.any()]
    predictors = [*known, *(f"the {name}" for name in model.outcomes)]
    whose = "imputation model contained"
    if len(model.imputed) > 1:
        whose, predictors = "imputation model of each contained", ["the others", *predictors]
    if predictors:
        sentences.append(f"The {whose} {listed(predictors)}.")
    computed = [*model.derived, *(one.name for one in model.recorded if one.gaps.any())]
    if computed:
        names = listed([cohort.label(name) for name in computed])
        verb = "were" if len(computed) > 1 else "was"
        sentences.append(f"{names} {verb} calculated from the imputed values.")
    return sentences


def _how(model: ImputationModel) -> list[str]:
    """By which method which columns were imputed."""
    found = []
    for method in ("pmm", "logistic", "ordinal", "multinomial"):
        names = [
            f"{in_sentence(c.label)}{' (on the logarithmic scale)' if c.log else ''}"
            for c in model.imputed
            if c.method == method
        ]
        by = f"{METHOD_LABELS[method]} with parameters drawn from their distribution"
        if method == "pmm":
            by = f"predictive mean matching with {in_words(DONORS)} donors"
        if names:
            found.append(f"{listed(names)} by {by}")
    return found


def imputation_references(imputed: Imputations) -> list[str]:
    """The publications behind `imputation_sentences`."""
    model = imputed.model
    if not (model.imputed and imputed.chains):
        return []
    found = [references.VAN_BUUREN_2011]
    if any("hazard" in name for name in model.outcomes):
        found.append(references.WHITE_ROYSTON_2009)
    if any(column.method != "pmm" for column in model.imputed):
        found.append(references.WHITE_2010)
    return found
