"""`hcc2l roc` as a user relies on it: markers, groups, time, bootstrap, notes, tables, figures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hcc2l
from hcc2l.figures import draw
from hcc2l.figures.roc import draw as draw_roc
from hcc2l.figures.roc import draw_statistics, draw_thresholds
from hcc2l.figures.style import STYLE
from tests.analyses.roc.cohorts import HCC, RESISTANCE, SECOND_LINE, cohort, patients, value
from tests.conftest import Run, Write
from tests.reports import rows_of


def test_the_contract_of_the_tables_is_kept() -> None:
    report = hcc2l.roc(SECOND_LINE, **RESISTANCE, marker="afp", boot=20, curve=True,
                       criterion="youden", combine="afp+alt", compare=True)  # fmt: skip
    promised = {
        "markers": "marker outcome n positives direction auc std_err lower upper p",
        "cutoffs": "marker criterion threshold youden tp fp tn fn accuracy lr_positive lr_negative"
        + "".join(
            f" {r} {r}_lower {r}_upper" for r in ("sensitivity", "specificity", "ppv", "npv")
        ),
        "comparisons": "marker_a marker_b difference std_err lower upper statistic p",
        "optimism": "marker threshold_lower threshold_upper youden_apparent youden_corrected "
        "auc_corrected",
        "curve": "marker threshold sensitivity specificity",
    }
    assert report.tables[0].name == "markers"
    for name, keys in promised.items():
        assert set(keys.split()) <= set(report.table(name).keys), name
    maxstat = hcc2l.roc(SECOND_LINE, criterion="maxstat").table("maxstat")
    assert {"marker", "cutpoint", "statistic", "p", "method"} <= set(maxstat.keys)


def test_json_holds_no_infinity(run: Run) -> None:
    outcome = run("roc", HCC, "--outcome", "primary_resistance", "--marker", "afp", "--curve",
                  "--json", "--quiet")  # fmt: skip
    text = json.dumps(outcome.json)
    assert "Infinity" not in text
    assert "NaN" not in text
    curve = outcome.json["tables"]["curve"]
    assert curve[0]["threshold"] is None
    assert curve[0]["sensitivity"] == 1


SENTENCES: dict[str, tuple[dict[str, Any], str]] = {
    "PNI": ({"marker": "pni"}, "albumin (g/L) + 5 × lymphocytes"),
    "DeLong": ({}, "with DeLong 95% confidence intervals"),
    "direction": ({}, "direction of each marker was determined by its medians"),
    "given direction": ({"direction": "lower"}, "Lower values were taken to indicate primary"),
    "groups": ({"by": "child_pugh"}, "stratified by Child-Pugh class (A and B)"),
    "window": ({"endpoint": "ttp", "within": 3}, "censored before 3 months, or whose follow-up"),
    "combination": ({"combine": "afp+alt"}, "AFP and ALT were combined by logistic regression"),
    "partial": ({"partial": "specificity=0.8"}, "specificity of 0.8 or higher was calculated"),
    "youden": ({}, "chosen to maximise the Youden index"),
    "topleft": ({"criterion": "topleft"}, "closest to the top-left corner"),
    "given": ({"at_cut": "afp=20,400"}, "also evaluated (AFP: 20 and 400)"),
    "wilson": ({}, "with Wilson 95% confidence intervals"),
    "exact": ({"ci": "clopper-pearson"}, "exact (Clopper–Pearson) 95% confidence intervals"),
    "bootstrap": ({"boot": 20, "seed": 5}, "estimated from 20 bootstrap samples (seed 5), in each"),
    "refitted": ({"boot": 20, "combine": "afp+alt"}, "and the logistic models were refitted"),
    "comparison": ({"compare": True, "marker": ["afp", "alt"]},
                   "compared between markers by DeLong's test for paired curves."),
    "of groups": ({"compare": True, "by": "child_pugh"},
                  "compared between groups by DeLong's test for unpaired curves."),
    "Holm": ({"compare": True, "combine": "afp+alt"}, "adjusted by the method of Holm"),
    "two-sided": ({}, "p-values are two-sided"),
    "weights": ({"outcome": None, "at": 12, "boot": 0}, "weighted by the inverse probability"),
    "percentile": ({"outcome": None, "at": 12, "boot": 20},
                   "intervals were obtained from 20 bootstrap samples (seed 1)"),
    "same samples": ({"outcome": None, "at": 12, "boot": 20}, "from the same bootstrap samples"),
    "paired bootstrap": ({"outcome": None, "at": 12, "boot": 20, "compare": True,
                          "marker": ["afp", "alt"]}, "by the paired bootstrap"),
    "maxstat": ({"outcome": None, "criterion": "maxstat"},
                "for overall survival were selected by the maximally selected log-rank statistic"),
    "its p": ({"outcome": None, "criterion": "maxstat"}, "method of Hothorn and Lausen"),
    "its interval": ({"outcome": None, "criterion": "maxstat", "boot": 20, "seed": 6},
                     "of the cut-points were obtained from 20 bootstrap samples (seed 6)"),
}  # fmt: skip


ALSO = {  # sentences that an analysis has beside the one that it is listed for
    "PNI": "DeLong direction youden wilson two-sided",
    "topleft": "DeLong direction wilson two-sided",
    "given direction": "DeLong youden wilson two-sided",
    "exact": "DeLong direction youden two-sided",
    "refitted": "DeLong direction youden wilson two-sided combination",
    "Holm": "DeLong direction youden wilson two-sided combination",
    "of groups": "DeLong direction youden wilson two-sided groups",
    "weights": "direction youden",
    "percentile": "weights direction youden same-samples two-sided",
    "same samples": "weights direction youden percentile two-sided",
    "paired bootstrap": "weights direction youden percentile same-samples two-sided",
    "maxstat": "its-p two-sided",
    "its p": "maxstat two-sided",
    "its interval": "maxstat its-p two-sided",
}


@pytest.mark.parametrize("name", SENTENCES)
def test_methods_say_what_was_done_and_nothing_else(name: str) -> None:
    options, _ = SENTENCES[name]
    report = hcc2l.roc(SECOND_LINE, **RESISTANCE | {"marker": "afp"} | options)
    also = ALSO.get(name, "DeLong direction youden wilson two-sided").split()
    expected = {name, *(word.replace("-", " ") if word != "two-sided" else word for word in also)}
    said = {other for other, (_, text) in SENTENCES.items() if text in report.methods}
    assert said == expected
    assert "synthetic" in report.methods
    assert "  " not in report.methods


def test_methods_cite_what_was_used() -> None:
    report = hcc2l.roc(SECOND_LINE, **RESISTANCE, marker="pni", partial="specificity=0.8")
    assert [r.partition(" ")[0] for r in report.references] == [
        "Onodera", "DeLong", "McClish", "Youden", "Wilson",
    ]  # fmt: skip
    timed = hcc2l.roc(SECOND_LINE, at=12, marker="afp", boot=0)
    assert [r.partition(" ")[0] for r in timed.references] == ["Uno", "Youden"]
    large = hcc2l.roc(HCC, criterion="maxstat", marker="afp", time="os_months", event="death")
    assert "Lausen, Sauerbrei and Schumacher" in large.methods
    assert [r.partition(" ")[0] for r in large.references] == ["Lausen"]


def test_latex_needs_no_unusual_characters() -> None:
    report = hcc2l.roc(SECOND_LINE, **RESISTANCE, compare=True, boot=20, methods=True)
    text = hcc2l.render_report(report, "tex")
    assert isinstance(text, str)
    lines = [line for line in text.splitlines() if not line.startswith("%")]
    assert [line for line in lines if not line.isascii()] == []


def test_markers_and_combinations_take_commas(run: Run) -> None:
    outcome = run(
        "roc", HCC, "--outcome", "primary_resistance", "--marker", "afp,alt", "--combine",
        "afp+alt", "--at-cut", "afp=20,400", "--json", "--quiet",
    )  # fmt: skip
    assert [r["marker"] for r in outcome.json["tables"]["markers"]] == ["afp", "alt", "afp+alt"]


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


def test_a_plain_analysis_imports_nothing_heavy(write: Write, tmp_path: Path) -> None:
    from tests.cli.test_cli import modules_after

    write("unused.csv", "")
    loaded = modules_after(
        ["roc", str(HCC), "--outcome", "primary_resistance", "--boot", "20"], tmp_path
    )
    heavy = {"scipy", "pandas", "matplotlib", "sklearn", "sksurv", "pyarrow", "lifelines"}
    assert loaded.isdisjoint(heavy)
