"""Cohorts, and what is picked from their reports, for the tests of this folder."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

import hcc2l
from hcc2l.report import Report
from tests.conftest import DATA
from tests.reports import rows_of

SECOND_LINE = DATA / "second_line" / "cohort.csv"


Records = list[dict[str, str]]


few = settings(max_examples=12, deadline=None)


def records(name: str) -> Records:
    with (DATA / name).open(newline="") as file:
        return list(csv.DictReader(file))


HCC81 = [{k: v for k, v in r.items() if k != "patient_id"} for r in records("hcc81.csv")]


MODEL = {"covariates": ["treatment", "age", "albumin"], "multivariable": True}


def cox(rows: Sequence[Mapping[str, Any]], dictionary: str = "", **options: Any) -> Report:
    """The analysis of some rows, by way of a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "cohort.csv")
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        Path(folder, "hcc2l.toml").write_text(dictionary)
        return hcc2l.cox(path, **options)


def numbers(report: Report, *keys: str) -> list[float]:
    return [row[key] for row in rows_of(report, "terms") for key in keys]


def essentials(report: Report) -> list[float]:
    """What must not change: coefficients and their tests, the model's tests, concordance."""
    (model,) = rows_of(report, "models")
    keys = ("loglik", "lr_statistic", "score_statistic", "concordance", "concordance_std_err")
    return numbers(report, "coef", "std_err", "statistic", "p") + [model[key] for key in keys]


def close(values: Sequence[float]) -> Any:
    return pytest.approx(values, rel=1e-8, abs=1e-10)
