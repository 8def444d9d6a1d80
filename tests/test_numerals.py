"""p-values as printed."""

from __future__ import annotations

import pytest

from hcc2l.numerals import p_equation, p_value


@pytest.mark.parametrize(
    ("p", "written"),
    [(0.0064, "0.006"), (0.0004, "<0.001"), (0.04951, "0.050"), (0.9999, ">0.999"), (1.0, ">0.999"),
     (0.5, "0.500"), (0.001, "0.001"), (0.0, "<0.001")],
)  # fmt: skip
def test_p_is_written_as_journals_print_it(p: float, written: str) -> None:
    assert p_value(p) == written


@pytest.mark.parametrize(
    ("p", "written"),
    [(0.0004, "p < 0.001"), (0.012, "p = 0.012"), (0.9994, "p = 0.999"), (0.99951, "p > 0.999")],
)
def test_sentences_and_figures_write_p_as_tables_do(p: float, written: str) -> None:
    assert p_equation(p) == written
