"""What cox and logistic share beyond the fit: penalised models, performance, adjusted curves."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.integrate import trapezoid

import hcc2l
from hcc2l.figures import draw
from hcc2l.report import ForestFigure, SurvivalFigure
from hcc2l.stats.baseline import prediction
from hcc2l.stats.concordance import concordance
from hcc2l.stats.cox import cox as fit_cox
from hcc2l.stats.firth import firth_cox
from tests.conftest import DATA, Run, Write
from tests.reports import codes, rows_of

HCC = DATA / "hcc424.csv"
SEPARATED = DATA / "separation.csv"
COX: dict[str, Any] = {"covariates": ["child_pugh", "afp@400", "age"], "multivariable": True}
LOGISTIC: dict[str, Any] = {"outcome": "primary_resistance", **COX}
OUTCOME: dict[str, Any] = {"time": "time", "event": "status"}


def complete(*columns: str) -> Any:
    """The columns of hcc424.csv as numbers, of the rows that have them all."""
    with HCC.open(newline="") as file:
        rows = [r for r in csv.DictReader(file) if all(r[c] for c in columns)]
    levels = {"A": 0.0, "B": 1.0}
    return np.array(
        [[levels[r[c]] if r[c] in levels else float(r[c]) for c in columns] for r in rows]
    ).T


# ---------------------------------------------------------------- --firth


def test_a_group_without_events_gets_a_finite_hazard_ratio_and_limits() -> None:
    report = hcc2l.cox(SEPARATED, covariates=["marker@1", "age"], firth=True, **OUTCOME)
    (row,) = rows_of(report, "terms", model="multivariable", term="marker@1")
    assert 0 < row["lower"] < row["hr"] < row["upper"] < 1
    assert row["p"] < 0.001
    assert "coefficient-infinite" not in codes(report)


def test_without_it_the_note_names_the_empty_group_and_offers_it() -> None:
    report = hcc2l.cox(SEPARATED, covariates=["marker@1"], **OUTCOME)
    (note,) = [n for n in report.notes if n.code == "coefficient-infinite"][:1]
    assert "none of the 20 patients with marker ≥1 had the event" in note.text
    assert "--firth" in note.text


def test_p_of_a_variable_is_the_test_of_the_variable_as_a_whole() -> None:
    for report in (
        hcc2l.cox(HCC, firth=True, **COX),
        hcc2l.logistic(HCC, firth=True, **LOGISTIC),
    ):
        for row in rows_of(report, "term_tests"):
            (term,) = rows_of(report, "terms", term=row["term"])
            assert row["df"] == 1
            assert row["p"] == pytest.approx(term["p"], rel=1e-6)


def test_elimination_by_penalised_likelihood_ratio_keeps_what_is_below_the_limit() -> None:
    report = hcc2l.cox(HCC, **(COX | {"firth": True, "stepwise": "lr", "stay": 0.05}))
    kept = {row["term"]: row["p"] for row in rows_of(report, "term_tests")}
    assert kept
    assert max(kept.values()) < 0.05
    removed = rows_of(report, "selection")
    assert {row["term"] for row in removed} | set(kept) == set(COX["covariates"])
    assert min((row["p"] for row in removed), default=1.0) >= 0.05


def test_what_the_penalised_likelihood_does_not_define_is_not_given() -> None:
    report = hcc2l.cox(HCC, firth=True, **COX)
    (model,) = rows_of(report, "models")
    assert model["aic"] is model["wald_p"] is model["score_p"] is None
    assert "ph_tests" not in [t.name for t in report.tables]
    assert report.provenance.settings["firth"] is True


@pytest.mark.slow
def test_more_parameters_than_events_can_be_fitted_by_it_alone(run: Run, write: Write) -> None:
    random = np.random.default_rng(8)
    lines = ["os_months,death,a,b,c,d"]
    for i in range(40):
        covariates = ",".join(f"{v:.3f}" for v in random.normal(size=4))
        lines.append(f"{random.exponential(10):.3f},{int(i < 3)},{covariates}")
    cohort = write("cohort.csv", "\n".join(lines) + "\n")
    arguments = ["cox", cohort, "-x", "a,b,c,d", "--multivariable", "--json"]
    refused = run(*arguments)
    assert refused.status == 1
    assert "4 parameters cannot be estimated from 3 events" in refused.err
    assert "--firth" in refused.err
    terms = run(*arguments, "--firth").json["tables"]["terms"]
    assert all(0 < row["lower"] < row["hr"] < row["upper"] for row in terms)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"stepwise": "aic"}, "--stepwise lr"),
        ({"stepwise": "wald"}, "--stepwise lr"),
        ({"weights": "age"}, "--weights"),
        ({"cluster": "child_pugh"}, "--cluster"),
        ({"robust": True}, "--robust"),
    ],
)
def test_what_does_not_go_with_it_is_refused(more: dict[str, Any], says: str) -> None:
    with pytest.raises(hcc2l.errors.UsageError) as caught:
        hcc2l.cox(HCC, **(COX | {"firth": True} | more))
    assert says in f"{caught.value} {caught.value.hint}"


def test_strata_and_ties_reach_the_penalised_fit() -> None:
    report = hcc2l.cox(HCC, covariates=["age", "albumin"], strata="child_pugh", ties="breslow",
                       firth=True, multivariable=True)  # fmt: skip
    time, event, age, albumin, grade = complete(
        "os_months", "death", "age", "albumin", "child_pugh"
    )
    expected = firth_cox(time, event > 0, np.column_stack([age, albumin]), ties="breslow",
                         strata=grade.astype(np.int64))  # fmt: skip
    assert [row["coef"] for row in rows_of(report, "terms")] == pytest.approx(expected.coef)


# ---------------------------------------------------------------- --performance


def test_optimism_is_what_resampled_models_lose_on_the_cohort() -> None:
    """Harrell's bootstrap, written out with the fit alone."""
    report = hcc2l.cox(HCC, performance=True, boot=25, seed=5, covariates=["age", "albumin"],
                       multivariable=True)  # fmt: skip
    harrell, *_, slope = rows_of(report, "performance")
    time, event, *covariates = complete("os_months", "death", "age", "albumin")
    event, x = event > 0, np.column_stack(covariates)

    def c(rows: Any, coef: Any) -> float:
        return concordance(time[rows], event[rows], x[rows] @ coef).concordance

    everybody, random = np.arange(time.size), np.random.default_rng(5)
    lost, flatter = [], []
    for _ in range(25):
        rows = random.choice(everybody, time.size)
        coef = fit_cox(time[rows], event[rows], x[rows]).coef
        lost.append(c(rows, coef) - c(everybody, coef))
        slopes = [
            fit_cox(time[i], event[i], (x[i] @ coef)[:, None]).coef[0] for i in (rows, everybody)
        ]
        flatter.append(slopes[0] - slopes[1])
    assert harrell["apparent"] == rows_of(report, "models")[0]["concordance"]
    assert harrell["optimism"] == pytest.approx(np.mean(lost), abs=1e-12)
    assert harrell["corrected"] == pytest.approx(harrell["apparent"] - np.mean(lost))
    assert slope["corrected"] == pytest.approx(slope["apparent"] - np.mean(flatter))


