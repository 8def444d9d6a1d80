"""Cause-specific hazards, Fine and Gray's model and adjusted incidences, by way of the command."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hcc2l
from hcc2l.errors import AnalysisError, UsageError
from hcc2l.report import Report, SurvivalFigure
from hcc2l.stats.cause_specific import standardised_incidence
from tests.analyses.cox.cohorts import SECOND_LINE, cox, records
from tests.reference import cases
from tests.reports import rows_of
from tests.stats.test_cause_specific import models
from tests.stats.test_fine_gray import cohort

REGRESSIONS = cases.of_kind("competing_regression", "regression")
TTP = {"time": "pfs_months", "event": "progression", "competing": "death"}
SECOND: dict[str, Any] = {**TTP, "covariates": ["age", "child_pugh"], "multivariable": True}


def analysed(case: dict[str, Any], **options: Any) -> Report:
    """The analysis of a case of the reference."""
    arguments, event = case["arguments"], case["arguments"]["event"]
    levels = {
        name: declared["levels"]
        for name, declared in arguments["variables"].items()
        if "levels" in declared
    }
    given: dict[str, Any] = {
        "time": arguments["time"],
        "event": f"{event}={arguments['causes'][0]}",
        "competing": f"{event}={arguments['causes'][1]}",
        "covariates": arguments["covariates"],
        "ref": [f"{name}={of[0]}" for name, of in levels.items()],
        "weights": arguments.get("weights"),
        "censoring_group": arguments.get("cengroup"),
        "multivariable": True,
    }
    file = Path(cases.FOLDER, case["dataset"])
    return hcc2l.cox(file, **{**given, **options})


def terms(report: Report, model: str, cause: str) -> list[dict[str, Any]]:
    rows = rows_of(report, "competing_terms")
    return [r for r in rows if r["model"] == model and r["cause"] == cause]


def assert_rows(found: list[dict[str, Any]], expected: list[dict[str, Any]], se: str) -> None:
    keys = {"coef": "coef", "std_err": se, "statistic": "z", "p": "p"}
    for key, theirs in keys.items():
        wanted = [row[theirs] for row in expected]
        np.testing.assert_allclose([row[key] for row in found], wanted, rtol=1e-6)


@pytest.mark.parametrize("case", REGRESSIONS, ids=cases.name)
def test_every_model_is_that_of_r(case: dict[str, Any]) -> None:
    report, weighted = analysed(case), "weights" in case["arguments"]
    event = case["arguments"]["event"]
    for expected in [] if weighted else case["expected"]["cause_specific"]:
        found = terms(report, "cause-specific", f"{event}={expected['cause']}")
        assert_rows(found, expected["efron"]["coefficients"], "se")
    for expected in case["expected"]["fine_gray"]:
        found = terms(report, "fine-gray", f"{event}={expected['cause']}")
        if weighted:
            rows = expected["finegray_coxph"]["breslow"]["coefficients"]
            assert_rows(found, rows, "robust_se")
        else:
            rows = expected["crr"]["coefficients"]
            assert_rows(found, rows, "se")
            assert [r["hr"] for r in found] == pytest.approx([r["shr"] for r in rows], rel=1e-6)
        for key in ("lower", "upper"):
            wanted = [row[key] for row in rows]
            np.testing.assert_allclose([row[key] for row in found], wanted, rtol=1e-6)


@pytest.mark.parametrize(
    "case", [c for c in REGRESSIONS if "csc_standardised" in c["expected"]], ids=cases.name
)
def test_adjusted_incidences_are_those_of_risk_regression(case: dict[str, Any]) -> None:
    arguments = case["arguments"]
    term = arguments["standardise"]
    if arguments["variables"][term]["levels"] == ["0", "1"]:  # read as a number
        term = f"{term}==1"
    covariates = [term if name in term else name for name in arguments["covariates"]]
    report = analysed(
        case, ties="breslow", boot=0, at=arguments["times"], adjusted_incidence=term,
        covariates=covariates, ref=[],
    )  # fmt: skip
    words = {"no": "0", "yes": "1"}
    found = {
        (r["cause"].partition("=")[2], words.get(r["level"], r["level"]), r["time"]): r["estimate"]
        for r in rows_of(report, "adjusted_incidence")
    }
    for level in case["expected"]["csc_standardised"]:
        for cause in level["causes"]:
            for point in cause["cif"]:
                key = (str(cause["cause"]), level["level"], point["time"])
                assert found[key] == pytest.approx(point["cif"], rel=1e-6)


def test_the_cause_specific_model_of_the_event_is_the_cox_model() -> None:
    """Which censors the competing event anyway."""
    competing = hcc2l.cox(SECOND_LINE, **SECOND)
    plain = hcc2l.cox(SECOND_LINE, **{**SECOND, "competing": None})
    for found, expected in zip(
        terms(competing, "cause-specific", "progression"), rows_of(plain, "terms"), strict=True
    ):
        assert all(found[key] == expected[key] for key in ("coef", "hr", "lower", "upper", "p"))
    assert rows_of(competing, "ph_tests") == rows_of(plain, "ph_tests")


def test_the_table_has_two_models_of_two_events() -> None:
    rows = rows_of(hcc2l.cox(SECOND_LINE, **SECOND), "competing_terms")
    assert [(r["cause"], r["term"], r["model"]) for r in rows] == [
        (cause, term, model)
        for cause in ("progression", "death")
        for term in ("age", "child_pugh")
        for model in ("cause-specific", "fine-gray")
    ]


@pytest.mark.parametrize("options", [{"cluster": "sex"}, {"weights": "weight"}])
def test_weights_and_clusters_give_robust_errors_and_say_so(options: dict[str, str]) -> None:
    rows = [{**r, "weight": str(1 + int(r["age"]) % 3 / 2)} for r in patients()]
    report = cox(rows, **SECOND, **options)
    plain = cox(rows, **SECOND)
    first, second = (terms(r, "fine-gray", "progression")[0]["std_err"] for r in (report, plain))
    assert first != pytest.approx(second, rel=1e-3)
    table = next(t for t in report.tables if t.name == "competing_terms")
    assert any("taken as known" in note for note in table.footnotes)
    assert "take the distribution of censoring" in report.methods


def patients() -> list[dict[str, str]]:
    return records("second_line/cohort.csv")


def incidence(**options: Any) -> Report:
    given = {**SECOND, "adjusted_incidence": "child_pugh", "at": [3, 6], "boot": 20, **options}
    return hcc2l.cox(SECOND_LINE, **given)


def test_limits_of_an_incidence_surround_it_and_do_not_change_between_runs() -> None:
    rows = rows_of(incidence(), "adjusted_incidence")
    assert len(rows) == 2 * 2 * 2
    for row in rows:
        assert 0 < row["lower"] < row["estimate"] < row["upper"] < 1
    assert rows == rows_of(incidence(), "adjusted_incidence")
    other = rows_of(incidence(seed=2), "adjusted_incidence")
    assert [r["estimate"] for r in rows] == [r["estimate"] for r in other]
    assert [r["lower"] for r in rows] != [r["lower"] for r in other]


def test_limits_are_those_of_the_standard_deviation_over_samples() -> None:
    """On the scale log(-log(1 - F)), whose derivative is 1 / ((1 - F) (-log(1 - F)))."""
    rows = patients()
    time = np.array([float(r["pfs_months"]) for r in rows])
    cause = np.array([1 if r["progression"] == "1" else 2 * int(r["death"]) for r in rows])
    x = np.array([[float(r["age"]), float(r["child_pugh"] == "B")] for r in rows])
    random, drawn = np.random.default_rng(1), []
    for _ in range(20):
        i = random.integers(time.size, size=time.size)
        as_if = np.column_stack([x[i, 0], np.ones(time.size)])
        fitted = models(time[i], cause[i], x[i])
        drawn.append(standardised_incidence(fitted, as_if, 3.0, exponential=False))
    std_err = np.std([c.at(np.array([3.0]))[0, 0] for c in drawn], ddof=1)
    (row,) = [
        r for r in rows_of(incidence(at=[3]), "adjusted_incidence")
        if (r["cause"], r["level"]) == ("progression", "B")
    ]  # fmt: skip
    estimate = row["estimate"]
    spread = 1.959963984540054 * std_err / ((1 - estimate) * -math.log(1 - estimate))
    for key, sign in (("lower", -1), ("upper", 1)):
        scale = math.log(-math.log(1 - estimate)) + sign * spread
        assert row[key] == pytest.approx(1 - math.exp(-math.exp(scale)), rel=1e-9)


def test_without_samples_there_are_no_limits() -> None:
    rows = rows_of(incidence(boot=0), "adjusted_incidence")
    assert {row["lower"] for row in rows} == {None}


def test_the_incidences_of_both_events_never_exceed_1() -> None:
    rows = rows_of(incidence(boot=0, at=[1, 3, 6, 9]), "adjusted_incidence")
    for level in ("A", "B"):
        for time in (1, 3, 6, 9):
            both = [r["estimate"] for r in rows if (r["level"], r["time"]) == (level, time)]
            assert math.fsum(both) < 1


def test_beyond_the_last_time_there_is_no_incidence_and_before_any_event_it_is_0() -> None:
    last = max(float(r["pfs_months"]) for r in patients())
    rows = rows_of(incidence(boot=0, at=[0.01, last, 500]), "adjusted_incidence")
    assert all(r["estimate"] > 0 for r in rows if r["time"] == last)
    assert {r["estimate"] for r in rows if r["time"] == 500} == {None}
    assert {r["estimate"] for r in rows if r["time"] == 0.01} == {0.0}


def extreme(marker: float) -> Report:
    """The incidences where low risks alone remain, for whom the last hazards are estimated."""
    time, cause, x = cohort(4, 200)
    late = np.argsort(time)[-2:]
    cause[late], x[late, 0] = 1, marker
    rows = [
        {"t": t, "s": s, "marker": m, "treated": int(g)}
        for t, s, (m, g) in zip(time, cause, x, strict=True)
    ]
    return cox(
        rows, time="t", event="s=1", competing="s=2", covariates=["marker", "treated==1"],
        adjusted_incidence="treated==1", at=[float(time.max())], boot=0,
    )  # fmt: skip


def test_incidences_that_do_not_add_up_are_remarked_on() -> None:
    (note,) = [n for n in extreme(-3.0).notes if n.code == "incidence-exponential"]
    assert "as much as 1.0" in note.text


def test_incidences_that_are_far_from_adding_up_are_refused() -> None:
    with pytest.raises(AnalysisError, match="hazards of one time add up to more than 1"):
        extreme(-30.0)


def test_the_mean_of_clusters_is_drawn_by_cluster() -> None:
    rows = [{**r, "centre": str(i // 4)} for i, r in enumerate(patients())]
    options = {**SECOND, "adjusted_incidence": "child_pugh", "at": [3], "boot": 20}
    alone = rows_of(cox(rows, **options), "adjusted_incidence")
    clustered = cox(rows, **options, cluster="centre")
    assert [r["estimate"] for r in alone] == [
        r["estimate"] for r in rows_of(clustered, "adjusted_incidence")
    ]
    assert "bootstrap samples of clusters" in clustered.methods


def test_the_figure_has_a_curve_of_each_event_at_each_level() -> None:
    figure = incidence().draw()
    assert isinstance(figure, SurvivalFigure)
    assert figure.rising
    assert [(c.group, c.cause) for c in figure.curves] == [
        (level, cause) for level in ("A", "B") for cause in ("progression", "death")
    ]
    assert figure.x_max == 6
    assert all(curve.time[-1] == 6 for curve in figure.curves)
    forest = incidence(which="multivariable").draw()
    assert not isinstance(forest, SurvivalFigure)


def test_an_event_with_fewer_patients_than_covariates_has_no_model() -> None:
    few = [r for r in patients() if r["progression"] == "1"][:80]
    dead = next(r for r in patients() if r["progression"] == "0" and r["death"] == "1")
    few += [dead]
    report = cox(few, **{**SECOND, "covariates": ["age", "sex"]})
    assert {r["cause"] for r in rows_of(report, "competing_terms")} == {"progression"}
    one = cox(few, **{**SECOND, "covariates": ["age"]})
    assert {r["cause"] for r in rows_of(one, "competing_terms")} == {"progression", "death"}
    assert "cause-not-fitted" in {note.code for note in report.notes}


def test_few_competing_events_are_remarked_on() -> None:
    """Eight for two parameters, by the criteria of Riley as for any model."""
    texts = [n.text for n in hcc2l.cox(SECOND_LINE, **SECOND).notes if "few-events" in n.code]
    (text,) = [text for text in texts if "the model of death has 2" in text]
    assert text.startswith("8 events in ")


def test_ratios_that_do_not_exist_are_named() -> None:
    rows = [{**r, "never": str(int(r["death"] == "0" or r["progression"] == "1"))}
            for r in patients()]  # fmt: skip
    report = cox(rows, **{**SECOND, "covariates": ["age", "never"]})
    (row,) = [r for r in terms(report, "fine-gray", "death") if r["term"] == "never"]
    assert row["hr"] is None
    (note,) = [n for n in report.notes if n.code == "competing-not-estimable"]
    assert note.text.count("Never (death)") == 1
    assert "Age" not in note.text


def test_without_a_model_there_is_nothing_to_compare() -> None:
    report = hcc2l.cox(SECOND_LINE, **{**SECOND, "multivariable": False}, select=1e-9)
    assert "competing_terms" not in {table.name for table in report.tables}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"competing": "deaths"}, "no column 'deaths'"),
        ({"competing": "death=2"}, "no value '2'"),
        ({"covariates": ["age", "death"]}, "part of the outcome"),
        ({"firth": True}, "--firth"),
        ({"strata": "sex"}, "--strata"),
        ({"performance": True}, "--performance"),
        ({"univariable": True, "multivariable": False}, "multivariable"),
        ({"adjusted_curves": "child_pugh"}, "censoring"),
        ({"adjusted_incidence": "child_pugh"}, "times"),
        ({"at": [3]}, "--at"),
        ({"competing": None, "censoring_group": "sex"}, "--censoring-group"),
        ({"adjusted_incidence": "sex", "at": [3]}, "'sex' is not among the covariates"),
        ({"adjusted_incidence": "age", "at": [3]}, "numeric"),
    ],
)
def test_what_cannot_be_answered_is_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError) as raised:
        hcc2l.cox(SECOND_LINE, **{**SECOND, **options})
    assert words in f"{raised.value} {raised.value.where}"


@pytest.mark.parametrize("competing", ["progression", "death"])
def test_one_event_alone_does_not_compete(competing: str) -> None:
    rows = [r for r in patients() if r["progression"] == "1"]
    with pytest.raises(AnalysisError, match="No patient has the competing event"):
        cox(rows, **{**SECOND, "competing": competing})


def test_a_competing_event_that_the_covariates_exclude_is_refused() -> None:
    rows = [{**r, "known": "" if r["progression"] == "0" and r["death"] == "1" else r["age"]}
            for r in patients()]  # fmt: skip
    with pytest.raises(AnalysisError, match="had the event death"):
        cox(rows, **{**SECOND, "covariates": ["known", "child_pugh"]})


def test_a_patient_whose_competing_event_is_not_known_is_left_out() -> None:
    rows = patients()
    censored = next(i for i, r in enumerate(rows) if r["progression"] == "0")
    rows[censored] = {**rows[censored], "death": ""}
    (model,) = rows_of(cox(rows, **SECOND), "models")
    assert model["n"] == len(rows) - 1
