"""Who is treated and who is a control: `--treat` as a level, a column, or both."""

from __future__ import annotations

import pytest

import hcc2l
from tests.analyses.psmatch.cohorts import psmatch
from tests.conftest import Write


@pytest.mark.parametrize(
    ("treat", "control", "expected"),
    [
        ("sorafenib", None, ("sorafenib", "lenvatinib")),
        ("second_line=lenvatinib", None, ("lenvatinib", "sorafenib")),
        ("Second_Line = 'lenvatinib'", None, ("lenvatinib", "sorafenib")),
        ("second_line", None, ("sorafenib", "lenvatinib")),
        ("second_line", "sorafenib", ("lenvatinib", "sorafenib")),
        ("regorafenib", "sorafenib", ("regorafenib", "sorafenib")),
        ("centre=Centre 2", "Centre 3", ("Centre 2", "Centre 3")),
        ("sex", None, ("male", "female")),
        ("primary_resistance", None, ("1", "0")),
    ],
)
def test_who_is_treated(treat: str, control: str | None, expected: tuple[str, str]) -> None:
    report = psmatch(treat=treat, control=control, covariates=["age"], caliper="none")
    assert (
        report.provenance.settings["treated"],
        report.provenance.settings["control"],
    ) == expected


def test_patients_with_a_third_treatment_are_excluded_and_counted() -> None:
    report = psmatch(treat="Centre 1", control="Centre 2", covariates=["age"])
    reasons = {e.reason: e.rows for e in report.provenance.excluded}
    assert reasons == {"centre neither Centre 1 nor Centre 2": 126 - report.provenance.analysed}


def test_a_column_and_level_win_over_a_cell_that_reads_alike(write: Write) -> None:
    rows = "".join(
        f"{'ab'[i % 2]},{'drug=a' if i % 3 else 'other'},{i * 7 % 10},{i + 1},{i % 3 % 2}\n"
        for i in range(24)
    )
    path = write("cohort.csv", f"drug,note,x,time,status\n{rows}")
    report = hcc2l.psmatch(path, treat="drug=a", covariates=["x"], caliper="none")
    settings = report.provenance.settings
    assert (settings["treatment"], settings["treated"]) == ("drug", "a")
