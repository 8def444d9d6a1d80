"""Every frozen case of R's MatchIt, through the whole of `hcc2l.psmatch`."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import hcc2l
from hcc2l.report import Report
from tests.reference import cases
from tests.reports import rows_of

ITERATED = 1e-6


def kind(name: str) -> list[str]:
    return [c["id"] for c in cases.load("psmatch") if c["arguments"]["kind"] == name]


MATCHES = kind("match")
OUTCOMES = [i for i in MATCHES if "outcome" in cases.case("psmatch", i)["expected"]]
UNTIED = [i for i in MATCHES if not cases.case("psmatch", i)["expected"]["n_tied_scores"]]
SCHEMES = {
    "ate": {"estimand": "ate", "stabilised": False},
    "ate_stabilised": {"estimand": "ate"},
    "att": {"estimand": "att"},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("dictionaries")


@cache
def analyse(case_id: str, folder: Path, **more: Any) -> Report:
    case = cases.case("psmatch", case_id)
    arguments = case["arguments"]
    lines = [f'id = "{arguments["id"]}"']
    for column, declared in arguments["variables"].items():
        if declared["type"] == "factor":
            lines += [f'[columns."{column}"]', f"levels = {json.dumps(declared['levels'])}"]
    config = folder / f"{case_id}.toml"
    config.write_text("\n".join(lines))
    cohort = hcc2l.read_cohort(cases.FOLDER / case["dataset"], config=config)
    caliper = arguments.get("caliper")
    options: dict[str, Any] = {
        "treat": f"{arguments['treatment']}={arguments['treated_value']}",
        "covariates": arguments["covariates"],
        "method": "optimal" if arguments["kind"] == "optimal" else "nearest",
        "distance": arguments.get("distance", "logit"),
        "caliper": "none" if caliper is None else caliper,
        "caliper_scale": "sd" if arguments.get("std_caliper", True) else "raw",
        "order": arguments.get("m_order", "largest"),
        "replace": arguments.get("replace", False),
        "ratio": arguments.get("ratio", 1),
        "exact": arguments.get("exact", ()),
    }
    if "time" in arguments:
        options["time"] = arguments["time"]
        options["event"] = f"{arguments['event']}={arguments['event_value']}"
    return hcc2l.psmatch(cohort, **(options | more))


def expected(case_id: str) -> dict[str, Any]:
    found: dict[str, Any] = cases.case("psmatch", case_id)["expected"]
    return found


def scores(report: Report) -> dict[str, Any]:
    return {row["id"]: row for row in report.table("scores").rows}


# ---------------------------------------------------------------- score


@pytest.mark.parametrize("case_id", MATCHES)
def test_the_propensity_score_agrees_with_r(case_id: str, folder: Path) -> None:
    report, wanted = analyse(case_id, folder), expected(case_id)
    found = scores(report)
    assert list(found) == wanted["ids"]
    distance = "logit" if report.provenance.settings["distance"] == "logit" else "propensity"
    for id_, p, d in zip(
        wanted["ids"], wanted["propensity"], wanted["distance_of_id"], strict=True
    ):
        assert cases.agrees(found[id_]["propensity"], p, ITERATED)
        assert found[id_][distance] == pytest.approx(d, rel=ITERATED, abs=1e-8)
    for row, term in zip(
        report.table("propensity_terms").rows, wanted["ps_coefficients"], strict=True
    ):
        assert cases.agrees(row["coef"], term["coef"], ITERATED), term
        assert cases.agrees(row["std_err"], term["se"], ITERATED), term
    assert cases.agrees(report.provenance.settings["distance_sd"], wanted["distance_sd"], ITERATED)
    texts = [f"{d:.11e}" for d in wanted["distance_of_id"]]
    assert len(texts) - len(set(texts)) == wanted["n_tied_scores"]
    tied = sum(texts.count(text) > 1 for text in texts)
    assert report.provenance.settings["tied_scores"] == tied


# ---------------------------------------------------------------- matches


@pytest.mark.parametrize("case_id", MATCHES)
def test_numbers_and_distances_of_the_matches_agree_with_r(case_id: str, folder: Path) -> None:
    report, wanted = analyse(case_id, folder), expected(case_id)
    (row,) = report.table("matching").rows
    for key in ("n_treated", "n_control", "n_matched_treated", "n_matched_control"):
        assert row[key] == wanted[key], key
    caliper = wanted["caliper_width"]
    wide = caliper[0] if isinstance(caliper, list) and caliper else caliper or None
    assert cases.agrees(row["caliper_width"], wide, ITERATED)
    assert cases.agrees(row["total_distance"], wanted["total_distance"], ITERATED)
    assert report.provenance.analysed == wanted["n"]
    assert report.provenance.rows - report.provenance.analysed == wanted["n_dropped"]


@pytest.mark.parametrize("case_id", UNTIED)
def test_pairs_and_weights_agree_with_r_where_no_scores_are_tied(
    case_id: str, folder: Path
) -> None:
    report, wanted = analyse(case_id, folder), expected(case_id)
    pairs: dict[Any, list[Any]] = {}
    for row in report.table("pairs").rows:
        pairs.setdefault(row["treated"], []).append(row["control"])
    assert pairs == {p["treated"]: p["controls"] for p in wanted["pairs"] if p["controls"]}
    weights = [row["weight"] for row in report.table("scores").rows]
    assert weights == pytest.approx(wanted["weights"], rel=1e-8)


@pytest.mark.parametrize("case_id", kind("optimal"))
def test_the_optimal_total_distance_agrees_with_r(case_id: str, folder: Path) -> None:
    report, wanted = analyse(case_id, folder), expected(case_id)
    (row,) = report.table("matching").rows
    assert row["n_matched_treated"] == row["n_matched_control"] == wanted["n_pairs"]
    assert cases.agrees(row["total_distance"], wanted["total_distance"], ITERATED)


# ---------------------------------------------------------------- balance


def name_of(row: Any, equals: str) -> str:
    return row["variable"] if row["level"] is None else f"{row['variable']}{equals}{row['level']}"


@pytest.mark.parametrize("case_id", MATCHES)
def test_standardised_differences_agree_with_r(case_id: str, folder: Path) -> None:
    found = {name_of(r, "="): r for r in analyse(case_id, folder).table("balance").rows}
    wanted = expected(case_id)["balance_pooled_sd"]
    assert len(found) == len(wanted)
    for term in wanted:
        row = found[term["term"]]
        assert row["smd_before"] == pytest.approx(term["smd_before"], rel=1e-8, abs=1e-10)
        after = term["smd_after_sd_before"]
        assert row["smd_after"] == pytest.approx(after, rel=ITERATED, abs=1e-10), term


@pytest.mark.parametrize("case_id", MATCHES)
def test_means_and_variance_ratios_agree_with_matchit(case_id: str, folder: Path) -> None:
    found = {name_of(r, ""): r for r in analyse(case_id, folder, smd="att").table("balance").rows}
    for when in ("before", "after"):
        wanted = {t["term"]: t for t in expected(case_id)[f"balance_{when}"]}
        assert set(found) == set(wanted) - {"distance"}
        for term, row in found.items():
            for key, r_key in (
                ("treated", "mean_treated"),
                ("control", "mean_control"),
                ("smd", "smd"),
                ("variance_ratio", "var_ratio"),
            ):
                value = wanted[term][r_key]
                if value is None:
                    assert row[f"{key}_{when}"] is None
                else:
                    near = pytest.approx(value, rel=ITERATED, abs=1e-10)
                    assert row[f"{key}_{when}"] == near, (term, key, when)


# ---------------------------------------------------------------- outcomes


def check_effect(row: Any, wanted: dict[str, Any]) -> None:
    keys = {"coef": "coef", "std_err": "se", "robust_std_err": "robust_se", "hr": "hr",
            "lower": "lower", "upper": "upper"}  # fmt: skip
    for key, r_key in keys.items():
        assert cases.agrees(row[key], wanted.get(r_key), ITERATED), key
    assert cases.agrees(row["p"], wanted["p"], 1e-5)


@pytest.mark.parametrize("case_id", OUTCOMES)
def test_survival_after_matching_agrees_with_r(case_id: str, folder: Path) -> None:
    report, wanted = analyse(case_id, folder), expected(case_id)["outcome"]
    groups = rows_of(report, "survival", sample="after")
    assert sum(row["n"] for row in groups) == wanted["n"]
    assert sum(row["events"] for row in groups) == wanted["events"]
    for row, name in zip(groups, ("median_treated", "median_control"), strict=True):
        assert cases.agrees(row["median"], wanted[name]["estimate"])
        assert cases.agrees(row["lower"], wanted[name]["lower"])
        assert cases.agrees(row["upper"], wanted[name]["upper"])
    for test, r_name in (("logrank", "logrank"), ("logrank-stratified", "logrank_strata_pair")):
        if r_name in wanted:
            (row,) = rows_of(report, "tests", sample="after", test=test)
            assert cases.agrees(row["statistic"], wanted[r_name]["chisq"])
            assert row["df"] == wanted[r_name]["df"]
            assert cases.agrees(row["p"], wanted[r_name]["p"])
    for model, r_name in (("cox", "cox"), ("cox-cluster", "cox_cluster_pair"),
                          ("cox-strata", "cox_strata_pair"),
                          ("cox-robust", "cox_weighted_robust")):  # fmt: skip
        found = rows_of(report, "effects", sample="after", model=model)
        assert bool(found) == (r_name in wanted)
        if found:
            check_effect(found[0], wanted[r_name])


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("case_id", kind("iptw"))
def test_weighting_agrees_with_r(case_id: str, scheme: str, folder: Path) -> None:
    report = analyse(case_id, folder, weighting="iptw", **SCHEMES[scheme])
    wanted = expected(case_id)["schemes"][scheme]
    assert [row["id"] for row in report.table("scores").rows] == expected(case_id)["ids"]
    weights = [row["weight"] for row in report.table("scores").rows]
    assert weights == pytest.approx(wanted["weights"], rel=ITERATED)
    sizes = [row["effective_size"] for row in rows_of(report, "overlap", sample="weighted")]
    assert sizes == pytest.approx([wanted["ess_treated"], wanted["ess_control"]], rel=ITERATED)
    (effect,) = rows_of(report, "effects", sample="weighted")
    check_effect(effect, wanted["cox"])
    for row, name in zip(
        rows_of(report, "survival", sample="weighted"), ("km_treated", "km_control"), strict=True
    ):
        median = wanted[name]["median"]
        assert cases.agrees(row["median"], median["estimate"])
        assert cases.agrees(row["lower"], median["lower"])
        assert cases.agrees(row["upper"], median["upper"])
    found = {name_of(r, "="): r for r in report.table("balance").rows}
    for term in wanted["balance_pooled_sd"]:
        smd = found[term["term"]]["smd_weighted"]
        assert smd == pytest.approx(term["smd_after_sd_before"], rel=ITERATED, abs=1e-8)


# ---------------------------------------------------------------- beyond MatchIt


MORE = {c["id"]: c for c in cases.load("psmatch_more")}


def full(case_id: str, folder: Path, **more: Any) -> Report:
    return analyse(case_id, folder, doubly_robust=True, **more)


def near(row: Any, wanted: dict[str, Any]) -> None:
    assert cases.agrees(row["coef"], wanted["coef"], ITERATED)
    assert cases.agrees(row["std_err"], wanted["se"], ITERATED)
    assert cases.agrees(row["robust_std_err"], wanted["robust_se"], ITERATED)
    assert cases.agrees(row["p"], wanted["p"], 1e-5)


@pytest.mark.parametrize("case_id", MORE)
def test_tests_of_balance_agree_with_r(case_id: str, folder: Path) -> None:
    report = analyse(case_id, folder)
    for wanted in MORE[case_id]["balance"]:
        for row in rows_of(report, "balance", variable=wanted["variable"]):
            for when in ("before", "after"):
                assert row[f"test_{when}"] == wanted[when]["test"]
                assert cases.agrees(row[f"p_{when}"], wanted[when]["p"]), wanted["variable"]


def test_tests_within_sets_of_several_controls_agree_with_r() -> None:
    """Of `--ratio 2 --save`: R's mantelhaen.test(table(x, treated, pair), correct = FALSE)."""
    cohort = cases.FOLDER / "data" / "second_line" / "cohort.csv"
    report = hcc2l.psmatch(cohort, treat="lenvatinib", ratio=2)
    wanted = {
        "sex": 0.820847238542, "tumor_number": 0.853923299287,
        "extrahepatic_spread": 0.527089256866, "lymph_node": 0.686046505429,
        "child_pugh": 0.68309139831,
    }  # fmt: skip
    for variable, p in wanted.items():
        for row in rows_of(report, "balance", variable=variable):
            assert (row["test_after"], row["p_after"]) == ("mantel-haenszel", pytest.approx(p))
    response = {"PR": 0.537093978443, "SD": 0.00219009396493, "PD": 0.012196684243,
                "NE": 0.172447344716, "ORR": 0.537093978443, "DCR": 0.00127902832768}  # fmt: skip
    for rate, p in response.items():
        (row,) = rows_of(report, "response", rate=rate)
        assert row["p_after"] == pytest.approx(p)


