"""Decimal signs and thousands separators: decided column by column, told, or asked; never guessed.

1,118 is 1118 where the comma separates thousands and 1.118 where it is the decimal sign.
"""

from __future__ import annotations

import csv
import io
import random
from pathlib import Path

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import hcc2l
from hcc2l.cohort import Cohort
from hcc2l.errors import InputError, UsageError
from hcc2l.number_format import NumberFormat, column_format, decimal_sign, file_decimal, number_text
from tests.conftest import Run, Write
from tests.readers.test_delimited import (
    LARGE,
    SMALL,
    _either_reader,  # noqa: F401 - the fixture of both_readers
    both_readers,
    read,
    same_in_both,
    set_large,
)

FILES = Path(__file__).parent / "data"
THOUSANDS = FILES / "thousands.csv"


def table(cells: list[str], sep: str = ",", **columns: list[str]) -> str:
    """A file with an id, the column `x`, and further columns of the same length."""
    file = io.StringIO()
    writer = csv.writer(file, delimiter=sep, lineterminator="\n")
    writer.writerow(["id", "x", *columns])
    for i, row in enumerate(zip(cells, *columns.values(), strict=True)):
        writer.writerow([f"p{i}", *row])
    return file.getvalue()


def numbers(cells: list[str], sep: str = ",", **options: str) -> list[object]:
    """The column `x` as both readers read it."""
    return same_in_both(table(cells, sep), **options).cells["x"]


def refused(text: str, **options: str) -> str:
    """What both readers say when they refuse the column `x`."""
    return same_in_both(text, **options).error


def told(cohort: Cohort) -> NumberFormat:
    cohort.column("x")
    return cohort.number_formats()["x"]


# ---------------------------------------------------------------- one cell


@pytest.mark.parametrize(
    ("cell", "sign"),
    [
        ("22,59", ","), ("0,5", ","), ("0,118", ","), (",5", ","), ("1,1184", ","),
        ("1234,567", ","),
        ("1.234.567", ","), ("1.234,5", ","), ("-22,59", ","), ("<0,5", ","), ("1,5e3", ","),
        ("22.59", "."), ("0.118", "."), ("1234.567", "."), ("1,234,567", "."), ("1,234.5", "."),
        ("≥ 1,234.5", "."), ("+.5", "."), ("1.234e5", "."),
        ("1,118", "?"), ("1.118", "?"), ("-12,345", "?"), ("999.000", "?"), (">1,000", "?"),
        ("118", ""), ("1118", ""), ("n.d.", ""), ("31.12.2020", ""), ("1,2,3", ""),
        ("1,11,118", ""),
        ("12.34.567", ""), ("", ""), ("1,234,56", ""), ("01,234,567", ""), ("007,5", ""),
    ],
)  # fmt: skip
def test_the_decimal_sign_that_a_cell_proves(cell: str, sign: str) -> None:
    assert decimal_sign(cell) == sign


@pytest.mark.parametrize(
    ("decimal", "cell", "value"),
    [
        (".", "1,118", 1118), (".", "1,234,567", 1234567), (".", "1,234.5", 1234.5),
        (".", "5.5", 5.5),
        (".", "-1,118", -1118), (".", "22,59", None), (".", "1,1184", None),
        (".", "1234,567", None),
        (".", "0,118", None), (".", "1.234.567", None), (".", "1,234.5e3", None),
        (",", "1.118", 1118), (",", "1.234,5", 1234.5), (",", "22,59", 22.59), (",", "0.118", None),
        (",", "1.118.5", None), (",", "118", 118),
    ],
)  # fmt: skip
def test_separators_part_groups_of_three_digits(
    decimal: str, cell: str, value: float | None
) -> None:
    form = NumberFormat(decimal, grouped=True)
    assert form.parse(cell) == value
    assert form.limit(f"< {cell}") == value
    assert form.limit(cell) is None


def test_a_sign_that_is_no_separator_makes_a_text() -> None:
    assert NumberFormat(".").parse("1,118") is None
    assert NumberFormat(",").parse("1.118") is None


