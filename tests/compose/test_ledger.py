"""The ledger: where a published number stands in our results, and what is wrong with a line."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from hcc2l.compose.ledger import Ledger, Place, read_ledger
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
    assert line.place_of("values.B.n").over == Place(
        "figure-1", 0, "rows", {"variable": "all"}, times=1.0
    )
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
