"""ROC analysis: areas, cut-offs and their validation, time-dependent curves, maxstat."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from hcc2l.analyses.accounting import account_notes, provenance
from hcc2l.analyses.cautions import reading_notes, row_notes
from hcc2l.analyses.computed import score_references
from hcc2l.analyses.roc import findings, known_outcome, methods, time_dependent
from hcc2l.analyses.roc.cutoffs import best_by
from hcc2l.analyses.roc.data import (
    Classes,
    KnownOutcome,
    MaximallySelected,
    Patients,
    RocData,
    TimeDependent,
    prepare,
)
from hcc2l.analyses.roc.figure import curve_figure, maxstat_figure
from hcc2l.analyses.roc.findings import DataFinding, ResultFinding
from hcc2l.analyses.roc.maxstat import Maxima, has_cutpoints, maxima
from hcc2l.analyses.roc.maxstat_tables import cutpoint_table, maxstat_table, statistics_table
from hcc2l.analyses.roc.methods import Sentence
from hcc2l.analyses.roc.notes import note_on_data, note_on_result, notes_on_options
from hcc2l.analyses.roc.results import AnalysisSets, Curves, analysable_sets
from hcc2l.analyses.roc.tables import curve_table, known_tables, timed_tables
from hcc2l.cohort import Cohort
from hcc2l.design import Endpoint
from hcc2l.errors import UsageError
from hcc2l.report import Figure, Note, Provenance, Report, Table
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
    _refuse_lone_comparison(data.patients)
    match data:
        case KnownOutcome():
            return _known_report(data)
        case TimeDependent():
            return _timed_report(data)
        case MaximallySelected():
            return _maxstat_report(data)


def _known_report(data: KnownOutcome) -> Report:
    patients = data.patients
    notes = [*reading_notes(patients.cohort, *data.events), *account_notes(patients.account)]
    sets = analysable_sets(patients, partial(known_outcome.has_both_classes, data))
    curves = known_outcome.known_curves(data, sets, best_by(patients.spec.criterion))
    lost = _lost(data, sets, curves)
    return _report(patients, sets, [_known_part(data, curves)], notes, lost)


def _timed_report(data: TimeDependent) -> Report:
    patients = data.patients
    notes = row_notes(patients.cohort, data.survival.outcome)
    sets = analysable_sets(patients, partial(time_dependent.has_both_classes, data))
    curves = time_dependent.timed_curves(data, sets, best_by(patients.spec.criterion))
    lost = _lost(data, sets, curves)
    return _report(patients, sets, [_timed_part(data, curves)], notes, lost)


def _maxstat_report(data: MaximallySelected) -> Report:
    patients, cutpoints = data.patients, partial(has_cutpoints, data)
    events = data.curve.events if isinstance(data.curve, KnownOutcome) else ()
    notes = row_notes(patients.cohort, data.survival.outcome, *events)
    parts: list[Part] = []
    match data.curve:
        case None:
            sets = analysable_sets(patients, cutpoints)
            found = maxima(data, sets)
        case KnownOutcome() as curve:
            sets = analysable_sets(
                patients, cutpoints, partial(known_outcome.has_both_classes, curve)
            )
            found = maxima(data, sets)
            parts = [_known_part(curve, known_outcome.known_curves(curve, sets, found.choose))]
        case TimeDependent() as curve:
            sets = analysable_sets(
                patients, cutpoints, partial(time_dependent.has_both_classes, curve)
            )
            found = maxima(data, sets)
            parts = [_timed_part(curve, time_dependent.timed_curves(curve, sets, found.choose))]
    lost = _lost(data, sets, found)
    return _report(patients, sets, [*parts, _maxstat_part(data, found)], notes, lost)


Lost = tuple[list[Table], list[Sentence]]


def _lost(data: RocData, sets: AnalysisSets, found: Curves | Maxima) -> Lost:
    """The table, and its sentence, of what cut-offs lose against the splines of their markers."""
    if not any(marker.knots for marker in data.patients.markers.values()):
        return [], []
    from hcc2l.analyses.roc.against_curve import loss_sentence, loss_table, losses

    return [loss_table(data.patients, losses(data, sets, found))], [loss_sentence(data)]


def _refuse_lone_comparison(patients: Patients) -> None:
    if patients.spec.compare and len(patients.label_of) < 2 and patients.group is None:
        raise UsageError(
            "There is nothing to compare: there is only one marker, and there are no groups.",
            where="--compare", hint="Name another --marker, or add --combine A+B or --by TERM.",
        )  # fmt: skip


@dataclass(frozen=True)
class Part:
    """What the curves, or the cut-points of maxstat, contribute to the report.

    Attributes
    ----------
    title
        Of the report, if the part is its first.
    outcome
        By its column, for the settings; None without one.
    endpoints
        That of the times, if there is one.
    tables, points
        The tables, and with `--curve` those of every point, which are printed last.
    on_data, on_results
        Findings.
    areas, cutoffs
        Sentences of the methods paragraph, before and after the groups.
    draw
        Returns the figure.
    """

    title: str
    outcome: str | None
    endpoints: tuple[Endpoint, ...]
    conventions: list[str]
    tables: list[Table]
    points: list[Table]
    on_data: list[DataFinding]
    on_results: list[ResultFinding]
    areas: list[Sentence]
    cutoffs: list[Sentence]
    draw: Callable[[], Figure]


def _known_part(data: KnownOutcome, curves: Curves) -> Part:
    return Part(
        title=_curve_title(data.classes),
        outcome=data.classes.code,
        endpoints=(),
        conventions=methods.known_conventions(data),
        tables=known_tables(data, curves),
        points=[curve_table(curves)] if data.patients.spec.curve else [],
        on_data=list(findings.of_known_outcome(data)),
        on_results=list(findings.of_curves(data.patients, curves, known=True)),
        areas=list(methods.known_area_sentences(data, curves)),
        cutoffs=list(methods.known_cutoff_sentences(data, curves)),
        draw=partial(curve_figure, data.patients, curves),
    )


def _timed_part(data: TimeDependent, curves: Curves) -> Part:
    return Part(
        title=_curve_title(data.classes),
        outcome=data.classes.code,
        endpoints=(data.survival.endpoint,),
        conventions=methods.timed_conventions(data),
        tables=timed_tables(data, curves),
        points=[curve_table(curves)] if data.patients.spec.curve else [],
        on_data=list(findings.of_time_dependent(data)),
        on_results=list(findings.of_curves(data.patients, curves, known=False)),
        areas=list(methods.timed_area_sentences(data, curves)),
        cutoffs=list(methods.timed_cutoff_sentences(data, curves)),
        draw=partial(curve_figure, data.patients, curves, outcome=data.classes.words),
    )


def _maxstat_part(data: MaximallySelected, found: Maxima) -> Part:
    intervals = [cutpoint_table(data, found)] if found.intervals else []
    return Part(
        title=f"{data.survival.endpoint.label}: cut-points",
        outcome=None,
        endpoints=(data.survival.endpoint,),
        conventions=methods.maxstat_conventions(data),
        tables=[maxstat_table(data, found), *intervals],
        points=[statistics_table(found)] if data.patients.spec.curve else [],
        on_data=[],
        on_results=list(findings.of_maxima(data.patients, found)),
        areas=[],
        cutoffs=list(methods.maxstat_sentences(data, found)),
        draw=partial(maxstat_figure, data, found),
    )


def _curve_title(classes: Classes) -> str:
    return f"{classes.words[:1].upper()}{classes.words[1:]}: ROC analysis"


def _report(
    patients: Patients, sets: AnalysisSets, parts: Sequence[Part], notes: Sequence[Note],
    lost: Lost,
) -> Report:  # fmt: skip
    """The report of one or two parts; `notes` are those on reading and on the rows."""
    cohort, spec = patients.cohort, patients.spec
    tables = [*(table for part in parts for table in part.tables), *lost[0]]
    tables += [table for part in parts for table in part.points]
    on_data = [finding for part in parts for finding in part.on_data]
    on_data += findings.of_patients(patients, sets)
    on_results = [finding for part in parts for finding in part.on_results]
    text, references = methods.paragraph([
        *methods.opening_sentences(patients, _endpoints(parts)),
        *(sentence for part in parts for sentence in part.areas),
        *methods.group_sentences(patients, sets),
        *(sentence for part in parts for sentence in part.cutoffs),
        *lost[1],
        *methods.closing_sentences(patients, sets, tables),
    ])  # fmt: skip
    drawn = parts[-1] if spec.figure == "maxstat" else parts[0]
    return Report(
        title=f"{parts[0].title} — {cohort.title}",
        provenance=_provenance(patients, parts),
        tables=tuple(tables),
        notes=(
            *notes,
            *notes_on_options(patients),
            *map(note_on_data, on_data),
            *map(note_on_result, on_results),
        ),
        draw=drawn.draw,
        methods=text,
        references=(*score_references(cohort), *references),
        show_methods=spec.methods,
    )


def _endpoints(parts: Sequence[Part]) -> list[Endpoint]:
    """The endpoints of the parts, each once."""
    return list({e.name: e for part in parts for e in part.endpoints}.values())


def _provenance(patients: Patients, parts: Sequence[Part]) -> Provenance:
    spec = patients.spec
    settings: dict[str, object] = spec.settings() | {
        "marker": list(patients.markers), "boot": spec.samples, "outcome": parts[0].outcome,
    }  # fmt: skip
    conventions = []
    for endpoint in _endpoints(parts):
        settings |= endpoint.settings
        conventions.append(methods.endpoint_convention(endpoint))
    conventions += [convention for part in parts for convention in part.conventions]
    conventions += methods.available_convention(patients)
    conventions += methods.bootstrap_convention(patients)
    return provenance("roc", patients.cohort, patients.account, settings, conventions)
