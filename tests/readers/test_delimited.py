"""Delimited text: what is detected, what is kept as it stands, and what is refused.

Every test without a note runs through both readers: the small one, and the large one that takes
over from `delimited.LARGE` characters on; and through the large one as it reads a file from
`blocks.HUGE` bytes on, which it does not hold. What they give must not differ.
"""

from __future__ import annotations

import csv
import gzip
import io
import math
import random
import struct
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hcc2l import read_cohort
from hcc2l.cohort import Cohort
from hcc2l.errors import Hcc2lError, InputError, UsageError
from hcc2l.readers import MISSING, blocks, delimited, large
from hcc2l.readers.blocks import Held
from tests.conftest import DATA, REFERENCE_FILES, Run, Write

PROPERTY = settings(max_examples=50, deadline=None)
SMALL, LARGE, HUGE = 1 << 60, 1, 0
FOLDER = tempfile.TemporaryDirectory()
Cells = dict[str, list[object]]


@pytest.fixture(params=[SMALL, LARGE, HUGE], ids=["small", "large", "huge"])
def _either_reader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    set_large(monkeypatch, request.param)


def set_large(patch: pytest.MonkeyPatch, size: int) -> None:
    """Let the large reader begin at `size`; with `HUGE`, files are not held."""
    patch.setattr(delimited, "LARGE", size)
    patch.setattr(blocks, "HUGE", 0 if size == HUGE else 1 << 60)


both_readers = pytest.mark.usefixtures("_either_reader")


def read(content: str | bytes, *, dictionary: str = "", **options: Any) -> Cohort:
    """Read `content` as a file `cohort.csv` with a dictionary of its own."""
    path, config = Path(FOLDER.name) / "cohort.csv", Path(FOLDER.name) / "dictionary.toml"
    path.unlink(missing_ok=True)  # an older cohort may still have its file mapped
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    config.write_text(dictionary)
    return read_cohort(path, config=config, **options)


def places(cohort: Cohort) -> list[str]:
    """Where each row stands in the file."""
    return [cohort.row_place(row) for row in range(cohort.rows)]


def cells(cohort: Cohort) -> Cells:
    """Every column as a list; missing as None."""
    found: Cells = {}
    for name in cohort.names:
        column = cohort.column(name)
        pairs = zip(column.values.tolist(), column.missing.tolist(), strict=True)
        found[name] = [None if gone else value for value, gone in pairs]
    return found


@dataclass(frozen=True)
class Reading:
    """All that a reader says of a file, or the error that it raises."""

    names: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    cells: Cells = field(default_factory=dict)
    places: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    repeated_ids: str = ""
    error: str = ""


def reading(content: str | bytes, size: int, **options: Any) -> Reading:
    """What the reader that takes over at `size` characters says."""
    with pytest.MonkeyPatch.context() as patch:
        set_large(patch, size)
        try:
            cohort = read(content, **options)
            repeated = ""
            try:
                cohort.check_ids()
            except InputError as error:
                repeated = str(error)
            return Reading(
                names=cohort.names,
                kinds=tuple(cohort.column(name).kind for name in cohort.names),
                cells=cells(cohort),
                places=tuple(places(cohort)),
                remarks=cohort.source.remarks,
                repeated_ids=repeated,
            )
        except Hcc2lError as error:
            return Reading(error=f"{type(error).__name__}: {error}")


def same_in_both(content: str | bytes, **options: Any) -> Reading:
    """What the readers say, having checked that they say the same."""
    small, large = reading(content, SMALL, **options), reading(content, LARGE, **options)
    assert large == small
    assert reading(content, HUGE, **options) == small
    return small


# ---------------------------------------------------------------- what is detected


@both_readers
@pytest.mark.parametrize("sep", [",", ";", "\t", "|"], ids=["comma", "semicolon", "tab", "bar"])
def test_the_separator_is_detected(sep: str) -> None:
    text = "id,time,arm\np1,1.5,a\np2,2.5,b\n".replace(",", sep)
    assert cells(read(text)) == {"id": ["p1", "p2"], "time": [1.5, 2.5], "arm": ["a", "b"]}


