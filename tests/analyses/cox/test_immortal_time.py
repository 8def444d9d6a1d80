"""Simulated cohorts with a known truth: an exposure without effect, and one with an effect."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

import hcc2l
from hcc2l.stats.tails import normal_quantile

PATIENTS, COHORTS = 400, 150


def cohort(path: Path, seed: int, log_ratio: float) -> Path:
    """Deaths at rate 1/12 a month, times exp(log_ratio) once exposed; exposure at rate 1/8."""
    draw = np.random.default_rng(seed)
    begins, rate = draw.exponential(8.0, PATIENTS), 1 / 12
    before = draw.exponential(1 / rate, PATIENTS)
    after = begins + draw.exponential(1 / (rate * math.exp(log_ratio)), PATIENTS)
    death = np.where(before < begins, before, after)
    censored = draw.uniform(6, 36, PATIENTS)
    time, event = np.minimum(death, censored), death <= censored
    begins = np.where(begins < time, begins, np.nan)
    rows = "\n".join(
        f"{t:.6f},{int(e)},{'' if math.isnan(x) else f'{x:.6f}'}"
        for t, e, x in zip(time, event, begins, strict=True)
    )
    path.write_text(f"time,death,begins\n{rows}\n")
    return path


@pytest.mark.slow
@pytest.mark.parametrize("log_ratio", [0.0, math.log(0.6)])
def test_the_naive_analysis_is_biased_and_the_time_dependent_one_is_not(
    tmp_path: Path, log_ratio: float
) -> None:
    found: dict[str, list[float]] = {"naive": [], "landmark": [], "time-dependent": []}
    covered = 0
    for seed in range(COHORTS):
        report = hcc2l.cox(
            cohort(tmp_path / "cohort.csv", seed, log_ratio), time="time", event="death",
            when="drug=begins", covariates=["drug"], multivariable=True, landmark=[6],
        )  # fmt: skip
        for row in report.table("exposures").rows:
            found[str(row["analysis"])].append(math.log(float(str(row["hr"]))))
        last = report.table("exposures").rows[-1]
        covered += float(str(last["lower"])) <= math.exp(log_ratio) <= float(str(last["upper"]))
    mean = {name: float(np.mean(values)) for name, values in found.items()}
    error = {name: float(np.std(values)) / math.sqrt(COHORTS) for name, values in found.items()}
    wide = normal_quantile(0.9999)
    assert abs(mean["time-dependent"] - log_ratio) < wide * error["time-dependent"]
    assert covered >= 0.88 * COHORTS  # of 95% intervals; 0.88 is four standard errors below
    assert mean["naive"] < log_ratio - 0.5
    if log_ratio == 0:  # who is exposed after the landmark makes the two groups more alike
        assert abs(mean["landmark"]) < wide * error["landmark"]
    else:
        assert log_ratio < mean["landmark"] < 0
