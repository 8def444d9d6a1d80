"""The conventions and the methods paragraph of a Kaplan–Meier analysis."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

from hcc2l import references
from hcc2l.analyses.computed import opening_sentences, score_references
from hcc2l.analyses.entry import entry_sentence
from hcc2l.analyses.km.data import KmData
from hcc2l.analyses.km.labels import TEST_LABELS
from hcc2l.analyses.outcome import computed_sentences, excludes_by_landmark
from hcc2l.cohort import Cohort
from hcc2l.design import RowAccount
from hcc2l.numerals import confidence, confidence_level, plain
from hcc2l.report import Row, Table
from hcc2l.wording import in_sentence, listed

_TEST_REFERENCES = {
    "logrank": references.MANTEL_1966,
    "peto": references.PETO_1972,
    "gehan": references.GEHAN_1965,
    "tarone-ware": references.TARONE_WARE_1977,
    "fh": references.FLEMING_HARRINGTON_1991,
}


_ADJUSTMENT_REFERENCES = {
    "holm": [references.HOLM_1979],
    "bh": [references.BENJAMINI_HOCHBERG_1995],
}


_TEST_WORDS = {
    "logrank": "the log-rank test",
    "peto": "the Peto–Peto test",
    "gehan": "the Gehan–Breslow test",
    "tarone-ware": "the Tarone–Ware test",
}


_FAMILY_WORDS = {
    "exponential": "exponential",
    "weibull": "Weibull",
    "lognormal": "log-normal",
    "loglogistic": "log-logistic",
}


_SCALE_WORDS = {
    "log": "the log scale",
    "log-log": "the log-log scale",
    "plain": "the untransformed scale",
    "logit": "the logit scale",
    "arcsin": "the arcsine-square-root scale",
}


_ADJUSTMENT_WORDS = {
    "holm": "with p-values adjusted by Holm's method",
    "bonferroni": "with p-values adjusted by Bonferroni's method",
    "bh": "with p-values adjusted by the method of Benjamini and Hochberg",
    "none": "with unadjusted p-values",
}


def conventions(data: KmData) -> list[str]:
    """The footer's second line: endpoint, estimator, interval type, tests."""
    spec, endpoint = data.spec, data.endpoint
    unit = f", {endpoint.unit}" if endpoint.unit else ""
    parts = [f"{endpoint.label} ({endpoint.described}){unit}"]
    name = "Aalen–Johansen" if spec.competing else "Kaplan–Meier"
    parts.append(f"{name}, {confidence(spec.conf_level)} {spec.conf_type}")
    if spec.entry is not None:
        parts.append(f"entry {spec.entry}")
    if spec.from_ is not None:
        parts.append(f"from {plain(spec.from_)}")
    if data.weights is not None:
        parts.append(
            f"weights {spec.weights} ({'robust variance' if data.robust else 'repeated rows'})"
        )
    if data.group:
        names = _test_names(data)
        parts.append(f"test{'s' if len(names) > 1 else ''}: {', '.join(names)}")
    return parts


def _test_names(data: KmData) -> list[str]:
    spec = data.spec
    labels = TEST_LABELS | {"fh": f"Fleming–Harrington ({plain(spec.rho)}, {plain(spec.gamma)})"}
    names = [labels["mantel-byar" if data.exposure else test] for test in spec.test]
    names += [f"Log-rank stratified by {in_sentence(data.strata.label)}"] if data.strata else []
    names += ["Log-rank for trend"] if spec.trend else []
    names += [f"pairwise log-rank ({spec.adjust})"] if spec.pairwise else []
    return names + (["Gray"] if spec.competing and data.weights is None else [])


