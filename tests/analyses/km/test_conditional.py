"""`km --given`: what those who are event-free at a time may expect."""

from __future__ import annotations

import pytest

import hcc2l
from hcc2l.errors import AnalysisError, UsageError
from tests.analyses.km.cohorts import SECOND_LINE
from tests.conftest import Write

R = [57, 0.632873904916334, 0.0679885990387333, 0.512712625522963, 0.781196638400532]


def test_it_is_the_ratio_of_survival_at_the_two_times() -> None:
    report = hcc2l.km(SECOND_LINE, by="child_pugh", given=[3, 6], at=[9, 12])
    survival = {
        (row["group"], row["time"]): row["estimate"]
        for row in hcc2l.km(SECOND_LINE, by="child_pugh", at=[3, 6, 9, 12]).table("survival").rows
    }
    rows = report.table("conditional").rows
    assert len(rows) == 8
    for row in rows:
        whole, to_given = (survival[row["group"], row[key]] for key in ("time", "given"))
        assert row["estimate"] == pytest.approx(float(str(whole)) / float(str(to_given)), rel=1e-12)


def test_its_limits_are_those_of_r() -> None:
    """summary(survfit(Surv(os_months, death) ~ 1, d, start.time = 6), times = 12)."""
    (row,) = hcc2l.km(SECOND_LINE, given=[6], at=[12]).table("conditional").rows
    found = [row[key] for key in ("n_risk", "estimate", "std_err", "lower", "upper")]
    assert found == pytest.approx(R, rel=1e-8)


def test_a_time_that_is_not_later_is_refused() -> None:
    with pytest.raises(UsageError, match="6 is not after 6"):
        hcc2l.km(SECOND_LINE, given=[6], at=[6, 12])


def test_no_patient_at_risk_is_told() -> None:
    with pytest.raises(AnalysisError, match="No patient of group all is at risk after 400"):
        hcc2l.km(SECOND_LINE, given=[400], at=[500])


def test_the_methods_say_so() -> None:
    text = hcc2l.km(SECOND_LINE, given=[6], at=[12]).methods
    assert "in the patients who were event-free at 6 months." in text


def test_an_event_at_the_given_time_has_happened(write: Write) -> None:
    """Of four patients one dies at 6; of the three who live beyond it, one dies by 12."""
    path = write("four.csv", "os_months,death\n6,1\n9,1\n13,0\n14,1\n")
    (row,) = hcc2l.km(path, given=[6], at=[12]).table("conditional").rows
    assert (row["n_risk"], row["estimate"]) == (3, pytest.approx(2 / 3, rel=1e-12))
