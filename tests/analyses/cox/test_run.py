"""`hcc2l cox` as a user relies on it: properties, oracles, bad input, notes, tables, figure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import hcc2l
from tests.analyses.cox.cohorts import (
    HCC81,
    MODEL,
    Records,
    close,
    cox,
    essentials,
    few,
    numbers,
    records,
)
from tests.conftest import DATA, Run, Write
from tests.reports import rows_of

PATIENTS = range(len(HCC81))


def changed(column: str, change: Callable[[float], float]) -> Records:
    return [row | {column: repr(change(float(row[column])))} for row in HCC81]


@few
@given(order=st.permutations(PATIENTS))
def test_the_order_of_the_rows_does_not_matter(order: list[int]) -> None:
    shuffled = cox([HCC81[i] for i in order], **MODEL)
    assert essentials(shuffled) == close(essentials(cox(HCC81, **MODEL)))


@few
@given(shift=st.integers(-10_000, 10_000))
def test_adding_a_constant_to_a_covariate_changes_nothing(shift: int) -> None:
    shifted = cox(changed("age", lambda age: age + shift), **MODEL)
    assert essentials(shifted) == close(essentials(cox(HCC81, **MODEL)))


@few
@given(scale=st.sampled_from([-10, -1, 0.001, 0.1, 12, 1000]))
def test_the_unit_of_a_covariate_scales_its_coefficient_alone(scale: float) -> None:
    plain, scaled = cox(HCC81, **MODEL), cox(changed("age", lambda age: age * scale), **MODEL)
    expected = numbers(plain, "coef")
    expected[1] /= scale
    assert numbers(scaled, "coef") == close(expected)
    assert numbers(scaled, "p") == close(numbers(plain, "p"))
    assert rows_of(scaled, "ph_tests")[-1]["p"] == close(rows_of(plain, "ph_tests")[-1]["p"])


@pytest.mark.parametrize("factor", [1e-7, 1e6])
def test_the_unit_of_time_does_not_matter_to_the_test_of_proportional_hazards(
    factor: float,
) -> None:
    """The tolerance for tied times is absolute, as R's: times stay well apart."""
    rows = [row | {"os_months": repr(round(float(row["os_months"])) + 1)} for row in HCC81]
    scaled = [row | {"os_months": repr(int(row["os_months"]) * factor)} for row in rows]
    options: dict[str, Any] = MODEL | {"ph_transform": "identity"}
    found, expected = (
        [row["statistic"] for row in rows_of(cox(r, **options), "ph_tests")] for r in (scaled, rows)
    )
    assert found == pytest.approx(expected, rel=1e-6)


@few
@given(factor=st.sampled_from([1 / 12, 4.348125, 30.4375, 1000]))
def test_the_unit_of_time_does_not_matter(factor: float) -> None:
    other = cox(changed("os_months", lambda time: time * factor), **MODEL)
    assert essentials(other) == close(essentials(cox(HCC81, **MODEL)))


@few
@given(weights=st.lists(st.integers(1, 3), min_size=len(HCC81), max_size=len(HCC81)))
def test_whole_weights_are_repeated_rows_with_breslow_ties(weights: list[int]) -> None:
    weighted = [row | {"w": w} for row, w in zip(HCC81, weights, strict=True)]
    repeated = [row for row, w in zip(HCC81, weights, strict=True) for _ in range(w)]
    a = cox(weighted, weights="w", ties="breslow", **MODEL)
    b = cox(repeated, ties="breslow", **MODEL)
    keys = ("coef", "std_err", "statistic", "p")
    assert numbers(a, *keys) == close(numbers(b, *keys))
    (one,), (other,) = rows_of(a, "models"), rows_of(b, "models")
    assert one["lr_statistic"] == close(other["lr_statistic"])
    assert one["concordance"] == close(other["concordance"])


@few
@given(weight=st.floats(0.01, 100))
def test_the_same_weight_for_all_changes_no_coefficient(weight: float) -> None:
    weighted = cox([row | {"w": repr(weight)} for row in HCC81], weights="w", **MODEL)
    plain = cox(HCC81, robust=True, **MODEL)
    keys = ("coef", "robust_std_err") if weight % 1 else ("coef",)
    assert numbers(weighted, *keys) == pytest.approx(numbers(plain, *keys), rel=1e-6)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_a_single_stratum_is_none(ties: str) -> None:
    one = [row | {"centre": "only"} for row in HCC81]
    stratified = cox(one, strata="centre", ties=ties, **MODEL)
    plain = cox(HCC81, ties=ties, **MODEL)
    assert essentials(stratified) == close(essentials(plain))
    assert rows_of(stratified, "ph_tests") == rows_of(plain, "ph_tests")


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_each_patient_as_a_cluster_is_the_robust_variance(ties: str) -> None:
    named = [row | {"who": f"x{i}"} for i, row in enumerate(HCC81)]
    clustered = cox(named, cluster="who", ties=ties, **MODEL)
    robust = cox(HCC81, robust=True, ties=ties, **MODEL)
    assert numbers(clustered, "robust_std_err") == close(numbers(robust, "robust_std_err"))


