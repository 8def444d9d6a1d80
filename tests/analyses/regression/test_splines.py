"""Splines as covariates: R's fits, tests and curves through `cox` and `logistic`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hcc2l
from hcc2l.disclosure import suppress
from hcc2l.errors import AnalysisError, InputError
from hcc2l.report import ForestFigure, Report, SplineFigure
from tests.conftest import DATA, Run, Write
from tests.reference import cases
from tests.reports import codes, note, rows_of

CLOSE = 1e-6
AT_ONCE = ("cox_afp_rcs4", "cox_progrec_rcs4_zeros", "cox_karno_rcs5_few_values",
           "cox_albumin_rcs4_n81", "logistic_afp_rcs4")  # fmt: skip
TYPED = [
    pytest.param(c, id=c["id"], marks=() if c["id"] in AT_ONCE else pytest.mark.slow)
    for c in cases.load("spline")
    if c["arguments"]["transform"] == "rcs" and c["arguments"].get("nk", 9) <= 5
]
GROUPS = cases.load("spline_groups")
HCC = DATA / "hcc424t.csv"
LOG = "afp@log2@rcs4"
REF = {"ref": ["afp=400"]}


def analyse(case: dict[str, Any], folder: Path) -> tuple[Report, str]:
    """The report of a case, and the term of its spline."""
    arguments = case["arguments"]
    lines = []
    for column, declared in arguments["variables"].items():
        if declared["type"] == "factor":
            lines += [f'[columns."{column}"]', f"levels = {json.dumps(declared['levels'])}"]
    config = folder / "hcc2l.toml"
    config.write_text("\n".join(lines))
    cohort = hcc2l.read_cohort(cases.FOLDER / case["dataset"], config=config)
    term = f"{arguments['x']}@rcs{arguments['nk']}"
    options: dict[str, Any] = {
        "covariates": [term, *arguments["adjust"]],
        "multivariable": True,
        "ties": arguments.get("ties", "efron"),
    }
    if "reference" in arguments:
        options["ref"] = [f"{arguments['x']}={arguments['reference']}"]
    if arguments["model"] == "logistic":
        del options["ties"]
        outcome = f"{arguments['outcome']}={arguments['outcome_value']}"
        return hcc2l.logistic(cohort, outcome=outcome, **options), term
    event = f"{arguments['event']}={arguments['event_value']}"
    return hcc2l.cox(cohort, time=arguments["time"], event=event, **options), term


@pytest.mark.parametrize("case", TYPED)
def test_a_model_with_a_spline_is_that_of_r(case: dict[str, Any], tmp_path: Path) -> None:
    report, term = analyse(case, tmp_path)
    expected, ratio = case["expected"], "or" if case["arguments"]["model"] == "logistic" else "hr"
    (model,) = rows_of(report, "models")
    assert (model["n"], model["events"]) == (expected["n"], expected["events"])
    assert model["loglik"] == pytest.approx(expected["loglik"], rel=1e-8)
    assert model["aic"] == pytest.approx(expected["aic"], rel=1e-8)
    knots = [row["value"] for row in rows_of(report, "spline_knots")]
    assert knots == pytest.approx(expected["knots"], rel=1e-8)
    named = [row for row in expected["coefficients"] if row["term"] != "(Intercept)"]
    for row, wanted in zip(rows_of(report, "terms"), named, strict=True):
        assert row["coef"] == pytest.approx(wanted["coef"], rel=CLOSE)
        assert row["std_err"] == pytest.approx(wanted["se"], rel=CLOSE)
    for test in ("overall", "nonlinear"):
        (found,) = rows_of(report, "spline_tests", test=test)
        wanted = expected[test]["lr"]
        assert found["df"] == wanted["df"]
        assert found["statistic"] == pytest.approx(wanted["stat"], rel=CLOSE)
        assert found["p"] == pytest.approx(wanted["p"], rel=CLOSE)
    (line,) = rows_of(report, "spline_forms", form="linear")
    assert line["loglik"] == pytest.approx(expected["loglik_linear"], rel=1e-8)
    assert line["aic"] == pytest.approx(expected["aic_linear"], rel=1e-8)
    curve = {row["value"]: row for row in rows_of(report, "spline_curve", term=term)}
    for wanted in expected["relative"]["values"]:
        if wanted["x"] in curve:
            found = curve[wanted["x"]]
            keys = {ratio: "ratio", "lower": "lower", "upper": "upper"}
            for ours, theirs in keys.items():
                assert found[ours] == pytest.approx(wanted[theirs], rel=CLOSE)
    assert curve[expected["relative"]["reference"]][ratio] == 1.0


@pytest.mark.parametrize(("term", "key"), [("afp@rcs4", "rcs4"), (LOG, "log2_rcs4")])
def test_an_interaction_has_a_curve_in_each_group_as_r_has(term: str, key: str) -> None:
    report = hcc2l.cox(
        HCC, covariates=[term, "treatment", "child_pugh"], multivariable=True,
        ref=["afp=400", "treatment=sorafenib"], interaction=[f"{term}:treatment"],
    )  # fmt: skip
    (test,) = rows_of(report, "interactions")
    assert test["df"] == GROUPS[key]["interaction"]["df"]
    assert test["statistic"] == pytest.approx(GROUPS[key]["interaction"]["statistic"], rel=CLOSE)
    for wanted in GROUPS[key]["ratios"]:
        (row,) = rows_of(report, "spline_curve", term=f"{term}:treatment", group=wanted["group"],
                         value=wanted["value"])  # fmt: skip
        for column in ("hr", "lower", "upper"):
            assert row[column] == pytest.approx(wanted[column], rel=CLOSE)


def test_the_order_of_an_interaction_changes_no_curve() -> None:
    by = "age@tertiles"
    options: dict[str, Any] = {"covariates": [LOG, by], "multivariable": True}
    both = [
        rows_of(hcc2l.cox(HCC, **options, interaction=[text]), "spline_curve", term=text)
        for text in (f"{LOG}:{by}", f"{by}:{LOG}")
    ]
    assert [r["hr"] for r in both[0]] == pytest.approx([r["hr"] for r in both[1]], rel=CLOSE)


def spline(**options: Any) -> Report:
    return hcc2l.cox(HCC, covariates=[LOG, "child_pugh"], **options)


def test_the_curve_on_a_logarithm_has_the_values_of_the_column() -> None:
    report = spline()
    values = [row["value"] for row in rows_of(report, "spline_curve")]
    assert (values[0], values[-1]) == (1.4, 8000)
    assert values == sorted(set(values))
    (median,) = {row["reference"] for row in rows_of(report, "spline_curve")}
    assert median == 227.4


def test_another_reference_shifts_the_curve_and_changes_no_test() -> None:
    first, second = spline(), spline(**REF)
    assert rows_of(first, "spline_tests") == rows_of(second, "spline_tests")
    curves = [
        {row["value"]: row["hr"] for row in rows_of(r, "spline_curve")} for r in (first, second)
    ]
    shared = sorted(set(curves[0]) & set(curves[1]))
    shift = np.log([curves[0][v] / curves[1][v] for v in shared])
    assert len(shared) > 100
    assert shift == pytest.approx(np.full(len(shared), shift[0]), abs=1e-9)


def test_a_spline_has_no_single_ratio_but_an_overall_test() -> None:
    report = spline()
    basis = rows_of(report, "terms", term=LOG, model="multivariable")
    assert [row["level"] for row in basis] == ["linear", "nonlinear 1", "nonlinear 2"]
    assert all(row["hr"] is None and row["coef"] is not None for row in basis)
    (row,) = rows_of(report, "regression", term=LOG, model="multivariable")
    (test,) = rows_of(report, "spline_tests", model="multivariable", test="overall")
    (term,) = rows_of(report, "term_tests", term=LOG)
    assert row["p"] == test["p"] == term["p"]
    assert row["lower"] is None
    assert report.table("regression").footnotes[-1].startswith("Curve: a spline has no single")


def test_a_robust_variance_has_wald_tests() -> None:
    report = spline(robust=True)
    assert report.table("spline_tests").title == "Tests of splines (Wald)"
    (overall,) = rows_of(report, "spline_tests", model="multivariable", test="overall")
    (term,) = rows_of(report, "term_tests", term=LOG)
    assert overall["statistic"] != pytest.approx(term["statistic"], rel=1e-3)


def test_other_forms_are_the_models_with_those_terms() -> None:
    report = spline(cut=["afp=200/400"])
    forms = {row["form"]: row for row in rows_of(report, "spline_forms")}
    assert list(forms) == ["linear", "log2", "rcs", "cut"]
    for form, text in {"linear": "afp", "log2": "afp@log2", "cut": "afp@200/400"}.items():
        (model,) = rows_of(
            hcc2l.cox(HCC, covariates=[text, "child_pugh"], multivariable=True), "models"
        )
        keys = ("loglik", "aic")
        assert [forms[form][k] for k in keys] == pytest.approx([model[k] for k in keys])
        assert forms[form]["df"] == model["lr_df"]
    assert "groups cut at 200 and 400." in report.table("spline_forms").footnotes[0]


def test_without_a_cut_point_of_its_own_the_marker_is_cut_at_the_median() -> None:
    report = spline(multivariable=True)
    assert "227.4, the median." in report.table("spline_forms").footnotes[0]
    (row,) = rows_of(report, "spline_forms", form="cut")
    cut = hcc2l.cox(HCC, covariates=["afp@227.4", "child_pugh"], multivariable=True)
    assert row["loglik"] == pytest.approx(rows_of(cut, "models")[0]["loglik"])


@pytest.mark.parametrize("end", [1.4, 8000.0])
def test_the_reference_may_be_the_smallest_or_the_largest_value(end: float) -> None:
    curve = rows_of(spline(ref=[f"afp={end}"], multivariable=True), "spline_curve")
    assert [row["value"] for row in curve if row["hr"] == 1.0] == [end]


def test_zero_has_no_logarithm_and_leaves_out_that_form(write: Write) -> None:
    text = HCC.read_text().replace(",227.4,", ",0,")
    assert text != HCC.read_text()
    path = write("zero.csv", text)
    report = hcc2l.cox(path, covariates=["afp@rcs4"])
    assert [r["form"] for r in rows_of(report, "spline_forms")] == ["linear", "rcs", "cut"]
    with pytest.raises(InputError, match="logarithm of afp does not exist in 1 patient"):
        hcc2l.cox(path, covariates=[LOG])


def test_few_values_give_fewer_knots_with_a_note() -> None:
    report = hcc2l.cox(
        DATA / "lung.csv", time="time", event="status=2", covariates=["ph.karno@rcs5"]
    )
    assert len(rows_of(report, "spline_knots", model="ph.karno@rcs5")) == 4
    assert note(report, "fewer-knots").startswith("ph.karno@rcs5 has 4 knots instead of 5")
    assert "fewer-knots" not in codes(spline())


def test_the_methods_say_knots_reference_and_tests() -> None:
    text = spline(**REF).methods
    assert (
        "The logarithm of AFP entered the model as a restricted cubic spline with four knots at "
        "8.22, 90.8, 451 and 4900" in text
    )
    assert "Hazard ratios along the curve are relative to 400" in text
    assert "departure from linearity were assessed by likelihood-ratio tests" in text
    assert "(the median)" in spline().methods


# ---------------------------------------------------------------- beside other options


@pytest.mark.parametrize(
    "options",
    [
        {"stepwise": "lr"},
        {"univariable": True},
        {"weights": "tumor_size_cm"},
        *(
            pytest.param(options, marks=pytest.mark.slow)
            for options in (
                {"select": 0.2}, {"stepwise": "aic"}, {"stepwise": "wald"}, {"firth": True},
                {"strata": "treatment"}, {"ties": "breslow"}, {"landmark": 2.0},
            )
        ),
    ],
    ids=str,
)  # fmt: skip
def test_a_spline_goes_with_options_of_the_model(options: dict[str, Any]) -> None:
    report = spline(**options)
    (overall, *_) = rows_of(report, "spline_tests", test="overall")
    assert overall["df"] == 3
    assert overall["p"] < 0.001
    curve = rows_of(report, "spline_curve")
    assert [row["hr"] for row in curve if row["value"] == row["reference"]] == [1.0]


@pytest.mark.slow
def test_the_performance_of_a_spline_is_corrected_for_optimism() -> None:
    report = spline(performance=True, boot=50)
    (harrell, *_) = rows_of(report, "performance")
    assert harrell["apparent"] > harrell["corrected"] > 0.5


def test_a_spline_removed_by_the_selection_has_no_curve() -> None:
    report = hcc2l.cox(
        HCC, covariates=["albumin@rcs4", "child_pugh"], stepwise="aic", multivariable=True
    )
    assert "spline_curve" not in {table.name for table in report.tables}
    assert rows_of(report, "selection")[0]["term"] == "albumin@rcs4"
    with pytest.raises(AnalysisError, match="no spline to draw"):
        hcc2l.cox(HCC, covariates=["age"], which="spline").draw()  # type: ignore[misc]


def test_propensity_scores_take_splines() -> None:
    report = hcc2l.psmatch(HCC, treat="lenvatinib", covariates=[LOG, "child_pugh"])
    levels = [row["level"] for row in rows_of(report, "propensity_terms", term=LOG)]
    assert levels == ["linear", "nonlinear 1", "nonlinear 2"]
    assert [r["variable"] for r in rows_of(report, "balance")].count(LOG) == 1


REFUSED = {
    "cox -x child_pugh@rcs": "child_pugh has levels; only a number has a spline",
    "cox -x afp@rcs9": "A spline has 3 to 5 knots, not 9",
    "cox -x afp@rcs2": "A spline has 3 to 5 knots, not 2",
    "cox -x afp@rcs4@log2": "asks for more of a spline",
    "cox -x afp@400@rcs4": "afp@400 is in groups, of which there is no spline",
    "cox -x afp@rcs@rcs": "afp@rcs is a spline already",
    "cox -x afp@rcs4 --ref afp=high": "The reference of a spline is a number, not 'high'",
    "cox -x afp@rcs4 --ref afp=9000": "The reference 9000 lies outside the values of afp in this "
    "model, 1.4 to 8000",
    "cox -x ecog@rcs4": "A spline of ecog needs at least 5 different values",
    "cox --subgroups afp@rcs4 --within treatment": "has no single hazard ratio to compare",
    "cox -x age --subgroups treatment --within afp@rcs4": "is a spline, not groups",
    "cox -x afp@rcs4,age --adjusted-curves afp@rcs4": "is numeric and has no groups",
    "cox -x age --strata afp@rcs4": "is a spline, not groups",
    "cox -x age --weights afp@rcs4": "Case weights are a column of numbers, not afp@rcs4",
    "cox -x age --cluster afp@rcs4": "is a spline, a form of a covariate in cox",
    "cox -x afp@rcs4 --which multivariable --plot x.pdf": "a spline has none",
    "km --by afp@rcs4": "is a spline, not groups",
    "tree -x afp@rcs4": "is a spline, a form of a covariate in cox",
    "table1 -x afp@rcs4": "is a spline, a form of a covariate in cox",
    "psmatch --treat lenvatinib -x age --exact afp@rcs4": "is a spline, not groups",
    "change --before afp@rcs4 --after albumin": "is more than a column",
    "roc --outcome death --marker afp@rcs4,albumin --combine afp@rcs4+albumin": "is a spline, and "
    "markers are combined as they are",
    "roc --outcome death --marker child_pugh@rcs4": "has levels; only a number has a spline",
}  # fmt: skip


# One of each kind at once; the others meet the same sentences elsewhere.
REFUSED_AT_ONCE = (
    "cox -x child_pugh@rcs", "cox -x afp@rcs9", "cox -x afp@rcs4@log2",
    "cox -x afp@rcs4 --ref afp=9000", "cox -x ecog@rcs4", "km --by afp@rcs4", "tree -x afp@rcs4",
    "cox --subgroups afp@rcs4 --within treatment",
)  # fmt: skip


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(words, marks=() if words in REFUSED_AT_ONCE else pytest.mark.slow)
        for words in REFUSED
    ],
)
def test_a_spline_where_there_can_be_none_is_refused_with_a_sentence(words: str, run: Run) -> None:
    command, *options = words.split()
    outcome = run(command, HCC, *options)
    assert outcome.status in (1, 2)
    (error,) = outcome.messages("error")
    assert REFUSED[words] in error
    assert outcome.messages("hint")[0] != "hint: "
    assert outcome.out == ""


def test_a_column_of_that_name_wins(write: Write) -> None:
    lines = HCC.read_text().splitlines()
    lines[0] = lines[0].replace("albumin", "albumin@rcs4")
    report = hcc2l.cox(write("named.csv", "\n".join(lines)), covariates=["albumin@rcs4"])
    assert {row["level"] for row in rows_of(report, "terms")} == {None}


# ---------------------------------------------------------------- the figure


def figure(**options: Any) -> Any:
    draw = spline(**options).draw
    assert draw is not None
    return draw()


def test_the_figure_of_a_spline_is_its_curve_and_a_forest_is_of_the_others() -> None:
    drawn = figure(**REF)
    assert isinstance(drawn, SplineFigure)
    assert drawn.references == (400.0,)
    assert drawn.log == (True,)
    assert len(drawn.patients[0].value) == 367
    assert drawn.annotations[0].splitlines()[0] == "Reference: 400"
    forest = figure(which="multivariable")
    assert isinstance(forest, ForestFigure)
    assert {row.name for row in forest.rows} == {"child_pugh"}


def test_an_interaction_takes_the_place_of_the_curve_of_all() -> None:
    report = hcc2l.cox(HCC, covariates=[LOG, "treatment"], interaction=[f"{LOG}:treatment"])
    drawn = report.draw() if report.draw else None
    assert isinstance(drawn, SplineFigure)
    assert [curve.group for curve in drawn.curves] == ["lenvatinib", "sorafenib"]
    assert drawn.annotations[0].startswith("Reference: 224, lenvatinib\nInteraction: p")


def test_small_counts_hide_the_single_patients_below_the_curve() -> None:
    draw = suppress(spline(), 5).draw
    assert draw is not None
    drawn = draw()
    assert isinstance(drawn, SplineFigure)
    assert drawn.patients == ()