@pytest.mark.parametrize(
    ("quarters", "strata", "expected"),  # tests/reference/r/uno.R
    [
        (False, None, 0.549568303319724),
        (False, "treatment", 0.55260301542802),
        (True, None, 0.554778163939674),
        (True, "treatment", 0.556605352836699),
    ],
)
def test_unos_c_agrees_with_r_also_with_tied_times_and_strata(
    quarters: bool, strata: str | None, expected: float, write: Write
) -> None:
    with HCC.open(newline="") as file:
        rows = list(csv.DictReader(file))
    lines = ["os_months,death,age,albumin,treatment"]
    for row in rows:
        months = float(row["os_months"])
        time = str(int(np.ceil(months / 3))) if quarters else row["os_months"]
        lines.append(",".join([time, *(row[k] for k in lines[0].split(",")[1:])]))
    report = hcc2l.cox(write("cohort.csv", "\n".join(lines)), covariates=["age", "albumin"],
                       multivariable=True, strata=strata, performance=True, boot=0)  # fmt: skip
    (row,) = rows_of(report, "performance", measure="uno_c")
    assert row["apparent"] == pytest.approx(expected, rel=1e-8)


def test_the_integrated_brier_score_is_that_of_the_predicted_curves() -> None:
    """Brier scores by hand: squared errors of who is known, weighted by being uncensored."""
    report = hcc2l.cox(HCC, performance=True, boot=0, covariates=["age"], multivariable=True)
    (row,) = rows_of(report, "performance", measure="integrated_brier_score")
    time, event, age = complete("os_months", "death", "age")
    event = event > 0
    fit = fit_cox(time, event, age[:, None])
    predict = prediction(time, event, age[:, None], fit.coef, fit.variance)
    at = np.unique(time[event & (time < time.max())])
    survival = predict.survival(age[:, None], np.zeros(time.size, dtype=np.int64), at)

    def uncensored(t: float) -> float:
        value = 1.0
        for u in np.unique(time[~event & (time <= t)]):
            gone = np.sum((time == u) & ~event)
            value *= 1 - gone / (np.sum(time > u) + gone)
        return value

    own = np.array([uncensored(t) if d else np.inf for t, d in zip(time, event, strict=True)])
    scores = [
        np.mean(np.where(time <= t, s**2 / np.maximum(own, 1e-300), (1 - s) ** 2 / uncensored(t)))
        for t, s in zip(at, survival.T, strict=True)
    ]
    assert row["apparent"] == pytest.approx(trapezoid(scores, at) / (at[-1] - at[0]), rel=1e-6)