@pytest.mark.parametrize(
    ("decimal", "cell", "plain"),
    [(".", "1,118", "1118"), (",", "1.118,50", "1118.50"), (",", "<0,5", "<0.5"),
     (",", "7,0", "7.0"),
        (".", "0.10", "0.10"), (".", "> 1,000", "> 1000"), (".", "n.d.", "n.d."),
     (".", "12345678901234567", "12345678901234567")],
)  # fmt: skip
def test_a_plain_cell_keeps_every_digit(decimal: str, cell: str, plain: str) -> None:
    assert NumberFormat(decimal, grouped=True).plain_cell(cell) == plain


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.0, "1"), (0.5, "0.5"), (1e15, "1000000000000000"), (2.0**60, "1152921504606846976"),
     (1e20, "100000000000000000000"), (1e21, "1e+21"), (1e-7, "1e-07"), (-3.0, "-3")],
)  # fmt: skip
def test_whole_numbers_are_written_with_all_their_digits(value: float, text: str) -> None:
    assert number_text(value) == text
    assert float(text) == value


@pytest.mark.parametrize(
    ("cells", "decimal"),
    [
        ([], None), (["1,118", "1.118", "5"], None), (["7,5"], ","), (["7.5"], "."),
        (["7.5", "8.5", "7,5"], "."), (["7.5", "8,5", "7,5"], ","), (["7.5", "7,5"], "."),
    ],
)  # fmt: skip
def test_the_decimal_sign_of_a_file_is_that_of_most_cells_that_prove_one(
    cells: list[str], decimal: str | None
) -> None:
    assert file_decimal(cells) == decimal


# ---------------------------------------------------------------- one column


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["344", "59.5", "1,118"], [344, 59.5, 1118]),
        (["344", "1,118", "1,234.5"], [344, 1118, 1234.5]),
        (["344", "1,118", "1,234,567"], [344, 1118, 1234567]),
        (["0.118", "1,118", "12.345"], [0.118, 1118, 12.345]),
        (["<0.5", "1,118", "9", "12"], [0.5, 1118, 9, 12]),
        (["9.5", "12", "77", ">1,000"], [9.5, 12, 77, 1000]),
    ],
)
def test_a_decimal_point_in_the_column_makes_its_commas_thousands(
    cells: list[str], values: list[float]
) -> None:
    assert numbers(cells) == values
    assert told(read(table(cells))).grouped


@pytest.mark.parametrize("sep", [",", ";"])
@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["344", "22,59", "1,118"], [344, 22.59, 1.118]),
        (["344", "22,59", "1.118"], [344, 22.59, 1118]),
        (["344", "1.234,5", "1.118"], [344, 1234.5, 1118]),
        (["344", "1.234.567", "1.118"], [344, 1234567, 1118]),
        (["<0,5", "1.118", "9", "12"], [0.5, 1118, 9, 12]),
        (["0,5", "12", "77", ">1.000"], [0.5, 12, 77, 1000]),
    ],
)
def test_a_decimal_comma_in_the_column_makes_its_points_thousands(
    sep: str, cells: list[str], values: list[float]
) -> None:
    assert numbers(cells, sep) == values


@pytest.mark.parametrize("sep", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    "cells", [["344", "1,118", "12,345"], ["1.118", "12,345"], ["4", ">1,000"]]
)
def test_groups_of_three_digits_after_a_comma_throughout_are_asked(
    sep: str, cells: list[str]
) -> None:
    error = refused(table([*cells, "7", "8"], sep))
    assert error.startswith("InputError")
    assert "column x" in error
    assert "--decimal" in error


def test_commas_are_asked_also_where_other_columns_have_decimal_commas() -> None:
    text = table(["1,118", "2,345"], ";", time=["7,5", "8,25"])
    assert "--decimal" in refused(text)


def test_the_question_says_what_each_answer_means() -> None:
    error = refused(table(["344", "1,118", "2,345"]))
    assert "the comma in 1,118, 2,345 may be a thousands separator or the decimal sign" in error
    assert "Use --decimal . if 1,118 means 1118, or --decimal , if it means 1.118." in error
    error = refused(table(["344", "1.118"], ";", time=["7,5", "8,5"]))
    assert "the point in 1.118 may be a thousands separator or the decimal sign" in error
    assert "Use --decimal , if 1.118 means 1118, or --decimal . if it means 1.118." in error


