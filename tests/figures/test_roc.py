"""The figures of a ROC analysis: what is drawn is what the tables say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

import hcc2l
from hcc2l.figures.roc import draw, draw_statistics, draw_thresholds
from hcc2l.numerals import p_equation
from hcc2l.report import Report
from tests.conftest import DATA
from tests.reports import rows_of

HCC = DATA / "hcc424.csv"
RESISTANCE: dict[str, Any] = {"outcome": "primary_resistance"}
SURVIVAL: dict[str, Any] = {"criterion": "maxstat", "time": "os_months", "event": "death"}


def analysed(**options: Any) -> tuple[Report, Any]:
    """A report and its figure's data."""
    report = hcc2l.roc(HCC, **options)
    assert report.draw is not None
    return report, report.draw()


def number(value: Any) -> float:
    assert isinstance(value, (int, float))
    return float(value)


def xy(line: Any) -> tuple[list[float], list[float]]:
    return list(map(float, line.get_xdata())), list(map(float, line.get_ydata()))


def curves(axes: Any) -> list[Any]:
    return [line for line in axes.lines if len(line.get_xdata()) > 2]


def dots(axes: Any) -> list[tuple[float, float]]:
    return [(x[0], y[0]) for x, y in map(xy, axes.lines) if len(x) == 1]


# ---------------------------------------------------------------- ROC curve


def test_the_curve_is_sensitivity_over_one_minus_specificity() -> None:
    report, figure = analysed(**RESISTANCE, marker=["afp", "albumin"], curve=True)
    (axes,) = draw(figure).axes
    drawn = curves(axes)
    assert len(drawn) == 2
    for line, marker in zip(drawn, ("afp", "albumin"), strict=True):
        x, y = xy(line)
        table = rows_of(report, "curve", marker=marker)
        assert x == [1 - number(r["specificity"]) for r in table]
        assert y == [number(r["sensitivity"]) for r in table]
        assert (x[0], y[0]) == (1, 1)  # everybody positive: top right
        assert (x[-1], y[-1]) == (0, 0)
        (area,) = rows_of(report, "markers", marker=marker)
        trapezia = np.diff(x[::-1]) * (np.array(y[::-1][1:]) + y[::-1][:-1]) / 2
        assert trapezia.sum() == pytest.approx(number(area["auc"]))
    assert axes.get_xlabel() == "1 − specificity"
    assert axes.get_ylabel() == "Sensitivity"


def test_a_good_marker_runs_above_the_line_of_no_discrimination() -> None:
    report, figure = analysed(**RESISTANCE, marker="afp")
    (axes,) = draw(figure).axes
    (area,) = report.table("markers").rows
    assert number(area["auc"]) > 0.55
    x, y = xy(curves(axes)[0])
    assert sum(b > a for a, b in zip(x, y, strict=True)) > 0.9 * (len(x) - 2)
    assert axes.get_xlim()[0] < axes.get_xlim()[1]  # neither axis is reversed
    assert axes.get_ylim()[0] < axes.get_ylim()[1]


def test_ticks_are_percentages_of_their_places() -> None:
    _, figure = analysed(**RESISTANCE, marker="afp")
    (axes,) = draw(figure).axes
    for place, label in (
        *zip(axes.get_xticks(), axes.get_xticklabels(), strict=True),
        *zip(axes.get_yticks(), axes.get_yticklabels(), strict=True),
    ):
        assert float(label.get_text().rstrip("%")) == pytest.approx(100 * place)


def test_cutoffs_are_dots_on_the_curve_with_their_rates_beside_them() -> None:
    report, figure = analysed(**RESISTANCE, marker="afp", at_cut="afp=20,400")
    (axes,) = draw(figure).axes
    cutoffs = report.table("cutoffs").rows
    expected = [(1 - number(c["specificity"]), number(c["sensitivity"])) for c in cutoffs]
    assert dots(axes) == expected
    filled = [line.get_markerfacecolor() != "white" for line in axes.lines
              if len(line.get_xdata()) == 1]  # fmt: skip
    assert filled == [True, False, False]  # given cut-offs are hollow
    for text, cut, row in zip(axes.texts, cutoffs, report.table("summary").rows, strict=True):
        percent = [f"{round(100 * number(cut[k]))}%" for k in ("sensitivity", "specificity")]
        assert text.get_text() == f"{row['rule']} (Se {percent[0]}, Sp {percent[1]})"
        assert text.xy == (1 - number(cut["specificity"]), number(cut["sensitivity"]))


def test_labels_of_cutoffs_do_not_overlap_and_stay_inside() -> None:
    _, figure = analysed(**RESISTANCE, marker="afp", at_cut="afp=380,400,420")
    picture = draw(figure)
    FigureCanvasAgg(picture).draw()
    (axes,) = picture.axes
    boxes = [Text.get_window_extent(text) for text in axes.texts]
    inside = axes.get_window_extent()
    assert len(boxes) == 4
    for i, box in enumerate(boxes):
        assert inside.y0 <= box.y0
        assert box.y1 <= inside.y1
        assert not any(box.overlaps(other) for other in boxes[:i])