def test_a_penalised_model_is_too_flat_on_its_own_patients() -> None:
    options: dict[str, Any] = {"covariates": ["marker@1", "age"], "multivariable": True,
                               "performance": True, "boot": 0, **OUTCOME}  # fmt: skip
    slopes = [
        rows_of(hcc2l.cox(SEPARATED, firth=firth, **(options | more)), "performance",
              measure="calibration_slope")[0]["apparent"]
        for firth, more in ((True, {}), (False, {"covariates": ["age"]}))
    ]  # fmt: skip
    assert slopes[0] > 1.01
    assert slopes[1] == pytest.approx(1.0, abs=1e-6)


def test_samples_select_by_the_variance_of_the_analysis() -> None:
    """A covariate chosen by its robust p is chosen so in every sample."""
    options: dict[str, Any] = {"covariates": ["age", "alt", "albumin", "lymphocytes"],
                               "select": 0.05, "multivariable": True, "performance": True,
                               "boot": 20}  # fmt: skip
    plain, *others = (
        hcc2l.cox(HCC, **options, **more)
        for more in ({}, {"robust": True}, {"cluster": "patient_id"})
    )
    for other in others:
        assert [r["action"] for r in rows_of(other, "selection")] == [
            r["action"] for r in rows_of(plain, "selection")
        ]
        assert rows_of(other, "performance")[0]["optimism"] != pytest.approx(
            rows_of(plain, "performance")[0]["optimism"], rel=1e-6
        )


def test_the_same_seed_gives_the_same_numbers_and_another_seed_others() -> None:
    options = LOGISTIC | {"performance": True, "boot": 10}
    first, again, other = (
        rows_of(hcc2l.logistic(HCC, **(options | {"seed": seed})), "performance")
        for seed in (1, 1, 2)
    )
    assert first == again
    assert first[0]["optimism"] != other[0]["optimism"]


def test_every_sample_repeats_the_selection() -> None:
    """A model chosen among noise is more optimistic than the one that was fixed in advance."""
    options = {"covariates": ["age", "afp", "alt", "albumin", "lymphocytes", "sex", "etiology"],
               "multivariable": True, "performance": True, "boot": 30}  # fmt: skip
    chosen = hcc2l.cox(HCC, **(options | {"stepwise": "wald", "stay": 0.05}))
    kept = [row["term"] for row in rows_of(chosen, "term_tests")]
    fixed = hcc2l.cox(HCC, **(options | {"covariates": kept}))
    slopes = [
        rows_of(report, "performance", measure="calibration_slope")[0]["corrected"]
        for report in (chosen, fixed)
    ]
    assert slopes[0] < slopes[1] < 1


def test_samples_that_give_no_model_are_counted() -> None:
    report = hcc2l.cox(SEPARATED, covariates=["age@73"], multivariable=True, performance=True,
                       boot=40, **OUTCOME)  # fmt: skip
    (note,) = [n for n in report.notes if n.code == "bootstrap-samples-left-out"]
    left = int(note.text.split()[0])
    assert 0 < left < 40
    assert f"with {40 - left} bootstrap samples" in report.table("performance").footnotes[0]


def test_performance_without_a_multivariable_model_is_refused() -> None:
    with pytest.raises(hcc2l.errors.AnalysisError, match="no multivariable model"):
        hcc2l.cox(HCC, covariates=["age"], univariable=True, performance=True)


@pytest.mark.parametrize(("option", "value"), [("stay", 0.1), ("boot", 50)])
def test_an_option_that_changes_nothing_is_said_so(option: str, value: float) -> None:
    assert "option-without-effect" in codes(hcc2l.cox(HCC, **COX, **{option: value}))
    assert "option-without-effect" not in codes(hcc2l.cox(HCC, **COX))


# ---------------------------------------------------------------- --adjusted-curves


def test_adjusted_curves_are_proportional_to_each_other_in_hazard_when_alone() -> None:
    """With nothing to adjust for, the log of one curve is that of the other times the ratio."""
    report = hcc2l.cox(HCC, covariates=["child_pugh"], multivariable=True,
                       adjusted_curves="child_pugh")  # fmt: skip
    (term,) = rows_of(report, "terms")
    a, b = (
        np.array([row["estimate"] for row in rows_of(report, "adjusted_curve", group=level)])
        for level in ("A", "B")
    )
    assert np.log(b) == pytest.approx(term["hr"] * np.log(a))


