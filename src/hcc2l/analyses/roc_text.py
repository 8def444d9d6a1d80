"""What a ROC analysis says about itself: notes, the footer, the paragraph for a manuscript."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.metadata import version

import numpy as np

from hcc2l.analyses.roc_data import RocData
from hcc2l.analyses.roc_results import GroupResult, Judged, quantile_limits
from hcc2l.analyses.roc_search import INTERVALS, judged_of
from hcc2l.analyses.rows import account_notes, reading_notes, row_notes
from hcc2l.report import Note
from hcc2l.stats.risk_sets import time_tolerance

FEW_IN_CLASS = 20
EDGE = 0.05  # share of the patients on one side of a cut-off
WIDE = 0.5  # share of the patients, or of the range, that the interval of a cut-off spans

REFERENCES = {
    "delong": "DeLong ER, DeLong DM, Clarke-Pearson DL. Comparing the areas under two or more "
    "correlated receiver operating characteristic curves. Biometrics 1988;44:837-845.",
    "youden": "Youden WJ. Index for rating diagnostic tests. Cancer 1950;3:32-35.",
    "topleft": "Perkins NJ, Schisterman EF. The inconsistency of 'optimal' cutpoints obtained "
    "using two criteria based on the ROC curve. Am J Epidemiol 2006;163:670-675.",
    "maxstat": "Hothorn T, Lausen B. On the exact distribution of maximally selected rank "
    "statistics. Comput Stat Data Anal 2003;43:121-137.",
    "wilson": "Wilson EB. Probable inference, the law of succession, and statistical inference. "
    "J Am Stat Assoc 1927;22:209-212.",
    "clopper-pearson": "Clopper CJ, Pearson ES. The use of confidence or fiducial limits "
    "illustrated in the case of the binomial. Biometrika 1934;26:404-413.",
    "bootstrap": "Harrell FE, Lee KL, Mark DB. Multivariable prognostic models. Stat Med "
    "1996;15:361-387.",
    "time": "Uno H, Cai T, Tian L, Wei LJ. Evaluating prediction rules for t-year survivors with "
    "censored regression models. J Am Stat Assoc 2007;102:527-537.",
    "pni": "Onodera T, Goseki N, Kosaki G. Prognostic nutritional index in gastrointestinal "
    "surgery of malnourished cancer patients. Nihon Geka Gakkai Zasshi 1984;85:1001-1005.",
    "mcclish": "McClish DK. Analyzing a portion of the ROC curve. Med Decis Making 1989;9:190-195.",
}


def roc_notes(data: RocData, results: Sequence[GroupResult], skipped: Sequence[str]) -> list[Note]:
    """What a statistician would say of this analysis."""
    if data.survival is not None:
        notes = row_notes(data.cohort, data.survival)
    else:
        notes = [*reading_notes(data.cohort), *account_notes(data.account)]
    for marker in data.markers.values():
        notes += marker.notes
    notes += _time_notes(data)
    notes += _contradicted(data)
    notes += _limits_at_cuts(data)
    notes += _known_later(data)
    if skipped:
        notes.append(
            Note("warning", "group-skipped",
                 f"No patients of both classes, or a marker without variation"
                 f"{', events or a cut-point' if data.spec.criterion == 'maxstat' else ''}, in: "
                 f"{', '.join(skipped)}.")
        )  # fmt: skip
    for result in results:
        notes += _class_notes(data, result)
    for result, one in judged_of(results):
        notes += _marker_notes(data, result, one)
    if data.positive is not None and data.spec.criterion != "maxstat" and not data.spec.samples:
        notes.append(
            Note("warning", "optimistic",
                 "The cut-offs were chosen on these patients, who make their sensitivity and "
                 "specificity look better than in the next. --boot 1000 says by how much, and how "
                 "uncertain the cut-offs are.")
        )  # fmt: skip
    return notes


def _in(data: RocData, group: str) -> str:
    return "" if data.group is None else f" in {group}"


def _time_notes(data: RocData) -> Iterator[Note]:
    spec = data.spec
    if spec.at is not None:
        assert data.time is not None
        assert data.event is not None
        assert data.survival is not None
        early = ~data.event & (data.time <= spec.at + time_tolerance(data.time))
        unit = data.survival.endpoint.unit
        if early.any():
            yield Note(
                "info", "censored-before",
                f"{int(early.sum())} of {early.size} patients were censored by {spec.at:g}"
                f"{' ' + unit if unit else ''}: they are not negatives. They count in neither "
                "class; the others are weighted for them.",
            )  # fmt: skip
        if not spec.samples:
            yield Note("warning", "no-interval",
                       "A time-dependent area has its interval from the bootstrap alone: "
                       "--boot 1000.")  # fmt: skip
    window = _window(data)
    if spec.outcome is not None and spec.within is None and window is not None:
        endpoint, time, count = window
        yield Note(
            "warning", "censored-before",
            f"{_patients(count)} without {data.said} censored before {time:g} months, by the "
            f"endpoint {endpoint}: whether they would have had it is not known, and they are not "
            f"negatives. Leave them out: --endpoint {endpoint} --within {time:g}.",
        )  # fmt: skip


def _window(data: RocData) -> tuple[str, float, int] | None:
    """Negatives of an early outcome who were not followed until it is known; None without any."""
    import re

    from hcc2l.design.endpoints import resolve_endpoint
    from hcc2l.specs import RocSpec

    if data.spec.outcome is None:
        return None
    name = data.said.partition("=")[0]
    said = re.search(r"within (\d+(?:\.\d+)?) months?", data.cohort.label(name).casefold())
    months = float(said[1]) if said else None
    if months is None and "primary_resistance" in name.casefold():
        months = 3.0  # progression within three months
    endpoint = next((e for e in ("ttp", "pfs") if e in data.cohort.endpoints()), None)
    if months is None or endpoint is None:
        return None
    keep = data.account.keep
    found = resolve_endpoint(data.cohort, RocSpec(outcome=name, endpoint=endpoint), keep)
    if found.unit != "months":
        return None
    assert data.positive is not None
    time = found.time[keep]
    early = (found.event[keep] == 0) & (time < months - time_tolerance(time[~np.isnan(time)]))
    count = int((early & ~data.positive).sum())
    return (endpoint, months, count) if count else None


def _contradicted(data: RocData) -> Iterator[Note]:
    """Negatives of `--within` who had the event of the endpoint before."""
    within = data.spec.within
    if within is None:
        return
    from hcc2l.design.endpoints import resolve_endpoint

    keep = data.account.keep
    found = resolve_endpoint(data.cohort, data.spec, keep)
    time = found.time[keep]
    early = (found.event[keep] == 1) & (time < within - time_tolerance(time[~np.isnan(time)]))
    assert data.positive is not None
    count = int((early & ~data.positive).sum())
    if count:
        unit = f" {found.unit}" if found.unit else ""
        yield Note(
            "warning", "outcome-contradicts",
            f"{_patients(count)} without {data.said} had the event of the endpoint "
            f"({found.event_name}) before {within:g}{unit}. One of the two is wrong, or the "
            "endpoint counts other events; they are analysed as negatives.",
        )  # fmt: skip


def _limits_at_cuts(data: RocData) -> Iterator[Note]:
    """Warn of detection limits that a given cut-off, equal to them, puts on the other side."""
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
                cell = f"{wrong_side}{cut:g}"
                yield Note(
                    "warning", "limit-at-cut",
                    f"{data.markers[name].label}: {count} of the cells are {cell}, which is read "
                    f"as {cut:g} and so called positive by the cut-off {cut:g}. Choose a cut-off "
                    "beside it.",
                )  # fmt: skip


def _patients(count: int) -> str:
    return f"{count} patient" if count == 1 else f"{count} patients"


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
                f"{label} is known only some time after the start: it cannot foretell what has "
                "happened by then, and a patient must live long enough to get it (immortal-time "
                "bias). Use what is known at the start.",
            )  # fmt: skip


def _class_notes(data: RocData, result: GroupResult) -> Iterator[Note]:
    if data.positive is None:
        return
    positives = int(result.positive.sum())
    negatives = result.positive.size - positives
    if result.weights is not None:
        negatives = int((result.weights[1] > 0).sum())
    few = min(positives, negatives)
    if few < FEW_IN_CLASS:
        kind = "with" if positives == few else "without"
        yield Note(
            "warning", "few-in-class",
            f"Only {_patients(few)} {kind} the outcome{_in(data, result.name)}, fewer than "
            f"{FEW_IN_CLASS}: the area is uncertain and a cut-off is a guess.",
        )  # fmt: skip


def _marker_notes(data: RocData, result: GroupResult, one: Judged) -> Iterator[Note]:
    label = data.label_of[one.name] + _in(data, result.name)
    if one.fit is not None and one.fit.separated:
        yield Note(
            "warning", "combination-separates",
            f"{label}: the combination tells the classes apart without an error, so that its model "
            "does not exist. There are too few patients for it; judge the markers alone.",
        )  # fmt: skip
    if one.fit is not None and one.fit.dropped.any():
        terms = np.array(["", *(part.strip() for part in one.name.split("+"))])
        yield Note(
            "warning", "collinear",
            f"{label}: {_join(list(terms[one.fit.dropped]))} says nothing that the others do not "
            "say; it is left out of the model and has no coefficient.",
        )  # fmt: skip
    if one.area.auc in (0.0, 1.0) and not (one.fit is not None and one.fit.separated):
        yield Note(
            "warning", "perfect-separation",
            f"{label}: the marker tells the classes apart without an error. The interval is not of "
            "use (it has no width, or cannot be made) and there is no p; a larger cohort would "
            "hardly show the same. Is the marker part of the outcome?",
        )  # fmt: skip
    if one.area.auc < 0.5:
        yield Note("warning", "auc-below-half", _below_half(data, one, label))
    found = [cut for cut in one.cutoffs if cut.criterion not in ("fixed", "maxstat")]
    if len(found) > 1:
        yield Note(
            "info", "cutoffs-tie",
            f"{label}: {len(found)} cut-offs are equally good by this criterion; all are given.",
        )  # fmt: skip
    if found:
        at = found[(len(found) - 1) // 2].threshold
        share = float((one.values >= at if one.higher else one.values <= at).mean())
        share = min(share, 1 - share)
        if share < EDGE:
            yield Note(
                "warning", "cutoff-at-edge",
                f"{label}: the cut-off leaves {share * 100:.1f}% of the patients on one side. It "
                "rests on very few of them and will move in other data.",
            )  # fmt: skip
    if one.samples is not None and found:
        yield from _wide(data, one, label)


def _below_half(data: RocData, one: Judged, label: str) -> str:
    words = "higher" if one.higher else "lower"
    said = (
        f"{label}: the area is below 0.5, though {words} values were taken to go with the outcome."
    )
    if one.name in data.spec.combine:
        return f"{said} The model of the combination ranks these patients the wrong way round."
    if data.spec.direction != "auto":
        return (
            f"{said} The direction was said (--direction {data.spec.direction}); in these patients "
            "the marker goes the other way."
        )
    if data.group is not None:
        return (
            f"{said} The direction is that of all patients, by the medians of the two classes; "
            "here the marker goes the other way, which --compare tests."
        )
    return (
        f"{said} The direction follows the medians of the two classes, as in pROC, not the area. "
        "The marker tells next to nothing; do not turn it round after having seen this."
    )


def _wide(data: RocData, one: Judged, label: str) -> Iterator[Note]:
    assert one.samples is not None
    lower, upper = quantile_limits(one.samples.threshold, data.spec.conf_level)
    spread = float(np.ptp(one.values))
    inside = float(((one.values >= lower) & (one.values <= upper)).mean())
    if inside >= WIDE or upper - lower >= WIDE * spread:
        yield Note(
            "warning", "cutoff-uncertain",
            f"{label}: the interval of the cut-off, {lower:.4g} to {upper:.4g}, holds "
            f"{inside * 100:.0f}% of the patients. These data do not say where to cut.",
        )  # fmt: skip


# ---------------------------------------------------------------- footer and methods


def conventions(data: RocData) -> list[str]:
    """The footer's second line."""
    spec = data.spec
    level = f"{spec.conf_level * 100:g}% CI"
    parts = []
    if data.survival is not None:
        endpoint = data.survival.endpoint
        unit = f", {endpoint.unit}" if endpoint.unit else ""
        parts.append(f"{endpoint.label} ({endpoint.described}){unit}")
    if data.positive is not None:
        parts.append(f"Outcome {data.said}")
        how = f"{level} ({'DeLong' if spec.at is None else 'percentile bootstrap'})"
        without = spec.at is not None and not spec.samples
        parts.append("AUC, without interval" if without else f"AUC, {how}")
        if spec.at is None:
            parts.append(f"proportions, {level} ({INTERVALS[spec.ci]})")
        if spec.samples:
            parts.append(f"{spec.samples} bootstrap samples, seed {spec.seed}")
    if spec.criterion == "maxstat":
        parts.append(f"log-rank scores, {spec.min_prop * 100:g}% on either side")
    return parts


