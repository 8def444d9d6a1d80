"""`hcc2l cox` as a user relies on it: properties, oracles, bad input, notes, tables, figure."""

from __future__ import annotations

import csv
import json
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer.main
from hypothesis import given, settings
from hypothesis import strategies as st

import hcc2l
from hcc2l.cli.app import app
from hcc2l.figures import draw
from hcc2l.figures.forest import draw as draw_forest
from hcc2l.figures.style import STYLE
from hcc2l.numerals import p_value
from hcc2l.report import Figure, Report
from hcc2l.specs import CoxSpec
from tests.conftest import DATA, Outcome, Run, Write
from tests.test_bad_input import UNANSWERED, WRONG, snapshot

SECOND_LINE = Path(__file__).parents[1] / "sample_data" / "second_line" / "cohort.csv"
Records = list[dict[str, str]]
few = settings(max_examples=12, deadline=None)


def records(name: str) -> Records:
    with (DATA / name).open(newline="") as file:
        return list(csv.DictReader(file))


HCC81 = [{k: v for k, v in r.items() if k != "patient_id"} for r in records("hcc81.csv")]
PATIENTS = range(len(HCC81))
MODEL = {"covariates": ["treatment", "age", "albumin"], "multivariable": True}


def cox(rows: Sequence[Mapping[str, Any]], dictionary: str = "", **options: Any) -> Report:
    """The analysis of some rows, by way of a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "cohort.csv")
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        Path(folder, "hcc2l.toml").write_text(dictionary)
        return hcc2l.cox(path, **options)


def table(report: Report, name: str, **where: Any) -> list[Any]:
    rows = report.table(name).rows
    return [row for row in rows if all(row[k] == v for k, v in where.items())]


def numbers(report: Report, *keys: str) -> list[float]:
    return [row[key] for row in table(report, "terms") for key in keys]


def essentials(report: Report) -> list[float]:
    """What must not change: coefficients and their tests, the model's tests, concordance."""
    (model,) = table(report, "models")
    keys = ("loglik", "lr_statistic", "score_statistic", "concordance", "concordance_std_err")
    return numbers(report, "coef", "std_err", "statistic", "p") + [model[key] for key in keys]


def changed(column: str, change: Callable[[float], float]) -> Records:
    return [row | {column: repr(change(float(row[column])))} for row in HCC81]


def close(values: Sequence[float]) -> Any:
    return pytest.approx(values, rel=1e-8, abs=1e-10)


# ---------------------------------------------------------------- properties


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
    assert table(scaled, "ph_tests")[-1]["p"] == close(table(plain, "ph_tests")[-1]["p"])


