"""Figures of values before and after: lines, boxes, axes and labels."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hcc2l.figures.change import draw
from hcc2l.figures.style import colour
from hcc2l.report import ChangeFigure, PairedBox, PairedLines, PairedPanel

PANEL = PairedPanel("AFP", "AFP, ng/mL", "AFP", "AFP at week 8", 0, False, "Wilcoxon p = 0.04")
LINES = PairedLines(0, (2.0, 2.0, 4.0, 6.0), (4.0, 1.0, 4.0, 7.5), (3.0, 1.0, 2.0, 1.0))
BOXES = (
    PairedBox(0, "before", 1.0, 2.0, 3.0, 5.0, 6.0),
    PairedBox(0, "after", 0.5, 1.0, 4.0, 6.0, 7.5),
)
FIGURE = ChangeFigure((PANEL,), (LINES,), BOXES, 1)


def several(count: int, columns: int, **changed: Any) -> ChangeFigure:
    panels = tuple(replace(PANEL, scale=i, **changed) for i in range(count))
    lines = tuple(replace(LINES, panel=i) for i in range(count))
    boxes = tuple(replace(box, panel=i) for i in range(count) for box in BOXES)
    return ChangeFigure(panels, lines, boxes, columns)


def patients(axes: Any) -> list[Any]:
    return [line for line in axes.lines if list(line.get_xdata()) == [0, 1]]


def test_each_line_goes_from_before_to_after_in_the_colour_of_its_direction() -> None:
    (axes,) = draw(FIGURE).axes
    found = {tuple(line.get_ydata()): line.get_color() for line in patients(axes)}
    assert found == {
        (2.0, 4.0): colour(1), (2.0, 1.0): colour(0), (4.0, 4.0): "0.55", (6.0, 7.5): colour(1)
    }  # fmt: skip


def test_lines_of_more_patients_are_wider() -> None:
    (axes,) = draw(FIGURE).axes
    width = {tuple(line.get_ydata()): line.get_linewidth() for line in patients(axes)}
    assert width[2.0, 4.0] == pytest.approx(3 * width[2.0, 1.0])
    assert width[4.0, 4.0] == pytest.approx(2 * width[2.0, 1.0])
    crowd = replace(FIGURE, lines=(replace(LINES, n=(500.0, 1.0, 2.0, 1.0)),))
    widths = [line.get_linewidth() for line in patients(draw(crowd).axes[0])]
    assert max(widths) == pytest.approx(5)
    assert min(widths) == 0.35


def test_many_lines_are_translucent() -> None:
    values = tuple(float(i) for i in range(1000))
    crowd = replace(FIGURE, lines=(PairedLines(0, values, values[::-1], (1.0,) * 1000),))
    assert {line.get_alpha() for line in patients(draw(crowd).axes[0])} == {0.25}
    assert {line.get_alpha() for line in patients(draw(FIGURE).axes[0])} == {0.85}


def test_the_boxes_stand_beside_the_lines() -> None:
    (axes,) = draw(FIGURE).axes
    spans = sorted(
        (patch.get_path().vertices[:, 0].min(), patch.get_path().vertices[:, 0].max())
        for patch in axes.patches
    )
    assert len(spans) == 2
    assert spans[0][1] < 0 < 1 < spans[1][0]
    heights = [sorted(set(patch.get_path().vertices[:4, 1])) for patch in axes.patches]
    assert sorted(heights) == [[1.0, 6.0], [2.0, 5.0]]
    low, high = axes.get_xlim()
    assert low < spans[0][0]
    assert high > spans[1][1]


def test_the_legend_counts_patients_by_direction() -> None:
    (axes,) = draw(FIGURE).axes
    texts = [text.get_text() for text in axes.get_legend().get_texts()]
    assert texts == ["4 higher", "1 lower", "2 unchanged"]
    rising = replace(FIGURE, lines=(PairedLines(0, (1.0,), (2.0,), (5.0,)),))
    texts = [t.get_text() for t in draw(rising).axes[0].get_legend().get_texts()]
    assert texts == ["5 higher"]


def test_labels_and_the_test_are_written() -> None:
    (axes,) = draw(FIGURE).axes
    assert [t.get_text() for t in axes.get_xticklabels()] == ["AFP", "AFP at week 8"]
    assert axes.get_ylabel() == "AFP, ng/mL"
    assert axes.get_title(loc="left") == "AFP"
    assert [t.get_text() for t in axes.texts] == ["n = 7; Wilcoxon p = 0.04"]


def test_panels_of_one_scale_have_one_axis() -> None:
    first = several(2, 2)
    higher = replace(LINES, panel=1, after=(40.0, 1.0, 4.0, 7.5))
    other = replace(first, lines=(LINES, higher))
    limits = [axes.get_ylim() for axes in draw(other).axes]
    assert limits[0][1] < 10 < 40 < limits[1][1]
    shared = replace(other, panels=tuple(replace(p, scale=0) for p in other.panels))
    limits = [axes.get_ylim() for axes in draw(shared).axes]
    assert limits[0] == limits[1]


@pytest.mark.parametrize(("count", "columns", "rows"), [(3, 3, 1), (4, 3, 2), (5, 2, 3)])
def test_panels_stand_in_rows_and_their_texts_do_not_overlap(
    count: int, columns: int, rows: int
) -> None:
    long = {"title": "Alpha-fetoprotein, lenvatinib and everything else", "after_label":
            "Alpha-fetoprotein at week 8", "before_label": "Alpha-fetoprotein"}  # fmt: skip
    picture = draw(several(count, columns, **long))
    picture.canvas.draw()
    assert len({round(axes.get_position().y0, 6) for axes in picture.axes}) == rows
    boxes = [axes.get_tightbbox() for axes in picture.axes]
    for i, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[:i])
        assert box.x0 >= 0
        assert box.y0 >= 0
        assert box.y1 <= picture.bbox.height


def test_a_logarithmic_axis_has_plain_numbers_and_keeps_its_label_inside() -> None:
    values = PairedLines(0, (0.2, 300.0), (5.0, 200000.0), (1.0, 1.0))
    figure = replace(FIGURE, panels=(replace(PANEL, log=True),), lines=(values,))
    picture = draw(figure)
    picture.canvas.draw()
    (axes,) = picture.axes
    assert axes.get_yscale() == "log"
    labels = [t.get_text() for t in axes.get_yticklabels()]
    assert "100\u2009000" in labels
    assert axes.get_tightbbox().x0 >= 0


def test_zero_has_a_place_on_a_logarithmic_axis() -> None:
    values = PairedLines(0, (0.0, 300.0), (5.0, 20000.0), (1.0, 1.0))
    figure = replace(FIGURE, panels=(replace(PANEL, log=True),), lines=(values,))
    picture = draw(figure)
    picture.canvas.draw()
    (axes,) = picture.axes
    assert axes.get_yscale() == "symlog"
    assert axes.get_ylim()[0] < 0
    assert [t.get_text() for t in axes.get_yticklabels()][:3] == ["0", "10", "100"]


def test_whole_numbers_have_whole_ticks() -> None:
    whole = replace(FIGURE, lines=(PairedLines(0, (5.0, 6.0), (6.0, 7.0), (1.0, 1.0)),))
    assert all(float(tick).is_integer() for tick in draw(whole).axes[0].get_yticks())


def test_patients_with_one_value_have_room_around_it() -> None:
    same = replace(FIGURE, lines=(PairedLines(0, (5.0,), (5.0,), (9.0,)),))
    low, high = draw(same).axes[0].get_ylim()
    assert low < 5 < high
