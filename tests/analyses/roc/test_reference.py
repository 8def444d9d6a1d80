"""Every frozen case of R's pROC, cutpointr and maxstat, through the whole of `hcc2l.roc`."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

import hcc2l
from hcc2l.report import Report, Row
from tests.reference import cases
from tests.reports import rows_of

DATA = cases.FOLDER / "data"
MORE = json.loads((cases.FOLDER / "roc_more.json").read_text())
RATES = ("sensitivity", "specificity", "ppv", "npv", "accuracy")
WAYS = {"<": "higher", ">": "lower"}


def kind(name: str) -> list[str]:
    return [c["id"] for c in cases.load("roc") if c["arguments"]["kind"] == name]


def analyse(case_id: str, **more: Any) -> tuple[Report, dict[str, Any], dict[str, Any]]:
    case = cases.case("roc", case_id)
    arguments = case["arguments"]
    options = {
        "outcome": f"{arguments['outcome']}={arguments['positive_value']}",
        "marker": arguments["markers"],
        "direction": WAYS.get(arguments.get("direction"), "auto"),
        "curve": True,
        "compare": len(arguments["markers"]) == 2,
        "combine": ["+".join(arguments["markers"])] if len(arguments["markers"]) == 2 else [],
    }
    report = hcc2l.roc(cases.FOLDER / case["dataset"], **(options | more))
    return report, arguments, case["expected"]


def infinite(value: float | str | None) -> float | None:
    """R's value as a report has it: infinity as None."""
    return None if isinstance(value, str) else value


def check_area(row: Row, expected: dict[str, Any]) -> None:
    assert row["direction"] == WAYS[expected["direction"]]
    assert row["positives"] == expected["n_positive"]
    assert row["n"] == expected["n_positive"] + expected["n_negative"]
    for key, r_key in (("auc", "auc"), ("std_err", "se_delong"), ("lower", "lower"),
                       ("upper", "upper")):  # fmt: skip
        assert cases.agrees(row[key], expected[r_key]), key


def check_point(row: Row, expected: dict[str, Any], method: str = "wilson") -> None:
    assert cases.agrees(row["threshold"], infinite(expected["threshold"]), 1e-9)
    assert [row[k] for k in ("tp", "fp", "tn", "fn")] == [
        expected[k] for k in ("tp", "fp", "tn", "fn")
    ]
    assert cases.agrees(row["youden"], expected["youden"])
    for ratio in ("lr_positive", "lr_negative"):
        assert cases.agrees(row[ratio], infinite(expected[ratio])), ratio
    for rate in RATES:
        wanted = expected[rate]
        assert cases.agrees(row[rate], wanted["estimate"])
        if wanted["n"]:
            limits = wanted[method.replace("-", "_")]
            assert cases.agrees(row[f"{rate}_lower"], limits["lower"]), rate
            assert cases.agrees(row[f"{rate}_upper"], limits["upper"]), rate


def test_with_available_cases_each_marker_agrees_with_proc_in_its_own_patients() -> None:
    alone = ("hcc424_resistance_lymph", "hcc424_resistance_score")
    report = analyse("hcc424_resistance_afp_size", available_cases=True, compare=False, combine=(),
                     marker=["afp", "lymphocytes", "child_pugh_score"])[0]  # fmt: skip
    (afp,) = rows_of(report, "markers", marker="afp")
    assert (afp["n"], report.provenance.analysed) == (390, 424)
    for case_id in alone:
        (expected,) = cases.case("roc", case_id)["expected"]["markers"]
        (row,) = rows_of(report, "markers", marker=expected["marker"])
        check_area(row, expected)


@pytest.mark.parametrize("case_id", kind("roc"))
def test_areas_and_every_operating_point_agree_with_proc(case_id: str) -> None:
    report, _, expected = analyse(case_id)
    assert report.provenance.analysed == expected["n"]
    assert report.provenance.rows - report.provenance.analysed == expected["n_dropped"]
    for marker in expected["markers"]:
        (row,) = rows_of(report, "markers", marker=marker["marker"])
        check_area(row, marker)
        curve = rows_of(report, "curve", marker=marker["marker"])
        wanted = marker["curve"]
        assert len(curve) == len(wanted["thresholds"])
        for found, t, se, sp in zip(
            curve, wanted["thresholds"], wanted["sensitivities"], wanted["specificities"],
            strict=True,
        ):  # fmt: skip
            assert cases.agrees(found["threshold"], infinite(t))
            assert cases.agrees(found["sensitivity"], se)
            assert cases.agrees(found["specificity"], sp)


