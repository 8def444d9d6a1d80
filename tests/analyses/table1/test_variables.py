"""Which columns a table describes, how, and below which headings."""

from __future__ import annotations

from typing import Any

import pytest

import hcc2l
from hcc2l.errors import AnalysisError, UsageError
from hcc2l.report import Report
from tests.conftest import DATA, Write
from tests.reports import codes, note, rows_of

SECOND_LINE = DATA / "second_line" / "cohort.csv"
SMALL = """\
id,arm,age,ecog,ascites,grade,points,remark,start
p1,a,50.5,0,no,A,5,seen twice,2020-01-01
p2,a,61.0,1,yes,A,6,,2020-01-02
p3,a,72.25,1,,B,7,moved,2020-01-03
p4,b,55.0,0,no,A,5,,2020-01-04
p5,b,,2,no,B,8,late,2020-01-05
p6,b,80.0,1,yes,,7,,2020-01-06
"""


def small(write: Write, dictionary: str = "", **options: Any) -> Report:
    path = write("small.csv", SMALL)
    write("hcc2l.toml", dictionary)
    return hcc2l.table1(path, **options)


def labels(report: Report) -> list[str]:
    """The first column of the printed table, each line once, indented."""
    table = report.table("characteristics")
    first = table.rows[0]["group"]
    lines = [row for row in table.rows if row["group"] == first]
    return [
        "  " * sum(row[key] is not None for key in ("parent", "level")) + str(row["label"])
        for row in lines
    ]


def test_every_baseline_column_is_described_in_the_order_of_the_file(write: Write) -> None:
    report = small(write, by="arm")
    found = dict.fromkeys(row["variable"] for row in report.table("rows").rows)
    assert list(found) == ["age", "ecog", "ascites", "grade", "points"]
    text = note(report, "columns-not-shown")
    assert "identify patients: id" in text
    assert "are free text: remark" in text
    assert "start" in text


def test_ids_outcomes_dates_and_later_findings_are_not_described() -> None:
    report = hcc2l.table1(SECOND_LINE, by="second_line")
    found = {row["variable"] for row in report.table("rows").rows}
    assert {"age", "afp", "child_pugh", "atezo_bev_cycles"} <= found
    later = {"patient_id", "second_line", "start_2l", "os_months", "death", "pfs_event", "response",
             "afp_week8", "dose_reduction", "subsequent_drug", "primary_resistance"}  # fmt: skip
    assert not found & later


def test_a_yes_or_no_is_one_line_and_other_levels_are_lines_of_their_own(write: Write) -> None:
    report = small(write, covariates=["ascites", "grade", "ecog"])
    assert labels(report) == [
        "Ascites", "  Missing", "Grade", "  A", "  B", "  Missing",
        "ECOG", "  0", "  1", "  2",
    ]  # fmt: skip
    shown = rows_of(report, "characteristics", variable="ascites", level=None)
    assert [(row["count"], row["percent"]) for row in shown] == [(2, 2 / 5)]
    assert len(rows_of(report, "rows", variable="ascites")) == 2  # both levels


def test_percentages_are_of_known_values_or_of_all(write: Write) -> None:
    for denominator, of in (("known", 5), ("all", 6)):
        report = small(write, covariates=["ascites"], denominator=denominator)
        (row,) = rows_of(report, "rows", level="yes")
        assert (row["denominator"], row["missing"], row["percent"]) == (of, 1, 2 / of)
        (missing,) = rows_of(report, "characteristics", level="missing")
        assert missing["percent"] == (1 / 6 if denominator == "all" else None)


def test_missing_values_can_be_hidden(write: Write) -> None:
    assert labels(small(write, covariates=["ascites"], missing="hide")) == ["Ascites"]


def test_levels_stand_below_the_level_that_contains_them(write: Write) -> None:
    report = small(write, covariates=["grade/points"])
    assert labels(report) == [
        "Grade", "  A", "    5", "    6", "  B", "    7", "    8", "  Missing"
    ]  # fmt: skip
    (five,) = rows_of(report, "rows", variable="points", parent="A", level="5")
    assert (five["count"], five["denominator"], five["percent"]) == (2, 5, 0.4)
    assert "levels-overlap" not in codes(report)


def test_a_level_below_two_levels_is_noted(write: Write) -> None:
    write("small.csv", SMALL.replace("p4,b,55.0,0,no,A,5", "p4,b,55.0,0,no,A,7"))
    report = hcc2l.table1("small.csv", covariates=["grade/points"])
    assert "7 (1 in A, 1 in B)" in note(report, "levels-overlap")


def test_a_share_is_of_the_patients_with_the_other_variable(write: Write) -> None:
    report = small(write, covariates=["grade%ecog>=1"])
    a, _ = rows_of(report, "rows")
    assert (a["count"], a["denominator"], a["missing"]) == (1, 3, 1)
    assert labels(report)[0] == "Grade, of those with ECOG ≥1"
    with pytest.raises(UsageError, match="points does not have the levels no and yes"):
        small(write, covariates=["grade%points"])


