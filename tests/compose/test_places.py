"""Our values at the places that a ledger names, and what is told of a place that is not there."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from hcc2l.compose.ledger import Line, Place
from hcc2l.compose.places import NotFoundError, NotMadeError, find
from hcc2l.compose.published import Printed

ROWS = [
    {"variable": "sex", "level": "male", "group": "lenvatinib", "count": 14, "n": 17,
     "denominator": 17, "percent": 0.82},
    {"variable": "sex", "level": "male", "group": "all", "count": 33, "n": 40,
     "denominator": "known", "percent": None},
    {"variable": "time", "level": None, "group": "all", "count": None, "n": 40,
     "denominator": 40, "percent": None},
]  # fmt: skip
BANDS = [
    {"adverse_event": "pain", "band": band, "count": count, "n": 40}
    for band, count in (("any", 9), ("3-4", 2), ("3-5", 3))
]
RESULTS = {"t": [{"rows": ROWS, "events": BANDS, "none": []}]}


def found(path: str, where: dict[str, Any], table: str = "rows", **place: Any) -> float | None:
    line = Line(1, "s.x", Place("t", table=table, where=where, **place), {"LEN": "lenvatinib"})
    return find(Printed(path, Decimal(1)), line, RESULTS).number


def test_a_group_of_the_paper_is_the_group_of_the_row() -> None:
    sex = {"variable": "sex"}
    assert found("values.LEN.n", sex) == 14
    assert found("values.all.n", sex) == 33
    assert found("values.all.n", sex | {"group": "lenvatinib"}) == 14  # the ledger's own word


def test_a_field_of_the_paper_has_a_usual_key() -> None:
    sex = {"variable": "sex"}
    assert found("values.LEN.denom", sex) == 17
    assert found("values.all.denom", sex) == 40  # where `denominator` says which patients
    assert found("values.LEN.pct", sex) == pytest.approx(82)
    assert found("values.LEN.pct", sex, times=1.0) == 0.82
    assert found("values.LEN.n", sex, key="denominator") == 17
    assert found("n", {"variable": "time"}) == 40
    assert found("values.all.pct", sex) is None


def test_a_percentage_that_no_row_has_comes_from_its_count() -> None:
    assert found("any_grade.all.pct", {"adverse_event": "pain"}, "events") == pytest.approx(22.5)


@pytest.mark.parametrize(("grades", "count"), [("any_grade", 9), ("grade3_4", 2), ("grade_ge3", 3)])
def test_grades_of_the_paper_are_bands(grades: str, count: int) -> None:
    assert found(f"{grades}.all.n", {"adverse_event": "pain"}, "events") == count
    assert found(f"{grades}.all.n", {"variable": "sex"}) == 33  # a table without bands


def test_a_percentage_may_be_a_ratio_of_counts() -> None:
    sex = {"variable": "sex", "group": "lenvatinib"}
    n = Place("t", table="rows", where=sex, key="n", times=1.0)  # as the ledger is read
    assert found("pct", sex, key="count", over=n) == pytest.approx(100 * 14 / 17)


def test_a_value_may_be_a_ratio_or_a_difference_of_ours() -> None:
    sex = {"variable": "sex", "group": "lenvatinib"}
    at = Place("t", table="rows", where=sex, key="count")
    assert found("value", sex, key="n", over=at) == pytest.approx(17 / 14)
    assert found("value", sex, key="n", minus=at) == 3
    null = replace(at, where={"variable": "time"}, key="percent")
    assert found("value", sex, key="n", over=null) is None
    assert found("value", sex, key="n", minus=null) is None


@pytest.mark.parametrize("level", ["", "male"])
def test_an_empty_text_is_null(level: str) -> None:
    expected = 33 if level else 40
    assert found("n", {"level": level, "group": "all"}) == expected


@pytest.mark.parametrize("n", [17, Decimal("17.0"), "17"])
def test_numbers_are_compared_as_numbers(n: Any) -> None:
    assert found("n", {"n": n}) == 14


@pytest.mark.parametrize(
    ("where", "table", "fault"),
    [
        ({"variable": "sex"}, "row", "t has no table 'row'. Did you mean 'rows'?"),
        ({"variable": "sex"}, "", "t has no table ''. Choose from: rows, events, none."),
        ({"varable": "sex"}, "rows", "t rows has no column 'varable'. Did you mean 'variable'?"),
        ({"variable": "sexx"}, "rows", "t rows has no rows where variable = 'sexx'. variable: "
                                       "Did you mean 'sex'?"),
        ({"variable": "sex"}, "rows", "t rows has 2 rows where variable = 'sex'. They differ in "
                                      "group, count, n, denominator."),
        ({}, "none", "t none has no rows."),
        ({"sex": "male"}, "none", "t none has no rows where sex = 'male'."),
        ({"group": "lenvatinib", "level": ""}, "rows", "t rows has no rows where group = "
         "'lenvatinib', level = ''. level: Choose from: male."),
    ],
)  # fmt: skip
def test_a_row_that_is_not_there_or_not_the_only_one_is_told(
    where: dict[str, str], table: str, fault: str
) -> None:
    with pytest.raises(NotFoundError) as error:
        found("n", where, table)
    assert str(error.value) == fault


def test_a_key_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(NotFoundError, match=r"no number under median; it has variable, level"):
        found("median_months", {"group": "lenvatinib"})


def test_a_key_that_the_ledger_names_is_not_replaced_by_another() -> None:
    with pytest.raises(NotFoundError, match="no number under level"):
        found("values.all.pct", {"variable": "sex"}, key="level")


def test_an_entry_that_failed_is_told_apart() -> None:
    with pytest.raises(NotMadeError, match="u could not be made"):
        find(Printed("n", Decimal(1)), Line(1, "s.x", Place("u", table="rows")), RESULTS)


@pytest.mark.parametrize(
    ("path", "place", "where"),
    [
        ("values.LEN.n", {"where": {"variable": "sex"}},
         "t rows [variable=sex, group=lenvatinib] count"),
        ("n", {"where": {"variable": "time"}}, "t rows [variable=time] n"),
        ("median", {"where": {"level": ""}, "key": "percent"}, "t rows [level=null] percent"),
        ("pct", {"where": {"group": "lenvatinib"}, "key": "count",
                 "over": Place("t", table="rows", where={"variable": "time"}, key="n")},
         "t rows [group=lenvatinib] count / t rows [variable=time] n"),
    ],
)  # fmt: skip
def test_the_place_of_a_value_is_that_of_json(path: str, place: dict[str, Any], where: str) -> None:
    line = Line(1, "s.x", Place("t", table="rows", **place), {"LEN": "lenvatinib"})
    assert find(Printed(path, Decimal(1)), line, RESULTS).where == where


def test_a_run_of_several_has_the_id_that_it_has_in_json() -> None:
    line = Line(1, "s.x", Place("u", 1, "rows", {"variable": "time"}))
    tables = RESULTS["t"][0]
    assert find(Printed("n", Decimal(1)), line, {"u": [tables, tables]}).where == (
        "u.2 rows [variable=time] n"
    )
