"""The response tables of five studies, from the counts that they print."""

from __future__ import annotations

import pytest

import hcc2l
from hcc2l.report import Report
from tests.analyses.response.cohorts import (
    CHON_MRECIST,
    CHON_RECIST,
    PUBLISHED,
    SORA2,
    TOG,
    XU_MRECIST,
    XU_RECIST,
)
from tests.conftest import Write
from tests.reports import rows_of


def p_of(report: Report, rate: str, denominator: str = "all") -> float:
    (row,) = rows_of(report, "tests", rate=rate, denominator=denominator)
    return round(row["p"], 3)


@pytest.mark.parametrize("file", PUBLISHED)
def test_published_rates_are_those_of_all_patients(file: str, write: Write) -> None:
    report = hcc2l.response(write("c.csv", file), by="arm")
    for group, rates in PUBLISHED[file].items():
        for rate, (count, n, percent) in rates.items():
            (row,) = rows_of(report, "rates", group=group, rate=rate, denominator="all")
            assert (row["count"], row["n"]) == (count, n)
            assert round(100 * row["estimate"], 1) == percent


def test_a_published_rate_that_contradicts_its_count(write: Write) -> None:
    """Chon prints 24.1% for the 21 of 86 with disease control by mRECIST."""
    report = hcc2l.response(write("c.csv", CHON_MRECIST), by="arm")
    (row,) = rows_of(report, "rates", group="sorafenib", rate="DCR", denominator="all")
    assert (row["count"], row["n"], round(100 * row["estimate"], 1)) == (21, 86, 24.4)


def test_the_tests_of_chon_by_mrecist(write: Write) -> None:
    report = hcc2l.response(write("c.csv", CHON_MRECIST), by="arm")
    assert [p_of(report, rate) for rate in ("PD", "NE")] == [0.002, 0.023]  # 0.022 is printed
    assert p_of(report, "SD") == p_of(report, "DCR") == 0.0  # printed < 0.001
    (test,) = rows_of(report, "tests", rate="PR", denominator="all")
    assert test["test"] == "fisher"  # an expected count is 3.8; the paper's chi-square gives 0.153
    assert round(test["p"], 3) == 0.194


def test_the_tests_of_chon_by_recist(write: Write) -> None:
    report = hcc2l.response(write("c.csv", CHON_RECIST), by="arm")
    assert p_of(report, "ORR") == 0.708  # by Fisher; printed 0.719, which is Wald's
    (ratio,) = rows_of(
        report, "differences", rate="ORR", denominator="all", measure="odds-ratio"
    )  # fmt: skip
    assert round(ratio["p"], 3) == 0.719


def test_the_tests_of_xu(write: Write) -> None:
    recist = hcc2l.response(write("c.csv", XU_RECIST), by="arm")
    assert (p_of(recist, "ORR"), p_of(recist, "DCR")) == (0.294, 0.017)
    mrecist = hcc2l.response(write("m.csv", XU_MRECIST), by="arm")
    assert (p_of(mrecist, "ORR"), p_of(mrecist, "DCR")) == (0.169, 0.017)  # 0.755 is printed


def test_disease_control_of_xu_is_better_with_lp(write: Write) -> None:
    """The abstract has it the other way round."""
    report = hcc2l.response(write("c.csv", XU_RECIST), by="arm", ref=["arm=R"])
    (row,) = rows_of(report, "differences", rate="DCR", denominator="all", measure="difference")
    assert (row["group_a"], row["group_b"]) == ("R", "LP")
    assert row["estimate"] == pytest.approx(30 / 41 - 12 / 27)
    assert row["lower"] > 0


def test_the_percentages_of_three_groups_of_togliatti(write: Write) -> None:
    """18, 72 and 28% are printed for 7 of 41, 5 of 7 and 2 of 7."""
    report = hcc2l.response(write("c.csv", TOG), by="arm")
    (sorafenib,) = rows_of(report, "response", group="sorafenib", rate="PR")
    assert (sorafenib["count"], sorafenib["n"]) == (7, 41)
    assert round(100 * sorafenib["percent"]) == 17
    (regorafenib,) = rows_of(report, "response", group="regorafenib", rate="PD")
    assert (regorafenib["count"], round(100 * regorafenib["percent"])) == (5, 71)
    (control,) = rows_of(report, "response", group="regorafenib", rate="DCR")
    assert (control["count"], round(100 * control["percent"])) == (2, 29)
    (best,) = rows_of(report, "response", group="cabozantinib", rate="ORR")
    assert best["percent"] > sorafenib["percent"]  # the text has it the other way round


def test_assessable_patients_of_sora2_are_the_evaluable_ones(write: Write) -> None:
    report = hcc2l.response(write("c.csv", SORA2))
    (counts,) = report.table("counts").rows
    assert (counts["n"], counts["known"], counts["evaluable"]) == (81, 55, 55)
    rates = {row["rate"]: row for row in rows_of(report, "rates", denominator="evaluable")}
    assert {rate: round(100 * row["estimate"], 1) for rate, row in rates.items()} == {
        "ORR": 5.5, "DCR": 41.8,
    }  # fmt: skip
    (orr,) = rows_of(report, "rates", denominator="all", rate="ORR")
    assert (orr["count"], orr["n"]) == (3, 81)
