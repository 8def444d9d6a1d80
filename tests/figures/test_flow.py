"""The drawing of a flow: every text within its frame, nothing over anything else."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.patches import Rectangle
from matplotlib.text import Annotation

from hcc2l.figures import draw
from hcc2l.figures.flow import draw as draw_flow
from hcc2l.report import FlowBox, FlowExclusion, FlowFigure

LONG = "Patients with hepatocellular carcinoma after failure of atezolizumab/bevacizumab"
CHINESE = "一线治疗后进展并接受二线治疗的肝细胞癌患者"


def flow(arms: int = 0, *, matched: bool = False, label: str = "Eligible") -> FlowFigure:
    """Two boxes, arms and their matched patients, with exclusions everywhere."""
    boxes = [FlowBox(1, None, "Screened", 506), FlowBox(2, 1, label, 400)]
    exclusions = [FlowExclusion(1, label, 100), FlowExclusion(1, "lost", 6)]
    if arms:
        exclusions.append(FlowExclusion(2, "arm missing", 4))
    for arm in range(3, 3 + arms):
        boxes.append(FlowBox(arm, 2, f"{label} {arm}", 100, 1 / arms))
        if matched:
            exclusions.append(FlowExclusion(arm, "not matched", 30))
    if matched:
        boxes += [FlowBox(arm + arms, arm, "Matched", 70) for arm in range(3, 3 + arms)]
    return FlowFigure(tuple(boxes), tuple(exclusions))


def picture_of(figure: FlowFigure) -> Any:
    picture = draw_flow(figure)
    FigureCanvasAgg(picture)
    return picture


def extents(picture: Any) -> tuple[list[Any], list[Any]]:
    """The places of the frames and of the texts, in pixels."""
    renderer = picture.canvas.get_renderer()
    canvas = picture.axes[0]
    frames = [p.get_window_extent(renderer) for p in canvas.patches if isinstance(p, Rectangle)]
    texts = [t.get_window_extent(renderer) for t in canvas.texts if t.get_text()]
    return frames, texts


def within(inner: Any, outer: Any) -> bool:
    return bool(
        outer.x0 <= inner.x0 and inner.x1 <= outer.x1
        and outer.y0 <= inner.y0 and inner.y1 <= outer.y1
    )  # fmt: skip


def overlap(a: Any, b: Any) -> bool:
    return bool(a.x0 < b.x1 and b.x0 < a.x1 and a.y0 < b.y1 and b.y0 < a.y1)


FLOWS = [
    flow(arms, matched=matched, label=label)
    for arms in (0, 1, 2, 3, 4, 6)
    for matched in (False, True)
    for label in ("Eligible", LONG, "x" * 60)
    if arms or not matched
]


@pytest.mark.parametrize("figure", FLOWS)
def test_nothing_lies_over_anything_else(figure: FlowFigure) -> None:
    picture = picture_of(figure)
    frames, texts = extents(picture)
    for place in (*frames, *texts):
        assert within(place, picture.bbox)
    for a, b in combinations(frames, 2):
        assert not overlap(a, b)
    for a, b in combinations(texts, 2):
        assert not overlap(a, b)
    for text in texts:
        crossed = [frame for frame in frames if overlap(text, frame)]
        assert len(crossed) <= 1
        assert all(within(text, frame) for frame in crossed)


@pytest.mark.parametrize(("arms", "narrow", "wide"), [(0, 85, 90), (2, 85, 90), (4, 160, 175)])
def test_it_fits_a_column_or_a_page(arms: int, narrow: float, wide: float) -> None:
    width = 25.4 * picture_of(flow(arms)).get_figwidth()
    assert narrow <= width <= wide


def test_boxes_and_reasons_have_their_numbers() -> None:
    texts = [text.get_text() for text in picture_of(flow(2, matched=True)).axes[0].texts]
    written = [text for text in texts if text]
    assert "Screened\nn = 506" in written
    assert "Eligible 3\nn = 100 (50.0%)" in written
    assert "Excluded (n = 106)\nEligible (n\xa0=\xa0100)\nlost (n\xa0=\xa06)" in written
    assert "Excluded (n = 4)\narm missing" in written
    assert written.count("not matched\n(n\xa0=\xa030)") == 2


def test_a_reason_that_says_no_more_is_not_repeated() -> None:
    boxes = (FlowBox(1, None, "Screened", 506), FlowBox(2, 1, "Included", 424))
    figure = FlowFigure(boxes, (FlowExclusion(1, "Excluded", 82),))
    assert "Excluded (n = 82)" in [t.get_text() for t in picture_of(figure).axes[0].texts]


def test_a_box_is_centred_above_its_arms() -> None:
    frames, _ = extents(picture_of(flow(3)))
    middles = [(frame.x0 + frame.x1) / 2 for frame in frames[:5]]
    assert middles[0] == pytest.approx(middles[1])
    assert middles[1] == pytest.approx(middles[3]) == (middles[2] + middles[4]) / 2
    assert middles[2] < middles[3] < middles[4]


@pytest.mark.parametrize("figure", [flow(), flow(2, matched=True), flow(4)])
def test_an_arrow_leads_to_every_box_and_every_frame_of_exclusions(figure: FlowFigure) -> None:
    canvas = picture_of(figure).axes[0]
    ends = [text.xy for text in canvas.texts if isinstance(text, Annotation)]
    frames = [patch for patch in canvas.patches if isinstance(patch, Rectangle)]
    boxes, asides = frames[: len(figure.boxes)], frames[len(figure.boxes) :]
    tops = [(box.get_x() + box.get_width() / 2, box.get_y() + box.get_height()) for box in boxes]
    sides = [(frame.get_x(), frame.get_y() + frame.get_height() / 2) for frame in asides]
    assert np.allclose(sorted(ends), sorted([*tops[1:], *sides]))
    assert sides


def test_arms_part_between_the_exclusions_and_the_arms() -> None:
    canvas = picture_of(flow(3)).axes[0]
    frames = [patch for patch in canvas.patches if isinstance(patch, Rectangle)]
    bar = next(line for line in canvas.lines if len(set(line.get_ydata())) == 1)
    height = bar.get_ydata()[0]
    aside = next(f for f in frames[5:] if f.get_y() < frames[1].get_y())
    assert frames[2].get_y() + frames[2].get_height() < height < aside.get_y()


def test_the_only_arm_of_an_arm_is_as_narrow_as_its_arm() -> None:
    boxes = (
        FlowBox(1, None, "Screened", 40), FlowBox(2, 1, "primary", 20), FlowBox(3, 1, "other", 20),
        FlowBox(4, 2, LONG, 20),
    )  # fmt: skip
    picture = picture_of(FlowFigure(boxes, ()))
    frames, _ = extents(picture)
    assert frames[3].x1 < picture.bbox.width / 2
    assert frames[3].x0 > 0


def test_a_lonely_box_stands_in_the_middle() -> None:
    picture = picture_of(FlowFigure((FlowBox(1, None, "Enrolled", 81),), ()))
    (frame,), _ = extents(picture)
    assert (frame.x0 + frame.x1) / 2 == pytest.approx(picture.bbox.width / 2)


def test_a_long_label_is_broken_at_blanks_and_behind_slashes() -> None:
    texts = [text.get_text() for text in picture_of(flow(label=LONG)).axes[0].texts]
    box = next(text for text in texts if text.endswith("n = 400"))
    assert " ".join(box.split("\n")[:-1]).replace("/ ", "/") == LONG


def test_chinese_letters_are_counted_as_wide_as_they_are_high() -> None:
    texts = [text.get_text() for text in picture_of(flow(2, label=CHINESE)).axes[0].texts]
    box = next(text for text in texts if text.endswith("n = 400"))
    *lines, _ = box.split("\n")
    assert "".join(lines) == CHINESE
    assert max(map(len, lines)) <= 2.16 * 72 / 8  # inches of the widest box, letters of 8 points


@pytest.mark.parametrize("form", ["png", "svg", "pdf"])
def test_the_same_flow_gives_the_same_image(form: str) -> None:
    assert draw(flow(2, matched=True), form) == draw(flow(2, matched=True), form)
