"""The conventions and the methods paragraph of a validation."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version

from hcc2l import references
from hcc2l.analyses.computed import opening_sentences, score_references
from hcc2l.analyses.outcome import computed_sentences
from hcc2l.analyses.validate.data import ValidationData
from hcc2l.analyses.validate.measures import KNOTS
from hcc2l.analyses.validate.results import Validation, group_count
from hcc2l.numerals import confidence, confidence_level, percent
from hcc2l.wording import counted, in_sentence, in_words, listed


def conventions(data: ValidationData) -> list[str]:
    """The second line of the footer: outcome, intervals, bootstrap."""
    ci = confidence(data.spec.conf_level)
    if data.outcome is None:
        parts = [f"Outcome {data.code}", f"{ci} (DeLong for the AUC)"]
    else:
        endpoint = data.outcome.endpoint
        parts = [
            f"{endpoint.label} ({endpoint.described})", *([data.unit] if data.unit else []),
            f"{ci} (infinitesimal jackknife, influence functions)",
        ]  # fmt: skip
    if data.spec.boot and any(predictor.shared for predictor in data.predictors):
        parts.append(f"{data.spec.boot} bootstrap samples, seed {data.spec.seed}")
    if data.imputed:
        parts.append(f"{data.imputed.sets} imputed data sets, Rubin's rules")
    return parts


def validation_methods(data: ValidationData, found: Validation) -> tuple[str, tuple[str, ...]]:
    """The methods paragraph and its references."""
    written = list(_sentences(data, found))
    cited = dict.fromkeys(reference for _, of_sentence in written for reference in of_sentence)
    text = " ".join(sentence for sentence, _ in written)
    return text, (*score_references(data.cohort), *cited)


_Sentence = tuple[str, tuple[str, ...]]


def _sentences(data: ValidationData, found: Validation) -> Iterator[_Sentence]:
    for sentence in opening_sentences(data.cohort):
        yield sentence, ()
    if data.outcome is not None:
        for sentence in computed_sentences(data.outcome.endpoint, data.cohort):
            yield sentence, ()
    yield _subject(data), ()
    yield from _discrimination(data)
    if found.calibration:
        yield from _calibration(data)
    if data.imputed:
        yield from _imputation(data, found)
    if found.corrected:
        yield (
            "Performance was corrected for optimism by fitting the model anew in "
            f"{data.spec.boot} bootstrap samples (seed {data.spec.seed}).",
            (references.HARRELL_1996,),
        )
    yield f"The analysis was performed with hcc2l {version('hcc2l')}.", ()


def _imputation(data: ValidationData, found: Validation) -> Iterator[_Sentence]:
    from hcc2l.analyses.imputation import imputation_references, imputation_sentences

    assert data.imputed is not None
    for sentence in imputation_sentences(data.imputed, data.cohort):
        yield sentence, ()
    ratios = ", the ratio of observed to mean predicted risk on the logarithmic scale"
    yield (
        "Measures of performance were estimated in each data set and pooled by Rubin's rules, "
        f"concordance on the logit scale{ratios if found.calibration else ''}.",
        (*imputation_references(data.imputed), references.RUBIN_1987),
    )
    if found.calibration:
        yield (
            "Groups of risk were formed by the mean predicted risk of each patient; calibration "
            "curves were pooled by Rubin's rules, and net benefit was averaged.", ()
        )  # fmt: skip


def _subject(data: ValidationData) -> str:
    names = [_with_source(data, i) for i in range(len(data.predictors))]
    events = counted(int(data.event.sum()), "event")
    what = data.code if data.outcome is None else in_sentence(data.outcome.endpoint.label)
    whom = f"{data.n} patients" if data.imputed else f"the {data.n} patients with complete data"
    return f"The prediction of {what} by {listed(names)} was validated in {whom} ({events})."


def _with_source(data: ValidationData, i: int) -> str:
    predictor = data.predictors[i]
    source = predictor.model.saved.source if predictor.model else None
    return in_sentence(predictor.label) + (f" ({source})" if source else "")


def _discrimination(data: ValidationData) -> Iterator[_Sentence]:
    level = confidence_level(data.spec.conf_level)
    several = " Scores were compared in the same patients." if len(data.predictors) > 1 else ""
    if data.outcome is None:
        yield (
            "Discrimination was assessed by the area under the ROC curve (AUC) with DeLong "
            f"{level} confidence intervals.{several}",
            (references.DELONG_1988,),
        )
        return
    if not data.times:
        yield (
            "Discrimination was assessed by Harrell's and Uno's C-index with "
            f"{level} confidence intervals.{several}",
            (references.HARRELL_1996, references.UNO_2011),
        )
        return
    times = listed([data.at(time) for time in data.times])
    yield (
        "Discrimination was assessed by Harrell's C-index, and by Uno's C-index and the "
        f"cumulative/dynamic time-dependent AUC at {times}, weighted by the inverse probability of "
        f"censoring, with {level} confidence intervals.{several}",
        (references.HARRELL_1996, references.UNO_2011, references.BLANCHE_2013),
    )


def _calibration(data: ValidationData) -> Iterator[_Sentence]:
    low, high = (percent(bound, 0) for bound in data.spec.threshold_range)
    counts = dict.fromkeys(group_count(data, time) for time in data.times)
    groups = listed([in_words(count) for count in counts], "or")
    timed = data.outcome is not None
    observed = "one minus the Kaplan–Meier estimate" if timed else "proportion with the outcome"
    if timed:
        slopes = "the calibration slope"
        cited = (references.MCLERNON_2023, references.AUSTIN_2020)
    else:
        slopes = "the calibration intercept and slope"
        cited = (references.COX_1958, references.AUSTIN_2020)
    yield (
        f"Calibration was assessed by the ratio of observed ({observed}) to mean predicted risk, "
        f"by {slopes}, in {groups} groups of predicted risk, and by a curve through a restricted "
        f"cubic spline with {in_words(KNOTS)} knots, whose mean absolute distance from the "
        "diagonal is the integrated calibration index.",
        cited,
    )
    censoring = ", weighted by the inverse probability of censoring," if timed else ""
    yield (
        f"Overall performance was measured by the Brier score{censoring} and clinical utility by "
        f"the net benefit at threshold probabilities of {low} to {high}, compared with treating "
        "all patients and none.",
        (references.GERDS_2006, references.VICKERS_2008) if timed else (references.VICKERS_2006,),
    )
