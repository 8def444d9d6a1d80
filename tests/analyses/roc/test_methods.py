"""The methods paragraph of a ROC analysis: what was done and nothing else, with its references."""

from __future__ import annotations

from typing import Any

import pytest

import hcc2l
from tests.analyses.roc.cohorts import HCC, RESISTANCE, SECOND_LINE

SENTENCES: dict[str, tuple[dict[str, Any], str]] = {
    "PNI": ({"marker": "pni"}, "albumin (g/L) + 5 × lymphocytes"),
    "DeLong": ({}, "with DeLong 95% confidence intervals"),
    "direction": ({}, "direction of each marker was determined by its medians"),
    "given direction": ({"direction": "lower"}, "Lower values were taken to indicate primary"),
    "groups": ({"by": "child_pugh"}, "stratified by Child-Pugh class (A and B)"),
    "window": ({"endpoint": "ttp", "within": 3}, "censored before 3 months, or whose follow-up"),
    "combination": ({"combine": "afp+alt"}, "AFP and ALT were combined by logistic regression"),
    "partial": ({"partial": "specificity=0.8"}, "specificity of 0.8 or higher was calculated"),
    "youden": ({}, "chosen to maximise the Youden index"),
    "topleft": ({"criterion": "topleft"}, "closest to the top-left corner"),
    "given": ({"at_cut": "afp=20,400"}, "also evaluated (AFP: 20 and 400)"),
    "wilson": ({}, "with Wilson 95% confidence intervals"),
    "exact": ({"ci": "clopper-pearson"}, "exact (Clopper–Pearson) 95% confidence intervals"),
    "bootstrap": ({"boot": 20, "seed": 5}, "estimated from 20 bootstrap samples (seed 5), in each"),
    "refitted": ({"boot": 20, "combine": "afp+alt"}, "and the logistic models were refitted"),
    "comparison": ({"compare": True, "marker": ["afp", "alt"]},
                   "compared between markers by DeLong's test for paired curves."),
    "of groups": ({"compare": True, "by": "child_pugh"},
                  "compared between groups by DeLong's test for unpaired curves."),
    "Holm": ({"compare": True, "combine": "afp+alt"}, "adjusted by the method of Holm"),
    "own patients": ({"marker": ["afp", "alt"], "available_cases": True},
                     "in all patients in whom it was known (AFP, n = 105; ALT, n = 106). The "
                     "analysis included the 113 patients with at least one marker"),
    "two-sided": ({}, "p-values are two-sided"),
    "weights": ({"outcome": None, "at": 12, "boot": 0}, "weighted by the inverse probability"),
    "percentile": ({"outcome": None, "at": 12, "boot": 20},
                   "intervals were obtained from 20 bootstrap samples (seed 1)"),
    "same samples": ({"outcome": None, "at": 12, "boot": 20}, "from the same bootstrap samples"),
    "paired bootstrap": ({"outcome": None, "at": 12, "boot": 20, "compare": True,
                          "marker": ["afp", "alt"]}, "by the paired bootstrap"),
    "maxstat": ({"outcome": None, "criterion": "maxstat"},
                "for overall survival were selected by the maximally selected log-rank statistic"),
    "its p": ({"outcome": None, "criterion": "maxstat"}, "method of Hothorn and Lausen"),
    "its interval": ({"outcome": None, "criterion": "maxstat", "boot": 20, "seed": 6},
                     "of the cut-points were obtained from 20 bootstrap samples (seed 6)"),
}  # fmt: skip


ALSO = {  # sentences that an analysis has beside the one that it is listed for
    "PNI": "DeLong direction youden wilson two-sided",
    "topleft": "DeLong direction wilson two-sided",
    "given direction": "DeLong youden wilson two-sided",
    "exact": "DeLong direction youden two-sided",
    "refitted": "DeLong direction youden wilson two-sided combination",
    "Holm": "DeLong direction youden wilson two-sided combination",
    "of groups": "DeLong direction youden wilson two-sided groups",
    "weights": "direction youden",
    "percentile": "weights direction youden same-samples two-sided",
    "same samples": "weights direction youden percentile two-sided",
    "paired bootstrap": "weights direction youden percentile same-samples two-sided",
    "maxstat": "its-p two-sided",
    "its p": "maxstat two-sided",
    "its interval": "maxstat its-p two-sided",
}


@pytest.mark.parametrize("name", SENTENCES)
def test_methods_say_what_was_done_and_nothing_else(name: str) -> None:
    options, _ = SENTENCES[name]
    report = hcc2l.roc(SECOND_LINE, **RESISTANCE | {"marker": "afp"} | options)
    also = ALSO.get(name, "DeLong direction youden wilson two-sided").split()
    expected = {name, *(word.replace("-", " ") if word != "two-sided" else word for word in also)}
    said = {other for other, (_, text) in SENTENCES.items() if text in report.methods}
    assert said == expected
    assert "synthetic" in report.methods
    assert "  " not in report.methods


def test_methods_cite_what_was_used() -> None:
    report = hcc2l.roc(SECOND_LINE, **RESISTANCE, marker="pni", partial="specificity=0.8")
    assert [r.partition(" ")[0] for r in report.references] == [
        "Onodera", "DeLong", "McClish", "Youden", "Wilson",
    ]  # fmt: skip
    timed = hcc2l.roc(SECOND_LINE, at=12, marker="afp", boot=0)
    assert [r.partition(" ")[0] for r in timed.references] == ["Uno", "Youden"]
    large = hcc2l.roc(HCC, criterion="maxstat", marker="afp", time="os_months", event="death")
    assert "Lausen, Sauerbrei and Schumacher" in large.methods
    assert [r.partition(" ")[0] for r in large.references] == ["Lausen"]


def test_without_a_bootstrap_no_interval_is_mentioned() -> None:
    report = hcc2l.roc(SECOND_LINE, at=12, marker="afp", boot=0, methods=True)
    for text in (report.methods, *report.provenance.footer, *report.table("summary").footnotes):
        assert "bootstrap" not in text
        assert "percentile" not in text
