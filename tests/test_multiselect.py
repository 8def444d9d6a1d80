"""Columns with several values for one patient: cells that are split, and REDCap's checkboxes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hcc2l
from hcc2l.column import Column
from hcc2l.errors import InputError, UsageError
from hcc2l.multiselect import MultiSelect, checkboxes, from_cells, from_checkboxes
from hcc2l.recoding import Levels
from hcc2l.report import Report
from tests.conftest import Run, Write
from tests.reports import codes, note

PATIENTS = """\
patient_id,os_months,death,etiology,age
p1,1.5,1,HBV,61
p2,2.5,1,HBV; alcohol,62
p3,3.5,1,alcohol ;; alcohol,63
p4,4.5,1,hbv;HCV,64
p5,5.5,0,,65
p6,6.5,1,HBV；MASLD,66
p7,7.5,1,;,67
"""
SPLIT = '[columns.etiology]\nsplit = ";"\n'
BOXES = """\
record_id,os_months,death,comorbid___1,comorbid___2,comorbid____9,age
1,1.5,1,0,1,0,61
2,2.5,1,1,1,0,62
3,3.5,0,0,0,0,63
4,4.5,1,,,,64
5,5.5,1,1,0,0,65
"""
LABELLED = """\
Record ID,os_months,death,Illness (choice=Diabetes),"Illness (choice=Gout, acute)"
1,1.5,1,Unchecked,Checked
2,2.5,1,Checked,Checked
3,3.5,0,Unchecked,Unchecked
4,4.5,1,,
"""


@pytest.fixture(autouse=True)
def _in_an_empty_folder(workplace: Path) -> None:
    """Every cohort stands in a folder of its own."""


def text_column(*cells: str | None) -> Column:
    return Column("etiology", "text", np.array(cells, dtype=object))


def cohort(write: Write, text: str, dictionary: str = "") -> Path:
    write("hcc2l.toml", dictionary)
    return write("c.csv", text)


def has(several: MultiSelect) -> dict[str, list[int]]:
    """Who has each value, by label."""
    return {
        label: np.flatnonzero(several.selected[:, at]).tolist()
        for at, label in enumerate(several.labels)
    }


def groups(report: Report) -> dict[Any, Any]:
    return {row["group"]: row["n"] for row in report.table("groups").rows}


# ---------------------------------------------------------------- cells


def test_cells_are_split_and_each_value_counts_once() -> None:
    several = from_cells(text_column("HBV; alcohol", " HCV ;; HCV", None, ";"), ";", Levels())
    assert has(several) == {"alcohol": [0], "HBV": [0], "HCV": [1]}
    assert several.missing.tolist() == [False, False, True, True]


@pytest.mark.parametrize(
    ("cell", "separator"),
    [("HBV；alcohol", ";"), ("HBV and alcohol", " and "), ("HBV|alcohol", "|"),
     ("HBV + alcohol", "+"), ("HBV、alcohol", "、"), ("HBV\nalcohol", "\n")],
)  # fmt: skip
def test_any_text_may_stand_between_values(cell: str, separator: str) -> None:
    several = from_cells(text_column(cell), separator, Levels())
    assert several.labels == ("alcohol", "HBV")


def test_spellings_of_one_value_are_called_as_in_most_rows() -> None:
    several = from_cells(text_column("hbv", "HBV", "HBV;ＨＢＶ", "Hcv"), ";", Levels())
    assert has(several) == {"HBV": [0, 1, 2], "Hcv": [3]}
    assert several.spellings == ({"HBV": 2, "hbv": 1, "ＨＢＶ": 1},)


@given(
    st.lists(st.lists(st.sampled_from(["a", "b", "c", " a ", ""]), max_size=4), min_size=1)
)  # fmt: skip
def test_no_patient_is_added_or_lost(cells: list[list[str]]) -> None:
    texts = [";".join(pieces) or None for pieces in cells]
    several = from_cells(text_column(*texts), ";", Levels())
    sets = [{piece.strip() for piece in pieces} - {""} for pieces in cells]
    assert several.missing.tolist() == [not of for of in sets]
    for at, label in enumerate(several.labels):
        assert several.selected[:, at].tolist() == [label in of for of in sets]
        variable = several.variable(at, "x")
        assert sum(variable.counts().values()) + variable.missing.sum() == len(cells)


def test_values_have_the_order_and_the_names_of_the_dictionary() -> None:
    cells = text_column("hcv; HBV", "alcohol")
    assert from_cells(cells, ";", Levels(), ["HCV", "HDV", "HBV", "alcohol"]).labels == (
        "HCV", "HDV", "HBV", "alcohol",
    )  # fmt: skip
    levels = Levels({"alcohol": "Alcohol"}, {"viral": ("HBV", "HCV")})
    several = from_cells(cells, ";", levels)
    assert has(several) == {"viral": [0], "Alcohol": [1]}
    assert [member.names for member in several.members] == [
        ("etiology___viral",), ("etiology___Alcohol", "etiology___alcohol"),
    ]  # fmt: skip


def test_values_that_the_dictionary_does_not_name_are_known_with_their_rows() -> None:
    cells = text_column("HBV; PBC", "HBV", "PBC", None)
    several = from_cells(cells, ";", Levels({"HBV": "B"}))
    assert {value: rows.tolist() for value, rows in several.unnamed.items()} == {
        "PBC": [True, False, True, False]
    }


def test_a_label_outside_the_levels_is_not_dropped_in_silence() -> None:
    levels = Levels({"1": "HBV", "2": "HCV"})
    assert set(from_cells(text_column("1;2"), ";", levels, ["HBV"]).unnamed) == {"2"}
    boxes = {choice: text_column("1", "0") for choice in "12"} | {"3": text_column("0", "0")}
    several = from_checkboxes("q", boxes, levels, ["HBV"])
    assert several is not None
    assert set(several.unnamed) == {"2"}  # nobody has the third


def test_with_other_missing_they_are_ignored_and_those_without_another_are_missing() -> None:
    cells = text_column("HBV; PBC", "HBV", "PBC", None)
    several = from_cells(cells, ";", Levels({"HBV": "B"}, other="missing"))
    assert (has(several), dict(several.unnamed)) == ({"B": [0, 1]}, {})
    assert several.missing.tolist() == [False, False, True, True]


# ---------------------------------------------------------------- checkboxes


def test_checkboxes_are_known_by_their_names() -> None:
    names = ["id", "a_b___1", "a_b____9", "c___x_1", "Q (choice=A (mild))", "Q (choice=B)", "c_1"]
    assert checkboxes(names) == {
        "a_b": {"1": "a_b___1", "-9": "a_b____9"},
        "c": {"x_1": "c___x_1"},
        "Q": {"A (mild)": "Q (choice=A (mild))", "B": "Q (choice=B)"},
    }


def test_columns_beside_a_column_of_the_question_are_no_checkboxes() -> None:
    assert checkboxes(["etiology", "etiology___HBV"]) == {}


@pytest.mark.parametrize("cells", [("0", "1", "2"), ("yes", "no"), ("0", "Checked")])
def test_other_cells_are_no_ticks(cells: tuple[str, ...]) -> None:
    assert from_checkboxes("q", {"1": text_column(*cells)}, Levels()) is None


def test_a_label_of_the_file_names_the_choice_and_the_question() -> None:
    column = Column(
        "q___1", "number", np.array([0.0, 1.0]), label="Comorbidities (choice=Diabetes)"
    )
    several = from_checkboxes("q", {"1": column}, Levels())
    assert several is not None
    assert (several.label, several.members[0].values) == ("Comorbidities", ("Diabetes", "1"))


def test_a_patient_without_a_tick_has_none_and_one_without_boxes_is_missing(write: Write) -> None:
    several = hcc2l.read_cohort(cohort(write, BOXES)).multi_select("comorbid")
    assert several is not None
    assert has(several) == {"1": [1, 4], "2": [0, 1], "-9": []}
    assert several.missing.tolist() == [False, False, False, True, False]
    assert several.several == 1


def test_a_box_that_is_empty_beside_others_is_not_ticked() -> None:
    boxes = {"1": text_column("1", None, None), "2": text_column(None, "0", None)}
    several = from_checkboxes("q", boxes, Levels())
    assert several is not None
    assert (has(several), several.missing.tolist()) == (
        {"1": [0], "2": []}, [False, False, True],
    )  # fmt: skip


# ---------------------------------------------------------------- of a cohort


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("etiology___HBV", {"no": 1, "yes": 4}),
        ("etiology==HBV", {"no": 1, "yes": 4}),
        ("etiology == hbv", {"no": 1, "yes": 4}),
        ("etiology___hbv", {"no": 1, "yes": 4}),
        ("etiology!=HCV", {"no": 1, "yes": 4}),
        ("etiology in {HCV,alcohol}", {"no": 2, "yes": 3}),
        ("etiology not in {HCV,alcohol}", {"no": 3, "yes": 2}),
        ("etiology___HBV==1", {"no": 1, "yes": 4}),
        ("etiology___HBV>=1", {"<1": 1, "≥1": 4}),
    ],
)
def test_a_term_asks_whether_a_patient_has_a_value(
    term: str, expected: dict[str, int], write: Write
) -> None:
    path = cohort(write, PATIENTS, SPLIT)
    assert groups(hcc2l.km(path, by=term)) == expected
    assert hcc2l.km(path, by=term).provenance.analysed == 5


@pytest.mark.parametrize(
    ("condition", "left"),
    [("etiology==HBV", 4), ("etiology in HCV,MASLD", 2), ("etiology != HBV", 1),
     ("etiology not in HCV,MASLD", 3), ("etiology___alcohol==yes", 2),
     ("etiology missing", 2), ("etiology present", 5)],
)  # fmt: skip
def test_a_condition_asks_whether_a_patient_has_a_value(
    condition: str, left: int, write: Write
) -> None:
    assert hcc2l.km(cohort(write, PATIENTS, SPLIT), where=[condition]).provenance.analysed == left


def test_patients_of_whom_nothing_is_known_are_excluded_and_counted(write: Write) -> None:
    path = cohort(write, PATIENTS, SPLIT)
    for report, reason in (
        (hcc2l.km(path, by="etiology==HBV"), "etiology missing"),
        (hcc2l.km(path, where=["etiology==HBV"]), "etiology missing"),
        (hcc2l.km(path, by="etiology___HBV"), "etiology___HBV missing"),
    ):
        assert report.provenance.excluded[0].reason == reason
        assert report.provenance.excluded[0].which == ("p5", "p7")


@pytest.mark.parametrize(
    "arguments",
    [("km", "--by", "etiology"), ("cox", "-x", "etiology"),
     ("cox", "-x", "age", "--strata", "etiology"),
     ("cox", "-x", "age", "--cluster", "etiology"), ("km", "--weights", "etiology"),
     ("km", "--event", "etiology=HBV"), ("logistic", "--outcome", "etiology=HBV", "-x", "age"),
     ("tree", "-x", "etiology"), ("roc", "--marker", "etiology", "--outcome", "death"),
     ("psmatch", "--treat", "etiology", "-x", "age"), ("derive", "--add", "viral"),
     ("cox", "-x", "etiology@log2")],
)  # fmt: skip
def test_the_column_itself_is_refused_with_its_values(
    arguments: tuple[str, ...], run: Run, write: Write
) -> None:
    derived = '[derived.viral]\nof = "etiology"\ngroups = {v = ["HBV"]}\nother = "missing"\n'
    path = cohort(write, PATIENTS, SPLIT + derived)
    outcome = run(arguments[0], path, *arguments[1:])
    assert outcome.status == 2
    assert "several values of etiology" in outcome.err
    assert "etiology___alcohol, etiology___HBV, etiology___HCV, etiology___MASLD" in outcome.err


def test_the_refusal_names_the_option(run: Run, write: Write) -> None:
    outcome = run("km", cohort(write, PATIENTS, SPLIT), "--by", "etiology")
    assert outcome.messages("error")[0].startswith("error: --by etiology: ")


def test_a_value_that_does_not_occur_is_refused(write: Write) -> None:
    with pytest.raises(UsageError, match="no value 'HBW' in etiology") as caught:
        hcc2l.km(cohort(write, PATIENTS, SPLIT), by="etiology==HBW")
    assert "'HBV'" in (caught.value.hint or "")


def test_values_are_covariates_side_by_side(write: Write) -> None:
    report = hcc2l.cox(
        cohort(write, PATIENTS, SPLIT), covariates=["etiology___HBV", "etiology==alcohol"],
        univariable=True,
    )  # fmt: skip
    rows = [(row["term"], row["level"], row["reference"]) for row in report.table("terms").rows]
    assert rows == [("etiology___HBV", "yes", "no"), ("etiology==alcohol", "yes", "no")]


def test_the_label_names_column_and_value(write: Write) -> None:
    text = SPLIT + 'label = "Cause"\nlabels = {HBV = "Hepatitis B"}\n'
    text += 'groups = {other = ["HCV", "alcohol", "MASLD"]}\n'
    found = hcc2l.read_cohort(cohort(write, PATIENTS, text))
    assert found.label("etiology___HBV") == "Cause: Hepatitis B"
    report = hcc2l.km(found, by="etiology==Hepatitis B")
    assert "Cause: Hepatitis B" in report.title


def test_a_value_can_be_used_as_a_number(write: Write) -> None:
    found = hcc2l.read_cohort(cohort(write, PATIENTS, SPLIT))
    expected = [1, 1, 0, 1, np.nan, 1, np.nan]
    np.testing.assert_array_equal(found.numbers("etiology___HBV"), expected)


def test_its_role_is_that_of_the_column(write: Write) -> None:
    path = cohort(write, PATIENTS, SPLIT + 'role = "post-baseline"\n')
    assert "immortal-time" in codes(hcc2l.km(path, by="etiology___HBV"))


def test_a_checkbox_of_an_endpoint_is_known_after_the_start(write: Write) -> None:
    text = '[endpoints.x]\ntime = "os_months"\nevent = "comorbid___1"\n'
    found = hcc2l.read_cohort(cohort(write, BOXES, text))
    assert found.known_after_start("comorbid___1")
    assert not found.known_after_start("comorbid___2")


def test_a_reference_can_be_chosen(write: Write) -> None:
    path = cohort(write, PATIENTS, SPLIT)
    report = hcc2l.km(path, by="etiology___HBV", ref=["etiology___HBV=yes"])
    assert list(groups(report)) == ["yes", "no"]


def test_it_has_no_order(write: Write) -> None:
    assert not hcc2l.read_cohort(cohort(write, PATIENTS, SPLIT)).ordered("etiology___HBV")


def test_a_column_of_that_name_wins(write: Write) -> None:
    text = "\n".join(
        line + of for line, of in zip(
            PATIENTS.splitlines(), (",etiology___HBV", *[",a", ",b"] * 3, ",a"), strict=True
        )
    )  # fmt: skip
    assert groups(hcc2l.km(cohort(write, text, SPLIT), by="etiology___HBV")) == {"a": 4, "b": 3}
    derived = '[derived.etiology___HBV]\nof = "age"\ngroups = {x = [61]}\nother = "missing"\n'
    found = hcc2l.read_cohort(cohort(write, PATIENTS, SPLIT + derived))
    assert found.column("etiology___HBV").counts() == {"x": 1}


def test_values_can_be_saved(run: Run, write: Write) -> None:
    path = cohort(write, PATIENTS, SPLIT)
    outcome = run("derive", path, "--add", "etiology___HBV", "--save", "saved.csv")
    assert outcome.status == 0, outcome.err
    saved = Path("saved.csv").read_text(encoding="utf-8").splitlines()
    assert saved[0].endswith("age,etiology___HBV")
    assert [line.rpartition(",")[2] for line in saved[1:]] == [
        "yes", "yes", "no", "yes", "", "yes", "",
    ]  # fmt: skip


def test_a_value_can_be_grouped_again(write: Write) -> None:
    derived = '[derived.b]\nof = "etiology___HBV"\ngroups = {B = ["yes"], other = ["no"]}\n'
    assert groups(hcc2l.km(cohort(write, PATIENTS, SPLIT + derived), by="b")) == {
        "B": 4, "other": 1,
    }  # fmt: skip


def test_a_note_says_how_many_patients_have_several(write: Write) -> None:
    report = hcc2l.km(cohort(write, PATIENTS, SPLIT), by="etiology___HBV")
    assert note(report, "several-values") == (
        "etiology: 3 of 5 patients have more than one value; 'HBV' (3) and 'hbv' (1) were read as "
        "one value."
    )
    assert "similar-levels" not in codes(report)


def test_notes_are_those_of_one_analysis(write: Write) -> None:
    found = hcc2l.read_cohort(cohort(write, PATIENTS, SPLIT))
    assert "several-values" in codes(hcc2l.km(found, by="etiology___HBV"))
    assert "several-values" not in codes(hcc2l.km(found, by="age>=63"))


def test_cells_are_neither_levels_nor_numbers(write: Write) -> None:
    cells = ["1", "2", "1;2", "HBV; a", "hbv; a", *"12121212"]
    rows = "".join(f"p{i},{i},1,{cell}\n" for i, cell in enumerate(cells))
    path = cohort(write, f"id,os_months,death,etiology\n{rows}", SPLIT)
    notes = codes(hcc2l.km(path, by="etiology==1"))
    assert {"similar-levels", "numbers-as-groups"}.isdisjoint(notes)


def test_values_outside_the_dictionary_are_refused_with_their_rows(write: Write) -> None:
    path = cohort(write, PATIENTS, SPLIT + 'levels = ["HBV", "HCV", "alcohol"]\n')
    with pytest.raises(InputError, match=r"no level of .*'MASLD' \(1 row: p6\)") as caught:
        hcc2l.km(path, by="etiology___HBV")
    assert 'other = "missing"' in (caught.value.hint or "")
    assert groups(hcc2l.km(path, by="age>=63")) == {"<63": 2, "≥63": 5}


def test_a_code_for_missing_is_no_value(write: Write) -> None:
    path = cohort(write, PATIENTS, SPLIT + 'missing = ["alcohol", "MASLD"]\n')
    assert groups(hcc2l.km(path, by="etiology___HCV")) == {"no": 3, "yes": 1}


def test_cells_that_look_like_numbers_are_split(write: Write) -> None:
    text = 'id,os_months,death,kinds\na,1,1,"1,3"\nb,2,1,2\nc,3,1,"2,3"\nd,4,0,unknown\n'
    path = cohort(write, text, '[columns.kinds]\nsplit = ","\n')
    assert groups(hcc2l.km(path, by="kinds==3")) == {"no": 1, "yes": 2}


def test_many_codes_are_split_if_a_cell_has_two() -> None:
    several = from_cells(text_column(*map(str, range(20)), "3;4"), ";", Levels())
    assert len(several.members) == 20


def test_measurements_are_not_split(write: Write) -> None:
    rows = "".join(f"p{i},{i},1,{i}.5\n" for i in range(1, 20))
    path = cohort(write, f"id,os_months,death,afp\n{rows}", '[columns.afp]\nsplit = ";"\n')
    with pytest.raises(UsageError, match="afp holds numbers or dates") as caught:
        hcc2l.km(path, by="afp==1.5")
    assert str(caught.value.where).endswith("columns.afp.split")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('split = ""', "split: give what stands between the values"),
        ('split = ";"\ntype = "numeric"', "type: a column with split is not numeric"),
        ('split = ";"\nreference = "HBV"', "reference: this does not go with split"),
        ('split = ";"\ncut = [3]', "cut: this does not go with split"),
        ('split = ";"\nother = "missing"', "other: this needs labels or groups"),
        ('split = ";"\ngroups = {a = ["x"], b = ["x"]}', "groups: 'x' occurs twice"),
    ],
)
def test_a_column_that_is_split_has_no_such_key(
    text: str, fault: str, run: Run, write: Write
) -> None:
    outcome = run("km", cohort(write, PATIENTS, f"[columns.etiology]\n{text}\n"))
    assert outcome.status == 2
    assert fault in outcome.err


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("comorbid___1", {"no": 2, "yes": 2}),
        ("comorbid___diabetes", {"no": 2, "yes": 2}),
        ("comorbid==diabetes", {"no": 2, "yes": 2}),
        ("comorbid==1", {"no": 2, "yes": 2}),
        ("comorbid___1==1", {"no": 2, "yes": 2}),
        ("comorbid in {diabetes,2}", {"no": 1, "yes": 3}),
    ],
)
def test_checkboxes_answer_to_their_codes_and_labels(
    term: str, expected: dict[str, int], write: Write
) -> None:
    path = cohort(write, BOXES, '[columns.comorbid]\nlabels = {1 = "diabetes"}\n')
    report = hcc2l.km(path, by=term)
    assert groups(report) == expected
    assert "dictionary-columns" not in codes(report)
    assert note(report, "several-values").endswith("read from the checkboxes in 3 columns.")


@pytest.mark.parametrize("term", ["Illness (choice=Diabetes)", "Illness___Diabetes",
                                  "Illness==Diabetes"])  # fmt: skip
def test_checkboxes_of_a_labelled_export_answer_to_their_choice(term: str, write: Write) -> None:
    report = hcc2l.km(cohort(write, LABELLED), by=term)
    assert groups(report) == {"no": 2, "yes": 1}
    assert "by Illness: Diabetes" in report.title


def test_a_checkbox_answers_to_the_words_of_the_file(write: Write) -> None:
    text = LABELLED.replace("Illness (choice=Diabetes)", "illness___1")
    path = cohort(write, text.replace('"Illness (choice=Gout, acute)"', "illness___2"))
    assert groups(hcc2l.km(path, by="illness___1==Checked")) == {"no": 2, "yes": 1}


def test_a_checkbox_with_levels_of_its_own_is_a_plain_column(write: Write) -> None:
    text = '[columns.comorbid___1]\nlabels = {0 = "never", 1 = "diabetes"}\n'
    assert groups(hcc2l.km(cohort(write, BOXES, text), by="comorbid___1")) == {
        "never": 2, "diabetes": 2,
    }  # fmt: skip


def test_the_cells_stay_as_they_are_in_saved_files_and_frames(write: Write) -> None:
    found = hcc2l.read_cohort(cohort(write, BOXES))
    assert found.to_pandas()["comorbid___1"].dropna().tolist() == [0.0, 1.0, 0.0, 1.0]
    assert found.to_csv({}, np.ones(5, dtype=np.bool_)) == BOXES
    found = hcc2l.read_cohort(cohort(write, PATIENTS, SPLIT))
    assert found.to_pandas()["etiology"][1] == "HBV; alcohol"


def test_a_cohort_tells_its_columns_with_several_values(write: Write) -> None:
    assert list(hcc2l.read_cohort(cohort(write, PATIENTS, SPLIT)).multi_selects) == ["etiology"]
    assert list(hcc2l.read_cohort(cohort(write, BOXES)).multi_selects) == ["comorbid"]
    assert not hcc2l.read_cohort(cohort(write, PATIENTS)).multi_selects
    assert hcc2l.read_cohort(cohort(write, PATIENTS)).multi_select("etiology") is None
