"""What a user relies on in `hcc2l.km`, beside the numbers of the frozen cases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import hcc2l
from tests.analyses.km.cohorts import DATA, SECOND_LINE, km


def methods(**options: Any) -> str:
    return hcc2l.km(SECOND_LINE, methods=True, **options).methods


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({}, "Overall survival (in months) was estimated by the Kaplan–Meier method; 95% "
             "confidence intervals were computed on the log scale with Greenwood's variance."),
        ({"conf_type": "plain", "conf_level": 0.9}, "90% confidence intervals were computed on the "
                                                    "untransformed scale with"),
        ({}, "Confidence intervals for medians were obtained by the method of Brookmeyer and "
             "Crowley."),
        ({}, "Median follow-up was estimated by the reverse Kaplan–Meier method."),
        ({"by": "bclc"}, "Groups were compared by the log-rank test."),
        ({"by": "bclc", "test": ["peto", "gehan", "tarone-ware"]}, "Groups were compared by the "
         "Peto–Peto test, the Gehan–Breslow test and the Tarone–Ware test."),
        ({"by": "bclc", "test": ["fh"], "gamma": 1.0}, "the Fleming–Harrington test (ρ = 0, "
                                                       "γ = 1)."),
        ({"by": "bclc", "strata": "child_pugh"}, "A log-rank test stratified by Child-Pugh class "
                                                 "was also performed."),
        ({"by": "bclc", "strata": "sex"}, "A log-rank test stratified by sex was also performed."),
        ({"by": "albi_grade", "trend": True}, "A trend across the ordered groups (1, 2, 3) was "
                                              "assessed by the log-rank test for trend with "
                                              "equally spaced scores."),
        ({"by": "etiology", "pairwise": True}, "Pairs of groups were compared by log-rank tests "
                                               "with p-values adjusted by Holm's method."),
        ({"by": "etiology", "pairwise": True, "adjust": "bh", "strata": "sex"}, "Pairs of groups "
         "were compared by stratified log-rank tests with p-values adjusted by the method of "
         "Benjamini and Hochberg."),
        ({"by": "etiology", "pairwise": True, "adjust": "bonferroni"}, "with p-values adjusted by "
                                                                       "Bonferroni's method."),
        ({"by": "etiology", "pairwise": True, "adjust": "none"}, "with unadjusted p-values."),
        ({"by": "bclc", "pairwise": True}, "B and C were compared by a log-rank test."),
        ({"landmark": 3.0}, "Survival time was measured from a landmark at 3 months; patients with "
                            "an event or censored by then were excluded."),
        ({"landmark": 0.0}, "Survival time was measured from a landmark at 0 months. "),
        ({"tau": 12.0}, "Restricted mean survival time to 12 months was computed as the area under "
                        "the survival curve. "),
        ({"tau": 12.0, "by": "bclc"}, "the survival curve; differences between groups were tested "
                                      "by z-tests."),
        ({"parametric": ["weibull"]}, "The Weibull model was fitted by maximum likelihood."),
        ({"parametric": ["lognormal", "weibull"]}, "The Weibull and log-normal models were fitted"),
        ({"parametric": ["best"]}, "Of the exponential, Weibull, log-normal and log-logistic "
         "models, fitted by maximum likelihood, the one with the smallest Akaike information "
         "criterion was chosen. "),
        ({"parametric": ["best"], "by": "bclc"}, "criterion was chosen in each group."),
        ({"weights": "age"}, "by the Kaplan–Meier method with patients weighted by age; 95% "
         "confidence intervals were computed on the log scale with Greenwood's variance."),
        ({"weights": "tumor_size_cm"}, "on the log scale with robust (infinitesimal jackknife) "
                                       "variance."),
        ({"weights": "tumor_size_cm", "by": "bclc"}, "Robust variances were used for the tests."),
        ({}, "All 126 patients were analysed."),
        ({"where": ["sex==male"]}, "Of 126 patients, 15 were excluded (not meeting sex==male: 15) "
                                   "and 111 were analysed."),
        ({"weights": "afp"}, "Of 126 patients, 8 were excluded (missing AFP: 8) and"),
        ({"landmark": 3.0}, "Of 126 patients, 27 were excluded (event by the landmark, 3 months: "
                            "18; censored by the landmark, 3 months: 9) and 99 were analysed."),
        ({"by": "bclc"}, "p-values are two-sided."),
        ({"endpoint": "ttp", "competing": "death"}, "The cumulative incidence of progression (in "
         "months) was estimated by the Aalen–Johansen method with death as the competing event; "
         "95% confidence intervals were computed on the log scale."),
        ({"endpoint": "ttp", "competing": "death", "by": "bclc"}, "Cause-specific hazards were "
         "compared by the log-rank test. The cumulative incidences of progression and death were "
         "compared by Gray's test."),
    ],
    ids=str,
)  # fmt: skip
def test_the_methods_say_what_was_done(options: Any, sentence: str) -> None:
    assert sentence in methods(**options)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, ["compared", "test", "two-sided", "landmark", "Restricted", "weighted", "robust",
              "maximum likelihood", "trend", "excluded", "Pairs", "cumulative incidence"]),
        ({"by": "bclc"}, ["stratified", "trend", "Pairs", "Peto", "Gray", "robust", "landmark"]),
        ({"by": "bclc", "strata": "sex"}, ["Sex"]),
        ({"by": "bclc", "pairwise": True}, ["Holm"]),  # one pair: nothing to adjust for
        ({"weights": "age", "by": "bclc"}, ["robust"]),
        ({"tau": 12.0}, ["z-test", "two-sided"]),
        ({"landmark": 0.0}, ["excluded"]),
        ({"parametric": ["weibull"]}, ["Akaike", "log-normal"]),
        ({"endpoint": "ttp", "competing": "death"}, ["Kaplan–Meier method;", "medians", "Gray",
                                                     "compared"]),
    ],
    ids=str,
)  # fmt: skip
def test_the_methods_do_not_say_what_was_not_done(options: Any, words: list[str]) -> None:
    text = methods(**options)
    assert [word for word in words if word in text] == []


def test_the_methods_claim_no_test_that_was_not_possible() -> None:
    options: dict[str, Any] = {"by": "arm", "strata": "centre", "pairwise": True, "methods": True}
    linked = hcc2l.km(DATA / "disjw.csv", **options)
    assert "stratified by centre" in linked.methods
    assert "Pairs of groups" in linked.methods
    apart = hcc2l.km(DATA / "disjw.csv", where=["arm in A,B"], **options)
    assert "Groups were compared by the log-rank test." in apart.methods
    assert "stratified" not in apart.methods
    assert not any("Holm" in reference for reference in apart.references)


def test_the_methods_claim_no_median_and_no_model_that_could_not_be_estimated(
    tmp_path: Path,
) -> None:
    text = "time,status\n" + "1,1\n" + "".join(f"{t},0\n" for t in range(2, 30))
    rare = km(tmp_path, text, parametric=["exponential", "weibull"])
    assert "medians" not in rare.methods
    assert "Median follow-up" in rare.methods
    always = km(tmp_path, "time,status\n3,1\n3,1\n3,1\n", parametric=["exponential", "weibull"])
    assert "The exponential model was fitted" in always.methods
    assert "Median follow-up" not in always.methods


@pytest.mark.parametrize(
    ("options", "cited"),
    [
        ({}, ["Kaplan", "Brookmeyer", "Schemper"]),
        ({"by": "bclc"}, ["Kaplan", "Brookmeyer", "Schemper", "Mantel"]),
        ({"by": "bclc", "test": ["peto", "gehan", "tarone-ware", "fh"], "rho": 1.0},
         ["Kaplan", "Brookmeyer", "Schemper", "Peto", "Gehan", "Tarone", "Fleming"]),
        ({"by": "etiology", "pairwise": True, "adjust": "bh", "trend": True},
         ["Kaplan", "Brookmeyer", "Schemper", "Mantel", "Tarone", "Benjamini"]),
        ({"landmark": 1.0, "tau": 6.0},
         ["Anderson", "Kaplan", "Brookmeyer", "Schemper", "Royston"]),
        ({"by": "bclc", "weights": "tumor_size_cm"},
         ["Kaplan", "Brookmeyer", "Schemper", "Mantel", "Lin"]),
        ({"endpoint": "ttp", "competing": "death", "by": "bclc"},
         ["Aalen", "Schemper", "Mantel", "Gray"]),
    ],
    ids=str,
)  # fmt: skip
def test_each_method_is_cited_once(options: Any, cited: list[str]) -> None:
    report = hcc2l.km(SECOND_LINE, methods=True, **options)
    assert [reference.split()[0] for reference in report.references] == cited


def test_the_footer_names_every_test() -> None:
    report = hcc2l.km(
        DATA / "hcc81.csv", by="child_pugh", test=["fh"], gamma=1, strata="sex", trend=True,
        pairwise=True,
    )  # fmt: skip
    footer = " ".join(report.provenance.footer)
    for words in (
        "Fleming–Harrington (0, 1)",
        "Log-rank stratified by sex",
        "for trend",
        "pairwise",
    ):
        assert words in footer
