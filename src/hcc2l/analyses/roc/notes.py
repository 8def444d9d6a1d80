"""The notes of a ROC analysis: its findings in words."""

from __future__ import annotations

from hcc2l.analyses.roc import findings
from hcc2l.analyses.roc.data import Patients, in_unit
from hcc2l.analyses.roc.findings import DataFinding, ResultFinding
from hcc2l.number_format import number_text
from hcc2l.numerals import confidence_level
from hcc2l.report import Note
from hcc2l.wording import counted, in_sentence, listed


def notes_on_options(patients: Patients) -> list[Note]:
    """The options that have no effect, and what the markers' values show."""
    idle = [
        Note(
            "info",
            "option-without-effect",
            f"{option} has no effect here: it applies only with {to}.",
        )
        for option, to in patients.spec.without_effect.items()
    ]
    return [*idle, *(note for marker in patients.markers.values() for note in marker.notes)]


def note_on_data(finding: DataFinding) -> Note:
    """A finding on the data, in words."""
    match finding:
        case findings.CensoredBy():
            return _censored_by(finding)
        case findings.NoInterval():
            return _no_interval()
        case findings.CensoredEarly():
            return _censored_early(finding)
        case findings.Contradicted():
            return _contradicted(finding)
        case findings.LimitAtCut():
            return _limit_at_cut(finding)
        case findings.KnownLater():
            return _known_later(finding)
        case findings.OwnPatients():
            return _own_patients(finding)
        case findings.Skipped():
            return _skipped(finding)


def note_on_result(finding: ResultFinding) -> Note:
    """A finding on the results, in words."""
    match finding:
        case findings.FewInClass():
            return _few_in_class(finding)
        case findings.Separated():
            return _separated(finding)
        case findings.Collinear():
            return _collinear(finding)
        case findings.Perfect():
            return _perfect(finding)
        case findings.BelowHalf():
            return _below_half(finding)
        case findings.Tied():
            return _tied(finding)
        case findings.AtEdge():
            return _at_edge(finding)
        case findings.Wide():
            return _wide(finding)
        case findings.OptimisticCutoffs():
            return _optimistic_cutoffs()
        case findings.OptimisticCutpoints():
            return _optimistic_cutpoints(finding)


def _censored_by(finding: findings.CensoredBy) -> Note:
    return Note(
        "info", "censored-before",
        f"{finding.patients} of {finding.total} patients were censored by "
        f"{in_unit(finding.at, finding.endpoint)}, so their outcome is unknown. They are in "
        "neither class; the other patients are weighted by the inverse probability of censoring.",
    )  # fmt: skip


def _no_interval() -> Note:
    return Note(
        "warning", "no-interval",
        "Time-dependent AUCs have no confidence interval without the bootstrap. Use --boot 1000.",
    )  # fmt: skip


def _censored_early(finding: findings.CensoredEarly) -> Note:
    were = "was" if finding.patients == 1 else "were"
    months, endpoint = f"{finding.months:g}", finding.endpoint
    return Note(
        "warning", "censored-before",
        f"{counted(finding.patients, 'patient')} without {finding.outcome} {were} censored before "
        f"{months} months ({endpoint}): whether the outcome would have occurred is unknown. "
        f"Exclude such patients with --endpoint {endpoint} --within {months}.",
    )  # fmt: skip


def _contradicted(finding: findings.Contradicted) -> Note:
    endpoint, are = finding.window.endpoint, "is" if finding.patients == 1 else "are"
    return Note(
        "warning", "outcome-contradicts",
        f"{counted(finding.patients, 'patient')} without {finding.outcome} had the event of the "
        f"endpoint ({endpoint.event_name}) before {in_unit(finding.window.within, endpoint)} and "
        f"{are} analysed as negative. Check the outcome and the endpoint.",
    )  # fmt: skip


def _limit_at_cut(finding: findings.LimitAtCut) -> Note:
    cut, are = f"{finding.cut:g}", "is" if finding.cells == 1 else "are"
    return Note(
        "warning", "limit-at-cut",
        f"{finding.label}: {counted(finding.cells, 'cell')} {are} "
        f"{finding.sign}{cut}, which is read as {cut} and is therefore positive at the cut-off "
        f"{cut}. Use a cut-off slightly {'above' if finding.sign == '<' else 'below'} {cut}.",
    )  # fmt: skip


def _known_later(finding: findings.KnownLater) -> Note:
    return Note(
        "warning", "immortal-time",
        f"{finding.label} is determined only after time 0, and patients must survive long enough "
        "for it to be observed (immortal-time bias). Use a value known at baseline, or, if it was "
        f'known then, set role = "baseline" for {finding.column} in hcc2l.toml.',
    )  # fmt: skip


def _own_patients(finding: findings.OwnPatients) -> Note:
    patients = ", ".join(f"{label} {n}" for label, n in finding.patients)
    return Note(
        "warning", "different-patients",
        f"Each marker was evaluated in all patients in whom it was known ({patients}). These "
        "patients differ, so the AUCs and cut-offs of two markers must not be compared; to compare "
        "markers, remove --available-cases.",
    )  # fmt: skip


