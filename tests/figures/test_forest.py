"""The drawn data of forest plots: where estimates and limits stand, and what is written beside."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

import hcc2l
from hcc2l.figures.forest import draw
from hcc2l.figures.style import Paper
from hcc2l.numerals import p_value
from hcc2l.report import ForestFigure, ForestRow, Report
from tests.conftest import DATA
from tests.reports import rows_of

COHORT = DATA / "second_line" / "cohort.csv"
FITTED: dict[str, Any] = {"covariates": ["child_pugh", "age", "ecog", "afp@400"]}
SUBGROUPS: dict[str, Any] = {"subgroups": "second_line", "within": ["sex", "child_pugh", "ecog"]}


def axes_of(report: Report) -> list[Any]:
    assert report.draw is not None
    return list(draw(report.draw()).axes)


def texts_at(axes: Any, y: float) -> list[str]:
    """The texts of a line, from left to right."""
    found = [t for t in axes.texts if t.get_position()[1] == y]
    return [t.get_text() for t in sorted(found, key=lambda t: t.get_position()[0])]


def drawn(axes: Any, marker: str) -> dict[float, float]:
    """The places of a marker on the axis, by line."""
    return {line.get_ydata()[0]: line.get_xdata()[0] for line in axes.lines
            if line.get_marker() == marker}  # fmt: skip


def intervals(axes: Any) -> dict[float, tuple[float, float]]:
    return {line.get_ydata()[0]: tuple(line.get_xdata()) for line in axes.lines
            if len(line.get_xdata()) == 2 and len(set(line.get_ydata())) == 1}  # fmt: skip


def lines(report: Report, model: str = "multivariable") -> list[tuple[int, Any]]:
    """A model's rows of the table with their lines: one for a heading before each factor."""
    placed, y, previous = [], 0, None
    for row in rows_of(report, "regression", model=model):
        if row["level"] is not None and row["term"] != previous:
            y += 1
        placed.append((y, row))
        y, previous = y + 1, row["term"]
    return placed


@pytest.mark.parametrize("which", ["univariable", "multivariable", "both"])
def test_every_estimate_and_limit_stands_at_its_number(which: str) -> None:
    report = hcc2l.cox(COHORT, **FITTED, which=which)
    models = ["univariable", "multivariable"] if which == "both" else [which]
    for axes, model in zip(axes_of(report), models, strict=True):
        low, high = axes.get_xlim()
        estimated = [(y, row) for y, row in lines(report, model) if row["p"] is not None]
        assert len(estimated) == 5
        assert drawn(axes, "s") == {y: row["hr"] for y, row in estimated}
        assert intervals(axes) == {
            y: (max(row["lower"], low), min(row["upper"], high)) for y, row in estimated
        }
        for y, row in estimated:
            numbers = [row[key] for key in ("hr", "lower", "upper")]
            ratio, p = texts_at(axes, y)[-2:]
            assert ratio == "{:.2f} ({:.2f}–{:.2f})".format(*numbers)
            assert p == p_value(row["p"])


def test_the_panels_stand_side_by_side_with_the_names_on_the_left() -> None:
    report = hcc2l.cox(COHORT, **FITTED, which="both")
    left, right = axes_of(report)
    assert 0 < left.get_position().x0 < left.get_position().x1 < right.get_position().x0 < 1
    assert left.get_position().y0 == right.get_position().y0
    assert texts_at(left, -1) == ["Variable", "Events/n", "Univariable HR (95% CI)", "p"]
    assert texts_at(right, -1) == ["Multivariable HR (95% CI)", "p"]


def test_references_are_open_circles_at_one() -> None:
    report = hcc2l.cox(COHORT, **FITTED)
    (axes,) = axes_of(report)
    references = [y for y, row in lines(report) if row["level"] in ("A", "0", "<400")]
    assert drawn(axes, "o") == dict.fromkeys(references, 1.0)
    assert [texts_at(axes, y)[-1] for y in references] == ["reference"] * 3


