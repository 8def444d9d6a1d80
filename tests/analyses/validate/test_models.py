"""Saved models applied, corrected for optimism, and recalibrated."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import hcc2l
from tests.analyses.validate.cohorts import (
    ENDPOINT,
    HCC,
    codes,
    measured,
    model_file,
    note,
    saved,
    validated,
)
from tests.conftest import DATA, Run, Write

COVARIATES = ["lp1", "points"]
HCC81 = DATA / "hcc81.csv"
OF_81 = {"time": "os_months", "event": "death", "unit": "months"}


def fitted(path: Path = HCC, covariates: list[str] | None = None, **options: object):  # type: ignore[no-untyped-def]
    return hcc2l.cox(path, covariates=covariates or COVARIATES, multivariable=True,
                     save_model="mine.json", **(ENDPOINT | options))  # fmt: skip


def test_a_model_is_perfectly_calibrated_where_it_was_made(tmp_path: Path) -> None:
    report = fitted()
    rows = measured(validated(model=[saved(tmp_path, "mine", report)], at=[12]), "mine")
    (model,) = report.table("models").rows
    assert rows["c-harrell", None]["estimate"] == pytest.approx(model["concordance"], rel=1e-9)
    assert rows["slope", 12.0]["estimate"] == pytest.approx(1, rel=1e-6)
    assert rows["slope", 12.0]["p"] == pytest.approx(1, abs=1e-5)


def test_groups_cuts_and_scales_are_applied_as_they_were_fitted(tmp_path: Path) -> None:
    covariates = ["child_pugh", "afp@median", "alt@log2@rcs4", "age@per10", "pni@rcs3"]
    report = fitted(HCC81, covariates)
    path = saved(tmp_path, "mine", report)
    (model,) = report.table("models").rows
    row = measured(validated(HCC81, model=[path]), "mine")["c-harrell", None]
    assert row["estimate"] == pytest.approx(model["concordance"], rel=1e-9)
    terms = {t["term"]: t for t in json.loads(Path(path).read_text())["terms"]}
    assert "afp@median" not in terms
    assert next(t for t in terms if t.startswith("afp@"))[4:].replace(".", "").isdigit()
    assert set(terms["child_pugh"]["levels"]) == {"A", "B"}
    assert terms["child_pugh"]["levels"]["A"] == 0
    assert len(terms["alt@log2@rcs4"]["knots"]) == 4


def test_a_logistic_model_is_perfectly_calibrated_where_it_was_made(tmp_path: Path) -> None:
    report = hcc2l.logistic(HCC, outcome="response", covariates=["lp1", "points"],
                            save_model="mine.json")  # fmt: skip
    path = saved(tmp_path, "mine", report)
    rows = measured(hcc2l.validate(HCC, model=[path], outcome="response"), "mine")
    assert rows["o/e", None]["estimate"] == pytest.approx(1, rel=1e-9)
    assert rows["intercept", None]["estimate"] == pytest.approx(0, abs=1e-9)
    assert rows["slope", None]["estimate"] == pytest.approx(1, rel=1e-6)


def test_optimism_is_corrected_where_the_model_was_made(tmp_path: Path) -> None:
    path = saved(tmp_path, "mine", fitted(HCC81, ["age", "afp", "alt", "child_pugh"]))
    report = validated(HCC81, model=[path], at=[6], boot=8)
    rows = measured(report, "mine")
    assert 0 < rows["c-harrell", None]["optimism"] < 0.2  # type: ignore[operator]
    assert rows["slope", 6.0]["optimism"] > 0  # type: ignore[operator]
    assert rows["brier", 6.0]["optimism"] < 0  # type: ignore[operator]
    assert note(report, "made-in-these-patients").startswith("mine was made in these")
    again = validated(HCC81, model=[path], at=[6], boot=8)
    assert again.table("performance") == report.table("performance")


def test_without_the_bootstrap_the_performance_is_called_apparent(tmp_path: Path) -> None:
    report = validated(model=[saved(tmp_path, "mine", fitted())])
    assert "apparent" in note(report, "made-in-these-patients")
    assert measured(report, "mine")["c-harrell", None]["optimism"] is None


def test_patients_outside_the_conditions_of_the_model_are_others(tmp_path: Path) -> None:
    path = saved(tmp_path, "mine", fitted(where=["points<=1"]))
    assert "made-in-these-patients" not in codes(validated(model=[path], where=["points>1"]))
    report = validated(model=[path])
    inside = hcc2l.km(HCC, where=["points<=1"], **ENDPOINT).provenance.analysed
    assert f"{inside} of these 168 patients" in note(report, "made-in-these-patients")


def test_there_is_no_optimism_in_other_patients(tmp_path: Path) -> None:
    report = validated(model=[model_file(tmp_path)], boot=20)
    assert "no optimism to correct" in note(report, "option-without-effect")
    assert measured(report, "paper")["c-harrell", None]["optimism"] is None
    assert "--model" in note(validated(score=["points"], boot=20), "option-without-effect")


def test_a_selection_that_is_not_repeated_is_told(tmp_path: Path) -> None:
    path = saved(tmp_path, "mine", fitted(HCC81, ["age", "child_pugh"], stepwise="aic"))
    text = note(validated(HCC81, model=[path], boot=2), "selection-not-repeated")
    assert "stepwise aic" in text


def test_a_recalibrated_model_is_calibrated(tmp_path: Path) -> None:
    path = model_file(tmp_path)
    before = validated(model=[path], at=[12]).table("recalibration").rows
    assert [row["method"] for row in before] == ["none", "baseline", "slope"]
    new = before[2]
    slope = new["slope"]
    assert isinstance(slope, float)
    again = model_file(
        tmp_path, "again", terms=[{"term": "lp1", "coef": slope}],
        baseline={"time": [12], "survival": [new["baseline_survival"]]},
    )  # fmt: skip
    report = validated(model=[again], at=[12])
    as_saved, baseline, both = report.table("recalibration").rows
    assert both["slope"] == pytest.approx(1, rel=1e-6)
    assert baseline["baseline_survival"] == pytest.approx(as_saved["baseline_survival"], rel=1e-6)
    assert measured(report, "again")["slope", 12.0]["estimate"] == pytest.approx(1, rel=1e-6)


def test_a_model_of_absurd_coefficients_has_no_recalibration(tmp_path: Path) -> None:
    path = model_file(tmp_path, terms=[{"term": "lp1", "coef": 1e5}])
    rows = validated(model=[path], at=[12]).table("recalibration").rows
    assert rows[1]["baseline_survival"] in (None, 0.0, 1.0)
    assert rows[2]["slope"] == pytest.approx(1e-5, rel=1)


def test_a_recalibrated_logistic_model_is_calibrated(tmp_path: Path) -> None:
    given = {"type": "logistic", "unit": None, "baseline": None}
    path = model_file(tmp_path, **given, intercept=-1.0)
    rows = hcc2l.validate(HCC, model=[path], outcome="response").table("recalibration").rows
    again = model_file(tmp_path, "again", **given, intercept=rows[2]["intercept"],
                       terms=[{"term": "lp1", "coef": rows[2]["slope"]}])  # fmt: skip
    found = measured(hcc2l.validate(HCC, model=[again], outcome="response"), "again")
    assert found["o/e", None]["estimate"] == pytest.approx(1, rel=1e-6)
    assert found["slope", None]["estimate"] == pytest.approx(1, rel=1e-6)


def test_the_risk_of_a_patient_is_that_of_the_formula(tmp_path: Path) -> None:
    path = model_file(tmp_path)
    rows = measured(validated(model=[path], at=[12]), "paper")
    column = HCC.read_text().splitlines()
    place = column[0].split(",").index("lp1")
    lp = np.array([float(line.split(",")[place]) for line in column[1:]])
    expected = float(np.mean(1 - 0.45 ** np.exp(lp)))
    assert rows["expected", 12.0]["estimate"] == pytest.approx(expected, rel=1e-12)
    centred = model_file(
        tmp_path, "centred",
        baseline={"time": [12], "survival": [0.45], "linear_predictor": 0.5},
    )  # fmt: skip
    rows = measured(validated(model=[centred], at=[12]), "centred")
    expected = float(np.mean(1 - 0.45 ** np.exp(lp - 0.5)))
    assert rows["expected", 12.0]["estimate"] == pytest.approx(expected, rel=1e-12)


def test_a_stratified_model_and_one_from_a_landmark_are_not_saved(run: Run) -> None:
    for option in (["--strata", "child_pugh"], ["--landmark", "2"]):
        done = run("cox", str(HCC81), "-x", "age", "--save-model", "m.json", *option)
        assert done.status == 2
        assert "cannot be saved" in done.err
    assert not Path("m.json").exists()


def test_a_model_without_an_estimate_is_not_saved(run: Run, write: Write) -> None:
    rows = "".join(f"{i},{1 if i % 2 else 0},{'B' if i % 2 else 'A'},{i}\n" for i in range(1, 21))
    cohort = write("c.csv", "os_months,death,group,age\n" + rows)
    done = run("cox", str(cohort), "-x", "group", "--save-model", "m.json")
    assert done.status == 1
    assert "no estimate for group" in done.err
    done = run("cox", str(cohort), "-x", "age", "--univariable", "--save-model", "m.json")
    assert (done.status, Path("m.json").exists()) == (1, False)


def test_a_model_is_written_as_json_alone(run: Run) -> None:
    done = run("cox", str(HCC81), "-x", "age", "--save-model", "m.txt")
    assert done.status == 2
    assert ".json" in done.err
    done = run("cox", str(HCC81), "-x", "age", "--save-model", "m.json", "--quiet")
    assert done.status == 0
    assert json.loads(Path("m.json").read_text())["type"] == "cox"
    refused = run("validate", str(HCC81), "--model", "m.json", "--out", "m.json")
    assert refused.status == 2