def test_the_median_is_where_the_adjusted_curve_reaches_a_half() -> None:
    report = hcc2l.cox(HCC, **COX, adjusted_curves="afp@400")
    for row in rows_of(report, "adjusted"):
        curve = rows_of(report, "adjusted_curve", group=row["group"])
        first = next(r for r in curve if r["estimate"] <= 0.5)
        assert row["median"] == first["time"]
        assert row["lower"] < row["median"] < row["upper"]


def test_the_figure_shows_the_adjusted_curves_unless_another_is_asked_for() -> None:
    options: dict[str, Any] = COX | {"adjusted_curves": "child_pugh"}
    curves, forest = SurvivalFigure, ForestFigure
    for which, kind in ((None, curves), ("adjusted", curves), ("multivariable", forest)):
        report = hcc2l.cox(HCC, which=which, **options)
        assert report.draw is not None
        figure = report.draw()
        assert isinstance(figure, kind)
        assert draw(figure, "png") == draw(report.draw(), "png")


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["-x", "age,sex", "--adjusted-curves", "age"], 2, "age@median"),
        (["-x", "age,sex", "--adjusted-curves", "bclc"], 2, "-x …,bclc"),
        (["-x", "age,sex", "--univariable", "--adjusted-curves", "sex"], 1, "--univariable"),
        (["-x", "age,sex", "--which", "adjusted"], 2, "--adjusted-curves TERM"),
    ],
)
def test_adjusted_curves_that_cannot_be_are_refused(
    arguments: list[str], status: int, says: str, run: Run
) -> None:
    result = run("cox", HCC, *arguments)
    assert result.status == status
    assert says in result.err
    assert result.out == ""


def test_a_term_of_which_nothing_can_be_told_has_no_adjusted_curves(run: Run) -> None:
    result = run("cox", HCC, "-x", "age,sex", "--strata", "sex", "--multivariable",
                 "--adjusted-curves", "sex")  # fmt: skip
    assert result.status == 1
    assert "determine male completely" in result.err


# ---------------------------------------------------------------- options


def test_a_whole_number_may_be_written_with_a_point_in_the_dictionary(
    run: Run, write: Write
) -> None:
    write("hcc2l.toml", "[cox]\nboot = 2.0\nseed = 3.0\nperformance = true\n")
    write("cohort.csv", HCC.read_text())
    settings = run("cox", "cohort.csv", "-x", "age,sex", "--json").json["settings"]
    assert (settings["boot"], settings["seed"]) == (2, 3)


@pytest.mark.parametrize(
    "options",
    [{"select": 0.1, "univariable": True}, {"stepwise": "aic", "univariable": True}],
)
def test_a_choice_of_covariates_without_a_multivariable_model_is_said_so(
    options: dict[str, Any],
) -> None:
    assert "option-without-effect" in codes(hcc2l.cox(HCC, covariates=["age", "sex"], **options))


def test_the_effect_of_a_term_within_its_own_levels_is_refused(run: Run) -> None:
    result = run("cox", HCC, "--subgroups", "sex", "--within", "bclc,sex")
    assert result.status == 2
    assert "within its own levels" in result.err


# ---------------------------------------------------------------- interactions


def test_an_interaction_is_tested_beside_the_other_covariates() -> None:
    report = hcc2l.cox(HCC, covariates=["age", "albumin", "child_pugh"], multivariable=True,
                       interaction="age:albumin")  # fmt: skip
    (row,) = rows_of(report, "interactions")
    time, event, *found = complete("os_months", "death", "age", "albumin", "child_pugh")
    x = np.column_stack(found)
    product = np.column_stack([x, x[:, 0] * x[:, 1]])
    expected = 2 * (fit_cox(time, event > 0, product).loglik - fit_cox(time, event > 0, x).loglik)
    assert row["statistic"] == pytest.approx(expected, rel=1e-6)
    assert row["df"] == 1


def test_performance_writes_its_paragraph_and_its_table_for_people(
    run: Run, tmp_path: Path
) -> None:
    out = tmp_path / "x.md"
    result = run("cox", HCC, "-x", "age,child_pugh", "--performance", "--boot", "5", "--methods",
                 "--out", out)  # fmt: skip
    assert result.status == 0
    text = out.read_text()
    assert "| Harrell's C " in text
    assert "corrected for optimism by bootstrapping (5 samples, seed 1)" in text


