"""Excel, SPSS, Stata, SAS and Parquet: what their cells become, and damaged files."""

from __future__ import annotations

import csv
import gzip
import io
import random
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import pytest

import hcc2l
from hcc2l import read_cohort
from hcc2l.cohort import Cohort
from hcc2l.errors import InputError, UsageError
from tests.conftest import Run, Write

pytestmark = pytest.mark.usefixtures("workplace")

Rows = Sequence[Sequence[object]]


def workbook(path: Path | str, rows: Rows, **further: Rows) -> Path:
    """Write sheets as openpyxl does: `cohort` first, then the further ones."""
    book = openpyxl.Workbook()
    book.active.title = "cohort"
    for name, content in {"cohort": rows, **further}.items():
        sheet = book[name] if name in book.sheetnames else book.create_sheet(name)
        for number, row in enumerate(content, start=1):
            for column, value in enumerate(row, start=1):
                sheet.cell(number, column).value = value
    book.save(path)
    return Path(path)


def values(cohort: Cohort, name: str) -> list[object]:
    """A column as a list; missing as None."""
    column = cohort.column(name)
    return [
        None if gone else value
        for value, gone in zip(column.values.tolist(), column.missing, strict=True)
    ]


# ---------------------------------------------------------------- Excel


def test_numbers_of_a_workbook_are_numbers() -> None:
    path = workbook("c.xlsx", [["id", "time"], ["p1", 1], ["p2", 7.43], ["p3", None]])
    assert values(read_cohort(path), "time") == [1.0, 7.43, None]


def test_numbers_that_a_workbook_holds_as_text_are_numbers() -> None:
    path = workbook("c.xlsx", [["id", "time"], ["p1", "1.5"], ["p2", 2]])
    assert values(read_cohort(path), "time") == [1.5, 2.0]


def test_identifiers_with_leading_zeros_of_a_workbook_stay_text() -> None:
    path = workbook("c.xlsx", [["id", "time"], ["007", 1], ["012", 2]])
    assert values(read_cohort(path), "id") == ["007", "012"]


def test_texts_of_a_workbook_keep_every_character() -> None:
    path = workbook("c.xlsx", [["id", "ort"], ["p1", "Zürich, “A”"], ["p2", " Bern "]])
    assert values(read_cohort(path), "ort") == ["Zürich, “A”", "Bern"]


def test_dates_of_a_workbook_are_dates() -> None:
    path = workbook(
        "c.xlsx",
        [["id", "start"], ["p1", date(2020, 2, 29)], ["p2", datetime(2021, 1, 2, 13, 30)]],
    )
    cohort = read_cohort(path)
    assert cohort.column("start").kind == "date"
    assert values(cohort, "start") == [date(2020, 2, 29), date(2021, 1, 2)]


def test_true_and_false_of_a_workbook_are_an_event(run: Run) -> None:
    workbook("c.xlsx", [["id", "time", "dead"], ["p1", 1, True], ["p2", 2, False]])
    result = run("km", "c.xlsx", "--time", "time", "--event", "dead", "--json").json
    assert result["tables"]["groups"][0]["events"] == 1


@pytest.mark.parametrize("code", ["NA", "n/a", ".", "-", "?", "  "])
def test_missing_codes_of_a_workbook_are_missing(code: str) -> None:
    path = workbook("c.xlsx", [["id", "time", "arm"], ["p1", code, code], ["p2", 2, "a"]])
    cohort = read_cohort(path)
    assert values(cohort, "time") == [None, 2.0]
    assert values(cohort, "arm") == [None, "a"]


def test_a_number_declared_as_missing_is_missing_in_a_workbook() -> None:
    path = workbook("c.xlsx", [["id", "afp"], ["p1", 999], ["p2", 12.5]])
    assert values(read_cohort(path, na=["999"]), "afp") == [None, 12.5]