def km_methods(
    data: KmData, cohort: Cohort, account: RowAccount, tables: Sequence[Table]
) -> tuple[str, tuple[str, ...]]:
    """The methods paragraph, from what the tables hold, and its references."""
    results = {table.name: table.rows for table in tables}
    cited: list[str] = []
    sentences = [*opening_sentences(cohort), *computed_sentences(data.endpoint, cohort)]
    sentences += _landmark_sentence(data, account, cited)
    sentences += _entry_sentences(data, cited)
    sentences += _curve_sentences(data, results, cited)
    sentences += _exposure_sentences(data, results, cited)
    if data.group:
        sentences += _test_sentences(data, results, cited)
    sentences += restricted_mean_sentence(data, results, cited)
    sentences += _conditional_sentence(data)
    sentences += _parametric_sentence(data, results)
    sentences += _row_sentences(cohort, account, results, rows_of_patients=data.patient is not None)
    return " ".join(sentences), (*score_references(cohort), *dict.fromkeys(cited))


def _curve_sentences(
    data: KmData, results: dict[str, tuple[Row, ...]], cited: list[str]
) -> list[str]:
    """How survival, or the cumulative incidence, and follow-up were estimated."""
    spec, endpoint = data.spec, data.endpoint
    unit = f" (in {endpoint.unit})" if endpoint.unit else ""
    level, scale = confidence_level(spec.conf_level), _SCALE_WORDS[spec.conf_type]
    weighted = f"patients weighted by {spec.weights}" if data.weights is not None else ""
    variance = "robust (infinitesimal jackknife)" if data.robust else "Greenwood's"
    groups = results["groups"]
    if spec.competing:
        cited.append(references.AALEN_JOHANSEN_1978)
        sentences = [
            f"The cumulative incidence of {endpoint.event_name}{unit} was estimated by the "
            f"Aalen–Johansen method with {data.competing_name} as the competing event"
            f"{weighted and f' and {weighted}'}; {level} confidence intervals were computed on "
            f"{scale}" + (f" with {variance} variance." if data.robust else ".")
        ]
    else:
        cited.append(references.KAPLAN_MEIER_1958)
        sentences = [
            f"{endpoint.label}{unit} was estimated by the Kaplan–Meier method"
            f"{weighted and f' with {weighted}'}; {level} confidence intervals were computed on "
            f"{scale} with {variance} variance."
        ]
        if any(row[key] is not None for row in groups for key in ("median", "lower", "upper")):
            cited.append(references.BROOKMEYER_CROWLEY_1982)
            sentences.append(
                "Confidence intervals for medians were obtained by the method of Brookmeyer and "
                "Crowley."
            )
    if any(row["follow_up"] is not None for row in groups):
        cited.append(references.SCHEMPER_SMITH_1996)
        sentences.append("Median follow-up was estimated by the reverse Kaplan–Meier method.")
    return sentences


def _exposure_sentences(
    data: KmData, results: dict[str, tuple[Row, ...]], cited: list[str]
) -> list[str]:
    """How patients move between the groups of an exposure, and how these were compared."""
    if data.exposure is None:
        return []
    from hcc2l.analyses.exposures import how_exposed

    cited.append(references.SIMON_MAKUCH_1984)
    sentences = [
        f"{how_exposed(data.exposure.label)} Patients left the risk set of the unexposed and "
        "joined that of the exposed when it began (method of Simon and Makuch)."
    ]
    if any(row["test"] == "mantel-byar" and row["p"] is not None for row in results["tests"]):
        cited.append(references.MANTEL_BYAR_1974)
        sentences.append("Unexposed and exposed follow-up were compared by the Mantel–Byar test.")
    return sentences


def _landmark_sentence(data: KmData, account: RowAccount, cited: list[str]) -> list[str]:
    if data.spec.landmark is None:
        return []
    cited.append(references.ANDERSON_1983)
    unit = f" {data.endpoint.unit}" if data.endpoint.unit else ""
    early = excludes_by_landmark(account)
    return [
        f"Survival time was measured from a landmark at {plain(data.spec.landmark)}{unit}"
        + ("; patients with an event or censored by then were excluded." if early else ".")
    ]