@pytest.mark.parametrize("method", ["wilson", "clopper-pearson"])
@pytest.mark.parametrize(
    ("criterion", "key"), [("youden", "best_youden"), ("topleft", "best_closest_topleft")]
)
@pytest.mark.parametrize("case_id", kind("roc"))
def test_cutoffs_and_their_intervals_agree_with_r(
    case_id: str, criterion: str, key: str, method: str
) -> None:
    report, _, expected = analyse(case_id, criterion=criterion, ci=method)
    for marker in expected["markers"]:
        found = rows_of(report, "cutoffs", marker=marker["marker"])
        assert len(found) == len(marker[key])
        for row, wanted in zip(found, marker[key], strict=True):
            check_point(row, wanted, method)
        if criterion == "youden":
            assert found[0]["observed"] == pytest.approx(marker["cutpointr"]["cutpoint"])


@pytest.mark.parametrize(
    "case_id", [i for i in kind("roc") if "at_thresholds" in cases.case("roc", i)["expected"]]
)
def test_given_cutoffs_agree_with_r(case_id: str) -> None:
    arguments = cases.case("roc", case_id)["arguments"]
    cuts = ",".join(str(t) for t in arguments["thresholds"])
    report, _, expected = analyse(case_id, at_cut=[f"{arguments['markers'][0]}={cuts}"])
    found = rows_of(report, "cutoffs", criterion="fixed")
    for row, wanted in zip(found, expected["at_thresholds"], strict=True):
        check_point(row, wanted)


@pytest.mark.parametrize(
    "case_id", [i for i in kind("roc") if "combined" in cases.case("roc", i)["expected"]]
)
def test_comparisons_and_combinations_agree_with_r(case_id: str) -> None:
    report, arguments, expected = analyse(case_id)
    a, b = arguments["markers"]
    (row,) = rows_of(report, "comparisons", marker_a=a, marker_b=b)
    wanted = expected["delong_paired"]
    assert cases.agrees(row["difference"], wanted["difference"])
    assert cases.agrees(row["statistic"], wanted["z"])
    assert cases.agrees(row["p"], wanted["p"])
    both = f"{a}+{b}"
    (area,) = rows_of(report, "markers", marker=both)
    check_area(area, expected["combined"])
    found = rows_of(report, "cutoffs", marker=both)
    for cut, point in zip(found, expected["combined"]["best_youden"], strict=True):
        check_point(cut, point)
    model = rows_of(report, "combinations", marker=both)
    assert [r["term"] for r in model] == ["(intercept)", a, b]
    for term, coef, se in zip(
        model, expected["combined"]["coefficients"], expected["combined"]["se"], strict=True
    ):
        assert cases.agrees(term["coef"], coef, 1e-6)
        assert cases.agrees(term["std_err"], se, 1e-6)
    for test in expected["combined"]["delong_versus"]:
        (row,) = rows_of(report, "comparisons", marker_a=test["versus"], marker_b=both)
        assert cases.agrees(-float(str(row["statistic"])), test["z"])
        assert cases.agrees(row["p"], test["p"])


def select(case_id: str) -> tuple[Report, dict[str, Any], dict[str, Any]]:
    case = cases.case("roc", case_id)
    arguments = case["arguments"]
    report = hcc2l.roc(
        cases.FOLDER / case["dataset"], time=arguments["time"],
        event=f"{arguments['event']}={arguments['event_value']}", marker=arguments["marker"],
        criterion="maxstat", min_prop=arguments["minprop"], curve=True,
    )  # fmt: skip
    return report, arguments, case["expected"]


@pytest.mark.parametrize("case_id", kind("maxstat"))
def test_maximally_selected_statistics_agree_with_maxstat(case_id: str) -> None:
    report, _, expected = select(case_id)
    found = {str(row["method"]): row for row in rows_of(report, "maxstat")}
    row = found["lau92"]
    assert (row["n"], row["events"]) == (expected["n"], expected["events"])
    assert row["cutpoint"] == expected["cutpoint"] == expected["survminer_cutpoint"]
    assert row["n"] - int(str(row["n_low"])) == expected["n_high"]
    assert cases.agrees(row["statistic"], expected["statistic"])
    assert cases.agrees(row["p_unadjusted"], expected["logrank"]["p"])
    assert cases.agrees(row["p"], expected["p"]["lau92"])
    assert cases.agrees(found["lau94"]["p"], expected["p"]["lau94"])
    if expected["p"]["hl"] is not None:
        assert cases.agrees(found["hl"]["p"], expected["p"]["hl"])
    statistics = rows_of(report, "statistics")
    assert [r["cutpoint"] for r in statistics] == expected["cuts"]
    for one, wanted in zip(statistics, expected["statistics"], strict=True):
        assert cases.agrees(one["statistic"], wanted)