def test_a_bootstrap_shows_a_bar_to_who_looks_on_and_to_nobody_else(run: Run) -> None:
    arguments = ["cox", HCC, "-x", "age", "--multivariable", "--performance", "--boot", "3"]
    assert "Bootstrap" in run(*arguments, terminal=True).err
    assert "Bootstrap" not in run(*arguments).err
    assert "Bootstrap" not in run(*arguments, "--quiet", terminal=True).err


def test_a_maximum_that_was_not_reached_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hcc2l.stats.firth.MAX_ITERATIONS", 1)
    assert "not-converged" in codes(hcc2l.cox(HCC, firth=True, **COX))
    monkeypatch.undo()
    assert "not-converged" not in codes(hcc2l.cox(HCC, firth=True, **COX))


# ---------------------------------------------------------------- one set of rows

FROZEN = DATA / "second_line" / "cohort.csv"
CANDIDATES = ["age", "child_pugh", "afp", "alt", "pivka_ii"]


@pytest.mark.parametrize("by", ["aic", "lr", "wald"])
@pytest.mark.parametrize("command", ["cox", "logistic"])
def test_the_rows_of_an_elimination_are_those_complete_for_every_candidate(
    command: str, by: str
) -> None:
    """R's stepAIC stops where the rows change; 99 of 126 patients have all five covariates."""
    options: dict[str, Any] = {} if command == "cox" else {"outcome": "bclc=B"}
    options |= {} if by == "aic" else {"stay": 0.3}
    report = getattr(hcc2l, command)(
        FROZEN, covariates=CANDIDATES, multivariable=True, stepwise=by,
        interaction=["age:alt"], methods=True, **options,
    )  # fmt: skip
    (model,) = rows_of(report, "models")
    (test,) = rows_of(report, "interactions")
    assert model["n"] == test["n"] == report.provenance.analysed == 99
    assert model["events"] == test["events"]
    assert "99 analysed" in report.provenance.footer[0]
    assert "fitted to the 99 patients with complete data on all candidate variables" in (
        report.methods or ""
    )


def test_the_rows_of_a_selection_are_those_complete_for_the_selected_covariates() -> None:
    report = hcc2l.cox(FROZEN, covariates=CANDIDATES, select=0.05, interaction=["age:alt"],
                       methods=True)  # fmt: skip
    (model,) = rows_of(report, "models", kind="multivariable")
    entered = [row["term"] for row in rows_of(report, "selection", action="entered")]
    assert entered == ["child_pugh", "afp"]
    assert model["n"] == report.provenance.analysed == 118
    assert "(two of five)" in (report.methods or "")
    assert "118 patients with complete data on all of its covariates" in (report.methods or "")
    (test,) = rows_of(report, "interactions")
    assert test["n"] < 118  # alt was not selected, and is missing in some


def test_the_bootstrap_of_an_elimination_is_evaluated_on_the_same_patients() -> None:
    """With one candidate that is missing often and never stays, C is that of the smaller cohort."""
    from hcc2l.analyses.cox.data import prepare
    from hcc2l.analyses.regression.models import fit_models
    from hcc2l.analyses.regression.performance import _evaluation
    from hcc2l.specs import CoxSpec

    spec = CoxSpec(covariates=tuple(CANDIDATES), multivariable=True, stepwise="aic")
    data, terms = prepare(hcc2l.read_cohort(FROZEN), spec)
    candidates = list(terms.values())
    final = fit_models(data, candidates).final
    assert final is not None
    evaluation = _evaluation(data, candidates, final)
    assert evaluation is not None
    assert evaluation[0].sum() == 99


# ---------------------------------------------------------------- separation and selection


@pytest.mark.parametrize("way", [{"stepwise": "wald"}, {"select": 0.05}])
def test_a_perfect_predictor_that_walds_test_excludes_is_named(way: dict[str, Any]) -> None:
    for report in (
        hcc2l.cox(SEPARATED, covariates=["marker", "age"], **OUTCOME, **way),
        hcc2l.logistic(SEPARATED, outcome="outcome", covariates=["marker", "age"], **way),
    ):
        (note,) = [n for n in report.notes if n.code == "wald-selection"]
        assert note.text.startswith("Marker was excluded")
        assert "--firth" in note.text
        assert ("--stepwise lr" in note.text) == ("stepwise" in way)


@pytest.mark.parametrize("way", [{"stepwise": "lr"}, {"stepwise": "aic"}, {}])
def test_without_walds_test_a_perfect_predictor_stays(way: dict[str, Any]) -> None:
    report = hcc2l.cox(SEPARATED, covariates=["marker", "age"], multivariable=True, **OUTCOME,
                       **way)  # fmt: skip
    assert "wald-selection" not in codes(report)
    assert "marker" in {row["term"] for row in rows_of(report, "terms")}


