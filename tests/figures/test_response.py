"""The figures of response: what is drawn, where, and in which colour."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex

import hcc2l
from hcc2l.figures.response import COLOURS, draw, draw_waterfall
from hcc2l.figures.style import STYLE
from hcc2l.report import (
    PatientChange,
    Report,
    ResponseBar,
    ResponseFigure,
    WaterfallFigure,
)
from tests.analyses.response.cohorts import CHON_RECIST, cohort
from tests.conftest import Write


def bars_of(report: Report) -> ResponseFigure:
    assert report.draw is not None
    figure = report.draw()
    assert isinstance(figure, ResponseFigure)
    return figure


def segments(axes: Any) -> dict[int, list[tuple[str, float, float]]]:
    """Bar -> the colour, bottom and height of its segments, from below."""
    found: dict[int, list[tuple[str, float, float]]] = {}
    for patch in axes.patches:
        x = round(patch.get_x() + patch.get_width() / 2)
        colour = to_hex(patch.get_facecolor()).upper()
        found.setdefault(x, []).append((colour, patch.get_y(), patch.get_height()))
    return found


def words(axes: Any) -> list[str]:
    return [text.get_text() for text in axes.texts]


def test_a_bar_is_stacked_from_cr_to_ne_and_fills_100(write: Write) -> None:
    figure = bars_of(hcc2l.response(write("c.csv", CHON_RECIST), by="arm"))
    (axes,) = draw(figure).axes
    lenvatinib, sorafenib = segments(axes)[0], segments(axes)[1]
    assert [colour for colour, _, _ in lenvatinib] == [COLOURS[c] for c in ("PR", "SD", "PD", "NE")]
    assert [height for _, _, height in lenvatinib] == pytest.approx([7.5, 60, 27.5, 5])
    for bar in (lenvatinib, sorafenib):
        assert bar[-1][1] + bar[-1][2] == pytest.approx(100)
    assert "24 (60%)" in words(axes)
    assert "ORR 7.5%\nDCR 67.5%" in words(axes)
    names = [label.get_text() for label in axes.get_xticklabels()]
    assert names == ["lenvatinib\nn = 40", "sorafenib\nn = 86"]


def test_the_legend_has_the_responses_that_occur_the_uppermost_first(write: Write) -> None:
    figure = bars_of(hcc2l.response(write("c.csv", cohort(a=(0, 3, 2, 1, 0, 2)))))
    picture = draw(figure)
    (legend,) = picture.legends
    assert [text.get_text() for text in legend.get_texts()] == ["Not recorded", "PD", "SD", "PR"]
    (axes,) = picture.axes
    assert [label.get_text() for label in axes.get_xticklabels()] == ["n = 8"]


def test_every_criterion_has_its_panel(write: Write) -> None:
    file = write("c.csv", "id,recist,mrecist\n1,PR,CR\n2,SD,PR\n")
    figure = bars_of(hcc2l.response(file, response=["recist", "mrecist"]))
    first, second = draw(figure).axes
    assert (first.get_title("left"), second.get_title("left")) == ("RECIST", "mRECIST")
    assert [s[0] for s in segments(second)[0]] == [COLOURS["CR"], COLOURS["PR"]]


def test_small_segments_have_no_label() -> None:
    bar = ResponseBar("", "a", 100, ("CR", "PR"), (4, 96), (4.0, 96.0), "ORR 100.0%")
    (axes,) = draw(ResponseFigure((bar,), None, "Patients, %")).axes
    assert words(axes) == ["96 (96%)", "ORR 100.0%"]


def waterfall(*changes: float, groups: str = "") -> WaterfallFigure:
    patients = tuple(
        PatientChange(group, change, "PR" if change <= -30 else "PD")
        for group, change in zip(groups or "a" * len(changes), changes, strict=True)
    )
    return WaterfallFigure(patients, (-30.0, 20.0), "Best change, %")


def test_a_waterfall_has_its_bars_in_order_and_the_lines_of_recist() -> None:
    picture = draw_waterfall(waterfall(45.0, 0.0, -40.0))
    (axes,) = picture.axes
    assert [patch.get_height() for patch in axes.patches][::2] == [45.0, -40.0]
    assert axes.patches[1].get_height() > 0  # a change of 0 is seen
    assert sorted(line.get_ydata()[0] for line in axes.lines) == [-30.0, 0.0, 20.0]
    assert {"+20%", "−30%"} <= set(words(axes))
    low, high = axes.get_ylim()
    assert low < -40
    assert high > 45


def test_growth_above_100_is_cut_and_marked() -> None:
    picture = draw_waterfall(waterfall(180.0, 100.0, -10.0))
    (axes,) = picture.axes
    assert [patch.get_height() for patch in axes.patches] == [100.0, 100.0, -10.0]
    marks = [line for line in axes.lines if line.get_marker() == "^"]
    assert [list(mark.get_xdata()) for mark in marks] == [[0]]
    assert picture.texts[0].get_text() == (
        "3 patients with a measured change. ▲ Growth cut at +100% (largest: +180%)."
    )


def test_groups_of_a_waterfall_have_panels_as_wide_as_their_number() -> None:
    first, second = draw_waterfall(waterfall(40.0, 10.0, 5.0, -50.0, groups="aaab")).axes
    assert first.get_title("left") == "a (n=3)"
    assert first.get_position().width == pytest.approx(3 * second.get_position().width)
    assert first.get_ylim() == second.get_ylim()


def test_a_waterfall_of_a_report_has_groups_in_the_order_of_their_levels(write: Write) -> None:
    file = write("c.csv", "id,arm,response,change\n1,b,PD,50\n2,a,PR,-40\n3,b,,5\n")
    report = hcc2l.response(file, by="arm", best_change="change")
    assert report.draw is not None
    figure = report.draw()
    assert isinstance(figure, WaterfallFigure)
    assert [(p.group, p.change, p.response) for p in figure.patients] == [
        ("a", -40.0, "PR"), ("b", 50.0, "PD"), ("b", 5.0, "Not recorded"),
    ]  # fmt: skip
    assert figure.y_label == "Change, %"


@pytest.mark.parametrize("groups", ["a", "ab", "abc", "abcd"])
@pytest.mark.parametrize("name", ["regorafenib after lenvatinib", "仑伐替尼联合经动脉化疗栓塞治疗"])
@pytest.mark.filterwarnings("ignore:Glyph")
def test_nothing_overlaps_or_leaves_the_picture(name: str, groups: str) -> None:
    """The names of groups, the labels of the bars, and the legend."""
    bars = tuple(
        ResponseBar(criterion, f"{name} {group}", 40,
                    ("CR", "PR", "SD", "PD", "NE", "Not recorded"), (4, 6, 10, 10, 6, 4),
                    (10.0, 15.0, 25.0, 25.0, 15.0, 10.0), "ORR 25.0%\nDCR 50.0%")
        for criterion in ("RECIST 1.1", "mRECIST") for group in groups
    )  # fmt: skip
    with mpl.rc_context(STYLE):
        picture = draw(ResponseFigure(bars, "Treatment", "Patients, %"))
        canvas = FigureCanvasAgg(picture)
        canvas.draw()
        renderer = canvas.get_renderer()
        inside = picture.bbox
        for axes in picture.axes:
            boxes = [t.get_window_extent(renderer) for t in axes.get_xticklabels()]
            for left, right in pairwise(boxes):
                assert left.x1 < right.x0
            title = axes.title if axes.title.get_text() else axes._left_title
            above = [t.get_window_extent(renderer) for t in axes.texts if "ORR" in t.get_text()]
            assert title.get_window_extent(renderer).y0 >= max(box.y1 for box in above)
            label = axes.xaxis.label.get_window_extent(renderer)
            assert label.y1 <= min(box.y0 for box in boxes)
            assert label.y0 >= inside.y0
        (legend,) = picture.legends
        box = legend.get_window_extent(renderer)
        assert box.x1 <= inside.x1
        assert box.x0 >= picture.axes[-1].get_window_extent(renderer).x1


@pytest.mark.parametrize("n", [3, 40, 200])
def test_the_legend_and_the_limits_of_a_waterfall_stand_beside_it(n: int) -> None:
    patients = tuple(PatientChange("a", 100.0 - i, "Not recorded") for i in range(n))
    with mpl.rc_context(STYLE):
        picture = draw_waterfall(WaterfallFigure(patients, (-30.0, 20.0), "Best change, %"))
        canvas = FigureCanvasAgg(picture)
        canvas.draw()
        renderer = canvas.get_renderer()
        (axes,), (legend,) = picture.axes, picture.legends
        boxes = [legend.get_window_extent(renderer)]
        boxes += [text.get_window_extent(renderer) for text in axes.texts]
        for box in boxes:
            assert axes.get_window_extent(renderer).x1 < box.x0 < box.x1 <= picture.bbox.x1


def test_the_figures_are_written(write: Write, tmp_path: Path) -> None:
    report = hcc2l.response(write("c.csv", CHON_RECIST), by="arm")
    for ending in ("png", "svg", "pdf"):
        path = tmp_path / f"f.{ending}"
        hcc2l.plot_report(report, path)
        assert path.stat().st_size > 1000
    assert set(bars_of(report).tables) == {"bars"}
