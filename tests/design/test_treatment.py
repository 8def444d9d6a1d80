"""Who is treated and who is a control: `--treat` as a level, a column, or both."""

from __future__ import annotations

import pytest

from tests.analyses.psmatch.cohorts import psmatch


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
