"""Records that contradict themselves: refused with their rows and the way out."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hcc2l import km, read_cohort
from hcc2l.errors import InputError
from hcc2l.report import Report
from tests.analyses.check.cohorts import patients

pytestmark = pytest.mark.usefixtures("workplace")


def cohort_file(text: str) -> Path:
    """The cohort in CSV, last changed on 1 July 2022."""
    Path("c.csv").write_text(text, encoding="utf-8")
    os.utime("c.csv", (1656633600, 1656633600))
    return Path("c.csv")


def rows(report: Report) -> object:
    """The number of patients analysed."""
    return report.tables[0].rows[0]["n"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"death_date": {1: ""}}, "line 2 (P01), death: Death without a date in death_date"),
        ({"death_date": {2: "2021-02-11"}}, "line 3 (P02), death: Alive, but with a date"),
        ({"death_date": {4: "2019-08-20"}}, "line 5 (P04), death_date: Death before the start"),
        ({"os_months": {1: "15.98"}}, "line 2 (P01), os_months: The time differs by more than 5"),
        (
            {"last_contact": {5: "2042-04-02"}, "os_months": {5: "264"}},
            "line 6 (P05), last_contact",
        ),
    ],
)
def test_a_row_that_contradicts_itself_is_refused_whatever_the_endpoint_uses(
    changed: dict[str, dict[int, str]], said: str
) -> None:
    path = cohort_file(patients(**changed))
    patient = said[said.index("P") : said.index(")")]
    with pytest.raises(InputError, match="1 row contradicts itself") as caught:
        km(path)
    assert said in str(caught.value)
    assert f"--where 'patient_id not in {patient}'" in str(caught.value.hint)
    assert rows(km(path, where=[f"patient_id not in {patient}"])) == 11


def test_rows_without_a_contradiction_are_analysed() -> None:
    assert rows(km(cohort_file(patients()))) == 12


def test_a_slip_of_days_and_a_progression_after_death_are_left_to_check() -> None:
    changed = {"os_months": {1: "6.1"}, "progression_date": {1: "2020-08-01"}}
    assert rows(km(cohort_file(patients(**changed)))) == 12


def test_a_date_that_differs_in_many_rows_is_another_date() -> None:
    earlier = dict.fromkeys(range(1, 7), "2019-01-10")
    assert rows(km(cohort_file(patients(start_date=earlier)))) == 12


def test_a_column_that_means_something_else_is_not_compared() -> None:
    path = cohort_file(patients(os_months={1: "15.98"}))
    Path("hcc2l.toml").write_text('[columns.start_date]\nrole = "baseline"\n')
    assert rows(km(path)) == 12


def test_two_columns_for_one_date_are_not_compared() -> None:
    header, *lines = patients(os_months={1: "15.98"}).splitlines()
    text = "\n".join([f"{header},start_2l", *(f"{line},2020-01-01" for line in lines)])
    assert rows(km(cohort_file(text + "\n"))) == 12


def test_the_condition_is_given_only_where_ids_can_name_the_rows() -> None:
    text = patients(os_months={1: "15.98"}).replace("patient_id", "kod")
    with pytest.raises(InputError) as caught:
        km(read_cohort(cohort_file(text)))
    assert "exclude the rows with --where." in str(caught.value.hint)
