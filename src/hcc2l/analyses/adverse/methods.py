"""The footer of an analysis of adverse events, and its methods paragraph for a manuscript."""

from __future__ import annotations

from importlib.metadata import version

from hcc2l import references
from hcc2l.analyses.adverse.data import AdverseData
from hcc2l.analyses.adverse.findings import tested
from hcc2l.analyses.adverse.grades import ANY
from hcc2l.analyses.computed import opening_sentences, score_references
from hcc2l.cohort import Cohort
from hcc2l.wording import in_sentence, listed


def conventions(data: AdverseData) -> list[str]:
    """The footer's second line: the file of events, the bands, the tests."""
    reading = data.reading
    file = f"Adverse events: {reading.file}, SHA-256 {(reading.sha256 or '')[:12]}"
    parts = [file] if reading.file else []
    parts += [listed([in_sentence(band.label) for band in data.bands])] if data.graded else []
    names = _tests_used(data)
    return [*parts, *([f"tests: {listed(names)}"] if names else [])]


def _tests_used(data: AdverseData) -> list[str]:
    words = {"chi-square": "chi-square", "fisher": "Fisher's exact"}
    used = {data.test(event, band).name for event, band in tested(data)}
    used |= {data.reasons.test.name} if _reasons_compared(data) and data.reasons else set()
    return [text for name, text in words.items() if name in used]


def _reasons_compared(data: AdverseData) -> bool:
    return data.reasons is not None and data.reasons.test.p >= 0


def adverse_methods(data: AdverseData, cohort: Cohort) -> tuple[str, tuple[str, ...]]:
    """The methods paragraph, written from what was run, and its references."""
    sentences, cited = opening_sentences(cohort), score_references(cohort)
    if data.graded:
        sentences.append(
            "Adverse events were graded according to the Common Terminology Criteria for Adverse "
            "Events (CTCAE); each patient was counted once per event, at the highest grade."
        )
        cited.append(references.NATIONAL_CANCER_INSTITUTE_2017)
    else:
        sentences.append("Each patient was counted once per adverse event.")
    n = data.patients.codes.size
    if n < data.rows:
        sentences.append(
            f"Percentages refer to the {n} of {data.rows} patients whose adverse events were "
            "documented."
        )
    sentences += _comparison_sentences(data)
    sentences.append(f"Analyses were performed with hcc2l {version('hcc2l')}.")
    return " ".join(sentences), tuple(cited)


def _comparison_sentences(data: AdverseData) -> list[str]:
    names = _tests_used(data)
    if not names:
        return []
    what = "The proportions of patients with an event"
    if data.bands != (ANY,):
        what += f" {listed([f'of {in_sentence(band.label)}' for band in data.bands])}"
    if _reasons_compared(data):
        what += ", and the reasons for stopping treatment,"
    how = "Fisher's exact test"
    if names[0] == "chi-square":
        how = "the chi-square test without continuity correction"
    if len(names) > 1:
        how += ", or by Fisher's exact test for 2 × 2 tables with an expected count below 5"
    return [f"{what} were compared between the groups by {how}."]
