"""`hcc2l cox` as a user relies on it: properties, oracles, bad input, notes, tables, figure."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

import numpy as np
import pytest

from hcc2l.render.grid import grid
from tests.analyses.cox.cohorts import (
    HCC81,
    MODEL,
    SECOND_LINE,
    close,
    cox,
    essentials,
    numbers,
    records,
)
from tests.conftest import DATA, Run
from tests.reports import rows_of


def test_the_regression_table_shows_the_reference_first_with_hazard_ratio_one() -> None:
    report = cox(records("veteran.csv"), covariates=["celltype", "age"],
                 ref=["celltype=squamous"])  # fmt: skip
    for model in ("univariable", "multivariable"):
        shown = rows_of(report, "regression", term="celltype", model=model)
        assert [row["level"] for row in shown] == ["squamous", "adeno", "large", "smallcell"]
        reference = [shown[0][key] for key in ("hr", "lower", "upper", "p")]
        assert reference == [1.0, None, None, None]
        assert all(row["p"] is not None for row in shown[1:])
        (number,) = rows_of(report, "regression", term="age", model=model)
        assert number["level"] is None


def test_readers_see_both_models_side_by_side_with_n_of_the_univariable() -> None:
    report = cox(HCC81, covariates=["child_pugh", "afp"])
    shown = grid(report.table("regression"))
    assert [(h.text, h.columns) for h in shown.headings[0]] == [
        ("", 4), ("Univariable", 2), ("Multivariable", 2)
    ]  # fmt: skip
    assert shown.headers == ("Variable", "Level", "n", "Events", *("HR (95% CI)", "p") * 2)
    for line, alone in zip(
        shown.rows, rows_of(report, "regression", model="univariable"), strict=True
    ):
        assert line[2:4] == (str(alone["n"]), str(alone["events"]))


def test_the_regression_table_counts_the_patients_and_events_of_each_level() -> None:
    rows = records("veteran.csv")
    report = cox(rows, covariates=["celltype", "age"])
    n = Counter(row["celltype"] for row in rows)
    events = Counter(row["celltype"] for row in rows if row["status"] == "1")
    for row in rows_of(report, "regression", term="celltype"):
        assert (row["n"], row["events"]) == (n[row["level"]], events[row["level"]])


def test_the_regression_table_holds_the_numbers_of_the_terms() -> None:
    report = cox(HCC81, covariates=["treatment", "age", "afp@400", "bclc"])
    for model in ("univariable", "multivariable"):
        for term in rows_of(report, "terms", kind=model):
            (row,) = rows_of(report, "regression", term=term["term"], level=term["level"],
                             model=model)  # fmt: skip
            for key in ("hr", "lower", "upper", "p"):
                assert row[key] == term[key]


def test_each_univariable_model_has_its_own_complete_cases() -> None:
    report = cox(HCC81, covariates=["age", "child_pugh", "afp"])
    known = {
        "age": len(HCC81),
        "child_pugh": sum(row["child_pugh"] != "" for row in HCC81),
        "afp": sum(row["afp"] != "" for row in HCC81),
        "multivariable": sum(row["child_pugh"] != "" and row["afp"] != "" for row in HCC81),
    }
    assert {row["model"]: row["n"] for row in rows_of(report, "models")} == known
    assert len(set(known.values())) > 2


def test_the_rows_analysed_are_those_of_the_multivariable_model(run: Run) -> None:
    result = run("cox", DATA / "hcc81.csv", "-x", "age,child_pugh,afp", "--json").json
    (model,) = [m for m in result["tables"]["models"] if m["kind"] == "multivariable"]
    left_out = result["analysed"]["excluded"]
    assert result["analysed"]["rows"] == model["n"]
    assert model["n"] + sum(e["rows"] for e in left_out) == result["cohort"]["rows"]
    assert {e["reason"] for e in left_out} == {"child_pugh missing", "afp missing"}


def test_a_covariate_that_was_not_selected_has_no_multivariable_rows() -> None:
    report = cox(HCC81, covariates=["age", "child_pugh", "albumin"], select=0.05)
    entered = {row["term"] for row in rows_of(report, "selection", action="entered")}
    assert 0 < len(entered) < 3
    multivariable = rows_of(report, "regression", model="multivariable")
    assert {row["term"] for row in multivariable} == entered
    univariable = rows_of(report, "regression", model="univariable")
    assert {row["term"] for row in univariable} == {"age", "child_pugh", "albumin"}
    shown = {line[0]: line[-2:] for line in grid(report.table("regression")).rows if line[0]}
    assert {term for term, cells in shown.items() if cells == ("–", "–")} == {
        report.table("regression").columns[0].labels[term]
        for term in {"age", "child_pugh", "albumin"} - entered
    }


def test_selection_is_by_the_overall_wald_p_of_the_univariable_model() -> None:
    report = cox(HCC81, covariates=["age", "albumin", "alt"], select=0.2)
    for row in rows_of(report, "selection"):
        (term,) = rows_of(report, "terms", model=row["term"])
        assert row["statistic"] == close(term["statistic"] ** 2)
        assert row["action"] == ("entered" if term["p"] < 0.2 else "kept out")


@pytest.mark.parametrize(
    ("options", "kinds"),
    [
        ({}, {"univariable", "multivariable"}),
        ({"univariable": True}, {"univariable"}),
        ({"multivariable": True}, {"multivariable"}),
        ({"univariable": True, "multivariable": True}, {"univariable", "multivariable"}),
        ({"multivariable": True, "stepwise": "wald", "stay": 0.9}, {"stepwise"}),
    ],
)
def test_the_models_are_those_that_were_asked_for(options: Any, kinds: set[str]) -> None:
    report = cox(HCC81, covariates=["age", "albumin"], **options)
    assert {row["kind"] for row in rows_of(report, "models")} == kinds


def test_an_interaction_is_the_likelihood_ratio_of_the_product() -> None:
    rows = [row | {"product": float(row["age"]) * float(row["albumin"])} for row in HCC81]
    names = ["age", "albumin", "product"]
    models = [cox(rows, covariates=names[:k], multivariable=True) for k in (2, 3)]
    smaller, larger = (rows_of(m, "models")[0]["loglik"] for m in models)
    report = cox(rows, covariates=names[:2], interaction=["age:albumin"])
    (test,) = rows_of(report, "interactions")
    assert test["df"] == 1
    assert test["statistic"] == pytest.approx(2 * (larger - smaller), abs=1e-6)


def test_the_hazard_ratio_of_a_subgroup_is_that_of_its_patients_alone() -> None:
    report = cox(HCC81, subgroups="treatment", within=["bclc"])
    for level in ("B", "C"):
        alone = cox(HCC81, covariates=["treatment"], univariable=True, where=[f"bclc=={level}"])
        (row,) = rows_of(report, "subgroups", subgroup=f"bclc={level}")
        assert row["hr"] == close(rows_of(alone, "terms")[0]["hr"])


def test_fractional_weights_give_robust_standard_errors_and_whole_ones_do_not() -> None:
    for weight, robust in (("2", False), ("1.5", True)):
        rows = [row | {"w": weight if i % 2 else "1"} for i, row in enumerate(HCC81)]
        found = numbers(cox(rows, weights="w", **MODEL), "robust_std_err")
        assert [value is not None for value in found] == [robust] * 3


def test_the_interval_uses_the_robust_standard_error_and_std_err_stays() -> None:
    plain, robust = cox(HCC81, **MODEL), cox(HCC81, robust=True, **MODEL)
    assert numbers(robust, "std_err") == numbers(plain, "std_err")
    for row in rows_of(robust, "terms"):
        assert row["statistic"] == close(row["coef"] / row["robust_std_err"])
        assert np.log(row["upper"]) == close(
            row["coef"] + 1.959963984540054 * row["robust_std_err"]
        )


def test_a_landmark_leaves_out_who_is_no_longer_at_risk() -> None:
    late = [
        row | {"os_months": repr(float(row["os_months"]) - 3)}
        for row in HCC81
        if float(row["os_months"]) > 3
    ]
    found = cox(HCC81, landmark=3, **MODEL)
    assert essentials(found) == close(essentials(cox(late, **MODEL)))


def test_an_event_and_a_censoring_exactly_at_the_landmark_are_excluded() -> None:
    """0.1 + 0.2 is 0.3 here too: times that differ by rounding are one time, as in R."""
    rows = [
        {"time": time, "status": status, "x": x}
        for time, status, x in [("0.30000000000000004", 1, 2), ("0.3", 1, 3), ("0.3", 0, 4),
                                ("0.31", 1, 1), ("0.5", 0, 3), ("0.8", 1, 2), ("1.2", 1, 5)]
    ]  # fmt: skip
    report = cox(rows, covariates=["x"], multivariable=True, landmark=0.3)
    assert [(e.reason.partition(",")[0], e.rows) for e in report.provenance.excluded] == [
        ("event by the landmark", 2), ("censored by the landmark", 1)
    ]  # fmt: skip
    assert rows_of(report, "models")[0]["n"] == 4


def test_json_has_null_where_there_is_no_number(run: Run) -> None:
    outcome = run("cox", DATA / "tiny.csv", "-x", "arm,dose", "--json")

    def refuse_constant(word: str) -> None:
        raise AssertionError(word)

    tables = json.loads(outcome.out, parse_constant=refuse_constant)["tables"]
    (infinite,) = [r for r in tables["terms"] if r["model"] == "arm" and r["level"] == "none"]
    assert infinite["upper"] is None
    (dropped,) = [r for r in tables["terms"] if (r["kind"], r["term"]) == ("multivariable", "dose")]
    assert dropped["hr"] is None


@pytest.mark.parametrize("format_", ["table", "json", "csv", "md", "html", "tex"])
def test_the_same_command_prints_the_same_text(format_: str, run: Run) -> None:
    arguments = ("cox", DATA / "hcc81.csv", "-x", "age,child_pugh,afp@400", "--format", format_)
    first, second = run(*arguments), run(*arguments)
    assert first == second
    assert first.status == 0
    assert not re.search(r"^(note|warning|error|hint):", first.out, re.MULTILINE)


def test_people_read_labels_and_reference_where_scripts_read_names(run: Run) -> None:
    text = run("cox", SECOND_LINE, "-x", "child_pugh,afp@400", "--quiet").out
    assert re.search(r"Child-Pugh class +A +91 +55 +reference", text)
    assert re.search(r"AFP, ng/mL +<400 +59 +36 +reference", text)


@pytest.mark.usefixtures("frozen_cohort")
def test_stacked_models_have_their_own_patients_and_the_same_raw_numbers(run: Run) -> None:
    words = ("cox", "-x", "child_pugh,afp@log2")
    beside, stacked = run(*words), run(*words, "--layout", "stacked")
    assert "The n and events of each row are those of its univariable model." in beside.out
    assert "those of its univariable model" not in stacked.out
    rows = [line.split() for line in stacked.out.splitlines()]
    assert [row[:5] for row in rows if row and row[0] == "B"] == [
        ["B", "35", "26", "2.44", "(1.51–3.95)"], ["B", "33", "24", "2.56", "(1.54–4.24)"],
    ]  # fmt: skip
    tables = [
        run(*words, "--json", "--layout", name).json["tables"] for name in ("beside", "stacked")
    ]
    assert tables[0] == tables[1]
