"""Verdicts: rounding as printed, what is demanded otherwise, and the worst value of an item."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcc2l.compose.ledger import CHECKLIST, Ledger, Line, Place
from hcc2l.compose.published import Item, Printed, Published
from hcc2l.compose.verdicts import JudgedItem, Verdict, as_printed, judge, within_bound

DIGITS = st.integers(0, 4)


@given(ours=st.floats(-1000, 1000), places=DIGITS)
def test_a_number_equals_what_it_is_rounded_to(ours: float, places: int) -> None:
    unit = Decimal(1).scaleb(-places)
    for rounding in (ROUND_HALF_EVEN, ROUND_HALF_UP):
        assert as_printed(ours, Decimal(ours).quantize(unit, rounding))


@given(whole=st.integers(-(10**6), 10**6), places=DIGITS)
def test_a_half_way_value_equals_both_of_its_neighbours(whole: int, places: int) -> None:
    half = (Decimal(whole) + Decimal("0.5")).scaleb(-places)
    assert as_printed(float(half), Decimal(whole).scaleb(-places))
    assert as_printed(float(half), Decimal(whole + 1).scaleb(-places))


@given(whole=st.integers(-(10**6), 10**6), places=DIGITS, off=st.floats(0.501, 50))
def test_a_number_further_off_does_not_equal_it(whole: int, places: int, off: float) -> None:
    printed = Decimal(whole).scaleb(-places)
    for sign in (-1, 1):
        assert not as_printed(float(printed) + sign * off * 10.0**-places, printed)


@pytest.mark.parametrize(
    ("ours", "printed", "significant", "equal"),
    [
        (13.634, "13.6", 3, True),  # printed as 13.60: three digits and a zero
        (13.66, "13.6", 3, False),
        (6.604, "6.6", 3, True),  # printed as 6.60
        (6.637, "6.6", 3, False),
        (6.637, "6.6", 0, True),
        (20.829, "20.83", 3, True),
        (20.84, "20.83", 3, False),
        (0.4, "0", 3, True),
    ],
)
def test_zeros_at_the_end_may_be_lacking(
    ours: float, printed: str, significant: int, equal: bool
) -> None:
    assert as_printed(ours, Decimal(printed), significant) == equal


@pytest.mark.parametrize(
    ("kind", "texts", "field", "inside", "outside"),
    [
        ("cox", {"model": "univariable"}, "hr", 1.0099, 1.0101),
        ("cox", {"model": "univariable"}, "ci_low", 1.0199, 1.0201),
        ("cox", {"model": "multivariable"}, "hr", 0.9701, 0.9699),
        ("cox", {"model": "multivariable (stepwise)"}, "ci_high", 0.9501, 0.9499),
        ("cox", {"model": "multivariable"}, "p", 1.0999, 1.1001),
        ("km", {"factor": "ecog"}, "median_months", 0.9001, 0.8999),
        ("km", {"factor": "ecog"}, "ci_high", 1.0999, 1.1001),
        ("km", {"factor": "ecog"}, "survival_pct", 1.2999, 1.3001),
        ("logrank", {}, "p", 0.9001, 0.8999),
        ("km", {"factor": "ecog"}, "n", 1.0, 1.0001),
        ("km", {}, "median_months", 1.0, 1.0001),
        ("baseline", {}, "median", 1.0, 1.0001),
        ("logistic", {"model": "univariable"}, "or", 1.0, 1.0001),
        ("logistic", {"model": "multivariable"}, "or", 1.0299, 1.0301),
    ],
)
def test_what_is_demanded_of_each_kind(
    kind: str, texts: dict[str, str], field: str, inside: float, outside: float
) -> None:
    item = Item("x", kind, (), texts)
    assert within_bound(inside, Decimal("1.000"), item, field)
    assert not within_bound(outside, Decimal("1.000"), item, field)


def judged(
    *values: Printed,
    ours: dict[str, Any],
    kind: str = "km",
    study: str = "s",
    place: Place | None = None,
    at: dict[str, Place] | None = None,
) -> JudgedItem:
    """An item whose row has these values under the names of the paper."""
    item = Item("s.x", kind, values, {"name": "six"}, note="doubtful")
    found = place or Place(entry="t", table="rows")
    ledger = Ledger(Path("ledger.toml"), {"s.x": Line(1, "s.x", found, at=at or {})})
    (one,) = judge(Published(study, "S", (item,)), ledger, {"t": [{"rows": [ours]}]})
    return one


def printed(path: str, number: str | None, **more: Any) -> Printed:
    return Printed(path, None if number is None else Decimal(number), **more)


def test_the_worst_value_decides() -> None:
    found = judged(
        printed("n", "81"), printed("p", "0.017"), printed("median", "7.4"),
        ours={"n": 81, "p": 0.0156, "median": 7.5},
    )  # fmt: skip
    assert [v.verdict for v in found.values] == [
        Verdict.AS_PRINTED, Verdict.WITHIN_BOUND, Verdict.MISSED,
    ]  # fmt: skip
    assert (found.verdict, found.why) == (Verdict.MISSED, "median: 7.5 instead of 7.4")
    assert found.values[2].difference == pytest.approx(0.1)
    assert not found.verdict.reached


@pytest.mark.parametrize(
    ("sign", "ours", "reached"),
    [("<", 0.0009, True), ("<", 0.001, False), (">", 0.0011, True), (">", 0.001, False)],
)
def test_a_printed_limit_of_p_is_kept(sign: str, ours: float, reached: bool) -> None:
    found = judged(printed("p", "0.001", sign=sign), ours={"p": ours})
    assert found.verdict == (Verdict.AS_PRINTED if reached else Verdict.MISSED)


@pytest.mark.parametrize(("ours", "reached"), [(None, True), (14.2, False)])
def test_a_limit_not_estimable_has_to_be_null(ours: float | None, reached: bool) -> None:
    found = judged(printed("ci_high", None), ours={"upper": ours})
    assert found.verdict.reached == reached
    assert reached or found.why == "ci_high: 14.2 instead of not estimable"


def test_a_number_that_we_cannot_estimate_is_missed() -> None:
    found = judged(printed("median", "7.4"), ours={"median": None})
    assert (found.verdict, found.why) == (Verdict.MISSED, "median: not estimable instead of 7.4")


def test_what_is_believed_instead_is_contradicted_by_the_paper() -> None:
    value = printed("pct", "54.3", trust=Decimal("44.4"))
    found = judged(value, ours={"percent": 0.4444})
    assert (found.verdict, found.why) == (Verdict.CONTRADICTED, "doubtful")
    assert judged(value, ours={"percent": 0.543}).verdict is Verdict.AS_PRINTED
    assert judged(value, ours={"percent": 0.50}).verdict is Verdict.MISSED


def test_only_the_worst_values_give_the_reason() -> None:
    believed = printed("pct", "54.3", trust=Decimal("44.4"))
    found = judged(believed, printed("n", "7"), ours={"percent": 0.444, "n": 8})
    assert (found.verdict, found.why) == (Verdict.MISSED, "n: 8 instead of 7")


def test_a_withdrawn_value_cannot_be_missed() -> None:
    found = judged(printed("max", "68", withdrawn=True), ours={"max": 6.8})
    assert found.verdict is Verdict.CONTRADICTED


def test_a_named_contradiction_excuses_a_miss_and_nothing_else() -> None:
    place = Place(entry="t", table="rows", contradicted="18/23 is printed once as 17/23")
    missed = judged(printed("n", "17"), ours={"n": 18}, place=place)
    assert (missed.verdict, missed.why) == (Verdict.CONTRADICTED, place.contradicted)
    assert judged(printed("n", "18"), ours={"n": 18}, place=place).verdict is Verdict.AS_PRINTED
    near = judged(printed("p", "0.10"), ours={"p": 0.107}, place=place)
    assert (near.verdict, near.why) == (Verdict.WITHIN_BOUND, "")


def test_one_value_that_cannot_be_reached_is_named_and_the_others_are_compared() -> None:
    found = judged(
        printed("n", "18"), printed("median", "9"), ours={"n": 18},
        at={"median": Place(cannot="it lies below its parts")},
    )  # fmt: skip
    assert [v.verdict for v in found.values] == [Verdict.AS_PRINTED, Verdict.CANNOT]
    assert (found.verdict, found.why) == (Verdict.CANNOT, "it lies below its parts")


def test_symmetric_limits_of_spss_are_not_compared() -> None:
    values = printed("median_months", "6.5"), printed("ci_low", "4.3")
    ours = {"median": 6.5, "lower": 5.0}
    assert judged(*values, ours=ours, study="tog2025").verdict is Verdict.AS_PRINTED
    assert judged(*values, ours=ours).verdict is Verdict.MISSED


def test_words_are_compared_where_the_ledger_gives_them_a_place() -> None:
    place = Place(entry="t", table="rows")
    same = judged(ours={"name": "six"}, at={"name": place})
    assert same.verdict is Verdict.AS_PRINTED
    other = judged(ours={"name": "7"}, at={"name": place})
    assert (other.verdict, other.why) == (Verdict.MISSED, "name: 7 instead of six")
    named = Place(entry="t", table="rows", key="count", equals=Decimal(6))
    assert judged(ours={"count": 6}, at={"name": named}).verdict is Verdict.AS_PRINTED
    assert judged(ours={"name": "six"}).verdict is Verdict.OUTSIDE  # not asked for


def whole(
    entry: str, *verdicts: int | None, made: bool = True, content: str = "counts"
) -> JudgedItem:
    """A table whose entry holds an item for each number: ours, where 1 is printed.

    Of the last one the paper prints no number.
    """
    items = [Item(f"s.{i}", "km", (printed("n", "1"),), {}) for i in range(len(verdicts))]
    items.append(Item(f"s.{len(verdicts)}", "km", (), {}))
    table = Item("s.tab", "tables", (), {"content": content})
    lines = {
        f"s.{i}": Line(1, f"s.{i}", Place("t", table="rows", where={"row": i}))
        if ours is not None
        else Line(1, f"s.{i}", Place("t", cannot="why not"))
        for i, ours in enumerate(verdicts)
    }
    lines[items[-1].id] = Line(1, items[-1].id, Place("t"))
    lines["s.tab"] = Line(1, "s.tab", Place(entry))
    rows = [{"row": i, "n": ours} for i, ours in enumerate(verdicts)]
    results = {"t": [{"rows": rows}]} if made else {}
    found = judge(Published("s", "S", (table, *items)), Ledger(Path(), lines), results)
    return found[0]


def test_a_table_is_reached_when_it_is_made_with_all_its_items() -> None:
    assert whole("t", 1, 1).verdict is Verdict.AS_PRINTED
    lost = whole("t", 1, 2, None)
    assert (lost.verdict, lost.why) == (Verdict.MISSED, "2 of 3 items not reached: 1, 2")
    assert whole("t", 1, None).verdict is Verdict.CANNOT
    assert whole("t", made=False).verdict is Verdict.MISSED
    assert whole("t", 1, made=False).why == "t was not made"
    assert whole(CHECKLIST, made=False).verdict is Verdict.AS_PRINTED


def test_a_figure_of_which_nothing_is_known_is_outside_unless_it_is_made() -> None:
    assert whole("", content="image only").verdict is Verdict.OUTSIDE
    assert whole("t", content="image only").verdict is Verdict.AS_PRINTED


def test_an_item_without_a_line_has_no_verdict_unless_it_is_outside() -> None:
    inside = Item("s.a", "km", (printed("n", "1"),), {})
    outside = Item("s.b", "km", (), {})
    found = judge(Published("s", "S", (inside, outside)), Ledger(Path(), {}), {})
    assert [one.verdict for one in found] == [Verdict.NONE, Verdict.OUTSIDE]
    assert found[0].why == "not in the ledger"
