"""Cells beside plain numbers: words for missing, marks, blanks, percent signs, codes."""

from __future__ import annotations

import numpy as np
import openpyxl
import pytest

from hcc2l import cox, km, read_cohort
from hcc2l.cohort import Cohort, Column
from hcc2l.errors import InputError
from tests.conftest import Write
from tests.readers.test_delimited import LARGE, SMALL, set_large

pytestmark = pytest.mark.usefixtures("workplace")


def column(write: Write, *cells: str) -> Column:
    """A column of these cells."""
    rows = "".join(f"p{i}\t{cell}\n" for i, cell in enumerate(cells))
    return read_cohort(write("c.tsv", f"id\tx\n{rows}")).column("x")


@pytest.mark.parametrize("word", ["n.d.", "ND", "unknown", "Not done", "unbekannt", "不明", "미상"])
def test_a_word_for_missing_among_numbers_is_missing_and_counted(word: str, write: Write) -> None:
    read = column(write, "1.5", word, "2.5", word)
    assert read.kind == "number"
    assert np.isnan(read.values).tolist() == [False, True, False, True]
    assert read.words == {word: 2}


def test_a_word_for_missing_is_no_group(write: Write) -> None:
    read = column(write, "yes", "no", "unknown", "none")
    assert read.values.tolist() == ["yes", "no", None, "none"]
    assert read.words == {"unknown": 1}


def test_a_short_form_may_be_a_group(write: Write) -> None:
    assert column(write, "CR", "ND").values.tolist() == ["CR", "ND"]


def test_a_declared_level_is_never_missing(write: Write) -> None:
    write("hcc2l.toml", '[columns.x]\nlevels = ["yes", "no", "unknown"]\n')
    assert column(write, "yes", "no", "unknown").values.tolist() == ["yes", "no", "unknown"]


def test_words_for_missing_are_reported(write: Write) -> None:
    rows = "".join(f"p{i},{i},1,{'ab'[i % 2]}\n" for i in range(1, 9))
    report = km(write("c.csv", f"id,time,status,arm\n{rows}p9,9,0,unknown\n"), by="arm")
    (note,) = [n for n in report.notes if n.code == "missing-words"]
    assert "'unknown' (1)" in note.text


@pytest.mark.parametrize(
    ("cells", "numbers", "sign"),
    [
        (["2\u00a0957", "12\u202f345,5", "7"], [2957, 12345.5, 7], "the blank or apostrophe"),
        (["2'957", "12’345.5", "7"], [2957, 12345.5, 7], "the blank or apostrophe"),
        (["45%", "50 %", "7.5 %"], [45, 50, 7.5], "the percent sign"),
        (["７４", "63", "２.５"], [74, 63, 2.5], "full-width digits"),
    ],
)
def test_numbers_are_read_without_signs_that_are_told(
    cells: list[str], numbers: list[float], sign: str, write: Write
) -> None:
    read = column(write, *cells)
    assert read.values.tolist() == numbers
    (taken,) = read.taken
    assert taken.startswith(sign)


def test_percentages_beside_plain_numbers_are_not_mixed(write: Write) -> None:
    assert column(write, "45%", "0.5", "50%").kind == "text"


def test_a_mark_is_taken_away_only_where_it_is_declared(write: Write) -> None:
    assert column(write, "12.3*", "7.5").kind == "text"
    write("hcc2l.toml", '[columns.x]\nmarks = ["*"]\n')
    read = column(write, "12.3*", "7.5")
    assert read.values.tolist() == [12.3, 7.5]
    assert read.taken == {"the mark *": (1, "12.3*")}


def test_the_thousands_separator_of_a_column_can_be_declared(write: Write) -> None:
    with pytest.raises(InputError, match="ambiguous"):
        column(write, "1,234", "5,678")
    write("hcc2l.toml", '[columns.x]\nthousands = ","\n')
    assert column(write, "1,234", "5,678").values.tolist() == [1234, 5678]
    write("hcc2l.toml", '[columns.x]\ndecimal = ","\n')
    assert column(write, "1,234", "5,678").values.tolist() == [1.234, 5.678]


def from_workbook(*cells: object, decimal: str | None = None) -> Cohort:
    """A cohort with a column x of these cells."""
    book = openpyxl.Workbook()
    for row in [["id", "x"], *([f"p{i}", cell] for i, cell in enumerate(cells))]:
        book.active.append(row)
    book.save("c.xlsx")
    return read_cohort("c.xlsx", decimal=decimal)


