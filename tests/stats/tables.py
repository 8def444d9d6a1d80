"""The data of R's tests of tables, by group and by pair."""

from __future__ import annotations

import csv
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.reference import cases

Floats = NDArray[np.float64]


def records(case: Any) -> list[dict[str, str]]:
    with (cases.FOLDER / case["dataset"]).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def values_by_group(case: Any) -> list[Floats]:
    """The known values of the variable in each group, in the order of its levels."""
    a = case["arguments"]
    variable, group = a["variable"], a["group"]
    return [
        np.array([float(r[variable]) for r in records(case) if r[group] == level and r[variable]])
        for level in a["variables"][group]["levels"]
    ]


def pairs(case: Any) -> tuple[Floats, Floats]:
    """The values before and after of the patients with both."""
    before, after = case["arguments"]["before"], case["arguments"]["after"]
    known = [r for r in records(case) if r[before] and r[after]]
    return (np.array([float(r[before]) for r in known]), np.array([float(r[after]) for r in known]))


def approximately(expected: dict[str, float], statistic: str) -> Any:
    """Statistic, degrees of freedom and p, within 1e-8."""
    return pytest.approx([expected[statistic], expected["df"], expected["p"]], rel=1e-8)