def test_empty_rows_of_a_workbook_are_passed_over() -> None:
    rows = [[None, None], ["id", "time"], ["p1", 1], [None, None], ["p2", 2]]
    assert values(read_cohort(workbook("c.xlsx", rows)), "id") == ["p1", "p2"]


def test_a_fault_in_a_workbook_is_placed_by_the_row_that_excel_shows(run: Run) -> None:
    rows = [["nr", "time", "status"], [1, 1, 1], [None, None, None], [2, 2, 0], [3, "4,5x", 1]]
    workbook("c.xlsx", rows)
    outcome = run("km", "c.xlsx")
    assert outcome.status == 2
    assert "column time, row 5" in outcome.err


def test_the_first_of_several_sheets_is_read_with_a_note(run: Run) -> None:
    workbook("c.xlsx", [["time", "status"], [1, 1], [2, 0]], later=[["x"], [1]])
    outcome = run("km", "c.xlsx", "--json")
    assert outcome.json["cohort"]["rows"] == 2
    assert "only the first sheet, 'cohort', was read" in outcome.err


def test_an_empty_sheet_beside_the_cohort_does_no_harm() -> None:
    path = workbook("c.xlsx", [["id", "time"], ["p1", 1], ["p2", 2]], Sheet2=[], Sheet3=[])
    assert values(read_cohort(path), "id") == ["p1", "p2"]
    path = workbook("c.xlsx", [], data=[["id", "time"], ["p1", 1], ["p2", 2]])
    assert values(read_cohort(path), "id") == ["p1", "p2"]


def test_a_sheet_that_is_given_is_read(run: Run) -> None:
    workbook("c.xlsx", [["x"], [1]], later=[["time", "status"], [1, 1], [2, 0], [3, 0]])
    outcome = run("km", "c.xlsx", "--sheet", "later", "--json")
    assert outcome.json["cohort"]["rows"] == 3
    assert "first sheet" not in outcome.err


def test_a_sheet_that_is_not_there_is_refused_with_a_near_name(run: Run) -> None:
    workbook("c.xlsx", [["time", "status"], [1, 1]])
    outcome = run("km", "c.xlsx", "--sheet", "cohrot")
    assert outcome.status == 2
    assert "--sheet" in outcome.err
    assert "Did you mean 'cohort'?" in outcome.err


def test_a_cell_to_the_right_of_the_header_is_refused_with_its_row() -> None:
    path = workbook("c.xlsx", [["id", "time"], ["p1", 1], ["p2", 2, None, "remark"]])
    with pytest.raises(InputError, match=r"sheet 'cohort', row 3: .*in column 4"):
        read_cohort(path)


def test_a_column_name_that_occurs_twice_in_a_workbook_is_refused() -> None:
    with pytest.raises(InputError, match="'time' more than once"):
        read_cohort(workbook("c.xlsx", [["time", "id", "time"], [1, "p1", 2]]))


def test_a_column_without_a_name_inside_the_header_is_called_by_its_number() -> None:
    path = workbook("c.xlsx", [["id", None, "time"], ["p1", "x", 1]])
    assert read_cohort(path).names == ("id", "column_2", "time")


@pytest.mark.parametrize("rows", [[], [["id", "time"]]], ids=["nothing", "header only"])
def test_a_sheet_without_patients_is_refused(rows: Rows) -> None:
    with pytest.raises(InputError, match=r"empty|no rows"):
        read_cohort(workbook("c.xlsx", rows))


# ---------------------------------------------------------------- SPSS and Stata

LABELLED = pd.DataFrame(
    {
        "nr": ["007", "012", "100", "101"],
        "time": [1.5, 2.0, 0.1 + 0.2, 4.0],
        "death": [1.0, 0.0, 1.0, 0.0],
        "arm": [2.0, 1.0, 2.0, float("nan")],
        "age": [61.0, 70.0, 99.0, float("nan")],
        "start": [date(2020, 2, 29), date(2021, 1, 2), date(2021, 1, 3), None],
    }
)
VALUE_LABELS = {
    "death": {0.0: "alive", 1.0: "dead"},
    "arm": {1.0: "sorafenib", 2.0: "lenvatinib"},
    "age": {99.0: "not known"},
}
COLUMN_LABELS = {"arm": "Second-line drug (Ü)"}


