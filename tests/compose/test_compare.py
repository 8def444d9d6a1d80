"""What a data update moved."""

from __future__ import annotations

from typing import Any

import pytest

from hcc2l.compose.compare import changes


def results(**tables: list[dict[str, Any]]) -> dict[str, Any]:
    return {"entries": [{"id": "table-1", "report": {"tables": tables}}]}


def said(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    return [str(change) for change in changes(old, new)]


def test_rows_are_compared_by_the_texts_in_them() -> None:
    old = results(terms=[{"term": "age", "n": 80, "hr": 1.25}, {"term": "afp", "n": 79, "hr": 2.0}])
    new = results(terms=[{"term": "afp", "n": 79, "hr": 2.5}, {"term": "age", "n": 81, "hr": 1.25}])
    assert said(old, new) == [
        "table-1 terms [age] n 80 → 81",
        "table-1 terms [afp] hr 2 → 2.5",
    ]
    assert said(old, old) == []


def test_rows_of_the_same_texts_are_compared_by_their_place() -> None:
    old = results(survival=[{"group": "A", "time": 6, "estimate": 0.5}, {"group": "A", "time": 12}])
    new = results(survival=[{"group": "A", "time": 6, "estimate": 0.4}, {"group": "A", "time": 12}])
    assert said(old, new) == ["table-1 survival [A] estimate 0.5 → 0.4"]


def test_the_last_digits_of_a_calculation_are_no_change() -> None:
    old, new = results(t=[{"p": 0.1}]), results(t=[{"p": 0.1 + 1e-12}])
    assert said(old, new) == []


@pytest.mark.parametrize(
    ("old", "new", "conclusion"),
    [
        ({"p": 0.049}, {"p": 0.051}, "p 0.049 → 0.051: no longer below 0.05"),
        ({"p": 0.05}, {"p": 0.049}, "p 0.05 → 0.049: now below 0.05"),
        ({"p": 0.2}, {"p": 0.3}, "p 0.2 → 0.3"),
        ({"p": None}, {"p": 0.3}, "p – → 0.3: can be estimated now"),
        ({"p": 0.3}, {"p": None}, "p 0.3 → –: cannot be estimated any more"),
        (
            {"hr": 2.0, "lower": 0.9, "upper": 4.0}, {"hr": 2.0, "lower": 1.1, "upper": 4.0},
            "lower 0.9 → 1.1: the interval excludes 1 now",
        ),
        (
            {"or": 0.5, "lower": 0.2, "upper": 0.9}, {"or": 0.5, "lower": 0.2, "upper": 1.2},
            "upper 0.9 → 1.2: the interval includes 1 now",
        ),
        (
            {"difference": 1.0, "lower": 0.5, "upper": 2.0},
            {"difference": 1.0, "lower": -0.5, "upper": 2.0},
            "lower 0.5 → −0.5: the interval includes 0 now",
        ),
        ({"median": 9.0, "lower": 0.9}, {"median": 9.0, "lower": 1.1}, "lower 0.9 → 1.1"),
    ],
)  # fmt: skip
def test_a_conclusion_that_changed_is_said(
    old: dict[str, Any], new: dict[str, Any], conclusion: str
) -> None:
    assert said(results(t=[old]), results(t=[new])) == [f"table-1 t [] {conclusion}"]


def test_what_came_and_what_went_is_said() -> None:
    old = results(terms=[{"term": "age", "n": 1}])
    new = results(terms=[{"term": "sex", "n": 1}])
    assert said(old, new) == ["table-1 terms [age]: gone", "table-1 terms [sex]: new"]
    failed = {"entries": [{"id": "table-1", "report": None}]}
    assert said(old, failed) == ["table-1  []: has no result any more"]
    assert said(failed, old) == ["table-1  []: has a result now"]
    assert said(failed, {"entries": []}) == []
