"""Patients and groups as the file has them: ids, rows that repeat a patient, similar levels."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import pytest

import hcc2l
from hcc2l.analyses.accounting import rows_in_order_of_ids
from hcc2l.cohort import Cohort
from hcc2l.dictionary import patient_columns, recognise_interval
from hcc2l.errors import InputError
from tests.conftest import Run, Write
from tests.readers.test_delimited import LARGE, SMALL, read, same_in_both, set_large

FILES = Path(__file__).parent / "data"
LONG = ["110105199001010003", "110105199001010000", "1234567890123402", "00000000000000000012"]


def ids_of(path: Path) -> list[str]:
    with path.open(newline="") as file:
        return [row["patient_id"] for row in csv.DictReader(file)]


def ids(cohort: Cohort, name: str = "id") -> list[str]:
    column = cohort.column(name)
    return [column.text(row) for row in range(cohort.rows)]


# ---------------------------------------------------------------- an id is a text


@pytest.mark.parametrize(
    "cells",
    [LONG, ["007", "7"], ["1", "1.0"], ["1.50", "1.5"], ["1e3", "1000"], ["1,118", "2,345"]],
)
def test_an_id_is_the_text_that_stands_in_the_file(cells: list[str]) -> None:
    text = "id;time\n" + "".join(f"{cell};{i}\n" for i, cell in enumerate(cells))
    result = same_in_both(text)
    assert result.cells["id"] == cells
    assert result.repeated_ids == ""


@pytest.mark.parametrize("name", ["patient_id", "Subject", "ID"])
def test_an_id_is_recognised_by_name_or_named_by_the_dictionary(name: str) -> None:
    text = f"{name},mrn\n1,{LONG[0]}\n2,{LONG[1]}\n"
    result = same_in_both(text)
    assert result.cells[name] == ["1", "2"]
    assert result.kinds == ("text", "number")
    result = same_in_both(text, dictionary='id = "mrn"\n')
    assert result.cells["mrn"] == LONG[:2]
    assert result.kinds == ("number", "text")
    assert same_in_both(text, dictionary="id = false\n").kinds == ("number", "number")


@pytest.mark.parametrize("file", ["ids.csv", "ids4.csv"])
def test_long_ids_are_no_repeated_ids_and_are_saved_as_they_stand(
    file: str, run: Run, workplace: Path
) -> None:
    path = FILES / file
    assert run("km", path).status == 0
    assert run("tree", path, "-x", "afp", "--save", "s.csv").status == 0
    assert ids_of(workplace / "s.csv") == ids_of(path)


def test_pairs_scores_and_assignments_name_long_ids(run: Run, workplace: Path) -> None:
    path = FILES / "ids4.csv"
    known = set(ids_of(path))
    match = run("psmatch", path, "--treat", "arm=A", "-x", "afp", "--json", "--save", "s.csv")
    tables = match.json["tables"]
    assert {row["id"] for row in tables["scores"]} == known
    assert {row["treated"] for row in tables["pairs"]} < known
    assert {row["control"] for row in tables["pairs"]} < known
    assert set(ids_of(workplace / "s.csv")) <= known
    tree = run("tree", path, "-x", "afp", "--assignments", "--json")
    assert {row["id"] for row in tree.json["tables"]["assignments"]} == known


def test_a_row_is_named_by_its_long_id() -> None:
    assert read(f"id,time\n{LONG[0]},1\n,2\n").row_name(0) == LONG[0]
    assert read(f"id,time\n{LONG[0]},1\n,2\n").row_name(1) == "line 3"


def test_long_ids_are_found_repeated_by_their_whole_text() -> None:
    text = f"id,time\n{LONG[0]},1\n{LONG[1]},2\n{LONG[0]},3\n"
    assert (
        f"'{LONG[0]}' occurs at line 2 and line 4; 1 row repeats an id."
        in same_in_both(text).repeated_ids
    )


def test_long_ids_have_one_order_whatever_that_of_the_file() -> None:
    names = [*LONG[:2], "5", "110105199001010001"]
    orders = []
    for rows in (names, names[::-1]):
        cohort = read("id,time\n" + "".join(f"{name},1\n" for name in rows))
        order = rows_in_order_of_ids(cohort, np.ones(4, dtype=np.bool_))
        orders.append([ids(cohort)[i] for i in order])
    assert orders[0] == orders[1] == ["5", names[1], names[3], names[0]]


def frame() -> pd.DataFrame:
    return pd.DataFrame({"id": [1234567890123402, 1234567890123403], "time": [1.0, 2.5]})


def test_ids_that_are_stored_as_numbers_are_whole_numbers(tmp_path: Path) -> None:
    frame().to_parquet(tmp_path / "c.parquet")
    frame().to_excel(tmp_path / "c.xlsx", index=False)
    pyreadstat.write_sav(frame(), str(tmp_path / "c.sav"))
    pyreadstat.write_dta(frame(), str(tmp_path / "c.dta"))
    for ending in ("parquet", "xlsx", "sav", "dta"):
        cohort = hcc2l.read_cohort(tmp_path / f"c.{ending}")
        assert ids(cohort) == ["1234567890123402", "1234567890123403"], ending
        cohort.check_ids()
        assert cohort.to_csv({}, np.ones(2, dtype=np.bool_)).splitlines()[1] == (
            "1234567890123402,1"
        )


def test_whole_numbers_of_parquet_keep_every_digit(tmp_path: Path) -> None:
    numbers = pa.array([110105199001010003, 110105199001010004, None], pa.int64())
    path = tmp_path / "c.parquet"
    pq.write_table(pa.table({"id": numbers, "x": numbers}), path)
    cohort = hcc2l.read_cohort(path)
    assert ids(cohort) == ["110105199001010003", "110105199001010004", ""]
    saved = cohort.to_csv({}, np.ones(3, dtype=np.bool_)).splitlines()
    assert saved[1] == "110105199001010003,110105199001010003"
    assert saved[3] == ","


@pytest.mark.parametrize(
    ("number", "hinted"),
    [(110105199001010000, True), (2**53, True), (2**53 - 1, False), (7, False)],
)
def test_repeated_ids_that_the_file_may_have_rounded_are_to_be_stored_as_text(
    number: int, hinted: bool, tmp_path: Path
) -> None:
    frame = pd.DataFrame({"id": [float(number)] * 2, "time": [1.0, 2.0]})
    frame.to_parquet(tmp_path / "c.parquet")
    with pytest.raises(InputError) as caught:
        hcc2l.read_cohort(tmp_path / "c.parquet").check_ids()
    assert str(number) in str(caught.value)
    assert ("store longer ids as text" in (caught.value.hint or "")) == hinted


def test_an_id_that_is_not_a_number_is_missing(tmp_path: Path) -> None:
    table = pa.table({"id": pa.array([1.0, float("nan"), float("nan")]), "time": [1, 2, 3]})
    pq.write_table(table, tmp_path / "c.parquet")
    cohort = hcc2l.read_cohort(tmp_path / "c.parquet")
    assert ids(cohort) == ["1", "", ""]
    cohort.check_ids()


# ---------------------------------------------------------------- rows that repeat a patient


REPEATED = "id,time,status,age\n" + "".join(
    f"{'p' if i % 5 else 'q'}{i // 2},{i + 1},{int(i % 3 > 0)},{50 + i * 7 % 13}\n"
    for i in range(30)
)


def test_rows_of_a_patient_may_be_clusters(run: Run, write: Write) -> None:
    write("c.csv", REPEATED)
    write("d.csv", REPEATED.replace("id,", "name,"))
    outcome = run("cox", "c.csv", "-x", "age", "--cluster", "id", "--json")
    other = run("cox", "d.csv", "-x", "age", "--cluster", "name", "--json")
    assert outcome.json["tables"]["terms"] == other.json["tables"]["terms"]


@pytest.mark.parametrize("further", [(), ("--cluster", "age")])
def test_rows_that_repeat_an_id_are_refused_and_the_ways_out_named(
    further: tuple[str, ...], run: Run, write: Write
) -> None:
    write("c.csv", REPEATED)
    outcome = run("cox", "c.csv", "-x", "age", *further)
    assert outcome.status == 2
    for way in ("--where", "--cluster id", "id = false", 'id = "…"'):
        assert way in outcome.err


def test_the_id_can_be_switched_off(run: Run, write: Write) -> None:
    write("c.csv", REPEATED)
    write("hcc2l.toml", "id = false\n")
    outcome = run("cox", "c.csv", "-x", "age", "--json")
    assert outcome.json["analysed"]["rows"] == 30
    assert "identified by" not in outcome.err


@pytest.mark.parametrize("value", ['""', "true", "1", '["a"]'])
def test_another_value_of_id_is_a_fault(value: str, run: Run, write: Write) -> None:
    write("c.csv", REPEATED)
    write("hcc2l.toml", f"id = {value}\n")
    outcome = run("km", "c.csv")
    assert outcome.status == 2
    assert "line 1, id: expected a column, or false" in outcome.err


INTERVALS = ("cox", FILES / "heart2.csv", "--time", "stop", "--event", "event", "-x", "age")


@pytest.mark.parametrize("further", [(), ("--cluster", "pat"), ("--where", "surgery==0")])
def test_intervals_of_a_patient_are_refused_whatever_the_standard_error(
    further: tuple[str, ...], run: Run
) -> None:
    # Surv(start, stop, event) in R gives age + transplant a hazard ratio of 1.00 (p 0.99) for
    # transplant; the rows taken for patients gave 0.52 (p 0.014).
    outcome = run(*INTERVALS, *further)
    assert outcome.status == 2
    assert "column pat" in outcome.err
    assert "'3' occurs at line 4 and line 5 with the times start and stop" in outcome.err
    assert "--where" in outcome.err
    assert "--cluster" in outcome.err


def test_the_number_of_rows_that_repeat_a_patient_is_that_of_the_rows_kept(run: Run) -> None:
    assert ": 69 rows repeat a patient" in run(*INTERVALS).err
    assert ": 1 row repeats a patient" in run(*INTERVALS, "--where", "pat in 3,4,1,2", "--where",
                                              "rownames!=4").err  # fmt: skip


def test_one_row_per_patient_beside_start_and_stop_is_analysed(run: Run) -> None:
    outcome = run(*INTERVALS, "--where", "start==0", "--json")
    assert outcome.json["analysed"]["rows"] == 103


def test_an_id_that_numbers_the_rows_hides_no_patient(run: Run, write: Write) -> None:
    text = (FILES / "heart2.csv").read_text()
    write("c.csv", text.replace("rownames", "row", 1).replace(",pat", ",id", 1))
    write("hcc2l.toml", 'id = "row"\n')
    outcome = run("cox", "c.csv", *INTERVALS[2:], "--where", "start>=0")
    assert outcome.status == 2
    assert "column id" in outcome.err
    write("hcc2l.toml", "id = false\n")
    assert "column id" in run("cox", "c.csv", *INTERVALS[2:], "--cluster", "id").err
    write("c.csv", text.replace(",pat", ",who", 1))
    write("hcc2l.toml", 'id = "who"\n')
    assert "with the times start and stop" in run("cox", "c.csv", *INTERVALS[2:]).err


def test_dates_of_start_and_stop_are_no_intervals(run: Run, write: Write) -> None:
    rows = REPEATED.splitlines()
    lines = [rows[0] + ",start,stop", *(f"{row},2020-01-01,2020-02-01" for row in rows[1:])]
    write("c.csv", "\n".join(lines) + "\n")
    assert run("cox", "c.csv", "-x", "age", "--cluster", "id").status == 0


@pytest.mark.parametrize(
    ("names", "pair"),
    [
        (("start", "stop"), ("start", "stop")), (("TStart", "x", "TSTOP"), ("TStart", "TSTOP")),
        (("exit", "entry"), ("entry", "exit")), (("start", "end"), ("start", "end")),
        (("start", "exit"), None), (("start",), None), ((), None),
    ],
)  # fmt: skip
def test_the_columns_of_an_interval(names: tuple[str, ...], pair: tuple[str, str] | None) -> None:
    assert recognise_interval(names) == pair


def test_columns_that_may_identify_patients() -> None:
    alike = ["pat", "ID", "Patient No", "patid", "usubjid", "subject_id", "mrn", "PatientID"]
    other = ["path", "no", "number", "code", "age", "idh1", "patients", "study_id", "subtype"]
    assert patient_columns([*alike, *other]) == alike


def visits(name: str, *, alike: bool) -> str:
    """Three visits of each of 12 patients; sex, age and arm of a patient stand in the first."""
    rows = []
    for i in range(36):
        patient = i // 3 if alike else i
        first = [("m", "f")[patient % 2], str(50 + patient), "ab"[patient % 3 > 0]]
        baseline = first if i % 3 == 0 or not alike else ["", *first[1:]]
        rows.append(",".join([f"K-{100 + i // 3}", *baseline, str(i + 1), str(i % 2)]))
    return f"{name},sex,age,arm,time,status\n" + "\n".join(rows) + "\n"


@pytest.mark.parametrize("name", ["Nº do paciente", "Номер пациента", "Code", "N.º paciente"])
def test_visits_are_refused_whatever_the_patients_number_is_called(
    name: str, run: Run, write: Write
) -> None:
    outcome = run("km", write("c.csv", visits(name, alike=True)))
    assert outcome.status == 2
    assert "36 rows of 12 patients" in outcome.err


def test_codes_of_hospitals_are_no_patients(run: Run, write: Write) -> None:
    assert run("km", write("c.csv", visits("Code", alike=False))).status == 0


def test_events_of_redcap_are_refused_whatever_differs(run: Run, write: Write) -> None:
    rows = "".join(f"{i},Baseline,,\n{i},Follow-up,{i},1\n" for i in range(1, 13))
    outcome = run("km", write("c.csv", f"Record ID,Event Name,time,status\n{rows}"))
    assert outcome.status == 2
    assert "24 rows of 12 patients" in outcome.err


# ---------------------------------------------------------------- similar levels


def levels(cells: list[str], *, dictionary: str = "") -> list[dict[str, int]]:
    text = "id,time,status,sex\n" + "".join(f"p{i},1,1,{c}\n" for i, c in enumerate(cells))
    spellings = []
    for size in (SMALL, LARGE):
        with pytest.MonkeyPatch.context() as patch:
            set_large(patch, size)
            cohort = read(text, dictionary=dictionary)
            cohort.column("sex")
            cohort.column("id")
            spellings.append(cohort.similar_levels().get("sex", []))
    assert spellings[0] == spellings[1]
    return spellings[0]


@pytest.mark.parametrize(
    ("cells", "similar"),
    [
        (["Male", "male", "MALE", "female"], [{"Male": 1, "male": 1, "MALE": 1}]),
        (["Hépatite B", "Hepatite B", "Hepatite B"], [{"Hépatite B": 1, "Hepatite B": 2}]),
        (["A 5", "A5", "B 7"], [{"A 5": 1, "A5": 1}]),
        (["STRASSE", "Straße", "a", "A"], [{"STRASSE": 1, "Straße": 1}, {"a": 1, "A": 1}]),
        (["\u0065\u0301", "\u00e9"], [{"\u0065\u0301": 1, "\u00e9": 1}]),
        (["A", "B", "AB", "Ä1", "A2"], []),
        (["lenvatinib", "lenvatinb"], []),
    ],
)
def test_levels_that_differ_in_capitals_blanks_or_accents(
    cells: list[str], similar: list[dict[str, int]]
) -> None:
    assert levels(cells) == similar


def test_spellings_that_the_dictionary_lists_are_meant() -> None:
    assert levels(["m", "M"], dictionary='[columns.sex]\nlevels = ["m", "M"]\n') == []
    assert levels(["m", "M"], dictionary='[columns.sex]\nlevels = ["M"]\n') == [{"m": 1, "M": 1}]


def similar_cohort(write: Write) -> None:
    spellings = ["Male", "male", "MALE", "Male", "Female"]
    rows = (
        f"p{i},{i + 1},{('Dead', 'dead', 'alive')[i % 3]},{spellings[i % 5]},{50 + i}\n"
        for i in range(30)
    )
    write("c.csv", "id,time,status,sex,age\n" + "".join(rows))


def test_similar_levels_are_reported_with_counts_and_the_line_of_the_dictionary(
    run: Run, write: Write
) -> None:
    similar_cohort(write)
    outcome = run("cox", "c.csv", "-x", "sex", "--json")
    (note,) = [n for n in outcome.json["notes"] if n["code"] == "similar-levels"]
    assert note["level"] == "warning"
    assert note["text"] == (
        "sex: 'Male' (12), 'male' (6) and 'MALE' (6) differ only in capitals, blanks or accents "
        "but are treated as different levels. If they are one level, correct the cells, or merge "
        "them in hcc2l.toml; hcc2l check prints the lines."
    )
    assert any("'Male' (12)" in line for line in outcome.messages("warning"))
    groups = 'Male = ["Male", "male", "MALE"]\nFemale = ["Female"]'
    write("hcc2l.toml", f"[columns.sex.groups]\n{groups}\n")
    outcome = run("cox", "c.csv", "-x", "sex", "--json")
    assert outcome.json["analysed"]["rows"] == 30
    assert "capitals" not in outcome.err


def test_similar_words_of_an_event_are_understood_and_not_warned_of(run: Run, write: Write) -> None:
    similar_cohort(write)
    assert "capitals" not in run("km", "c.csv").err
    # A value that is given means that spelling alone.
    assert "status: 'Dead' (10) and 'dead' (10)" in run("km", "c.csv", "--event", "status=dead").err


def test_similar_ids_and_columns_that_are_not_used_are_not_mentioned(
    run: Run, write: Write
) -> None:
    similar_cohort(write)
    assert "capitals" not in run("cox", "c.csv", "-x", "age").err
    write("d.csv", "id,time,status\na,1,1\nA,2,0\nb,3,1\n")
    assert "capitals" not in run("km", "d.csv").err


# ---------------------------------------------------------------- the file's name


def test_documents_name_the_file_and_errors_the_path(run: Run, write: Write) -> None:
    write("folder/sub/c.csv", REPEATED.replace("id,", "nr,").replace(",", ";"))
    outcome = run("km", "folder/sub/c.csv", "--json")
    result = outcome.json
    assert result["cohort"]["source"] == "c.csv"
    assert "folder" not in str({k: v for k, v in result.items() if k != "command"})
    assert any("c.csv: read as" in n["text"] for n in result["notes"])
    assert "note: folder/sub/c.csv: read as semicolon-separated text." in outcome.err
    for format_ in ("table", "md", "html", "tex"):
        text = run("km", "folder/sub/c.csv", "--format", format_).out
        assert "c.csv" in text
        assert "folder" not in text
    outcome = run("km", "folder/sub/c.csv", "--time", "age", "--event", "time")
    assert outcome.status == 2
    assert "folder/sub/c.csv" in run("km", "folder/sub/c.csv", "--weights", "status").err


# ---------------------------------------------------------------- one patient, several spellings


@pytest.mark.parametrize("other", ["P02 ", "p02", "Ｐ０２"])
@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_blanks_capitals_and_width_do_not_make_another_patient(
    other: str, size: int, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_large(monkeypatch, size)
    path = write("c.csv", f'patient_id,time\nP01,1\nP02,2\n"{other}",3\n')
    with pytest.raises(InputError, match="line 3 and line 4"):
        hcc2l.read_cohort(path).check_ids()


def test_repeated_patients_are_listed_with_the_cells_that_differ(write: Write) -> None:
    rows = "".join(f"P{i:02},{i}.5,a\n" for i in range(1, 21))
    path = write("c.csv", f"patient_id,time,arm\n{rows}P03,3.5,a\np05,9.5,a\n")
    with pytest.raises(InputError) as caught:
        hcc2l.read_cohort(path).check_ids()
    assert "'P03': line 4 and line 22 have the same cells" in str(caught.value)
    assert "'P05' and 'p05': line 6 and line 23 differ in time ('5.5', '9.5')" in str(caught.value)
    assert 'merge = "patient_id"' in str(caught.value.hint)


def test_visits_of_patients_are_counted_and_what_varies_is_named(write: Write) -> None:
    rows = "".join(f"P{i},{v},{i + v}.5,a\n" for i in range(1, 5) for v in (1, 2, 3))
    with pytest.raises(InputError, match="12 rows of 4 patients; visit, afp differ"):
        hcc2l.read_cohort(write("c.csv", f"id,visit,afp,arm\n{rows}")).check_ids()


def test_repeats_are_found_in_a_column_whose_name_does_not_say_that_it_holds_ids(
    write: Write,
) -> None:
    rows = "".join(f"A-{i:03},{i}.5\n" for i in range(1, 31))
    path = write("c.csv", f"hastano,time\n{rows}A-007,8\n")
    with pytest.raises(InputError, match="'A-007' occurs at line 8 and line 32"):
        hcc2l.read_cohort(path).check_ids()
    write("hcc2l.toml", "id = false\n")
    hcc2l.read_cohort(path).check_ids()


def test_a_first_column_of_groups_or_numbers_is_no_id(write: Write) -> None:
    rows = "".join(f"{60 + i},arm {i % 2}\n" for i in range(1, 31))
    hcc2l.read_cohort(write("c.csv", f"age,arm\n{rows}61,arm 1\n")).check_ids()
    hcc2l.read_cohort(write("d.csv", f"age,arm\n{rows}61,arm 1\n")).check_ids()


MERGED = '[rows]\nmerge = "record_id"\n'


def test_rows_of_a_patient_are_merged_on_request(write: Write) -> None:
    write("hcc2l.toml", MERGED)
    header = "record_id,redcap_event_name,redcap_repeat_instrument,age,os_months,death,lesion\n"
    rows = "1,base,,64,,,\n1,end,,,5.5,1,\n1,base,imaging,,,,3\n2,base,,70,,,\n2,end,,70,7.5,0,\n"
    cohort = hcc2l.read_cohort(write("c.csv", header + rows))
    cohort.check_ids()
    assert cohort.column("os_months").values.tolist() == [5.5, 7.5]
    assert cohort.column("age").values.tolist() == [64, 70]
    assert cohort.column("lesion").missing.all()
    remarks = " | ".join(cohort.source.remarks)
    assert "4 rows were merged by record_id into 2" in remarks
    assert "'imaging' (1)" in remarks


def test_rows_that_contradict_each_other_are_not_merged(write: Write) -> None:
    write("hcc2l.toml", MERGED)
    with pytest.raises(InputError, match="1, age: '64' in line 2, '65' in line 3"):
        hcc2l.read_cohort(write("c.csv", "record_id,age\n1,64\n1,65\n2,70\n"))
