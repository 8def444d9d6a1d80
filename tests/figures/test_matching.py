"""The figures of a matching: what is drawn, where, and in whose colour."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex

import hcc2l
from hcc2l.figures.matching import draw_love, draw_scores
from hcc2l.figures.style import COLOURS, STYLE
from hcc2l.figures.survival import draw_panels
from hcc2l.report import (
    Figure,
    LoveFigure,
    LoveSeries,
    Report,
    ScoreHistogram,
    ScoresFigure,
    SurvivalPanels,
)
from tests.conftest import DATA

SECOND_LINE = DATA / "second_line" / "cohort.csv"


def analysis(**options: Any) -> Report:
    options = {"treat": "lenvatinib", "endpoint": "os"} | options
    return hcc2l.psmatch(SECOND_LINE, **options)


def figure(report: Report) -> Figure:
    assert report.draw is not None
    return report.draw()


def love(report: Report) -> LoveFigure:
    drawn = figure(report)
    assert isinstance(drawn, LoveFigure)
    return drawn


def scores(report: Report) -> ScoresFigure:
    drawn = figure(report)
    assert isinstance(drawn, ScoresFigure)
    return drawn


def survival(report: Report) -> SurvivalPanels:
    drawn = figure(report)
    assert isinstance(drawn, SurvivalPanels)
    return drawn


# ---------------------------------------------------------------- love plot


def love_rows(*rows: tuple[str, float | None, float | None]) -> LoveFigure:
    names, before, after = (tuple(column) for column in zip(*rows, strict=True))
    series = (LoveSeries("All patients", names, before), LoveSeries("Matched", names, after))
    return LoveFigure(series, 0.1, "Absolute")


def points(picture: Any) -> dict[str, dict[str, float]]:
    """Series -> covariate -> the x of its marker."""
    (axes,) = picture.axes
    names = {y: label.get_text() for y, label in zip(axes.get_yticks(), axes.get_yticklabels(),
                                                     strict=True)}  # fmt: skip
    return {
        line.get_label(): {names[y]: x for x, y in zip(*line.get_data(), strict=True)}
        for line in axes.lines
        if line.get_marker() not in ("None", None, "")
    }


def test_the_love_plot_has_absolute_differences_at_the_right_covariate() -> None:
    drawn = draw_love(love_rows(("Age", -0.4, 0.05), ("Sex", 0.2, -0.15), ("AFP", -0.3, 0.0)))
    assert points(drawn) == {
        "All patients": {"Age": 0.4, "Sex": 0.2, "AFP": 0.3},
        "Matched": {"Age": 0.05, "Sex": 0.15, "AFP": 0.0},
    }


def test_the_love_plot_of_a_report_draws_its_balance_table() -> None:
    report = analysis(weighting="overlap")
    drawn = points(draw_love(love(report)))
    assert list(drawn) == ["All patients", "Matched", "Weighted"]
    rows = {row["variable"]: row for row in report.table("balance").rows if row["level"] in
            (None, "male", "multiple", "yes", "B")}  # fmt: skip
    labels = {"age": "Age, years", "sex": "Sex: male", "child_pugh": "Child-Pugh class: B",
              "tumor_size_cm": "Largest tumour, cm", "lymph_node": "Lymph node metastasis: yes",
              "tumor_number": "Tumour number: multiple",
              "extrahepatic_spread": "Extrahepatic spread: yes"}  # fmt: skip
    assert set(drawn["Matched"]) == set(labels.values())
    for series, sample in (("All patients", "before"), ("Matched", "after"),
                           ("Weighted", "weighted")):  # fmt: skip
        for variable, label in labels.items():
            assert drawn[series][label] == abs(rows[variable][f"smd_{sample}"])  # type: ignore[arg-type]  # a number


def test_the_love_plot_has_its_threshold_and_all_of_its_range() -> None:
    (axes,) = draw_love(love_rows(("Age", -0.4, 0.05), ("Sex", 0.02, 0.01))).axes
    (threshold,) = [line for line in axes.lines if list(line.get_xdata()) == [0.1, 0.1]]
    assert list(threshold.get_ydata()) == [0, 1]
    assert axes.get_xlim()[0] == 0.0
    assert axes.get_xlim()[1] > 0.4
    (narrow,) = draw_love(love_rows(("Age", 0.01, 0.01))).axes
    assert narrow.get_xlim()[1] > 0.1  # the threshold is seen all the same
    assert narrow.get_xlabel() == "Absolute"


def test_the_largest_difference_before_matching_is_on_top() -> None:
    (axes,) = draw_love(love_rows(("A", 0.1, 0.3), ("B", -0.9, 0), ("C", 0.5, 0.1))).axes
    places = {t.get_text(): y for t, y in zip(axes.get_yticklabels(), axes.get_yticks(),
                                              strict=True)}  # fmt: skip
    assert places["B"] > places["C"] > places["A"]
    low, high = axes.get_ylim()
    assert low < min(places.values()) < max(places.values()) < high


def test_a_wrapped_name_has_room_and_its_marker_beside_it() -> None:
    long = "Portal vein tumour thrombus in the main trunk or the contralateral branch: yes"
    (axes,) = draw_love(love_rows(("A", 0.1, 0.1), (long, 0.2, 0.2), ("B", 0.3, 0.3))).axes
    first, second, third = axes.get_yticks()
    assert "\n" in axes.get_yticklabels()[1].get_text()
    assert second - first == pytest.approx(third - second) == pytest.approx(1.3)


def test_names_label_and_legend_of_the_love_plot_are_inside_the_picture() -> None:
    with mpl.rc_context(STYLE):  # the fonts of the file
        picture = draw_love(love(analysis(weighting="overlap")))
        FigureCanvasAgg(picture).draw()
    (axes,) = picture.axes
    for box in (axes.get_tightbbox(), axes.get_legend().get_window_extent()):
        assert box is not None
        assert 0 <= box.x0 < box.x1 <= picture.bbox.x1
        assert 0 <= box.y0 < box.y1 <= picture.bbox.y1
    assert axes.get_legend().get_window_extent().y0 >= axes.get_window_extent().y1


def test_open_markers_are_before_and_filled_ones_after_matching() -> None:
    (axes,) = draw_love(love_rows(("Age", 0.4, 0.05))).axes
    markers = {line.get_label(): line for line in axes.lines if line.get_marker() in "os"}
    assert to_hex(markers["All patients"].get_markerfacecolor()) == "#ffffff"
    assert to_hex(markers["Matched"].get_markerfacecolor()) == to_hex(COLOURS[1])
    legend = [text.get_text() for text in axes.get_legend().get_texts()]
    assert legend == ["All patients", "Matched"]


def test_a_difference_that_cannot_be_estimated_is_marked_and_not_drawn_at_0() -> None:
    picture = draw_love(love_rows(("Age", 0.4, 0.2), ("Sex", 0.3, None)))
    assert points(picture)["Matched"] == {"Age": 0.2}
    (axes,) = picture.axes
    (mark,) = axes.texts
    assert mark.get_text() == "NE"
    assert mark.xy == (0.0, axes.get_yticks()[0])  # type: ignore[attr-defined]  # an annotation


# ---------------------------------------------------------------- scores


def score_rows(*rows: tuple[str, str, tuple[float, ...]]) -> ScoresFigure:
    """Histograms of two bins: sample, group, numbers."""
    histograms = tuple(
        ScoreHistogram(sample, group, (0.0, 0.5), (0.5, 1.0), n) for sample, group, n in rows
    )
    return ScoresFigure(histograms, "Score", weighted=False)


def bars(axes: Any) -> dict[str, list[tuple[float, float, float]]]:
    """Treatment -> left edge, width, height of each bar; negative downwards."""
    return {
        container.get_label(): [
            (round(bar.get_x(), 9), round(bar.get_width(), 9), bar.get_height())
            for bar in container
        ]
        for container in axes.containers
    }


def test_the_treated_stand_upwards_and_the_controls_downwards() -> None:
    drawn = draw_scores(
        score_rows(
            ("All", "new", (3, 8)), ("All", "old", (7, 2)),
            ("Matched", "new", (2, 1)), ("Matched", "old", (2, 1)),
        )
    )  # fmt: skip
    before, after = drawn.axes
    assert bars(before) == {"new": [(0, 0.5, 3), (0.5, 0.5, 8)],
                            "old": [(0, 0.5, -7), (0.5, 0.5, -2)]}  # fmt: skip
    assert bars(after) == {"new": [(0, 0.5, 2), (0.5, 0.5, 1)],
                           "old": [(0, 0.5, -2), (0.5, 0.5, -1)]}  # fmt: skip
    assert [axes.get_title(loc="left") for axes in drawn.axes] == ["All", "Matched"]
    assert before.get_ylim() == after.get_ylim()
    assert before.get_ylim()[1] == -before.get_ylim()[0] > 8
    assert before.get_xlim() == after.get_xlim() == (0.0, 1.0)
    labels = [label.get_text() for label in before.get_yticklabels()]
    assert labels == [f"{abs(tick):g}" for tick in before.get_yticks()]
    assert (before.get_ylabel(), before.get_xlabel()) == ("Patients", "Score")
    colours = [to_hex(c.patches[0].get_facecolor()) for c in before.containers]  # type: ignore[attr-defined]  # bars
    assert colours == [to_hex(COLOURS[0]), to_hex(COLOURS[1])]


def test_panels_are_square_side_by_side_and_inside_the_picture() -> None:
    with mpl.rc_context(STYLE):
        picture = draw_scores(scores(analysis(which="scores", weighting="overlap")))
        FigureCanvasAgg(picture).draw()
    width, height = picture.get_size_inches()
    places = [axes.get_position() for axes in picture.axes]
    for place in places:
        assert place.width * width == pytest.approx(place.height * height)
        assert 0 < place.x0 < place.x1 < 1
        assert 0 < place.y0 < place.y1 < 1
    assert all(a.x1 < b.x0 for a, b in pairwise(places))
    assert 6 < width < 14
    for axes in picture.axes:
        box = axes.get_tightbbox()
        assert box is not None
        assert box.x0 >= 0
        assert box.y0 >= 0
        assert box.x1 <= picture.bbox.x1


def test_the_bars_count_the_patients_of_each_treatment_and_score() -> None:
    report = analysis(which="scores")
    picture = draw_scores(scores(report))
    for sample, axes in zip(("before", "after"), picture.axes, strict=True):
        patients = report.table("scores").rows
        inside = [row for row in patients if sample == "before" or row["pair"] is not None]
        for level, sign, treated in (("lenvatinib", 1, 1), ("sorafenib", -1, 0)):
            p = [row["propensity"] for row in inside if row["treated"] == treated]
            counts, _ = np.histogram(np.array(p, dtype=float), np.linspace(0, 1, 21))
            heights = [height for _, _, height in bars(axes)[level]]
            assert heights == (sign * counts).tolist()
            assert sum(counts) == {"before": (86, 40), "after": (35, 35)}[sample][treated]
    assert picture.axes[0].get_xlabel() == "Propensity score for lenvatinib"


def test_weighted_bars_are_sums_of_weights() -> None:
    report = analysis(which="scores", weighting="overlap")
    drawn = draw_scores(scores(report))
    axes = drawn.axes[2]
    weights = report.table("scores").rows
    for level, sign, treated in (("lenvatinib", 1, 1), ("sorafenib", -1, 0)):
        total = sum(float(row["weight"]) for row in weights if row["treated"] == treated)  # type: ignore[arg-type]  # a number
        assert sum(h for _, _, h in bars(axes)[level]) == pytest.approx(sign * total)
    assert drawn.axes[0].get_ylabel() == "Patients, weighted"


# ---------------------------------------------------------------- survival


@pytest.mark.parametrize("weighting", ["none", "overlap"])
def test_each_panel_draws_the_curves_of_its_own_sample(weighting: str, tmp_path: Path) -> None:
    """Those of `hcc2l km` on the saved patients, with their weights."""
    report = analysis(which="survival", weighting=weighting)
    panels = dict(zip(("before", "after", "weighted"), draw_panels(survival(report)).axes,
                      strict=False))  # fmt: skip
    assert report.save is not None
    saved = tmp_path / "saved.csv"
    saved.write_text(report.save())
    weights = {} if weighting == "none" else {"weights": "weight"}
    last = "after" if weighting == "none" else "weighted"
    for sample, path, more in (("before", SECOND_LINE, {}), (last, saved, weights)):
        km = hcc2l.km(path, by="second_line", **more, curve=True)
        axes = panels[sample]
        steps = [line for line in axes.lines if line.get_drawstyle() == "steps-post"]
        assert [to_hex(str(line.get_color())) for line in steps] == [
            to_hex(colour) for colour in COLOURS[:2]
        ]
        for line, level in zip(steps, ("lenvatinib", "sorafenib"), strict=True):
            curve = [row for row in km.table("curve").rows if row["group"] == level]
            assert line.get_xdata() == pytest.approx([0.0, *(row["time"] for row in curve)])
            assert line.get_ydata() == pytest.approx([1.0, *(row["estimate"] for row in curve)])
    assert len({axes.get_xlim() for axes in panels.values()}) == 1


def test_each_panel_has_the_test_of_its_own_sample() -> None:
    report = analysis(which="survival", weighting="overlap")
    before, after, weighted = (panel.annotation for panel in survival(report).panels)
    p = {(r["sample"], r["test"]): r["p"] for r in report.table("tests").rows}
    assert before == f"Log-rank p = {p['before', 'logrank']:.3f}"
    assert after == f"Log-rank, stratified by pair p = {p['after', 'logrank-stratified']:.3f}"
    assert weighted == f"Log-rank p = {p['weighted', 'logrank']:.3f}"
    sets = survival(analysis(which="survival", ratio=2)).panels[1].annotation
    assert str(sets).startswith("Log-rank, stratified by matched set p ")


def test_numbers_at_risk_are_those_of_the_sample() -> None:
    drawn = figure(analysis(which="survival"))
    for title, numbers in (("All patients", [40.0, 86.0]), ("Matched", [35.0, 35.0])):
        rows = drawn.tables[f"{title}, at_risk"].rows
        assert [row["n_risk"] for row in rows if row["time"] == 0] == numbers


def test_the_love_plot_shows_one_of_two_levels() -> None:
    names = love(analysis()).series[0].variable
    assert len(names) == len(set(names)) == 7
    assert "Child-Pugh class: B" in names
    three = analysis(covariates=["centre", "age"])
    names = love(three).series[0].variable
    assert names == ("Centre: Centre 1", "Centre: Centre 2", "Centre: Centre 3", "Age, years")
