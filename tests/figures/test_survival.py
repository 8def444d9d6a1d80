"""The survival figure: positions, labels, bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

import hcc2l
from hcc2l.analyses.km_figure import axis_ticks
from hcc2l.errors import UsageError
from hcc2l.figures import draw, plot_format
from hcc2l.figures.style import COLOURS, DASHES
from hcc2l.figures.survival import draw as draw_survival
from hcc2l.report import Figure

DATA = Path(__file__).parents[1] / "reference" / "data"


def figure(**options: Any) -> Figure:
    options = {"time": "os_months", "event": "death", "by": "treatment"} | options
    report = hcc2l.km(DATA / "hcc424.csv", **options)
    assert report.draw is not None
    return report.draw()


def texts(picture: Any) -> dict[str, Any]:
    return {t.get_text(): t for t in picture.axes[0].texts}


def test_numbers_at_risk_stand_exactly_under_the_ticks() -> None:
    picture = draw_survival(figure())
    axes = picture.axes[0]
    ticks = axes.get_xticks().tolist()
    numbers = [t for t in axes.texts if t.get_text().isdigit()]
    assert sorted({t.get_position()[0] for t in numbers}) == ticks
    assert all(t.get_horizontalalignment() == "center" for t in numbers)


def test_numbers_at_risk_are_those_of_the_table() -> None:
    drawn = figure()
    shown = [t.get_text() for t in draw_survival(drawn).axes[0].texts if t.get_text().isdigit()]
    expected = [f"{row['n_risk']:.0f}" for row in drawn.tables["at_risk"].rows]
    assert shown == expected


def test_a_line_at_risk_has_the_colour_of_its_curve() -> None:
    picture = draw_survival(figure())
    labels = texts(picture)
    assert labels["lenvatinib"].get_color() == COLOURS[0]
    assert labels["sorafenib"].get_color() == COLOURS[1]


def test_curves_differ_in_line_style_as_well_as_in_colour() -> None:
    assert len(set(DASHES)) == len(DASHES)
    assert len(set(COLOURS)) == len(COLOURS)


def test_dashed_curves_have_no_gaps() -> None:
    def ink(picture: Any) -> Any:
        picture.axes[0].set_axis_off()
        canvas = FigureCanvasAgg(picture)
        canvas.draw()
        return np.asarray(canvas.buffer_rgba())

    picture = draw_survival(figure(by="ecog"))
    axes = picture.axes[0]
    (curve,) = [line for line in axes.lines if line.get_color() == COLOURS[1]
                and line.get_linestyle() != "None" and len(line.get_xdata()) > 5]  # fmt: skip
    time, estimate = (np.asarray(x) for x in (curve.get_xdata(), curve.get_ydata()))
    for artist in [*axes.collections, *axes.texts, *axes.lines]:
        artist.set_visible(artist is curve)
    pixels = ink(picture)
    wide = np.flatnonzero(np.diff(time) > 0.5)
    assert wide.size
    for i in wide:
        places = np.linspace(time[i] + 0.05, time[i + 1] - 0.05, 50)
        points = axes.transData.transform(np.column_stack([places, np.full(50, estimate[i])]))
        rows = pixels.shape[0] - 1 - points[:, 1].astype(int)
        columns = points[:, 0].astype(int)
        near = [pixels[rows + d, columns, :3].min(axis=1) for d in (-1, 0, 1)]
        assert (np.min(near, axis=0) < 200).all()


def test_the_legend_follows_the_level_order_and_gives_p() -> None:
    picture = draw_survival(figure(by="ecog"))
    legend = [t.get_text() for t in picture.legends[0].get_texts()]
    assert legend == ["0", "1", "2"]
    assert any(text.startswith("Log-rank p ") for text in texts(picture))


def test_cumulative_events_are_shown_on_request_only() -> None:
    assert "  events" not in texts(draw_survival(figure()))
    assert "  events" in texts(draw_survival(figure(cumulative_events=True)))


def test_a_curve_begins_at_one_and_an_incidence_at_nought() -> None:
    rising = figure(time="pfs_months", event="progression", competing="death")
    for drawn, start in ((figure(), 1.0), (rising, 0.0)):
        line = draw_survival(drawn).axes[0].lines[0]
        assert line.get_xydata()[0].tolist() == [0.0, start]


@pytest.mark.parametrize("name", ["png", "svg", "pdf"])
def test_the_same_figure_gives_the_same_bytes(name: str) -> None:
    assert draw(figure(), name) == draw(figure(), name)


@pytest.mark.parametrize("by", [None, "treatment", "etiology", "response", "afp@200/400"])
def test_no_text_leaves_the_picture_and_no_numbers_overlap(by: str | None) -> None:
    picture = draw_survival(figure(by=by))
    picture.canvas.draw()
    width, height = picture.bbox.width, picture.bbox.height
    boxes = []
    for text in [*picture.axes[0].texts, *picture.legends]:
        box = text.get_window_extent()
        assert box.x0 >= 0
        assert box.y0 >= 0
        assert box.x1 <= width
        assert box.y1 <= height
        boxes.append(box)
    numbers = [t.get_window_extent() for t in picture.axes[0].texts if t.get_text().isdigit()]
    for i, a in enumerate(numbers):
        assert not any(a.overlaps(b) for b in numbers[i + 1 :])


def test_long_names_of_groups_are_wrapped_within_the_picture(tmp_path: Path) -> None:
    path = tmp_path / "cohort.csv"
    arms = ["Lenvatinib after atezolizumab plus bevacizumab, full dose", "Best supportive care"]
    path.write_text(
        "time,status,arm\n" + "".join(f'{i},{i % 2},"{arms[i % 3 == 0]}"\n' for i in range(1, 31))
    )
    report = hcc2l.km(path, by="arm")
    assert report.draw is not None
    picture = draw_survival(report.draw())
    picture.canvas.draw()
    assert all(t.get_window_extent().x0 >= 0 for t in picture.axes[0].texts)


@pytest.mark.parametrize(
    ("longest", "unit", "step"),
    [(26.3, "months", 6), (11, "months", 2), (60, "months", 12), (1022, "days", 180),
     (5.5, "years", 1), (999, None, 200), (0.7, None, 0.1)],
)  # fmt: skip
def test_ticks_are_steps_a_clinician_would_choose(
    longest: float, unit: str | None, step: float
) -> None:
    ticks = axis_ticks(longest, unit)
    assert ticks[0] == 0
    assert ticks[1] == pytest.approx(step)
    assert ticks[-1] <= longest
    assert 2 <= len(ticks) <= 9


def test_a_file_with_another_ending_is_refused() -> None:
    with pytest.raises(UsageError, match=r"\.png, \.svg or \.pdf"):
        plot_format("km.jpeg")