def test_points_are_asked_in_a_file_of_decimal_commas_alone() -> None:
    cells = ["344", "1.118", "12.345"]
    assert numbers(cells) == [344, 1.118, 12.345]
    assert numbers(cells, "\t") == [344, 1.118, 12.345]
    points = same_in_both(table(cells, ";", time=["7.5", "8.5", "9"]))
    assert points.cells["x"] == [344, 1.118, 12.345]
    assert "--decimal" in refused(table(cells, ",", time=["7,5", "8,5", "9"]))
    # Semicolons separate where the comma is the decimal sign, and nothing here says that it is not.
    assert "--decimal" in refused(table(cells, ";"))


@both_readers
def test_a_question_is_asked_only_of_a_column_that_is_used() -> None:
    cohort = read(table(["1,118", "2,345"], time=["7", "8"]))
    assert cohort.column("time").values.tolist() == [7, 8]
    with pytest.raises(InputError, match="--decimal"):
        cohort.column("x")


def test_both_signs_as_decimals_keep_a_column_text() -> None:
    assert numbers(["7.25", "8,5", "1,118"]) == ["7.25", "8,5", "1,118"]
    assert numbers(["7.25", "8,5", "1,118"], ";") == ["7.25", "8,5", "1,118"]


@pytest.mark.parametrize(
    ("decimal", "cells", "values"),
    [
        (".", ["344", "1,118", "2,345"], [344, 1118, 2345]),
        (",", ["344", "1,118", "2,345"], [344, 1.118, 2.345]),
        (".", ["344", "1.118"], [344, 1.118]),
        (",", ["344", "1.118"], [344, 1118]),
        (",", ["1.118", "2,345"], [1118, 2.345]),
        (".", ["9", "12", "44", ">1,000"], [9, 12, 44, 1000]),
        (".", ["344", "22,59"], ["344", "22,59"]),
        (",", ["344", "22.59"], ["344", "22.59"]),
    ],
)
def test_the_decimal_sign_that_is_given_decides(
    decimal: str, cells: list[str], values: list[object]
) -> None:
    assert numbers(cells, decimal=decimal) == values
    assert numbers(cells, ";", decimal=decimal) == values


def test_the_decimal_sign_of_the_dictionary_decides() -> None:
    dictionary = '[defaults]\ndecimal = "."\n'
    assert numbers(["344", "1,118"], dictionary=dictionary) == [344, 1118]


def test_a_wrong_decimal_sign_is_refused_with_the_option() -> None:
    with pytest.raises(UsageError) as caught:
        read(table(["1", "2"]), decimal=";")
    assert caught.value.where == "--decimal"


@pytest.mark.parametrize(
    "entry", ['type = "text"', 'type = "factor"', 'levels = ["1,118", "2,345"]', 'role = "id"']
)
def test_texts_and_levels_of_the_dictionary_are_never_asked(entry: str) -> None:
    dictionary = f"[columns.x]\n{entry}\n"
    assert numbers(["1,118", "2,345"], dictionary=dictionary) == ["1,118", "2,345"]


def test_a_missing_code_is_no_evidence() -> None:
    assert "--decimal" in refused(table(["1,118", "9.9", "2,345"]), na=["9.9"])


@both_readers
def test_cells_and_examples_of_the_separators_are_counted() -> None:
    cells = ["1,118", "1,118", "2,345", "3,456", "4,567", "7.5", "8"]
    form = column_format({c: cells.count(c) for c in cells}, ".", None)
    assert (form.decimal, form.cells) == (".", 5)
    assert form.examples == ("1,118", "2,345", "3,456")
    assert told(read(table(cells))).cells == 5


@both_readers
@pytest.mark.parametrize(
    ("cells", "sep", "count"),
    [
        (["22,59", "0,5", "7"], ",", 2),  # decimal commas among the file's points
        (["22,59", "0,5", "7"], ";", 0),  # noted for the whole file
        (["22.5", "0.5", "7"], ",", 0),
        (["22.5", "1.118", "7"], ",", 0),
    ],
)
def test_a_decimal_sign_other_than_the_files_is_told(
    cells: list[str], sep: str, count: int
) -> None:
    other = ["1.5"] * 3 if sep == "," else ["1,5"] * 3
    cohort = read(table(cells, sep, time=other))
    cohort.column("x")
    assert [form.cells for form in cohort.number_formats().values()] == [count] * bool(count)


