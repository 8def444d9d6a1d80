"""`hcc2l cox` as a user relies on it: properties, oracles, bad input, notes, tables, figure."""

from __future__ import annotations

import re
from typing import Any

import pytest

import hcc2l
from tests.analyses.cox.cohorts import HCC81, MODEL, SECOND_LINE, close, cox, numbers, records
from tests.conftest import Run
from tests.reports import codes, rows_of


def few_events(report: Any) -> list[str]:
    return [note.text for note in report.notes if note.code == "few-events-per-parameter"]


def test_more_parameters_than_the_events_carry_are_noted_with_the_shrinkage_to_expect() -> None:
    names = ["age", "sex", "alt", "albumin", "bclc", "etiology", "lymph_node"]
    report = cox(HCC81, covariates=names, multivariable=True)
    (model,) = rows_of(report, "models")
    (text,) = few_events(report)
    assert text.startswith("65 events in 81 patients carry 1 parameter at a shrinkage of 0.9 ")
    assert "the multivariable model has 7." in text
    shrinkage = 1 - 7 / model["lr_statistic"]
    assert f"is {shrinkage:.2f} (from its likelihood ratio)" in text


def test_a_model_without_a_likelihood_is_shrunk_by_the_usual_r2() -> None:
    names = ["age", "sex", "alt", "albumin"]
    (text,) = few_events(cox(HCC81, covariates=names, multivariable=True, robust=True))
    assert "is 0.74 (for the same R²)" in text


def test_as_many_parameters_as_the_events_carry_are_not_noted_however_little_they_explain() -> None:
    report = cox(HCC81, covariates=["age"])
    assert rows_of(report, "models")[0]["lr_statistic"] < 10
    assert few_events(report) == []


def test_more_parameters_are_not_noted_where_they_explain_enough() -> None:
    report = cox(records("veteran.csv"), covariates=["karno", "celltype"], multivariable=True)
    (model,) = rows_of(report, "models")
    assert (model["lr_df"], model["lr_statistic"] > 40) == (4, True)
    assert few_events(report) == []


def test_a_hazard_ratio_that_changes_with_time_is_noted() -> None:
    report = cox(records("veteran.csv"), covariates=["karno", "age"])
    (note,) = [n for n in report.notes if n.code == "hazards-not-proportional"]
    (test,) = rows_of(report, "ph_tests", term="karno")
    assert "karno" in note.text
    assert ("p < 0.001" if test["p"] < 0.001 else f"p = {test['p']:.3f}") in note.text
    assert "--strata" in note.text


def test_a_small_p_in_a_note_is_not_printed_as_nought() -> None:
    report = hcc2l.cox(SECOND_LINE, covariates=["response"])
    (test,) = rows_of(report, "ph_tests", term="response")
    assert test["p"] < 0.0005
    assert not any("p = 0.000" in note.text for note in report.notes)


@pytest.mark.parametrize(
    "choice", [{"select": 0.5}, *({"stepwise": by} for by in ("aic", "lr", "wald"))]
)
def test_a_chosen_model_is_noted(choice: dict[str, Any]) -> None:
    report = cox(HCC81, covariates=["age", "albumin", "child_pugh_score"], **choice)
    assert codes(report).count("selection") == 1


def test_a_model_that_was_fixed_in_advance_is_not_called_chosen() -> None:
    assert "selection" not in codes(cox(HCC81, **MODEL))


def test_a_choice_of_a_model_that_is_not_fitted_is_not_spoken_of() -> None:
    report = cox(HCC81, covariates=["age"], univariable=True, select=0.5, methods=True)
    assert "selection" not in codes(report)
    assert report.methods is not None
    assert "entered the multivariable model" not in report.methods


def test_a_column_that_follows_from_another_is_dropped_and_named() -> None:
    rows = [row | {"double": 2 * int(row["age"])} for row in HCC81]
    report = cox(rows, covariates=["age", "double", "sex"], multivariable=True)
    (note,) = [n for n in report.notes if n.code == "column-dropped"]
    assert note.text.startswith("double ")
    (dropped,) = rows_of(report, "terms", term="double")
    assert (dropped["coef"], dropped["hr"], dropped["p"]) == (None, None, None)
    assert rows_of(report, "models")[0]["lr_df"] == 2
    kept = cox(HCC81, covariates=["age", "sex"], multivariable=True)
    assert [r["coef"] for r in rows_of(report, "terms") if r["term"] != "double"] == close(
        numbers(kept, "coef")
    )


@pytest.mark.parametrize("by", ["aic", "lr", "wald"])
@pytest.mark.parametrize("place", [1, 2])
def test_elimination_removes_first_what_follows_from_the_others(by: str, place: int) -> None:
    rows = [row | {"double": 2 * int(row["age"])} for row in HCC81]
    covariates = ["age", "sex"]
    covariates.insert(place, "double")
    report = cox(rows, covariates=covariates, stepwise=by, stay=0.9999)
    assert rows_of(report, "selection")[0]["term"] == "double"


@pytest.mark.parametrize("term", ["pfs_months", "pfs_event"])
def test_the_outcome_of_another_endpoint_is_noted_as_covariate(term: str) -> None:
    assert "immortal-time" in codes(hcc2l.cox(SECOND_LINE, endpoint="os", covariates=[term]))


@pytest.mark.parametrize("term", ["response", "response==PD"])
def test_a_covariate_known_only_later_is_noted(term: str) -> None:
    assert "immortal-time" in codes(cox(HCC81, covariates=[term]))


def test_the_effect_of_what_is_known_only_later_in_subgroups_is_noted() -> None:
    assert "immortal-time" in codes(cox(HCC81, subgroups="response==PD", within=["sex"]))


def test_a_covariate_known_only_later_is_not_noted_from_a_landmark() -> None:
    assert "immortal-time" not in codes(cox(HCC81, covariates=["response"], landmark=3))


def test_a_hazard_ratio_that_does_not_exist_is_noted_with_variable_and_level() -> None:
    report = cox(records("tiny.csv"), covariates=["arm"], univariable=True)
    (note,) = [n for n in report.notes if n.code == "coefficient-infinite"]
    assert "arm none" in note.text


@pytest.mark.usefixtures("cohort_csv")
def test_notes_name_only_options_of_cox(run: Run) -> None:
    has = set(re.findall(r"--[a-z][a-z-]*[a-z]", run("cox", "--help").out))
    asked = ["--event", "response=PD", "--stepwise", "aic"]
    outcome = run("cox", "cohort.csv", "-x", "primary_resistance,age", *asked)
    assert outcome.status == 0
    assert "are treated as censored" in outcome.err
    own = re.sub(r"hcc2l km --[a-z-]+", "", outcome.err)
    assert set(re.findall(r"--[a-z][a-z-]*[a-z]", own)) <= has
