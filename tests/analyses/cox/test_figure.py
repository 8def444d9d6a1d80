"""`hcc2l cox` as a user relies on it: properties, oracles, bad input, notes, tables, figure."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import hcc2l
from hcc2l.figures import draw
from hcc2l.figures.forest import draw as draw_forest
from hcc2l.figures.style import STYLE
from hcc2l.numerals import p_value
from hcc2l.report import Figure
from tests.analyses.cox.cohorts import HCC81, SECOND_LINE, cox, records
from tests.conftest import DATA, Run
from tests.reports import rows_of

FORESTS = {
    "multivariable": {"covariates": ["age@65", "ecog", "child_pugh", "etiology", "afp"]},
    "univariable": {"covariates": ["age", "ecog", "child_pugh", "afp@400"], "univariable": True},
    "both": {"covariates": ["age", "ecog", "child_pugh", "afp@400"], "which": "both"},
    "selected": {"covariates": ["age", "sex", "child_pugh", "afp@400"], "which": "both",
                 "select": 0.05},
    "subgroups": {"subgroups": "second_line", "within": ["sex", "child_pugh", "bclc", "ecog"]},
    "progression": {"covariates": ["second_line", "albi_grade"], "endpoint": "pfs",
                    "conf_level": 0.995, "which": "both"},
}  # fmt: skip


def forest(**options: Any) -> Figure:
    report = hcc2l.cox(SECOND_LINE, **options)
    assert report.draw is not None
    return report.draw()


def drawn(figure: Figure) -> Any:
    """The picture, laid out as it is saved."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    with mpl.rc_context(STYLE):
        picture = draw_forest(figure)
        FigureCanvasAgg(picture).draw()
    return picture


def effects(axes: Any) -> dict[str, str]:
    """What stands in the column of ratios, by the name in the same line."""
    column = {t.get_position()[1]: t.get_text() for t in axes.texts if t.get_position()[0] == 1.06}
    names = {t.get_position()[1]: t.get_text() for t in axes.texts if t.get_position()[0] < 0
             and t.get_horizontalalignment() == "left"}  # fmt: skip
    return {names[y]: text for y, text in column.items()}


def written(axes: Any) -> list[str]:
    """The texts beside an axis, from top to bottom and from left to right."""
    texts = sorted(axes.texts, key=lambda t: (t.get_position()[1], t.get_position()[0]))
    return [t.get_text() for t in texts]


@pytest.mark.parametrize("format_", ["png", "svg", "pdf"])
def test_the_same_forest_gives_the_same_bytes(format_: str) -> None:
    assert draw(forest(**FORESTS["both"]), format_) == draw(forest(**FORESTS["both"]), format_)


def test_the_forest_has_the_covariates_and_levels_in_order() -> None:
    (axes,) = drawn(forest(covariates=["child_pugh", "age", "ecog"])).axes
    lines = [t.get_text() for t in axes.texts if t.get_horizontalalignment() == "left"]
    named = [text for text in lines if not re.match(r"[\d.]+ \(|reference|HR", text)]
    assert named == ["Variable", "Child-Pugh class", "A", "B", "Age, years",
                     "ECOG performance status", "0", "1", "2"]  # fmt: skip
    assert axes.yaxis_inverted()


@pytest.mark.parametrize("model", ["univariable", "multivariable"])
def test_the_forest_says_events_and_patients_of_each_level(model: str) -> None:
    report = hcc2l.cox(SECOND_LINE, covariates=["child_pugh", "afp@400"], which=model)
    assert report.draw is not None
    (axes,) = drawn(report.draw()).axes
    shown = [text for text in written(axes) if re.fullmatch(r"\d+/\d+", text)]
    rows = rows_of(report, "regression", model=model)
    assert shown == [f"{row['events']}/{row['n']}" for row in rows]


def test_the_levels_of_the_multivariable_model_add_up_to_its_patients() -> None:
    report = hcc2l.cox(SECOND_LINE, covariates=["child_pugh", "afp@400"], select=0.05)
    final = next(r for r in rows_of(report, "models") if r["kind"] == "multivariable")
    for term in ("child_pugh", "afp@400"):
        levels = rows_of(report, "regression", term=term, model="multivariable")
        assert sum(r["n"] for r in levels) == final["n"] == 118
        assert sum(r["events"] for r in levels) == final["events"]
    alone = rows_of(report, "regression", term="child_pugh", model="univariable")
    assert sum(r["n"] for r in alone) == 126


def test_the_forest_writes_the_hazard_ratios_of_the_table() -> None:
    report = hcc2l.cox(SECOND_LINE, covariates=["child_pugh", "ecog"], which="both")
    assert report.draw is not None
    panels = drawn(report.draw()).axes
    for axes, model in zip(panels, ("univariable", "multivariable"), strict=True):
        expected = [
            f"{r['hr']:.2f} ({r['lower']:.2f}–{r['upper']:.2f})"
            for r in rows_of(report, "regression", model=model)
            if r["p"] is not None
        ]
        assert [t for t in written(axes) if re.match(r"\d+\.\d\d \(", t)] == expected


def test_the_forest_of_subgroups_gives_the_p_of_interaction() -> None:
    report = hcc2l.cox(SECOND_LINE, **FORESTS["subgroups"])
    assert report.draw is not None
    (axes,) = drawn(report.draw()).axes
    words = written(axes)
    labels = ["Sex", "Child-Pugh class", "BCLC stage", "ECOG performance status"]
    p = [words[words.index(label) + 1] for label in labels]
    assert p == [p_value(row["p"]) for row in rows_of(report, "interactions")]
    assert "p (interaction)" in words


