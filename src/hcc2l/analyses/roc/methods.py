"""The conventions and the methods paragraph of a ROC analysis."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from hcc2l import references
from hcc2l.analyses import computed
from hcc2l.analyses.outcome import computed_sentences
from hcc2l.analyses.roc.comparisons import GroupDifference, MarkerDifference
from hcc2l.analyses.roc.data import (
    Classes,
    KnownOutcome,
    MaximallySelected,
    Patients,
    TimeDependent,
    in_unit,
    parts_of,
)
from hcc2l.analyses.roc.maxstat import Maxima
from hcc2l.analyses.roc.results import AnalysisSets, Curves
from hcc2l.analyses.roc.tables import INTERVALS
from hcc2l.design import Endpoint
from hcc2l.number_format import number_text
from hcc2l.numerals import confidence_level, plain
from hcc2l.report import Table
from hcc2l.wording import counted, in_sentence, listed

REFERENCES = {
    "spline": references.HARRELL_2015,
    "delong": references.DELONG_1988,
    "youden": references.YOUDEN_1950,
    "topleft": references.PERKINS_SCHISTERMAN_2006,
    "lau94": references.LAUSEN_1994,
    "hl": references.HOTHORN_LAUSEN_2003,
    "wilson": references.WILSON_1927,
    "clopper-pearson": references.CLOPPER_PEARSON_1934,
    "bootstrap": references.HARRELL_1996,
    "time": references.UNO_2007,
    "mcclish": references.MCCLISH_1989,
}


@dataclass(frozen=True)
class Sentence:
    """A sentence of the methods paragraph, and the keys of the references that it cites."""

    text: str
    cites: tuple[str, ...] = ()


def endpoint_convention(endpoint: Endpoint) -> str:
    """`Overall survival (os_months, death), months`."""
    unit = f", {endpoint.unit}" if endpoint.unit else ""
    return f"{endpoint.label} ({endpoint.described}){unit}"


def known_conventions(data: KnownOutcome) -> list[str]:
    """The outcome and the intervals, for the footer."""
    spec = data.patients.spec
    return [
        f"Outcome {data.classes.code}",
        f"AUC, {_level(data.patients)} CI (DeLong)",
        f"proportions, {_level(data.patients)} CI ({INTERVALS[spec.ci]})",
    ]


def timed_conventions(data: TimeDependent) -> list[str]:
    """The outcome and the intervals, for the footer."""
    area = "AUC without interval"
    if data.patients.spec.samples:
        area = f"AUC, {_level(data.patients)} CI (percentile bootstrap)"
    return [f"Outcome {data.classes.code}", area]


def maxstat_conventions(data: MaximallySelected) -> list[str]:
    """The scores and the cut-points examined, for the footer."""
    share = f"{plain(data.patients.spec.min_prop * 100)}%"
    return [f"log-rank scores, at least {share} on either side"]


def available_convention(patients: Patients) -> list[str]:
    """That each marker has its own patients, if these differ."""
    return ["available cases of each marker"] if patients.differ_by_marker else []


def bootstrap_convention(patients: Patients) -> list[str]:
    """The number of samples and their seed, if there are any."""
    spec = patients.spec
    return [f"{spec.samples} bootstrap samples, seed {spec.seed}"] if spec.samples else []


def _level(patients: Patients) -> str:
    return confidence_level(patients.spec.conf_level)


def paragraph(sentences: Iterable[Sentence]) -> tuple[str, tuple[str, ...]]:
    """The methods paragraph and its references, each once, in the order of citation."""
    written = list(sentences)
    cited = dict.fromkeys(key for sentence in written for key in sentence.cites)
    return " ".join(s.text for s in written), tuple(REFERENCES[key] for key in cited)


def opening_sentences(patients: Patients, endpoints: Iterable[Endpoint]) -> Iterator[Sentence]:
    """The origin of the data, of computed markers and of computed times."""
    yield from map(Sentence, computed.opening_sentences(patients.cohort))
    for endpoint in endpoints:
        yield from map(Sentence, computed_sentences(endpoint, patients.cohort))


def group_sentences(patients: Patients, sets: AnalysisSets) -> Iterator[Sentence]:
    """The groups analysed."""
    if patients.group is not None:
        label = in_sentence(patients.group.label)
        yield Sentence(f"All analyses were stratified by {label} ({listed(sets.groups)}).")


def closing_sentences(
    patients: Patients, sets: AnalysisSets, tables: Sequence[Table]
) -> Iterator[Sentence]:
    """Who was analysed, the software, and whether p-values are given."""
    analysed = f"the {counted(patients.account.analysed, 'patient')} with complete data"
    if patients.differ_by_marker:
        yield Sentence(f"Each marker was evaluated in all patients in whom it was known "
                       f"({_patients_by_marker(patients, sets)}).")  # fmt: skip
        analysed = f"the {counted(patients.account.analysed, 'patient')} with at least one marker"
    yield Sentence(
        f"The analysis included {analysed} and was performed with hcc2l {version('hcc2l')}."
    )
    if any(row.get("p") is not None for table in tables for row in table.rows):
        yield Sentence("p-values are two-sided.")


def _patients_by_marker(patients: Patients, sets: AnalysisSets) -> str:
    """`AFP, n = 105; ALT, n = 118`."""
    return "; ".join(
        f"{in_sentence(marker.label)}, n = {sets.patients_with(name)}"
        for name, marker in patients.markers.items()
    )


def _marker_names(patients: Patients) -> str:
    return listed([in_sentence(marker.label) for marker in patients.markers.values()])


def known_area_sentences(data: KnownOutcome, curves: Curves) -> Iterator[Sentence]:
    """Area, its interval, direction, window, combinations and partial area."""
    patients, classes = data.patients, data.classes
    limited = _has_limits(curves)
    interval = f" with DeLong {_level(patients)} confidence intervals" if limited else ""
    yield Sentence(
        f"Discrimination of {_marker_names(patients)} for {classes.words} was assessed by the area "
        f"under the receiver operating characteristic curve (AUC){interval}.",
        ("delong",) if limited else (),
    )
    yield _direction_sentence(patients, classes)
    if data.window is not None:
        within = in_unit(data.window.within, data.window.endpoint)
        yield Sentence(f"Patients without the outcome who were censored before {within}, or whose "
                       "follow-up was unknown, were excluded.")  # fmt: skip
    for text in patients.spec.combine:
        parts = [in_sentence(patients.markers[name].label) for name in parts_of(text)]
        sentence = f"{listed(parts)} were combined by logistic regression."
        yield Sentence(sentence[:1].upper() + sentence[1:])
    yield from _partial_sentences(patients)


def timed_area_sentences(data: TimeDependent, curves: Curves) -> Iterator[Sentence]:
    """Area, its interval, direction and partial area."""
    patients, spec = data.patients, data.patients.spec
    interval = (f", and {_level(patients)} percentile confidence intervals were obtained from "
                f"{spec.samples} bootstrap samples (seed {spec.seed})")  # fmt: skip
    yield Sentence(
        f"Discrimination of {_marker_names(patients)} for {data.classes.words} was assessed by the "
        "cumulative/dynamic time-dependent area under the receiver operating characteristic "
        "curve (AUC); patients were weighted by the inverse probability of censoring"
        f"{interval if _has_limits(curves) else ''}.",
        ("time",),
    )
    yield _direction_sentence(patients, data.classes)
    yield from _partial_sentences(patients)


def _has_limits(curves: Curves) -> bool:
    return any(not math.isnan(marker.limits[0]) for marker in curves.markers)


def _direction_sentence(patients: Patients, classes: Classes) -> Sentence:
    direction = patients.spec.direction
    if direction == "auto":
        return Sentence("The direction of each marker was determined by its medians in all "
                        "patients with and without the outcome.")  # fmt: skip
    return Sentence(f"{direction.capitalize()} values were taken to indicate {classes.words}.")


def _partial_sentences(patients: Patients) -> Iterator[Sentence]:
    if patients.spec.partial is not None:
        focus, _, low = patients.spec.partial.partition("=")
        yield Sentence(
            f"The partial AUC at a {focus} of {plain(float(low))} or higher was calculated and "
            "standardised by the method of McClish.",
            ("mcclish",),
        )


def known_cutoff_sentences(data: KnownOutcome, curves: Curves) -> Iterator[Sentence]:
    """How cut-offs were chosen, evaluated and validated, and areas compared."""
    patients, spec = data.patients, data.patients.spec
    yield from _chosen_sentences(patients, data.classes)
    method = {"wilson": "Wilson", "clopper-pearson": "exact (Clopper–Pearson)"}[spec.ci]
    yield Sentence(
        f"Proportions were calculated with {method} {_level(patients)} confidence intervals.",
        (spec.ci,),
    )
    samples = f"{spec.samples} bootstrap samples (seed {spec.seed})"
    yield from _optimism_sentences(patients, curves, samples)
    tests = "DeLong's test for paired curves", "DeLong's test for unpaired curves"
    yield from _comparison_sentences(curves, *tests)


def timed_cutoff_sentences(data: TimeDependent, curves: Curves) -> Iterator[Sentence]:
    """How cut-offs were chosen and validated, and areas compared."""
    yield from _chosen_sentences(data.patients, data.classes)
    yield from _optimism_sentences(data.patients, curves, "the same bootstrap samples")
    yield from _comparison_sentences(curves, "the paired bootstrap", "the bootstrap")


def _chosen_sentences(patients: Patients, classes: Classes) -> Iterator[Sentence]:
    criterion = patients.spec.criterion
    rules = {"youden": "to maximise the Youden index",
             "topleft": "as the points closest to the top-left corner"}  # fmt: skip
    if criterion in rules:
        yield Sentence(f"Cut-offs were chosen {rules[criterion]}.", (criterion,))
    if classes.fixed:
        labels = patients.label_of
        given = [f"{in_sentence(labels[name])}: {listed([number_text(c) for c in cuts])}"
                 for name, cuts in classes.fixed.items()]  # fmt: skip
        yield Sentence(f"Fixed cut-offs were also evaluated ({'; '.join(given)}).")


def _optimism_sentences(patients: Patients, curves: Curves, samples: str) -> Iterator[Sentence]:
    if curves.validated:
        refitted = " and the logistic models were refitted" if patients.spec.combine else ""
        yield Sentence(
            f"The optimism in the performance of the cut-offs, and {_level(patients)} percentile "
            f"intervals of the cut-offs, were estimated from {samples}, in each of which the "
            f"cut-offs were chosen anew{refitted}.",
            ("bootstrap",),
        )


def _comparison_sentences(curves: Curves, paired: str, unpaired: str) -> Iterator[Sentence]:
    """The tests of areas that gave a p."""
    markers, groups = _tested(curves.between_markers), _tested(curves.between_groups)
    done = [f"between markers by {paired}"] if markers else []
    done += [f"between groups by {unpaired}"] if groups else []
    if done:
        several = markers > 1 or groups > 1
        holm = ", with p-values adjusted by the method of Holm" if several else ""
        yield Sentence(f"AUCs were compared {listed(done)}{holm}.")


def _tested(differences: Iterable[MarkerDifference | GroupDifference]) -> int:
    return sum(not math.isnan(difference.test.p) for difference in differences)


def maxstat_sentences(data: MaximallySelected, maxima: Maxima) -> Iterator[Sentence]:
    """How cut-points were selected, p adjusted and intervals obtained."""
    patients, spec = data.patients, data.patients.spec
    authors = {"hl": "Hothorn and Lausen", "lau94": "Lausen, Sauerbrei and Schumacher"}
    used = dict.fromkeys(found.reported for found in maxima.maxima)
    yield Sentence(
        f"Cut-points of {_marker_names(patients)} for {in_sentence(data.survival.endpoint.label)} "
        "were selected by the maximally selected log-rank statistic among those with at least "
        f"{plain(spec.min_prop * 100)}% of the patients on either side; p-values were adjusted for "
        f"the selection by the method of {listed([authors[method] for method in used])}.",
        tuple(used),
    )
    if maxima.intervals:
        yield Sentence(f"{_level(patients)} percentile intervals of the cut-points were obtained "
                       f"from {spec.samples} bootstrap samples (seed {spec.seed}).")  # fmt: skip
