"""Cohorts with values before and after, for the tests of this folder."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def cohort(folder: Path, dictionary: str = "", **columns: Sequence[Any]) -> Path:
    """A cohort file of some columns, None where missing, with a dictionary beside it."""
    path = folder / "cohort.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["patient_id", *columns])
        rows = zip(*columns.values(), strict=True)
        writer.writerows([f"P{i:03}", *row] for i, row in enumerate(rows))
    (folder / "hcc2l.toml").write_text(dictionary, encoding="utf-8")
    return path
