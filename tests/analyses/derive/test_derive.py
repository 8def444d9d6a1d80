"""`hcc2l derive`: scores and derived columns are described, and saved with the cohort."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import hcc2l
from hcc2l.errors import AnalysisError, UsageError
from tests.conftest import Run, Write
from tests.reports import codes, note, rows_of

PATIENTS = """\
id;bilirubin;albumin;neutrophils;lymphocytes;etiology;started
007;1,0;3,60;4;2;HBV;2020-01-02
p2;0,8;4,0;3;1;HCV;2020-02-02
p3;1,2;;5;0;MASLD;2020-03-02
p4;2,0;2,9;6;4;alcohol;
"""
DICTIONARY = """
[derived.viral]
of = "etiology"
groups = {no = ["MASLD", "alcohol"], yes = ["HBV", "HCV"]}
[derived.excess]
label = "Excess of neutrophils"
difference = ["neutrophils", "lymphocytes"]
[columns.neutrophils]
unit = "10^9/L"
"""


@pytest.fixture(autouse=True)
def _patients(write: Write, workplace: Path) -> None:  # noqa: ARG001 - is set up
    write("c.csv", PATIENTS)
    write("hcc2l.toml", DICTIONARY)


def test_a_number_has_its_parts_and_its_range() -> None:
    report = hcc2l.derive("c.csv", add=["excess"])
    assert report.table("columns").rows == (
        {
            "variable": "excess", "label": "Excess of neutrophils",
            "parts": ("neutrophils (10^9/L)", "lymphocytes"), "n": 4, "n_missing": 0,
        },
    )  # fmt: skip
    assert report.table("values").rows == (
        {
            "variable": "excess", "level": None, "count": None, "percent": None,
            "median": 2, "min": 2, "max": 5,
        },
    )  # fmt: skip


def test_a_score_names_its_units_and_counts_what_is_missing() -> None:
    report = hcc2l.derive("c.csv", add=["ALBI", "nlr"])
    albi, nlr = report.table("columns").rows
    assert albi["parts"] == ("bilirubin (mg/dL)", "albumin (g/dL)")
    assert (albi["n"], albi["n_missing"], albi["label"]) == (3, 1, "ALBI")
    assert (nlr["n"], nlr["n_missing"], nlr["label"]) == (3, 1, "NLR")
    assert codes(report).count("score-computed") == 2


def test_levels_are_counted_in_their_order() -> None:
    report = hcc2l.derive("c.csv", add=["albi_grade", "viral"])
    viral = rows_of(report, "values", variable="viral")
    found = [(r["level"], r["count"], r["percent"], r["median"]) for r in viral]
    assert found == [("no", 2, 0.5, None), ("yes", 2, 0.5, None)]
    grades = rows_of(report, "values", variable="albi_grade")
    assert [r["level"] for r in grades] == ["1", "2", "3"]
    assert sum(r["count"] for r in grades) == 3
    assert sum(r["percent"] for r in grades) == pytest.approx(1)


def test_where_describes_some_rows_and_saves_all() -> None:
    report = hcc2l.derive("c.csv", add=["nlr"], where=["viral==yes"])
    assert report.table("columns").rows[0]["n"] == 2
    assert report.table("values").rows[0]["max"] == 3
    assert report.save is not None
    assert len(report.save().splitlines()) == 5
    with pytest.raises(AnalysisError, match="No rows remain"):
        hcc2l.derive("c.csv", add=["nlr"], where=["nlr>100"])


def test_the_saved_cohort_has_every_cell_and_the_columns_added(run: Run) -> None:
    done = run("derive", "c.csv", "--add", "albi_grade,nlr,viral", "--save", "out.csv")
    assert done.status == 0, done.err
    with Path("out.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0])[-3:] == ["albi_grade", "nlr", "viral"]
    assert [r["id"] for r in rows] == ["007", "p2", "p3", "p4"]
    assert [r["nlr"] for r in rows] == ["2", "3", "", "1.5"]
    assert [r["viral"] for r in rows] == ["yes", "yes", "no", "no"]
    assert rows[0]["started"] == "2020-01-02"


def test_the_saved_cohort_is_a_cohort_with_these_columns(run: Run) -> None:
    run("derive", "c.csv", "--add", "albi", "--save", "out.csv")
    again = hcc2l.read_cohort("out.csv")
    assert "albi" in again.names
    assert again.numbers("albi")[0] == pytest.approx(hcc2l.read_cohort("c.csv").numbers("albi")[0])


def test_without_save_nothing_is_written(run: Run) -> None:
    before = set(Path().iterdir())
    done = run("derive", "c.csv", "--add", "nlr")
    assert "NLR" in done.out
    assert set(Path().iterdir()) == before


@pytest.mark.parametrize("column", ["nlr", "NLR"])
@pytest.mark.parametrize("name", ["nlr", "NLR"])
def test_a_column_is_never_overwritten(name: str, column: str, write: Write) -> None:
    write("c.csv", f"id,{column},neutrophils,lymphocytes\n1,9,4,2\n")
    with pytest.raises(UsageError, match=f"already has a column '{column}'"):
        hcc2l.derive("c.csv", add=[name])


@pytest.mark.parametrize(
    ("name", "near"), [("albi_grad", "'albi_grade'"), ("exces", "'excess'"), ("etiolog", "etiol")]
)
def test_an_unknown_name_is_refused_with_near_ones(name: str, near: str) -> None:
    with pytest.raises(UsageError, match="neither a score nor a column of") as caught:
        hcc2l.derive("c.csv", add=[name])
    assert near in (caught.value.hint or "")


def test_a_score_without_its_parts_names_them() -> None:
    with pytest.raises(UsageError) as caught:
        hcc2l.derive("c.csv", add=["meld"])
    assert "inr" in (caught.value.hint or "") or "creatinine" in (caught.value.hint or "")


def test_something_has_to_be_added(run: Run) -> None:
    done = run("derive", "c.csv")
    assert done.status == 2
    assert done.messages("error") == ["error: --add: There is no column to add."]


def test_the_methods_say_how_and_cite() -> None:
    report = hcc2l.derive("c.csv", add=["albi", "excess"])
    assert "ALBI" in report.methods
    assert "Excess of neutrophils was defined as neutrophils" in report.methods
    assert report.references[0].startswith("Johnson PJ")
    assert "Excess of neutrophils =" in note(report, "derived-column")
