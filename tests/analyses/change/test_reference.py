"""`hcc2l change` against R: wilcox.test, t.test, mcnemar.test and binom.test within pairs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.conftest import DATA, Run
from tests.reference import cases
from tests.stats.tables import pairs

PAIRED = cases.of_kind("tables", "paired")


def printed(case: Any, run: Run, *options: str) -> dict[str, Any]:
    a = case["arguments"]
    file = DATA / case["dataset"].removeprefix("data/")
    columns = ("--before", a["before"], "--after", a["after"])
    tables: dict[str, Any] = run("change", file, *columns, *options, "--json").json["tables"]
    return tables


@pytest.mark.parametrize("case", PAIRED, ids=cases.name)
def test_tests_agree_with_r(case: Any, run: Run) -> None:
    expected = case["expected"]
    tables = printed(case, run, "--cut", str(case["arguments"]["binary_at"]))
    found = {row["test"]: row for row in tables["tests"]}
    assert set(found) == {
        "wilcoxon", "wilcoxon-uncorrected", "paired-t", "mcnemar", "mcnemar-uncorrected",
        "mcnemar-exact",
    }  # fmt: skip
    for test, values, statistic in (
        ("wilcoxon", expected["wilcoxon_corrected"], "V"),
        ("wilcoxon-uncorrected", expected["wilcoxon_uncorrected"], "V"),
        ("paired-t", expected["paired_t"], "t"),
        ("mcnemar", expected["mcnemar"]["corrected"], "chisq"),
        ("mcnemar-uncorrected", expected["mcnemar"]["uncorrected"], "chisq"),
    ):
        row = found[test]
        assert (row["statistic"], row["p"]) == pytest.approx((values[statistic], values["p"]), 1e-8)
    assert found["paired-t"]["df"] == expected["paired_t"]["df"]
    assert found["mcnemar"]["df"] == 1
    exact = found["mcnemar-exact"]
    assert exact["p"] == pytest.approx(expected["mcnemar"]["exact_p"], 1e-8)
    assert (exact["statistic"], exact["df"]) == (None, None)


@pytest.mark.parametrize("case", PAIRED, ids=cases.name)
def test_the_mean_difference_is_that_of_r_as_after_less_before(case: Any, run: Run) -> None:
    expected = case["expected"]
    row = printed(case, run)["summary"][0]
    assert (row["variable"], row["group"]) == (case["arguments"]["before"], "all")
    assert row["n"] == expected["n"]
    t = expected["paired_t"]
    found = (row["mean_difference"], row["mean_lower"], row["mean_upper"])
    assert found == pytest.approx((-expected["mean_difference"], -t["upper"], -t["lower"]), 1e-8)


@pytest.mark.parametrize("case", PAIRED, ids=cases.name)
def test_quartiles_are_those_of_the_patients_with_both_values(case: Any, run: Run) -> None:
    row = printed(case, run)["summary"][0]
    for when, values in zip(("before", "after"), pairs(case), strict=True):
        found = [row[f"{when}_{name}"] for name in ("q1", "median", "q3")]
        assert found == np.quantile(values, (0.25, 0.5, 0.75)).tolist()


@pytest.mark.parametrize("case", PAIRED, ids=cases.name)
def test_the_classes_before_and_after_are_those_of_the_cut(case: Any, run: Run) -> None:
    at, expected = case["arguments"]["binary_at"], case["expected"]
    tables = printed(case, run, "--cut", f"{case['arguments']['after']}={at}")
    counts = {(row["before"], row["after"]): row["count"] for row in tables["shift"]}
    assert counts[f"<{at}", f"≥{at}"] == expected["mcnemar"]["only_after"]
    assert counts[f"≥{at}", f"<{at}"] == expected["mcnemar"]["only_before"]
    assert sum(counts.values()) == expected["n"]


@pytest.mark.parametrize("level", ["0.9", "0.95"])
@pytest.mark.parametrize("name", ["afp81", "afp424", "ecog81", "ecog424"])
def test_the_hodges_lehmann_difference_agrees_with_r(name: str, level: str, run: Run) -> None:
    expected = cases.case("pseudo_median", f"{name}_{100 * float(level):g}")
    column = name.rstrip("0123456789")
    row = run(
        "change", DATA / f"hcc{name.removeprefix(column)}.csv", "--before", column,
        "--after", f"{column}_week8", "--conf-level", level, "--json",
    ).json["tables"]["summary"][0]  # fmt: skip
    found = (row["difference"], row["lower"], row["upper"])
    r = (expected["estimate"], expected["lower"], expected["upper"])
    assert found == pytest.approx(r, rel=1e-6, abs=1e-9)
