"""Figures of imputed values: distributions, bars and traces."""

from __future__ import annotations

import pytest

from hcc2l.figures.imputation import draw
from hcc2l.figures.style import Paper, colour
from hcc2l.report import ImputationFigure, ImputationTrace, ImputedPanel, ObservedImputed

FIGURE = ImputationFigure(
    panels=(ImputedPanel("AFP, ng/mL", log=True, log_model=True),
            ImputedPanel("ECOG", log=False, log_model=False)),
    distributions=(
        ObservedImputed(0, 0, ("",) * 3, (1.0, 10.0, 100.0), (0.25, 0.5, 1.0)),
        ObservedImputed(0, 1, ("",) * 2, (1.0, 10.0), (0.5, 1.0)),
        ObservedImputed(0, 2, ("",), (100.0,), (1.0,)),
        ObservedImputed(1, 0, ("0", "1"), (0.0, 1.0), (0.75, 0.25)),
        ObservedImputed(1, 1, ("0", "1"), (0.0, 1.0), (1.0, 0.0)),
        ObservedImputed(1, 2, ("0", "1"), (0.0, 1.0), (0.5, 0.5)),
    ),
    traces=tuple(
        ImputationTrace(panel, k, (1.0, 2.0), (3.0, 4.0 + k), (1.0, None))
        for panel in (0, 1) for k in (1, 2)
    ),
)  # fmt: skip


def test_each_column_has_its_distribution_its_means_and_its_sds() -> None:
    axes = draw(FIGURE).axes
    assert [a.get_title(loc="left") for a in axes] == [
        "AFP, ng/mL", "Mean of logarithms", "SD of logarithms", "ECOG", "Mean", "SD"
    ]  # fmt: skip


def test_the_observed_line_is_thick_and_above_those_of_the_sets() -> None:
    axes = draw(FIGURE).axes[0]
    *sets, observed = axes.lines
    assert [line.get_color() for line in sets] == [colour(1)] * 2
    assert observed.get_color() == colour(0)
    assert list(observed.get_xdata()) == [1.0, 1.0, 10.0, 100.0]
    assert list(observed.get_ydata()) == [0.0, 0.25, 0.5, 1.0]
    assert axes.get_xscale() == "log"


def test_bars_of_a_level_are_its_observed_and_its_mean_imputed_share() -> None:
    axes = draw(FIGURE).axes[3]
    assert [bar.get_height() for bar in axes.patches] == [0.75, 0.25, 0.75, 0.25]
    assert [list(dots.get_ydata()) for dots in axes.lines] == [[1.0, 0.5], [0.0, 0.5]]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["0", "1"]


def test_a_trace_has_a_line_for_each_set() -> None:
    means = draw(FIGURE).axes[1]
    assert [list(line.get_ydata()) for line in means.lines] == [[3.0, 5.0], [3.0, 6.0]]


@pytest.mark.parametrize(("width", "height"), [(6.0, 4.0), (9.0, 6.0)])
def test_the_figure_has_the_size_that_is_asked_for(width: float, height: float) -> None:
    picture = draw(FIGURE, Paper(width, height))
    assert tuple(picture.get_size_inches()) == pytest.approx((width, height))
