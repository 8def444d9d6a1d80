"""`<0.5` and `>10000` among numbers: the limit, counted in a note; and what stays a group."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

import hcc2l
from tests.conftest import Run, Write
from tests.readers.test_delimited import LARGE, cells, read, same_in_both, set_large

VALUES = ["12", "30.5", "<0.5", "400", "", ">10000", "7", "≤ 2", "88", ">=500", "61"]
NUMBERS = [12, 30.5, 0.5, 400, None, 10000, 7, 2, 88, 500, 61]


def column(values: list[str], name: str = "afp") -> str:
    return f"id,{name}\n" + "".join(f"p{i},{v}\n" for i, v in enumerate(values))


def test_a_limit_among_numbers_is_read_as_the_limit() -> None:
    found = same_in_both(column(VALUES))
    assert found.kinds == ("text", "number")
    assert found.cells["afp"] == NUMBERS


def test_a_limit_with_a_decimal_comma_is_read() -> None:
    text = "id;afp\n" + "".join(f"p{i};{v}\n" for i, v in enumerate(["<0,5", "1,5", "2,5", "30,1"]))
    assert same_in_both(text).cells["afp"] == [0.5, 1.5, 2.5, 30.1]


def test_many_different_values_with_limits_are_read_alike() -> None:
    values = [f"{i / 7:.4f}" for i in range(3000)]
    values[10], values[2000] = "<0.5", ">10000"
    found = same_in_both(column(values))
    assert (found.cells["afp"][10], found.cells["afp"][2000]) == (0.5, 10000)
    assert found.kinds == ("text", "number")


@pytest.mark.parametrize(
    "values",
    [
        ["<65", "≥65", "<65", "≥65"],
        ["0", "1", "2", "≥3", "1", "0"],
        ["<5", "<5", "<5", "12", "30"],
        ["<5", "12", "30", "high"],
        ["<007", "12", "30", "44"],
    ],
    ids=["a cut", "codes", "mostly limits", "another word", "no number"],
)
def test_what_is_no_measurement_stays_a_text(values: list[str]) -> None:
    found = same_in_both(column(values))
    assert found.kinds == ("text", "text")
    assert found.cells["afp"] == values


def test_the_dictionary_decides_otherwise() -> None:
    few = column(["0", "1", "2", "≥3"])
    number = '[columns.afp]\ntype = "numeric"\n'
    assert same_in_both(few, dictionary=number).cells["afp"] == [0, 1, 2, 3]
    for entry in ('type = "factor"', 'levels = ["<0.5", "12"]', 'type = "text"'):
        found = same_in_both(column(["12", "30.5", "<0.5", "400"]),
                             dictionary=f"[columns.afp]\n{entry}\n")  # fmt: skip
        assert found.kinds == ("text", "text"), entry


def test_the_limits_of_an_excel_sheet_are_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in [("id", "afp"), ("a", 12.5), ("b", "<0.5"), ("c", 900), ("d", 31)]:
        book.active.append(row)
    book.save(tmp_path / "c.xlsx")
    cohort = hcc2l.read_cohort(tmp_path / "c.xlsx")
    assert cells(cohort)["afp"] == [12.5, 0.5, 900, 31]
    assert dict(cohort.limits()["afp"]) == {1: "<0.5"}


def test_a_saved_cohort_keeps_the_cells_as_they_were_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    for size in (1 << 60, LARGE):
        set_large(monkeypatch, size)
        cohort = read(column(["12", "30.5", "<0.5", "400", "<0.5"]))
        saved = cohort.to_csv({}, ~cohort.column("afp").missing)
        assert [line.partition(",")[2] for line in saved.splitlines()] == [
            "afp", "12", "30.5", "<0.5", "400", "<0.5",
        ]  # fmt: skip


HEAD = "patient_id,os_months,death,response,afp,age\n"
ROWS = "".join(
    f"P{i},{i % 11 + 1},{int(i % 3 > 0)},{'PD' if i % 2 else 'SD'},"
    f"{'<0.5' if i in (3, 9) else ('>10000' if i == 7 else i * 37 % 400 + 1)},{50 + i}\n"
    for i in range(40)
)
COMMANDS = [
    ("km", "--by", "afp@100"),
    ("cox", "-x", "afp"),
    ("logistic", "--outcome", "response=PD", "-x", "afp"),
    ("roc", "--outcome", "response=PD", "--marker", "afp"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c[0])
def test_every_command_counts_the_limits_it_used(
    command: tuple[str, ...], run: Run, write: Write
) -> None:
    write("c.csv", HEAD + ROWS)
    outcome = run(command[0], "c.csv", *command[1:])
    assert outcome.status == 0, outcome.err
    limits = "3 cells are detection limits (<0.5, >10000)"
    text = f"note: afp: {limits}; the limit itself is used as the value."
    assert text in outcome.messages("note")


def test_limits_in_a_column_that_is_not_used_are_not_mentioned(run: Run, write: Write) -> None:
    write("c.csv", HEAD + ROWS)
    assert "detection" not in run("cox", "c.csv", "-x", "age").err


def test_a_condition_reads_the_limit_as_a_number(run: Run, write: Write) -> None:
    write("c.csv", HEAD + ROWS)
    outcome = run("km", "c.csv", "--where", "afp>=10000", "--json", "--quiet")
    assert outcome.json["analysed"]["rows"] == 1


def test_a_group_with_a_limit_says_how_to_make_it_a_number(run: Run, write: Write) -> None:
    write("c.csv", "os_months,death,n\n1,1,1\n2,1,≥3\n3,0,2\n4,1,1\n")
    outcome = run("km", "c.csv", "--by", "n@2")
    assert outcome.status == 2
    assert 'type = "numeric" for n in hcc2l.toml' in outcome.err
