"""`km --nph`: the panel for two groups whose hazard ratio may change with time."""

from __future__ import annotations

import pytest

import hcc2l
from hcc2l.errors import AnalysisError, UsageError
from tests.conftest import Run, Write
from tests.reference import cases

HCC = cases.FOLDER / "data" / "hcc81.csv"
EXPECTED = cases.case("nph", "hcc81_child")["expected"]


def panel(**options: object) -> hcc2l.report.Report:
    return hcc2l.km(HCC, **({"by": "child_pugh", "nph": True, "time": "os_months",
                             "event": "death"} | options))  # type: ignore[arg-type]  # fmt: skip


def test_the_panel_is_that_of_r() -> None:
    report = panel(tau=18, at=[6, 12], split=[6])
    tests = {row["test"]: row for row in report.table("nph_tests").rows}
    for r, ours in zip(EXPECTED["fleming_harrington"], ("0-0", "1-0", "0-1", "1-1"), strict=True):
        assert tests[f"fh-{ours}"]["statistic"] == pytest.approx(r["z"], rel=1e-8)
        assert tests[f"fh-{ours}"]["p"] == pytest.approx(r["p"], rel=1e-8)
    assert tests["maxcombo"]["p"] == pytest.approx(EXPECTED["maxcombo"]["p"], rel=1e-6)
    (ratio,) = report.table("rmst_ratios").rows
    assert (ratio["group_a"], ratio["group_b"], ratio["tau"]) == ("A", "B", 18)
    for key in ("estimate", "lower", "upper", "p"):
        assert ratio[key] == pytest.approx(EXPECTED["rmst"][0]["ratio"][key], rel=1e-8)
    for row, r in zip(report.table("milestones").rows, EXPECTED["milestones"], strict=True):
        assert row["time"] == r["time"]
        assert row["difference"] == pytest.approx(r["plain"]["difference"], rel=1e-8)
        assert row["p"] == pytest.approx(r["plain"]["p"], rel=1e-8)
    early, late = report.table("piecewise").rows
    (r,) = EXPECTED["piecewise"]
    assert (early["period"], late["period"], late["end"]) == ("0–6", "after 6", None)
    assert [early["hr"], late["hr"]] == pytest.approx([i["hr"] for i in r["intervals"]], rel=1e-6)
    interaction = report.table("tests").rows[-1]
    assert interaction["test"] == "time-interaction"
    assert interaction["p"] == pytest.approx(r["interaction"]["lr"]["p"], rel=1e-6)


def test_means_are_restricted_to_where_both_groups_reach_unless_told() -> None:
    report = panel()
    (ratio,) = report.table("rmst_ratios").rows
    ends = [row["observed_max"] for row in report.table("groups").rows]
    assert ratio["tau"] == min(ends)
    assert {row["tau"] for row in report.table("rmst").rows} == {min(ends)}


def test_the_choice_of_a_test_belongs_to_the_protocol() -> None:
    note = next(n for n in panel(split=[6]).notes if n.code == "chosen-after-looking")
    assert "the times of --split" in note.text
    assert "--split" not in next(n for n in panel().notes if n.code == note.code).text


def test_the_methods_say_what_was_tested() -> None:
    text = panel(split=[6], at=[12]).methods
    assert "the MaxCombo test, the largest of the Fleming–Harrington tests" in text
    assert "Hazard ratios before and after 6 months" in text
    assert "Differences in survival at given times" in text
    assert "MaxCombo" not in hcc2l.km(HCC, by="child_pugh").methods


def test_three_groups_are_refused(write: Write) -> None:
    rows = "".join(f"{i + 1},{i % 2},{'abc'[i % 3]}\n" for i in range(30))
    path = write("three.csv", f"os_months,death,arm\n{rows}")
    with pytest.raises(AnalysisError, match="Arm has 3 groups") as error:
        hcc2l.km(path, by="arm", nph=True)
    assert "--where" in str(error.value.hint)


def test_a_split_beyond_the_last_event_is_refused() -> None:
    with pytest.raises(UsageError, match="500 has no event on one of its sides"):
        panel(split=[500])


@pytest.mark.parametrize("words", [("--split", "6", "--by", "sex"), ("--nph",)])
def test_options_that_need_another_are_refused(run: Run, words: tuple[str, ...]) -> None:
    done = run("km", *words)
    assert done.status == 2
    assert ("--nph" if "--split" in words else "--by") in done.err


def test_a_period_without_a_hazard_ratio_is_named_and_not_claimed(write: Write) -> None:
    """The only event up to 3 is in group a, so that its period has no finite hazard ratio."""
    rows = "3,1,a\n6,1,a\n6,1,b\n9,1,b\n12,0,a\n14,1,b\n15,1,a\n16,0,b\n"
    path = write("few.csv", f"os_months,death,g\n{rows}")
    report = hcc2l.km(path, by="g", nph=True, split=[3])
    notes = {note.code: note.text for note in report.notes}
    assert "0–3" in notes["period-not-estimable"]
    assert "test-not-estimable" not in notes
    assert "tested by the likelihood ratio" not in report.methods
    assert "tested by the likelihood ratio" in hcc2l.km(path, by="g", nph=True, split=[6]).methods
