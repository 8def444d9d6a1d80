"""What is analysed by `hcc2l response`: columns, pairs, changes; and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

import hcc2l
from hcc2l.errors import AnalysisError, Hcc2lError, InputError, UsageError
from tests.conftest import Run, Write
from tests.reports import codes, note, rows_of

PATIENTS = """\
id,arm,response,pair,change,start,answered,progression,died,last
1,a,PR,1,-40,2020-01-01,2020-03-01,2020-09-01,,2020-10-01
2,b, pd ,1,25,2020-01-01,,2020-03-01,,2020-04-01
3,a,cr,2,-100,2020-01-01,2020-05-01,,2020-08-01,2020-08-01
4,b,Sd,2,3,2020-01-01,,,,2020-12-01
5,b,NE,,,2020-01-01,,,,2020-02-01
"""


def test_responses_are_read_in_capitals_or_not_and_with_blanks(write: Write) -> None:
    report = hcc2l.response(write("c.csv", PATIENTS))
    (row,) = report.table("counts").rows
    assert [row[c] for c in ("cr", "pr", "sd", "pd", "ne")] == [1, 1, 1, 1, 1]
    assert "similar-levels" not in codes(report)


def test_the_column_is_recognised_by_its_name(write: Write) -> None:
    for name in ("Best response", "BOR", "mRECIST", "疗效", "Ansprechen"):
        report = hcc2l.response(write("c.csv", PATIENTS.replace("response", name, 1)))
        text = note(report, "response-recognised")
        assert text == f"The best response is the column {name}, recognised by its name."
        assert report.table("counts").column("variable") == (name,)
    given = hcc2l.response(write("c.csv", PATIENTS), response=["response"])
    assert "response-recognised" not in codes(given)


def test_a_column_with_such_cells_and_another_name_is_suggested(write: Write) -> None:
    file = PATIENTS.replace("response", "img_result_w12", 1)
    with pytest.raises(UsageError) as refused:
        hcc2l.response(write("c.csv", file))
    assert refused.value.hint == "img_result_w12 has such cells: --response img_result_w12."


def test_a_column_of_text_is_recognised_before_one_of_numbers(write: Write) -> None:
    file = PATIENTS.replace("change", "orr")
    report = hcc2l.response(write("c.csv", file))
    assert report.table("counts").column("variable") == ("response",)


def test_groups_of_the_dictionary_name_responses_in_another_language(write: Write) -> None:
    file = write("c.csv", "id,반응\n1,부분관해\n2,부분 관해\n3,진행\n4,판정불가\n")
    with pytest.raises(InputError) as refused:
        hcc2l.response(file)
    hint = str(refused.value.hint)
    assert hint == (
        'Add to hcc2l.toml, under [columns."반응"]: groups = {PR = ["부분관해", "부분 관해"], '
        'PD = ["진행"]}, with \'판정불가\' in the group where it belongs, or other = "missing".'
    )
    table, _, groups = hint.removeprefix("Add to hcc2l.toml, under ").partition(": ")
    write("hcc2l.toml", f'{table}\n{groups.partition(", with")[0]}\nother = "missing"\n')
    (row,) = hcc2l.response(file).table("counts").rows
    assert (row["n"], row["known"], row["pr"], row["pd"]) == (4, 3, 2, 1)


@pytest.mark.parametrize(
    ("cells", "message", "hint"),
    [
        (
            ["uCR", "non-CR/non-PD", "PR"],
            "of CR, PR, SD, PD and NE: 'uCR' (1), 'non-CR/non-PD' (1); line 2 (1), line 3 (2).",
            "groups = {PR = [\"PR\"]}, with 'uCR', 'non-CR/non-PD' in the group where they belong",
        ),
        (
            ["partial response", "PR (confirmed)", "PR (unconfirmed)"],
            "3 cells are none of",
            'groups = {PR = ["partial response", "PR (confirmed)"]}, with \'PR (unconfirmed)\'',
        ),
        (["1", "2", "2"], "'1' (1), '2' (2)", 'labels = {"1" = "…", "2" = "…"}.'),
        (["PR", "PR", "responder"], "1 cell is not one of", "line 4 (3)."),
        ([str(i) for i in range(30, 43)], "13 cells are none of", "contains no responses."),
    ],
)
def test_other_words_are_refused_with_a_mapping(
    cells: list[str], message: str, hint: str, write: Write
) -> None:
    lines = [f"{i},{cell}" for i, cell in enumerate(cells, start=1)]
    file = write("c.csv", "\n".join(["id,response", *lines]) + "\n")
    with pytest.raises(InputError) as refused:
        hcc2l.response(file)
    assert message in refused.value.message
    assert hint in f"{refused.value.hint} {refused.value.message}"
    assert str(refused.value.where).endswith("c.csv, column response")


def test_levels_of_a_derived_column_with_other_names_are_refused(write: Write) -> None:
    write("hcc2l.toml", '[derived.best]\nof = "arm"\ngroups = {x = ["a"], y = ["b"]}\n')
    with pytest.raises(InputError) as refused:
        hcc2l.response(write("c.csv", PATIENTS), response=["best"])
    assert str(refused.value.hint).startswith("Name the levels of [derived.best] in hcc2l.toml")


def test_cells_of_rows_that_are_not_analysed_are_not_judged(write: Write) -> None:
    file = write("c.csv", PATIENTS.replace(" pd ", "dead"))
    assert hcc2l.response(file, where=["arm==a"]).table("counts").rows[0]["n"] == 2


def test_levels_of_the_dictionary_with_other_names_are_refused(write: Write) -> None:
    file = write("c.csv", "id,response\n1,x\n2,y\n")
    write("hcc2l.toml", '[columns.response]\ngroups = {responder = ["x"], other = ["y"]}\n')
    with pytest.raises(InputError) as refused:
        hcc2l.response(file)
    assert str(refused.value.hint).startswith("Name the levels of [columns.response]")


@pytest.mark.parametrize(
    ("file", "options", "error", "message"),
    [
        ("id,x\n1,PR\n2,SD\n", {}, UsageError,
         "No column is recognised by its name as the best response."),
        ("id,recist,mrecist\n1,PR,PR\n2,SD,SD\n", {}, UsageError,
         "Several columns may hold the best response: recist, mrecist."),
        ("id,response\n1,\n2,\n", {}, AnalysisError, "No response is recorded in response"),
        (PATIENTS, {"by": "response"}, UsageError, "response is the response itself"),
        (PATIENTS, {"by": "arm", "where": ["arm==a"]}, AnalysisError, "are in one group, 'a'"),
        (PATIENTS, {"response": ["respons"]}, UsageError, "There is no column 'respons'"),
        (PATIENTS, {"pair": "pair"}, UsageError, "no groups were given"),
        (PATIENTS, {"by": "id", "pair": "pair"}, UsageError, "Pairs are of two groups"),
        (PATIENTS, {"evaluable": ["CR", "PR"]}, UsageError, "SD cannot be excluded"),
        (PATIENTS, {"best_change": "arm"}, InputError, "is not a number"),
        (PATIENTS.replace("-40", "-140"), {"best_change": "change"}, InputError,
         "-140 is not a change in percent: a tumour cannot shrink by more than 100% (row 1)."),
        ("id,response,change\n1,PR,\n2,SD,\n", {"best_change": "change"}, AnalysisError,
         "No change is recorded in change"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused(
    file: str, options: dict[str, Any], error: type[Hcc2lError], message: str, write: Write
) -> None:
    with pytest.raises(error) as refused:
        hcc2l.response(write("c.csv", file), **options)
    assert message in refused.value.message
    assert refused.value.hint


def test_rows_without_a_pair_are_excluded(write: Write) -> None:
    report = hcc2l.response(write("c.csv", PATIENTS), by="arm", pair="pair")
    assert [(e.reason, e.rows) for e in report.provenance.excluded] == [("pair missing", 1)]
    assert "Tests are within matched pairs (pair)." in report.table("response").footnotes


def test_a_set_has_one_patient_of_one_group(write: Write) -> None:
    lines = ["id,arm,response,pair", "1,a,PR,1", "2,a,SD,1", "3,b,PR,1", "4,b,PD,2", "5,a,PR,2"]
    report = hcc2l.response(write("c.csv", "\n".join(lines) + "\n"), by="arm", pair="pair")
    (test,) = rows_of(report, "tests", rate="ORR", denominator="all")
    assert test["test"] == "mantel-haenszel"
    with pytest.raises(InputError, match="Pair 1 has several patients of each group: rows 1, 2"):
        hcc2l.response(write("c.csv", "\n".join([*lines, "6,b,PD,1"]) + "\n"), by="arm",
                       pair="pair")  # fmt: skip


def test_without_ids_patients_are_numbered_by_their_rows(write: Write) -> None:
    file = write("c.csv", "response,change\nPR,-40\nPD,\nPD,30\n")
    report = hcc2l.response(file, best_change="change")
    assert report.table("best_change").column("id") == ("3", "1")


def test_a_refusal_leaves_no_file_and_status_2(run: Run, write: Write) -> None:
    write("c.csv", "id,response\n1,yes\n2,no\n")
    done = run("response", "c.csv", "--out", "r.docx", "--plot", "r.png")
    assert done.status == 2
    assert "Traceback" not in done.err
    assert [p.name for p in (write("c.csv", PATIENTS)).parent.iterdir()] == ["c.csv"]
