"""The figure of adverse events: how long the bars are, where they point, what stands beside."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import matplotlib as mpl
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure as Picture

import hcc2l
from hcc2l.figures.adverse import draw
from hcc2l.figures.style import COLOURS, STYLE
from hcc2l.report import AdverseFigure, EventBar


def bars(
    groups: dict[str, int], events: dict[str, tuple[int, ...]], band: str = "Any grade"
) -> tuple[EventBar, ...]:
    """Counts of each event in each group."""
    return tuple(
        EventBar(event, group, band, count, n)
        for event, counts in events.items()
        for (group, n), count in zip(groups.items(), counts, strict=True)
    )


TWO = {"lenvatinib": 40, "sorafenib": 80}
ANY = bars(TWO, {"Any adverse event": (32, 60), "Rash": (4, 20)})
SEVERE = bars(TWO, {"Any adverse event": (10, 8), "Rash": (0, 4)}, "Grade ≥3")
BUTTERFLY = AdverseFigure((*ANY, *SEVERE), "Patients, %")


def drawn(figure: AdverseFigure) -> Picture:
    with mpl.rc_context(STYLE):
        picture = draw(figure)
        FigureCanvasAgg(picture).draw()
    return picture


def lengths(axes: Axes) -> list[float]:
    return [round(patch.get_width(), 6) for patch in axes.patches]


def numbers(axes: Axes) -> list[str]:
    return [text.get_text() for text in axes.texts]


def test_two_groups_are_back_to_back_with_one_zero() -> None:
    left, right = drawn(BUTTERFLY).axes
    assert lengths(left) == [80, 10, 25, 0]
    assert lengths(right) == [75, 25, 10, 5]
    assert left.get_xlim() == (pytest.approx(right.get_xlim()[1]), 0.0)
    assert left.get_position().x1 == pytest.approx(right.get_position().x0)
    assert 0.0 in left.get_xticks()
    assert 0.0 not in right.get_xticks()


def test_any_event_is_above_all_others() -> None:
    left, _ = drawn(BUTTERFLY).axes
    assert [label.get_text() for label in left.get_yticklabels()] == ["Any adverse event", "Rash"]
    low, high = left.get_yticks()
    assert left.get_ylim()[0] > high > low > left.get_ylim()[1]


def test_each_group_has_a_colour_dark_for_the_higher_grades() -> None:
    for axes, hue in zip(drawn(BUTTERFLY).axes, COLOURS, strict=False):
        light, dark = (to_hex(axes.patches[i].get_facecolor()).upper() for i in (0, 2))
        assert dark == hue
        assert light != hue


def test_the_percentages_stand_beside_the_bars_halves_rounded_up() -> None:
    figure = AdverseFigure(bars({"A": 40, "B": 1000}, {"Rash": (1, 2), "Pain": (0, 15)}), "%")
    left, right = drawn(figure).axes
    assert numbers(left) == ["3", "0"]
    assert numbers(right) == ["<1", "2"]
    left, _ = drawn(BUTTERFLY).axes
    assert numbers(left) == ["80 | 25", "10"]


def test_the_percentages_stand_outside_the_bars() -> None:
    left, right = drawn(BUTTERFLY).axes
    for axes in (left, right):
        for text, length in zip(axes.texts, lengths(axes), strict=False):
            box: Any = text.get_window_extent()
            end = axes.transData.transform((length, 0.0))[0]
            assert box.x1 < end if axes is left else box.x0 > end


def test_the_heads_have_the_patients_at_risk() -> None:
    heads = [axes.get_title() or axes.get_title(loc="left") for axes in drawn(BUTTERFLY).axes]
    assert heads == ["lenvatinib (n = 40)", "sorafenib (n = 80)"]


@pytest.mark.parametrize("number", [1, 3, 4])
def test_any_other_number_of_groups_has_panels_side_by_side(number: int) -> None:
    groups = {f"G{i}": 20 for i in range(number)}
    panels = drawn(AdverseFigure(bars(groups, {"Rash": (3,) * number}), "%")).axes
    assert len(panels) == number
    assert all(axes.get_xlim()[0] == 0.0 for axes in panels)
    edges = [(axes.get_position().x0, axes.get_position().x1) for axes in panels]
    assert all(a[1] < b[0] for a, b in pairwise(edges))


def test_the_bands_are_named_only_where_there_are_two() -> None:
    (legend,) = drawn(BUTTERFLY).legends
    assert [text.get_text() for text in legend.get_texts()] == ["Any grade", "Grade ≥3"]
    assert drawn(AdverseFigure(ANY, "Patients, %")).legends == []


@pytest.mark.parametrize(
    "name",
    [
        "Palmar-plantar erythrodysaesthesia syndrome and related cutaneous reactions",
        "팔과 다리의 손발바닥 홍반성 감각이상 증후군 및 관련된 피부 반응과 통증과 부종",
        "手足症候群およびこれに関連する皮膚の反応ならびに疼痛と浮腫と色素沈着と水疱形成と潰瘍",
    ],
)
@pytest.mark.filterwarnings("ignore:Glyph")
def test_long_names_are_wrapped_and_nothing_leaves_the_figure(name: str) -> None:
    groups = {name: 40, "sorafenib": 80}
    picture = drawn(AdverseFigure(bars(groups, {name: (40, 80), "Rash": (40, 2)}), "Patients, %"))
    assert "\n" in picture.axes[0].get_yticklabels()[0].get_text()
    box: Any = picture.get_tightbbox()
    width, height = picture.get_size_inches()
    assert box.x0 >= 0
    assert box.y0 >= 0
    assert box.x1 <= width + 0.02
    assert box.y1 <= height + 0.02


def test_the_figure_of_a_report_has_the_counts_of_its_table() -> None:
    report = hcc2l.adverse(
        events="adverse_events.csv", by="second_line", bands=["any", "1-2", "3-5"]
    )
    assert report.draw is not None
    figure = report.draw()
    assert isinstance(figure, AdverseFigure)
    assert list(dict.fromkeys(bar.band for bar in figure.bars)) == ["Any grade", "Grade ≥3"]
    rows = [row for row in report.table("events").rows if row["band"] in ("any", "3-5")]
    counted = {(r["label"], r["group"], r["count"]) for r in rows}
    assert {(bar.event, bar.group, bar.count) for bar in figure.bars} == counted


@pytest.mark.parametrize(
    ("bands", "drawn_bands", "label"),
    [
        (["any"], ["Any grade"], "Patients, % (any grade)"),
        (["3-5"], ["Grade ≥3"], "Patients, % (grade ≥3)"),
        (["3-5", "5"], ["Grade ≥3", "Grade 5"], "Patients, %"),
        (["1-2", "3-4"], ["Grade 1–2"], "Patients, % (grade 1–2)"),
    ],
)
def test_bars_are_drawn_one_inside_the_other_only_where_one_is_part_of_the_other(
    bands: list[str], drawn_bands: list[str], label: str
) -> None:
    report = hcc2l.adverse(events="adverse_events.csv", bands=bands)
    assert report.draw is not None
    figure = report.draw()
    assert isinstance(figure, AdverseFigure)
    assert list(dict.fromkeys(bar.band for bar in figure.bars)) == drawn_bands
    assert figure.x_label == label
