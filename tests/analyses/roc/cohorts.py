"""Cohorts, and what is picked from their reports, for the tests of this folder."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from hcc2l.report import Row
from tests.conftest import DATA

HCC, HCC81 = DATA / "hcc424.csv", DATA / "hcc81.csv"


SECOND_LINE = DATA / "second_line" / "cohort.csv"


RESISTANCE: dict[str, Any] = {"outcome": "primary_resistance"}


def records_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def value(row: Row, key: str) -> float:
    found = row[key]
    assert isinstance(found, (int, float)), key
    return float(found)


def cohort(folder: Path, records: list[dict[str, Any]], dictionary: str = "") -> Path:
    """A cohort file with a dictionary beside it."""
    path = folder / "cohort.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(records[0]))
        writer.writeheader()
        writer.writerows(records)
    (folder / "hcc2l.toml").write_text(dictionary)
    return path


def with_gaps(records: list[dict[str, Any]], seed: int, *names: str) -> list[dict[str, Any]]:
    """The patients, in a fifth of whom each of these columns is missing, independently."""
    rng = np.random.default_rng(seed)
    return [row | {name: "" for name in names if rng.random() < 0.2} for row in records]


def patients(n: int = 60, seed: int = 2, **columns: Callable[[int], Any]) -> list[dict[str, Any]]:
    """Synthetic patients with AFP, albumin, lymphocytes, an outcome and survival."""
    rng = np.random.default_rng(seed)
    found = []
    for i in range(n):
        afp = float(np.round(np.exp(rng.normal(5, 2)), 1))
        time = float(np.round(rng.exponential(14), 1)) + 0.1
        row = {
            "patient_id": f"P{i:03}", "afp": afp, "albumin": round(float(rng.normal(37, 4)), 1),
            "lymphocytes": round(float(np.exp(rng.normal(0.2, 0.3))), 2),
            "pd": int(rng.random() < 0.3 + 0.04 * np.log(afp)), "os_months": time,
            "death": int(rng.random() < 0.7),
        }  # fmt: skip
        found.append(row | {name: make(i) for name, make in columns.items()})
    return found
