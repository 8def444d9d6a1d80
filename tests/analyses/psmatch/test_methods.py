"""`hcc2l psmatch` as a user relies on it: the treatment, invariance, notes, files, bad input."""

from __future__ import annotations

import re
from typing import Any

import pytest

import hcc2l
from hcc2l.wording import in_sentence
from tests.analyses.psmatch.cohorts import LALONDE, SMALL, WORKERS, psmatch


def paragraph(**options: Any) -> str:
    return psmatch(**options).methods


@pytest.mark.parametrize(
    ("options", "present", "absent"),
    [
        (
            {},
            [
                "Propensity scores for lenvatinib versus sorafenib were estimated by logistic "
                "regression with age, sex, largest tumour, tumour number, extrahepatic spread, "
                "lymph node metastasis and Child-Pugh class as covariates.",
                "matched 1:1 to patients treated with sorafenib on the logit of the propensity "
                "score by nearest-neighbour matching without replacement, with the treated in "
                "descending order of the score, within a caliper of 0.2 standard deviations of the "
                "logit in all patients.",
                "Of 40 patients treated with lenvatinib and 86 treated with sorafenib, 35 and 35, "
                "respectively, were matched.",
                "calculated with the pooled standard deviation before matching; absolute values "
                "up to 0.1 were taken to indicate balance.",
                "Groups were compared before matching by the Mann–Whitney, Fisher's exact and χ² "
                "tests and after matching, within matched sets, by the Wilcoxon signed-rank and "
                "McNemar tests.",
                "survival, time to progression",
                "after matching, also by the log-rank test stratified by pair.",
                "Hazard ratios with 95% confidence intervals were estimated by Cox regression. "
                "After matching, standard errors were clustered on the pair. A further model of "
                "the matched patients was stratified by pair.",
                "The proportional-hazards assumption for the treatment was assessed by the "
                "Grambsch–Therneau score test.",
                "E-values were calculated",
            ],
            ["seed", "exactly on", "weighted", "boosted", "doubly robust", "scikit-learn"],
        ),
        ({"caliper": 1}, ["a caliper of 1 standard deviation of the logit"], []),
        (
            {"caliper": 0.05, "caliper_scale": "raw", "distance": "propensity"},
            ["on the propensity score by", "within a caliper of 0.05."],
            ["standard deviation of the score", "logit"],
        ),
        (
            {"caliper": 0.5, "distance": "propensity"},
            ["a caliper of 0.5 standard deviations of the score in all patients"],
            ["logit"],
        ),
        ({"caliper": "none"}, [], ["caliper"]),
        (
            {"method": "optimal", "exact": ["child_pugh", "afp@400"]},
            ["by optimal matching without replacement, within a caliper",
             "exactly on Child-Pugh class and AFP ≥400 ng/mL."],
            ["order of", "nearest", "child_pugh"],
        ),
        ({"order": "random", "seed": 7}, ["with the treated in random order (seed 7),"], []),
        ({"order": "data"}, ["with the treated in the order of the file,"], ["seed"]),
        ({"order": "smallest"}, ["with the treated in ascending order of the score,"], []),
        (
            {"order": "random", "replace": True},
            ["with replacement, within", "After matching, robust standard errors were used."],
            ["random", "seed", "clustered", "stratified", "McNemar", "after matching, within"],
        ),
        (
            {"ratio": 2},
            ["matched 1:2", "clustered on the matched set.", "was stratified by matched set.",
             "also by the log-rank test stratified by matched set", "Mantel–Haenszel"],
            ["the pair"],
        ),
        ({"smd": "att"}, ["the standard deviation of the treated before matching"], ["pooled"]),
        (
            {"weighting": "overlap"},
            ["In a second analysis, all patients were weighted by overlap weights.",
             "In the weighted analysis, robust standard errors were used."],
            ["inverse", "truncated"],
        ),
        (
            {"weighting": "iptw", "truncate": 0.01},
            ["weighted by inverse-probability weights for the effect in the treated, truncated at "
             "the 1% and 99% quantiles."],
            ["overlap", "stabilised"],
        ),
        (
            {"weighting": "iptw", "estimand": "ate"},
            ["weighted by stabilised inverse-probability weights."],
            ["in the treated", "truncated"],
        ),
        (
            {"weighting": "iptw", "estimand": "ate", "stabilised": False},
            ["weighted by inverse-probability weights."],
            ["stabilised"],
        ),
        (
            {"doubly_robust": True},
            ["Hazard ratios were additionally adjusted for the covariates (doubly robust)."],
            [],
        ),
        (
            {"covariates": ["afp@100", "albi@-2.6,-1.4", "age"]},
            ["AFP ≥100 ng/mL, ALBI score (<-2.6, -2.6–<-1.4, ≥-1.4) and age as covariates"],
            [],
        ),
        ({"covariates": ["age"]}, ["with age as covariate."], ["Fisher", "χ²", "McNemar"]),
        ({"endpoint": ["os"], "conf_level": 0.9}, ["Overall survival was estimated", "with 90%"],
         ["progression", "95%"]),
    ],
    ids=lambda value: ",".join(map(str, value)) if isinstance(value, dict) else "",
)  # fmt: skip
def test_the_methods_describe_what_was_done_and_nothing_else(
    options: Any, present: list[str], absent: list[str]
) -> None:
    text = paragraph(**options)
    for words in present:
        assert words in text, text
    for words in absent:
        assert words not in text, text


