"""Published and reproduced numbers side by side, as papers write them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hcc2l.compose.published import Item, Printed
from hcc2l.compose.reproduced import comparison, record, summary
from hcc2l.compose.verdicts import Judged, JudgedItem, Verdict

GOOD = Verdict.AS_PRINTED


def one(*values: Judged, verdict: Verdict = GOOD, kind: str = "km", why: str = "") -> JudgedItem:
    item = Item("s.km.os", kind, tuple(value.printed for value in values), {})
    return JudgedItem(item, "table-1", verdict, values, why)


def value(
    path: str, number: str | None, ours: float | None, verdict: Verdict = GOOD, sign: str = "="
) -> Judged:
    printed = Printed(path, None if number is None else Decimal(number), sign)
    why = "" if verdict is GOOD else f"why of {path}"
    return Judged(printed, ours, verdict, why, where=f"table-1 groups {path}")


@pytest.mark.parametrize(
    ("values", "published", "reproduced"),
    [
        ([("n", "17", 17), ("denom", "81", 81), ("pct", "21.0", 20.988)],
         "17/81 (21.0%)", "17/81 (21.0%)"),
        ([("n", "3", 3), ("denom", "9", 9)], "3/9", "3/9"),
        ([("n", "506", 506)], "506", "506"),
        ([("pct", "13.1", 11.76)], "13.1%", "11.8%"),
        ([("n", "81", 81), ("events", "57", 57), ("median_months", "7.43", 7.425),
          ("ci_low", "6.64", 6.636), ("ci_high", None, None)],
         "n 81, events 57, 7.43 (6.64–NE)", "n 81, events 57, 7.42 (6.64–NE)"),
        ([("median", "63", 63), ("min", "26", 26), ("max", "84", 84)], "63 (26–84)", "63 (26–84)"),
        ([("hr", "1.66", 1.663), ("ci_low", "0.89", 0.886), ("ci_high", "3.12", 3.119),
          ("p", "0.11", 0.1132)], "1.66 (0.89–3.12), p 0.11", "1.66 (0.89–3.12), p 0.11"),
        ([("survival_pct.12m", "40.1", 40.12), ("survival_pct.24m", "12.0", 12.1)],
         "12m 40.1%, 24m 12.0%", "12m 40.1%, 24m 12.1%"),
        ([("p_matched", "0.617", 0.6171)], "p matched 0.617", "p matched 0.617"),
    ],
)  # fmt: skip
def test_values_are_written_together(
    values: list[tuple[str, str | None, float | None]], published: str, reproduced: str
) -> None:
    table = comparison([one(*(value(*each) for each in values))])
    assert table.headers == ("Item", "Published", "Reproduced", "Verdict")
    assert table.rows == (("km.os", published, reproduced, "as printed"),)


def test_a_bound_of_p_stands_beside_our_p() -> None:
    (row,) = comparison([one(value("p", "0.001", 0.00004, sign="<"))]).rows
    assert row[1:3] == ("p <0.001", "p <0.001")


def test_a_difference_that_rounding_hides_is_shown() -> None:
    (row,) = comparison([one(value("median", "6.6", 6.637, Verdict.MISSED))]).rows
    assert row[1:3] == ("6.6", "6.64")


def test_every_group_has_a_line_with_its_own_verdict_and_reason() -> None:
    table = comparison([
        one(value("values.A.n", "3", 3), value("values.B.n", "5", 4, Verdict.MISSED),
            value("grade3_4.B.n", "1", 1), value("p", "0.1", 0.1)),
    ])  # fmt: skip
    assert table.rows == (
        ("km.os", "", "", ""),
        ("A", "3", "3", "as printed"),
        ("B", "5", "4", "missed: why of values.B.n"),
        ("B, grade 3–4", "1", "1", "as printed"),
        ("between groups", "p 0.1", "p 0.1", "as printed"),
    )
    assert table.indents == (0, 1, 1, 1, 1)


def test_limits_that_are_not_compared_do_not_decide_a_line() -> None:
    values = value("median", "6.5", 6.5), value("ci_low", "4.3", 5.0, Verdict.NOT_COMPARED)
    (row,) = comparison([one(*values)]).rows
    assert row[-1] == "as printed"


def test_what_was_not_looked_for_is_a_dash() -> None:
    item = Item("s.km.os", "km", (Printed("n", Decimal(5)),), {})
    cannot = JudgedItem(item, "", Verdict.CANNOT, why="no such patients")
    assert comparison([cannot]).rows == (("km.os", "5", "–", "cannot: no such patients"),)
    groups = Item("s.x", "km", tuple(Printed(f"values.{g}.n", Decimal(5)) for g in "AB"), {})
    assert comparison([JudgedItem(groups, "", Verdict.CANNOT, why="no")]).rows == (
        ("x", "", "", "cannot: no"), ("A", "5", "–", ""), ("B", "5", "–", ""),
    )  # fmt: skip


def test_items_are_counted_by_kind_and_those_outside_have_no_share() -> None:
    items = [
        one(), one(verdict=Verdict.WITHIN_BOUND), one(verdict=Verdict.CONTRADICTED),
        one(verdict=Verdict.MISSED), one(verdict=Verdict.OUTSIDE),
        one(verdict=Verdict.CANNOT, kind="adverse_events"),
        one(verdict=Verdict.OUTSIDE, kind="roc"),
    ]  # fmt: skip
    table = summary(items)
    assert table.headers == (
        "Kind", "Items", "Outside", "As printed", "Within the stated bound",
        "Contradicted by the paper", "Missed", "Cannot", "No verdict", "Reached",
    )  # fmt: skip
    assert table.rows == (
        ("km", "5", "1", "1", "1", "1", "1", "0", "0", "75.0%"),
        ("adverse events", "1", "0", "0", "0", "0", "0", "1", "0", "0.0%"),
        ("roc", "1", "1", "0", "0", "0", "0", "0", "0", "–"),
        ("all", "7", "2", "1", "1", "1", "1", "1", "0", "60.0%"),
    )


def test_json_holds_the_values_by_their_paths() -> None:
    values = value("n", "5", 4, Verdict.MISSED), value("ci_high", None, None)
    assert record(one(*values, verdict=Verdict.MISSED, why="n: 4 instead of 5")) == {
        "id": "s.km.os",
        "kind": "km",
        "entry": "table-1",
        "published": {"n": 5.0, "ci_high": None},
        "reproduced": {"n": 4, "ci_high": None},
        "difference": {"n": -1.0, "ci_high": None},
        "verdict": "missed",
        "why": "n: 4 instead of 5",
        "where": {"n": "table-1 groups n", "ci_high": "table-1 groups ci_high"},
    }
