"""The conventions and the methods paragraph of a ROC analysis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.metadata import version

import numpy as np

from hcc2l.analyses.outcome import computed_sentences
from hcc2l.analyses.roc.data import RocData
from hcc2l.analyses.roc.notes import _unit
from hcc2l.analyses.roc.results import GroupResult
from hcc2l.analyses.roc.search import INTERVALS, judged_of
from hcc2l.design.endpoints import resolve_endpoint
from hcc2l.number_format import number_text
from hcc2l.report import Table
from hcc2l.wording import counted, in_sentence, listed

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
    if data.survival is not None:
        sentences += computed_sentences(data.survival.endpoint, data.cohort)
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
