"""What `hcc2l validate` remarks, and its methods."""

from __future__ import annotations

from pathlib import Path

import hcc2l
from tests.analyses.validate.cohorts import HCC, codes, measured, model_file, note, validated
from tests.conftest import DATA, Write

HCC81 = DATA / "hcc81.csv"


def test_a_score_has_no_calibration_and_that_is_said() -> None:
    report = validated(score=["points"], at=[12])
    assert "predicts no risk" in note(report, "no-absolute-risk")
    tables = [table.name for table in report.tables]
    assert not {"calibration", "net_benefit", "recalibration"} & set(tables)
    measures = {row["measure"] for row in report.table("performance").rows}
    assert measures == {"c-harrell", "c-uno", "auc"}


def test_a_time_without_a_baseline_is_told_and_the_other_is_judged(tmp_path: Path) -> None:
    report = validated(model=[model_file(tmp_path)], at=[12, 24])
    text = note(report, "no-baseline")
    assert "at 6 and 12 months" in text
    assert "by 24 months" in text
    rows = measured(report, "paper")
    assert ("brier", 12.0) in rows
    assert ("brier", 24.0) not in rows
    assert ("auc", 24.0) in rows


def test_another_endpoint_is_told(tmp_path: Path) -> None:
    path = model_file(tmp_path, endpoint="Time to progression")
    assert "Time to progression" in note(validated(model=[path]), "endpoint-differs")
    same = model_file(tmp_path, "same", endpoint="overall survival")
    assert "endpoint-differs" not in codes(validated(model=[same]))


def test_a_unit_that_the_cohort_does_not_state_is_told(tmp_path: Path) -> None:
    path = model_file(tmp_path, terms=[{"term": "age", "unit": "months", "coef": 0.02}])
    assert "age in months" in note(validated(HCC81, model=[path]), "unit-assumed")


def test_risks_that_are_too_high_are_told_with_what_corrects_them(tmp_path: Path) -> None:
    path = model_file(tmp_path, baseline={"time": [12], "survival": [0.01]})
    text = note(validated(model=[path], at=[12]), "miscalibrated")
    assert "too high" in text
    assert "recalibration" in text


def protective(write: Write, sign: int) -> hcc2l.Report:
    rows = "".join(f"{30 + sign * i},{i},1\n" for i in range(1, 25))
    return hcc2l.validate(write("c.csv", "score,os_months,death\n" + rows), score=["score"])


def test_a_score_that_is_read_the_wrong_way_round_is_told(write: Write) -> None:
    assert "0.000 is 1.000" in note(protective(write, 1), "score-reversed")
    assert "score-reversed" not in codes(protective(write, -1))


def test_groups_that_are_not_in_order_are_told(write: Write) -> None:
    times = {"A": 20, "B": 5, "C": 12}
    rows = "".join(f"{g},{t + 4 * i},1\n" for g, t in times.items() for i in range(8))
    report = hcc2l.validate(write("c.csv", "stage,os_months,death\n" + rows), score=["stage"])
    assert "does not worsen from B to C" in note(report, "not-monotone")
    levels = [(row["level"], row["hr"]) for row in report.table("score_groups").rows]
    assert [level for level, _ in levels] == ["A", "B", "C"]
    assert levels[0][1] == 1
    assert levels[1][1] > 1 > levels[2][1]  # type: ignore[operator]


def test_few_events_and_few_at_risk_are_told() -> None:
    report = validated(HCC81, score=["age"], at=[30])
    assert "fewer than 100" in note(report, "few-events-to-validate")
    assert "followed beyond 30 months" in note(report, "few-at-risk")
    assert "few-events-to-validate" not in codes(validated(score=["points"]))


def test_thresholds_without_a_risk_have_no_effect() -> None:
    report = validated(score=["points"], thresholds="0.1-0.3")
    assert "--thresholds" in note(report, "option-without-effect")


def test_a_column_of_three_risks_has_no_curve(write: Write) -> None:
    rows = "".join(f"{(0.2, 0.4, 0.6)[i % 3]},{i},{i % 2}\n" for i in range(1, 90))
    cohort = write("c.csv", "p,os_months,death\n" + rows)
    report = hcc2l.validate(cohort, risk=["p"], at=[40])
    assert "too few different risks" in note(report, "no-curve")
    assert "calibration_curve" not in [table.name for table in report.tables]
    assert len(report.table("calibration").rows) == 2  # two of the three quantiles are equal


def test_the_paragraph_says_what_was_done(tmp_path: Path) -> None:
    path = model_file(tmp_path, source="Author 2024")
    text = validated(model=[path], score=["points"], at=[12]).methods
    for words in (
        "paper (Author 2024)", "168 patients", "Uno's C-index", "at 12 months",
        "restricted cubic spline with three knots", "net benefit", "5% to 50%",
    ):  # fmt: skip
        assert words in text, words
    alone = validated(score=["points"]).methods
    assert "Calibration" not in alone
    known = hcc2l.validate(HCC, score=["points"], outcome="response").methods
    assert "DeLong" in known
    assert "Uno" not in known


def test_groups_of_risk_have_about_twenty_events(tmp_path: Path) -> None:
    rows = validated(model=[model_file(tmp_path)], at=[12]).table("calibration").rows
    assert len(rows) == 118 // 20  # events by 12 months
    assert sum(int(str(row["n"])) for row in rows) == 168