@both_readers
def test_a_separator_inside_other_cells_does_not_mislead() -> None:
    text = "id;time;note\np1;1,5;nausea, mild\np2;2,5;rash, fever, pain\n"
    assert cells(read(text)) == {
        "id": ["p1", "p2"],
        "time": [1.5, 2.5],
        "note": ["nausea, mild", "rash, fever, pain"],
    }


@both_readers
@pytest.mark.parametrize("given_sep", [";", "semicolon"])
def test_a_separator_that_is_given_is_used(given_sep: str) -> None:
    text = "id,x;time,y\n1,2;3,4\n"
    assert read(text, sep=given_sep, decimal=".").names == ("id,x", "time,y")


def test_a_separator_of_several_characters_is_refused_with_the_option() -> None:
    with pytest.raises(UsageError) as caught:
        read("a,b\n1,2\n", sep="::")
    assert caught.value.where == "--sep"


@both_readers
@pytest.mark.parametrize("sep", [";", "\t", "|"])
def test_a_decimal_comma_is_detected(sep: str) -> None:
    text = "id;time;n\n1;7,25;3\n2;-0,5;4\n3;;5\n".replace(";", sep)
    assert cells(read(text))["time"] == [7.25, -0.5, None]


@both_readers
def test_a_quoted_decimal_comma_is_detected_in_a_comma_separated_file() -> None:
    assert cells(read('id,time\n1,"7,25"\n2,"0,5"\n'))["time"] == [7.25, 0.5]


@both_readers
def test_a_decimal_comma_that_is_given_is_used() -> None:
    text = "id;time;dose\n1;7,25;0.5\n2;3;1\n"
    assert cells(read(text, decimal=","))["time"] == [7.25, 3.0]


@both_readers
def test_a_decimal_comma_beside_points_stays_text_for_the_error_that_follows() -> None:
    text = "id;time\n1;7.25\n2;8,5\n"
    assert cells(read(text))["time"] == ["7.25", "8,5"]


@both_readers
@pytest.mark.parametrize(
    "encoded",
    [
        pytest.param("utf-8", id="UTF-8"),
        pytest.param("utf-8-sig", id="UTF-8 with mark"),
        pytest.param("utf-16", id="UTF-16 with mark"),
        pytest.param("utf-16-le", id="UTF-16 little-endian without mark"),
        pytest.param("utf-16-be", id="UTF-16 big-endian without mark"),
        pytest.param("cp1252", id="Windows-1252"),
    ],
)
def test_the_encoding_is_detected(encoded: str) -> None:
    text = "id,centre,time\np1,Zürich,1\np2,Málaga – Sur,2\n" + "p3,Genève,3\n" * 20
    table = read(text.encode(encoded))
    assert table.names == ("id", "centre", "time")
    assert cells(table)["centre"][:3] == ["Zürich", "Málaga – Sur", "Genève"]


@both_readers
def test_big_endian_utf16_with_a_mark_is_detected() -> None:
    text = "\ufeffid,centre\np1,Zürich\n"
    assert cells(read(text.encode("utf-16-be"))) == {"id": ["p1"], "centre": ["Zürich"]}


@both_readers
def test_an_encoding_that_is_given_is_used() -> None:
    text = "id,centre\np1,上海\n"
    assert cells(read(text.encode("gb18030"), encoding="gb18030"))["centre"] == ["上海"]


@both_readers
def test_a_byte_order_mark_is_no_part_of_the_first_name_when_the_encoding_is_given() -> None:
    assert read("\ufeffid,time\n1,2\n".encode(), encoding="utf-8").names == ("id", "time")


@both_readers
def test_gzipped_text_is_read() -> None:
    content = gzip.compress(b"id,time\np1,1.5\n")
    assert cells(read(content)) == {"id": ["p1"], "time": [1.5]}


@pytest.mark.parametrize(
    "name", ["c.csv", "c.tsv", "c.txt", "C.CSV", "c.csv.gz", "c.tsv.gz", "c.gz", "c"]
)
def test_every_ending_of_a_text_file_is_read(name: str, write: Write) -> None:
    content = b"id\ttime\np1\t1.5\n"
    path = write(name, gzip.compress(content) if name.endswith(".gz") else content)
    assert read_cohort(path).names == ("id", "time")