def _entry_sentences(data: KmData, cited: list[str]) -> list[str]:
    sentences = []
    if data.delayed is not None:
        cited.append(references.TSAI_1987)
        sentences.append(entry_sentence(data.delayed))
    if data.spec.from_ is not None:
        unit = f" {data.endpoint.unit}" if data.endpoint.unit else ""
        sentences.append(
            f"Curves begin at {plain(data.spec.from_)}{unit}, with the patients who were "
            "event-free then."
        )
    return sentences


def _test_sentences(
    data: KmData, results: dict[str, tuple[Row, ...]], cited: list[str]
) -> list[str]:
    """The tests that gave a p-value."""
    spec = data.spec
    tested = {str(row["test"]) for row in results["tests"] if row["p"] is not None}
    words = dict(_TEST_WORDS)
    words["fh"] = f"the Fleming–Harrington test (ρ = {plain(spec.rho)}, γ = {plain(spec.gamma)})"
    sentences = []
    names = [test for test in spec.test if test in tested]
    if names:
        what = "Cause-specific hazards" if spec.competing else "Groups"
        sentences.append(f"{what} were compared by {listed([words[t] for t in names])}.")
        cited += [_TEST_REFERENCES[test] for test in names]
    if "gray" in tested:
        causes = [str(row["cause"]) for row in results["tests"]
                  if row["test"] == "gray" and row["p"] is not None]  # fmt: skip
        were = "incidences of {} were" if len(causes) > 1 else "incidence of {} was"
        sentences.append(f"The cumulative {were.format(listed(causes))} compared by Gray's test.")
        cited.append(references.GRAY_1988)
    if "gray-stratified" in tested and data.strata:
        label = in_sentence(data.strata.label)
        sentences.append(f"Gray's test stratified by {label} was also performed.")
    if "logrank-stratified" in tested and data.strata:
        label = in_sentence(data.strata.label)
        sentences.append(f"A log-rank test stratified by {label} was also performed.")
        cited.append(references.MANTEL_1966)
    if "logrank-trend" in tested:
        order = ", ".join(data.trend_levels)
        sentences.append(
            f"A trend across the ordered groups ({order}) was assessed by the "
            "log-rank test for trend with equally spaced scores."
        )
        cited.append(references.TARONE_1975)
    sentences += _pairwise_sentence(data, results, cited)
    sentences += panel_sentences(data, results, cited)
    if spec.hr:
        sentences.append(
            "Hazard ratios were estimated by an unadjusted Cox model, with Efron's method for ties."
        )
        cited += [references.COX_1972, references.EFRON_1977]
    if data.robust and sentences:
        sentences.append("Robust variances were used for the tests.")
        cited.append(references.LIN_WEI_1989)
    return sentences


def _pairwise_sentence(
    data: KmData, results: dict[str, tuple[Row, ...]], cited: list[str]
) -> list[str]:
    pairs = [row for row in results.get("pairwise", ()) if row["p"] is not None]
    if not pairs:
        return []
    cited.append(references.MANTEL_1966)
    kind = "stratified log-rank" if data.strata else "log-rank"
    if len(pairs) == 1:
        (pair,) = pairs
        return [f"{pair['group_a']} and {pair['group_b']} were compared by a {kind} test."]
    cited += _ADJUSTMENT_REFERENCES.get(data.spec.adjust, [])
    adjusted = _ADJUSTMENT_WORDS[data.spec.adjust]
    return [f"Pairs of groups were compared by {kind} tests {adjusted}."]


def panel_sentences(
    data: KmData, results: dict[str, tuple[Row, ...]], cited: list[str]
) -> list[str]:
    """The tests where the hazard ratio may change with time."""
    if not data.spec.nph:
        return []
    sentences = []
    if results["nph_tests"][-1]["p"] is not None:
        cited += [references.FLEMING_HARRINGTON_1991, references.LIN_2020]
        sentences.append(
            "Because the hazard ratio may change with time, groups were also compared by the "
            "MaxCombo test, the largest of the Fleming–Harrington tests with (ρ, γ) of (0, 0), "
            "(1, 0), (0, 1) and (1, 1), with its p-value from their joint distribution."
        )
    if results.get("milestones"):
        sentences.append(
            "Differences in survival at given times were tested with Greenwood's variances."
        )
    if results.get("piecewise"):
        cited.append(references.COX_1972)
        compared = any(
            row["test"] == "time-interaction" and row["p"] is not None for row in results["tests"]
        )
        tested = ", which was tested by the likelihood ratio" if compared else ""
        cuts = listed([plain(t) for t in sorted(data.spec.split)])
        unit = f" {data.endpoint.unit}" if data.endpoint.unit else ""
        sentences.append(
            f"Hazard ratios before and after {cuts}{unit} were estimated in a Cox model with an "
            f"interaction between group and period{tested}."
        )
    return sentences


