"""`hcc2l validate`, case by case as R has it."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

import hcc2l
from hcc2l.report import Report, Row
from tests.reference import cases

SURVIVAL, BINARY = (cases.of_kind("validation", kind) for kind in ("survival", "binary"))
PREDICTED = [case for case in SURVIVAL if "risks" in case["arguments"]]
KEYS = ("estimate", "std_err", "lower", "upper")


def fast_first(some: list[dict[str, Any]]) -> list[Any]:
    """The cases, of which the first is run with every suite; the statistics themselves all are."""
    return [
        pytest.param(case, id=case["id"], marks=() if i == 0 else pytest.mark.slow)
        for i, case in enumerate(some)
    ]


def close(value: Any) -> Any:
    return pytest.approx(value, rel=1e-6, abs=1e-12, nan_ok=True)


def validated(case: dict[str, Any], **options: Any) -> Report:
    given = case["arguments"]
    event = f"{given['event']}={given['event_value']}"
    outcome: dict[str, Any] = {"outcome": event}
    if "time" in given:
        outcome = {"time": given["time"], "event": event, "at": [given["horizon"]]}
    return hcc2l.validate(cases.FOLDER / case["dataset"], **(outcome | options))


def rows_of(report: Report, score: str) -> dict[Any, Row]:
    rows = report.table("performance").rows
    return {(row["measure"], row["time"]): row for row in rows if row["score"] == score}


def numbers(row: Row, keys: tuple[str, ...] = KEYS) -> list[Any]:
    return [math.nan if row[key] is None else row[key] for key in keys]


def of(expected: dict[str, Any], *keys: str) -> Any:
    return close(numbers(expected, keys))


@pytest.mark.parametrize("case", fast_first(SURVIVAL))
def test_discrimination_of_scores_is_that_of_r(case: dict[str, Any]) -> None:
    scores, at = case["arguments"]["scores"], float(case["arguments"]["horizon"])
    expected = case["expected"]
    report = validated(case, score=scores)
    for number, (score, wanted) in enumerate(zip(scores, expected["scores"], strict=True)):
        rows = rows_of(report, score)
        ends = ("c", "se", "lower", "upper")
        assert numbers(rows["c-harrell", None]) == of(wanted["harrell"], *ends)
        assert numbers(rows["c-harrell", at]) == of(wanted["harrell_to_horizon"], *ends)
        assert numbers(rows["c-uno", at]) == of(wanted["uno_to_horizon"], *ends)
        area = expected["auc"][number]
        assert numbers(rows["auc", at]) == of(area, "auc", "se", "lower", "upper")
    if len(scores) == 2:
        differences = {(r["measure"], r["time"]): r for r in report.table("comparisons").rows}
        found = differences["c-harrell", None]
        wanted = expected["harrell_difference"]
        assert [-found["difference"], found["std_err"], found["p"]] == of(  # type: ignore[operator]
            wanted, "delta", "se", "p"
        )
        found, (wanted,) = differences["auc", at], expected["auc_contrasts"]
        assert [-found["difference"], -found["upper"], -found["lower"], found["p"]] == of(  # type: ignore[operator]
            wanted, "delta", "lower", "upper", "p"
        )


def test_unos_concordance_of_all_times_is_given_without_a_time() -> None:
    case = SURVIVAL[0]
    report = validated(case, score=["lp1"], at=[])
    wanted = case["expected"]["scores"][0]["uno"]
    assert numbers(rows_of(report, "lp1")["c-uno", None]) == of(wanted, "c", "se", "lower", "upper")


@pytest.mark.parametrize("case", fast_first(PREDICTED))
def test_predicted_risks_are_judged_as_by_r(case: dict[str, Any]) -> None:
    given, expected = case["arguments"], case["expected"]
    at = float(given["horizon"])
    report = validated(case, risk=given["risks"], thresholds="0.1-0.8")
    for number, (risk, wanted) in enumerate(zip(given["risks"], expected["scores"], strict=True)):
        rows, overall = rows_of(report, risk), wanted["overall"]
        assert numbers(rows["observed", at]) == of(
            overall, "observed", "observed_se", "observed_lower", "observed_upper"
        )
        assert rows["expected", at]["estimate"] == close(overall["expected"])
        assert numbers(rows["o/e", at], ("estimate", "lower", "upper")) == of(
            overall, "oe", "oe_lower_delta", "oe_upper_delta"
        )
        brier = expected["brier"][number + 1]
        assert numbers(rows["brier", at]) == of(brier, "brier", "se", "lower", "upper")
        assert rows["scaled-brier", at]["estimate"] == pytest.approx(brier["scaled"], abs=1e-9)
        spline = wanted["calibration_rcs"][0]
        for name in ("ici", "e50", "e90", "emax"):
            assert rows[name, at]["estimate"] == close(spline[name])
        benefits = {
            r["threshold"]: r for r in report.table("net_benefit").rows if r["score"] == risk
        }
        for point in wanted["net_benefit"][1:]:
            found = benefits[point["threshold"]]
            assert numbers(found, ("net_benefit", "treat_all", "treat_none")) == of(
                point, "net_benefit", "treat_all", "treat_none"
            )
        for groups in wanted["calibration_groups"]:
            found_groups = [r for r in report.table("calibration").rows if r["score"] == risk]
            if groups["groups"] == len(found_groups):
                keys = ("n", "predicted", "observed", "lower", "upper")
                for row, point in zip(found_groups, groups["points"], strict=True):
                    assert numbers(row, keys) == of(point, *keys)
    for contrast in expected["brier_contrasts"][len(given["risks"]) :]:
        differences = {(r["measure"], r["time"]): r for r in report.table("comparisons").rows}
        row = differences["brier", at]
        assert [-row["difference"], row["p"]] == of(contrast, "delta", "p")  # type: ignore[operator]


@pytest.mark.parametrize("case", fast_first(PREDICTED))
def test_the_slope_of_a_model_is_that_of_its_linear_predictor(
    case: dict[str, Any], tmp_path: Path
) -> None:
    score, wanted = case["arguments"]["scores"][0], case["expected"]["scores"][0]["slope"]
    model = {"type": "cox", "terms": [{"term": score, "coef": 1}]}
    (tmp_path / "paper.json").write_text(json.dumps(model))
    report = validated(case, model=[str(tmp_path / "paper.json")])
    row = rows_of(report, "paper")["slope", None]
    assert numbers(row) == of(wanted, "estimate", "se", "lower", "upper")
    assert row["p"] == close(wanted["p_versus_1"])


@pytest.mark.parametrize("case", fast_first(BINARY))
def test_a_known_outcome_is_judged_as_by_r(case: dict[str, Any]) -> None:
    given, expected = case["arguments"], case["expected"]
    report = validated(case, risk=given["risks"], thresholds="0.1-0.8")
    for risk, wanted in zip(given["risks"], expected["risks"], strict=True):
        rows = {measure: row for (measure, _), row in rows_of(report, risk).items()}
        assert numbers(rows["auc"]) == of(wanted["auc"], "auc", "se", "lower", "upper")
        found = [rows[m]["estimate"] for m in ("brier", "scaled-brier", "observed", "expected")]
        assert found == of(wanted, "brier", "scaled_brier", "observed", "expected")
        for measure in ("intercept", "slope"):
            keys = ("estimate", "std_err")
            assert numbers(rows[measure], keys) == of(wanted[measure], "estimate", "se")
        assert numbers(rows["o/e"], ("estimate", "lower", "upper")) == of(
            wanted, "oe", "oe_lower", "oe_upper"
        )
        benefits = {
            r["threshold"]: r for r in report.table("net_benefit").rows if r["score"] == risk
        }
        for point in wanted["net_benefit"][1:]:
            found_benefit = benefits[point["threshold"]]["net_benefit"]
            assert found_benefit == close(point["net_benefit"])
    if len(given["risks"]) == 2:
        (row,) = (r for r in report.table("comparisons").rows if r["measure"] == "auc")
        assert row["p"] == close(expected["delong"]["p"])