@both_readers
def test_what_was_detected_is_noted() -> None:
    (remark,) = read("id;zeit;ort\n1;2,5;Zürich\n".encode("cp1252")).source.remarks
    assert remark == "read as semicolon-separated text, decimal commas, encoding Windows-1252"


@both_readers
def test_nothing_is_noted_of_a_plain_comma_separated_file() -> None:
    assert read("id,time\n1,2.5\n").source.remarks == ()


def test_what_was_detected_is_noted_on_standard_error(run: Run, write: Write) -> None:
    write("c.csv", "time;status\n1,5;1\n2,5;0\n")
    outcome = run("km", "c.csv")
    assert "note: c.csv: read as semicolon-separated text, decimal commas." in outcome.err


def test_a_cohort_comes_from_standard_input(run: Run) -> None:
    result = run("km", "-", "--json", stdin=b"time,status\n1,1\n2,0\n3,1\n").json
    assert result["cohort"]["source"] == "standard input"
    assert result["tables"]["groups"][0]["n"] == 3


# ---------------------------------------------------------------- cells


@both_readers
def test_a_quoted_cell_may_hold_separators_quotes_and_line_ends() -> None:
    text = 'id,note,time\np1,"a, ""b""\nc",1\np2,"d",2\n'
    assert cells(read(text)) == {
        "id": ["p1", "p2"],
        "note": ['a, "b"\nc', "d"],
        "time": [1.0, 2.0],
    }


def test_a_quotation_mark_inside_an_unquoted_cell_is_a_character() -> None:
    result = same_in_both('id,note,time\np1,5" wide,1\np2,flat,2\n')
    assert result.cells["note"] == ['5" wide', "flat"]


def test_a_quote_after_a_blank_means_the_same_in_both_readers() -> None:
    same_in_both('id, note, time\np1, "a, b", 1\np2, "c", 2\n')


@pytest.mark.parametrize("cell", ['"b"c', '"b" c', '"b" ', '""b', '"b""'])
def test_text_after_a_closing_quote_is_an_error_with_its_line(cell: str) -> None:
    result = same_in_both(f'id,note,time\np1,"a",1\np2,{cell},2\n')
    assert result.error.startswith("InputError")
    assert "line 3" in result.error


@pytest.mark.parametrize("cell", ['b"', 'b""', 'b"c"', ' b "c" '])
def test_quotation_marks_after_text_are_characters_in_both_readers(cell: str) -> None:
    result = same_in_both(f'id,note,time\np1,"a",1\np2,{cell},2\n')
    assert result.cells["note"] == ["a", cell.strip()]


@both_readers
@pytest.mark.parametrize(
    "text",
    [
        pytest.param('id,note,time\np1,a,1\np2,"b,2\np3,c,3\n', id="in the middle"),
        pytest.param('id,time,note\np1,1,a\np2,2,"b\np3,3,c\n', id="in the last column"),
    ],
)
def test_a_quote_that_is_never_closed_is_an_error_with_its_line(text: str) -> None:
    with pytest.raises(InputError, match="line 3"):
        cells(read(text))


@both_readers
def test_identifiers_with_leading_zeros_stay_text() -> None:
    assert cells(read("id,time\n007,1\n012,2\n120,3\n"))["id"] == ["007", "012", "120"]


@both_readers
def test_group_levels_with_leading_zeros_stay_text() -> None:
    assert cells(read("id,arm\n1,01\n2,02\n3,10\n"))["arm"] == ["01", "02", "10"]


@both_readers
def test_one_padded_cell_far_down_keeps_the_column_as_the_file_has_it() -> None:
    rows = "".join(f"{i},{i}.50\n" for i in range(100, 200))
    values = cells(read(f"id,code\n{rows}200,0200\n"))["code"]
    assert values[0] == "100.50"
    assert values[-1] == "0200"


@both_readers
@pytest.mark.parametrize(
    ("written", "value"),
    [("0", 0.0), ("0.5", 0.5), (".5", 0.5), ("5.", 5.0), ("+5", 5.0), ("-0.25", -0.25),
     ("1e5", 1e5), ("1E-3", 1e-3), (" 7 ", 7.0), ("12345678901234567890", 12345678901234567890.0)],
)  # fmt: skip
def test_a_number_may_be_written_in_every_usual_way(written: str, value: float) -> None:
    assert cells(read(f"id,x\n1,{written}\n2,1\n"))["x"] == [value, 1.0]