def test_a_column_whose_name_has_a_stroke_is_one_column(write: Write) -> None:
    path = write("units.csv", "arm,AFP (ng/mL),a%b\nx,1.5,2.5\ny,3.5,4.5\n")
    report = hcc2l.table1(path, covariates=["AFP (ng/mL)", "a%b"])
    assert [row["variable"] for row in report.table("rows").rows] == ["AFP (ng/mL)", "a%b"]


@pytest.mark.parametrize("text", ["grade/nosuch", "grade%nosuch", "nosuch"])
def test_an_unknown_column_is_named(text: str, write: Write) -> None:
    with pytest.raises(UsageError, match="no column 'nosuch'"):
        small(write, covariates=[text])


def test_whole_numbers_with_few_values_are_levels_unless_declared_numeric(write: Write) -> None:
    def kind(**options: Any) -> object:
        report = small(write, covariates=["points"], **options)
        return report.table("rows").rows[0]["kind"]

    assert kind() == "categorical"
    assert kind(dictionary='[columns.points]\ntype = "numeric"\n') == "continuous"
    assert kind(statistic=["points=median-iqr"]) == "continuous"
    assert "numbers-as-levels" in codes(small(write, covariates=["points"]))


def test_levels_keep_their_order_whichever_is_the_reference(write: Write) -> None:
    dictionary = '[columns.grade]\nlevels = ["B", "A"]\nreference = "A"\n'
    assert labels(small(write, dictionary, covariates=["grade"]))[1:3] == ["  B", "  A"]


def test_a_declared_level_without_patients_is_shown(write: Write) -> None:
    report = small(write, '[columns.grade]\nlevels = ["A", "B", "C"]\n', covariates=["grade"])
    (row,) = rows_of(report, "rows", level="C")
    assert (row["count"], row["percent"]) == (0, 0.0)


def test_a_unit_stands_in_the_label(write: Write) -> None:
    report = small(write, '[columns.age]\nunit = "years"\n', covariates=["age"])
    assert labels(report)[0] == "Age, years"


def test_several_statistics_are_lines_of_their_own(write: Write) -> None:
    report = small(write, covariates=["age"], statistic=["mean-sd", "median-range"])
    assert labels(report) == ["Age", "  Mean ± SD", "  Median (range)", "  Missing"]
    mean, span = (rows_of(report, "characteristics", level=s)[0] for s in
                  ("mean-sd", "median-range"))  # fmt: skip
    assert (mean["mean"], mean["median"]) == (pytest.approx(63.75), None)
    assert (span["median"], span["min"], span["max"]) == (61.0, 50.5, 80.0)


def test_different_statistics_are_named_in_the_labels() -> None:
    report = hcc2l.table1(SECOND_LINE, covariates=["age", "afp"], statistic=["afp=median-range"])
    assert labels(report)[:2] == [
        "Age, years, median (quartiles)", "AFP, ng/mL, median (range)"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"statistic": ["age=median"]}, "There is no statistic 'median'"),
        ({"statistic": ["weight=mean-sd"]}, "'weight' is not in the table"),
        ({"statistic": ["age@60=mean-sd"], "covariates": ["age@60"]}, "described by its levels"),
        ({"quantile_type": 5}, "no quantile type 5"),
        ({"covariates": ["age@log2"]}, "the same as age"),
        ({"covariates": ["start"]}, "start is a date"),
        ({"covariates": ["arm"], "by": "arm"}, "arm makes the groups itself"),
        ({"by": "age"}, "not a grouping variable"),
    ],
)
def test_what_cannot_be_described_is_refused(
    options: dict[str, Any], message: str, write: Write
) -> None:
    with pytest.raises(UsageError, match=message):
        small(write, **{"covariates": ["age", "grade"], **options})


def test_a_single_group_is_refused(write: Write) -> None:
    with pytest.raises(AnalysisError, match="the same arm: a"):
        small(write, by="arm", where=["arm==a"])


def test_a_total_stands_before_the_groups(write: Write) -> None:
    report = small(write, by="arm", covariates=["age"], total=True)
    assert [(row["group"], row["n"]) for row in report.table("rows").rows] == [
        ("all", 6), ("a", 3), ("b", 3)
    ]  # fmt: skip
    write("all.csv", "arm,x\nall,1\nb,2\n")
    with pytest.raises(UsageError, match="name of the total"):
        hcc2l.table1("all.csv", by="arm", covariates=["x"], total=True)


def test_numbers_have_the_decimals_of_the_data() -> None:
    report = hcc2l.table1(SECOND_LINE, covariates=["age", "albumin", "inr", "afp"])
    found = {row["variable"]: row["decimals"] for row in report.table("characteristics").rows
             if row["level"] is None}  # fmt: skip
    assert found == {"age": 0, "albumin": 1, "inr": 2, "afp": 0}