@pytest.mark.parametrize("marker", ["afp", "alt", ["afp", "pni"]])
def test_no_text_of_a_cutoff_hides_a_curve(marker: Any) -> None:
    _, figure = analysed(**RESISTANCE, marker=marker)
    figure = replace(figure, points=figure.points[:4])
    picture = draw(figure)
    FigureCanvasAgg(picture).draw()
    (axes,) = picture.axes
    curves = [line for line in axes.lines if line.get_label() and len(line.get_xdata()) > 2]
    assert axes.texts
    for text in axes.texts:
        box = Text.get_window_extent(text)  # without its line to the dot
        for curve in curves:
            path = curve.get_transform().transform_path(curve.get_path())
            assert not path.intersects_bbox(box, filled=False), text.get_text()


def test_cutoffs_with_the_same_rates_share_one_text() -> None:
    _, figure = analysed(**RESISTANCE, marker="afp", at_cut="afp=400")
    (first, *_) = figure.points
    twin = replace(first, rule="≥TWIN", criterion="fixed")
    (text,) = draw(replace(figure, points=(first, twin))).axes[0].texts
    assert text.get_text().startswith(f"{first.rule} and ≥TWIN (Se ")


def test_many_cutoffs_stand_in_the_legend() -> None:
    """Those that were given too, so that every dot in the square is explained."""
    report, figure = analysed(**RESISTANCE, marker=["afp", "alt"], at_cut="afp=20,200,400")
    picture = draw(figure)
    assert not picture.axes[0].texts
    labels = [t.get_text().splitlines() for t in picture.legends[0].get_texts()]
    chosen = [r for r in report.table("summary").rows if r["criterion"] == "youden"]
    for lines, row in zip(labels, chosen, strict=True):
        assert any(line.startswith(f"● {row['rule']} (Se ") for line in lines)
    given = [line for line in labels[0] if line.startswith("○ ")]
    assert [line.split(" (")[0] for line in given] == ["○ ≥20", "○ ≥200", "○ ≥400"]
    FigureCanvasAgg(picture).draw()
    assert picture.legends[0].get_window_extent().y1 <= picture.bbox.height


def test_cutoffs_of_one_kind_in_the_legend_need_no_dots() -> None:
    _, figure = analysed(**RESISTANCE, marker=["afp", "alt"])
    (first, *_) = figure.points
    five = (*figure.points, *(replace(first, rule=f"≥T{i}") for i in range(3)))
    labels = [t.get_text() for t in draw(replace(figure, points=five)).legends[0].get_texts()]
    assert f"\n{first.rule} and ≥T0 and ≥T1 and ≥T2 (Se " in labels[0]


def test_the_text_of_a_cutoff_leaves_the_diagonal_free_where_it_can() -> None:
    _, figure = analysed(**RESISTANCE, marker="afp", at_cut="afp=400")
    picture = draw(figure)
    FigureCanvasAgg(picture).draw()
    (axes,) = picture.axes
    diagonal = next(line for line in axes.lines if list(line.get_xdata()) == [0, 1])
    path = diagonal.get_transform().transform_path(diagonal.get_path())
    assert len(axes.texts) == 2
    for text in axes.texts:
        assert not path.intersects_bbox(Text.get_window_extent(text), filled=False)


def test_the_legend_has_the_area_of_the_table() -> None:
    report, figure = analysed(**RESISTANCE, marker=["afp", "albumin"], conf_level=0.9)
    labels = [t.get_text() for t in draw(figure).legends[0].get_texts()]
    for label, row in zip(labels, report.table("markers").rows, strict=True):
        auc, low, high = (f"{number(row[key]):.3f}" for key in ("auc", "lower", "upper"))
        assert label.endswith(f": AUC {auc} (90% CI {low}–{high})")


