"""Several figures as the panels of one."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

import hcc2l
from hcc2l.figures import draw
from hcc2l.figures.panels import PAGE, panels
from hcc2l.figures.style import FigureStyle
from hcc2l.report import Figure
from tests.conftest import DATA

USUAL = FigureStyle(dpi=60)


def curves(**options: Any) -> Figure:
    options = {"time": "os_months", "event": "death", "by": "treatment"} | options
    made = hcc2l.km(DATA / "hcc424.csv", **options).draw
    assert made is not None
    return made()


def forest() -> Figure:
    made = hcc2l.cox(DATA / "hcc424.csv", time="os_months", event="death", covariates=["ecog"]).draw
    assert made is not None
    return made()


def millimetres(png: bytes, dpi: int = 60) -> tuple[float, float]:
    with Image.open(io.BytesIO(png)) as image:
        return image.width / dpi * 25.4, image.height / dpi * 25.4


def test_a_single_figure_is_drawn_as_it_is() -> None:
    assert panels([curves()], [USUAL], 2) == draw(curves(), "png", USUAL)


def test_panels_side_by_side_fill_the_width_of_a_page() -> None:
    width, _ = millimetres(panels([curves(), curves()], [USUAL] * 2, 2))
    assert width == pytest.approx(PAGE, abs=0.5)


def test_a_width_is_that_of_each_panel() -> None:
    style = FigureStyle(dpi=60, width=70, height=60)
    size = millimetres(panels([curves()] * 3, [style] * 3, 2))
    assert size == (pytest.approx(140, abs=0.5), pytest.approx(120, abs=0.5))


def test_panels_too_small_for_a_page_are_as_wide_as_they_must_be() -> None:
    width, _ = millimetres(panels([curves()] * 9, [USUAL] * 9, 9))
    assert width > 2 * PAGE


def test_panels_of_one_legend_are_lower_than_those_of_two() -> None:
    """A legend of their own needs its height in the row of each."""
    together = panels([curves()] * 4, [USUAL] * 4, 2)
    apart = panels([curves(), curves(by="ecog")] * 2, [USUAL] * 4, 2)
    assert millimetres(together)[1] < millimetres(apart)[1]


def test_titles_stand_above_their_panels() -> None:
    styles = [FigureStyle(dpi=60, title=title) for title in ("Overall", "Progression-free")]
    titled = panels([curves()] * 2, styles, 2)
    assert titled != panels([curves()] * 2, [USUAL] * 2, 2)
    assert millimetres(titled) == millimetres(panels([curves()] * 2, [USUAL] * 2, 2))


@pytest.mark.parametrize("other", [forest, curves])
def test_figures_that_differ_in_kind_or_style_are_panels_too(other: Any) -> None:
    styles = [USUAL, FigureStyle(dpi=60, palette="grey")]
    width, _ = millimetres(panels([curves(), other()], styles, 2), 300)
    assert width == pytest.approx((PAGE * 60 + 60 * 25.4) / 300, abs=1)
