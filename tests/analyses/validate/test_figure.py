"""The figures of a validation hold the numbers of its tables."""

from __future__ import annotations

from pathlib import Path

import pytest

import hcc2l
from hcc2l.figures import draw
from hcc2l.report import (
    AreasFigure,
    CalibrationFigure,
    DecisionFigure,
    SurvivalFigure,
    SurvivalPanels,
)
from tests.analyses.validate.cohorts import HCC, model_file, validated


def test_the_calibration_figure_is_the_table(tmp_path: Path) -> None:
    report = validated(model=[model_file(tmp_path)], at=[6, 12])
    assert report.draw is not None
    figure = report.draw()
    assert isinstance(figure, CalibrationFigure)
    assert figure.titles == ("paper at 6 months", "paper at 12 months")
    rows = [r for r in report.table("calibration").rows if r["time"] == 12]
    assert figure.groups[1].observed == tuple(r["observed"] for r in rows)
    assert sum(figure.histograms[0].n) == 168
    assert draw(figure, "png")


def test_decision_curves_end_with_treating_all_and_none(tmp_path: Path) -> None:
    report = validated(model=[model_file(tmp_path)], at=[12], which="decision")
    assert report.draw is not None
    figure = report.draw()
    assert isinstance(figure, DecisionFigure)
    assert [c.label for c in figure.curves] == ["paper", "Treat all", "Treat none"]
    at = dict(zip(figure.curves[0].threshold, figure.curves[0].net_benefit, strict=True))
    for row in report.table("net_benefit").rows:
        assert at[row["threshold"]] == row["net_benefit"]  # type: ignore[index]


@pytest.mark.slow
def test_areas_and_survival_are_drawn(tmp_path: Path) -> None:
    report = validated(score=["points"], model=[model_file(tmp_path)], which="auc")
    assert report.draw is not None
    assert isinstance(report.draw(), AreasFigure)
    both = validated(score=["points"], model=[model_file(tmp_path)])
    one = validated(score=["points"])
    assert both.draw is not None
    assert one.draw is not None
    panels, single = both.draw(), one.draw()
    assert isinstance(panels, SurvivalPanels)
    assert isinstance(single, SurvivalFigure)
    assert panels.panels[1].groups == ("Low risk", "Intermediate risk", "High risk")
    assert all(draw(f, "png") for f in (report.draw(), panels, single))


@pytest.mark.slow
def test_a_known_outcome_has_a_calibration_figure() -> None:
    report = hcc2l.validate(HCC, risk=["p_response"], outcome="response", which="decision")
    assert report.draw is not None
    assert draw(report.draw(), "png")