# ---------------------------------------------------------------- long columns, large files


@pytest.mark.parametrize(
    "odd", ["1,118", "22,59", "1,234.5", "1.234.567", "<1,000", "1.118", "0,5"]
)
@pytest.mark.parametrize("sep", [",", ";"])
@pytest.mark.parametrize("decimal", [".", ",", ""])
def test_one_odd_cell_in_a_long_column_means_the_same_to_both_readers(
    odd: str, sep: str, decimal: str
) -> None:
    cells = [f"{i}{decimal}{'5' if decimal else ''}" for i in range(1200)]
    same_in_both(table([*cells, odd], sep))


def test_a_long_column_of_groups_of_three_is_asked_by_both_readers() -> None:
    rng = random.Random(5)
    cells = [f"{rng.randrange(1, 1000)},{rng.randrange(1000):03}" for _ in range(3000)]
    assert "--decimal" in refused(table(cells, ";"))
    assert "--decimal" in refused(table(cells, ","))
    pointed = [cell.replace(",", ".") for cell in cells]
    assert "--decimal" in refused(table(pointed, ";"))
    assert numbers(pointed)[0] == float(pointed[0])


# ---------------------------------------------------------------- what is written is what is read


CONVENTIONS = st.sampled_from([(".", ""), (".", ","), (",", ""), (",", ".")])


def written(value: int, places: int, decimal: str, separator: str) -> str:
    """`value` / 10^places with `places` decimals, in groups of three."""
    whole, rest = divmod(abs(value), 10**places)
    text = f"{whole:,}".replace(",", separator)
    return ("-" if value < 0 else "") + text + (f"{decimal}{rest:0{places}}" if places else "")


@settings(max_examples=150, deadline=None)
@given(
    values=st.lists(
        st.tuples(st.integers(-(10**7), 10**7), st.integers(0, 4)), min_size=1, max_size=6
    ),
    convention=CONVENTIONS,
    sep=st.sampled_from(",;\t"),
    given_decimal=st.booleans(),
)
@example(values=[(1118, 0)], convention=(".", ","), sep=",", given_decimal=False)
@example(values=[(1118, 3)], convention=(",", ""), sep=";", given_decimal=False)
@example(values=[(1118, 0), (5, 1)], convention=(",", "."), sep=",", given_decimal=False)
def test_numbers_of_any_convention_are_read_as_they_were_meant_or_refused(
    values: list[tuple[int, int]], convention: tuple[str, str], sep: str, given_decimal: bool
) -> None:
    decimal, separator = convention
    cells = [written(value, places, decimal, separator) for value, places in values]
    # Other columns show the convention of a file; without them 1.118 is a plain number.
    time = [f"7{decimal}5"] * len(cells)
    options = {"decimal": decimal} if given_decimal else {}
    result = same_in_both(table(cells, sep, time=time), sep=sep, **options)
    if result.error:
        assert "--decimal" in result.error
        assert not given_decimal
    else:
        assert result.cells["x"] == [value / 10**places for value, places in values]


# ---------------------------------------------------------------- workbooks


def workbook(path: Path, cells: list[object], **options: str) -> Cohort:
    book = openpyxl.Workbook()
    book.active.append(["id", "x"])
    for i, cell in enumerate(cells):
        book.active.append([f"p{i}", cell])
    book.save(path)
    return hcc2l.read_cohort(path, **options)


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        ([344, "59.5", "1,118"], [344, 59.5, 1118]),
        ([344.5, "22,59", "1,118"], [344.5, 22.59, 1.118]),
        ([1.118, "22,59", "1.118"], [1.118, 22.59, 1118]),
        ([7, "12.5", 9, ">1,000"], [7, 12.5, 9, 1000]),
    ],
)
def test_text_cells_of_a_workbook_are_read_as_in_a_text_file(
    cells: list[object], values: list[float], tmp_path: Path
) -> None:
    cohort = workbook(tmp_path / "c.xlsx", cells)
    assert cohort.column("x").values.tolist() == values


