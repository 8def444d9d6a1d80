"""Notes on covariates that change with time, and their sentences in the methods."""

from __future__ import annotations

from hcc2l import references
from hcc2l.analyses.cox.changes import Changes
from hcc2l.analyses.cox.data import CoxData
from hcc2l.analyses.exposures import exposure_notes, how_exposed
from hcc2l.analyses.regression.models import Fitted
from hcc2l.cohort import Cohort
from hcc2l.numerals import plain
from hcc2l.report import Note
from hcc2l.wording import counted, in_sentence, listed


def change_notes(cohort: Cohort, data: CoxData, changes: Changes) -> list[Note]:
    """Notes on exposures that begin later, and on values at visits."""
    notes = []
    for text, exposure in changes.exposures.items():
        if text in data.spec.covariates:  # unless --drop-constant dropped it
            notes += exposure_notes(cohort, exposure, changes.timing(text))
    visits = changes.visits
    if visits is None or data.patient is None:
        return notes
    notes.append(
        Note("info", "visits-file",
             f"{visits.file}: the visits are dated by {visits.column}; the last value before each "
             "time counts.")
    )  # fmt: skip
    for text in visits.terms:
        late = changes.known_late(data, text)
        if late:
            notes.append(
                Note("warning", "visits-begin-later",
                     f"{data.labels[text]} is not known from time 0 in {counted(late, 'patient')}, "
                     f"who {'counts' if late == 1 else 'count'} from the first visit with a value "
                     "only. Add the value at time 0 as a visit, or as a column of the cohort.")
            )  # fmt: skip
    return notes


def change_sentences(
    data: CoxData, changes: Changes, fitted: Fitted, cited: list[str]
) -> list[str]:
    """The sentences of the methods on what changes, with what they cite."""
    analysed = {term.text for model in fitted.models for term in model.terms}
    exposures = [e for text, e in changes.exposures.items() if text in analysed]
    sentences = [how_exposed(exposure.label) for exposure in exposures]
    if exposures:
        cited.append(references.CROWLEY_HU_1977)
        landmarks = listed([plain(t) for t in sorted(set(data.spec.landmark))] or [""])
        unit = f" {data.outcome.endpoint.unit}" if data.outcome.endpoint.unit else ""
        plural = "s" if len(set(data.spec.landmark)) > 1 else ""
        article = "" if plural else "a "
        also = f" and from {article}landmark{plural} at {landmarks}{unit}" if landmarks else ""
        sentences.append(
            f"For comparison, exposure was also analysed as if it had been known at time 0{also}."
        )
        if landmarks:
            cited.append(references.ANDERSON_1983)
    if changes.visits is not None:
        names = [
            in_sentence(data.labels[text]) for text in changes.visits.terms if text in analysed
        ]
        if names:
            were = (
                "were time-dependent covariates"
                if len(names) > 1
                else "was a time-dependent covariate"
            )
            whole = f"{listed(names)} {were}, with the value of the last visit carried forward."
            sentences.append(whole[0].upper() + whole[1:])
    return sentences
