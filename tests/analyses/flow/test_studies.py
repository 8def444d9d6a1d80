"""The flows of five published studies: rows made of their counts give every published number."""

from __future__ import annotations

from pathlib import Path

import pytest

import hcc2l
from hcc2l.report import Report
from tests.conftest import Write
from tests.reports import rows_of


def cohort(write: Write, header: str, counts: dict[str, int]) -> Path:
    """A cohort with so many rows of each kind, `primary,TKI`; ids are p1, p2, …."""
    rows = [row for row, count in counts.items() for _ in range(count)]
    lines = [f"p{number},{row}" for number, row in enumerate(rows, 1)]
    return write("study.csv", "\n".join([f"patient_id,{header}", *lines, ""]))


def numbers(report: Report) -> dict[tuple[object, object], object]:
    """The number of every box, by its group and label."""
    rows = report.table("steps").rows
    return {(row["group"], row["label"]): row["n"] for row in rows if row["label"]}


def excluded(report: Report) -> dict[object, object]:
    """The number excluded for each reason."""
    rows = report.table("steps").rows
    return {row["reason"]: row["excluded"] for row in rows if row["reason"]}


def test_chon_2024(write: Write) -> None:
    path = cohort(write, "second_line", {
        "sorafenib": 86, "lenvatinib": 40, "regorafenib": 8, "5-FU infusion": 2,
    })  # fmt: skip
    pairs = [f"p{n},{n}\np{n + 86},{n}" for n in range(1, 37)]
    write("matched.csv", "\n".join(["patient_id,pair", *pairs, ""]))
    report = hcc2l.flow(
        path,
        stated=["Discontinued=194", "Progressed=152", "Second-line therapy=136"],
        stated_excluded=["Died=34", "Deteriorated during=8", "Deteriorated after=16"],
        where="second_line in sorafenib,lenvatinib::Enrolled",
        by="second_line", matched="matched.csv",
    )  # fmt: skip
    assert numbers(report) == {
        ("all", "Discontinued"): 194, ("all", "Progressed"): 152,
        ("all", "Second-line therapy"): 136, ("all", "Enrolled"): 126,
        ("lenvatinib", "lenvatinib"): 40, ("sorafenib", "sorafenib"): 86,
        ("lenvatinib", "Matched"): 36, ("sorafenib", "Matched"): 36,
    }  # fmt: skip
    assert excluded(report) == {
        "Died": 34, "Deteriorated during": 8, "Deteriorated after": 16,
        "Second line: not sorafenib or lenvatinib": 10, "not matched": 50,
    }  # fmt: skip
    (lenvatinib,) = rows_of(report, "steps", label="lenvatinib")
    assert lenvatinib["percent"] == pytest.approx(0.317, abs=5e-4)
    drugs = hcc2l.flow(path, by="second_line")
    assert [(row["label"], row["n"], round(100 * row["percent"], 1))
            for row in rows_of(drugs, "steps", step=2)] == [
        ("5-FU infusion", 2, 1.5), ("lenvatinib", 40, 29.4), ("regorafenib", 8, 5.9),
        ("sorafenib", 86, 63.2),
    ]  # fmt: skip


@pytest.fixture
def lei(write: Write) -> Path:
    return cohort(write, "resistance,regimen,drug", {
        "primary,combination,sorafenib + PD-1": 36, "secondary,combination,sorafenib + PD-1": 11,
        "secondary,combination,lenvatinib + PD-1": 27,
        "secondary,combination,other TKI + PD-1": 13,
        "primary,TKI,lenvatinib": 50, "secondary,TKI,lenvatinib": 24,
        "secondary,TKI,regorafenib": 27, "secondary,TKI,apatinib": 4,
        "primary,,": 79, "secondary,,": 153,
    })  # fmt: skip


def test_lei_2025(lei: Path) -> None:
    report = hcc2l.flow(
        lei, stated=["Screened=506", "Included=424"], stated_excluded="Excluded=82",
        by=["resistance", "regimen"],
    )  # fmt: skip
    assert numbers(report) == {
        ("all", "Screened"): 506, ("all", "Included"): 424,
        ("primary", "primary"): 165, ("secondary", "secondary"): 259,
        ("primary, combination", "combination"): 36, ("primary, TKI", "TKI"): 50,
        ("secondary, combination", "combination"): 51, ("secondary, TKI", "TKI"): 55,
    }  # fmt: skip
    (primary,) = rows_of(report, "steps", label="primary")
    assert primary["percent"] == pytest.approx(0.389, abs=5e-4)
    assert [row["excluded"] for row in rows_of(report, "steps", reason="Regimen missing")] == [
        79, 153,
    ]  # fmt: skip


def test_lei_2025_second_line(lei: Path) -> None:
    treated = "regimen present::Second line::no second line"
    by_resistance = numbers(hcc2l.flow(lei, where=treated, by="resistance"))
    assert by_resistance["all", "Second line"] == 192
    assert by_resistance["primary", "primary"] == 86
    assert by_resistance["secondary", "secondary"] == 106
    report = hcc2l.flow(lei, where=treated, by=["regimen", "drug"])
    assert {row["group"]: row["n"] for row in report.table("steps").rows if row["step"] > 2} == {
        "combination": 87, "TKI": 105,
        "combination, lenvatinib + PD-1": 27, "combination, other TKI + PD-1": 13,
        "combination, sorafenib + PD-1": 47,
        "TKI, apatinib": 4, "TKI, lenvatinib": 74, "TKI, regorafenib": 27,
    }  # fmt: skip


def test_xu_2024(write: Write) -> None:
    report = hcc2l.flow(
        cohort(write, "treatment", {"LP": 41, "R": 27}),
        stated=["Sorafenib-refractory, given LP or R=85", "Enrolled=68"],
        stated_excluded=["Incomplete data=10", "Lack of follow-up=7"], by="treatment",
    )  # fmt: skip
    assert numbers(report) == {
        ("all", "Sorafenib-refractory, given LP or R"): 85, ("all", "Enrolled"): 68,
        ("LP", "LP"): 41, ("R", "R"): 27,
    }  # fmt: skip
    assert excluded(report) == {"Incomplete data": 10, "Lack of follow-up": 7}


def test_sora_2_and_tog_2025(write: Write) -> None:
    sora2 = hcc2l.flow(
        cohort(write, "sex", {"male": 60, "female": 21}), stated="Enrolled at 12 centres=81"
    )
    assert numbers(sora2) == {("all", "Enrolled at 12 centres"): 81}
    drugs = {"sorafenib": 41, "regorafenib": 7, "cabozantinib": 6, "other": 4}
    label = "Second line after atezolizumab/bevacizumab"
    tog = hcc2l.flow(cohort(write, "drug", drugs), stated=f"{label}=58", by="drug")
    assert numbers(tog) == {
        ("all", label): 58,
        **{(drug, drug): n for drug, n in sorted(drugs.items())},
    }
