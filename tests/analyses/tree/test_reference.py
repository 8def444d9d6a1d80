"""Every frozen case of R's party::ctree, through the whole of `hcc2l.tree`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import hcc2l
from tests.reference import cases

ADJUST = {"Bonferroni": "bonferroni", "Univariate": "none"}


def options_of(case: dict[str, Any]) -> dict[str, Any]:
    arguments, control = case["arguments"], case["arguments"]["control"]
    return {
        "time": arguments["time"],
        "event": f"{arguments['event']}={arguments['event_value']}",
        "covariates": arguments["inputs"],
        "alpha": 1 - control["mincriterion"],
        "min_split": control["minsplit"],
        "min_bucket": control["minbucket"],
        "max_depth": control["maxdepth"] or None,
        "statistic": control["teststat"],
        "adjust": ADJUST[control["testtype"]],
        "assignments": True,
    }


def cohort_of(case: dict[str, Any], folder: Path) -> Any:
    lines = []
    for column, declared in case["arguments"]["variables"].items():
        lines += [f"[columns.{json.dumps(column)}]", f'type = "{declared["type"]}"']
        if "levels" in declared:
            lines.append(f"levels = {json.dumps(declared['levels'])}")
    config = folder / "hcc2l.toml"
    config.write_text("\n".join(lines))
    return hcc2l.read_cohort(cases.FOLDER / case["dataset"], config=config)


def check_node(row: Any, expected: dict[str, Any]) -> None:
    for key in ("node", "parent", "depth", "n", "events", "terminal"):
        assert row[key] == expected[key]
    median = expected["median"]
    for key, name in {"median": "estimate", "lower": "lower", "upper": "upper"}.items():
        assert cases.agrees(row[key], median[name])
    split = expected.get("split")
    if split is None:
        assert row["variable"] is None
        assert row["left"] is row["right"] is None
        return
    assert row["variable"] == split["variable"]
    assert (row["left"], row["right"]) == (expected["left"], expected["right"])
    assert cases.agrees(row["cut_statistic"], split["max_statistic"], 1e-6)
    assert row["n_missing"] == split["n_missing_in_node"]
    if "missing_go" in split:
        assert row["missing_to"] == split["missing_go"]
    if row["kind"] == "numeric":
        assert row["cutpoint"] == split["cutpoint"]
        assert row["left_levels"] is None
    else:
        assert list(row["left_levels"]) == split["left_levels"]
    if row["kind"] == "factor":
        assert list(row["right_levels"]) == split["right_levels"]


def check_candidates(rows: list[Any], expected: list[Any]) -> None:
    found = {row["variable"]: row for row in rows}
    assert set(found) == {candidate["variable"] for candidate in expected}
    for candidate in expected:
        row = found[candidate["variable"]]
        assert cases.agrees(row["statistic"], candidate["statistic"], 1e-6)
        assert row["possible"] == (candidate["criterion"] != "-Inf")
        if not row["possible"]:
            continue
        # R's p is 1 - criterion, so that it cannot be smaller than the last digit of 1.
        assert row["p_adjusted"] == pytest.approx(candidate["p_adjusted"], rel=1e-6, abs=1e-14)


@pytest.mark.parametrize("case_id", cases.ids("tree"))
def test_a_tree_agrees_with_party(case_id: str, tmp_path: Path) -> None:
    case = cases.case("tree", case_id)
    expected = case["expected"]
    report = hcc2l.tree(cohort_of(case, tmp_path), **options_of(case))
    nodes = report.table("nodes").rows
    assert len(nodes) == len(expected["nodes"])
    for row, wanted in zip(nodes, expected["nodes"], strict=True):
        check_node(row, wanted)
        tests = [t for t in report.table("tests").rows if t["node"] == row["node"]]
        check_candidates(tests, wanted["candidates"])
    assert list(report.table("assignments").column("node")) == expected["node_of_row"]
    (test,) = report.table("leaf_tests").rows
    between = expected["logrank_between_terminal_nodes"]
    assert (test["test"], test["df"]) == ("logrank", between["df"])
    assert cases.agrees(test["statistic"], between["chisq"])
    assert cases.agrees(test["p"], between["p"], 1e-6)
