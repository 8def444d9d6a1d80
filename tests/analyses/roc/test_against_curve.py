"""What a cut-off loses against the curve of its marker (`--marker afp@rcs4`)."""

from __future__ import annotations

from typing import Any

import pytest

import hcc2l
from hcc2l.errors import AnalysisError, InputError
from tests.analyses.roc.cohorts import RESISTANCE
from tests.conftest import DATA, Write
from tests.reference import cases
from tests.reports import rows_of

HCC = DATA / "hcc424t.csv"
OF_R = cases.load("spline_groups")["loss"]


def loss(**options: Any) -> Any:
    (row,) = rows_of(hcc2l.roc(HCC, **options), "cutoff_loss")
    return row


def test_the_likelihoods_of_a_cut_off_and_a_curve_are_those_of_r() -> None:
    report = hcc2l.roc(
        HCC, marker="afp@rcs4", outcome="primary_resistance", at_cut=["afp@rcs4=400"],
        where=["child_pugh present"],
    )  # fmt: skip
    (row,) = rows_of(report, "cutoff_loss", criterion="fixed")
    assert row["n"] == OF_R["n"]
    assert row["loglik_cut"] == pytest.approx(OF_R["logistic"]["cut"], rel=1e-8)
    assert row["loglik_curve"] == pytest.approx(OF_R["logistic"]["curve"], rel=1e-8)
    assert row["aic_curve"] == pytest.approx(8 - 2 * OF_R["logistic"]["curve"], rel=1e-8)
    lost = [row[key] - row["loglik_null"] for key in ("loglik_cut", "loglik_curve")]
    assert row["retained"] == pytest.approx(lost[0] / lost[1])


def test_each_cut_off_has_a_row_and_the_rest_is_that_of_the_column() -> None:
    options: dict[str, Any] = {"outcome": "primary_resistance", "at_cut": []}
    report = hcc2l.roc(HCC, marker=["afp@rcs4", "albumin"], **options)
    plain = hcc2l.roc(HCC, marker=["afp", "albumin"], **options)
    chosen = rows_of(report, "cutoffs", marker="afp@rcs4")
    assert [row["marker"] for row in report.table("cutoff_loss").rows] == ["afp@rcs4"] * len(chosen)
    assert [r["auc"] for r in rows_of(report, "markers")] == [
        r["auc"] for r in rows_of(plain, "markers")
    ]
    assert "cutoff_loss" not in {table.name for table in plain.tables}


@pytest.mark.parametrize("term", ["afp@rcs4", "afp@log2@rcs3"])
@pytest.mark.parametrize("options", [{"criterion": "maxstat"}, {"at": 12.0, "boot": 0}], ids=str)
def test_a_survival_endpoint_has_cox_models(options: dict[str, Any], term: str) -> None:
    row = loss(marker=term, **options)
    sign = ">" if "criterion" in options else ">="
    for key, text in {"curve": term, "cut": f"afp{sign}{row['threshold']}"}.items():
        model = hcc2l.cox(HCC, covariates=[text], univariable=True).table("models").rows[0]
        assert row[f"loglik_{key}"] == pytest.approx(model["loglik"], rel=1e-8)
        assert row[f"aic_{key}"] == pytest.approx(model["aic"], rel=1e-8)
    assert (row["n"], row["events"]) == (model["n"], model["events"])


def test_a_marker_of_which_low_values_are_positive_is_cut_on_that_side() -> None:
    report = hcc2l.roc(HCC, marker="albumin@rcs3", outcome="primary_resistance",
                       direction="lower", at_cut=["albumin@rcs3=36.9"])  # fmt: skip
    (row,) = rows_of(report, "cutoff_loss", criterion="fixed")
    low = "albumin<=36.9"
    model = hcc2l.logistic(HCC, outcome="primary_resistance", covariates=[low], univariable=True)
    assert row["loglik_cut"] == pytest.approx(model.table("models").rows[0]["loglik"], rel=1e-8)


def test_the_methods_say_what_the_cut_off_was_compared_with() -> None:
    text = hcc2l.roc(HCC, marker="afp@rcs4", criterion="maxstat").methods
    assert "What is lost by cutting AFP was assessed in Cox regression" in text


def test_a_marker_with_too_few_values_or_without_logarithm_is_refused(write: Write) -> None:
    with pytest.raises(AnalysisError, match="needs at least 5 different values"):
        hcc2l.roc(HCC, marker="ecog@rcs4", **RESISTANCE)
    path = write("zero.csv", HCC.read_text().replace(",227.4,", ",0,"))
    with pytest.raises(InputError, match="logarithm of afp does not exist"):
        hcc2l.roc(path, marker="afp@log2@rcs4", **RESISTANCE)
