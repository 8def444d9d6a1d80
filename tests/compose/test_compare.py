"""What a data update moved."""

from __future__ import annotations

from typing import Any

import pytest

from hcc2l.compose.compare import Change, changes, summary, tables
from hcc2l.render.to_terminal import grid_text


def results(**tables: list[dict[str, Any]]) -> dict[str, Any]:
    return {"entries": [{"id": "table-1", "report": {"tables": tables}}]}


def said(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    return [told(change) for change in changes(old, new)]


def told(change: Change) -> str:
    """`table-1 terms [age] n 80 → 81: conclusion`."""
    where = f"{change.entry} {change.table} [{change.row}]"
    values = f" {change.key} {change.old} → {change.new}" if change.key else ""
    return where + values + (f": {change.conclusion}" if change.conclusion else "")


def test_rows_are_compared_by_the_texts_in_them() -> None:
    old = results(terms=[{"term": "age", "n": 80, "hr": 1.25}, {"term": "afp", "n": 79, "hr": 2.0}])
    new = results(terms=[{"term": "afp", "n": 79, "hr": 2.5}, {"term": "age", "n": 81, "hr": 1.25}])
    assert said(old, new) == [
        "table-1 terms [age] n 80.0 → 81.0",
        "table-1 terms [afp] hr 2.0 → 2.5",
    ]
    assert said(old, old) == []


def test_rows_of_the_same_texts_are_compared_by_their_place() -> None:
    old, new = (results(nodes=[{"rule": "A", "n": n}, {"rule": "A", "n": 1}]) for n in (5, 4))
    assert said(old, new) == ["table-1 nodes [A] n 5.0 → 4.0"]


def test_a_time_names_a_row_beside_its_texts() -> None:
    def survival(time: float, estimate: float) -> dict[str, Any]:
        return {"group": "A", "time": time, "estimate": estimate}

    old = results(survival=[survival(6, 0.5), survival(12, 0.3)])
    new = results(survival=[survival(6, 0.5), survival(9, 0.4), survival(12, 0.2)])
    assert said(old, new) == [
        "table-1 survival [A, time 12] estimate 0.3 → 0.2",
        "table-1 survival [A, time 9]: new",
    ]


def test_the_last_digits_of_a_calculation_are_no_change() -> None:
    old, new = results(t=[{"p": 0.1}]), results(t=[{"p": 0.1 + 1e-12}])
    assert said(old, new) == []


@pytest.mark.parametrize(
    ("old", "new", "conclusion"),
    [
        ({"p": 0.049}, {"p": 0.051}, "p 0.049 → 0.051: no longer below 0.05"),
        ({"p": 0.05}, {"p": 0.049}, "p 0.05 → 0.049: now below 0.05"),
        ({"lr_p": 0.04}, {"lr_p": 0.06}, "lr_p 0.04 → 0.06: no longer below 0.05"),
        ({"p": 0.2}, {"p": 0.3}, "p 0.2 → 0.3"),
        ({"p": None}, {"p": 0.3}, "p None → 0.3: now estimable"),
        ({"p": 0.3}, {"p": None}, "p 0.3 → None: no longer estimable"),
        ({"median": 9.5}, {"median": None}, "median 9.5 → None: no longer estimable"),
        (
            {"hr": 2.0, "lower": 0.9, "upper": 4.0}, {"hr": 2.0, "lower": 1.1, "upper": 4.0},
            "lower 0.9 → 1.1: now excludes 1",
        ),
        (
            {"or": 0.5, "lower": 0.2, "upper": 0.9}, {"or": 0.5, "lower": 0.2, "upper": 1.2},
            "upper 0.9 → 1.2: now includes 1",
        ),
        (
            {"difference": 1.0, "lower": 0.5, "upper": 2.0},
            {"difference": 1.0, "lower": -0.5, "upper": 2.0},
            "lower 0.5 → -0.5: now includes 0",
        ),
        (
            {"difference": 1.0, "lower": 0.9, "upper": 2.0},
            {"difference": 1.0, "lower": 1.1, "upper": 2.0}, "lower 0.9 → 1.1",
        ),
        (
            {"auc": 0.6, "lower": 0.51, "upper": 0.7}, {"auc": 0.6, "lower": 0.49, "upper": 0.7},
            "lower 0.51 → 0.49: now includes 0.5",
        ),
        (
            {"mean_difference": 1.0, "mean_lower": -0.1, "mean_upper": 2.0},
            {"mean_difference": 1.0, "mean_lower": 0.1, "mean_upper": 2.0},
            "mean_lower -0.1 → 0.1: now excludes 0",
        ),
        ({"hr": 1.0, "smd": -0.1}, {"hr": 1.0, "smd": 0.1}, "smd -0.1 → 0.1"),
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


def test_a_change_is_told_absolutely_and_as_a_share_of_the_old_number() -> None:
    old, new = (
        results(t=[{"hr": -2.0, "n": 0, "p": 0.2}]),
        results(t=[{"hr": 1.0, "n": 3, "p": 0.3}]),
    )
    ratio, count, p = changes(old, new)
    assert (ratio.difference, ratio.relative) == (3.0, 1.5)
    assert (count.difference, count.relative) == (3.0, None)
    assert p.relative is None
    (lost,) = changes(results(t=[{"hr": 2.0}]), results(t=[{"hr": None}]))
    assert (lost.difference, lost.relative) == (None, None)


def updated() -> list[Change]:
    """A term whose p and interval crossed their limits, a p too small to write, a new row."""
    row = {"term": "age", "n": 80, "hr": 1.6, "lower": 1.1, "upper": 2.0, "p": 0.012}
    small = {"term": "afp", "p": 0.00000123}
    old = results(regression=[row, small])
    new = results(
        regression=[
            {**row, "n": 90, "hr": 1.2, "lower": 0.95, "p": 0.11}, {**small, "p": 0.2},
            {"term": "sex", "p": 0.5},
        ]
    )  # fmt: skip
    return list(changes(old, new))


def test_the_tables_name_conclusions_first_then_rows_then_numbers() -> None:
    conclusions, rows, numbers = tables(updated())
    assert conclusions.rows == (
        ("table-1, regression", "", "", ""),
        ("age", "", "", ""),
        ("lower", "1.1", "0.95", "now includes 1"),
        ("p", "0.012", "0.11", "no longer below 0.05"),
        ("afp", "", "", ""),
        ("p", "<0.0001", "0.2", "no longer below 0.05"),
    )
    assert conclusions.indents == (0, 1, 2, 2, 1, 2)
    assert rows.rows == (("table-1, regression, sex", "new"),)
    assert numbers.rows[2:] == (
        ("n", "80", "90", "+10", "+12.5"), ("hr", "1.6", "1.2", "−0.4", "−25.0"),
    )  # fmt: skip
    assert summary(updated()) == "3 conclusions changed; 5 numbers moved; 1 row came or went."
    assert (tables([]), summary([])) == ([], "No number moved.")


@pytest.mark.parametrize("width", [80, 120])
def test_the_tables_fit_a_terminal_without_being_divided(width: int) -> None:
    long = [
        Change("survival.1", "characteristics", "extrahepatic spread, yes, sorafenib (n=86)",
               "follow_up_lower", 1234.56, 12345.67)
    ]  # fmt: skip
    for moved in (updated(), long):
        for table in tables(moved):
            text = grid_text(table, width)
            assert "continued" not in text
            assert max(map(len, text.splitlines())) <= width