@pytest.mark.parametrize("factor", [1e-7, 1e6])
def test_the_unit_of_time_does_not_matter_to_the_test_of_proportional_hazards(
    factor: float,
) -> None:
    """The tolerance for tied times is absolute, as R's: times stay well apart."""
    rows = [row | {"os_months": repr(round(float(row["os_months"])) + 1)} for row in HCC81]
    scaled = [row | {"os_months": repr(int(row["os_months"]) * factor)} for row in rows]
    options: dict[str, Any] = MODEL | {"ph_transform": "identity"}
    found, expected = (
        [row["statistic"] for row in table(cox(r, **options), "ph_tests")] for r in (scaled, rows)
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
    (one,), (other,) = table(a, "models"), table(b, "models")
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
    assert table(stratified, "ph_tests") == table(plain, "ph_tests")


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_each_patient_as_a_cluster_is_the_robust_variance(ties: str) -> None:
    named = [row | {"who": f"x{i}"} for i, row in enumerate(HCC81)]
    clustered = cox(named, cluster="who", ties=ties, **MODEL)
    robust = cox(HCC81, robust=True, ties=ties, **MODEL)
    assert numbers(clustered, "robust_std_err") == close(numbers(robust, "robust_std_err"))


def test_the_hazard_ratio_inverts_when_the_reference_is_swapped() -> None:
    options = {"covariates": ["treatment"], "univariable": True}
    (plain,) = table(cox(HCC81, **options), "terms")
    (swapped,) = table(cox(HCC81, ref=["treatment=sorafenib"], **options), "terms")
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
    assert {row["reference"] for row in table(plain, "terms")} == {"adeno", None}
    assert {row["reference"] for row in table(other, "terms")} == {reference, None}
    for name in ("term_tests", "ph_tests"):
        (a,), (b,) = (table(report, name, term="celltype") for report in (plain, other))
        assert a["df"] == b["df"] == 3
        assert b["statistic"] == close(a["statistic"])


def test_a_wider_level_widens_the_interval_about_the_same_ratio() -> None:
    wide, narrow = (cox(HCC81, conf_level=level, **MODEL) for level in (0.99, 0.9))
    for a, b in zip(table(wide, "terms"), table(narrow, "terms"), strict=True):
        assert a["hr"] == b["hr"]
        assert a["lower"] < b["lower"] < b["hr"] < b["upper"] < a["upper"]


# ---------------------------------------------------------------- oracles


def simulated(seed: int, whole: bool) -> Records:
    """A trial of 150 patients; `whole` times are tied."""
    draw_ = np.random.default_rng(seed)
    x = np.column_stack([draw_.normal(size=150), draw_.integers(0, 2, 150), draw_.gamma(2, 3, 150)])
    time = draw_.exponential(12 * np.exp(-x @ [0.5, -0.7, 0.05])) + 0.5
    end = draw_.uniform(2, 24, 150)
    event = time <= end
    observed = np.minimum(time, end)
    observed = np.ceil(observed) if whole else observed
    return [
        {"time": repr(float(t)), "status": str(int(e)), **dict(zip("abc", map(repr, row),
                                                                   strict=True))}
        for t, e, row in zip(observed, event, x.tolist(), strict=True)
    ]  # fmt: skip


def arrays(rows: Records) -> tuple[Any, Any, Any]:
    return (
        np.array([float(row["time"]) for row in rows]),
        np.array([row["status"] == "1" for row in rows]),
        np.array([[float(row[name]) for name in "abc"] for row in rows]),
    )


SIMULATED = [pytest.param(seed, whole, id=f"{seed}-{'tied' if whole else 'untied'}")
             for seed in range(3) for whole in (False, True)]  # fmt: skip
ALL_THREE = {"covariates": ["a", "b", "c"], "multivariable": True}


@pytest.mark.parametrize(("seed", "whole"), SIMULATED)
def test_lifelines_has_the_same_coefficients_and_standard_errors(seed: int, whole: bool) -> None:
    import pandas as pd
    from lifelines import CoxPHFitter

    rows = simulated(seed, whole)
    report = cox(rows, **ALL_THREE)
    frame = pd.DataFrame(rows).astype(float)
    oracle = CoxPHFitter().fit(frame, "time", "status", fit_options={"precision": 1e-12})
    assert numbers(report, "coef") == pytest.approx(oracle.params_.to_numpy(), rel=1e-8)
    expected = oracle.standard_errors_.to_numpy()
    assert numbers(report, "std_err") == pytest.approx(expected, rel=1e-8)
    (model,) = table(report, "models")
    assert model["loglik"] == pytest.approx(oracle.log_likelihood_, rel=1e-9)
    assert model["aic"] == pytest.approx(oracle.AIC_partial_, rel=1e-9)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize(("seed", "whole"), SIMULATED)
def test_scikit_survival_has_the_same_coefficients(seed: int, whole: bool, ties: str) -> None:
    from sksurv.linear_model import CoxPHSurvivalAnalysis

    rows = simulated(seed, whole)
    time, event, x = arrays(rows)
    outcome = np.array(list(zip(event, time, strict=True)), dtype=[("event", "?"), ("time", "f8")])
    oracle = CoxPHSurvivalAnalysis(ties=ties, tol=1e-12).fit(x, outcome)
    found = numbers(cox(rows, ties=ties, **ALL_THREE), "coef")
    assert found == pytest.approx(oracle.coef_, rel=1e-6)


@pytest.mark.parametrize(("seed", "whole"), SIMULATED)
def test_lifelines_has_the_same_concordance(seed: int, whole: bool) -> None:
    from lifelines.utils import concordance_index

    rows = simulated(seed, whole)
    time, event, x = arrays(rows)
    report = cox(rows, **ALL_THREE)
    (model,) = table(report, "models")
    risk = x @ np.array(numbers(report, "coef"))
    assert model["concordance"] == pytest.approx(concordance_index(time, -risk, event), rel=1e-12)


# ---------------------------------------------------------------- bad input


@pytest.fixture
def refuse(run: Run, workplace: Path) -> Callable[..., Outcome]:
    """Run `cox` asking for files, and check that it refuses as every bad input is refused."""

    def call(*arguments: object, status: int = WRONG, says: str = "") -> Outcome:
        before = snapshot(workplace)
        outcome = run("cox", *arguments, "--out", "x.json", "--plot", "x.png")
        assert outcome.status == status, outcome.err
        assert outcome.out == ""
        assert len(outcome.messages("error")) == 1, outcome.err
        assert outcome.messages("hint") or "Did you mean" in outcome.err, "no remedy: " + (
            outcome.err
        )
        for part in filter(None, says.split(" | ")):
            assert part in outcome.err
        assert snapshot(workplace) == before
        return outcome

    return call


Refuse = Callable[..., Outcome]
SMALL = "time,status,a,b,c,arm,half,none\n" + "".join(
    f"{i},{int(i in (2, 5))},{i % 3},{i * i % 7},{i % 4},x,{'' if i in (2, 5) else i % 2},\n"
    for i in range(1, 9)
)


def test_a_cohort_without_events_is_refused(refuse: Refuse, write: Write) -> None:
    write("c.csv", re.sub(r"^(\d+),1", r"\1,0", SMALL, flags=re.M))
    refuse("c.csv", "-x", "a", status=UNANSWERED, says="8 patients | censored | --event")


def test_more_parameters_than_events_are_refused_with_both_counts(
    refuse: Refuse, write: Write
) -> None:
    write("c.csv", SMALL)
    refuse("c.csv", "-x", "a,b,c", "--multivariable", status=UNANSWERED,
           says="3 parameters | 2 events | fewer covariates")  # fmt: skip


def test_a_factor_with_one_level_is_refused(refuse: Refuse, write: Write) -> None:
    write("c.csv", SMALL)
    refuse("c.csv", "-x", "a,arm", status=UNANSWERED, says="arm | one level")


@pytest.mark.usefixtures("cohort_csv")
def test_a_factor_that_a_condition_leaves_with_one_level_is_refused(refuse: Refuse) -> None:
    refuse("cohort.csv", "-x", "sex,age", "--where", "sex==male", status=UNANSWERED,
           says="sex | one level")  # fmt: skip


def test_a_number_that_never_varies_is_refused_when_it_is_alone(
    refuse: Refuse, write: Write
) -> None:
    write("c.csv", SMALL.replace(",x,", ",7,"))
    refuse("c.csv", "-x", "arm", status=UNANSWERED, says="arm")


def test_a_covariate_that_is_missing_in_every_row_is_refused(refuse: Refuse, write: Write) -> None:
    write("c.csv", SMALL)
    refuse("c.csv", "-x", "none", status=UNANSWERED, says="none")


def test_a_covariate_known_only_without_the_event_is_refused(refuse: Refuse, write: Write) -> None:
    write("c.csv", SMALL)
    refuse("c.csv", "-x", "half", status=UNANSWERED, says="6 patients | half")


@pytest.mark.usefixtures("cohort_csv")
@pytest.mark.parametrize("term", ["death", "os_months", "os_months@6", "death==1"])
def test_a_column_of_the_outcome_is_refused_as_covariate(term: str, refuse: Refuse) -> None:
    refuse("cohort.csv", "-x", f"age,{term}", says=f"-x {term} | part of the outcome")


@pytest.mark.usefixtures("cohort_csv")
@pytest.mark.parametrize("option", ["--within", "--strata"])
def test_the_event_is_refused_as_group(option: str, refuse: Refuse) -> None:
    arguments = ["--subgroups", "treatment"] if option == "--within" else ["-x", "treatment"]
    refuse("cohort.csv", *arguments, option, "death", says=f"{option} death | outcome")


@pytest.mark.usefixtures("cohort_csv")
def test_the_id_is_refused_as_covariate(refuse: Refuse) -> None:
    refuse("cohort.csv", "-x", "patient_id", says="-x patient_id | identifies the patients")


@pytest.mark.parametrize("column", ["start_2l", "last_contact"])
def test_a_date_is_refused_as_covariate(column: str, refuse: Refuse) -> None:
    refuse(SECOND_LINE, "-x", f"age,{column}", says=f"-x {column} | is a date")


@pytest.mark.usefixtures("cohort_csv")
def test_an_unknown_reference_is_refused_with_a_near_level(refuse: Refuse) -> None:
    refuse("cohort.csv", "-x", "sex", "--ref", "sex=mal", says="--ref sex=mal | 'male'")


@pytest.mark.usefixtures("cohort_csv")
def test_an_unknown_covariate_is_refused_with_a_near_name(refuse: Refuse) -> None:
    refuse("cohort.csv", "-x", "age,child_pgh", says="child_pgh | 'child_pugh'")


@pytest.mark.usefixtures("cohort_csv")
@pytest.mark.parametrize("option", ["--strata", "--cluster", "--weights"])
def test_an_unknown_column_is_refused_with_a_near_name(option: str, refuse: Refuse) -> None:
    refuse("cohort.csv", "-x", "age", option, "treatmnt", says="treatmnt | 'treatment'")


@pytest.mark.usefixtures("cohort_csv")
def test_an_interaction_with_what_is_no_covariate_is_refused(refuse: Refuse) -> None:
    refuse("cohort.csv", "-x", "age,sex", "--interaction", "sex:bclc",
           says="--interaction sex:bclc | 'bclc' is not among the covariates | -x")  # fmt: skip


@pytest.mark.usefixtures("cohort_csv")
@pytest.mark.parametrize("text", ["sex", "sex:age:bclc"])
def test_an_interaction_of_other_than_two_is_refused(text: str, refuse: Refuse) -> None:
    refuse("cohort.csv", "-x", "age,sex", "--interaction", text, says="A:B")


@pytest.mark.usefixtures("cohort_csv")
def test_an_interaction_of_a_term_with_itself_is_refused(refuse: Refuse) -> None:
    refuse("cohort.csv", "-x", "age,sex", "--interaction", "age: age",
           says="'age' cannot interact with itself | A:B")  # fmt: skip


@pytest.mark.usefixtures("cohort_csv")
@pytest.mark.parametrize("half", [["--subgroups", "treatment"], ["--within", "sex"]])
def test_subgroups_need_within_and_within_needs_subgroups(half: list[str], refuse: Refuse) -> None:
    refuse("cohort.csv", "-x", "age", *half, says="--subgroups | --within")


@pytest.mark.usefixtures("cohort_csv")
def test_two_ways_to_choose_a_model_are_refused(refuse: Refuse) -> None:
    refuse("cohort.csv", "-x", "age,sex", "--select", "0.1", "--stepwise", "aic",
           says="--select | --stepwise")  # fmt: skip


@pytest.mark.usefixtures("cohort_csv")
def test_a_model_without_covariates_is_refused(refuse: Refuse) -> None:
    refuse("cohort.csv", says="covariates | -x age")


@pytest.mark.usefixtures("cohort_csv")
@pytest.mark.parametrize(
    ("option", "value"),
    [("--ties", "exact"), ("--stepwise", "forward"), ("--ph-transform", "sqrt"),
     ("--which", "all"), ("--select", "2"), ("--stay", "-0.1"), ("--conf-level", "1")],
)  # fmt: skip
def test_a_value_that_an_option_has_not_is_refused(option: str, value: str, refuse: Refuse) -> None:
    refuse("cohort.csv", "-x", "age", option, value, says=option)


@pytest.mark.usefixtures("cohort_csv")
@pytest.mark.parametrize(
    "asked", [["--which", "subgroups"], ["--univariable", "--which", "multivariable"]]
)
def test_a_figure_of_a_model_that_was_not_asked_for_is_refused(
    asked: list[str], refuse: Refuse
) -> None:
    refuse("cohort.csv", "-x", "age,sex", *asked, says="--which")


def test_the_logarithm_of_time_nought_is_refused(refuse: Refuse, write: Write) -> None:
    write("c.csv", SMALL.replace("\n1,0", "\n0,0"))
    refuse("c.csv", "-x", "a", "--ph-transform", "log", status=UNANSWERED, says="time 0 | km")


# ---------------------------------------------------------------- what still works


def test_a_stratum_without_events_changes_nothing() -> None:
    alive = [row | {"centre": "b", "death": "0"} for row in HCC81[:20]]
    both = [row | {"centre": "a"} for row in HCC81] + alive
    with_it, without = cox(both, strata="centre", **MODEL), cox(HCC81, **MODEL)
    assert numbers(with_it, "coef", "std_err") == close(numbers(without, "coef", "std_err"))


def test_a_subgroup_without_events_is_left_out() -> None:
    rows = [row | {"death": "0"} if row["bclc"] == "B" else row for row in HCC81]
    report = cox(rows, subgroups="treatment", within=["bclc"])
    assert [row["subgroup"] for row in table(report, "subgroups")] == ["all", "bclc=C"]


def test_a_subgroup_with_fewer_events_than_parameters_does_not_stop_the_analysis() -> None:
    died = iter(range(len(HCC81)))
    rows = [
        row | {"death": str(int(row["death"] == "1" and next(died) < 1))}
        if row["bclc"] == "B"
        else row
        for row in HCC81
    ]
    report = cox(rows, subgroups="age@60/70", within=["bclc"])
    assert "bclc=C" in [row["subgroup"] for row in table(report, "subgroups")]


def test_a_subgroup_analysis_needs_no_covariates() -> None:
    report = cox(HCC81, subgroups="treatment", within=["sex", "age@65"])
    names = ["all", "sex=female", "sex=male", "age@65=<65", "age@65=≥65"]
    assert [row["subgroup"] for row in table(report, "subgroups")] == names
    assert [row["term_b"] for row in table(report, "interactions")] == ["sex", "age@65"]


@pytest.mark.parametrize(
    "choice", [["--select", "0.0001"], ["--stepwise", "lr", "--stay", "0.0001"]]
)
@pytest.mark.parametrize("models", [[], ["--multivariable"]])
def test_a_selection_that_keeps_nothing_says_so(
    choice: list[str], models: list[str], run: Run, write: Write
) -> None:
    write("c.csv", (DATA / "hcc81.csv").read_text())
    outcome = run("cox", "c.csv", "-x", "age,sex", *choice, *models)
    assert outcome.status in (0, UNANSWERED)
    said = outcome.out if outcome.status == 0 else " ".join(outcome.messages("error"))
    assert re.search(r"kept out|removed|[Nn]o (covariate|variable)", said)


def test_a_covariate_that_is_also_the_stratum_has_no_coefficient() -> None:
    report = cox(HCC81, covariates=["sex"], strata="sex", univariable=True)
    assert numbers(report, "coef", "hr", "p") == [None, None, None]
    assert "column-dropped" in [note.code for note in report.notes]


# ---------------------------------------------------------------- notes


def codes(report: Report) -> list[str]:
    return [note.code for note in report.notes]


def test_few_events_per_parameter_are_noted_with_the_figure() -> None:
    names = ["age", "sex", "alt", "albumin", "bclc", "etiology", "lymph_node"]
    report = cox(HCC81, covariates=names, multivariable=True)
    (model,) = table(report, "models")
    (note,) = [n for n in report.notes if n.code == "few-events-per-parameter"]
    assert f"{model['events']} events for 7 parameters" in note.text
    assert f"{model['events'] / 7:.1f}" in note.text


def test_enough_events_per_parameter_are_not_noted() -> None:
    assert "few-events-per-parameter" not in codes(cox(HCC81, covariates=["age"]))


def test_a_hazard_ratio_that_changes_with_time_is_noted() -> None:
    report = cox(records("veteran.csv"), covariates=["karno", "age"])
    (note,) = [n for n in report.notes if n.code == "hazards-not-proportional"]
    (test,) = table(report, "ph_tests", term="karno")
    assert "karno" in note.text
    assert ("p < 0.001" if test["p"] < 0.001 else f"p = {test['p']:.3f}") in note.text
    assert "--strata" in note.text


def test_a_small_p_in_a_note_is_not_printed_as_nought() -> None:
    report = hcc2l.cox(SECOND_LINE, covariates=["response"])
    (test,) = table(report, "ph_tests", term="response")
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
    (dropped,) = table(report, "terms", term="double")
    assert (dropped["coef"], dropped["hr"], dropped["p"]) == (None, None, None)
    assert table(report, "models")[0]["lr_df"] == 2
    kept = cox(HCC81, covariates=["age", "sex"], multivariable=True)
    assert [r["coef"] for r in table(report, "terms") if r["term"] != "double"] == close(
        numbers(kept, "coef")
    )


@pytest.mark.parametrize("by", ["aic", "lr", "wald"])
@pytest.mark.parametrize("place", [1, 2])
def test_elimination_removes_first_what_follows_from_the_others(by: str, place: int) -> None:
    rows = [row | {"double": 2 * int(row["age"])} for row in HCC81]
    covariates = ["age", "sex"]
    covariates.insert(place, "double")
    report = cox(rows, covariates=covariates, stepwise=by, stay=0.9999)
    assert table(report, "selection")[0]["term"] == "double"


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


# ---------------------------------------------------------------- tables


def test_the_regression_table_shows_the_reference_first_with_hazard_ratio_one() -> None:
    report = cox(records("veteran.csv"), covariates=["celltype", "age"],
                 ref=["celltype=squamous"])  # fmt: skip
    shown = table(report, "regression", term="celltype")
    assert [row["level"] for row in shown] == ["squamous", "adeno", "large", "smallcell"]
    for prefix in ("uni", "multi"):
        reference = [shown[0][f"{prefix}_{key}"] for key in ("hr", "lower", "upper", "p")]
        assert reference == [1.0, None, None, None]
        assert all(row[f"{prefix}_p"] is not None for row in shown[1:])
    (number,) = table(report, "regression", term="age")
    assert number["level"] is None


def test_the_regression_table_counts_the_patients_and_events_of_each_level() -> None:
    rows = records("veteran.csv")
    report = cox(rows, covariates=["celltype", "age"])
    n = Counter(row["celltype"] for row in rows)
    events = Counter(row["celltype"] for row in rows if row["status"] == "1")
    for row in table(report, "regression", term="celltype"):
        assert (row["n"], row["events"]) == (n[row["level"]], events[row["level"]])


def test_the_regression_table_holds_the_numbers_of_the_terms() -> None:
    report = cox(HCC81, covariates=["treatment", "age", "afp@400", "bclc"])
    for prefix, kind in (("uni", "univariable"), ("multi", "multivariable")):
        for term in table(report, "terms", kind=kind):
            (row,) = table(report, "regression", term=term["term"], level=term["level"])
            for key in ("hr", "lower", "upper", "p"):
                assert row[f"{prefix}_{key}"] == term[key]


def test_each_univariable_model_has_its_own_complete_cases() -> None:
    report = cox(HCC81, covariates=["age", "child_pugh", "afp"])
    known = {
        "age": len(HCC81),
        "child_pugh": sum(row["child_pugh"] != "" for row in HCC81),
        "afp": sum(row["afp"] != "" for row in HCC81),
        "multivariable": sum(row["child_pugh"] != "" and row["afp"] != "" for row in HCC81),
    }
    assert {row["model"]: row["n"] for row in table(report, "models")} == known
    assert len(set(known.values())) > 2


def test_the_rows_analysed_are_those_of_the_multivariable_model(run: Run) -> None:
    result = run("cox", DATA / "hcc81.csv", "-x", "age,child_pugh,afp", "--json").json
    (model,) = [m for m in result["tables"]["models"] if m["kind"] == "multivariable"]
    left_out = result["analysed"]["excluded"]
    assert result["analysed"]["rows"] == model["n"]
    assert model["n"] + sum(e["rows"] for e in left_out) == result["cohort"]["rows"]
    assert {e["reason"] for e in left_out} == {"child_pugh missing", "afp missing"}


def test_a_covariate_that_was_not_selected_has_no_multivariable_numbers() -> None:
    report = cox(HCC81, covariates=["age", "child_pugh", "albumin"], select=0.05)
    entered = {row["term"] for row in table(report, "selection", action="entered")}
    assert 0 < len(entered) < 3
    for row in table(report, "regression"):
        assert (row["multi_hr"] is not None) == (row["term"] in entered)
        assert row["uni_hr"] is not None


def test_selection_is_by_the_overall_wald_p_of_the_univariable_model() -> None:
    report = cox(HCC81, covariates=["age", "albumin", "alt"], select=0.2)
    for row in table(report, "selection"):
        (term,) = table(report, "terms", model=row["term"])
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
    assert {row["kind"] for row in table(report, "models")} == kinds


def test_an_interaction_is_the_likelihood_ratio_of_the_product() -> None:
    rows = [row | {"product": float(row["age"]) * float(row["albumin"])} for row in HCC81]
    names = ["age", "albumin", "product"]
    models = [cox(rows, covariates=names[:k], multivariable=True) for k in (2, 3)]
    smaller, larger = (table(m, "models")[0]["loglik"] for m in models)
    report = cox(rows, covariates=names[:2], interaction=["age:albumin"])
    (test,) = table(report, "interactions")
    assert test["df"] == 1
    assert test["statistic"] == pytest.approx(2 * (larger - smaller), abs=1e-6)


def test_the_hazard_ratio_of_a_subgroup_is_that_of_its_patients_alone() -> None:
    report = cox(HCC81, subgroups="treatment", within=["bclc"])
    for level in ("B", "C"):
        alone = cox(HCC81, covariates=["treatment"], univariable=True, where=[f"bclc=={level}"])
        (row,) = table(report, "subgroups", subgroup=f"bclc={level}")
        assert row["hr"] == close(table(alone, "terms")[0]["hr"])


def test_fractional_weights_give_robust_standard_errors_and_whole_ones_do_not() -> None:
    for weight, robust in (("2", False), ("1.5", True)):
        rows = [row | {"w": weight if i % 2 else "1"} for i, row in enumerate(HCC81)]
        found = numbers(cox(rows, weights="w", **MODEL), "robust_std_err")
        assert [value is not None for value in found] == [robust] * 3


def test_the_interval_uses_the_robust_standard_error_and_std_err_stays() -> None:
    plain, robust = cox(HCC81, **MODEL), cox(HCC81, robust=True, **MODEL)
    assert numbers(robust, "std_err") == numbers(plain, "std_err")
    for row in table(robust, "terms"):
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
    assert table(report, "models")[0]["n"] == 4


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


# ---------------------------------------------------------------- methods


@pytest.mark.parametrize(
    ("options", "parts"),
    [
        (
            {},
            [
                "Efron's method for ties",
                "included age, albumin and Child-Pugh score.",
                "95% Wald",
                "proportional-hazards assumption",
                "Kaplan–Meier time scale",
            ],
        ),
        ({"ties": "breslow"}, ["Breslow", "Biometrics 1974"]),
        ({"robust": True}, ["sandwich"]),
        ({"cluster": "bclc"}, ["sandwich estimator, clustered on BCLC", "Lin DY"]),
        ({"strata": "sex"}, ["stratified by sex"]),
        ({"select": 0.2}, ["Variables with p < 0.2 in univariable analysis", "(two of three)"]),
        ({"stepwise": "aic"}, ["Akaike"]),
        (
            {"stepwise": "lr", "stay": 0.3},
            ["likelihood-ratio tests (p < 0.3 to stay); two of three"],
        ),
        ({"landmark": 3}, ["Survival time was measured from a landmark at 3 months", "Anderson"]),
        (
            {"interaction": ["age:albumin"]},
            ["Interactions were assessed by likelihood-ratio tests"],
        ),
        ({"conf_level": 0.9}, ["90% Wald"]),
    ],
)
def test_the_methods_say_what_was_run(options: dict[str, Any], parts: list[str]) -> None:
    report = cox(HCC81, covariates=["age", "albumin", "child_pugh_score"], methods=True, **options)
    assert report.methods is not None
    text = report.methods + " ".join(report.references)
    assert [part for part in parts if part not in text] == []


@pytest.mark.parametrize(("landmark", "excluded"), [(3, True), (0, False)])
def test_the_methods_say_that_patients_were_excluded_by_the_landmark_only_if_any_were(
    landmark: float, excluded: bool
) -> None:
    report = cox(HCC81, landmark=landmark, **MODEL)
    sentence = f"Survival time was measured from a landmark at {landmark} months"
    clause = "; patients with an event or censored by then were excluded."
    assert report.methods is not None
    assert sentence + (clause if excluded else ". ") in report.methods


def test_the_methods_do_not_say_what_was_not_run() -> None:
    report = cox(HCC81, **MODEL)
    assert report.methods is not None
    text = report.methods + " ".join(report.references)
    for word in (
        "Breslow",
        "robust",
        "landmark",
        "stratified",
        "Interactions",
        "p <",
        "selected",
        "clustered",
        "were weighted",
        "subgroups",
        "bootstrapping",
        "direct adjustment",
        "penalised",
        "Akaike",
    ):
        assert word not in text


def test_the_methods_are_printed_on_request_only(run: Run) -> None:
    arguments = ("cox", DATA / "hcc81.csv", "-x", "age", "--json")
    assert "methods" not in run(*arguments).json
    assert "Cox regression" in run(*arguments, "--methods").json["methods"]["text"]


# ---------------------------------------------------------------- the figure

FORESTS = {
    "multivariable": {"covariates": ["age@65", "ecog", "child_pugh", "etiology", "afp"]},
    "univariable": {"covariates": ["age", "ecog", "child_pugh", "afp@400"], "univariable": True},
    "both": {"covariates": ["age", "ecog", "child_pugh", "afp@400"], "which": "both"},
    "selected": {"covariates": ["age", "sex", "child_pugh", "afp@400"], "which": "both",
                 "select": 0.05},
    "subgroups": {"subgroups": "second_line", "within": ["sex", "child_pugh", "bclc", "ecog"]},
    "progression": {"covariates": ["second_line", "albi_grade"], "endpoint": "pfs",
                    "conf_level": 0.995, "which": "both"},
}  # fmt: skip


def forest(**options: Any) -> Figure:
    report = hcc2l.cox(SECOND_LINE, **options)
    assert report.draw is not None
    return report.draw()


def drawn(figure: Figure) -> Any:
    """The picture, laid out as it is saved."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    with mpl.rc_context(STYLE):
        picture = draw_forest(figure)
        FigureCanvasAgg(picture).draw()
    return picture


def effects(axes: Any) -> dict[str, str]:
    """What stands in the column of ratios, by the name in the same line."""
    column = {t.get_position()[1]: t.get_text() for t in axes.texts if t.get_position()[0] == 1.06}
    names = {t.get_position()[1]: t.get_text() for t in axes.texts if t.get_position()[0] < 0
             and t.get_horizontalalignment() == "left"}  # fmt: skip
    return {names[y]: text for y, text in column.items()}


def written(axes: Any) -> list[str]:
    """The texts beside an axis, from top to bottom and from left to right."""
    texts = sorted(axes.texts, key=lambda t: (t.get_position()[1], t.get_position()[0]))
    return [t.get_text() for t in texts]


@pytest.mark.parametrize("format_", ["png", "svg", "pdf"])
def test_the_same_forest_gives_the_same_bytes(format_: str) -> None:
    assert draw(forest(**FORESTS["both"]), format_) == draw(forest(**FORESTS["both"]), format_)


def test_the_forest_has_the_covariates_and_levels_in_order() -> None:
    (axes,) = drawn(forest(covariates=["child_pugh", "age", "ecog"])).axes
    lines = [t.get_text() for t in axes.texts if t.get_horizontalalignment() == "left"]
    named = [text for text in lines if not re.match(r"[\d.]+ \(|reference|HR", text)]
    assert named == ["Variable", "Child-Pugh class", "A", "B", "Age, years",
                     "ECOG performance status", "0", "1", "2"]  # fmt: skip
    assert axes.yaxis_inverted()


@pytest.mark.parametrize(("which", "prefix"), [("univariable", ""), ("multivariable", "multi_")])
def test_the_forest_says_events_and_patients_of_each_level(which: str, prefix: str) -> None:
    report = hcc2l.cox(SECOND_LINE, covariates=["child_pugh", "afp@400"], which=which)
    assert report.draw is not None
    (axes,) = drawn(report.draw()).axes
    shown = [text for text in written(axes) if re.fullmatch(r"\d+/\d+", text)]
    assert shown == [f"{r[f'{prefix}events']}/{r[f'{prefix}n']}"
                     for r in table(report, "regression")]  # fmt: skip


def test_the_levels_of_the_multivariable_model_add_up_to_its_patients() -> None:
    report = hcc2l.cox(SECOND_LINE, covariates=["child_pugh", "afp@400"], select=0.05)
    final = next(r for r in table(report, "models") if r["kind"] == "multivariable")
    for term in ("child_pugh", "afp@400"):
        levels = [r for r in table(report, "regression") if r["term"] == term]
        assert sum(r["multi_n"] for r in levels) == final["n"] == 118
        assert sum(r["multi_events"] for r in levels) == final["events"]
    child_pugh = [r["n"] for r in table(report, "regression") if r["term"] == "child_pugh"]
    assert sum(child_pugh) == 126  # n is that of the univariable model


def test_the_forest_writes_the_hazard_ratios_of_the_table() -> None:
    report = hcc2l.cox(SECOND_LINE, covariates=["child_pugh", "ecog"], which="both")
    assert report.draw is not None
    panels = drawn(report.draw()).axes
    for axes, prefix in zip(panels, ("uni", "multi"), strict=True):
        expected = [
            f"{r[f'{prefix}_hr']:.2f} ({r[f'{prefix}_lower']:.2f}–{r[f'{prefix}_upper']:.2f})"
            for r in table(report, "regression")
            if r[f"{prefix}_p"] is not None
        ]
        assert [t for t in written(axes) if re.match(r"\d+\.\d\d \(", t)] == expected


def test_the_forest_of_subgroups_gives_the_p_of_interaction() -> None:
    report = hcc2l.cox(SECOND_LINE, **FORESTS["subgroups"])
    assert report.draw is not None
    (axes,) = drawn(report.draw()).axes
    words = written(axes)
    labels = ["Sex", "Child-Pugh class", "BCLC stage", "ECOG performance status"]
    p = [words[words.index(label) + 1] for label in labels]
    assert p == [p_value(row["p"]) for row in table(report, "interactions")]
    assert "p (interaction)" in words


def test_the_forest_of_subgroups_shows_every_level_of_the_effect() -> None:
    report = hcc2l.cox(SECOND_LINE, subgroups="albi_grade", within=["sex"])
    assert report.draw is not None
    (axes,) = drawn(report.draw()).axes
    shown = written(axes)
    rows = [row for row in table(report, "subgroups") if row["lower"] and row["upper"]]
    assert len(rows) > 3
    for row in rows:
        assert f"{row['hr']:.2f} ({row['lower']:.2f}–{row['upper']:.2f})" in shown


def test_a_covariate_that_was_not_selected_is_blank_in_the_multivariable_forest() -> None:
    alone, together = drawn(forest(**FORESTS["selected"])).axes
    effect = re.compile(r"[\d.]+ \([\d.]+–[\d.]+\)")
    assert len([t for t in written(alone) if effect.match(t)]) == 4
    assert len([t for t in written(together) if effect.match(t)]) == 2


def test_an_interval_that_leaves_the_axis_ends_in_an_arrow() -> None:
    (axes,) = drawn(forest(covariates=["ecog"], univariable=True)).axes
    (arrow,) = [line for line in axes.lines if line.get_marker() == ">"]
    assert arrow.get_xdata()[0] == axes.get_xlim()[1]
    assert arrow.get_ydata()[0] == 3  # the heading is line 0, then levels 0, 1, 2
    assert not [line for line in axes.lines if line.get_marker() == "<"]


def test_a_hazard_ratio_that_does_not_exist_is_written_ne_and_not_drawn() -> None:
    report = cox(records("separation.csv"), covariates=["marker", "age"], univariable=True)
    assert report.draw is not None
    (axes,) = drawn(report.draw()).axes
    assert effects(axes)["Marker"] == "NE"
    assert [line.get_ydata()[0] for line in axes.lines if line.get_marker() == "s"] == [1]
    (row,) = table(report, "regression", term="marker")
    assert [row[f"uni_{key}"] for key in ("hr", "lower", "upper", "p")] == [None] * 4
    text = hcc2l.render_report(report, "table")
    assert isinstance(text, str)
    assert re.search(r"Marker +40 +18 +NE +–", text)


def test_intervals_within_the_axis_have_no_arrow() -> None:
    (axes,) = drawn(forest(covariates=["child_pugh", "afp@400"])).axes
    assert not [line for line in axes.lines if line.get_marker() in ("<", ">")]


def test_a_narrow_interval_has_a_larger_box_than_a_wide_one() -> None:
    (axes,) = drawn(forest(covariates=["child_pugh", "ecog"], univariable=True)).axes
    boxes = {line.get_ydata()[0]: line.get_markersize() for line in axes.lines
             if line.get_marker() == "s"}  # fmt: skip
    assert boxes[2] > boxes[6]  # Child-Pugh B, 35 patients; ECOG 2, three


@pytest.mark.parametrize("kind", FORESTS)
def test_no_text_leaves_the_forest_and_none_overlap(kind: str) -> None:
    picture = drawn(forest(**FORESTS[kind]))
    boxes = []
    for axes in picture.axes:
        for text in [*axes.texts, axes.xaxis.label, *axes.get_xticklabels()]:
            if text.get_text() == "":
                continue
            box = text.get_window_extent()
            assert box.x0 >= 0, text.get_text()
            assert box.y0 >= 0, text.get_text()
            assert box.x1 <= picture.bbox.width, text.get_text()
            assert box.y1 <= picture.bbox.height, text.get_text()
            boxes.append((text.get_text(), box))
    for i, (a, box) in enumerate(boxes):
        assert [b for b, other in boxes[i + 1 :] if box.overlaps(other)] == [], a


def test_long_names_stay_within_the_forest() -> None:
    label = "Extrahepatic spread at the start of second-line systemic therapy (imaging)"
    report = cox(HCC81, f'[columns.extrahepatic_spread]\nlabel = "{label}"\n',
                 covariates=["extrahepatic_spread@1", "age"])  # fmt: skip
    assert report.draw is not None
    picture = drawn(report.draw())
    boxes = [text.get_window_extent() for text in picture.axes[0].texts]
    assert min(box.x0 for box in boxes) >= 0
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[i + 1 :])


def test_files_are_written_beside_the_result(run: Run, workplace: Path) -> None:
    names = [f"x.{ending}" for ending in ("png", "svg", "pdf", "md", "docx", "xlsx", "json")]
    asked = [
        w for n in names for w in (("--plot" if n[2:] in ("png", "svg", "pdf") else "--out"), n)
    ]
    assert run("cox", DATA / "hcc81.csv", "-x", "age,bclc", *asked).status == 0
    assert all((workplace / name).stat().st_size > 0 for name in names)


# ---------------------------------------------------------------- scales and strata far apart


def test_a_covariate_beside_one_of_a_vast_scale_keeps_its_coefficient() -> None:
    """AFP reaches millions, INR differs by hundredths; the values are those of R's coxph."""
    afp = [12, 1250000, 300, 7, 44000, 90, 810000, 15, 2100, 33]
    inr = [1.02, 1.10, 1.31, 1.05, 1.20, 0.98, 1.15, 1.01, 0.95, 1.08]
    rows = [
        {"time": t, "status": e, "afp": a, "inr": i}
        for t, e, a, i in zip([2, 3, 4, 5, 6, 7, 8, 9, 10, 12], [1, 1, 1, 1, 0, 1, 1, 0, 1, 0],
                              afp, inr, strict=True)
    ]  # fmt: skip
    report = cox(rows, covariates=["afp", "inr"], multivariable=True)
    assert numbers(report, "coef") == pytest.approx([9.698215e-07, 0.9724183], rel=1e-6)
    assert numbers(report, "std_err") == pytest.approx([9.924261e-07, 4.634017], rel=1e-6)


@pytest.mark.parametrize("firth", [False, True])
@pytest.mark.parametrize("gap", [10, 40, 1000])
def test_what_separates_strata_does_not_matter(gap: int, firth: bool) -> None:
    """A constant added in one stratum is that stratum's baseline hazard."""
    options: dict[str, Any] = {"covariates": ["albumin", "age"], "strata": "sex",
                               "multivariable": True, "adjusted_curves": None}  # fmt: skip
    moved = [
        row | {"albumin": repr(float(row["albumin"]) + gap * (row["sex"] == "female"))}
        for row in HCC81
        if row["albumin"]
    ]
    plain = cox([row for row in HCC81 if row["albumin"]], firth=firth, **options)
    assert numbers(cox(moved, firth=firth, **options), "coef", "std_err") == pytest.approx(
        numbers(plain, "coef", "std_err"), rel=1e-6
    )
    if not firth:
        both = [[row["p"] for row in table(r, "ph_tests")] for r in (cox(moved, **options), plain)]
        assert both[0] == pytest.approx(both[1], rel=1e-5)


def test_the_test_of_proportional_hazards_needs_more_than_one_event() -> None:
    rows = [{"time": i + 1, "status": int(i == 4), "x": (i * 7) % 5} for i in range(12)]
    report = cox(rows, covariates=["x"], multivariable=True)
    assert [row["p"] for row in table(report, "ph_tests")] == [None, None]


# ---------------------------------------------------------------- options and the API


@pytest.mark.parametrize("field", fields(CoxSpec), ids=lambda f: f.name)
def test_every_option_of_the_analysis_is_on_the_command_line_with_its_default(field: Any) -> None:
    command = typer.main.get_command(app).commands["cox"]  # type: ignore[attr-defined]  # a group has commands
    parameter = {p.name: p for p in command.params}[field.name]
    assert f"--{field.name.replace('_', '-')}" in parameter.opts
    if str(field.type).startswith("tuple"):  # several values: none is given unless the user does
        assert not parameter.default
        assert field.default == ()
    else:
        assert parameter.default == field.default


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
    assert [row["term"] for row in table(report, "regression")] == ["age", "sex", "sex"]


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
