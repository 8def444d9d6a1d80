"""`hcc2l psmatch` as a user relies on it: the treatment, invariance, notes, files, bad input."""

from __future__ import annotations

from pathlib import Path

import pytest

import hcc2l
from tests.analyses.psmatch.cohorts import psmatch
from tests.reports import rows_of


def test_overlap_weights_balance_every_covariate() -> None:
    report = psmatch(weighting="overlap")
    for row in report.table("balance").rows:
        assert row["smd_weighted"] == pytest.approx(0, abs=1e-6)


def test_weighted_survival_is_that_of_km_with_these_weights(tmp_path: Path) -> None:
    report = psmatch(weighting="iptw", estimand="ate", endpoint="os")
    assert report.save is not None
    (tmp_path / "w.csv").write_text(report.save())
    km = hcc2l.km(tmp_path / "w.csv", by="second_line", weights="weight")
    ours = rows_of(report, "survival", sample="weighted")
    for row, other in zip(ours, km.table("groups").rows, strict=True):
        assert [row[k] for k in ("group", "median", "lower", "upper")] == [
            other[k] for k in ("group", "median", "lower", "upper")
        ]
    (test,) = rows_of(report, "tests", sample="weighted")
    assert test["p"] == pytest.approx(km.table("tests").rows[0]["p"])
