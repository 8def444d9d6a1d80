"""What a user relies on in `hcc2l.km`, beside the numbers of the frozen cases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import hcc2l
from hcc2l.render import render_report
from hcc2l.report import Report
from tests.analyses.km.cohorts import DATA, SECOND_LINE, km
from tests.reports import codes, note, rows_of


def test_several_tests_of_one_question_are_counted() -> None:
    both = hcc2l.km(SECOND_LINE, by="bclc", strata="sex", trend=True)
    assert note(both, "multiple-tests").startswith("3 tests address the same question")
    assert "multiple-tests" not in codes(hcc2l.km(SECOND_LINE, by="bclc"))
    competing: dict[str, Any] = {"endpoint": "ttp", "competing": "death", "by": "bclc"}
    assert "multiple-tests" not in codes(hcc2l.km(SECOND_LINE, **competing))
    apart = hcc2l.km(DATA / "disjw.csv", by="arm", where=["arm in A,B"], strata="centre")
    assert "multiple-tests" not in codes(apart)  # the stratified test is not possible


def test_pairs_without_adjustment_are_counted() -> None:
    options: dict[str, Any] = {"by": "arm", "strata": "centre", "pairwise": True}
    report = hcc2l.km(DATA / "disjw.csv", adjust="none", **options)
    assert note(report, "multiple-tests").startswith("2 pairs were tested without adjustment")
    adjusted = hcc2l.km(SECOND_LINE, by="etiology", pairwise=True)
    assert "multiple-tests" not in codes(adjusted)
    one = hcc2l.km(SECOND_LINE, by="bclc", pairwise=True, adjust="none")
    assert "multiple-tests" not in codes(one)


def test_tests_and_pairs_that_are_not_possible_are_named() -> None:
    report = hcc2l.km(
        DATA / "disjw.csv", by="arm", where=["arm in A,B"], strata="centre", pairwise=True
    )
    assert note(report, "test-not-estimable") == (
        "No test is possible for: Log-rank, stratified; A versus B. At no event time were "
        "these groups at risk together in the same stratum with any patient remaining event-free. "
        "Combine groups or strata."
    )


def crossing(folder: Path, **options: Any) -> Report:
    """Arm B dies first at 1 to 3 months, arm A after 6."""
    early = [1, 2, 3] * 5 + [12 + i for i in range(15)]
    late = [6 + i / 10 for i in range(28)] + [13, 14]
    text = "time,status,arm\n" + "".join(f"{t},1,B\n" for t in early)
    return km(folder, text + "".join(f"{t},1,A\n" for t in late), by="arm", **options)


def test_curves_that_cross_give_a_note_with_the_time_and_advice(tmp_path: Path) -> None:
    text = note(crossing(tmp_path), "curves-cross")
    assert text.startswith("The curves of A and B cross near 7.4: ")
    assert "Compare restricted means as well (--tau T), or plan a weighted test" in text
    fh = note(crossing(tmp_path, test=["fh"], gamma=1), "curves-cross")
    assert fh.endswith("Compare restricted means as well (--tau T).")
    tau = note(crossing(tmp_path, tau=10), "curves-cross")
    assert tau.endswith("Plan a weighted test (--test fh --rho 0 --gamma 1 for late differences).")
    both = note(crossing(tmp_path, tau=10, test=["fh"], gamma=1), "curves-cross")
    assert both.endswith("may miss such a difference.")


def test_curves_of_few_events_do_not_give_a_note_of_crossing(tmp_path: Path) -> None:
    report = crossing(tmp_path, where=["time>=2.5"])  # 20 events in arm B
    assert "curves-cross" in codes(report)
    text = (tmp_path / "cohort.csv").read_text().splitlines()
    few = [text[0], *text[1:20:3], text[20], text[21], *text[31:]]  # 9 events in arm B
    assert sum(line.endswith("B") for line in few) == 9
    assert "curves-cross" not in codes(km(tmp_path, "\n".join(few) + "\n", by="arm"))


def test_a_competing_event_has_no_median_and_a_note() -> None:
    report = hcc2l.km(SECOND_LINE, endpoint="ttp", competing="death")
    assert rows_of(report, "groups")[0]["median"] is None
    assert "competing-risks" in codes(report)
    assert "competing-risks" not in codes(hcc2l.km(SECOND_LINE, endpoint="ttp"))


def test_events_and_competing_events_are_counted_by_group() -> None:
    report = hcc2l.km(SECOND_LINE, endpoint="ttp", competing="death", by="second_line")
    counts = [(row["n"], row["events"], row["competing_events"])
              for row in report.table("groups").rows]  # fmt: skip
    assert counts == [(40, 35, 1), (86, 72, 7)]  # of the file: pfs_months, progression, death


def test_restricted_means_are_displayed_with_two_decimals() -> None:
    text = str(render_report(hcc2l.km(SECOND_LINE, tau=12.0, by="bclc"), "md"))
    assert "| 8.66 (6.49–10.82) |" in " ".join(text.split())
    assert "| −1.07 (−3.37 to 1.23) | 0.360 |" in " ".join(text.split())


def test_times_out_of_order_give_a_note() -> None:
    assert "the times 12, 5, which are not in ascending order" in note(
        hcc2l.km(SECOND_LINE, at=[12, 5]), "times-unordered"
    )
    assert "times-unordered" not in codes(hcc2l.km(SECOND_LINE, at=[5, 12]))


def test_the_title_says_the_endpoint_the_groups_and_the_landmark() -> None:
    name = "Second-line HCC after atezolizumab/bevacizumab (synthetic)"
    plain = hcc2l.km(SECOND_LINE, by="child_pugh", landmark=3.0)
    assert plain.title == (
        f"Overall survival by Child-Pugh class, from a landmark at 3 months — {name}"
    )
    incidence = hcc2l.km(SECOND_LINE, endpoint="ttp", competing="death")
    assert incidence.title == f"Cumulative incidence of progression — {name}"


def footnotes(report: Report, table: str) -> str:
    return " ".join(report.table(table).footnotes)


def test_footnotes_say_where_follow_up_ends(tmp_path: Path) -> None:
    text = "time,status,g\n1,1,short\n2,0,short\n3,0,short\n2,1,long\n5,1,long\n9,0,long\n"
    text += "2,1,gone\n4,1,gone\n6,1,gone\n"
    to_nine = km(tmp_path, text, by="g", at=[3], tau=9)
    assert footnotes(to_nine, "survival") == ""
    # Nobody of "gone" is left: the curve is 0, whatever happens later.
    assert footnotes(to_nine, "rmst") == (
        "Follow-up ends before 9 in short; the curve is carried forward."
    )
    assert footnotes(km(tmp_path, text, by="g", tau=3), "rmst") == ""
    assert "carried forward" in footnotes(km(tmp_path, text, by="g", at=[3, 3.5]), "survival")
    options: dict[str, Any] = {"time": "time", "event": "status=1", "competing": "status=2"}
    competing = text.replace("9,0,long", "9,2,long")
    ended = km(tmp_path, competing, by="g", at=[6.5], **options)
    assert footnotes(ended, "cumulative_incidence") == (
        "Not estimable after the end of follow-up: gone, short."
    )
    assert footnotes(km(tmp_path, competing, by="g", at=[3], **options),
                     "cumulative_incidence") == ""  # fmt: skip


def test_parametric_models_refuse_times_of_zero(tmp_path: Path) -> None:
    text = "time,status\n0,1\n0,0\n1,1\n2,1\n"
    with pytest.raises(hcc2l.errors.AnalysisError, match="2 patients have a time of 0") as refused:
        km(tmp_path, text, parametric=["weibull"])
    assert "--where 'time>0'" in str(refused.value.hint)
    with pytest.raises(hcc2l.errors.AnalysisError, match="1 patient has a time of 0"):
        km(tmp_path, text, parametric=["weibull"], where=["status==1"])
    fitted = km(tmp_path, text, parametric=["weibull"], where=["time>0"])
    assert len(fitted.table("parametric").rows) == 1


def test_the_best_model_is_the_one_with_the_smallest_aic() -> None:
    options: dict[str, Any] = {"by": "child_pugh"}
    families = ["exponential", "weibull", "lognormal", "loglogistic"]
    every = hcc2l.km(SECOND_LINE, parametric=families, **options)
    best = hcc2l.km(SECOND_LINE, parametric=["best"], **options)
    for level in ("A", "B"):
        fits = sorted(rows_of(every, "parametric", group=level), key=lambda row: row["aic"])
        assert rows_of(best, "parametric", group=level) == fits[:1]