def test_the_axis_is_logarithmic_with_a_line_at_one_and_rows_from_the_top() -> None:
    (axes,) = axes_of(hcc2l.cox(COHORT, **FITTED))
    assert axes.get_xscale() == "log"
    assert [line.get_xdata()[0] for line in axes.lines if line.get_linestyle() == "-"
            and line.get_ydata()[0] == 0 and line.get_ydata()[1] == 1] == [1.0]  # fmt: skip
    bottom, top = axes.get_ylim()
    assert bottom > top
    low, high = axes.get_xlim()
    assert low < 1 < high


def test_what_leaves_the_axis_is_clipped_with_an_arrow_on_that_side() -> None:
    """ECOG 2 v 0 has an upper limit of 24; swapped, 0 v 2 has a lower limit of 0.04."""
    for ref, marker, end in (("0", ">", 1), ("2", "<", 0)):
        report = hcc2l.cox(COHORT, covariates=["ecog"], univariable=True, ref=[f"ecog={ref}"])
        (axes,) = axes_of(report)
        limit = axes.get_xlim()[end]
        (clipped,) = drawn(axes, marker).items()
        assert clipped[1] == limit
        assert intervals(axes)[clipped[0]][end] == limit
        assert not drawn(axes, "<" if marker == ">" else ">")


def test_ticks_are_inside_the_axis() -> None:
    (axes,) = axes_of(hcc2l.cox(COHORT, **FITTED))
    low, high = axes.get_xlim()
    ticks = axes.get_xticks().tolist()
    assert 1 in ticks
    assert all(low <= tick <= high for tick in ticks)
    assert [t.get_text() for t in axes.get_xticklabels()] == [f"{t:g}" for t in ticks]


@pytest.mark.parametrize(
    ("lower", "upper", "ticks"),
    [(0.78, 1.19, (0.75, 1, 1.5)), (0.49, 1.19, (0.2, 0.5, 1, 2)), (1.2, 2.01, (0.5, 1, 2, 5)),
     (0.001, 900.0, (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20)), (0.5, 2.0, (0.5, 0.75, 1, 1.5, 2))],
)  # fmt: skip
def test_ticks_span_all_intervals(lower: float, upper: float, ticks: tuple[float, ...]) -> None:
    row = ForestRow(0, "x", "x", n=9, events=5, ratio=1.1, lower=lower, upper=upper, p=0.5)
    forest = ForestFigure((row,), ("HR",), "Variable", "HR", "HR", "95% CI", ("Events/n",))
    (axes,) = draw(forest).axes
    assert tuple(axes.get_xticks()) == ticks
    low, high = axes.get_xlim()
    assert low < ticks[0]
    assert ticks[-1] < high


def test_numbers_of_ticks_do_not_touch_and_1_is_always_there() -> None:
    row = ForestRow(0, "x", "x", n=9, events=5, ratio=1.1, lower=0.06, upper=15.0, p=0.5)
    forest = ForestFigure((row,), ("HR",), "Variable", "HR", "HR", "95% CI", ("Events/n",))
    picture = draw(forest, Paper(width=4.0))
    FigureCanvasAgg(picture).draw()
    (axes,) = picture.axes
    labels = [label for label in axes.get_xticklabels() if label.get_text()]
    boxes = [label.get_window_extent() for label in labels]
    assert "1" in [label.get_text() for label in labels]
    assert not any(a.overlaps(b) for a, b in pairwise(boxes))


# ---------------------------------------------------------------- subgroups


def test_the_subgroups_say_which_treatment_is_compared_with_which() -> None:
    report = hcc2l.cox(COHORT, **SUBGROUPS, ref=["second_line=sorafenib"])
    assert report.table("subgroups").title == "Hazard ratio by subgroup, lenvatinib v sorafenib"
    (axes,) = axes_of(report)
    assert axes.get_xlabel() == (
        "Hazard ratio for overall survival, lenvatinib v sorafenib (95% CI)"
    )
    left, right = (next(t for t in axes.texts if t.get_text().find(word) >= 0)
                   for word in ("favours lenvatinib", "favours sorafenib"))  # fmt: skip
    assert left.get_horizontalalignment() == "right"
    assert right.get_horizontalalignment() == "left"
    from math import log

    low, high = axes.get_xlim()
    one = log(1 / low) / log(high / low)  # where the line of no effect stands
    assert left.get_position()[0] < one < right.get_position()[0]
    assert right.get_position()[0] - left.get_position()[0] < 0.1