def test_boosting_states_its_seed_and_its_number_of_trees() -> None:
    report = psmatch(propensity="boosted", endpoint="os", seed=3, order="largest")
    footer = " ".join(report.provenance.footer)
    (trees,) = re.findall(r"boosted trees \((\d+)\)", footer)
    assert int(trees) % 10 == 0
    assert 0 < int(trees) <= 1000
    assert f"(scikit-learn; {trees} trees of depth 2" in report.methods
    assert "seed 3)" in report.methods
    assert "seed 3" in footer
    assert any("McCaffrey" in reference for reference in report.references)
    assert "seed" not in " ".join(psmatch(seed=3).provenance.footer)
    assert "seed" not in " ".join(psmatch(seed=3, order="random", replace=True).provenance.footer)
    assert "seed 3" in " ".join(psmatch(seed=3, order="random").provenance.footer)


def test_the_methods_of_a_cohort_without_endpoints_have_no_outcome() -> None:
    text = hcc2l.psmatch(LALONDE, **WORKERS).methods
    for words in ("Kaplan", "Hazard", "E-values", "proportional-hazards", "synthetic"):
        assert words not in text


def test_hazard_ratios_that_do_not_exist_are_not_in_the_methods() -> None:
    """In few_scores.csv no Cox model of the matched patients converges."""
    report = hcc2l.psmatch(
        SMALL / "few_scores.csv", treat="arm=new", time="time", event="ev=1",
        covariates=["x0", "x1"], distance="propensity", caliper=0.1,
    )  # fmt: skip
    assert "Hazard ratios" in report.methods
    assert "clustered" not in report.methods
    assert "A further model" not in report.methods


@pytest.mark.parametrize(
    ("label", "inside"),
    [
        ("Age", "age"), ("AFP", "AFP"), ("ALBI score", "ALBI score"), ("ECOG", "ECOG"),
        ("Child-Pugh class", "Child-Pugh class"), ("Largest tumour", "largest tumour"),
        ("Vp4", "Vp4"), ("BCLC stage", "BCLC stage"), ("Milan criteria", "Milan criteria"),
        ("PIVKA-II", "PIVKA-II"), ("Alpha-fetoprotein", "alpha-fetoprotein"), ("x1", "x1"),
        ("Follow-up", "follow-up"), ("2nd line", "2nd line"), ("", ""),
    ],
)  # fmt: skip
def test_labels_are_lower_case_inside_a_sentence_but_for_names(label: str, inside: str) -> None:
    assert in_sentence(label) == inside


def test_footnotes_name_the_standard_deviation_and_the_pairs() -> None:
    report = psmatch(smd="att")
    footnotes = report.table("baseline").footnotes
    assert "in units of the SD of the treated before matching." in footnotes[1]
    assert "in units of the pooled SD before matching." in psmatch().table("baseline").footnotes[1]
    within = "within pairs in which both responses are known"
    assert within in report.table("response").footnotes[1]