def roc_methods(data: RocData) -> tuple[str, tuple[str, ...]]:
    """The methods paragraph, written from what was run, and its references."""
    spec, cohort = data.spec, data.cohort
    said = ["The data are synthetic."] if cohort.source.synthetic else []
    cited: list[str] = []
    names = _join([marker.label for marker in data.markers.values()])
    if any(n.code == "pni-computed" for m in data.markers.values() for n in m.notes):
        said.append("The prognostic nutritional index (PNI) was computed as albumin (g/L) + 5 × "
                    "lymphocytes (10⁹/L).")  # fmt: skip
        cited.append("pni")
    if data.positive is not None:
        said += _curve_sentences(data, names, cited)
    if spec.criterion == "maxstat":
        assert data.survival is not None
        said.append(
            f"Cut-points of {names} for {_lower(data.survival.endpoint.label)} were chosen by the "
            f"maximally selected log-rank statistic, with at least {spec.min_prop * 100:g}% of the "
            "patients on either side; p-values are adjusted for that choice."
        )
        cited.append("maxstat")
    said.append(
        f"All analyses used the {data.account.analysed} patients with complete data. p-values are "
        f"two-sided. Analyses were done with hcc2l {version('hcc2l')}."
    )
    return " ".join(said), tuple(REFERENCES[key] for key in dict.fromkeys(cited))


