"""What is remarkable in the variables and in their tests, as values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hcc2l.analyses.table1.comparisons import Comparison
from hcc2l.analyses.table1.data import Table1Data
from hcc2l.analyses.table1.variables import Variable
from hcc2l.stats.counts import SMALL_EXPECTED, expected_counts, without_empty

MANY_TESTS = 10


def small_expected(comparisons: Sequence[Comparison]) -> list[str]:
    """The variables of which a chi-square test has an expected count below 5."""
    found = []
    for one in comparisons:
        if one.counts is None or one.test is None or np.isnan(one.test.p):
            continue
        of_chi_square = one.test.name in ("chi-square", "chi-square-yates")
        if of_chi_square and (expected_counts(without_empty(one.counts)) < SMALL_EXPECTED).any():
            found.append(one.variable.text)
    return found


def overlapping_levels(data: Table1Data) -> list[tuple[Variable, list[str]]]:
    """Variables with levels below several of their levels, with the patients in each."""
    found = []
    for variable in data.variables:
        inner = variable.nested
        if inner is None:
            continue
        assert variable.codes is not None
        assert inner.codes is not None
        known = (variable.codes >= 0) & (inner.codes >= 0)
        table = np.zeros((len(inner.levels), len(variable.levels)), dtype=np.int64)
        np.add.at(table, (inner.codes[known], variable.codes[known]), 1)
        overlap = [
            f"{level} ({', '.join(f'{n} in {v}' for n, v in _used(row, variable.levels))})"
            for level, row in zip(inner.levels, table.tolist(), strict=True)
            if sum(n > 0 for n in row) > 1
        ]
        if overlap:
            found.append((variable, overlap))
    return found


def _used(counts: Sequence[int], levels: Sequence[str]) -> list[tuple[int, str]]:
    return [(n, level) for n, level in zip(counts, levels, strict=True) if n]


def numbers_as_levels(data: Table1Data) -> list[str]:
    """The columns of numbers that are shown as levels because they have few values."""
    return [v.text for v in data.variables if v.few_numbers and v.yes is None]
