"""Numbers as printed in tables, figures and sentences."""

from __future__ import annotations

import pytest

from hcc2l.numerals import (
    confidence,
    count,
    cutpoint,
    interval,
    limits,
    log_tick,
    number,
    p_equation,
    p_value,
    percent,
    ratio,
    ratio_interval,
    tick,
)


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


@pytest.mark.parametrize(
    ("value", "written"),
    [(7.4333, "7.43"), (-1.5, "−1.50"), (-0.001, "0.00"), (None, "NE"), (12345.678, "12345.68")],
)
def test_a_number_has_a_minus_sign_and_no_negative_zero(value: float | None, written: str) -> None:
    assert number(value, 2) == written


def test_counts_are_whole_unless_they_are_sums_of_weights() -> None:
    assert [count(n) for n in (12, 12.0, 12.54)] == ["12", "12", "12.5"]


def test_a_share_is_a_percentage() -> None:
    assert [percent(share, 1) for share in (0.446, 1.0, -0.0001, None)] == [
        "44.6%", "100.0%", "0.0%", "NE"
    ]  # fmt: skip


def test_a_huge_ratio_is_not_written_out() -> None:
    assert [ratio(value, 2) for value in (1000.0, 1000.1, None)] == ["1000.00", ">1000", "NE"]


def two(value: float | None) -> str:
    return number(value, 2)


@pytest.mark.parametrize(
    ("lower", "upper", "written"),
    [(6.64, 13.6, "6.64–13.60"), (-3.25, 0.25, "−3.25 to 0.25"), (None, None, "NE–NE"),
     (-0.001, 0.2, "0.00 to 0.20")],
)  # fmt: skip
def test_limits_with_a_minus_are_joined_by_to(
    lower: float | None, upper: float | None, written: str
) -> None:
    assert limits(lower, upper, two) == written


def test_limits_of_percentages_have_no_sign_of_their_own() -> None:
    assert interval(0.446, 0.34, 0.586, lambda v: percent(v, 1)) == "44.6% (34.0–58.6)"


@pytest.mark.parametrize(
    ("estimate", "lower", "upper", "written"),
    [(7.4333, 6.6448, None, "7.43 (6.64–NE)"), (None, None, None, "NE"),
     (None, 6.6448, None, "NE (6.64–NE)"), (-1.5, None, None, "−1.50 (NE to NE)")],
)  # fmt: skip
def test_an_interval_keeps_what_is_known(
    estimate: float | None, lower: float | None, upper: float | None, written: str
) -> None:
    assert interval(estimate, lower, upper, two) == written


@pytest.mark.parametrize(
    ("values", "written"),
    [((2.44, 1.51, 3.95), "2.44 (1.51–3.95)"), ((1.0002, 1.0001, 1.0004), "1.0002 (1.0001–1.0004)"),
     ((1500.0, 12.5, 98000.0), ">1000 (12.50–>1000)"), ((1500.0, 12.5, None), "NE"),
     ((0.0009, None, 4.0), "NE"), ((0.001, None, 4.0), "0.00 (NE–4.00)"),
     ((None, None, None), "NE")],
)  # fmt: skip
def test_a_ratio_beyond_what_is_printed_needs_both_limits(
    values: tuple[float | None, float | None, float | None], written: str
) -> None:
    assert ratio_interval(*values) == written


def test_decimals_that_are_asked_for_hold_for_narrow_intervals() -> None:
    assert ratio_interval(1.0002, 1.0001, 1.0004, 1) == "1.0 (1.0–1.0)"


def test_axes_and_cutpoints_have_the_digits_they_need() -> None:
    assert [tick(v) for v in (0.5, 12.0, 100.0)] == ["0.5", "12", "100"]
    assert [log_tick(v) for v in (0.1, 1.0, 10000.0)] == ["0.1", "1", "10\u2009000"]
    assert [cutpoint(v) for v in (67.6, 1234.56789, 400.0)] == ["67.6", "1234.568", "400"]
    assert [confidence(level) for level in (0.95, 0.9, 0.999)] == ["95% CI", "90% CI", "99.9% CI"]
