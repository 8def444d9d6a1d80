"""Columns with several values for one patient, as `check` shows, suggests and writes them."""

from __future__ import annotations

from pathlib import Path

import pytest

import hcc2l
from tests.analyses.check.cohorts import checked, column, found, found_codes, patients
from tests.conftest import Run, Write
from tests.reports import rows_of

BOXES = """\
record_id,os_months,death,comorbid___1,comorbid___2,age
1,1.5,1,0,1,61
2,2.5,1,1,1,62
3,3.5,0,0,0,63
4,4.5,1,,,64
5,5.5,1,0,0,65
"""
LABELLED = BOXES.replace("comorbid___1", "Illness (choice=Diabetes)").replace(
    "comorbid___2", "Illness (choice=Gout)"
)
CAUSES = ["HBV", "HBV; alcohol", "alcohol", "HCV;HBV", "", "MASLD; hbv"]
SPLIT = '[columns.etiology]\nsplit = ";"\n'


def with_causes(*causes: str) -> str:
    return "id,etiology\n" + "".join(f'p{i},"{cause}"\n' for i, cause in enumerate(causes, 1))


@pytest.mark.parametrize(
    ("cells", "mark"),
    [
        (("HBV", "HBV; alcohol"), ";"),
        (("HBV", "HBV | alcohol"), "|"),
        (("HBV", "HBV/alcohol"), "/"),
        (("HBV", "HBV + alcohol"), "+"),
        (("HBV", "HBV, alcohol"), ","),
        (("HBV", "HBV and alcohol"), " and "),
        (("HBV; HCV", "HBV; alcohol"), ";"),
    ],
)
def test_cells_with_several_values_are_found_and_the_dictionary_line_printed(
    tmp_path: Path, cells: tuple[str, ...], mark: str
) -> None:
    row = found(checked(tmp_path, with_causes(*cells, "HCV")), "several-values")
    assert (row["severity"], row["column"]) == ("warning", "etiology")
    assert row["remedy"].endswith(f'[columns.etiology]\nsplit = "{mark}"')


@pytest.mark.parametrize(
    "cells",
    [
        ("MASLD, NASH or NAFLD", "HBV", "HCV"),  # one cause with a comma
        ("atezolizumab + bevacizumab", "lenvatinib", "sorafenib"),
        ("HBV;", "HCV;"),
        ("a;b;c;d", "a"),  # of four values one recurs
    ],
)
def test_values_that_recur_in_no_other_cell_are_one_value(
    tmp_path: Path, cells: tuple[str, ...]
) -> None:
    assert "several-values" not in found_codes(checked(tmp_path, with_causes(*cells)))


def test_a_split_column_has_the_patients_of_each_value(tmp_path: Path) -> None:
    report = checked(tmp_path, with_causes(*CAUSES), SPLIT)
    row = column(report, "etiology")
    assert (row["meaning"], row["type"], row["n"], row["missing"]) == (
        "multi-select", "factor", 5, 1,
    )  # fmt: skip
    assert row["levels"] == ("alcohol", "HBV", "HCV", "MASLD")
    assert [r["n"] for r in rows_of(report, "levels", name="etiology")] == [2, 4, 1, 1]
    assert row["content"] == "alcohol (2), HBV (4), HCV (1), MASLD (1)"
    assert row["understood"] == "aetiology, several values"
    assert {"several-values", "similar-levels"}.isdisjoint(found_codes(report))


def test_values_are_counted_in_the_rows_of_where(tmp_path: Path) -> None:
    report = checked(tmp_path, with_causes(*CAUSES), SPLIT, where=["etiology==HBV"])
    assert [r["n"] for r in rows_of(report, "levels", name="etiology")] == [1, 4, 1, 1]


def test_the_checkboxes_of_a_question_are_one_column(tmp_path: Path) -> None:
    report = checked(tmp_path, BOXES)
    names = [row["name"] for row in report.table("columns").rows]
    assert names == ["record_id", "os_months", "death", "comorbid", "age"]
    assert report.title.startswith("5 rows, 6 columns")
    row = column(report, "comorbid")
    assert (row["meaning"], row["n"], row["levels"]) == ("multi-select", 4, ("1", "2"))
    finding = found(report, "checkboxes")
    assert finding["text"] == "Read from the checkboxes in 2 columns."
    assert finding["remedy"].endswith('[columns.comorbid.labels]\n1 = "…"\n2 = "…"')


def test_choices_with_names_need_no_labels(tmp_path: Path) -> None:
    report = checked(tmp_path, LABELLED)
    assert column(report, "Illness")["levels"] == ("Diabetes", "Gout")
    assert found(report, "checkboxes")["remedy"] is None
    labels = '[columns.comorbid]\nlabels = {1 = "diabetes", 2 = "gout"}\n'
    report = checked(tmp_path, BOXES, labels)
    assert column(report, "comorbid")["levels"] == ("diabetes", "gout")
    assert found(report, "checkboxes")["remedy"] is None
    assert "dictionary-column" not in found_codes(report)


def test_values_outside_the_dictionary_are_found_with_their_rows(tmp_path: Path) -> None:
    report = checked(tmp_path, with_causes(*CAUSES), SPLIT + 'levels = ["HBV", "alcohol"]\n')
    rows = rows_of(report, "findings", code="unexpected-level")
    assert [(row["rows"], row["text"][:7]) for row in rows] == [(("5",), "'HCV' i"),
                                                                (("7",), "'MASLD'")]  # fmt: skip


def test_measurements_that_the_dictionary_splits_are_shown_as_they_are(tmp_path: Path) -> None:
    text = "id,afp\n" + "".join(f"p{i},{i}.5\n" for i in range(20))
    row = column(checked(tmp_path, text, '[columns.afp]\nsplit = ";"\n'), "afp")
    assert (row["meaning"], row["minimum"], row["maximum"]) == ("number", 0.5, 19.5)


@pytest.mark.parametrize("text", [BOXES, LABELLED])
def test_the_written_dictionary_reproduces_the_checkboxes(
    text: str, run: Run, write: Write
) -> None:
    path = write("c.csv", text)
    assert run("check", path, "--write-dictionary", "written.toml").status == 0
    plain, described = (hcc2l.read_cohort(path, config=c) for c in (None, "written.toml"))
    for table in ("columns", "levels", "findings"):
        assert hcc2l.check(described).table(table) == hcc2l.check(plain).table(table)
    (question,) = plain.multi_selects
    member = plain.multi_selects[question].members[0].name
    groups = [hcc2l.km(c, by=member).table("groups") for c in (plain, described)]
    assert groups[0] == groups[1]


def test_the_written_dictionary_has_the_line_to_split_as_a_comment(run: Run, write: Write) -> None:
    path = write("c.csv", with_causes(*CAUSES))
    assert run("check", path, "--write-dictionary", "written.toml").status == 0
    written = Path("written.toml").read_text(encoding="utf-8")
    assert '# split = ";"\n' in written
    Path("written.toml").write_text(written.replace("# split", "split"), encoding="utf-8")
    report = hcc2l.check(hcc2l.read_cohort(path, config="written.toml"))
    assert column(report, "etiology")["meaning"] == "multi-select"


def test_a_cohort_without_such_columns_is_checked_as_before(tmp_path: Path) -> None:
    codes = found_codes(checked(tmp_path, patients()))
    assert {"checkboxes", "several-values"}.isdisjoint(codes)