@pytest.mark.parametrize(
    "written", ["1_000", "0x1F", "1 000", "1.2.3", "12a", "True", "1,5e", "--1", "1e", "٣a"]
)
def test_what_is_no_number_keeps_its_column_text_in_both_readers(written: str) -> None:
    result = same_in_both(f"id;x\n1;{written}\n2;1\n")
    assert result.cells["x"] == [written, "1"]


@pytest.mark.parametrize("written", ["inf", "-inf", "Infinity", "+Inf", "nan"])
def test_words_for_infinity_are_text_in_both_readers(written: str) -> None:
    result = same_in_both(f"id,x\n1,{written}\n2,1\n")
    assert result.cells["x"] == [written, "1"]


def test_true_and_false_stay_words_in_both_readers() -> None:
    result = same_in_both("id,dead,late\n1,True,FALSE\n2,False,TRUE\n")
    assert result.cells["dead"] == ["True", "False"]
    assert result.cells["late"] == ["FALSE", "TRUE"]


def test_true_and_false_beside_empty_cells_stay_words_in_both_readers() -> None:
    result = same_in_both("id,dead\n1,True\n2,\n3,False\n4,NA\n")
    assert result.cells["dead"] == ["True", None, "False", None]


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
@pytest.mark.parametrize("decimal", [".", ","])
@PROPERTY
@given(value=st.floats(allow_nan=False, allow_infinity=False))
@example(value=5e-324)
@example(value=1.7976931348623157e308)
@example(value=0.1 + 0.2)
@example(value=9007199254740993.0)
def test_a_float_written_in_full_reads_back_identical(
    size: int, decimal: str, value: float
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        set_large(patch, size)
        written = repr(value).replace(".", decimal)
        read_back = cells(read(f"id;x\n1;{written}\n2;0{decimal}5\n", decimal=decimal))["x"][0]
    assert isinstance(read_back, float)
    assert read_back == value
    assert math.copysign(1, read_back) == math.copysign(1, value)


# Long columns of many different numbers take a way of their own in the large reader.


def _many_floats() -> list[float]:
    """Finite floats of every size, by their bits."""
    bits = random.Random(3)
    floats = (struct.unpack("<d", bits.randbytes(8))[0] for _ in range(1600))
    return [value for value in floats if math.isfinite(value)]


@both_readers
@pytest.mark.parametrize("decimal", [".", ","])
def test_a_long_column_of_floats_reads_back_identical(decimal: str) -> None:
    floats = _many_floats()
    rows = "".join(f"p{i};{value!r}\n".replace(".", decimal) for i, value in enumerate(floats))
    assert cells(read("id;x\n" + rows, decimal=decimal))["x"] == floats


@pytest.mark.parametrize(
    "odd",
    ["5.", ".5", "+5", "-.5e-3", " 7 ", "NA", "", "007", "1e400", "inf", "nan", "0x1F", "1_000",
     "1,5", "٣", "\u00a07", "1e", "True", "text"],
)  # fmt: skip
def test_one_odd_cell_in_a_long_column_means_the_same_to_both_readers(odd: str) -> None:
    rows = "".join(f"p{i};{i + 0.5}\n" for i in range(1200))
    same_in_both(f"id;x\n{rows}q;{odd}\n", sep=";", decimal=".")


@pytest.mark.parametrize(
    "ids", [["p1", "p2", "p1"], ["1", "2", "1"], ["p1", "p2", "p1 "], ["NA", "p2", "NA"]]
)
def test_a_repeated_identifier_is_found_alike_by_both_readers(ids: list[str]) -> None:
    rows = "".join(f"{name},{i}\n" for i, name in enumerate(ids))
    found = same_in_both(f"id,time\n{rows}")
    assert bool(found.repeated_ids) == ("NA" not in ids)


# ---------------------------------------------------------------- missing cells


@both_readers
@pytest.mark.parametrize("code", MISSING)
def test_every_missing_code_means_missing_among_numbers_and_texts(code: str) -> None:
    assert cells(read(f"id,x,y\n1,{code},{code}\n2,1.5,a\n")) == {
        "id": ["1", "2"],
        "x": [None, 1.5],
        "y": [None, "a"],
    }


def test_the_missing_codes_are_those_of_the_manual() -> None:
    listed = ["", "NA", "N/A", "na", "n/a", ".", "-", "?", "null", "None", "NaN"]
    assert sorted(MISSING) == sorted(listed)


@both_readers
def test_blanks_around_a_missing_code_do_not_matter() -> None:
    assert cells(read("id,x,y\n1, NA ,  \n2,1.5,a\n")) == {
        "id": ["1", "2"],
        "x": [None, 1.5],
        "y": [None, "a"],
    }


@both_readers
def test_an_empty_quoted_cell_is_missing() -> None:
    assert cells(read('id,x,y\n1,"",""\n2,"1.5",a\n')) == {
        "id": ["1", "2"],
        "x": [None, 1.5],
        "y": [None, "a"],
    }


@both_readers
def test_a_missing_code_that_is_given_is_missing() -> None:
    text = "id,afp\n1,999\n2,12.5\n3,unknown\n"
    assert cells(read(text, na=["999", "unknown"]))["afp"] == [None, 12.5, None]


def test_a_missing_code_that_is_given_means_the_same_in_both_readers() -> None:
    same_in_both("id,afp\n1,999\n2,999.0\n3,12.5\n", na=["999"])


@both_readers
def test_a_missing_code_of_one_column_is_a_value_elsewhere() -> None:
    table = read("id,afp,alt\n1,999,999\n2,1,2\n", dictionary='columns.afp.missing = ["999"]')
    assert cells(table)["afp"] == [None, 1.0]
    assert cells(table)["alt"] == [999.0, 2.0]


@both_readers
def test_a_column_without_any_value_is_all_missing() -> None:
    assert cells(read("id,x,y\n1,,NA\n2,,.\n")) == {
        "id": ["1", "2"],
        "x": [None, None],
        "y": [None, None],
    }


@both_readers
def test_a_column_that_shall_stay_text_stays_text() -> None:
    table = read("id,time\n1,2\n3,4\n", dictionary='columns.id.type = "text"')
    assert cells(table) == {"id": ["1", "3"], "time": [2.0, 4.0]}


# ---------------------------------------------------------------- rows and lines


@both_readers
def test_blank_lines_are_passed_over() -> None:
    table = read("id,time\n\np1,1\n\n\np2,2\n\n")
    assert cells(table) == {"id": ["p1", "p2"], "time": [1.0, 2.0]}
    assert places(table) == ["line 3", "line 6"]


def test_blank_lines_before_the_header_are_passed_over_in_both_readers() -> None:
    result = same_in_both("\n\nid,time\np1,1\n")
    assert result.names == ("id", "time")
    assert result.places == ("line 4",)


def test_a_line_of_blanks_is_treated_alike_by_both_readers() -> None:
    result = same_in_both("id,time\np1,1\n   \np2,2\n")
    assert len(result.places) == 2


@pytest.mark.parametrize("line", [",,", ", , ", ",,\t", '"",,', '"","",""', '" ",,'])
def test_a_line_of_separators_alone_is_no_patient_in_both_readers(line: str) -> None:
    result = same_in_both(f"id,time,arm\np1,1,a\n{line}\np2,2,b\n{line}\n")
    assert result.cells["id"] == ["p1", "p2"]


@both_readers
def test_a_last_line_without_its_end_is_a_row() -> None:
    assert cells(read("id,time\np1,1\np2,2"))["id"] == ["p1", "p2"]


@both_readers
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_every_kind_of_line_end_is_understood(end: str) -> None:
    table = read(f"id,time{end}p1,1{end}{end}p2,2{end}")
    assert cells(table) == {"id": ["p1", "p2"], "time": [1.0, 2.0]}
    assert places(table) == ["line 2", "line 4"]


def test_a_windows_line_end_inside_a_quoted_cell_is_the_same_text_in_both_readers() -> None:
    same_in_both('id,note,time\r\np1,"a\r\nb",1\r\np2,c,2\r\n')


@both_readers
@pytest.mark.parametrize("place", ["first", "middle", "last", "last without line end"])
@pytest.mark.parametrize(("row", "kind"), [("p9,1,2,3", "longer"), ("p9,1", "shorter")])
def test_a_row_of_another_length_than_the_header_is_an_error_with_its_line(
    row: str, kind: str, place: str
) -> None:
    good = [f"p{i},{i},a" for i in range(4)]
    line = {"first": 2, "middle": 4}.get(place, 6)
    lines = ["id,time,arm", *good]
    lines.insert(line - 1, row)
    end = "" if place == "last without line end" else "\n"
    with pytest.raises(InputError, match=f"line {line}: This row is {kind} than the header"):
        cells(read("\n".join(lines) + end))


@both_readers
def test_the_line_of_a_long_row_is_right_after_quoted_line_ends_and_blank_lines() -> None:
    text = 'id,note,time\np1,"a\nb\nc",1\n\np2,"d\ne",2\np3,f,3,4\np4,g,5\n'
    with pytest.raises(InputError, match=r"cohort\.csv, line 8: This row is longer"):
        cells(read(text))


@both_readers
def test_the_line_of_a_long_row_that_itself_spans_lines_is_the_one_it_begins_on() -> None:
    with pytest.raises(InputError, match="line 3: This row is longer"):
        cells(read('id,note,time\np1,a,1\np2,"b\nc",2,3\np3,d,4\n'))


@both_readers
def test_the_place_of_a_row_is_right_after_quoted_line_ends() -> None:
    table = read('id,note,time\np1,"a\nb\nc",1\np2,d,2\np3,"e\n\nf",3\np4,g,4\n')
    assert places(table) == ["line 2", "line 5", "line 6", "line 9"]


def _several_megabytes(kind: str) -> list[str]:
    """Records of a file that no reader takes in one block."""
    filler = "x" * 60
    record = {
        "plain": "p{i:05},{filler}{filler},{time!r}\n",
        "quoted": 'p{i:05},"{filler},\n{filler}",{time!r}\n',
        "blank lines": "p{i:05},{filler}{filler},{time!r}\n\n",
    }[kind]
    rows = (record.format(i=i, filler=filler, time=i / 7) for i in range(30_000))
    return ["id,note,time\n", *rows]


several_megabytes = pytest.mark.parametrize("kind", ["plain", "quoted", "blank lines"])


@several_megabytes
def test_a_file_of_several_megabytes_is_the_same_to_both_readers(kind: str) -> None:
    found = same_in_both("".join(_several_megabytes(kind)))
    assert found.cells["time"] == [i / 7 for i in range(30_000)]


@both_readers
@several_megabytes
def test_a_long_row_far_down_is_an_error_with_its_line(kind: str) -> None:
    records = _several_megabytes(kind)
    before = "".join(records[:25_000])
    with pytest.raises(InputError, match=f"line {before.count(chr(10)) + 1}: This row is longer"):
        cells(read(before + "p,d,1,2\n" + "".join(records[25_000:])))


# ---------------------------------------------------------------- header


@both_readers
def test_a_name_that_occurs_twice_is_an_error_with_its_columns() -> None:
    with pytest.raises(InputError, match=r"'afp' more than once \(columns 2, 4\)"):
        read("id,afp,time, afp \n1,2,3,4\n")


@both_readers
def test_columns_without_a_name_are_called_by_their_number() -> None:
    assert read("id,,time,\n1,2,3,4\n").names == ("id", "column_2", "time", "column_4")


@both_readers
def test_a_name_may_hold_separators_and_blanks_around_it_do_not_count() -> None:
    table = read('id ," time, months",arm\n1,2.5,a\n')
    assert table.names == ("id", "time, months", "arm")
    assert cells(table)["time, months"] == [2.5]


@both_readers
def test_a_header_over_two_lines_is_read() -> None:
    table = read('id,"time\nmonths"\np1,2.5\n')
    assert cells(table) == {"id": ["p1"], "time months": [2.5]}
    assert table.row_place(0) == "line 3"


@both_readers
@pytest.mark.parametrize("text", ["id,time\n", "id,time", "id,time\n\n\n"])
def test_a_header_without_rows_is_an_error(text: str) -> None:
    with pytest.raises(InputError, match="has a header but no rows"):
        read(text)


# ---------------------------------------------------------------- what is not text


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\n \n\n", id="blank lines"),
        pytest.param("\ufeff".encode(), id="a byte-order mark"),
        pytest.param(gzip.compress(b""), id="nothing, gzipped"),
        pytest.param(b",,,\n,,,\n,,,\n", id="separators"),
        pytest.param(b" ; \n", id="separators and blanks"),
    ],
)
def test_a_file_without_content_is_refused(content: bytes) -> None:
    with pytest.raises(InputError, match="empty"):
        read(content)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(bytes(range(256)) * 40, id="every byte"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + random.Random(1).randbytes(900), id="a picture"),
        pytest.param("id,ort\n1,Zürich\n".encode("utf-16") + b"x", id="cut UTF-16"),
        pytest.param("id,ort\n1,Zürich\n".encode("utf-16-le") + b"x", id="cut UTF-16, no mark"),
        pytest.param(b"id,time\n1,2\n" + b"\x81\x8d\x8f\n", id="no encoding fits"),
        pytest.param(gzip.compress(b"id,time\n1,2\n")[:-6], id="cut gzip"),
        pytest.param(gzip.compress(bytes(range(256)) * 40), id="every byte, gzipped"),
    ],
)
def test_what_is_no_text_is_refused_cleanly(content: bytes) -> None:
    with pytest.raises(InputError) as caught:
        read(content)
    assert "cohort.csv" in str(caught.value)


