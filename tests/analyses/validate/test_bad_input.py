"""`hcc2l validate` refuses what it cannot judge, and says what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import hcc2l
from hcc2l.errors import AnalysisError, Hcc2lError, InputError, UsageError
from tests.analyses.validate.cohorts import HCC, model_file, validated
from tests.conftest import DATA, Run, Write

HCC81 = DATA / "hcc81.csv"


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({}, UsageError, "nothing to validate"),
        ({"score": ["nothing"]}, UsageError, "no column 'nothing'"),
        ({"score": ["lp1@rcs4"]}, UsageError, "is a spline"),
        ({"risk": ["risk1@rcs4"], "at": [12]}, UsageError, "not a column of predicted risks"),
        ({"score": ["death"]}, UsageError, "part of the outcome"),
        ({"score": ["points", "points"]}, UsageError, "named twice"),
        ({"score": ["points"], "at": [500]}, AnalysisError, "followed beyond 500 months"),
        ({"score": ["points"], "at": [0.001]}, AnalysisError, "No patient had the event by"),
        ({"score": ["points"], "where": ["points==1"]}, AnalysisError, "the same value in all"),
        ({"score": ["points"], "thresholds": "0.5-0.1"}, UsageError, "not a range of risks"),
        ({"score": ["points"], "thresholds": "5%-50%"}, UsageError, "not a range of risks"),
        ({"risk": ["risk1"]}, UsageError, "by one time"),
        ({"risk": ["risk1"], "at": [6, 12]}, UsageError, "by one time"),
        ({"risk": ["points"], "at": [12]}, InputError, "not between 0 and 1"),
        ({"risk": ["risk1@0.5"], "at": [12]}, UsageError, "not a column of predicted risks"),
        ({"model": ["none.json"]}, InputError, "cannot be read"),
        ({"score": ["points"], "at": [12], "outcome": "response"}, UsageError, "both define"),
    ],
)  # fmt: skip
def test_what_cannot_be_judged_is_refused(
    options: dict[str, Any], kind: type[Hcc2lError], message: str
) -> None:
    with pytest.raises(kind) as caught:
        validated(**options)
    assert message in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"terms": [{"term": "ages", "coef": 1}]}, "no column 'ages'"),
        ({"terms": [{"term": "child_pugh", "coef": 1}]}, "one coefficient of child_pugh"),
        ({"terms": [{"term": "child_pugh", "levels": {"A": 0, "C": 1}}]}, "no coefficient for B"),
        ({"terms": [{"term": "age", "coef": 1e307}]}, "beyond the range"),
        ({"terms": [{"term": "death", "coef": 1}]}, "part of the outcome"),
        ({"unit": "days"}, "in days; the endpoint is in months"),
        ({"type": "logistic", "intercept": 0, "baseline": None}, "logistic model"),
    ],
)
def test_a_model_that_does_not_fit_the_cohort_is_refused(
    keys: dict[str, Any], message: str, tmp_path: Path
) -> None:
    paper = {"terms": [{"term": "age", "coef": 0.02}]}
    with pytest.raises((UsageError, AnalysisError)) as caught:
        validated(HCC81, model=[model_file(tmp_path, **(paper | keys))], at=[6])
    assert message in str(caught.value)
    assert "paper.json" in str(caught.value.where)
    assert caught.value.hint


def test_a_model_in_another_unit_is_refused(tmp_path: Path, run: Run, write: Write) -> None:
    write("c.csv", HCC81.read_text())
    write("hcc2l.toml", '[columns.age]\nunit = "months"\n')
    path = model_file(tmp_path, terms=[{"term": "age", "unit": "years", "coef": 0.02}])
    done = run("validate", "c.csv", "--model", path)
    assert done.status == 2
    assert "takes age in years; the cohort has it in months" in done.err


def test_the_unit_of_times_must_be_known_to_a_baseline(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="unit of time is not known"):
        hcc2l.validate(DATA / "val_veteran.csv", time="time", event="status",
                       model=[model_file(tmp_path)], at=[90])  # fmt: skip


def test_a_cox_model_does_not_predict_an_outcome_without_times(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="survival endpoint by a time"):
        hcc2l.validate(HCC, model=[model_file(tmp_path)], outcome="response")


def test_levels_without_an_order_are_refused(write: Write) -> None:
    rows = "".join(f"{i},{i % 2},{'red' if i % 3 else 'blue'}\n" for i in range(1, 30))
    cohort = write("c.csv", "os_months,death,colour\n" + rows)
    with pytest.raises(UsageError, match="no known order") as caught:
        hcc2l.validate(cohort, score=["colour"])
    assert "levels" in str(caught.value.hint)


@pytest.mark.parametrize("event", ["0", "1"])
def test_an_outcome_that_does_not_vary_is_refused(event: str, write: Write) -> None:
    rows = "".join(f"{i},{event}\n" for i in range(1, 30))
    cohort = write("c.csv", "score,outcome\n" + rows)
    with pytest.raises(Hcc2lError):
        hcc2l.validate(cohort, score=["score"], outcome="outcome=1")


@pytest.mark.parametrize("which", ["calibration", "decision"])
def test_there_is_no_figure_of_risks_without_risks(which: str) -> None:
    report = validated(score=["points"], at=[12], which=which)
    assert report.draw is not None
    with pytest.raises(AnalysisError, match="without a predicted risk"):
        report.draw()
