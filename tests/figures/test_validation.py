"""Figures of a validation draw what they are given."""

from __future__ import annotations

from hcc2l.figures.validation import draw_areas, draw_benefits, draw_calibration
from hcc2l.report import (
    AreaOverTime,
    AreasFigure,
    BenefitCurve,
    CalibrationFigure,
    CalibrationLine,
    DecisionFigure,
    RiskGroups,
    RiskHistogram,
)


def test_calibration_has_a_square_and_a_histogram_for_each_panel() -> None:
    groups = tuple(
        RiskGroups(i, (10.0, 9.0), (0.2, 0.6), (0.1, 1.0), (0.05, None), (0.3, None))
        for i in (0, 1)
    )
    lines = (CalibrationLine(0, (0.1, 0.7), (0.2, 0.6), (0.1, 0.4), (0.3, 0.8)),)
    bars = tuple(RiskHistogram(i, (0.0, 0.5), (0.5, 1.0), (10.0, 9.0)) for i in (0, 1))
    figure = CalibrationFigure(("a", "b"), groups, lines, bars, "Predicted", "Observed")
    first, second, *strips = draw_calibration(figure).axes
    assert [axes.get_title(loc="left") for axes in (first, second)] == ["a", "b"]
    assert len(strips) == 2
    # The diagonal, the curve, the one interval that is known, the groups.
    assert (len(first.lines), len(second.lines)) == (4, 3)


def test_treating_all_does_not_push_the_curves_to_the_top() -> None:
    at = (0.1, 0.5, 0.9)
    figure = DecisionFigure(
        ("",),
        (BenefitCurve(0, "m", at, (0.3, 0.1, None)), BenefitCurve(0, "Treat all", at, (0.3, 0, -4)),
         BenefitCurve(0, "Treat none", at, (0.0, 0.0, 0.0))),
    )  # fmt: skip
    (axes,) = draw_benefits(figure).axes
    low, high = axes.get_ylim()
    assert -0.2 < low < 0 < 0.3 < high < 0.4
    assert [len(line.get_xdata()) for line in axes.lines] == [2, 3, 3]


def test_bands_are_drawn_for_up_to_two_scores() -> None:
    def areas(count: int) -> AreasFigure:
        curve = (1.0, 2.0), (0.6, 0.7), (0.5, 0.6), (0.7, 0.8)
        return AreasFigure(tuple(AreaOverTime(str(i), *curve) for i in range(count)), "Time")

    (two,), (three,) = draw_areas(areas(2)).axes, draw_areas(areas(3)).axes
    assert (len(two.collections), len(three.collections)) == (2, 0)
