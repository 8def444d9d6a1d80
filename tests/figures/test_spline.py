"""Figures of splines: curves, bands, the reference, the patients, and their axes."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from hcc2l.figures import draw as image
from hcc2l.figures.spline import draw
from hcc2l.figures.style import FigureStyle, colour
from hcc2l.report import MarkerDensity, MarkerValues, RatioCurve, SplineFigure

CURVE = RatioCurve(0, "all", (1.0, 10.0, 100.0), (0.5, 1.0, 3.0), (0.2, 1.0, 1.5), (1.1, 1.0, 6.0))
FIGURE = SplineFigure(
    curves=(CURVE,),
    densities=(MarkerDensity(0, (1.0, 10.0, 100.0), (0.1, 0.4, 0.2)),),
    patients=(MarkerValues(0, (1.0, 4.0, 4.0, 100.0)),),
    x_labels=("AFP, ng/mL",),
    annotations=("Reference: 10\nOverall: p < 0.001",),
    references=(10.0,),
    log=(True,),
    legends=("",),
    y_label="Hazard ratio",
)


def axes_of(figure: SplineFigure) -> Any:
    return draw(figure).axes[0]


def rug(axes: Any) -> list[float]:
    lines = [c for c in axes.collections if type(c).__name__ == "LineCollection"]
    return [float(path[0][0]) for line in lines for path in line.get_segments()]


def test_the_curve_is_drawn_as_it_is_on_logarithmic_axes() -> None:
    axes = axes_of(FIGURE)
    (line,) = [line for line in axes.lines if line.get_label() == "all"]
    assert tuple(line.get_xdata()) == CURVE.value
    assert tuple(line.get_ydata()) == CURVE.ratio
    assert line.get_color() == colour(0)
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert axes.get_legend() is None
    assert axes_of(replace(FIGURE, log=(False,))).get_xscale() == "linear"


def test_the_reference_and_the_ratio_of_1_are_marked() -> None:
    axes = axes_of(FIGURE)
    at = [(list(line.get_xdata()), list(line.get_ydata())) for line in axes.lines]
    assert ([0, 1], [1.0, 1.0]) in at
    assert ([10.0, 10.0], [0, 1]) in at
    assert axes.texts[0].get_text() == FIGURE.annotations[0]


def test_each_value_has_a_stroke_and_many_patients_have_none() -> None:
    assert rug(axes_of(FIGURE)) == [1.0, 4.0, 100.0]
    assert rug(axes_of(replace(FIGURE, patients=()))) == []
    many = MarkerValues(0, tuple(float(i) for i in range(1, 2002)))
    assert rug(axes_of(replace(FIGURE, patients=(many,)))) == []


def test_the_density_stays_below_every_curve_and_band() -> None:
    axes = axes_of(FIGURE)
    picture = axes.figure
    picture.canvas.draw()
    within = axes.transAxes.inverted()
    lowest = within.transform(axes.transData.transform((1.0, 0.2)))[1]
    top = max(
        within.transform(band.get_transform().transform(path.vertices))[:, 1].max()
        for band in axes.collections if type(band).__name__ != "LineCollection"
        for path in band.get_paths() if band.get_alpha() is None
    )  # fmt: skip
    assert top < lowest


def test_a_band_without_end_does_not_flatten_the_curve() -> None:
    wide = replace(CURVE, lower=(1e-9, 1.0, 1.5), upper=(1e9, 1.0, None))
    low, high = axes_of(replace(FIGURE, curves=(wide,))).get_ylim()
    assert high < 25
    assert low > 0.001


def test_a_curve_that_cannot_be_estimated_is_a_gap() -> None:
    none: tuple[None, ...] = (None, None, None)
    other = RatioCurve(0, "b", CURVE.value, none, none, none)
    axes = axes_of(replace(FIGURE, curves=(CURVE, other), legends=("Arm",)))
    (line,) = [line for line in axes.lines if line.get_label() == "b"]
    assert np.isnan(line.get_ydata()).all()
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["all", "b"]


def test_three_panels_stand_in_two_rows_and_fit_a_column_of_a_journal() -> None:
    three = replace(
        FIGURE,
        curves=tuple(replace(CURVE, panel=i) for i in range(3)),
        densities=tuple(replace(FIGURE.densities[0], panel=i) for i in range(3)),
        patients=(), x_labels=("a", "b", "c"), annotations=("x", "y", "z"),
        references=(10.0,) * 3, log=(True,) * 3, legends=("",) * 3,
    )  # fmt: skip
    boxes = [axes.get_position() for axes in draw(three).axes]
    assert math.isclose(boxes[0].x0, boxes[2].x0)
    assert boxes[0].y0 > boxes[2].y1
    assert image(three, "png", FigureStyle(width=170.0))[:4] == b"\x89PNG"