def test_an_ordinary_variable_that_is_excluded_is_no_perfect_predictor() -> None:
    report = hcc2l.cox(HCC, **(COX | {"stepwise": "wald"}))
    assert rows_of(report, "selection")
    assert "wald-selection" not in codes(report)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (
            "sep.csv",
            "as long as both groups were at risk, all events occurred in patients with G B",
        ),
        ("nosep.csv", None),
    ],
)
def test_what_decides_is_the_order_of_events_and_not_their_share(
    name: str, reason: str | None
) -> None:
    """All 3 patients with B had the event in both; R: HR 1.856293 in nosep.csv."""
    report = hcc2l.cox(DATA / name, covariates=["g"], univariable=True)
    texts = [n.text for n in report.notes if n.code == "coefficient-infinite"]
    (row,) = rows_of(report, "terms")
    if reason is None:
        assert texts == []
        assert row["hr"] == pytest.approx(1.856292633852481, rel=1e-6)
    else:
        assert reason in texts[0]
        assert row["hr"] is row["lower"] is row["upper"] is row["p"] is None


def test_a_finite_maximum_that_is_not_reached_is_not_called_infinite() -> None:
    report = hcc2l.cox(DATA / "outl.csv", covariates=["afp"], univariable=True, time="time",
                       event="death")  # fmt: skip
    (note,) = [n for n in report.notes if n.code == "coefficient-infinite"]
    assert "does not converge" in note.text
    assert "cannot be estimated" not in note.text
    (row,) = rows_of(report, "terms")
    assert row["hr"] is None
    (model,) = rows_of(report, "models")  # what belongs to the maximum is not given either
    assert model["lr_statistic"] is model["lr_p"] is model["loglik"] is model["aic"] is None
    assert all(t.name not in ("ph_tests", "term_tests") or not t.rows for t in report.tables)


def order_note(write: Write, rows: list[tuple[Any, ...]], *covariates: str, **more: Any) -> str:
    lines = ["time,event,x,z,s", *(",".join(map(str, row)) for row in rows)]
    report = hcc2l.cox(write("order.csv", "\n".join(lines)), time="time", event="event",
                       covariates=covariates, **more)  # fmt: skip
    return next(n.text for n in report.notes if n.code == "coefficient-infinite")


def test_a_number_that_orders_the_events_is_named_with_its_end(write: Write) -> None:
    rows = [(i + 1, int(i < 5), 9.5 - i, i * i % 7, "a") for i in range(8)]
    highest = order_note(write, rows, "x", univariable=True)
    assert "every event occurred in a patient with the highest X of all patients then at risk" in (
        highest
    )
    rows = [(t, e, -x, z, s) for t, e, x, z, s in rows]
    assert "the lowest X" in order_note(write, rows, "x", univariable=True)


def test_strata_are_compared_apart(write: Write) -> None:
    rows = [(1, 1, 1, 0, "a"), (2, 1, 1, 0, "a"), (3, 1, 0, 0, "a"), (4, 1, 0, 0, "a"),
            (5, 1, 1, 0, "b"), (6, 1, 1, 0, "b"), (7, 1, 0, 0, "b"), (8, 0, 0, 0, "b")]  # fmt: skip
    assert "all events occurred in patients with X 1" in order_note(
        write, rows, "x", univariable=True, strata="s"
    )


def test_covariates_that_only_together_order_the_events_are_told_so(write: Write) -> None:
    rows = [(1, 1, 3, 0, "a"), (2, 1, 0, 3, "a"), (3, 1, 2, 0, "a"), (4, 1, 0, 2, "a"),
            (5, 1, 1, 0, "a"), (6, 1, 0, 1, "a"), (7, 0, 0, 0, "a"), (8, 0, 0, 0, "a")]  # fmt: skip
    text = order_note(write, rows, "x", "z", multivariable=True)
    assert "for some linear combination of the covariates, every event occurred in a" in text


# ---------------------------------------------------------------- what the methods claim


def methods(command: str = "logistic", **options: Any) -> str:
    outcome = {"outcome": "primary_resistance"} if command == "logistic" else {}
    report = getattr(hcc2l, command)(HCC, methods=True, **(outcome | options))
    return (report.methods or "") + " ".join(report.references)


def test_hosmer_and_lemeshow_are_cited_only_where_their_test_was_done() -> None:
    tested = methods(covariates=["albumin"], multivariable=True)
    assert "Calibration was assessed by the Hosmer–Lemeshow test." in tested
    assert "Hosmer DW" in tested
    two_groups = methods(covariates=["child_pugh"], multivariable=True)
    assert "Hosmer" not in two_groups


