"""A further table on the patients of a cohort is read as the cohort is."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

import hcc2l
from hcc2l.report import Report
from tests.conftest import Run, Write
from tests.reports import note, rows_of

PATIENTS = [["id", "os_months", "death"], ["007", 3, 1], ["p2", 4, 0]]
EVENTS = [["id", "term", "grade"], ["007", "Rash", 3], ["p2", "Pain", 1]]


def rash(report: Report) -> int:
    (row,) = rows_of(report, "events", adverse_event="Rash", band="any")
    return int(row["count"])


@pytest.fixture
def book(workplace: Path) -> Path:
    """A workbook with the patients in its first sheet and their events in the third."""
    workbook = openpyxl.Workbook()
    for name, rows in {"patients": PATIENTS, "codes": [["code", "label"], ["1", "x"]],
                       "AE": EVENTS}.items():  # fmt: skip
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
    del workbook["Sheet"]
    path = workplace / "study.xlsx"
    workbook.save(path)
    return path


def test_the_sheet_with_the_columns_sought_is_read(book: Path) -> None:
    report = hcc2l.adverse(book, events=str(book))
    assert rash(report) == 1
    assert "only the sheet 'AE' was read" in note(report, "events-file")


def test_the_sheet_of_the_cohort_is_not_that_of_the_events(book: Path, run: Run) -> None:
    arguments = ("adverse", book.name, "--events", book.name, "--sheet", "patients", "--json")
    assert run(*arguments).json["analysed"]["rows"] == 2


def test_ids_that_are_digits_stay_texts_whatever_their_column_is_called(write: Write) -> None:
    write("c.csv", "id,age\n007,50\n008,60\n")
    write("ae.csv", "Fallnummer,Pat,event\n1,007,Rash\n2,008,Pain\n")
    assert rash(hcc2l.adverse("c.csv", events="ae.csv")) == 1
    write("ae.csv", "wer,event\n007,Rash\n008,Pain\n")
    assert rash(hcc2l.adverse("c.csv", events="ae.csv", id="wer")) == 1


def test_the_id_of_the_dictionary_is_that_of_both_files(write: Write) -> None:
    first, second = "12345678901234567891", "12345678901234567892"
    write("c.csv", f"Kennung,age\n{first},50\n{second},60\n")
    write("hcc2l.toml", 'id = "Kennung"\n')
    write("ae.csv", f"id,Kennung,event\n1,{first},Rash\n2,{second},Pain\n")
    assert rash(hcc2l.adverse("c.csv", events="ae.csv")) == 1


def test_rows_are_not_merged_and_the_header_is_detected(write: Write) -> None:
    write("c.csv", "title\nid,age\n007,50\n008,\n008,60\n")
    write("hcc2l.toml", '[rows]\nmerge = "id"\n[defaults]\nheader = "2"\n')
    write("ae.csv", "id,term,grade\n007,Pain,1\n007,Rash,2\n")
    assert rash(hcc2l.adverse("c.csv", events="ae.csv")) == 1


def test_codes_for_missing_values_hold_in_both_files(write: Write, run: Run) -> None:
    write("c.csv", "id;age\n007;50\n")
    write("ae.csv", "id;term;grade\n007;Rash;xx\n")
    outcome = run(
        "adverse", "c.csv", "--events", "ae.csv", "--na", "xx", "--bands", "any", "--json"
    )
    assert outcome.json["tables"]["events"][1]["count"] == 1


def test_a_file_that_does_not_exist(write: Write, run: Run) -> None:
    write("c.csv", "id,age\n007,50\n")
    outcome = run("adverse", "c.csv", "--events", "events.csv")
    assert outcome.status == 2
    assert outcome.messages("error") == ["error: events.csv: There is no such file."]
