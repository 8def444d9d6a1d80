"""The notes, the methods and the footer of `hcc2l response`."""

from __future__ import annotations

import pytest

import hcc2l
from tests.analyses.response.cohorts import CHON_RECIST, TOG, cohort
from tests.conftest import Write
from tests.reports import codes, note


def test_response_is_never_a_baseline_group(write: Write) -> None:
    text = note(hcc2l.response(write("c.csv", CHON_RECIST)), "response-after-baseline")
    assert "hcc2l km --by response --landmark T" in text


def test_a_name_with_blanks_is_quoted_for_the_shell(write: Write) -> None:
    file = write("c.csv", CHON_RECIST.replace("response", "RECIST BOR", 1))
    text = note(hcc2l.response(file, response=["RECIST BOR"]), "response-after-baseline")
    assert "hcc2l km --by 'RECIST BOR' --landmark T" in text


def test_shares_of_evaluable_patients_that_differ(write: Write) -> None:
    text = note(hcc2l.response(write("c.csv", CHON_RECIST), by="arm"), "evaluable-differs")
    assert "lenvatinib 95.0%, sorafenib 79.1%" in text
    even = cohort(a=(0, 2, 0, 0, 8), b=(0, 1, 0, 0, 9))  # 20% and 10%: not more than 10 points
    assert "evaluable-differs" not in codes(hcc2l.response(write("c.csv", even), by="arm"))


def test_shares_of_tiny_groups_are_not_compared(write: Write) -> None:
    report = hcc2l.response(write("c.csv", cohort(a=(0, 2, 0, 0, 2), b=(0, 5))), by="arm")
    assert "evaluable-differs" not in codes(report)
    assert note(report, "tiny-group").startswith("Fewer than 5 patients in: a (4).")
    assert "tiny-group" not in codes(hcc2l.response(write("c.csv", cohort(a=(0, 2)))))


def test_small_expected_counts_of_the_distribution(write: Write) -> None:
    assert "expected-counts" in codes(hcc2l.response(write("c.csv", TOG), by="arm"))
    large = cohort(a=(0, 5, 5, 5), b=(0, 5, 5, 5))  # 5 expected everywhere
    assert "expected-counts" not in codes(hcc2l.response(write("c.csv", large), by="arm"))
    two = cohort(a=(0, 2, 0, 9), b=(0, 1, 0, 9))  # Fisher's test
    assert "expected-counts" not in codes(hcc2l.response(write("c.csv", two), by="arm"))


def test_missing_responses_are_counted(write: Write) -> None:
    report = hcc2l.response(write("c.csv", cohort(a=(0, 5, 4, 0, 1, 3))))
    assert "no response is recorded for 3 patients" in note(report, "response-missing")


def test_groups_known_after_baseline(write: Write) -> None:
    file = CHON_RECIST.replace("arm", "dose_reduction", 1)
    report = hcc2l.response(write("c.csv", file), by="dose_reduction")
    assert "may be a result of the response" in note(report, "group-after-baseline")
    assert "group-after-baseline" not in codes(hcc2l.response(write("c.csv", CHON_RECIST),
                                                              by="arm"))  # fmt: skip


CHANGES = "id,response,change\n1,PR,{a}\n2,SD,{b}\n3,PD,{c}\n"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((-0.4, 0.1, 1), ["change-as-proportion"]),
        ((-40, 10, 25), []),
        ((-30, 10, 25), []),
        ((-29.9, 10, 25), ["change-contradicts"]),
        ((-40, 0, 1.1), []),
    ],
)
def test_changes_that_cannot_be_right(
    values: tuple[float, float, float], expected: list[str], write: Write
) -> None:
    file = CHANGES.format(**dict(zip("abc", values, strict=True)))
    report = hcc2l.response(write("c.csv", file), best_change="change")
    assert [code for code in codes(report) if code.startswith("change-")] == expected


def test_the_methods_say_what_was_done(write: Write) -> None:
    write("hcc2l.toml", '[columns.response]\nlabel = "Best response (RECIST 1.1)"\n')
    report = hcc2l.response(write("c.csv", CHON_RECIST), by="arm")
    assert (
        "Tumour response (best response [RECIST 1.1]) was classified as complete" in report.methods
    )
    assert "counting patients who were not evaluable as having neither" in report.methods
    assert "with Clopper–Pearson 95% confidence intervals" in report.methods
    assert "compared between groups by the chi-square test" in report.methods
    assert (
        "or Fisher's exact test for 2 × 2 tables with an expected count below 5" in report.methods
    )
    authors = [reference.split()[0] for reference in report.references]
    assert authors == ["Eisenhauer", "Clopper", "Newcombe", "Woolf"]
    footer = report.provenance.footer[1]
    assert "Clopper–Pearson 95% CI; differences: Newcombe; odds ratios: Woolf" in footer


def test_the_methods_of_mrecist_by_wilson_without_groups(write: Write) -> None:
    file = "id,mrecist\n1,PR\n2,\n3,SD\n"
    report = hcc2l.response(write("c.csv", file), ci="wilson")
    authors = [reference.split()[0] for reference in report.references]
    assert authors == ["Lencioni", "Wilson"]
    assert "not evaluable or had no recorded response as having neither" in report.methods
    assert "compared" not in report.methods


def test_the_methods_of_pairs_cite_mcnemar(write: Write) -> None:
    file = "id,arm,response,pair\n1,a,PR,1\n2,b,SD,1\n3,a,PR,2\n4,b,SD,2\n"
    report = hcc2l.response(write("c.csv", file), by="arm", pair="pair")
    assert "within matched pairs by McNemar's test without continuity" in report.methods
    assert any(reference.startswith("McNemar") for reference in report.references)
    assert "Newcombe" not in report.methods
