"""What a statistician would remark about a Cox regression."""

from __future__ import annotations

from shlex import quote

from hcc2l.analyses.cox.data import CoxData
from hcc2l.analyses.cox.results import CoxResults
from hcc2l.analyses.entry import entry_notes, events_note
from hcc2l.analyses.regression.models import tested_model
from hcc2l.analyses.regression.notes import regression_notes
from hcc2l.cohort import Cohort
from hcc2l.numerals import p_equation
from hcc2l.report import Note
from hcc2l.wording import listed

FEW_CENTRES = 5


def cox_notes(cohort: Cohort, data: CoxData, results: CoxResults) -> list[Note]:
    """The notes on its models, tests and subgroups."""
    notes = regression_notes(
        results.pooled or data, (*results.fitted.models, *results.subgroups), results.fitted
    )
    if data.delayed is not None:
        robust = any(model.robust_std_err is not None for model in results.models)
        notes += [*entry_notes(data.delayed), *events_note(data.delayed, cohort, robust=robust)]
        if robust and data.patient is not None and data.cluster is None:
            notes.append(
                Note("warning", "robust-by-rows",
                     "The robust variance takes the rows of one patient for independent. Add "
                     f"--cluster {quote(cohort.id_column or 'ID')}.")
            )  # fmt: skip
    for row in results.ph_tests:
        p = row["p"]
        if row["term"] != "GLOBAL" and isinstance(p, float) and p < 0.05:
            notes.append(
                Note("warning", "hazards-not-proportional",
                     f"The hazard ratio of {row['term']} appears to change over time "
                     f"({p_equation(p)}), so a single hazard ratio is only an average."
                     f"{_remedy(data, results, str(row['term']))}")
            )  # fmt: skip
    changing = () if data.changes is None else data.changes.texts
    for name, column in data.columns.items():
        if name not in changing and not data.spec.since and cohort.known_after_start(column):
            notes.append(
                Note("warning", "immortal-time",
                     f"{data.labels[name]} is determined only after time 0, and patients must "
                     "survive long enough for it to be observed, so its hazard ratio is biased "
                     "(immortal-time bias). Count time from a landmark at which it is known "
                     "(--landmark T), analyse it as an exposure that begins at its date (--when "
                     'NAME=COL), or, if it was known at baseline, set role = "baseline" for '
                     f"{column} in hcc2l.toml.")
            )  # fmt: skip
    notes += _centre_notes(data, results)
    if data.changes is not None:
        from hcc2l.analyses.cox.change_words import change_notes

        notes += change_notes(cohort, data, data.changes)
    if results.skipped:
        notes.append(
            Note("warning", "subgroup-not-fitted",
                 "No hazard ratio was estimated in subgroups with too few patients or events, or "
                 "in which the effect variable does not vary: "
                 f"{'; '.join(results.skipped)}. Merge these levels with others.")
        )  # fmt: skip
    return notes


def _centre_notes(data: CoxData, results: CoxResults) -> list[Note]:
    """Notes on a frailty whose variance is 0, or rests on few centres."""
    model, centres = tested_model(results.fitted), data.centres
    if centres is None or model is None or model.frailty is None:
        return []
    notes = []
    if model.frailty.theta == 0:
        notes.append(
            Note("info", "no-differences-between-centres",
                 f"The hazards do not differ between the centres ({data.labels[centres.column]}) "
                 "by more than chance explains: the variance of the frailty is 0, and the hazard "
                 "ratios are those of the model without it.")
        )  # fmt: skip
    if model.frailty.events.size < FEW_CENTRES:
        notes.append(
            Note("warning", "few-centres",
                 f"There are only {model.frailty.events.size} centres, from which the variance "
                 "between centres can hardly be estimated. Stratify by centre instead "
                 f"(--strata {centres.column}).")
        )  # fmt: skip
    return notes


def _remedy(data: CoxData, results: CoxResults, term: str) -> str:
    """What to do about a hazard ratio that changes, which depends on what is in the model."""
    model, ways = tested_model(results.fitted), []
    curved = model is not None and term in model.matrix.knots
    if not (curved or data.spec.competing or data.spec.interaction_with_time == term):
        ways.append(
            "estimate its hazard ratio before and after a time (--split T "
            f"--interaction-with-time {quote(term)})"
        )
    if data.changes is None:
        ways = [
            "stratify by it (--strata)", *ways, "count time from a landmark (--landmark T)",
            "compare restricted mean survival times (hcc2l km --tau T)",
        ]  # fmt: skip
    elif term in data.changes.exposures:
        ways.append("report the landmark analyses beside it (--landmark T)")
    elif term not in data.changes.texts:
        ways = ["stratify by it (--strata)", *ways]
    if not ways:
        return ""
    text = listed(ways, "or")
    return f" {text[:1].upper()}{text[1:]}."