def test_the_exact_bound_agrees_with_maxstat_beyond_a_hundred_patients() -> None:
    report, _, _ = select("veteran_karno")
    (row,) = rows_of(report, "maxstat", method="hl")
    assert cases.agrees(row["p"], MORE["hl"]["p"])


@pytest.mark.parametrize("expected", MORE["partial"], ids=lambda e: f"{e['marker']} {e['focus']}")
def test_partial_areas_agree_with_proc(expected: dict[str, Any]) -> None:
    report = hcc2l.roc(
        DATA / "asah.csv", outcome="outcome=Poor", marker=expected["marker"], direction="higher",
        partial=f"{expected['focus']}={expected['low']}",
    )  # fmt: skip
    (row,) = report.table("partial").rows
    assert cases.agrees(row["partial_auc"], expected["area"])
    assert cases.agrees(row["partial_auc_corrected"], expected["corrected"])


@pytest.mark.parametrize("expected", MORE["unpaired"], ids=lambda e: str(e["marker"]))
def test_areas_of_two_groups_are_compared_as_proc_does(expected: dict[str, Any]) -> None:
    report = hcc2l.roc(
        DATA / "asah.csv", outcome="outcome=Poor", marker=expected["marker"], direction="higher",
        by="gender", compare=True,
    )  # fmt: skip
    areas = [row["auc"] for row in report.table("markers").rows]
    assert areas == pytest.approx(expected["auc"], rel=1e-9)
    (row,) = report.table("group_comparisons").rows
    assert (row["group_a"], row["group_b"]) == ("Female", "Male")
    # pROC subtracts the second from the first; groups here are compared with the first.
    assert cases.agrees(-float(str(row["statistic"])), expected["statistic"])
    assert cases.agrees(row["df"], expected["df"])
    assert cases.agrees(row["p"], expected["p"])


@pytest.mark.parametrize("expected", MORE["levels"], ids=lambda e: str(e["conf_level"]))
def test_limits_at_other_levels_agree_with_proc(expected: dict[str, Any]) -> None:
    report = hcc2l.roc(
        DATA / "asah.csv", outcome="outcome=Poor", marker="wfns", direction="higher",
        conf_level=expected["conf_level"],
    )  # fmt: skip
    (row,) = report.table("markers").rows
    assert math.isclose(float(str(row["lower"])), expected["limits"][0], rel_tol=1e-9)
    assert math.isclose(float(str(row["upper"])), expected["limits"][1], rel_tol=1e-9)


def test_a_single_cut_point_has_the_p_of_the_permutation_test() -> None:
    """R: `maxstat.test(Surv(time, ev) ~ m0, smethod = "LogRank", pmethod = "HL")`, by `pperm`."""
    report = hcc2l.roc(
        DATA / "roc" / "one_cut.csv", criterion="maxstat", marker="m0", time="time", event="ev=1"
    )
    (row,) = rows_of(report, "maxstat", method="hl")
    assert row["p"] == pytest.approx(0.0122112454666837, rel=1e-8)
    (asymptotic,) = rows_of(report, "maxstat", method="lau94")
    assert asymptotic["p"] == pytest.approx(0.0149812666736655, rel=1e-8)


def test_one_patient_of_a_class_has_an_area_without_limits_and_p() -> None:
    """R: `ci.auc(roc(y, m))` and `var` are NA; the area is 6/7."""
    report = hcc2l.roc(DATA / "roc" / "one_negative.csv", outcome="y", marker="m")
    (row,) = report.table("markers").rows
    assert row["auc"] == pytest.approx(6 / 7)
    assert [row[key] for key in ("std_err", "lower", "upper", "p")] == [None] * 4
    (cut,) = report.table("cutoffs").rows
    assert cut["sensitivity_lower"] == pytest.approx(
        0.4868721707
    )  # R: prop.test(6, 7, correct = FALSE)