@pytest.mark.parametrize("case_id", MORE)
def test_adjusted_and_overlap_weighted_effects_agree_with_r(case_id: str, folder: Path) -> None:
    report, wanted = full(case_id, folder, weighting="overlap"), MORE[case_id]
    for sample, model, name in (
        ("before", "cox-adjusted", "adjusted_before"),
        ("after", "cox-adjusted", "adjusted_after"),
        ("weighted", "cox", "overlap"),
        ("weighted", "cox-adjusted", "overlap_adjusted"),
    ):
        (row,) = rows_of(report, "effects", sample=sample, model=model)
        near(row, wanted[name])


@pytest.mark.parametrize("case_id", MORE)
def test_truncated_weights_agree_with_r(case_id: str, folder: Path) -> None:
    report = analyse(case_id, folder, weighting="iptw", estimand="ate", truncate=0.05)
    (row,) = rows_of(report, "effects", sample="weighted")
    near(row, MORE[case_id]["truncated"])
    assert "weights-truncated" in [note.code for note in report.notes]


@pytest.mark.parametrize("case_id", MORE)
def test_response_rates_have_exact_limits(case_id: str, folder: Path) -> None:
    report = analyse(case_id, folder)
    for sample, name in (("before", "all"), ("after", "matched")):
        found = rows_of(report, "rates", sample=sample, rate="ORR")
        for row, wanted in zip(found, MORE[case_id]["orr"][name], strict=True):
            assert (row["count"], row["n"]) == (wanted["count"], wanted["n"])
            assert cases.agrees(row["lower"], wanted["lower"])
            assert cases.agrees(row["upper"], wanted["upper"])