@pytest.mark.parametrize("command", ["cox", "logistic"])
@pytest.mark.parametrize("way", [{"select": 1e-9}, {"stepwise": "lr", "stay": 1e-9}])
def test_a_selection_that_selects_nothing_is_a_note_and_no_method(
    command: str, way: dict[str, Any]
) -> None:
    options: dict[str, Any] = {"covariates": ["age", "sex"], "univariable": True,
                               "multivariable": True, **way}  # fmt: skip
    text = methods(command, **options)
    for word in ("multivariable", "entered", "selected", "elimination"):
        assert word not in text
    outcome = {"outcome": "primary_resistance"} if command == "logistic" else {}
    report = getattr(hcc2l, command)(HCC, **(outcome | options))
    (note,) = [n for n in report.notes if n.code == "nothing-selected"]
    assert "no covariate had p < 1e-09" in note.text


def test_the_seed_and_the_samples_of_the_bootstrap_are_given() -> None:
    options: dict[str, Any] = {"covariates": ["age", "albumin"], "multivariable": True}
    text = methods(**options, performance=True, boot=7, seed=3)
    assert "bootstrapping (7 samples, seed 3)." in text
    assert "the area under the ROC curve" in text
    again = methods(**options, performance=True, boot=7, stepwise="lr", stay=0.99)
    assert "repeating the selection of variables in each sample" in again
    assert "bootstrapping" not in methods(**options, performance=True, boot=0)
    assert "Harrell" not in methods(**options)


def test_the_methods_write_labels_and_not_the_terms_as_typed() -> None:
    report = hcc2l.cox(FROZEN, covariates=["second_line", "afp@400", "child_pugh"], methods=True,
                       multivariable=True, strata="centre")  # fmt: skip
    text = report.methods or ""
    assert "included second-line treatment, AFP and Child-Pugh class." in text
    assert "stratified by centre." in text
    assert "afp@400" not in text
    assert "second_line" not in text


def test_limits_of_the_profile_and_the_penalty_are_named() -> None:
    covariates = {"covariates": ["age"], "multivariable": True}
    assert "95% Wald" in methods(**covariates)
    assert "95% profile-likelihood" in methods(**covariates, ci="profile")
    assert "Firth's penalised likelihood" in methods(**covariates, firth=True)
    assert "Firth" not in methods(**covariates)


# ---------------------------------------------------------------- options are named in errors


@pytest.mark.parametrize(
    ("arguments", "where"),
    [
        (["-x", "nosuch"], "-x"),
        (["-x", "death_date"], "-x death_date"),
        (["-x", "patient_id"], "-x patient_id"),
        (["--subgroups", "nosuch", "--within", "sex"], "--subgroups"),
        (["--subgroups", "death", "--within", "sex"], "--subgroups death"),
        (["--subgroups", "second_line", "--within", "death"], "--within death"),
        (["--subgroups", "second_line", "--within", "lymphocytes"], "--within lymphocytes"),
        (["-x", "age", "--strata", "nosuch"], "--strata"),
        (["-x", "age", "--cluster", "nosuch"], "--cluster"),
        (["-x", "age", "--weights", "nosuch"], "--weights"),
        (["-x", "age", "--interaction", "age:sex"], "--interaction age:sex"),
        (["-x", "age,sex", "--interaction", "age:"], "--interaction age:"),
    ],
)
def test_an_error_about_a_term_names_its_option(arguments: list[str], where: str, run: Run) -> None:
    outcome = run("cox", FROZEN, *arguments)
    assert outcome.status == 2
    assert outcome.err.startswith(f"error: {where}:"), outcome.err


# ---------------------------------------------------------------- smaller promises


@pytest.mark.parametrize("command", ["cox", "logistic"])
def test_one_univariable_model_alone_is_tested_as_a_whole_and_several_are_not(command: str) -> None:
    outcome = {"outcome": "death"} if command == "logistic" else {}
    for covariates, tested in ((["child_pugh"], True), (["child_pugh", "age"], False)):
        report = getattr(hcc2l, command)(FROZEN, covariates=covariates, univariable=True, **outcome)
        assert ("term_tests" in [t.name for t in report.tables]) == tested


def test_the_steps_of_an_elimination_are_counted_from_one() -> None:
    report = hcc2l.cox(FROZEN, covariates=CANDIDATES, multivariable=True, stepwise="aic")
    steps = [row["step"] for row in rows_of(report, "selection")]
    assert steps == list(range(1, len(steps) + 1))
    assert len(steps) == 3


def test_the_table_says_whose_counts_it_shows_only_where_they_differ() -> None:
    for covariates, differ in ((["age", "afp"], True), (["age", "sex"], False)):
        (foot,) = hcc2l.cox(FROZEN, covariates=covariates).table("regression").footnotes
        assert ("those of its univariable model" in foot) == differ


