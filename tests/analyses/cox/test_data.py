"""`hcc2l cox` as a user relies on it: properties, oracles, bad input, notes, tables, figure."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.analyses.cox.cohorts import HCC81, MODEL, SECOND_LINE, close, cox, numbers
from tests.cli.test_bad_input import UNANSWERED, WRONG, snapshot
from tests.conftest import DATA, Outcome, Run, Write
from tests.reports import rows_of


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


def test_a_stratum_without_events_changes_nothing() -> None:
    alive = [row | {"centre": "b", "death": "0"} for row in HCC81[:20]]
    both = [row | {"centre": "a"} for row in HCC81] + alive
    with_it, without = cox(both, strata="centre", **MODEL), cox(HCC81, **MODEL)
    assert numbers(with_it, "coef", "std_err") == close(numbers(without, "coef", "std_err"))


def test_a_subgroup_without_events_is_left_out() -> None:
    rows = [row | {"death": "0"} if row["bclc"] == "B" else row for row in HCC81]
    report = cox(rows, subgroups="treatment", within=["bclc"])
    assert [row["subgroup"] for row in rows_of(report, "subgroups")] == ["all", "bclc=C"]


def test_a_subgroup_with_fewer_events_than_parameters_does_not_stop_the_analysis() -> None:
    died = iter(range(len(HCC81)))
    rows = [
        row | {"death": str(int(row["death"] == "1" and next(died) < 1))}
        if row["bclc"] == "B"
        else row
        for row in HCC81
    ]
    report = cox(rows, subgroups="age@60/70", within=["bclc"])
    assert "bclc=C" in [row["subgroup"] for row in rows_of(report, "subgroups")]


def test_a_subgroup_analysis_needs_no_covariates() -> None:
    report = cox(HCC81, subgroups="treatment", within=["sex", "age@65"])
    names = ["all", "sex=female", "sex=male", "age@65=<65", "age@65=≥65"]
    assert [row["subgroup"] for row in rows_of(report, "subgroups")] == names
    assert [row["term_b"] for row in rows_of(report, "interactions")] == ["sex", "age@65"]


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
        both = [
            [row["p"] for row in rows_of(r, "ph_tests")] for r in (cox(moved, **options), plain)
        ]
        assert both[0] == pytest.approx(both[1], rel=1e-5)


def test_the_test_of_proportional_hazards_needs_more_than_one_event() -> None:
    rows = [{"time": i + 1, "status": int(i == 4), "x": (i * 7) % 5} for i in range(12)]
    report = cox(rows, covariates=["x"], multivariable=True)
    assert [row["p"] for row in rows_of(report, "ph_tests")] == [None, None]


# ---------------------------------------------------------------- --drop-constant


CONSTANTS = """time,event,age,sex,centre,stage
1,1,61,f,A,B
2,1,58,f,A,C
3,1,70,f,A,B
4,0,66,f,A,C
5,1,52,f,A,C
6,1,49,f,,B
7,0,63,f,B,
8,1,55,f,B,
"""
LOOP = ("--time", "time", "--event", "event", "--drop-constant")


def terms_of(outcome: Outcome, model: str) -> list[str]:
    rows = outcome.json["tables"]["terms"]
    return [row["term"] for row in rows if row["model"] == model]


def test_a_constant_covariate_is_dropped_on_request(run: Run, write: Write) -> None:
    write("c.csv", CONSTANTS)
    dropped = run("cox", "c.csv", "-x", "sex,age", *LOOP, "--json")
    without = run("cox", "c.csv", "-x", "age", *LOOP, "--json")
    assert dropped.json["tables"] == without.json["tables"]
    (said,) = dropped.messages("warning")[:1]
    assert "sex has the same value in all patients analysed and was dropped" in said
    assert "dropped" not in without.err
    assert dropped.json["settings"]["covariates"] == ["sex", "age"]


def test_one_that_is_constant_only_beside_the_others_is_dropped_from_their_model(
    run: Run, write: Write
) -> None:
    write("c.csv", CONSTANTS)
    outcome = run("cox", "c.csv", "-x", "centre,stage", *LOOP, "--json")
    assert terms_of(outcome, "multivariable") == ["stage"]
    alone = run("cox", "c.csv", "-x", "centre,stage", *LOOP, "--univariable", "--json")
    assert {row["term"] for row in alone.json["tables"]["terms"]} == {"centre", "stage"}


def test_when_all_covariates_are_constant_there_is_no_model(refuse: Refuse, write: Write) -> None:
    write("c.csv", CONSTANTS)
    says = "--drop-constant | Every covariate | other covariates"
    refuse("c.csv", "-x", "sex", *LOOP, status=UNANSWERED, says=says)


def test_without_complete_data_the_error_is_that(refuse: Refuse, write: Write) -> None:
    write("c.csv", "time,event,a,b\n1,1,1,\n2,1,2,\n3,1,,1\n4,1,,2\n")
    refuse("c.csv", "-x", "a,b", "--drop-constant", "--multivariable", status=UNANSWERED,
           says="complete data")  # fmt: skip
