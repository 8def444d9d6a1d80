"""Zeros at the end of printed ratios, which JSON does not keep."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hcc2l.compose.published import read_published
from hcc2l.compose.verdicts import as_printed


def values(folder: Path, **record: object) -> dict[str, str]:
    item = {"id": "x.cox.a", "source": "Table 1", **record}
    paper = {"schema": "1", "study": "x", "meta": {"short": "X"}, "cox": [item]}
    path = folder / "published.json"
    path.write_text(json.dumps(paper), encoding="utf-8")
    (read,) = read_published(path).items
    return {value.path: str(value.number) for value in read.values}


def test_a_ratio_and_its_limits_have_the_same_decimals(tmp_path: Path) -> None:
    found = values(tmp_path, hr=0.5, ci_low=0.1, ci_high=1.66, p=0.2)
    assert found == {"hr": "0.50", "ci_low": "0.10", "ci_high": "1.66", "p": "0.2"}


def test_medians_keep_their_own_decimals(tmp_path: Path) -> None:
    found = values(tmp_path, median_months=9, ci_low=6.25, ci_high=12.5)
    assert found == {"median_months": "9", "ci_low": "6.25", "ci_high": "12.5"}


@pytest.mark.parametrize(("ours", "equal"), [(0.107, False), (0.1049, True), (0.0951, True)])
def test_a_limit_is_compared_to_its_last_printed_digit(
    tmp_path: Path, ours: float, equal: bool
) -> None:
    from decimal import Decimal

    printed = Decimal(values(tmp_path, hr=0.5, ci_low=0.1, ci_high=1.66)["ci_low"])
    assert as_printed(ours, printed) is equal
