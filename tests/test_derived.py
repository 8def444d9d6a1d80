"""`[derived.NAME]` in `hcc2l.toml`: a column that is computed from others stands in any term."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import hcc2l
from hcc2l.errors import InputError, UsageError
from hcc2l.report import Report
from tests.conftest import Write
from tests.reports import codes, note

PATIENTS = """\
patient_id,os_months,death,etiology,afp,afp_week8,neutrophils,lymphocytes,bilirubin,albumin,alb8,arm
p1,1.5,1,HBV,100,80,4,2,1.0,3.6,3.0,A
p2,2.5,1,HCV,100,80.1,3,1,0.8,4.0,3.9,B
p3,3.5,0,MASLD,0,10,5,0,1.2,3.1,3.0,A
p4,4.5,1,alcohol,400,,6,4,2.0,2.9,2.2,B
p5,5.5,0,HBV,50,100,2,2,1.1,3.9,3.5,A
p6,6.5,1,MASLD,9,7.2,8,1,3.0,2.5,2.1,B
"""
VIRAL = (
    '[derived.viral]\nof = "etiology"\ngroups = {yes = ["HBV", "HCV"], no = ["MASLD", "alcohol"]}'
)
CHANGE = '[derived.afp_change]\nchange = ["afp", "afp_week8"]\n'


@pytest.fixture(autouse=True)
def _patients(write: Write, workplace: Path) -> None:  # noqa: ARG001 - is set up
    write("c.csv", PATIENTS)


def dictionary(text: str) -> None:
    Path("hcc2l.toml").write_text(text, encoding="utf-8")


def groups(report: Report) -> dict[Any, Any]:
    return {row["group"]: row["n"] for row in report.table("groups").rows}


def values(name: str) -> list[float | None]:
    found = hcc2l.read_cohort("c.csv").numbers(name).tolist()
    return [None if number != number else number for number in found]


def test_groups_of_another_column() -> None:
    dictionary(VIRAL)
    report = hcc2l.km("c.csv", by="viral")
    assert list(groups(report).items()) == [("yes", 3), ("no", 3)]
    assert note(report, "derived-column") == (
        "Viral = groups of etiology: yes = HBV (2) and HCV (1); no = MASLD (2) and alcohol (1)."
    )
    assert "etiology" in hcc2l.read_cohort("c.csv").names


def test_groups_leave_the_other_column_as_it_is() -> None:
    dictionary(VIRAL)
    assert set(groups(hcc2l.km("c.csv", by="etiology"))) == {"HBV", "HCV", "MASLD", "alcohol"}


def test_a_ratio_is_missing_where_its_divisor_is_0() -> None:
    dictionary('[derived.ratio]\nlabel = "NLR"\nratio = ["neutrophils", "lymphocytes"]')
    assert values("ratio") == [2, 3, None, 1.5, 1, 8]
    report = hcc2l.cox("c.csv", covariates=["ratio"])
    assert note(report, "derived-column") == (
        "NLR = neutrophils / lymphocytes; missing where the divisor is 0 (1 row)."
    )
    (excluded,) = report.provenance.excluded
    assert excluded.reason == "ratio missing (no neutrophils or lymphocytes)"


def test_a_difference_is_the_first_minus_the_second() -> None:
    dictionary('[derived.fall]\ndifference = ["afp", "afp_week8"]')
    assert values("fall") == pytest.approx([20, 19.9, -10, None, -50, 1.8])


def test_a_change_is_the_second_minus_the_first() -> None:
    dictionary(CHANGE)
    assert values("afp_change") == pytest.approx([-20, -19.9, 10, None, 50, -1.8])


def test_a_fall_of_exactly_20_percent_is_one() -> None:
    dictionary(CHANGE + "percent = true\n")
    assert values("afp_change") == [-20, -19.9, None, None, 100, -20]
    found = groups(hcc2l.km("c.csv", by="afp_change<=-20"))
    assert found == {">-20": 2, "≤-20": 2}


def test_a_percentage_of_a_negative_number_is_refused() -> None:
    dictionary('[derived.x]\nchange = ["albi", "afp"]\npercent = true')
    with pytest.raises(InputError, match="albi is negative in 6 rows: p1, p2"):
        hcc2l.cox("c.csv", covariates=["x"])


def test_a_score_of_stated_parts_has_a_name_of_its_own() -> None:
    dictionary(
        '[derived.albi8]\nlabel = "ALBI at week 8"\nscore = "albi"\nparts = {albumin = "alb8"}\n'
        '[derived.albi_fall]\ndifference = ["albi8", "albi"]'
    )
    falls = [8.5 * (a - b) / 10 for a, b in ((3.6, 3.0), (4.0, 3.9), (3.1, 3.0))]
    assert values("albi_fall")[:3] == pytest.approx(falls)
    text = note(hcc2l.cox("c.csv", covariates=["albi8"]), "score-computed")
    assert text.startswith("ALBI at week 8 = 0.66")
    assert "alb8 (g/dL)" in text


def test_a_class_of_stated_parts_keeps_its_levels() -> None:
    dictionary('[derived.grade8]\nscore = "albi_grade"\nparts = {albumin = "alb8"}')
    assert set(groups(hcc2l.km("c.csv", by="grade8"))) <= {"1", "2", "3"}


def test_a_column_of_that_name_wins_and_a_note_says_so() -> None:
    dictionary('[derived.afp]\nratio = ["neutrophils", "lymphocytes"]')
    report = hcc2l.cox("c.csv", covariates=["afp"])
    assert values("afp")[0] == 100
    assert "[derived.afp] of hcc2l.toml is not used" in note(report, "derived-column")


def test_a_derived_column_wins_over_a_score() -> None:
    dictionary('[derived.nlr]\nratio = ["lymphocytes", "neutrophils"]')
    assert values("nlr")[0] == 0.5


def test_its_entry_describes_it_like_any_column() -> None:
    dictionary(CHANGE + '[columns.afp_change]\nlabel = "AFP change"\ncut = [0]\n')
    report = hcc2l.km("c.csv", by="afp_change")
    assert groups(report) == {"<0": 3, "≥0": 2}
    assert "AFP change" in report.title


def test_conditions_matching_and_markers_know_it() -> None:
    dictionary(VIRAL + "\n" + CHANGE)
    assert hcc2l.km("c.csv", where=["viral==yes", "afp_change<0"]).provenance.analysed == 2
    assert "derived-column" in codes(hcc2l.roc("c.csv", outcome="death", marker=["afp_change"]))
    with pytest.raises(hcc2l.AnalysisError):  # too few patients, but the treatment is known
        hcc2l.psmatch("c.csv", treat="viral=yes", covariates=["afp_change"])


def test_it_is_known_after_baseline_as_its_parts_are() -> None:
    dictionary(CHANGE + '[columns.afp_change]\ncut = [0]\n[derived.r]\nratio = ["afp", "albumin"]')
    assert "immortal-time" in codes(hcc2l.km("c.csv", by="afp_change"))
    assert "immortal-time" not in codes(hcc2l.km("c.csv", by="r@median"))


def test_the_methods_define_it() -> None:
    dictionary(CHANGE + "percent = true\n")
    report = hcc2l.cox("c.csv", covariates=["afp_change"], methods=True)
    assert "was defined as 100 × (afp_week8 − afp) / afp." in (report.methods or "")


def test_levels_in_no_group_are_refused() -> None:
    dictionary('[derived.viral]\nof = "etiology"\ngroups = {viral = ["HBV", "HCV"]}')
    with pytest.raises(InputError, match=r"no label or group of \[derived.viral\]"):
        hcc2l.km("c.csv", by="viral")


def test_two_units_have_no_difference() -> None:
    dictionary(CHANGE + '[columns.afp]\nunit = "ng/mL"\n[columns.afp_week8]\nunit = "kU/L"')
    with pytest.raises(UsageError, match="afp is in ng/mL, but afp_week8 in kU/L"):
        hcc2l.cox("c.csv", covariates=["afp_change"])


def test_a_column_that_does_not_exist_is_named_with_its_table() -> None:
    dictionary('[derived.x]\nratio = ["neutrophil", "lymphocytes"]')
    with pytest.raises(UsageError, match="no column 'neutrophil'") as caught:
        hcc2l.cox("c.csv", covariates=["x"])
    assert "derived.x" in (caught.value.where or "")
    assert "'neutrophils'" in (caught.value.hint or "")
    report = hcc2l.km("c.csv")
    assert "neutrophil." in note(report, "dictionary-columns")


def test_a_misspelt_derived_column_is_suggested() -> None:
    dictionary(VIRAL)
    with pytest.raises(UsageError) as caught:
        hcc2l.km("c.csv", by="virall")
    assert "'viral'" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('label = "x"', "line 1, derived.x: give one of groups, ratio, difference, change or"),
        ('ratio = ["a", "b"]\nscore = "albi"', "derived.x: give one of"),
        ('of = "a"', "line 2, derived.x.of: this needs groups"),
        ('groups = {A = ["a"]}', "line 2, derived.x.groups: this needs of"),
        ('ratio = ["a"]', "line 2, derived.x.ratio: give two columns"),
        ('ratio = ["a", "b"]\npercent = true', "line 3, derived.x.percent: this needs change"),
        ('score = "alby"', "line 2, derived.x.score: 'alby' is not a score. Did you mean 'albi'"),
        ('score = "albi"\nparts = {inr = "a"}', "derived.x.parts.inr: this is no part of albi"),
        ('from = "a"', "line 2, derived.x.from: unknown key."),
        ('ratio = ["x", "b"]', "line 1, derived.x: this column is computed from itself"),
        ('ratio = ["y", "b"]\n[derived.y]\nratio = ["x", "b"]', "line 3, derived.y: this column"),
    ],
)
def test_faults_are_listed_with_their_lines(text: str, fault: str) -> None:
    dictionary(f"[derived.x]\n{text}\n")
    with pytest.raises(UsageError) as caught:
        hcc2l.km("c.csv")
    assert fault in caught.value.message


def test_groups_have_no_order_unless_declared_but_classes_have() -> None:
    dictionary(VIRAL + '\n[derived.grade8]\nscore = "albi_grade"\nparts = {albumin = "alb8"}')
    cohort = hcc2l.read_cohort("c.csv")
    assert not cohort.ordered("viral")
    assert cohort.ordered("grade8")
    dictionary(VIRAL + '\n[columns.viral]\ntype = "ordered"')
    assert hcc2l.read_cohort("c.csv").ordered("viral")


def test_a_missing_part_is_not_counted_as_a_divisor_of_0() -> None:
    dictionary(CHANGE + "percent = true\n")
    text = note(hcc2l.cox("c.csv", covariates=["afp_change"]), "derived-column")
    assert text.endswith("; missing where the divisor is 0 (1 row).")


def test_a_ratio_may_have_two_units_which_are_named() -> None:
    dictionary(
        '[derived.r]\nratio = ["afp", "albumin"]\n'
        '[columns.afp]\nunit = "ng/mL"\n[columns.albumin]\nunit = "g/dL"'
    )
    text = note(hcc2l.cox("c.csv", covariates=["r"]), "derived-column")
    assert text == "R = afp (ng/mL) / albumin (g/dL)."


def test_the_levels_of_a_derived_column_can_have_labels() -> None:
    dictionary(VIRAL + '\n[columns.viral]\nlabels = {yes = "viral", no = "other"}')
    report = hcc2l.km("c.csv", by="viral")
    assert list(groups(report)) == ["viral", "other"]
    assert note(report, "recoded") == (
        "viral was recoded as hcc2l.toml says: viral = yes (3); other = no (3)."
    )