def _skipped(finding: findings.Skipped) -> Note:
    needs = ["patients with and without the outcome"] if finding.classes else []
    needs.append("variation in every marker")
    if finding.cutpoints:
        needs.append("events and an admissible cut-point")
    return Note("warning", "group-skipped",
                f"Groups not analysed: {', '.join(finding.groups)}. Each needs "
                f"{'; '.join(needs)}.")  # fmt: skip


def _few_in_class(finding: findings.FewInClass) -> Note:
    kind = "with" if finding.positive else "without"
    where = f" in {finding.group}" if finding.group else ""
    where += f" have a value of {in_sentence(finding.marker)}" if finding.marker else ""
    text = (f"Only {counted(finding.patients, 'patient')} {kind} the outcome"
            f"{where}, fewer than {findings.FEW_IN_CLASS}: the AUC and the "
            "cut-off are imprecise.")  # fmt: skip
    if finding.untestable:
        text += " With a single patient in a class the AUC has no standard error, interval or p."
    return Note("warning", "few-in-class", text)


def _separated(finding: findings.Separated) -> Note:
    return Note(
        "warning", "combination-separates",
        f"{finding.curve}: the combination separates patients with and without the "
        "outcome completely, so its logistic model has no finite estimates. Evaluate the markers "
        "one by one.",
    )  # fmt: skip


def _collinear(finding: findings.Collinear) -> Note:
    return Note(
        "warning", "collinear",
        f"{finding.curve}: {listed(finding.parts)} is collinear with the other markers "
        "and has no coefficient. Remove it from the combination.",
    )  # fmt: skip


def _perfect(finding: findings.Perfect) -> Note:
    return Note(
        "warning", "perfect-separation",
        f"{finding.curve}: the marker separates patients with and without the outcome "
        "completely. The AUC has no p, and its confidence interval is not informative or cannot be "
        "computed. Check that the marker is not part of the definition of the outcome.",
    )  # fmt: skip


def _below_half(finding: findings.BelowHalf) -> Note:
    direction = "higher" if finding.higher else "lower"
    why = {
        "model": "The logistic model ranks these patients in the wrong order.",
        "option": f"The direction was given (--direction {direction}); in these patients the "
        "association is in the opposite direction. Check --direction.",
        "all patients": "The direction was determined by the medians of the two classes in all "
        "patients; in this group the association is in the opposite direction. Use --compare to "
        "test the difference between groups.",
        "medians": "The direction was determined by the medians of the two classes (higher if they "
        "are equal), as in pROC. Use --direction if the direction is known from other data; do not "
        "choose it because of this result.",
    }
    return Note(
        "warning", "auc-below-half",
        f"{finding.curve}: the AUC is below 0.5 when "
        f"{direction} values are taken to indicate the outcome. "
        f"{why[finding.by]}",
    )  # fmt: skip


def _tied(finding: findings.Tied) -> Note:
    return Note(
        "info", "cutoffs-tie",
        f"{finding.curve}: {finding.cutoffs} cut-offs are equally good by this "
        "criterion; all are listed.",
    )  # fmt: skip


def _at_edge(finding: findings.AtEdge) -> Note:
    return Note(
        "warning", "cutoff-at-edge",
        f"{finding.curve}: the cut-off leaves only {finding.share * 100:.1f}% of the "
        "patients on one side. It depends on very few patients and is unlikely to be "
        "reproducible; validate it in an independent cohort.",
    )  # fmt: skip


def _wide(finding: findings.Wide) -> Note:
    interval, spans = finding.interval, []
    if finding.of_patients:
        spans.append(f"{interval.share * 100:.0f}% of the patients")
    if finding.of_range:
        spans.append(f"{interval.of_range * 100:.0f}% of the observed range")
    return Note(
        "warning", "cutoff-uncertain",
        f"{finding.curve}: the {confidence_level(interval.conf_level)} interval of the "
        f"cut-off, {_short(interval.lower)} to {_short(interval.upper)}, spans {listed(spans)}: "
        "the cut-off is not well determined. Report the interval, or use the marker as a "
        "continuous variable.",
    )  # fmt: skip


def _optimistic_cutoffs() -> Note:
    return Note(
        "warning", "optimistic",
        "The cut-offs were chosen in these patients, so their sensitivity and specificity are "
        "optimistic. Use --boot 1000 for corrected estimates and the intervals of the cut-offs.",
    )  # fmt: skip


def _optimistic_cutpoints(finding: findings.OptimisticCutpoints) -> Note:
    names = listed([in_sentence(label) for label in finding.labels])
    what, them = f"The cut-points of {names} were", "them"
    if len(finding.labels) == 1:
        what, them = f"The cut-point of {names} was", "it"
    more = "" if finding.with_intervals else (
        " Use --boot 1000 for the interval of the cut-point."
    )  # fmt: skip
    return Note(
        "warning", "optimistic",
        f"{what} chosen in these patients: p is adjusted for the search, but an effect estimated "
        f"at {them}, such as a hazard ratio, is optimistic. Validate in an independent cohort "
        "before clinical use, or enter the marker as a continuous variable in hcc2l cox."
        f"{more}",
    )  # fmt: skip


def _short(value: float) -> str:
    """A number in four significant digits, without an exponent."""
    return number_text(float(f"{value:.4g}")).replace("-", "−")
