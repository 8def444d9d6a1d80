"""The STROBE checklist: every item once, filled with what the reports know."""

from __future__ import annotations

import pytest

import hcc2l
from hcc2l.compose.answers import Answered
from hcc2l.compose.checklist import TO_BE_WRITTEN
from hcc2l.compose.strobe import STROBE
from hcc2l.report import Report

ITEMS = (
    "1a 1b 2 3 4 5 6a 6b 7 8 9 10 11 12a 12b 12c 12d 12e 13a 13b 13c 14a 14b 14c 15 16a 16b 16c 17 "
    "18 19 20 21 22"
)


def answers(*shown: tuple[str, Report], printed: str = "") -> dict[str, str]:
    tables = (printed,) if printed else ()
    rows = STROBE.filled([Answered((place,), report, tables) for place, report in shown]).rows
    return {row[0]: row[2] for row in rows}


@pytest.fixture(scope="module")
def cohort() -> hcc2l.Cohort:
    return hcc2l.read_cohort()


def test_every_item_stands_once_and_a_person_writes_what_no_run_knows() -> None:
    assert answers() == dict.fromkeys(ITEMS.split(), TO_BE_WRITTEN)


def test_survival_gives_outcomes_events_and_follow_up(cohort: hcc2l.Cohort) -> None:
    known = answers(("Table 1", hcc2l.km(cohort, where="age<60", at=[12])))
    assert known["7"] == "Outcomes: Overall survival (os_months, death)"
    assert known["13a"].startswith("126 rows read; 43 analysed")
    assert known["13b"] == "not where age<60: 83"
    assert known["14b"] == known["12c"] == TO_BE_WRITTEN
    assert known["15"].startswith("Events. Overall survival: all ")
    assert known["12a"] == "Methods"
    assert known["16c"] == TO_BE_WRITTEN


def test_survival_at_given_times_is_an_absolute_risk_where_it_is_printed(
    cohort: hcc2l.Cohort,
) -> None:
    survival = ("Table 1", hcc2l.km(cohort, at=[12]))
    assert answers(survival, printed="survival")["16c"] == "Table 1"
    assert answers(survival, printed="groups")["16c"] == TO_BE_WRITTEN


def test_regression_gives_estimates_and_what_was_missing(cohort: hcc2l.Cohort) -> None:
    known = answers(("Table 2", hcc2l.cox(cohort, covariates=["age", "afp"])))
    assert known["16a"] == "Table 2"
    assert known["14b"] == "afp missing: 8"
    assert known["12c"] == "Patients with a missing value were excluded from that analysis"
    assert known["13a"].startswith("126 rows read; 118 analysed")


def test_table_1_gives_missing_values_of_every_variable(cohort: hcc2l.Cohort) -> None:
    report = hcc2l.table1(cohort, by="second_line", covariates=["age", "afp", "alt"])
    known = answers(("Table 1", report))
    assert (known["14a"], known["14b"]) == ("Table 1", "afp: 8; alt: 8")


def test_matching_and_flow_are_found(cohort: hcc2l.Cohort) -> None:
    matching = hcc2l.psmatch(cohort, treat="lenvatinib", covariates=["age", "child_pugh"])
    known = answers(("Table 3", matching), ("Figure 1", hcc2l.flow(cohort)))
    assert known["6b"].startswith("1:1 matching, ")
    assert known["6b"].endswith("patients matched; Table 3")
    assert (known["13c"], known["17"], known["16c"]) == ("Figure 1", "Table 3", TO_BE_WRITTEN)
