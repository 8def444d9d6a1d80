"""`hcc2l cox` as a user relies on it: properties, oracles, bad input, notes, tables, figure."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.analyses.cox.cohorts import Records, cox, numbers
from tests.reports import rows_of


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
    (model,) = rows_of(report, "models")
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
    (model,) = rows_of(report, "models")
    risk = x @ np.array(numbers(report, "coef"))
    assert model["concordance"] == pytest.approx(concordance_index(time, -risk, event), rel=1e-12)