def write_sav(path: str, frame: pd.DataFrame = LABELLED, **options: Any) -> Path:
    """An SPSS file as ReadStat writes it."""
    labels = {n: v for n, v in VALUE_LABELS.items() if n in frame}
    pyreadstat.write_sav(
        frame, path, variable_value_labels=labels, column_labels=COLUMN_LABELS, **options
    )
    return Path(path)


def write_dta(path: str, frame: pd.DataFrame = LABELLED) -> Path:
    """A Stata file as ReadStat writes it; Stata's value labels stand for whole numbers."""
    labels = {
        n: {int(code): text for code, text in v.items()}
        for n, v in VALUE_LABELS.items()
        if n in frame
    }
    pyreadstat.write_dta(
        frame,
        path,
        variable_value_labels=labels,
        column_labels=[COLUMN_LABELS.get(n, n) for n in frame],
    )
    return Path(path)


LabelledWriter = Callable[[str], Path]
labelled_files = pytest.mark.parametrize(
    ("name", "make"), [("c.sav", write_sav), ("c.dta", write_dta)], ids=["SPSS", "Stata"]
)


@labelled_files
def test_value_labels_become_the_levels_in_the_order_of_their_codes(
    name: str, make: LabelledWriter
) -> None:
    arm = read_cohort(make(name)).column("arm")
    assert arm.levels == ("sorafenib", "lenvatinib")
    assert arm.values.tolist() == ["lenvatinib", "sorafenib", "lenvatinib", None]


@labelled_files
def test_groups_stand_in_the_order_of_the_value_labels(
    name: str, make: LabelledWriter, run: Run
) -> None:
    make(name)
    result = run("km", name, "--time", "time", "--event", "death", "--by", "arm", "--json").json
    assert [row["group"] for row in result["tables"]["groups"]] == ["sorafenib", "lenvatinib"]


@labelled_files
@pytest.mark.parametrize("event", ["death", "death=1", "death=dead"])
def test_an_event_is_named_by_its_label_or_by_its_code(
    event: str, name: str, make: LabelledWriter, run: Run
) -> None:
    make(name)
    result = run("km", name, "--time", "time", "--event", event, "--json").json
    assert result["tables"]["groups"][0]["events"] == 2


@labelled_files
@pytest.mark.parametrize("condition", ["arm==2", "arm==lenvatinib"])
def test_a_condition_names_a_level_by_its_label_or_by_its_code(
    condition: str, name: str, make: LabelledWriter
) -> None:
    report = hcc2l.km(make(name), time="time", event="death", where=[condition])
    assert report.provenance.analysed == 2


@labelled_files
def test_the_label_of_a_variable_is_shown(name: str, make: LabelledWriter) -> None:
    assert read_cohort(make(name)).label("arm") == "Second-line drug (Ü)"


@labelled_files
def test_a_number_with_a_label_for_one_code_only_stays_a_number(
    name: str, make: LabelledWriter
) -> None:
    assert values(read_cohort(make(name)), "age") == [61.0, 70.0, 99.0, None]


@labelled_files
def test_numbers_dates_and_padded_texts_are_as_they_were_written(
    name: str, make: LabelledWriter
) -> None:
    cohort = read_cohort(make(name))
    assert values(cohort, "time") == [1.5, 2.0, 0.1 + 0.2, 4.0]
    assert values(cohort, "nr") == ["007", "012", "100", "101"]
    assert cohort.column("start").kind == "date"
    assert values(cohort, "start") == LABELLED["start"].tolist()


@labelled_files
def test_a_row_of_a_labelled_file_is_placed_by_its_number(name: str, make: LabelledWriter) -> None:
    assert read_cohort(make(name)).row_place(2) == "row 3"


