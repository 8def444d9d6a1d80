"""How a table fits a page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hcc2l.render.grid import Grid
from hcc2l.render.page import (
    LANDSCAPE,
    MARGIN,
    PORTRAIT,
    Page,
    bound,
    lines_of,
    page_for,
    text_width,
)

NARROW = Grid(
    "Small", (), ("Variable", "HR (95% CI)", "p"), (False, True, True),
    (("Child-Pugh class", "2.44 (1.51–3.95)", "<0.001"),), (), indents=(0,),
)  # fmt: skip


def wide(columns: int) -> Grid:
    return replace(
        NARROW, headers=("Variable", *["HR (95% CI)"] * columns), right=(False, *[True] * columns),
        rows=(("Child-Pugh class", *["2.44 (1.51–3.95)"] * columns),),
    )  # fmt: skip


def test_a_small_table_is_no_wider_than_its_content() -> None:
    page = page_for(NARROW)
    texts = ("Child-Pugh class", "2.44 (1.51–3.95)", "<0.001")
    assert page.widths == pytest.approx([text_width(text, 9) + 2 * MARGIN for text in texts])
    assert (page.landscape, page.size) == (False, 9)


def test_a_row_has_the_lines_of_its_longest_text() -> None:
    page = Page((2 * MARGIN + text_width("x" * 10, 9), 2 * MARGIN), landscape=False, size=9)
    for text, lines in (("", 1), ("x" * 10, 1), ("x" * 11, 2), ("x" * 25, 3)):
        content = replace(NARROW, rows=((text, ""), ("", "")))
        assert lines_of(content, page) == lines + 1


@pytest.mark.parametrize(
    ("columns", "landscape", "size"), [(4, False, 9), (7, True, 9), (9, True, 8), (10, True, 7)]
)
def test_a_table_turns_the_page_before_its_type_becomes_smaller(
    columns: int, landscape: bool, size: float
) -> None:
    page = page_for(wide(columns))
    assert (page.landscape, page.size) == (landscape, size)
    assert sum(page.widths) <= (LANDSCAPE if landscape else PORTRAIT) + 1e-9


@pytest.mark.parametrize("columns", [4, 7, 9, 11, 20])
def test_a_number_is_never_broken(columns: int) -> None:
    page = page_for(wide(columns))
    assert min(page.widths[1:]) >= text_width("2.44 (1.51–3.95)", page.size) + 2 * MARGIN - 1e-9


def test_names_break_between_words_before_the_page_is_turned() -> None:
    long = replace(NARROW, rows=(("word " * 40, "2.44 (1.51–3.95)", "<0.001"),))
    page = page_for(long)
    assert (page.landscape, sum(page.widths)) == (False, pytest.approx(PORTRAIT))


def test_indented_names_have_the_room_of_their_indent() -> None:
    shifted = replace(NARROW, indents=(2,))
    assert page_for(shifted).widths[0] == pytest.approx(page_for(NARROW).widths[0] + 0.8)


def test_parentheses_stay_whole() -> None:
    assert bound("Median, months (95% CI)") == "Median, months (95%\u00a0CI)"
    assert bound("no parentheses here") == "no parentheses here"


def test_letters_have_their_widths() -> None:
    assert text_width("iii", 9) < text_width("nnn", 9) < text_width("MMM", 9)
    assert text_width("간암", 9) == pytest.approx(2 * text_width("n", 9) / 0.6)
    assert text_width("n", 18) == 2 * text_width("n", 9)
