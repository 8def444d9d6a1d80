"""Endpoints, terms, levels, conditions, and the account of every row."""

from __future__ import annotations

from pathlib import Path

import pytest

from hcc2l.errors import AnalysisError, Hcc2lError
from tests.conftest import Write
from tests.design.cohorts import counts, excluded, km


@pytest.mark.parametrize(
    ("condition", "kept"),
    [
        ("afp>=400", "p3 p4 p6"),
        ("afp>400", "p4 p6"),
        ("afp<400", "p1 p2 p5"),
        ("afp<=400", "p1 p2 p3 p5"),
        ("afp ≥ 400", "p3 p4 p6"),
        ("afp≤400", "p1 p2 p3 p5"),
        ("afp==400", "p3"),
        ("afp=400.0", "p3"),
        ("afp!=400", "p1 p2 p4 p5 p6"),
        ("child_pugh==A", "p2 p4 p6"),
        ("child_pugh = 'A'", "p2 p4 p6"),
        ('child_pugh=="A"', "p2 p4 p6"),
        ("child_pugh!=A", "p1 p3 p5 p7"),
        ("stage in I,II", "p1 p3 p7"),
        ("stage in I, 'II'", "p1 p3 p7"),
        ("stage in (I, II)", "p1 p3 p7"),
        ("stage not in I,II", "p2 p4 p5 p6"),
        ("ecog in 0,1", "p1 p2 p4 p6 p7"),
        ("afp missing", "p7"),
        ("afp is missing", "p7"),
        ("afp present", "p1 p2 p3 p4 p5 p6"),
        ("afp not missing", "p1 p2 p3 p4 p5 p6"),
        ("afp is not missing", "p1 p2 p3 p4 p5 p6"),
    ],
)
def test_a_condition_keeps_its_rows(condition: str, kept: str, terms: Path) -> None:
    # In this cohort every patient has the event `ever`, patient p1 at time 1, p2 at 2, ...
    curve = km(terms, where=[condition], event="ever", curve=True).table("curve")
    assert [f"p{time:.0f}" for time in curve.column("time")] == kept.split()


def test_rows_must_meet_every_condition(terms: Path) -> None:
    report = km(terms, where=["afp>=200", "child_pugh==A"])
    assert report.provenance.analysed == 3
    assert {r: n for r, (n, _) in excluded(report).items()} == {
        "afp missing": 1,
        "not where afp>=200": 1,
        "not where child_pugh==A": 2,
    }


def test_conditions_name_columns_with_points_and_blanks(write: Write) -> None:
    path = write("c.csv", "time,status,ph.ecog,wt loss\n1,1,0,5\n2,1,1,5\n3,0,2,9\n")
    assert km(path, where=["ph.ecog>=1"]).provenance.analysed == 2
    assert km(path, where=["wt loss==5"]).provenance.analysed == 2
    assert km(path, where=["wt loss in 5,9"]).provenance.analysed == 3


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("afq>=400", "no column 'afq'"),
        ("afp>=high", "'high' .*is not a number"),
        ("afp>=nan", "is not a number"),
        ("afp>=", "no value to compare with"),
        ("afp", "is not a condition"),
        ("stage>=II", "is not a number"),
        ("child_pugh>=1", "'B' is not a number"),
        ("child_pugh==D", "no value 'D'"),
        ("stage in I,VII", "no value 'VII'"),
        ("child_pugh==C or", "no value 'C or'"),
        ("afp>1 and afp<9", "is not a number"),
        ("__import__('os')", "is not a condition"),
    ],
)
def test_a_condition_that_means_nothing_is_refused(
    condition: str, message: str, terms: Path
) -> None:
    with pytest.raises(Hcc2lError, match=message) as caught:
        km(terms, where=[condition])
    assert caught.value.exit_code == 2


def test_conditions_that_no_row_meets_leave_nothing_to_analyse(terms: Path) -> None:
    with pytest.raises(AnalysisError, match="No rows remain"):
        km(terms, where=["afp>5000"])


def test_conditions_come_before_the_median_and_the_groups(terms: Path) -> None:
    report = km(terms, by="child_pugh", where=["afp>=300"])
    assert counts(report) == {"A": 2, "B": 1, "C": 1}