def test_user_missing_values_of_spss_are_missing() -> None:
    frame = pd.DataFrame({"time": [1.0, 2.0], "afp": [999.0, 12.5]})
    path = write_sav("c.sav", frame, missing_ranges={"afp": [999]})
    assert values(read_cohort(path), "afp") == [None, 12.5]


def test_a_compressed_spss_file_is_read() -> None:
    path = write_sav("c.sav", row_compress=True)
    assert values(read_cohort(path), "time") == LABELLED["time"].tolist()


@labelled_files
def test_a_labelled_file_without_patients_is_refused(name: str, make: LabelledWriter) -> None:
    make.__call__(name, LABELLED[["time", "death"]].iloc[:0])  # type: ignore[call-arg]  # a method of the fixture
    with pytest.raises(InputError, match="no rows"):
        read_cohort(name)


# ---------------------------------------------------------------- Parquet


def parquet(path: str, **columns: pa.Array) -> Path:
    pq.write_table(pa.table(columns), path)
    return Path(path)


def test_every_kind_of_parquet_column_is_understood() -> None:
    path = parquet(
        "c.parquet",
        nr=pa.array(["007", "012", None]),
        time=pa.array([0.1 + 0.2, 2.0, None]),
        n=pa.array([1, 2, 3], pa.int64()),
        arm=pa.array(["a", "b", "a"]).dictionary_encode(),
        dead=pa.array([True, False, None]),
        start=pa.array([date(2020, 2, 29), None, date(2021, 1, 2)]),
        seen=pa.array([datetime(2020, 2, 29, 13), None, None], pa.timestamp("us")),
    )
    cohort = read_cohort(path)
    assert values(cohort, "nr") == ["007", "012", None]
    assert values(cohort, "time") == [0.1 + 0.2, 2.0, None]
    assert values(cohort, "n") == [1.0, 2.0, 3.0]
    assert values(cohort, "arm") == ["a", "b", "a"]
    assert values(cohort, "dead") == ["true", "false", None]
    assert values(cohort, "start") == [date(2020, 2, 29), None, date(2021, 1, 2)]
    assert values(cohort, "seen") == [date(2020, 2, 29), None, None]


def test_true_and_false_of_a_parquet_file_are_an_event() -> None:
    path = parquet("c.parquet", time=pa.array([1.0, 2.0]), dead=pa.array([True, False]))
    report = hcc2l.km(path, time="time", event="dead")
    assert report.table("groups").rows[0]["events"] == 1


def test_a_parquet_file_without_patients_is_refused() -> None:
    with pytest.raises(InputError, match="no rows"):
        read_cohort(parquet("c.parquet", time=pa.array([], pa.float64())))


# ---------------------------------------------------------------- damaged files


@pytest.mark.parametrize("ending", [".xlsx", ".xls", ".sav", ".dta", ".sas7bdat", ".parquet"])
@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"x", id="one byte"),
        pytest.param(random.Random(1).randbytes(4000), id="noise"),
        pytest.param(b"PK\x03\x04" + bytes(3000), id="zip signature"),
    ],
)
def test_a_file_that_is_not_what_its_ending_says_is_refused_by_name(
    ending: str, content: bytes, write: Write
) -> None:
    path = write(f"c{ending}", content)
    with pytest.raises((InputError, UsageError)) as caught:
        read_cohort(path)
    assert str(path) in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize("ending", [".xlsx", ".sav", ".dta", ".sas7bdat", ".parquet"])
def test_a_text_that_is_named_otherwise_is_refused_by_name(ending: str, write: Write) -> None:
    path = write(f"c{ending}", b"time,status\n1,1\n2,0\n")  # as .xls, programs do write texts
    with pytest.raises((InputError, UsageError)) as caught:
        read_cohort(path)
    assert str(path) in str(caught.value)
    assert caught.value.hint


