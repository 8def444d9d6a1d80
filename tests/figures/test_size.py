"""The size of figures, their letters, colours and titles, of every kind of figure."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import matplotlib as mpl
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from PIL import Image

import hcc2l
from hcc2l.errors import UsageError
from hcc2l.figures import DRAWERS, FORMATS, draw
from hcc2l.figures.size import INCH, fitted
from hcc2l.figures.style import FigureStyle, Paper, colour
from hcc2l.figures.survival import draw as draw_survival
from hcc2l.palettes import PALETTES
from hcc2l.report import Figure
from tests.conftest import DATA

COHORT = DATA / "second_line" / "cohort.csv"
SCORE = {"treat": "lenvatinib", "covariates": ["age", "child_pugh", "afp@log2"]}
RESISTANCE = {"outcome": "primary_resistance", "marker": ["afp", "pni"]}
KINDS: dict[str, Callable[[], hcc2l.Report]] = {
    "survival": lambda: hcc2l.km(COHORT, by="child_pugh"),
    "panels": lambda: hcc2l.psmatch(COHORT, **SCORE, which="survival"),
    "forest": lambda: hcc2l.cox(COHORT, covariates=["age", "child_pugh", "afp@400"]),
    "tree": lambda: hcc2l.tree(COHORT, covariates=["afp", "child_pugh", "ecog"]),
    "roc": lambda: hcc2l.roc(COHORT, **RESISTANCE),
    "thresholds": lambda: hcc2l.roc(COHORT, **RESISTANCE, which="thresholds"),
    "maxstat": lambda: hcc2l.roc(COHORT, criterion="maxstat", which="maxstat"),
    "love": lambda: hcc2l.psmatch(COHORT, **SCORE),
    "scores": lambda: hcc2l.psmatch(COHORT, **SCORE, which="scores"),
    "flow": lambda: hcc2l.flow(COHORT, by="second_line"),
    "response": lambda: hcc2l.response(COHORT, by="second_line"),
    "waterfall": lambda: hcc2l.response(COHORT, best_change="albi"),
    "adverse": lambda: hcc2l.adverse(
        COHORT, events=str(COHORT.parent / "adverse_events.csv"), by="second_line"
    ),
    "change": lambda: hcc2l.change(COHORT, before="afp", after="afp_week8", by="second_line"),
}


@pytest.fixture(scope="module")
def figures() -> dict[str, Figure]:
    drawn = {}
    for name, analyse in KINDS.items():
        report = analyse()
        assert report.draw is not None
        drawn[name] = report.draw()
    return drawn


def image(figure: Figure, **style: Any) -> Image.Image:
    return Image.open(io.BytesIO(draw(figure, "png", FigureStyle(**style))))


def millimetres(picture: Image.Image, dpi: int) -> tuple[float, float]:
    return picture.width / dpi * INCH, picture.height / dpi * INCH


def survival(figure: Figure, **style: Any) -> Any:
    """The picture of a survival figure in a style."""
    return fitted(lambda paper: draw_survival(figure, paper), FigureStyle(**style))  # type: ignore[arg-type]


def sizes(picture: Any) -> dict[str, float]:
    return {t.get_text(): t.get_fontsize() for t in picture.findobj(Text) if t.get_text()}


@pytest.mark.parametrize("width", [85, 175])
@pytest.mark.parametrize("kind", KINDS)
def test_a_figure_is_as_wide_as_asked_for_and_all_of_it_is_inside(
    figures: dict[str, Figure], kind: str, width: float
) -> None:
    assert millimetres(image(figures[kind], width=width, dpi=100), 100)[0] == pytest.approx(
        width, abs=0.3
    )
    module, _, function = DRAWERS[type(figures[kind])].partition(":")
    drawer = getattr(__import__(module, fromlist=[function]), function)
    picture = fitted(lambda paper: drawer(figures[kind], paper), FigureStyle(width=width))
    FigureCanvasAgg(picture).draw()
    drawn = picture.get_tightbbox()
    assert drawn.x0 > -0.02
    assert drawn.x1 < width / INCH + 0.02


def test_width_and_height_hold_together(figures: dict[str, Figure]) -> None:
    for kind in ("survival", "roc", "forest"):
        size = millimetres(image(figures[kind], width=150, height=140, dpi=100), 100)
        assert size == (pytest.approx(150, abs=0.3), pytest.approx(140, abs=0.3))


def test_letters_keep_their_size_while_the_figure_gets_narrow(figures: dict[str, Figure]) -> None:
    usual, narrow = sizes(survival(figures["survival"])), sizes(
        survival(figures["survival"], width=85)
    )  # fmt: skip
    assert narrow["Time (months)"] == usual["Time (months)"] == 8.5
    assert narrow["Number at risk"] == usual["Number at risk"] == 7.5


def test_letters_are_of_the_size_asked_for_and_the_figure_grows_with_them(
    figures: dict[str, Figure],
) -> None:
    picture = survival(figures["survival"], font_size=12)
    assert sizes(picture)["Number at risk"] == pytest.approx(7.5 * 12 / 8)
    assert sizes(picture)["Time (months)"] == pytest.approx(8.5 * 12 / 8)
    usual = survival(figures["survival"])
    assert picture.get_figwidth() == pytest.approx(usual.get_figwidth() * 12 / 8)


def test_letters_get_smaller_where_the_figure_does_not_fit(figures: dict[str, Figure]) -> None:
    assert image(figures["forest"], width=100, dpi=100)  # 5 points or more
    with pytest.raises(UsageError, match="with letters of 8 points") as error:
        draw(figures["forest"], "png", FigureStyle(width=100, font_size=8))
    needed = re.search(r"--width (\d+) or more, or a smaller --font-size", str(error.value))
    assert needed is not None
    assert draw(figures["forest"], "png", FigureStyle(width=float(needed[1]), font_size=8))
    with pytest.raises(UsageError):
        draw(figures["forest"], "png", FigureStyle(width=float(needed[1]) - 1, font_size=8))


def test_a_height_that_is_too_small_names_its_option(figures: dict[str, Figure]) -> None:
    with pytest.raises(UsageError, match="does not fit 20 mm") as error:
        draw(figures["survival"], "png", FigureStyle(height=20))
    assert error.value.where == "--height"


def test_dots_per_inch_are_those_asked_for_and_stand_in_the_file(
    figures: dict[str, Figure],
) -> None:
    low, high = image(figures["survival"], dpi=100), image(figures["survival"], dpi=200)
    assert high.width == pytest.approx(2 * low.width, abs=2)
    assert [round(dpi) for dpi in high.info["dpi"]] == [200, 200]


@pytest.mark.parametrize("palette", PALETTES)
def test_groups_have_the_colours_of_the_palette(figures: dict[str, Figure], palette: str) -> None:
    assert all(re.fullmatch("#[0-9A-F]{6}", c) for c in PALETTES[palette])
    assert len(set(PALETTES[palette])) == len(PALETTES[palette])
    axes = survival(figures["survival"], palette=palette).axes[0]
    used = {line.get_color() for line in axes.lines if line.get_drawstyle() == "steps-post"}
    assert used == set(PALETTES[palette][:2])


def test_outside_of_a_figure_settings_are_untouched(figures: dict[str, Figure]) -> None:
    keys = ("font.size", "axes.prop_cycle", "pdf.fonttype")
    before = [mpl.rcParams[key] for key in keys]
    draw(figures["survival"], "png", FigureStyle(palette="nejm", font_size=12, dpi=50))
    assert [mpl.rcParams[key] for key in keys] == before
    assert colour(0) == PALETTES["okabe-ito"][0]


@pytest.mark.parametrize("kind", ["survival", "thresholds", "scores"])
def test_a_title_stands_above_everything_else(figures: dict[str, Figure], kind: str) -> None:
    module, _, function = DRAWERS[type(figures[kind])].partition(":")
    drawer = getattr(__import__(module, fromlist=[function]), function)
    style = FigureStyle(title="Second-line treatment of hepatocellular carcinoma " * 2, width=120)
    picture = fitted(lambda paper: drawer(figures[kind], paper), style)
    FigureCanvasAgg(picture).draw()
    (title,) = picture.texts
    assert "\n" in title.get_text()
    foot = title.get_window_extent().y0
    legends = [legend.get_window_extent() for legend in picture.legends]
    tops = [axes.get_tightbbox().y1 for axes in picture.axes]
    assert all(box.y1 <= foot for box in legends)
    assert all(top <= foot for top in tops)
    untitled = fitted(lambda paper: drawer(figures[kind], paper), FigureStyle(width=120))
    assert picture.get_figheight() > untitled.get_figheight()


@pytest.mark.parametrize(
    "name", [pytest.param(f, marks=[pytest.mark.slow] if f == "eps" else []) for f in FORMATS]
)
def test_every_format_gives_the_same_bytes_again(figures: dict[str, Figure], name: str) -> None:
    first, second = (draw(figures["survival"], name) for _ in range(2))
    assert first == second
    assert b"Date" not in first.split(b"stream")[0]


def test_tiff_is_compressed_and_says_its_resolution(figures: dict[str, Figure]) -> None:
    picture = Image.open(io.BytesIO(draw(figures["survival"], "tiff", FigureStyle(dpi=600))))
    assert picture.format == "TIFF"
    assert picture.info["compression"] == "tiff_lzw"
    assert [round(float(dpi)) for dpi in picture.info["dpi"]] == [600, 600]


def test_postscript_has_bands_in_light_colours_as_it_has_no_transparency(
    figures: dict[str, Figure], caplog: pytest.LogCaptureFixture
) -> None:
    eps = draw(figures["survival"], "eps").decode("latin-1")
    assert eps.startswith("%!PS-Adobe-3.0 EPSF-3.0")
    assert "%%BoundingBox" in eps
    red = 1 - 0.13 * (1 - 0)  # of #0072B2
    assert f"{red:.3f}"[:4] in eps
    assert not caplog.records


def test_paper_leaves_the_rest_to_the_plot_and_no_less_than_it_needs() -> None:
    assert Paper().wide(4.0, 1.0, 2.0) == 4.0
    assert Paper(width=5.0).wide(4.0, 1.0, 2.0) == 3.0
    assert Paper(width=2.5).wide(4.0, 1.0, 2.0) == 1.0
    assert Paper(height=5.0).tall(4.0, 1.0, 2.0) == 3.0
