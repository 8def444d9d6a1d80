"""`hcc2l flow`: boxes whose numbers add up, from those screened to the matched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import hcc2l
from hcc2l.errors import AnalysisError, InputError, UsageError
from hcc2l.report import FlowFigure, Report
from tests.conftest import Run, Write
from tests.reports import rows_of

PATIENTS = """\
id,ecog,stage,drug,afp
p1,0,B,sorafenib,10
p2,1,C,sorafenib,20
p3,2,C,sorafenib,500
p4,3,C,lenvatinib,30
p5,,B,lenvatinib,
p6,0,C,lenvatinib,40
p7,1,D,regorafenib,
p8,1,C,,50
"""
DICTIONARY = """
id = "id"
[columns.ecog]
label = "ECOG"
[columns.afp]
label = "AFP"
unit = "ng/mL"
[columns.drug]
label = "Second line"
"""
MATCHED = "id,pair\np1,1\np6,1\np2,\n"


@pytest.fixture(autouse=True)
def _patients(write: Write, workplace: Path) -> None:  # noqa: ARG001 - is set up
    write("c.csv", PATIENTS)
    write("hcc2l.toml", DICTIONARY)
    write("m.csv", MATCHED)


def boxes(report: Report) -> list[tuple[object, ...]]:
    """The label and number of every box."""
    return [(r["label"], r["n"]) for r in report.table("steps").rows if r["n"] is not None]


def exclusions(report: Report) -> list[tuple[object, ...]]:
    """Step, reason and number of every exclusion."""
    found = report.table("steps").rows
    return [(r["step"], r["reason"], r["excluded"]) for r in found if r["n"] is None]


def refusal(error: type[hcc2l.Hcc2lError], **options: Any) -> hcc2l.Hcc2lError:
    with pytest.raises(error) as caught:
        hcc2l.flow("c.csv", **options)
    return caught.value


# --- conditions ---


def test_a_condition_is_a_box_with_its_label_and_counts_the_unknown_apart() -> None:
    report = hcc2l.flow("c.csv", where=["ecog<=2::ECOG 0–2"])
    assert report.table("steps").rows == (
        {"step": 1, "label": "Patients in the cohort", "n": 8, "percent": None, "excluded": None,
         "reason": None, "source": "computed", "group": "all"},
        {"step": 1, "label": None, "n": None, "percent": None, "excluded": 1,
         "reason": "ECOG >2", "source": "computed", "group": "all"},
        {"step": 1, "label": None, "n": None, "percent": None, "excluded": 1,
         "reason": "ECOG missing", "source": "computed", "group": "all"},
        {"step": 2, "label": "ECOG 0–2", "n": 6, "percent": None, "excluded": None,
         "reason": None, "source": "computed", "group": "all"},
    )  # fmt: skip
    assert report.provenance.analysed == 6


@pytest.mark.parametrize(
    ("condition", "label", "reasons"),
    [
        ("afp<400", "AFP <400 ng/mL", ["AFP ≥400 ng/mL", "AFP missing"]),
        ("stage==C", "Stage: C", ["Stage: not C"]),
        ("stage in B,C", "Stage: B or C", ["Stage: not B or C"]),
        ("stage!=C", "Stage: not C", ["Stage: C"]),
        ("stage not in B,D", "Stage: not B or D", ["Stage: B or D"]),
        ("afp present", "AFP known", ["AFP missing"]),
        ("afp missing", "AFP missing", ["AFP known"]),
    ],
)
def test_a_condition_without_a_label_is_written_in_words(
    condition: str, label: str, reasons: list[str]
) -> None:
    report = hcc2l.flow("c.csv", where=condition)
    assert boxes(report)[-1][0] == label
    assert [reason for _, reason, _ in exclusions(report)] == reasons


def test_a_reason_may_be_given_beside_the_label() -> None:
    report = hcc2l.flow("c.csv", where=["afp present :: AFP at hand :: no AFP", "ecog<1::A::B"])
    assert exclusions(report) == [(1, "no AFP", 2), (2, "B", 4)]
    assert boxes(report) == [("Patients in the cohort", 8), ("AFP at hand", 6), ("A", 2)]


def test_rows_are_counted_once_at_the_first_step_that_excludes_them() -> None:
    report = hcc2l.flow("c.csv", where=["stage==C::C", "ecog<=2::fit"])
    assert exclusions(report) == [(1, "Stage: not C", 3), (2, "ECOG >2", 1)]


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("ecog<=2::", "'ecog<=2::' has an empty label."),
        ("ecog<=2:: ::x", "'ecog<=2:: ::x' has an empty label."),
        ("ecog<=2::a::b::c", "has more than a condition, a label and a reason."),
        ("::x", "'' is not a condition."),
        ("egog<=2::x", "There is no column 'egog' in the cohort."),
        ("ecog<=two::x", "'two' in 'ecog<=two' is not a number."),
        ("stage==Z::x", "There is no value 'Z' in stage."),
    ],
)
def test_a_condition_that_cannot_be_read_is_refused(where: str, message: str) -> None:
    error = refusal(UsageError, where=where)
    assert message in error.message
    assert "--where" in str(error.where)


def test_a_condition_that_no_patient_meets_names_the_reasons() -> None:
    error = refusal(AnalysisError, where=["stage==B::B", "ecog>2::poor"])
    assert error.message == "No rows remain to be analysed."
    assert "ecog>2 (1)" in str(error.hint)


def test_a_label_belongs_to_flow_alone() -> None:
    with pytest.raises(UsageError, match="2::x"):
        hcc2l.check("c.csv", where="ecog<=2::x")


# --- stated counts ---


def test_stated_counts_come_before_the_rows() -> None:
    report = hcc2l.flow(
        "c.csv", stated="screened=20", stated_excluded=["no second line=9", "lost=3"]
    )
    assert boxes(report) == [("screened", 20), ("Patients in the cohort", 8)]
    assert exclusions(report) == [(1, "no second line", 9), (1, "lost", 3)]
    assert report.table("steps").column("source") == ("stated", "stated", "stated", "computed")
    assert report.table("steps").footnotes


def test_the_last_stated_box_is_the_cohort_when_no_exclusion_follows() -> None:
    report = hcc2l.flow("c.csv", stated=["screened=9", "enrolled=8"], stated_excluded="lost=1")
    assert boxes(report) == [("screened", 9), ("enrolled", 8)]
    assert report.table("steps").column("source") == ("stated", "stated", "computed")


def test_exclusions_hang_on_the_box_where_they_add_up() -> None:
    report = hcc2l.flow(
        "c.csv", stated=["a=30", "b=20", "c=20", "d=11"],
        stated_excluded=["x=7", "y=3", "z=9", "w=3"],
    )  # fmt: skip
    assert exclusions(report) == [(1, "x", 7), (1, "y", 3), (3, "z", 9), (4, "w", 3)]


@given(
    exclusions=st.lists(
        st.lists(st.integers(1, 50), min_size=0, max_size=3), min_size=1, max_size=5
    )
)
def test_any_chain_of_counts_is_attributed_as_it_was_made(exclusions: list[list[int]]) -> None:
    from hcc2l.analyses.flow.stated import stated_boxes

    sizes = [8 + sum(map(sum, exclusions[i:])) for i in range(len(exclusions))]
    boxes = stated_boxes(
        hcc2l.read_cohort("c.csv"),
        [f"box {i}={n}" for i, n in enumerate(sizes)],
        [f"{i}.{j}={n}" for i, of in enumerate(exclusions) for j, n in enumerate(of)],
    )
    found = [[reason.n for reason in box.excluded] for box in boxes]
    assert found[: len(exclusions)] == exclusions
    assert boxes[-1].count.n == 8


@pytest.mark.parametrize(
    ("stated", "excluded", "message", "hint"),
    [
        (["a=10"], ["x=1"], "after 'a': 10 − 1 = 9, but c.csv has 8 rows, 1 fewer.",
         "Add the missing reason: --stated-excluded 'REASON=1'; or correct a number."),
        (["a=10"], ["x=1", "y=3"], "after 'a': 10 − 1 − 3 = 6, but c.csv has 8 rows, 2 more.",
         "Correct a number."),
        (["a=10"], [], "after 'a': 10 patients, none excluded, but c.csv has 8 rows, 2 fewer.",
         "--stated-excluded 'REASON=2'"),
        (["a=10", "b=7"], ["x=3"], "after 'b': 7 patients, none excluded, but c.csv has 8 rows",
         "Correct a number."),
        (["a=20", "b=14"], ["x=5", "y=6"],
         "after 'a': 20 − 5 = 15, but the next box, 'b', has 14 patients, 1 fewer.", "REASON=1"),
        (["a=20", "b=14"], ["x=4", "y=3", "z=6"],
         "after 'a': 20 − 4 − 3 = 13, but the next box, 'b', has 14 patients, 1 more.", "Correct"),
        (["a=20", "b=21"], ["x=13"], "but the next box, 'b', has 21 patients, 1 more.", "Correct"),
    ],
)  # fmt: skip
def test_numbers_that_do_not_add_up_are_refused_with_the_place(
    stated: list[str], excluded: list[str], message: str, hint: str
) -> None:
    error = refusal(UsageError, stated=stated, stated_excluded=excluded)
    assert message in error.message
    assert hint in str(error.hint)
    assert str(error.where).startswith("--stated '")


@pytest.mark.parametrize(
    "text",
    [
        "screened",
        "=8",
        " =8",
        "a=",
        "a=-8",
        "a=0",
        "a=8.0",
        "a=1,000",
        "a=x",
        "a=²",
        f"a={'9' * 5000}",
    ],
)
@pytest.mark.parametrize("option", ["stated", "stated_excluded"])
def test_a_count_that_cannot_be_read_is_refused(text: str, option: str) -> None:
    given = {"stated": "a=8", option: text}
    error = refusal(UsageError, **given)
    assert str(error.where).startswith(f"--{option.replace('_', '-')}")
    assert "=" in str(error.hint)


def test_a_label_may_hold_an_equals_sign() -> None:
    assert boxes(hcc2l.flow("c.csv", stated="ECOG = 0 to 3=8")) == [("ECOG = 0 to 3", 8)]


def test_exclusions_need_the_patients_before_them() -> None:
    error = refusal(UsageError, stated_excluded="lost=2")
    assert error.message == "--stated-excluded needs --stated."


@pytest.mark.parametrize(
    ("options", "where"),
    [
        ({"stated": ["a=9", "A=8"], "stated_excluded": "x=1"}, "--stated"),
        ({"stated": "a=10", "stated_excluded": ["x=1", "X=1"]}, "--stated-excluded"),
        ({"where": ["ecog<=2::fit", "stage==C::Fit"]}, "--where"),
        ({"stated": "fit=8", "where": "ecog<=2::fit"}, "--where"),
        ({"where": "ecog<=2::Patients in the cohort"}, "--where"),
    ],
)
def test_a_label_given_twice_is_refused(options: dict[str, Any], where: str) -> None:
    error = refusal(UsageError, **options)
    assert "is given twice" in error.message
    assert error.where == where


def test_one_reason_may_recur_at_another_step() -> None:
    report = hcc2l.flow("c.csv", stated=["a=12", "b=10"], stated_excluded=["lost=2", "lost=2"])
    assert exclusions(report) == [(1, "lost", 2), (2, "lost", 2)]


# --- arms ---


def test_arms_divide_the_last_box_and_a_missing_arm_is_excluded() -> None:
    report = hcc2l.flow("c.csv", where="ecog<=2::fit", by="drug")
    arms = [row for row in report.table("steps").rows if row["step"] == 3]
    assert [(r["label"], r["group"], r["n"], r["percent"]) for r in arms] == [
        ("lenvatinib", "lenvatinib", 1, 0.2),
        ("regorafenib", "regorafenib", 1, 0.2),
        ("sorafenib", "sorafenib", 3, 0.6),
    ]
    assert (2, "Second line missing", 1) in exclusions(report)
    assert [note.text for note in report.notes if note.code == "rows-left-out"] == [
        "1 row excluded: ecog missing.",
        "1 row excluded: drug missing.",
    ]


def test_a_further_term_divides_each_arm() -> None:
    report = hcc2l.flow("c.csv", by=["stage", "drug"])
    assert [r["group"] for r in rows_of(report, "steps", step=3)] == [
        "B, lenvatinib", "B, sorafenib", "C, lenvatinib", "C, sorafenib", "D, regorafenib",
    ]  # fmt: skip
    assert [(r["group"], r["n"]) for r in rows_of(report, "steps", step=2) if r["n"]] == [
        ("B", 2), ("C", 5), ("D", 1),
    ]  # fmt: skip
    assert rows_of(report, "steps", reason="Second line missing")[0]["group"] == "C"


def test_arms_may_be_cut() -> None:
    report = hcc2l.flow("c.csv", by="afp@400")
    assert boxes(report)[1:] == [("<400", 5), ("≥400", 1)]
    assert boxes(hcc2l.flow("c.csv", by="afp", cut="afp=35"))[1:] == [("<35", 3), ("≥35", 3)]


def test_at_most_twelve_arms_stand_side_by_side(write: Write) -> None:
    def cohort(centres: int) -> Path:
        rows = [f"{i},{i % centres},{sex}" for i in range(26) for sex in "mf"]
        lines = [f"p{n},{row}" for n, row in enumerate(rows)]
        return write("many.csv", "\n".join(["id,x,centre,sex", *lines]))

    assert len(boxes(hcc2l.flow(cohort(6), by=["centre", "sex"]))) == 1 + 6 + 12
    with pytest.raises(UsageError, match="14 arms side by side, more than the 12"):
        hcc2l.flow(cohort(7), by=["centre", "sex"])


def test_every_step_adds_up() -> None:
    report = hcc2l.flow(
        "c.csv", stated="screened=20", stated_excluded="lost=12", where=["afp<400::low"],
        by=["stage", "drug"],
    )  # fmt: skip
    rows = report.table("steps").rows
    last = max(int(str(row["step"])) for row in rows)
    for step in range(1, last):
        here = [row for row in rows if row["step"] == step]
        left = sum(row["n"] or 0 for row in here) - sum(row["excluded"] or 0 for row in here)  # type: ignore[misc,operator]
        assert left == sum(row["n"] or 0 for row in rows if row["step"] == step + 1)  # type: ignore[misc]
    assert report.provenance.analysed == sum(row["n"] or 0 for row in rows if row["step"] == last)  # type: ignore[misc]


# --- matched patients ---


def test_the_matched_stand_below_their_arms() -> None:
    report = hcc2l.flow("c.csv", where="drug!=regorafenib::two drugs", by="drug", matched="m.csv")
    matched = rows_of(report, "steps", label="Matched")
    assert [(row["group"], row["n"], row["percent"]) for row in matched] == [
        ("lenvatinib", 1, None), ("sorafenib", 1, None),
    ]  # fmt: skip
    lost = rows_of(report, "steps", reason="not matched")
    assert [(row["group"], row["excluded"]) for row in lost] == [
        ("lenvatinib", 2), ("sorafenib", 2),
    ]  # fmt: skip
    assert report.provenance.analysed == 2
    assert report.provenance.excluded[-1].reason == "not matched"


def test_the_matched_may_stand_below_one_box() -> None:
    assert boxes(hcc2l.flow("c.csv", matched="m.csv")) == [
        ("Patients in the cohort", 8), ("Matched", 2),
    ]  # fmt: skip


def test_an_arm_without_matched_patients_shows_none() -> None:
    report = hcc2l.flow("c.csv", by="drug", matched="m.csv")
    assert boxes(report)[-3:] == [("Matched", 1), ("Matched", 0), ("Matched", 1)]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("id,pair\np1,1\nq6,1\nq7,1\n",
         "2 of the 3 matched patients cannot be found in c.csv: q6, q7."),
        ("id,pair\np1,1\np4,1\n", "--where or --by excludes 1 matched patient: p4."),
        ("id,pair\np1,1\np6,2\np2,2\n", "Pairs with one patient: 1."),
        ("id,pair\np1,\np6,\n", "No row has a pair."),
        ("id,couple\np1,1\n", "There is no column 'pair' of matched patients."),
        ("patient,pair\np1,1\n", "There is no column 'id' of matched patients."),
        ("id,pair\np1,1\np1,1\n", "'p1' occurs at"),
    ],
)  # fmt: skip
def test_a_file_of_other_patients_is_refused(write: Write, content: str, message: str) -> None:
    write("other.csv", content)
    error = refusal(InputError, where="ecog<=2::fit", matched="other.csv")
    assert message in error.message
    assert str(error.where).startswith("other.csv")


def test_matched_patients_need_ids(write: Write) -> None:
    write("hcc2l.toml", "id = false\n")
    assert "not known which column" in refusal(UsageError, matched="m.csv").message


def test_the_matched_patients_of_psmatch_are_counted(run: Run) -> None:
    options = ("--treat", "lenvatinib", "-x", "age,child_pugh", "--quiet")
    assert run("psmatch", *options, "--save", "pairs.csv").status == 0
    matching = run("psmatch", *options, "--json").json["tables"]["matching"][0]
    done = run("flow", "--by", "second_line", "--matched", "pairs.csv", "--json")
    steps = done.json["tables"]["steps"]
    found = {row["group"]: row["n"] for row in steps if row["label"] == "Matched"}
    assert found["lenvatinib"] == matching["n_matched_treated"]
    assert found["sorafenib"] == matching["n_matched_control"]


def test_no_output_replaces_the_matched_patients(run: Run) -> None:
    done = run("flow", "c.csv", "--matched", "m.csv", "--out", "m.csv")
    assert done.status == 2
    assert "would overwrite the matched cohort" in done.err
    assert Path("m.csv").read_text() == MATCHED


# --- the command ---


def test_a_patient_with_two_rows_is_refused(write: Write) -> None:
    write("c.csv", PATIENTS + "p1,0,B,sorafenib,10\n")
    assert "'p1' occurs at" in refusal(InputError).message


def test_the_dictionary_may_hold_the_steps(write: Write, run: Run) -> None:
    write("hcc2l.toml", DICTIONARY + '[flow]\nstated = ["screened=10"]\nstated_excluded = '
          '["lost=2"]\nwhere = ["ecog<=2::fit"]\nby = "drug"\n')  # fmt: skip
    steps = run("flow", "c.csv", "--json").json["tables"]["steps"]
    assert [row["label"] for row in steps if row["label"]] == [
        "screened", "Patients in the cohort", "fit", "lenvatinib", "regorafenib", "sorafenib",
    ]  # fmt: skip


def test_the_table_reads_from_top_to_bottom(run: Run) -> None:
    stated = ("--stated", "screened=10", "--stated-excluded", "lost=2")
    done = run("flow", "c.csv", *stated, "--where", "ecog<=2::fit", "--by", "stage", "-q")
    lines = [line.split() for line in done.out.splitlines()]
    assert lines[6:15] == [
        ["screened", "10", "–"], ["lost", "–", "2"],
        ["Patients", "in", "the", "cohort", "8", "–"],
        ["ECOG", ">2", "–", "1"], ["ECOG", "missing", "–", "1"], ["fit", "6", "–"],
        ["B", "1", "–"], ["C", "4", "–"], ["D", "1", "–"],
    ]  # fmt: skip


def test_the_arm_is_named_where_its_box_does_not(run: Run) -> None:
    done = run("flow", "c.csv", "--by", "stage", "--matched", "m.csv", "-q")
    lines = [line.split() for line in done.out.splitlines()]
    assert lines[4] == ["Patients", "Arm", "n", "Excluded"]
    assert ["not", "matched", "C", "–", "4"] in lines
    assert ["Matched", "B", "1", "–"] in lines


def test_numbers_that_do_not_add_up_exit_with_2(run: Run) -> None:
    assert run("flow", "c.csv", "--stated", "screened=10").status == 2
    assert run("flow", "c.csv", "--where", "afp>1000::high").status == 1


def test_the_methods_tell_the_flow() -> None:
    report = hcc2l.flow(
        "c.csv", stated=["Screened=13", "Enrolled=10"],
        stated_excluded=["Lost=2", "Withdrawn=1", "Died=2"],
        where=["ecog<=3::ECOG known", "ecog<=2::Fit"], by="drug", matched="m.csv",
    )  # fmt: skip
    assert report.methods == (
        "Of 13 patients (screened), 3 were excluded (lost, n = 2; withdrawn, n = 1), which left 10 "
        "patients (enrolled). Of these, 2 were excluded (died), which left 8 patients in the "
        "cohort. Of these, 1 was excluded (ECOG missing), which left 7 patients (ECOG known). "
        "Of these, 1 was excluded (ECOG >2), which left 6 patients (fit). "
        "Of these, 1 was excluded (second line missing). "
        "Patients were grouped by second line: lenvatinib (n = 1), regorafenib (n = 1) and "
        "sorafenib (n = 3). Of these, 2 were matched: lenvatinib (n = 1), regorafenib (n = 0) and "
        "sorafenib (n = 1)."
    )


def test_the_methods_of_a_step_that_excludes_none_and_of_arms_of_arms() -> None:
    report = hcc2l.flow("c.csv", where=["stage present::Staged"], by=["stage", "drug"])
    assert report.methods == (
        "Of 8 patients in the cohort, none was excluded at the next step (staged). "
        "Of these, 1 was excluded (second line missing). Patients were grouped by stage and "
        "second line: B, lenvatinib (n = 1); B, sorafenib (n = 1); C, lenvatinib (n = 2); "
        "C, sorafenib (n = 2); D, regorafenib (n = 1)."
    )
    assert hcc2l.flow("c.csv", matched="m.csv").methods == (
        "The cohort comprised 8 patients. Of these, 2 were matched."
    )


# --- the figure ---


def test_the_figure_has_every_box_below_its_own() -> None:
    report = hcc2l.flow("c.csv", where="ecog<=2::fit", by=["stage", "drug"], matched="m.csv")
    assert report.draw is not None
    figure = report.draw()
    assert isinstance(figure, FlowFigure)
    number = {box.box: box for box in figure.boxes}
    assert [box.box for box in figure.boxes] == list(range(1, len(figure.boxes) + 1))
    paths = []
    for box in figure.boxes:
        path, parent = [box.label], box.parent
        while parent is not None:
            path, parent = [number[parent].label, *path], number[parent].parent
        paths.append(" > ".join(path[2:]))
    assert paths == [
        "", "", "B", "C", "D", "B > sorafenib", "C > lenvatinib", "C > sorafenib",
        "D > regorafenib", "B > sorafenib > Matched", "C > lenvatinib > Matched",
        "C > sorafenib > Matched", "D > regorafenib > Matched",
    ]  # fmt: skip
    assert sum(e.excluded for e in figure.exclusions) == 8 - 2
    assert set(figure.tables) == {"boxes", "exclusions"}


def test_an_arm_may_have_no_further_arms(write: Write) -> None:
    write("d.csv", "id,arm,drug\n1,a,x\n2,a,y\n3,b,\n4,b,\n")
    report = hcc2l.flow("d.csv", by=["arm", "drug"])
    assert report.draw is not None
    figure = report.draw()
    assert isinstance(figure, FlowFigure)
    assert [(box.label, box.parent) for box in figure.boxes] == [
        ("Patients in the cohort", None), ("a", 1), ("b", 1), ("x", 2), ("y", 2),
    ]  # fmt: skip
    assert [(e.box, e.excluded) for e in figure.exclusions] == [(3, 2)]