def test_the_subgroups_have_the_events_of_each_arm() -> None:
    report = hcc2l.cox(COHORT, **SUBGROUPS, ref=["second_line=sorafenib"])
    cohort = hcc2l.read_cohort(COHORT)
    sex, arm, death = (cohort.column(n).values for n in ("sex", "second_line", "death"))
    (axes,) = axes_of(report)
    assert texts_at(axes, -1)[:3] == ["Subgroup", "lenvatinib, events/n", "sorafenib, events/n"]
    for y, level in ((2, "female"), (3, "male")):
        counts = [
            (int(death[(sex == level) & (arm == drug)].sum()),
             int(((sex == level) & (arm == drug)).sum()))
            for drug in ("lenvatinib", "sorafenib")
        ]  # fmt: skip
        (row,) = [r for r in report.table("subgroups").rows if r["subgroup"] == f"sex={level}"]
        keys = ("level_events", "level_n", "reference_events", "reference_n")
        assert tuple(row[key] for key in keys) == counts[0] + counts[1]
        assert texts_at(axes, y)[:3] == [level, *(f"{e}/{n}" for e, n in counts)]


def test_the_p_of_interaction_has_a_column_of_its_own_in_table_and_figure() -> None:
    report = hcc2l.cox(COHORT, **SUBGROUPS)
    p = {str(row["term_b"]): row["p"] for row in report.table("interactions").rows}
    for row in report.table("subgroups").rows:
        assert row["interaction_p"] == p.get(str(row["subgroup"]).partition("=")[0])
    (axes,) = axes_of(report)
    assert texts_at(axes, -1)[-2:] == ["p", "p (interaction)"]
    for y, term in ((1, "sex"), (4, "child_pugh"), (7, "ecog")):
        assert texts_at(axes, y)[1:] == [p_value(p[term])]
    heading = next(t for t in axes.texts if t.get_text() == "p (interaction)")
    column = heading.get_position()[0]
    assert [t.get_position()[1] for t in axes.texts if t.get_position()[0] == column] == [
        -1, 1, 4, 7
    ]  # fmt: skip


def test_the_subgroups_stand_at_their_numbers() -> None:
    report = hcc2l.cox(COHORT, **SUBGROUPS)
    (axes,) = axes_of(report)
    rows = [r for r in report.table("subgroups").rows if r["hr"] is not None]
    places = [0, 2, 3, 5, 6, 8, 9]  # the headings are lines 1, 4 and 7
    assert drawn(axes, "s") == {y: r["hr"] for y, r in zip(places, rows, strict=True)}
    assert texts_at(axes, 10)[-1] == "NE"  # ECOG 2: three patients


def test_of_a_number_the_subgroups_have_no_arms_and_favour_nobody() -> None:
    report = hcc2l.cox(COHORT, subgroups="albumin", within=["sex"])
    assert report.table("subgroups").title == "Hazard ratio by subgroup, Albumin, g/dL, per unit"
    (axes,) = axes_of(report)
    assert texts_at(axes, -1)[:2] == ["Subgroup", "Events/n"]
    assert not [t for t in axes.texts if "favours" in t.get_text()]
    assert report.table("subgroups").rows[0]["level_n"] is None


def test_terms_with_the_same_label_keep_their_own_numbers() -> None:
    report = hcc2l.cox(COHORT, covariates=["afp@200", "afp@400"], univariable=True)
    (axes,) = axes_of(report)
    assert len(drawn(axes, "s")) == 2
    estimated = [row for row in report.table("regression").rows if row["p"] is not None]
    assert list(drawn(axes, "s").values()) == [row["hr"] for row in estimated]
