"""A report as an object: it can be pickled, and its figures say their numbers."""

from __future__ import annotations

import pickle
from functools import cache
from typing import Any

import pytest

import hcc2l
from hcc2l.errors import AnalysisError
from hcc2l.figures import draw
from hcc2l.report import Curve, Report, SurvivalFigure, Table
from tests.conftest import DATA

COHORT = DATA / "second_line" / "cohort.csv"
OPTIONS: dict[str, dict[str, Any]] = {
    "km": {"by": "child_pugh", "at": [12.0]},
    "cox": {"covariates": ["age", "child_pugh"]},
    "logistic": {"outcome": "primary_resistance", "covariates": ["age", "child_pugh"]},
    "tree": {"covariates": ["afp", "child_pugh"]},
    "psmatch": {"treat": "lenvatinib", "covariates": ["age", "child_pugh"]},
    "roc": {"outcome": "primary_resistance", "marker": ["afp"]},
}


@cache
def analysed(command: str) -> Report:
    report = getattr(hcc2l, command)(COHORT, **OPTIONS[command])
    assert isinstance(report, Report)
    return report


@pytest.mark.parametrize("command", OPTIONS)
def test_a_report_from_a_pickle_is_the_same(command: str) -> None:
    report = analysed(command)
    copy = pickle.loads(pickle.dumps(report))
    assert copy == report
    assert hcc2l.render_report(copy, "json") == hcc2l.render_report(report, "json")
    assert report.draw is not None
    assert draw(copy.draw(), "svg") == draw(report.draw(), "svg")
    assert (copy.save is None) == (report.save is None)
    if report.save is not None:
        assert copy.save() == report.save()
    assert pickle.loads(pickle.dumps(copy)) == report


@pytest.mark.parametrize("command", OPTIONS)
def test_a_pickle_holds_results_and_no_cohort(command: str) -> None:
    content = pickle.dumps(analysed(command))
    assert b"hcc2l.cohort" not in content
    assert b"hcc2l.analyses" not in content


def test_a_figure_that_cannot_be_drawn_fails_as_well_after_a_pickle() -> None:
    report = hcc2l.cox(COHORT, covariates=["age"], select=0.001, which="multivariable")
    copy = pickle.loads(pickle.dumps(report))
    for one in (report, copy):
        with pytest.raises(AnalysisError, match="no multivariable model") as caught:
            one.draw()
        assert caught.value.hint == "Drop --which."


# ---------------------------------------------------------------- the numbers of a figure


def test_a_figure_gives_a_row_for_each_step_of_a_curve() -> None:
    curves = (
        Curve("A", None, (1.0, 2.0), (0.9, 0.8), (0.5, None), (1.0, None), (0, 1)),
        Curve("B", None, (3.0,), (0.7,), (0.6,), (0.8,), (0,)),
    )
    figure = SurvivalFigure(("A", "B"), curves, (), (None, 3.0), None, "", "", (0.0,), 3.0)
    assert list(figure.tables) == ["curves"]
    rows = figure.tables["curves"].rows
    assert [(row["group"], row["time"], row["lower"]) for row in rows] == [
        ("A", 1.0, 0.5), ("A", 2.0, None), ("B", 3.0, 0.6)
    ]  # fmt: skip


@pytest.mark.parametrize("command", OPTIONS)
def test_every_figure_gives_its_numbers(command: str) -> None:
    make = analysed(command).draw
    assert make is not None
    tables = make().tables
    assert tables
    assert all(table.rows and set(table.rows[0]) == set(table.keys) for table in tables.values())


def test_the_numbers_of_a_column_leave_out_what_is_no_number() -> None:
    rows = ({"n": 3}, {"n": None}, {"n": "x"}, {"n": 2.5})
    assert Table("t", "", ("n",), rows).numbers("n") == (3, None, None, 2.5)