def test_a_variable_known_only_after_baseline_is_noted() -> None:
    report = hcc2l.table1(SECOND_LINE, by="second_line", covariates=["age", "response"])
    assert "response" in note(report, "after-baseline")
    assert report.title.startswith("Patient characteristics")


SEVERAL = "arm,cause\na,HBV;alcohol\na,HBV\na,alcohol\nb,\nb,HCV;alcohol\nb,HCV\nb,HBV;HCV\n"


def test_several_values_of_a_patient_are_lines_that_may_overlap(write: Write) -> None:
    path = write("several.csv", SEVERAL)
    write("hcc2l.toml", '[columns.cause]\nsplit = ";"\n')
    report = hcc2l.table1(path, by="arm", test=["fisher"], smd="pooled")
    assert labels(report) == ["Cause", "  alcohol", "  HBV", "  HCV", "  Missing"]
    found = {(row["level"], row["group"]): row for row in report.table("rows").rows}
    assert [found[level, "b"]["count"] for level in ("alcohol", "HBV", "HCV")] == [1, 1, 3]
    assert (found["HCV", "b"]["denominator"], found["HCV", "b"]["missing"]) == (3, 1)
    tests = {row["level"]: row for row in report.table("tests").rows}
    assert set(tests) == {"alcohol", "HBV", "HCV"}
    assert tests["HCV"]["p"] == pytest.approx(0.1)  # 0 of 3 and 3 of 3
    lines = rows_of(report, "characteristics", group="a")
    assert [row["p"] is None for row in lines] == [True, False, False, False, True]


@pytest.mark.parametrize("text", ["cause%arm==a", "arm/cause"])
def test_several_values_are_neither_a_share_nor_levels_below(text: str, write: Write) -> None:
    path = write("several.csv", SEVERAL)
    write("hcc2l.toml", '[columns.cause]\nsplit = ";"\n')
    with pytest.raises(UsageError, match="can have several values of cause"):
        hcc2l.table1(path, covariates=[text])


def test_a_label_states_its_unit_once(write: Write) -> None:
    path = write("units.csv", "AFP (ng/mL);x\n1.5;2.5\n3.5;4.5\n")
    write("hcc2l.toml", '[columns."AFP (ng/mL)"]\nunit = "ng/mL"\n')
    report = hcc2l.table1(path, covariates=["AFP (ng/mL)"])
    assert labels(report) == ["AFP (ng/mL)"]


def test_what_redcap_says_of_its_rows_is_no_characteristic(write: Write) -> None:
    rows = "".join(f"{i},baseline_arm_1,{50 + i}.5\n" for i in range(9))
    report = hcc2l.table1(write("redcap.csv", "record_id,redcap_event_name,age\n" + rows))
    assert labels(report) == ["Age"]
    assert "a row of REDCap is: redcap_event_name" in note(report, "columns-not-shown")


def test_ids_and_dates_are_known_by_their_names_in_any_language(write: Write) -> None:
    rows = [f"{i},{44000 + i},{44100 + i},{50 + i}.5" for i in range(30)]
    path = write("serials.csv", "Hasta No,start date,date of death,age\n" + "\n".join(rows))
    report = hcc2l.table1(path)
    assert {row["variable"] for row in report.table("rows").rows} == {"age"}
    text = note(report, "columns-not-shown")
    assert "identify patients: Hasta No" in text
    assert "start date" in text


@pytest.mark.parametrize(
    ("name", "different", "kind"),
    [("x", 5, "categorical"), ("x", 6, "continuous"), ("child_pugh_score", 12, "categorical"),
     ("child_pugh_score", 13, "continuous"), ("age", 3, "continuous")],
)  # fmt: skip
def test_whole_numbers_are_levels_up_to_a_number_of_values_and_by_name(
    name: str, different: int, kind: str, write: Write
) -> None:
    path = write("numbers.csv", f"arm,{name}\n" + "\n".join(f"a,{5 + i}" for i in range(different)))
    report = hcc2l.table1(path, covariates=[name])
    assert report.table("rows").rows[0]["kind"] == kind


def test_a_mean_has_one_decimal_more_than_the_data_and_no_more_than_two() -> None:
    columns = ["age", "albumin", "inr", "afp"]
    report = hcc2l.table1(SECOND_LINE, covariates=columns, statistic=["mean-sd"])
    lines = rows_of(report, "characteristics", level=None)
    assert [row["decimals"] for row in lines] == [1, 2, 2, 0]  # an AFP of thousands


def test_a_number_in_digits_of_ones_own() -> None:
    report = hcc2l.table1(SECOND_LINE, covariates=["age"])
    assert "62.500 (54.250–70.000)" in hcc2l.render_report(report, digits=3)
