"""What a user relies on in `hcc2l.km`, beside the numbers of the frozen cases."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.analyses.km.cohorts import km
from tests.reports import rows_of


@pytest.mark.parametrize("landmark", [3, 0.3])
@pytest.mark.parametrize("event", [1, 0])
def test_patients_who_leave_exactly_at_the_landmark_are_excluded(
    landmark: float, event: int, tmp_path: Path
) -> None:
    unit = landmark / 3
    at, rest = f"{landmark},{event}", "".join(f"{unit * t:g},1\n" for t in (4, 5, 6))
    report = km(tmp_path, f"time,status\n{at}\n{rest}", landmark=landmark)
    (excluded,) = report.provenance.excluded
    reason = "event" if event else "censored"
    assert (excluded.reason, excluded.rows) == (f"{reason} by the landmark, {landmark:g}", 1)
    (row,) = rows_of(report, "groups")
    assert (row["n"], row["events"]) == (3, 3)
    assert row["observed_min"] == pytest.approx(unit)  # counted from the landmark


def test_patients_who_leave_just_after_the_landmark_stay(tmp_path: Path) -> None:
    report = km(tmp_path, "time,status\n3.01,1\n4,1\n5,0\n", landmark=3)
    assert not report.provenance.excluded
    assert rows_of(report, "groups")[0]["observed_min"] == 0.01