def test_an_area_without_limits_has_none_in_the_legend(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("y,m\n1,3\n1,5\n1,7\n1,2\n0,2.5\n")
    report = hcc2l.roc(path, outcome="y", marker="m")
    assert report.draw is not None
    (label,) = [t.get_text() for t in draw(report.draw()).legends[0].get_texts()]
    assert label == "M: AUC 0.750"


def test_groups_are_named_in_the_legend_and_its_title() -> None:
    report, figure = analysed(**RESISTANCE, marker="afp", by="child_pugh")
    legend = draw(figure).legends[0]
    assert legend.get_title().get_text() == "AFP, by Child-Pugh"
    groups = [t.get_text().partition(":")[0] for t in legend.get_texts()]
    assert groups == [row["group"] for row in report.table("markers").rows] == ["A", "B"]
    _, several = analysed(**RESISTANCE, marker=["afp", "alt"], by="child_pugh")
    names = [t.get_text().partition(":")[0] for t in draw(several).legends[0].get_texts()]
    assert names == ["AFP, A", "ALT, A", "AFP, B", "ALT, B"]


# ---------------------------------------------------------------- rates against the cut-off


def test_the_thresholds_figure_marks_every_cutoff_at_its_value() -> None:
    report, figure = analysed(**RESISTANCE, marker="albumin", at_cut="albumin=30,35",
                              which="thresholds")  # fmt: skip
    (axes,) = draw_thresholds(figure).axes
    lines = {x[0]: line for line in axes.lines for x, _ in [xy(line)] if len(x) == 2}
    cutoffs = {number(r["threshold"]): r for r in report.table("cutoffs").rows}
    assert set(lines) == set(cutoffs)
    for at, cut in cutoffs.items():
        assert (lines[at].get_linestyle() == "-") == (cut["criterion"] != "fixed")
    labels = {text.xy[0]: text.get_text() for text in axes.texts}
    assert labels == {
        number(cut["threshold"]): row["rule"]
        for cut, row in zip(report.table("cutoffs").rows, report.table("summary").rows, strict=True)
    }
    assert axes.get_xlabel() == "Albumin"


def test_sensitivity_falls_and_specificity_rises_with_the_cutoff() -> None:
    _, figure = analysed(**RESISTANCE, marker="afp", which="thresholds")
    picture = draw_thresholds(figure)
    (axes,) = picture.axes
    sensitivity, specificity = (xy(line)[1] for line in axes.lines[:2])
    assert sensitivity == sorted(sensitivity, reverse=True)
    assert specificity == sorted(specificity)
    assert [t.get_text() for t in picture.legends[0].get_texts()] == ["Sensitivity", "Specificity"]
    assert axes.lines[0].get_label() == "Sensitivity"
    assert axes.lines[1].get_label() == "Specificity"


def test_panels_are_titled_where_there_are_several() -> None:
    _, several = analysed(**RESISTANCE, marker=["afp", "albumin"], which="thresholds")
    titles = [axes.get_title(loc="left") for axes in draw_thresholds(several).axes]
    assert titles == ["AFP", "Albumin"]
    _, single = analysed(**RESISTANCE, marker="afp", which="thresholds")
    assert [axes.get_title(loc="left") for axes in draw_thresholds(single).axes] == [""]


def test_panels_lie_in_rows_within_the_figure() -> None:
    markers = ["afp", "albumin", "alt", "age", "tumor_size_cm"]
    _, figure = analysed(**RESISTANCE, marker=markers, which="thresholds")
    places = [axes.get_position() for axes in draw_thresholds(figure).axes]
    assert len(places) == 5
    for i, place in enumerate(places):
        assert 0 < place.x0 < place.x1 < 1
        assert 0 < place.y0 < place.y1 < 1
        assert not any(place.overlaps(other) for other in places[:i])
    assert places[0].x0 == places[3].x0
    assert places[3].y1 < places[0].y0  # three in a row


def test_axes_of_negative_markers_and_of_probabilities_are_linear(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    cells = [f"{i % 2},{(i * 7 % 23) ** 3 - 50},{(i * 5 % 19) ** 3 + 1}" for i in range(40)]
    path.write_text("y,m,k\n" + "\n".join(cells) + "\n")
    report = hcc2l.roc(path, outcome="y", marker=["m", "k"], combine="m+k", which="thresholds")
    assert report.draw is not None
    scales = [axes.get_xscale() for axes in draw_thresholds(report.draw()).axes]
    assert scales == ["linear", "log", "linear"]


# ---------------------------------------------------------------- maximally selected statistic


def test_the_statistics_figure_draws_every_cut_point_and_its_maximum() -> None:
    report, figure = analysed(**SURVIVAL, marker=["afp", "albumin"], curve=True)
    picture = draw_statistics(figure)
    assert len(picture.axes) == 2
    for axes, marker in zip(picture.axes, ("afp", "albumin"), strict=True):
        x, y = xy(curves(axes)[0])
        table = rows_of(report, "statistics", marker=marker)
        assert x == [number(r["cutpoint"]) for r in table]
        assert y == [number(r["statistic"]) for r in table]
        best = rows_of(report, "maxstat", marker=marker)[0]
        cutpoint, statistic = number(best["cutpoint"]), number(best["statistic"])
        assert dots(axes) == [(cutpoint, statistic)]
        assert statistic == max(y)
        assert [xy(line)[0] for line in axes.lines if len(line.get_xdata()) == 2] == [
            [cutpoint, cutpoint]
        ]
        (text,) = axes.texts
        assert text.get_text() == f"{cutpoint:.7g}, {p_equation(number(best['p']))}"
        low, high = axes.get_ylim()
        assert low == 0
        assert high > statistic
    assert picture.axes[0].get_ylabel() == "Standardised log-rank statistic"
    assert picture.axes[0].get_title(loc="left") == "AFP"


def test_the_p_of_a_figure_is_written_as_in_the_table() -> None:
    report, figure = analysed(**SURVIVAL, marker="alt")
    (text,) = draw_statistics(figure).axes[0].texts
    p = number(report.table("maxstat").rows[0]["p"])
    assert text.get_text().partition(", ")[2] == p_equation(p)
    shown = p_equation(p).removeprefix("p ").removeprefix("= ").replace(" ", "")
    assert shown in str(hcc2l.render_report(report, "table"))