def test_text_that_is_not_in_the_given_encoding_is_refused_with_its_line() -> None:
    with pytest.raises(InputError, match="line 3"):
        read("id,ort\n1,Bern\n2,Zürich\n".encode("cp1252"), encoding="utf-8")


def test_an_unknown_encoding_is_refused_with_the_option() -> None:
    with pytest.raises(UsageError) as caught:
        read("id,time\n1,2\n", encoding="utf-9")
    assert caught.value.where == "--encoding"


def test_a_workbook_named_csv_is_refused_with_its_proper_extension() -> None:
    with pytest.raises(UsageError, match=r"\.xlsx"):
        read(b"PK\x03\x04" + bytes(50))


# ---------------------------------------------------------------- the two readers agree


@pytest.mark.parametrize("name", REFERENCE_FILES)
def test_both_readers_give_the_same_columns_of_every_reference_file(name: str) -> None:
    names = same_in_both((DATA / name).read_bytes()).names
    with (DATA / name).open(newline="") as file:
        assert list(names) == next(csv.reader(file))


@both_readers
@pytest.mark.parametrize("name", REFERENCE_FILES)
def test_every_number_of_a_reference_file_is_the_float_that_python_reads(name: str) -> None:
    columns = cells(read((DATA / name).read_bytes()))
    with (DATA / name).open(newline="") as file:
        records = list(csv.DictReader(file))
    for column, values in columns.items():
        texts = [None if r[column] in MISSING else r[column] for r in records]
        number = all(isinstance(v, float) for v in values if v is not None)
        assert values == [float(t) if t is not None and number else t for t in texts]


