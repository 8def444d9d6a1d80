"""The survival figure: positions, labels, bytes."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

import hcc2l
from hcc2l.analyses.survival_figure import axis_ticks
from hcc2l.errors import UsageError
from hcc2l.figures import draw, plot_format
from hcc2l.figures.size import fitted
from hcc2l.figures.style import COLOURS, DASHES, FigureStyle
from hcc2l.figures.survival import draw as draw_survival
from hcc2l.figures.survival import draw_panels
from hcc2l.render import render_report
from hcc2l.report import Report, SurvivalFigure, SurvivalPanels
from tests.conftest import DATA
from tests.reports import rows_of

COMPETING = {"time": "pfs_months", "event": "progression", "competing": "death"}


def analysis(**options: Any) -> Report:
    options = {"time": "os_months", "event": "death", "by": "treatment"} | options
    return hcc2l.km(DATA / "hcc424.csv", **options)


def figure_of(report: Report) -> SurvivalFigure:
    assert report.draw is not None
    drawn = report.draw()
    assert isinstance(drawn, SurvivalFigure)
    return drawn


def figure(**options: Any) -> SurvivalFigure:
    return figure_of(analysis(**options))


def axes_of(report: Report) -> Any:
    return draw_survival(figure_of(report)).axes[0]


def steps(axes: Any, colour: str) -> list[Any]:
    """The curves of one colour."""
    return [line for line in axes.lines
            if line.get_drawstyle() == "steps-post" and line.get_color() == colour]  # fmt: skip


def points(line: Any) -> list[list[float]]:
    return [list(map(float, point)) for point in zip(*line.get_data(), strict=True)]


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


def test_a_curve_begins_at_one_and_an_incidence_at_zero() -> None:
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
    picture = draw_survival(figure_of(report))
    picture.canvas.draw()
    assert all(t.get_window_extent().x0 >= 0 for t in picture.axes[0].texts)
    boxes = {t.get_text(): t.get_window_extent() for t in picture.axes[0].texts}
    numbers = [box for text, box in boxes.items() if text.isdigit()]
    names = [box for text, box in boxes.items() if text.startswith(("Lenvatinib", "Best"))]
    assert len(names) == 2
    assert not any(name.overlaps(number) for name in names for number in numbers)


@pytest.mark.parametrize(
    ("longest", "unit", "step"),
    [(26.3, "months", 6), (11, "months", 2), (60, "months", 12), (1022, "days", 180),
     (5.5, "years", 1), (999, None, 200), (0.7, None, 0.1), (8, "months", 1), (8.1, "months", 2),
     (1, "months", 1), (1.5, "months", 1), (0.9, "months", 0.2),
     (8, None, 1), (16, None, 2), (20, None, 2.5)],
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
    with pytest.raises(UsageError, match=r"\.png, \.svg, \.pdf, \.tiff or \.eps"):
        plot_format("km.jpeg")


# ---------------------------------------------------------------- what is drawn is the table


@pytest.mark.parametrize("by", [None, "treatment", "ecog"])
def test_each_curve_is_that_of_its_group(by: str | None) -> None:
    report = analysis(by=by, curve=True)
    axes = axes_of(report)
    levels = list(report.table("groups").column("group"))
    for i, level in enumerate(levels):
        (line,) = steps(axes, COLOURS[i])
        curve = rows_of(report, "curve", group=level)
        assert points(line) == [[0.0, 1.0], *([r["time"], r["estimate"]] for r in curve)]
    assert len([x for x in axes.lines if x.get_drawstyle() == "steps-post"]) == len(levels)


def test_each_incidence_is_that_of_its_group_and_cause() -> None:
    report = analysis(**COMPETING, curve=True)
    axes = axes_of(report)
    for i, level in enumerate(report.table("groups").column("group")):
        own, other = steps(axes, COLOURS[i])
        for line, cause in ((own, "progression"), (other, "death")):
            curve = rows_of(report, "curve", group=level, cause=cause)
            assert points(line) == [[0.0, 0.0], *([r["time"], r["estimate"]] for r in curve)]
        assert own.get_linewidth() > other.get_linewidth()  # as the legend has it
    legend = draw_survival(figure(**COMPETING)).legends[0]
    widths = {t.get_text(): h.get_linewidth()
              for t, h in zip(legend.get_texts(), legend.legend_handles, strict=True)}  # fmt: skip
    assert widths["progression"] > widths["death"]


@pytest.mark.parametrize("options", [{}, {"conf_type": "log-log"}, COMPETING], ids=str)
def test_each_band_lies_between_the_limits_of_its_curve(options: Any) -> None:
    report = analysis(**options, curve=True)
    bands = axes_of(report).collections
    levels = list(report.table("groups").column("group"))
    assert len(bands) == len(levels)  # of the endpoint's own event alone
    for band, level in zip(bands, levels, strict=True):
        cause = {"cause": "progression"} if "competing" in options else {}
        curve = rows_of(report, "curve", group=level, **cause)
        (path,) = band.get_paths()
        for row, after in pairwise(curve):
            if row["lower"] is None or row["upper"] - row["lower"] < 1e-6:
                continue
            middle = (row["time"] + after["time"]) / 2
            inside = [row["lower"] + 1e-7, row["upper"] - 1e-7]
            outside = [row["lower"] - 1e-7, row["upper"] + 1e-7]
            assert path.contains_points([(middle, y) for y in inside]).all()
            assert not path.contains_points([(middle, y) for y in outside]).any()


def test_a_limit_that_does_not_exist_is_drawn_as_the_last_one(tmp_path: Path) -> None:
    path = tmp_path / "cohort.csv"
    path.write_text("time,status\n1,0\n2,1\n3,0\n4,1\n5,1\n")  # S is 1 at time 1, 0 at time 5
    report = hcc2l.km(path, curve=True, conf_type="log-log")
    (band,) = axes_of(report).collections
    limits = {r["time"]: (r["lower"], r["upper"]) for r in rows_of(report, "curve")}
    assert limits[1.0] == limits[5.0] == (None, None)
    low = {x: y for x, y in band.get_paths()[0].vertices.tolist() if y == limits[4.0][0]}
    assert 5.0 in low


def test_censored_times_are_marked_on_the_curve_and_nothing_else_is() -> None:
    report = analysis(curve=True)
    axes = axes_of(report)
    for i, level in enumerate(report.table("groups").column("group")):
        (marks,) = [x for x in axes.lines if x.get_marker() == "|" and x.get_color() == COLOURS[i]]
        curve = rows_of(report, "curve", group=level)
        expected = [[r["time"], r["estimate"]] for r in curve if r["n_censor"]]
        assert 0 < len(expected) < len(curve)
        assert points(marks) == expected
    assert not any(x.get_marker() == "|" for x in axes_of(analysis(**COMPETING)).lines)


def test_lines_lead_from_one_half_to_the_medians() -> None:
    report = analysis()
    segments = [points(x) for x in axes_of(report).lines
                if len(x.get_xdata()) == 2 and x.get_drawstyle() == "default"]  # fmt: skip
    medians = [float(str(m)) for m in report.table("groups").column("median")]
    assert segments == [
        [[0.0, 0.5], [max(medians), 0.5]],
        *([[m, 0.0], [m, 0.5]] for m in medians),
    ]
    rising = axes_of(analysis(**COMPETING))
    assert all(x.get_drawstyle() == "steps-post" for x in rising.lines)


def test_a_median_that_is_not_reached_has_no_line(tmp_path: Path) -> None:
    path = tmp_path / "cohort.csv"
    path.write_text("time,status,g\n1,1,a\n2,1,a\n3,1,a\n1,1,b\n2,0,b\n3,0,b\n4,0,b\n")
    report = hcc2l.km(path, by="g")
    segments = [points(x) for x in axes_of(report).lines
                if len(x.get_xdata()) == 2 and x.get_drawstyle() == "default"]  # fmt: skip
    assert segments == [[[0.0, 0.5], [2.0, 0.5]], [[2.0, 0.0], [2.0, 0.5]]]


@pytest.mark.parametrize("by", [None, "treatment", "ecog"])
def test_each_number_at_risk_stands_in_the_line_of_its_group_under_its_time(by: str | None) -> None:
    drawn = figure(by=by, cumulative_events=True)
    axes = draw_survival(drawn).axes[0]
    ticks = axes.get_xticks().tolist()
    report = analysis(by=by, at=ticks, curve=True)
    lines: dict[float, dict[float, str]] = {}
    labels: dict[float, str] = {}
    for text in axes.texts:
        x, y = text.get_position()
        if text.get_text().isdigit() and text.get_horizontalalignment() == "center":
            lines.setdefault(y, {})[x] = text.get_text()
        elif y < 0:
            labels[y] = text.get_text()
    expected = []
    for level in report.table("groups").column("group"):
        curve = rows_of(report, "curve", group=level)
        at_risk = {r["time"]: r["n_risk"] for r in rows_of(report, "survival", group=level)}
        events = {t: sum(r["n_event"] for r in curve if r["time"] <= t) for t in ticks}
        label = "All" if level == "all" else level
        expected += [(label, at_risk), ("  events", events)]
    downwards = sorted(lines, reverse=True)
    assert [labels[y] for y in downwards] == [label for label, _ in expected]
    for y, (_, numbers) in zip(downwards, expected, strict=True):
        assert lines[y] == {t: f"{n:d}" for t, n in numbers.items()}


def test_weighted_numbers_at_risk_have_a_decimal_where_needed(tmp_path: Path) -> None:
    path = tmp_path / "cohort.csv"
    path.write_text("time,status,w\n1,1,0.5\n2,0,1.25\n3,1,2\n")
    report = hcc2l.km(path, weights="w", at=[0, 1, 2, 3])
    drawn = [t for t in axes_of(report).texts if t.get_horizontalalignment() == "center"]
    assert {t.get_position()[0]: t.get_text() for t in drawn} == {
        0.0: "3.8", 0.5: "3.8", 1.0: "3.8", 1.5: "3.2", 2.0: "3.2", 2.5: "2", 3.0: "2"
    }  # fmt: skip


SURVIVAL = {
    "exponential": lambda t, mu, _: math.exp(-t / math.exp(mu)),
    "weibull": lambda t, mu, sigma: math.exp(-((t / math.exp(mu)) ** (1 / sigma))),
    "lognormal": lambda t, mu, sigma: NormalDist(mu, sigma).cdf(2 * mu - math.log(t)),
    "loglogistic": lambda t, mu, sigma: 1 / (1 + (t / math.exp(mu)) ** (1 / sigma)),
}


@pytest.mark.parametrize("by", [None, "treatment"])
def test_each_model_is_drawn_from_its_parameters(by: str | None) -> None:
    report = analysis(by=by, parametric=list(SURVIVAL))
    axes = axes_of(report)
    models = [x for x in axes.lines if len(x.get_xdata()) == 201]
    fitted = report.table("parametric").rows
    levels = list(report.table("groups").column("group"))
    assert len(models) == len(fitted) == 4 * len(levels)
    longest = max(float(str(t)) for t in report.table("groups").column("observed_max"))
    for line, row in zip(models, fitted, strict=True):
        assert line.get_color() == COLOURS[levels.index(row["group"])]
        (start, *others) = points(line)
        assert start == [0.0, 1.0]
        assert others[-1][0] == longest
        for t, s in others[::20]:
            expected = SURVIVAL[str(row["model"])](t, row["location"], row["scale"])
            assert s == pytest.approx(expected, rel=1e-9)
    legend = draw_survival(figure(by=by, parametric=list(SURVIVAL))).legends[0]
    handles = {t.get_text(): h for t, h in
               zip(legend.get_texts(), legend.legend_handles, strict=True)}  # fmt: skip
    for line, row in zip(models, fitted, strict=True):
        name = {"weibull": "Weibull", "lognormal": "Log-normal"}.get(str(row["model"]))
        if name:
            handle = handles[name if by is None else f"{row['group']}, {name}"]
            assert handle.get_color() == line.get_color()
            assert handle.get_linestyle() == line.get_linestyle()
            assert handle._unscaled_dash_pattern == line._unscaled_dash_pattern


def test_the_axes_run_from_zero_past_the_last_time_and_to_one() -> None:
    report = analysis()
    axes = axes_of(report)
    longest = max(float(str(t)) for t in report.table("groups").column("observed_max"))
    assert axes.get_xlim() == (0.0, pytest.approx(1.02 * longest))
    assert axes.get_ylim() == (0.0, 1.02)
    ticks = dict(
        zip(axes.get_yticks(), (t.get_text() for t in axes.get_yticklabels()), strict=True)
    )
    assert ticks == {0: "0", 0.25: "25%", 0.5: "50%", 0.75: "75%", 1.0: "100%"}
    assert axes.get_xlabel() == "Time (months)"
    assert axes.get_ylabel() == "Overall survival"
    landmark = axes_of(analysis(landmark=3.0))
    assert landmark.get_xlabel() == "Time since the landmark at 3 (months)"
    assert axes_of(analysis(**COMPETING)).get_ylabel() == "Cumulative incidence"


def test_panels_show_each_analysis_under_its_own_title() -> None:
    before, after = analysis(curve=True), analysis(curve=True, where=["ecog==0"])
    panels = (
        replace(figure_of(before), annotation="p one"),
        replace(figure_of(after), annotation="p two"),
    )
    picture = draw_panels(SurvivalPanels(panels, ("All patients", "ECOG 0")))
    picture.canvas.draw()
    assert len(picture.axes) == 2
    left, right = picture.axes
    assert left.get_position().x1 < right.get_position().x0
    assert left.get_position().height == right.get_position().height
    (shared,) = picture.legends
    for axes, report, title, note in (
        (left, before, "All patients", "p one"),
        (right, after, "ECOG 0", "p two"),
    ):
        heading = next(t for t in axes.texts if t.get_text() == title).get_window_extent()
        legend = shared.get_window_extent()
        assert heading.y1 <= legend.y0 < legend.y1 <= picture.bbox.height
        assert heading.x0 == pytest.approx(axes.get_window_extent().x0)
        boxes = [t.get_window_extent() for t in axes.texts]
        assert min(box.x0 for box in boxes) >= (0 if axes is left else left.get_window_extent().x1)
        assert max(box.x1 for box in boxes) <= picture.bbox.width
        words = {t.get_text() for t in axes.texts}
        assert {title, note, "Number at risk"} <= words
        assert not words & ({"All patients", "ECOG 0", "p one", "p two"} - {title, note})
        for i, level in enumerate(report.table("groups").column("group")):
            (line,) = steps(axes, COLOURS[i])
            curve = rows_of(report, "curve", group=level)
            assert points(line) == [[0.0, 1.0], *([r["time"], r["estimate"]] for r in curve)]


def test_panels_of_other_groups_have_legends_of_their_own() -> None:
    panels = (figure(), figure(by="ecog"))
    picture = draw_panels(SurvivalPanels(panels, ("", "")))
    entries = [[text.get_text() for text in legend.get_texts()] for legend in picture.legends]
    assert entries == [list(panel.groups) for panel in panels]


def test_models_of_the_same_names_stand_in_one_legend() -> None:
    panels = tuple(figure(parametric=["weibull"], where=where) for where in ([], ["ecog==0"]))
    (legend,) = draw_panels(SurvivalPanels(panels, ("", ""))).legends
    assert len(legend.get_texts()) == 4


@pytest.mark.parametrize("others", ["treatment", "ecog"])
def test_axes_and_numbers_at_risk_of_a_row_stand_at_the_same_heights(others: str) -> None:
    panels = (figure(), figure(by=others), figure())
    picture = draw_panels(SurvivalPanels(panels, ("",) * 3, columns=2, letters=True))
    picture.canvas.draw()
    (a, b, c), headings = picture.axes, []
    for axes in (a, b, c):
        boxes = {t.get_text(): t.get_window_extent() for t in axes.texts}
        headings.append(boxes["Number at risk"].y0)
    assert (a.get_position().y0, a.get_position().y1) == (b.get_position().y0, b.get_position().y1)
    assert headings[0] == headings[1] > headings[2]
    assert (c.get_position().x0, c.get_position().width) == (
        a.get_position().x0, a.get_position().width)  # fmt: skip
    lowest = min(t.get_window_extent().y0 for axes in (a, b) for t in axes.texts)
    letter = next(t for t in c.texts if t.get_text() == "C").get_window_extent()
    assert 0 <= c.get_window_extent().y1 < letter.y0 < letter.y1 < lowest


@pytest.mark.parametrize(("millimetres", "columns"), [(85, 1), (85, 2), (175, 2), (175, 3)])
def test_the_texts_of_panels_touch_nothing_at_the_width_of_a_column_or_a_page(
    millimetres: float, columns: int
) -> None:
    """Letters, titles, the legend and numbers at risk stand in the picture and apart."""
    panels = (figure(), figure(where=["ecog==0"]), figure())
    whole = SurvivalPanels(panels, ("All", "ECOG 0", "All"), columns, letters=True)
    picture = fitted(lambda paper: draw_panels(whole, paper), FigureStyle(width=millimetres))
    picture.canvas.draw()
    assert picture.get_figwidth() == pytest.approx(millimetres / 25.4)
    boxes = [legend.get_window_extent() for legend in picture.legends]
    boxes += [t.get_window_extent() for axes in picture.axes for t in axes.texts]
    for box in boxes:
        assert 0 <= box.x0 < box.x1 <= picture.bbox.width
        assert 0 <= box.y0 < box.y1 <= picture.bbox.height
        assert not any(box.overlaps(other) for other in boxes if other is not box)


# ---------------------------------------------------------------- the annotation


def annotation(report: Report) -> str | None:
    return figure_of(report).annotation


def test_the_annotation_of_gray_names_the_cause() -> None:
    report = analysis(**COMPETING)
    assert str(annotation(report)).startswith("Gray (progression) p ")
    (row,) = rows_of(report, "tests", test="gray", cause="progression")
    assert str(annotation(report)).endswith(f"{row['p']:.3f}" if row["p"] >= 0.001 else "< 0.001")
    note = next(t for t in axes_of(report).texts if t.get_text() == annotation(report))
    assert note.get_position()[1] < 0.5  # rising curves leave room below
    survival = next(t for t in axes_of(analysis()).texts if t.get_text().startswith("Log-rank"))
    assert survival.get_position()[1] > 0.5


@pytest.mark.parametrize(
    ("arms", "p"), [("AAABBAAAAABA", 0.99940), ("ABBAAABAAABBA", 0.99913)]
)  # fmt: skip
def test_the_figure_writes_p_as_the_table_does(arms: str, p: float, tmp_path: Path) -> None:
    path = tmp_path / "cohort.csv"
    path.write_text("time,status,arm\n" + "".join(f"{i + 1},1,{a}\n" for i, a in enumerate(arms)))
    report = hcc2l.km(path, by="arm")
    assert rows_of(report, "tests")[0]["p"] == pytest.approx(p, abs=1e-5)
    assert annotation(report) == "Log-rank p = 0.999"
    assert "0.999" in str(render_report(report, "md"))
    assert ">0.999" not in str(render_report(report, "md"))


def test_a_test_without_p_is_not_annotated() -> None:
    report = hcc2l.km(DATA / "disjw.csv", by="arm", where=["arm in A,B"], strata="centre")
    assert annotation(report) is not None  # the first test, without strata, is possible
    alone = analysis(by=None)
    assert annotation(alone) is None


# ---------------------------------------------------------------- options of survival figures


def test_the_time_axis_ends_where_asked_with_ticks_where_asked() -> None:
    drawn = figure(xlim=24, xticks=[6])
    assert drawn.x_max == 24
    assert drawn.ticks == (0, 6, 12, 18, 24)
    assert [a.time for a in drawn.at_risk] == [drawn.ticks] * 2
    assert draw_survival(drawn).axes[0].get_xlim() == (0.0, pytest.approx(24 * 1.02))
    assert figure(xlim=24, xticks=[12, 0, 3, 48]).ticks == (0, 3, 12)
    assert figure(xlim=5).ticks[-1] <= 5


@pytest.mark.parametrize("step", [0, 0.01])
def test_a_step_of_ticks_that_no_figure_can_show_is_refused(step: float) -> None:
    with pytest.raises(UsageError, match="more than a figure can show") as error:
        figure(xticks=[step])
    assert error.value.where == "--xticks"


def test_ticks_whose_numbers_would_touch_are_omitted_with_their_numbers_at_risk() -> None:
    drawn = figure(xticks=[1])
    axes = draw_survival(drawn).axes[0]
    shown = axes.get_xticks().tolist()
    assert 1 < len(shown) < len(drawn.ticks)
    assert {t.get_position()[0] for t in axes.texts if t.get_text().isdigit()} == set(shown)


@pytest.mark.parametrize(
    ("options", "expected"),
    [({"by": "ecog"}, 3), ({"by": "afp@20/200/400"}, 0), ({"by": "ecog", "bands": False}, 0),
     ({"by": "afp@20/200/400", "bands": True}, 4)],
)  # fmt: skip
def test_bands_are_drawn_for_up_to_three_groups_or_as_asked(options: Any, expected: int) -> None:
    drawn = figure(**options)
    expected = min(expected, len(drawn.groups))
    assert len(draw_survival(drawn).axes[0].collections) == expected


def test_censoring_marks_are_omitted_on_request() -> None:
    axes = draw_survival(figure(censor_ticks=False)).axes[0]
    assert not [line for line in axes.lines if line.get_marker() == "|"]


def test_the_risk_is_one_minus_survival_with_its_limits() -> None:
    survival, risk = figure(), figure(show="risk")
    for s, r in zip(survival.curves, risk.curves, strict=True):
        assert r.time == s.time
        assert r.estimate == pytest.approx([1 - v for v in s.estimate])
        for lower, upper in zip(r.lower, s.upper, strict=True):
            assert (lower is None and upper is None) or lower == pytest.approx(1 - (upper or 0))
    axes = draw_survival(risk).axes[0]
    assert axes.get_ylabel() == "1 − overall survival"
    curve = steps(axes, COLOURS[0])[0]
    assert points(curve)[0] == [0.0, 0.0]


def test_the_cumulative_hazard_is_the_sum_of_events_over_those_at_risk() -> None:
    report = analysis(show="hazard", curve=True)
    drawn = figure_of(report)
    for curve in drawn.curves:
        rows = [r for r in report.table("curve").rows if r["group"] == curve.group]
        hazard = np.cumsum([float(r["n_event"]) / float(r["n_risk"]) for r in rows])  # type: ignore[arg-type]
        assert curve.estimate == pytest.approx(hazard.tolist())
        assert curve.n_censor == tuple(r["n_censor"] for r in rows)
    axes = draw_survival(drawn).axes[0]
    assert axes.get_ylabel() == "Cumulative hazard"
    assert axes.get_ylim()[1] == pytest.approx(1.05 * max(max(c.estimate) for c in drawn.curves))
    assert not [line for line in axes.lines if list(line.get_ydata())[:1] == [0.5]]


def test_hazard_ratios_and_medians_are_those_of_cox_and_of_the_table() -> None:
    report = analysis(hr=True)
    (row,) = report.table("hazard_ratios").rows
    cox = hcc2l.cox(DATA / "hcc424.csv", time="os_months", event="death",
                    covariates=["treatment"], univariable=True)  # fmt: skip
    fitted = next(r for r in cox.table("regression").rows if r["p"] is not None)
    assert [row[k] for k in ("hr", "lower", "upper")] == pytest.approx(
        [fitted[k] for k in ("hr", "lower", "upper")]
    )
    drawn = figure_of(report)
    assert drawn.annotation is not None
    lines = drawn.annotation.splitlines()
    assert lines[0].startswith("Log-rank p ")
    assert re.fullmatch(r"HR [\d.]+ \(95% CI [\d.]+–[\d.]+\), sorafenib v lenvatinib", lines[1])
    legend = draw_survival(drawn).legends[0].get_texts()
    assert all(re.search(r", median [\d.]+ \(.*\) months", t.get_text()) for t in legend)


def test_the_legend_is_in_level_order_row_by_row() -> None:
    picture = draw_survival(figure(by="afp@20/100/200/400/1000"))
    FigureCanvasAgg(picture).draw()
    (legend,) = picture.legends
    places = {t.get_text(): t.get_window_extent() for t in legend.get_texts()}
    read = sorted(places, key=lambda name: (-round(places[name].y0), places[name].x0))
    assert len({round(box.y0) for box in places.values()}) > 1
    assert read == ["<20", "20–<100", "100–<200", "200–<400", "400–<1000", "≥1000"]


def test_panels_of_cumulative_hazards_have_one_height() -> None:
    short, tall = figure(show="hazard", xlim=6), figure(show="hazard")
    picture = draw_panels(SurvivalPanels((short, tall), ("Short", "Tall")))
    ends = {axes.get_ylim()[1] for axes in picture.axes}
    (end,) = ends
    assert end == pytest.approx(1.05 * max(max(c.estimate) for c in tall.curves))
