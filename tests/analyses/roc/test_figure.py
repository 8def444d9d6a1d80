"""The figures that a ROC analysis draws, from its report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hcc2l
from hcc2l.figures import draw
from hcc2l.figures.roc import draw as draw_roc
from hcc2l.figures.roc import draw_statistics, draw_thresholds
from hcc2l.figures.style import STYLE
from hcc2l.report import RocFigure, ThresholdsFigure
from tests.analyses.roc.cohorts import HCC, RESISTANCE, SECOND_LINE, cohort, patients, value
from tests.reports import rows_of

FIGURES: list[tuple[dict[str, Any], Any, int]] = [
    (RESISTANCE | {"marker": ["afp"]}, draw_roc, 1),
    (RESISTANCE | {"marker": ["afp", "alt", "albumin"], "combine": "afp+alt"}, draw_roc, 1),
    (RESISTANCE | {"marker": ["afp", "alt"], "by": "child_pugh"}, draw_roc, 1),
    (RESISTANCE | {"marker": ["afp", "alt"], "which": "thresholds"}, draw_thresholds, 2),
    (RESISTANCE | {"marker": ["afp"], "by": "bclc", "which": "thresholds"}, draw_thresholds, 2),
    ({"criterion": "maxstat", "marker": ["afp", "albumin", "alt"]}, draw_statistics, 3),
]  # fmt: skip


@pytest.mark.parametrize(("options", "drawer", "panels"), FIGURES)
def test_figures_show_every_curve_and_cutoff(
    options: dict[str, Any], drawer: Any, panels: int
) -> None:
    report = hcc2l.roc(HCC, **options)
    assert report.draw is not None
    figure = report.draw()
    picture = drawer(figure)
    assert len(picture.axes) == panels
    texts = [t.get_text() for axes in picture.axes for t in axes.texts]
    texts += [t.get_text() for legend in picture.legends for t in legend.get_texts()]
    written = "\n".join(texts)
    if "criterion" not in options:
        for row in report.table("summary").rows:
            assert str(row["rule"]) in written
    else:
        assert f"{report.table('maxstat').rows[0]['cutpoint']:.7g}" in written
    assert draw(figure, "svg") == draw(report.draw(), "svg")


def test_the_roc_figure_is_square_with_the_line_of_chance_and_the_areas() -> None:
    report = hcc2l.roc(HCC, **RESISTANCE, marker=["afp", "alt"])
    assert report.draw is not None
    picture = draw_roc(report.draw())
    (axes,) = picture.axes
    assert axes.get_xlim() == axes.get_ylim()
    box = axes.get_position()
    width = box.width * picture.get_figwidth()
    assert width == pytest.approx(box.height * picture.get_figheight())
    assert any(list(line.get_xdata()) == [0, 1] == list(line.get_ydata()) for line in axes.lines)
    labels = [t.get_text() for t in picture.legends[0].get_texts()]
    for row, label in zip(report.table("markers").rows, labels, strict=True):
        assert f"AUC {value(row, 'auc'):.3f} (95% CI {value(row, 'lower'):.3f}–" in label


def test_afp_has_a_logarithmic_axis_and_albumin_its_own() -> None:
    report = hcc2l.roc(HCC, **RESISTANCE, marker=["afp", "albumin"], which="thresholds")
    assert report.draw is not None
    scales = [axes.get_xscale() for axes in draw_thresholds(report.draw()).axes]
    assert scales == ["log", "linear"]


@pytest.mark.parametrize("direction", ["higher", "lower"])
def test_the_thresholds_figure_reads_what_the_table_says(direction: str, tmp_path: Path) -> None:
    """Also between observed values far apart, at them, and beyond both ends."""
    records = [r | {"afp": 10 ** (i * 7 % 5)} for i, r in enumerate(patients(60))]
    path = cohort(tmp_path, records)
    cuts = [0.99, 1, 5, 10, 100, 120, 999, 10000, 10500]
    report = hcc2l.roc(path, outcome="pd", marker="afp", direction=direction, which="thresholds",
                       at_cut="afp=" + ",".join(map(str, cuts)))  # fmt: skip
    assert report.draw is not None
    (axes,) = draw_thresholds(report.draw()).axes
    given = rows_of(report, "cutoffs", criterion="fixed")
    for line, name in zip(axes.lines[:2], ("sensitivity", "specificity"), strict=True):
        x, y = np.asarray(line.get_xdata()), np.asarray(line.get_ydata())
        assert line.get_drawstyle() == ("steps-pre" if direction == "higher" else "steps-post")
        assert x[0] < 1 < 10000 < x[-1]
        assert {y[0], y[-1]} == {0, 1}
        for cut, row in zip(cuts, given, strict=True):
            place = (np.searchsorted(x, cut) if direction == "higher"
                     else np.searchsorted(x, cut, side="right") - 1)  # fmt: skip
            assert y[place] == row[name], (name, cut)


def test_a_single_zero_keeps_the_logarithmic_axis(tmp_path: Path) -> None:
    records = patients(60)
    records[0]["afp"] = 0
    path = cohort(tmp_path, records)
    report = hcc2l.roc(path, outcome="pd", marker="afp", which="thresholds")
    assert report.draw is not None
    (axes,) = draw_thresholds(report.draw()).axes
    assert axes.get_xscale() == "symlog"
    assert axes.get_xticks()[0] == 0


def test_long_names_are_complete_and_break_before_the_area(tmp_path: Path) -> None:
    name = "marker of a very long name, measured at week 0 in a central laboratory (ng/mL)"
    records = [r | {f"{name} {j}": r["afp"] * (j + i % 3) for j in range(1, 10)}
               for i, r in enumerate(patients(40))]  # fmt: skip
    from matplotlib import rc_context

    path = cohort(tmp_path, [{k.replace(",", ""): v for k, v in r.items()} for r in records])
    markers = [f"{name} {j}".replace(",", "") for j in range(1, 10)]
    for which, drawer in (("roc", draw_roc), ("thresholds", draw_thresholds)):
        report = hcc2l.roc(path, outcome="pd", marker=markers, which=which)
        assert report.draw is not None
        with rc_context(STYLE):
            picture = drawer(report.draw())
            picture.draw_without_rendering()
        if which == "roc":
            curves = [line for line in picture.axes[0].lines if len(line.get_xdata()) > 2]
            looks = {(line.get_color(), str(line._unscaled_dash_pattern)) for line in curves}
            assert len(looks) == 9
            lines = "\n".join(t.get_text() for t in picture.legends[0].get_texts()).split("\n")
            assert sum("AUC" in line for line in lines) == 9
            assert all(line.startswith("AUC") and line.endswith(")") for line in lines
                       if "AUC" in line)  # fmt: skip
        else:
            for axes in picture.axes:
                box = axes.xaxis.label.get_window_extent()
                assert box.y0 >= 0
                assert box.x1 <= picture.bbox.x1


def test_curves_of_different_patients_are_named_with_their_number() -> None:
    markers: dict[str, Any] = RESISTANCE | {"marker": ["afp", "pni"], "available_cases": True}
    for options in (markers, markers | {"which": "thresholds"}):
        report = hcc2l.roc(SECOND_LINE, **options)
        assert report.draw is not None
        figure = report.draw()
        assert isinstance(figure, (RocFigure, ThresholdsFigure))
        picture = draw(figure, "svg").decode()
        assert "AFP (n = 105)" in picture
        assert "PNI (n = 101)" in picture
    assert isinstance(figure, ThresholdsFigure)
    assert [rates.log for rates in figure.curves] == [True, False]
    report = hcc2l.roc(SECOND_LINE, **markers | {"by": "child_pugh"})
    assert report.draw is not None
    assert "AFP, A (n = 80)" in draw(report.draw(), "svg").decode()


def test_the_legend_of_a_time_dependent_curve_says_the_event_and_the_time() -> None:
    report = hcc2l.roc(HCC, time="os_months", event="death", at=12, marker="afp", boot=0)
    assert report.draw is not None
    (legend,) = draw_roc(report.draw()).legends
    assert legend.get_title().get_text() == "Death by 12 months"
