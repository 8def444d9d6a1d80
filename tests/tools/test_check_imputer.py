"""The imputer agrees with R's mice on simulated cohorts with known Cox coefficients."""

from __future__ import annotations

import csv
import gzip
import json
from typing import Any

import numpy as np
import pytest

from tools import check_imputer as check


def test_the_cohorts_have_the_gaps_of_their_design() -> None:
    expected = json.loads((check.REFERENCE / "imputer.json").read_text())
    with gzip.open(check.REFERENCE / "data" / "imputer_cohorts.csv.gz", "rt") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == expected["cohorts"] * expected["patients"]
    for name, share in expected["missing"].items():
        assert np.mean([row[name] == "" for row in rows]) == pytest.approx(share)


def test_the_rule_refuses_an_imputer_that_shrinks_effects() -> None:
    """The estimates of mice itself pass; halved ones do not."""
    reference = json.loads((check.REFERENCE / "imputer.json").read_text())
    of = {key: np.array([reference["mice"][t][key] for t in check.TERMS])
          for key in ("bias", "empirical_se", "model_se", "mean_fmi")}  # fmt: skip
    true = np.array([reference["true"][t] for t in check.TERMS])
    spread = np.linspace(-1.72, 1.72, 200)  # SD 1

    def found(shrinkage: float) -> list[check.Pooled]:
        return [
            check.Pooled(shrinkage * (true + of["bias"]) + z * of["empirical_se"], of["model_se"],
                         np.full(9, 1e6), of["mean_fmi"])
            for z in spread
        ]  # fmt: skip

    assert all(row["passes"] for row in check.judged(found(1.0)))
    assert not all(row["passes"] for row in check.judged(found(0.5)))


@pytest.mark.slow
def test_forty_cohorts_differ_from_mice_by_chance_alone() -> None:
    found = [
        check.pooled(columns, sets=10, iterations=10, seed=[2024, k])
        for k, columns in enumerate(check.cohorts(40))
    ]
    rows: list[dict[str, Any]] = check.judged(found)
    for row in rows:  # of 40 cohorts, 3 standard errors of the mean
        assert abs(row["bias"]) < 3 * row["empirical SE"] / np.sqrt(40) + abs(row["mice bias"])
        assert row["fmi"] == pytest.approx(row["mice fmi"], abs=0.06)
        assert 0.75 < row["model / empirical"] < 1.4
        assert row["coverage"] >= 0.85
