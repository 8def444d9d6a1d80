"""Cumulative incidence with weights, and Gray's test within strata, by way of the command."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hcc2l
from hcc2l.report import Report, SurvivalFigure
from tests.reference import cases
from tests.reports import rows_of

TIED = {"time": "time", "event": "cause=1", "competing": "cause=2"}


def weighted(**options: Any) -> Report:
    file = Path(cases.FOLDER, "data", "competing_tied.csv")
    return hcc2l.km(file, **{**TIED, "weights": "w", "where": ["time>0"], **options})


def test_weighted_incidences_are_those_of_survfit() -> None:
    at = [1, 5, 10, 20]
    rows = rows_of(weighted(at=at), "cumulative_incidence")
    for expected in cases.load("fine_gray_tied")["incidence"]:
        found = [r for r in rows if r["cause"] == f"cause={expected['cause']}"]
        for key in ("estimate", "std_err"):
            np.testing.assert_allclose([r[key] for r in found], expected[key], rtol=1e-8)


def test_weights_count_the_competing_events_too() -> None:
    (row,) = rows_of(weighted(), "groups")
    rows = [r for r in cases.table("competing_tied") if float(r["time"]) > 0]
    for key, cause in (("events", "1"), ("competing_events", "2")):
        assert row[key] == pytest.approx(sum(float(r["w"]) for r in rows if r["cause"] == cause))


def test_the_curve_and_the_figure_are_weighted() -> None:
    report = weighted(at=[10], curve=True)
    (at_10, _) = rows_of(report, "cumulative_incidence")
    curve = [r for r in rows_of(report, "curve") if r["cause"] == "cause=1" and r["time"] <= 10]
    assert curve[-1]["estimate"] == at_10["estimate"]
    figure = report.draw()
    assert isinstance(figure, SurvivalFigure)
    assert at_10["estimate"] in figure.curves[0].estimate


def test_with_weights_there_is_no_test_of_gray_and_it_is_said() -> None:
    report = weighted(by="group")
    assert {row["test"] for row in rows_of(report, "tests")} == {"logrank"}
    table = next(t for t in report.tables if t.name == "tests")
    assert any("Gray's test has no case weights" in note for note in table.footnotes)
    assert "weighted by w" in report.methods
    assert "Gray" not in report.methods


@pytest.mark.parametrize("case", cases.of_kind("competing_regression", "gray"), ids=cases.name)
def test_grays_test_within_strata_is_that_of_cuminc(case: dict[str, Any]) -> None:
    arguments, event = case["arguments"], case["arguments"]["event"]
    first, second = (f"{event}={value}" for value in arguments["causes"])
    report = hcc2l.km(
        Path(cases.FOLDER, case["dataset"]), time=arguments["time"], event=first, competing=second,
        by=arguments["group"], strata=arguments["strata"],
    )  # fmt: skip
    for test, key in (("gray", "unstratified"), ("gray-stratified", "stratified")):
        rows = [r for r in rows_of(report, "tests") if r["test"] == test]
        assert [r["cause"] for r in rows] == [first, second]
        for row, expected in zip(rows, case["expected"][key], strict=True):
            assert row["df"] == expected["df"]
            assert row["statistic"] == pytest.approx(expected["stat"], rel=1e-6)
            assert row["p"] == pytest.approx(expected["p"], rel=1e-6)
    assert "Gray's test stratified by" in report.methods
    # Gray's tests ask another question than the two log-rank tests.
    (note,) = [n for n in report.notes if n.code == "multiple-tests"]
    assert note.text.startswith("2 tests address")
