"""The ledger: where a published number stands in our results, and what is wrong with a line."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from hcc2l.compose.ledger import Ledger, Line, NotFoundError, NotMadeError, Place, find, read_ledger
from hcc2l.compose.published import Item, Printed, Published
from hcc2l.compose.study import read_study
from hcc2l.errors import UsageError
from tests.conftest import Write

STUDY = """
checklist = "strobe"
[[table]]
id = "table-1"
run = "table1"
[[figure]]
id = "figure-1"
run = ["km", "km"]
caption = "Curves"
"""
ONE = Printed("n", Decimal(1))
ITEMS = (
    Item("s.sex", "baseline", (Printed("values.A.n", Decimal(1)), Printed("values.B.n", Decimal(2)),
                               Printed("p", Decimal("0.1"))), {}),
    Item("s.os", "km", (ONE,), {"min": "1 day"}),
    Item("s.image", "cox", (), {}),
    Item("s.tab", "tables", (), {"content": "baseline"}),
)  # fmt: skip


def read(write: Write, text: str) -> Ledger:
    study = read_study(write("study.toml", STUDY))
    return read_ledger(write("ledger.toml", text), Published("s", "S", ITEMS), study)


def test_a_value_has_the_place_of_its_item_or_its_own(write: Write) -> None:
    line = read(write, """
[[item]]
id = "s.sex"
entry = "figure-1"
run = 1
table = "rows"
where = {variable = "sex"}
groups = {A = "lenvatinib"}
[item.at.p]
table = "tests"
[item.at."B.n"]
where = {variable = "men", share = 0.5}
times = 100
over = {run = 0, where = {variable = "all"}}
[item.at.B]
table = "b"
""").lines["s.sex"]  # fmt: skip
    assert line.number == 2
    assert line.place_of("values.A.n") == Place("figure-1", 1, "rows", {"variable": "sex"})
    assert line.place_of("p") == Place("figure-1", 1, "tests", {"variable": "sex"})
    assert line.place_of("values.B.pct") == Place("figure-1", 1, "b", {"variable": "sex"})
    assert line.place_of("values.B.n").times == 100
    assert line.place_of("values.B.n").over == Place("figure-1", 0, "rows", {"variable": "all"})
    assert line.place_of("values.B.n").where == {"variable": "men", "share": Decimal("0.5")}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('id = "s.sexx"\nentry = "table-1"', "publishes no item of this id. Did you mean 's.sex'"),
        ('entry = "table-1"', "id is missing."),
        ('id = 3\nentry = "table-1"', "id: 3 cannot be read here."),
        ('id = "s.os"\nentry = "table-2"', "has no entry 'table-2'. Did you mean 'table-1'?"),
        ('id = "s.os"\nentry = "figure-1"\nrun = 2', "run: figure-1 has 2 of them; the first is 0"),
        ('id = "s.os"\nentry = "table-1"\nrun = -1', "run: table-1 has 1 of them"),
        ('id = "s.os"\nentri = "table-1"', "there is no key 'entri'. Did you mean 'entry'?"),
        ('id = "s.os"\nentry = "table-1"\nrun = true', "run: True cannot be read here."),
        ('id = "s.os"', "entry is missing; or cannot = why there is none."),
        ('id = "s.tab"', "entry is missing"),
        ('id = "s.os"\nentry = "table-1"\n[item.at.m]\nkey = "n"', "the item has no value 'm'"),
        ('id = "s.os"\nentry = "table-1"\n[item.at.n]\nkye = "n"', "at n: there is no key 'kye'"),
        ('id = "s.os"\nentry = "table-1"\n[item.at.n]\nentry = "x"', "has no entry 'x'"),
        (
            'id = "s.os"\nentry = "table-1"\n[item.at.n]\nover = {entry = "y", kay = "n"}',
            "at n: there is no key 'kay'",
        ),
        ('id = "s.os"\nentry = "table-1"\n[item.at.n]\nminus = {entry = "y"}', "no entry 'y'"),
        ('id = "s.os"\nentry = "table-1"\nat = 3', "at: 3 cannot be read here."),
        ('id = "s.sex"\nentry = "table-1"\ngroups = {C = "x"}', "the item has no group 'C'"),
        ('id = "s.sex"\nentry = "table-1"\nwhere = {group = "x"}', "the item has several groups"),
    ],
)
def test_a_wrong_line_is_told_with_its_number(write: Write, text: str, fault: str) -> None:
    with pytest.raises(UsageError) as error:
        read(write, f'# a ledger\n[[item]]\nid = "s.image"\n\n[[item]]\n{text}')
    assert fault in error.value.message
    assert "line 5, " in error.value.message


def test_all_faults_are_told_together(write: Write) -> None:
    with pytest.raises(UsageError) as error:
        read(write, 'kind = 1\n[[item]]\nid = "a"\n[[item]]\nid = "b"\n[[item]]\nid = "s.image"\n'
             '[[item]]\nid = "s.image"')  # fmt: skip
    told = error.value.message
    assert "no key 'kind'" in told
    assert re.findall(r"line (\d), ", told) == ["2", "4", "8"]
    assert "line 6 is on the same item" in told


def test_a_ledger_that_is_no_toml_is_refused(write: Write) -> None:
    with pytest.raises(UsageError, match="ledger cannot be read"):
        read(write, "[[item]")


@pytest.mark.parametrize(
    "text",
    [
        'id = "s.image"',
        'id = "s.os"\ncannot = "no patient had it"',
        'id = "s.os"\n[item.at.n]\nentry = "table-1"',
        'id = "s.os"\nentry = "table-1"\n[item.at.min]\nequals = 0.03',
        'id = "s.tab"\nentry = "checklist"',
    ],
)
def test_a_line_may_be_as_short_as_that(write: Write, text: str) -> None:
    assert len(read(write, f"[[item]]\n{text}").lines) == 1


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
    return find(Printed(path, Decimal(1)), line, RESULTS)


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


def test_an_entry_that_failed_is_told_apart() -> None:
    with pytest.raises(NotMadeError, match="u could not be made"):
        find(ONE, Line(1, "s.x", Place("u", table="rows")), RESULTS)
