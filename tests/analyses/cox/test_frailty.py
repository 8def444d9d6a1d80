"""`cox --frailty`: centres whose hazards differ, through the command as R has them."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

import hcc2l
from hcc2l.errors import AnalysisError, UsageError
from tests.reference import cases
from tests.reports import codes, rows_of

DATA = Path(cases.__file__).parent


def analysed(case_id: str, **options: Any) -> tuple[dict[str, Any], hcc2l.Report]:
    case = cases.case("frailty", case_id)
    arguments = case["arguments"]
    report = hcc2l.cox(
        DATA / case["dataset"], time=arguments["time"],
        event=f"{arguments['event']}={arguments['event_value']}",
        covariates=arguments["covariates"], frailty=arguments["centre"],
        **({"ties": arguments["ties"]} if "ties" in arguments else {}),
        where=[f"{name} in {','.join(map(str, values))}"
               for name, values in (arguments.get("filter") or {}).items()],
        **options,
    )  # fmt: skip
    return case["expected"], report


@pytest.mark.parametrize(
    "case_id", ["lung_inst", "veteran_celltype", "veteran_celltype_breslow", "cgd_center"]
)
def test_the_multivariable_model_its_variance_and_its_centres_are_those_of_r(case_id: str) -> None:
    expected, report = analysed(case_id, multivariable=True)
    frailty = expected["frailty"]
    row = rows_of(report, "frailty")[0]
    assert row["clusters"] == expected["centres"]
    assert row["theta"] == pytest.approx(frailty["theta"], rel=1e-5)
    assert row["statistic"] == pytest.approx(frailty["lr"]["stat"], rel=1e-6)
    assert row["p"] == pytest.approx(frailty["lr"]["p_half_chi1"], rel=1e-6)
    wanted = frailty.get("coefficients") or expected["no_centre"]["coefficients"]
    for found, one in zip(rows_of(report, "terms"), wanted, strict=True):
        for key, name in (("coef", "coef"), ("std_err", "se"), ("hr", "hr"), ("lower", "lower"),
                          ("upper", "upper"), ("p", "p")):  # fmt: skip
            assert found[key] == pytest.approx(one[name], rel=1e-6)
    centres = {str(r["group"]): r for r in rows_of(report, "centres")}
    for one in frailty.get("frailties", []):
        found = centres[one["centre"]]
        assert found["frailty"] == pytest.approx(one["frailty"], rel=1e-6)
        assert found["events"] == one["events"]
        assert math.log(found["upper"] / found["frailty"]) == pytest.approx(
            math.log(found["frailty"] / found["lower"])
        )


def test_the_likelihood_of_a_model_is_compared_to_that_of_the_frailty_alone() -> None:
    _, report = analysed("veteran_celltype")
    models = {row["model"]: row for row in rows_of(report, "models")}
    tests = {row["term"]: row for row in rows_of(report, "term_tests")}
    assert len({row["loglik_null"] for row in models.values()}) == 1
    without_trt = models["karno"]["loglik"]
    assert tests["trt"]["statistic"] == pytest.approx(
        2 * (models["multivariable"]["loglik"] - without_trt), rel=1e-9
    )
    assert models["karno"]["aic"] == pytest.approx(-2 * without_trt + 4)


def test_centres_are_listed_in_their_natural_order() -> None:
    _, report = analysed("lung_inst", multivariable=True)
    groups = [int(str(row["group"])) for row in rows_of(report, "centres")]
    assert groups == sorted(groups)
    assert sum(row["n"] for row in rows_of(report, "centres")) == 226


def test_no_variance_is_said_and_the_centres_have_no_limits() -> None:
    _, report = analysed("cgd_center", multivariable=True)
    assert "no-differences-between-centres" in codes(report)
    assert {(r["frailty"], r["lower"]) for r in rows_of(report, "centres")} == {(1.0, None)}


def test_a_figure_of_centres_without_a_model_is_refused(tmp_path: Path) -> None:
    rows = "".join(f"{i % 4},{1 + i},{i % 2},{i * 7 % 5},{i % 3}\n" for i in range(40))
    (tmp_path / "c.csv").write_text("hospital,time,status,x,y\n" + rows)
    report = hcc2l.cox(
        tmp_path / "c.csv", time="time", event="status", covariates=["x", "y"], frailty="hospital",
        which="centres", select=1e-9,
    )  # fmt: skip
    with pytest.raises(AnalysisError, match="no multivariable model whose centres"):
        report.draw()


def test_few_centres_are_said_and_stratification_is_named() -> None:
    _, report = analysed("veteran_celltype", multivariable=True)
    (note,) = [note for note in report.notes if note.code == "few-centres"]
    assert "--strata celltype" in note.text
    _, report = analysed("lung_inst", multivariable=True)
    assert "few-centres" not in codes(report)


def test_one_centre_is_refused_with_its_name() -> None:
    with pytest.raises(AnalysisError, match=r"All patients belong to one centre, large\."):
        hcc2l.cox(DATA / "data/veteran.csv", time="time", event="status", covariates=["karno"],
                  frailty="celltype", where=["celltype==large"])  # fmt: skip


def test_more_centres_than_can_be_fitted_are_refused(tmp_path: Path) -> None:
    rows = "".join(f"{i},{1 + i % 7},{i % 2},{i % 3}\n" for i in range(501))
    (tmp_path / "c.csv").write_text("hospital,time,status,x\n" + rows)
    with pytest.raises(UsageError, match="hospital has 501 values, and at most 500 centres"):
        hcc2l.cox(tmp_path / "c.csv", time="time", event="status", covariates=["x"],
                  frailty="hospital")  # fmt: skip


def test_a_covariate_without_a_finite_estimate_is_named(tmp_path: Path) -> None:
    rows = "".join(f"{i % 6},{10 + i if i % 2 else 5},{1 - i % 2},{i % 2}\n" for i in range(40))
    (tmp_path / "c.csv").write_text("hospital,time,status,x\n" + rows)
    with pytest.raises(AnalysisError, match="hazard ratio of x has no finite estimate"):
        hcc2l.cox(tmp_path / "c.csv", time="time", event="status", covariates=["x"],
                  frailty="hospital")  # fmt: skip


def test_a_forest_of_centres_that_do_not_differ_is_not_drawn() -> None:
    _, report = analysed("cgd_center", multivariable=True, which="centres")
    assert report.draw is not None
    with pytest.raises(AnalysisError, match="nothing to draw"):
        report.draw()


def test_a_covariate_is_not_the_column_of_the_centres_too() -> None:
    with pytest.raises(UsageError, match="second_line is a covariate"):
        hcc2l.cox(covariates=["second_line", "age"], frailty="second_line")
