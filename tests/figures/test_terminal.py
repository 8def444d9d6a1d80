"""Survival curves as text."""

from __future__ import annotations

import re
from typing import Any

import pytest

import hcc2l
from hcc2l.errors import UsageError
from hcc2l.figures.terminal import draw_text
from hcc2l.report import AtRisk, Curve, SurvivalFigure, SurvivalPanels
from tests.conftest import DATA

COHORT = DATA / "second_line" / "cohort.csv"


def figure(**options: Any) -> Any:
    report = hcc2l.km(COHORT, **options)
    assert report.draw is not None
    return report.draw()


def halved(**changes: Any) -> SurvivalFigure:
    """One curve that falls from 1 to one half in the middle of the time axis."""
    drawn = {
        "groups": ("all",), "medians": (), "legend": None, "x_label": "Time", "y_label": "S",
        "curves": (
            Curve("all", None, (5.0, 10.0), (0.5, 0.5), (None,) * 2, (None,) * 2, (0, 1)),
        ),
        "at_risk": (AtRisk("all", (0.0, 5.0, 10.0), (2, 2, 1), (0, 1, 1)),),
        "ticks": (0.0, 5.0, 10.0), "x_max": 10.0,
    }  # fmt: skip
    return SurvivalFigure(**(drawn | changes))  # type: ignore[arg-type]


def braille(line: str) -> list[int]:
    """The columns of a line with dots."""
    return [i for i, letter in enumerate(line) if "\u2800" < letter <= "\u28ff"]


def test_a_curve_falls_where_the_event_happens() -> None:
    lines = draw_text(halved(), 60, colour=False).splitlines()
    plot = [line for line in lines if "┤" in line or "│" in line]
    top, middle = plot[0], next(line for line in plot if line.strip().startswith("50%"))
    left = top.index("┤") + 1
    width = len(next(line for line in lines if "└" in line)) - left
    assert braille(top)[0] == left
    half = left + width // 2
    assert abs(braille(top)[-1] - half) <= 1
    assert abs(braille(middle)[0] - half) <= 1
    assert braille(middle)[-1] == left + width - 1
    assert not braille(plot[-1])


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("by", [None, "child_pugh", "afp@20/200/400"])
def test_no_line_is_wider_than_the_terminal(width: int, by: str | None) -> None:
    lines = draw_text(figure(by=by), width, colour=False).splitlines()
    assert max(map(len, lines)) <= width


def test_numbers_at_risk_are_those_of_the_figure_under_their_ticks() -> None:
    drawn = figure(by="child_pugh")
    lines = draw_text(drawn, 80, colour=False).splitlines()
    place = next(i for i, line in enumerate(lines) if "Number at risk" in line)
    for line, at_risk in zip(lines[place + 1 :], drawn.at_risk, strict=False):
        assert re.findall(r"\d+", line)[1:] == [f"{n:.0f}" for n in at_risk.n_risk]
    ticks = next(line for line in lines if line.strip().startswith("0  "))
    assert re.findall(r"\d+", ticks) == [f"{t:.0f}" for t in drawn.ticks]


def test_groups_are_told_apart_without_colours_by_number_and_pattern() -> None:
    text = draw_text(figure(by="child_pugh"), 80, colour=False)
    assert "\033" not in text
    assert re.search(r"^1 A +91", text, re.M)
    assert re.search(r"[\u2800-\u28ff ]1$", text, re.M)
    assert re.search(r" 2( |$)", text, re.M)


def test_colours_are_those_of_the_groups() -> None:
    text = draw_text(figure(by="child_pugh"), 80, colour=True)
    assert "\033[34m1 A\033[0m" in text
    assert "\033[33m2 B\033[0m" in text
    plain = re.sub(r"\033\[\d+m", "", text)
    assert plain == draw_text(figure(by="child_pugh"), 80, colour=False)


def test_a_cumulative_hazard_has_an_axis_of_its_own() -> None:
    text = draw_text(figure(by="second_line", show="hazard"), 80, colour=False)
    assert "Cumulative hazard" in text
    assert "4.0┤" in text


def test_causes_are_named() -> None:
    drawn = figure(endpoint="ttp", competing="death")
    assert "Lines: progression; with more gaps: death" in draw_text(drawn, 80, colour=False)


def test_panels_stand_below_each_other() -> None:
    text = draw_text(SurvivalPanels((halved(), halved()), ("Before", "After")), 60, colour=False)
    assert text.startswith("Before\n")
    assert "\nAfter\n" in text


def test_other_figures_are_refused() -> None:
    report = hcc2l.cox(COHORT, covariates=["age"])
    assert report.draw is not None
    with pytest.raises(UsageError, match="Only survival curves"):
        draw_text(report.draw(), 80, colour=False)
