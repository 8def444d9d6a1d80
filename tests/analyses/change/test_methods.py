"""The methods paragraph of `hcc2l change` says what was done, and cites it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import hcc2l
from tests.analyses.change.cohorts import cohort

COLUMNS: dict[str, Any] = {
    "afp": [100.5, 200, 300, 400, 500, 1000], "afp_later": [90, 150, 350, 300, 450, 1600],
    "ascites": ["no", "no", "no", "yes", "yes", "no"],
    "ascites_later": ["no", "yes", "yes", "yes", "no", "no"],
    "grade": ["1", "2", "x", "1", "2", "x"], "grade_later": ["2", "x", "x", "1", "1", "x"],
    "arm": ["A", "B", "A", "B", "A", "B"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("column", "words", "cited"),
    [
        ("afp", "Wilcoxon signed-rank test", ["Wilcoxon F", "Hodges JL"]),
        ("ascites", "McNemar's test", ["McNemar Q"]),
        ("grade", "Stuart–Maxwell test", ["Stuart A", "Maxwell AE"]),
    ],
)
def test_the_tests_of_each_kind_are_named_and_cited(
    tmp_path: Path, column: str, words: str, cited: list[str]
) -> None:
    path = cohort(tmp_path, **COLUMNS)
    report = hcc2l.change(path, before=column, after=f"{column}_later")
    assert words in report.methods
    assert [r.split(".")[0].split(",")[0] for r in report.references] == cited
    tests = ("Wilcoxon signed-rank", "McNemar", "Stuart–Maxwell")
    assert sum(test in report.methods for test in tests) == 1
    assert all("doi:10." in reference for reference in report.references)


def test_cuts_groups_and_their_comparison_are_reported(tmp_path: Path) -> None:
    path = cohort(tmp_path, '[columns.afp]\nlabel = "AFP"\nunit = "ng/mL"\n', **COLUMNS)
    text = hcc2l.change(
        path, before="afp", after="afp_later", by="arm", cut="400", conf_level=0.9
    ).methods  # fmt: skip
    assert text.startswith(
        "Values before and after (AFP and AFP later) were compared within patients, in those with "
        "both values, separately by arm."
    )
    assert "AFP, ng/mL, was also divided into the classes <400 and ≥400." in text
    assert "with 90% confidence intervals" in text
    assert "Changes were compared between the groups by the Mann–Whitney test." in text


def test_the_footer_names_the_columns(tmp_path: Path) -> None:
    path = cohort(tmp_path, **COLUMNS)
    report = hcc2l.change(path, before=["afp", "grade"], after=["afp_later", "grade_later"])
    assert report.provenance.footer[1].startswith("afp → afp_later and grade → grade_later; ")
