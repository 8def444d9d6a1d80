"""`psmatch` in imputed data sets: matched in each, the hazard ratio pooled as in R."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hcc2l
from hcc2l.errors import UsageError
from tests.analyses.regression.test_pooled import files_of
from tests.reference import cases
from tests.reports import codes, rows_of


@pytest.mark.parametrize("case_id", ["match_hcc160_m10", "match_hcc130_m20"])
def test_matching_in_each_set_and_the_pooled_ratio_are_those_of_r(
    case_id: str, tmp_path: Path
) -> None:
    case = cases.case("pooling", case_id)
    arguments, expected = case["arguments"], case["expected"]
    cohort, imputed = files_of(case, tmp_path)
    report = hcc2l.psmatch(
        cohort, time=arguments["time"], event=f"{arguments['event']}={arguments['event_value']}",
        treat=f"{arguments['treatment']}={arguments['treated_value']}",
        covariates=arguments["covariates"], distance="propensity",
        caliper=arguments["caliper"] or "none", imputations=str(imputed),
    )  # fmt: skip
    matched = [row["n_matched_treated"] for row in rows_of(report, "matching")]
    assert matched == expected["n_pairs"]
    (effect,) = rows_of(report, "effects", sample="after", model="cox-cluster")
    pooled = expected["pooled"]
    found = {
        "coef": pooled["estimate"], "robust_std_err": pooled["se"], "df": pooled["df"],
        "p": pooled["p"], "fmi": pooled["fmi"], "hr": expected["hr"],
        "lower": expected["hr_lower"], "upper": expected["hr_upper"],
    }  # fmt: skip
    for key, value in found.items():
        assert effect[key] == pytest.approx(value, rel=1e-6), key
    for row in rows_of(report, "balance"):
        mean = expected["smd_mean_after"].get(row["variable"])
        if row["level"] is None and mean is not None:
            assert abs(row["smd_after"]) == pytest.approx(abs(mean), rel=1e-6)
            largest = expected["smd_max_abs_after"][row["variable"]]
            assert row["smd_max_after"] == pytest.approx(largest, rel=1e-6)


OPTIONS: dict[str, Any] = {"treat": "lenvatinib", "covariates": ["age", "child_pugh", "crp"]}


def test_all_patients_can_be_matched_and_the_balance_is_the_mean_of_the_sets() -> None:
    complete = hcc2l.psmatch(**OPTIONS)
    report = hcc2l.psmatch(**OPTIONS, impute=5)
    assert report.provenance.analysed > complete.provenance.analysed
    assert len(rows_of(report, "matching")) == 5
    assert report.draw is not None
    report.draw()
    smd = [row["smd_before"] for row in rows_of(report, "balance", variable="age")]
    assert np.isfinite(smd).all()


def test_nothing_missing_is_the_ordinary_matching() -> None:
    options = OPTIONS | {"covariates": ["age", "child_pugh"]}
    report, plain = hcc2l.psmatch(**options, impute=5), hcc2l.psmatch(**options)
    assert report.table("effects").rows == plain.table("effects").rows
    assert "nothing-imputed" in codes(report)


def test_saving_the_matched_patients_of_several_sets_is_refused() -> None:
    report = hcc2l.psmatch(**OPTIONS, impute=3)
    assert report.save is not None
    with pytest.raises(UsageError, match="differ between the imputed data sets"):
        report.save()