PLAIN = st.text(alphabet="abz é.-_'", max_size=5)
AWKWARD = st.text(alphabet='ab ,;|\t"\n', max_size=6)
NUMBER = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.integers(-(10**20), 10**20).map(str),
    st.sampled_from(["0", "-0", "+5", "1e5", " 7", "7 ", "007", "00", "0.50", ".5", "5.", "1_0"]),
)
CODE = st.sampled_from(MISSING)
COLUMN_KINDS = st.sampled_from(
    [NUMBER, NUMBER | CODE, PLAIN, PLAIN | CODE, AWKWARD, NUMBER | PLAIN | CODE, CODE,
     st.sampled_from(["True", "False", "TRUE", "x", "1"]) | CODE]
)  # fmt: skip


@st.composite
def files(draw: st.DrawFn) -> str:
    """A small file as another program writes it; its first column names every row."""
    rows = draw(st.integers(1, 7))
    kinds = draw(st.lists(COLUMN_KINDS, min_size=1, max_size=4))
    columns: list[Iterator[str]] = [iter([f"p{i}" for i in range(rows)])]
    columns += [iter(draw(st.lists(kind, min_size=rows, max_size=rows))) for kind in kinds]
    file = io.StringIO()
    writer = csv.writer(
        file, delimiter=draw(st.sampled_from(",;\t|")), lineterminator=draw(st.sampled_from(
            ["\n", "\r\n"])), quoting=draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
    )  # fmt: skip
    writer.writerow(["id", *(f"x{i}" for i in range(len(kinds)))])
    writer.writerows(zip(*columns, strict=True))
    return file.getvalue()


