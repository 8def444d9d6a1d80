"""Every frozen case of R, through the whole of `hcc2l.km`: file, dictionary, options, tables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import hcc2l
from hcc2l.cohort import Cohort
from hcc2l.report import Report
from tests.reference import cases
from tests.reports import rows_of

CONF_TYPES = ("log", "log-log", "plain")
TESTS = {"logrank": "logrank", "peto": "peto_peto", "gehan": "gehan", "tarone-ware": "tarone_ware"}


def cohort_of(case: dict[str, Any], folder: Path) -> Cohort:
    """The case's data with a dictionary that declares its levels."""
    lines = ['id = "row"'] if case["dataset"] == "data/tiny.csv" else []
    for column, declared in (case["arguments"].get("variables") or {}).items():
        lines += [f'[columns."{column}"]', f"levels = {json.dumps(declared['levels'])}"]
    config = folder / "hcc2l.toml"
    config.write_text("\n".join(line for line in lines if not line.startswith("id")))
    return hcc2l.read_cohort(cases.FOLDER / case["dataset"], config=config)


def options_of(case: dict[str, Any]) -> dict[str, Any]:
    arguments = case["arguments"]
    options: dict[str, Any] = {
        "time": arguments["time"],
        "event": f"{arguments['event']}={arguments['event_value']}",
        "by": arguments.get("group"),
        "strata": arguments.get("strata"),
        "at": arguments.get("times", []),
        "tau": arguments.get("tau"),
        "curve": bool(arguments.get("curve")),
    }
    filters = arguments.get("filter") or {}
    options["where"] = [f"{c} in {','.join(map(str, v))}" for c, v in filters.items()]
    return options


def analyse(case: dict[str, Any], folder: Path, **more: Any) -> Report:
    return hcc2l.km(cohort_of(case, folder), **(options_of(case) | more))


def expected_groups(case: dict[str, Any]) -> list[dict[str, Any]]:
    expected = case["expected"]
    return expected.get("groups") or [{"group": "all", **expected}]


def has_events(case: dict[str, Any]) -> bool:
    return any(group["events"] for group in expected_groups(case))


ANALYSED = [c["id"] for c in cases.load("km") if has_events(c)]
WITHOUT_EVENTS = [c["id"] for c in cases.load("km") if not has_events(c)]
GROUPED = [c["id"] for c in cases.load("km") if "group" in c["arguments"]]


@pytest.mark.parametrize("case_id", ANALYSED)
def test_groups_agree_with_r(case_id: str, tmp_path: Path) -> None:
    case = cases.case("km", case_id)
    report = analyse(case, tmp_path)
    expected = expected_groups(case)
    assert list(report.table("groups").column("group")) == [g["group"] for g in expected]
    for row, group in zip(report.table("groups").rows, expected, strict=True):
        assert (row["n"], row["events"]) == (group["n"], group["events"])
        median = group["quartiles"]["log"][1]
        follow = group["reverse_km"]
        assert cases.agrees(row["median"], median["estimate"])
        assert cases.agrees(row["lower"], median["lower"])
        assert cases.agrees(row["upper"], median["upper"])
        assert cases.agrees(row["follow_up"], follow["median"])
        assert cases.agrees(row["follow_up_lower"], follow["lower"])
        assert cases.agrees(row["follow_up_upper"], follow["upper"])


@pytest.mark.parametrize("conf_type", CONF_TYPES)
@pytest.mark.parametrize("case_id", ANALYSED)
def test_quantiles_and_survival_agree_with_r(case_id: str, conf_type: str, tmp_path: Path) -> None:
    case = cases.case("km", case_id)
    report = analyse(case, tmp_path, conf_type=conf_type)
    for group in expected_groups(case):
        for quartile in group["quartiles"][conf_type]:
            (row,) = rows_of(report, "quantiles", group=group["group"], quantile=quartile["p"])
            for key in ("estimate", "lower", "upper"):
                assert cases.agrees(row[key], quartile[key]), (group["group"], quartile)
        for at in group.get("survival", []):
            (row,) = rows_of(report, "survival", group=group["group"], time=at["time"])
            assert row["n_risk"] == at["n_risk"]
            assert cases.agrees(row["estimate"], at["surv"])
            assert cases.agrees(row["std_err"], at["std_err"])
            assert cases.agrees(row["lower"], at["ci"][conf_type]["lower"]), at
            assert cases.agrees(row["upper"], at["ci"][conf_type]["upper"]), at


@pytest.mark.parametrize(
    "case_id", [i for i in ANALYSED if "tau" in cases.case("km", i)["arguments"]]
)
def test_restricted_means_agree_with_r(case_id: str, tmp_path: Path) -> None:
    case = cases.case("km", case_id)
    report = analyse(case, tmp_path)
    for group in expected_groups(case):
        (row,) = rows_of(report, "rmst", group=group["group"])
        expected = group["rmst"]
        for key, r_key in {"estimate": "rmst", "std_err": "se", "lower": "lower"}.items():
            assert cases.agrees(row[key], expected[r_key])
    difference = case["expected"].get("tests", {}).get("rmst_difference")
    if difference:
        (row,) = report.table("rmst_differences").rows
        assert cases.agrees(row["estimate"], difference["second_minus_first"])
        assert cases.agrees(row["std_err"], difference["se"])
        assert cases.agrees(row["upper"], difference["upper"])
        assert cases.agrees(row["p"], difference["p"], 1e-6)