def _curve_sentences(data: RocData, names: str, cited: list[str]) -> Iterator[str]:
    spec = data.spec
    level = f"{spec.conf_level * 100:g}%"
    if spec.at is None:
        cited.append("delong")
        yield (
            f"The ability of {names} to tell patients with {data.outcome} from those without was "
            f"judged by the area under the ROC curve, with DeLong's {level} confidence interval."
        )
    else:
        cited += ["time", *(["bootstrap"] if spec.samples else [])]
        limits = f" and {level} percentile intervals of {spec.samples} bootstrap samples"
        yield (
            f"The ability of {names} to foretell {data.outcome} was judged by the "
            "cumulative/dynamic time-dependent ROC curve, with inverse-probability-of-censoring "
            f"weights{limits if spec.samples else ''}."
        )
    if spec.within is not None:
        yield (f"Patients without the outcome who were censored before {spec.within:g}, or whose "
               "follow-up is unknown, were left out.")  # fmt: skip
    if spec.criterion != "maxstat":
        cited.append(spec.criterion)
        what = {"youden": "maximised Youden's index",
                "topleft": "came closest to perfect sensitivity and specificity"}  # fmt: skip
        yield f"Cut-offs were those that {what[spec.criterion]}."
    if spec.at is None:
        cited.append(spec.ci)
        name = {"wilson": "Wilson's", "clopper-pearson": "exact (Clopper–Pearson)"}[spec.ci]
        yield f"Proportions have {name} {level} confidence intervals."
    if spec.combine:
        yield "Markers were combined by logistic regression."
    if spec.compare:
        paired = "DeLong's test" if spec.at is None else "the bootstrap"
        yield f"Areas were compared by {paired}; p-values of several tests were adjusted by Holm."
    if spec.partial is not None:
        cited.append("mcclish")
        focus, _, low = spec.partial.partition("=")
        where = f"where {focus} was at least {float(low):g}"
        yield f"The partial area {where} was corrected as by McClish."
    if spec.samples and spec.at is None:
        cited.append("bootstrap")
        yield (
            f"Optimism and the interval of each cut-off were estimated from {spec.samples} "
            "bootstrap samples, in each of which the cut-off was chosen anew."
        )


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:]


def _join(words: Sequence[str]) -> str:
    return ", ".join(words[:-1]) + " and " + words[-1] if len(words) > 1 else words[0]