@pytest.mark.parametrize("cells", [[344.5, "1,118"], [7, "1.118"]])
def test_stored_numbers_do_not_tell_what_the_sign_of_a_text_is(
    cells: list[object], tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="--decimal"):
        workbook(tmp_path / "c.xlsx", cells).column("x")


def test_the_decimal_sign_that_is_given_serves_a_workbook(tmp_path: Path) -> None:
    cells: list[object] = [344.5, "1,118"]
    cohort = workbook(tmp_path / "c.xlsx", cells, decimal=".")
    assert cohort.column("x").values.tolist() == [344.5, 1118]
    cohort = workbook(tmp_path / "c.xlsx", cells, decimal=",")
    assert cohort.column("x").values.tolist() == [344.5, 1.118]


def test_a_wrong_decimal_sign_is_refused_for_a_workbook_too(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a decimal sign"):
        workbook(tmp_path / "c.xlsx", ["1,5"], decimal="x")


def test_stored_numbers_among_texts_are_written_as_their_neighbours(tmp_path: Path) -> None:
    cohort = workbook(tmp_path / "c.xlsx", [12.5, "22,59", "n.b."])
    assert cohort.column("x").values.tolist() == ["12,5", "22,59", "n.b."]


def test_a_saved_workbook_has_plain_numbers(tmp_path: Path) -> None:
    cohort = workbook(tmp_path / "c.xlsx", [1.118, "22,590", "1.118", None, "<0,5"])
    saved = cohort.to_csv({}, cohort.column("id").values != "")
    assert [line.partition(",")[2] for line in saved.splitlines()] == [
        "x", "1.118", "22.590", "1118", "", "<0.5",
    ]  # fmt: skip


# ---------------------------------------------------------------- the command


COX = ("cox", THOUSANDS, "-x", "afp@400", "--time", "os_days", "--event", "death")


@pytest.mark.parametrize("quiet", [(), ("--quiet",)])
def test_the_command_asks_and_exits_2(quiet: tuple[str, ...], run: Run) -> None:
    outcome = run(*COX, *quiet)
    assert outcome.status == 2
    assert outcome.out == ""
    assert f"{THOUSANDS}, column afp" in outcome.err
    assert "--decimal" in outcome.err


def test_thousands_give_the_hazard_ratio_of_r(run: Run) -> None:
    # coxph(Surv(os_days, death) ~ I(afp >= 400)) with the commas of afp removed, survival 3.5.3
    outcome = run(*COX, "--decimal", ".", "--json", "--quiet")
    row = next(r for r in outcome.json["tables"]["terms"] if r["hr"] not in (None, 1))
    assert row["hr"] == pytest.approx(2.93871608889, rel=1e-6)
    limits = (1.86529691731, 4.62985392351)
    assert (row["lower"], row["upper"]) == pytest.approx(limits, rel=1e-6)


def test_a_reading_that_changes_numbers_is_reported_even_when_quiet(run: Run, write: Write) -> None:
    write("c.csv", THOUSANDS.read_text().replace(",344\n", ",344.0\n"))
    command = ("cox", "c.csv", *COX[2:])
    text = (
        "afp: the commas in 21 cells (1,118, 1,212, 1,296) were read as thousands separators, "
        "because the decimal sign of the column is the point; 1,118 is 1118."
    )
    for quiet in ((), ("--quiet",)):
        outcome = run(*command, *quiet)
        assert outcome.status == 0
        assert [w for w in outcome.messages("warning") if text in w]
    assert len(run(*command, "--quiet").err.splitlines()) == 1
    notes = run(*command, "--json", "--quiet").json["notes"]
    assert [n["level"] for n in notes if n["code"] == "number-format"] == ["warning"]
    assert text in run(*command, "--quiet", "--format", "md").out


def test_the_warning_names_points_as_well_and_decimals_unlike_the_rest(
    run: Run, write: Write
) -> None:
    rows = "".join(f'{i}.5,{i % 2},"{i},25"\n' for i in range(1, 9))
    write("c.csv", "time,status,x\n" + rows)
    assert (
        "x: the commas in 8 cells (1,25, 2,25, 3,25) were read as decimal commas, unlike the rest "
        "of the file; 1,25 is 1.25." in run("cox", "c.csv", "-x", "x", "-q").err
    )
    rows = "".join(f"{i},5;{i % 2};1.00{i},5\n" for i in range(1, 9))
    write("c.csv", "time;status;x\n" + rows)
    assert (
        "x: the points in 8 cells (1.001,5, 1.002,5, 1.003,5) were read as thousands separators, "
        "because the decimal sign of the column is the comma; 1.001,5 is 1001.5."
        in run("cox", "c.csv", "-x", "x", "-q").err
    )


def test_numbers_of_a_column_that_is_not_used_are_not_mentioned(run: Run, write: Write) -> None:
    rows = "".join(f'{i}.5,{i % 2},{i % 3},"1,00{i}.5"\n' for i in range(1, 9))
    write("c.csv", "time,status,x,y\n" + rows)
    assert run("cox", "c.csv", "-x", "x", "-q").err == ""
    assert "y: the commas" in run("cox", "c.csv", "-x", "y", "-q").err


def test_separators_beside_an_excluded_text_are_reported(run: Run, write: Write) -> None:
    rows = "".join(f'{i}.5,{i % 2},a,"1,00{i}.5"\n' for i in range(1, 9))
    write("c.csv", "time,status,centre,x\n" + rows + "9,1,b,lost\n")
    outcome = run("cox", "c.csv", "-x", "x@1005", "-q", "--where", "centre==a")
    assert outcome.status == 0, outcome.err
    assert "x: the commas in 8 cells" in outcome.err


def test_two_readings_beside_an_excluded_text_are_asked(run: Run, write: Write) -> None:
    rows = "".join(f'{i}.5,{i % 2},a,"1,{i:03}"\n' for i in range(1, 40))
    write("c.csv", "time,status,centre,x\n" + rows + "9,1,b,lost\n")
    for term in ("x@1005", "x"):
        outcome = run("cox", "c.csv", "-x", term, "-q", "--where", "centre==a")
        assert outcome.status == 2
        assert "--decimal" in outcome.err


def test_two_readings_in_an_unused_column_are_saved_as_they_stand(
    run: Run, write: Write, workplace: Path
) -> None:
    rows = "".join(f'P{i},{i}.5,{i % 2},{50 + i % 9},"1,0{i:02}"\n' for i in range(1, 40))
    write("c.csv", "id,time,status,age,x\n" + rows)
    outcome = run("tree", "c.csv", "-x", "age", "--save", "s.csv", "-q")
    assert outcome.status == 0, outcome.err
    with (workplace / "s.csv").open(newline="") as file:
        assert [row["x"] for row in csv.DictReader(file)] == [f"1,0{i:02}" for i in range(1, 40)]


def test_a_treatment_is_looked_for_past_columns_of_two_readings(run: Run, write: Write) -> None:
    rows = "".join(
        f'P{i},{i}.5,{i % 2},{"ab"[i % 3 > 0]},{50 + i * 7 % 20},"1,0{i:02}"\n'
        for i in range(1, 40)
    )
    write("c.csv", "id,time,status,arm,age,x\n" + rows)
    outcome = run("psmatch", "c.csv", "--treat", "a", "-x", "age", "-q")
    assert outcome.status == 0, outcome.err
    assert outcome.err == ""


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
def test_saved_numbers_keep_every_digit(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    set_large(monkeypatch, size)
    cells = ["12345678901234567", "0.10", "1e3", "7", "", "+5"]
    cohort = read(table(cells))
    assert cohort.column("x").kind == "number"
    saved = cohort.to_csv({}, cohort.column("id").values != "")
    assert [line.partition(",")[2] for line in saved.splitlines()[1:]] == cells
    long = [f"{i}.50" for i in range(2000)]
    cohort = read(table(long))
    saved = cohort.to_csv({}, cohort.column("id").values != "")
    assert [line.partition(",")[2] for line in saved.splitlines()[1:]] == long