@pytest.mark.parametrize(
    "case_id", [i for i in ANALYSED if cases.case("km", i)["arguments"].get("curve")]
)
def test_the_whole_curve_agrees_with_r(case_id: str, tmp_path: Path) -> None:
    case = cases.case("km", case_id)
    report = analyse(case, tmp_path)
    for group in expected_groups(case):
        found = rows_of(report, "curve", group=group["group"])
        assert len(found) == len(group["curve"])
        for row, expected in zip(found, group["curve"], strict=True):
            assert row["time"] == expected["time"]
            for key in ("n_risk", "n_event", "n_censor"):
                assert row[key] == expected[key]
            assert cases.agrees(row["estimate"], expected["surv"])
            assert cases.agrees(row["lower"], expected["lower"])
            assert cases.agrees(row["upper"], expected["upper"])


@pytest.mark.parametrize("case_id", GROUPED)
def test_the_logrank_family_agrees_with_r(case_id: str, tmp_path: Path) -> None:
    case = cases.case("km", case_id)
    expected = case["expected"]["tests"]
    report = analyse(
        case, tmp_path, test=list(TESTS), trend="logrank_trend" in expected,
        pairwise="pairwise" in expected, adjust="holm",
    )  # fmt: skip
    names = TESTS | {"logrank-stratified": "logrank_stratified", "logrank-trend": "logrank_trend"}
    for name, r_name in names.items():
        if r_name not in expected:
            continue
        (row,) = rows_of(report, "tests", test=name)
        assert row["df"] == expected[r_name]["df"]
        assert cases.agrees(row["statistic"], expected[r_name]["chisq"])
        assert cases.agrees(row["p"], expected[r_name]["p"], 1e-6)


@pytest.mark.parametrize("adjust", ["holm", "bh", "bonferroni"])
@pytest.mark.parametrize(
    "case_id", [i for i in GROUPED if "pairwise" in cases.case("km", i)["expected"]["tests"]]
)
def test_pairwise_tests_agree_with_r(case_id: str, adjust: str, tmp_path: Path) -> None:
    case = cases.case("km", case_id)
    report = analyse(case, tmp_path, pairwise=True, adjust=adjust, strata=None)
    r_name = {"bh": "p_BH"}.get(adjust, f"p_{adjust}")
    expected = case["expected"]["tests"]["pairwise"]
    for row, pair in zip(report.table("pairwise").rows, expected, strict=True):
        assert (row["group_a"], row["group_b"]) == (pair["a"], pair["b"])
        assert cases.agrees(row["statistic"], pair["chisq"])
        assert cases.agrees(row["p"], pair["p_none"], 1e-6)
        assert cases.agrees(row["p_adjusted"], pair[r_name], 1e-6)


@pytest.mark.parametrize("case_id", WITHOUT_EVENTS)
def test_a_cohort_without_events_is_refused(case_id: str, tmp_path: Path) -> None:
    with pytest.raises(hcc2l.errors.AnalysisError, match="censored"):
        analyse(cases.case("km", case_id), tmp_path)


def competing_report(case: dict[str, Any], folder: Path) -> Report:
    arguments = case["arguments"]
    if "progression" in arguments:
        time, event = arguments["progression_time"], arguments["progression"]
        competing = f"{arguments['event']}=1"
    else:
        time, name = arguments["time"], arguments["event"]
        event, competing = (
            f"{name}={arguments['interest_value']}",
            f"{name}={arguments['competing_value']}",
        )
    return hcc2l.km(
        cohort_of(case, folder), time=time, event=event, competing=competing,
        by=arguments["group"], at=arguments["times"], conf_type="log-log",
    )  # fmt: skip


@pytest.mark.parametrize("case_id", cases.ids("competing"))
def test_cumulative_incidence_agrees_with_cmprsk(case_id: str, tmp_path: Path) -> None:
    case = cases.case("competing", case_id)
    report = competing_report(case, tmp_path)
    assert report.provenance.analysed == case["expected"]["n"]
    causes = list(dict.fromkeys(report.table("cumulative_incidence").column("cause")))
    for group in case["expected"]["groups"]:
        found = rows_of(
            report, "cumulative_incidence", group=group["group"], cause=causes[group["cause"] - 1]
        )
        for row, expected in zip(found, group["estimates"], strict=True):
            assert row["time"] == expected["time"]
            assert cases.agrees(row["estimate"], expected["cif"])
            assert cases.agrees(row["std_err"], expected["se"])
            if expected["cif"] > 0:
                assert cases.agrees(row["lower"], expected["lower_loglog"])
                assert cases.agrees(row["upper"], expected["upper_loglog"])


@pytest.mark.parametrize("case_id", cases.ids("competing"))
def test_grays_test_agrees_with_cmprsk(case_id: str, tmp_path: Path) -> None:
    case = cases.case("competing", case_id)
    found = rows_of(competing_report(case, tmp_path), "tests", test="gray")
    for row, expected in zip(found, case["expected"]["gray"], strict=True):
        assert cases.agrees(row["statistic"], expected["stat"])
        assert row["df"] == expected["df"]
        assert cases.agrees(row["p"], expected["p"], 1e-6)
