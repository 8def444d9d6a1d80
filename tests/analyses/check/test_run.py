"""`hcc2l check` as a command: the screen, the exit status, the dictionary that it writes."""

from __future__ import annotations

import csv
import shutil
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

import hcc2l
from hcc2l.dictionary import load_dictionary
from hcc2l.report import Report
from hcc2l.samples import sample_folder
from tests.analyses.check.cohorts import found, patients
from tests.conftest import Run, Write

SECOND_LINE = sample_folder() / "chon2024"


@pytest.mark.parametrize("width", [80, 120])
def test_the_screen_never_exceeds_its_width_and_no_table_is_broken(
    run: Run, write: Write, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    write("cohort.csv", patients(treatment={2: "Sorafenib"}, afp={2: "n.d.", 3: "<4"}))
    monkeypatch.setenv("COLUMNS", str(width))
    result = run("check", "cohort.csv")
    assert result.status == 0
    assert "(continued)" not in result.out
    assert max(map(len, result.out.splitlines())) <= width


def test_the_exit_status_is_1_with_strict_and_a_warning_only(run: Run, write: Write) -> None:
    write("clean.csv", patients())
    write("doubtful.csv", patients(age={2: "7"}))
    assert run("check", "clean.csv", "--strict").status == 0
    assert run("check", "doubtful.csv").status == 0
    result = run("check", "doubtful.csv", "--strict", "--out", "check.docx")
    assert result.status == 1
    assert "Age 7 among adults" in result.out
    assert Path("check.docx").stat().st_size > 0


def test_duplicates_and_cells_that_other_commands_refuse_are_reported(
    run: Run, write: Write
) -> None:
    write("cohort.csv", patients(patient_id={2: "P01"}, os_months={3: "long"}))
    assert run("km", "cohort.csv").status == 2
    result = run("check", "cohort.csv", "--json")
    codes = [row["code"] for row in result.json["tables"]["findings"]]
    assert {"repeated-id", "number-unreadable"} <= set(codes)


def test_what_cannot_be_read_at_all_is_refused(run: Run, write: Write) -> None:
    write("cohort.csv", "id,age\nP1,50,3\n")
    result = run("check", "cohort.csv")
    assert (result.status, result.out) == (2, "")


def test_a_dictionary_is_never_overwritten(run: Run, write: Write) -> None:
    write("cohort.csv", patients())
    write("mine.toml", "# mine\n")
    result = run("check", "cohort.csv", "--write-dictionary", "mine.toml")
    assert result.status == 2
    assert "never overwritten" in result.err
    assert Path("mine.toml").read_text() == "# mine\n"
    assert run("check", "cohort.csv", "--write-dictionary", "mine.csv").status == 2
    assert not Path("mine.csv").exists()


def same_but_for_recognition(report: Report) -> Report:
    """The report without its provenance, and without notes on what was recognised by name."""
    notes = tuple(n for n in report.notes if not n.code.endswith("-recognised"))
    return replace(report, notes=notes, provenance=None, show_methods=True)  # type: ignore[arg-type]  # it is not compared


ODD = {
    "treatment": {2: "Sorafenib"},
    "afp": {2: "n.d.", 3: "<4"},
    "albumin": {2: "999", 3: "999"},
    "child_pugh": dict.fromkeys(range(1, 13), "A5") | {3: "B7", 9: "B7"},
}


def test_the_written_dictionary_reproduces_the_reading(
    run: Run, write: Write, tmp_path: Path
) -> None:
    path = write("cohort.csv", patients(**ODD))
    options = {"covariates": ["age", "sex", "ecog", "albumin", "bilirubin"]}
    assert run("check", path, "--write-dictionary", tmp_path / "written.toml").status == 0
    plain, described = (hcc2l.read_cohort(path, config=c) for c in (None, "written.toml"))
    for analyse, given in ((hcc2l.km, {"by": "treatment"}), (hcc2l.cox, options)):
        assert same_but_for_recognition(analyse(described, **given)) == same_but_for_recognition(
            analyse(plain, **given)
        )
    for table in ("columns", "levels", "findings"):
        assert hcc2l.check(described).table(table) == hcc2l.check(plain).table(table)


def test_the_dictionary_has_what_was_found_and_in_comments_what_is_suggested(
    run: Run, write: Write
) -> None:
    write("cohort.csv", patients(**ODD))
    assert run("check", "cohort.csv", "--write-dictionary", "written.toml").status == 0
    lines = Path("written.toml").read_text(encoding="utf-8").splitlines()
    assert {'id = "patient_id"', 'levels = ["female", "male"]', 'type = "numeric"'} <= set(lines)
    suggested = {"# [columns.treatment.groups]", '# missing = ["999"]', '# treatment = "treatment"'}
    assert suggested <= set(lines)
    start = lines.index("[columns.treatment]  # treatment")
    assert not lines[start + 1].startswith("levels")  # they may be spellings of one


def test_options_of_reading_are_written_too(run: Run, write: Write) -> None:
    lines = ["id;score"] + [f"P{i};{1 + i}.{100 + i}" for i in range(14)]
    write("cohort.csv", "\n".join(lines) + "\n")
    options = ("--decimal", ",", "--na", "P3", "--na", "P4")
    result = run("check", "cohort.csv", *options, "--write-dictionary", "hcc2l.toml", "--json")
    again = run("check", "cohort.csv", "--json")
    assert again.json["tables"]["columns"][1] == result.json["tables"]["columns"][1]
    assert again.json["tables"]["columns"][1]["minimum"] == 1100
    assert again.json["tables"]["columns"][0]["missing"] == 2


def workbook(*sheets: str) -> Path:
    """A workbook in which the first sheet holds patients, one of them aged 7."""
    book = openpyxl.Workbook()
    for name in sheets:
        book.create_sheet(name)
    del book["Sheet"]
    for line in csv.reader(patients(age={2: "7"}).splitlines()):
        book[sheets[0]].append(line)
    book.save("cohort.xlsx")
    return Path("cohort.xlsx")


@pytest.mark.parametrize("options", [{}, {"sheet": "2L data"}])
def test_findings_name_the_sheet_of_a_workbook_with_several(
    workplace: Path,  # noqa: ARG001 - is set up
    options: dict[str, str],
) -> None:
    cohort = hcc2l.read_cohort(workbook("2L data", "codes"), **options)
    row = found(hcc2l.check(cohort), "unlikely-age")
    assert row["finding"].startswith("sheet '2L data', age, row 3: Age 7 among adults.")
    assert row["text"] == "Age 7 among adults. (sheet '2L data')"
    assert (row["column"], row["rows"]) == ("age", ("3",))


def test_a_single_sheet_is_not_named(workplace: Path) -> None:  # noqa: ARG001 - is set up
    row = found(hcc2l.check(workbook("2L data")), "unlikely-age")
    assert row["finding"].startswith("age, row 3: Age 7")
    assert row["text"] == "Age 7 among adults."


def test_a_dictionary_in_force_is_kept_and_completed(run: Run, tmp_path: Path) -> None:
    shutil.copy(SECOND_LINE / "cohort.csv", tmp_path)
    text = (SECOND_LINE / "hcc2l.toml").read_text(encoding="utf-8")
    part = text.partition("[columns.afp]")[0] + "# my note\n"
    (tmp_path / "hcc2l.toml").write_text(part, encoding="utf-8")
    assert run("check", "cohort.csv", "--write-dictionary", "new.toml").status == 0
    written = Path("new.toml").read_text(encoding="utf-8")
    assert "# my note" in written
    old, new = load_dictionary(tmp_path / "hcc2l.toml"), load_dictionary(tmp_path / "new.toml")
    assert {name: new.columns[name] for name in old.columns} == old.columns
    assert new.columns["afp"].type == "numeric"
    assert (new.endpoints, new.treatment) == (old.endpoints, old.treatment)
    plain = hcc2l.km(tmp_path / "cohort.csv", by="afp@400")
    described = hcc2l.km(
        hcc2l.read_cohort(tmp_path / "cohort.csv", config=tmp_path / "new.toml"), by="afp@400"
    )
    assert same_but_for_recognition(described) == same_but_for_recognition(plain)
