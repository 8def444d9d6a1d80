"""Fonts of the system for letters that the bundled one lacks, such as Korean or Chinese."""

from __future__ import annotations

import unicodedata
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import TYPE_CHECKING

from hcc2l.figures.style import FONT

if TYPE_CHECKING:
    from matplotlib.figure import Figure as MplFigure
    from matplotlib.font_manager import FontEntry

_LAST_RESORT = "Last Resort"  # comes with matplotlib, and has a box for every letter
_UNTOLD = (r"Glyph \d+ .* missing from", "Matplotlib currently does not support .* natively")


class MissingLetters(UserWarning):
    """No font has some letters of a figure or a PDF, which shows boxes in their place."""


def give_fonts(picture: MplFigure) -> bool:
    """Give fonts of the system to the texts of a picture with letters that the bundled font lacks.

    Returns
    -------
    bool
        Whether there are such texts.

    Warns
    -----
    MissingLetters
        No font has some of the letters.
    """
    from matplotlib.text import Text

    foreign = {text: _foreign(text.get_text()) for text in picture.findobj(Text)}
    letters = set().union(*foreign.values())
    if not letters:
        return False
    families = families_for("".join(letters))
    for text in (text for text, lacking in foreign.items() if lacking):
        text.set_fontfamily([FONT, *families, "sans-serif"])
    return True


def families_for(text: str) -> tuple[str, ...]:
    """Families of the system for the letters of a text that the bundled font lacks.

    Warns
    -----
    MissingLetters
        No font has some of the letters.
    """
    families, missing = _fonts_for("".join(sorted(_foreign(text))))
    if missing:
        warnings.warn(_how_to_get(missing), MissingLetters, stacklevel=2)
    return families


@contextmanager
def boxes_untold() -> Iterator[None]:
    """Without matplotlib's warning for each letter that no font has, as `give_fonts` warns."""
    with warnings.catch_warnings():
        for message in _UNTOLD:
            warnings.filterwarnings("ignore", message)
        yield


def _foreign(text: str) -> set[str]:
    """The letters of a text that the bundled font lacks."""
    if text.isascii():
        return set()
    from matplotlib.font_manager import findfont

    return {letter for letter in text if letter.isprintable()} - _letters_of(findfont(FONT))


@cache
def _fonts_for(letters: str) -> tuple[tuple[str, ...], str]:
    """Families of the system that together have most of the letters, and the letters left."""
    families, left = _choose(_listed(), set(letters))
    if left:  # matplotlib remembers the fonts of its first run: one installed since is not listed
        _list_new_fonts()
        families, left = _choose(_listed(), set(letters))
    return tuple(families), "".join(sorted(left))


def _choose(fonts: Iterable[FontEntry], letters: set[str]) -> tuple[list[str], set[str]]:
    """Families, each with the most of the letters that those before it lack; and those left."""
    if not letters:
        return [], letters
    upright = {f.name: f for f in fonts if f.style == "normal" and f.weight in (400, "normal")}
    has = {
        name: found
        for name, font in upright.items()
        if not name.startswith(_LAST_RESORT) and (found := letters & _letters_of(font.fname))
    }
    region = _region(letters)

    def preference(name: str) -> tuple[int, bool, bool, str]:
        plain = not any(word in name for word in ("Serif", "Mono"))
        return len(has[name] & left), plain, name.endswith(region), name

    families, left = [], set(letters)
    while any(has[name] & left for name in has):
        best = max(has, key=preference)
        families.append(best)
        left -= has[best]
    return families, left


def _region(letters: Iterable[str]) -> str:
    """Ending of the fonts that draw Chinese characters as the language of the text does."""
    names = " ".join(unicodedata.name(letter, "") for letter in letters)
    if "HANGUL" in names:
        return "KR"
    return "JP" if "HIRAGANA" in names or "KATAKANA" in names else "SC"


@cache
def _letters_of(path: str) -> frozenset[str]:
    """The letters that a font file has; none if it cannot be read."""
    from matplotlib.ft2font import FT2Font

    try:
        return frozenset(map(chr, FT2Font(str(path)).get_charmap()))
    except (OSError, RuntimeError):
        return frozenset()


def _listed() -> list[FontEntry]:
    """The fonts that matplotlib can draw with."""
    from matplotlib.font_manager import fontManager

    return fontManager.ttflist


def _list_new_fonts() -> None:
    """Add the system's fonts that matplotlib does not list."""
    from matplotlib.font_manager import findSystemFonts, fontManager

    listed = {font.fname for font in _listed()}
    for path in sorted(set(findSystemFonts()) - listed):
        with suppress(Exception):  # a damaged font; matplotlib passes over it as well
            fontManager.addfont(path)


def _how_to_get(letters: str) -> str:
    wide = any(unicodedata.east_asian_width(letter) in "WF" for letter in letters)
    package, name = ("fonts-noto-cjk", "Noto Sans CJK") if wide else ("fonts-noto", "Noto Sans")
    shown = letters[:12] + ("…" if len(letters) > 12 else "")
    return (
        f"No font on this computer has the letters {shown}, so boxes stand in their place. "
        f"Install one that has them, such as {name} (package {package} on Debian and Ubuntu), and "
        "run the command again."
    )