@pytest.mark.parametrize("command", ["cox", "logistic"])
def test_a_selected_model_is_noted_also_without_its_univariable_models(command: str) -> None:
    outcome = {"outcome": "bclc=B"} if command == "logistic" else {}
    report = getattr(hcc2l, command)(FROZEN, covariates=CANDIDATES, multivariable=True,
                                     select=0.3, **outcome)  # fmt: skip
    assert "selection" in codes(report)
    plain = getattr(hcc2l, command)(FROZEN, covariates=["age"], multivariable=True, **outcome)
    assert "selection" not in codes(plain)


def test_a_logistic_model_needs_more_patients_than_covariates(run: Run, write: Write) -> None:
    lines = ["y,a,b,c", *(f"{i % 2},{i},{i * i},{i**3 % 5}" for i in range(4))]
    cohort = write("four.csv", "\n".join(lines))
    arguments = ["logistic", cohort, "--outcome", "y", "--multivariable", "-x"]
    assert run(*arguments, "a,b,c").status == 0
    write("four.csv", "\n".join(lines[:4]))
    refused = run(*arguments, "a,b,c")
    assert refused.status == 1
    assert "3 parameters cannot be estimated from 2 patients" in refused.err


def test_two_groups_that_both_had_events_are_not_called_one_sided() -> None:
    from hcc2l.analyses.regression.monotone import one_sided

    time, first = np.arange(1.0, 5.0), np.array([True, False, True, False])
    groups = {"A": first, "B": ~first}
    for event, answer in (
        ([True, True, False, False], None),
        ([False, False, False, True], None),  # nobody else is at risk any more
        ([True, False, True, False], "all events occurred in patients with A"),
        ([False, True, False, True], "all events occurred in patients with B"),
    ):
        found = one_sided(groups, time, np.array(event), None)
        assert (found is None) if answer is None else (found is not None and answer in found)


@pytest.mark.parametrize(
    ("covariates", "reason"),
    [
        (["a"], "its values separate the patients with the event from those without"),
        (["a", "b"], "the covariates together separate the patients with the event"),
    ],
)
def test_what_separates_an_outcome_is_named(
    covariates: list[str], reason: str, write: Write
) -> None:
    lines = ["y,a,b", *(f"{int(i > 5)},{i},{i * 5 % 7}" for i in range(12))]
    report = hcc2l.logistic(write("c.csv", "\n".join(lines)), outcome="y", covariates=covariates,
                            multivariable=True)  # fmt: skip
    assert any(reason in n.text for n in report.notes if n.code == "coefficient-infinite")


def test_subgroups_of_a_factor_with_three_levels_name_the_level_and_the_reference() -> None:
    report = hcc2l.cox(FROZEN, subgroups="albi_grade", within=["sex"])
    subgroups = report.table("subgroups")
    assert subgroups.title == "Hazard ratio by subgroup, ALBI grade (reference 1)"
    assert [column.header for column in subgroups.columns] == [
        "Subgroup", "Level", "Level, events/n", "1, events/n", "HR (95% CI)", "p",
        "p (interaction)",
    ]  # fmt: skip
    two = hcc2l.cox(FROZEN, subgroups="sex", within=["child_pugh"]).table("subgroups")
    assert [column.header for column in two.columns][:3] == [
        "Subgroup", "male, events/n", "female, events/n"
    ]  # fmt: skip


def test_the_logarithm_of_time_needs_times_above_0_and_no_more(write: Write) -> None:
    for first, refused in (("0", True), ("0.25", False)):
        lines = ["time,event,x", f"{first},1,3", *(f"{i},1,{i * 5 % 7}" for i in range(1, 9))]
        cohort = write("c.csv", "\n".join(lines))
        options: dict[str, Any] = {"time": "time", "event": "event", "covariates": ["x"],
                                   "multivariable": True, "ph_transform": "log"}  # fmt: skip
        if refused:
            with pytest.raises(hcc2l.errors.AnalysisError, match="have time 0"):
                hcc2l.cox(cohort, **options)
        else:
            assert hcc2l.cox(cohort, **options).table("ph_tests").rows


def test_univariable_models_alone_select_nothing_and_say_nothing_of_it() -> None:
    report = hcc2l.cox(FROZEN, covariates=["age", "sex"], univariable=True)
    assert "nothing-selected" not in codes(report)


@pytest.mark.parametrize(
    ("samples", "words"), [(1, "1 bootstrap sample."), (2, "2 bootstrap samples.")]
)
def test_the_performance_table_counts_its_samples(samples: int, words: str) -> None:
    report = hcc2l.cox(FROZEN, covariates=["age"], multivariable=True, performance=True,
                       boot=samples)  # fmt: skip
    assert report.table("performance").footnotes == (f"Corrected for optimism with {words}",)