def test_decimal_commas_of_a_workbook_are_told() -> None:
    cohort = from_workbook("9,675", "22,59", 7.0)
    assert cohort.column("x").values.tolist() == [9.675, 22.59, 7]
    assert "decimal commas" in cohort.source.remarks[0]


def test_the_decimal_sign_that_is_given_holds_in_a_workbook() -> None:
    assert from_workbook("1,234", "5", decimal=",").column("x").values.tolist() == [1.234, 5]
    assert from_workbook("1,234", "5", decimal=".").column("x").values.tolist() == [1234, 5]


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        (["10", "35", "50", "999", "999"], ("999", 2)),
        (["0.5", "3", "-99", "-99"], ("-99", 2)),
        (["0", "1", "2", "9", "9"], ("9", 2)),
        (["10", "35", "999"], None),
        (["600", "700", "999", "999"], None),
        (["60", "88", "99", "99"], None),
    ],
)
def test_nines_that_repeat_far_beyond_all_others_are_suspected(
    cells: list[str], code: tuple[str, int] | None, write: Write
) -> None:
    rows = "".join(f"p{i},{cell}\n" for i, cell in enumerate(cells))
    cohort = read_cohort(write("c.csv", f"id,x\n{rows}"))
    assert cohort.column("x").kind == "number"
    assert cohort.suspected_codes() == ({} if code is None else {"x": code})


def test_a_code_that_looks_missing_is_warned_of_and_stays_a_value(write: Write) -> None:
    rows = "".join(f"p{i},{i},1,{40 + i if i < 7 else 999}\n" for i in range(1, 9))
    report = km(write("c.csv", f"id,time,status,alt\n{rows}"), by="alt@50")
    assert [n.level for n in report.notes if n.code == "missing-code"] == ["warning"]
    assert report.provenance.analysed == 8


def test_the_error_for_a_marked_number_prints_the_line_for_the_dictionary(write: Write) -> None:
    cells = [f"{i}.5" for i in range(1, 20)] + ["n.x.", "7.25*"]
    rows = "".join(f"p{i},{i},1,{cell}\n" for i, cell in enumerate(cells, start=1))
    with pytest.raises(InputError, match=r"'7.25\*' is not a number; nor is 1 other") as caught:
        cox(write("c.csv", f"id,time,status,alb\n{rows}"), covariates=["alb"])
    assert 'marks = ["*"] for alb' in str(caught.value.hint)


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_the_readers_agree_about_cells(
    size: int, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_large(monkeypatch, size)
    rows = "".join(
        f"p{i}\t{cell}\n" for i, cell in enumerate(["1.5", "n.d.", "2\u00a0957", "n.d."])
    )
    cohort = read_cohort(write("c.tsv", f"id\tx\n{rows}"))
    read = cohort.column("x")
    assert np.nan_to_num(read.values, nan=-1).tolist() == [1.5, -1, 2957, -1]
    assert read.words == {"n.d.": 2}
    assert cohort.words_for_missing() == {"x": {"n.d.": 2}}
    assert [count for count, _ in read.taken.values()] == [1]
    broken = read_cohort(write("d.tsv", "id\tx\np1\t1.5\np2\t1.5\np3\t#REF!\n"))
    with pytest.raises(InputError, match=r"#REF! \(line 4\)"):
        broken.column("x")


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["64 ans", "70 ans"], [64, 70]), (["1.5 mg/dl", "2 mg/dL"], [1.5, 2]),
        (["12 %", "8%"], [12, 8]),
        (["64 ans", "70"], None), (["64 ans", "8 cm"], None), (["64 xy", "70 xy"], None),
    ],
)  # fmt: skip
def test_a_unit_behind_every_number_is_no_part_of_it(
    cells: list[str], values: list[float] | None, write: Write
) -> None:
    column = read_cohort(write("c.csv", "x\n" + "\n".join(cells) + "\n")).column("x")
    assert (column.values.tolist() if column.kind == "number" else None) == values


def test_a_minus_beside_a_plus_is_no_missing_value(write: Write) -> None:
    cohort = read_cohort(write("c.csv", "a,b\n+,1\n-,-\nNA,2\n"))
    assert cohort.column("a").values.tolist() == ["+", "-", None]
    assert cohort.column("b").missing.tolist() == [False, True, False]