def _written(name: str) -> bytes:
    many = pd.DataFrame({"time": [float(i) for i in range(3000)], "death": [1.0, 0.0] * 1500})
    if name.endswith(".xlsx"):
        workbook(name, [["time", "death"], *many.to_numpy().tolist()])
    elif name.endswith(".parquet"):
        pq.write_table(pa.Table.from_pandas(many), name)
    else:
        (write_sav if name.endswith(".sav") else write_dta)(name, many)
    return Path(name).read_bytes()


@pytest.mark.parametrize("name", ["c.xlsx", "c.sav", "c.dta", "c.parquet"])
@pytest.mark.parametrize("part", [0.02, 0.5, 0.95])
def test_a_file_that_was_cut_off_is_refused_and_never_read_in_part(
    name: str, part: float, write: Write
) -> None:
    whole = _written(name)
    path = write(name, whole[: int(len(whole) * part)])
    with pytest.raises(InputError):
        read_cohort(path).load(["time", "death"])


def test_a_sas_file_that_is_damaged_is_refused_with_a_remedy(run: Run, write: Write) -> None:
    # The signature of a SAS data file, as its header begins, and nothing that could follow it.
    signature = bytes(12) + bytes.fromhex("c2ea8160b31411cfbd92080009c7318c181f1011")
    write("c.sas7bdat", signature + bytes(5000))
    outcome = run("km", "c.sas7bdat")
    assert outcome.status == 2
    (error,) = outcome.messages("error")
    assert "c.sas7bdat" in error
    assert outcome.messages("hint")


# ---------------------------------------------------------------- one cohort, every format

KEPT = ("patient_id", "treatment", "os_months", "death", "age", "child_pugh", "afp")
NUMERIC = ("os_months", "death", "age", "afp")


def _frame(records: list[dict[str, str]]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            name: [(float(r[name]) if name in NUMERIC else r[name]) if r[name] else None
                   for r in records]
            for name in KEPT
        }
    )  # fmt: skip


def _delimited(records: list[dict[str, str]], sep: str, decimal: str = ".") -> str:
    file = io.StringIO()
    writer = csv.writer(file, delimiter=sep, lineterminator="\n")
    writer.writerow(KEPT)
    for record in records:
        cells = [record[n].replace(".", decimal) if n in NUMERIC else record[n] for n in KEPT]
        writer.writerow(cells)
    return file.getvalue()


def _save(name: str, records: list[dict[str, str]]) -> Path:
    """The same patients in the format that the name's ending says."""
    path, frame = Path(name), _frame(records)
    if name.endswith(".csv"):
        path.write_text(_delimited(records, ","))
    elif name.endswith(".csv.gz"):
        path.write_bytes(gzip.compress(_delimited(records, ";", ",").encode("utf-16")))
    elif name.endswith(".tsv"):
        path.write_bytes(_delimited(records, "\t").encode("utf-8-sig"))
    elif name.endswith(".txt"):
        path.write_bytes(_delimited(records, "|").replace("\n", "\r\n").encode("cp1252"))
    elif name.endswith(".xlsx"):
        rows = [[None if v != v else v for v in row] for row in frame.to_numpy().tolist()]
        workbook(path, [KEPT, *rows])
    elif name.endswith(".parquet"):
        pq.write_table(pa.Table.from_pandas(frame), path)
    elif name.endswith(".sav"):
        pyreadstat.write_sav(frame, name)
    else:
        pyreadstat.write_dta(frame, name)
    return path


@pytest.mark.parametrize(
    "name",
    ["c.csv.gz", "c.tsv", "c.txt", "c.xlsx", "c.sav", "c.dta", "c.parquet"],
)
@pytest.mark.parametrize("by", ["child_pugh", "treatment", "afp@400"])
def test_one_cohort_gives_the_same_groups_from_every_format(
    name: str, by: str, cohort_records: list[dict[str, str]]
) -> None:
    expected = hcc2l.km(_save("plain.csv", cohort_records), by=by)
    report = hcc2l.km(_save(name, cohort_records), by=by)
    assert report.table("groups").rows == expected.table("groups").rows
    assert report.provenance.excluded == expected.provenance.excluded
