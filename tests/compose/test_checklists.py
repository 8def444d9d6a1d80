"""REMARK and TRIPOD+AI: every item once, filled with what the reports know."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import hcc2l
from hcc2l.compose.answers import Answered
from hcc2l.compose.checklist import TO_BE_WRITTEN, Checklist
from hcc2l.compose.remark import REMARK
from hcc2l.compose.study import CHECKLISTS
from hcc2l.compose.tripod_ai import TRIPOD_AI
from hcc2l.report import Report
from tests.conftest import DATA

REMARK_ITEMS = [str(item) for item in range(1, 21)]
TRIPOD_ITEMS = [
    f"{item}{part}"
    for item in range(1, 28)
    for part in {3: "abc", 5: "ab", 6: "abc", 8: "abc", 9: "abc", 12: "abcdefg", 18: "abcdef",
                 20: "abc", 23: "ab", 27: "abc"}.get(item, ("",))
]  # fmt: skip


def answers(checklist: Checklist, *shown: tuple[str, Report], printed: str = "") -> dict[str, str]:
    """The answers of a document whose entries print that table, or draw their figures."""
    tables = (printed,) if printed else ()
    rows = checklist.filled([Answered((place,), report, tables) for place, report in shown]).rows
    return {row[0]: row[2] for row in rows}


@pytest.fixture(scope="module")
def cohort() -> hcc2l.Cohort:
    return hcc2l.read_cohort(DATA / "second_line" / "cohort.csv")


@pytest.mark.parametrize(
    ("checklist", "items"), [(REMARK, REMARK_ITEMS), (TRIPOD_AI, TRIPOD_ITEMS)]
)
def test_every_item_stands_once_and_a_person_writes_what_no_run_knows(
    checklist: Checklist, items: list[str]
) -> None:
    assert answers(checklist) == dict.fromkeys(items, TO_BE_WRITTEN)


@pytest.mark.parametrize("checklist", CHECKLISTS.values())
def test_a_checklist_names_its_publication_and_its_items_are_short(checklist: Checklist) -> None:
    assert re.search(r"doi:10\.\d{4}/\S+\.$", checklist.source)
    assert all(recommendation for _, _, recommendation, _ in checklist.items)
    assert max(len(recommendation) for _, _, recommendation, _ in checklist.items) < 135


def test_models_give_predictors_coding_and_sizes(cohort: hcc2l.Cohort) -> None:
    model = hcc2l.cox(cohort, covariates=["age@per10", "afp", "child_pugh"])
    marker, predictor = answers(REMARK, ("Table 2", model)), answers(TRIPOD_AI, ("Table 2", model))
    assert marker["8"] == predictor["9b"] == "Variables examined: age@per10, afp, child_pugh"
    assert marker["11"] == predictor["12b"] == "Coded as age@per10"
    assert predictor["21"] == "118 patients, 77 events (Table 2)"
    assert (marker["15"], marker["16"], marker["17"]) == ("Table 2",) * 3
    assert predictor["22"] == "Effects of all predictors: Table 2"
    assert predictor["23a"] == TO_BE_WRITTEN
    excluded = "Patients with a missing value were excluded from that analysis"
    assert (marker["10"], predictor["11"]) == (f"Methods; p{excluded[1:]}", excluded)


def test_a_model_of_selected_variables_is_no_model_of_all(cohort: hcc2l.Cohort) -> None:
    model = hcc2l.cox(cohort, covariates=["age", "child_pugh"], select=0.5)
    known = answers(REMARK, ("Table 2", model))
    assert (known["16"], known["17"]) == ("Table 2", TO_BE_WRITTEN)


def test_univariable_models_alone_give_no_multivariable_results(cohort: hcc2l.Cohort) -> None:
    known = answers(
        REMARK, ("Table 2", hcc2l.cox(cohort, covariates=["age"], univariable=True)),
        ("Figure 1", hcc2l.km(cohort, by="child_pugh")), ("Figure 2", hcc2l.km(cohort)),
    )  # fmt: skip
    assert (known["15"], known["16"]) == ("Table 2, Figure 1", TO_BE_WRITTEN)


def test_performance_is_that_of_models_and_of_roc_curves(cohort: hcc2l.Cohort) -> None:
    roc = hcc2l.roc(cohort, marker=["afp"], at=12, boot=20)
    model = hcc2l.cox(cohort, covariates=["age", "child_pugh"], performance=True, boot=20)
    known = answers(TRIPOD_AI, ("Table 1", roc), ("Table 2", model), printed="performance")
    assert (known["23a"], known["12e"]) == ("Table 1, Table 2", "Methods; Table 1, Table 2")
    assert known["22"] == TO_BE_WRITTEN
    assert known["18f"] == "Version and command lines: Reproducibility"
    assert answers(REMARK, ("Table 1", roc), printed="optimism")["18"] == "Table 1"


def test_what_is_computed_but_not_printed_answers_nothing(cohort: hcc2l.Cohort) -> None:
    model = hcc2l.cox(cohort, covariates=["age", "child_pugh"], performance=True, boot=20)
    assert answers(TRIPOD_AI, ("Table 2", model), printed="regression")["23a"] == TO_BE_WRITTEN
    assert answers(REMARK, ("Table 2", model), printed="regression")["18"] == TO_BE_WRITTEN
    assert answers(REMARK, ("Table 2", model), printed="ph_tests")["16"] == TO_BE_WRITTEN


def test_survival_gives_follow_up_numbers_and_events(cohort: hcc2l.Cohort) -> None:
    survival = hcc2l.km(cohort)
    known = answers(REMARK, ("Table 1", survival), ("Figure 1", hcc2l.flow(cohort)))
    assert known["6"].startswith("Median follow-up. Overall survival: all ")
    assert known["7"] == "Outcomes: Overall survival (os_months, death)"
    assert known["12"].startswith("Figure 1; 126 rows read; 126 analysed")
    assert known["12"].endswith("Events. Overall survival: all 81/126 (Table 1)")


def test_a_table_by_a_cut_marker_relates_it_to_other_variables(cohort: hcc2l.Cohort) -> None:
    by_marker = hcc2l.table1(cohort, by="afp@400", covariates=["age", "child_pugh"])
    by_treatment = hcc2l.table1(cohort, by="second_line", covariates=["age", "afp"])
    known = answers(REMARK, ("Table 1", by_marker), ("Table 2", by_treatment))
    assert known["14"] == "Table 1"
    assert known["13"] == "Table 1, Table 2"
    assert answers(REMARK, ("Table 2", by_treatment))["13"] == "Table 2; Missing values: afp: 8"


def test_a_validation_tells_patients_predictions_and_recalibration(
    cohort: hcc2l.Cohort, tmp_path: Path
) -> None:
    model = hcc2l.cox(cohort, covariates=["age", "child_pugh"], save_model="mine.json")
    assert model.save is not None
    (tmp_path / "mine.json").write_text(model.save(), encoding="utf-8")
    found = hcc2l.validate(cohort, model=[str(tmp_path / "mine.json")], at=[12])
    known = answers(TRIPOD_AI, ("Table 3", found), printed="recalibration")
    n = found.provenance.analysed
    assert known["12a"] == f"Evaluated in {n} patients, in whom the model was made (Table 3)"
    assert known["12g"] == "Predicted by the model file mine.json"
    assert known["12f"] == known["24"] == "Table 3"
    assert (known["12e"], known["23a"]) == ("Methods; Table 3", "Table 3")
    scores = hcc2l.validate(cohort, score=["albi_grade"], at=[12])
    known = answers(TRIPOD_AI, ("Table 3", scores))
    assert known["12a"] == f"Evaluated in {scores.provenance.analysed} patients (Table 3)"
    assert (known["12f"], known["12g"]) == (TO_BE_WRITTEN, TO_BE_WRITTEN)


def test_a_validation_tells_where_calibration_and_clinical_utility_stand(
    cohort: hcc2l.Cohort, tmp_path: Path
) -> None:
    model = hcc2l.cox(cohort, covariates=["age", "child_pugh"], save_model="mine.json")
    assert model.save is not None
    path = str(tmp_path / "mine.json")
    Path(path).write_text(model.save(), encoding="utf-8")
    found = hcc2l.validate(cohort, model=[path], at=[12])
    utility = answers(TRIPOD_AI, ("Table 3", found), printed="net_benefit")
    assert utility["23a"] == "Table 3; clinical utility: Table 3"
    figure = answers(TRIPOD_AI, ("Figure 2", found))
    assert figure["23a"] == "Figure 2; calibration: Figure 2"
    ranks = answers(TRIPOD_AI, ("Figure 2", hcc2l.validate(cohort, score=["albi_grade"])))
    assert ranks["23a"] == "Figure 2"
    assert figure["10"].startswith("There are 81 events; a validation with fewer than 100")
    assert figure["10"].endswith("by small differences. (Figure 2)")


def test_imputed_values_answer_what_was_done_about_missing_ones(cohort: hcc2l.Cohort) -> None:
    score = hcc2l.validate(cohort, score=["crp"], impute=2)
    assert answers(TRIPOD_AI, ("Table 3", score))["11"] == "Multiple imputation: Table 3"
    alone = hcc2l.validate(cohort, score=["crp"])
    both = answers(TRIPOD_AI, ("Table 3", score), ("Table 4", alone))["11"]
    assert both == (
        "Multiple imputation: Table 3; Patients with a missing value were excluded from that "
        "analysis"
    )


def test_a_planned_sample_size_answers_before_what_was_found() -> None:
    plan = hcc2l.size(parameters=5, r2=0.1, rate=0.5, follow_up=2, horizon=1)
    assert answers(TRIPOD_AI, ("Table 1", plan))["10"] == "Sample size: Table 1"