def test_the_forest_of_subgroups_shows_every_level_of_the_effect() -> None:
    report = hcc2l.cox(SECOND_LINE, subgroups="albi_grade", within=["sex"])
    assert report.draw is not None
    (axes,) = drawn(report.draw()).axes
    shown = written(axes)
    rows = [row for row in rows_of(report, "subgroups") if row["lower"] and row["upper"]]
    assert len(rows) > 3
    for row in rows:
        assert f"{row['hr']:.2f} ({row['lower']:.2f}–{row['upper']:.2f})" in shown


def test_a_covariate_that_was_not_selected_is_blank_in_the_multivariable_forest() -> None:
    alone, together = drawn(forest(**FORESTS["selected"])).axes
    effect = re.compile(r"[\d.]+ \([\d.]+–[\d.]+\)")
    assert len([t for t in written(alone) if effect.match(t)]) == 4
    assert len([t for t in written(together) if effect.match(t)]) == 2


def test_an_interval_that_leaves_the_axis_ends_in_an_arrow() -> None:
    (axes,) = drawn(forest(covariates=["ecog"], univariable=True)).axes
    (arrow,) = [line for line in axes.lines if line.get_marker() == ">"]
    assert arrow.get_xdata()[0] == axes.get_xlim()[1]
    assert arrow.get_ydata()[0] == 3  # the heading is line 0, then levels 0, 1, 2
    assert not [line for line in axes.lines if line.get_marker() == "<"]


def test_a_hazard_ratio_that_does_not_exist_is_written_ne_and_not_drawn() -> None:
    report = cox(records("separation.csv"), covariates=["marker", "age"], univariable=True)
    assert report.draw is not None
    (axes,) = drawn(report.draw()).axes
    assert effects(axes)["Marker"] == "NE"
    assert [line.get_ydata()[0] for line in axes.lines if line.get_marker() == "s"] == [1]
    (row,) = rows_of(report, "regression", term="marker")
    assert [row[key] for key in ("hr", "lower", "upper", "p")] == [None] * 4
    text = hcc2l.render_report(report, "table")
    assert isinstance(text, str)
    assert re.search(r"Marker +40 +18 +NE +–", text)


def test_intervals_within_the_axis_have_no_arrow() -> None:
    (axes,) = drawn(forest(covariates=["child_pugh", "afp@400"])).axes
    assert not [line for line in axes.lines if line.get_marker() in ("<", ">")]


def test_a_narrow_interval_has_a_larger_box_than_a_wide_one() -> None:
    (axes,) = drawn(forest(covariates=["child_pugh", "ecog"], univariable=True)).axes
    boxes = {line.get_ydata()[0]: line.get_markersize() for line in axes.lines
             if line.get_marker() == "s"}  # fmt: skip
    assert boxes[2] > boxes[6]  # Child-Pugh B, 35 patients; ECOG 2, three


@pytest.mark.parametrize("kind", FORESTS)
def test_no_text_leaves_the_forest_and_none_overlap(kind: str) -> None:
    picture = drawn(forest(**FORESTS[kind]))
    boxes = []
    for axes in picture.axes:
        for text in [*axes.texts, axes.xaxis.label, *axes.get_xticklabels()]:
            if text.get_text() == "":
                continue
            box = text.get_window_extent()
            assert box.x0 >= 0, text.get_text()
            assert box.y0 >= 0, text.get_text()
            assert box.x1 <= picture.bbox.width, text.get_text()
            assert box.y1 <= picture.bbox.height, text.get_text()
            boxes.append((text.get_text(), box))
    for i, (a, box) in enumerate(boxes):
        assert [b for b, other in boxes[i + 1 :] if box.overlaps(other)] == [], a


def test_long_names_stay_within_the_forest() -> None:
    label = "Extrahepatic spread at the start of second-line systemic therapy (imaging)"
    report = cox(HCC81, f'[columns.extrahepatic_spread]\nlabel = "{label}"\n',
                 covariates=["extrahepatic_spread@1", "age"])  # fmt: skip
    assert report.draw is not None
    picture = drawn(report.draw())
    boxes = [text.get_window_extent() for text in picture.axes[0].texts]
    assert min(box.x0 for box in boxes) >= 0
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[i + 1 :])


def test_files_are_written_beside_the_result(run: Run, workplace: Path) -> None:
    names = [f"x.{ending}" for ending in ("png", "svg", "pdf", "md", "docx", "xlsx", "json")]
    asked = [
        w for n in names for w in (("--plot" if n[2:] in ("png", "svg", "pdf") else "--out"), n)
    ]
    assert run("cox", DATA / "hcc81.csv", "-x", "age,bclc", *asked).status == 0
    assert all((workplace / name).stat().st_size > 0 for name in names)


def test_the_numbers_at_risk_below_adjusted_curves_are_said_to_be_unadjusted() -> None:
    figure: Any = forest(covariates=["age", "child_pugh"], adjusted_curves="child_pugh")
    assert figure.at_risk_heading == "Number at risk (not adjusted)"
    risk: Any = forest(covariates=["age", "child_pugh"], adjusted_curves="child_pugh", show="risk",
                       xlim=12, bands=False)  # fmt: skip
    assert risk.y_label == "1 − overall survival, adjusted"
    assert (risk.x_max, risk.bands) == (12, False)
    for survival, other in zip(figure.curves, risk.curves, strict=True):
        assert other.estimate == pytest.approx([1 - s for s in survival.estimate])
