"""Letters that the bundled font lacks: a font of the system, or a warning."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from matplotlib import font_manager
from matplotlib.text import Text

import hcc2l
from hcc2l.figures import draw, fonts
from hcc2l.figures.survival import draw as draw_survival
from hcc2l.report import SurvivalFigure
from tests.conftest import Run, Write

KOREAN = "렌바티닙"


def cohort(group: str) -> str:
    rows = [f"{arm},{time},1" for time in range(1, 6) for arm in (group, "sorafenib")]
    return "\n".join(["arm,os_months,death", *rows])


def figure(write: Write, group: str) -> SurvivalFigure:
    report = hcc2l.km(write("cohort.csv", cohort(group)), by="arm")
    assert report.draw is not None
    drawn = report.draw()
    assert isinstance(drawn, SurvivalFigure)
    return drawn


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, set[str]]]:
    """The fonts of the system, by name, with their letters: none, until a test adds one."""
    installed: dict[str, set[str]] = {}
    real = fonts._letters_of

    def letters_of(path: str) -> frozenset[str]:
        return frozenset(installed[path]) if path in installed else real(path)

    def listed() -> list[Any]:
        return [
            SimpleNamespace(name=name, fname=name, style="normal", weight=400) for name in installed
        ]

    monkeypatch.setattr(fonts, "_listed", listed)
    monkeypatch.setattr(font_manager, "findSystemFonts", list)
    monkeypatch.setattr(fonts, "_letters_of", letters_of)
    fonts._fonts_for.cache_clear()
    yield installed
    fonts._fonts_for.cache_clear()


@pytest.mark.parametrize("text", ["λενβατινίμπη", "ленватиниб", "لينفاتينيب", "Überleben ≥400 µg"])
def test_greek_cyrillic_and_arabic_are_in_the_bundled_font(text: str) -> None:
    assert fonts._foreign(text) == set()


@pytest.mark.parametrize("text", [KOREAN, "仑伐替尼", "レンバチニブ"])
def test_korean_chinese_and_japanese_are_not(text: str) -> None:
    assert fonts._foreign(f"{text} (n = 5)\n") == set(text)


def test_no_font_has_the_letters(system: dict[str, set[str]], write: Write) -> None:
    system["Last Resort High-Efficiency"] = set(KOREAN)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        draw(figure(write, KOREAN), "png")
    (warning,) = caught
    assert warning.category is fonts.MissingLetters
    assert all(letter in str(warning.message) for letter in KOREAN)
    assert "fonts-noto-cjk" in str(warning.message)


def test_fewest_fonts_that_have_the_letters(system: dict[str, set[str]]) -> None:
    system |= {"Hangul": set("렌바"), "Kana": set("レ"), "Serif All": set("렌바レ")}
    assert fonts._fonts_for("レ렌바") == (("Serif All",), "")
    system["All"] = set("렌바レ")
    fonts._fonts_for.cache_clear()
    assert fonts._fonts_for("レ렌바") == (("All",), "")
    assert fonts._fonts_for("レ렌바伐") == (("All",), "伐")


@pytest.mark.parametrize(
    ("text", "region"), [("漢가", "KR"), ("漢かな", "JP"), ("漢カナ", "JP"), ("汉", "SC")]
)
def test_chinese_characters_are_drawn_as_the_language_does(
    system: dict[str, set[str]], text: str, region: str
) -> None:
    system |= {f"CJK {r}": set(text) for r in ("JP", "KR", "SC", "TC")}
    assert fonts._fonts_for(text) == ((f"CJK {region}",), "")


def test_only_texts_with_such_letters_get_another_font(
    system: dict[str, set[str]], write: Write
) -> None:
    system["Noto Sans CJK KR"] = set(KOREAN)
    picture = draw_survival(figure(write, KOREAN))
    assert fonts.give_fonts(picture)
    for text in picture.findobj(Text):
        korean = KOREAN in text.get_text()
        assert ("Noto Sans CJK KR" in text.get_fontfamily()) == korean, text


def test_latin_labels_search_no_fonts(monkeypatch: pytest.MonkeyPatch, write: Write) -> None:
    monkeypatch.setattr(fonts, "_fonts_for", None)
    svg = draw(figure(write, "lenvatinib ≥8 µg"), "svg").decode()
    assert set(re.findall(r"font-family: ([^;\"]*)", svg)) == {"'DejaVu Sans', sans-serif"}


def test_a_font_installed_since_the_list_was_made_is_found(
    monkeypatch: pytest.MonkeyPatch, system: dict[str, set[str]]
) -> None:
    def install(path: str) -> None:
        if path == "damaged":
            raise RuntimeError(path)
        system[path] = set(KOREAN)

    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: ["new", "damaged"])
    monkeypatch.setattr(font_manager.fontManager, "addfont", install)
    assert fonts._fonts_for("".join(sorted(set(KOREAN)))) == (("new",), "")


def test_the_command_says_it_once(
    system: dict[str, set[str]], run: Run, write: Write, tmp_path: Path
) -> None:
    path = write("cohort.csv", cohort(KOREAN))
    plots = [word for name in "ab" for word in ("--plot", str(tmp_path / f"{name}.png"))]
    result = run("km", str(path), "--by", "arm", "--quiet", *plots)
    assert result.status == 0
    assert result.err.count("No font on this computer has the letters") == 1
    assert result.err.startswith("warning: ")
    assert "Glyph" not in result.err
    assert not system
