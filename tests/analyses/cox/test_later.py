"""Tests of whole terms are fitted for those outputs that show them, and are the same there."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

import hcc2l
from hcc2l.report import Report
from hcc2l.stats import cox as estimator
from tests.analyses.km.cohorts import SECOND_LINE
from tests.conftest import Run


@pytest.fixture
def fitted(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The columns without which models are fitted, as it happens."""
    without: list[Any] = []
    original = estimator.loglik_without

    def counting(data: Any, fit: Any, columns: Any) -> float:
        without.append(columns)
        return original(data, fit, columns)

    monkeypatch.setattr(estimator, "loglik_without", counting)
    return without


def cox(*covariates: str) -> Report:
    return hcc2l.cox(SECOND_LINE, covariates=covariates)


def test_tests_that_a_terminal_does_not_show_are_not_fitted_for_it(
    run: Run, fitted: list[Any]
) -> None:
    shown = run("cox", SECOND_LINE, "-x", "age,afp", "--quiet")
    assert shown.status == 0
    assert not fitted
    assert [t["term"] for t in run("cox", SECOND_LINE, "-x", "age,afp", "--json").json["tables"][
        "term_tests"]] == ["age", "afp"]  # fmt: skip
    assert len(fitted) == 2


def test_tests_are_fitted_once_when_they_are_read(fitted: list[Any]) -> None:
    table = cox("age", "afp").table("term_tests")
    assert not fitted
    assert isinstance(table.rows, tuple)
    assert table.rows is table.rows
    assert len(fitted) == 2


def test_tests_of_several_degrees_of_freedom_are_shown() -> None:
    numbers = cox("age", "sex").table("term_tests")
    factor = cox("age", "afp@tertiles").table("term_tests")
    assert numbers.columns == ()
    assert [row["df"] for row in factor.rows] == [1, 2]
    assert factor.columns


def test_a_report_whose_tests_were_not_read_can_be_pickled() -> None:
    report = cox("age", "afp").table("term_tests")
    assert pickle.loads(pickle.dumps(report)).rows == cox("age", "afp").table("term_tests").rows
