"""`labels`, `groups` and `other` of a column in `hcc2l.toml`: new levels wherever it is used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import hcc2l
from hcc2l.errors import AnalysisError, InputError, UsageError
from hcc2l.report import Report
from tests.conftest import Run, Write
from tests.reports import codes

PATIENTS = """\
patient_id,os_months,death,child_pugh,ever,stage,age
p1,1.5,1,A5,0,I,61
p2,2.5,1,A6,1,II,62
p3,3.5,0,B7,0,III,63
p4,4.5,1,A5,1.0,IV,64
p5,5.5,0,B7,,I,65
p6,6.5,1,A6,1,II,66
p7,7.5,2,C10,1,I,67
"""
CHILD_PUGH = 'columns.child_pugh.groups = {B = ["B7"], A = ["A5", "A6"], C = ["C10"]}\n'
EVER = 'columns.ever.labels = {1 = "ever", 0 = "never"}\n'
DEATH = 'columns.death.labels = {0 = "alive", 1 = "dead", 2 = "dead"}\n'


@pytest.fixture
def patients(write: Write, workplace: Path) -> Path:  # noqa: ARG001 - is set up
    return write("c.csv", PATIENTS)


def dictionary(text: str) -> None:
    Path("hcc2l.toml").write_text(DEATH + text, encoding="utf-8")


def groups(report: Report) -> dict[Any, Any]:
    return {row["group"]: row["n"] for row in report.table("groups").rows}


def test_labels_are_the_levels_in_their_order(patients: Path) -> None:
    dictionary(EVER)
    assert list(groups(hcc2l.km(patients, by="ever")).items()) == [("ever", 4), ("never", 2)]


def test_groups_merge_levels_in_their_order(patients: Path) -> None:
    dictionary(CHILD_PUGH)
    found = groups(hcc2l.km(patients, by="child_pugh"))
    assert list(found.items()) == [("B", 2), ("A", 4), ("C", 1)]


def test_groups_may_name_labels_or_codes(patients: Path) -> None:
    dictionary(
        'columns.stage.labels = {I = "one", II = "two", III = "three", IV = "four"}\n'
        'columns.stage.groups = {early = ["one", "II"]}\n'
    )
    found = groups(hcc2l.km(patients, by="stage"))
    assert list(found.items()) == [("early", 5), ("three", 1), ("four", 1)]


def test_numbers_can_be_grouped(patients: Path) -> None:
    dictionary('columns.age.groups = {young = [61, 62, "63.0"], old = [64, 65, 66, 67]}\n')
    assert groups(hcc2l.km(patients, by="age")) == {"young": 3, "old": 4}


def test_an_event_is_understood_by_its_labels(patients: Path) -> None:
    dictionary("")
    (row,) = hcc2l.km(patients).table("groups").rows
    assert row["events"] == 5


def test_values_in_neither_are_refused_with_their_rows(patients: Path) -> None:
    dictionary('columns.child_pugh.groups = {A = ["A5", "A6"]}\n')
    with pytest.raises(InputError, match=r"in no label or group .*: 'B7', 'C10'") as caught:
        hcc2l.km(patients, by="child_pugh")
    assert "(3 rows: p3, p5, p7)" in caught.value.message
    assert 'other = "missing"' in (caught.value.hint or "")


def test_other_values_become_missing_on_request(patients: Path) -> None:
    dictionary('columns.child_pugh = {groups = {A = ["A5", "A6"], B = ["B7"]}, other = "missing"}')
    report = hcc2l.km(patients, by="child_pugh")
    assert groups(report) == {"A": 4, "B": 2}
    (excluded,) = report.provenance.excluded
    assert (excluded.reason, excluded.which) == ("child_pugh missing", ("p7",))


def test_a_note_counts_what_was_recoded(patients: Path) -> None:
    dictionary('columns.child_pugh = {groups = {A = ["A5", "A6"], B = ["B7"]}, other = "missing"}')
    texts = [n.text for n in hcc2l.km(patients, by="child_pugh").notes if n.code == "recoded"]
    assert texts == [
        "death was recoded as hcc2l.toml says: alive = 0 (2); dead = 1 (4) and 2 (1).",
        "child_pugh was recoded as hcc2l.toml says: A = A5 (2) and A6 (2); B = B7 (2); "
        "missing = C10 (1).",
    ]
    assert codes(hcc2l.km(patients)).count("recoded") == 1


@pytest.mark.parametrize("condition", ["child_pugh==A", "child_pugh in A,C", "child_pugh!=B"])
def test_conditions_speak_of_the_new_levels(condition: str, patients: Path) -> None:
    dictionary(CHILD_PUGH)
    assert hcc2l.km(patients, where=[condition]).provenance.analysed in (4, 5)


@pytest.mark.parametrize("value", ["ever", "1"])
def test_conditions_and_references_also_know_the_code_of_a_label(
    value: str, patients: Path
) -> None:
    dictionary(EVER)
    assert hcc2l.km(patients, where=[f"ever=={value}"]).provenance.analysed == 4
    report = hcc2l.km(patients, by="ever", ref=["ever=0"])
    assert list(groups(report)) == ["never", "ever"]


def test_a_merged_value_is_no_level_any_more(patients: Path) -> None:
    dictionary(CHILD_PUGH)
    with pytest.raises(UsageError, match="There is no value 'A5'"):
        hcc2l.km(patients, where=["child_pugh==A5"])
    with pytest.raises(UsageError, match="There is no level 'A5'"):
        hcc2l.km(patients, by="child_pugh", ref=["child_pugh=A5"])


def test_a_treatment_is_named_by_its_label(patients: Path) -> None:
    dictionary(EVER)
    with pytest.raises(AnalysisError, match=r"^(?!.*neither a column)"):
        hcc2l.psmatch(patients, treat="never", covariates=["age"])


def test_the_saved_cohort_keeps_its_cells(patients: Path, run: Run) -> None:
    dictionary(EVER)
    assert run("tree", patients, "-x", "ever", "--save", "out.csv").status == 0
    lines = Path("out.csv").read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[4] for line in lines[1:]] == ["0", "1", "0", "1.0", "", "1", "1"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('groups = {A = ["a"], B = ["a"]}', "line 2, columns.x.groups: 'a' occurs twice."),
        ("groups = {A = []}", "columns.x.groups.A: the group is empty."),
        ('groups = ["a"]', "columns.x.groups: expected a table of lists"),
        ("labels = {0 = 1}", "columns.x.labels: expected a table of texts"),
        ('other = "missing"', "columns.x.other: this needs labels or groups"),
        ('labels = {0 = "no"}\nother = "drop"', "'drop' is not a way to treat other values"),
        ('labels = {0 = "no"}\nlevels = ["yes"]', "columns.x.levels: no label or group is called"),
        ('labels = {0 = "no"}\nreference = "0"', "columns.x.reference: '0' is not one of"),
    ],
)
def test_faults_are_listed_with_their_lines(text: str, fault: str, patients: Path) -> None:
    Path("hcc2l.toml").write_text(f"[columns.x]\n{text}\n", encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        hcc2l.km(patients)
    assert fault in caught.value.message
