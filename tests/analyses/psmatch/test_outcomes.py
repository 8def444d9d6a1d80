"""`hcc2l psmatch` as a user relies on it: the treatment, invariance, notes, files, bad input."""

from __future__ import annotations

import re

import pytest

import hcc2l
from tests.analyses.psmatch.cohorts import LALONDE, SMALL, WORKERS, psmatch
from tests.conftest import Write
from tests.reports import codes, note


def test_variance_ratios_are_shown_for_numbers_and_noted_beyond_cobalts_limits() -> None:
    """R: var(age[arm == "new"]) / var(age[arm == "old"]); cobalt flags what is outside 0.5-2."""
    report = hcc2l.psmatch(SMALL / "variance_ratio.csv", treat="arm=new", covariates=["age"])
    (row,) = report.table("balance").rows
    assert row["variance_ratio_before"] == pytest.approx(0.0752227744657869, rel=1e-10)
    headers = [column.header for column in report.table("balance").columns]
    assert headers == ["Variable", "Level", "SMD", "Variance ratio", "Matched SMD",
                       "Matched variance ratio"]  # fmt: skip
    text = note(report, "variance-ratio")
    assert re.search(r"\| 0\.063 +\| +0\.075 +\|", str(hcc2l.render_report(report, "md")))
    assert "Variance ratios outside 0.5–2: before matching, Age (0.0752). The" in text


def test_levels_have_no_variance_ratio_and_no_column_of_it() -> None:
    text = str(hcc2l.render_report(psmatch(covariates=["age", "sex"]), "md"))
    balance = text.partition("**Balance**")[2].partition("**Overlap")[0]
    (sex,) = (line for line in balance.splitlines() if "male" in line and "female" not in line)
    assert sex.replace(" ", "").count("|–|") == 2
    assert "NE" not in balance
    report = psmatch(covariates=["sex", "child_pugh"], weighting="overlap")
    headers = [column.header for column in report.table("balance").columns]
    assert headers == ["Variable", "Level", "SMD", "Matched SMD", "Weighted SMD"]
    assert report.table("balance").footnotes == ()
    assert "variance-ratio" not in codes(report)


@pytest.mark.parametrize(
    ("spread", "noted"),
    [(1.0, False), (1.4, False), (1.42, True), (0.71, False), (0.7, True)],
)
def test_a_variance_ratio_is_noted_below_a_half_and_above_two(
    spread: float, noted: bool, write: Write
) -> None:
    """The standard deviation of the treated is `spread` times that of the controls."""
    x = [(i * 7 % 20) - 9.5 for i in range(20)]
    lines = ["drug,x", *(f"a,{v * spread}" for v in x), *(f"b,{v}" for v in x)]
    path = write("c.csv", "\n".join(lines))
    report = hcc2l.psmatch(path, treat="drug=a", covariates=["x"], caliper="none")
    (row,) = report.table("balance").rows
    assert row["variance_ratio_before"] == pytest.approx(spread**2)
    assert ("variance-ratio" in codes(report)) == noted


def test_controls_that_are_matched_twice_are_noted() -> None:
    report = psmatch(replace=True)
    uses: dict[str, int] = {}
    for pair in report.table("pairs").rows:
        uses[str(pair["control"])] = uses.get(str(pair["control"]), 0) + 1
    reused = sum(n > 1 for n in uses.values())
    text = f"{reused} controls were matched to more than one treated patient, up to "
    assert f"{text}{max(uses.values())} times." in note(report, "controls-reused")
    assert "controls-reused" not in codes(psmatch())
    lalonde = hcc2l.psmatch(LALONDE, **WORKERS, replace=True)  # no outcome, no standard error
    assert "controls-reused" not in codes(lalonde)