def test_the_hazard_ratio_inverts_when_the_reference_is_swapped() -> None:
    options = {"covariates": ["treatment"], "univariable": True}
    (plain,) = rows_of(cox(HCC81, **options), "terms")
    (swapped,) = rows_of(cox(HCC81, ref=["treatment=sorafenib"], **options), "terms")
    assert (swapped["level"], swapped["reference"]) == (plain["reference"], plain["level"])
    assert [1 / swapped[key] for key in ("hr", "upper", "lower")] == close(
        [plain[key] for key in ("hr", "lower", "upper")]
    )
    assert swapped["p"] == close(plain["p"])


@pytest.mark.parametrize("reference", ["large", "smallcell", "squamous"])
def test_the_reference_does_not_change_the_test_of_a_factor(reference: str) -> None:
    options = {"covariates": ["celltype", "karno"], "multivariable": True}
    plain = cox(records("veteran.csv"), **options)
    other = cox(records("veteran.csv"), ref=[f"celltype={reference}"], **options)
    assert {row["reference"] for row in rows_of(plain, "terms")} == {"adeno", None}
    assert {row["reference"] for row in rows_of(other, "terms")} == {reference, None}
    for name in ("term_tests", "ph_tests"):
        (a,), (b,) = (rows_of(report, name, term="celltype") for report in (plain, other))
        assert a["df"] == b["df"] == 3
        assert b["statistic"] == close(a["statistic"])


def test_a_wider_level_widens_the_interval_about_the_same_ratio() -> None:
    wide, narrow = (cox(HCC81, conf_level=level, **MODEL) for level in (0.99, 0.9))
    for a, b in zip(rows_of(wide, "terms"), rows_of(narrow, "terms"), strict=True):
        assert a["hr"] == b["hr"]
        assert a["lower"] < b["lower"] < b["hr"] < b["upper"] < a["upper"]


@pytest.mark.parametrize(
    "option",
    ["--covariates", "--univariable", "--multivariable", "--select", "--stepwise", "--ties",
     "--strata", "--cluster", "--weights", "--interaction", "--subgroups", "--within",
     "--landmark", "--robust", "--stay", "--ph-transform"],
)  # fmt: skip
def test_every_promised_option_is_in_the_help(option: str, run: Run) -> None:
    assert re.search(rf"{option}\b", run("cox", "--help").out)


@pytest.mark.parametrize(
    "said", [["-x", "age,sex,bclc"], ["-x", "age", "-x", "sex", "--covariates", "bclc"]]
)
def test_covariates_take_commas_or_repeated_options(said: list[str], run: Run) -> None:
    result = run("cox", DATA / "hcc81.csv", *said, "--json").json
    assert result["settings"]["covariates"] == ["age", "sex", "bclc"]


def test_a_covariate_named_twice_is_in_the_model_once() -> None:
    report = cox(HCC81, covariates=["age", "sex", "age"])
    rows = rows_of(report, "regression", model="multivariable")
    assert [row["term"] for row in rows] == ["age", "sex", "sex"]


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        (["-x", "age,afp@400"], {"covariates": ["age", "afp@400"]}),
        (
            ["-x", "age,sex,bclc", "--select", "0.5", "--ties", "breslow", "--ref", "sex=male"],
            {"covariates": ["age", "sex", "bclc"], "select": 0.5, "ties": "breslow",
             "ref": "sex=male"},
        ),
        (
            ["--subgroups", "treatment", "--within", "sex,bclc", "--where", "age>=50"],
            {"subgroups": "treatment", "within": ["sex", "bclc"], "where": "age>=50"},
        ),
    ],
)  # fmt: skip
def test_the_api_gives_what_the_command_gives(
    arguments: list[str], options: dict[str, Any], run: Run
) -> None:
    from_command = run("cox", DATA / "hcc81.csv", *arguments, "--json").json
    text = hcc2l.render_report(hcc2l.cox(DATA / "hcc81.csv", **options), "json")
    assert isinstance(text, str)
    from_api = json.loads(text)
    for result in (from_command, from_api):
        del result["command"]["argv"]
    assert from_api == from_command


def test_the_dictionary_gives_defaults_that_the_command_line_overrides(
    cohort_csv: Path, run: Run, write: Write
) -> None:
    write("hcc2l.toml", '[cox]\ncovariates = ["age", "sex"]\nties = "breslow"\n')
    assert run("cox", cohort_csv, "--json").json["tables"]["models"][0]["ties"] == "breslow"
    overridden = run("cox", cohort_csv, "--json", "--ties", "efron", "-x", "bclc").json
    assert {row["ties"] for row in overridden["tables"]["models"]} == {"efron"}
    assert {row["term"] for row in overridden["tables"]["terms"]} == {"bclc"}
