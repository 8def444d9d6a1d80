"""What a statistician would remark about a ROC analysis."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np

from hcc2l.analyses.accounting import account_notes
from hcc2l.analyses.cautions import reading_notes, row_notes
from hcc2l.analyses.roc.data import RocData
from hcc2l.analyses.roc.results import GroupResult, Judged
from hcc2l.analyses.roc.search import chosen_cutoff, interval, judged_of
from hcc2l.design import Endpoint, Floats, Mask
from hcc2l.design.endpoints import resolve_endpoint
from hcc2l.number_format import number_text
from hcc2l.report import Note
from hcc2l.specs import SurvivalSpec
from hcc2l.stats.risk_sets import time_tolerance
from hcc2l.wording import counted, in_sentence, listed

FEW_IN_CLASS = 20


EDGE = 0.05  # smallest share of the patients on either side of a cut-off without a note


WIDE = 0.5  # share of the patients, or of the range, spanned by the interval of a cut-off


def roc_notes(data: RocData, results: Sequence[GroupResult], skipped: Sequence[str]) -> list[Note]:
    """The notes of the analysis, in the order in which they are shown."""
    if data.survival is not None:
        notes = row_notes(data.cohort, data.survival)
    else:
        notes = [*reading_notes(data.cohort), *account_notes(data.account)]
    notes += [
        Note(
            "info",
            "option-without-effect",
            f"{option} has no effect here: it applies only with {to}.",
        )
        for option, to in data.spec.without_effect.items()
    ]
    for marker in data.markers.values():
        notes += marker.notes
    notes += _time_notes(data)
    notes += _contradicted(data)
    notes += _limits_at_cuts(data)
    notes += _known_later(data)
    if skipped:
        notes.append(_skipped_groups(data, skipped))
    for result in results:
        notes += _class_notes(data, result)
    for result, judged in judged_of(results):
        notes += _marker_notes(data, result, judged)
    notes += _search_notes(data, results)
    return notes


def _in(data: RocData, group: str) -> str:
    return "" if data.group is None else f" in {group}"


def _skipped_groups(data: RocData, skipped: Sequence[str]) -> Note:
    needs = ["variation in every marker"]
    if data.positive is not None:
        needs.insert(0, "patients with and without the outcome")
    if data.spec.criterion == "maxstat":
        needs.append("events and an admissible cut-point")
    return Note("warning", "group-skipped",
                f"Groups not analysed: {', '.join(skipped)}. Each needs "
                f"{'; '.join(needs)}.")  # fmt: skip


def _search_notes(data: RocData, results: Sequence[GroupResult]) -> Iterator[Note]:
    """The optimism of cut-offs that were chosen in the patients analysed."""
    if data.spec.criterion == "maxstat":
        names = listed([in_sentence(marker.label) for marker in data.markers.values()])
        single = len(data.markers) == 1
        what = f"The cut-point of {names} was" if single else f"The cut-points of {names} were"
        more = "" if data.spec.samples else " Use --boot 1000 for the interval of the cut-point."
        yield Note(
            "warning", "optimistic",
            f"{what} chosen in these patients: p is adjusted for the search, but an effect "
            f"estimated at {'it' if single else 'them'}, such as a hazard ratio, is optimistic. "
            "Validate in an independent cohort before clinical use, or enter the marker as a "
            f"continuous variable in hcc2l cox.{more}",
        )  # fmt: skip
        for result in results:
            for marker in result.selected:
                if marker.samples is not None:
                    label = data.label_of[marker.name] + _in(data, marker.group)
                    cut = marker.maximum.cutpoint
                    yield from _wide(data, label, cut, marker.samples, marker.values)
    elif data.positive is not None and not data.spec.samples:
        yield Note(
            "warning", "optimistic",
            "The cut-offs were chosen in these patients, so their sensitivity and specificity are "
            "optimistic. Use --boot 1000 for corrected estimates and the intervals of the "
            "cut-offs.",
        )  # fmt: skip


def _unit(endpoint: Endpoint) -> str:
    return f" {endpoint.unit}" if endpoint.unit else ""


def _time_notes(data: RocData) -> Iterator[Note]:
    spec = data.spec
    if spec.at is not None:
        assert data.time is not None
        assert data.event is not None
        assert data.survival is not None
        early = ~data.event & (data.time <= spec.at + time_tolerance(data.time))
        if early.any():
            yield Note(
                "info", "censored-before",
                f"{int(early.sum())} of {early.size} patients were censored by {spec.at:g}"
                f"{_unit(data.survival.endpoint)}, so their outcome is unknown. They are in "
                "neither class; the other patients are weighted by the inverse probability of "
                "censoring.",
            )  # fmt: skip
        if not spec.samples:
            yield Note("warning", "no-interval",
                       "Time-dependent AUCs have no confidence interval without the bootstrap. Use "
                       "--boot 1000.")  # fmt: skip
    window = _window(data)
    if spec.outcome is not None and spec.within is None and window is not None:
        endpoint, time, count = window
        were = "was" if count == 1 else "were"
        yield Note(
            "warning", "censored-before",
            f"{counted(count, 'patient')} without {data.outcome_code} {were} censored before "
            f"{time:g} months ({endpoint}): whether the outcome would have occurred is unknown. "
            f"Exclude such patients with --endpoint {endpoint} --within {time:g}.",
        )  # fmt: skip


def _before(data: RocData, endpoint: Endpoint, limit: float) -> tuple[Mask, Mask]:
    """Analysed rows with the event before a time, and rows censored before it; shape (n,)."""
    keep = data.account.keep
    time: Floats = endpoint.time[keep]
    event = endpoint.event[keep]
    early = time < limit - time_tolerance(time[~np.isnan(time)])
    return early & (event == 1), early & (event == 0)


def _window(data: RocData) -> tuple[str, float, int] | None:
    """Endpoint, months and number of negatives censored before an early outcome is known."""
    if data.spec.outcome is None:
        return None
    name = data.outcome_code.partition("=")[0]
    stated = re.search(r"within (\d+(?:\.\d+)?) months?", data.cohort.label(name).casefold())
    months = float(stated[1]) if stated else None
    if months is None and "primary_resistance" in name.casefold():
        months = 3.0  # progression within three months
    endpoint = next((e for e in ("ttp", "pfs") if e in data.cohort.endpoints()), None)
    if months is None or endpoint is None:
        return None
    spec = SurvivalSpec(endpoint=endpoint)
    resolved = resolve_endpoint(data.cohort, spec, data.account.keep)
    if {resolved.unit, data.spec.time_unit or "months"} != {"months"}:
        return None
    assert data.positive is not None
    _, censored = _before(data, resolved, months)
    count = int((censored & ~data.positive).sum())
    return (endpoint, months, count) if count else None


def _contradicted(data: RocData) -> Iterator[Note]:
    """Negatives of `--within` who had the event of the endpoint before."""
    within = data.spec.within
    if within is None:
        return
    endpoint = resolve_endpoint(data.cohort, data.spec, data.account.keep)
    events, _ = _before(data, endpoint, within)
    assert data.positive is not None
    count = int((events & ~data.positive).sum())
    if count:
        are = "is" if count == 1 else "are"
        yield Note(
            "warning", "outcome-contradicts",
            f"{counted(count, 'patient')} without {data.outcome_code} had the event of the "
            f"endpoint ({endpoint.event_name}) before {within:g}{_unit(endpoint)} and {are} "
            "analysed as negative. Check the outcome and the endpoint.",
        )  # fmt: skip


def _limits_at_cuts(data: RocData) -> Iterator[Note]:
    """Warnings of detection limits that a given cut-off, equal to them, calls positive."""
    for name, cuts in data.fixed.items():
        columns = data.markers[name].columns if name in data.markers else ()
        if len(columns) != 1:
            continue
        column = data.cohort.column(columns[0])
        wrong_side = "<" if data.higher.get(name, True) else ">"
        for cut in cuts:
            count = sum(
                cell.startswith(wrong_side)
                and column.format.limit(cell) == cut
                and not cell.startswith(f"{wrong_side}=")
                for cell in column.limits.values()
            )
            if count:
                cell, are = f"{wrong_side}{cut:g}", "is" if count == 1 else "are"
                yield Note(
                    "warning", "limit-at-cut",
                    f"{data.markers[name].label}: {counted(count, 'cell')} {are} {cell}, which is "
                    f"read as {cut:g} and is therefore positive at the cut-off {cut:g}. Use a "
                    f"cut-off slightly {'above' if wrong_side == '<' else 'below'} {cut:g}.",
                )  # fmt: skip


def _known_later(data: RocData) -> Iterator[Note]:
    names = [
        (marker.label, column) for marker in data.markers.values() for column in marker.columns
    ]
    if data.group is not None:
        names.append((data.group.label, data.group.column))
    for label, column in names:
        if data.cohort.known_after_start(column):
            yield Note(
                "warning", "immortal-time",
                f"{label} is determined only after time 0, and patients must survive long enough "
                "for it to be observed (immortal-time bias). Use a value known at baseline, or, if "
                f'it was known then, set role = "baseline" for {column} in hcc2l.toml.',
            )  # fmt: skip


def _class_notes(data: RocData, result: GroupResult) -> Iterator[Note]:
    if data.positive is None:
        return
    positives = int(result.positive.sum())
    negatives = result.positive.size - positives
    if result.weights is not None:
        negatives = int((result.weights[1] > 0).sum())
    few = min(positives, negatives)
    if few >= FEW_IN_CLASS:
        return
    kind = "with" if positives == few else "without"
    text = (f"Only {counted(few, 'patient')} {kind} the outcome{_in(data, result.name)}, fewer "
            f"than {FEW_IN_CLASS}: the AUC and the cut-off are imprecise.")  # fmt: skip
    if few == 1 and result.weights is None:
        text += " With a single patient in a class the AUC has no standard error, interval or p."
    yield Note("warning", "few-in-class", text)


def _marker_notes(data: RocData, result: GroupResult, judged: Judged) -> Iterator[Note]:
    label = data.label_of[judged.name] + _in(data, result.name)
    separated = judged.fit is not None and judged.fit.separated
    if separated:
        yield Note(
            "warning", "combination-separates",
            f"{label}: the combination separates patients with and without the outcome completely, "
            "so its logistic model has no finite estimates. Evaluate the markers one by one.",
        )  # fmt: skip
    if judged.fit is not None and judged.fit.dropped.any():
        terms = np.array(["", *(part.strip() for part in judged.name.split("+"))])
        yield Note(
            "warning", "collinear",
            f"{label}: {listed(terms[judged.fit.dropped].tolist())} is collinear with the other "
            "markers and has no coefficient. Remove it from the combination.",
        )  # fmt: skip
    if judged.area.auc in (0.0, 1.0) and not separated:
        yield Note(
            "warning", "perfect-separation",
            f"{label}: the marker separates patients with and without the outcome completely. The "
            "AUC has no p, and its confidence interval is not informative or cannot be computed. "
            "Check that the marker is not part of the definition of the outcome.",
        )  # fmt: skip
    if judged.area.auc < 0.5:
        yield Note("warning", "auc-below-half", _below_half(data, judged, label))
    chosen = [cut for cut in judged.cutoffs if cut.criterion not in ("fixed", "maxstat")]
    if len(chosen) > 1:
        yield Note(
            "info", "cutoffs-tie",
            f"{label}: {len(chosen)} cut-offs are equally good by this criterion; all are listed.",
        )  # fmt: skip
    if not chosen:
        return
    at = chosen_cutoff(judged).threshold
    share = float((judged.values >= at if judged.higher else judged.values <= at).mean())
    share = min(share, 1 - share)
    if share < EDGE:
        yield Note(
            "warning", "cutoff-at-edge",
            f"{label}: the cut-off leaves only {share * 100:.1f}% of the patients on one side. It "
            "depends on very few patients and is unlikely to be reproducible; validate it in an "
            "independent cohort.",
        )  # fmt: skip
    if judged.samples is not None:
        yield from _wide(data, label, at, judged.samples.threshold, judged.values)


def _below_half(data: RocData, judged: Judged, label: str) -> str:
    words = "higher" if judged.higher else "lower"
    text = f"{label}: the AUC is below 0.5 when {words} values are taken to indicate the outcome. "
    if judged.name in data.spec.combine:
        return text + "The logistic model ranks these patients in the wrong order."
    if data.spec.direction != "auto":
        return (
            f"{text}The direction was given (--direction {data.spec.direction}); in these patients "
            "the association is in the opposite direction. Check --direction."
        )
    if data.group is not None:
        return (
            f"{text}The direction was determined by the medians of the two classes in all "
            "patients; in this group the association is in the opposite direction. Use --compare "
            "to test the difference between groups."
        )
    return (
        f"{text}The direction was determined by the medians of the two classes (higher if they "
        "are equal), as in pROC. Use --direction if the direction is known from other data; do not "
        "choose it because of this result."
    )


def _short(value: float) -> str:
    """A number in four significant digits, without an exponent."""
    return number_text(float(f"{value:.4g}")).replace("-", "−")


def _wide(
    data: RocData, label: str, threshold: float, samples: Floats, values: Floats
) -> Iterator[Note]:
    """A warning where the interval of a cut-off spans half of the patients, or of the range."""
    limits = interval(data, threshold, samples, values)
    lower, upper, share = (
        limits[key] for key in ("threshold_lower", "threshold_upper", "share_within")
    )
    if lower is None or upper is None or share is None:
        return
    level = f"{data.spec.conf_level * 100:g}"
    width, spread = upper - lower, float(np.ptp(values))
    spans = [f"{share * 100:.0f}% of the patients"] if share >= WIDE else []
    if spread > 0 and width >= WIDE * spread:
        spans.append(f"{width / spread * 100:.0f}% of the observed range")
    if spans:
        yield Note(
            "warning", "cutoff-uncertain",
            f"{label}: the {level}% interval of the cut-off, {_short(lower)} to {_short(upper)}, "
            f"spans {listed(spans)}: the cut-off is not well determined. "
            "Report the interval, or use the marker as a continuous variable.",
        )  # fmt: skip