def restricted_mean_sentence(
    data: KmData, results: dict[str, tuple[Row, ...]], cited: list[str]
) -> list[str]:
    """To where means are restricted, and how they were compared."""
    if data.tau is None:
        return []
    cited.append(references.ROYSTON_PARMAR_2013)
    unit = f" {data.endpoint.unit}" if data.endpoint.unit else ""
    tested = any(row["p"] is not None for row in results.get("rmst_differences", ()))
    divided = any(row["p"] is not None for row in results.get("rmst_ratios", ()))
    ratios = " and ratios by z-tests of their logarithms" if divided else ""
    return [
        f"Restricted mean survival time to {plain(data.tau)}{unit} was computed as the area "
        "under the survival curve"
        + (f"; differences between groups were tested by z-tests{ratios}." if tested else ".")
    ]


def _conditional_sentence(data: KmData) -> list[str]:
    if not data.spec.given:
        return []
    times = listed([plain(t) for t in sorted(data.spec.given)])
    unit = f" {data.endpoint.unit}" if data.endpoint.unit else ""
    return [
        f"Conditional survival was estimated by the Kaplan–Meier method in the patients who were "
        f"event-free at {times}{unit}."
    ]


def _parametric_sentence(data: KmData, results: dict[str, tuple[Row, ...]]) -> list[str]:
    if not data.spec.parametric:
        return []
    if "best" in data.spec.parametric:
        names = listed(list(_FAMILY_WORDS.values()))
        each = " in each group" if data.group else ""
        return [
            f"Of the {names} models, fitted by maximum likelihood, the one with the smallest "
            f"Akaike information criterion was chosen{each}."
        ]
    fitted = {row["model"] for row in results["parametric"]}
    names = listed([words for family, words in _FAMILY_WORDS.items() if family in fitted])
    were = "models were" if len(fitted) > 1 else "model was"
    return [f"The {names} {were} fitted by maximum likelihood."]


def _row_sentences(
    cohort: Cohort,
    account: RowAccount,
    results: dict[str, tuple[Row, ...]],
    *,
    rows_of_patients: bool,
) -> list[str]:
    excluded = cohort.rows - account.analysed
    whose = "rows" if rows_of_patients else "patients"
    sentence = f"All {cohort.rows} {whose} were analysed."
    if excluded:
        reasons = "; ".join(f"{_reason(cohort, e.reason)}: {e.rows}" for e in account.excluded)
        sentence = (
            f"Of {cohort.rows} {whose}, {excluded} {'were' if excluded > 1 else 'was'} excluded "
            f"({reasons}) and {account.analysed} {'were' if account.analysed > 1 else 'was'} "
            "analysed."
        )
    tested = any(
        row["p"] is not None
        for name in ("tests", "pairwise", "rmst_differences")
        for row in results.get(name, ())
    )
    return [
        sentence,
        *(["All p-values are two-sided."] if tested else []),
        f"Analyses were performed with hcc2l {version('hcc2l')}.",
    ]


def _reason(cohort: Cohort, reason: str) -> str:
    """A reason for exclusion in the words of a paper: `age missing` -> `missing age`."""
    if reason.startswith("not where "):
        return f"not meeting {reason.removeprefix('not where ')}"
    column = reason.removesuffix(" missing")
    return f"missing {in_sentence(cohort.label(column))}" if column in cohort.names else reason