@settings(max_examples=150, deadline=None)
@given(text=files())
def test_both_readers_give_the_same_columns_of_any_file(text: str) -> None:
    same_in_both(text)


@PROPERTY
@given(
    rows=st.lists(
        st.tuples(AWKWARD, st.floats(allow_nan=False, allow_infinity=False)),
        min_size=1,
        max_size=6,
    ),
    sep=st.sampled_from(",;\t|"),
)
@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
def test_any_table_written_with_quotes_reads_back(
    size: int, rows: list[tuple[str, float]], sep: str
) -> None:
    file = io.StringIO()
    writer = csv.writer(file, delimiter=sep, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(["id", "note", "x"])
    writer.writerows([f"p{i}", f"n {note} n", repr(x)] for i, (note, x) in enumerate(rows))
    with pytest.MonkeyPatch.context() as patch:
        set_large(patch, size)
        found = cells(read(file.getvalue(), sep=sep, decimal="."))
    assert found["note"] == [f"n {note} n" for note, _ in rows]
    assert found["x"] == [x for _, x in rows]


@pytest.mark.parametrize("block", [1, 2, 3, 7])
@pytest.mark.parametrize(
    "text",
    [
        'id,x\n"a","b"\n', 'id,x\n"a ""b""",1\n', 'id,x\n"a\nb",1\nc,2\n', 'id,x\na"b,1\n',
        'id,x\n"a"b,1\n', 'id,x\n"a,1\n', 'id,x\n"",1\n', 'id,x\n""\n', 'id,x\n"a","b\n"\nc,"d"\n',
    ],
)  # fmt: skip
def test_quotation_marks_are_judged_alike_wherever_a_block_ends(
    text: str, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = large._regular_lines(Held(text.encode()), ",")
    monkeypatch.setattr(large, "_BLOCK", block)
    assert large._regular_lines(Held(text.encode()), ",") == whole


def test_only_quotation_marks_around_cells_are_regular() -> None:
    def lines(text: str) -> object:
        return large._regular_lines(Held(text.encode()), ",")

    assert lines("id,x\na,b\n") == large._Lines(2)
    assert lines('id,x\n"a","b"\n') == large._Lines(2, quoted=True)
    assert lines('id,x\n"a\nb",1\nc,2\n') == large._Lines(4, quoted=True, spanning=True)
    assert lines('id,x\n"a ""b""",1\n') == large._Lines(2, quoted=True)
    for odd in ('a"b,1', '"a"b,1', '"a,1', '"",', '" ",""'):
        assert lines(f"id,x\n{odd}\n") is None


def judged_one_by_one(text: str) -> tuple[bool, bool]:
    """Whether every quotation mark opens or closes a cell or is doubled; and a break is quoted."""
    quoted, spanning, around = False, False, f"\n{text}\n"
    for before, sign, after in zip(around, text, around[2:], strict=False):
        if sign == '"':
            quoted = not quoted
            if (before if quoted else after) not in '",\n':
                return False, False
        spanning = spanning or (quoted and sign == "\n")
    return not quoted, spanning


@given(st.text(alphabet='",\na', max_size=60), st.integers(1, 24))
def test_quotation_marks_are_judged_as_one_by_one(text: str, block: int) -> None:
    regular, spanning = judged_one_by_one(text)
    inside, found = False, False
    for lines in large._whole_lines(Held(text.encode()).blocks(block)):
        judged = large._quotation_marks(np.frombuffer(lines or b"", np.uint8), ",", inside)
        if judged is None:
            assert not regular
            return
        inside, found = judged[0], found or judged[1]
    assert (not inside, found) == (regular, spanning if regular else found)
