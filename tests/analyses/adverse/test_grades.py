"""Grades as cells write them, and bands as options do."""

from __future__ import annotations

import pytest

from hcc2l.analyses.adverse.grades import ANY, Band, grade, parse_bands
from hcc2l.errors import UsageError


@pytest.mark.parametrize(
    "text",
    ["3", "3.0", "Grade 3", "grade 3", "G3", "g 3", "III", "Grade III", "CTCAE grade 3", "Grad 3",
     "CTC 3°", "3级", "3등급", "グレード3", "３", "3 - severe", "Grade 3: severe", "3 (severe)"],
)  # fmt: skip
def test_a_grade_in_the_forms_of_exports(text: str) -> None:
    assert grade(text) == 3


@pytest.mark.parametrize(("text", "number"), [("I", 1), ("II", 2), ("IV", 4), ("V", 5), ("5", 5)])
def test_every_grade(text: str, number: int) -> None:
    assert grade(text) == number


@pytest.mark.parametrize("text", ["0", "Grade 0", "none", "No", "keine", "なし"])
def test_no_event_is_grade_0(text: str) -> None:
    assert grade(text) == 0


@pytest.mark.parametrize("text", ["6", "-1", "3-4", "3.5", "severe", "yes", "Grade", "VI", "13"])
def test_what_is_no_grade(text: str) -> None:
    assert grade(text) is None


@pytest.mark.parametrize(
    ("text", "name", "label"),
    [
        ("any", "any", "Any grade"), ("Any", "any", "Any grade"), ("3-4", "3-4", "Grade 3–4"),
        ("3–4", "3-4", "Grade 3–4"), ("3-5", "3-5", "Grade ≥3"), ("5", "5", "Grade 5"),
        ("5-5", "5", "Grade 5"), ("1-2", "1-2", "Grade 1–2"),
    ],
)  # fmt: skip
def test_a_band_has_a_name_and_a_label(text: str, name: str, label: str) -> None:
    (band,) = parse_bands([text])
    assert (band.name, band.label) == (name, label)


def test_a_band_that_is_repeated_counts_once() -> None:
    assert parse_bands(["any", "3-5", "3–5"]) == (ANY, Band(3, 5))


@pytest.mark.parametrize("text", ["4-3", "6", "3-6", "0-2", ">=3", "severe", "", "3-4-5"])
def test_what_is_no_band(text: str) -> None:
    with pytest.raises(UsageError, match="is not a band of grades"):
        parse_bands([text])
