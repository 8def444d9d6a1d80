"""Notes, footer and methods paragraph of a ROC analysis."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib.metadata import version

import numpy as np

from hcc2l.analyses.roc_data import RocData
from hcc2l.analyses.roc_results import GroupResult, Judged
from hcc2l.analyses.roc_search import INTERVALS, chosen_cutoff, interval, judged_of
from hcc2l.analyses.rows import account_notes, reading_notes, row_notes
from hcc2l.analyses.wording import counted, in_sentence, listed
from hcc2l.design import Endpoint, Floats, Mask
from hcc2l.design.endpoints import resolve_endpoint
from hcc2l.number_format import number_text
from hcc2l.report import Note, Table
from hcc2l.stats.risk_sets import time_tolerance

FEW_IN_CLASS = 20
EDGE = 0.05  # smallest share of the patients on either side of a cut-off without a note
WIDE = 0.5  # share of the patients, or of the range, spanned by the interval of a cut-off

REFERENCES = {
    "delong": "DeLong ER, DeLong DM, Clarke-Pearson DL. Comparing the areas under two or more "
    "correlated receiver operating characteristic curves. Biometrics 1988;44:837–845.",
    "youden": "Youden WJ. Index for rating diagnostic tests. Cancer 1950;3:32–35.",
    "topleft": "Perkins NJ, Schisterman EF. The inconsistency of 'optimal' cutpoints obtained "
    "using two criteria based on the ROC curve. Am J Epidemiol 2006;163:670–675.",
    "lau94": "Lausen B, Sauerbrei W, Schumacher M. Classification and regression trees (CART) used "
    "for the exploration of prognostic factors measured on different scales. In: Dirschedl P, "
    "Ostermann R, eds. Computational Statistics. Heidelberg: Physica; 1994:483-496.",
    "hl": "Hothorn T, Lausen B. On the exact distribution of maximally selected rank "
    "statistics. Comput Stat Data Anal 2003;43:121–137.",
    "wilson": "Wilson EB. Probable inference, the law of succession, and statistical inference. "
    "J Am Stat Assoc 1927;22:209–212.",
    "clopper-pearson": "Clopper CJ, Pearson ES. The use of confidence or fiducial limits "
    "illustrated in the case of the binomial. Biometrika 1934;26:404–413.",
    "bootstrap": "Harrell FE, Lee KL, Mark DB. Multivariable prognostic models. Stat Med "
    "1996;15:361–387.",
    "time": "Uno H, Cai T, Tian L, Wei LJ. Evaluating prediction rules for t-year survivors with "
    "censored regression models. J Am Stat Assoc 2007;102:527–537.",
    "pni": "Onodera T, Goseki N, Kosaki G. Prognostic nutritional index in gastrointestinal "
    "surgery of malnourished cancer patients. Nihon Geka Gakkai Zasshi 1984;85:1001–1005.",
    "mcclish": "McClish DK. Analyzing a portion of the ROC curve. Med Decis Making 1989;9:190–195.",
}


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
    spec = replace(data.spec, endpoint=endpoint, time=None, event=None)
    resolved = resolve_endpoint(data.cohort, spec, data.account.keep)
    if resolved.unit != "months":
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


# ---------------------------------------------------------------- footer and methods


def conventions(data: RocData) -> list[str]:
    """The second line of the footer."""
    spec = data.spec
    level = f"{spec.conf_level * 100:g}% CI"
    parts = []
    if data.survival is not None:
        endpoint = data.survival.endpoint
        unit = f", {endpoint.unit}" if endpoint.unit else ""
        parts.append(f"{endpoint.label} ({endpoint.described}){unit}")
    if data.positive is not None:
        parts.append(f"Outcome {data.outcome_code}")
        how = f"{level} ({'DeLong' if spec.at is None else 'percentile bootstrap'})"
        without = spec.at is not None and not spec.samples
        parts.append("AUC without interval" if without else f"AUC, {how}")
        if spec.at is None:
            parts.append(f"proportions, {level} ({INTERVALS[spec.ci]})")
    if spec.criterion == "maxstat":
        parts.append(f"log-rank scores, at least {spec.min_prop * 100:g}% on either side")
    if spec.samples:
        parts.append(f"{spec.samples} bootstrap samples, seed {spec.seed}")
    return parts


def roc_methods(
    data: RocData, results: Sequence[GroupResult], tables: Sequence[Table]
) -> tuple[str, tuple[str, ...]]:
    """The methods paragraph, derived from the results, and its references."""
    sentences = ["The data are synthetic."] if data.cohort.source.synthetic else []
    cited: list[str] = []
    names = listed([in_sentence(marker.label) for marker in data.markers.values()])
    if any(n.code == "pni-computed" for m in data.markers.values() for n in m.notes):
        sentences.append("The prognostic nutritional index (PNI) was calculated as albumin (g/L) + "
                         "5 × lymphocytes (10⁹/L).")  # fmt: skip
        cited.append("pni")
    if data.positive is not None:
        sentences += _area_sentences(data, results, names, cited)
    if data.group is not None:
        groups = listed([result.name for result in results])
        sentences.append(f"All analyses were stratified by {in_sentence(data.group.label)} "
                         f"({groups}).")  # fmt: skip
    if data.positive is not None:
        sentences += _cutoff_sentences(data, cited)
        sentences += _comparison_sentences(data, tables)
    if data.spec.criterion == "maxstat":
        sentences += _maxstat_sentences(data, results, names, cited)
    sentences.append(_last_sentences(data, tables))
    return " ".join(sentences), tuple(REFERENCES[key] for key in dict.fromkeys(cited))


def _area_sentences(
    data: RocData, results: Sequence[GroupResult], names: str, cited: list[str]
) -> Iterator[str]:
    """Area, its interval, direction, combination and partial area."""
    spec = data.spec
    level = f"{spec.conf_level * 100:g}%"
    limited = any(not np.isnan(judged.limits[0]) for _, judged in judged_of(results))
    if spec.at is None:
        interval = f" with DeLong {level} confidence intervals" if limited else ""
        cited += ["delong"] if limited else []
        yield (f"Discrimination of {names} for {data.outcome} was assessed by the area under the "
               f"receiver operating characteristic curve (AUC){interval}.")  # fmt: skip
    else:
        cited.append("time")
        interval = (f", and {level} percentile confidence intervals were obtained from "
                    f"{spec.samples} bootstrap samples (seed {spec.seed})")  # fmt: skip
        yield (f"Discrimination of {names} for {data.outcome} was assessed by the "
               "cumulative/dynamic time-dependent area under the receiver operating characteristic "
               "curve (AUC); patients were weighted by the inverse probability of censoring"
               f"{interval if limited else ''}.")  # fmt: skip
    if spec.direction == "auto":
        yield ("The direction of each marker was determined by its medians in all patients with "
               "and without the outcome.")  # fmt: skip
    else:
        yield f"{spec.direction.capitalize()} values were taken to indicate {data.outcome}."
    if spec.within is not None:
        assert spec.outcome is not None
        unit = _unit(resolve_endpoint(data.cohort, spec, data.account.keep))
        yield (f"Patients without the outcome who were censored before {spec.within:g}{unit}, or "
               "whose follow-up was unknown, were excluded.")  # fmt: skip
    for text in spec.combine:
        parts = [in_sentence(data.markers[part.strip()].label) for part in text.split("+")]
        sentence = f"{listed(parts)} were combined by logistic regression."
        yield sentence[:1].upper() + sentence[1:]
    if spec.partial is not None:
        cited.append("mcclish")
        focus, _, low = spec.partial.partition("=")
        yield (f"The partial AUC at a {focus} of {float(low):g} or higher was calculated and "
               "standardised by the method of McClish.")  # fmt: skip


def _cutoff_sentences(data: RocData, cited: list[str]) -> Iterator[str]:
    """How cut-offs were chosen, evaluated and validated."""
    spec = data.spec
    level = f"{spec.conf_level * 100:g}%"
    if spec.criterion != "maxstat":
        cited.append(spec.criterion)
        rules = {"youden": "to maximise the Youden index",
                 "topleft": "as the points closest to the top-left corner"}  # fmt: skip
        yield f"Cut-offs were chosen {rules[spec.criterion]}."
    if data.fixed:
        given = [f"{in_sentence(data.label_of[name])}: {listed([number_text(c) for c in cuts])}"
                 for name, cuts in data.fixed.items()]  # fmt: skip
        yield f"Fixed cut-offs were also evaluated ({'; '.join(given)})."
    if spec.at is None:
        cited.append(spec.ci)
        name = {"wilson": "Wilson", "clopper-pearson": "exact (Clopper–Pearson)"}[spec.ci]
        yield f"Proportions were calculated with {name} {level} confidence intervals."
    if spec.samples and spec.criterion != "maxstat":
        cited.append("bootstrap")
        refitted = " and the logistic models were refitted" if spec.combine else ""
        samples = (f"{spec.samples} bootstrap samples (seed {spec.seed})" if spec.at is None
                   else "the same bootstrap samples")  # fmt: skip
        yield (f"The optimism in the performance of the cut-offs, and {level} percentile "
               f"intervals of the cut-offs, were estimated from {samples}, in each of which the "
               f"cut-offs were chosen anew{refitted}.")  # fmt: skip


def _comparison_sentences(data: RocData, tables: Sequence[Table]) -> Iterator[str]:
    """The tests of areas that gave a p."""
    tests = {t.name: [row for row in t.rows if row["p"] is not None] for t in tables
             if t.name in ("comparisons", "group_comparisons")}  # fmt: skip
    delong = data.spec.at is None
    ways = {
        "comparisons": ("markers", "DeLong's test for paired curves", "the paired bootstrap"),
        "group_comparisons": ("groups", "DeLong's test for unpaired curves", "the bootstrap"),
    }
    done = [f"between {ways[name][0]} by {ways[name][1 if delong else 2]}"
            for name, rows in tests.items() if rows]  # fmt: skip
    if done:
        holm = any(len(rows) > 1 for rows in tests.values())
        adjusted = ", with p-values adjusted by the method of Holm" if holm else ""
        yield f"AUCs were compared {listed(done)}{adjusted}."


def _maxstat_sentences(
    data: RocData, results: Sequence[GroupResult], names: str, cited: list[str]
) -> Iterator[str]:
    spec = data.spec
    assert data.survival is not None
    methods = dict.fromkeys(marker.p[0][0] for result in results for marker in result.selected)
    authors = {"hl": "Hothorn and Lausen", "lau94": "Lausen, Sauerbrei and Schumacher"}
    cited += methods
    yield (
        f"Cut-points of {names} for {in_sentence(data.survival.endpoint.label)} were selected by "
        "the maximally selected log-rank statistic among those with at least "
        f"{spec.min_prop * 100:g}% of the patients on either side; p-values were adjusted for the "
        f"selection by the method of {listed([authors[m] for m in methods])}."
    )
    if spec.samples:
        yield (f"{spec.conf_level * 100:g}% percentile intervals of the cut-points were obtained "
               f"from {spec.samples} bootstrap samples (seed {spec.seed}).")  # fmt: skip


def _last_sentences(data: RocData, tables: Sequence[Table]) -> str:
    """Who was analysed, which p-values are given, and the software."""
    count = data.account.analysed
    two_sided = any(row.get("p") is not None for table in tables for row in table.rows)
    return (
        f"The analysis included the {counted(count, 'patient')} with complete data and was "
        f"performed with hcc2l {version('hcc2l')}.{' p-values are two-sided.' if two_sided else ''}"
    )
